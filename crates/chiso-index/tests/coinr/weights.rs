//! Effective weights, principal components and balanced weights against COINr.

use std::collections::BTreeMap;

use chiso_index::method::aggregate::{Method, MissingRule};
use chiso_index::weight::balance::{BalanceFault, balance};
use chiso_index::weight::effective::effective;
use chiso_index::weight::principal::{components, loadings};

use crate::aggregate::{tree, weights};
use crate::common::{Table, Wide, assert_column, close, meta, reference};

#[test]
fn effective_weights_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let (meta, table) = (meta().unwrap(), Table::read("weights_effective").unwrap());
    let place = |code: &str| meta.iter().position(|node| node.code == code);
    let parents: Vec<Option<usize>> = meta.iter().map(|node| place(&node.parent)).collect();
    let given: Vec<f64> = meta.iter().map(|node| node.weight).collect();
    let found = effective(&parents, &given).unwrap();
    let expected: Vec<f64> = meta
        .iter()
        .map(|node| table.cell(&node.code, "EffWeight").parse().unwrap())
        .collect();
    assert_column("effective weight", &found, &expected);
}

/// The codes of the nodes of a level by parent.
fn groups(level: usize) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in meta()
        .unwrap()
        .into_iter()
        .filter(|node| node.level == level)
    {
        groups.entry(node.parent).or_default().push(node.code);
    }
    groups
}

fn parts<'a>(table: &'a Wide, codes: &[String]) -> Vec<&'a [f64]> {
    codes.iter().map(|code| table.column(code)).collect()
}

/// Whether two vectors agree, or one with the opposite of the other.
fn up_to_sign(found: &[f64], expected: &[f64]) -> bool {
    [1.0, -1.0]
        .iter()
        .any(|sign| found.iter().zip(expected).all(|(f, e)| close(f * sign, *e)))
}

#[test]
fn loadings_of_first_components_are_those_of_coinr_up_to_sign() {
    if reference().is_none() {
        return;
    }
    let base = Wide::read("base_aggregated").unwrap();
    for level in [1, 2] {
        let expected = weights(&format!("weights_pca_level{level}"));
        let groups = groups(level);
        assert_eq!(groups.len(), [8, 2][level - 1]);
        for (parent, codes) in groups {
            let found = loadings(&parts(&base, &codes)).unwrap();
            let expected: Vec<f64> = codes.iter().map(|code| expected[code]).collect();
            assert!(
                up_to_sign(&found, &expected),
                "{parent}: {found:?}; expected {expected:?}"
            );
            assert!(found.iter().sum::<f64>() > 0.0);
        }
    }
}

#[test]
fn all_components_of_every_pillar_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let base = Wide::read("base_aggregated").unwrap();
    let table = Table::read("pca_level1_loadings").unwrap();
    let mut compared = 0;
    for (parent, codes) in groups(1) {
        let found = components(&parts(&base, &codes)).unwrap();
        for (at, loadings) in found.loadings.iter().enumerate() {
            let row = |code: &String| {
                let wanted = [parent.as_str(), &(at + 1).to_string()];
                let row = table
                    .rows
                    .iter()
                    .find(|row| row[0] == *wanted[0] && row[1] == *wanted[1] && row[4] == **code);
                row.unwrap_or_else(|| panic!("{wanted:?}, {code}"))
            };
            let expected: Vec<f64> = codes
                .iter()
                .map(|code| row(code)[5].parse().unwrap())
                .collect();
            assert!(
                up_to_sign(loadings, &expected),
                "{parent} {at}: {loadings:?} {expected:?}"
            );
            let eigenvalue: f64 = row(&codes[0])[2].parse().unwrap();
            assert!(close(found.eigenvalues[at], eigenvalue));
            compared += loadings.len();
        }
    }
    assert_eq!(compared, table.rows.len());
}

#[test]
fn the_eigenvalues_of_all_indicators_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let base = Wide::read("base_normalised").unwrap();
    let parts: Vec<&[f64]> = base.columns.iter().map(Vec::as_slice).collect();
    let found = components(&parts).unwrap();
    let expected = Table::read("pca_all_eigenvalues")
        .unwrap()
        .numbers("eigenvalue");
    assert_column("eigenvalue", &found.eigenvalues, &expected);
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
    let product = |a: &[f64], ma: f64, b: &[f64], mb: f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum()
    };
    product(x, mx, y, my) / (product(x, mx, x, mx) * product(y, my, y, my)).sqrt()
}

/// The correlations of the nodes of a level with the index, by weights of that level.
fn importances(base: &Wide, codes: &[&str], weights: &[f64]) -> Vec<f64> {
    let meta = meta().unwrap();
    let mut all: BTreeMap<String, f64> = meta
        .iter()
        .map(|node| (node.code.clone(), node.weight))
        .collect();
    for (code, weight) in codes.iter().zip(weights) {
        all.insert((*code).to_owned(), *weight);
    }
    let columns = tree(base, Method::Mean, MissingRule::Propagate, &all);
    codes
        .iter()
        .map(|code| correlation(&columns[*code], &columns["Index"]))
        .collect()
}

fn shares(importances: &[f64]) -> Vec<f64> {
    let total: f64 = importances.iter().sum();
    importances
        .iter()
        .map(|importance| importance / total)
        .collect()
}

/// The sum of squares that COINr makes small.
fn cost(shares: &[f64], targets: &[f64]) -> f64 {
    shares
        .iter()
        .zip(targets)
        .map(|(share, target)| (share - target).powi(2))
        .sum()
}

#[test]
fn two_sub_indices_balance_exactly_where_coinr_stops_near_it() {
    if reference().is_none() {
        return;
    }
    let base = Wide::read("base_aggregated").unwrap();
    let coinr = Table::read("weights_opt_level3_equal_corr").unwrap();
    let codes = ["Conn", "Sust"];
    // What COINr calls obtained is of the last weights that its search tried, not of those that it
    // returns: it is near, not equal.
    let of_coinr = shares(&importances(&base, &codes, &coinr.numbers("OptWeight")));
    assert!(
        (of_coinr[0] - coinr.numbers("Obtained")[0]).abs() < 1e-3,
        "{of_coinr:?}"
    );
    assert!((of_coinr[0] - 0.5).abs() > 1e-3, "{of_coinr:?}");

    let weights = balance(|w| Some(importances(&base, &codes, w)), &[1.0, 1.0]).unwrap();
    let found = importances(&base, &codes, &weights);
    assert!((found[0] / found[1] - 1.0).abs() < 2e-8, "{found:?}");
    let unlike = balance(|w| Some(importances(&base, &codes, w)), &[9.0, 10.0]).unwrap();
    let found = importances(&base, &codes, &unlike);
    assert!(
        (10.0 * found[0] / (9.0 * found[1]) - 1.0).abs() < 2e-8,
        "{found:?}"
    );
    // Connectivity without any weight still has a share of importance of more than a third.
    let fault = balance(|w| Some(importances(&base, &codes, w)), &[1.0, 2.0]).unwrap_err();
    let BalanceFault::NotReached {
        weights, shares, ..
    } = fault
    else {
        panic!("{fault}")
    };
    assert!(weights[0] > 0.0 && weights[0] < 1e-6, "{weights:?}");
    assert!((shares[0] - 0.37556919).abs() < 1e-6, "{shares:?}");
}

#[test]
fn eight_pillars_under_two_equal_sub_indices_do_not_balance_but_come_nearer_than_in_coinr() {
    if reference().is_none() {
        return;
    }
    let base = Wide::read("base_aggregated").unwrap();
    let coinr = Table::read("weights_opt_level2_equal_corr").unwrap();
    let codes = [
        "Physical",
        "ConEcFin",
        "Political",
        "Instit",
        "P2P",
        "Environ",
        "Social",
        "SusEcFin",
    ];
    let fault = balance(|w| Some(importances(&base, &codes, w)), &[1.0; 8]).unwrap_err();
    let BalanceFault::NotReached {
        weights,
        shares,
        targets,
    } = fault
    else {
        panic!("{fault}")
    };
    assert!(weights.iter().all(|&weight| weight > 0.0));
    assert_column("target", &targets, &coinr.numbers("Desired"));
    let of_coinr = importances(&base, &codes, &coinr.numbers("OptWeight"));
    for coinrs in [coinr.numbers("Obtained"), self::shares(&of_coinr)] {
        let (ours, coinrs) = (cost(&shares, &targets), cost(&coinrs, &targets));
        assert!(ours < coinrs, "{ours}; COINr {coinrs}");
    }
}
