//! Opening and closing a database.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::error::StoreError;

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: SqlitePool,
}

impl Store {
    /// Opens the database in a file, or makes it there, and brings its tables to this version.
    ///
    /// # Errors
    /// When the file cannot be opened, is no database, or was made by a newer version.
    pub async fn open(path: &Path) -> Result<Store, StoreError> {
        const CONNECTIONS: u32 = 4;
        const ROWS_AHEAD: usize = 1024;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was published must outlive a power cut; there are few commits.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .row_buffer_size(ROWS_AHEAD);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options);
        let pool = pool.await.map_err(|source| StoreError::Open {
            path: path.to_owned(),
            source,
        })?;
        let migrated = sqlx::migrate!("migrations/sqlite").run(&pool).await;
        migrated.map_err(|source| StoreError::Migrate {
            path: path.to_owned(),
            source,
        })?;
        Ok(Store { pool })
    }

    /// Ends all connections and folds the write-ahead log into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }
}
