//! Realised frequencies of the PPS methods agree with the probabilities that they state.

use chiso_survey::select::{SelectError, Stream, pps};
use proptest::prelude::*;

type Draw = fn(&[f64], &mut Stream) -> Result<Vec<usize>, SelectError>;

const METHODS: [(&str, Draw); 3] = [
    ("systematic", pps::systematic),
    ("sampford", pps::sampford),
    ("brewer", pps::brewer),
];

/// The largest deviation of a realised frequency from its probability, in standard errors.
fn worst(probabilities: &[f64], draw: Draw, repetitions: u64) -> f64 {
    let take = probabilities.iter().sum::<f64>().round() as usize;
    let mut counts = vec![0_u32; probabilities.len()];
    let mut stream = Stream::new(11, &["monte carlo"]);
    for _ in 0..repetitions {
        let sample = draw(probabilities, &mut stream).unwrap();
        assert_eq!(sample.len(), take);
        assert!(
            sample.windows(2).all(|pair| pair[0] < pair[1]),
            "{sample:?}"
        );
        for unit in sample {
            counts[unit] += 1;
        }
    }
    let repetitions = repetitions as f64;
    let deviation = |(&count, &probability): (&u32, &f64)| {
        let error = (probability * (1.0 - probability) / repetitions).sqrt();
        let difference = (f64::from(count) / repetitions - probability).abs();
        if error == 0.0 {
            assert_eq!(difference, 0.0, "a certain or impossible unit");
            return 0.0;
        }
        difference / error
    };
    counts
        .iter()
        .zip(probabilities)
        .map(deviation)
        .fold(0.0, f64::max)
}

/// Sizes and how many units to draw.
fn sizes_and_take(units: std::ops::Range<usize>) -> impl Strategy<Value = (Vec<f64>, usize)> {
    let sizes = prop::collection::vec(1.0_f64..100.0, units);
    (sizes, 0.1_f64..0.9).prop_map(|(sizes, share)| {
        let take = ((sizes.len() as f64 * share) as usize).max(1);
        (sizes, take)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_method_realises_its_inclusion_probabilities((sizes, take) in sizes_and_take(3..25)) {
        let probabilities = pps::inclusion(&sizes, take).unwrap().probabilities;
        for (name, draw) in METHODS {
            // About 24 × 3 × 14 frequencies: beyond 5 standard errors with chance 6e-4 in all.
            let found = worst(&probabilities, draw, 4000);
            prop_assert!(found < 5.0, "{name}: {found} standard errors from {probabilities:?}");
        }
    }

    #[test]
    fn sampford_joint_probabilities_add_up_to_n_minus_1_times_the_probability(
        (sizes, take) in sizes_and_take(2..30),
    ) {
        let probabilities = pps::inclusion(&sizes, take).unwrap().probabilities;
        let all: Vec<usize> = (0..sizes.len()).collect();
        let joint = pps::sampford_joint(&probabilities, &all).unwrap();
        for first in 0..sizes.len() {
            let others = (0..sizes.len()).filter(|&second| second != first);
            let sum: f64 = others.map(|second| joint[first][second]).sum();
            let expected = (take as f64 - 1.0) * probabilities[first];
            prop_assert!((sum - expected).abs() < 1e-10 * expected.max(1.0), "{sum} {expected}");
            for second in 0..first {
                let product = probabilities[first] * probabilities[second];
                prop_assert!((joint[first][second] - joint[second][first]).abs() < 1e-12);
                // Sampford's design keeps the Yates–Grundy variance positive.
                prop_assert!(joint[first][second] <= product * (1.0 + 1e-12));
            }
        }
    }

    #[test]
    fn hits_with_replacement_agree_with_their_expectation(
        sizes in prop::collection::vec(1.0_f64..100.0, 2..12),
        draws in 1_usize..8,
    ) {
        let total: f64 = sizes.iter().sum();
        let repetitions = 4000;
        let mut hits = vec![0_usize; sizes.len()];
        let mut any = vec![0_usize; sizes.len()];
        let mut stream = Stream::new(5, &["replacement"]);
        let inclusion = |chance: f64| 1.0 - (1.0 - chance).powi(draws as i32);
        for _ in 0..repetitions {
            for drawn in pps::with_replacement(&sizes, draws, &mut stream).unwrap() {
                hits[drawn.unit] += drawn.hits;
                any[drawn.unit] += 1;
                let chance = sizes[drawn.unit] / total;
                prop_assert!((drawn.expected - draws as f64 * chance).abs() < 1e-12);
                prop_assert!((drawn.probability - inclusion(chance)).abs() < 1e-12);
            }
        }
        for (unit, size) in sizes.iter().enumerate() {
            let chance = size / total;
            let all = (repetitions * draws) as f64;
            let error = (all * chance * (1.0 - chance)).sqrt();
            prop_assert!((hits[unit] as f64 - all * chance).abs() < 5.0 * error);
            let once = inclusion(chance);
            let error = (repetitions as f64 * once * (1.0 - once)).sqrt();
            prop_assert!((any[unit] as f64 - repetitions as f64 * once).abs() < 5.0 * error);
        }
    }
}

#[test]
fn sampford_draws_every_sample_with_the_design_probability() {
    // All pairs of four units, by Sampford's formula: λ_i λ_j (1 − π_i + 1 − π_j).
    let probabilities = [0.2, 0.4, 0.6, 0.8];
    let lambda = |unit: usize| probabilities[unit] / (1.0 - probabilities[unit]);
    let mut expected = Vec::new();
    for first in 0..4 {
        for second in first + 1..4 {
            let open = 2.0 - probabilities[first] - probabilities[second];
            expected.push(([first, second], lambda(first) * lambda(second) * open));
        }
    }
    let total: f64 = expected.iter().map(|(_, weight)| weight).sum();
    let joint = pps::sampford_joint(&probabilities, &[0, 1, 2, 3]).unwrap();
    let mut counts = std::collections::BTreeMap::new();
    let mut stream = Stream::new(1, &["pairs"]);
    let repetitions = 40_000;
    for _ in 0..repetitions {
        let sample = pps::sampford(&probabilities, &mut stream).unwrap();
        *counts.entry(sample).or_insert(0) += 1;
    }
    for ([first, second], weight) in expected {
        let probability = weight / total;
        assert!((joint[first][second] - probability).abs() < 1e-14);
        let count = f64::from(counts[&vec![first, second]]);
        let error = (probability * (1.0 - probability) * f64::from(repetitions)).sqrt();
        assert!((count - probability * f64::from(repetitions)).abs() < 4.0 * error);
    }
}

#[test]
fn large_samples_of_large_probabilities_are_drawn() {
    let sizes: Vec<f64> = (0..2000).map(|unit| 1.0 + f64::from(unit % 17)).collect();
    let found = pps::inclusion(&sizes, 900).unwrap();
    let mut stream = Stream::new(2, &["large"]);
    for (name, draw) in METHODS {
        let sample = draw(&found.probabilities, &mut stream).unwrap();
        assert_eq!(sample.len(), 900, "{name}");
    }
}

#[test]
fn probabilities_that_make_no_whole_sample_are_an_error() {
    let mut stream = Stream::new(2, &["bad"]);
    for (_, draw) in METHODS {
        assert_eq!(
            draw(&[0.5, 0.25], &mut stream),
            Err(SelectError::ProbabilitySum { sum: 0.75 })
        );
        assert!(matches!(
            draw(&[0.5, f64::NAN], &mut stream),
            Err(SelectError::Probability { position: 1, .. })
        ));
    }
}

#[test]
fn systematic_selection_never_skips_a_stretch_of_the_list() {
    // Ten units of 1/2: one of every two neighbours is drawn.
    let mut stream = Stream::new(7, &["order"]);
    for _ in 0..100 {
        let sample = pps::systematic(&[0.5; 10], &mut stream).unwrap();
        let strata: Vec<usize> = sample.iter().map(|unit| unit / 2).collect();
        assert_eq!(strata, [0, 1, 2, 3, 4]);
    }
}
