//! The batches of one part, whatever the format behind them.

use arrow_array::RecordBatch;

use crate::TableError;

/// The record batches of one part of a table, in the file's order.
///
/// After an error there is nothing more.
pub struct Batches {
    inner: Option<Box<dyn Iterator<Item = Result<RecordBatch, TableError>> + Send>>,
}

impl Batches {
    pub(crate) fn new(
        inner: impl Iterator<Item = Result<RecordBatch, TableError>> + Send + 'static,
    ) -> Self {
        Self {
            inner: Some(Box::new(inner)),
        }
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.inner.as_mut()?.next();
        if !matches!(next, Some(Ok(_))) {
            self.inner = None;
        }
        next
    }
}

impl std::fmt::Debug for Batches {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Batches").finish_non_exhaustive()
    }
}
