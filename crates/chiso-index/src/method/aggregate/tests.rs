use proptest::prelude::*;

use super::*;
use crate::pack::Aggregate;
use crate::score;

const MEANS: [Method; 6] = [
    Method::Mean,
    Method::Geometric,
    Method::Harmonic,
    Method::Power { power: 2.0 },
    Method::Power { power: 3.0 },
    Method::Power { power: -0.5 },
];
const AVAILABLE: MissingRule = MissingRule::Available { least_share: 0.0 };

fn combined(
    method: Method,
    columns: &[Vec<f64>],
    weights: &[f64],
    rule: MissingRule,
) -> Result<Vec<f64>, AggregateFault> {
    let parts: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut out = vec![0.0; columns.first().map_or(0, Vec::len)];
    combine_columns(
        method,
        &parts,
        weights,
        rule,
        &mut out,
        &mut Scratch::default(),
    )?;
    Ok(out)
}

fn one_row(method: Method, values: &[f64], weights: &[f64]) -> Result<f64, AggregateFault> {
    let columns: Vec<Vec<f64>> = values.iter().map(|&x| vec![x]).collect();
    combined(method, &columns, weights, MissingRule::Propagate).map(|out| out[0])
}

#[test]
fn the_means_of_one_and_four_are_known() {
    let mean = |method| one_row(method, &[1.0, 4.0], &[1.0, 1.0]).unwrap();
    assert_eq!(mean(Method::Sum), 5.0);
    assert_eq!(mean(Method::Mean), 2.5);
    assert!((mean(Method::Geometric) - 2.0).abs() < 1e-15);
    assert_eq!(mean(Method::Harmonic), 1.6);
    assert_eq!(mean(Method::Power { power: 2.0 }), 8.5f64.sqrt());
}

#[test]
fn missing_parts_are_left_out_as_the_rule_says() {
    let columns = [
        vec![1.0, f64::NAN, f64::NAN],
        vec![2.0, 2.0, f64::NAN],
        vec![6.0, 8.0, f64::NAN],
    ];
    let weights = [1.0, 1.0, 3.0];
    let mean = |rule| combined(Method::Mean, &columns, &weights, rule).unwrap();
    assert!(mean(MissingRule::Propagate)[1].is_nan());
    assert_eq!(mean(AVAILABLE)[..2], [4.2, 6.5]);
    assert!(mean(AVAILABLE)[2].is_nan());
    let two_thirds = mean(MissingRule::Available {
        least_share: 2.0 / 3.0,
    });
    assert_eq!(two_thirds[1], 6.5);
    assert!(mean(MissingRule::Available { least_share: 0.7 })[1].is_nan());
}

#[test]
fn a_row_whose_only_parts_have_no_weight_has_no_value() {
    let out = combined(
        Method::Mean,
        &[vec![1.0], vec![f64::NAN]],
        &[0.0, 1.0],
        AVAILABLE,
    );
    assert!(out.unwrap()[0].is_nan());
}

#[test]
fn a_value_that_a_mean_does_not_take_is_named() {
    let columns = [vec![1.0, 2.0], vec![3.0, 0.0]];
    for method in [
        Method::Geometric,
        Method::Harmonic,
        Method::Power { power: -2.0 },
    ] {
        let fault = combined(method, &columns, &[1.0, 1.0], MissingRule::Propagate).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "part 1, row 1: found 0; expected a number above zero"
        );
    }
    let power = Method::Power { power: 0.5 };
    assert_eq!(one_row(power, &[0.0, 4.0], &[1.0, 1.0]), Ok(1.0));
    assert!(matches!(
        one_row(Method::Harmonic, &[-1.0, 4.0], &[1.0, 1.0]),
        Err(AggregateFault::NotPositive {
            part: 0,
            row: 0,
            ..
        })
    ));
    assert!(one_row(power, &[-1.0, 4.0], &[1.0, 1.0]).is_err());
}

#[test]
fn weights_that_a_mean_does_not_take_are_faults() {
    assert_eq!(one_row(Method::Mean, &[1.0, 4.0], &[-1.0, 2.0]), Ok(7.0));
    let fault = one_row(Method::Mean, &[1.0, 4.0], &[-1.0, 1.0]);
    assert_eq!(fault, Err(AggregateFault::WeightsCancel { row: 0 }));
    assert_eq!(
        one_row(Method::Mean, &[1.0], &[0.0]),
        Err(AggregateFault::NoWeight)
    );
    let negative = one_row(Method::Geometric, &[1.0, 4.0], &[2.0, -1.0]);
    assert!(matches!(
        negative,
        Err(AggregateFault::Weight { part: 1, .. })
    ));
    let not_a_number = one_row(Method::Mean, &[1.0, 4.0], &[f64::NAN, -1.0]);
    assert!(matches!(
        not_a_number,
        Err(AggregateFault::Weight { part: 0, .. })
    ));
}

#[test]
fn results_beyond_all_numbers_and_wrong_shapes_are_faults() {
    let huge = one_row(Method::Sum, &[f64::MAX, f64::MAX], &[1.0, 1.0]);
    assert!(matches!(
        huge,
        Err(AggregateFault::NotFinite { row: 0, .. })
    ));
    assert!(one_row(Method::Power { power: f64::NAN }, &[1.0], &[1.0]).is_err());
    assert!(one_row(Method::Mean, &[1.0, 2.0], &[1.0]).is_err());
    assert!(one_row(Method::Mean, &[], &[]).is_err());
    let rule = MissingRule::Available {
        least_share: f64::NAN,
    };
    assert!(combined(Method::Mean, &[vec![1.0]], &[1.0], rule).is_err());
}

/// Columns of positive values with a weight each, and where asked some values missing.
fn tables(missing: bool, most_rows: usize) -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
    let gap = if missing { 1u32 } else { 0 };
    (1usize..8, 1..=most_rows).prop_flat_map(move |(parts, rows)| {
        let cell = prop_oneof![
            8 => (1e-3f64..1e3).boxed(),
            gap => Just(f64::NAN).boxed(),
        ];
        let columns = prop::collection::vec(prop::collection::vec(cell, rows), parts);
        (columns, prop::collection::vec(0.01f64..10.0, parts))
    })
}

fn is_close(a: f64, b: f64, tolerance: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * b.abs().max(1.0)
}

proptest! {
    #[test]
    fn every_row_has_the_bits_of_the_means_of_scores((columns, weights) in tables(true, 300)) {
        let pairs = [
            (Method::Sum, Aggregate::Sum),
            (Method::Mean, Aggregate::Mean),
            (Method::Geometric, Aggregate::Geometric),
            (Method::Harmonic, Aggregate::Harmonic),
        ];
        for (method, of_scores) in pairs {
            let out = combined(method, &columns, &weights, AVAILABLE).unwrap();
            for (row, value) in out.iter().enumerate() {
                let present = columns.iter().map(|column| column[row]).zip(weights.iter().copied());
                let (values, weights): (Vec<f64>, Vec<f64>) =
                    present.filter(|(x, _)| !x.is_nan()).unzip();
                let expected = score::combine(of_scores, &values, &weights).unwrap_or(f64::NAN);
                prop_assert_eq!(value.to_bits(), expected.to_bits());
            }
        }
    }

    #[test]
    fn harmonic_is_not_above_geometric_and_that_not_above_arithmetic(
        (columns, weights) in tables(true, 30),
    ) {
        let mean = |method| combined(method, &columns, &weights, AVAILABLE).unwrap();
        let (a, g, h) = (mean(Method::Mean), mean(Method::Geometric), mean(Method::Harmonic));
        for row in (0..a.len()).filter(|&row| !a[row].is_nan()) {
            prop_assert!(h[row] <= g[row] * (1.0 + 1e-13) && g[row] <= a[row] * (1.0 + 1e-13));
        }
    }

    #[test]
    fn powers_approach_the_means_that_they_contain((columns, weights) in tables(false, 30)) {
        let power = |power| {
            combined(Method::Power { power }, &columns, &weights, MissingRule::Propagate).unwrap()
        };
        let near = [
            (power(1.0 + 1e-9), Method::Mean),
            (power(-1.0 - 1e-9), Method::Harmonic),
            (power(2.0 + 1e-9), Method::Power { power: 2.0 }),
        ];
        for (near, method) in near {
            let exact = combined(method, &columns, &weights, MissingRule::Propagate).unwrap();
            prop_assert!(near.iter().zip(&exact).all(|(&a, &b)| is_close(a, b, 1e-6)));
        }
        prop_assert_eq!(
            power(0.0),
            combined(Method::Geometric, &columns, &weights, MissingRule::Propagate).unwrap()
        );
    }

    #[test]
    fn the_order_of_rows_and_parts_and_the_scale_of_weights_change_nothing(
        (columns, weights) in tables(true, 30),
        scale in 1e-3f64..1e3,
    ) {
        for method in MEANS {
            let out = combined(method, &columns, &weights, AVAILABLE).unwrap();
            let scaled: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
            let other = combined(method, &columns, &scaled, AVAILABLE).unwrap();
            prop_assert!(other.iter().zip(&out).all(|(&a, &b)| is_close(a, b, 1e-14)));

            let turned: Vec<Vec<f64>> = columns
                .iter()
                .rev()
                .map(|column| column.iter().rev().copied().collect())
                .collect();
            let turned_weights: Vec<f64> = weights.iter().rev().copied().collect();
            let other = combined(method, &turned, &turned_weights, AVAILABLE).unwrap();
            prop_assert!(other.iter().rev().zip(&out).all(|(&a, &b)| is_close(a, b, 1e-14)));
        }
    }
}
