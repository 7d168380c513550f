//! Turns the records of one piece of delimited text into batches.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use csv::ByteRecord;

use super::infer::{self, Dialect};
use super::split::Piece;
use crate::file::SharedFile;
use crate::{ColumnType, TableError};

/// What every reader of one file's pieces needs to know.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) file: Arc<SharedFile>,
    pub(super) delimiter: u8,
    pub(super) dialect: Dialect,
    pub(super) names: Vec<String>,
}

/// The records of one piece, each with as many fields as the header.
pub(super) struct Records {
    layout: Arc<Layout>,
    reader: csv::Reader<Cursor<Vec<u8>>>,
    first_line: u64,
    record: ByteRecord,
}

impl Records {
    pub(super) fn open(layout: &Arc<Layout>, piece: Piece) -> Result<Self, TableError> {
        let bytes = layout.file.bytes(piece.offset, piece.length)?;
        check_utf8(&layout.file, &bytes, piece.first_line)?;
        Ok(Self {
            reader: reader(layout.delimiter, bytes),
            layout: Arc::clone(layout),
            first_line: piece.first_line,
            record: ByteRecord::new(),
        })
    }

    /// The next record, or none at the end.
    ///
    /// # Errors
    /// [`TableError::Place`] with the line, for a record with too few or too many fields.
    pub(super) fn next(&mut self) -> Result<Option<&ByteRecord>, TableError> {
        let more = self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| {
                let place = format!("after line {}", self.first_line);
                TableError::place(
                    self.layout.file.path(),
                    place,
                    error.to_string(),
                    "a record",
                )
            })?;
        if !more {
            return Ok(None);
        }
        let expected = self.layout.names.len();
        if self.record.len() != expected {
            return Err(TableError::place(
                self.layout.file.path(),
                format!("line {}", self.line()),
                fields(self.record.len()),
                format!("{}, one for each column name", fields(expected)),
            ));
        }
        Ok(Some(&self.record))
    }

    /// The line on which the current record starts.
    fn line(&self) -> u64 {
        let Some(position) = self.record.position() else {
            return self.first_line;
        };
        // The position is that before the blank lines that were skipped.
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let bytes = self.reader.get_ref().get_ref();
        let blank = bytes.get(start..).unwrap_or_default().iter();
        let skipped = blank
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .filter(|&&byte| byte == b'\n')
            .count();
        self.first_line + position.line() - 1 + skipped as u64
    }

    /// The error for a field of the current record that is not of the column's type.
    pub(super) fn misfit(&self, column: usize, expected: ColumnType) -> TableError {
        let field = self.record.get(column).unwrap_or_default();
        TableError::place(
            self.layout.file.path(),
            format!(
                "line {}, column `{}`",
                self.line(),
                self.layout.names[column]
            ),
            format!("`{}`", String::from_utf8_lossy(field)),
            format!(
                "{} or a missing text, as the type stated for the column says (`OpenOptions::types`, `OpenOptions::missing`)",
                expected.expected()
            ),
        )
    }
}

fn fields(count: usize) -> String {
    format!("{count} field{}", if count == 1 { "" } else { "s" })
}

pub(super) fn reader(delimiter: u8, bytes: Vec<u8>) -> csv::Reader<Cursor<Vec<u8>>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        // Counted by `Records::next`, whose message says more.
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(Cursor::new(bytes))
}

/// # Errors
/// [`TableError::Place`] with the line of the first byte that is not UTF-8.
pub(super) fn check_utf8(
    file: &SharedFile,
    bytes: &[u8],
    first_line: u64,
) -> Result<(), TableError> {
    let Err(error) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    let valid = &bytes[..error.valid_up_to()];
    let line = first_line + valid.iter().filter(|&&byte| byte == b'\n').count() as u64;
    let wrong = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    Err(TableError::place(
        file.path(),
        format!("line {line}"),
        format!("the byte 0x{wrong:02X}, which is not UTF-8"),
        "UTF-8 text (in a spreadsheet, save as \"CSV UTF-8\")",
    ))
}

/// Batches of the wanted columns of one piece.
pub(super) struct PieceBatches {
    pub(super) records: Records,
    pub(super) columns: Vec<usize>,
    pub(super) types: Vec<ColumnType>,
    pub(super) schema: SchemaRef,
    pub(super) batch_rows: usize,
}

impl PieceBatches {
    pub(super) fn new(
        records: Records,
        all: &Schema,
        all_types: &[ColumnType],
        columns: &[usize],
        batch_rows: usize,
    ) -> Self {
        let fields: Vec<_> = columns
            .iter()
            .map(|&column| Arc::clone(&all.fields()[column]))
            .collect();
        Self {
            records,
            columns: columns.to_vec(),
            types: columns.iter().map(|&column| all_types[column]).collect(),
            schema: Arc::new(Schema::new(fields)),
            batch_rows,
        }
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, TableError> {
        let layout = Arc::clone(&self.records.layout);
        let mut builders: Vec<Builder> =
            self.types.iter().map(|&kind| Builder::new(kind)).collect();
        let mut rows = 0;
        while rows < self.batch_rows {
            let Some(record) = self.records.next()? else {
                break;
            };
            rows += 1;
            let misfit = self
                .columns
                .iter()
                .zip(&mut builders)
                .position(|(&column, builder)| !builder.push(&layout.dialect, &record[column]));
            if let Some(place) = misfit {
                return Err(self.records.misfit(self.columns[place], self.types[place]));
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
}

impl Iterator for PieceBatches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

enum Builder {
    Int(Int64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Bool(BooleanBuilder),
}

impl Builder {
    fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Float => Self::Float(Float64Builder::new()),
            ColumnType::Text => Self::Text(StringBuilder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
        }
    }

    /// Adds a field; false if it is not of the type.
    fn push(&mut self, dialect: &Dialect, field: &[u8]) -> bool {
        if dialect.is_missing(field) {
            match self {
                Self::Int(builder) => builder.append_null(),
                Self::Float(builder) => builder.append_null(),
                Self::Text(builder) => builder.append_null(),
                Self::Bool(builder) => builder.append_null(),
            }
            return true;
        }
        match self {
            Self::Int(builder) => dialect.int(field).map(|value| builder.append_value(value)),
            Self::Float(builder) => dialect
                .float(field)
                .map(|value| builder.append_value(value)),
            Self::Text(builder) => std::str::from_utf8(field)
                .ok()
                .map(|value| builder.append_value(value)),
            Self::Bool(builder) => infer::bool(field).map(|value| builder.append_value(value)),
        }
        .is_some()
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Bool(mut builder) => Arc::new(builder.finish()),
        }
    }
}
