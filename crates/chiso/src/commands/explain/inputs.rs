//! What `chiso explain` explains: observations, brought across a merger and scored.

use std::sync::Arc;

use anyhow::Result;
use chiso_index::engine::Context;
use chiso_index::observations::LeafCovariances;
use chiso_index::score::{Sampling, Scoring};
use chiso_index::{Edition, Observations, Pack, Panel};
use chiso_units::UnitList;

use super::Arguments;
use crate::commands::score::weights::merge;
use crate::files;

/// Everything that is explained.
pub(super) struct Inputs {
    /// The list of units.
    pub list: Option<&'static UnitList>,
    /// The scored editions.
    pub panel: Panel,
    /// The rule by which units were merged, where they were.
    pub derived: Option<String>,
    /// Covariances of each unit's observations.
    pub covariances: Option<LeafCovariances>,
}

impl Inputs {
    /// # Errors
    /// What is wrong with the pack, the observations, the covariances or the merger.
    pub fn read(arguments: &Arguments) -> Result<Inputs> {
        let pack = files::pack(&arguments.pack)?;
        let observations = match &arguments.data {
            Some(path) => files::observations(&pack, path)?,
            None => files::shipped_observations(&pack)?,
        };
        let (list, observations) = merged(&pack, arguments, observations)?;
        let covariances = arguments.covariances.as_deref();
        let covariances = covariances
            .map(|path| files::covariances(&pack, path))
            .transpose()?;
        Ok(Inputs {
            panel: panel(&pack, list, &observations, covariances.as_ref(), arguments)?,
            list,
            derived: observations.derived().map(str::to_owned),
            covariances,
        })
    }
}

fn merged(
    pack: &Pack,
    arguments: &Arguments,
    observations: Observations,
) -> Result<(Option<&'static UnitList>, Observations)> {
    let Some(units) = &arguments.units else {
        return Ok((files::unit_list(pack), observations));
    };
    let weights = arguments.weights.as_deref();
    let first = arguments.merged_from.map(Edition);
    merge(pack, units, weights, first, &observations)
}

/// Draws where errors need none: what is made of them, rank sets, is not used here.
const NO_DRAWS: usize = 20;

/// Of errors only those of leaves are used; where every recipe is linear they need no draws.
fn panel(
    pack: &Arc<Pack>,
    units: Option<&UnitList>,
    observations: &Observations,
    covariances: Option<&LeafCovariances>,
    arguments: &Arguments,
) -> Result<Panel> {
    let mut scoring = Scoring {
        pack,
        units,
        observations,
        context: &Context::default(),
        sampling: Some(Sampling {
            confidence: arguments.confidence,
            simultaneous: false,
            ..Sampling::default()
        }),
        covariances,
        replicates: None,
    };
    let mut is_linear = true;
    for version in &pack.versions {
        // What a recipe lacks is said where it is scored.
        let runner = scoring.runner(version).ok().flatten();
        is_linear &= runner.is_none_or(|runner| runner.is_linear());
    }
    if is_linear {
        scoring.sampling = scoring.sampling.map(|sampling| Sampling {
            draws: NO_DRAWS,
            ..sampling
        });
    }
    Ok(Panel {
        pack: pack.clone(),
        editions: scoring.editions()?,
    })
}
