//! The published scores that a simulation is to bring back.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use chiso_index::{Edition, NodeIndex, Observations, Pack, Value, Version};

/// The published leaf scores of an edition.
pub struct Published {
    /// The edition.
    pub edition: Edition,
    /// The version of the index that holds for it.
    pub version: Arc<Version>,
    /// The leaves of the version, in its order.
    pub leaves: Vec<NodeIndex>,
    /// For each unit that has all of them, its scores in the order of the leaves.
    pub scores: BTreeMap<String, Vec<f64>>,
    /// Units that have some only: they are left out.
    pub incomplete: Vec<String>,
}

/// The scores of an edition; without one, of the latest in which the most units have all scores.
///
/// # Errors
/// An edition without scores.
pub fn published(
    pack: &Pack,
    observations: &Observations,
    edition: Option<i32>,
) -> Result<Published> {
    let editions = observations.editions();
    if let Some(edition) = edition {
        if !editions.contains(&Edition(edition)) {
            let there: Vec<String> = editions.iter().map(Edition::to_string).collect();
            bail!(
                "--edition: found {edition}; expected one of {}",
                there.join(", ")
            );
        }
        return of_edition(pack, observations, Edition(edition));
    }
    let all = editions
        .into_iter()
        .map(|edition| of_edition(pack, observations, edition))
        .collect::<Result<Vec<_>>>()?;
    let best = all
        .into_iter()
        .max_by_key(|published| (published.scores.len(), published.edition));
    match best {
        Some(published) => Ok(published),
        None => bail!("{}: found no published scores", pack.id),
    }
}

fn of_edition(pack: &Pack, observations: &Observations, edition: Edition) -> Result<Published> {
    let Some(version) = pack.version_of(edition) else {
        bail!("{}: found no version for {edition}", pack.id);
    };
    let leaves: Vec<NodeIndex> = version.tree.leaves().collect();
    let mut units: BTreeMap<&str, BTreeMap<NodeIndex, f64>> = BTreeMap::new();
    for row in observations.of_edition(edition) {
        if let Value::Number(value) = row.value {
            let unit = &observations.units()[row.unit];
            units.entry(unit).or_default().insert(row.node, value);
        }
    }
    let mut scores = BTreeMap::new();
    let mut incomplete = Vec::new();
    for (unit, values) in units {
        let all = leaves.iter().map(|leaf| values.get(leaf).copied());
        match all.collect::<Option<Vec<f64>>>() {
            Some(all) => drop(scores.insert(unit.to_owned(), all)),
            None => incomplete.push(unit.to_owned()),
        }
    }
    if scores.is_empty() {
        bail!(
            "{} {edition}: found no unit with all scores; expected one at least",
            pack.id
        );
    }
    Ok(Published {
        edition,
        version: version.clone(),
        leaves,
        scores,
        incomplete,
    })
}
