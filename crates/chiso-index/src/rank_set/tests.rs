//! What rank sets must be, whatever the scores; and what they are where it is known.

mod estimated;

use proptest::prelude::*;

use super::estimates::{critical_place, prepare};
use super::*;

fn independent<'a>(scores: &'a [f64], errors: &'a [f64]) -> Estimates<'a> {
    Estimates {
        scores,
        errors: Errors::Independent(errors),
    }
}

fn covariance<'a>(scores: &'a [f64], matrix: &'a [f64]) -> Estimates<'a> {
    Estimates {
        scores,
        errors: Errors::Covariance(matrix),
    }
}

pub(super) fn options(draws: usize) -> RankSetOptions {
    RankSetOptions {
        draws,
        ..RankSetOptions::default()
    }
}

pub(super) fn bounds(sets: &[Option<RankSet>]) -> Vec<(usize, usize, usize)> {
    let flat = sets.iter().flatten();
    flat.map(|set| (set.low, set.rank, set.high)).collect()
}

/// The method as it is written down: every ordered pair a hypothesis, every quantile from all draws.
/// `of` restricts the family to the pairs with one unit.
fn by_definition(estimates: &Estimates, options: &RankSetOptions, of: Option<usize>) -> Vec<bool> {
    let prepared = prepare(estimates, options).unwrap();
    let (ordered, inverse) = (&prepared.ordered, &prepared.inverse);
    let (count, all) = (ordered.units.len(), estimates.scores.len());
    let in_family = |j: usize, k: usize| {
        j != k && of.is_none_or(|unit| ordered.units[j] == unit || ordered.units[k] == unit)
    };
    let pairs = (0..count * count).map(|cell| (cell / count, cell % count));
    let (mut open, certain): (Vec<_>, Vec<_>) = pairs
        .filter(|&(j, k)| in_family(j, k))
        .partition(|&(j, k)| inverse[j * count + k] > 0.0);
    let mut better = vec![false; all * all];
    if count == 0 {
        return better;
    }
    let cell = |(j, k): (usize, usize)| ordered.units[j] * all + ordered.units[k];
    for pair in certain {
        better[cell(pair)] = ordered.scores[pair.0] > ordered.scores[pair.1];
    }
    // The variance of a difference that a draw's estimates of the standard errors give.
    let drawn_variance = |draw: usize, j: usize, k: usize| {
        let Errors::Estimated { standard, .. } = estimates.errors else {
            return None;
        };
        let of = |place: usize| {
            let ratio = ordered
                .variance_ratios
                .get(draw * count + place)
                .unwrap_or(&1.0);
            standard[ordered.units[place]].powi(2) * ratio
        };
        Some(of(j) + of(k))
    };
    let place = critical_place(ordered.draws(), options.confidence);
    loop {
        let statistic =
            |of: &[f64], (j, k): (usize, usize)| (of[j] - of[k]) * inverse[j * count + k];
        let largest = |draw: usize| {
            let row = &ordered.errors[draw * count..(draw + 1) * count];
            let studentised = |&(j, k): &(usize, usize)| match drawn_variance(draw, j, k) {
                Some(variance) => (row[j] - row[k]) / variance.sqrt(),
                None => statistic(row, (j, k)),
            };
            open.iter().map(studentised).fold(0.0, f64::max)
        };
        let mut maxima: Vec<f64> = (0..ordered.draws()).map(largest).collect();
        maxima.sort_by(f64::total_cmp);
        let critical = maxima[place];
        let (refuted, rest): (Vec<_>, Vec<_>) = open
            .iter()
            .partition(|&&pair| statistic(&ordered.scores, pair) > critical);
        refuted.iter().for_each(|&pair| better[cell(pair)] = true);
        let nothing_new = refuted.is_empty();
        open = rest;
        if nothing_new || open.is_empty() || !options.step_down {
            return better;
        }
    }
}

pub(super) fn agree_with_the_definition(estimates: &Estimates, options: &RankSetOptions) {
    let all = estimates.scores.len();
    let pairs = different_pairs(estimates, options).unwrap();
    let expected = by_definition(estimates, options, None);
    for (cell, &expected) in expected.iter().enumerate() {
        assert_eq!(
            pairs.is_better(cell / all, cell % all),
            expected,
            "cell {cell}"
        );
    }
    let sets = marginal(estimates, options).unwrap();
    for (unit, set) in sets.iter().enumerate() {
        let Some(set) = set else {
            assert!(estimates.scores[unit].is_nan());
            continue;
        };
        let expected = by_definition(estimates, options, Some(unit));
        let better = (0..all)
            .filter(|&other| expected[other * all + unit])
            .count();
        let worse = (0..all)
            .filter(|&other| expected[unit * all + other])
            .count();
        assert_eq!((set.low, set.high), (1 + better, pairs.scored() - worse));
    }
}

/// Scores with standard errors, ties and exact scores among them.
pub(super) fn scored(most: usize) -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let score = prop_oneof![
        8 => -3.0_f64..3.0,
        2 => (0..3).prop_map(f64::from),
        1 => Just(f64::NAN),
    ];
    let error = prop_oneof![4 => 0.01_f64..1.5, 1 => Just(0.0)];
    proptest::collection::vec((score, error), 1..most).prop_map(|rows| rows.into_iter().unzip())
}

/// A covariance matrix of the given rank at most, from loads.
fn matrix(units: usize, rank: usize, loads: &[f64]) -> Vec<f64> {
    let row = |unit: usize| &loads[unit * rank..(unit + 1) * rank];
    let cells = (0..units * units).map(|cell| (cell / units, cell % units));
    cells
        .map(|(a, b)| row(a).iter().zip(row(b)).map(|(x, y)| x * y).sum())
        .collect()
}

#[test]
fn one_unit_has_the_first_rank_and_none_has_no_sets() {
    let one = marginal(&independent(&[4.0], &[1.0]), &options(100)).unwrap();
    assert_eq!(bounds(&one), [(1, 1, 1)]);
    let one = simultaneous(&covariance(&[4.0], &[1.0]), &options(100)).unwrap();
    assert_eq!(bounds(&one), [(1, 1, 1)]);
    assert!(
        marginal(&independent(&[], &[]), &options(100))
            .unwrap()
            .is_empty()
    );
    let none = simultaneous(&independent(&[f64::NAN], &[1.0]), &options(100)).unwrap();
    assert_eq!(none, [None]);
}

#[test]
fn two_units_differ_beyond_about_1_96_standard_errors_of_their_difference() {
    let differ = |gap: f64| {
        let estimates = [gap, 0.0];
        let estimates = independent(&estimates, &[3.0, 4.0]);
        let both = bounds(&marginal(&estimates, &options(100_000)).unwrap());
        assert_eq!(
            both,
            bounds(&simultaneous(&estimates, &options(100_000)).unwrap())
        );
        both
    };
    assert_eq!(differ(5.0 * 2.0), [(1, 1, 1), (2, 2, 2)]);
    assert_eq!(differ(5.0 * 1.92), [(1, 1, 2), (1, 2, 2)]);
}

#[test]
fn exact_scores_are_ranked_for_sure_and_their_ties_stay_ties() {
    let estimates = independent(&[5.0, 7.0, 5.0, 9.0], &[0.0; 4]);
    for sets in [marginal, simultaneous] {
        let sets = sets(&estimates, &options(50)).unwrap();
        assert_eq!(bounds(&sets), [(3, 3, 4), (2, 2, 2), (3, 3, 4), (1, 1, 1)]);
    }
    assert_eq!(
        different_pairs(&estimates, &options(50))
            .unwrap()
            .iter()
            .count(),
        5
    );
}

#[test]
fn units_that_move_together_are_ranked_for_sure_however_large_their_errors() {
    let together = covariance(&[1.0, 2.0, 1.5], &[900.0; 9]);
    let sets = marginal(&together, &options(200)).unwrap();
    assert_eq!(bounds(&sets), [(3, 3, 3), (1, 1, 1), (2, 2, 2)]);
    let draws: Vec<f64> = (0..40)
        .flat_map(|d| [f64::from(d), f64::from(d) + 0.1])
        .collect();
    let together = Estimates {
        scores: &[1.0, 1.1],
        errors: Errors::Draws { draws: &draws },
    };
    let sets = simultaneous(&together, &options(0)).unwrap();
    assert_eq!(bounds(&sets), [(2, 2, 2), (1, 1, 1)]);
}

#[test]
fn a_unit_without_a_score_is_left_out_and_changes_nothing() {
    let all = independent(&[3.0, f64::NAN, 2.5, 1.0], &[0.5, f64::NAN, 0.5, 0.5]);
    let sets = marginal(&all, &options(500)).unwrap();
    assert_eq!(sets[1], None);
    let rest = independent(&[3.0, 2.5, 1.0], &[0.5; 3]);
    assert_eq!(
        bounds(&sets),
        bounds(&marginal(&rest, &options(500)).unwrap())
    );
    let pairs = different_pairs(&all, &options(500)).unwrap();
    assert!(!pairs.is_better(0, 1) && !pairs.is_better(1, 3) && !pairs.is_better(0, 9));
}

#[test]
fn the_worst_are_the_best_of_the_mirrored_scores() {
    let (scores, errors) = ([0.0, 1.0, 1.2, 3.0, 5.0], [0.3; 5]);
    let mirrored = scores.map(|score| -score);
    // Of equal errors the mirrored draws stand in the opposite order: many, so that none matters.
    let options = options(20_000);
    for tau in 1..=5 {
        assert_eq!(
            worst(&independent(&scores, &errors), tau, &options).unwrap(),
            best(&independent(&mirrored, &errors), tau, &options).unwrap(),
        );
    }
    let two_best = best(&independent(&scores, &errors), 2, &options).unwrap();
    assert_eq!(two_best, [false, false, false, true, true]);
    let three_best = best(&independent(&scores, &errors), 3, &options).unwrap();
    assert_eq!(three_best, [false, true, true, true, true]);
}

#[test]
fn a_diagonal_covariance_gives_the_sets_of_independent_scores() {
    let scores = [3.0, 2.8, 2.5, 1.0, 0.5];
    let errors = [0.2, 0.4, 0.1, 0.3, 0.2];
    let mut matrix = [0.0; 25];
    for (unit, error) in errors.iter().enumerate() {
        matrix[unit * 6] = error * error;
    }
    assert_eq!(
        marginal(&covariance(&scores, &matrix), &options(1000)).unwrap(),
        marginal(&independent(&scores, &errors), &options(1000)).unwrap(),
    );
}

#[test]
fn what_is_no_estimate_is_refused_with_its_place() {
    let said = |estimates: Estimates, options: RankSetOptions| {
        let (one, all) = (
            marginal(&estimates, &options),
            simultaneous(&estimates, &options),
        );
        let (one, all) = (one.unwrap_err().to_string(), all.unwrap_err().to_string());
        assert_eq!(one, all);
        one
    };
    let o = options(100);
    assert_eq!(
        said(independent(&[1.0, f64::INFINITY], &[1.0; 2]), o),
        "score of the unit at index 1: found inf, expected a finite number or NaN"
    );
    assert_eq!(
        said(independent(&[1.0, 2.0], &[1.0, f64::NAN]), o),
        "standard error of the unit at index 1: found NaN, expected a number from 0 to 1e150"
    );
    assert_eq!(
        said(independent(&[1.0, 2.0], &[1.0]), o),
        "standard errors: found 1 numbers, expected 2"
    );
    assert_eq!(
        said(covariance(&[1.0, 2.0], &[1.0, 0.5, 0.4, 1.0]), o),
        "covariance of the units at index 1 and 0: found 0.4, expected a symmetric matrix"
    );
    assert_eq!(
        said(covariance(&[2.0, 1.0], &[-1.0, 0.0, 0.0, 1.0]), o),
        "covariance of the units at index 0 and 0: found -1, expected a variance from 0 to 1e300"
    );
    assert_eq!(
        said(covariance(&[2.0, 1.0], &[0.0, 0.3, 0.3, 1.0]), o),
        "covariance of the units at index 0 and 1: found 0.3, expected 0 beside a variance of 0"
    );
    assert!(said(covariance(&[1.0, 2.0], &[1.0, 2.0, 2.0, 1.0]), o).contains("index 0"));
    let draws = Errors::Draws {
        draws: &[f64::NAN; 60],
    };
    let scores = [1.0, 2.0];
    let estimates = Estimates {
        scores: &scores,
        errors: draws,
    };
    assert_eq!(
        said(estimates, o),
        "draw 0 of the unit at index 1: found NaN, expected a finite number"
    );
    let confidence = RankSetOptions {
        confidence: 1.0,
        ..o
    };
    assert!(said(independent(&scores, &[1.0; 2]), confidence).starts_with("confidence: found 1,"));
    let few = "draws: found 18, expected 19 to 10000000 (the confidence asks for the least number)";
    assert_eq!(said(independent(&scores, &[1.0; 2]), options(18)), few);
    assert!(marginal(&independent(&scores, &[1.0; 2]), &options(19)).is_ok());
    let tau = best(&independent(&scores, &[1.0; 2]), 3, &o).unwrap_err();
    assert_eq!(
        tau.to_string(),
        "tau: found 3, expected 1 to 2, the number of units with a score"
    );
}

proptest! {
    #[test]
    fn the_fast_way_decides_as_the_definition_does(
        (scores, errors) in scored(10),
        seed: u64,
        step_down: bool,
        confidence in 0.5_f64..0.95,
    ) {
        let options = RankSetOptions { confidence, draws: 60, seed, step_down };
        agree_with_the_definition(&independent(&scores, &errors), &options);
    }

    #[test]
    fn the_fast_way_decides_as_the_definition_does_for_correlated_scores_and_draws(
        (scores, _) in scored(9),
        loads in proptest::collection::vec(-0.8_f64..0.8, 8 * 50),
        rank in 1_usize..9,
        seed: u64,
    ) {
        let options = RankSetOptions { confidence: 0.9, draws: 50, seed, step_down: true };
        let matrix = matrix(scores.len(), rank, &loads);
        agree_with_the_definition(&covariance(&scores, &matrix), &options);
        let draws = &loads[..scores.len() * 50];
        let estimates = Estimates { scores: &scores, errors: Errors::Draws { draws } };
        agree_with_the_definition(&estimates, &options);
    }

    #[test]
    fn a_set_holds_the_rank_and_grows_from_step_down_to_single_step_and_to_simultaneous(
        (scores, errors) in scored(14),
        seed: u64,
        confidence in 0.05_f64..0.95,
    ) {
        let estimates = independent(&scores, &errors);
        let down = RankSetOptions { confidence, draws: 100, seed, step_down: true };
        let single = RankSetOptions { step_down: false, ..down };
        let within = |inner: &[Option<RankSet>], outer: &[Option<RankSet>]| {
            inner.iter().flatten().zip(outer.iter().flatten()).all(|(inner, outer)| {
                inner.contains(inner.rank) && outer.low <= inner.low && inner.high <= outer.high
            })
        };
        let sets = |options| {
            (marginal(&estimates, options).unwrap(), simultaneous(&estimates, options).unwrap())
        };
        let ((marginal, together), (marginal_single, together_single)) =
            (sets(&down), sets(&single));
        prop_assert!(within(&marginal, &together));
        prop_assert!(within(&marginal_single, &together_single));
        prop_assert!(within(&marginal, &marginal_single));
        prop_assert!(within(&together, &together_single));
    }

    #[test]
    fn sets_follow_their_units_and_do_not_depend_on_the_scale(
        (scores, errors) in scored(12),
        turn in 0_usize..12,
        seed: u64,
    ) {
        let options = RankSetOptions { draws: 80, seed, ..RankSetOptions::default() };
        // Units that agree in score and error share their draws' places; make them distinct.
        let scores: Vec<f64> =
            scores.iter().enumerate().map(|(unit, score)| score + unit as f64 * 1e-6).collect();
        let turned = |values: &[f64]| {
            let mut values = values.to_vec();
            values.rotate_left(turn % scores.len());
            values.iter().map(|value| 4.0 * value).collect::<Vec<f64>>()
        };
        let (other_scores, other_errors) = (turned(&scores), turned(&errors));
        for sets in [marginal, simultaneous] {
            let mut first = sets(&independent(&scores, &errors), &options).unwrap();
            first.rotate_left(turn % scores.len());
            let second = sets(&independent(&other_scores, &other_errors), &options).unwrap();
            prop_assert_eq!(first, second);
        }
    }
}
