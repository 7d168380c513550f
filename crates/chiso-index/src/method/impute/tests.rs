//! What each way of filling does to small columns, and that observed values never change.

use proptest::prelude::*;

use super::*;
use crate::pack::Direction::{Higher, Lower};

const GAP: f64 = f64::NAN;

fn same(found: &[f64], expected: &[f64]) {
    let equal = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12 || (a.is_nan() && b.is_nan());
    let all = found.len() == expected.len() && found.iter().zip(expected).all(equal);
    assert!(all, "found {found:?}; expected {expected:?}");
}

#[test]
fn a_gap_takes_the_mean_or_the_median_of_the_column() {
    let values = [1.0, GAP, 2.0, 9.0, GAP];
    let marked = [true, true, true, true, false];
    let mut out = [0.0; 5];
    assert_eq!(column(Statistic::Mean, &values, &marked, &mut out), Ok(1));
    same(&out, &[1.0, 4.0, 2.0, 9.0, GAP]);
    assert_eq!(column(Statistic::Median, &values, &marked, &mut out), Ok(1));
    same(&out, &[1.0, 2.0, 2.0, 9.0, GAP]);
    assert_eq!(Statistic::Median.of(&mut [7.0, 1.0, 3.0, 2.0]), Some(2.5));
}

#[test]
fn a_column_without_values_stays_without() {
    let mut out = [0.0; 2];
    assert_eq!(
        column(Statistic::Mean, &[GAP, GAP], &[true, true], &mut out),
        Ok(0)
    );
    same(&out, &[GAP, GAP]);
}

#[test]
fn a_gap_takes_the_statistic_of_its_group_where_the_group_has_a_value() {
    const NO_GROUP: u32 = u32::MAX;
    let values = [1.0, 3.0, GAP, 10.0, GAP, GAP, GAP];
    let groups = [4, 4, 4, 1_000_000, 1_000_000, 2, NO_GROUP];
    let mut out = [0.0; 7];
    assert_eq!(
        grouped(Statistic::Mean, &groups, &values, &[true; 7], &mut out),
        Ok(2)
    );
    same(&out, &[1.0, 3.0, 2.0, 10.0, 10.0, GAP, GAP]);
}

#[test]
fn a_row_mean_is_taken_between_worst_and_best_and_put_back() {
    // The unit of row 2 lies half way in the second column, and best in the third.
    let own = [0.0, 10.0, GAP];
    let columns: [&[f64]; 3] = [&own, &[0.0, 100.0, 50.0], &[5.0, 6.0, 4.0]];
    let mut out = [0.0; 3];
    let filled = row_mean(&columns, &[Higher, Higher, Lower], 0, &[true; 3], &mut out);
    assert_eq!(filled, Ok(1));
    same(&out, &[0.0, 10.0, 7.5]);
    row_mean(&columns, &[Lower, Higher, Lower], 0, &[true; 3], &mut out).unwrap();
    same(&out, &[0.0, 10.0, 2.5]);
}

#[test]
fn a_row_without_another_value_stays_and_a_constant_part_is_named() {
    let columns: [&[f64]; 2] = [&[GAP, 1.0, 2.0], &[GAP, 1.0, 5.0]];
    let mut out = [0.0; 3];
    assert_eq!(
        row_mean(&columns, &[Higher; 2], 0, &[true; 3], &mut out),
        Ok(0)
    );
    same(&out, &[GAP, 1.0, 2.0]);
    let columns: [&[f64]; 2] = [&[GAP, 1.0, 2.0], &[5.0, 5.0, 5.0]];
    let fault = ImputeFault::ConstantPart {
        part: 2,
        value: 5.0,
    };
    assert_eq!(
        row_mean(&columns, &[Higher; 2], 0, &[true; 3], &mut out),
        Err(fault)
    );
}

#[test]
fn a_straight_line_joins_editions_and_is_flat_at_the_ends() {
    let times = [2018.0, 2019.0, 2020.0];
    let filled = |series: [f64; 3]| [0, 1, 2].map(|place| linear(&times, &series, place).unwrap());
    same(&filled([1.0, 2.0, 3.0]), &[1.0, 2.0, 3.0]);
    same(&filled([3.0, GAP, 5.0]), &[3.0, 4.0, 5.0]);
    same(&filled([GAP, 5.0, 6.0]), &[5.0, 5.0, 6.0]);
    same(&filled([7.0, 8.0, GAP]), &[7.0, 8.0, 8.0]);
    same(&filled([GAP, 4.0, GAP]), &[4.0, 4.0, 4.0]);
    assert_eq!(linear(&times, &[GAP; 3], 1), None);
    assert_eq!(
        linear(&[2010.0, 2011.0, 2020.0], &[0.0, GAP, 10.0], 1),
        Some(1.0)
    );
}

#[test]
fn an_earlier_value_stands_in_as_far_back_as_allowed() {
    let times = [2016.0, 2018.0, 2020.0, 2021.0];
    let series = [3.0, GAP, GAP, 9.0];
    assert_eq!(previous(&times, &series, 2, None), Some(3.0));
    assert_eq!(previous(&times, &series, 2, Some(2)), Some(3.0));
    assert_eq!(previous(&times, &series, 2, Some(1)), None);
    assert_eq!(previous(&times, &series, 1, Some(1)), Some(3.0));
    assert_eq!(previous(&times, &series, 0, None), None);
    assert_eq!(previous(&times, &series, 3, Some(0)), None);
}

#[test]
fn columns_of_different_lengths_are_faults() {
    let fault = ImputeFault::Length {
        found: 1,
        expected: 2,
    };
    let mut out = [0.0; 2];
    let found = column(Statistic::Mean, &[1.0, GAP], &[true], &mut out);
    assert_eq!(found, Err(fault.clone()));
    let found = grouped(Statistic::Mean, &[1], &[1.0, GAP], &[true; 2], &mut out);
    assert_eq!(found, Err(fault));
    let found = row_mean(&[&[1.0, GAP]], &[Higher], 1, &[true; 2], &mut out);
    assert_eq!(found, Err(ImputeFault::Part { part: 2, parts: 1 }));
    let found = column(Statistic::Mean, &[f64::INFINITY, GAP], &[true; 2], &mut out);
    assert_eq!(found, Err(ImputeFault::NotFinite { row: 1 }));
}

proptest! {
    #[test]
    fn observed_values_never_change_and_fillings_lie_among_them(
        cells in proptest::collection::vec((-1e3f64..1e3, 0u32..4, any::<bool>(), any::<bool>()), 1..40),
        statistic in proptest::sample::select(vec![Statistic::Mean, Statistic::Median]),
    ) {
        let values: Vec<f64> = cells.iter().map(|c| if c.2 { GAP } else { c.0 }).collect();
        let groups: Vec<u32> = cells.iter().map(|c| c.1).collect();
        let marked: Vec<bool> = cells.iter().map(|c| c.3).collect();
        let present = || values.iter().copied().filter(|v| !v.is_nan());
        let (min, max) = (present().fold(f64::INFINITY, f64::min), present().fold(-f64::INFINITY, f64::max));
        let mut by_column = vec![0.0; values.len()];
        let mut by_group = vec![0.0; values.len()];
        let filled = [
            column(statistic, &values, &marked, &mut by_column).unwrap(),
            grouped(statistic, &groups, &values, &marked, &mut by_group).unwrap(),
        ];
        for (out, filled) in [by_column, by_group].iter().zip(filled) {
            let mut changed = 0;
            for (row, (a, b)) in out.iter().zip(&values).enumerate() {
                if b.is_nan() && !a.is_nan() {
                    prop_assert!(marked[row] && *a >= min - 1e-9 && *a <= max + 1e-9);
                    changed += 1;
                } else {
                    prop_assert!(a == b || (a.is_nan() && b.is_nan()));
                }
            }
            prop_assert_eq!(changed, filled);
        }
    }
}
