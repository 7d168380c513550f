//! Whole recipes through the engine against COINr 1.1.14 on the ASEM data: imported by the program's
//! own importer, so that packs, contexts and steps are proved along the way.

use chiso_index::engine::Runner;
use chiso_index::{Edition, NodeIndex};

use crate::asem::Asem;
use crate::common::{Table, Wide, assert_column};

/// The steps of the base recipe before normalisation.
const TREATED: &str = r#"
[[version.step]]
do = "impute"
method = "group_mean"
group = "EurAsia_group"
[[version.step]]
do = "screen"
method = "available"
available_share = 0.9
[[version.step]]
do = "treat"
method = "winsorise"
then = "log_ct"
most = 5
skew = 2
kurtosis = 3.5
"#;
const MINMAX: &str =
    "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 0\nhigh = 100\n";
const MEAN: &str =
    "[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\nmissing = \"available\"\n";

/// The node of COINr's code: the root bears the pack's id.
fn node(runner: &Runner, code: &str) -> NodeIndex {
    let code = if code == "Index" { "asem" } else { code };
    runner
        .plan()
        .version()
        .tree
        .find(code)
        .unwrap_or_else(|| panic!("no node {code}"))
}

/// Every column of `NAME.csv` against the engine's, unit by unit.
fn compare(name: &str, runner: &Runner) {
    let expected = Wide::read(name).expect("a reference");
    let frame = runner.plan().frame();
    let units: Vec<String> = frame.editions()[0]
        .units
        .iter()
        .map(|unit| unit.to_string())
        .collect();
    // Units that a screen step left out are not in COINr's table.
    let excluded = runner.excluded();
    let kept: Vec<usize> = (0..units.len())
        .filter(|&row| !excluded.get(row).copied().unwrap_or(false))
        .collect();
    let order: Vec<String> = kept.iter().map(|&row| units[row].clone()).collect();
    assert_eq!(order.len(), expected.units.len(), "{name}: units");
    let expected = expected.in_order_of(&order);
    assert!(expected.codes.len() >= 49, "{name} has columns");
    for (code, column) in expected.codes.iter().zip(&expected.columns) {
        let found = runner.column(node(runner, code));
        let found: Vec<f64> = kept.iter().map(|&row| found[row]).collect();
        assert_column(&format!("{name}, {code}"), &found, column);
    }
}

fn check(name: &str, steps: &str) {
    if let Some(asem) = Asem::of("iData.csv", steps, true) {
        compare(name, &asem.run());
    }
}

#[test]
fn the_base_recipe_is_coinrs_at_every_stage() {
    let Some(asem) = Asem::of("iData.csv", &format!("{TREATED}{MINMAX}{MEAN}"), true) else {
        return;
    };
    let runner = asem.run();
    compare("base_aggregated", &runner);
    let stages = runner.plan().stages();
    for (name, action) in [
        ("base_imputed", "screen"),
        ("base_screened", "treat"),
        ("base_treated", "normalise"),
    ] {
        let place = stages
            .iter()
            .position(|stage| stage.action() == action)
            .expect("a stage");
        let units: Vec<String> = runner.plan().frame().editions()[0]
            .units
            .iter()
            .map(|u| u.to_string())
            .collect();
        let expected = Wide::read(name).expect("a reference").in_order_of(&units);
        for (code, column) in expected.codes.iter().zip(&expected.columns) {
            assert_column(
                &format!("{name}, {code}"),
                runner.before(place, node(&runner, code)),
                column,
            );
        }
    }
}

#[test]
fn every_normalisation_of_coinr_aggregates_to_its_scores() {
    let aggregated = [
        (
            "norm_minmax_1_100_amean_aggregated",
            "method = \"minmax\"\nlow = 1\nhigh = 100",
        ),
        (
            "norm_zscore_0_1_amean_aggregated",
            "method = \"zscore\"\nmean = 0\nsd = 1",
        ),
        ("norm_borda_amean_aggregated", "method = \"borda\""),
        ("norm_rank_amean_aggregated", "method = \"rank\""),
        (
            "norm_prank_amean_aggregated",
            "method = \"percentile_rank\"",
        ),
        (
            "norm_dist2max_amean_aggregated",
            "method = \"distance_to_max\"",
        ),
    ];
    for (name, method) in aggregated {
        check(
            name,
            &format!("{TREATED}[[version.step]]\ndo = \"normalise\"\n{method}\n{MEAN}"),
        );
    }
}

#[test]
fn every_aggregation_of_coinr_gives_its_scores() {
    let minmax = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 1\nhigh = 100\n";
    for (name, method) in [
        ("agg_amean", "method = \"mean\""),
        ("agg_gmean", "method = \"geometric\""),
        ("agg_hmean", "method = \"harmonic\""),
        ("agg_genmean_p2", "method = \"power\"\npower = 2"),
        ("agg_copeland", "method = \"copeland\""),
    ] {
        let steps = format!(
            "{TREATED}{minmax}[[version.step]]\ndo = \"aggregate\"\nmissing = \"available\"\n{method}\n"
        );
        check(name, &steps);
    }
}

#[test]
fn missing_values_follow_the_threshold_of_availability() {
    for (name, share) in [
        ("noimpute_datthresh0_aggregated", "0"),
        ("noimpute_datthresh1_aggregated", "1"),
    ] {
        let treat = TREATED
            .split("[[version.step]]")
            .nth(3)
            .expect("the treat step");
        let steps = format!(
            "[[version.step]]{treat}{MINMAX}[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\n\
             missing = \"available\"\navailable_share = {share}\n"
        );
        check(name, &steps);
    }
}

#[test]
fn principal_weights_at_either_level_give_coinrs_scores() {
    for level in [1, 2] {
        let weight =
            format!("[[version.step]]\ndo = \"weight\"\nmethod = \"pca\"\nlevel = {level}\n");
        let name = format!("pcaweights_level{level}_aggregated");
        let Some(asem) = Asem::of(
            "iData.csv",
            &format!("{TREATED}{MINMAX}{weight}{MEAN}"),
            true,
        ) else {
            return;
        };
        let runner = asem.run();
        let expected = Wide::read(&name).expect("a reference");
        let units: Vec<String> = runner.plan().frame().editions()[0]
            .units
            .iter()
            .map(|u| u.to_string())
            .collect();
        let expected = expected.in_order_of(&units);
        // The sign of a component is free: where COINr's is the other one, both weights and scores
        // of a node stay the same, since a mean divides by the sum of its weights.
        for (code, column) in expected.codes.iter().zip(&expected.columns) {
            assert_column(
                &format!("{name}, {code}"),
                runner.column(node(&runner, code)),
                column,
            );
        }
    }
}

#[test]
fn a_panel_has_one_norm_over_all_editions() {
    let steps = "[[version.step]]\ndo = \"screen\"\nmethod = \"available\"\navailable_share = 0.9\n\
                 [[version.step]]\ndo = \"treat\"\nmethod = \"winsorise\"\nthen = \"log_ct\"\n\
                 [[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 0\nhigh = 100\nover = \"panel\"\n\
                 [[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\nmissing = \"available\"\n";
    // The reference's panel was screened, treated and normalised, but not denominated.
    let Some(asem) = Asem::of("iData_panel.csv", steps, false) else {
        return;
    };
    let runner = asem.run();
    let expected = Wide::read("purse_aggregated_globalnorm").expect("a reference");
    let times = Table::read("purse_aggregated_globalnorm").expect("a reference");
    let times = times
        .texts("Time")
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let frame = runner.plan().frame();
    for (row, (unit, time)) in expected.units.iter().zip(&times).enumerate() {
        let edition = Edition(time.parse().expect("a year"));
        let place = frame
            .editions()
            .iter()
            .position(|e| e.edition == edition)
            .expect("the edition");
        let own = frame.row(place, unit).expect("the unit");
        for (code, column) in expected.codes.iter().zip(&expected.columns) {
            let found = runner.column(node(&runner, code))[own];
            assert!(
                crate::common::close(found, column[row]),
                "{unit} {time} {code}: found {found:?}; expected {:?}",
                column[row]
            );
        }
    }
}

#[test]
fn dropped_leaves_take_no_part() {
    let Some(asem) = Asem::of("iData.csv", &format!("{TREATED}{MINMAX}{MEAN}"), true) else {
        return;
    };
    let mut runner = asem.run();
    let mut dropped = vec![false; runner.plan().version().tree.len()];
    for code in ["LPI", "Forest"] {
        dropped[node(&runner, code).0] = true;
    }
    runner.set_dropped(&dropped);
    runner.run().expect("a run");
    compare_present("drop_LPI_Forest_aggregated", &runner);
}

fn compare_present(name: &str, runner: &Runner) {
    let units: Vec<String> = runner.plan().frame().editions()[0]
        .units
        .iter()
        .map(|u| u.to_string())
        .collect();
    let expected = Wide::read(name).expect("a reference").in_order_of(&units);
    for (code, column) in expected.codes.iter().zip(&expected.columns) {
        assert_column(
            &format!("{name}, {code}"),
            runner.column(node(runner, code)),
            column,
        );
    }
}

#[test]
fn a_changed_weight_runs_nothing_before_the_aggregation_and_gives_the_same_as_a_fresh_run() {
    let Some(asem) = Asem::of("iData.csv", &format!("{TREATED}{MINMAX}{MEAN}"), true) else {
        return;
    };
    let mut runner = asem.run();
    let mut weights = runner.given_weights().to_vec();
    weights[node(&runner, "LPI").0] = 3.0;
    runner.set_weights(&weights);
    runner.run().expect("a run");
    let again = runner.column(node(&runner, "Index")).to_vec();
    let mut fresh = asem.run();
    fresh.set_weights(&weights);
    fresh.leaves_mut();
    fresh.run().expect("a run");
    assert_eq!(again, fresh.column(node(&fresh, "Index")));
    runner.set_weights(&vec![1.0; weights.len()]);
    runner.run().expect("a run");
    compare("base_aggregated", &runner);
}
