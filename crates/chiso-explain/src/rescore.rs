//! What a unit's total, rank and group would be if some of its nodes had other scores.
//!
//! Aggregation goes through the engine's own [`combine`], so a score computed here is bit for bit
//! the score that the engine gives to the changed observations.

use chiso_index::numbers;
use chiso_index::pack::{Aggregate, Cut, MissingPart, MissingUnit, RankRule, Ties};
use chiso_index::score::{Flags, combine};
use chiso_index::{NodeIndex, Scored};

use crate::ticks::DECIMALS;

/// By how much each part moves its parent, for the parts of one unit that have a score; none where
/// the aggregation is not linear or the node is a leaf.
pub(crate) fn coefficients(
    scored: &Scored,
    unit: usize,
    node: NodeIndex,
) -> Option<Vec<(NodeIndex, f64)>> {
    let version = &scored.version;
    let (method, factor, _) = version.aggregation(node)?;
    let has_score = |&&part: &&NodeIndex| scored.score(part, unit).is_some();
    let parts: Vec<NodeIndex> = version
        .tree
        .children(node)
        .iter()
        .filter(has_score)
        .copied()
        .collect();
    let weight = |part: NodeIndex| version.tree.node(part).weight;
    let all = numbers::sum(parts.iter().map(|&part| weight(part)));
    match method {
        Aggregate::Sum => Some(parts.iter().map(|&part| (part, factor)).collect()),
        Aggregate::Mean => Some(
            parts
                .iter()
                .map(|&part| (part, factor * weight(part) / all))
                .collect(),
        ),
        _ => None,
    }
}

/// Points of the total for a point of each node, for one unit; none where the way up is not linear
/// or a node on it has no score.
pub(crate) fn paths(scored: &Scored, unit: usize) -> Vec<Option<f64>> {
    let tree = &scored.version.tree;
    let mut paths = vec![None; tree.len()];
    paths[tree.root().0] = scored.score(tree.root(), unit).map(|_| 1.0);
    for &node in tree.bottom_up().iter().rev() {
        let Some(path) = paths[node.0] else { continue };
        for (part, coefficient) in coefficients(scored, unit, node).unwrap_or_default() {
            paths[part.0] = Some(path * coefficient);
        }
    }
    paths
}

/// A score raised by ticks. A score that has no more digits than a tick stays such a number, as if
/// it had been read from a file.
pub(crate) fn raised(score: f64, ticks: i64) -> f64 {
    let whole = numbers::to_ticks(score, DECIMALS);
    if (numbers::from_ticks(whole, DECIMALS) - score).abs() < 1e-9 {
        return numbers::from_ticks(whole + ticks, DECIMALS);
    }
    score + numbers::from_ticks(ticks, DECIMALS)
}

/// A unit's total if some of its nodes had other scores.
pub(crate) fn total_with(
    scored: &Scored,
    unit: usize,
    changed: &[(NodeIndex, f64)],
) -> Option<f64> {
    let tree = &scored.version.tree;
    let mut touched = vec![false; tree.len()];
    for (node, _) in changed {
        let mut above = Some(*node);
        while let Some(at) = above {
            touched[at.0] = true;
            above = tree.node(at).parent;
        }
    }
    score_with(scored, unit, changed, &touched, tree.root())
}

fn score_with(
    scored: &Scored,
    unit: usize,
    changed: &[(NodeIndex, f64)],
    touched: &[bool],
    node: NodeIndex,
) -> Option<f64> {
    if let Some((_, score)) = changed.iter().find(|(other, _)| *other == node) {
        return Some(*score);
    }
    if !touched[node.0] {
        return scored.score(node, unit);
    }
    let (method, factor, missing) = scored.version.aggregation(node)?;
    let (mut values, mut weights) = (Vec::new(), Vec::new());
    for &part in scored.version.tree.children(node) {
        if scored.flags(part, unit) & Flags::NOT_APPLICABLE != 0 {
            continue;
        }
        match score_with(scored, unit, changed, touched, part) {
            Some(score) => {
                values.push(score);
                weights.push(scored.version.tree.node(part).weight);
            }
            None if missing == MissingPart::Propagate => return None,
            None => {}
        }
    }
    combine(method, &values, &weights).map(|score| score * factor)
}

/// The rank a unit would have at the root with another total, all else unchanged.
pub(crate) fn rank_with(scored: &Scored, unit: usize, total: f64) -> u32 {
    let rule = scored.version.rank;
    let key = |score: f64| rank_key(score, rule.decimals);
    let own = key(total);
    let others = scored
        .scores(scored.root())
        .enumerate()
        .filter(|(other, _)| *other != unit);
    let others: Vec<(i64, usize)> = others
        .filter_map(|(other, score)| Some((key(score?), other)))
        .collect();
    rank_among(own, unit, &others, rule.ties)
}

/// A whole number that orders scores as the rank rule does.
pub(crate) fn rank_key(score: f64, decimals: Option<u8>) -> i64 {
    match decimals {
        Some(decimals) => numbers::to_ticks(score, decimals),
        // The bits of a float, the lower ones turned round below zero, are ordered as the float is.
        None => {
            let bits = (score + 0.0).to_bits() as i64;
            bits ^ (((bits >> 63) as u64) >> 1) as i64
        }
    }
}

/// The rank of a key among those of other units.
pub(crate) fn rank_among(own: i64, unit: usize, others: &[(i64, usize)], ties: Ties) -> u32 {
    let better = others.iter().filter(|(key, _)| *key > own);
    let ahead = match ties {
        Ties::Min => better.count(),
        Ties::Consecutive => {
            better.count()
                + others
                    .iter()
                    .filter(|(key, other)| *key == own && *other < unit)
                    .count()
        }
        Ties::Dense => {
            let mut keys: Vec<i64> = better.map(|(key, _)| *key).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.len()
        }
    };
    ahead as u32 + 1
}

/// The ranks of units among each other; none for those without a score.
pub(crate) fn ranks(scores: &[Option<f64>], rule: RankRule) -> Vec<Option<u32>> {
    let keyed = scores.iter().enumerate();
    let mut order: Vec<(i64, usize)> = keyed
        .filter_map(|(unit, score)| Some((rank_key((*score)?, rule.decimals), unit)))
        .collect();
    order.sort_unstable_by_key(|&(key, unit)| (std::cmp::Reverse(key), unit));
    let mut ranks = vec![None; scores.len()];
    let mut rank = 0;
    for (place, &(key, unit)) in order.iter().enumerate() {
        let is_tied = place > 0 && order[place - 1].0 == key;
        rank = match (rule.ties, is_tied) {
            (Ties::Min | Ties::Dense, true) => rank,
            (Ties::Dense, false) => rank + 1,
            (Ties::Min, false) | (Ties::Consecutive, _) => place as u32 + 1,
        };
        ranks[unit] = Some(rank);
    }
    ranks
}

/// The group a unit would have at the root with another total, all else unchanged; the unit's own
/// score moves the percentiles.
pub(crate) fn group_with(scored: &Scored, unit: usize, total: f64) -> Option<u8> {
    let boundaries = match scored.version.cut(scored.edition)? {
        Cut::Points(points) => points.clone(),
        Cut::Quantile {
            probabilities,
            missing,
        } => {
            let with = |(other, score): (usize, Option<f64>)| {
                if other == unit { Some(total) } else { score }
            };
            let scores = scored.scores(scored.root()).enumerate().map(with);
            let scores: Vec<f64> = match missing {
                MissingUnit::Exclude => scores.flatten().collect(),
                MissingUnit::Zero => scores.map(Option::unwrap_or_default).collect(),
            };
            let ascending = numbers::sorted(&scores);
            let boundary = |p: &f64| numbers::percentile_linear(&ascending, *p);
            probabilities
                .iter()
                .map(boundary)
                .collect::<Option<Vec<f64>>>()?
        }
    };
    let names = scored
        .version
        .group
        .as_ref()
        .map_or(0, |group| group.names.len());
    match boundaries.iter().position(|&boundary| total >= boundary) {
        Some(place) => Some(place as u8 + 1),
        None => (boundaries.len() + 1 == names).then_some(names as u8),
    }
}
