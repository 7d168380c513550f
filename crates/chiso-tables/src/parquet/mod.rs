//! Reads Parquet: the metadata once, then column chunks by row group.

mod chunks;
mod coded;
mod part;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetStatisticsPolicy};

use crate::file::SharedFile;
use crate::guard::guarded;
use crate::{Batches, OpenOptions, TableError};
use chunks::{Chunks, WholeFile, chunk_ranges};
pub use coded::CodedColumn;
use part::PartBatches;

/// An open Parquet file.
#[derive(Debug, Clone)]
pub(crate) struct ParquetTable {
    file: Arc<SharedFile>,
    metadata: ArrowReaderMetadata,
    /// For each column the one column chunk of a row group that holds it; none if it is nested.
    leaves: Arc<[Option<usize>]>,
}

impl ParquetTable {
    /// Reads the metadata at the file's end, and checks that every column chunk that it names
    /// lies inside the file.
    pub(crate) fn open(file: Arc<SharedFile>, options: &OpenOptions) -> Result<Self, TableError> {
        check_frame(&file)?;
        let source = WholeFile(Arc::clone(&file));
        // Statistics and page indexes are of no use to a reader of whole columns.
        let reading = ArrowReaderOptions::new()
            .with_page_index_policy(PageIndexPolicy::Skip)
            .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
        let metadata =
            guarded(|| load(&source, reading, options.text_as_dictionary)).map_err(|found| {
                let expected = "Parquet metadata that can be read";
                TableError::place(file.path(), "metadata", found, expected)
            })?;
        for row_group in 0..metadata.metadata().num_row_groups() {
            chunk_ranges(&file, metadata.metadata(), row_group)?;
        }
        Ok(Self {
            leaves: leaves(&metadata),
            file,
            metadata,
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(self.metadata.schema())
    }

    pub(crate) fn parts(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    pub(crate) fn part_rows(&self, part: usize) -> Option<u64> {
        let group = self.metadata.metadata().row_groups().get(part)?;
        u64::try_from(group.num_rows()).ok()
    }

    pub(crate) fn read_part(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches, TableError> {
        let part = PartBatches::open(self, part, columns, batch_rows)?;
        Ok(Batches::new(part))
    }

    /// The column as codes, where it is stored so.
    pub(crate) fn read_codes(
        &self,
        part: usize,
        column: usize,
    ) -> Result<Option<CodedColumn>, TableError> {
        self.with_chunk(part, column, |chunk, bytes, rows, data_type| {
            coded::coded_column(chunk, bytes, rows, data_type)
        })
    }

    /// The whole column of a part as an array, where it is stored as codes.
    fn coded_array(&self, part: usize, column: usize) -> Result<Option<ArrayRef>, TableError> {
        self.with_chunk(part, column, |chunk, bytes, rows, data_type| {
            coded::coded_array(chunk, bytes, rows, data_type)
        })
    }

    /// Reads the bytes of a column that is stored in one column chunk, and decodes them.
    fn with_chunk<T>(
        &self,
        part: usize,
        column: usize,
        decode: impl FnOnce(&ColumnChunkMetaData, &[u8], usize, &DataType) -> Option<T>,
    ) -> Result<Option<T>, TableError> {
        let Some(leaf) = self.leaves[column] else {
            return Ok(None);
        };
        let group = self.metadata.metadata().row_group(part);
        let Ok(rows) = usize::try_from(group.num_rows()) else {
            return Ok(None);
        };
        let chunk = group.column(leaf);
        let bytes = chunks::read_chunk(&self.file, chunk, part)?;
        let data_type = self.metadata.schema().field(column).data_type();
        Ok(decode(chunk, &bytes, rows, data_type))
    }

    /// The decoder of some columns of a row group; the inner error is about their content.
    fn reader(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Result<ParquetRecordBatchReader, String>, TableError> {
        let metadata = self.metadata.metadata();
        let schema = metadata.file_metadata().schema_descr();
        let mask = ProjectionMask::roots(schema, columns.iter().copied());
        let chunks = Chunks::read(&self.file, metadata, part, &mask)?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, self.metadata.clone())
                .with_projection(mask)
                .with_row_groups(vec![part])
                .with_batch_size(batch_rows);
        Ok(guarded(|| builder.build()))
    }

    fn can_read(&self, part: usize, column: usize) -> bool {
        let Ok(Ok(mut reader)) = self.reader(part, &[column], 65_536) else {
            return false;
        };
        loop {
            match next_batch(&mut reader) {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Names the column that cannot be decoded: the decoder itself says only what is wrong.
    fn bad_content(&self, part: usize, columns: &[usize], found: &str) -> TableError {
        let culprit = match columns {
            [column] => Some(*column),
            _ => columns
                .iter()
                .copied()
                .find(|&column| !self.can_read(part, column)),
        };
        let place = match culprit {
            Some(column) => format!(
                "row group {part}, column `{}`",
                self.metadata.schema().field(column).name()
            ),
            None => format!("row group {part}"),
        };
        TableError::place(self.file.path(), place, found, "pages that can be decoded")
    }
}

fn load(
    source: &WholeFile,
    reading: ArrowReaderOptions,
    text_as_dictionary: bool,
) -> Result<ArrowReaderMetadata, ParquetError> {
    let found = ArrowReaderMetadata::load(source, reading.clone())?;
    let schema = plain_text(found.schema(), text_as_dictionary);
    if schema == *found.schema() {
        return Ok(found);
    }
    ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), reading.with_schema(schema))
}

fn next_batch(reader: &mut ParquetRecordBatchReader) -> Result<Option<RecordBatch>, String> {
    guarded(|| reader.next().transpose())
}

/// For each column the place of its only leaf among all leaves, if it is not nested.
fn leaves(metadata: &ArrowReaderMetadata) -> Arc<[Option<usize>]> {
    let descriptor = metadata.metadata().file_metadata().schema_descr();
    let mut leaves = vec![None; metadata.schema().fields().len()];
    for leaf in 0..descriptor.num_columns() {
        if descriptor.column(leaf).path().parts().len() == 1
            && let Some(slot) = leaves.get_mut(descriptor.get_column_root_idx(leaf))
        {
            *slot = Some(leaf);
        }
    }
    leaves.into()
}

/// The magic bytes at both ends (Parquet format, *File format*).
fn check_frame(file: &SharedFile) -> Result<(), TableError> {
    let expected = "a Parquet file, with `PAR1` at its start and its end";
    let error = |found: String| TableError::file(file.path(), found, expected);
    if file.length() < 12 {
        return Err(error(format!("{} bytes", file.length())));
    }
    let start = file.first_bytes(4)?;
    let end = file.bytes(file.length() - 4, 4)?;
    if end == b"PARE" || start == b"PARE" {
        return Err(error(
            "an encrypted Parquet file, which is not supported".into(),
        ));
    }
    if start != b"PAR1" {
        return Err(error(format!("the first bytes {}", start.escape_ascii())));
    }
    if end != b"PAR1" {
        return Err(error(format!(
            "the last bytes {}: the file is cut off or was not finished",
            end.escape_ascii()
        )));
    }
    Ok(())
}

/// The same columns with one type for all kinds of text, so that callers meet only one.
fn plain_text(schema: &SchemaRef, as_dictionary: bool) -> SchemaRef {
    let text = if as_dictionary {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
    } else {
        DataType::Utf8
    };
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| {
            if is_text(field.data_type()) {
                Arc::new(Field::new(field.name(), text.clone(), field.is_nullable()))
            } else {
                Arc::clone(field)
            }
        })
        .collect();
    let same = fields
        .iter()
        .zip(schema.fields())
        .all(|(new, old)| new.data_type() == old.data_type());
    if same {
        Arc::clone(schema)
    } else {
        Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}
