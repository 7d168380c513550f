//! The files of the data page and of charts.

use std::io;

use chiso_index::observations::{Observation, Value};
use chiso_index::{Edition, Observations, Panel, Scored, output};
use chiso_publish::{Absence, Cell, Column, Figure, PublishError, Table};

use crate::site::IndexData;

/// A file to be sent.
pub struct File {
    /// The media type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The name under which a browser keeps it; none for what it shows itself.
    pub name: Option<String>,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// CSV.
    #[error("CSV: {0}")]
    Csv(#[from] io::Error),
    /// Scores as Parquet.
    #[error("Parquet: {0}")]
    Scores(String),
    /// A table.
    #[error(transparent)]
    Table(#[from] PublishError),
}

const CSV: &str = "text/csv; charset=utf-8";
const JSON: &str = "application/json";
const PARQUET: &str = "application/vnd.apache.parquet";

/// The file of an index with this name: `observations.ENDING`, `scores[-LIST][-EDITION].ENDING`, with
/// the ending `csv` or `parquet`; none for any other name.
///
/// # Errors
/// When it cannot be written.
pub fn of_index(index: &IndexData, name: &str) -> Result<Option<File>, FileError> {
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return Ok(None);
    };
    let media_type = match ending {
        "csv" => CSV,
        "parquet" => PARQUET,
        _ => return Ok(None),
    };
    let bytes = if stem == "observations" {
        observations(index, media_type)?
    } else {
        let Some(editions) = chosen(index, stem) else {
            return Ok(None);
        };
        scores(index, &editions, media_type)?
    };
    let name = Some(format!("{}-{name}", index.panel.pack.id));
    Ok(Some(File {
        media_type,
        bytes,
        name,
    }))
}

/// The editions that the name of a file of scores names.
fn chosen<'a>(index: &'a IndexData, stem: &str) -> Option<Vec<&'a Scored>> {
    let rest = stem.strip_prefix("scores")?;
    let derived = index.derived.iter().find_map(|derived| {
        let rest = rest
            .strip_prefix('-')?
            .strip_prefix(derived.list_id.as_str())?;
        (rest.is_empty() || rest.starts_with('-')).then_some((&derived.panel, rest))
    });
    let (panel, rest): (&Panel, &str) = derived.unwrap_or((&index.panel, rest));
    if rest.is_empty() {
        return Some(panel.editions.values().collect());
    }
    let edition = Edition(rest.strip_prefix('-')?.parse().ok()?);
    panel.editions.get(&edition).map(|scored| vec![scored])
}

fn scores(index: &IndexData, editions: &[&Scored], media_type: &str) -> Result<Vec<u8>, FileError> {
    let pack = &index.panel.pack;
    if media_type == PARQUET {
        return output::scores_parquet(pack, editions)
            .map_err(|fault| FileError::Scores(fault.to_string()));
    }
    let mut bytes = Vec::new();
    output::scores_csv(pack, editions, &mut bytes)?;
    Ok(bytes)
}

fn observations(index: &IndexData, media_type: &str) -> Result<Vec<u8>, FileError> {
    if media_type == PARQUET {
        return Ok(observation_table(index).to_parquet()?);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let write = |fault: csv::Error| FileError::Csv(fault.into());
    writer
        .write_record(["edition", "unit", "node", "value", "se", "n", "status"])
        .map_err(write)?;
    for row in index.observations.rows() {
        let Some(code) = node_code(index, row) else {
            continue;
        };
        let (value, status) = match row.value {
            Value::Number(number) => (number.to_string(), ""),
            Value::Missing => (String::new(), "missing"),
            Value::NotApplicable => (String::new(), "not_applicable"),
        };
        let edition = row.edition.to_string();
        let se = row
            .standard_error
            .map(|se| se.to_string())
            .unwrap_or_default();
        let n = row.count.map(|n| n.to_string()).unwrap_or_default();
        let unit = unit_code(&index.observations, row);
        writer
            .write_record([&edition, unit, code, &value, &se, &n, status])
            .map_err(write)?;
    }
    writer
        .into_inner()
        .map_err(|fault| FileError::Csv(fault.into_error()))
}

fn unit_code<'a>(observations: &'a Observations, row: &Observation) -> &'a str {
    &observations.units()[row.unit]
}

fn node_code<'a>(index: &'a IndexData, row: &Observation) -> Option<&'a str> {
    let version = index.panel.pack.version_of(row.edition)?;
    Some(&version.tree.node(row.node).code)
}

/// The observations as a table; errors and counts are columns where any is known.
fn observation_table(index: &IndexData) -> Table {
    let rows = index.observations.rows();
    let has_error = rows.iter().any(|row| row.standard_error.is_some());
    let has_count = rows.iter().any(|row| row.count.is_some());
    let mut columns = vec![
        Column::integer("edition", "edition"),
        Column::text("unit", "unit"),
        Column::text("node", "node"),
        Column::number("value", "value", 4),
    ];
    columns.extend(has_error.then(|| Column::number("se", "se", 4)));
    columns.extend(has_count.then(|| Column::integer("n", "n")));
    let cells = |row: &Observation| {
        let value = match row.value {
            Value::Number(number) => Cell::Number(number),
            Value::Missing => Cell::Empty(Absence::Missing),
            Value::NotApplicable => Cell::Empty(Absence::NotApplicable),
        };
        let unit = unit_code(&index.observations, row);
        let edition = Cell::Integer(row.edition.0.into());
        let mut cells = vec![
            edition,
            Cell::text(unit),
            Cell::text(node_code(index, row)?),
            value,
        ];
        cells.extend(has_error.then(|| Cell::number_or(row.standard_error, Absence::Missing)));
        let count = row.count.and_then(|count| i64::try_from(count).ok());
        cells.extend(has_count.then(|| Cell::integer_or(count, Absence::Missing)));
        Some(cells)
    };
    let pack = &index.panel.pack;
    let mut table = Table::new(format!("Observations: {}", pack.name.en), columns);
    table.rows = rows.iter().filter_map(cells).collect();
    table.metadata = [
        ("source", &index.data_source.en),
        ("licence", &pack.licence),
        ("index", &pack.id),
    ]
    .map(|(key, value)| (key.to_owned(), value.clone()))
    .into();
    table
}

/// A chart in the form of an ending: `svg`, `csv`, `json` or `parquet`; none for any other.
///
/// # Errors
/// When it cannot be written.
pub fn of_chart(figure: &Figure, stem: &str, ending: &str) -> Result<Option<File>, FileError> {
    let name = Some(format!("{stem}.{ending}"));
    let (media_type, bytes, name) = match ending {
        "svg" => ("image/svg+xml", figure.standalone_svg().into_bytes(), None),
        "csv" => (CSV, figure.table.to_csv()?.into_bytes(), name),
        "json" => (JSON, figure.table.to_json()?.to_string().into_bytes(), None),
        "parquet" => (PARQUET, figure.table.to_parquet()?, name),
        _ => return Ok(None),
    };
    Ok(Some(File {
        media_type,
        bytes,
        name,
    }))
}
