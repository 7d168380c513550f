//! Which pairs of units truly differ, all statements together, and the rank sets this gives.

use super::RankSet;
use super::differences::Comparisons;
use super::error::RankSetError;
use super::estimates::{Estimates, RankSetOptions, critical_place, prepare};
use super::marginal::{certain, ranks};
use super::step_down::decide;

/// The pairs of units of which one is better beyond doubt. With the given confidence all these
/// statements are true together.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentPairs {
    /// Row by row: whether the row's unit is better than the column's.
    better: Vec<bool>,
    /// The rank by score of each unit that has one.
    ranks: Vec<Option<usize>>,
}

/// Decides for all pairs of units together which one is better.
///
/// One family of tests "unit j is no better than unit k" over all ordered pairs, at one family-wise
/// level (Mogstad, Romano, Shaikh and Wilhelm 2024). Pairs whose difference has no error are
/// decided by their scores.
///
/// # Errors
///
/// As [`super::marginal`].
pub fn different_pairs(
    estimates: &Estimates,
    options: &RankSetOptions,
) -> Result<DifferentPairs, RankSetError> {
    let prepared = prepare(estimates, options)?;
    let ordered = &prepared.ordered;
    let (count, all) = (ordered.units.len(), estimates.scores.len());
    let mut better = vec![false; all * all];
    let mut tell = |first: usize, second: usize| {
        better[ordered.units[first] * all + ordered.units[second]] = true;
    };
    for unit in 0..count {
        certain(
            &ordered.scores,
            unit,
            prepared.inverse_of(unit, unit),
            &mut tell,
        );
    }
    let mut family: Vec<Comparisons> = (1..count)
        .map(|unit| prepared.comparisons(unit, unit))
        .collect();
    let place = critical_place(ordered.draws(), options.confidence);
    decide(ordered, &mut family, place, options.step_down, tell);
    let mut by_unit = vec![None; all];
    for (&unit, rank) in ordered.units.iter().zip(ranks(&ordered.scores)) {
        by_unit[unit] = Some(rank);
    }
    Ok(DifferentPairs {
        better,
        ranks: by_unit,
    })
}

impl DifferentPairs {
    /// The number of units, those without a score among them.
    pub fn units(&self) -> usize {
        self.ranks.len()
    }

    /// The number of units that have a score.
    pub fn scored(&self) -> usize {
        self.ranks.iter().flatten().count()
    }

    /// Whether `unit` is better than `other` beyond doubt. Indices are those of the scores passed
    /// in; false for an index out of range and for a unit without a score.
    pub fn is_better(&self, unit: usize, other: usize) -> bool {
        unit.max(other) < self.units() && self.better[unit * self.units() + other]
    }

    /// The pairs that differ, as (better, worse), in the order of the better and then of the worse.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        let found = self
            .better
            .iter()
            .enumerate()
            .filter(|(_, better)| **better);
        found.map(|(cell, _)| (cell / self.units(), cell % self.units()))
    }

    /// The rank sets that hold all true ranks together with the pairs' confidence: unit j's is
    /// [1 + number of better units, p − number of worse units]. Units without a score have none.
    pub fn rank_sets(&self) -> Vec<Option<RankSet>> {
        let scored = self.scored();
        let (mut better, mut worse) = (vec![0; self.units()], vec![0; self.units()]);
        for (first, second) in self.iter() {
            better[second] += 1;
            worse[first] += 1;
        }
        let set = |(unit, rank): (usize, &Option<usize>)| {
            rank.map(|rank| RankSet {
                rank,
                low: 1 + better[unit],
                high: scored - worse[unit],
            })
        };
        self.ranks.iter().enumerate().map(set).collect()
    }
}

/// Rank sets that hold the true ranks of all units together with the given confidence. They are
/// never narrower than [`super::marginal`] ones.
///
/// # Errors
///
/// As [`super::marginal`].
pub fn simultaneous(
    estimates: &Estimates,
    options: &RankSetOptions,
) -> Result<Vec<Option<RankSet>>, RankSetError> {
    Ok(different_pairs(estimates, options)?.rank_sets())
}
