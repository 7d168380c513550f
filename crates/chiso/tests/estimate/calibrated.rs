//! Weights that meet known totals, and trimmed ones.

use super::linearised::{CLUS1, STATISTICS, statistics_are_those_of_r};
use super::support::*;

const TYPES: &str = "[{ stype = 'E', count = 4421 }, { stype = 'H', count = 755 }, \
                     { stype = 'M', count = 1018 }]";

fn with_scores(method: &str, more: &str) -> String {
    format!(
        "[calibrate]\nmethod = '{method}'\nby = ['stype']\ntotals = {TYPES}\n{more}\
         [[calibrate.total]]\nvariable = 'api99'\ntotal = 3914069\n"
    )
}

/// Runs [`STATISTICS`] over a sample of schools and holds them against R's rows.
fn compare(file: &str, design: &str, data: &str, parts: &[&str]) -> Option<Job> {
    let figures = Figures::read(file)?;
    let job = Job::new(&[parts.concat().as_str(), STATISTICS].concat());
    let found = job.run(&["--data", figures.data(data).to_str().unwrap()]);
    statistics_are_those_of_r(&figures, &found, design, false);
    Some(job)
}

#[test]
fn post_stratified_figures_are_those_of_r_and_the_totals_are_reported() {
    let calibrate =
        format!("[calibrate]\nmethod = 'poststratify'\nby = ['stype']\ntotals = {TYPES}\n");
    let parts = [CLUS1, &calibrate];
    let Some(job) = compare("calibration.csv", "ps_clus1", "apiclus1", &parts) else {
        return;
    };
    let report = std::fs::read(job.path("out/weights.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let totals = report["calibration"]["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 3);
    for (total, wanted) in totals.iter().zip([4421.0, 755.0, 1018.0]) {
        assert!(
            close(total["reached"].as_f64().unwrap(), wanted, 1e-12),
            "{total}"
        );
        assert_eq!(total["wanted"].as_f64(), Some(wanted));
    }
}

#[test]
fn totals_may_come_from_a_file() {
    let Some(figures) = Figures::read("calibration.csv") else {
        return;
    };
    let calibrate = "[calibrate]\nmethod = 'poststratify'\nby = ['stype']\ntotals = 'types.csv'\n";
    let job = Job::new(&[CLUS1, calibrate, STATISTICS].concat())
        .with("types.csv", "count,stype\n1018,M\n4421,E\n755,H\n");
    let found = job.run(&["--data", figures.data("apiclus1").to_str().unwrap()]);
    statistics_are_those_of_r(&figures, &found, "ps_clus1", false);
}

#[test]
fn raked_figures_are_those_of_r() {
    let rake = format!(
        "[calibrate]\nmethod = 'rake'\nepsilon = 1e-12\nmax_iterations = 200\n\
         [[calibrate.margin]]\nby = ['stype']\ntotals = {TYPES}\n\
         [[calibrate.margin]]\nby = ['sch.wide']\n\
         totals = [{{ 'sch.wide' = 'No', count = 1072 }}, {{ 'sch.wide' = 'Yes', count = 5122 }}]\n"
    );
    compare("calibration.csv", "rake_clus1", "apiclus1", &[CLUS1, &rake]);
}

#[test]
fn linear_exponential_and_logit_figures_are_those_of_r() {
    let exact = "epsilon = 1e-12\nmax_iterations = 500\n";
    let bounded = |bounds: &str| format!("bounds = {bounds}\n{exact}");
    for (design, method, more) in [
        ("cal_linear_clus1", "linear", String::new()),
        ("cal_raking_clus1", "exponential", exact.to_owned()),
        ("cal_logit_clus1", "logit", bounded("[0.4, 3.0]")),
        ("cal_linbnd_clus1", "linear", bounded("[0.6, 1.6]")),
    ] {
        let calibrate = with_scores(method, &more);
        compare("calibration.csv", design, "apiclus1", &[CLUS1, &calibrate]);
    }
}

#[test]
fn one_factor_for_a_whole_cluster_gives_the_figures_of_r() {
    let design = "[design]\nclusters = ['dnum', 'snum']\nfpc = ['fpc1', 'fpc2']\n";
    let calibrate = with_scores("linear", "aggregate_stage = 1\n");
    let parts = [design, &calibrate];
    compare("calibration.csv", "cal_agg_clus2", "apiclus2", &parts);
}

#[test]
fn trimmed_figures_are_those_of_r() {
    for (design, trim) in [
        ("trim_u", "upper = 45\n"),
        ("trim_u_strict", "upper = 45\nstrict = true\n"),
        ("trim_lu", "lower = 25\nupper = 45\n"),
    ] {
        let calibrate = with_scores("linear", "");
        let parts = [CLUS1, &calibrate, "[trim]\n", trim];
        compare("trim.csv", design, "apiclus1", &parts);
    }
}
