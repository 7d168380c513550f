//! Tests of independence in a two-way table under a complex design.
//!
//! With p the estimated cell proportions of an r × c table and V their design covariance,
//! Pearson's X² = n Σ (pᵢⱼ − pᵢ₊p₊ⱼ)²/(pᵢ₊p₊ⱼ) is distributed as Σ δₖχ²₁, where the δₖ
//! (generalised design effects) are the eigenvalues of Δ = (C′D⁻¹C/n)⁻¹ C′D⁻¹VD⁻¹C, D the
//! diagonal matrix of p and C any basis of the interactions (Rao and Scott 1981, 1984; Thomas
//! and Rao 1987). Wald's test works on the totals Nᵢⱼ − Nᵢ₊N₊ⱼ/N instead.
//!
//! Statistics, names and degrees of freedom as in R `survey` 4.5 (`svychisq`).

mod algebra;
mod rao_scott;
mod wald;

pub use rao_scott::{RaoScottStatistic, rao_scott};
pub use wald::wald;

use crate::contrast::{ContrastError, Estimates};
use crate::distribution::{DistributionError, WeightedSumError};

/// Estimates for the cells of a two-way table, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoWayTable {
    rows: usize,
    columns: usize,
    cells: Estimates,
}

/// The result of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The statistic; its scale depends on the test.
    pub statistic: f64,
    /// Numerator degrees of freedom (of F), or the chi-square's. None for tests against a
    /// weighted sum.
    pub numerator_df: Option<f64>,
    /// Denominator degrees of freedom of an F statistic.
    pub denominator_df: Option<f64>,
    /// The probability of a statistic at least this large under independence.
    pub p_value: f64,
}

/// Why a table cannot be tested.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChiSquareError {
    /// Fewer than two rows or columns, or cells that do not fill the table.
    #[error(
        "a test needs a table of at least 2 × 2 that its cells fill; found {rows} × {columns} with {cells} cells"
    )]
    Shape {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
        /// Cells given.
        cells: usize,
    },
    /// A row or column without any weight.
    #[error("{margin} {place} of the table is empty: leave the category out before the test")]
    EmptyMargin {
        /// Row or column.
        margin: &'static str,
        /// Its place, from 1.
        place: usize,
    },
    /// A cell below zero, which calibrated weights below zero can give.
    #[error("cell {place} of the table is {value}; cells must not be below zero")]
    NegativeCell {
        /// Its place, row by row, from 1.
        place: usize,
        /// What was found.
        value: f64,
    },
    /// A sample size below one.
    #[error("the number of rows in the sample must be at least 1, found {0}")]
    SampleSize(f64),
    /// Not enough degrees of freedom for the test.
    #[error("the test needs more than {needed} degrees of freedom of the design, found {found}")]
    DegreesOfFreedom {
        /// What must be exceeded.
        needed: f64,
        /// What the design has.
        found: f64,
    },
    /// Empty cells, or too few clusters, leave the interactions without a covariance.
    #[error(
        "the covariance of the interactions is singular: too many empty cells or too few clusters"
    )]
    Singular,
    /// Estimates that are not numbers or do not fit.
    #[error(transparent)]
    Estimates(#[from] ContrastError),
    /// A tail could not be computed.
    #[error(transparent)]
    WeightedSum(#[from] WeightedSumError),
    /// A tail could not be computed.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

impl TwoWayTable {
    /// A table of `rows` × `columns` `cells` (proportions or totals), given row by row. Every row
    /// and column must have some weight.
    pub fn new(rows: usize, columns: usize, cells: Estimates) -> Result<Self, ChiSquareError> {
        let count = cells.values().len();
        if rows < 2 || columns < 2 || rows * columns != count {
            return Err(ChiSquareError::Shape {
                rows,
                columns,
                cells: count,
            });
        }
        if let Some(at) = cells.values().iter().position(|v| *v < 0.0) {
            let value = cells.values()[at];
            return Err(ChiSquareError::NegativeCell {
                place: at + 1,
                value,
            });
        }
        let table = Self {
            rows,
            columns,
            cells,
        };
        let (row_sums, column_sums) = table.margins();
        for (margin, sums) in [("row", row_sums), ("column", column_sums)] {
            if let Some(at) = sums.iter().position(|sum| *sum <= 0.0) {
                return Err(ChiSquareError::EmptyMargin {
                    margin,
                    place: at + 1,
                });
            }
        }
        Ok(table)
    }

    /// The proportions of a table of totals, with their covariance by linearisation: what a
    /// Taylor design's own means of the cells give. (Replicates have means of their own.)
    pub fn proportions(&self) -> Result<Self, ChiSquareError> {
        let size = self.rows * self.columns;
        let total: f64 = self.cells.values().iter().sum();
        let shares: Vec<f64> = self.cells.values().iter().map(|v| v / total).collect();
        let jacobian: Vec<f64> = (0..size * size)
            .map(|at| (f64::from(u8::from(at / size == at % size)) - shares[at / size]) / total)
            .collect();
        let covariance = self.cells.linear(&jacobian)?.covariance().to_vec();
        Self::new(self.rows, self.columns, Estimates::new(shares, covariance)?)
    }

    /// Sums by row and by column.
    fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let by_row = self.cells.values().chunks(self.columns);
        let column = |j: usize| {
            self.cells
                .values()
                .iter()
                .skip(j)
                .step_by(self.columns)
                .sum()
        };
        (
            by_row.map(|row| row.iter().sum()).collect(),
            (0..self.columns).map(column).collect(),
        )
    }

    /// (r − 1)(c − 1).
    fn interactions(&self) -> usize {
        (self.rows - 1) * (self.columns - 1)
    }
}
