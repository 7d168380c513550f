//! Between the engine and the database: what is published goes in as rows, and what was published
//! comes back as packs, observations and panels.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chiso_index::observations::{MergeRule, Observation};
use chiso_index::pack::PackFiles;
use chiso_index::score::Flags;
use chiso_index::{Edition, Observations, Pack, Panel, Scored, Value};
use chiso_store::{EditionRow, NewEdition, ObservationRow, PackText, ScoreRow, Store};
use chiso_units::UnitList;

use crate::files;

/// The units before the merger of 2025-07-01.
const BEFORE: &str = "provinces-63";
/// The units since then.
pub const AFTER: &str = "provinces-34";

/// An index with all that is computed from its observations.
pub struct Computed {
    /// The observations.
    pub observations: Observations,
    /// The editions on the list of units that the pack names.
    pub panel: Panel,
    /// The editions on the units after the merger, where the pack's are those before it.
    pub merged: Option<Panel>,
}

impl Computed {
    /// Scores all editions of the observations.
    ///
    /// # Errors
    /// When observations cannot be brought to the units after the merger.
    pub fn new(pack: &Arc<Pack>, observations: Observations) -> Result<Computed> {
        let own = || Panel::score(pack, files::unit_list(pack), &observations);
        let list = UnitList::by_id(AFTER).filter(|_| pack.units.as_deref() == Some(BEFORE));
        let after = |list| -> Result<Panel> {
            let merged = observations.merged(&MergeRule::PlainMean)?;
            Ok(Panel::score(pack, Some(list), &merged)?)
        };
        let (panel, merged) = rayon::join(own, || list.map(after).transpose());
        let (panel, merged) = (panel?, merged?);
        Ok(Computed {
            observations,
            panel,
            merged,
        })
    }

    /// The scores of an edition, as rows in the order in which the database gives them.
    pub fn score_rows(&self, edition: Edition) -> Vec<ScoreRow> {
        let own = self.panel.pack.units.as_deref().unwrap_or_default();
        let panels = [
            Some((own, &self.panel)),
            self.merged.as_ref().map(|panel| (AFTER, panel)),
        ];
        let mut rows = Vec::new();
        for (list, panel) in panels.into_iter().flatten() {
            rows.extend(
                panel
                    .editions
                    .get(&edition)
                    .into_iter()
                    .flat_map(|scored| scores(list, scored)),
            );
        }
        rows.sort_by(|a, b| {
            (&a.unit_list, &a.unit, &a.node).cmp(&(&b.unit_list, &b.unit, &b.node))
        });
        rows
    }

    /// The observations of an edition, as rows. `source` says where they come from.
    pub fn observation_rows(&self, edition: Edition, source: &str) -> Result<Vec<ObservationRow>> {
        let version = self
            .panel
            .pack
            .version_of(edition)
            .context("an edition of the pack")?;
        let row = |observation: &Observation| {
            let (value, status) = match observation.value {
                Value::Number(number) => (Some(number), ""),
                Value::Missing => (None, "missing"),
                Value::NotApplicable => (None, "not_applicable"),
            };
            Ok(ObservationRow {
                unit: self.observations.units()[observation.unit].to_string(),
                node: version.tree.node(observation.node).code.clone(),
                value,
                se: observation.standard_error,
                n: observation.count.map(i64::try_from).transpose()?,
                status: status.to_owned(),
                source: source.to_owned(),
            })
        };
        self.observations
            .of_edition(edition)
            .iter()
            .map(row)
            .collect()
    }
}

fn scores<'a>(list: &'a str, scored: &'a Scored) -> impl Iterator<Item = ScoreRow> + 'a {
    let tree = &scored.version.tree;
    let cells = tree
        .indices()
        .flat_map(|node| (0..scored.units.len()).map(move |unit| (node, unit)));
    cells.map(move |(node, unit)| ScoreRow {
        unit_list: list.to_owned(),
        unit: scored.units[unit].to_string(),
        node: tree.node(node).code.clone(),
        // A tree's depth, and what a database counts, are far below these limits.
        level: u32::try_from(scored.version.level(node)).unwrap_or(u32::MAX),
        score: scored.score(node, unit),
        se: scored.standard_error(node, unit),
        lo: scored.interval(node, unit).map(|interval| interval.0),
        hi: scored.interval(node, unit).map(|interval| interval.1),
        n: scored
            .count(node, unit)
            .map(|count| i64::try_from(count).unwrap_or(i64::MAX)),
        share_of_max: scored.share_of_max(node, unit),
        rank: scored.rank(node, unit),
        rank_lo: scored.rank_set(node, unit).map(|set| set.0),
        rank_hi: scored.rank_set(node, unit).map(|set| set.1),
        group_no: scored.group(node, unit).map(u32::from),
        group_probability: scored.group_probability(node, unit),
        coverage: scored.coverage(node, unit),
        flags: Flags::words(scored.flags(node, unit))
            .collect::<Vec<_>>()
            .join(";"),
    })
}

/// Where the numbers of a publication come from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The file of observations, as the rows name it.
    pub source: &'a str,
    /// Its digest.
    pub data_digest: &'a str,
    /// The time of publication: RFC 3339 in UTC.
    pub now: &'a str,
}

/// Publishes the editions of an index that the store does not hold yet with the same pack, data and
/// program; one that it holds with others gets a new revision. Gives how many were published.
///
/// # Errors
/// When the database refuses.
pub async fn publish(
    store: &Store,
    pack: &PackText,
    computed: &Computed,
    origin: Origin<'_>,
) -> Result<usize> {
    let stored = store.latest_editions(&pack.index).await?;
    let stored: BTreeMap<i32, EditionRow> = stored
        .into_iter()
        .map(|row| (row.key.edition, row))
        .collect();
    let mut rows = Vec::new();
    for (&edition, scored) in &computed.panel.editions {
        let latest = stored.get(&edition.0);
        if latest.is_some_and(|latest| is_same(latest, pack, origin)) {
            continue;
        }
        let observations = computed.observation_rows(edition, origin.source)?;
        let replaces = latest.map(|latest| latest.key.revision);
        rows.push((scored, replaces, observations, computed.score_rows(edition)));
    }
    let editions: Vec<NewEdition<'_>> = rows
        .iter()
        .map(|(scored, replaces, observations, scores)| NewEdition {
            edition: scored.edition.0,
            replaces: *replaces,
            pack,
            version: &scored.version.id,
            data_digest: origin.data_digest,
            program_version: env!("CARGO_PKG_VERSION"),
            published_at: origin.now,
            observations,
            scores,
        })
        .collect();
    Ok(store.publish(&editions).await?.len())
}

/// Whether the store holds all these editions of an index with the same pack, data and program.
///
/// # Errors
/// When the database fails.
pub async fn stands(
    store: &Store,
    pack: &PackText,
    editions: impl IntoIterator<Item = Edition>,
    origin: Origin<'_>,
) -> Result<bool> {
    let stored = store.latest_editions(&pack.index).await?;
    let same = |edition: Edition| {
        let mut rows = stored.iter();
        rows.any(|row| row.key.edition == edition.0 && is_same(row, pack, origin))
    };
    Ok(editions.into_iter().all(same))
}

fn is_same(row: &EditionRow, pack: &PackText, origin: Origin<'_>) -> bool {
    row.pack_digest == pack.digest
        && row.data_digest == origin.data_digest
        && row.program_version == env!("CARGO_PKG_VERSION")
}

/// An index as the store holds it: the latest revision of each edition, scored anew.
///
/// # Errors
/// When the store holds no usable pack for it, or scores that do not follow from the stored pack and
/// observations: then the file was changed from outside, or by another version of the program.
pub async fn read(store: &Store, index: &str) -> Result<Computed> {
    let editions = store.latest_editions(index).await?;
    let pack = Arc::new(read_pack(store, index, &editions).await?);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "edition", "unit", "node", "value", "se", "n", "status", "source",
    ])?;
    for edition in &editions {
        for row in store.observations(&edition.key).await? {
            table.serialize((
                edition.key.edition,
                &row.unit,
                &row.node,
                row.value,
                row.se,
                row.n,
                &row.status,
                &row.source,
            ))?;
        }
    }
    let table = table.into_inner().map_err(|error| error.into_error())?;
    let name = format!("the stored observations of {index}");
    let observations = chiso_index::observations::read_csv(
        &pack,
        files::unit_list(&pack),
        &name,
        table.as_slice(),
    );
    let computed = Computed::new(
        &pack,
        observations.map_err(|problem| anyhow::anyhow!("{problem}"))?,
    )?;
    for edition in &editions {
        let key = &edition.key;
        if store.scores(key).await? != computed.score_rows(Edition(key.edition)) {
            bail!(
                "edition {} of {index}, revision {}: found stored scores that do not follow from the stored \
                 observations and pack; expected the same (was the database changed by hand?)",
                key.edition,
                key.revision
            );
        }
    }
    Ok(computed)
}

/// The pack by which the latest edition was scored.
async fn read_pack(store: &Store, index: &str, editions: &[EditionRow]) -> Result<Pack> {
    let Some(latest) = editions.last() else {
        bail!("found no published edition of {index} in the database; expected at least one");
    };
    let packs = store.packs().await?;
    let stored = packs
        .into_iter()
        .find(|pack| pack.index == index && pack.digest == latest.pack_digest);
    let Some(stored) = stored else {
        bail!(
            "found no pack of {index} with digest {} in the database",
            latest.pack_digest
        );
    };
    let (pack, problems) = Pack::read(&PackFiles {
        root: index.to_owned(),
        files: stored.files,
    });
    pack.with_context(|| {
        let errors: Vec<String> = problems
            .iter()
            .filter(|p| p.is_error())
            .map(ToString::to_string)
            .collect();
        format!(
            "the stored pack of {index} is not usable\n{}",
            errors.join("\n")
        )
    })
}
