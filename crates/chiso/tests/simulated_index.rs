//! The shipped observations of a simulated survey, made anew from their seeds by the program.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn simulated(edition: &str, folder: &Path) -> String {
    let place = folder.to_str().expect("a name");
    let arguments = ["--index", "papi", "--edition", edition, "--seed", edition];
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.args(["demo", "--survey", "--dir", place]);
    command.args(arguments).assert().success();
    fs::read_to_string(folder.join("simulated-observations.csv")).expect("observations")
}

#[test]
fn the_shipped_observations_follow_from_the_seeds_that_their_readme_names() {
    let shipped = include_str!("../../../data/papi/simulated/observations.csv");
    let mut made = String::new();
    for edition in ["2019", "2020"] {
        let folder = tempfile::tempdir().expect("a folder");
        let table = simulated(edition, folder.path());
        let (header, rows) = table.split_once('\n').expect("a header");
        if made.is_empty() {
            made = format!("{header}\n");
        }
        made += rows;
    }
    assert!(
        made == shipped,
        "the rows differ from data/papi/simulated/observations.csv"
    );
}

#[test]
fn the_simulated_survey_is_an_index_of_its_own_for_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("scores");
    let data = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/papi/simulated/observations.csv"
    );
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.args(["score", "papi-simulated", "--data", data, "--out"]);
    command.arg(&out).assert().success();
    let scores = fs::read_to_string(out.join("scores.csv")).expect("scores");
    let mut rows = csv::Reader::from_reader(scores.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let at = |row: &csv::StringRecord, name: &str| {
        let place = header.iter().position(|column| column == name);
        row[place.expect("a column")].to_owned()
    };
    let records: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    let totals: Vec<_> = records
        .iter()
        .filter(|row| at(row, "node") == "papi-simulated")
        .collect();
    assert_eq!(totals.len(), 2 * 63);
    for row in totals {
        let number = |name: &str| -> f64 { at(row, name).parse().expect(name) };
        assert_eq!(at(row, "index"), "papi-simulated");
        assert!(
            number("se") > 0.0 && number("lo") < number("score") && number("score") < number("hi")
        );
        assert!(number("rank_lo") <= number("rank") && number("rank") <= number("rank_hi"));
        assert!((0.0..=1.0).contains(&number("group_probability")));
    }
}
