//! `chiso demo --survey`: simulated answers, estimated and scored as real ones would be.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_index::observations::{LeafCovariances, read_csv};
use chiso_index::score::{Sampling, Scoring};
use chiso_index::{Scored, output};
use serde_json::json;

use crate::commands::estimate::{Asked, run_specification};
use crate::estimate::{
    Format, Inputs, Labels, estimates_table, node_covariances_table, observations_table,
};
use crate::simulate::{self, ANSWERS, CODEBOOK, LABEL, Made, SPECIFICATION};
use crate::{files, provenance, whole_files};

const ESTIMATES: &str = "simulated-estimates.csv";
const OBSERVATIONS: &str = "simulated-observations.csv";
const COMPARISON: &str = "simulated-comparison.csv";
const SCORES: &str = "simulated-scores.csv";
const COVARIANCES: &str = "simulated-covariances.csv";
const RANK_SETS: &str = "simulated-rank-sets.csv";
const PAIRS: &str = "simulated-pairs.csv";
const PROVENANCE: &str = "simulated-provenance.json";

/// Arguments of `chiso demo --survey`.
#[derive(clap::Args)]
pub struct SurveyArguments {
    /// Write simulated answers of a citizen survey in place of opening a site, estimate and score
    /// them, and compare with what was published. Nobody gave these answers.
    // A port may stand in the environment, so that --survey only leaves it aside.
    #[arg(long, conflicts_with = "maps")]
    survey: bool,
    /// With --survey: the seed of all that is drawn; the same seed gives the same files.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "survey")]
    seed: u64,
    /// With --survey: the edition whose scores come back. [default: the latest in which the most
    /// units have all scores]
    #[arg(long, value_name = "YEAR", requires = "survey")]
    edition: Option<i32>,
    /// With --survey: the index. [default: the first that has a simulation]
    #[arg(long, value_name = "ID", requires = "survey")]
    index: Option<String>,
}

impl SurveyArguments {
    /// Whether this is what was asked for.
    pub fn wanted(&self) -> bool {
        self.survey
    }
}

/// Writes the answers, estimates, scores and the comparison, and prints it.
///
/// # Errors
/// When there is no such simulation or edition, or the folder cannot be written.
pub fn run(arguments: &SurveyArguments, folder: Option<&Path>) -> Result<()> {
    let indices = simulate::indices();
    let index = match &arguments.index {
        Some(index) if indices.contains(index) => index,
        Some(index) => bail!(
            "--index: found {index}; expected one of {}",
            indices.join(", ")
        ),
        None => indices.first().context("found no simulation")?,
    };
    let folder = folder.map_or_else(|| PathBuf::from("simulated-survey"), Path::to_owned);
    let pack = files::pack(index)?;
    let published = simulate::published(
        &pack,
        &files::shipped_observations(&pack)?,
        arguments.edition,
    )?;
    let made = simulate::make(index, &published, arguments.seed)?;
    let answers = made.parquet()?;
    let (specification, codebook) = (made.specification(), made.codebook()?);
    whole_files::write(
        &folder,
        &[
            (ANSWERS, &answers),
            (SPECIFICATION, specification.as_bytes()),
            (CODEBOOK, &codebook),
        ],
    )?;
    // From here on the answers are those of the files, as anyone's would be.
    let inputs = Inputs::open(&folder.join(SPECIFICATION), &[])?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let asked = Asked {
        node_covariances: true,
        ..Asked::default()
    };
    let outcome = run_specification(&inputs, threads, asked)?;
    let estimates = estimates_table(&outcome.rows, &Labels::default(), Format::Csv)?;
    let observations = observations_table(&outcome.rows, made.edition.0, SPECIFICATION)?;
    let covariances =
        node_covariances_table(&outcome.rows, &outcome.node_covariances, made.edition.0)?;
    let comparison = simulate::compare(&published, &outcome.rows);
    let compared = comparison.csv()?;
    let scored = scored(&pack, &observations, &covariances, &made, &folder)?;
    let (scores, rank_sets, pairs) = tables(&pack, &scored)?;
    let totals = simulate::totals(&pack, &published, &scored)?;
    let outputs: [(&str, &[u8]); 10] = [
        (ANSWERS, &answers),
        (SPECIFICATION, specification.as_bytes()),
        (CODEBOOK, &codebook),
        (ESTIMATES, &estimates),
        (OBSERVATIONS, &observations),
        (COVARIANCES, &covariances),
        (COMPARISON, &compared),
        (SCORES, &scores),
        (RANK_SETS, &rank_sets),
        (PAIRS, &pairs),
    ];
    let origin = origin(&made, comparison.coverage_percent(), &totals, &outputs)?;
    let results = [&outputs[3..], &[(PROVENANCE, &origin)]].concat();
    whole_files::write(&folder, &results)?;
    print!("{}", comparison.table());
    print!("{}", totals.text());
    println!("Files, all simulated: {}", folder.display());
    Ok(())
}

/// The scores of the simulated observations with their errors, as `chiso score` computes them.
fn scored(
    pack: &chiso_index::Pack,
    observations: &[u8],
    covariances: &[u8],
    made: &Made,
    folder: &Path,
) -> Result<Scored> {
    let list = files::unit_list(pack);
    let shown = |name: &str| folder.join(name).display().to_string();
    let read = read_csv(pack, list, &shown(OBSERVATIONS), observations);
    let observations = read.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let read = LeafCovariances::read_csv(pack, list, &shown(COVARIANCES), covariances);
    let covariances = read.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let scoring = Scoring {
        pack,
        units: list,
        observations: &observations,
        context: &chiso_index::engine::Context::default(),
        sampling: Some(Sampling {
            seed: made.seed,
            ..Sampling::default()
        }),
        covariances: Some(&covariances),
        replicates: None,
    };
    scoring
        .editions()?
        .remove(&made.edition)
        .context("no scores")
}

type Tables = (Vec<u8>, Vec<u8>, Vec<u8>);

fn tables(pack: &chiso_index::Pack, scored: &Scored) -> Result<Tables> {
    let (mut scores, mut rank_sets, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    output::scores_csv(pack, &[scored], &mut scores)?;
    output::rank_sets_csv(&[scored], &mut rank_sets)?;
    output::pairs_csv(&[scored], &mut pairs)?;
    Ok((scores, rank_sets, pairs))
}

fn origin(
    made: &Made,
    coverage_percent: f64,
    totals: &simulate::Totals,
    outputs: &[(&str, &[u8])],
) -> Result<Vec<u8>> {
    let digests: serde_json::Map<String, serde_json::Value> = outputs
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), json!(provenance::digest(bytes))))
        .collect();
    let provenance = json!({
        "simulated": true,
        "note": LABEL,
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "index": made.index,
        "edition": made.edition.0,
        "pack_sha256": provenance::pack_digest(&files::pack_files(&made.index)?),
        "seed": made.seed,
        "respondents": made.interviews.len(),
        "coverage_percent": coverage_percent,
        "totals": totals.json(),
        "method": "docs/methods/simulated.md",
        "outputs_sha256": digests,
    });
    let mut bytes = serde_json::to_vec_pretty(&provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}
