//! Where errors come from: linearisation over sums or rows, unequal probabilities, or replicates.

use super::ResultError;
use super::estimates::Inputs;
use crate::estimate::{
    Linearised, Place, Replicated, RowColumns, Source, Statistic, covariance_of, linearise,
    linearise_rows, pps_covariance_of,
};
use crate::pps::PpsMethod;
use crate::specification::Pps;
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

impl Inputs<'_> {
    /// Statistics of every domain of a tabulation: for each of `sources` (with the kept columns of
    /// each, where rows are kept), for each domain.
    pub(super) fn measure(
        &self,
        tabulation: usize,
        sources: &[Source],
        kept: &[(usize, Option<usize>)],
        statistic: Statistic,
    ) -> Result<Vec<Vec<Measured>>, ResultError> {
        let by_rows = self.plan.needs().all_variables;
        let columns = |variable: usize| RowColumns {
            variable: kept[variable].0,
            denominator: kept[variable].1,
        };
        let place = |source: Source, domain: usize| Place {
            tabulation,
            domain,
            source,
            statistic,
        };
        if let Some(replication) = self.replication {
            let found = match self.rows.filter(|_| by_rows) {
                Some(rows) => {
                    let wanted: Vec<_> = (0..sources.len())
                        .map(|v| (columns(v), statistic))
                        .collect();
                    replication.estimates_of_rows(self.sample, rows, tabulation, &wanted)?
                }
                None => {
                    let wanted: Vec<_> = sources.iter().map(|s| (*s, statistic)).collect();
                    replication.estimates(self.sample, tabulation, &wanted)?
                }
            };
            let own = &self.sample.tabulations[tabulation].degrees_of_freedom;
            return Ok((0..sources.len())
                .map(|variable| {
                    found
                        .iter()
                        .enumerate()
                        .map(|(domain, of)| {
                            of_replicates(
                                &of[variable],
                                own[domain],
                                place(sources[variable], domain),
                            )
                        })
                        .collect()
                })
                .collect());
        }
        use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
        (0..sources.len())
            .into_par_iter()
            .with_min_len(1)
            .map(|variable| {
                let source = sources[variable];
                let found = match self.rows.filter(|_| by_rows) {
                    Some(rows) => {
                        linearise_rows(self.sample, rows, tabulation, columns(variable), statistic)?
                    }
                    None => linearise(self.sample, tabulation, source, statistic)?,
                };
                found
                    .into_iter()
                    .enumerate()
                    .map(|(domain, linearised)| {
                        let variance = self.variance(&linearised)?;
                        let place = place(source, domain);
                        Ok(Measured {
                            linearised,
                            variance,
                            discarded: 0,
                            place,
                        })
                    })
                    .collect()
            })
            .collect()
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
