//! Rank sets, group probabilities and pairs that truly differ, from the errors of the nodes.

use super::{NodeErrors, Sampling};
use crate::pack::NodeIndex;
use crate::rank_set::{
    self, DifferentPairs, Errors, Estimates, GroupProbabilities, RankSet, RankSetOptions,
};
use crate::score::group::Grouping;
use crate::score::scored::Scored;

/// Rank sets and group probabilities of every node at which each score has an error.
pub(super) fn ranks_and_groups(
    sampling: &Sampling,
    errors: &NodeErrors,
    all_rows: usize,
    first_row: usize,
    scored: &mut Scored,
) {
    let units = scored.units.len();
    let names = scored
        .version
        .group
        .as_ref()
        .map_or(0, |group| group.names.len());
    scored.group_probabilities = vec![f64::NAN; scored.scores.len() * names];
    for node in scored.version.clone().tree.indices() {
        let cells = scored.cells(node);
        let (scores, standard) = (
            &scored.scores[cells.clone()],
            &scored.standard_errors[cells],
        );
        let known = |(score, error): (&f64, &f64)| score.is_nan() || !error.is_nan();
        if scores.iter().all(|score| score.is_nan()) || !scores.iter().zip(standard).all(known) {
            continue;
        }
        let drawn: Option<Vec<f64>> = errors.draws.get(node.0).map(|draws| {
            draws
                .chunks(all_rows)
                .flat_map(|draw| &draw[first_row..first_row + units])
                .copied()
                .collect()
        });
        let options = RankSetOptions {
            confidence: sampling.confidence,
            draws: sampling.draws,
            // Nodes share no draws: what happens at one says nothing of another.
            seed: sampling.seed.wrapping_add((node.0 as u64 + 1) << 32),
            step_down: true,
        };
        let errors = match &drawn {
            Some(draws) => Errors::Draws { draws },
            None => Errors::Estimated {
                standard,
                degrees_of_freedom: &scored.degrees_of_freedom,
            },
        };
        let estimates = Estimates { scores, errors };
        let mut found = Found {
            marginal: rank_set::marginal(&estimates, &options).unwrap_or_default(),
            ..Found::default()
        };
        if sampling.simultaneous && !scored.version.tree.is_leaf(node) {
            found.pairs = rank_set::different_pairs(&estimates, &options).ok();
        }
        if let Some(tau) = sampling.tau.filter(|_| node == scored.root()) {
            let pairs = found.pairs.as_ref();
            found.best = pairs
                .and_then(|pairs| pairs.best(tau).ok())
                .unwrap_or_default();
            found.worst = pairs
                .and_then(|pairs| pairs.worst(tau).ok())
                .unwrap_or_default();
        }
        found.groups = Grouping::of(scored, node).and_then(|mut grouping| {
            let own = || rank_set::score_draws(&estimates, &options).ok();
            let draws = drawn.clone().or_else(own)?;
            let names = grouping.names();
            let assign = |scores: &[f64], out: &mut [Option<usize>]| grouping.assign(scores, out);
            rank_set::group_probabilities(&draws, units, names, assign).ok()
        });
        found.keep(node, names, scored);
    }
}

/// What errors say of one node.
#[derive(Default)]
struct Found {
    marginal: Vec<Option<RankSet>>,
    pairs: Option<DifferentPairs>,
    best: Vec<bool>,
    worst: Vec<bool>,
    groups: Option<GroupProbabilities>,
}

impl Found {
    fn keep(self, node: NodeIndex, names: usize, scored: &mut Scored) {
        let first = scored.cell(node, 0);
        // Numbers of units are far below this limit.
        let rank = |rank: usize| u32::try_from(rank).unwrap_or(u32::MAX);
        let ends = |set: RankSet| (rank(set.low), rank(set.high));
        for (unit, set) in self.marginal.iter().enumerate() {
            scored.rank_sets[first + unit] = set.map_or((0, 0), ends);
        }
        if let Some(pairs) = &self.pairs {
            for (unit, set) in pairs.rank_sets().into_iter().enumerate() {
                scored.simultaneous_rank_sets[first + unit] = set.map_or((0, 0), ends);
            }
        }
        if let Some(groups) = self.groups {
            for unit in 0..scored.units.len() {
                let start = (first + unit) * names;
                if let Some(all) = groups.of(unit) {
                    scored.group_probabilities[start..start + names].copy_from_slice(all);
                }
            }
        }
        if node == scored.root()
            && let Some(pairs) = self.pairs
        {
            scored.compared = Some(Compared {
                pairs,
                best: self.best,
                worst: self.worst,
            });
        }
    }
}

/// What the errors say of the units at the root, all statements together.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pairs: DifferentPairs,
    best: Vec<bool>,
    worst: Vec<bool>,
}

impl Compared {
    /// Whether two units truly differ, at a confidence that holds for all pairs at once.
    pub fn are_different(&self, unit: usize, other: usize) -> bool {
        self.pairs.is_better(unit, other) || self.pairs.is_better(other, unit)
    }

    /// How many pairs truly differ, of how many.
    pub fn different(&self) -> (usize, usize) {
        let units = self.pairs.scored();
        (
            self.pairs.iter().count(),
            units * units.saturating_sub(1) / 2,
        )
    }

    /// Whether a unit may be among the τ best; none where no τ was asked for.
    pub fn may_be_among_best(&self, unit: usize) -> Option<bool> {
        self.best.get(unit).copied()
    }

    /// Whether a unit may be among the τ worst; none where no τ was asked for.
    pub fn may_be_among_worst(&self, unit: usize) -> Option<bool> {
        self.worst.get(unit).copied()
    }
}
