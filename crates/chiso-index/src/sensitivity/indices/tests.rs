//! Sobol indices of functions whose indices are known.

use std::f64::consts::PI;

use super::*;
use crate::sensitivity::points::{Design, Runs, Sequence};
use proptest::prelude::*;

/// The values of a function of one coordinate per input in every run of a design.
fn values(design: &Design, function: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let value = |run: usize| {
        let point = |input| design.at(design.source(run, input), input)[0];
        function(&(0..design.inputs()).map(point).collect::<Vec<_>>())
    };
    (0..design.runs()).map(value).collect()
}

fn target(seed: u64, draws: usize, inputs: usize, function: impl Fn(&[f64]) -> f64) -> Target {
    let design = Design::new(
        Sequence::QuasiRandom,
        seed,
        draws,
        &vec![1; inputs],
        Runs::Indices,
    )
    .unwrap();
    Target::new(&values(&design, function), draws, inputs, Centring::Centred).unwrap()
}

fn bootstrap(resamples: usize) -> Bootstrap {
    Bootstrap {
        resamples,
        seed: 2,
        confidence: 0.9,
    }
}

/// sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³ (Ishigami and Homma, 1990).
fn ishigami(u: &[f64]) -> f64 {
    let x = |i: usize| PI * (2.0 * u[i] - 1.0);
    x(0).sin() + 7.0 * x(1).sin().powi(2) + 0.1 * x(2).powi(4) * x(0).sin()
}

#[test]
fn the_indices_of_ishigamis_function_are_the_known_ones() {
    let variance = 49.0 / 8.0 + 0.1 * PI.powi(4) / 5.0 + 0.01 * PI.powi(8) / 18.0 + 0.5;
    let alone = 0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2);
    let both = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let first = [alone, 49.0 / 8.0, 0.0].map(|v| v / variance);
    let total = [alone + both, 49.0 / 8.0, both].map(|v| v / variance);
    let target = target(1, 8192, 3, ishigami);
    assert!((target.variance() / variance - 1.0).abs() < 0.01);
    for (input, index) in target.indices().iter().enumerate() {
        assert!(
            (index.first - first[input]).abs() < 0.01,
            "{input}: {index:?}"
        );
        assert!(
            (index.total - total[input]).abs() < 0.01,
            "{input}: {index:?}"
        );
    }
}

#[test]
fn intervals_of_ishigamis_function_hold_the_known_indices_and_narrow_with_the_root_of_draws() {
    let intervals = |draws| {
        target(3, draws, 3, ishigami)
            .intervals(Centring::Centred, &bootstrap(500))
            .unwrap()
    };
    let (few, many) = (intervals(512), intervals(8192));
    for (interval, known) in many
        .iter()
        .zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)])
    {
        assert!(
            interval.first.0 < known.0 && known.0 < interval.first.1,
            "{interval:?}"
        );
        assert!(
            interval.total.0 < known.1 && known.1 < interval.total.1,
            "{interval:?}"
        );
    }
    for (few, many) in few.iter().zip(&many) {
        let ratio = (few.total.1 - few.total.0) / (many.total.1 - many.total.0);
        assert!(
            (2.5..6.5).contains(&ratio),
            "16 times the draws, {ratio} times narrower"
        );
    }
}

#[test]
fn first_orders_of_an_additive_function_sum_to_one_and_equal_their_totals() {
    let target = target(4, 4096, 4, |u| u[0] + 2.0 * u[1] + 3.0 * u[2] + 4.0 * u[3]);
    let indices = target.indices();
    let sum: f64 = indices.iter().map(|index| index.first).sum();
    assert!((sum - 1.0).abs() < 0.01, "{sum}");
    for (input, index) in indices.iter().enumerate() {
        let known = (input as f64 + 1.0).powi(2) / 30.0;
        assert!((index.first - known).abs() < 0.01 && (index.total - known).abs() < 0.01);
    }
}

#[test]
fn centring_matters_where_the_mean_is_large() {
    let function = |u: &[f64]| 100.0 + u[0] + u[1];
    let design = Design::new(Sequence::Random, 9, 500, &[1, 1], Runs::Indices).unwrap();
    let values = values(&design, function);
    let width = |centring| {
        let target = Target::new(&values, 500, 2, centring).unwrap();
        let interval = target.intervals(centring, &bootstrap(200)).unwrap()[0];
        interval.first.1 - interval.first.0
    };
    assert!(width(Centring::AsGiven) > 50.0 * width(Centring::Centred));
}

#[test]
fn a_constant_target_has_indices_and_intervals_of_zero_and_says_so() {
    for value in [0.0, 61.3] {
        let target = target(1, 64, 2, |_| value);
        assert!(target.is_constant());
        assert_eq!(target.indices(), vec![Index::default(); 2]);
        let intervals = target.intervals(Centring::Centred, &bootstrap(10)).unwrap();
        assert_eq!(intervals, vec![IndexInterval::default(); 2]);
    }
}

#[test]
fn a_draw_with_a_run_that_gave_no_value_is_left_out_whole() {
    let design = Design::new(Sequence::Random, 9, 40, &[1, 1], Runs::Indices).unwrap();
    let mut all = values(&design, |u| u[0] * u[1]);
    all[80 + 7] = f64::NAN;
    let with_gap = Target::new(&all, 40, 2, Centring::Centred).unwrap();
    let kept = |(place, value): (usize, &f64)| (place % 40 != 7).then_some(*value);
    let rest: Vec<f64> = all.iter().enumerate().filter_map(kept).collect();
    let without = Target::new(&rest, 39, 2, Centring::Centred).unwrap();
    assert_eq!(with_gap.dropped(), 1);
    assert_eq!(with_gap.indices(), without.indices());
}

#[test]
fn values_that_do_not_fit_or_are_all_missing_are_refused() {
    let new = |values: &[f64]| Target::new(values, 3, 1, Centring::Centred).unwrap_err();
    assert_eq!(
        new(&[1.0; 8]),
        IndicesFault::Shape {
            found: 8,
            draws: 3,
            inputs: 1
        }
    );
    assert_eq!(
        new(&[f64::NAN; 9]),
        IndicesFault::Incomplete { complete: 0 }
    );
    let target = target(1, 16, 1, |u| u[0]);
    let bad = Bootstrap {
        confidence: 1.0,
        ..bootstrap(5)
    };
    assert!(target.intervals(Centring::Centred, &bad).is_err());
}

proptest! {
    #[test]
    fn an_input_that_is_not_used_has_indices_and_intervals_of_exactly_zero(
        seed in any::<u64>(), unused in 0usize..4, offset in -1e3f64..1e3,
    ) {
        let target = target(seed, 64, 4, |u| {
            let used = u.iter().enumerate().filter(|(i, _)| *i != unused);
            offset + used.map(|(i, u)| (i as f64 + 1.0) * u * u).sum::<f64>()
        });
        prop_assert_eq!(target.indices()[unused], Index::default());
        let intervals = target.intervals(Centring::Centred, &bootstrap(20)).unwrap();
        prop_assert_eq!(intervals[unused], IndexInterval::default());
    }

    #[test]
    fn alternatives_that_are_all_the_same_have_indices_of_zero(seed in any::<u64>()) {
        let alternatives = [3.0, 3.0, 3.0];
        let target = target(seed, 64, 2, |u| alternatives[(u[0] * 3.0) as usize] + u[1]);
        prop_assert_eq!(target.indices()[0], Index::default());
    }

    #[test]
    fn shift_and_scale_of_the_target_change_no_index(
        seed in any::<u64>(), shift in -100.0f64..100.0, scale in 0.01f64..100.0,
    ) {
        let function = |u: &[f64]| u[0] * u[1] + u[2];
        let plain = target(seed, 64, 3, function).indices();
        let moved = target(seed, 64, 3, |u| shift + scale * function(u)).indices();
        for (plain, moved) in plain.iter().zip(&moved) {
            prop_assert!((plain.first - moved.first).abs() < 1e-7);
            prop_assert!((plain.total - moved.total).abs() < 1e-7);
        }
    }
}
