//! Normalisation of the treated table against COINr's.

use chiso_index::method::normalise::{Method, normalise};
use chiso_index::method::treat::{Transform, TreatScratch, Treatment, treat};

use crate::common::{Meta, Table, Wide, assert_column, meta_by_code, reference};

/// The columns of a table under the method of each node.
fn normalised(from: &Wide, method: impl Fn(&Meta) -> Method) -> Vec<Vec<f64>> {
    let meta = meta_by_code().unwrap();
    let column = |(code, values): (&String, &Vec<f64>)| {
        let node = &meta[code];
        let mut out = vec![0.0; values.len()];
        normalise(&method(node), node.direction, values, &mut out)
            .unwrap_or_else(|fault| panic!("{code}: {fault}"));
        out
    };
    from.codes.iter().zip(&from.columns).map(column).collect()
}

fn assert_normalised(from: &str, expected: &str, method: impl Fn(&Meta) -> Method) {
    if reference().is_none() {
        return;
    }
    let (from, expected) = (Wide::read(from).unwrap(), Wide::read(expected).unwrap());
    let found = normalised(&from, method);
    for (code, column) in from.codes.iter().zip(&found) {
        assert_column(code, column, expected.column(code));
    }
}

#[test]
fn minmax_from_0_and_from_1_to_100_is_coinrs() {
    let minmax = |low| move |_: &Meta| Method::MinMax { low, high: 100.0 };
    assert_normalised("base_treated", "base_normalised", minmax(0.0));
    assert_normalised("base_treated", "norm_minmax_0_100", minmax(0.0));
    assert_normalised("base_treated", "norm_minmax_1_100", minmax(1.0));
}

#[test]
fn z_scores_are_coinrs() {
    let method = |_: &Meta| Method::ZScore { mean: 0.0, sd: 1.0 };
    assert_normalised("base_treated", "norm_zscore_0_1", method);
}

#[test]
fn ranks_borda_scores_and_percentile_ranks_are_coinrs() {
    assert_normalised("base_treated", "norm_rank", |_| Method::Rank);
    assert_normalised("base_treated", "norm_borda", |_| Method::Borda);
    assert_normalised("base_treated", "norm_prank", |_| Method::PercentileRank);
}

#[test]
fn distances_to_the_best_and_to_targets_are_coinrs() {
    assert_normalised("base_treated", "norm_dist2max", |_| Method::DistanceToMax);
    assert_normalised("base_raw", "norm_dist2targ_raw", |node| {
        let (target, cap) = (node.target, false);
        Method::DistanceToTarget { target, cap }
    });
}

#[test]
fn scaling_on_fixed_bounds_of_turned_values_is_coinrs() {
    assert_normalised("base_treated", "norm_scaled_0_100", |_| {
        let (min, max, factor) = (0.0, 100.0, 100.0);
        Method::Scaled { min, max, factor }
    });
}

/// The purse: units with nine tenths of their leaves, treated year by year, then normalised over
/// all years.
#[test]
fn minmax_over_all_editions_of_the_panel_is_coinrs() {
    if reference().is_none() {
        return;
    }
    let from = panel("iData_panel").unwrap();
    let expected = panel("purse_normalised_globalnorm").unwrap();
    let place = |key| from.keys.iter().position(|other| other == key).unwrap();
    let rows: Vec<usize> = expected.keys.iter().map(place).collect();
    let meta = meta_by_code().unwrap();
    for (code, column) in &expected.columns {
        let raw = &from
            .columns
            .iter()
            .find(|(other, _)| other == code)
            .unwrap()
            .1;
        let values: Vec<f64> = rows.iter().map(|&row| raw[row]).collect();
        let treated = treated_by_year(&expected.keys, &values);
        let mut out = vec![0.0; values.len()];
        let (low, high) = (0.0, 100.0);
        let method = Method::MinMax { low, high };
        normalise(&method, meta[code].direction, &treated, &mut out).unwrap();
        assert_column(code, &out, column);
    }
}

fn treated_by_year(keys: &[(String, String)], values: &[f64]) -> Vec<f64> {
    let treatment = Treatment {
        first: Transform::Winsorise,
        then: Some(Transform::LogCt),
        most: 5,
        skew: 2.0,
        kurtosis: 3.5,
        force: false,
    };
    let mut out = vec![f64::NAN; values.len()];
    let mut start = 0;
    for block in keys.chunk_by(|a, b| a.0 == b.0) {
        let rows = start..start + block.len();
        start = rows.end;
        let scratch = &mut TreatScratch::default();
        treat(&treatment, &values[rows.clone()], &mut out[rows], scratch).unwrap();
    }
    out
}

/// A panel's (year, unit) of each row, and its columns of leaves.
struct Panel {
    keys: Vec<(String, String)>,
    columns: Vec<(String, Vec<f64>)>,
}

fn panel(name: &str) -> Option<Panel> {
    let table = Table::read(name)?;
    let text = |column: &str| table.texts(column).into_iter().map(str::to_owned);
    let meta = meta_by_code()?;
    let is_leaf = |code: &&String| meta.get(*code).is_some_and(|node| node.level == 1);
    let leaves = table.names.iter().filter(is_leaf);
    Some(Panel {
        keys: text("Time").zip(text("uCode")).collect(),
        columns: leaves
            .map(|code| (code.clone(), table.numbers(code)))
            .collect(),
    })
}
