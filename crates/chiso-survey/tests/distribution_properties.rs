//! What must hold of tails, quantiles and intervals for any input.

use chiso_survey::distribution::*;
use chiso_survey::proportion::{ProportionInput, ProportionMethod, proportion_interval};
use chiso_survey::quantile::{
    QuantileInterval, QuantileOptions, QuantileRule, SortedSample, quantile_limits,
};
use proptest::prelude::*;
use std::convert::Infallible;

/// Any magnitude from 1e-12 to 1e9.
fn shape() -> impl Strategy<Value = f64> {
    (-12.0f64..9.0).prop_map(|e| 10f64.powf(e))
}

/// A probability at any distance from 0 or 1.
fn probability() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-300.0f64..-0.3).prop_map(|e| 10f64.powf(e)),
        (-15.0f64..-0.3).prop_map(|e| 1.0 - 10f64.powf(e)),
    ]
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -10.0f64..10.0,
        Just(0.0),
        Just(1.0),
        Just(f64::INFINITY),
        Just(f64::NAN)
    ]
}

const METHODS: [ProportionMethod; 8] = [
    ProportionMethod::Mean,
    ProportionMethod::Logit,
    ProportionMethod::Xlogit,
    ProportionMethod::Asin,
    ProportionMethod::Beta,
    ProportionMethod::KornGraubard,
    ProportionMethod::Wilson,
    ProportionMethod::WilsonAdjusted,
];

const RULES: [QuantileRule; 13] = [
    QuantileRule::Math,
    QuantileRule::School,
    QuantileRule::Shahvaish,
    QuantileRule::Hf1,
    QuantileRule::Hf2,
    QuantileRule::Hf3,
    QuantileRule::Hf4,
    QuantileRule::Hf5,
    QuantileRule::Hf6,
    QuantileRule::Hf7,
    QuantileRule::Hf8,
    QuantileRule::Hf9,
    QuantileRule::Linear,
];

const INTERVALS: [QuantileInterval; 6] = [
    QuantileInterval::Mean,
    QuantileInterval::Beta,
    QuantileInterval::Xlogit,
    QuantileInterval::Asin,
    QuantileInterval::Score,
    QuantileInterval::Wald,
];

proptest! {
    #[test]
    fn tails_are_probabilities_that_add_up(a in shape(), b in shape(), x in 0.0f64..1.0) {
        let pairs = [
            (beta_cdf(x, a, b), beta_upper_tail(x, a, b)),
            (chi_square_cdf(x * 10.0, a), chi_square_upper_tail(x * 10.0, a)),
            (f_cdf(x * 3.0, a, b), f_upper_tail(x * 3.0, a, b)),
            (student_t_cdf(x * 3.0, a), student_t_upper_tail(x * 3.0, a)),
        ];
        for (lower, upper) in pairs {
            let (lower, upper) = (lower.unwrap(), upper.unwrap());
            prop_assert!((0.0..=1.0).contains(&lower), "{lower}");
            prop_assert!((0.0..=1.0).contains(&upper), "{upper}");
            prop_assert!((lower + upper - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn quantiles_undo_tails(p in probability(), a in shape(), b in shape()) {
        let tail = p.min(1.0 - p);
        let same = |lower: f64, upper: f64| {
            let back = if p <= 0.5 { lower } else { upper };
            (back / tail - 1.0).abs()
        };
        let t = student_t_quantile(p, a.max(1.0)).unwrap();
        let df = a.max(1.0);
        let apart =
            same(student_t_cdf(t, df).unwrap(), student_t_upper_tail(t, df).unwrap());
        // A step of one unit in the last place of t moves a far tail by df units.
        prop_assert!(apart < 1e-13 * (10.0 + t * t.min(df.sqrt() * 40.0)), "t {t}: {apart}");
        let chi = chi_square_quantile(p, a).unwrap();
        // A shape far below 1 has all but its own size of the mass at zero: digits go with it.
        if a > 0.01 && chi > 1e-280 {
            let apart =
                same(chi_square_cdf(chi, a).unwrap(), chi_square_upper_tail(chi, a).unwrap());
            prop_assert!(apart < 1e-12 * (10.0 + chi), "chi-square {chi}: {apart}");
        }
        let x = beta_quantile(p, a, b).unwrap();
        prop_assert!((0.0..=1.0).contains(&x));
    }

    #[test]
    fn no_input_gives_a_silent_nan(x in any_number(), a in any_number(), b in any_number()) {
        // Huge but allowed shapes take the long way; the limit on time is another test's.
        let values = [
            normal_cdf(x), normal_quantile(x), student_t_cdf(x, a), student_t_quantile(x, a),
            beta_cdf(x, a, b), beta_quantile(x, a, b), f_cdf(x, a, b), f_quantile(x, a, b),
            chi_square_cdf(x, a), chi_square_quantile(x, a), two_sided_critical_value(x, a),
        ];
        for (at, value) in values.into_iter().enumerate() {
            if let Ok(value) = value {
                prop_assert!(!value.is_nan(), "function {at}");
            }
        }
    }

    #[test]
    fn an_interval_is_a_number_or_an_error(
        proportion in any_number(), variance in any_number(), n in any_number(),
        degrees_of_freedom in any_number(), level in any_number(),
    ) {
        let input = ProportionInput { proportion, variance, n, degrees_of_freedom, level };
        for method in METHODS {
            if let Ok(ends) = proportion_interval(method, input) {
                prop_assert!(!ends.lo.is_nan() && !ends.hi.is_nan(), "{method:?}: {ends:?}");
            }
        }
    }

    #[test]
    fn likely_intervals_hold_the_estimate(
        proportion in 0.001f64..0.999, deff in 0.2f64..5.0, n in 10f64..5000.0,
        degrees_of_freedom in 3f64..500.0,
    ) {
        let variance = deff * proportion * (1.0 - proportion) / n;
        let input = ProportionInput {
            proportion, variance, n, degrees_of_freedom, level: 0.9,
        };
        // The angle folds back at the ends; that is R's.
        for method in METHODS.into_iter().filter(|m| *m != ProportionMethod::Asin) {
            let ends = proportion_interval(method, input).unwrap();
            prop_assert!(ends.lo <= proportion && proportion <= ends.hi, "{method:?}: {ends:?}");
        }
    }

    #[test]
    fn quantiles_do_not_depend_on_row_order_or_the_scale_of_weights(
        rows in prop::collection::vec((-50i32..50, 1u8..9), 1..40), p in 0.0f64..=1.0,
    ) {
        let distinct: std::collections::BTreeMap<i32, u8> = rows.into_iter().collect();
        let values: Vec<f64> = distinct.keys().map(|v| f64::from(*v)).collect();
        let weights: Vec<f64> = distinct.values().map(|w| f64::from(*w)).collect();
        let sample = SortedSample::new(&values, &weights).unwrap();
        let turned = SortedSample::new(
            &values.iter().rev().copied().collect::<Vec<_>>(),
            &weights.iter().rev().copied().collect::<Vec<_>>(),
        ).unwrap();
        let doubled: Vec<f64> = weights.iter().map(|w| 2.0 * w).collect();
        let scaled = SortedSample::new(&values, &doubled).unwrap();
        for rule in RULES {
            let quantile = sample.quantile(p, rule).unwrap();
            prop_assert!(quantile >= sample.smallest() && quantile <= sample.largest());
            prop_assert_eq!(quantile, turned.quantile(p, rule).unwrap());
            // Shah and Vaish's rule, as R has it, mixes scaled sums with raw weights.
            if rule != QuantileRule::Shahvaish {
                prop_assert_eq!(quantile, scaled.quantile(p, rule).unwrap());
            }
        }
    }

    #[test]
    fn a_quantile_has_limits_or_an_error(
        rows in prop::collection::vec((-50i32..50, 0u8..9), 1..40), p in any_number(),
        proportion in any_number(), variance in any_number(), df in any_number(),
    ) {
        let (values, weights): (Vec<f64>, Vec<f64>) =
            rows.into_iter().map(|(v, w)| (f64::from(v), f64::from(w))).unzip();
        let Ok(sample) = SortedSample::new(&values, &weights) else { return Ok(()) };
        for interval in INTERVALS {
            let options = QuantileOptions {
                rule: QuantileRule::Hf4, interval, level: 0.95, degrees_of_freedom: df, n: 20.0,
            };
            let limits =
                quantile_limits(&sample, p, &options, |_| Ok::<_, Infallible>((proportion, variance)));
            if let Ok(limits) = limits {
                for end in [limits.lo, limits.hi, limits.se].into_iter().flatten() {
                    prop_assert!(!end.is_nan(), "{interval:?}");
                }
            }
        }
    }
}
