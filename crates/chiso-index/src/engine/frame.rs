//! The rows of the engine's matrix, and the observed leaves on them.

use std::ops::Range;
use std::sync::Arc;

use crate::pack::Edition;

/// The rows of every column: the units of an edition, one edition after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    editions: Vec<EditionRows>,
    rows: usize,
}

/// The rows of one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct EditionRows {
    /// The edition.
    pub edition: Edition,
    /// Its rows.
    pub rows: Range<usize>,
    /// The codes of its units, ascending, one a row.
    pub units: Vec<Arc<str>>,
}

impl Frame {
    /// The rows of editions with their units, whose codes ascend.
    pub fn new(editions: impl IntoIterator<Item = (Edition, Vec<Arc<str>>)>) -> Frame {
        let mut frame = Frame::default();
        for (edition, units) in editions {
            let rows = frame.rows..frame.rows + units.len();
            frame.rows = rows.end;
            frame.editions.push(EditionRows {
                edition,
                rows,
                units,
            });
        }
        frame
    }

    /// The editions, in order.
    pub fn editions(&self) -> &[EditionRows] {
        &self.editions
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The unit of a row.
    pub fn unit(&self, row: usize) -> Option<&Arc<str>> {
        let edition = self
            .editions
            .iter()
            .find(|edition| edition.rows.contains(&row))?;
        edition.units.get(row - edition.rows.start)
    }

    /// The edition of a row.
    pub fn edition(&self, row: usize) -> Option<Edition> {
        self.editions
            .iter()
            .find(|edition| edition.rows.contains(&row))
            .map(|e| e.edition)
    }

    /// The row of a unit in an edition, by the edition's place.
    pub fn row(&self, edition: usize, unit: &str) -> Option<usize> {
        let edition = self.editions.get(edition)?;
        let place = edition
            .units
            .binary_search_by(|code| (**code).cmp(unit))
            .ok()?;
        Some(edition.rows.start + place)
    }
}

/// Observed leaves: a column per leaf in the order of the tree's file, NaN where there is no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaves {
    /// Values, leaf after leaf.
    pub values: Vec<f64>,
    /// Whether a cell does not concern the unit; empty where every cell does.
    pub not_applicable: Vec<bool>,
    /// Whether a row was observed at all; rows that were not are never filled.
    pub observed: Vec<bool>,
}
