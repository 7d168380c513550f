//! `chiso explain` with standard errors: what is printed, in every form, and across a merger.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Standard errors of made-up size beside the shipped figures: nobody published these.
fn with_errors(folder: &Path, editions: &[&str], lacks: Option<[&str; 3]>) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/papi/observations.csv");
    let mut reader = csv::Reader::from_path(shipped).expect("the shipped figures");
    let mut text = String::from("edition,unit,node,value,se,n\n");
    for record in reader.records() {
        let record = record.expect("a row");
        let key = [&record[0], &record[1], &record[2]];
        if !editions.contains(&key[0]) {
            continue;
        }
        let unit: u32 = key[1].parse().expect("a code");
        let error = if lacks == Some(key) {
            String::new()
        } else {
            format!("0.0{}", 2 + unit % 3)
        };
        writeln!(text, "{},{},{error},200", key.join(","), &record[3]).expect("text");
    }
    let path = folder.join("with-errors.csv");
    std::fs::write(&path, text).expect("a file");
    path
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command
        .args(["explain", "papi", "--data"])
        .arg(data)
        .args(arguments);
    command
}

fn printed(data: &Path, arguments: &[&str]) -> String {
    let assert = command(data, arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).expect("UTF-8")
}

fn refused(data: &Path, arguments: &[&str]) -> String {
    let assert = command(data, arguments).assert().failure().code(2);
    assert!(assert.get_output().stdout.is_empty());
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&printed(data, &all)).expect("JSON")
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

const YEARS: [&str; 4] = ["--from", "2023", "--to", "2024"];

fn asked<'a>(more: &[&'a str]) -> Vec<&'a str> {
    YEARS.iter().chain(more).copied().collect()
}

#[test]
fn the_table_holds_errors_whose_squares_add_up_to_that_of_the_total() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(folder.path(), &["2023", "2024"], None);
    let text = printed(&data, &asked(&["--unit", "33", "--format", "csv"]));
    let rows = rows(&text);
    let leaves = rows.iter().filter(|row| row["level"] == "1");
    let squares: f64 = leaves
        .map(|row| number(row, "contribution_se").powi(2))
        .sum();
    let root = &rows[0];
    assert!((number(root, "contribution_se") / squares.sqrt() - 1.0).abs() < 1e-12);
    assert_eq!(
        (&*root["error_status"], &*root["dependence_within"]),
        ("known", "independent")
    );
    for row in &rows {
        let middle = (number(row, "contribution_lo") + number(row, "contribution_hi")) / 2.0;
        assert!((middle - number(row, "contribution")).abs() < 1e-9);
        let outside = number(row, "contribution_lo") > 0.0 || number(row, "contribution_hi") < 0.0;
        assert_eq!(row["significant"], outside.to_string(), "{}", row["node"]);
        assert!(
            number(row, "contribution_se")
                <= number(row, "contribution_se_greatest") * (1.0 + 1e-12)
        );
    }
}

#[test]
fn text_shows_errors_only_where_there_are_some_and_keeps_the_width() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(
        folder.path(),
        &["2023", "2024"],
        Some(["2024", "33", "1.1"]),
    );
    for (language, words) in [
        ("en", "leaf has no standard error"),
        ("vi", "thiếu sai số chuẩn"),
    ] {
        let arguments = asked(&["--all", "--since", "2023", "--lang", language]);
        let text = printed(&data, &arguments);
        assert!(text.contains(words));
        assert!(text.contains('‡') && text.contains('±'));
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
    let unknown = printed(&data, &asked(&["--unit", "33"]));
    assert!(
        unknown.contains("95 %       unknown; without a standard error: 1.1"),
        "{unknown}"
    );
    let known = printed(&data, &asked(&["--unit", "01"]));
    assert!(
        known.contains("errors of a unit's leaves taken as independent"),
        "{known}"
    );
}

#[test]
fn the_confidence_widens_the_interval() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(folder.path(), &["2023", "2024"], None);
    let width = |confidence: &str| {
        let whole = json(&data, &asked(&["--unit", "33", "--confidence", confidence]));
        let unit = &whole["units"][0];
        assert_eq!(unit["errors"]["confidence"].to_string(), confidence);
        let error = &unit["total"]["error"];
        error["hi"].as_f64().expect("a number") - error["lo"].as_f64().expect("a number")
    };
    // qnorm(0.975) and qnorm(0.95) of R.
    let ratio = width("0.95") / width("0.9");
    assert!(
        (ratio - 1.959963984540054 / 1.6448536269514722).abs() < 1e-9,
        "{ratio}"
    );
    let fault = refused(&data, &asked(&["--unit", "33", "--confidence", "95"]));
    assert!(
        fault.contains("found the confidence 95; expected a number between 0 and 1"),
        "{fault}"
    );
}

#[test]
fn covariances_of_leaves_widen_the_error_of_what_they_are_part_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(folder.path(), &["2023", "2024"], None);
    let path = folder.path().join("covariances.csv");
    let header = "edition,unit,node,other,covariance\n";
    let file = path.to_str().expect("a path");
    let with = |rows: &str| {
        std::fs::write(&path, format!("{header}{rows}")).expect("a file");
    };
    // Unit 33 has errors of 0.02: half of the variance goes together in each of the two editions.
    let of = |edition: &str| {
        format!(
            "{edition},33,1.1,1.1,0.0004\n{edition},33,1.2,1.2,0.0004\n{edition},33,1.1,1.2,0.0002\n"
        )
    };
    with(&(of("2023") + &of("2024")));
    let error = |more: &[&str]| {
        let whole = json(&data, &asked(&[&["--unit", "33"], more].concat()));
        whole["units"][0].clone()
    };
    let (alone, together) = (error(&[]), error(&["--covariances", file]));
    let square = |unit: &Value| {
        let error = unit["total"]["error"]["se"].as_f64();
        error.expect("a number").powi(2)
    };
    assert!((square(&together) - square(&alone) - 0.0008).abs() < 1e-12);
    assert_eq!(together["errors"]["within"], "partly_given");
    assert_eq!(alone["errors"]["within"], "independent");
    with("2023,33,1,1.1,0.0004\n");
    let fault = refused(&data, &asked(&["--unit", "33", "--covariances", file]));
    assert!(
        fault.contains(":2: error: found node `1`; expected a node without parts"),
        "{fault}"
    );
}

#[test]
fn noise_and_movement_are_told_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(
        folder.path(),
        &["2023", "2024"],
        Some(["2024", "33", "1.1"]),
    );
    let arguments = asked(&["--movement", "--draws", "200", "--seed", "7"]);
    let text = printed(&data, &arguments);
    assert!(text.contains("NOISE AND MOVEMENT OF ALL UNITS"));
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    assert_eq!(
        text,
        printed(&data, &arguments),
        "the same seed gives the same bytes"
    );
    let table = rows(&printed(
        &data,
        &[&arguments[..], &["--format", "csv"]].concat(),
    ));
    let whole = json(&data, &arguments);
    let nodes = whole["movement"].as_array().expect("a list");
    assert_eq!(table.len(), nodes.len());
    for (row, node) in table.iter().zip(nodes) {
        assert_eq!(row["node"], node["node"].as_str().expect("a code"));
        let [observed, sampling, real] =
            ["observed_variance", "sampling_variance", "real_variance"]
                .map(|column| number(row, column));
        assert!((real - (observed - sampling).max(0.0)).abs() < 1e-12);
        assert!((number(row, "reliability") - real / observed).abs() < 1e-12);
        assert_eq!(
            node["reliability"].as_f64(),
            Some(number(row, "reliability"))
        );
        let lacks = ["papi", "1", "1.1"].contains(&&*row["node"]);
        assert_eq!(
            number(row, "units_without_se"),
            f64::from(u8::from(lacks)),
            "{}",
            row["node"]
        );
        assert_eq!(number(row, "seed"), 7.0);
    }
    let fault = refused(Path::new("data/papi/observations.csv"), &arguments);
    assert!(
        fault.contains("found 0 units with a change and its standard error; expected at least 3"),
        "{fault}"
    );
}

#[test]
fn the_core_since_an_edition_is_told_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(folder.path(), &["2017", "2018", "2019"], None);
    let arguments = ["--to", "2019", "--unit", "01", "--since", "2017"];
    let text = printed(&data, &arguments);
    assert!(text.contains("COMPARABLE CORE SINCE 2017"), "{text}");
    let whole = json(&data, &arguments);
    let core = &whole["core"];
    let leaves = core["leaves"].as_array().expect("a list");
    let kept = leaves.iter().filter(|leaf| leaf["core"] == true).count();
    assert!(kept > 0 && kept < leaves.len());
    let table = rows(&printed(
        &data,
        &[&arguments[..], &["--format", "csv"]].concat(),
    ));
    let root: Vec<_> = table.iter().filter(|row| row["node"] == "papi").collect();
    let kinds: Vec<&str> = root.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, ["score", "score", "score", "change"]);
    let change = number(root[3], "value");
    assert!((change - (number(root[2], "value") - number(root[0], "value"))).abs() < 1e-9);
    // Independent samples, each of as many leaves with the error 0.03 (code 01).
    assert!((number(root[3], "se") - 0.03 * (2.0 * kept as f64).sqrt()).abs() < 1e-12);
    assert_eq!(number(root[0], "leaves"), kept as f64);
    let fault = refused(&data, &["--to", "2019", "--unit", "01", "--since", "2016"]);
    assert!(
        fault.contains("--since: found no edition 2016; expected one of 2017, 2018, 2019"),
        "{fault}"
    );
}

#[test]
fn a_change_across_a_merger_says_what_was_derived_and_carries_the_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = with_errors(folder.path(), &["2023", "2024"], None);
    // As if 2024 had been observed on the 34: the rows of units that ended are gone.
    let text = std::fs::read_to_string(&data).expect("the rows");
    let list = chiso_units::UnitList::by_id("provinces-34").expect("the list");
    let stays = |line: &&str| {
        let mut cells = line.split(',');
        let (edition, unit) = (cells.next(), cells.next().unwrap_or_default());
        edition != Some("2024") || list.get(unit).is_some()
    };
    let kept: Vec<&str> = text.lines().filter(stays).collect();
    std::fs::write(&data, kept.join("\n") + "\n").expect("a file");
    let merged = ["--units", "provinces-34", "--merged-from", "2024"];
    let arguments = asked(&[&merged[..], &["--unit", "33"]].concat());
    let printed_text = printed(&data, &arguments);
    assert!(
        printed_text.contains("! 2023: nobody measured this unit"),
        "{printed_text}"
    );
    let whole = json(&data, &arguments);
    let unit = &whole["units"][0];
    assert_eq!(unit["derived"]["from"], true);
    assert_eq!(unit["derived"]["to"], false);
    let leaf = unit["contributions"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|node| node["node"] == "1.1");
    let error = leaf.expect("the leaf")["contribution_error"]["se"]
        .as_f64()
        .expect("an error");
    // Errors 0.02 (33) and 0.03 (34) before, 0.02 after.
    let expected = ((0.02f64.powi(2) + 0.03f64.powi(2)) / 4.0 + 0.02f64.powi(2)).sqrt();
    assert!((error - expected).abs() < 1e-12, "{error} {expected}");
    let ended = refused(&folder_with_all(&folder), &arguments);
    assert!(
        ended.contains("found a unit that ended with the merger"),
        "{ended}"
    );
}

fn folder_with_all(folder: &tempfile::TempDir) -> PathBuf {
    with_errors(folder.path(), &["2023", "2024"], None)
}
