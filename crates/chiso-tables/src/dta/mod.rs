//! Reads Stata `.dta` files of the formats 113 to 115 and 117 to 119 (Stata 8 to 19).
//!
//! Source: Stata's *File formats .dta*, for each of these formats.

mod header;
mod labels;
mod long_text;
mod read;

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::file::SharedFile;
use crate::text::TextEncoding;
use crate::{Batches, OpenOptions, TableError, ValueLabels};
use header::Header;
use read::RowBatches;

/// About how many bytes make one part.
const PART_BYTES: u64 = 8 << 20;

/// How a variable is stored in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    Byte,
    Int,
    Long,
    Float,
    Double,
    /// Text of at most so many bytes.
    Text(usize),
    /// A reference to a text of any length.
    LongText,
}

impl Storage {
    fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long | Self::Float => 4,
            Self::Double | Self::LongText => 8,
            Self::Text(width) => width,
        }
    }

    fn arrow(self) -> DataType {
        match self {
            Self::Byte => DataType::Int8,
            Self::Int => DataType::Int16,
            Self::Long => DataType::Int32,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Text(_) | Self::LongText => DataType::Utf8,
        }
    }
}

/// A variable and where it stands in a row.
#[derive(Debug)]
struct Variable {
    name: String,
    label: String,
    label_set: String,
    storage: Storage,
    offset: usize,
}

/// What readers of rows need to know.
#[derive(Debug)]
struct Layout {
    file: Arc<SharedFile>,
    encoding: TextEncoding,
    big_endian: bool,
    release: u16,
    variables: Vec<Variable>,
    rows: u64,
    row_bytes: usize,
    data_at: u64,
    long_texts: long_text::LongTexts,
}

/// An open Stata file.
#[derive(Debug)]
pub(crate) struct DtaTable {
    layout: Arc<Layout>,
    schema: SchemaRef,
    labels: Vec<Option<ValueLabels>>,
    part_rows: u64,
}

impl DtaTable {
    /// Reads everything but the rows.
    pub(crate) fn open(file: Arc<SharedFile>, options: &OpenOptions) -> Result<Self, TableError> {
        let stated = TextEncoding::stated(&file, options)?;
        let header = Header::read(&file, stated)?;
        let sets = labels::read(&file, &header)?;
        let labels = header
            .variables
            .iter()
            .map(|variable| labels::of_variable(variable, &sets))
            .collect();
        let fields: Vec<Field> = header
            .variables
            .iter()
            .map(|variable| Field::new(&variable.name, variable.storage.arrow(), true))
            .collect();
        let long_texts = long_text::read(&file, &header)?;
        let row_bytes = header.row_bytes;
        Ok(Self {
            layout: Arc::new(Layout {
                file,
                encoding: header.encoding,
                big_endian: header.big_endian,
                release: header.release,
                variables: header.variables,
                rows: header.rows,
                row_bytes,
                data_at: header.data_at,
                long_texts,
            }),
            schema: Arc::new(Schema::new(fields)),
            labels,
            part_rows: (PART_BYTES / (row_bytes as u64).max(1)).max(1),
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(crate) fn labels(&self, column: usize) -> Option<&ValueLabels> {
        self.labels.get(column)?.as_ref()
    }

    pub(crate) fn parts(&self) -> usize {
        usize::try_from(self.layout.rows.div_ceil(self.part_rows)).unwrap_or(usize::MAX)
    }

    pub(crate) fn part_rows(&self, part: usize) -> Option<u64> {
        let first = u64::try_from(part).ok()?.checked_mul(self.part_rows)?;
        let left = self.layout.rows.checked_sub(first)?;
        (left > 0).then_some(left.min(self.part_rows))
    }

    pub(crate) fn read_part(&self, part: usize, columns: &[usize], batch_rows: usize) -> Batches {
        let first = part as u64 * self.part_rows;
        let rows = self.part_rows(part).unwrap_or(0);
        Batches::new(RowBatches::new(
            Arc::clone(&self.layout),
            &self.schema,
            columns,
            first..first + rows,
            batch_rows,
        ))
    }
}
