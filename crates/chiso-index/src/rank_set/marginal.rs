//! A rank set for each unit on its own.

use rayon::prelude::*;

use super::RankSet;
use super::error::RankSetError;
use super::estimates::{Estimates, Prepared, RankSetOptions, critical_place, prepare};
use super::step_down::decide;

/// For each unit the ranks that its and the others' errors leave possible: the set of a unit named
/// beforehand holds its true rank with the given confidence. Units without a score have none.
///
/// The set of unit j is [1 + N⁻, p − N⁺], where N⁻ counts the units that are better and N⁺ those
/// that are worse beyond doubt, by one family of tests over j's differences with all others
/// (Mogstad, Romano, Shaikh and Wilhelm 2024). Tied units are in each other's sets.
///
/// # Errors
///
/// On slices of a wrong length, numbers that are no scores or errors, or options out of range.
pub fn marginal(
    estimates: &Estimates,
    options: &RankSetOptions,
) -> Result<Vec<Option<RankSet>>, RankSetError> {
    let prepared = prepare(estimates, options)?;
    let ranks = ranks(&prepared.ordered.scores);
    let count = ranks.len();
    let found: Vec<RankSet> = (0..count)
        .into_par_iter()
        .map(|unit| {
            let (better, worse) = decided(&prepared, unit, options);
            RankSet {
                rank: ranks[unit],
                low: 1 + better,
                high: count - worse,
            }
        })
        .collect();
    let mut sets = vec![None; estimates.scores.len()];
    for (&unit, set) in prepared.ordered.units.iter().zip(found) {
        sets[unit] = Some(set);
    }
    Ok(sets)
}

/// How many units are better and how many worse than one, beyond doubt.
fn decided(prepared: &Prepared, unit: usize, options: &RankSetOptions) -> (usize, usize) {
    let ordered = &prepared.ordered;
    let count = ordered.units.len();
    let inverse = prepared.inverse_of(unit, count);
    let (mut better, mut worse) = (0, 0);
    let mut tell = |first: usize, _| match first == unit {
        true => worse += 1,
        false => better += 1,
    };
    certain(&ordered.scores, unit, inverse, &mut tell);
    let place = critical_place(ordered.draws(), options.confidence);
    let mut family = [prepared.comparisons(unit, count)];
    decide(ordered, &mut family, place, options.step_down, tell);
    (better, worse)
}

/// Tells of differences without error, as (better, worse): their order is certain, ties are none.
pub(super) fn certain(
    scores: &[f64],
    unit: usize,
    inverse: &[f64],
    mut tell: impl FnMut(usize, usize),
) {
    for (other, &one_over) in inverse.iter().enumerate() {
        if one_over == 0.0 && scores[other] > scores[unit] {
            tell(other, unit);
        } else if one_over == 0.0 && scores[unit] > scores[other] {
            tell(unit, other);
        }
    }
}

/// The ranks of descending scores: 1 plus the number of better ones, so that equals share the best.
pub(super) fn ranks(descending: &[f64]) -> Vec<usize> {
    let rank = |score: &f64| 1 + descending.partition_point(|other| other > score);
    descending.iter().map(rank).collect()
}
