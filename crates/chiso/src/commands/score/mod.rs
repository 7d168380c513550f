//! `chiso score`: scores, ranks and groups with their errors, from observations or from answers.

mod again;
mod inputs;
mod outputs;
mod sensitivity;
pub(super) mod weights;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use chiso_index::score::{Sampling, Scoring};
use chiso_index::{Edition, Scored};
use clap::ValueEnum;

pub use inputs::Inputs;

use crate::whole_files;

/// Arguments of `chiso score`.
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    /// The folder of a pack, or the id of one that travels with the program.
    #[arg(default_value = "", hide_default_value = true)]
    pub pack: String,
    /// Observations: CSV with the columns edition,unit,node,value and, if wanted, se,n,status,source.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["survey", "again"])]
    pub data: Option<PathBuf>,
    /// In place of --data: a survey specification (docs/survey-format.md), whose estimates with a
    /// node become the observations of --edition, with their errors and covariances.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "covariances"], requires = "edition")]
    pub survey: Option<PathBuf>,
    /// With --survey: the answers, in place of the files that the specification names.
    #[arg(long, value_name = "FILE", requires = "survey")]
    pub answers: Vec<PathBuf>,
    /// Score this edition only.
    #[arg(long)]
    pub edition: Option<i32>,
    /// What is known of units beside observations, denominators and groups: CSV with the columns
    /// edition,unit and any others.
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Covariances of each unit's observations: CSV, from `chiso estimate --covariances`.
    #[arg(long, value_name = "FILE")]
    pub covariances: Option<PathBuf>,
    /// The folder for scores.csv (or .parquet), provenance.json and, where observations have
    /// errors, rank_sets.csv, group_probabilities.csv and pairs.csv; it is made if need be.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The form of the scores.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Bring observations of the 63 provinces to this list of units first (provinces-34).
    #[arg(long, value_name = "LIST", conflicts_with_all = ["survey", "covariances"])]
    pub units: Option<String>,
    /// With --units: weights of the units before the merger, CSV with the columns unit,weight; the
    /// plain mean is used without.
    #[arg(long, value_name = "FILE", requires = "units")]
    pub weights: Option<PathBuf>,
    /// The confidence of intervals and rank sets.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = confidence)]
    pub confidence: f64,
    /// Draws for rank sets, group probabilities and the errors of recipes that are not linear.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub draws: u32,
    /// The seed of the draws; the same seed gives the same files.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// What to vary about the method (docs/methods/sensitivity.md): also writes uncertainty.csv,
    /// rank_shares.csv and, as asked, sobol.csv, leave_one_out.csv and leave_one_out_units.csv, for
    /// the latest of the scored editions.
    #[arg(long, value_name = "FILE")]
    pub sensitivity: Option<PathBuf>,
    /// Repeat the run that a provenance.json describes, with its options, and fail unless every file
    /// has the same bytes; inputs are looked for here and beside it, or where the options say.
    #[arg(long, value_name = "FILE")]
    pub again: Option<PathBuf>,
    /// Also say which units may be among so many best and worst.
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
}

/// The form of the scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Parquet.
    Parquet,
}

fn confidence(text: &str) -> Result<f64, String> {
    let share = text
        .parse::<f64>()
        .ok()
        .filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "expected a share between 0 and 1, such as 0.95".to_owned())
}

/// Scores, and writes all files or none.
///
/// # Errors
/// What is wrong with the pack, the observations, the answers or the folder.
pub fn run(arguments: &Arguments) -> Result<()> {
    let again = match &arguments.again {
        Some(path) => Some(again::Again::read(path, arguments)?),
        None => None,
    };
    let arguments = again.as_ref().map_or(arguments, |again| &again.arguments);
    if arguments.pack.is_empty() {
        bail!(
            "found no pack; expected the folder of one, or the id of one that travels with the program"
        );
    }
    let inputs = Inputs::read(arguments)?;
    let scoring = Scoring {
        pack: &inputs.pack,
        units: inputs.list,
        observations: &inputs.observations,
        context: &inputs.context,
        sampling: Some(Sampling {
            confidence: arguments.confidence,
            draws: arguments.draws as usize,
            seed: arguments.seed,
            simultaneous: true,
            tau: arguments.top,
        }),
        covariances: inputs.covariances.as_ref(),
        replicates: inputs.replicates.as_ref(),
    };
    let all = scoring.editions()?;
    let editions = chosen(&all, arguments)?;
    let studied = match &arguments.sensitivity {
        Some(path) => Some(sensitivity::study(path, &scoring, &editions)?),
        None => None,
    };
    let files = outputs::files(arguments, &inputs, &editions, studied.as_ref())?;
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (*name, &bytes[..]))
        .collect();
    if let Some(again) = &again {
        again.compare(&files)?;
    }
    whole_files::write(&arguments.out, &files)?;
    report(&inputs, &editions);
    if let Some(studied) = &studied {
        println!("{}", studied.summary);
    }
    if again.is_some() {
        println!("Every file has the bytes that were recorded.");
    }
    for (name, _) in &files {
        println!("{}", arguments.out.join(name).display());
    }
    Ok(())
}

fn chosen<'a>(
    all: &'a BTreeMap<Edition, Scored>,
    arguments: &Arguments,
) -> Result<Vec<&'a Scored>> {
    let Some(edition) = arguments.edition else {
        return Ok(all.values().collect());
    };
    match all.get(&Edition(edition)) {
        Some(scored) => Ok(vec![scored]),
        None => {
            let there: Vec<String> = all.keys().map(Edition::to_string).collect();
            let data = arguments.data.as_ref().or(arguments.survey.as_ref());
            bail!(
                "--edition: found {edition}; expected one of those in {}: {}",
                data.map_or_else(String::new, |path| path.display().to_string()),
                there.join(", ")
            )
        }
    }
}

fn report(inputs: &Inputs, editions: &[&Scored]) {
    for scored in editions {
        let ranked = scored.ranked(scored.root());
        print!(
            "{} {}: {ranked} of {} units have a total",
            inputs.pack.id,
            scored.edition,
            scored.units.len()
        );
        if let Some(compared) = scored.compared() {
            let (different, pairs) = compared.different();
            print!(
                "; {different} of {pairs} pairs truly differ ({} % confidence for all at once)",
                scored.confidence() * 100.0
            );
        }
        println!();
    }
}
