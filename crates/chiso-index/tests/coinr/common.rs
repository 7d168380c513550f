//! Reads the reference tables of COINr and compares columns with them.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chiso_index::pack::Direction;

/// The largest difference from a reference number, relative to the larger of 1 and its size.
pub const TOLERANCE: f64 = 1e-12;

/// The folder of COINr's results; `None` (said on standard output) where it is absent, a failure
/// under `CI=true`.
pub fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let coinr = folder.join("coinr");
    if coinr.is_dir() {
        return Some(coinr);
    }
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "no reference at {coinr:?}"
    );
    println!("skipped: no reference numbers at {coinr:?}");
    None
}

/// A CSV file of cells, by row and column name.
#[derive(Clone, Debug)]
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads `NAME.csv`; `None` where the reference is absent.
    pub fn read(name: &str) -> Option<Table> {
        let path = reference()?.join(format!("{name}.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let names = reader.headers().unwrap().iter().map(str::to_owned);
        Some(Table {
            names: names.collect(),
            rows: reader.records().map(Result::unwrap).collect(),
        })
    }

    fn place(&self, column: &str) -> usize {
        let found = self.names.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column {column} among {:?}", self.names))
    }

    /// A column as texts.
    pub fn texts(&self, column: &str) -> Vec<&str> {
        let place = self.place(column);
        self.rows.iter().map(|row| &row[place]).collect()
    }

    /// A column as numbers: NaN for an empty cell or NA, a failure for any other text.
    pub fn numbers(&self, column: &str) -> Vec<f64> {
        self.texts(column).into_iter().map(number).collect()
    }

    /// A column of TRUE and FALSE; `None` for an empty cell.
    pub fn flags(&self, column: &str) -> Vec<Option<bool>> {
        let flag = |text: &str| match text {
            "TRUE" => Some(true),
            "FALSE" => Some(false),
            "" | "NA" => None,
            other => panic!("found {other:?}; expected TRUE or FALSE"),
        };
        self.texts(column).into_iter().map(flag).collect()
    }

    /// The cell of the row whose first cell is `key`.
    pub fn cell(&self, key: &str, column: &str) -> &str {
        let place = self.place(column);
        let row = self.rows.iter().find(|row| &row[0] == key);
        &row.unwrap_or_else(|| panic!("no row {key}"))[place]
    }
}

/// The number in a cell: NaN for nothing or NA.
pub fn number(text: &str) -> f64 {
    match text {
        "" | "NA" | "NaN" => f64::NAN,
        text => text
            .parse()
            .unwrap_or_else(|_| panic!("found {text:?}; expected a number")),
    }
}

/// A table of units by nodes.
#[derive(Clone, Debug)]
pub struct Wide {
    /// The codes of units, in the order of rows.
    pub units: Vec<String>,
    /// The codes of nodes, in the order of columns.
    pub codes: Vec<String>,
    /// A column per node.
    pub columns: Vec<Vec<f64>>,
}

impl Wide {
    /// Reads `NAME.csv`: the column `uCode`, a column `Time` that is left aside, and nodes.
    pub fn read(name: &str) -> Option<Wide> {
        let table = Table::read(name)?;
        let is_node = |name: &&String| !["uCode", "uName", "Time"].contains(&name.as_str());
        let codes: Vec<String> = table.names.iter().filter(is_node).cloned().collect();
        Some(Wide {
            units: table
                .texts("uCode")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            columns: codes.iter().map(|code| table.numbers(code)).collect(),
            codes,
        })
    }

    /// The column of a node.
    pub fn column(&self, code: &str) -> &[f64] {
        let place = self.codes.iter().position(|other| other == code);
        &self.columns[place.unwrap_or_else(|| panic!("no node {code}"))]
    }

    /// The table with its rows in the order of `units`.
    pub fn in_order_of(&self, units: &[String]) -> Wide {
        let place = |unit: &String| self.units.iter().position(|other| other == unit);
        let order: Vec<usize> = units
            .iter()
            .map(|unit| place(unit).unwrap_or_else(|| panic!("no unit {unit}")))
            .collect();
        let sorted = |column: &Vec<f64>| order.iter().map(|&row| column[row]).collect();
        Wide {
            units: units.to_vec(),
            codes: self.codes.clone(),
            columns: self.columns.iter().map(sorted).collect(),
        }
    }
}

/// What `iMeta.csv` says of a node.
#[derive(Clone, Debug)]
pub struct Meta {
    pub code: String,
    pub level: usize,
    pub direction: Direction,
    pub weight: f64,
    /// NaN where there is none.
    pub target: f64,
    /// Empty where there is none.
    pub denominator: String,
    /// Empty for the index.
    pub parent: String,
}

/// The nodes of `iMeta.csv` in its order, without groups and denominators.
pub fn meta() -> Option<Vec<Meta>> {
    let table = Table::read("iMeta")?;
    let text = |row: &csv::StringRecord, name: &str| row[table.place(name)].to_owned();
    let nodes = table
        .rows
        .iter()
        .filter(|row| !text(row, "Level").is_empty());
    let direction = |text: &str| match text {
        "1" => Direction::Higher,
        "-1" => Direction::Lower,
        other => panic!("found direction {other:?}"),
    };
    Some(
        nodes
            .map(|row| Meta {
                code: text(row, "iCode"),
                level: text(row, "Level").parse().unwrap(),
                direction: direction(&text(row, "Direction")),
                weight: number(&text(row, "Weight")),
                target: number(&text(row, "Target")),
                denominator: text(row, "Denominator"),
                parent: text(row, "Parent"),
            })
            .collect(),
    )
}

/// The nodes of `iMeta.csv` by code.
pub fn meta_by_code() -> Option<BTreeMap<String, Meta>> {
    let by_code = |meta: Meta| (meta.code.clone(), meta);
    Some(meta()?.into_iter().map(by_code).collect())
}

/// Whether two numbers agree to [`TOLERANCE`]; two missing ones do.
pub fn close(actual: f64, expected: f64) -> bool {
    let bound = TOLERANCE * expected.abs().max(1.0);
    (actual.is_nan() && expected.is_nan()) || (actual - expected).abs() <= bound
}

/// Fails with the first row where a column is not the expected one.
#[track_caller]
pub fn assert_column(what: &str, actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len(), "{what}: rows");
    for (row, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        assert!(
            close(a, e),
            "{what}, row {row}: found {a:?}; expected {e:?}"
        );
    }
}
