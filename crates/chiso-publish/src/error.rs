//! What can go wrong when something is written out.

use thiserror::Error;

/// An output that could not be written, or a map file that could not be read.
#[derive(Debug, Error)]
pub enum PublishError {
    /// A row does not have one cell for each column.
    #[error("table \"{caption}\", row {row}: found {found} cells, expected {expected}")]
    RowLength {
        /// The table's caption.
        caption: String,
        /// The row, counted from 1.
        row: usize,
        /// Cells found.
        found: usize,
        /// Columns of the table.
        expected: usize,
    },
    /// The CSV writer refused a record.
    #[error("CSV of \"{caption}\": {source}")]
    Csv {
        /// The table's caption.
        caption: String,
        /// The writer's reason.
        source: csv::Error,
    },
    /// The Parquet writer refused a column.
    #[error("Parquet of \"{caption}\": {reason}")]
    Parquet {
        /// The table's caption.
        caption: String,
        /// The writer's reason.
        reason: String,
    },
    /// A map file is not JSON of the documented form.
    #[error("map file, line {line}: {reason}; expected the form described in data/map/README.md")]
    Map {
        /// The line in the file, counted from 1.
        line: usize,
        /// What was found.
        reason: String,
    },
}
