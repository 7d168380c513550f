//! Turns cases into batches.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};

use super::elements::Elements;
use super::{Kind, Layout, Variable};
use crate::TableError;
use crate::text::without_padding;

/// The batches of all cases.
pub(super) struct CaseBatches {
    layout: Arc<Layout>,
    elements: Elements,
    schema: SchemaRef,
    columns: Vec<usize>,
    batch_rows: usize,
    case: Vec<u8>,
    cases: u64,
}

impl CaseBatches {
    pub(super) fn new(
        layout: Arc<Layout>,
        all: &Schema,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Self, TableError> {
        let fields: Vec<_> = columns
            .iter()
            .map(|&column| Arc::clone(&all.fields()[column]))
            .collect();
        Ok(Self {
            elements: Elements::open(&layout)?,
            case: vec![0; layout.elements * 8],
            layout,
            schema: Arc::new(Schema::new(fields)),
            columns: columns.to_vec(),
            batch_rows,
            cases: 0,
        })
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, TableError> {
        let layout = Arc::clone(&self.layout);
        let mut builders: Vec<Builder> = self
            .columns
            .iter()
            .map(|&column| Builder::new(&layout.variables[column]))
            .collect();
        let mut rows = 0;
        while rows < self.batch_rows && self.next_case()? {
            rows += 1;
            for (&column, builder) in self.columns.iter().zip(&mut builders) {
                self.push(&layout.variables[column], builder)?;
            }
        }
        if rows == 0 {
            return Ok(None);
        }
        let arrays = builders.into_iter().map(Builder::finish).collect();
        let counted = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &counted)
            .map(Some)
            .map_err(|error| {
                TableError::file(
                    layout.file.path(),
                    error.to_string(),
                    "columns of one length",
                )
            })
    }

    /// Reads the next case; false after the last.
    fn next_case(&mut self) -> Result<bool, TableError> {
        if self.layout.cases == Some(self.cases) {
            return Ok(false);
        }
        for (index, place) in self.case.chunks_exact_mut(8).enumerate() {
            match self.elements.next()? {
                Some(element) => place.copy_from_slice(&element),
                None if index == 0 && self.layout.cases.is_none() => return Ok(false),
                None => {
                    return Err(self.elements.error(
                        format!(
                            "the end of the data after {} cases and {index} values",
                            self.cases
                        ),
                        match self.layout.cases {
                            Some(cases) => format!("{cases} cases: the file is cut off"),
                            None => "whole cases: the file is cut off".to_string(),
                        },
                    ));
                }
            }
        }
        self.cases += 1;
        Ok(true)
    }

    fn push(&self, variable: &Variable, builder: &mut Builder) -> Result<(), TableError> {
        match (&variable.kind, builder) {
            (Kind::Number { element }, Builder::Number(builder)) => {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&self.case[element * 8..element * 8 + 8]);
                let value = match self.layout.big_endian {
                    true => f64::from_be_bytes(bytes),
                    false => f64::from_le_bytes(bytes),
                };
                builder.append_option(Some(value).filter(|v| *v != self.layout.system_missing));
                Ok(())
            }
            (Kind::Text { width, segments }, Builder::Text(builder, joined)) => {
                joined.clear();
                for segment in segments {
                    let at = segment.element * 8;
                    joined.extend_from_slice(&self.case[at..at + segment.bytes]);
                }
                joined.truncate(*width);
                let stored = without_padding(joined);
                if stored.is_empty() {
                    builder.append_null();
                    return Ok(());
                }
                let text = self.layout.encoding.read(stored);
                let text = text.ok_or_else(|| self.bad_text(variable, stored))?;
                builder.append_value(text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn bad_text(&self, variable: &Variable, stored: &[u8]) -> TableError {
        TableError::place(
            self.layout.file.path(),
            format!("row {}, column `{}`", self.cases, variable.name),
            format!("the bytes `{}`", stored.escape_ascii()),
            format!(
                "text in {} (`OpenOptions::encoding`)",
                self.layout.encoding.name()
            ),
        )
    }
}

impl Iterator for CaseBatches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

enum Builder {
    Number(Float64Builder),
    /// With the place where segments are joined.
    Text(StringBuilder, Vec<u8>),
}

impl Builder {
    fn new(variable: &Variable) -> Self {
        match variable.kind {
            Kind::Number { .. } => Self::Number(Float64Builder::new()),
            Kind::Text { .. } => Self::Text(StringBuilder::new(), Vec::new()),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Number(mut builder) => Arc::new(builder.finish()),
            Self::Text(mut builder, _) => Arc::new(builder.finish()),
        }
    }
}
