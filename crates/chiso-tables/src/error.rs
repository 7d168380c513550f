//! Says what is wrong with a file or with a request for its columns.

use std::path::PathBuf;

/// Why a table could not be opened or read: always the file, what was found, what was expected.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The operating system refused.
    #[error("{}: cannot {doing}: {reason}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What was tried, as `open the file`.
        doing: &'static str,
        /// The operating system's reason.
        reason: std::io::Error,
    },
    /// The file as a whole is not what it should be.
    #[error("{}: found {found}; expected {expected}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the file is or has.
        found: String,
        /// What it should be or have.
        expected: String,
    },
    /// One place in the file is not what it should be.
    #[error("{}, {place}: found {found}; expected {expected}", file.display())]
    Place {
        /// The file.
        file: PathBuf,
        /// Where, in the format's own terms: line and column, row group and column, byte.
        place: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A caller asked for a column or a part that the table does not have.
    #[error("{}: {what} {asked} was asked for; the table has {count}, counted from 0", file.display())]
    Request {
        /// The file.
        file: PathBuf,
        /// `column` or `part`.
        what: &'static str,
        /// The number asked for.
        asked: usize,
        /// How many there are.
        count: usize,
    },
}

impl TableError {
    /// An error about the whole file.
    pub(crate) fn file(
        file: impl Into<PathBuf>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::File {
            file: file.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// An error about one place in the file.
    pub(crate) fn place(
        file: impl Into<PathBuf>,
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Place {
            file: file.into(),
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}
