//! The list that a sample is drawn from.

use super::SelectError;
use super::nodes::{Node, build};

/// One unit of the frame's lowest level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameRow {
    /// The identifiers from the highest level to the unit itself, one a level. An identifier needs
    /// to be unique only within its parent.
    pub path: Vec<String>,
    /// Its measure of size, e.g. adults; sizes of higher units are sums of these.
    pub size: Option<f64>,
    /// One a level: whether the unit of that level is to be in the sample for certain. Empty if
    /// none is.
    pub certain: Vec<bool>,
}

/// A nested list of units.
///
/// Holds the units of every level sorted by identifier (byte by byte, so `10` comes before `2`).
#[derive(Clone, Debug)]
pub struct Frame {
    levels: Vec<String>,
    rows: Vec<FrameRow>,
    sorted: Vec<usize>,
    nodes: Vec<Vec<Node>>,
}

impl Frame {
    /// Checks the rows and sorts them into a frame with the given levels, highest first.
    ///
    /// Missing and zero sizes and repeated units are let through, since [`FrameReport`] shows them
    /// all; [`draw`] refuses what it cannot use.
    ///
    /// # Errors
    ///
    /// No level, a level named twice, no row; a row with too few or too many identifiers or flags,
    /// an empty identifier, a size that is negative or not finite; a unit that is flagged as
    /// certain in one of its rows only.
    ///
    /// [`FrameReport`]: super::FrameReport
    /// [`draw`]: super::draw
    pub fn new(levels: Vec<String>, rows: Vec<FrameRow>) -> Result<Self, SelectError> {
        let repeated = (1..levels.len()).any(|level| levels[..level].contains(&levels[level]));
        if levels.is_empty() || repeated {
            return Err(SelectError::Levels { levels });
        }
        if rows.is_empty() {
            return Err(SelectError::EmptyFrame);
        }
        for (index, row) in rows.iter().enumerate() {
            check_row(&levels, index + 1, row)?;
        }
        let mut sorted: Vec<usize> = (0..rows.len()).collect();
        sorted.sort_by(|&first, &second| rows[first].path.cmp(&rows[second].path));
        let nodes = build(&levels, &rows, &sorted)?;
        Ok(Frame {
            levels,
            rows,
            sorted,
            nodes,
        })
    }

    /// The names of its levels, highest first.
    pub fn levels(&self) -> &[String] {
        &self.levels
    }

    /// Its rows, as given.
    pub fn rows(&self) -> &[FrameRow] {
        &self.rows
    }

    /// Pairs of row numbers, from 1, with the same unit.
    pub fn duplicates(&self) -> impl Iterator<Item = (usize, usize)> {
        let same = |pair: &&[usize]| self.rows[pair[0]].path == self.rows[pair[1]].path;
        let pairs = self.sorted.windows(2).filter(same);
        pairs.map(|pair| (pair[0].min(pair[1]) + 1, pair[0].max(pair[1]) + 1))
    }

    pub(super) fn nodes(&self, level: usize) -> &[Node] {
        &self.nodes[level]
    }

    /// The path of a node: that of any of its rows, cut at its level.
    pub(super) fn path(&self, level: usize, node: &Node) -> &[String] {
        &self.rows[self.sorted[node.rows.start]].path[..=level]
    }

    /// The first row of a node that has no size, by its path.
    pub(super) fn unsized_row(&self, node: &Node) -> Option<&FrameRow> {
        let mut rows = self.sorted[node.rows.clone()]
            .iter()
            .map(|&row| &self.rows[row]);
        rows.find(|row| row.size.is_none())
    }
}

fn check_row(levels: &[String], number: usize, row: &FrameRow) -> Result<(), SelectError> {
    let expected = levels.len();
    let wrong_length = |field, found| {
        Err(SelectError::RowLength {
            row: number,
            field,
            found,
            expected,
        })
    };
    if row.path.len() != expected {
        return wrong_length("identifiers", row.path.len());
    }
    if !row.certain.is_empty() && row.certain.len() != expected {
        return wrong_length("certainty flags", row.certain.len());
    }
    if let Some(level) = row.path.iter().position(|id| id.trim().is_empty()) {
        return Err(SelectError::EmptyId {
            row: number,
            level: levels[level].clone(),
        });
    }
    match row.size {
        Some(size) if !size.is_finite() || size < 0.0 => Err(SelectError::RowSize {
            row: number,
            unit: row.path.join("/"),
            size,
        }),
        _ => Ok(()),
    }
}
