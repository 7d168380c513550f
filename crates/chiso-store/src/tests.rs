//! What the database promises, tried on real files.

use std::fs;
use std::path::Path;

use crate::publish::add_edition;
use crate::{EditionKey, NewEdition, ObservationRow, PackText, ScoreRow, Store, StoreError};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const CHANGE: &str = "a published edition cannot be changed";

fn pack() -> PackText {
    PackText {
        index: "demo".into(),
        digest: "d1".into(),
        added_at: "2026-01-01T00:00:00Z".into(),
        files: [
            ("index.toml".into(), "id = \"demo\"".into()),
            ("1/nodes.csv".into(), "code\n".into()),
        ]
        .into(),
    }
}

fn observation(unit: usize, value: Option<f64>) -> ObservationRow {
    ObservationRow {
        unit: format!("{unit:02}"),
        node: "1.1".into(),
        value,
        se: value.map(|value| value / 100.0),
        n: Some(1200),
        status: if value.is_some() {
            String::new()
        } else {
            "missing".into()
        },
        source: "survey".into(),
    }
}

fn score(unit: usize, score: Option<f64>) -> ScoreRow {
    ScoreRow {
        unit_list: "provinces-63".into(),
        unit: format!("{unit:02}"),
        node: "1.1".into(),
        level: 1,
        score,
        se: score.map(|score| score / 300.0),
        lo: score.map(|score| score - 0.1 / 3.0),
        hi: score.map(|score| score + 0.1 / 3.0),
        n: Some(1200),
        share_of_max: score.map(|score| score / 10.0),
        rank: score.map(|_| 3),
        rank_lo: score.map(|_| 1),
        rank_hi: score.map(|_| 7),
        group_no: score.map(|_| 2),
        group_probability: score.map(|_| 2.0 / 3.0),
        coverage: f64::from(u8::from(score.is_some())),
        flags: "no_se;tied".into(),
    }
}

/// More rows than one statement takes, among them numbers that only an exact store gives back.
fn rows() -> (Vec<ObservationRow>, Vec<ScoreRow>) {
    let value = |unit: usize| (!unit.is_multiple_of(7)).then(|| 1.0 / (unit as f64) + 0.1 + 0.2);
    (
        (1..=600)
            .map(|unit| observation(unit, value(unit)))
            .collect(),
        (1..=600).map(|unit| score(unit, value(unit))).collect(),
    )
}

fn edition<'a>(
    pack: &'a PackText,
    replaces: Option<u32>,
    rows: &'a (Vec<ObservationRow>, Vec<ScoreRow>),
) -> NewEdition<'a> {
    NewEdition {
        edition: 2025,
        replaces,
        pack,
        version: "1",
        data_digest: "d2",
        program_version: "0.1.0",
        published_at: "2026-01-01T00:00:00Z",
        observations: &rows.0,
        scores: &rows.1,
    }
}

fn key(revision: u32) -> EditionKey {
    EditionKey {
        index: "demo".into(),
        edition: 2025,
        revision,
    }
}

async fn open(dir: &Path) -> Result<Store> {
    Ok(Store::open(&dir.join("chiso.db")).await?)
}

/// Everything that stands in the store, as text.
async fn dump(store: &Store) -> Result<String> {
    let mut text = format!("{:?}\n", store.packs().await?);
    for edition in store.editions("demo").await? {
        let (observations, scores) = (
            store.observations(&edition.key).await?,
            store.scores(&edition.key).await?,
        );
        text += &format!("{edition:?}\n{observations:?}\n{scores:?}\n");
    }
    Ok(text)
}

#[tokio::test]
async fn what_was_published_comes_back_to_the_last_bit_after_reopening() -> Result {
    let dir = tempfile::tempdir()?;
    let rows = rows();
    let store = open(dir.path()).await?;
    assert_eq!(
        store.publish(&[edition(&pack(), None, &rows)]).await?,
        [key(1)]
    );
    store.close().await;

    let store = open(dir.path()).await?;
    assert_eq!(store.packs().await?, [pack()]);
    let mut expected = rows.clone();
    expected.0.sort_by(|a, b| a.unit.cmp(&b.unit));
    expected.1.sort_by(|a, b| a.unit.cmp(&b.unit));
    assert_eq!(store.observations(&key(1)).await?, expected.0);
    assert_eq!(store.scores(&key(1)).await?, expected.1);
    let stored = &store.editions("demo").await?[0];
    assert_eq!(
        (
            stored.replaces,
            stored.pack_digest.as_str(),
            stored.data_digest.as_str()
        ),
        (None, "d1", "d2")
    );
    Ok(())
}

#[tokio::test]
async fn a_published_edition_cannot_be_changed_even_by_other_programs() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    store.publish(&[edition(&pack(), None, &rows())]).await?;
    let before = dump(&store).await?;
    let key = "index_id, edition, revision";
    let changes = [
        "UPDATE score SET score = 10".to_owned(),
        "UPDATE observation SET value = 10 WHERE status = ''".to_owned(),
        "UPDATE edition SET data_digest = 'other'".to_owned(),
        "UPDATE pack_file SET text = ''".to_owned(),
        "UPDATE pack SET added_at = ''".to_owned(),
        "DELETE FROM score".to_owned(),
        "DELETE FROM observation".to_owned(),
        "DELETE FROM edition".to_owned(),
        "DELETE FROM pack_file".to_owned(),
        "DELETE FROM pack".to_owned(),
        format!("INSERT INTO observation ({key}, unit, node, value, status, source) VALUES ('demo', 2025, 1, 'x', '1', 1, '', '')"),
        format!("INSERT INTO score ({key}, unit_list, unit, node, level, coverage, flags) VALUES ('demo', 2025, 1, '', 'x', '1', 1, 1, '')"),
        format!("INSERT OR REPLACE INTO edition ({key}, version, pack_digest, data_digest, program_version, published_at) VALUES ('demo', 2025, 1, '', 'd1', '', '', '')"),
        "INSERT INTO pack_file (index_id, pack_digest, path, text) VALUES ('demo', 'd1', 'more.csv', '')".to_owned(),
    ];
    for change in changes {
        let result = sqlx::query(sqlx::AssertSqlSafe(change.clone()))
            .execute(&store.pool)
            .await;
        let message = result
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            message.contains("cannot be changed"),
            "{change}: {message:?}"
        );
    }
    assert_eq!(dump(&store).await?, before);
    Ok(())
}

#[tokio::test]
async fn the_refusal_says_that_a_published_edition_cannot_be_changed() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    store.publish(&[edition(&pack(), None, &rows())]).await?;
    let error = sqlx::query("DELETE FROM score")
        .execute(&store.pool)
        .await
        .expect_err("refused");
    assert_eq!(
        error
            .as_database_error()
            .map(|error| error.message().to_owned()),
        Some(CHANGE.to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn a_correction_names_the_latest_revision_and_the_first_stays_readable() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    let (pack, first) = (pack(), rows());
    let corrected = (vec![observation(1, Some(5.0))], vec![score(1, Some(5.0))]);
    store.publish(&[edition(&pack, None, &first)]).await?;

    for wrong in [None, Some(2)] {
        let error = store
            .publish(&[edition(&pack, wrong, &corrected)])
            .await
            .expect_err("refused");
        assert!(
            matches!(error, StoreError::Replaces { expected: Some(1), found, .. } if found == wrong),
            "{error}"
        );
    }
    assert_eq!(
        store
            .publish(&[edition(&pack, Some(1), &corrected)])
            .await?,
        [key(2)]
    );
    assert_eq!(store.observations(&key(1)).await?.len(), first.0.len());
    assert_eq!(store.observations(&key(2)).await?, corrected.0);
    let latest = store.latest_editions("demo").await?;
    assert_eq!(
        (latest.len(), &latest[0].key, latest[0].replaces),
        (1, &key(2), Some(1))
    );

    let error = store
        .publish(&[edition(&pack, Some(1), &corrected)])
        .await
        .expect_err("replaced already");
    assert_eq!(
        error.to_string(),
        "edition 2025 of demo: found a publication that replaces revision 1; expected one that replaces revision 2"
    );
    Ok(())
}

#[tokio::test]
async fn the_tables_themselves_refuse_a_revision_that_replaces_nothing_or_not_the_one_before()
-> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    store.publish(&[edition(&pack(), None, &rows())]).await?;
    for (revision, replaces) in [(2, None), (3, Some(1)), (3, Some(2))] {
        let inserted = sqlx::query(
            "INSERT INTO edition (index_id, edition, revision, replaces, version, pack_digest, data_digest, \
             program_version, published_at) VALUES ('demo', 2025, $1, $2, '', 'd1', '', '', '')",
        )
        .bind(revision)
        .bind(replaces)
        .execute(&store.pool)
        .await;
        assert!(
            inserted.is_err(),
            "revision {revision} that replaces {replaces:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_same_fill_twice_gives_the_same_dump() -> Result {
    let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (one, other) = (open(one.path()).await?, open(other.path()).await?);
    let (pack, rows) = (pack(), rows());
    let mut backwards = rows.clone();
    backwards.0.reverse();
    backwards.1.reverse();
    one.publish(&[edition(&pack, None, &rows)]).await?;
    other.publish(&[edition(&pack, None, &backwards)]).await?;
    let dumped = dump(&one).await?;
    assert!(dumped.len() > 100_000, "{} bytes", dumped.len());
    assert_eq!(dumped, dump(&other).await?);
    Ok(())
}

#[tokio::test]
async fn a_publication_broken_off_leaves_nothing() -> Result {
    let (dir, crashed) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let store = open(dir.path()).await?;
    let (pack, rows) = (pack(), rows());
    let mut transaction = store.pool.begin_with("BEGIN IMMEDIATE").await?;
    add_edition(&mut transaction, &edition(&pack, None, &rows)).await?;
    // As the files are at this moment, so a crash would leave them.
    for file in fs::read_dir(dir.path())? {
        let file = file?;
        fs::copy(file.path(), crashed.path().join(file.file_name()))?;
    }
    drop(transaction);
    for store in [store, open(crashed.path()).await?] {
        assert_eq!(store.packs().await?, []);
        assert_eq!(store.editions("demo").await?, []);
        for table in [
            "SELECT COUNT(*) FROM observation",
            "SELECT COUNT(*) FROM score",
        ] {
            assert_eq!(
                sqlx::query_scalar::<_, i64>(table)
                    .fetch_one(&store.pool)
                    .await?,
                0,
                "{table}"
            );
        }
        assert_eq!(
            store.publish(&[edition(&pack, None, &rows)]).await?,
            [key(1)]
        );
    }
    Ok(())
}

#[tokio::test]
async fn one_bad_edition_among_several_keeps_all_from_standing() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    let (pack, rows) = (pack(), rows());
    let twice = (
        vec![observation(1, Some(1.0)), observation(1, Some(2.0))],
        Vec::new(),
    );
    let contradicting = (
        vec![ObservationRow {
            status: "missing".into(),
            ..observation(1, Some(1.0))
        }],
        Vec::new(),
    );
    for bad in [twice, contradicting] {
        let good = edition(&pack, None, &rows);
        let bad = NewEdition {
            edition: 2026,
            ..edition(&pack, None, &bad)
        };
        let error = store.publish(&[good, bad]).await.expect_err("refused");
        assert!(matches!(error, StoreError::Database(_)), "{error}");
        assert_eq!(store.editions("demo").await?, []);
    }
    Ok(())
}

#[tokio::test]
async fn a_pack_is_stored_once_and_its_digest_stands_for_its_files() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    let (pack, rows) = (pack(), rows());
    let next = NewEdition {
        edition: 2026,
        ..edition(&pack, None, &rows)
    };
    store.publish(&[edition(&pack, None, &rows), next]).await?;
    assert_eq!(store.packs().await?.len(), 1);

    let mut other = pack.clone();
    other
        .files
        .insert("index.toml".into(), "id = \"other\"".into());
    let later = NewEdition {
        edition: 2027,
        ..edition(&other, None, &rows)
    };
    let error = store.publish(&[later]).await.expect_err("refused");
    assert!(matches!(error, StoreError::PackDiffers { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_edition_that_was_never_published_is_an_error_and_one_without_rows_is_not() -> Result {
    let dir = tempfile::tempdir()?;
    let store = open(dir.path()).await?;
    let error = store.scores(&key(1)).await.expect_err("nothing is there");
    assert_eq!(
        error.to_string(),
        "edition 2025 of demo, revision 1: found nothing; expected a published edition"
    );
    store
        .publish(&[edition(&pack(), None, &(Vec::new(), Vec::new()))])
        .await?;
    assert_eq!(store.scores(&key(1)).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() -> Result {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("chiso.db");
    let text = "edition,unit,node,value\n".repeat(100);
    fs::write(&path, &text)?;
    let error = Store::open(&path).await.expect_err("refused").to_string();
    assert!(
        error.contains("chiso.db") && error.contains("not a database"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path)?, text);
    Ok(())
}

#[tokio::test]
async fn an_edition_of_the_first_version_stays_without_uncertainty_and_unchangeable() -> Result {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("chiso.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await?;
    let mut first = sqlx::migrate!("migrations/sqlite");
    first.migrations.to_mut().truncate(1);
    first.run(&pool).await?;
    for statement in [
        "INSERT INTO pack VALUES ('demo', 'd1', '2026-01-01T00:00:00Z')",
        "INSERT INTO score (index_id, edition, revision, unit_list, unit, node, level, score, se, rank, coverage, flags) \
         VALUES ('demo', 2025, 1, 'l', '01', '1.1', 1, 0.3, 0.01, 3, 1.0, '')",
    ] {
        let mut transaction = pool.begin().await?;
        sqlx::query("PRAGMA defer_foreign_keys = ON")
            .execute(&mut *transaction)
            .await?;
        sqlx::query(statement).execute(&mut *transaction).await?;
        if statement.contains("score") {
            sqlx::query(
                "INSERT INTO edition VALUES ('demo', 2025, 1, NULL, '1', 'd1', 'd2', '0.1.0', '2026-01-01T00:00:00Z')",
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
    }
    pool.close().await;

    let store = open(dir.path()).await?;
    let scores = store.scores(&key(1)).await?;
    assert_eq!((scores[0].score, scores[0].se), (Some(0.3), Some(0.01)));
    assert_eq!((scores[0].lo, scores[0].rank_hi), (None, None));
    assert_eq!(scores[0].group_probability, None);
    let change = sqlx::query("UPDATE score SET lo = 0.2").execute(&store.pool);
    let refused = change.await.err().ok_or("not refused")?;
    assert!(refused.to_string().contains(CHANGE), "{refused}");
    Ok(())
}
