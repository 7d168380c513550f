//! Reads SPSS system files, `.sav` and `.zsav`.
//!
//! Source: the PSPP project's *System File Format*, which documents what SPSS writes.

mod dictionary;
mod elements;
mod extension;
mod labels;
mod read;
mod zlib;

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::file::SharedFile;
use crate::text::TextEncoding;
use crate::{Batches, OpenOptions, TableError, ValueLabels};
use dictionary::Dictionary;
use elements::Compression;
use read::CaseBatches;

/// A variable and where it stands in a case, which is a sequence of eight-byte elements.
#[derive(Debug)]
struct Variable {
    name: String,
    kind: Kind,
    labels: ValueLabels,
}

#[derive(Debug)]
enum Kind {
    Number {
        element: usize,
    },
    /// Text of `width` bytes; a very long one is stored in several segments.
    Text {
        width: usize,
        segments: Vec<Segment>,
    },
}

/// A run of bytes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    element: usize,
    bytes: usize,
}

/// What readers of cases need to know.
#[derive(Debug)]
struct Layout {
    file: Arc<SharedFile>,
    encoding: TextEncoding,
    big_endian: bool,
    variables: Vec<Variable>,
    /// How many elements a case has.
    elements: usize,
    cases: Option<u64>,
    compression: Compression,
    bias: f64,
    /// The number that stands for "no value".
    system_missing: f64,
    data_at: u64,
}

/// An open SPSS file.
#[derive(Debug)]
pub(crate) struct SavTable {
    layout: Arc<Layout>,
    schema: SchemaRef,
}

impl SavTable {
    /// Reads the dictionary, which stands before the cases.
    pub(crate) fn open(file: Arc<SharedFile>, options: &OpenOptions) -> Result<Self, TableError> {
        let stated = TextEncoding::stated(&file, options)?;
        let layout = Dictionary::read(&file)?.layout(file, stated)?;
        let fields: Vec<Field> = layout
            .variables
            .iter()
            .map(|variable| {
                let data_type = match variable.kind {
                    Kind::Number { .. } => DataType::Float64,
                    Kind::Text { .. } => DataType::Utf8,
                };
                Field::new(&variable.name, data_type, true)
            })
            .collect();
        Ok(Self {
            layout: Arc::new(layout),
            schema: Arc::new(Schema::new(fields)),
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(crate) fn labels(&self, column: usize) -> Option<&ValueLabels> {
        let labels = &self.layout.variables.get(column)?.labels;
        (*labels != ValueLabels::default()).then_some(labels)
    }

    /// The number of cases; older writers leave it open.
    pub(crate) fn rows(&self) -> Option<u64> {
        self.layout.cases
    }

    pub(crate) fn read(&self, columns: &[usize], batch_rows: usize) -> Result<Batches, TableError> {
        let layout = Arc::clone(&self.layout);
        let batches = CaseBatches::new(layout, &self.schema, columns, batch_rows)?;
        Ok(Batches::new(batches))
    }
}
