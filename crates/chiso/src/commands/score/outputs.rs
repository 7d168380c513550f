//! The files that `chiso score` writes.

use anyhow::Result;
use chiso_index::{Scored, output};

use super::inputs::Inputs;
use super::sensitivity::Studied;
use super::{Arguments, Format};
use crate::provenance;

/// Names and contents of all files, the provenance last.
pub(super) fn files(
    arguments: &Arguments,
    inputs: &Inputs,
    editions: &[&Scored],
    studied: Option<&Studied>,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let mut files = vec![scores(inputs, editions, arguments.format)?];
    if editions.iter().any(|scored| scored.carried().is_some()) {
        let mut rank_sets = Vec::new();
        output::rank_sets_csv(editions, &mut rank_sets)?;
        files.push(("rank_sets.csv", rank_sets));
        let mut pairs = Vec::new();
        output::pairs_csv(editions, &mut pairs)?;
        files.push(("pairs.csv", pairs));
        if editions.iter().any(|scored| scored.version.group.is_some()) {
            let mut groups = Vec::new();
            output::group_probabilities_csv(editions, &mut groups)?;
            files.push(("group_probabilities.csv", groups));
        }
    }
    if let Some(survey) = &inputs.survey {
        files.push(("estimates.csv", survey.estimates.clone()));
        files.push(("observations.csv", survey.observations.clone()));
        files.push(("covariances.csv", survey.covariances.clone()));
    }
    files.extend(
        studied
            .into_iter()
            .flat_map(|studied| studied.files.iter().cloned()),
    );
    let study = studied.map(|studied| &studied.provenance);
    let origin = provenance::of_scores(arguments, inputs, editions, study, &files)?;
    files.push(("provenance.json", origin));
    Ok(files)
}

fn scores(
    inputs: &Inputs,
    editions: &[&Scored],
    format: Format,
) -> Result<(&'static str, Vec<u8>)> {
    match format {
        Format::Csv => {
            let mut bytes = Vec::new();
            output::scores_csv(&inputs.pack, editions, &mut bytes)?;
            Ok(("scores.csv", bytes))
        }
        Format::Parquet => Ok((
            "scores.parquet",
            output::scores_parquet(&inputs.pack, editions)?,
        )),
    }
}
