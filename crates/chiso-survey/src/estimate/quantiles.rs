//! Quantiles by domain, with intervals after Woodruff (1952).

use super::by_rows::leaf_totals;
use super::replicated_quantiles::ReplicatedInterval;
use super::replication::{Replication, ReplicationError};
use crate::calibrate::CalibrationError;
use crate::quantile::{
    QuantileError, QuantileInterval, QuantileOptions, QuantileRule, SortedSample, quantile_limits,
};
use crate::sums::{Rows, Sample, degrees_of_freedom};
use crate::variance::{VarianceError, variance};

/// What quantiles are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileRequest<'a> {
    /// Probabilities.
    pub probabilities: &'a [f64],
    /// From probability to value.
    pub rule: QuantileRule,
    /// The kind of interval.
    pub interval: QuantileInterval,
    /// Confidence level.
    pub level: f64,
    /// Degrees of freedom of a domain, from its own.
    pub degrees_of_freedom: Degrees,
}

/// Degrees of freedom of a domain's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Degrees {
    /// The same for all.
    All(f64),
    /// Clusters less strata of the domain's rows.
    OfDomain,
    /// Clusters less strata of the domain's rows with an answer: R's default.
    OfAnswers,
}

/// A quantile of one domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile; none where no row has a value.
    pub value: Option<f64>,
    /// Its standard error, where both ends of the interval exist.
    pub standard_error: Option<f64>,
    /// Lower end.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// Rows with a value and a positive weight.
    pub n: f64,
    /// The interval's degrees of freedom.
    pub degrees_of_freedom: f64,
}

/// Why quantiles cannot be estimated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantilesError {
    /// The variance of a proportion cannot be known.
    #[error(transparent)]
    Variance(#[from] VarianceError),
    /// Replicates do not fit.
    #[error(transparent)]
    Replicates(#[from] ReplicationError),
    /// The rows do not fit the calibration.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
}

/// For every domain of a tabulation, its quantiles in the order of the probabilities.
///
/// # Errors
/// When the variance of the proportion at a quantile cannot be known.
pub fn quantiles(
    sample: &Sample,
    rows: &Rows,
    tabulation: usize,
    column: usize,
    request: &QuantileRequest<'_>,
) -> Result<Vec<Vec<QuantileEstimate>>, QuantilesError> {
    let sums = &sample.tabulations[tabulation];
    rows.of_domains(tabulation, sums.domains.len())
        .iter()
        .zip(&sums.degrees_of_freedom)
        .map(|(members, own)| {
            let df = match request.degrees_of_freedom {
                Degrees::All(df) => df,
                Degrees::OfDomain => f64::from(*own),
                Degrees::OfAnswers => {
                    let answered = members.iter().filter(|row| {
                        let row = **row as usize;
                        rows.weights[row] != 0.0 && rows.value(column, row).is_some()
                    });
                    let leaves = answered.map(|row| rows.leaves[*row as usize]);
                    f64::from(degrees_of_freedom(&sample.structure, leaves))
                }
            };
            domain(sample, rows, members, column, request, df)
        })
        .collect()
}

/// As [`quantiles`], with the variances of proportions from replicates (R's `svyquantile` of a
/// replicate design with `interval.type = "mean"`).
///
/// # Errors
/// When replicate weights do not fit the rows.
pub fn quantiles_by_replication(
    sample: &Sample,
    rows: &Rows,
    tabulation: usize,
    column: usize,
    request: &QuantileRequest<'_>,
    replication: &Replication,
) -> Result<Vec<Vec<QuantileEstimate>>, QuantilesError> {
    let interval = ReplicatedInterval::Woodruff;
    Ok(replication.quantiles(sample, rows, tabulation, column, request, interval)?)
}

fn domain(
    sample: &Sample,
    rows: &Rows,
    members: &[u32],
    column: usize,
    request: &QuantileRequest<'_>,
    degrees_of_freedom: f64,
) -> Result<Vec<QuantileEstimate>, QuantilesError> {
    let answered = Answered::new(rows, members, column);
    let n = answered.values.len() as f64;
    let empty = QuantileEstimate {
        value: None,
        standard_error: None,
        lo: None,
        hi: None,
        n,
        degrees_of_freedom,
    };
    let Ok(sorted) = SortedSample::new(&answered.values, &answered.weights) else {
        return Ok(vec![empty; request.probabilities.len()]);
    };
    let options = QuantileOptions {
        rule: request.rule,
        interval: request.interval,
        level: request.level,
        degrees_of_freedom,
        // R counts all rows of a calibrated design, with weights of 0 outside the domain.
        n: match rows.residuals {
            Some(_) => rows.len() as f64,
            None => n,
        },
    };
    let one = |p: &f64| {
        let Ok(value) = sorted.quantile(*p, request.rule) else {
            return Ok(empty);
        };
        let with_value = QuantileEstimate {
            value: Some(value),
            ..empty
        };
        let below = |threshold| answered.below(sample, rows, threshold);
        match quantile_limits(&sorted, *p, &options, below) {
            Ok(limits) => Ok(QuantileEstimate {
                standard_error: limits.se,
                lo: limits.lo,
                hi: limits.hi,
                ..with_value
            }),
            Err(QuantileError::Variance(error)) => Err(error),
            // No interval exists (at the ends of the data, or without degrees of freedom): the
            // caller sees that from its absence.
            Err(_) => Ok(with_value),
        }
    };
    request.probabilities.iter().map(one).collect()
}

/// The rows of a domain that have a value and a positive weight.
struct Answered {
    rows: Vec<u32>,
    values: Vec<f64>,
    weights: Vec<f64>,
}

impl Answered {
    fn new(rows: &Rows, members: &[u32], column: usize) -> Answered {
        let mut answered = Answered {
            rows: Vec::new(),
            values: Vec::new(),
            weights: Vec::new(),
        };
        for row in members {
            let weight = rows.weights[*row as usize];
            if let Some(value) = rows.value(column, *row as usize).filter(|_| weight > 0.0) {
                answered.rows.push(*row);
                answered.values.push(value);
                answered.weights.push(weight);
            }
        }
        answered
    }

    /// The share of weight at or below a threshold, and its variance.
    fn below(
        &self,
        sample: &Sample,
        rows: &Rows,
        threshold: f64,
    ) -> Result<(f64, f64), QuantilesError> {
        let total: f64 = self.weights.iter().sum();
        let pairs = || self.values.iter().zip(&self.weights);
        let inside: f64 = pairs()
            .filter(|(y, _)| **y <= threshold)
            .map(|(_, w)| w)
            .sum();
        let share = inside / total;
        let linearised = self.rows.iter().zip(pairs()).map(|(row, (y, w))| {
            let indicator = f64::from(u8::from(*y <= threshold));
            (*row, w * (indicator - share) / total)
        });
        let (leaves, values) = leaf_totals(sample, rows, linearised)?;
        Ok((share, variance(&sample.structure, &leaves, &values)?))
    }
}
