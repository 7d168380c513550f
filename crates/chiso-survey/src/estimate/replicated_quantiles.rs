//! Quantiles by domain with intervals from replicates.

use super::quantiles::{Degrees, QuantileEstimate, QuantileRequest};
use super::replication::{Replication, ReplicationError};
use crate::quantile::{
    QuantileLimits, QuantileOptions, SortedSample, SortedValues, quantile_limits,
    replicate_quantile_limits,
};
use crate::replicate::ReplicateError;
use crate::sums::{Rows, Sample};

/// How replicates give the interval of a quantile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReplicatedInterval {
    /// Woodruff's, with the replicates' variance of the proportion at the quantile, by the
    /// request's kind of interval (R's default).
    #[default]
    Woodruff,
    /// From the quantiles of the replicates themselves (R's `interval.type = "quantile"`); poor
    /// under the jackknife, whose quantiles hardly move.
    OwnQuantiles,
}

/// The answers of one domain with their weights in every replicate.
struct Answers {
    values: Vec<f64>,
    weights: Vec<f64>,
    /// Replicate after replicate.
    replicates: Vec<Vec<f64>>,
}

impl Replication {
    /// For every domain of a tabulation, the quantiles of a kept column in the order of the
    /// request's probabilities.
    ///
    /// [`Degrees::OfDomain`] and [`Degrees::OfAnswers`] are the rank of the multipliers of the
    /// domain's answers less 1 (R's `degf` of a subset), or those of the whole sample if all of it
    /// is in the domain and answered.
    ///
    /// # Errors
    /// When replicate weights do not fit the rows.
    pub fn quantiles(
        &self,
        sample: &Sample,
        rows: &Rows,
        tabulation: usize,
        column: usize,
        request: &QuantileRequest<'_>,
        interval: ReplicatedInterval,
    ) -> Result<Vec<Vec<QuantileEstimate>>, ReplicationError> {
        let domains = sample.tabulations[tabulation].domains.len();
        rows.of_domains(tabulation, domains)
            .iter()
            .map(|members| self.domain_quantiles(rows, members, column, request, interval))
            .collect()
    }

    fn domain_quantiles(
        &self,
        rows: &Rows,
        members: &[u32],
        column: usize,
        request: &QuantileRequest<'_>,
        interval: ReplicatedInterval,
    ) -> Result<Vec<QuantileEstimate>, ReplicationError> {
        let answered: Vec<u32> = members
            .iter()
            .copied()
            .filter(|row| rows.value(column, *row as usize).is_some())
            .filter(|row| rows.weights[*row as usize] != 0.0)
            .collect();
        let degrees_of_freedom = match request.degrees_of_freedom {
            Degrees::All(degrees) => degrees,
            Degrees::OfDomain | Degrees::OfAnswers => self.degrees_of(rows, &answered)? as f64,
        };
        let answers = self.answers(rows, &answered, column);
        let empty = QuantileEstimate {
            value: None,
            standard_error: None,
            lo: None,
            hi: None,
            n: answered.len() as f64,
            degrees_of_freedom,
        };
        let sorted = SortedValues::new(&answers.values)
            .and_then(|sorted| Ok((sorted.weighted(&answers.weights)?, sorted)));
        let Ok((full, sorted)) = sorted else {
            return Ok(vec![empty; request.probabilities.len()]);
        };
        let one = |p: &f64| {
            let Ok(value) = full.quantile(*p, request.rule) else {
                return Ok(empty);
            };
            let options = QuantileOptions {
                rule: request.rule,
                interval: request.interval,
                level: request.level,
                degrees_of_freedom,
                n: empty.n,
            };
            let limits = match interval {
                ReplicatedInterval::Woodruff => self.woodruff(&full, *p, &options, &answers)?,
                ReplicatedInterval::OwnQuantiles => {
                    self.own(&sorted, value, *p, &options, &answers)?
                }
            };
            let with_value = QuantileEstimate {
                value: Some(value),
                ..empty
            };
            Ok(limits.map_or(with_value, |limits| QuantileEstimate {
                standard_error: limits.se,
                lo: limits.lo,
                hi: limits.hi,
                ..with_value
            }))
        };
        request.probabilities.iter().map(one).collect()
    }

    fn answers(&self, rows: &Rows, answered: &[u32], column: usize) -> Answers {
        let of = |row: &u32| rows.value(column, *row as usize).unwrap_or(f64::NAN);
        let weight = |row: &u32| rows.weights[*row as usize];
        let multipliers = &self.weights().multipliers;
        let replicate = |r: usize| {
            let weight = |row: &u32| weight(row) * multipliers[(self.unit_of_row(rows, *row), r)];
            answered.iter().map(weight).collect()
        };
        Answers {
            values: answered.iter().map(of).collect(),
            weights: answered.iter().map(weight).collect(),
            replicates: (0..multipliers.ncols()).map(replicate).collect(),
        }
    }

    /// None where no interval exists: at the ends of the data, without degrees of freedom.
    fn woodruff(
        &self,
        full: &SortedSample,
        p: f64,
        options: &QuantileOptions,
        answers: &Answers,
    ) -> Result<Option<QuantileLimits>, ReplicationError> {
        let mut failure = None;
        let limits = quantile_limits(full, p, options, |threshold| {
            let share = |weights: &Vec<f64>| share_at_most(&answers.values, weights, threshold);
            let all: Vec<f64> = answers.replicates.iter().map(share).collect();
            let estimate = share(&answers.weights);
            let spread = self.weights().variance(&all, estimate);
            spread
                .map(|spread| (estimate, spread.variance))
                .inspect_err(|error| failure = Some(error.clone()))
        });
        match failure {
            Some(error) => no_interval(error),
            None => Ok(limits.ok()),
        }
    }

    fn own(
        &self,
        sorted: &SortedValues,
        value: f64,
        p: f64,
        options: &QuantileOptions,
        answers: &Answers,
    ) -> Result<Option<QuantileLimits>, ReplicationError> {
        let quantile = |weights: &Vec<f64>| {
            let sample = sorted.weighted(weights);
            // A replicate without a quantile is left out, as one without any other estimate.
            sample
                .and_then(|sample| sample.quantile(p, options.rule))
                .unwrap_or(f64::NAN)
        };
        let all: Vec<f64> = answers.replicates.iter().map(quantile).collect();
        let variance = match self.weights().variance(&all, value) {
            Ok(spread) => spread.variance,
            Err(error) => return no_interval(error),
        };
        let (level, degrees) = (options.level, options.degrees_of_freedom);
        let limits = replicate_quantile_limits(value, variance, level, degrees);
        // Without degrees of freedom the error stays, though it has no interval.
        Ok(Some(limits.unwrap_or(QuantileLimits {
            lo: None,
            hi: None,
            se: Some(variance.sqrt()),
        })))
    }
}

/// All replicates left out is a missing interval; anything else is an error.
fn no_interval(error: ReplicateError) -> Result<Option<QuantileLimits>, ReplicationError> {
    match error {
        ReplicateError::AllDiscarded { .. } => Ok(None),
        error => Err(error.into()),
    }
}

fn share_at_most(values: &[f64], weights: &[f64], threshold: f64) -> f64 {
    let (mut below, mut all) = (0.0, 0.0);
    for (value, weight) in values.iter().zip(weights) {
        all += weight;
        if *value <= threshold {
            below += weight;
        }
    }
    below / all
}
