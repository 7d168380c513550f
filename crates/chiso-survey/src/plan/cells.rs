//! The calibration cell of each row: where it stands in the table of known totals.

use std::collections::HashMap;

use arrow_array::Array;

use super::PlanError;
use crate::key::{Codes, Pairs};

/// A cell of known totals: the values of the margin's columns, and the count.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The values, as their column would print them.
    pub values: Vec<String>,
    /// How many there are in the population.
    pub count: f64,
}

/// The known totals of one margin.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownTotals {
    /// The margin's columns.
    pub by: Vec<String>,
    /// Its cells.
    pub cells: Vec<Known>,
}

impl KnownTotals {
    /// The margin's columns in words.
    #[must_use]
    pub fn name(&self) -> String {
        self.by.join(" × ")
    }

    /// The counts, in the order of the cells.
    #[must_use]
    pub fn counts(&self) -> Vec<f64> {
        self.cells.iter().map(|cell| cell.count).collect()
    }

    fn check(&self) -> Result<(), PlanError> {
        let fault = |found: String, expected| {
            Err(PlanError::Totals {
                columns: self.name(),
                found,
                expected,
            })
        };
        if self.cells.is_empty() {
            return fault("no cell".into(), "one or more");
        }
        let mut seen = std::collections::HashSet::new();
        for cell in &self.cells {
            if !(cell.count.is_finite() && cell.count >= 0.0) {
                let found = format!("{} for {}", cell.count, cell.values.join(", "));
                return fault(found, "a finite count, 0 or more");
            }
            if !seen.insert(&cell.values) {
                return fault(
                    format!("{} twice", cell.values.join(", ")),
                    "each cell once",
                );
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone)]
struct MarginCoder {
    name: String,
    places: HashMap<Vec<String>, u32>,
    size: u32,
    /// How many cells the margins before it have together.
    stride: u32,
}

/// Gives each row the place of its cell in each margin, and in their crossing.
#[derive(Debug, Clone)]
pub(super) struct CellCoder {
    margins: Vec<MarginCoder>,
}

impl CellCoder {
    pub fn new(known: &[KnownTotals]) -> Result<CellCoder, PlanError> {
        let mut stride: u32 = 1;
        let mut margins = Vec::new();
        for totals in known {
            totals.check()?;
            let size = totals.cells.len() as u32;
            let places = totals
                .cells
                .iter()
                .enumerate()
                .map(|(place, cell)| (cell.values.clone(), place as u32))
                .collect();
            margins.push(MarginCoder {
                name: totals.name(),
                places,
                size,
                stride,
            });
            stride = stride.checked_mul(size).ok_or_else(|| PlanError::Totals {
                columns: totals.name(),
                found: "more than 4 billion crossed cells".into(),
                expected: "fewer or coarser margins",
            })?;
        }
        Ok(CellCoder { margins })
    }

    /// The place of each row in each margin. `columns` holds the margins' columns one after the
    /// other.
    pub fn margins(
        &self,
        widths: &[usize],
        columns: &[&dyn Array],
        first_row: u64,
        rows: usize,
    ) -> Result<Vec<Vec<u32>>, PlanError> {
        let mut start = 0;
        self.margins
            .iter()
            .zip(widths)
            .map(|(margin, width)| {
                let part = &columns[start..start + width];
                start += width;
                margin.codes(part, first_row, rows)
            })
            .collect()
    }

    /// The crossed cell of each row.
    pub fn crossed(&self, margins: &[Vec<u32>], rows: usize) -> Vec<u32> {
        let mut cells = vec![0; rows];
        for (margin, codes) in self.margins.iter().zip(margins) {
            for (cell, code) in cells.iter_mut().zip(codes) {
                *cell += code * margin.stride;
            }
        }
        cells
    }

    /// A crossed cell's place in a margin.
    pub fn category(&self, margin: usize, cell: u32) -> u32 {
        let margin = &self.margins[margin];
        cell / margin.stride % margin.size
    }
}

impl MarginCoder {
    fn codes(
        &self,
        columns: &[&dyn Array],
        first_row: u64,
        rows: usize,
    ) -> Result<Vec<u32>, PlanError> {
        let codes = columns
            .iter()
            .map(|column| {
                Codes::of(*column).map_err(|reason| PlanError::Key {
                    expression: self.name.clone(),
                    reason,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut pairs = Pairs::one(rows);
        for column in &codes {
            pairs = pairs.then(&column.codes);
        }
        let mut places = Vec::with_capacity(pairs.first_rows.len());
        for row in &pairs.first_rows {
            let values: Vec<String> = codes
                .iter()
                .map(|column| column.value(*row as usize).to_string())
                .collect();
            match self.places.get(&values) {
                Some(place) => places.push(*place),
                None => {
                    return Err(PlanError::UnknownCell {
                        row: first_row + u64::from(*row) + 1,
                        columns: self.name.clone(),
                        found: values.join(", "),
                    });
                }
            }
        }
        Ok(pairs
            .codes
            .iter()
            .map(|code| places[*code as usize])
            .collect())
    }
}
