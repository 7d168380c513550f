//! `chiso import`: the publishers' real files in, the shipped figures out; bad input gives one
//! message and no file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn given(name: &str) -> PathBuf {
    root().join("tests/data/papi").join(name)
}

fn simulated(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn chiso(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.args(arguments);
    command
}

fn imported(file: &Path, more: &[&str]) -> Output {
    let assert = chiso(&["import", "papi"])
        .arg(file)
        .args(more)
        .assert()
        .success();
    assert.get_output().clone()
}

/// The values of a CSV of observations by edition, unit and node.
fn values(csv: &[u8]) -> BTreeMap<(i32, String, String), f64> {
    let mut reader = csv::Reader::from_reader(csv);
    assert_eq!(
        reader.headers().expect("a header"),
        vec!["edition", "unit", "node", "value"]
    );
    let mut values = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let key = (
            record[0].parse().expect("a year"),
            record[1].to_owned(),
            record[2].to_owned(),
        );
        assert!(
            values
                .insert(key, record[3].parse().expect("a number"))
                .is_none(),
            "{record:?}"
        );
    }
    values
}

/// The shipped figures of some editions.
fn shipped(editions: &[i32]) -> BTreeMap<(i32, String, String), f64> {
    let csv = fs::read(root().join("data/papi/observations.csv")).expect("the figures");
    values(&csv)
        .into_iter()
        .filter(|((edition, _, _), _)| editions.contains(edition))
        .collect()
}

/// Imports a file that must be refused; gives the one line of its message.
fn refused(file: &Path, more: &[&str]) -> String {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("observations.csv");
    fs::write(&out, "before").expect("written");
    let mut command = chiso(&["import", "papi"]);
    command.arg(file).args(more).arg("--out").arg(&out);
    let assert = command.assert().failure().code(2);
    let output = assert.get_output();
    assert!(output.stdout.is_empty());
    assert_eq!(
        fs::read_to_string(&out).expect("read"),
        "before",
        "the file that was there stays"
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        1,
        "nothing is left beside it"
    );
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    assert!(
        message.contains(&*file.file_name().expect("a name").to_string_lossy()),
        "{message}"
    );
    assert!(message.contains("expected"), "{message}");
    message
}

/// A table in CSV that must be refused.
fn refused_table(content: &[u8]) -> String {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("2016.csv");
    fs::write(&file, content).expect("written");
    refused(&file, &[])
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn the_publishers_workbook_gives_exactly_the_shipped_figures_of_six_editions() {
    let output = imported(&given("PAPI_2011-2016.xlsx"), &[]);
    let wanted = shipped(&[2011, 2012, 2013, 2014, 2015, 2016]);
    assert_eq!(
        wanted.len(),
        22 * (6 * 63 - 2),
        "two provinces are without scores in 2014"
    );
    assert_eq!(values(&output.stdout), wanted);
    let report = String::from_utf8_lossy(&output.stderr);
    for year in 2011..=2016 {
        says(
            &report,
            &[&format!("{year}_PAPI: edition {year}, units in rows")],
        );
    }
    says(
        &report,
        &[
            "63 of 63 units, 22 nodes, 1342 values",
            "56 blank cells, 2 zeros read as missing",
        ],
    );
    says(
        &report,
        &["441 totals of 7 nodes", "skipped row 66 `Highest`"],
    );
    assert!(!report.contains("warning"), "{report}");
}

#[test]
fn the_yearly_tables_give_exactly_the_shipped_figures() {
    for year in [2017, 2018, 2024] {
        let output = imported(&given(&format!("{year}.csv")), &[]);
        assert_eq!(values(&output.stdout), shipped(&[year]), "{year}");
    }
}

#[test]
fn the_yearly_table_of_2016_differs_from_the_workbook_by_its_print_only() {
    let (table, wanted) = (
        values(&imported(&given("2016.csv"), &[]).stdout),
        shipped(&[2016]),
    );
    assert!(table.keys().eq(wanted.keys()));
    for (key, value) in &table {
        // The table prints nine decimals, the workbook all.
        assert!((value - wanted[key]).abs() <= 5.1e-10, "{key:?}");
    }
}

#[test]
fn one_sheet_can_be_chosen() {
    let output = imported(
        &given("PAPI_2011-2016.xlsx"),
        &["--sheet", "2014_PAPI", "--edition", "2014"],
    );
    assert_eq!(values(&output.stdout), shipped(&[2014]));
}

#[test]
fn an_edition_that_contradicts_the_sheets_is_refused() {
    let message = refused(&given("PAPI_2011-2016.xlsx"), &["--edition", "2016"]);
    says(&message, &["`2011_PAPI`", "2016", "--sheet"]);
}

#[test]
fn what_is_imported_is_scored() {
    let folder = TempDir::new().expect("a folder");
    let (data, scores) = (
        folder.path().join("new/observations.csv"),
        folder.path().join("scores"),
    );
    let file = given("2024.csv");
    let file = file.to_str().expect("a path");
    let to_file = chiso(&["import", "papi", file, "--out"])
        .arg(&data)
        .assert()
        .success();
    assert!(to_file.get_output().stdout.is_empty());
    assert_eq!(
        fs::read(&data).expect("written"),
        imported(Path::new(file), &[]).stdout
    );
    assert_eq!(
        fs::read_dir(folder.path().join("new"))
            .expect("a folder")
            .count(),
        1
    );
    chiso(&["score", "papi", "--data"])
        .arg(&data)
        .arg("--out")
        .arg(&scores)
        .assert()
        .success();
    let scores = fs::read_to_string(scores.join("scores.csv")).expect("scores");
    // Hưng Yên 2024 as published: 44.4042 (field notes, tests/data/papi).
    assert!(
        scores
            .lines()
            .any(|line| line.contains(",2024,33,papi,") && line.contains("44.404"))
    );
}

#[test]
fn as_json_the_report_stands_beside_the_observations() {
    let output = imported(
        &given("PAPI_2011-2016.xlsx"),
        &["--format", "json", "--sheet", "2014_PAPI"],
    );
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(document["index"], "papi");
    assert_eq!(
        document["observations"].as_array().expect("rows").len(),
        61 * 22
    );
    assert_eq!(
        document["observations"][0]["value"],
        shipped(&[2014])[&(2014, "01".into(), "1.1".into())]
    );
    assert_eq!(document["sheets"][0]["zeros_read_as_missing"], 2);
    assert_eq!(document["sheets"][0]["orientation"], "units_in_rows");
}

#[test]
fn a_table_with_units_in_columns_is_read_from_a_file() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("scores 2016.csv");
    let table = "\u{feff}Label,Nhãn,Scale,HA NOI,\"Ba Ria, Vung Tau\"\n\
                 Civic Knowledge,Tri thức công dân,0.25-2.5,1.25,0\n\
                 Standard Error,,,0.1,0.1\n";
    fs::write(&file, table).expect("written");
    let output = imported(&file, &[]);
    let key = (2016, "01".to_owned(), "1.1".to_owned());
    assert_eq!(values(&output.stdout), BTreeMap::from([(key, 1.25)]));
    says(
        &String::from_utf8_lossy(&output.stderr),
        &["units in columns", "1 zeros", "row 3 `Standard Error`"],
    );
}

#[test]
fn older_and_open_workbooks_are_read() {
    let wanted = [
        ("01", "2.1", 2.0),
        ("01", "2.2", 1.5),
        ("01", "2.3", 1.75),
        ("46", "2.1", 2.0),
        ("46", "2.2", 1.25),
        ("46", "2.3", 1.75),
    ];
    let key = |unit: &str, node: &str| (2016, unit.to_owned(), node.to_owned());
    let wanted: BTreeMap<_, _> = wanted
        .iter()
        .map(|(unit, node, value)| (key(unit, node), *value))
        .collect();
    for name in ["simulated.xls", "simulated.ods"] {
        let output = imported(&simulated(name), &[]);
        assert_eq!(values(&output.stdout), wanted, "{name}");
        says(
            &String::from_utf8_lossy(&output.stderr),
            &["1 zeros", "2 totals of 1 nodes"],
        );
    }
}

#[test]
fn a_formula_without_its_result_is_no_blank() {
    let message = refused(&simulated("simulated-formula.xlsx"), &[]);
    says(&message, &["Simulated 2016!B3", "formula", "save"]);
}

#[test]
fn a_stray_cell_far_out_is_refused_before_it_fills_the_memory() {
    let message = refused(&simulated("simulated-stray-cell.xlsx"), &[]);
    says(&message, &["row 1048576", "`Simulated 2016`", "20000"]);
}

#[test]
fn a_broken_text_table_is_refused_with_its_line() {
    let cases: [(&[u8], &[&str]); 8] = [
        (
            b"Province,SC11\nP01,1.25\nP02\n",
            &["2016.csv:3", "1 fields", "2"],
        ),
        (
            b"Province,SC11\nP01,1.25\nP02,1.",
            &["2016.csv:3", "cut off"],
        ),
        (b"\xff\xfeP\0", &["2016.csv:1", "UTF-16"]),
        (
            b"Province,SC11\nP01,1.25\nH\xe0 N\xf4i,1.5\n",
            &["2016.csv:3", "UTF-8"],
        ),
        (b"Province;SC11\nP01;1,25\n", &["2016.csv:1", "commas"]),
        (b"", &["none with values"]),
        (
            b"Province,SC11\nP01,inf\nP02,1.25\n",
            &["text `inf`", "2016!B2"],
        ),
        (
            b"Province,SC11\nP01,1.25\nP02,2.6\n",
            &["2.6", "2016!B3", "0.25 to 2.5"],
        ),
    ];
    for (content, parts) in cases {
        says(&refused_table(content), parts);
    }
}

#[test]
fn a_workbook_that_is_cut_off_or_none_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let whole = fs::read(given("PAPI_2011-2016.xlsx")).expect("the workbook");
    for (name, content) in [
        ("cut.xlsx", &whole[..whole.len() / 2]),
        ("text.xlsx", b"Province,SC11\n".as_slice()),
        ("text.xls", b"Province,SC11\n".as_slice()),
        ("text.ods", b"Province,SC11\n".as_slice()),
        ("empty.xlsx", b"".as_slice()),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, content).expect("written");
        says(&refused(&file, &[]), &["no whole workbook"]);
    }
    let document = folder.path().join("scores.pdf");
    fs::write(&document, "%PDF").expect("written");
    says(&refused(&document, &[]), &["`pdf`", ".xlsx"]);
}

#[test]
fn rules_that_are_wrong_are_refused_with_their_line() {
    let folder = TempDir::new().expect("a folder");
    let pack = folder.path().join("papi");
    for (from, to) in [("index.toml", "index.toml"), ("import.toml", "import.toml")] {
        fs::create_dir_all(&pack).expect("a folder");
        fs::copy(root().join("packs/papi").join(from), pack.join(to)).expect("copied");
    }
    for version in fs::read_dir(root().join("packs/papi")).expect("the pack") {
        let nodes = version.expect("an entry").path().join("nodes.csv");
        if let Some(name) = nodes
            .parent()
            .and_then(Path::file_name)
            .filter(|_| nodes.exists())
        {
            fs::create_dir_all(pack.join(name)).expect("a folder");
            fs::copy(&nodes, pack.join(name).join("nodes.csv")).expect("copied");
        }
    }
    fs::write(
        pack.join("import.toml"),
        "zero = \"missing\"\nsheet = \"edition\"\n",
    )
    .expect("written");
    let pack = pack.to_str().expect("a path");
    let assert = chiso(&["import", pack])
        .arg(given("2016.csv"))
        .assert()
        .failure()
        .code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    says(&message, &["papi/import.toml:2", "sheet"]);
    assert!(assert.get_output().stdout.is_empty());
}
