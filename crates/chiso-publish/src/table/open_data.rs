//! Tables for programs: CSV, JSON and Parquet.
//!
//! The three share one layout. A column with a cell that holds no value is followed by a column
//! `KEY_status` with the reason (`missing`, `not_applicable`, …), empty where there is a value.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value, json};

use super::{Cell, ColumnKind, Table};
use crate::error::PublishError;

impl Table {
    /// CSV in UTF-8 with a heading row; numbers with a decimal point and every digit.
    ///
    /// Words that begin with `=`, `+`, `-`, `@`, a tab or a carriage return get a leading
    /// apostrophe, so that no spreadsheet runs them as a formula.
    ///
    /// # Errors
    /// [`PublishError::RowLength`] for an uneven row, [`PublishError::Csv`] from the writer.
    pub fn to_csv(&self) -> Result<String, PublishError> {
        self.check()?;
        let fault = |source| PublishError::Csv {
            caption: self.caption.clone(),
            source,
        };
        let status = self.has_absences();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut heading = Vec::new();
        for (column, status) in self.columns.iter().zip(&status) {
            heading.push(column.key.clone());
            heading.extend(status.then(|| format!("{}_status", column.key)));
        }
        writer.write_record(&heading).map_err(fault)?;
        for row in &self.rows {
            let mut record = Vec::with_capacity(heading.len());
            for (cell, status) in row.iter().zip(&status) {
                record.push(csv_field(cell));
                record.extend(status.then(|| status_of(cell).unwrap_or_default().to_string()));
            }
            writer.write_record(&record).map_err(fault)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| fault(error.into_error().into()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// JSON: `caption`, `metadata`, `columns` (key, title, kind) and `records`, one object a row.
    ///
    /// # Errors
    /// [`PublishError::RowLength`] for an uneven row.
    pub fn to_json(&self) -> Result<Value, PublishError> {
        self.check()?;
        let status = self.has_absences();
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|column| json!({"key": column.key, "title": column.title, "kind": kind_name(column.kind)}))
            .collect();
        let records: Vec<Value> = self
            .rows
            .iter()
            .map(|row| self.json_record(row, &status))
            .collect();
        let metadata: Map<String, Value> = self
            .metadata
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        Ok(
            json!({"caption": self.caption, "metadata": metadata, "columns": columns, "records": records}),
        )
    }

    fn json_record(&self, row: &[Cell], status: &[bool]) -> Value {
        let mut record = Map::new();
        for ((cell, column), status) in row.iter().zip(&self.columns).zip(status) {
            record.insert(column.key.clone(), json_value(cell));
            if *status {
                record.insert(format!("{}_status", column.key), json!(status_of(cell)));
            }
        }
        Value::Object(record)
    }

    /// Parquet (Snappy), one row group, `caption` and the metadata as key-value pairs of the file.
    ///
    /// # Errors
    /// [`PublishError::RowLength`] for an uneven row, [`PublishError::Parquet`] from the writer.
    pub fn to_parquet(&self) -> Result<Vec<u8>, PublishError> {
        self.check()?;
        let (fields, arrays) = self.arrow_columns();
        let fault = |reason: String| PublishError::Parquet {
            caption: self.caption.clone(),
            reason,
        };
        let schema = Arc::new(Schema::new(fields));
        let batch =
            RecordBatch::try_new(schema.clone(), arrays).map_err(|e| fault(e.to_string()))?;
        let mut pairs = vec![KeyValue::new("caption".to_string(), self.caption.clone())];
        pairs.extend(
            self.metadata
                .iter()
                .map(|(key, value)| KeyValue::new(key.clone(), value.clone())),
        );
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(pairs))
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))
            .map_err(|e| fault(e.to_string()))?;
        writer.write(&batch).map_err(|e| fault(e.to_string()))?;
        writer.close().map_err(|e| fault(e.to_string()))?;
        Ok(bytes)
    }

    fn arrow_columns(&self) -> (Vec<Field>, Vec<ArrayRef>) {
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (index, (column, status)) in self.columns.iter().zip(self.has_absences()).enumerate() {
            let cells = || self.rows.iter().map(|row| &row[index]);
            let (kind, array): (DataType, ArrayRef) = match column.kind {
                ColumnKind::Text => (
                    DataType::Utf8,
                    Arc::new(cells().map(as_words).collect::<StringArray>()),
                ),
                ColumnKind::Number { .. } => (
                    DataType::Float64,
                    Arc::new(cells().map(as_number).collect::<Float64Array>()),
                ),
                ColumnKind::Integer => (
                    DataType::Int64,
                    Arc::new(cells().map(as_integer).collect::<Int64Array>()),
                ),
            };
            fields.push(Field::new(&column.key, kind, true));
            arrays.push(array);
            if status {
                fields.push(Field::new(
                    format!("{}_status", column.key),
                    DataType::Utf8,
                    true,
                ));
                arrays.push(Arc::new(cells().map(status_of).collect::<StringArray>()));
            }
        }
        (fields, arrays)
    }

    fn has_absences(&self) -> Vec<bool> {
        (0..self.columns.len())
            .map(|index| {
                self.rows
                    .iter()
                    .any(|row| row.get(index).is_some_and(|c| c.absence().is_some()))
            })
            .collect()
    }
}

fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Number { .. } => "number",
        ColumnKind::Integer => "integer",
    }
}

fn status_of(cell: &Cell) -> Option<&'static str> {
    cell.absence().map(|absence| absence.status())
}

fn csv_field(cell: &Cell) -> String {
    match cell {
        Cell::Number(value) if value.is_finite() => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        _ => cell.words().map(spreadsheet_safe).unwrap_or_default(),
    }
}

fn spreadsheet_safe(words: &str) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{words}")
    } else {
        words.to_string()
    }
}

fn json_value(cell: &Cell) -> Value {
    match cell {
        Cell::Number(value) if value.is_finite() => json!(value),
        Cell::Integer(value) => json!(value),
        _ => json!(cell.words()),
    }
}

fn as_words(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Number(value) if value.is_finite() => Some(value.to_string()),
        Cell::Integer(value) => Some(value.to_string()),
        _ => cell.words().map(str::to_string),
    }
}

fn as_number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(value) if value.is_finite() => Some(*value),
        Cell::Integer(value) => Some(*value as f64),
        _ => None,
    }
}

fn as_integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(value) => Some(*value),
        _ => None,
    }
}
