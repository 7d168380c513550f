//! Where errors come from: linearisation over sums or rows, unequal probabilities, or replicates.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::ResultError;
use super::estimates::Inputs;
use crate::estimate::{
    Linearised, Place, Replicated, Replication, RowColumns, Source, Statistic, covariance_of,
    linearise, linearise_rows, pps_covariance_of,
};
use crate::pps::PpsMethod;
use crate::specification::Pps;
use crate::sums::Rows;
use crate::variance::VarianceError;

/// A statistic of one domain with its variance, and what covariances with others are made of.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The statistic and its linearised values; those are empty under replication.
    pub linearised: Linearised,
    /// The variance; none where it cannot be known.
    pub variance: Option<f64>,
    /// Replicates without an estimate.
    pub discarded: usize,
    /// Its place, by which replicates find it again.
    pub place: Place,
}

/// What is to be measured.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The tabulation.
    pub tabulation: usize,
    /// The sums of each variable.
    pub sources: &'a [Source],
    /// The kept columns of each variable, where rows are kept.
    pub kept: &'a [(usize, Option<usize>)],
    /// The statistic.
    pub statistic: Statistic,
}

impl Wanted<'_> {
    fn columns(&self, variable: usize) -> RowColumns {
        let (variable, denominator) = self.kept[variable];
        RowColumns {
            variable,
            denominator,
        }
    }

    fn place(&self, variable: usize, domain: usize) -> Place {
        Place {
            tabulation: self.tabulation,
            domain,
            source: self.sources[variable],
            statistic: self.statistic,
        }
    }
}

impl Inputs<'_> {
    /// Statistics of every domain of a tabulation: for each of its sources, for each domain.
    pub(super) fn measure(&self, wanted: Wanted<'_>) -> Result<Vec<Vec<Measured>>, ResultError> {
        if let Some(replication) = self.replication {
            return self.replicated(replication, wanted);
        }
        (0..wanted.sources.len())
            .into_par_iter()
            .with_min_len(1)
            .map(|variable| self.linearised(wanted, variable))
            .collect()
    }

    /// The rows, where estimates are made from them.
    fn rows_used(&self) -> Option<&Rows> {
        self.rows.filter(|_| self.plan.needs().all_variables)
    }

    fn linearised(
        &self,
        wanted: Wanted<'_>,
        variable: usize,
    ) -> Result<Vec<Measured>, ResultError> {
        let Wanted {
            tabulation,
            statistic,
            ..
        } = wanted;
        let found = match self.rows_used() {
            Some(rows) => {
                let columns = wanted.columns(variable);
                linearise_rows(self.sample, rows, tabulation, columns, statistic)?
            }
            None => linearise(self.sample, tabulation, wanted.sources[variable], statistic)?,
        };
        found
            .into_iter()
            .enumerate()
            .map(|(domain, linearised)| {
                Ok(Measured {
                    variance: self.variance(&linearised)?,
                    linearised,
                    discarded: 0,
                    place: wanted.place(variable, domain),
                })
            })
            .collect()
    }

    fn replicated(
        &self,
        replication: &Replication,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Vec<Measured>>, ResultError> {
        let Wanted {
            tabulation,
            statistic,
            sources,
            ..
        } = wanted;
        let variables = 0..sources.len();
        let by_domain = match self.rows_used() {
            Some(rows) => {
                let columns: Vec<_> = variables
                    .clone()
                    .map(|v| (wanted.columns(v), statistic))
                    .collect();
                replication.estimates_of_rows(self.sample, rows, tabulation, &columns)?
            }
            None => {
                let sums: Vec<_> = sources.iter().map(|source| (*source, statistic)).collect();
                replication.estimates(self.sample, tabulation, &sums)?
            }
        };
        let own = &self.sample.tabulations[tabulation].degrees_of_freedom;
        let of = |variable: usize| {
            let domains = by_domain.iter().enumerate();
            domains
                .map(|(domain, found)| {
                    let place = wanted.place(variable, domain);
                    of_replicates(&found[variable], own[domain], place)
                })
                .collect()
        };
        Ok(variables.map(of).collect())
    }

    fn variance(&self, linearised: &Linearised) -> Result<Option<f64>, ResultError> {
        if linearised.value.is_none() {
            return Ok(None);
        }
        let structure = &self.sample.structure;
        if let Some(method) = self.pps_method() {
            return Ok(Some(
                pps_covariance_of(structure, &method, &[linearised])?[0],
            ));
        }
        match linearised.variance(structure) {
            Ok(variance) => Ok(Some(variance)),
            Err(VarianceError::NothingToAverage { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Brewer's approximation is in the design's own variance: each cluster has its population.
    fn pps_method(&self) -> Option<PpsMethod<'static>> {
        match self.specification.design.pps? {
            Pps::Brewer => None,
            Pps::Overton => Some(PpsMethod::Overton),
            Pps::HartleyRao => Some(PpsMethod::HartleyRao { p2bar: None }),
        }
    }

    /// The covariance matrix (row by row) of several statistics.
    pub(super) fn matrix(&self, measured: &[&Measured]) -> Result<Vec<f64>, ResultError> {
        if let Some(replication) = self.replication {
            let places: Vec<Place> = measured.iter().map(|m| m.place).collect();
            return Ok(replication.covariance(self.sample, &places)?.covariance);
        }
        let statistics: Vec<&Linearised> = measured.iter().map(|m| &m.linearised).collect();
        match self.pps_method() {
            Some(method) => Ok(pps_covariance_of(
                &self.sample.structure,
                &method,
                &statistics,
            )?),
            None => Ok(covariance_of(&self.sample.structure, &statistics)?),
        }
    }
}

fn of_replicates(found: &Replicated, domain_degrees: u32, place: Place) -> Measured {
    Measured {
        linearised: Linearised {
            value: found.value,
            n: found.n,
            rows: found.rows,
            weight: found.weight,
            srs_variance: found.srs_variance,
            domain_degrees_of_freedom: domain_degrees,
            ..Linearised::default()
        },
        variance: found.variance,
        discarded: found.discarded,
        place,
    }
}
