//! The importer on grids of cells: what is read, what is refused, and what the message says.

mod editions;
mod labels;
mod rules;
mod simulated;
mod values;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chiso_index::import::{Cell, Imported, Request, Rules, Sheet, import};
use chiso_index::pack::PackFiles;
use chiso_index::{Edition, Observations, Pack, Value};
use chiso_units::UnitList;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of the shipped pack whose publisher's tables are the hardest.
fn pack_files() -> PackFiles {
    let folder = root().join("packs/papi");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&folder).expect("the pack") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let nodes = path.join("nodes.csv");
        if nodes.exists() {
            files.insert(
                format!("{name}/nodes.csv"),
                fs::read_to_string(nodes).expect("read"),
            );
        } else if name.ends_with(".toml") {
            files.insert(name, fs::read_to_string(&path).expect("read"));
        }
    }
    PackFiles {
        root: "papi".into(),
        files,
    }
}

fn units() -> &'static UnitList {
    UnitList::by_id("provinces-63").expect("a shipped list")
}

/// The shipped pack and its rules, with more text at the end of the latter.
fn pack_and_rules(more: &str) -> (Pack, Rules) {
    let mut files = pack_files();
    let (pack, problems) = Pack::read(&files);
    let pack = pack.unwrap_or_else(|| panic!("{problems:?}"));
    files
        .files
        .get_mut("import.toml")
        .expect("rules")
        .push_str(more);
    let (rules, problems) = Rules::read(&files, &pack, Some(units()));
    (pack, rules.unwrap_or_else(|| panic!("{problems:?}")))
}

/// A sheet: empty text is an empty cell, digits are a number, a leading `'` makes text of anything.
fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    let cell = |text: &&str| match (text.strip_prefix('\''), text.parse::<f64>()) {
        (Some(text), _) => Cell::Text(text.to_owned()),
        (None, Ok(number)) => Cell::Number(number),
        (None, Err(_)) if text.is_empty() => Cell::Empty,
        (None, Err(_)) => Cell::Text((*text).to_owned()),
    };
    let rows = rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    Sheet {
        name: name.into(),
        rows,
        named: true,
    }
}

/// The sheet with rows and columns exchanged.
fn turned(sheet: &Sheet) -> Sheet {
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    let column = |at: usize| {
        sheet
            .rows
            .iter()
            .map(|row| row.get(at).cloned().unwrap_or_default())
            .collect()
    };
    Sheet {
        rows: (0..width).map(column).collect(),
        ..sheet.clone()
    }
}

struct Asked<'a> {
    file: &'a str,
    edition: Option<i32>,
    sheets: &'a [&'a str],
    more_rules: &'a str,
}

const PLAIN: Asked<'static> = Asked {
    file: "book.xlsx",
    edition: None,
    sheets: &[],
    more_rules: "",
};

impl Asked<'_> {
    fn try_read(&self, sheets: &[Sheet]) -> Result<(Pack, Imported), String> {
        let (pack, rules) = pack_and_rules(self.more_rules);
        let wanted: Vec<String> = self.sheets.iter().map(|name| (*name).to_owned()).collect();
        let request = Request {
            file: self.file,
            edition: self.edition.map(Edition),
            sheets: &wanted,
        };
        let imported = import(&pack, Some(units()), &rules, &request, sheets);
        imported
            .map(|imported| (pack, imported))
            .map_err(|problem| problem.to_string())
    }

    fn read(&self, sheets: &[Sheet]) -> Imported {
        self.try_read(sheets)
            .map(|(_, imported)| imported)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The message of a refusal.
    fn refused(&self, sheets: &[Sheet]) -> String {
        match self.try_read(sheets) {
            Ok((_, imported)) => panic!("not refused: {:?}", imported.sheets),
            Err(message) => {
                assert!(message.starts_with(self.file), "{message}");
                assert!(message.contains("expected"), "{message}");
                assert!(!message.contains('\n'), "{message}");
                message
            }
        }
    }
}

/// The values by edition, unit and node.
fn values(observations: &Observations) -> BTreeMap<(i32, String, String), f64> {
    let (pack, _) = pack_and_rules("");
    let mut values = BTreeMap::new();
    for row in observations.rows() {
        let version = pack.version_of(row.edition).expect("a version");
        let Value::Number(value) = row.value else {
            panic!("a value that is no number")
        };
        let unit = observations.units()[row.unit].to_string();
        let node = version.tree.node(row.node).code.clone();
        assert!(values.insert((row.edition.0, unit, node), value).is_none());
    }
    values
}

/// The expected values of one edition, for comparison with [`values`].
fn expected(edition: i32, rows: &[(&str, &str, f64)]) -> BTreeMap<(i32, String, String), f64> {
    let key = |unit: &str, node: &str| (edition, unit.to_owned(), node.to_owned());
    rows.iter()
        .map(|(unit, node, value)| (key(unit, node), *value))
        .collect()
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}
