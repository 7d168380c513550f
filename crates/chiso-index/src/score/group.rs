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
        scored.groups[cell] = place(score, &boundaries, names, all_known);
    }
}

/// The group of a score, 1 for the best; 0 where it is not known.
fn place(score: f64, boundaries: &[f64], names: usize, all_known: bool) -> u8 {
    let group = match boundaries.iter().position(|&boundary| score >= boundary) {
        Some(place) => place + 1,
        None if all_known => names,
        None => 0,
    };
    u8::try_from(group).unwrap_or(u8::MAX)
}

/// A rule that puts a node's units into groups by any scores of theirs: what group probabilities
/// count.
pub(super) struct Grouping<'a> {
    cut: &'a Cut,
    names: usize,
    ascending: Vec<f64>,
    boundaries: Vec<f64>,
}

impl<'a> Grouping<'a> {
    /// The rule of a node in an edition; none where the index has no groups at the node.
    pub(super) fn of(scored: &'a Scored, node: NodeIndex) -> Option<Grouping<'a>> {
        let cut = scored.version.cut(scored.edition)?;
        let points_elsewhere = matches!(cut, Cut::Points(_)) && node != scored.root();
        let names = scored.version.group.as_ref()?.names.len();
        (!points_elsewhere).then(|| Grouping {
            cut,
            names,
            ascending: Vec::new(),
            boundaries: Vec::new(),
        })
    }

    /// How many groups there are.
    pub(super) fn names(&self) -> usize {
        self.names
    }

    /// The groups, from 0, of units with these scores; none for a unit without a score or below the
    /// last cut that is known.
    pub(super) fn assign(&mut self, scores: &[f64], out: &mut [Option<usize>]) {
        self.boundaries.clear();
        match self.cut {
            Cut::Points(points) => self.boundaries.extend_from_slice(points),
            Cut::Quantile {
                probabilities,
                missing,
            } => {
                self.ascending.clear();
                let zero = *missing == MissingUnit::Zero;
                let entering = scores
                    .iter()
                    .map(|s| if s.is_nan() && zero { 0.0 } else { *s });
                self.ascending
                    .extend(entering.filter(|score| !score.is_nan()));
                self.ascending.sort_unstable_by(f64::total_cmp);
                let boundary = |p: &f64| numbers::percentile_linear(&self.ascending, *p);
                self.boundaries
                    .extend(probabilities.iter().filter_map(boundary));
            }
        }
        let all_known = self.boundaries.len() + 1 == self.names;
        for (score, group) in scores.iter().zip(out) {
            let place = match score.is_nan() {
                true => 0,
                false => place(*score, &self.boundaries, self.names, all_known),
            };
            *group = usize::from(place).checked_sub(1);
        }
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
