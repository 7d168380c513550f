//! Groups: quantiles of an edition's scores, or stated cut-off scores.

use super::scored::Scored;
use crate::numbers;
use crate::pack::{Cut, MissingUnit, NodeIndex};

/// Puts the units that have a score at a node into groups, 1 for the best.
pub(super) fn group(scored: &mut Scored, node: NodeIndex) {
    let Some(boundaries) = scored.group_boundaries(node) else {
        return;
    };
    let names = scored
        .version
        .group
        .as_ref()
        .map_or(0, |group| group.names.len());
    let all_known = boundaries.len() + 1 == names;
    for cell in scored.cells(node) {
        let score = scored.scores[cell];
        if score.is_nan() {
            continue;
        }
        let group = match boundaries.iter().position(|&boundary| score >= boundary) {
            Some(place) => place + 1,
            None if all_known => names,
            None => 0,
        };
        scored.groups[cell] = group as u8;
    }
}

impl Scored {
    /// The least score of each group at a node, best group first, the last group left out: a unit is
    /// in the first group whose boundary it reaches. None where the index has no groups at the node.
    pub fn group_boundaries(&self, node: NodeIndex) -> Option<Vec<f64>> {
        match self.version.cut(self.edition)? {
            Cut::Points(points) => (node == self.root()).then(|| points.clone()),
            Cut::Quantile {
                probabilities,
                missing,
            } => {
                let scores: Vec<f64> = match missing {
                    MissingUnit::Exclude => self.scores(node).flatten().collect(),
                    MissingUnit::Zero => self.scores(node).map(Option::unwrap_or_default).collect(),
                };
                let ascending = numbers::sorted(&scores);
                let boundary = |p: &f64| numbers::percentile_linear(&ascending, *p);
                probabilities.iter().map(boundary).collect()
            }
        }
    }
}
