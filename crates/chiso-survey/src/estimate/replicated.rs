//! Estimates with errors from replicates, of sums or of rows.

use std::collections::HashMap;

use faer::{Mat, MatRef};

use super::by_rows::part;
use super::linear::{Function, Source, design_effect};
use super::replication::{Replication, ReplicationError};
use super::{DesignEffect, RowColumns, Statistic};
use crate::replicate::{
    DomainSums, ReplicateError, Statistic as OfColumns, replicate_covariance, replicate_estimates,
    replicate_values,
};
use crate::sums::{PairMoments, Rows, Sample};

/// A statistic of one domain with its variance from replicates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replicated {
    /// The estimate; none where no row has a value, or a denominator is zero.
    pub value: Option<f64>,
    /// Rows with a value and a weight.
    pub n: f64,
    /// Rows of the domain, answered or not: R's `nrow` of a subset.
    pub rows: f64,
    /// Σ w over those with a value.
    pub weight: f64,
    /// Variance of the statistic in a simple random sample with replacement of n rows.
    pub srs_variance: f64,
    /// The variance; none where no replicate has an estimate.
    pub variance: Option<f64>,
    /// Replicates that have no estimate and were left out.
    pub discarded: usize,
}

impl Replicated {
    /// The design effect, as [`super::Linearised::design_effect`].
    #[must_use]
    pub fn design_effect(&self, kind: DesignEffect) -> Option<f64> {
        design_effect(self.variance?, self.srs_variance, self.weight, self.n, kind)
    }
}

/// One statistic of one domain, for covariances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The tabulation.
    pub tabulation: usize,
    /// The place among its domains.
    pub domain: usize,
    /// Of what.
    pub source: Source,
    /// The statistic.
    pub statistic: Statistic,
}

/// A covariance matrix from replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicatedCovariance {
    /// The estimates.
    pub values: Vec<f64>,
    /// Row by row.
    pub covariance: Vec<f64>,
    /// Replicates in which one of the estimates does not exist, and which were left out.
    pub discarded: usize,
}

/// The columns of sums that statistics of one domain need, by unit.
struct Table {
    statistics: Vec<Statistic>,
    /// Where each statistic's columns begin.
    starts: Vec<usize>,
    width: usize,
    units: Vec<usize>,
    places: HashMap<usize, usize>,
    sums: Vec<f64>,
    totals: Vec<PairMoments>,
    /// Rows of the domain.
    rows: f64,
}

/// The sums a statistic is made of, in the order of [`Table::of_columns`].
fn columns(statistic: Statistic, sum: &PairMoments) -> ([f64; 3], usize) {
    match statistic {
        Statistic::Mean => ([sum.wy, sum.w, 0.0], 2),
        Statistic::Total => ([sum.wy, 0.0, 0.0], 1),
        Statistic::Ratio => ([sum.wy, sum.wx, 0.0], 2),
        Statistic::Variance => ([sum.wyy, sum.wy, sum.w], 3),
    }
}

impl Table {
    fn new(statistics: Vec<Statistic>) -> Self {
        let mut width = 0;
        let mut starts = Vec::with_capacity(statistics.len());
        for statistic in &statistics {
            starts.push(width);
            width += columns(*statistic, &PairMoments::default()).1;
        }
        Table {
            totals: vec![PairMoments::default(); statistics.len()],
            statistics,
            starts,
            width,
            units: Vec::new(),
            places: HashMap::new(),
            sums: Vec::new(),
            rows: 0.0,
        }
    }

    /// The row of a unit.
    fn unit(&mut self, unit: usize) -> usize {
        let next = self.units.len();
        let place = *self.places.entry(unit).or_insert(next);
        if place == next {
            self.units.push(unit);
            self.sums.resize(self.sums.len() + self.width, 0.0);
        }
        place
    }

    fn add(&mut self, row: usize, statistic: usize, sum: &PairMoments) {
        self.totals[statistic].add(sum);
        let (values, count) = columns(self.statistics[statistic], sum);
        let start = row * self.width + self.starts[statistic];
        for (total, value) in self.sums[start..].iter_mut().zip(&values[..count]) {
            *total += value;
        }
    }

    fn of_columns(&self) -> Vec<OfColumns> {
        let of = |place: usize| {
            let first = self.starts[place];
            match self.statistics[place] {
                Statistic::Total => OfColumns::Total { column: first },
                Statistic::Mean | Statistic::Ratio => OfColumns::Ratio {
                    numerator: first,
                    denominator: first + 1,
                },
                Statistic::Variance => OfColumns::Variance {
                    squares: first,
                    sum: first + 1,
                    weight: first + 2,
                    rows: self.totals[place].n,
                },
            }
        };
        (0..self.statistics.len()).map(of).collect()
    }

    fn domain_sums<'a>(&'a self, statistics: &'a [OfColumns]) -> DomainSums<'a> {
        DomainSums {
            units: Some(&self.units),
            sums: MatRef::from_row_major_slice(&self.sums, self.units.len(), self.width),
            statistics,
        }
    }
}

impl Replication {
    /// Statistics of every domain of a tabulation with their replicate variances, in one matrix
    /// product a domain: by domain, then by statistic as `wanted`.
    ///
    /// # Errors
    /// When weights are known by row only ([`Self::estimates_of_rows`]).
    pub fn estimates(
        &self,
        sample: &Sample,
        tabulation: usize,
        wanted: &[(Source, Statistic)],
    ) -> Result<Vec<Vec<Replicated>>, ReplicationError> {
        let domains = 0..sample.tabulations[tabulation].domains.len();
        let ranges = sample.tabulations[tabulation].domain_ranges();
        let tables = domains
            .map(|domain| self.table(sample, tabulation, ranges[domain].clone(), wanted))
            .collect::<Result<Vec<Table>, _>>()?;
        self.evaluate(&tables)
    }

    fn table(
        &self,
        sample: &Sample,
        tabulation: usize,
        range: std::ops::Range<usize>,
        wanted: &[(Source, Statistic)],
    ) -> Result<Table, ReplicationError> {
        let sums = &sample.tabulations[tabulation];
        let mut table = Table::new(wanted.iter().map(|(_, statistic)| *statistic).collect());
        for place in range {
            let group = sums.groups[place];
            let row = table.unit(self.unit_of_group(group.leaf, group.cell)?);
            table.rows += sums.weights[place].n as f64;
            for (statistic, (source, _)) in wanted.iter().enumerate() {
                table.add(row, statistic, &source.at(sums, place));
            }
        }
        Ok(table)
    }

    /// As [`Self::estimates`], from rows and their present weights.
    ///
    /// # Errors
    /// When replicate weights do not fit the rows.
    pub fn estimates_of_rows(
        &self,
        sample: &Sample,
        rows: &Rows,
        tabulation: usize,
        wanted: &[(RowColumns, Statistic)],
    ) -> Result<Vec<Vec<Replicated>>, ReplicationError> {
        let statistics: Vec<Statistic> = wanted.iter().map(|(_, statistic)| *statistic).collect();
        let domains = sample.tabulations[tabulation].domains.len();
        let tables: Vec<Table> = rows
            .of_domains(tabulation, domains)
            .iter()
            .map(|domain| {
                let mut table = Table::new(statistics.clone());
                table.rows = domain.len() as f64;
                for row in domain {
                    let place = table.unit(self.unit_of_row(rows, *row));
                    for (statistic, (columns, _)) in wanted.iter().enumerate() {
                        if let Some(sum) = part(rows, *columns, *row) {
                            table.add(place, statistic, &sum);
                        }
                    }
                }
                table
            })
            .collect();
        self.evaluate(&tables)
    }

    fn evaluate(&self, tables: &[Table]) -> Result<Vec<Vec<Replicated>>, ReplicationError> {
        let statistics: Vec<Vec<OfColumns>> = tables.iter().map(Table::of_columns).collect();
        let domains: Vec<DomainSums<'_>> = tables
            .iter()
            .zip(&statistics)
            .map(|(table, statistics)| table.domain_sums(statistics))
            .collect();
        let found = replicate_estimates(self.weights(), &domains)?;
        tables
            .iter()
            .zip(found)
            .map(|(table, found)| {
                (0..table.statistics.len())
                    .zip(found)
                    .map(|(place, found)| replicated(table, place, found))
                    .collect()
            })
            .collect()
    }

    /// The covariance matrix of several statistics, of whatever domains.
    ///
    /// # Errors
    /// When one of the estimates does not exist, or weights are known by row only.
    pub fn covariance(
        &self,
        sample: &Sample,
        places: &[Place],
    ) -> Result<ReplicatedCovariance, ReplicationError> {
        let weights = self.weights();
        let (values, theta) = self.values(sample, places)?;
        let (scale, scales) = (weights.scale, &weights.replicate_scales);
        let found = replicate_covariance(theta.as_ref(), &values, scale, scales, weights.mse)?;
        let width = values.len();
        let entries = (0..width * width).map(|at| found.covariance[(at / width, at % width)]);
        Ok(ReplicatedCovariance {
            covariance: entries.collect(),
            discarded: found.discarded,
            values,
        })
    }

    /// Several statistics, of whatever domains, in the full sample and in every replicate:
    /// (full estimates, replicates × statistics).
    ///
    /// # Errors
    /// When one of the estimates does not exist, or weights are known by row only.
    pub fn values(
        &self,
        sample: &Sample,
        places: &[Place],
    ) -> Result<(Vec<f64>, Mat<f64>), ReplicationError> {
        let tables = places
            .iter()
            .map(|place| {
                let ranges = sample.tabulations[place.tabulation].domain_ranges();
                let range = ranges[place.domain].clone();
                let wanted = [(place.source, place.statistic)];
                self.table(sample, place.tabulation, range, &wanted)
            })
            .collect::<Result<Vec<Table>, _>>()?;
        let statistics: Vec<Vec<OfColumns>> = tables.iter().map(Table::of_columns).collect();
        let domains: Vec<DomainSums<'_>> = tables
            .iter()
            .zip(&statistics)
            .map(|(table, statistics)| table.domain_sums(statistics))
            .collect();
        Ok(replicate_values(self.weights(), &domains)?)
    }
}

fn replicated(
    table: &Table,
    place: usize,
    found: Result<crate::replicate::ReplicateEstimate, ReplicateError>,
) -> Result<Replicated, ReplicationError> {
    let total = &table.totals[place];
    let mut result = Replicated {
        n: total.n,
        rows: table.rows,
        weight: total.w,
        ..Replicated::default()
    };
    let Some(function) = Function::of(table.statistics[place], total) else {
        return Ok(result);
    };
    result.value = Some(function.value);
    result.srs_variance = function.srs_variance(total);
    match found {
        Ok(found) => {
            result.variance = Some(found.variance);
            result.discarded = found.discarded;
        }
        Err(ReplicateError::AllDiscarded { replicates }) => result.discarded = replicates,
        Err(ReplicateError::NoEstimate { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(result)
}
