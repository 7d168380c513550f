//! Aggregation, outranking and ranks against COINr.
//!
//! Every aggregated table of COINr holds the leaves that it was made of, so that each is computed
//! again from itself.

use std::collections::BTreeMap;

use chiso_index::method::aggregate::{Method, MissingRule, Scratch, combine_columns};
use chiso_index::method::envelopment::benefit_of_the_doubt;
use chiso_index::method::outrank::{Outranking, dominance};

use crate::common::{Table, Wide, assert_column, meta, reference};

const ALL_THERE_ARE: MissingRule = MissingRule::Available { least_share: 0.0 };

/// The weights of a table with the columns `iCode` and `Weight`.
pub fn weights(name: &str) -> BTreeMap<String, f64> {
    let table = Table::read(name).unwrap();
    let codes = table.texts("iCode").into_iter().map(str::to_owned);
    codes.zip(table.numbers("Weight")).collect()
}

/// The leaves of a table, and above them the nodes of the tree by `method` with `weights`; a leaf
/// that the table lacks is not in the tree.
pub fn tree(
    leaves: &Wide,
    method: Method,
    rule: MissingRule,
    weights: &BTreeMap<String, f64>,
) -> BTreeMap<String, Vec<f64>> {
    let meta = meta().unwrap();
    let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for leaf in meta
        .iter()
        .filter(|node| node.level == 1 && leaves.codes.contains(&node.code))
    {
        columns.insert(leaf.code.clone(), leaves.column(&leaf.code).to_vec());
    }
    for level in 2..=4 {
        for node in meta.iter().filter(|node| node.level == level) {
            let of_node = |code: &&str| {
                meta.iter()
                    .any(|m| m.code == **code && m.parent == node.code)
            };
            let below: Vec<&str> = meta
                .iter()
                .map(|part| part.code.as_str())
                .filter(|code| columns.contains_key(*code))
                .filter(of_node)
                .collect();
            let parts: Vec<&[f64]> = below.iter().map(|code| columns[*code].as_slice()).collect();
            let weights: Vec<f64> = below.iter().map(|code| weights[*code]).collect();
            let mut out = vec![0.0; leaves.units.len()];
            combine_columns(
                method,
                &parts,
                &weights,
                rule,
                &mut out,
                &mut Scratch::default(),
            )
            .unwrap_or_else(|fault| panic!("{}: {fault}", node.code));
            columns.insert(node.code.clone(), out);
        }
    }
    columns
}

/// Ranks from 1, the highest first, the least rank for ties; NaN has none.
fn ranks(scores: &[f64]) -> Vec<f64> {
    let rank = |score: &f64| match score.is_nan() {
        true => f64::NAN,
        false => 1.0 + scores.iter().filter(|other| *other > score).count() as f64,
    };
    scores.iter().map(rank).collect()
}

#[track_caller]
fn check(name: &str, method: Method, rule: MissingRule, weighted_as: &str) {
    if reference().is_none() {
        return;
    }
    let expected = Wide::read(name).unwrap();
    let columns = tree(&expected, method, rule, &weights(weighted_as));
    assert!(columns.len() >= 58, "{name}: {} columns", columns.len());
    for (code, column) in &columns {
        assert_column(&format!("{name}, {code}"), column, expected.column(code));
    }
}

#[track_caller]
fn check_ranks(scores: &str, name: &str, method: Method, weighted_as: &str) {
    if reference().is_none() {
        return;
    }
    let leaves = Wide::read(scores).unwrap();
    let expected = Wide::read(name).unwrap().in_order_of(&leaves.units);
    let columns = tree(&leaves, method, ALL_THERE_ARE, &weights(weighted_as));
    assert_eq!(columns.len(), 60);
    for (code, column) in &columns {
        let (found, expected) = (ranks(column), expected.column(code));
        assert_eq!(found, expected, "{name}, {code}");
    }
}

#[test]
fn arithmetic_means_of_every_variant_are_those_of_coinr() {
    for name in [
        "base_aggregated",
        "agg_amean",
        "drop_LPI_Forest_aggregated",
        "norm_borda_amean_aggregated",
        "norm_dist2max_amean_aggregated",
        "norm_minmax_1_100_amean_aggregated",
        "norm_prank_amean_aggregated",
        "norm_rank_amean_aggregated",
        "norm_zscore_0_1_amean_aggregated",
        "purse_aggregated_globalnorm",
        "qtreat_winmax5_aggregated",
        "qtreat_winmax10_aggregated",
    ] {
        check(name, Method::Mean, ALL_THERE_ARE, "weights_original");
    }
}

#[test]
fn geometric_harmonic_and_power_means_are_those_of_coinr() {
    check(
        "agg_gmean",
        Method::Geometric,
        ALL_THERE_ARE,
        "weights_original",
    );
    check(
        "agg_hmean",
        Method::Harmonic,
        ALL_THERE_ARE,
        "weights_original",
    );
    let square = Method::Power { power: 2.0 };
    check("agg_genmean_p2", square, ALL_THERE_ARE, "weights_original");
}

#[test]
fn weights_of_principal_components_may_be_negative_as_in_coinr() {
    for level in [1, 2] {
        let name = format!("pcaweights_level{level}_aggregated");
        check(
            &name,
            Method::Mean,
            ALL_THERE_ARE,
            &format!("weights_pca_level{level}"),
        );
    }
}

#[test]
fn missing_parts_are_left_out_or_end_the_value_as_the_threshold_of_coinr_says() {
    let (zero, one) = (
        "noimpute_datthresh0_aggregated",
        "noimpute_datthresh1_aggregated",
    );
    check(zero, Method::Mean, ALL_THERE_ARE, "weights_original");
    let all = MissingRule::Available { least_share: 1.0 };
    check(one, Method::Mean, all, "weights_original");
    check(
        one,
        Method::Mean,
        MissingRule::Propagate,
        "weights_original",
    );
    if let Some(table) = Wide::read(one) {
        assert!(table.column("Index").iter().any(|score| score.is_nan()));
    }
}

#[test]
fn ranks_of_every_node_are_exactly_those_of_coinr() {
    let original = "weights_original";
    check_ranks("base_aggregated", "base_ranks_all", Method::Mean, original);
    check_ranks("agg_amean", "agg_amean_ranks", Method::Mean, original);
    check_ranks("agg_gmean", "agg_gmean_ranks", Method::Geometric, original);
    check_ranks("agg_hmean", "agg_hmean_ranks", Method::Harmonic, original);
    let square = Method::Power { power: 2.0 };
    check_ranks("agg_genmean_p2", "agg_genmean_p2_ranks", square, original);
    let (scores, name) = ("pcaweights_level1_aggregated", "pcaweights_level1_ranks");
    check_ranks(scores, name, Method::Mean, "weights_pca_level1");
}

#[test]
fn copeland_scores_are_those_of_coinr() {
    check(
        "agg_copeland",
        Method::Copeland,
        ALL_THERE_ARE,
        "weights_original",
    );
}

#[test]
fn shares_of_outranking_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let (leaves, expected) = (
        Wide::read("base_normalised").unwrap(),
        Wide::read("outrank_matrix_equalw").unwrap(),
    );
    let parts: Vec<&[f64]> = leaves.columns.iter().map(Vec::as_slice).collect();
    assert_eq!(parts.len(), 49);
    let outranking = Outranking::of(&parts, &[1.0; 49]);
    for (row, unit) in leaves.units.iter().enumerate() {
        let against: Vec<f64> = leaves
            .units
            .iter()
            .map(|other| {
                let row = expected.units.iter().position(|u| u == unit).unwrap();
                expected.column(other)[row]
            })
            .collect();
        assert_column(unit, outranking.row(row), &against);
    }
    // No unit of ASEM is ahead of another in all of 49 indicators: COINr counts no share of 1.
    let ones = expected
        .columns
        .iter()
        .flatten()
        .filter(|share| **share == 1.0)
        .count();
    assert_eq!(dominance(&parts).strict, ones);
    assert_eq!(dominance(&parts).pairs, 51 * 50 / 2);
}

#[test]
fn the_benefit_of_the_doubt_of_pillars_is_that_of_lpsolve() {
    if reference().is_none() {
        return;
    }
    let (base, expected) = (
        Wide::read("base_aggregated").unwrap(),
        Wide::read("bod_pillars_lpsolve").unwrap(),
    );
    let expected = expected.in_order_of(&base.units);
    let codes: Vec<&str> = expected
        .codes
        .iter()
        .filter_map(|code| code.strip_prefix("w_"))
        .collect();
    assert_eq!(codes.len(), 8);
    let parts: Vec<&[f64]> = codes.iter().map(|code| base.column(code)).collect();
    let found = benefit_of_the_doubt(&parts, None, MissingRule::Propagate).unwrap();
    assert_column("score", &found.scores, expected.column("BoD"));
    for (row, weights) in found.weights.iter().enumerate() {
        let weighed = |row: usize| -> f64 {
            weights
                .iter()
                .zip(&parts)
                .map(|(weight, part)| weight * part[row])
                .sum()
        };
        // Weights may differ where more than one set is best; ours are allowed and give the score.
        assert!(weights.iter().all(|&weight| weight >= 0.0));
        assert!((0..parts[0].len()).all(|other| weighed(other) <= 1.0 + 1e-12));
        assert!((weighed(row) - expected.column("BoD")[row]).abs() <= 1e-12);
    }
}
