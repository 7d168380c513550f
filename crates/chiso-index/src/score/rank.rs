//! Ranks: 1 for the best score, ties as the pack says.

use super::scored::{Flags, Scored};
use crate::numbers;
use crate::pack::{NodeIndex, Ties};

/// Ranks the units that have a score at a node.
pub(super) fn rank(scored: &mut Scored, node: NodeIndex) {
    let rule = scored.version.rank;
    let rounded = |score: f64| match rule.decimals {
        Some(decimals) => numbers::to_ticks(score, decimals) as f64,
        None => score,
    };
    let mut order: Vec<(f64, usize)> = scored
        .scores(node)
        .enumerate()
        .filter_map(|(unit, score)| score.map(|score| (rounded(score), unit)))
        .collect();
    // Equal scores stay in the order of their units' codes.
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut rank, mut previous) = (0u32, None);
    for (position, &(score, unit)) in order.iter().enumerate() {
        let tied = previous == Some(score);
        rank = match (rule.ties, tied) {
            (Ties::Min | Ties::Dense, true) => rank,
            (Ties::Dense, false) => rank + 1,
            (Ties::Min, false) | (Ties::Consecutive, _) => position as u32 + 1,
        };
        let cell = scored.cell(node, unit);
        scored.ranks[cell] = rank;
        if tied {
            let before = scored.cell(node, order[position - 1].1);
            scored.flags[cell] |= Flags::TIED;
            scored.flags[before] |= Flags::TIED;
        }
        previous = Some(score);
    }
}
