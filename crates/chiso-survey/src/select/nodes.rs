//! The frame as nested units, sorted by identifier.

use std::ops::Range;

use super::{FrameRow, SelectError};

/// A unit of one level of the frame.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its identifier within its parent.
    pub id: String,
    /// The smallest number, from 0, of a row that belongs to it.
    pub first_row: usize,
    /// The sum of its rows' sizes; none if one of them has none.
    pub size: Option<f64>,
    /// Whether the frame flags it as a certainty unit.
    pub certain: bool,
    /// Its units of the next level; empty at the lowest.
    pub children: Range<usize>,
    /// Its rows, as positions in the sorted order.
    pub rows: Range<usize>,
}

/// Builds the nodes of every level from rows that are visited in the order `sorted` of their paths.
pub(super) fn build(
    levels: &[String],
    rows: &[FrameRow],
    sorted: &[usize],
) -> Result<Vec<Vec<Node>>, SelectError> {
    let mut nodes: Vec<Vec<Node>> = Vec::with_capacity(levels.len());
    for (level, name) in levels.iter().enumerate() {
        let mut here: Vec<Node> = Vec::new();
        let mut start = 0;
        while start < sorted.len() {
            let prefix = &rows[sorted[start]].path[..=level];
            // The lowest level has one node a row, so that a repeated unit stays visible.
            let length = match level + 1 == levels.len() {
                true => 1,
                false => sorted[start..]
                    .iter()
                    .take_while(|&&row| rows[row].path.starts_with(prefix))
                    .count(),
            };
            let end = start + length;
            here.push(node(level, name, rows, sorted, start..end)?);
            start = end;
        }
        nodes.push(here);
    }
    link(&mut nodes);
    Ok(nodes)
}

fn node(
    level: usize,
    name: &str,
    rows: &[FrameRow],
    sorted: &[usize],
    range: Range<usize>,
) -> Result<Node, SelectError> {
    let members = &sorted[range.clone()];
    let flag = |row: usize| rows[row].certain.get(level).copied().unwrap_or(false);
    let first = members[0];
    if let Some(&other) = members.iter().find(|&&row| flag(row) != flag(first)) {
        return Err(SelectError::CertaintyDiffers {
            first: first.min(other) + 1,
            second: first.max(other) + 1,
            level: name.to_owned(),
            unit: rows[first].path[..=level].join("/"),
        });
    }
    Ok(Node {
        id: rows[first].path[level].clone(),
        first_row: members.iter().copied().min().unwrap_or(first),
        size: members.iter().map(|&row| rows[row].size).sum(),
        certain: flag(first),
        children: 0..0,
        rows: range,
    })
}

/// Gives every node the range of its units at the next level.
fn link(nodes: &mut [Vec<Node>]) {
    for level in 1..nodes.len() {
        let (upper, lower) = nodes.split_at_mut(level);
        let mut child = 0;
        for parent in &mut upper[level - 1] {
            let first = child;
            while child < lower[0].len() && lower[0][child].rows.start < parent.rows.end {
                child += 1;
            }
            parent.children = first..child;
        }
    }
}
