//! An index into the store and back.

use super::*;
use crate::provenance;

const ORIGIN: Origin<'_> = Origin {
    source: "data",
    data_digest: "d1",
    now: "2026-01-01T00:00:00Z",
};

struct Ready {
    _folder: tempfile::TempDir,
    store: Store,
    text: PackText,
    computed: Computed,
}

/// The last shipped index, which is small, and an empty store.
async fn ready() -> Result<Ready> {
    let ids = files::PACKS
        .dirs()
        .map(|dir| dir.path().to_string_lossy().into_owned());
    let shipped = ids.filter(|id| {
        files::DATA
            .get_file(format!("{id}/observations.csv"))
            .is_some()
    });
    let id = shipped.last().context("an index")?;
    let (pack, files) = (files::pack(&id)?, files::pack_files(&id)?);
    let digest = provenance::pack_digest(&files);
    let text = PackText {
        index: id,
        digest,
        added_at: ORIGIN.now.into(),
        files: files.files,
    };
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("chiso.db")).await?;
    let computed = Computed::new(&pack, files::shipped_observations(&pack)?)?;
    Ok(Ready {
        _folder: folder,
        store,
        text,
        computed,
    })
}

#[tokio::test]
async fn an_index_comes_back_from_the_store_as_it_was_published() -> Result<()> {
    let Ready {
        store,
        text,
        computed,
        _folder,
    } = ready().await?;
    let count = publish(&store, &text, &computed, ORIGIN).await?;
    assert_eq!(count, computed.panel.editions.len());
    let read = read(&store, &text.index).await?;
    assert_eq!(read.panel.pack, computed.panel.pack);
    for &edition in computed.panel.editions.keys() {
        let rows = computed.score_rows(edition);
        assert!(
            rows.iter().any(|row| row.unit_list == AFTER)
                && rows.iter().any(|row| row.rank == Some(1))
        );
        assert_eq!(read.score_rows(edition), rows);
    }
    Ok(())
}

#[tokio::test]
async fn only_what_differs_is_published_again_as_a_correction() -> Result<()> {
    let Ready {
        store,
        text,
        computed,
        _folder,
    } = ready().await?;
    let all = publish(&store, &text, &computed, ORIGIN).await?;
    assert_eq!(publish(&store, &text, &computed, ORIGIN).await?, 0);
    let corrected = Origin {
        data_digest: "d2",
        ..ORIGIN
    };
    assert_eq!(publish(&store, &text, &computed, corrected).await?, all);
    let editions = store.latest_editions(&text.index).await?;
    assert!(
        editions
            .iter()
            .all(|row| row.key.revision == 2 && row.replaces == Some(1))
    );
    Ok(())
}

#[tokio::test]
async fn stored_scores_that_do_not_follow_from_the_observations_are_refused() -> Result<()> {
    let Ready {
        store,
        text,
        computed,
        _folder,
    } = ready().await?;
    let (&edition, scored) = computed
        .panel
        .editions
        .iter()
        .next_back()
        .context("an edition")?;
    let mut scores = computed.score_rows(edition);
    let first = scores
        .iter_mut()
        .find_map(|row| row.score.as_mut())
        .context("a score")?;
    *first += 1e-9;
    let new = NewEdition {
        edition: edition.0,
        replaces: None,
        pack: &text,
        version: &scored.version.id,
        data_digest: ORIGIN.data_digest,
        program_version: "0",
        published_at: ORIGIN.now,
        observations: &computed.observation_rows(edition, "data")?,
        scores: &scores,
    };
    store.publish(&[new]).await?;
    let message = read(&store, &text.index)
        .await
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(
        message.contains("do not follow from the stored observations"),
        "{message}"
    );
    Ok(())
}
