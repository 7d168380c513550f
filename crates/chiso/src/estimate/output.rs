//! Results as tables, in CSV or Parquet. The same results give the same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use arrow_array::builder::{Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use chiso_survey::key::Key;
use chiso_survey::results::{Covariance, Flag, Row, TestRow};
use chiso_survey::specification::Specification;
use chiso_tables::{LabelledValue, Table};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Parquet.
    Parquet,
}

impl Format {
    /// The file's ending.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// Names of values of `by` columns, from the specification and from the files.
#[derive(Default)]
pub struct Labels {
    by_column: BTreeMap<String, BTreeMap<String, String>>,
}

impl Labels {
    /// The specification's names stand before the file's.
    pub fn new(specification: &Specification, tables: &[Table]) -> Labels {
        let mut by_column = BTreeMap::new();
        if let Some(table) = tables.first() {
            for (place, field) in table.schema().fields().iter().enumerate() {
                let Some(labels) = table.labels(place) else {
                    continue;
                };
                let names: &mut BTreeMap<String, String> =
                    by_column.entry(field.name().clone()).or_default();
                for (value, label) in &labels.values {
                    let value = match value {
                        LabelledValue::Number(number) => number.to_string(),
                        LabelledValue::Text(text) => text.clone(),
                        LabelledValue::Missing(_) => continue,
                    };
                    names.insert(value, label.clone());
                }
            }
        }
        for (column, names) in &specification.labels {
            by_column
                .entry(column.clone())
                .or_default()
                .extend(names.clone());
        }
        Labels { by_column }
    }

    fn of(&self, column: &str, value: &Key) -> String {
        let text = value.to_string();
        let name = self
            .by_column
            .get(column)
            .and_then(|names| names.get(&text));
        name.cloned().unwrap_or(text)
    }
}

enum Column {
    Text(String, Vec<String>),
    Number(String, Vec<Option<f64>>),
}

/// The estimates: id, statistic, variable, the columns of `by`, estimate, se, lo, hi, deff, df, n,
/// cv, flags.
pub fn estimates_table(rows: &[Row], labels: &Labels, format: Format) -> Result<Vec<u8>> {
    let text = |name: &str, of: &dyn Fn(&Row) -> String| {
        Column::Text(name.to_owned(), rows.iter().map(of).collect())
    };
    let number = |name: &str, of: &dyn Fn(&Row) -> Option<f64>| {
        Column::Number(name.to_owned(), rows.iter().map(of).collect())
    };
    let mut columns = vec![
        text("id", &|row| row.id.clone()),
        text("statistic", &|row| row.statistic.clone()),
        text("variable", &|row| row.variable.clone()),
    ];
    for name in by_columns(rows) {
        columns.push(text(&name, &|row| {
            let value = row.by.iter().find(|(column, _)| *column == name);
            value.map_or(String::new(), |(column, value)| labels.of(column, value))
        }));
    }
    columns.extend([
        number("estimate", &|row| row.estimate),
        number("se", &|row| row.standard_error),
        number("lo", &|row| row.lo),
        number("hi", &|row| row.hi),
        number("deff", &|row| row.design_effect),
        number("df", &|row| Some(row.degrees_of_freedom)),
        number("n", &|row| Some(row.n)),
        number("cv", &Row::coefficient_of_variation),
        text("flags", &|row| {
            row.flags
                .iter()
                .map(|flag| Flag::word(*flag))
                .collect::<Vec<_>>()
                .join(" ")
        }),
    ]);
    encode(columns, format)
}

/// The columns of `by` of all estimates, in order of first appearance.
fn by_columns(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.by) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// Covariances between the rows of an estimate, by their line in the table of estimates.
pub fn covariance_table(covariances: &[Covariance], format: Format) -> Result<Vec<u8>> {
    let mut id = Vec::new();
    let (mut first, mut second, mut value) = (Vec::new(), Vec::new(), Vec::new());
    for covariance in covariances {
        for (row, left) in covariance.rows.iter().enumerate() {
            for (column, right) in covariance.rows.iter().enumerate().skip(row) {
                id.push(covariance.id.clone());
                first.push(Some(*left as f64 + 1.0));
                second.push(Some(*right as f64 + 1.0));
                value.push(Some(
                    covariance.matrix[row * covariance.rows.len() + column],
                ));
            }
        }
    }
    let columns = vec![
        Column::Text("id".into(), id),
        Column::Number("row".into(), first),
        Column::Number("other_row".into(), second),
        Column::Number("covariance".into(), value),
    ];
    encode(columns, format)
}

/// Tests of independence: id, rows, columns, statistic, value, ndf, ddf, p.
pub fn tests_table(tests: &[TestRow], format: Format) -> Result<Vec<u8>> {
    let text = |name: &str, of: &dyn Fn(&TestRow) -> String| {
        Column::Text(name.to_owned(), tests.iter().map(of).collect())
    };
    let number = |name: &str, of: &dyn Fn(&TestRow) -> Option<f64>| {
        Column::Number(name.to_owned(), tests.iter().map(of).collect())
    };
    let columns = vec![
        text("id", &|test| test.id.clone()),
        text("rows", &|test| test.rows.clone()),
        text("columns", &|test| test.columns.clone()),
        text("statistic", &|test| test.statistic.clone()),
        number("value", &|test| Some(test.value)),
        number("ndf", &|test| test.numerator_df),
        number("ddf", &|test| test.denominator_df),
        number("p", &|test| Some(test.p)),
    ];
    encode(columns, format)
}

/// Observations of an index: edition, unit, node, value, se, n, status, source. Estimates with a
/// `node` and one column of `by`, the unit, are observations; others are not.
pub fn observations_table(rows: &[Row], edition: i32, source: &str) -> Result<Vec<u8>> {
    let of_nodes: Vec<&Row> = rows.iter().filter(|row| row.node.is_some()).collect();
    if of_nodes.is_empty() {
        bail!(
            "--observations: found no estimate with a node; expected node = \"…\" in [[estimate]]"
        );
    }
    if let Some(row) = of_nodes.iter().find(|row| row.by.len() != 1) {
        bail!(
            "--observations: found estimate {} by {} columns; expected one, the unit",
            row.id,
            row.by.len()
        );
    }
    let text = |name: &str, of: &dyn Fn(&Row) -> String| {
        Column::Text(
            name.to_owned(),
            of_nodes.iter().map(|row| of(row)).collect(),
        )
    };
    let number = |name: &str, of: &dyn Fn(&Row) -> Option<f64>| {
        Column::Number(
            name.to_owned(),
            of_nodes.iter().map(|row| of(row)).collect(),
        )
    };
    let columns = vec![
        text("edition", &|_| edition.to_string()),
        text("unit", &|row| row.by[0].1.to_string()),
        text("node", &|row| row.node.clone().unwrap_or_default()),
        number("value", &|row| row.estimate),
        number("se", &|row| row.standard_error),
        number("n", &|row| Some(row.n)),
        text("status", &|row| {
            if row.estimate.is_some() {
                String::new()
            } else {
                "missing".to_owned()
            }
        }),
        text("source", &|_| source.to_owned()),
    ];
    encode(columns, Format::Csv)
}

/// Covariances of each unit's observations: edition, unit, node, other, covariance, df; a node with
/// itself is its variance, each pair stands once, and `df` are the degrees of freedom with which the
/// unit's errors are known.
pub fn node_covariances_table(
    rows: &[Row],
    covariances: &[Covariance],
    edition: i32,
) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["edition", "unit", "node", "other", "covariance", "df"])?;
    let edition = edition.to_string();
    for covariance in covariances {
        for (place, &row) in covariance.rows.iter().enumerate() {
            for (other, &column) in covariance.rows.iter().enumerate().skip(place) {
                let of = |row: &Row| row.node.clone().unwrap_or_default();
                let value = covariance.matrix[place * covariance.rows.len() + other];
                writer.write_record([
                    &edition,
                    &rows[row].by[0].1.to_string(),
                    &of(&rows[row]),
                    &of(&rows[column]),
                    &number_text(value),
                    &number_text(
                        rows[row]
                            .degrees_of_freedom
                            .min(rows[column].degrees_of_freedom),
                    ),
                ])?;
            }
        }
    }
    Ok(writer.into_inner()?)
}

fn encode(columns: Vec<Column>, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Csv => csv_bytes(&columns),
        Format::Parquet => parquet_bytes(columns),
    }
}

fn csv_bytes(columns: &[Column]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = columns.iter().map(|column| match column {
        Column::Text(name, _) | Column::Number(name, _) => name.as_str(),
    });
    writer.write_record(names)?;
    let rows = columns.first().map_or(0, |column| match column {
        Column::Text(_, values) => values.len(),
        Column::Number(_, values) => values.len(),
    });
    for row in 0..rows {
        let fields = columns.iter().map(|column| match column {
            Column::Text(_, values) => values[row].clone(),
            Column::Number(_, values) => values[row].map_or(String::new(), number_text),
        });
        writer.write_record(fields)?;
    }
    Ok(writer.into_inner()?)
}

/// The shortest text that reads back as the same number.
fn number_text(number: f64) -> String {
    if number.is_infinite() {
        "Inf".to_owned()
    } else {
        number.to_string()
    }
}

fn parquet_bytes(columns: Vec<Column>) -> Result<Vec<u8>> {
    let mut arrays: Vec<(String, ArrayRef)> = Vec::new();
    for column in columns {
        match column {
            Column::Text(name, values) => {
                let mut builder = StringBuilder::new();
                values.iter().for_each(|value| builder.append_value(value));
                arrays.push((name, Arc::new(builder.finish())));
            }
            Column::Number(name, values) => {
                let mut builder = Float64Builder::new();
                values
                    .iter()
                    .for_each(|value| builder.append_option(*value));
                arrays.push((name, Arc::new(builder.finish())));
            }
        }
    }
    let batch = RecordBatch::try_from_iter(arrays)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("chiso ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}
