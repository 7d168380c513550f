//! What is wrong is said once, with its place; nothing is written, and nothing is silently NaN.

use std::fs;

use super::files::{answers, write_parquet};
use super::support::*;

const DESIGN: &str =
    "data = 'answers.csv'\n[design]\nweights = 'w'\nstrata = 's'\nclusters = 'c'\n";
const MEAN: &str = "[[estimate]]\nstatistic = 'mean'\nvariable = 'x'\n";

/// Two strata of two clusters of two rows.
const ANSWERS: &str = "w,s,c,f,sex,x\n1,1,1,9,1,1\n2,1,1,9,2,2\n1,1,2,9,1,4\n1,1,2,9,2,3\n\
                       2,2,3,9,1,5\n1,2,3,9,2,7\n1,2,4,9,1,6\n1,2,4,9,2,8\n";

/// The answers with another line in place of line `line` (the names are line 1).
fn with_line(line: usize, text: &str) -> String {
    let mut lines: Vec<&str> = ANSWERS.lines().collect();
    lines[line - 1] = text;
    lines.join("\n") + "\n"
}

fn refused(specification: &str, answers: &str) -> String {
    Job::new(specification)
        .with("answers.csv", answers)
        .refused()
}

fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no `{part}` in: {message}");
    }
}

#[test]
fn the_answers_themselves_are_good() {
    let job = Job::new(&[DESIGN, MEAN].concat()).with("answers.csv", ANSWERS);
    let row = job.run(&[]).one(&[]);
    assert_eq!(row.number("n"), 8.0);
    assert_eq!(
        row.number("estimate"),
        (1.0 + 4.0 + 4.0 + 3.0 + 10.0 + 7.0 + 6.0 + 8.0) / 10.0
    );
}

#[test]
fn a_negative_a_missing_and_an_infinite_weight_are_refused_with_their_row() {
    for (weight, found) in [
        ("-1", "-1"),
        ("", "missing"),
        ("inf", "inf"),
        ("NaN", "NaN"),
    ] {
        let answers = with_line(4, &format!("{weight},1,2,9,1,4"));
        let message = refused(&[DESIGN, MEAN].concat(), &answers);
        says(
            &message,
            &["answers.csv", "row 3", "weight", found, "expected"],
        );
    }
}

#[test]
fn a_zero_weight_is_no_error_and_is_pointed_out() {
    let answers = with_line(4, "0,1,2,9,1,4");
    let job = Job::new(&[DESIGN, MEAN].concat()).with("answers.csv", answers);
    let output = job.command(&["--explain"]).assert().success();
    let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    says(&text, &["1 rows weigh 0"]);
    assert_eq!(job.run(&[]).one(&[]).number("n"), 7.0);
}

#[test]
fn a_cluster_in_two_strata_is_refused_and_both_are_named() {
    let message = refused(&[DESIGN, MEAN].concat(), &with_line(7, "1,2,1,9,2,7"));
    says(
        &message,
        &["cluster 1", "stratum 1", "stratum 2", "nest = true"],
    );
}

#[test]
fn a_population_smaller_than_the_sample_is_refused() {
    let design = [DESIGN, "fpc = 'f'\n", MEAN].concat();
    let by_rows = design.replace("clusters = 'c'\n", "");
    let message = refused(&by_rows, &ANSWERS.replace(",9,", ",3,"));
    says(&message, &["answers.csv: stratum 1", "3", "4", "expected"]);
    let message = refused(&design, &with_line(5, "1,1,2,8,2,3"));
    says(&message, &["row 4", "fpc of stage 1 is 8", "9"]);
}

#[test]
fn a_domain_without_answers_is_a_flagged_row() {
    let by = [DESIGN, MEAN, "by = 'sex'\n"].concat();
    let mut answers = ANSWERS.to_owned();
    for line in [",2,2", ",2,3", ",2,7", ",2,8"] {
        answers = answers.replace(&format!("9{line}\n"), "9,2,\n");
    }
    let job = Job::new(&by).with("answers.csv", &answers);
    let found = job.run(&[]);
    let empty = found.one(&[("sex", "2")]);
    assert_eq!(
        (empty.text("flags"), empty.number("n")),
        ("no_answers", 0.0)
    );
    for column in ["estimate", "se", "lo", "hi", "deff", "cv"] {
        assert_eq!(empty.text(column), "", "{column}");
    }
    assert_eq!(found.one(&[("sex", "1")]).text("flags"), "");
    let text = fs::read_to_string(job.path("out/estimates.csv")).unwrap();
    assert!(!text.contains("NaN"), "{text}");
}

#[test]
fn a_contrast_with_a_side_that_has_no_row_is_refused() {
    let contrast = "by = 'sex'\n[[contrast]]\nof = 'estimate-1'\nfirst = { sex = 1 }\n\
                    second = { sex = 3 }\n";
    let message = refused(&[DESIGN, MEAN, contrast].concat(), ANSWERS);
    says(&message, &["contrast-1", "second", "3", "expected one"]);
}

#[test]
fn a_lonely_cluster_is_refused_by_name_and_its_treatments_are_named() {
    let one = ANSWERS
        .replace("2,2,3,", "2,2,4,")
        .replace("1,2,3,", "1,2,4,");
    let message = refused(&[DESIGN, MEAN].concat(), &one);
    says(&message, &["survey.toml: ", "stratum 2", "lonely_psu"]);
}

#[test]
fn parquet_that_is_cut_off_or_damaged_within_a_row_group_is_refused() {
    let specification = "data = 'answers.parquet'\n[design]\nweights = 'weight'\n\
                         strata = 'stratum'\nclusters = 'village'\n\
                         [[estimate]]\nstatistic = 'mean'\nvariable = 'd2'\n";
    let job = Job::new(specification);
    let path = job.path("answers.parquet");
    write_parquet(&answers(900), &path, 300);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    says(&job.refused(), &["answers.parquet"]);
    // The footer is in its place, but a row group's bytes are not.
    let mut holed = whole.clone();
    holed.drain(2000..2400);
    fs::write(&path, &holed).unwrap();
    says(&job.refused(), &["answers.parquet"]);
    let mut damaged = whole;
    damaged[2000..2400].fill(0xff);
    fs::write(&path, &damaged).unwrap();
    says(&job.refused(), &["answers.parquet"]);
}

#[test]
fn a_column_of_the_wrong_type_is_refused() {
    let message = refused(&[DESIGN, MEAN].concat(), &with_line(3, "2,1,1,9,2,many"));
    says(&message, &["answers.csv", "x", "expected"]);
    let message = refused(&[DESIGN, MEAN].concat(), &with_line(3, "many,1,1,9,2,2"));
    says(&message, &["answers.csv", "weight", "expected"]);
}

#[test]
fn a_value_that_is_not_finite_is_refused_with_its_row() {
    let division = "[[estimate]]\nid = 'share'\nstatistic = 'mean'\nvariable = 'x / (x - 4.0)'\n";
    let message = refused(&[DESIGN, division].concat(), ANSWERS);
    says(
        &message,
        &["answers.csv", "x / (x - 4.0)", "row 3", "inf", "expected"],
    );
}

#[test]
fn an_unknown_column_is_refused_with_the_known_ones() {
    let message = refused(&[DESIGN, &MEAN.replace("'x'", "'y + 1'")].concat(), ANSWERS);
    says(&message, &["y + 1", "no column y", "answers.csv"]);
    let message = refused(&[&DESIGN.replace("'c'", "'psu'"), MEAN].concat(), ANSWERS);
    says(&message, &["no column psu", "answers.csv"]);
}

#[test]
fn a_margin_that_cannot_be_met_is_named() {
    let rake = "[calibrate]\nmethod = 'rake'\n[[calibrate.margin]]\nby = ['s']\n\
                totals = [{ s = 1, count = 10 }, { s = 2, count = 20 }]\n\
                [[calibrate.margin]]\nby = ['sex']\n\
                totals = [{ sex = 1, count = 10 }, { sex = 2, count = 21 }]\n";
    let message = refused(&[DESIGN, rake, MEAN].concat(), ANSWERS);
    says(&message, &["survey.toml: sex", "31", "30"]);
    let empty = "[calibrate]\nmethod = 'poststratify'\nby = ['sex']\n\
                 totals = [{ sex = 1, count = 10 }, { sex = 2, count = 20 }, { sex = 3, count = 5 }]\n";
    let message = refused(&[DESIGN, empty, MEAN].concat(), ANSWERS);
    says(&message, &["sex = 3", "5", "no weight"]);
    let bounds = "[calibrate]\nmethod = 'logit'\nbounds = [0.9, 1.1]\nby = ['sex']\n\
                  totals = [{ sex = 1, count = 10 }, { sex = 2, count = 20 }]\n";
    let message = refused(&[DESIGN, bounds, MEAN].concat(), ANSWERS);
    says(&message, &["sex = "]);
}

#[test]
fn a_row_without_a_known_total_is_refused_with_its_row() {
    let totals = "[calibrate]\nmethod = 'poststratify'\nby = ['sex']\n\
                  totals = [{ sex = 1, count = 10 }]\n";
    let message = refused(&[DESIGN, totals, MEAN].concat(), ANSWERS);
    says(&message, &["answers.csv", "row 2", "sex is 2", "expected"]);
}

#[test]
fn a_file_of_totals_with_a_bad_line_is_refused_with_both_places() {
    let calibrate = "[calibrate]\nmethod = 'poststratify'\nby = ['sex']\ntotals = 'totals.csv'\n";
    let specification = [DESIGN, calibrate, MEAN].concat();
    let job = |totals: &str| {
        Job::new(&specification)
            .with("answers.csv", ANSWERS)
            .with("totals.csv", totals)
            .refused()
    };
    let message = job("sex,count\n1,10\n2,many\n");
    says(
        &message,
        &["survey.toml:", "totals.csv:3", "many", "expected"],
    );
    let message = job("sex,count\n1,10\n2\n");
    says(&message, &["totals.csv", "3"]);
    let message = job("gender,count\n1,10\n");
    says(&message, &["totals.csv:1", "gender", "expected also sex"]);
    let message = job("sex,count\n1,10\n2,5\n2,6\n");
    says(&message, &["sex", "2 twice"]);
    let missing = Job::new(&specification)
        .with("answers.csv", ANSWERS)
        .refused();
    says(&missing, &["totals.csv"]);
}

#[test]
fn a_missing_file_of_answers_is_named() {
    let message = Job::new(&[DESIGN, MEAN].concat()).refused();
    says(&message, &["answers.csv"]);
    let nowhere = DESIGN.replace("data = 'answers.csv'\n", "");
    let message = Job::new(&[&nowhere, MEAN].concat()).refused();
    says(&message, &["survey.toml", "found no data", "--data"]);
}

#[test]
fn a_misspelt_key_is_refused_with_its_line() {
    let message = refused(
        &[DESIGN, &MEAN.replace("variable", "variabel")].concat(),
        ANSWERS,
    );
    says(&message, &["survey.toml:8", "variabel", "expected"]);
    let message = refused(
        &[&DESIGN.replace("strata", "stratum"), MEAN].concat(),
        ANSWERS,
    );
    says(&message, &["survey.toml:4", "stratum"]);
}

#[test]
fn a_specification_that_is_not_text_is_refused() {
    let job = Job::new("").with("survey.toml", [0xff, 0xfe, 0x00]);
    says(&job.refused(), &["survey.toml", "UTF-8"]);
}

#[test]
fn observations_without_a_unit_are_refused_and_nothing_is_written() {
    let node = "node = '1.1'\nby = ['s', 'sex']\n";
    let job = Job::new(&[DESIGN, MEAN, node].concat()).with("answers.csv", ANSWERS);
    let arguments = [
        "--observations",
        "observations.csv",
        "--edition",
        "2026",
        "--out",
        "out",
    ];
    let output = job.command(&arguments).assert().code(2);
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    says(&message, &["estimate-1 by 2 columns", "expected one"]);
    assert!(!job.path("out").exists() && !job.path("observations.csv").exists());
}
