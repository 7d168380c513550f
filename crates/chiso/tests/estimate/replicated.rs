//! Errors by replication: made here, given with the data, calibrated and trimmed.

use super::linearised::{CLUS1, STATISTICS, statistics_are_those_of_r};
use super::support::*;

const SCHOOLS: &str = "[design]\nweights = 'pw'\nclusters = 'dnum'\n";

#[test]
fn jackknives_made_here_give_the_figures_of_r() {
    let Some(figures) = Figures::read("replicates.csv") else {
        return;
    };
    let strata = "[design]\nweights = 'pw'\nstrata = 'stype'\nfpc = 'fpc'\n";
    for (design, data, columns, replicates) in [
        ("apiclus1_JK1_fpc", "apiclus1", CLUS1, "method = 'jk1'\n"),
        (
            "apiclus1_JK1_nofpc",
            "apiclus1",
            SCHOOLS,
            "method = 'jk1'\n",
        ),
        (
            "apiclus1_JK1_mse",
            "apiclus1",
            SCHOOLS,
            "method = 'jk1'\nmse = true\n",
        ),
        ("apistrat_JKn_fpc", "apistrat", strata, "method = 'jkn'\n"),
    ] {
        let parts = [columns, "[replicates]\n", replicates, STATISTICS];
        let found = estimates(&figures, data, &parts.concat());
        statistics_are_those_of_r(&figures, &found, design, true);
    }
}

#[test]
fn half_samples_plain_and_damped_give_the_figures_of_r() {
    let Some(figures) = Figures::read("replicates.csv") else {
        return;
    };
    let wanted = "[[estimate]]\nid = 'mean'\nstatistic = 'mean'\nvariable = 'alive'\nci = 't'\n\
                  [[estimate]]\nid = 'ratio'\nstatistic = 'ratio'\nvariable = 'alive'\n\
                  denominator = 'arrests'\n";
    let columns = "[design]\nstrata = 'ESA'\nclusters = 'ambulance'\nnest = true\n";
    for (design, replicates) in [
        ("scd_BRR", "method = 'brr'\n"),
        ("scd_Fay03", "method = 'fay'\nrho = 0.3\n"),
        ("scd_JKn", "method = 'jkn'\n"),
    ] {
        let parts = [columns, "[replicates]\n", replicates, wanted];
        let found = estimates(&figures, "scd", &parts.concat());
        let of_r = |fun: &str, y: &str, ci: &str| {
            figures.first(&[("design", design), ("fun", fun), ("y", y), ("ci", ci)])
        };
        let mean = of_r("svymean", "alive", "t_degf");
        same(&found.one(&[("id", "mean")]), &mean, INTERVAL);
        let ratio = of_r("svyratio", "alive/arrests", "");
        let columns = ["estimate", "se", "df"];
        same(&found.one(&[("id", "ratio")]), &ratio, &columns);
    }
}

/// A specification of given weights `r1`, `r2`, … as R's index describes them.
fn given(index: &Record, more: &str) -> String {
    format!(
        "[design]\nweights = 'w'\n[replicates]\nmethod = 'given'\ncolumns = 'r*'\n\
         scale = {}\nrscales = [{}]\nmse = {}\n{more}",
        index.text("scale"),
        // TOML wants a point in a float, which a whole number may do without.
        index.text("rscales").replace(';', ", "),
        index.text("mse").to_lowercase(),
    )
}

/// The columns of the statistics, R's base weights and its replicate weights.
fn with_weights(figures: &Figures, name: &str, data: &str) -> Table {
    let all = Table::read(&figures.data(data));
    let wanted = ["api00", "enroll", "sch.wide", "api.stu"];
    let places = wanted.map(|name| all.place(name));
    let pick = |row: &Vec<String>| places.iter().map(|place| row[*place].clone()).collect();
    let mut table = Table {
        names: wanted.map(str::to_owned).to_vec(),
        rows: all.rows.iter().map(pick).collect(),
    };
    for kind in ["base", "replicate"] {
        let file = figures.folder.join(format!("{kind}_weights_{name}.csv"));
        table.join(&Table::read(&file));
    }
    table
}

#[test]
fn weights_that_came_with_the_file_give_the_figures_of_r() {
    let (Some(figures), Some(index)) = (
        Figures::read("replicates.csv"),
        Figures::read("replicate_weights_INDEX.csv"),
    ) else {
        return;
    };
    for (name, data) in [
        ("apiclus1_boot_canty", "apiclus1"),
        ("apiclus1_JK1_mse", "apiclus1"),
        ("apistrat_subboot", "apistrat"),
    ] {
        let of_r = index.first(&[("name", name)]);
        let job = Job::new(&given(&of_r, STATISTICS));
        with_weights(&figures, name, data).write(&job.path("answers.csv"));
        let found = job.run(&["--data", "answers.csv"]);
        statistics_are_those_of_r(&figures, &found, name, true);
    }
}

#[test]
fn quantiles_of_replicates_are_those_of_r() {
    let Some(figures) = Figures::read("replicates.csv") else {
        return;
    };
    let wanted = "[replicates]\nmethod = 'jk1'\n[[estimate]]\nstatistic = 'quantile'\n\
                  variable = 'api00'\nquantiles = [0.25, 0.5, 0.75]\n";
    let found = estimates(&figures, "apiclus1", &[CLUS1, wanted].concat());
    for p in ["0.25", "0.5", "0.75"] {
        let of_r = figures.first(&[
            ("design", "apiclus1_JK1_fpc"),
            ("fun", "svyquantile"),
            ("level", p),
            ("opt", "rep;interval=mean;qrule=math"),
        ]);
        let row = found.one(&[("statistic", &format!("quantile {p}"))]);
        same(&row, &of_r, &["estimate", "se", "lo", "hi", "df"]);
    }
}

#[test]
fn calibrated_and_trimmed_replicates_give_the_figures_of_r() {
    let types = "[{ stype = 'E', count = 4421 }, { stype = 'H', count = 755 }, \
                 { stype = 'M', count = 1018 }]";
    let jackknife = "[replicates]\nmethod = 'jk1'\n";
    let cells = format!("[calibrate]\nmethod = 'poststratify'\nby = ['stype']\ntotals = {types}\n");
    let linear = format!(
        "[calibrate]\nmethod = 'linear'\nby = ['stype']\ntotals = {types}\n\
         [[calibrate.total]]\nvariable = 'api99'\ntotal = 3914069\n"
    );
    for (design, calibrate) in [("ps_rep_clus1", &cells), ("cal_rep_clus1", &linear)] {
        let Some(figures) = Figures::read("calibration.csv") else {
            return;
        };
        let parts = [CLUS1, jackknife, calibrate, STATISTICS];
        let found = estimates(&figures, "apiclus1", &parts.concat());
        statistics_are_those_of_r(&figures, &found, design, false);
    }
    let Some(figures) = Figures::read("trim.csv") else {
        return;
    };
    let wanted = "[trim]\nupper = 45\n[[estimate]]\nstatistic = 'mean'\nvariable = 'api00'\n";
    let parts = [CLUS1, jackknife, &linear, wanted];
    let found = estimates(&figures, "apiclus1", &parts.concat());
    let of_r = figures.first(&[
        ("design", "trim_rep_u"),
        ("fun", "svymean"),
        ("y", "api00"),
        ("ci", "normal"),
    ]);
    same(&found.one(&[]), &of_r, INTERVAL);
}

#[test]
fn a_bootstrap_is_that_of_its_seed() {
    let Some(figures) = Figures::read("replicates.csv") else {
        return;
    };
    let run = |seed: u64| {
        let replicates = format!("[replicates]\nmethod = 'rao_wu'\ncount = 40\nseed = {seed}\n");
        let parts = [SCHOOLS, &replicates, STATISTICS];
        estimates(&figures, "apiclus1", &parts.concat()).rows
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
