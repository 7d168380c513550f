//! What treatment does to small columns that can be worked out by hand, and to any column.

use super::*;
use proptest::prelude::*;

const USUAL: Treatment = Treatment {
    first: Transform::Winsorise,
    then: Some(Transform::LogCt),
    most: 5,
    skew: 2.0,
    kurtosis: 3.5,
    force: false,
};

fn run(treatment: &Treatment, values: &[f64]) -> Result<(Vec<f64>, TreatRecord), TreatFault> {
    let mut out = vec![f64::NAN; values.len()];
    let record = treat(treatment, values, &mut out, &mut TreatScratch::default())?;
    Ok((out, record))
}

fn up_to(last: i32, more: &[f64]) -> Vec<f64> {
    (1..=last)
        .map(f64::from)
        .chain(more.iter().copied())
        .collect()
}

#[test]
fn one_outlier_takes_the_next_value_and_the_column_passes() {
    let (out, record) = run(&USUAL, &up_to(10, &[100.0])).unwrap();
    assert_eq!(out, up_to(10, &[10.0]));
    assert_eq!((record.high, record.low, record.passed), (1, 0, true));
    assert_eq!(record.applied, Transform::Winsorise);
    let mirrored: Vec<f64> = up_to(10, &[100.0]).iter().map(|v| -v).collect();
    let (out, record) = run(&USUAL, &mirrored).unwrap();
    assert_eq!(out[10], -10.0);
    assert_eq!((record.high, record.low), (0, 1));
}

#[test]
fn where_winsorising_does_not_suffice_the_values_as_they_were_are_bent() {
    let values = up_to(20, &[100.0, 200.0]);
    let (out, record) = run(&Treatment { most: 1, ..USUAL }, &values).unwrap();
    let expected: Vec<f64> = values.iter().map(|x| (x - 1.0 + 1.99).ln()).collect();
    assert_eq!(out, expected);
    assert_eq!(
        (record.applied, record.high, record.passed),
        (Transform::LogCt, 0, true)
    );
    assert!(record.after_first.is_some() && record.after_then.is_some());
    let (_, record) = run(
        &Treatment {
            most: 1,
            then: None,
            ..USUAL
        },
        &values,
    )
    .unwrap();
    assert_eq!(
        (record.applied, record.passed),
        (Transform::Winsorise, false)
    );
}

#[test]
fn force_draws_in_as_many_cells_as_stated_even_of_a_column_that_passes() {
    let values = up_to(20, &[]);
    assert_eq!(run(&USUAL, &values).unwrap().0, values);
    let forced = Treatment {
        most: 3,
        force: true,
        ..USUAL
    };
    let (out, record) = run(&forced, &values).unwrap();
    assert_eq!(record.high + record.low, 3);
    assert_eq!(out.iter().zip(&values).filter(|(a, b)| a != b).count(), 3);
}

#[test]
fn a_column_of_two_values_is_never_made_constant() {
    let mut values = vec![0.0; 30];
    values[3] = 1.0;
    let (out, record) = run(
        &Treatment {
            then: None,
            ..USUAL
        },
        &values,
    )
    .unwrap();
    assert_eq!(out, values);
    assert_eq!((record.high, record.passed), (0, false));
}

#[test]
fn a_constant_column_and_a_column_without_values_are_left_alone() {
    let (out, record) = run(&USUAL, &[4.0; 8]).unwrap();
    assert_eq!(
        (out, record.before, record.passed),
        (vec![4.0; 8], None, true)
    );
    let (out, record) = run(&USUAL, &[f64::NAN; 8]).unwrap();
    assert!(out.iter().all(|value| value.is_nan()) && record.passed);
    let forced = Treatment {
        first: Transform::LogCt,
        force: true,
        ..USUAL
    };
    assert_eq!(
        run(&forced, &[4.0; 8]),
        Err(TreatFault::ConstantColumn { value: 4.0 })
    );
}

#[test]
fn what_cannot_be_treated_is_said() {
    let few = run(&USUAL, &[1.0, f64::NAN, 3.0]);
    assert_eq!(few, Err(TreatFault::TooFewValues { found: 2 }));
    let infinite = run(&USUAL, &up_to(9, &[f64::INFINITY]));
    assert!(matches!(infinite, Err(TreatFault::NotFinite { .. })));
    let limits = run(
        &Treatment {
            skew: f64::NAN,
            ..USUAL
        },
        &up_to(9, &[]),
    );
    assert!(matches!(limits, Err(TreatFault::Limits { .. })));
    let gii = Treatment {
        first: Transform::LogGii,
        force: true,
        ..USUAL
    };
    let small = [0.1, 0.2, 0.3, 0.9];
    assert_eq!(
        run(&gii, &small),
        Err(TreatFault::MaximumNotAboveOne { max: 0.9 })
    );
    let power = Transform::BoxCox { lambda: 1e6 };
    let huge = run(
        &Treatment {
            first: power,
            force: true,
            ..USUAL
        },
        &up_to(9, &[]),
    );
    assert_eq!(huge, Err(TreatFault::Lambda { lambda: 1e6 }));
}

#[test]
fn the_shape_after_winsorising_is_that_of_the_result_however_far_out_a_cell_lay() {
    for far in [50.0, 1e6, 1e14, 1e30, 1e200] {
        for (sign, offset) in [(1.0, 0.0), (-1.0, 0.0), (1.0, 1e6)] {
            let values: Vec<f64> = up_to(20, &[33.0, far, far * 1.5])
                .iter()
                .map(|value| sign * value + offset)
                .collect();
            let (out, record) = run(&USUAL, &values).unwrap();
            assert_eq!(record.applied, Transform::Winsorise);
            let (found, moments) = (record.after_first.unwrap(), Moments::of(&out));
            let near = |a: f64, b: Option<f64>| (a - b.unwrap()).abs() < 1e-9;
            assert!(
                near(found.skewness, moments.skewness()),
                "{far} {sign} {offset}"
            );
            assert!(
                near(found.kurtosis, moments.kurtosis()),
                "{far} {sign} {offset}"
            );
        }
    }
}

fn bent(transform: Transform, values: &[f64]) -> Vec<f64> {
    let forced = Treatment {
        first: transform,
        then: None,
        force: true,
        ..USUAL
    };
    run(&forced, values).unwrap().0
}

#[test]
fn log_gii_maps_the_least_value_to_0_and_the_greatest_to_its_logarithm() {
    let out = bent(Transform::LogGii, &[2.0, 5.0, 8.0, 50.0]);
    assert_eq!(out[0], 0.0);
    assert!((out[3] - 50.0f64.ln()).abs() < 1e-15);
    assert!((out[1] - (49.0f64 * 3.0 / 48.0 + 1.0).ln()).abs() < 1e-15);
}

#[test]
fn boxcox_of_power_1_shifts_of_power_2_squares_and_of_power_0_takes_logarithms() {
    let values = [3.0, 4.0, 6.0, 12.0];
    let near = |lambda: f64, expected: [f64; 4]| {
        let out = bent(Transform::BoxCox { lambda }, &values);
        out.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
    };
    assert!(near(1.0, [0.0, 1.0, 3.0, 9.0]));
    assert!(near(2.0, [0.0, 1.5, 7.5, 49.5]));
    assert!(near(0.0, [0.0, 2.0f64.ln(), 4.0f64.ln(), 10.0f64.ln()]));
    assert!(near(-1.0, [0.0, 0.5, 0.75, 0.9]));
}

#[test]
fn log_ct_plus_mirrors_a_column_that_leans_low() {
    let values = [-40.0, 1.0, 2.0, 3.0, 4.0];
    let out = bent(Transform::LogCtPlus, &values);
    assert!((out[4] + (0.44f64).ln()).abs() < 1e-12);
    assert!(out.is_sorted());
    assert_eq!(
        bent(Transform::LogCtPlus, &values.map(|v| -v)),
        bent(Transform::LogCt, &values.map(|v| -v))
    );
}

proptest! {
    #[test]
    fn treating_keeps_the_order_and_the_gaps(
        mut values in proptest::collection::vec(-1e3f64..1e3, 8..60),
        outliers in proptest::collection::vec(-1e6f64..1e6, 0..4),
        most in 0usize..9,
        then in proptest::sample::select(vec![
            None, Some(Transform::LogCt), Some(Transform::LogCtPlus),
            Some(Transform::BoxCox { lambda: 0.5 }),
        ]),
    ) {
        values.extend(outliers);
        values.insert(3, f64::NAN);
        let (out, record) = run(&Treatment { most, then, ..USUAL }, &values).unwrap();
        prop_assert!(record.high + record.low <= most);
        prop_assert!(out.iter().zip(&values).all(|(a, b)| a.is_nan() == b.is_nan()));
        for (a, x) in out.iter().zip(&values) {
            for (b, y) in out.iter().zip(&values) {
                prop_assert!(x >= y || a <= b || a.is_nan() || b.is_nan());
            }
        }
        if record.applied == Transform::Winsorise {
            let drawn = out.iter().zip(&values).filter(|(a, b)| a != b && !b.is_nan()).count();
            prop_assert_eq!(drawn, record.high + record.low);
        }
    }
}
