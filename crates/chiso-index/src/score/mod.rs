//! Scores, ranks and groups of editions: observations through the engine, and what follows from its
//! columns.

mod combine;
mod follow;
mod group;
mod observed;
mod rank;
mod sampling;
mod scored;
mod study;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use combine::combine;
pub use sampling::{Carried, Compared, Replicates, Sampling};
pub use scored::{Flags, NodeSummary, Scored};

use crate::engine::{Context, Frame, Plan, Runner, StepFault};
use crate::observations::{LeafCovariances, Observations};
use crate::pack::{Edition, Pack, Version};
use chiso_units::UnitList;
use observed::Observed;

/// The scored editions of an index.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The index.
    pub pack: Arc<Pack>,
    /// Its editions.
    pub editions: BTreeMap<Edition, Scored>,
}

/// Why observations cannot be scored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{index}, version {version}: {fault}")]
pub struct ScoreFault {
    /// The index.
    pub index: String,
    /// The version.
    pub version: String,
    /// The step that cannot be carried out.
    pub fault: Box<StepFault>,
}

/// What observations are scored with.
#[derive(Clone, Debug)]
pub struct Scoring<'a> {
    /// The index.
    pub pack: &'a Pack,
    /// The units that a full edition has: those without observations then appear without scores.
    /// Without a list an edition has the units that were observed in it.
    pub units: Option<&'a UnitList>,
    /// The observations.
    pub observations: &'a Observations,
    /// What is known of the units beside them.
    pub context: &'a Context,
    /// How standard errors of observations become those of scores and ranks; none leaves them out.
    pub sampling: Option<Sampling>,
    /// Covariances between the leaves of a unit, where they are known.
    pub covariances: Option<&'a LeafCovariances>,
    /// Observations of every replicate of the sample, where there are any.
    pub replicates: Option<&'a Replicates>,
}

impl Panel {
    /// Scores every edition of the observations, with standard errors where they have them, and
    /// without a context; see [`Scoring`].
    ///
    /// # Errors
    /// The first step of a recipe that cannot be carried out.
    pub fn score(
        pack: &Arc<Pack>,
        units: Option<&UnitList>,
        observations: &Observations,
    ) -> Result<Self, ScoreFault> {
        let scoring = Scoring {
            pack,
            units,
            observations,
            context: &Context::default(),
            sampling: Some(Sampling::default()),
            covariances: None,
            replicates: None,
        };
        Ok(Panel {
            pack: pack.clone(),
            editions: scoring.editions()?,
        })
    }

    /// The latest edition.
    pub fn latest(&self) -> Option<&Scored> {
        self.editions.values().next_back()
    }

    /// The edition before another one.
    pub fn previous(&self, edition: Edition) -> Option<&Scored> {
        self.editions
            .range(..edition)
            .next_back()
            .map(|(_, scored)| scored)
    }
}

impl Scoring<'_> {
    /// Scores every edition of the observations for which the pack has a version.
    ///
    /// # Errors
    /// The first step of a recipe that cannot be carried out.
    pub fn editions(&self) -> Result<BTreeMap<Edition, Scored>, ScoreFault> {
        let mut editions = BTreeMap::new();
        for version in &self.pack.versions {
            let scored = self.version(version).map_err(|fault| ScoreFault {
                index: self.pack.id.clone(),
                version: version.id.clone(),
                fault: Box::new(fault),
            })?;
            editions.extend(scored.into_iter().map(|scored| (scored.edition, scored)));
        }
        Ok(editions)
    }

    /// The engine with the observations of a version's editions, ready to run; none where there are
    /// none.
    ///
    /// # Errors
    /// The first step of the recipe that cannot be bound.
    pub fn runner(&self, version: &Arc<Version>) -> Result<Option<Runner>, StepFault> {
        let prepared = self.prepare(version)?;
        Ok(prepared.map(|(plan, observed)| Runner::new(&plan, observed.leaves)))
    }

    fn prepare(&self, version: &Arc<Version>) -> Result<Option<(Plan, Observed)>, StepFault> {
        let editions: Vec<Edition> = self
            .observations
            .editions()
            .into_iter()
            .filter(|edition| version.editions.contains(edition))
            .collect();
        if editions.is_empty() {
            return Ok(None);
        }
        let codes =
            |edition: Edition| (edition, unit_codes(self.units, self.observations, edition));
        let frame = Arc::new(Frame::new(editions.into_iter().map(codes)));
        let plan = Plan::new(version, &frame, self.context)?;
        let observed = Observed::new(&plan, self.observations);
        Ok(Some((plan, observed)))
    }

    fn version(&self, version: &Arc<Version>) -> Result<Vec<Scored>, StepFault> {
        let Some((plan, observed)) = self.prepare(version)? else {
            return Ok(Vec::new());
        };
        let Observed {
            leaves,
            standard_errors,
            counts,
            derived,
        } = observed;
        let mut runner = Runner::new(&plan, leaves);
        runner.run()?;
        let mut editions: Vec<Scored> = (0..plan.frame().editions().len())
            .map(|place| follow::scored(&runner, place, &counts, &derived))
            .collect();
        if let Some(sampling) = &self.sampling {
            let given = sampling::Given {
                sampling,
                leaf_errors: &standard_errors,
                covariances: self.covariances,
                replicates: self.replicates,
            };
            sampling::carry(&given, &mut runner, &mut editions)?;
        }
        Ok(editions)
    }
}

/// Scores one edition, without errors; none if the pack has no version for it or nothing was observed.
///
/// # Errors
/// The first step of the recipe that cannot be carried out.
pub fn score_edition(
    pack: &Pack,
    units: Option<&UnitList>,
    observations: &Observations,
    edition: Edition,
) -> Result<Option<Scored>, ScoreFault> {
    let scoring = Scoring {
        pack,
        units,
        observations,
        context: &Context::default(),
        sampling: None,
        covariances: None,
        replicates: None,
    };
    Ok(scoring.editions()?.remove(&edition))
}

fn unit_codes(
    units: Option<&UnitList>,
    observations: &Observations,
    edition: Edition,
) -> Vec<Arc<str>> {
    if let Some(list) = units {
        return list
            .units()
            .iter()
            .map(|unit| Arc::from(unit.code.as_str()))
            .collect();
    }
    let seen = observations.of_edition(edition).iter();
    let mut codes: Vec<Arc<str>> = seen
        .map(|row| observations.units()[row.unit].clone())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}
