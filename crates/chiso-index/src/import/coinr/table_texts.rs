//! `nodes.csv`, `observations.csv` and `context.csv` as texts.

use super::Index;
use super::entries::{Entry, Kind};
use super::table::{Number, Row};
use crate::pack::Direction;

/// The nodes of the version, each before its parts.
pub(super) fn nodes(index: &Index<'_>) -> String {
    let header = [
        "code",
        "parent",
        "name_en",
        "name_vi",
        "min",
        "max",
        "weight",
        "direction",
        "source",
        "note",
    ];
    let mut table = CsvText::new(&header);
    for entry in index.nodes() {
        let parent = entry.parent.as_deref().unwrap_or_default();
        let parent = if parent == index.root().code {
            &index.id
        } else {
            parent
        };
        let is_root = entry.code == index.root().code;
        let (min, max) = range(index, entry).map_or_else(Default::default, |(min, max)| {
            (min.to_string(), max.to_string())
        });
        let weight = if is_root {
            String::new()
        } else {
            entry.weight.to_string()
        };
        let lower = entry.kind == Kind::Indicator && entry.direction == Direction::Lower;
        table.row([
            index.code(entry),
            parent,
            &entry.name,
            &entry.name,
            &min,
            &max,
            &weight,
            if lower { "lower" } else { "" },
            &index.meta.file,
            &note(index, entry),
        ]);
    }
    table.finish()
}

/// Goalposts become the range of a node only if no value lies outside: a range is what a node can
/// have.
fn range(index: &Index<'_>, entry: &Entry) -> Option<(f64, f64)> {
    let (low, high) = (entry.goalposts.0?, entry.goalposts.1?);
    let (_, column) = index
        .indicators()
        .find(|(other, _)| other.code == entry.code)?;
    (low < high && index.values_within(column, low, high)).then_some((low, high))
}

fn note(index: &Index<'_>, entry: &Entry) -> String {
    let mut notes = vec!["name_vi not translated".to_owned()];
    if entry.code == index.root().code && entry.code != index.id {
        notes.push(format!("iCode {}", entry.code));
    }
    if !entry.measure.is_empty() {
        notes.push(format!("unit of measure: {}", entry.measure));
    }
    if let Some(denominator) = entry
        .denominator
        .as_ref()
        .filter(|_| entry.kind == Kind::Indicator)
    {
        notes.push(format!("denominator: {denominator}"));
    }
    if let Some(target) = entry.target {
        notes.push(format!("target: {target}"));
    }
    if let (Some(low), Some(high)) = entry.goalposts {
        notes.push(format!("goalposts: {low} to {high}"));
    }
    notes.join("; ")
}

/// Every value with its unit and edition; a missing one is stated as missing, so that a unit
/// without any is still a unit.
pub(super) fn observations(index: &Index<'_>) -> String {
    let mut table = CsvText::new(&["edition", "unit", "node", "value", "status"]);
    for (row, edition) in index.data.rows.iter().zip(&index.figures.editions) {
        let edition = edition.to_string();
        for (entry, column) in index.indicators() {
            let present = matches!(index.data.number(row, Some(column)), Number::Is(_));
            let value = if present { &row.cells[column] } else { "" };
            let status = if present { "" } else { "missing" };
            let unit = &row.cells[index.figures.unit];
            table.row([edition.as_str(), unit, index.code(entry), value, status]);
        }
    }
    table.finish()
}

/// What is known of units beside the indicators; none where there is nothing.
pub(super) fn context(index: &Index<'_>) -> Option<String> {
    let others = index.entries.iter().zip(&index.figures.columns);
    let mut columns: Vec<(&str, usize)> = others
        .filter(|(entry, _)| !entry.kind.is_node())
        .filter_map(|(entry, column)| Some((entry.code.as_str(), (*column)?)))
        .collect();
    let is_free = |name: &str| index.entries.iter().all(|entry| entry.code != name);
    if let Some(column) = index.figures.name.filter(|_| is_free(UNIT_NAME)) {
        columns.insert(0, (UNIT_NAME, column));
    }
    if columns.is_empty() {
        return None;
    }
    let mut header = vec!["edition", "unit"];
    header.extend(columns.iter().map(|(name, _)| *name));
    let mut table = CsvText::new(&header);
    for (row, edition) in index.data.rows.iter().zip(&index.figures.editions) {
        let edition = edition.to_string();
        let mut cells = vec![edition.as_str(), &row.cells[index.figures.unit]];
        cells.extend(columns.iter().map(|&(_, column)| known(index, row, column)));
        table.row(cells);
    }
    Some(table.finish())
}

/// The column of the context that holds units' names.
const UNIT_NAME: &str = "unit_name";

fn known<'a>(index: &'a Index<'_>, row: &'a Row, column: usize) -> &'a str {
    let text = index.data.text(row, Some(column));
    text.filter(|text| *text != "NaN").unwrap_or_default()
}

/// A table in CSV that grows in memory.
struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    fn new(header: &[&str]) -> Self {
        let writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let mut table = CsvText(writer);
        table.row(header.iter().copied());
        table
    }

    fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        // Writing into memory does not fail, and rows of any length are allowed.
        let _ = self.0.write_record(cells);
    }

    fn finish(self) -> String {
        let bytes = self.0.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
