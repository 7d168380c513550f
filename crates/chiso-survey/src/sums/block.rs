//! One block's rows, sorted into groups.

use arrow_array::{Array, BooleanArray};

use super::codes::{CodeTable, moments_of_codes};
use super::moments::{ColumnError, Moments, Rows, Run, moments};
use super::pairs::{PairMoments, pair_moments};
use crate::calibrate::WeightMoments;
use crate::design::BlockDesign;
use crate::key::{Codes, Key, KeyTypeError, Pairs};

/// A group as a block knows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LocalGroup {
    pub leaf: u32,
    pub domain: u32,
    pub cell: u32,
}

/// What one block found for one tabulation: nothing of it grows with the block's rows.
#[derive(Debug, Clone)]
pub struct BlockSums {
    pub(crate) groups: Vec<LocalGroup>,
    pub(crate) domains: Vec<Vec<Key>>,
    pub(crate) without_domain: u64,
    pub(crate) weights: Vec<WeightMoments>,
    pub(crate) weighted: BlockColumns,
    pub(crate) unweighted: BlockColumns,
}

/// The sums of a block's columns, for each group.
#[derive(Debug, Clone, Default)]
pub struct BlockColumns {
    /// For each variable.
    pub variables: Vec<Vec<Moments>>,
    /// For each pair.
    pub pairs: Vec<Vec<PairMoments>>,
}

/// The rows of a block by (leaf, domain, calibration cell).
#[derive(Debug, Clone)]
pub struct BlockTabulation {
    pub(crate) groups: Vec<LocalGroup>,
    pub(crate) domains: Vec<Vec<Key>>,
    runs: Vec<Run>,
    /// Rows without a domain, because a value of `by` is missing.
    pub(crate) without_domain: u64,
}

/// Neighbouring rows of one group, of those inside.
fn runs(groups: &[u32], inside: impl Fn(usize) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (row, group) in groups.iter().enumerate().filter(|(row, _)| inside(*row)) {
        let (group, row) = (*group, row as u32);
        match runs.last_mut() {
            Some(run) if run.group == group && run.end == row => run.end += 1,
            _ => runs.push(Run {
                start: row,
                end: row + 1,
                group,
            }),
        }
    }
    runs
}

impl BlockTabulation {
    /// Sorts the block's rows: domains are the combinations of values of `by`; rows where `keep`
    /// is not true stand outside, but their clusters stay in the design; `cells` gives each row's
    /// calibration cell.
    ///
    /// # Errors
    /// When a column of `by` cannot tell rows apart.
    pub fn new(
        block: &BlockDesign,
        by: &[&dyn Array],
        keep: Option<&BooleanArray>,
        cells: Option<&[u32]>,
    ) -> Result<Self, KeyTypeError> {
        let rows = block.rows();
        let columns = by
            .iter()
            .map(|column| Codes::of(*column))
            .collect::<Result<Vec<_>, _>>()?;
        let mut domain = Pairs::one(rows);
        for column in &columns {
            domain = domain.then(&column.codes);
        }
        let domains: Vec<Vec<Key>> = domain
            .first_rows
            .iter()
            .map(|row| {
                columns
                    .iter()
                    .map(|column| column.value(*row as usize).clone())
                    .collect()
            })
            .collect();
        let mut group = block.leaves.then(&domain.codes);
        if let Some(cells) = cells {
            group = group.then(cells);
        }
        let groups = group
            .first_rows
            .iter()
            .map(|row| {
                let row = *row as usize;
                LocalGroup {
                    leaf: block.leaves.codes[row],
                    domain: domain.codes[row],
                    cell: cells.map_or(0, |cells| cells[row]),
                }
            })
            .collect();
        let named: Vec<bool> = domains
            .iter()
            .map(|keys: &Vec<Key>| !keys.contains(&Key::Null))
            .collect();
        let known = |row: usize| named[domain.codes[row] as usize];
        let kept = |row: usize| keep.is_none_or(|keep| keep.is_valid(row) && keep.value(row));
        let without_domain = (0..rows).filter(|row| kept(*row) && !known(*row)).count() as u64;
        let runs = runs(&group.codes, |row| kept(row) && known(row));
        Ok(BlockTabulation {
            groups,
            domains,
            runs,
            without_domain,
        })
    }

    fn rows<'a>(&'a self, block: &BlockDesign, weights: &'a [f64]) -> Rows<'a> {
        Rows {
            runs: &self.runs,
            groups: self.groups.len(),
            weights,
            zero_weights: block.clusters.zero_weights > 0,
        }
    }

    /// Sums of a column for each of the block's groups.
    ///
    /// # Errors
    /// When the column is not of finite numbers.
    pub fn moments(
        &self,
        block: &BlockDesign,
        column: &dyn Array,
    ) -> Result<Vec<Moments>, ColumnError> {
        moments(self.rows(block, &block.weights), column)
    }

    /// [`Self::moments`] of a column given as a code for each row. With `unweighted`, every positive
    /// weight is taken as 1.
    ///
    /// # Errors
    /// When there is not a code for each row.
    pub fn moments_of_codes(
        &self,
        block: &BlockDesign,
        codes: &[u8],
        table: &CodeTable,
        unweighted: bool,
    ) -> Result<Vec<Moments>, ColumnError> {
        if unweighted {
            return moments_of_codes(self.rows(block, &block.ones()), codes, table);
        }
        moments_of_codes(self.rows(block, &block.weights), codes, table)
    }

    /// Sums of a pair of columns for each of the block's groups.
    ///
    /// # Errors
    /// When a column is not of finite numbers.
    pub fn pair_moments(
        &self,
        block: &BlockDesign,
        numerator: &dyn Array,
        denominator: &dyn Array,
    ) -> Result<Vec<PairMoments>, ColumnError> {
        pair_moments(self.rows(block, &block.weights), numerator, denominator)
    }

    /// [`Self::moments`] with every positive weight taken as 1.
    ///
    /// # Errors
    /// When the column is not of finite numbers.
    pub fn unweighted_moments(
        &self,
        block: &BlockDesign,
        column: &dyn Array,
    ) -> Result<Vec<Moments>, ColumnError> {
        moments(self.rows(block, &block.ones()), column)
    }

    /// [`Self::pair_moments`] with every positive weight taken as 1.
    ///
    /// # Errors
    /// When a column is not of finite numbers.
    pub fn unweighted_pair_moments(
        &self,
        block: &BlockDesign,
        numerator: &dyn Array,
        denominator: &dyn Array,
    ) -> Result<Vec<PairMoments>, ColumnError> {
        pair_moments(self.rows(block, &block.ones()), numerator, denominator)
    }

    /// The block's sums, to be merged: what is kept of the rows.
    #[must_use]
    pub fn sums(
        &self,
        block: &BlockDesign,
        weighted: BlockColumns,
        unweighted: BlockColumns,
    ) -> BlockSums {
        BlockSums {
            groups: self.groups.clone(),
            domains: self.domains.clone(),
            without_domain: self.without_domain,
            weights: self.weights(block),
            weighted,
            unweighted,
        }
    }

    /// Rows and weights of each group, whatever was answered.
    fn weights(&self, block: &BlockDesign) -> Vec<WeightMoments> {
        let mut sums = vec![WeightMoments::EMPTY; self.groups.len()];
        for run in &self.runs {
            let sum = &mut sums[run.group as usize];
            for weight in &block.weights[run.start as usize..run.end as usize] {
                if *weight > 0.0 {
                    sum.n += 1;
                    sum.sum += weight;
                    sum.sum_of_squares += weight * weight;
                    sum.min = sum.min.min(*weight);
                    sum.max = sum.max.max(*weight);
                }
            }
        }
        sums
    }

    /// The domain of each row (its place among the block's domains); none for rows outside.
    pub(crate) fn domain_of_rows(&self, rows: usize) -> Vec<Option<u32>> {
        let mut domains = vec![None; rows];
        for run in &self.runs {
            let domain = self.groups[run.group as usize].domain;
            domains[run.start as usize..run.end as usize].fill(Some(domain));
        }
        domains
    }
}
