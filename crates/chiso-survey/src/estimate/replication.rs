//! Replicate weights over the units of a sample: its first-stage clusters, these by calibration
//! cell, or its rows.

use std::collections::HashMap;

use faer::Mat;

use crate::calibrate::{
    Calibration, CalibrationError, ClusterCellWeight, ReplicateAdjustment, TrimOptions,
    calibrate_replicates, cell_weights_of_replicates, trim_replicates,
};
use crate::design::Structure;
use crate::key::Key;
use crate::replicate::{GivenReplicates, PsuDesign, ReplicateError, ReplicateWeights};
use crate::sums::{Rows, Sample};

/// Why a sample cannot be replicated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReplicationError {
    /// Replicate weights cannot be made or used.
    #[error(transparent)]
    Replicates(#[from] ReplicateError),
    /// The replicates cannot be calibrated.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// Unequal probabilities within a stratum, which replication does not know.
    #[error(
        "stratum {stratum}: clusters with finite populations of {first} and of {second}; expected one population in a stratum for replicates"
    )]
    PopulationVaries {
        /// The stratum.
        stratum: Key,
        /// The population that one cluster states.
        first: f64,
        /// The population that another states.
        second: f64,
    },
    /// Weights known by row only, and no rows.
    #[error("these replicate weights are known row by row; expected the rows, not their sums")]
    RowsNeeded,
}

/// What a row's multipliers depend on.
#[derive(Debug, Clone)]
enum Units {
    /// A unit for each leaf of the design.
    Leaves(Vec<u32>),
    /// A unit for each leaf and calibration cell.
    Cells(HashMap<(u32, u32), u32>),
    /// A unit for each row.
    Rows(Vec<u32>),
}

/// Replicate weights of a sample.
#[derive(Debug, Clone)]
pub struct Replication {
    weights: ReplicateWeights,
    units: Units,
}

/// The first stage as replication sees it, and the place of each leaf's cluster in it. Strata are
/// in the order of their values as texts and clusters in that of their first rows: so R pairs
/// them for balanced half-samples (`brrweights`).
fn first_stage(structure: &Structure) -> Result<(PsuDesign, Vec<u32>), ReplicationError> {
    let strata = &structure.strata[0];
    let mut order: Vec<usize> = (0..strata.len()).collect();
    order.sort_by_cached_key(|stratum| strata[*stratum].key.to_string());
    let mut place_of_stratum = vec![0; strata.len()];
    for (place, stratum) in order.iter().enumerate() {
        place_of_stratum[*stratum] = place;
    }
    let mut populations: Vec<Option<f64>> = vec![None; strata.len()];
    let mut places = Vec::with_capacity(structure.clusters[0].len());
    for cluster in &structure.clusters[0] {
        let place = place_of_stratum[cluster.stratum as usize];
        let first = *populations[place].get_or_insert(cluster.population);
        if first != cluster.population {
            return Err(ReplicationError::PopulationVaries {
                stratum: strata[cluster.stratum as usize].key.clone(),
                first,
                second: cluster.population,
            });
        }
        places.push(place);
    }
    let populations = populations.into_iter().flatten().collect();
    Ok((PsuDesign::new(places, populations)?, structure.psu.clone()))
}

impl Replication {
    /// Replicates of the first-stage clusters, in the order of their first rows: `make` is one of the makers of
    /// [`crate::replicate`], such as [`crate::replicate::jkn`].
    ///
    /// # Errors
    /// Those of the maker; populations that differ between the clusters of a stratum.
    pub fn of_psus(
        structure: &Structure,
        make: impl FnOnce(&PsuDesign) -> Result<ReplicateWeights, ReplicateError>,
    ) -> Result<Self, ReplicationError> {
        let (design, of_leaf) = first_stage(structure)?;
        Ok(Replication {
            weights: make(&design)?,
            units: Units::Leaves(of_leaf),
        })
    }

    /// Replicate weights that came with the rows, in the rows' order.
    #[must_use]
    pub fn given(given: GivenReplicates) -> Self {
        let units = given.unit_of_row.iter().map(|unit| *unit as u32).collect();
        Replication {
            weights: given.weights,
            units: Units::Rows(units),
        }
    }

    /// The same, with squares centred at the full sample's estimate (`mse`) or at the replicates'
    /// mean.
    #[must_use]
    pub fn with_mse(mut self, mse: bool) -> Self {
        self.weights.mse = mse;
        self
    }

    /// The multipliers with their scales.
    #[must_use]
    pub fn weights(&self) -> &ReplicateWeights {
        &self.weights
    }

    /// Degrees of freedom of the whole sample's variances.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> usize {
        self.weights.degrees_of_freedom
    }

    /// Degrees of freedom of each domain of a tabulation: those of the whole sample for a domain
    /// that is the whole sample; of another, R's `degf` of a subset, the rank of its weights
    /// less 1.
    ///
    /// # Errors
    /// When weights are known by row only.
    pub fn domain_degrees_of_freedom(
        &self,
        sample: &Sample,
        tabulation: usize,
    ) -> Result<Vec<usize>, ReplicationError> {
        let sums = &sample.tabulations[tabulation];
        let whole: u64 = sample.base.weights.iter().map(|one| one.n).sum();
        let mut degrees = Vec::with_capacity(sums.domains.len());
        for range in sums.domain_ranges() {
            let rows: u64 = sums.weights[range.clone()].iter().map(|one| one.n).sum();
            if rows == whole {
                degrees.push(self.degrees_of_freedom());
                continue;
            }
            let mut units = range
                .map(|place| {
                    let group = sums.groups[place];
                    self.unit_of_group(group.leaf, group.cell)
                })
                .collect::<Result<Vec<usize>, _>>()?;
            units.sort_unstable();
            units.dedup();
            degrees.push(self.weights.domain_degrees_of_freedom(&units)?);
        }
        Ok(degrees)
    }

    /// As [`Self::domain_degrees_of_freedom`], where weights are known row by row.
    ///
    /// # Errors
    /// When replicate weights do not fit the rows.
    pub fn domain_degrees_of_freedom_of_rows(
        &self,
        sample: &Sample,
        rows: &Rows,
        tabulation: usize,
    ) -> Result<Vec<usize>, ReplicationError> {
        let domains = sample.tabulations[tabulation].domains.len();
        rows.of_domains(tabulation, domains)
            .iter()
            .map(|members| self.degrees_of(rows, members))
            .collect()
    }

    pub(super) fn degrees_of(
        &self,
        rows: &Rows,
        members: &[u32],
    ) -> Result<usize, ReplicationError> {
        if members.len() == rows.len() {
            return Ok(self.degrees_of_freedom());
        }
        let mut units: Vec<usize> = members
            .iter()
            .map(|row| self.unit_of_row(rows, *row))
            .collect();
        units.sort_unstable();
        units.dedup();
        Ok(self.weights.domain_degrees_of_freedom(&units)?)
    }

    pub(super) fn unit_of_group(&self, leaf: u32, cell: u32) -> Result<usize, ReplicationError> {
        match &self.units {
            Units::Leaves(units) => Ok(units[leaf as usize] as usize),
            Units::Cells(units) => Ok(units[&(leaf, cell)] as usize),
            Units::Rows(_) => Err(ReplicationError::RowsNeeded),
        }
    }

    pub(super) fn unit_of_row(&self, rows: &Rows, row: u32) -> usize {
        match &self.units {
            Units::Leaves(units) => units[rows.leaves[row as usize] as usize] as usize,
            Units::Rows(units) => units[row as usize] as usize,
            // Cells are not kept with rows; calibrated rows have units of their own.
            Units::Cells(_) => usize::MAX,
        }
    }

    /// Calibrates a sample by its cells, and every replicate of it to the same totals; records of
    /// `calibration` are [`Sample::cells`]. A replicate that misses a total is a failure in the
    /// report and gives no estimate where the total matters.
    ///
    /// # Errors
    /// When the sample itself cannot be calibrated, or weights are known by row only.
    pub fn calibrate(
        &mut self,
        sample: &mut Sample,
        calibration: &Calibration<'_>,
    ) -> Result<ReplicateAdjustment, ReplicationError> {
        let (cells, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|weights| weights.sum).collect();
        let mut by_cell = Vec::with_capacity(sample.base.groups.len());
        for (group, weight) in sample.base.groups.iter().zip(&sample.base.weights) {
            by_cell.push(ClusterCellWeight {
                cluster: self.unit_of_group(group.leaf, group.cell)? as u32,
                cell: cells.binary_search(&group.cell).unwrap_or(0) as u32,
                weight: weight.sum,
            });
        }
        let multipliers = by_replicate(&self.weights.multipliers);
        let units = self.weights.units();
        let replicate_weights =
            cell_weights_of_replicates(&multipliers, units, &by_cell, cells.len())?;
        let done = calibrate_replicates(&weights, &replicate_weights, calibration)?;
        let mut places: HashMap<(u32, u32), u32> = HashMap::new();
        let mut of_pair: Vec<(u32, u32)> = Vec::new();
        let mut of_group = HashMap::with_capacity(by_cell.len());
        for (group, entry) in sample.base.groups.iter().zip(&by_cell) {
            let next = of_pair.len() as u32;
            let pair = (entry.cluster, entry.cell);
            let place = *places.entry(pair).or_insert(next);
            if place == next {
                of_pair.push(pair);
            }
            of_group.insert((group.leaf, group.cell), place);
        }
        let factors = |r: usize, cell: usize| {
            ratio(
                done.factors[r * cells.len() + cell],
                done.main.factors[cell],
            )
        };
        self.weights.multipliers =
            Mat::from_fn(of_pair.len(), self.weights.replicates(), |unit, r| {
                let (cluster, cell) = of_pair[unit];
                self.weights.multipliers[(cluster as usize, r)] * factors(r, cell as usize)
            });
        self.units = Units::Cells(of_group);
        sample.calibrate(&done.main);
        Ok(done)
    }

    /// Calibrates rows, and every replicate of them to the same totals; records of `calibration`
    /// are the rows. Holds a number for every row and replicate.
    ///
    /// # Errors
    /// When the rows themselves cannot be calibrated.
    pub fn calibrate_rows(
        &mut self,
        rows: &mut Rows,
        calibration: &Calibration<'_>,
    ) -> Result<ReplicateAdjustment, ReplicationError> {
        let analysis = self.weights_of_rows(rows);
        let done = calibrate_replicates(&rows.weights, &analysis, calibration)?;
        let calibrated: Vec<f64> = analysis
            .iter()
            .zip(&done.factors)
            .map(|(w, g)| w * g)
            .collect();
        rows.calibrate(&done.main);
        self.take_rows(rows, &calibrated);
        Ok(done)
    }

    /// Trims the weights of every replicate by itself; those of the rows stay, as in R's
    /// `trimWeights` of a replicate design.
    ///
    /// # Errors
    /// When a replicate's weights are all beyond a limit.
    pub fn trim_rows(
        &mut self,
        rows: &Rows,
        options: &TrimOptions,
    ) -> Result<(), ReplicationError> {
        let trimmed = trim_replicates(&self.weights_of_rows(rows), rows.len(), options)?;
        self.take_rows(rows, &trimmed);
        Ok(())
    }

    /// The weight of every row in every replicate: replicate after replicate.
    #[must_use]
    pub fn weights_of_rows(&self, rows: &Rows) -> Vec<f64> {
        let replicates = self.weights.replicates();
        let mut weights = Vec::with_capacity(replicates * rows.len());
        for replicate in 0..replicates {
            weights.extend((0..rows.len()).map(|row| {
                let unit = self.unit_of_row(rows, row as u32);
                rows.weights[row] * self.weights.multipliers[(unit, replicate)]
            }));
        }
        weights
    }

    /// Every row becomes a unit with the weights given, replicate after replicate.
    fn take_rows(&mut self, rows: &Rows, weights: &[f64]) {
        let count = rows.len();
        self.weights.multipliers = Mat::from_fn(count, self.weights.replicates(), |row, r| {
            ratio(weights[r * count + row], rows.weights[row])
        });
        self.units = Units::Rows((0..count as u32).collect());
    }
}

/// What multiplies a weight of `whole` to give `part`; 0 where there is nothing to multiply.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Multipliers, replicate after replicate.
fn by_replicate(multipliers: &Mat<f64>) -> Vec<f64> {
    let mut flat = Vec::with_capacity(multipliers.nrows() * multipliers.ncols());
    for replicate in 0..multipliers.ncols() {
        flat.extend(multipliers.col(replicate).iter());
    }
    flat
}
