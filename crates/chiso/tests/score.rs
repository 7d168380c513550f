//! `chiso score`: real figures in, two files out; bad input gives one message and no file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn score(data: &Path, out: &Path) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(root());
    command
        .args(["score", "packs/papi", "--data"])
        .arg(data)
        .arg("--out")
        .arg(out);
    command
}

/// Scores a table that must be refused; gives the message.
fn refused(content: &[u8]) -> String {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data.csv");
    fs::write(&data, content).expect("written");
    refused_file(&data, &folder.path().join("out"))
}

fn refused_file(data: &Path, out: &Path) -> String {
    let assert = score(data, out).assert().failure().code(2);
    assert!(!out.exists(), "something was written");
    let output = assert.get_output();
    assert!(output.stdout.is_empty());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    assert!(message.len() < 1000, "{message}");
    assert!(message.contains("data.csv"), "{message}");
    assert!(message.contains("expected"), "{message}");
    message
}

const HEADER: &str = "edition,unit,node,value\n";

#[test]
fn the_shipped_figures_give_fourteen_editions_and_the_same_bytes_twice() {
    let folder = TempDir::new().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let data = root().join("data/papi/observations.csv");
    score(&data, &one).assert().success();
    score(&data, &two).assert().success();
    for name in ["scores.csv", "provenance.json"] {
        let read = |folder: &Path| fs::read(folder.join(name)).expect("read");
        assert!(read(&one) == read(&two), "{name}");
    }
    let scores = fs::read_to_string(one.join("scores.csv")).expect("read");
    let hung_yen = scores
        .lines()
        .find(|line| line.starts_with("papi,2021-2024,2024,33,papi,"));
    let fields: Vec<&str> = hung_yen.expect("Hưng Yên 2024").split(',').collect();
    assert!(fields[6].starts_with("44.4042"));
    assert_eq!(fields[12], "19");
    let mut left: Vec<_> = fs::read_dir(&one)
        .expect("read")
        .map(|entry| entry.expect("entry").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["provenance.json", "scores.csv"]);
}

#[test]
fn one_edition_can_be_scored_and_written_as_parquet() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    score(&root().join("data/papi/observations.csv"), &out)
        .args(["--edition", "2024", "--format", "parquet"])
        .assert()
        .success();
    let bytes = fs::read(out.join("scores.parquet")).expect("read");
    assert_eq!(
        (&bytes[..4], &bytes[bytes.len() - 4..]),
        (&b"PAR1"[..], &b"PAR1"[..])
    );
}

#[test]
fn units_may_be_named_instead_of_coded() {
    let folder = TempDir::new().expect("a folder");
    let (data, out) = (folder.path().join("data.csv"), folder.path().join("out"));
    fs::write(&data, format!("{HEADER}2024,hung yen,1.1,1.0\n")).expect("written");
    score(&data, &out).assert().success();
    let scores = fs::read_to_string(out.join("scores.csv")).expect("read");
    assert!(
        scores.contains("papi,2021-2024,2024,33,1.1,1,1,"),
        "Hưng Yên is unit 33"
    );
}

#[test]
fn a_table_cut_off_between_fields_is_refused_with_its_line() {
    let message = refused(format!("{HEADER}2024,33,1.1,1.0\n2024,33,1.").as_bytes());
    assert!(message.contains("data.csv:3"), "{message}");
}

#[test]
fn a_table_cut_off_inside_a_value_is_refused_with_its_line() {
    let message = refused(format!("{HEADER}2024,33,1.1,1.0\n2024,33,1.2,1.9").as_bytes());
    assert!(
        message.contains("data.csv:3") && message.contains("cut off"),
        "{message}"
    );
}

#[test]
fn every_cut_of_the_real_figures_inside_a_line_is_refused() {
    let whole = fs::read(root().join("data/papi/observations.csv")).expect("read");
    for cut in (1000..1040).chain([whole.len() / 2, whole.len() - 1]) {
        if whole[cut - 1] != b'\n' {
            refused(&whole[..cut]);
        }
    }
}

#[test]
fn wrong_encodings_are_refused() {
    let mut windows = format!("{HEADER}2024,").into_bytes();
    windows.extend(b"H\xe0 N\xf4i,1.1,1.0\n");
    let message = refused(&windows);
    assert!(
        message.contains("data.csv:2") && message.contains("UTF-8"),
        "{message}"
    );
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(HEADER.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert!(refused(&utf16).contains("UTF-8"));
}

#[test]
fn a_duplicate_is_refused_with_both_lines() {
    let message = refused(format!("{HEADER}2024,33,1.1,1.0\n2024,Hưng Yên,1.1,1.1\n").as_bytes());
    assert!(
        message.contains("data.csv:3") && message.contains("first on line 2"),
        "{message}"
    );
}

#[test]
fn a_score_outside_the_range_of_its_node_is_refused() {
    let message = refused(format!("{HEADER}2024,33,1.1,2.6\n").as_bytes());
    assert!(
        message.contains("data.csv:2") && message.contains("0.25 to 2.5"),
        "{message}"
    );
}

#[test]
fn an_unknown_unit_is_refused_with_the_nearest_names() {
    let message = refused(format!("{HEADER}2024,Hưng Yênn,1.1,1.0\n").as_bytes());
    assert!(
        message.contains("data.csv:2") && message.contains("Hưng Yên"),
        "{message}"
    );
}

#[test]
fn infinite_and_textual_numbers_are_refused() {
    for value in ["inf", "NaN", "-Infinity", "1e999", "abc", "\"1,5\"", "0x10"] {
        let message = refused(format!("{HEADER}2024,33,1.1,{value}\n").as_bytes());
        assert!(
            message.contains("data.csv:2") && message.contains("finite number"),
            "{value}: {message}"
        );
    }
}

#[test]
fn unknown_nodes_columns_editions_and_statuses_are_refused() {
    for (content, part) in [
        (format!("{HEADER}2024,33,9.9,1\n"), "9.9"),
        (format!("{HEADER}2024,33,1,5\n"), "computed from its parts"),
        (format!("{HEADER}1999,33,1.1,1\n"), "1999"),
        (
            "edition,unit,node,value,colour\n2024,33,1.1,1,red\n".to_owned(),
            "colour",
        ),
        (
            "edition;unit;node;value\n2024;33;1.1;1\n".to_owned(),
            "commas",
        ),
        ("edition,unit,node\n2024,33,1.1\n".to_owned(), "value"),
        (
            "edition,unit,node,value,status\n2024,33,1.1,1,maybe\n".to_owned(),
            "maybe",
        ),
        (
            "edition,unit,node,value,status\n2024,33,1.1,1,missing\n".to_owned(),
            "missing",
        ),
        (HEADER.to_owned(), "no rows"),
        (String::new(), "no column"),
    ] {
        let message = refused(content.as_bytes());
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn a_line_of_two_gigabytes_is_refused_without_being_read() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data.csv");
    let mut file = fs::File::create(&data).expect("created");
    file.write_all(HEADER.as_bytes()).expect("written");
    // A sparse file: two gigabytes of zero bytes, of which none is stored.
    file.set_len(2 << 30).expect("grown");
    let message = refused_file(&data, &folder.path().join("out"));
    assert!(
        message.contains("data.csv:2") && message.contains("bytes"),
        "{message}"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let assert = score(Path::new("no-such.csv"), &out).assert().code(2);
    assert!(String::from_utf8_lossy(&assert.get_output().stderr).contains("no-such.csv"));
}

/// Scores the shipped figures of 2024 on the 34 provinces, with the given table of weights.
fn merged(folder: &Path, weights: &str) -> Command {
    let table = folder.join("weights.csv");
    fs::write(&table, weights).expect("written");
    let mut command = score(
        &root().join("data/papi/observations.csv"),
        &folder.join("out"),
    );
    command
        .args(["--edition", "2024", "--units", "provinces-34", "--weights"])
        .arg(table);
    command
}

/// The total of a unit in a table of scores, and its flags.
fn total(folder: &Path, unit: &str) -> (f64, String) {
    let scores = fs::read_to_string(folder.join("scores.csv")).expect("read");
    let begin = format!("papi,2021-2024,2024,{unit},papi,");
    let line = scores
        .lines()
        .find(|line| line.starts_with(&begin))
        .expect("a total");
    let fields: Vec<&str> = line.split(',').collect();
    (fields[6].parse().expect("a number"), fields[18].to_owned())
}

#[test]
fn merged_provinces_are_weighted_where_weights_are_given_and_marked_as_derived() {
    let folder = TempDir::new().expect("a folder");
    let before = folder.path().join("before");
    score(&root().join("data/papi/observations.csv"), &before)
        .args(["--edition", "2024"])
        .assert()
        .success();
    // Hưng Yên and Thái Bình became one; weights three to one, made up.
    let list: String = ["33,3", "thai binh,1"]
        .map(|row| format!("{row}\n"))
        .concat();
    merged(folder.path(), &format!("unit,weight\n{list}"))
        .assert()
        .success();
    let expected = (3.0 * total(&before, "33").0 + total(&before, "34").0) / 4.0;
    let (weighted, flags) = total(&folder.path().join("out"), "33");
    assert!((weighted - expected).abs() < 1e-9, "{weighted} {expected}");
    assert!(flags.contains("derived"));
    let (ha_noi, flags) = total(&folder.path().join("out"), "01");
    assert_eq!(ha_noi, total(&before, "01").0, "it merged with none");
    assert!(!flags.contains("derived"));
}

#[test]
fn unusable_weights_and_lists_are_refused_and_nothing_is_written() {
    for (weights, part) in [
        ("unit,weight\n33,-1\n", "weights.csv:2"),
        ("unit,weight\n33,1\nHưng Yên,2\n", "weights.csv:3"),
        ("unit,weight\nnowhere,1\n", "weights.csv:2"),
        ("province,weight\n33,1\n", "weights.csv:1"),
    ] {
        let folder = TempDir::new().expect("a folder");
        let assert = merged(folder.path(), weights).assert().code(2);
        let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(message.contains(part), "{part}: {message}");
        assert!(!folder.path().join("out").exists());
    }
    let folder = TempDir::new().expect("a folder");
    let assert = score(
        &root().join("data/papi/observations.csv"),
        &folder.path().join("out"),
    )
    .args(["--units", "provinces-99"])
    .assert()
    .code(2);
    assert!(String::from_utf8_lossy(&assert.get_output().stderr).contains("provinces-99"));
}
