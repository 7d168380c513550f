//! Errors by linearisation: designs, statistics, domains, intervals, contrasts, tests.

use super::support::*;

pub const CLUS1: &str = "[design]\nweights = 'pw'\nclusters = 'dnum'\nfpc = 'fpc'\n";
const STRAT: &str = "[design]\nstrata = 'stype'\nweights = 'pw'\nfpc = 'fpc'\n";
const CLUS2: &str = "[design]\nclusters = ['dnum', 'snum']\nfpc = ['fpc1', 'fpc2']\n";
const NHANES: &str =
    "[design]\nstrata = 'SDMVSTRA'\nclusters = 'SDMVPSU'\nweights = 'WTMEC2YR'\nnest = true\n";

/// What `make_reference.R` asks of each design of schools.
pub const STATISTICS: &str = r#"
[[estimate]]
id = "mean"
statistic = "mean"
variable = ["api00", "enroll", "\"sch.wide\" = 'Yes'"]

[[estimate]]
id = "total"
statistic = "total"
variable = "enroll"

[[estimate]]
id = "t"
statistic = "mean"
variable = "enroll"
ci = "t"

[[estimate]]
id = "variance"
statistic = "variance"
variable = "api00"

[[estimate]]
id = "ratio"
statistic = "ratio"
variable = '"api.stu"'
denominator = "enroll"
"#;

const BY: &str = r#"
[[estimate]]
id = "by"
statistic = "mean"
variable = "api00"
by = "stype"
"#;

const REPLACED: &str = r#"
[[estimate]]
id = "replaced"
statistic = "mean"
variable = "api00"
deff = "replacement"
"#;

/// Holds [`STATISTICS`] against R's rows of a design; design effects where R gave them.
pub fn statistics_are_those_of_r(figures: &Figures, found: &Table, design: &str, effects: bool) {
    let interval = if effects { EVERYTHING } else { INTERVAL };
    let plain = |fun: &str, y: &str, level: &str, ci: &str| {
        figures.first(&[
            ("design", design),
            ("fun", fun),
            ("y", y),
            ("level", level),
            ("by", ""),
            ("ci", ci),
        ])
    };
    for y in ["api00", "enroll"] {
        let row = found.one(&[("id", "mean"), ("variable", y)]);
        same(&row, &plain("svymean", y, y, "normal"), interval);
    }
    let wide = found.one(&[("id", "mean"), ("variable", "\"sch.wide\" = 'Yes'")]);
    let of_r = plain("svymean", "sch.wide", "sch.wideYes", "normal");
    // A calibrated margin has an error of nothing but rounding.
    if of_r.number("se") > 1e-9 {
        same(&wide, &of_r, ESTIMATE);
    }
    let total = plain("svytotal", "enroll", "enroll", "normal");
    same(&found.one(&[("id", "total")]), &total, interval);
    let t = plain("svymean", "enroll", "enroll", "t_degf");
    same(&found.one(&[("id", "t")]), &t, interval);
    let variance = plain("svyvar", "api00", "", "");
    same(&found.one(&[("id", "variance")]), &variance, ESTIMATE);
    let ratio = plain("svyratio", "api.stu/enroll", "", "normal");
    same(&found.one(&[("id", "ratio")]), &ratio, INTERVAL);
}

fn types_are_those_of_r(figures: &Figures, found: &Table, design: &str) {
    for stype in ["E", "H", "M"] {
        let of_r = figures.first(&[
            ("design", design),
            ("fun", "svymean"),
            ("y", "api00"),
            ("by", "stype"),
            ("bylevel", stype),
        ]);
        same(
            &found.one(&[("id", "by"), ("stype", stype)]),
            &of_r,
            EVERYTHING,
        );
    }
}

#[test]
fn a_stratified_sample_without_replacement_gives_the_figures_of_r() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let found = estimates(
        &figures,
        "apistrat",
        &[STRAT, STATISTICS, BY, REPLACED].concat(),
    );
    statistics_are_those_of_r(&figures, &found, "apistrat_fpc", true);
    types_are_those_of_r(&figures, &found, "apistrat_fpc");
    let replaced = figures.first(&[
        ("design", "apistrat_fpc"),
        ("fun", "svymean"),
        ("y", "api00"),
        ("opt", "deff=replace"),
    ]);
    same(&found.one(&[("id", "replaced")]), &replaced, EVERYTHING);
}

#[test]
fn a_sample_of_clusters_gives_the_figures_of_r() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let found = estimates(&figures, "apiclus1", &[CLUS1, STATISTICS, BY].concat());
    statistics_are_those_of_r(&figures, &found, "apiclus1_fpc", true);
    types_are_those_of_r(&figures, &found, "apiclus1_fpc");
}

#[test]
fn two_stages_whose_weights_follow_from_fpc_give_the_figures_of_r() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let found = estimates(&figures, "apiclus2", &[CLUS2, STATISTICS, BY].concat());
    statistics_are_those_of_r(&figures, &found, "apiclus2_fpc2", true);
    types_are_those_of_r(&figures, &found, "apiclus2_fpc2");
}

#[test]
fn a_subset_keeps_the_design_and_has_degrees_of_freedom_of_its_own() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let subset = r#"
[[estimate]]
statistic = "mean"
variable = "api00"
where = "\"comp.imp\" = 'Yes'"
ci = "t"
df = "domain"
"#;
    let found = estimates(&figures, "apiclus2", &[CLUS2, subset].concat());
    let of_r = figures.first(&[
        ("design", "apiclus2_fpc2|comp.imp==Yes"),
        ("fun", "svymean"),
        ("y", "api00"),
        ("ci", "t_degf"),
    ]);
    same(&found.one(&[]), &of_r, EVERYTHING);
}

#[test]
fn cluster_ids_that_start_anew_in_each_stratum_are_nested() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let wanted = r#"
[[estimate]]
statistic = "mean"
variable = "HI_CHOL"
by = ["race", "RIAGENDR"]

[[estimate]]
id = "degrees"
statistic = "mean"
variable = "HI_CHOL"
by = "agecat"
ci = "t"
df = "domain"
"#;
    let found = estimates(&figures, "nhanes", &[NHANES, wanted].concat());
    let of_r = figures.all(&[("design", "nhanes"), ("by", "racef+sexf")]);
    assert_eq!(of_r.len(), 8);
    for row in of_r {
        let (race, sex) = row.text("bylevel").split_once('.').unwrap();
        let values = [("id", "estimate-1"), ("race", race), ("RIAGENDR", sex)];
        same(&found.one(&values), &row, &["estimate", "se", "deff", "df"]);
    }
    let of_r = figures.all(&[("case", "degf"), ("by", "agecat")]);
    assert_eq!(of_r.len(), 4);
    for row in of_r {
        let found = found.one(&[("id", "degrees"), ("agecat", row.text("bylevel"))]);
        assert_eq!(found.number("df"), row.number("est"));
    }
}

#[test]
fn each_treatment_of_a_lonely_cluster_gives_the_figures_of_r() {
    let Some(figures) = Figures::read("lonely.csv") else {
        return;
    };
    let totals = |treatment: &str| {
        let specification = format!(
            "[design]\nweights = 'pw'\nstrata = 'st'\nclusters = 'dnum'\nlonely_psu = '{treatment}'\n\
             [[estimate]]\nstatistic = 'total'\nvariable = ['api00', 'enroll']\n"
        );
        estimates(&figures, "lonely_apiclus2", &specification)
    };
    for treatment in ["adjust", "certainty", "remove"] {
        let found = totals(treatment);
        for y in ["api00", "enroll"] {
            let of_r = figures.first(&[
                ("design", "lonely_apiclus2"),
                ("fun", "svytotal"),
                ("y", y),
                ("opt", treatment),
            ]);
            same(
                &found.one(&[("variable", y)]),
                &of_r,
                &["estimate", "se", "df"],
            );
        }
    }
    // The folder has no figures for `average`: one lonely stratum of three takes the mean of two.
    let error = |table: &Table| table.one(&[("variable", "api00")]).number("se");
    let (average, remove) = (error(&totals("average")), error(&totals("remove")));
    assert!(close(average, remove * 1.5_f64.sqrt(), 1e-12));
    let job = Job::new(
        "[design]\nweights = 'pw'\nstrata = 'st'\nclusters = 'dnum'\n\
         [[estimate]]\nstatistic = 'mean'\nvariable = 'api00'\n",
    )
    .with(
        "answers.csv",
        std::fs::read(figures.data("lonely_apiclus2")).unwrap(),
    );
    let output = job
        .command(&["--data", "answers.csv", "--out", "out"])
        .assert()
        .code(2);
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(message.contains("stratum B"), "{message}");
    assert!(!job.path("out").exists());
}

#[test]
fn intervals_of_proportions_are_those_of_r() {
    let Some(figures) = Figures::read("ciprop.csv") else {
        return;
    };
    for (method, tolerance) in [
        ("xlogit", 1e-10),
        ("asin", 1e-10),
        ("beta", 1e-10),
        ("mean", 1e-10),
        ("wilson", 1e-10),
        // R fits a logistic model here and stops iterating at 1e-8 of the deviance; the program
        // takes the proportion itself.
        ("logit", 1e-8),
    ] {
        let specification = format!(
            "{CLUS1}[[estimate]]\nstatistic = 'proportion'\n\
             variable = \"\\\"sch.wide\\\" = 'Yes'\"\nci = '{method}'\n"
        );
        let found = estimates(&figures, "apiclus1", &specification);
        let of_r = figures.first(&[
            ("design", "apiclus1_fpc"),
            ("y", "sch.wide=='Yes'"),
            ("opt", method),
        ]);
        let columns = ["estimate", "se", "lo", "hi", "df"];
        same_within(&found.one(&[]), &of_r, &columns, tolerance);
    }
}

#[test]
fn an_interval_by_beta_counts_the_rows_of_the_design_as_r_does() {
    let Some(figures) = Figures::read("ciprop.csv") else {
        return;
    };
    let wanted = "[[estimate]]\nstatistic = 'proportion'\nvariable = 'HI_CHOL'\nci = 'beta'\n\
                  where = \"agecat = '(0,19]'\"\n";
    let found = estimates(&figures, "nhanes", &[NHANES, wanted].concat()).one(&[]);
    // R's own, by subset(design, agecat == "(0,19]") and svyciprop(…, na.rm = TRUE); the rows of the
    // reference folder were made without na.rm and hold nothing.
    for (column, of_r) in [("lo", 0.003955945376072119), ("hi", 0.01640707801925656)] {
        assert!(close(found.number(column), of_r, 1e-10), "{column}");
    }
}

#[test]
fn quantiles_are_those_of_r() {
    let Some(figures) = Figures::read("quantile.csv") else {
        return;
    };
    for (interval, rule) in [("mean", "math"), ("beta", "school"), ("score", "math")] {
        let specification = format!(
            "{STRAT}[[estimate]]\nstatistic = 'quantile'\nvariable = 'enroll'\nci = '{interval}'\n\
             rule = '{rule}'\nquantiles = [0.05, 0.25, 0.5, 0.9]\n"
        );
        let found = estimates(&figures, "apistrat", &specification);
        for p in ["0.05", "0.25", "0.5", "0.9"] {
            let option = format!("interval={interval};qrule={rule}");
            let of_r = figures.first(&[
                ("design", "apistrat_fpc"),
                ("fun", "svyquantile"),
                ("y", "enroll"),
                ("level", p),
                ("opt", &option),
            ]);
            let row = found.one(&[("statistic", &format!("quantile {p}"))]);
            same(&row, &of_r, &["estimate", "se", "lo", "hi"]);
        }
    }
}

#[test]
fn covariances_and_contrasts_are_those_of_r() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let wanted = r#"
[[estimate]]
id = "types"
statistic = "mean"
variable = "api00"
by = "stype"
covariance = true

[[contrast]]
id = "difference"
of = "types"
first = { stype = "H" }
second = { stype = "E" }

[[contrast]]
id = "ratio"
of = "types"
first = { stype = "H" }
second = { stype = "E" }
kind = "ratio"

[[contrast]]
id = "average"
of = "types"
kind = "linear"
terms = [
  { stype = "E", weight = 0.3333333333333333 },
  { stype = "H", weight = 0.3333333333333333 },
  { stype = "M", weight = 0.3333333333333333 },
]
"#;
    let job = Job::new(&[CLUS1, wanted].concat());
    let path = figures.data("apiclus1");
    let found = job.run(&["--data", path.to_str().unwrap()]);
    let contrast = |y: &str| figures.first(&[("case", "contrast"), ("y", y)]);
    same(
        &found.one(&[("id", "difference")]),
        &contrast("HminusE"),
        ESTIMATE,
    );
    same(&found.one(&[("id", "ratio")]), &contrast("api00"), ESTIMATE);
    same(&found.one(&[("id", "average")]), &contrast("avg"), ESTIMATE);
    let covariances = Table::read(&job.path("out/covariances.csv"));
    assert_eq!(covariances.rows.len(), 6);
    let types = ["E", "H", "M"];
    for row in covariances.find(&[]) {
        let of = |name: &str| types[row.text(name).parse::<usize>().unwrap() - 1];
        let of_r = figures.first(&[
            ("fun", "svyby mean api00"),
            ("y", of("row")),
            ("level", of("other_row")),
        ]);
        assert!(
            close(row.number("covariance"), of_r.number("est"), 1e-10),
            "{row:?}"
        );
    }
}

#[test]
fn a_contrast_of_two_variables_takes_their_covariance() {
    let Some(figures) = Figures::read("taylor.csv") else {
        return;
    };
    let wanted = r#"
[[estimate]]
id = "score"
statistic = "mean"
variable = ["api00", "api99"]

[[contrast]]
id = "growth"
of = "score"
first = { variable = "api00" }
second = { variable = "api99" }
kind = "log_ratio"
"#;
    let found = estimates(&figures, "apiclus2", &[CLUS2, wanted].concat());
    let of_r = figures.first(&[("fun", "svycontrast log(api00/api99)")]);
    same(&found.one(&[("id", "growth")]), &of_r, ESTIMATE);
}

#[test]
fn tests_of_independence_are_those_of_r() {
    let Some(figures) = Figures::read("tests_glm.csv") else {
        return;
    };
    let statistics = ["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"];
    let tests: String = statistics
        .iter()
        .map(|name| {
            format!(
                "[[test]]\nid = '{name}'\nrows = '\"sch.wide\"'\ncolumns = 'stype'\n\
                 statistic = '{name}'\n"
            )
        })
        .collect();
    let job = Job::new(&[CLUS1, &tests].concat());
    job.run(&["--data", figures.data("apiclus1").to_str().unwrap()]);
    let found = Table::read(&job.path("out/tests.csv"));
    for name in statistics {
        let row = found.one(&[("id", name)]);
        let of_r = figures.first(&[
            ("design", "apiclus1_fpc"),
            ("fun", "svychisq"),
            ("opt", name),
        ]);
        assert!(
            close(row.number("value"), of_r.number("est"), 1e-10),
            "{name}"
        );
        // For lincom R lacked a package and fell back to the saddlepoint. The sum's own tail has been
        // simulated instead: 0.0220 of 40 million draws, with R's eigenvalues.
        let (p, tolerance) = match name {
            "lincom" => (0.0220, 0.003),
            _ => (of_r.number("ci_lo"), 1e-10),
        };
        assert!(close(row.number("p"), p, tolerance), "{name}");
        let degrees = of_r
            .text("level")
            .split(';')
            .filter(|text| !text.is_empty());
        for (column, of_r) in ["ndf", "ddf"].iter().zip(degrees) {
            let wanted: f64 = of_r.parse().unwrap();
            assert!(close(row.number(column), wanted, 1e-10), "{name} {column}");
        }
    }
}
