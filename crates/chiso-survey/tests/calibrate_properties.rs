//! What holds for every calibration, whatever the sample.

mod calibrate_support;

use calibrate_support::difference;
use chiso_survey::calibrate::{
    Adjustment, Bounds, Calibration, CalibrationError, CalibrationFunction, GregOptions, Margin,
    ModelMatrix, PostStratifyOptions, RakeOptions, Redistribution, TrimOptions, greg, poststratify,
    rake, trim,
};
use proptest::prelude::*;

const TIGHT: RakeOptions = RakeOptions {
    epsilon: 1e-14,
    max_iterations: 2000,
    inconsistent: chiso_survey::calibrate::InconsistentMargins::Refuse,
    accept_unconverged: false,
};

/// A sample in which every combination of two and three categories occurs, and the true weights
/// whose totals are asked for, so that they can be met.
#[derive(Debug, Clone)]
struct Sample {
    start: Vec<f64>,
    truth: Vec<f64>,
    two: Vec<u32>,
    three: Vec<u32>,
    x: Vec<f64>,
}

fn samples() -> impl Strategy<Value = Sample> {
    let record = (1.0..20.0_f64, 0.7..1.4_f64, 0..6_u32, 0.0..100.0_f64);
    prop::collection::vec(record, 20..80).prop_map(|records| Sample {
        start: records.iter().map(|r| r.0).collect(),
        truth: records.iter().map(|r| r.0 * r.1).collect(),
        two: (0..records.len()).map(|i| cell(&records, i) % 2).collect(),
        three: (0..records.len()).map(|i| cell(&records, i) % 3).collect(),
        x: records.iter().map(|r| r.3).collect(),
    })
}

/// The drawn cell, except that the first six records fill all cells.
fn cell(records: &[(f64, f64, u32, f64)], i: usize) -> u32 {
    if i < 6 { i as u32 } else { records[i].2 }
}

impl Sample {
    fn model(&self) -> ModelMatrix {
        ModelMatrix::new(self.x.len())
            .intercept()
            .factor("two", &self.two, &["a", "b"])
            .unwrap()
            .number("x", &self.x)
            .unwrap()
    }

    fn totals_of(&self, category: &[u32], categories: usize) -> Vec<f64> {
        let mut totals = vec![0.0; categories];
        for (weight, category) in self.truth.iter().zip(category) {
            totals[*category as usize] += weight;
        }
        totals
    }

    fn raked(&self, start: &[f64]) -> Adjustment {
        let (first, second) = (self.totals_of(&self.two, 2), self.totals_of(&self.three, 3));
        let margins = [
            Margin {
                category_of_record: &self.two,
                totals: &first,
            },
            Margin {
                category_of_record: &self.three,
                totals: &second,
            },
        ];
        rake(start, &margins, TIGHT).unwrap()
    }

    fn greg(&self, start: &[f64], options: &GregOptions<'_>) -> Adjustment {
        let model = self.model();
        greg(start, &model, &model.totals(&self.truth), options).unwrap()
    }

    fn reversed(&self) -> Self {
        fn backwards<T: Clone>(values: &[T]) -> Vec<T> {
            values.iter().rev().cloned().collect()
        }
        Self {
            start: backwards(&self.start),
            truth: backwards(&self.truth),
            two: backwards(&self.two),
            three: backwards(&self.three),
            x: backwards(&self.x),
        }
    }
}

fn meets_totals(done: &Adjustment) -> bool {
    done.totals
        .iter()
        .all(|t| (t.reached - t.wanted).abs() <= 1e-12 * t.wanted.abs())
}

const LOGIT: GregOptions<'static> = GregOptions {
    function: CalibrationFunction::Logit,
    bounds: Bounds::Factor {
        lower: 0.1,
        upper: 8.0,
    },
    epsilon: 1e-13,
    max_iterations: 200,
    variance: chiso_survey::calibrate::ResidualVariance::Constant,
    aggregate: None,
    trim: None,
    accept_unconverged: false,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calibrated_totals_meet_their_margins(sample in samples()) {
        let raking = GregOptions { function: CalibrationFunction::Raking, ..LOGIT };
        let raking = GregOptions { bounds: Bounds::None, ..raking };
        prop_assert!(meets_totals(&sample.raked(&sample.start)));
        for options in [GregOptions::default(), raking, LOGIT] {
            let done = sample.greg(&sample.start, &options);
            prop_assert!(meets_totals(&done), "{:?}: {:?}", options.function, done.totals);
        }
        let totals = sample.totals_of(&sample.three, 3);
        let options = PostStratifyOptions::default();
        prop_assert!(meets_totals(&poststratify(&sample.start, &sample.three, &totals, options).unwrap()));
    }

    #[test]
    fn logit_factors_stay_within_their_bounds(sample in samples()) {
        let done = sample.greg(&sample.start, &LOGIT);
        prop_assert!(done.factors.iter().all(|g| (0.1..=8.0).contains(g)));
    }

    #[test]
    fn factors_do_not_depend_on_the_order_of_records(sample in samples()) {
        let other = sample.reversed();
        let back = |done: Adjustment| -> Vec<f64> { done.factors.into_iter().rev().collect() };
        let raked = (sample.raked(&sample.start).factors, back(other.raked(&other.start)));
        prop_assert!(difference(&raked.0, &raked.1) < 1e-11);
        for options in [GregOptions::default(), LOGIT] {
            let one = sample.greg(&sample.start, &options).factors;
            let two = back(other.greg(&other.start, &options));
            for (one, two) in one.iter().zip(&two) {
                prop_assert!((one - two).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn calibrated_weights_do_not_depend_on_the_scale_of_the_starting_weights(
        sample in samples(),
        factor in 0.2..5.0_f64,
    ) {
        let scaled: Vec<f64> = sample.start.iter().map(|w| w * factor).collect();
        let one = sample.raked(&sample.start).weights;
        prop_assert!(difference(&sample.raked(&scaled).weights, &one) < 1e-11);
        let options = GregOptions { function: CalibrationFunction::Raking, bounds: Bounds::None, ..LOGIT };
        let one = sample.greg(&sample.start, &options).weights;
        prop_assert!(difference(&sample.greg(&scaled, &options).weights, &one) < 1e-9);
    }

    #[test]
    fn the_residual_of_an_auxiliary_variable_is_zero(sample in samples()) {
        for done in [sample.greg(&sample.start, &GregOptions::default()), sample.greg(&sample.start, &LOGIT)] {
            let mut z: Vec<f64> = done.weights.iter().zip(&sample.x).map(|(w, x)| w * x).collect();
            let largest = z.iter().fold(0.0_f64, |m, z| m.max(z.abs()));
            done.residuals.apply(&mut z).unwrap();
            prop_assert!(z.iter().all(|z| z.abs() <= 1e-11 * largest));
        }
    }

    #[test]
    fn raked_residuals_have_mean_zero_in_every_category_of_the_last_margin(sample in samples()) {
        let done = sample.raked(&sample.start);
        let mut z: Vec<f64> = done.weights.iter().zip(&sample.x).map(|(w, x)| w * x).collect();
        done.residuals.apply(&mut z).unwrap();
        let mut sums = [0.0; 3];
        for (i, z) in z.iter().enumerate() {
            sums[sample.three[i] as usize] += z / done.weights[i];
        }
        prop_assert!(sums.iter().all(|sum| sum.abs() < 1e-10), "{sums:?}");
    }

    #[test]
    fn a_dependent_column_changes_nothing(sample in samples()) {
        let twice: Vec<f64> = sample.x.iter().map(|x| 2.0 * x + 3.0).collect();
        let model = sample.model().number("twice", &twice).unwrap();
        let totals = model.totals(&sample.truth);
        for options in [GregOptions::default(), LOGIT] {
            let expected = sample.greg(&sample.start, &options);
            let found = greg(&sample.start, &model, &totals, &options).unwrap();
            prop_assert!(difference(&found.factors, &expected.factors) < 1e-8);
            let z: Vec<f64> = sample.start.iter().enumerate().map(|(i, w)| w * (i % 3) as f64).collect();
            let (mut one, mut two) = (z.clone(), z);
            expected.residuals.apply(&mut one).unwrap();
            found.residuals.apply(&mut two).unwrap();
            for (one, two) in one.iter().zip(&two) {
                prop_assert!((one - two).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_total_that_contradicts_another_is_named(sample in samples()) {
        let twice: Vec<f64> = sample.x.iter().map(|x| 2.0 * x).collect();
        let model = sample.model().number("twice", &twice).unwrap();
        let mut totals = model.totals(&sample.truth);
        totals[3] *= 1.5;
        for options in [GregOptions::default(), GregOptions { max_iterations: 20, ..LOGIT }] {
            let error = greg(&sample.start, &model, &totals, &options).unwrap_err();
            let CalibrationError::TotalNotMet { variable, .. } = &error else {
                return Err(TestCaseError::fail(error.to_string()));
            };
            prop_assert!(variable == "twice" || variable == "x", "{error}");
        }
    }

    #[test]
    fn trimming_keeps_the_sum_and_strict_trimming_the_limits(
        weights in prop::collection::vec(0.5..50.0_f64, 10..60),
        proportional: bool,
    ) {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let options = TrimOptions {
            lower: 0.3 * mean,
            upper: 2.5 * mean,
            strict: true,
            redistribution: if proportional { Redistribution::Proportional } else { Redistribution::Equal },
        };
        let done = trim(&weights, &options).unwrap();
        let sum: f64 = done.weights.iter().sum();
        prop_assert!((sum / weights.iter().sum::<f64>() - 1.0).abs() < 1e-13);
        prop_assert!(done.weights.iter().all(|w| *w >= options.lower && *w <= options.upper));
        prop_assert!(done.rounds <= weights.len());
    }

    #[test]
    fn whatever_the_input_the_answer_is_an_error_or_finite_weights(
        records in prop::collection::vec((prop_oneof![Just(0.0), 0.0..1e9_f64, Just(f64::NAN), Just(-1.0)], 0..4_u32, -5.0..5.0_f64), 0..12),
        totals in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1e9_f64, Just(f64::INFINITY)], 0..4),
    ) {
        let weights: Vec<f64> = records.iter().map(|r| r.0).collect();
        let cell: Vec<u32> = records.iter().map(|r| r.1).collect();
        let x: Vec<f64> = records.iter().map(|r| r.2).collect();
        let margins = [Margin { category_of_record: &cell, totals: &totals }];
        let model = ModelMatrix::new(x.len()).intercept().number("x", &x).unwrap();
        let two = [totals.iter().sum::<f64>(), 3.0];
        for calibration in [
            Calibration::PostStratify { cell: &cell, totals: &totals, options: PostStratifyOptions { partial: true } },
            Calibration::Rake { margins: &margins, options: RakeOptions::default() },
            Calibration::Greg { model: &model, totals: &two, options: GregOptions::default() },
            Calibration::Greg { model: &model, totals: &two, options: LOGIT },
        ] {
            if let Ok(done) = calibration.calibrate(&weights) {
                prop_assert!(done.weights.iter().all(|w| w.is_finite()), "{done:?}");
                let mut z = done.weights.clone();
                done.residuals.apply(&mut z).unwrap();
                prop_assert!(z.iter().all(|z| z.is_finite()), "{z:?}");
            }
        }
    }
}
