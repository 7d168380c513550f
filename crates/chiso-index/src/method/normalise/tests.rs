//! What each method does to small columns, and what holds for any column.

use proptest::prelude::*;

use super::*;
use Direction::{Higher, Lower};

const NONE: f64 = f64::NAN;

fn run(method: Method, direction: Direction, values: &[f64]) -> Result<Vec<f64>, NormaliseFault> {
    let mut out = vec![NONE; values.len()];
    normalise(&method, direction, values, &mut out)?;
    Ok(out)
}

fn goalposts(min: f64, max: f64, truncate: bool) -> Method {
    let (low, high) = (0.0, 1.0);
    Method::Goalposts {
        min,
        max,
        low,
        high,
        truncate,
    }
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        let equal = (f - e).abs() <= 1e-12 || (f.is_nan() && e.is_nan());
        assert!(equal, "found {found:?}; expected {expected:?}");
    }
}

#[test]
fn minmax_gives_the_worst_the_low_end_and_the_best_the_high_end() {
    let method = Method::MinMax {
        low: 1.0,
        high: 100.0,
    };
    let values = [3.0, NONE, 7.0, 5.0];
    near(
        &run(method.clone(), Higher, &values).unwrap(),
        &[1.0, NONE, 100.0, 50.5],
    );
    near(
        &run(method, Lower, &values).unwrap(),
        &[100.0, NONE, 1.0, 50.5],
    );
}

#[test]
fn goalposts_are_of_raw_values_and_the_direction_exchanges_them() {
    let values = [1.0, 11.0, -1.0];
    near(
        &run(goalposts(0.0, 10.0, true), Higher, &values).unwrap(),
        &[0.1, 1.0, 0.0],
    );
    near(
        &run(goalposts(0.0, 10.0, true), Lower, &values).unwrap(),
        &[0.9, 0.0, 1.0],
    );
    near(
        &run(goalposts(0.0, 10.0, false), Lower, &values).unwrap(),
        &[0.9, -0.1, 1.1],
    );
}

#[test]
fn scaled_bounds_are_those_of_the_turned_value() {
    let method = |min, max| Method::Scaled {
        min,
        max,
        factor: 100.0,
    };
    near(
        &run(method(1.0, 11.0), Higher, &[1.0, 3.5]).unwrap(),
        &[0.0, 25.0],
    );
    near(
        &run(method(-80.0, 0.0), Lower, &[0.0, 20.0, 80.0]).unwrap(),
        &[100.0, 75.0, 0.0],
    );
}

#[test]
fn z_scores_have_the_stated_mean_and_standard_deviation() {
    let method = Method::ZScore { mean: 5.0, sd: 2.0 };
    let values: Vec<f64> = (1..=10).map(f64::from).chain([NONE]).collect();
    for direction in [Higher, Lower] {
        let out = run(method.clone(), direction, &values).unwrap();
        let moments = Moments::of(&out);
        near(
            &[moments.mean, moments.standard_deviation().unwrap()],
            &[5.0, 2.0],
        );
        assert_eq!(out[9] > out[0], direction == Higher);
    }
}

#[test]
fn ranks_count_worse_values_and_equal_values_share_the_lower_rank() {
    let values = [5.0, NONE, 2.0, 5.0, 9.0, -0.0, 0.0];
    near(
        &run(Method::Rank, Higher, &values).unwrap(),
        &[4.0, NONE, 3.0, 4.0, 6.0, 1.0, 1.0],
    );
    near(
        &run(Method::Rank, Lower, &values).unwrap(),
        &[2.0, NONE, 4.0, 2.0, 1.0, 5.0, 5.0],
    );
    near(
        &run(Method::Borda, Higher, &values).unwrap(),
        &[3.0, NONE, 2.0, 3.0, 5.0, 0.0, 0.0],
    );
    let shares = [0.6, NONE, 0.4, 0.6, 1.0, 0.0, 0.0];
    near(
        &run(Method::PercentileRank, Higher, &values).unwrap(),
        &shares,
    );
}

#[test]
fn the_distance_to_a_target_is_capped_only_where_asked() {
    let to = |target, cap| Method::DistanceToTarget { target, cap };
    near(
        &run(to(10.0, false), Higher, &[0.0, 5.0, 11.0]).unwrap(),
        &[0.0, 0.5, 1.1],
    );
    near(
        &run(to(10.0, true), Higher, &[0.0, 5.0, 11.0]).unwrap(),
        &[0.0, 0.5, 1.0],
    );
    near(
        &run(to(0.0, false), Lower, &[-1.0, 1.0, 10.0]).unwrap(),
        &[1.1, 0.9, 0.0],
    );
    near(
        &run(to(0.0, true), Lower, &[-1.0, 1.0, 10.0]).unwrap(),
        &[1.0, 0.9, 0.0],
    );
}

#[test]
fn the_distance_to_a_reference_gives_its_unit_1() {
    let to = |reference, cap| Method::DistanceToReference { reference, cap };
    near(
        &run(to(4.0, false), Higher, &[0.0, 4.0, 6.0]).unwrap(),
        &[0.0, 1.0, 1.5],
    );
    near(
        &run(to(4.0, true), Lower, &[0.0, 4.0, 6.0]).unwrap(),
        &[1.0, 1.0, 0.0],
    );
}

#[test]
fn the_distance_to_the_best_is_0_for_the_worst_and_1_for_the_best() {
    near(
        &run(Method::DistanceToMax, Higher, &[2.0, 3.0, 6.0]).unwrap(),
        &[0.0, 0.25, 1.0],
    );
    near(
        &run(Method::DistanceToMax, Lower, &[2.0, 3.0, 6.0]).unwrap(),
        &[1.0, 0.75, 0.0],
    );
}

#[test]
fn a_fraction_of_the_best_gives_the_best_1_in_both_directions() {
    near(
        &run(Method::FractionOfMax, Higher, &[1.0, 2.0, 4.0]).unwrap(),
        &[0.25, 0.5, 1.0],
    );
    near(
        &run(Method::FractionOfMax, Lower, &[1.0, 2.0, 4.0]).unwrap(),
        &[1.0, 0.5, 0.25],
    );
    let fault = NormaliseFault::NotPositive { row: 1, value: 0.0 };
    assert_eq!(
        run(Method::FractionOfMax, Lower, &[NONE, 0.0, 4.0]),
        Err(fault)
    );
    near(
        &run(Method::FractionOfMax, Higher, &[0.0, 4.0]).unwrap(),
        &[0.0, 1.0],
    );
    let fault = NormaliseFault::NotPositive {
        row: 1,
        value: -2.0,
    };
    assert_eq!(run(Method::FractionOfMax, Higher, &[3.0, -2.0]), Err(fault));
}

#[test]
fn no_normalisation_still_turns_what_is_better_lower() {
    let out = run(Method::None, Lower, &[0.0, 3.0]).unwrap();
    assert_eq!(out, [0.0, -3.0]);
    assert!(out[0].is_sign_positive());
}

#[test]
fn a_column_without_values_is_no_fault_and_a_constant_one_is_named() {
    let all = every_method();
    for method in &all {
        let out = run(method.clone(), Higher, &[NONE; 3]).unwrap();
        assert!(out.iter().all(|value| value.is_nan()), "{method:?}");
    }
    let fault = NormaliseFault::ConstantColumn {
        value: 0.1,
        units: 3,
    };
    for method in [
        Method::MinMax {
            low: 0.0,
            high: 1.0,
        },
        Method::ZScore { mean: 0.0, sd: 1.0 },
        Method::DistanceToMax,
    ] {
        assert_eq!(
            run(method, Lower, &[0.1, 0.1, NONE, 0.1]),
            Err(fault.clone())
        );
    }
    let single = run(Method::PercentileRank, Higher, &[4.0, NONE]);
    assert_eq!(single, Err(NormaliseFault::SingleValue { value: 4.0 }));
}

#[test]
fn parameters_that_would_turn_the_order_round_are_faults() {
    let values = [1.0, 2.0, 3.0];
    let fault = |method, direction| run(method, direction, &values).unwrap_err();
    let to = |target| Method::DistanceToTarget { target, cap: false };
    let found = NormaliseFault::TargetNotBeyondWorst {
        target: 3.0,
        worst: 3.0,
    };
    assert_eq!(fault(to(3.0), Lower), found);
    let reference = |reference| Method::DistanceToReference {
        reference,
        cap: false,
    };
    let found = NormaliseFault::ReferenceNotBeyondWorst {
        reference: 1.0,
        worst: 1.0,
    };
    assert_eq!(fault(reference(1.0), Higher), found);
    assert!(matches!(
        fault(reference(NONE), Higher),
        NormaliseFault::ReferenceMissing { .. }
    ));
    for (min, max) in [(1.0, 1.0), (2.0, 1.0)] {
        let found = NormaliseFault::GoalpostsNotAscending { min, max };
        assert_eq!(fault(goalposts(min, max, true), Lower), found);
        assert_eq!(
            fault(
                Method::Scaled {
                    min,
                    max,
                    factor: 1.0
                },
                Higher
            ),
            found
        );
    }
    let found = NormaliseFault::ScaleNotAscending {
        low: 5.0,
        high: 5.0,
    };
    assert_eq!(
        fault(
            Method::MinMax {
                low: 5.0,
                high: 5.0
            },
            Higher
        ),
        found
    );
    let found = NormaliseFault::ParameterNotPositive {
        name: "sd",
        found: 0.0,
    };
    assert_eq!(fault(Method::ZScore { mean: 0.0, sd: 0.0 }, Higher), found);
    assert!(matches!(
        fault(to(NONE), Higher),
        NormaliseFault::ParameterNotFinite { .. }
    ));
}

#[test]
fn a_score_beyond_all_numbers_is_a_fault_of_its_row() {
    for method in [
        Method::None,
        Method::MinMax {
            low: 0.0,
            high: 1.0,
        },
        Method::DistanceToMax,
    ] {
        let fault = run(method.clone(), Higher, &[1.0, NONE, f64::INFINITY, 2.0]).unwrap_err();
        assert!(
            matches!(fault, NormaliseFault::InfiniteResult { .. }),
            "{method:?}: {fault:?}"
        );
    }
    let wide = run(
        Method::MinMax {
            low: 0.0,
            high: 1.0,
        },
        Higher,
        &[-1e308, 1e308],
    )
    .unwrap_err();
    assert!(
        matches!(wide, NormaliseFault::InfiniteResult { row: 1, .. }),
        "{wide:?}"
    );
}

fn every_method() -> Vec<Method> {
    vec![
        Method::None,
        Method::MinMax {
            low: 0.0,
            high: 100.0,
        },
        goalposts(0.0, 50.0, true),
        goalposts(10.0, 50.0, false),
        Method::Scaled {
            min: -200.0,
            max: 200.0,
            factor: 100.0,
        },
        Method::ZScore { mean: 0.0, sd: 1.0 },
        Method::Rank,
        Method::Borda,
        Method::PercentileRank,
        Method::DistanceToMax,
        Method::DistanceToReference {
            reference: 50.0,
            cap: false,
        },
        Method::DistanceToTarget {
            target: 50.0,
            cap: true,
        },
        Method::FractionOfMax,
    ]
}

fn columns() -> impl Strategy<Value = Vec<f64>> {
    // 0.5 and 100 lie beyond every value, so that each method has what it needs.
    let cell = prop_oneof![4 => 1.0f64..99.0, 1 => Just(NONE), 1 => Just(30.0)];
    proptest::collection::vec(cell, 1..40).prop_map(|mut values| {
        values.extend([0.5, 100.0]);
        values
    })
}

proptest! {
    #[test]
    fn a_better_value_never_scores_less(values in columns()) {
        for method in every_method() {
            for direction in [Higher, Lower] {
                let out = run(method.clone(), direction, &values).unwrap();
                for (a, x) in out.iter().zip(&values) {
                    prop_assert_eq!(a.is_nan(), x.is_nan());
                    for (b, y) in out.iter().zip(&values) {
                        let worse = if direction == Higher { x < y } else { x > y };
                        prop_assert!(!worse || a <= b, "{:?} {:?}", method, direction);
                    }
                }
            }
        }
    }

    #[test]
    fn less_is_better_of_x_means_more_is_better_of_minus_x(values in columns()) {
        let negative: Vec<f64> = values.iter().map(|value| -value).collect();
        for method in every_method() {
            let mirrored = match method.clone() {
                Method::Goalposts { min, max, low, high, truncate } => {
                    Method::Goalposts { min: -max, max: -min, low, high, truncate }
                }
                Method::DistanceToReference { reference, cap } => {
                    Method::DistanceToReference { reference: -reference, cap }
                }
                Method::DistanceToTarget { target, cap } => {
                    Method::DistanceToTarget { target: -target, cap }
                }
                // Of negative values there is no fraction.
                Method::FractionOfMax => continue,
                other => other,
            };
            let one = run(method, Lower, &values).unwrap();
            let other = run(mirrored, Higher, &negative).unwrap();
            prop_assert!(one.iter().zip(&other).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())));
        }
    }

    #[test]
    fn rescaling_an_indicator_changes_no_minmax_score(
        values in columns(), factor in 0.01f64..100.0, shift in -50.0f64..50.0,
    ) {
        let method = Method::MinMax { low: 0.0, high: 100.0 };
        let rescaled: Vec<f64> = values.iter().map(|value| value * factor + shift).collect();
        let one = run(method.clone(), Higher, &values).unwrap();
        let other = run(method, Higher, &rescaled).unwrap();
        for (a, b) in one.iter().zip(&other) {
            prop_assert!((a - b).abs() < 1e-8 || (a.is_nan() && b.is_nan()));
        }
    }

    #[test]
    fn permuting_units_permutes_scores(values in columns()) {
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        for method in every_method() {
            let one = run(method.clone(), Lower, &values).unwrap();
            let other = run(method, Lower, &reversed).unwrap();
            for (a, b) in one.iter().zip(other.iter().rev()) {
                prop_assert!((a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan()));
            }
        }
    }
}
