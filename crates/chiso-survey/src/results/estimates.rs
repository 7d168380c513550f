//! Estimates by linearisation, row by row.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::interval::{Parts, ends, interval_of};
use super::{Flag, ResultError, Row};
use crate::estimate::{Linearised, Source, Statistic, linearise};
use crate::key::Key;
use crate::plan::{EstimatePlace, Plan};
use crate::specification::{Degrees, EstimateSpecification, Specification, StatisticName};
use crate::sums::{Rows, Sample};
use crate::variance::VarianceError;

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
}

/// A row of the output, with what its error is made of.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// The row.
    pub row: Row,
    /// Its linearised values, for covariances; dropped where nobody asks for them.
    pub linearised: Option<Linearised>,
}

/// All rows of all estimates, in the order of the specification; `keep` says of which estimates
/// (by place) the linearised values are wanted afterwards.
///
/// # Errors
/// When a variance cannot be known and the design says to stop.
pub fn estimates(
    inputs: Inputs<'_>,
    keep: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Vec<Vec<Evaluated>>, ResultError> {
    let specification = inputs.specification;
    let degrees = f64::from(inputs.sample.degrees_of_freedom());
    specification
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
            let variables: Vec<Vec<Evaluated>> = (0..estimate.variables.len())
                .into_par_iter()
                .with_min_len(1)
                .map(|variable| of.variable(variable))
                .collect::<Result<_, ResultError>>()?;
            Ok(variables.into_iter().flatten().collect())
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
    fn variable(&self, variable: usize) -> Result<Vec<Evaluated>, ResultError> {
        let statistic = match self.estimate.statistic {
            StatisticName::Mean | StatisticName::Proportion => Statistic::Mean,
            StatisticName::Total => Statistic::Total,
            StatisticName::Ratio => Statistic::Ratio,
            StatisticName::Variance => Statistic::Variance,
            StatisticName::Quantile => return self.quantiles(variable),
        };
        let source: Source = self.at.sources[variable];
        let found = linearise(self.inputs.sample, self.at.tabulation, source, statistic)?;
        found
            .into_iter()
            .enumerate()
            .map(|(domain, linearised)| self.evaluated(variable, domain, linearised))
            .collect()
    }

    fn quantiles(&self, _variable: usize) -> Result<Vec<Evaluated>, ResultError> {
        Ok(Vec::new())
    }

    fn evaluated(
        &self,
        variable: usize,
        domain: usize,
        linearised: Linearised,
    ) -> Result<Evaluated, ResultError> {
        let mut row = self.empty_row(variable, domain);
        row.n = linearised.n;
        if linearised.value.is_none() {
            let why = if linearised.n == 0.0 {
                Flag::NoAnswers
            } else {
                Flag::Undefined
            };
            row.flags.push(why);
            return Ok(Evaluated {
                row,
                linearised: None,
            });
        }
        let variance = match linearised.variance(&self.inputs.sample.structure) {
            Ok(variance) => Some(variance),
            Err(VarianceError::NothingToAverage { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        self.fill(&mut row, &linearised, variance);
        Ok(Evaluated {
            row,
            linearised: self.keep.then_some(linearised),
        })
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

    fn fill(&self, row: &mut Row, linearised: &Linearised, variance: Option<f64>) {
        let (kind, degrees) = interval_of(self.estimate);
        row.estimate = linearised.value;
        row.degrees_of_freedom = match degrees {
            Degrees::Infinite => f64::INFINITY,
            Degrees::Design => self.degrees,
            Degrees::Domain => f64::from(linearised.domain_degrees_of_freedom),
            Degrees::Fixed(number) => number,
        };
        if linearised.leaves.len() == 1 {
            row.flags.push(Flag::OneCluster);
        }
        let Some(variance) = variance else {
            row.flags.extend([Flag::NoError, Flag::NoInterval]);
            return;
        };
        row.standard_error = Some(variance.max(0.0).sqrt());
        row.design_effect = linearised.design_effect(variance, self.estimate.design_effect);
        let parts = Parts {
            value: linearised.value.unwrap_or(0.0),
            variance,
            n: linearised.n,
            degrees_of_freedom: row.degrees_of_freedom,
            level: self.estimate.level,
        };
        match ends(kind, parts) {
            Some((lo, hi)) => (row.lo, row.hi) = (Some(lo), Some(hi)),
            None => row.flags.push(Flag::NoInterval),
        }
    }
}
