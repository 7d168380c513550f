//! What `chiso score` computes from: a pack, and observations from a file or from answers.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use chiso_index::engine::Context;
use chiso_index::observations::{LeafCovariances, read_csv};
use chiso_index::pack::PackFiles;
use chiso_index::score::Replicates;
use chiso_index::{Edition, Observations, Pack};
use chiso_survey::results::NodeReplicates;
use chiso_units::UnitList;

use super::{Arguments, weights};
use crate::commands::estimate::{Asked, Outcome, run_specification};
use crate::estimate::{
    Format, Inputs as SurveyInputs, Labels, Sources, estimates_table, node_covariances_table,
    observations_table, provenance,
};
use crate::files;

/// Everything that scores are computed from.
pub struct Inputs {
    /// The index.
    pub pack: Arc<Pack>,
    /// The files of its pack.
    pub pack_files: PackFiles,
    /// The list of units.
    pub list: Option<&'static UnitList>,
    /// The observations.
    pub observations: Observations,
    /// What is known of units beside them.
    pub context: Context,
    /// Covariances of each unit's observations.
    pub covariances: Option<LeafCovariances>,
    /// The observations in every replicate of a survey that has any.
    pub replicates: Option<Replicates>,
    /// Where observations come from a survey: what was made on the way.
    pub survey: Option<Survey>,
}

/// What a survey gave before there were scores.
pub struct Survey {
    /// estimates.csv.
    pub estimates: Vec<u8>,
    /// observations.csv.
    pub observations: Vec<u8>,
    /// covariances.csv.
    pub covariances: Vec<u8>,
    /// What the estimates were made from, as provenance.
    pub provenance: serde_json::Value,
    /// The observations in every replicate, where the survey has any: unit and node of each, and the
    /// values.
    replicates: Option<(Vec<(String, String)>, NodeReplicates)>,
}

impl Inputs {
    pub(super) fn read(arguments: &Arguments) -> Result<Inputs> {
        let pack = files::pack(&arguments.pack)?;
        let list = files::unit_list(&pack);
        let context = match &arguments.context {
            Some(path) => files::context(list, path)?,
            None => Context::default(),
        };
        let survey = match (&arguments.survey, arguments.edition) {
            (Some(path), Some(edition)) => Some(survey(path, &arguments.answers, edition)?),
            _ => None,
        };
        let observations = match (&survey, &arguments.data) {
            (Some(survey), _) => from_survey(&pack, list, survey, arguments)?,
            (None, Some(path)) => files::observations(&pack, path)?,
            (None, None) => anyhow::bail!("found neither --data nor --survey; expected one"),
        };
        let covariances = covariances(&pack, list, survey.as_ref(), arguments)?;
        let replicates = match (&survey, arguments.edition) {
            (Some(survey), Some(edition)) => survey.replicates(&pack, list, Edition(edition)),
            _ => None,
        };
        let (list, observations) = match &arguments.units {
            Some(units) => weights::merge(
                &pack,
                units,
                arguments.weights.as_deref(),
                None,
                &observations,
            )?,
            None => (list, observations),
        };
        Ok(Inputs {
            pack_files: files::pack_files(&arguments.pack)?,
            pack,
            list,
            observations,
            context,
            covariances,
            replicates,
            survey,
        })
    }
}

impl Survey {
    /// The replicates on the units and nodes of the index, which its observations were read from.
    fn replicates(
        &self,
        pack: &Pack,
        list: Option<&UnitList>,
        edition: Edition,
    ) -> Option<Replicates> {
        let (of, replicates) = self.replicates.as_ref()?;
        let tree = &pack.version_of(edition)?.tree;
        let mut units: Vec<Arc<str>> = Vec::new();
        let mut cell = |(unit, node): &(String, String)| {
            let code = match list {
                Some(list) => list.find(unit).ok()?.code.as_str(),
                None => unit,
            };
            let place = units.iter().position(|known| **known == *code);
            let place = place.unwrap_or_else(|| {
                units.push(Arc::from(code));
                units.len() - 1
            });
            Some((edition, place, tree.find(node)?))
        };
        let cells = of.iter().map(&mut cell).collect::<Option<Vec<_>>>()?;
        Some(Replicates {
            units,
            cells,
            factors: replicates.factors.clone(),
            values: replicates.values.clone(),
            from_sample: replicates.from_sample,
        })
    }
}

fn survey(path: &Path, answers: &[std::path::PathBuf], edition: i32) -> Result<Survey> {
    let inputs = SurveyInputs::open(path, answers)?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let asked = Asked {
        show_design: false,
        node_covariances: true,
    };
    let outcome: Outcome = run_specification(&inputs, threads, asked)?;
    let source = path.file_name().unwrap_or_default().to_string_lossy();
    let estimates = estimates_table(&outcome.rows, &Labels::default(), Format::Csv)?;
    let origin = provenance(&Sources {
        inputs: &inputs,
        sample: &outcome.sample,
        weighed: &outcome.weighed,
        outputs: &[],
    })?;
    Ok(Survey {
        estimates,
        observations: observations_table(&outcome.rows, edition, &source)?,
        covariances: node_covariances_table(&outcome.rows, &outcome.node_covariances, edition)?,
        provenance: serde_json::from_slice(&origin)?,
        replicates: outcome.node_replicates.map(|replicates| {
            let of = |row: &usize| {
                let row = &outcome.rows[*row];
                (
                    row.by[0].1.to_string(),
                    row.node.clone().unwrap_or_default(),
                )
            };
            (replicates.rows.iter().map(of).collect(), replicates)
        }),
    })
}

fn from_survey(
    pack: &Pack,
    list: Option<&UnitList>,
    survey: &Survey,
    arguments: &Arguments,
) -> Result<Observations> {
    let path = arguments.survey.as_deref().unwrap_or(Path::new("survey"));
    let shown = format!("observations of {}", path.display());
    read_csv(pack, list, &shown, &survey.observations[..])
        .map_err(|problem| anyhow::anyhow!("{problem}"))
}

fn covariances(
    pack: &Pack,
    list: Option<&UnitList>,
    survey: Option<&Survey>,
    arguments: &Arguments,
) -> Result<Option<LeafCovariances>> {
    match (survey, &arguments.covariances) {
        (Some(survey), _) => {
            let shown = "covariances of the survey";
            let read = LeafCovariances::read_csv(pack, list, shown, &survey.covariances[..]);
            read.map(Some)
                .map_err(|problem| anyhow::anyhow!("{problem}"))
        }
        (None, Some(path)) => files::covariances(pack, path).map(Some),
        (None, None) => Ok(None),
    }
}
