//! `chiso check --audit`: real figures audited, with data and provenance; bad input gives one message
//! and no file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn chiso(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(root()).args(arguments);
    command
}

const AUDIT: [&str; 5] = [
    "check",
    "papi",
    "--audit",
    "--data",
    "data/papi/observations.csv",
];
const FILES: [&str; 7] = [
    "report.txt",
    "audit.csv",
    "statistics.csv",
    "correlations.csv",
    "importances.csv",
    "strengths.csv",
    "provenance.json",
];

/// Audits with more arguments; gives what is printed.
fn audited(more: &[&str]) -> String {
    let assert = chiso(&AUDIT).args(more).assert().success();
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

/// An audit that must be refused and write nothing; gives the message.
fn refused(arguments: &[&str], more: &[&str]) -> String {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let mut command = chiso(arguments);
    command.args(more).arg("--out").arg(&out);
    let assert = command.assert().failure().code(2);
    assert!(!out.exists(), "something was written");
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

/// The rows of a table by its columns' names.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let rows = reader.deserialize().map(|row| row.expect("a row"));
    rows.collect()
}

#[test]
fn the_shipped_figures_are_audited_and_give_the_same_bytes_twice() {
    let folder = TempDir::new().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let printed = audited(&["--out", &one.display().to_string()]);
    audited(&["--out", &two.display().to_string()]);
    for name in FILES {
        let read = |folder: &Path| fs::read(folder.join(name)).expect("read");
        assert!(read(&one) == read(&two), "{name}");
    }
    let report = fs::read_to_string(one.join("report.txt")).expect("read");
    assert!(printed.contains(&report));
    assert!(report.starts_with("papi 2024: audit\n"), "{report}");
    assert!(report.contains("findings:") && report.contains("Figures without a limit"));
    let provenance = fs::read_to_string(one.join("provenance.json")).expect("read");
    assert!(provenance.contains("\"audit.csv\"") && !provenance.contains(&*one.to_string_lossy()));
}

#[test]
fn every_figure_stands_in_the_table_with_its_limit_and_source() {
    let folder = TempDir::new().expect("a folder");
    audited(&[
        "--edition",
        "2023",
        "--out",
        &folder.path().display().to_string(),
    ]);
    let figures = rows(&folder.path().join("audit.csv"));
    assert!(figures.len() > 1000, "{}", figures.len());
    for figure in &figures {
        assert!(!figure["source"].is_empty(), "{figure:?}");
        let number = figure["value"].parse::<f64>();
        let undefined = figure["flag"] == "undefined";
        assert!(number.is_ok_and(f64::is_finite) != undefined, "{figure:?}");
        assert_eq!(
            figure["concern"].is_empty(),
            figure["flag"].is_empty() || undefined
        );
    }
    // Every part's nominal share is its range's, as the index is a sum of ranges.
    let of_root: Vec<&BTreeMap<String, String>> = figures
        .iter()
        .filter(|figure| figure["check"] == "importance" && figure["other"] == "papi")
        .collect();
    assert_eq!(of_root.len(), 8);
    for figure in of_root {
        let nominal: f64 = figure["beside"].parse().expect("a number");
        assert!((nominal - 0.125).abs() < 1e-9, "{figure:?}");
    }
}

#[test]
fn columns_of_numbers_about_the_units_are_checked_as_measures_of_size() {
    let folder = TempDir::new().expect("a folder");
    let context = folder.path().join("context.csv");
    let mut table = "edition,unit,people,region\n".to_owned();
    for row in rows(&root().join("data/papi/observations.csv")) {
        if row["edition"] == "2024" && row["node"] == "1.1" {
            // *Simulated*: what the first indicator says, so that it must be found.
            table += &format!(",{},{},north\n", row["unit"], row["value"]);
        }
    }
    fs::write(&context, table).expect("written");
    let context = context.display().to_string();
    let printed = audited(&["--context", &context, "--edition", "2024"]);
    assert!(printed.contains(", with people: 1"), "{printed}");
    assert!(!printed.contains("with region"));
}

#[test]
fn observations_with_errors_give_rank_sets_and_their_seed() {
    let folder = TempDir::new().expect("a folder");
    let (data, out) = (folder.path().join("data.csv"), folder.path().join("out"));
    let mut table = "edition,unit,node,value,se\n".to_owned();
    for row in rows(&root().join("data/papi/observations.csv")) {
        if row["edition"] == "2024" && !row["value"].is_empty() {
            // *Simulated*: every leaf with the same error.
            let (unit, node, value) = (&row["unit"], &row["node"], &row["value"]);
            table += &format!("2024,{unit},{node},{value},0.05\n");
        }
    }
    fs::write(&data, table).expect("written");
    let (data, out_name) = (data.display().to_string(), out.display().to_string());
    let arguments = [
        "check", "papi", "--audit", "--data", &data, "--out", &out_name,
    ];
    chiso(&arguments).assert().success();
    let figures = rows(&out.join("audit.csv"));
    let sets: Vec<f64> = figures
        .iter()
        .filter(|figure| figure["check"] == "rank_set")
        .map(|figure| figure["value"].parse().expect("a number"))
        .collect();
    assert_eq!(sets.len(), 61);
    assert!(sets.iter().all(|&ranks| (1.0..=61.0).contains(&ranks)));
    assert!(sets.iter().any(|&ranks| ranks > 5.0), "{sets:?}");
    let provenance = fs::read_to_string(out.join("provenance.json")).expect("read");
    assert!(provenance.contains("\"seed\": 1"), "{provenance}");
}

#[test]
fn findings_do_not_fail_and_without_audit_nothing_is_audited() {
    let assert = chiso(&["check", "papi"]).assert().success();
    let printed = String::from_utf8_lossy(&assert.get_output().stdout);
    assert!(!printed.contains("audit"), "{printed}");
}

#[test]
fn an_edition_without_values_is_refused_with_those_there_are() {
    let message = refused(&AUDIT, &["--edition", "1999"]);
    assert!(
        message.contains("edition 1999") && message.contains("2011, 2012"),
        "{message}"
    );
}

#[test]
fn two_packs_or_no_data_are_refused() {
    let mut two = AUDIT.to_vec();
    two.insert(2, "pci");
    assert!(refused(&two, &[]).contains("found 2 packs; expected one"));
    let message = refused(&["check", "papi", "--audit"], &[]);
    assert!(message.contains("--data"), "{message}");
    let message = refused(
        &["check", "papi", "--data", "data/papi/observations.csv"],
        &[],
    );
    assert!(message.contains("--audit"), "{message}");
}

#[test]
fn a_bad_context_is_refused_with_its_line() {
    let folder = TempDir::new().expect("a folder");
    let context = folder.path().join("context.csv");
    fs::write(&context, "edition,unit,people\n,Nowhere,12\n").expect("written");
    let message = refused(&AUDIT, &["--context", &context.display().to_string()]);
    assert!(
        message.contains("context.csv:2") && message.contains("Nowhere"),
        "{message}"
    );
    let message = refused(&AUDIT, &["--context", "absent.csv"]);
    assert!(message.contains("absent.csv"), "{message}");
}

/// COINr's results; none (said on standard output) where they are absent, a failure under `CI=true`.
fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CHISO_REFERENCE_DIR")
        .map_or_else(|| root().join("../shared/reference"), PathBuf::from);
    let coinr = folder.join("coinr");
    if coinr.is_dir() {
        return Some(fs::canonicalize(coinr).expect("a folder"));
    }
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "no reference at {coinr:?}"
    );
    println!("skipped: no reference numbers at {coinr:?}");
    None
}

#[test]
fn an_index_made_with_coinr_is_audited_from_its_own_tables() {
    let Some(coinr) = reference() else { return };
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let table = |name: &str| coinr.join(name).display().to_string();
    chiso(&[
        "import",
        "coinr",
        "--data",
        &table("iData.csv"),
        "--meta",
        &table("iMeta.csv"),
    ])
    .args([
        "--id",
        "asem",
        "--recipe",
        "coinr-example",
        "--out",
        &place("in"),
    ])
    .assert()
    .success();
    chiso(&[
        "check",
        &place("in/asem"),
        "--audit",
        "--data",
        &place("in/observations.csv"),
    ])
    .args([
        "--context",
        &place("in/context.csv"),
        "--out",
        &place("out"),
    ])
    .assert()
    .success();
    let figures = rows(&folder.path().join("out/audit.csv"));
    let value = |check: &str, node: &str| -> f64 {
        let found = figures
            .iter()
            .find(|row| row["check"] == check && row["node"] == node);
        let found = found.unwrap_or_else(|| panic!("no {check} of {node}"));
        found["value"].parse().expect("a number")
    };
    let close = |found: f64, expected: &str, what: &str| {
        let expected: f64 = expected.parse().expect("a number");
        assert!(
            (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
            "{what}: {found}"
        );
    };
    for row in rows(&coinr.join("base_cronbach.csv")) {
        let node = if row["iCode"] == "Index" {
            "asem"
        } else {
            row["iCode"].as_str()
        };
        close(value("alpha_parts", node), &row["alpha_children"], node);
    }
    let removed = rows(&coinr.join("remove_level1_meanabsdiff.csv"));
    assert_eq!(removed.len(), 50);
    for row in removed.iter().filter(|row| row["element"] != "Nominal") {
        let node = row["element"].as_str();
        close(value("leave_one_out", node), &row["MeanAbsDiff"], node);
    }
    let report = fs::read_to_string(folder.path().join("out/report.txt")).expect("read");
    assert!(report.contains("51 units, 49 leaves, 60 nodes"), "{report}");
    assert!(
        report.contains("SusEcFin Economic and Financial (Sus): -0.377 (k = 5)"),
        "{report}"
    );
}
