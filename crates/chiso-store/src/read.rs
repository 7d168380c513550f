//! Giving back what was published.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

use crate::error::StoreError;
use crate::rows::{EditionKey, EditionRow, ObservationRow, PackText, ScoreRow};
use crate::store::Store;

impl Store {
    /// All packs, ordered by index, time and digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packs(&self) -> Result<Vec<PackText>, StoreError> {
        let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "SELECT pack.index_id, pack.pack_digest, pack.added_at, pack_file.path, pack_file.text \
             FROM pack JOIN pack_file ON pack_file.index_id = pack.index_id \
             AND pack_file.pack_digest = pack.pack_digest \
             ORDER BY pack.index_id, pack.added_at, pack.pack_digest, pack_file.path",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut packs: Vec<PackText> = Vec::new();
        for (index, digest, added_at, path, text) in rows {
            match packs
                .last_mut()
                .filter(|pack| pack.index == index && pack.digest == digest)
            {
                Some(pack) => {
                    pack.files.insert(path, text);
                }
                None => packs.push(PackText {
                    index,
                    digest,
                    added_at,
                    files: [(path, text)].into(),
                }),
            }
        }
        Ok(packs)
    }

    /// Every revision of every edition of an index, ascending.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn editions(&self, index: &str) -> Result<Vec<EditionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT index_id, edition, revision, replaces, version, pack_digest, data_digest, \
             program_version, published_at FROM edition WHERE index_id = $1 ORDER BY edition, revision",
        );
        Ok(rows.bind(index).fetch_all(&self.pool).await?)
    }

    /// The latest revision of every edition of an index, ascending.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_editions(&self, index: &str) -> Result<Vec<EditionRow>, StoreError> {
        let mut latest: Vec<EditionRow> = Vec::new();
        for row in self.editions(index).await? {
            latest.pop_if(|last| last.key.edition == row.key.edition);
            latest.push(row);
        }
        Ok(latest)
    }

    /// The observations of an edition, ordered by unit and node.
    ///
    /// # Errors
    /// When there is no such edition, or the database fails.
    pub async fn observations(&self, key: &EditionKey) -> Result<Vec<ObservationRow>, StoreError> {
        self.rows(
            key,
            "SELECT unit, node, value, se, n, status, source FROM observation \
             WHERE index_id = $1 AND edition = $2 AND revision = $3 ORDER BY unit, node",
        )
        .await
    }

    /// The scores of an edition, ordered by list of units, unit and node.
    ///
    /// # Errors
    /// When there is no such edition, or the database fails.
    pub async fn scores(&self, key: &EditionKey) -> Result<Vec<ScoreRow>, StoreError> {
        self.rows(
            key,
            "SELECT unit_list, unit, node, level, score, se, lo, hi, n, share_of_max, rank, rank_lo, \
             rank_hi, group_no, group_probability, coverage, flags FROM score \
             WHERE index_id = $1 AND edition = $2 AND revision = $3 ORDER BY unit_list, unit, node",
        )
        .await
    }

    async fn rows<T>(&self, key: &EditionKey, sql: &'static str) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let query = sqlx::query_as(sql)
            .bind(&key.index)
            .bind(key.edition)
            .bind(key.revision);
        let rows = query.fetch_all(&self.pool).await?;
        if rows.is_empty() {
            self.expect(key).await?;
        }
        Ok(rows)
    }

    /// An edition without rows is not the same as no edition.
    async fn expect(&self, key: &EditionKey) -> Result<(), StoreError> {
        let known = self
            .editions(&key.index)
            .await?
            .iter()
            .any(|row| row.key == *key);
        if known {
            Ok(())
        } else {
            Err(StoreError::Unknown(key.clone()))
        }
    }
}

impl FromRow<'_, SqliteRow> for EditionRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(EditionRow {
            key: EditionKey {
                index: row.try_get("index_id")?,
                edition: row.try_get("edition")?,
                revision: row.try_get("revision")?,
            },
            replaces: row.try_get("replaces")?,
            version: row.try_get("version")?,
            pack_digest: row.try_get("pack_digest")?,
            data_digest: row.try_get("data_digest")?,
            program_version: row.try_get("program_version")?,
            published_at: row.try_get("published_at")?,
        })
    }
}
