//! Missing values are filled; observed ones never change.
//!
//! Cells to be filled are those without a value (NaN) that the caller marks: one that does not
//! concern its unit stays empty. The rules are those of COINr 1.1.14 (`Impute`, `impute_panel`).

mod across;
mod column;
mod editions;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use across::row_mean;
pub use column::{column, grouped};
pub use editions::{linear, previous};

/// What stands for the values of a column or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Their mean.
    Mean,
    /// Their median; of an even number, the mean of the middle two.
    Median,
}

impl Statistic {
    /// The statistic of some values, in any order; none of no values.
    fn of(self, values: &mut [f64]) -> Option<f64> {
        if values.is_empty() {
            return None;
        }
        Some(match self {
            Statistic::Mean => mean(values),
            Statistic::Median => median(values),
        })
    }
}

/// The mean in two passes: the second takes out what rounding left in the first.
fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let first = values.iter().sum::<f64>() / count;
    first + values.iter().map(|value| value - first).sum::<f64>() / count
}

fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if even {
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (lower + upper) / 2.0
    } else {
        upper
    }
}

/// Why missing values cannot be filled.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ImputeFault {
    /// A column of the group has no scale on which it could be compared.
    #[error(
        "found the value {value} in every unit for part {part} of the group; expected at least two different values, by which the parts are put on one scale"
    )]
    ConstantPart {
        /// The part, from 1.
        part: usize,
        /// The value.
        value: f64,
    },
    /// A filled value that is no finite number.
    #[error("found no finite number to fill row {row} with; expected finite values around it")]
    NotFinite {
        /// The row.
        row: usize,
    },
    /// A column that is not there.
    #[error("found part {part} of a group of {parts}; expected one of them")]
    Part {
        /// The part, from 1.
        part: usize,
        /// How many parts there are.
        parts: usize,
    },
    /// Columns of different lengths.
    #[error("found a column of {found} rows; expected {expected}")]
    Length {
        /// The rows found.
        found: usize,
        /// The rows of the values.
        expected: usize,
    },
}

impl ImputeFault {
    fn check_length(found: usize, expected: usize) -> Result<(), ImputeFault> {
        if found == expected {
            Ok(())
        } else {
            Err(ImputeFault::Length { found, expected })
        }
    }
}
