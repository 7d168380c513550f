//! What rank sets must be when standard errors are themselves estimated.

use proptest::prelude::*;

use super::super::*;
use super::{agree_with_the_definition, bounds, options, scored};

fn estimated<'a>(scores: &'a [f64], standard: &'a [f64], degrees: &'a [f64]) -> Estimates<'a> {
    Estimates {
        scores,
        errors: Errors::Estimated {
            standard,
            degrees_of_freedom: degrees,
        },
    }
}

fn independent<'a>(scores: &'a [f64], errors: &'a [f64]) -> Estimates<'a> {
    Estimates {
        scores,
        errors: Errors::Independent(errors),
    }
}

#[test]
fn a_unit_against_an_exact_one_differs_beyond_student_s_quantile() {
    // R: qt(0.975, 2) = 4.302653, qt(0.975, 5) = 2.570582.
    let differ = |gap: f64, degrees: f64| {
        let (scores, errors, degrees) = ([gap, 0.0], [2.0, 0.0], [degrees, f64::NAN]);
        let estimates = estimated(&scores, &errors, &degrees);
        let sets = marginal(&estimates, &options(100_000)).unwrap();
        assert_eq!(sets, simultaneous(&estimates, &options(100_000)).unwrap());
        bounds(&sets) == [(1, 1, 1), (2, 2, 2)]
    };
    assert!(differ(2.0 * 4.42, 2.0) && !differ(2.0 * 4.18, 2.0));
    assert!(differ(2.0 * 2.62, 5.0) && !differ(2.0 * 2.52, 5.0));
    assert!(differ(2.0 * 1.99, 1e9) && !differ(2.0 * 1.93, 1e9));
}

#[test]
fn two_units_of_equal_errors_and_degrees_have_the_degrees_of_both() {
    // R: qt(0.975, 4) = 2.776445.
    let sets = |gap: f64| {
        let scores = [gap, 0.0];
        let estimates = estimated(&scores, &[3.0; 2], &[2.0; 2]);
        bounds(&marginal(&estimates, &options(100_000)).unwrap())
    };
    assert_eq!(sets(3.0 * 2.0_f64.sqrt() * 2.83), [(1, 1, 1), (2, 2, 2)]);
    assert_eq!(sets(3.0 * 2.0_f64.sqrt() * 2.72), [(1, 1, 2), (1, 2, 2)]);
}

#[test]
fn exact_scores_are_ranked_for_sure_whatever_their_degrees() {
    let scores = [5.0, 7.0, 5.0, 9.0, 6.0];
    let errors = [0.0, 0.0, 0.0, 0.0, 100.0];
    let degrees = [0.0, f64::NAN, 2.0, f64::INFINITY, 2.0];
    for sets in [marginal, simultaneous] {
        let sets = sets(&estimated(&scores, &errors, &degrees), &options(50)).unwrap();
        let expected = [(3, 4, 5), (2, 2, 3), (3, 4, 5), (1, 1, 2), (1, 3, 5)];
        assert_eq!(bounds(&sets), expected);
    }
}

#[test]
fn drawn_scores_are_student_s_around_the_score() {
    let (scores, errors) = ([10.0, 0.0, f64::NAN, 7.0], [3.0, 2.0, 1.0, 0.0]);
    let degrees = [2.0, f64::INFINITY, 0.0, 0.0];
    let draws = score_draws(&estimated(&scores, &errors, &degrees), &options(100_000)).unwrap();
    let within = |unit: usize, bound: f64| {
        let column = draws.iter().skip(unit).step_by(4);
        let near = column.filter(|&&draw| ((draw - scores[unit]) / errors[unit]).abs() < bound);
        near.count() as f64 / 1e5
    };
    let error = 4.0 * (0.25_f64 / 1e5).sqrt();
    // R: qt(c(0.75, 0.975), 2) = 0.8164966, 4.3026527; qnorm(0.975).
    assert!((within(0, 0.816_496_6) - 0.5).abs() < error);
    assert!((within(0, 4.302_652_7) - 0.95).abs() < error);
    assert!((within(1, 1.959_964) - 0.95).abs() < error);
    let rows = || draws.chunks_exact(4);
    assert!(rows().all(|row| row[2].is_nan() && row[3] == 7.0));
}

#[test]
fn degrees_of_freedom_that_are_none_are_refused_with_their_place() {
    let said = |degrees: &[f64]| {
        let found = marginal(&estimated(&[1.0, 2.0], &[1.0; 2], degrees), &options(100));
        found.unwrap_err().to_string()
    };
    assert_eq!(
        said(&[2.0, 0.5]),
        "degrees of freedom of the unit at index 1: found 0.5, expected a number from 1, or \
         infinity for a standard error that is known"
    );
    assert!(said(&[f64::NAN, 2.0]).starts_with("degrees of freedom of the unit at index 0: found"));
    assert!(said(&[2.0, f64::NEG_INFINITY]).contains("found -inf"));
    assert_eq!(
        said(&[2.0]),
        "degrees of freedom: found 1 numbers, expected 2"
    );
    let wrong = marginal(&estimated(&[1.0], &[f64::NAN], &[2.0]), &options(100));
    assert!(wrong.unwrap_err().to_string().starts_with("standard error"));
}

#[test]
fn fewer_degrees_widen_the_set_of_the_same_figures() {
    let scores: Vec<f64> = (0..10).map(f64::from).collect();
    let ranks = |degrees: f64| {
        let (errors, degrees) = ([0.5; 10], [degrees; 10]);
        let estimates = estimated(&scores, &errors, &degrees);
        let sets = marginal(&estimates, &options(2000)).unwrap();
        sets.iter().flatten().map(RankSet::len).sum::<usize>()
    };
    assert!(ranks(2.0) > ranks(5.0) && ranks(5.0) > ranks(f64::INFINITY));
}

/// Degrees of freedom, few, many and without end.
fn degrees() -> impl Strategy<Value = Vec<f64>> {
    let one =
        prop_oneof![3 => 1.0_f64..8.0, 1 => Just(2.0), 1 => Just(40.0), 1 => Just(f64::INFINITY)];
    proptest::collection::vec(one, 14)
}

proptest! {
    #[test]
    fn the_fast_way_decides_as_the_definition_does(
        (scores, errors) in scored(10),
        degrees in degrees(),
        seed: u64,
        step_down: bool,
        confidence in 0.3_f64..0.95,
    ) {
        let options = RankSetOptions { confidence, draws: 60, seed, step_down };
        let degrees = &degrees[..scores.len()];
        agree_with_the_definition(&estimated(&scores, &errors, degrees), &options);
    }

    #[test]
    fn infinite_degrees_give_what_known_errors_give_to_the_last_bit(
        (scores, errors) in scored(12),
        seed: u64,
        step_down: bool,
    ) {
        let options = RankSetOptions { step_down, draws: 60, seed, ..RankSetOptions::default() };
        let degrees = vec![f64::INFINITY; scores.len()];
        let (few, known) =
            (estimated(&scores, &errors, &degrees), independent(&scores, &errors));
        prop_assert_eq!(marginal(&few, &options), marginal(&known, &options));
        prop_assert_eq!(different_pairs(&few, &options), different_pairs(&known, &options));
        let bits = |estimates| {
            let draws = score_draws(&estimates, &options).unwrap();
            draws.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        prop_assert_eq!(bits(few), bits(known));
    }

    #[test]
    fn a_set_holds_the_rank_and_grows_from_step_down_to_single_step_and_to_simultaneous(
        (scores, errors) in scored(14),
        degrees in degrees(),
        seed: u64,
        confidence in 0.05_f64..0.95,
    ) {
        let estimates = estimated(&scores, &errors, &degrees[..scores.len()]);
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
        degrees in degrees(),
        turn in 0_usize..12,
        seed: u64,
    ) {
        let options = RankSetOptions { draws: 80, seed, ..RankSetOptions::default() };
        let count = scores.len();
        let turned = |values: &[f64], scale: f64| {
            let mut values: Vec<f64> = values.iter().map(|value| scale * value).collect();
            values.rotate_left(turn % count);
            values
        };
        let degrees = &degrees[..count];
        // Units that agree in all three share their draws' places; make them distinct.
        let scores: Vec<f64> =
            scores.iter().enumerate().map(|(unit, score)| score + unit as f64 * 1e-6).collect();
        let (other_scores, other_errors) = (turned(&scores, 4.0), turned(&errors, 4.0));
        let other_degrees = turned(degrees, 1.0);
        for sets in [marginal, simultaneous] {
            let mut first = sets(&estimated(&scores, &errors, degrees), &options).unwrap();
            first.rotate_left(turn % count);
            let second = estimated(&other_scores, &other_errors, &other_degrees);
            prop_assert_eq!(first, sets(&second, &options).unwrap());
        }
    }
}
