//! What many runs say of ranks: each unit's typical ranks, how far ranks shift, and how often each
//! rank occurs.

use crate::numbers;
use crate::pack::{RankRule, Ties};

/// Ranks as COINr and most indices give them: 1, 2, 2, 4, at full precision.
pub const COMPETITION_RANKS: RankRule = RankRule {
    ties: Ties::Min,
    decimals: None,
};

/// A rank that a unit does not have in a run: it was left out, or has no score.
pub const NO_RANK: u32 = 0;

/// The ranks of units in runs; 1 is the best, [`NO_RANK`] none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RankTable {
    units: usize,
    /// Run after run.
    ranks: Vec<u32>,
}

/// What the runs say of one unit's rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSummary {
    /// How many runs give it a rank; without any the other numbers are NaN.
    pub runs: usize,
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The 5th percentile ([`quantile`]).
    pub q05: f64,
    /// The 95th percentile.
    pub q95: f64,
}

impl RankTable {
    /// A table of so many units and, as yet, no run.
    pub fn new(units: usize) -> RankTable {
        RankTable {
            units,
            ranks: Vec::new(),
        }
    }

    /// Adds a run, ranked by its scores as [`Ranker::rank`] does.
    pub fn push_scores(&mut self, scores: &[f64], ranker: &mut Ranker) {
        debug_assert_eq!(scores.len(), self.units);
        let start = self.ranks.len();
        self.ranks.resize(start + self.units, NO_RANK);
        ranker.rank(scores, &mut self.ranks[start..]);
    }

    /// Adds a run's ranks.
    pub fn push_ranks(&mut self, ranks: &[u32]) {
        debug_assert_eq!(ranks.len(), self.units);
        self.ranks.extend_from_slice(ranks);
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.units
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.ranks.len().checked_div(self.units).unwrap_or(0)
    }

    /// The ranks of a run.
    pub fn run(&self, run: usize) -> &[u32] {
        &self.ranks[run * self.units..(run + 1) * self.units]
    }

    /// The ranks of a unit in the first `runs` runs, without those where it has none.
    fn of_unit(&self, unit: usize, runs: usize) -> impl Iterator<Item = u32> + '_ {
        let all = self
            .ranks
            .iter()
            .skip(unit)
            .step_by(self.units.max(1))
            .take(runs);
        all.copied().filter(|&rank| rank != NO_RANK)
    }

    /// What the first `runs` runs say of each unit.
    pub fn summaries(&self, runs: usize) -> Vec<RankSummary> {
        let mut ranks = Vec::with_capacity(runs);
        let summary = |unit| {
            ranks.clear();
            ranks.extend(self.of_unit(unit, runs).map(f64::from));
            ranks.sort_unstable_by(f64::total_cmp);
            RankSummary {
                runs: ranks.len(),
                mean: ranks.iter().sum::<f64>() / ranks.len() as f64,
                median: quantile(&ranks, 0.5),
                q05: quantile(&ranks, 0.05),
                q95: quantile(&ranks, 0.95),
            }
        };
        (0..self.units).map(summary).collect()
    }

    /// The share of the first `runs` runs in which a unit has each rank from 1 to the number of
    /// units (SMAA's rank acceptability, Lahdelma and Salminen, 2001), of those where it has one.
    pub fn acceptability(&self, unit: usize, runs: usize) -> Vec<f64> {
        let mut counts = vec![0u32; self.units];
        let mut ranked = 0u32;
        for rank in self.of_unit(unit, runs) {
            if let Some(count) = counts.get_mut(rank as usize - 1) {
                *count += 1;
                ranked += 1;
            }
        }
        let share = |count: u32| f64::from(count) / f64::from(ranked);
        counts.into_iter().map(share).collect()
    }

    /// By run: the mean over units of |rank − nominal rank| (OECD and JRC, *Handbook on constructing
    /// composite indicators*, 2008, eq. 38; COINr's target of sensitivity); NaN where no unit has
    /// both ranks.
    pub fn mean_shifts(&self, nominal: &[u32]) -> Vec<f64> {
        (0..self.runs())
            .map(|run| mean_shift(self.run(run), nominal))
            .collect()
    }

    /// By run: the share of units whose rank lies more than so many places from its nominal rank.
    pub fn shares_moved(&self, nominal: &[u32], places: u32) -> Vec<f64> {
        let share = |run| {
            let shifts = shifts(self.run(run), nominal);
            let (units, moved) = shifts.fold((0u32, 0u32), |(units, moved), shift| {
                (units + 1, moved + u32::from(shift > places))
            });
            f64::from(moved) / f64::from(units)
        };
        (0..self.runs()).map(share).collect()
    }
}

/// The mean over units of |rank − other rank|, of those that have both; NaN where none has.
pub fn mean_shift(ranks: &[u32], nominal: &[u32]) -> f64 {
    let (units, places) = shifts(ranks, nominal).fold((0u32, 0u64), |(units, places), shift| {
        (units + 1, places + u64::from(shift))
    });
    places as f64 / f64::from(units)
}

fn shifts<'a>(ranks: &'a [u32], nominal: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let pairs = ranks.iter().zip(nominal);
    let both = pairs.filter(|(rank, nominal)| **rank != NO_RANK && **nominal != NO_RANK);
    both.map(|(rank, nominal)| rank.abs_diff(*nominal))
}

/// Ranks scores by a rule, over and over in the same memory.
#[derive(Clone, Debug)]
pub struct Ranker {
    rule: RankRule,
    order: Vec<(f64, u32)>,
}

impl Ranker {
    /// A ranker by a rule.
    pub fn new(rule: RankRule) -> Ranker {
        Ranker {
            rule,
            order: Vec::new(),
        }
    }

    /// Ranks of scores, 1 for the highest; [`NO_RANK`] for NaN. Scores are rounded and ties settled
    /// as the rule says; the order of `scores` is that of the units' codes.
    pub fn rank(&mut self, scores: &[f64], ranks: &mut [u32]) {
        let rounded = |score: f64| match self.rule.decimals {
            Some(decimals) => numbers::to_ticks(score, decimals) as f64,
            None => score,
        };
        let scored = scores
            .iter()
            .zip(0u32..)
            .filter(|(score, _)| !score.is_nan());
        self.order.clear();
        self.order
            .extend(scored.map(|(&score, unit)| (rounded(score), unit)));
        self.order
            .sort_unstable_by(|p, q| q.0.total_cmp(&p.0).then(p.1.cmp(&q.1)));
        ranks.fill(NO_RANK);
        let (mut rank, mut previous) = (0, f64::NAN);
        for (place, &(score, unit)) in (1u32..).zip(&self.order) {
            // Zeros of either sign are equal, although one sorts before the other.
            let tied = score == previous;
            rank = match (self.rule.ties, tied) {
                (Ties::Min | Ties::Dense, true) => rank,
                (Ties::Dense, false) => rank + 1,
                (Ties::Min, false) | (Ties::Consecutive, _) => place,
            };
            ranks[unit as usize] = rank;
            previous = score;
        }
    }
}

/// The quantile of ascending values at `probability`: linear between order statistics at position
/// (n − 1)p (type 7 of Hyndman and Fan, R's default, with R's arithmetic (1 − h)·x₁ + h·x₂); NaN of
/// none.
pub fn quantile(ascending: &[f64], probability: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else {
        return f64::NAN;
    };
    // Counted from 1, because that is where R rounds.
    let position = 1.0 + last as f64 * probability;
    let low = position.floor();
    let share = position - low;
    let (x, y) = (
        ascending[low as usize - 1],
        ascending[(position.ceil() as usize - 1).min(last)],
    );
    if share == 0.0 || x == y {
        x
    } else {
        (1.0 - share) * x + share * y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranks_of(scores: &[f64]) -> Vec<u32> {
        let mut ranks = vec![9; scores.len()];
        Ranker::new(COMPETITION_RANKS).rank(scores, &mut ranks);
        ranks
    }

    #[test]
    fn ties_and_digits_follow_the_rule() {
        let ranks = |ties, decimals| {
            let mut ranks = [0; 4];
            Ranker::new(RankRule { ties, decimals }).rank(&[2.004, 5.0, 1.996, 1.0], &mut ranks);
            ranks
        };
        assert_eq!(ranks(Ties::Min, Some(2)), [2, 1, 2, 4]);
        assert_eq!(ranks(Ties::Dense, Some(2)), [2, 1, 2, 3]);
        assert_eq!(ranks(Ties::Consecutive, Some(2)), [2, 1, 3, 4]);
        assert_eq!(ranks(Ties::Min, None), [2, 1, 3, 4]);
    }

    #[test]
    fn equal_scores_share_the_best_of_their_places_and_no_score_has_no_rank() {
        assert_eq!(
            ranks_of(&[2.0, 5.0, f64::NAN, 2.0, 1.0, 5.0]),
            [3, 1, NO_RANK, 3, 5, 1]
        );
        assert_eq!(ranks_of(&[0.0, -0.0, 1.0]), [2, 2, 1]);
        assert_eq!(ranks_of(&[]), Vec::<u32>::new());
    }

    #[test]
    fn quantiles_are_those_of_r() {
        // quantile(c(1, 2, 4, 8), c(0, .05, .5, .95, 1)) of R 4.2
        let values = [1.0, 2.0, 4.0, 8.0];
        let quantiles = [0.0, 0.05, 0.5, 0.95, 1.0].map(|p| quantile(&values, p));
        for (found, expected) in quantiles.iter().zip([1.0, 1.15, 3.0, 7.4, 8.0]) {
            assert!((found - expected).abs() < 1e-14, "{found}");
        }
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn shifts_leave_out_units_that_lack_one_of_the_ranks() {
        let mut table = RankTable::new(4);
        table.push_ranks(&[1, 4, NO_RANK, 2]);
        table.push_ranks(&[NO_RANK; 4]);
        let nominal = [2, 1, 3, NO_RANK];
        let shifts = table.mean_shifts(&nominal);
        assert_eq!(shifts[0], 2.0);
        assert!(shifts[1].is_nan(), "no unit has both ranks");
        assert_eq!(table.shares_moved(&nominal, 1)[0], 0.5);
        assert_eq!(table.shares_moved(&nominal, 3)[0], 0.0);
        let summary = table.summaries(2)[0];
        assert_eq!((summary.runs, summary.mean), (1, 1.0));
        assert!(table.summaries(2)[2].mean.is_nan());
    }

    proptest! {
        #[test]
        fn a_rank_is_one_more_than_the_number_of_better_units(
            scores in proptest::collection::vec(prop_oneof![Just(f64::NAN), (0u8..12).prop_map(f64::from)], 0..30),
        ) {
            for (rank, score) in ranks_of(&scores).into_iter().zip(&scores) {
                let better = scores.iter().filter(|other| *other > score).count() as u32;
                prop_assert_eq!(rank, if score.is_nan() { NO_RANK } else { better + 1 });
            }
        }

        #[test]
        fn acceptabilities_of_a_unit_sum_to_one_and_agree_with_its_mean(
            rows in proptest::collection::vec(proptest::collection::vec(-5.0f64..5.0, 6), 1..20),
        ) {
            let mut table = RankTable::new(6);
            let mut ranker = Ranker::new(COMPETITION_RANKS);
            rows.iter().for_each(|row| table.push_scores(row, &mut ranker));
            for (unit, summary) in table.summaries(rows.len()).iter().enumerate() {
                let shares = table.acceptability(unit, rows.len());
                prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                let mean: f64 = shares.iter().enumerate().map(|(i, s)| s * (i as f64 + 1.0)).sum();
                prop_assert!((mean - summary.mean).abs() < 1e-12);
                prop_assert!(summary.q05 <= summary.median && summary.median <= summary.q95);
            }
        }

        #[test]
        fn permuting_units_permutes_their_statistics(
            rows in proptest::collection::vec(proptest::collection::vec(-5.0f64..5.0, 5), 1..10),
        ) {
            let table = |order: &[usize; 5]| {
                let mut table = RankTable::new(5);
                for row in &rows {
                    table.push_scores(&order.map(|unit| row[unit]), &mut Ranker::new(COMPETITION_RANKS));
                }
                table.summaries(rows.len())
            };
            let (plain, order) = (table(&[0, 1, 2, 3, 4]), [3, 0, 4, 2, 1]);
            let permuted = table(&order);
            for (place, unit) in order.into_iter().enumerate() {
                prop_assert_eq!(permuted[place], plain[unit]);
            }
        }
    }
}
