//! Where a unit's points are lost, against what could be had.

use chiso_index::numbers::{from_ticks, to_ticks};
use chiso_index::{NodeIndex, Scored, Text};

use crate::error::{self, ExplainError};
use crate::rescore::paths;
use crate::ticks::DECIMALS;

/// A distance in ticks; below zero where the unit is beyond what it is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// In points of the node.
    pub ticks: i64,
    /// In points of the total; none where the way up is not linear, or the unit has no total.
    pub total_ticks: Option<i64>,
}

/// The next better group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupAbove {
    /// Its number, 1 for the best.
    pub group: u8,
    /// Its name.
    pub name: Text,
    /// The least score of the group in this edition.
    pub boundary: f64,
    /// The least gain in ticks that reaches this boundary. (That the unit's own gain moves a
    /// percentile is the business of [`target`](crate::target()).)
    pub gap: Gap,
}

/// What a unit lost at a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The node's code.
    pub code: String,
    /// The parent's code; none for the root.
    pub parent: Option<String>,
    /// The node's name.
    pub name: Text,
    /// The level: 1 for a leaf of full depth.
    pub level: usize,
    /// Steps from the root.
    pub depth: usize,
    /// The unit's score.
    pub score: f64,
    /// The greatest score it could have.
    pub maximum: Option<f64>,
    /// The rank at the node.
    pub rank: Option<u32>,
    /// The group at the node.
    pub group: Option<u8>,
    /// Points below the maximum.
    pub to_maximum: Option<Gap>,
    /// The codes of the units with the best score, and the points below it.
    pub to_best: (Vec<String>, Gap),
    /// Points below the median of the units that have a score.
    pub to_median: Gap,
    /// The next better group; none in the best, or where the index has no groups.
    pub group_above: Option<GroupAbove>,
}

/// What a unit lost at each node at which it has a score, in the order of an outline.
///
/// # Errors
/// A unit that is not there.
pub fn losses(scored: &Scored, unit_code: &str) -> Result<Vec<Loss>, ExplainError> {
    let unit = error::unit(scored, unit_code)?;
    let paths = paths(scored, unit);
    let outline = scored.version.tree.outline();
    Ok(outline
        .into_iter()
        .filter_map(|node| loss(scored, unit, node, paths[node.0]))
        .collect())
}

fn loss(scored: &Scored, unit: usize, place: NodeIndex, path: Option<f64>) -> Option<Loss> {
    let score = scored.score(place, unit)?;
    let summary = scored.summary(place)?;
    let tree = &scored.version.tree;
    let node = tree.node(place);
    let gap = |target: f64| gap(to_ticks(target, DECIMALS) - to_ticks(score, DECIMALS), path);
    let maximum = scored.maximum(place, unit);
    let is_best = |(_, other): &(usize, Option<f64>)| *other == Some(summary.best);
    let best = scored.scores(place).enumerate().filter(is_best);
    Some(Loss {
        code: node.code.clone(),
        parent: node.parent.map(|parent| tree.node(parent).code.clone()),
        name: node.name.clone(),
        level: scored.version.level(place),
        depth: tree.depth(place),
        score,
        maximum,
        rank: scored.rank(place, unit),
        group: scored.group(place, unit),
        to_maximum: maximum.map(gap),
        to_best: (
            best.map(|(other, _)| scored.units[other].to_string())
                .collect(),
            gap(summary.best),
        ),
        to_median: gap(summary.median),
        group_above: group_above(scored, unit, place, path),
    })
}

fn group_above(
    scored: &Scored,
    unit: usize,
    node: NodeIndex,
    path: Option<f64>,
) -> Option<GroupAbove> {
    let score = scored.score(node, unit)?;
    let boundaries = scored.group_boundaries(node)?;
    // A unit of no known group is below the last known boundary.
    let own = scored
        .group(node, unit)
        .map_or(boundaries.len() + 1, usize::from);
    let above = own.checked_sub(2)?;
    let boundary = *boundaries.get(above)?;
    let name = scored.version.group.as_ref()?.names.get(above)?.clone();
    let ticks = ((boundary - score) / from_ticks(1, DECIMALS) - 1e-4)
        .ceil()
        .max(0.0) as i64;
    Some(GroupAbove {
        group: (above + 1) as u8,
        name,
        boundary,
        gap: gap(ticks, path),
    })
}

fn gap(ticks: i64, path: Option<f64>) -> Gap {
    let total_ticks = path.map(|path| (ticks as f64 * path).round() as i64);
    Gap { ticks, total_ticks }
}
