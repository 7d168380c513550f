//! Estimates, row by row.

use super::errors::{Measured, Wanted};
use super::interval::{IntervalKind, Parts, ends, interval_of};
use super::{Flag, ResultError, Row};
use crate::estimate::{
    QuantileDegrees, QuantileRequest, Replication, Statistic, quantiles, quantiles_by_replication,
};
use crate::key::Key;
use crate::plan::{EstimatePlace, Plan};
use crate::quantile::QuantileInterval;
use crate::specification::{Degrees, EstimateSpecification, Specification, StatisticName};
use crate::sums::{Rows, Sample};

/// What estimates are made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What is wanted.
    pub specification: &'a Specification,
    /// Where its sums are.
    pub plan: &'a Plan,
    /// The sums.
    pub sample: &'a Sample,
    /// The rows, where they were kept.
    pub rows: Option<&'a Rows>,
    /// Replicates, if errors are to come from them.
    pub replication: Option<&'a Replication>,
}

/// A row of the output, with what its error is made of.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// The row.
    pub row: Row,
    /// What covariances are made of; dropped where nobody asks for them.
    pub measured: Option<Measured>,
}

/// All rows of all estimates, in the order of the specification; `keep` says of which estimates
/// (by place) covariances are wanted afterwards.
///
/// # Errors
/// When a variance cannot be known and the design says to stop.
pub fn estimates(
    inputs: Inputs<'_>,
    keep: &dyn Fn(usize) -> bool,
) -> Result<Vec<Vec<Evaluated>>, ResultError> {
    let degrees = inputs.replication.map_or_else(
        || f64::from(inputs.sample.degrees_of_freedom()),
        |replication| replication.degrees_of_freedom() as f64,
    );
    inputs
        .specification
        .estimates
        .iter()
        .zip(&inputs.plan.estimates)
        .enumerate()
        .map(|(place, (estimate, at))| {
            let of = Of {
                inputs,
                estimate,
                at,
                degrees,
                keep: keep(place),
            };
            of.all()
        })
        .collect()
}

struct Of<'a> {
    inputs: Inputs<'a>,
    estimate: &'a EstimateSpecification,
    at: &'a EstimatePlace,
    degrees: f64,
    keep: bool,
}

impl Of<'_> {
    fn all(&self) -> Result<Vec<Evaluated>, ResultError> {
        let statistic = match self.estimate.statistic {
            StatisticName::Mean | StatisticName::Proportion => Statistic::Mean,
            StatisticName::Total => Statistic::Total,
            StatisticName::Ratio => Statistic::Ratio,
            StatisticName::Variance => Statistic::Variance,
            StatisticName::Quantile => return self.quantiles(),
        };
        let mut found = self.inputs.measure(Wanted {
            tabulation: self.at.tabulation,
            sources: &self.at.sources,
            kept: &self.at.kept,
            statistic,
        })?;
        if interval_of(self.estimate).1 == Degrees::Domain {
            self.take_domain_degrees(&mut found)?;
        }
        let rows = found
            .into_iter()
            .enumerate()
            .flat_map(|(variable, domains)| {
                let domains = domains.into_iter().enumerate();
                domains.map(move |(domain, measured)| self.evaluated(variable, domain, measured))
            });
        Ok(rows.collect())
    }

    /// A domain's degrees of freedom under replication are the rank of its replicate weights less
    /// one (R's `degf` of a subset).
    fn take_domain_degrees(&self, found: &mut [Vec<Measured>]) -> Result<(), ResultError> {
        let Some(replication) = self.inputs.replication else {
            return Ok(());
        };
        let (sample, tabulation) = (self.inputs.sample, self.at.tabulation);
        let by_rows = self.inputs.plan.needs().all_variables;
        let degrees = match self.inputs.rows.filter(|_| by_rows) {
            Some(rows) => {
                replication.domain_degrees_of_freedom_of_rows(sample, rows, tabulation)?
            }
            None => replication.domain_degrees_of_freedom(sample, tabulation)?,
        };
        for domains in found {
            for (measured, degrees) in domains.iter_mut().zip(&degrees) {
                measured.linearised.domain_degrees_of_freedom = *degrees as u32;
            }
        }
        Ok(())
    }

    fn quantiles(&self) -> Result<Vec<Evaluated>, ResultError> {
        let Some(rows) = self.inputs.rows else {
            return Ok(Vec::new());
        };
        let estimate = self.estimate;
        let (interval, degrees) = quantile_interval(estimate);
        let request = QuantileRequest {
            probabilities: &estimate.quantiles,
            rule: estimate.quantile_rule,
            interval,
            level: estimate.level,
            degrees_of_freedom: match degrees {
                Degrees::Infinite => QuantileDegrees::All(f64::INFINITY),
                Degrees::Design => QuantileDegrees::All(self.degrees),
                // R leaves rows without an answer out of the design first.
                Degrees::Domain => QuantileDegrees::OfAnswers,
                Degrees::Fixed(number) => QuantileDegrees::All(number),
            },
        };
        let mut all = Vec::new();
        for (variable, (column, _)) in self.at.kept.iter().enumerate() {
            let (sample, tabulation) = (self.inputs.sample, self.at.tabulation);
            let found = match self.inputs.replication {
                Some(replication) => quantiles_by_replication(
                    sample,
                    rows,
                    tabulation,
                    *column,
                    &request,
                    replication,
                )?,
                None => quantiles(sample, rows, tabulation, *column, &request)?,
            };
            for (domain, found) in found.into_iter().enumerate() {
                for (p, found) in estimate.quantiles.iter().zip(found) {
                    let mut row = self.empty_row(variable, domain);
                    row.statistic = format!("quantile {p}");
                    row.n = found.n;
                    row.estimate = found.value;
                    row.standard_error = found.standard_error;
                    (row.lo, row.hi) = (found.lo, found.hi);
                    if found.degrees_of_freedom.is_finite() {
                        row.degrees_of_freedom = found.degrees_of_freedom;
                    }
                    if found.value.is_none() {
                        row.flags.push(Flag::NoAnswers);
                    } else if found.lo.is_none() || found.hi.is_none() {
                        row.flags.push(Flag::NoInterval);
                    }
                    all.push(Evaluated {
                        row,
                        measured: None,
                    });
                }
            }
        }
        Ok(all)
    }

    fn evaluated(&self, variable: usize, domain: usize, measured: Measured) -> Evaluated {
        let mut row = self.empty_row(variable, domain);
        row.n = measured.linearised.n;
        if measured.linearised.value.is_none() {
            let answers = measured.linearised.n > 0.0;
            row.flags.push(if answers {
                Flag::Undefined
            } else {
                Flag::NoAnswers
            });
            return Evaluated {
                row,
                measured: None,
            };
        }
        self.fill(&mut row, &measured);
        Evaluated {
            row,
            measured: self.keep.then_some(measured),
        }
    }

    fn empty_row(&self, variable: usize, domain: usize) -> Row {
        let sums = &self.inputs.sample.tabulations[self.at.tabulation];
        let estimate = self.estimate;
        let names = estimate
            .by
            .iter()
            .map(|by| by.as_column().unwrap_or(by.text()).to_owned());
        let values = sums.domains[domain].iter().cloned();
        let by: Vec<(String, Key)> = names.zip(values).collect();
        Row {
            id: estimate.id.clone(),
            statistic: estimate.statistic.word().to_owned(),
            variable: estimate.variables[variable].text().to_owned(),
            node: estimate.nodes.get(variable).cloned(),
            by,
            estimate: None,
            standard_error: None,
            lo: None,
            hi: None,
            design_effect: None,
            degrees_of_freedom: self.degrees,
            n: 0.0,
            flags: Vec::new(),
        }
    }

    fn fill(&self, row: &mut Row, measured: &Measured) {
        let (kind, degrees) = interval_of(self.estimate);
        let linearised = &measured.linearised;
        row.estimate = linearised.value;
        let of_interval = match degrees {
            Degrees::Infinite => f64::INFINITY,
            Degrees::Design => self.degrees,
            Degrees::Domain => f64::from(linearised.domain_degrees_of_freedom),
            Degrees::Fixed(number) => number,
        };
        // A normal interval has none of its own; the design's say how far to trust it.
        if of_interval.is_finite() {
            row.degrees_of_freedom = of_interval;
        }
        if linearised.leaves.len() == 1 && self.inputs.sample.structure.leaves() > 1 {
            row.flags.push(Flag::OneCluster);
        }
        if measured.discarded > 0 {
            row.flags.push(Flag::ReplicatesLeftOut);
        }
        let Some(variance) = measured.variance else {
            row.flags.extend([Flag::NoError, Flag::NoInterval]);
            return;
        };
        row.standard_error = Some(variance.max(0.0).sqrt());
        row.design_effect = linearised.design_effect(variance, self.estimate.design_effect);
        let parts = Parts {
            value: linearised.value.unwrap_or(0.0),
            variance,
            // R's `svyciprop` counts the rows of the design, whether they answered or not.
            n: linearised.rows,
            degrees_of_freedom: of_interval,
            level: self.estimate.level,
        };
        match ends(kind, parts) {
            Some((lo, hi)) => (row.lo, row.hi) = (Some(lo), Some(hi)),
            None => row.flags.push(Flag::NoInterval),
        }
    }
}

/// R's `svyquantile` makes the proportion's interval on its own scale, with the design's degrees
/// of freedom.
fn quantile_interval(estimate: &EstimateSpecification) -> (QuantileInterval, Degrees) {
    use crate::proportion::ProportionMethod as Method;
    let (kind, _) = interval_of(estimate);
    let interval = match kind {
        IntervalKind::Proportion(Method::Beta | Method::KornGraubard) => QuantileInterval::Beta,
        IntervalKind::Proportion(Method::Xlogit | Method::Logit) => QuantileInterval::Xlogit,
        IntervalKind::Proportion(Method::Asin) => QuantileInterval::Asin,
        _ if estimate.interval.as_deref() == Some("score") => QuantileInterval::Score,
        _ => QuantileInterval::Mean,
    };
    (interval, estimate.degrees.unwrap_or(Degrees::Domain))
}
