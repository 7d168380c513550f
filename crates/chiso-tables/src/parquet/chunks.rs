//! The bytes of the wanted column chunks of a row group, each read once.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};

use crate::TableError;
use crate::file::SharedFile;

/// The whole file as the metadata reader wants it.
pub(super) struct WholeFile(pub Arc<SharedFile>);

impl Length for WholeFile {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

impl ChunkReader for WholeFile {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let length = self.0.length().saturating_sub(start);
        let length = usize::try_from(length).map_err(|error| outside(error.to_string()))?;
        Ok(self.get_bytes(start, length)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let bytes = self.0.bytes(start, length);
        Ok(bytes
            .map_err(|error| ParquetError::External(Box::new(error)))?
            .into())
    }
}

/// Some column chunks of one row group, in memory.
///
/// The decoder asks for a page header, then for the page, again and again; answering from memory
/// spares it a system call and a buffer each time.
pub(super) struct Chunks {
    file_length: u64,
    chunks: Vec<(u64, Bytes)>,
}

impl Chunks {
    /// Reads the chunks of the columns in the mask; neighbours are read in one go.
    pub(super) fn read(
        file: &SharedFile,
        metadata: &ParquetMetaData,
        row_group: usize,
        mask: &ProjectionMask,
    ) -> Result<Self, TableError> {
        let mut wanted: Vec<Range<u64>> = chunk_ranges(file, metadata, row_group)?
            .into_iter()
            .enumerate()
            .filter(|(leaf, _)| mask.leaf_included(*leaf))
            .map(|(_, range)| range)
            .collect();
        wanted.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for range in wanted {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        let chunks = merged
            .into_iter()
            .map(|range| {
                let length = length_in_memory(file, &range)?;
                Ok((range.start, Bytes::from(file.bytes(range.start, length)?)))
            })
            .collect::<Result<_, TableError>>()?;
        Ok(Self {
            file_length: file.length(),
            chunks,
        })
    }

    /// The bytes from `start` to the end of the chunk around it.
    fn from(&self, start: u64) -> ParquetResult<Bytes> {
        let after = self.chunks.partition_point(|(first, _)| *first <= start);
        let (first, bytes) = after
            .checked_sub(1)
            .map(|index| &self.chunks[index])
            .ok_or_else(|| outside(format!("byte {start} lies before the column chunk")))?;
        let skip = usize::try_from(start - first).unwrap_or(usize::MAX);
        if skip > bytes.len() {
            return Err(outside(format!(
                "byte {start} lies beyond the column chunk"
            )));
        }
        Ok(bytes.slice(skip..))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.file_length
    }
}

impl ChunkReader for Chunks {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let rest = self.from(start)?;
        if length > rest.len() {
            return Err(outside(format!(
                "a page of {length} bytes where the column chunk has {} left",
                rest.len()
            )));
        }
        Ok(rest.slice(..length))
    }
}

fn outside(message: String) -> ParquetError {
    ParquetError::General(message)
}

/// Where each leaf column's chunk lies in the file.
///
/// # Errors
/// [`TableError::Place`] with row group and column, where a chunk lies outside the file, as it
/// does in a file that lost a piece.
pub(super) fn chunk_ranges(
    file: &SharedFile,
    metadata: &ParquetMetaData,
    row_group: usize,
) -> Result<Vec<Range<u64>>, TableError> {
    metadata
        .row_group(row_group)
        .columns()
        .iter()
        .map(|chunk| checked_range(file, chunk, row_group))
        .collect()
}

/// The bytes of one column chunk.
pub(super) fn read_chunk(
    file: &SharedFile,
    chunk: &ColumnChunkMetaData,
    row_group: usize,
) -> Result<Vec<u8>, TableError> {
    let range = checked_range(file, chunk, row_group)?;
    file.bytes(range.start, length_in_memory(file, &range)?)
}

fn length_in_memory(file: &SharedFile, range: &Range<u64>) -> Result<usize, TableError> {
    usize::try_from(range.end - range.start).map_err(|_| {
        TableError::file(
            file.path(),
            "a column chunk too large for memory",
            "smaller row groups",
        )
    })
}

fn checked_range(
    file: &SharedFile,
    chunk: &ColumnChunkMetaData,
    row_group: usize,
) -> Result<Range<u64>, TableError> {
    // Eight bytes of length and magic end the file.
    let end = file.length().saturating_sub(8);
    chunk_range(chunk)
        .filter(|range| range.end <= end)
        .ok_or_else(|| {
            let name = chunk.column_path().string();
            TableError::place(
                file.path(),
                format!("row group {row_group}, column `{name}`"),
                format!(
                    "{} bytes from byte {} on",
                    chunk.compressed_size(),
                    chunk.data_page_offset()
                ),
                format!(
                    "a column chunk inside the file of {} bytes: the file is cut off or damaged",
                    file.length()
                ),
            )
        })
}

/// A chunk starts with its dictionary, where it has one, else with its first data page.
fn chunk_range(chunk: &ColumnChunkMetaData) -> Option<Range<u64>> {
    let start = chunk
        .dictionary_page_offset()
        .unwrap_or_else(|| chunk.data_page_offset());
    let start = u64::try_from(start).ok()?;
    let length = u64::try_from(chunk.compressed_size()).ok()?;
    Some(start..start.checked_add(length)?)
}
