//! What can go wrong with a database.

use std::path::PathBuf;

use crate::rows::EditionKey;

/// Why the store could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is no database, or cannot be opened or made.
    #[error("{}: cannot be opened as a database: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The database's tables are not those of this program, and cannot be brought to them.
    #[error("{}: found tables that this version of the program does not know; expected a database of this version or an older one: {source}", path.display())]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::migrate::MigrateError,
    },
    /// The edition stands already, and the new one does not replace its latest revision.
    #[error("edition {edition} of {index}: found a publication that replaces {}; expected one that replaces {}", revision(*found), revision(*expected))]
    Replaces {
        /// The index.
        index: String,
        /// The edition.
        edition: i32,
        /// The revision that the new one names.
        found: Option<u32>,
        /// The latest revision that stands.
        expected: Option<u32>,
    },
    /// A pack of the same digest stands with other files.
    #[error(
        "pack {index} with digest {digest}: found files that differ from those stored under this digest; expected the same"
    )]
    PackDiffers {
        /// The index.
        index: String,
        /// The digest.
        digest: String,
    },
    /// No such edition was published.
    #[error("edition {} of {}, revision {}: found nothing; expected a published edition", .0.edition, .0.index, .0.revision)]
    Unknown(EditionKey),
    /// The database refused, or its file cannot be read or written.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

fn revision(number: Option<u32>) -> String {
    number.map_or_else(
        || "nothing".to_owned(),
        |number| format!("revision {number}"),
    )
}
