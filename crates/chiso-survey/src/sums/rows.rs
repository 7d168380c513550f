//! The rows themselves, for the few estimators that cannot do with sums: quantiles, calibration
//! to totals of continuous variables, and weights that differ within a cluster.

use arrow_array::Array;

use super::block::BlockTabulation;
use super::merged::{MergedIds, Sample};
use super::moments::{ColumnError, numbers};
use crate::calibrate::{Adjustment, ResidualOperator};
use crate::design::BlockDesign;

/// A row outside every domain.
const OUTSIDE: u32 = u32::MAX;

/// What is kept of one block's rows.
#[derive(Debug, Clone, Default)]
pub struct BlockRows {
    leaves: Vec<u32>,
    weights: Vec<f64>,
    domains: Vec<Vec<Option<u32>>>,
    columns: Vec<Vec<f64>>,
}

impl BlockRows {
    /// Keeps the rows of a block: their place in each tabulation, and the columns given.
    ///
    /// # Errors
    /// When a column is not of finite numbers.
    pub fn new(
        block: &BlockDesign,
        tabulations: &[&BlockTabulation],
        columns: &[&dyn Array],
    ) -> Result<Self, ColumnError> {
        let rows = block.rows();
        let columns = columns
            .iter()
            .map(|column| {
                let values = numbers(*column)?;
                Ok(values
                    .iter()
                    .map(|value| value.unwrap_or(f64::NAN))
                    .collect())
            })
            .collect::<Result<_, ColumnError>>()?;
        Ok(BlockRows {
            leaves: block.leaves.codes.clone(),
            weights: block.weights.clone(),
            domains: tabulations
                .iter()
                .map(|tab| tab.domain_of_rows(rows))
                .collect(),
            columns,
        })
    }
}

/// The rows of the whole sample.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The leaf of each row.
    pub leaves: Vec<u32>,
    /// The weight of each row.
    pub weights: Vec<f64>,
    /// For each tabulation, the domain of each row; `u32::MAX` for rows outside.
    domains: Vec<Vec<u32>>,
    /// The columns that were kept; a missing value is NaN and must not be taken for a number.
    columns: Vec<Vec<f64>>,
    /// What calibration by rows does to linearised values.
    pub(crate) residuals: Option<ResidualOperator>,
    /// Of linear calibration, what each leaf holds of each direction that it explains.
    pub(crate) explained: Vec<f64>,
}

impl Rows {
    /// Adds the next block, by the names that merging gave to its leaves and domains.
    pub fn merge(&mut self, block: &BlockRows, ids: &MergedIds) {
        self.leaves
            .extend(block.leaves.iter().map(|leaf| ids.leaves[*leaf as usize]));
        self.weights.extend(&block.weights);
        self.domains.resize_with(block.domains.len(), Vec::new);
        for ((all, part), ids) in self
            .domains
            .iter_mut()
            .zip(&block.domains)
            .zip(&ids.domains)
        {
            all.extend(
                part.iter()
                    .map(|domain| domain.map_or(OUTSIDE, |d| ids[d as usize])),
            );
        }
        self.columns.resize_with(block.columns.len(), Vec::new);
        for (all, part) in self.columns.iter_mut().zip(&block.columns) {
            all.extend(part);
        }
    }

    /// Takes the final names of domains, and the weights that the populations imply.
    pub fn finish(&mut self, sample: &Sample, weights_from_fpc: bool) {
        for (domains, sums) in self.domains.iter_mut().zip(&sample.tabulations) {
            for domain in domains.iter_mut().filter(|domain| **domain != OUTSIDE) {
                *domain = sums.domain_places[*domain as usize];
            }
        }
        if weights_from_fpc {
            for (weight, leaf) in self.weights.iter_mut().zip(&self.leaves) {
                *weight *= sample.structure.implied_weight(*leaf);
            }
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The value of a kept column in a row.
    #[must_use]
    pub fn value(&self, column: usize, row: usize) -> Option<f64> {
        let value = self.columns[column][row];
        (!value.is_nan()).then_some(value)
    }

    /// The rows of each domain of a tabulation.
    #[must_use]
    pub fn of_domains(&self, tabulation: usize, domains: usize) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); domains];
        for (row, domain) in self.domains[tabulation].iter().enumerate() {
            if *domain != OUTSIDE {
                rows[*domain as usize].push(row as u32);
            }
        }
        rows
    }

    /// Totals of values on rows, by leaf in the order of the tree: what a variance is made of.
    /// `values` gives a row and its value.
    #[must_use]
    pub fn leaf_totals(
        &self,
        sample: &Sample,
        values: impl Iterator<Item = (u32, f64)>,
    ) -> (Vec<u32>, Vec<f64>) {
        let mut place = vec![u32::MAX; sample.structure.leaves()];
        let mut totals: Vec<(u32, f64)> = Vec::new();
        for (row, value) in values {
            let leaf = self.leaves[row as usize];
            let slot = &mut place[leaf as usize];
            if *slot == u32::MAX {
                *slot = totals.len() as u32;
                totals.push((leaf, 0.0));
            }
            totals[*slot as usize].1 += value;
        }
        totals.sort_unstable_by_key(|(leaf, _)| sample.structure.order[*leaf as usize]);
        totals.into_iter().unzip()
    }

    /// Takes over the weights of a calibration whose records were the rows; variances from now on
    /// are those of residuals.
    pub fn calibrate(&mut self, adjustment: &Adjustment) {
        self.weights.clone_from(&adjustment.weights);
        self.explained = match &adjustment.residuals {
            ResidualOperator::Linear(operator) => {
                let leaves = self
                    .leaves
                    .iter()
                    .max()
                    .map_or(0, |leaf| *leaf as usize + 1);
                operator.by_group(&self.leaves, leaves)
            }
            _ => Vec::new(),
        };
        self.residuals = Some(adjustment.residuals.clone());
    }

    /// Gives the rows other weights, such as trimmed ones; what calibration did to variances
    /// stays, as in R.
    pub fn set_weights(&mut self, weights: Vec<f64>) {
        self.weights = weights;
    }
}
