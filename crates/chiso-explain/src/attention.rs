//! The nodes that are to be analysed first: what fell, and what stands in the lowest group.

use chiso_index::{Edition, Panel, Scored, Text};

use crate::change::{Change, change};
use crate::comparability::Comparability;
use crate::error::{self, ExplainError};

/// A node to be analysed first.
#[derive(Clone, Debug, PartialEq)]
pub struct Attention {
    /// The node's code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Steps from the root.
    pub depth: usize,
    /// Its score in the later edition.
    pub score: f64,
    /// By how many ticks its score fell (above zero), if it did.
    pub fall_ticks: Option<i64>,
    /// The group in which it stands, if that is the lowest.
    pub lowest_group: Option<u8>,
    /// Whether the fall is comparable.
    pub comparability: Comparability,
}

/// The dimensions that fell and those in the lowest group: of the root's parts and all inner nodes
/// below. First what both fell and stands lowest, then the lowest, then what fell; among equals the
/// greater fall first.
///
/// # Errors
/// As [`change`].
pub fn attention(
    panel: &Panel,
    from: Edition,
    to: Edition,
    unit_code: &str,
) -> Result<Vec<Attention>, ExplainError> {
    let change = change(panel, from, to, unit_code)?;
    attention_of(&change, error::edition(panel, to)?)
}

/// The same as [`attention`], of a change that is known already and its later edition.
///
/// # Errors
/// A unit that the edition does not have.
pub fn attention_of(change: &Change, scored: &Scored) -> Result<Vec<Attention>, ExplainError> {
    let unit = error::unit(scored, &change.unit)?;
    let tree = &scored.version.tree;
    let groups = scored
        .version
        .group
        .as_ref()
        .map_or(0, |group| group.names.len());
    let mut found: Vec<Attention> = Vec::new();
    for item in &change.contributions {
        let Some(node) = tree
            .find(&item.code)
            .filter(|&node| item.depth == 1 || !tree.is_leaf(node))
        else {
            continue;
        };
        let Some(score) = item.to.filter(|_| item.depth > 0) else {
            continue;
        };
        let lowest_group = lowest_group(scored, node, unit, groups);
        let fall_ticks = item
            .change_ticks
            .filter(|&ticks| ticks < 0)
            .map(|ticks| -ticks);
        if fall_ticks.is_some() || lowest_group.is_some() {
            found.push(Attention {
                code: item.code.clone(),
                name: item.name.clone(),
                depth: item.depth,
                score,
                fall_ticks,
                lowest_group,
                comparability: item.comparability.clone(),
            });
        }
    }
    let urgency = |item: &Attention| {
        let (lowest, fell) = (item.lowest_group.is_some(), item.fall_ticks.is_some());
        (!(lowest && fell), !lowest, -item.fall_ticks.unwrap_or(0))
    };
    found.sort_by_key(urgency);
    Ok(found)
}

fn lowest_group(
    scored: &Scored,
    node: chiso_index::NodeIndex,
    unit: usize,
    groups: usize,
) -> Option<u8> {
    scored
        .group(node, unit)
        .filter(|&group| usize::from(group) == groups)
}
