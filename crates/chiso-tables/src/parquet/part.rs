//! The batches of one row group: coded columns decoded at once, the others batch by batch.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use super::{ParquetTable, next_batch};
use crate::TableError;

/// Coded columns of a part are decoded at once only up to this size, so that memory stays small
/// whatever the size of a file's row groups.
const DECODED_BYTES: u64 = 32 << 20;
const WIDEST_VALUE_BYTES: u64 = 8;

/// The batches of one row group.
pub(super) struct PartBatches {
    table: ParquetTable,
    part: usize,
    schema: SchemaRef,
    /// For each column asked for its whole array, or its place among those of `reader`.
    columns: Vec<Column>,
    reader: Option<ParquetRecordBatchReader>,
    /// The columns that `reader` gives, ascending.
    general: Vec<usize>,
    batch_rows: usize,
    rows: usize,
    done: usize,
}

enum Column {
    Whole(ArrayRef),
    General(usize),
}

impl PartBatches {
    pub(super) fn open(
        table: &ParquetTable,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Self, TableError> {
        let rows = table.part_rows(part).unwrap_or(0);
        let size = rows.saturating_mul(columns.len() as u64 * WIDEST_VALUE_BYTES);
        let whole: Vec<Option<ArrayRef>> = columns
            .iter()
            .map(|&column| match size {
                0..=DECODED_BYTES => table.coded_array(part, column),
                _ => Ok(None),
            })
            .collect::<Result<_, _>>()?;
        let missing = columns
            .iter()
            .zip(&whole)
            .filter(|(_, array)| array.is_none());
        let mut general: Vec<usize> = missing.map(|(&column, _)| column).collect();
        general.sort_unstable();
        general.dedup();
        let reader = match general.as_slice() {
            [] => None,
            _ => Some(
                table
                    .reader(part, &general, batch_rows)?
                    .map_err(|found| table.bad_content(part, &general, &found))?,
            ),
        };
        let fields: Vec<_> = columns
            .iter()
            .map(|&column| Arc::clone(&table.metadata.schema().fields()[column]))
            .collect();
        Ok(Self {
            table: table.clone(),
            part,
            schema: Arc::new(Schema::new(fields)),
            columns: columns
                .iter()
                .zip(whole)
                .map(|(column, array)| match array {
                    Some(array) => Column::Whole(array),
                    None => Column::General(general.partition_point(|other| other < column)),
                })
                .collect(),
            reader,
            general,
            batch_rows,
            rows: usize::try_from(rows).unwrap_or(usize::MAX),
            done: 0,
        })
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, String> {
        let left = self.rows - self.done;
        let general = match &mut self.reader {
            Some(reader) => next_batch(reader)?,
            None => None,
        };
        let rows = match (&self.reader, &general) {
            (None, _) => left.min(self.batch_rows),
            (_, Some(batch)) => batch.num_rows(),
            (_, None) => 0,
        };
        if rows > left || (rows == 0 && left > 0) {
            let found = self.done + rows;
            return Err(format!(
                "{found} rows where the metadata says {}",
                self.rows
            ));
        }
        if rows == 0 {
            return Ok(None);
        }
        let arrays = self
            .columns
            .iter()
            .filter_map(|column| match column {
                Column::Whole(array) => Some(array.slice(self.done, rows)),
                Column::General(place) => general
                    .as_ref()
                    .map(|batch| Arc::clone(batch.column(*place))),
            })
            .collect();
        self.done += rows;
        let counted = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &counted)
            .map(Some)
            .map_err(|error| error.to_string())
    }
}

impl Iterator for PartBatches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read()
            .map_err(|found| self.table.bad_content(self.part, &self.general, &found))
            .transpose()
    }
}
