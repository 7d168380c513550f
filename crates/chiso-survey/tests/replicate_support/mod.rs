//! Reads the reference tables of R `survey` for the tests of replication and of PPS designs.
#![allow(dead_code)]

use std::collections::HashMap;
use std::path::PathBuf;

/// A CSV table, by column.
pub struct Table {
    columns: HashMap<String, Vec<String>>,
    pub rows: usize,
}

impl Table {
    /// The fields of a column; `racef` is R's factor of `race`, which not every file holds.
    pub fn text(&self, column: &str) -> &[String] {
        let plain = if column == "racef" { "race" } else { column };
        let found = self.columns.get(column).or_else(|| self.columns.get(plain));
        found.unwrap_or_else(|| panic!("no column {column}"))
    }

    /// Numbers; an empty field or NA is `None`.
    pub fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        self.text(column)
            .iter()
            .map(|field| field.parse().ok())
            .collect()
    }

    pub fn number(&self, column: &str, row: usize) -> Option<f64> {
        self.text(column)[row].parse().ok()
    }
}

/// The folder of reference numbers, or `None` (said aloud) where it is absent and `CI` is not set.
pub fn reference() -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference");
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or_else(|| root.into(), PathBuf::from);
    let survey = folder.join("survey");
    if survey.is_dir() {
        return Some(survey);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing",
        survey.display()
    );
    println!("skipped: no reference folder at {}", survey.display());
    None
}

pub fn read(folder: &std::path::Path, name: &str) -> Option<Table> {
    let path = folder.join(name);
    if !path.exists() {
        return None;
    }
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let mut table: Vec<Vec<String>> = vec![Vec::new(); header.len()];
    for record in reader.records() {
        for (column, field) in table.iter_mut().zip(record.unwrap().iter()) {
            column.push(field.to_owned());
        }
    }
    let rows = table.first().map_or(0, Vec::len);
    Some(Table {
        columns: header.into_iter().zip(table).collect(),
        rows,
    })
}

/// The columns r1, r2, … as `matrix[row][replicate]`.
pub fn matrix(table: &Table, prefix: &str) -> Vec<Vec<f64>> {
    let names = (1..)
        .map(|i| format!("{prefix}{i}"))
        .take_while(|n| table.columns.contains_key(n));
    let columns: Vec<Vec<f64>> = names
        .map(|n| table.numbers(&n).into_iter().map(Option::unwrap).collect())
        .collect();
    (0..table.rows)
        .map(|row| columns.iter().map(|column| column[row]).collect())
        .collect()
}

/// Whether two numbers agree to `tolerance` relative to the expected one (absolute near 0).
pub fn agree(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1e-12)
}
