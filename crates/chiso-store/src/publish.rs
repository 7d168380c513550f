//! Writing what is published: all of it or nothing.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use crate::error::StoreError;
use crate::rows::{EditionKey, NewEdition, ObservationRow, PackText, ScoreRow};
use crate::store::Store;

/// Rows of one statement; with the widest table far below the database's limit of parameters.
const ROWS_PER_STATEMENT: usize = 256;

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

impl Store {
    /// Publishes editions, with their packs where these are not stored yet. Either all of them
    /// stand afterwards or none. Gives their addresses in the order given.
    ///
    /// # Errors
    /// When an edition stands already and the new one does not replace its latest revision, when
    /// a stored pack of the same digest has other files, when a row contradicts the tables' rules
    /// (a unit and node twice, a value with a status), or when the database fails.
    pub async fn publish(
        &self,
        editions: &[NewEdition<'_>],
    ) -> Result<Vec<EditionKey>, StoreError> {
        // To read first and write later would let two writers wait for each other.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut keys = Vec::with_capacity(editions.len());
        for edition in editions {
            keys.push(add_edition(&mut transaction, edition).await?);
        }
        transaction.commit().await?;
        Ok(keys)
    }
}

pub(crate) async fn add_edition(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewEdition<'_>,
) -> Result<EditionKey, StoreError> {
    let key = next_revision(transaction, new).await?;
    add_pack(transaction, new.pack).await?;
    add_observations(transaction, &key, new.observations).await?;
    add_scores(transaction, &key, new.scores).await?;
    // Last, for this row seals the others.
    sqlx::query(
        "INSERT INTO edition (index_id, edition, revision, replaces, version, pack_digest, \
         data_digest, program_version, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&key.index)
    .bind(key.edition)
    .bind(key.revision)
    .bind(new.replaces)
    .bind(new.version)
    .bind(&new.pack.digest)
    .bind(new.data_digest)
    .bind(new.program_version)
    .bind(new.published_at)
    .execute(&mut **transaction)
    .await?;
    Ok(key)
}

/// The address of a new edition: the revision after the one it replaces, which must be the latest.
async fn next_revision(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewEdition<'_>,
) -> Result<EditionKey, StoreError> {
    let latest: Option<u32> = sqlx::query_scalar(
        "SELECT MAX(revision) FROM edition WHERE index_id = $1 AND edition = $2",
    )
    .bind(&new.pack.index)
    .bind(new.edition)
    .fetch_one(&mut **transaction)
    .await?;
    let (index, edition) = (new.pack.index.clone(), new.edition);
    if latest != new.replaces {
        return Err(StoreError::Replaces {
            index,
            edition,
            found: new.replaces,
            expected: latest,
        });
    }
    Ok(EditionKey {
        index,
        edition,
        revision: latest.map_or(1, |latest| latest + 1),
    })
}

async fn add_pack(
    transaction: &mut Transaction<'_, Sqlite>,
    pack: &PackText,
) -> Result<(), StoreError> {
    let stored: Vec<(String, String)> = sqlx::query_as(
        "SELECT path, text FROM pack_file WHERE index_id = $1 AND pack_digest = $2 ORDER BY path",
    )
    .bind(&pack.index)
    .bind(&pack.digest)
    .fetch_all(&mut **transaction)
    .await?;
    if !stored.is_empty() {
        let given = pack
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        let same = stored
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .eq(given);
        let (index, digest) = (pack.index.clone(), pack.digest.clone());
        return if same {
            Ok(())
        } else {
            Err(StoreError::PackDiffers { index, digest })
        };
    }
    for (path, text) in &pack.files {
        sqlx::query(
            "INSERT INTO pack_file (index_id, pack_digest, path, text) VALUES ($1, $2, $3, $4)",
        )
        .bind(&pack.index)
        .bind(&pack.digest)
        .bind(path)
        .bind(text)
        .execute(&mut **transaction)
        .await?;
    }
    sqlx::query("INSERT INTO pack (index_id, pack_digest, added_at) VALUES ($1, $2, $3)")
        .bind(&pack.index)
        .bind(&pack.digest)
        .bind(&pack.added_at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn add_observations(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &EditionKey,
    rows: &[ObservationRow],
) -> Result<(), StoreError> {
    let head = "INSERT INTO observation \
        (index_id, edition, revision, unit, node, value, se, n, status, source) VALUES ";
    insert(transaction, head, 10, rows, |statement, row| {
        bind_key(statement, key)
            .bind(&row.unit)
            .bind(&row.node)
            .bind(row.value)
            .bind(row.se)
            .bind(row.n)
            .bind(&row.status)
            .bind(&row.source)
    })
    .await
}

async fn add_scores(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &EditionKey,
    rows: &[ScoreRow],
) -> Result<(), StoreError> {
    let head = "INSERT INTO score (index_id, edition, revision, unit_list, unit, node, level, \
        score, se, lo, hi, n, share_of_max, rank, rank_lo, rank_hi, group_no, group_probability, \
        coverage, flags) VALUES ";
    insert(transaction, head, 20, rows, |statement, row| {
        bind_key(statement, key)
            .bind(&row.unit_list)
            .bind(&row.unit)
            .bind(&row.node)
            .bind(row.level)
            .bind(row.score)
            .bind(row.se)
            .bind(row.lo)
            .bind(row.hi)
            .bind(row.n)
            .bind(row.share_of_max)
            .bind(row.rank)
            .bind(row.rank_lo)
            .bind(row.rank_hi)
            .bind(row.group_no)
            .bind(row.group_probability)
            .bind(row.coverage)
            .bind(&row.flags)
    })
    .await
}

fn bind_key<'q>(statement: Statement<'q>, key: &EditionKey) -> Statement<'q> {
    statement
        .bind(key.index.clone())
        .bind(key.edition)
        .bind(key.revision)
}

/// Inserts rows, many with each statement. `head` ends in `VALUES `.
async fn insert<'q, Row>(
    transaction: &mut Transaction<'_, Sqlite>,
    head: &str,
    columns: usize,
    rows: &'q [Row],
    bind: impl Fn(Statement<'q>, &'q Row) -> Statement<'q>,
) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        // No text of a user's enters the statement: only placeholders, as many as there are values.
        let sql = AssertSqlSafe(format!("{head}{}", placeholders(chunk.len(), columns)));
        // Statements of full size come again and are kept prepared; the last one's size is chance.
        let statement = sqlx::query(sql).persistent(chunk.len() == ROWS_PER_STATEMENT);
        chunk
            .iter()
            .fold(statement, &bind)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// `(?,?),(?,?)` for two rows of two columns.
///
/// Without numbers, unlike elsewhere: SQLite searches the names of parameters one by one, which
/// thousands of them would make slow. PostgreSQL will need `$1` to `$n` here.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}
