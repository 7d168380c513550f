//! Turns rows of a Stata file into batches.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, RecordBatch,
    RecordBatchOptions,
};
use arrow_schema::{Schema, SchemaRef};

use super::{Layout, Storage, Variable, long_text};
use crate::TableError;
use crate::text::before_nul;

/// Rows are fetched in pieces of about this size, whatever batch is asked for.
const FETCHED_BYTES: usize = 16 << 20;

/// The batches of a range of rows.
pub(super) struct RowBatches {
    layout: Arc<Layout>,
    schema: SchemaRef,
    columns: Vec<usize>,
    rows: Range<u64>,
    batch_rows: usize,
}

impl RowBatches {
    pub(super) fn new(
        layout: Arc<Layout>,
        all: &Schema,
        columns: &[usize],
        rows: Range<u64>,
        batch_rows: usize,
    ) -> Self {
        let fields: Vec<_> = columns
            .iter()
            .map(|&column| Arc::clone(&all.fields()[column]))
            .collect();
        let most = (FETCHED_BYTES / layout.row_bytes.max(1)).max(1);
        Self {
            layout,
            schema: Arc::new(Schema::new(fields)),
            columns: columns.to_vec(),
            rows,
            batch_rows: batch_rows.min(most),
        }
    }

    fn read(&mut self) -> Result<RecordBatch, TableError> {
        let layout = &self.layout;
        let first = self.rows.start;
        let count = (self.rows.end - first).min(self.batch_rows as u64) as usize;
        let at = layout.data_at + first * layout.row_bytes as u64;
        let bytes = layout.file.bytes(at, count * layout.row_bytes)?;
        let arrays = self
            .columns
            .iter()
            .map(|&column| layout.array(&layout.variables[column], &bytes, first))
            .collect::<Result<_, _>>()?;
        self.rows.start += count as u64;
        let counted = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &counted).map_err(
            |error| {
                TableError::file(
                    layout.file.path(),
                    error.to_string(),
                    "columns of one length",
                )
            },
        )
    }
}

impl Iterator for RowBatches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.rows.start < self.rows.end).then(|| self.read())
    }
}

/// The values of a column: bytes of one row to a value, or none where it is missing.
macro_rules! numbers {
    ($layout:expr, $variable:expr, $rows:expr, $array:ty, $kind:ty, $present:expr) => {{
        const WIDTH: usize = size_of::<$kind>();
        let start = $variable.offset;
        let values = $rows.chunks_exact($layout.row_bytes).map(|row| {
            let mut bytes = [0; WIDTH];
            bytes.copy_from_slice(&row[start..start + WIDTH]);
            let value = match $layout.big_endian {
                true => <$kind>::from_be_bytes(bytes),
                false => <$kind>::from_le_bytes(bytes),
            };
            Some(value).filter($present)
        });
        Ok(Arc::new(values.collect::<$array>()))
    }};
}

impl Layout {
    /// One column of some rows. The largest values of each type stand for `.` and `.a` to `.z`.
    fn array(&self, variable: &Variable, rows: &[u8], first: u64) -> Result<ArrayRef, TableError> {
        match variable.storage {
            Storage::Byte => numbers!(self, variable, rows, Int8Array, i8, |v| *v <= 100),
            Storage::Int => numbers!(self, variable, rows, Int16Array, i16, |v| *v <= 32_740),
            Storage::Long => {
                numbers!(self, variable, rows, Int32Array, i32, |v| *v
                    <= 2_147_483_620)
            }
            // 2^127 and 2^1023 are the smallest of the missing values; NaN is not below them.
            Storage::Float => numbers!(self, variable, rows, Float32Array, f32, |v| {
                *v < f32::from_bits(0x7F00_0000)
            }),
            Storage::Double => numbers!(self, variable, rows, Float64Array, f64, |v| {
                *v < f64::from_bits(0x7FE0_0000_0000_0000)
            }),
            Storage::Text(_) | Storage::LongText => self.texts(variable, rows, first),
        }
    }

    fn texts(&self, variable: &Variable, rows: &[u8], first: u64) -> Result<ArrayRef, TableError> {
        let mut builder = StringBuilder::new();
        let range = variable.offset..variable.offset + variable.storage.bytes();
        for (row, bytes) in rows.chunks_exact(self.row_bytes).enumerate() {
            let place = || format!("row {}, column `{}`", first + row as u64 + 1, variable.name);
            let stored = &bytes[range.clone()];
            let long;
            let text = match variable.storage {
                Storage::LongText => {
                    long = self.long_text(stored, place)?;
                    before_nul(&long)
                }
                _ => before_nul(stored),
            };
            if text.is_empty() {
                builder.append_null();
                continue;
            }
            let text = self.encoding.read(text).ok_or_else(|| {
                TableError::place(
                    self.file.path(),
                    place(),
                    format!("the bytes `{}`", text.escape_ascii()),
                    format!("text in {} (`OpenOptions::encoding`)", self.encoding.name()),
                )
            })?;
            builder.append_value(text);
        }
        Ok(Arc::new(builder.finish()))
    }

    fn long_text(&self, stored: &[u8], place: impl Fn() -> String) -> Result<Vec<u8>, TableError> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(stored);
        let reference = long_text::reference(bytes, self.big_endian, self.release);
        if reference == (0, 0) {
            return Ok(Vec::new());
        }
        let Some(&(at, length)) = self.long_texts.get(&reference) else {
            let (variable, row) = reference;
            return Err(TableError::place(
                self.file.path(),
                place(),
                format!("a reference to the long text of variable {variable}, row {row}"),
                "a long text that is in the file: the file is damaged",
            ));
        };
        self.file
            .bytes(at, usize::try_from(length).unwrap_or(usize::MAX))
    }
}
