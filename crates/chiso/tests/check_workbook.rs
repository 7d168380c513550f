//! A pack in one workbook: sound where the folder is, and a fault is named by its sheet and row.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

/// The files of a shipped pack by the names of their sheets.
fn shipped(id: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../packs")
        .join(id);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("a pack") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            let text = fs::read_to_string(path.join("nodes.csv")).expect("nodes");
            files.push((format!("{name} nodes.csv"), text));
        } else {
            files.push((name, fs::read_to_string(path).expect("text")));
        }
    }
    files
}

fn write(files: &[(String, String)], path: &Path) {
    let mut book = Workbook::new();
    for (name, text) in files {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        if name.ends_with(".toml") {
            for (row, line) in text.lines().enumerate() {
                sheet.write_string(row as u32, 0, line).expect("a cell");
            }
            continue;
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        for (row, record) in reader.records().enumerate() {
            for (column, field) in record.expect("a row").iter().enumerate() {
                let (row, at) = (row as u32, column as u16);
                // As a spreadsheet would have it: codes as text, other numbers as numbers.
                match field.parse::<f64>() {
                    Ok(number) if column > 1 => {
                        sheet.write_number(row, at, number).expect("a cell")
                    }
                    _ => sheet.write_string(row, at, field).expect("a cell"),
                };
            }
        }
    }
    book.add_worksheet()
        .set_name("Notes of ours")
        .expect("a name")
        .write_string(0, 0, "anything")
        .expect("a cell");
    book.save(path).expect("saved");
}

fn workbook(folder: &TempDir, id: &str, files: &[(String, String)]) -> PathBuf {
    let path = folder.path().join(format!("{id}.xlsx"));
    write(files, &path);
    path
}

fn chiso(arguments: &[&str], path: &Path) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.args(arguments).arg(path);
    command
}

#[test]
fn a_shipped_pack_is_sound_as_a_workbook_and_gives_the_same_scores() {
    let folder = TempDir::new().expect("a folder");
    for id in ["pci", "papi"] {
        let path = workbook(&folder, id, &shipped(id));
        let assert = chiso(&["check"], &path).assert().success();
        let said = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        assert!(said.contains("sound: "), "{said}");
        let data =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../data/{id}/observations.csv"));
        let scores = |pack: &Path| {
            let out = folder.path().join("scores");
            chiso(&["score"], pack)
                .arg("--data")
                .arg(&data)
                .arg("--out")
                .arg(&out)
                .assert()
                .success();
            fs::read_to_string(out.join("scores.csv")).expect("scores")
        };
        assert!(scores(&path) == scores(Path::new(id)), "{id}");
    }
}

#[test]
fn a_fault_is_named_by_sheet_and_row() {
    let folder = TempDir::new().expect("a folder");
    let mut files = shipped("pci");
    let nodes = files
        .iter_mut()
        .find(|(name, _)| name == "2013-2021 nodes.csv")
        .expect("nodes");
    let lines: Vec<String> = nodes.1.lines().map(str::to_owned).collect();
    nodes.1 = lines
        .iter()
        .enumerate()
        .map(|(line, text)| {
            format!(
                "{}\n",
                if line == 3 {
                    text.replacen(",pci,", ",nobody,", 1)
                } else {
                    text.clone()
                }
            )
        })
        .collect();
    let path = workbook(&folder, "pci", &files);
    let assert = chiso(&["check"], &path).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(
        message.contains("pci.xlsx/2013-2021/nodes.csv:4: error: found parent `nobody`"),
        "{message}"
    );
}

#[test]
fn a_workbook_without_an_index_is_no_pack() {
    let folder = TempDir::new().expect("a folder");
    let path = workbook(&folder, "pci", &[]);
    let assert = chiso(&["check"], &path).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(
        message.contains("pci.xlsx/index.toml: error: found no such file"),
        "{message}"
    );
    let absent = folder.path().join("absent.xlsx");
    let assert = chiso(&["check"], &absent).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(
        message.contains("absent.xlsx: cannot be opened"),
        "{message}"
    );
}
