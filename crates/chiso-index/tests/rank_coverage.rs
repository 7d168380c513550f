//! Rank sets hold the true ranks as often as they say, counted over simulated scores of known truth.
//!
//! A small version of `benches/coverage`, with its seed fixed.

use chiso_index::rank_set::{
    Errors, Estimates, Normals, RankSet, RankSetOptions, different_pairs, marginal,
};

const UNITS: usize = 8;
const SAMPLES: usize = 200;
const TAU: usize = 3;

fn deviation(unit: usize) -> f64 {
    0.3 + 0.06 * (unit * 5 % UNITS) as f64
}

/// The ranks that the units truly have: several where they are tied.
fn truth(scores: &[f64; UNITS]) -> [(usize, usize); UNITS] {
    std::array::from_fn(|unit| {
        let above = scores.iter().filter(|&&other| other > scores[unit]);
        let level = scores.iter().filter(|&&other| other >= scores[unit]);
        (1 + above.count(), level.count())
    })
}

/// Shares of samples in which the sets of each unit, of all units, and of the best held the truth.
type Coverage = ([f64; UNITS], f64, f64);

/// The coverage with known covariances.
fn coverage(scores: &[f64; UNITS], common: f64, seed: u64) -> Coverage {
    let own = (1.0 - common).sqrt();
    let mut matrix = [0.0; UNITS * UNITS];
    for (cell, place) in matrix.iter_mut().enumerate() {
        let (row, column) = (cell / UNITS, cell % UNITS);
        let correlation = if row == column { 1.0 } else { common };
        *place = correlation * deviation(row) * deviation(column);
    }
    let mut normals = Normals::new(seed);
    counted(scores, seed, |count| {
        let shared = common.sqrt() * normals.next().unwrap();
        let drawn: [f64; UNITS] = std::array::from_fn(|unit| {
            scores[unit] + deviation(unit) * (shared + own * normals.next().unwrap())
        });
        count(Estimates {
            scores: &drawn,
            errors: Errors::Covariance(&matrix),
        });
    })
}

/// The coverage where the standard errors of independent scores are estimated with few degrees of
/// freedom, or known where those are infinite.
fn coverage_of_estimated(
    scores: &[f64; UNITS],
    degrees: [f64; UNITS],
    deviation: fn(usize) -> f64,
    seed: u64,
) -> Coverage {
    let mut normals = Normals::new(seed);
    counted(scores, seed, |count| {
        let mut normal = || normals.next().unwrap();
        let drawn: [f64; UNITS] =
            std::array::from_fn(|unit| scores[unit] + deviation(unit) * normal());
        let standard: [f64; UNITS] = std::array::from_fn(|unit| match degrees[unit] {
            f64::INFINITY => deviation(unit),
            degrees => {
                let squares: f64 = (0..degrees as usize).map(|_| normal().powi(2)).sum();
                deviation(unit) * (squares / degrees).sqrt()
            }
        });
        count(Estimates {
            scores: &drawn,
            errors: Errors::Estimated {
                standard: &standard,
                degrees_of_freedom: &degrees,
            },
        });
    })
}

/// Counts over samples; `sample` draws one and hands it on.
fn counted(
    scores: &[f64; UNITS],
    seed: u64,
    mut sample: impl FnMut(&mut dyn FnMut(Estimates)),
) -> Coverage {
    let truth = truth(scores);
    let holds = |unit: usize, set: &Option<RankSet>| {
        set.is_some_and(|set| set.low <= truth[unit].0 && truth[unit].1 <= set.high)
    };
    let (mut alone, mut together, mut best) = ([0.0; UNITS], 0.0, 0.0);
    for number in 0..SAMPLES {
        let options = RankSetOptions {
            draws: 199,
            seed: seed + 1 + number as u64,
            ..RankSetOptions::default()
        };
        sample(&mut |estimates| {
            for (unit, set) in marginal(&estimates, &options).unwrap().iter().enumerate() {
                alone[unit] += f64::from(u8::from(holds(unit, set)));
            }
            let pairs = different_pairs(&estimates, &options).unwrap();
            let sets = pairs.rank_sets();
            let all = sets.iter().enumerate().all(|(unit, set)| holds(unit, set));
            together += f64::from(u8::from(all));
            let marked = pairs.best(TAU).unwrap();
            let held = marked
                .iter()
                .zip(&truth)
                .all(|(&marked, truth)| marked || truth.0 > TAU);
            best += f64::from(u8::from(held));
        });
    }
    let samples = SAMPLES as f64;
    (
        alone.map(|count| count / samples),
        together / samples,
        best / samples,
    )
}

/// One Monte Carlo error of a coverage of 95 %.
fn error() -> f64 {
    (0.95 * 0.05 / SAMPLES as f64).sqrt()
}

/// Checks the coverage; gives that of a unit's own set, on average, and of all sets together.
fn at_least_95_percent(scores: [f64; UNITS], common: f64, seed: u64) -> (f64, f64) {
    enough(coverage(&scores, common, seed))
}

fn enough((alone, together, best): Coverage) -> (f64, f64) {
    let lowest = alone.iter().copied().fold(1.0, f64::min);
    assert!(lowest >= 0.95 - 4.0 * error(), "marginal: {alone:?}");
    assert!(together >= 0.95 - 3.0 * error(), "simultaneous: {together}");
    assert!(best >= 0.95 - 3.0 * error(), "{TAU} best: {best}");
    (alone.iter().sum::<f64>() / UNITS as f64, together)
}

#[test]
fn sets_of_spread_scores_hold_the_true_ranks() {
    at_least_95_percent(std::array::from_fn(|unit| unit as f64), 0.0, 11);
}

#[test]
fn sets_of_nearly_tied_correlated_scores_hold_the_true_ranks() {
    at_least_95_percent(std::array::from_fn(|unit| 0.1 * unit as f64), 0.4, 12);
}

#[test]
fn sets_of_tied_scores_hold_all_ranks_they_share() {
    at_least_95_percent(std::array::from_fn(|unit| (unit / 4) as f64), 0.0, 13);
}

#[test]
fn sets_of_equal_scores_hold_all_ranks_and_no_oftener_than_they_say() {
    let (mean, together) = at_least_95_percent([5.0; UNITS], 0.0, 14);
    // Here every difference can mislead, so nothing is given away.
    assert!((mean - 0.95).abs() < 3.0 * error(), "marginal: {mean}");
    assert!(
        (together - 0.95).abs() < 3.0 * error(),
        "simultaneous: {together}"
    );
}

#[test]
fn sets_from_standard_errors_of_2_degrees_of_freedom_hold_the_true_ranks() {
    let shapes: [fn(usize) -> f64; 3] =
        [|unit| 0.1 * unit as f64, |unit| (unit / 4) as f64, |_| 5.0];
    for (seed, shape) in (21..).zip(shapes) {
        let scores = std::array::from_fn(shape);
        enough(coverage_of_estimated(
            &scores,
            [2.0; UNITS],
            deviation,
            seed,
        ));
    }
}

#[test]
fn sets_from_standard_errors_of_5_degrees_of_freedom_hold_the_true_ranks() {
    let shapes: [fn(usize) -> f64; 2] = [|unit| (unit / 4) as f64, |_| 5.0];
    for (seed, shape) in (26..).zip(shapes) {
        let scores = std::array::from_fn(shape);
        enough(coverage_of_estimated(
            &scores,
            [5.0; UNITS],
            deviation,
            seed,
        ));
    }
}

#[test]
fn sets_hold_where_few_degrees_of_freedom_meet_known_errors_and_unlike_sizes() {
    let some = std::array::from_fn(|unit| if unit % 3 == 0 { 2.0 } else { f64::INFINITY });
    enough(coverage_of_estimated(&[5.0; UNITS], some, deviation, 31));
    let unlike = |unit: usize| 10.0_f64.powf(unit as f64 / (UNITS - 1) as f64);
    enough(coverage_of_estimated(
        &[5.0; UNITS],
        [2.0; UNITS],
        unlike,
        32,
    ));
}

#[test]
fn standard_errors_of_2_degrees_of_freedom_taken_as_known_do_not_cover() {
    // What the degrees of freedom are stated for: without them far too little is held.
    let mut normals = Normals::new(41);
    let (_, together, _) = counted(&[5.0; UNITS], 41, |count| {
        let mut normal = || normals.next().unwrap();
        let drawn: [f64; UNITS] = std::array::from_fn(|_| normal());
        let standard: [f64; UNITS] =
            std::array::from_fn(|_| ((normal().powi(2) + normal().powi(2)) / 2.0).sqrt());
        count(Estimates {
            scores: &drawn,
            errors: Errors::Independent(&standard),
        });
    });
    assert!(together < 0.8, "{together}");
}
