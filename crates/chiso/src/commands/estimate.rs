//! `chiso estimate`: estimates and their errors from a sample.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chiso_survey::calibrate::WeightMoments;
use chiso_survey::plan::{Plan, Weighed};
use chiso_survey::results::{self, Covariance, NodeReplicates, Row, TestRow};
use chiso_survey::sums::{Rows, Sample};
use indicatif::{ProgressBar, ProgressStyle};

use crate::estimate::{
    Format, Inputs, Labels, Sources, covariance_table, estimates_table, explain, explain_weighing,
    node_covariances_table, observations_table, provenance, reduce, tests_table, weights_report,
};
use crate::whole_files;

/// Fewer rows are read before a bar could be drawn.
const ROWS_WORTH_A_BAR: u64 = 2_000_000;

/// Arguments of `chiso estimate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to estimate from what: a file in the form of docs/survey-format.md.
    specification: PathBuf,
    /// The answers (CSV, Parquet, SPSS .sav, Stata .dta or .xlsx), in place of those that the
    /// specification names; may be given more than once.
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// The folder for estimates.csv (or .parquet), provenance.json and, where asked for,
    /// covariances, tests and weights; without it the estimates go to the standard output.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The form of the tables.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Print the design as understood (strata, clusters, lonely ones, weights) to the standard
    /// error before computing.
    #[arg(long)]
    explain: bool,
    /// Print names of values for values of `by`, where the file or the specification has them.
    #[arg(long)]
    labels: bool,
    /// Also write the estimates that have a node as observations for `chiso score`.
    #[arg(long, value_name = "FILE", requires = "edition")]
    observations: Option<PathBuf>,
    /// The edition of the observations.
    #[arg(long, value_name = "YEAR")]
    edition: Option<i32>,
    /// With --observations: also write the covariances of each unit's observations, for
    /// `chiso score --covariances`.
    #[arg(long, value_name = "FILE", requires = "observations")]
    covariances: Option<PathBuf>,
    /// Processors to use; all of the machine's by default. The result is the same.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
}

/// Everything that a specification asks for.
pub struct Outcome {
    /// Estimates and contrasts.
    pub rows: Vec<Row>,
    /// Covariances between estimates.
    pub covariances: Vec<Covariance>,
    /// Covariances between a unit's observations, where they were asked for.
    pub node_covariances: Vec<Covariance>,
    /// A unit's observations in every replicate, where they were asked for and there are any.
    pub node_replicates: Option<NodeReplicates>,
    /// Tests of independence.
    pub tests: Vec<TestRow>,
    /// The sums that they were made from.
    pub sample: Sample,
    /// What replication, calibration and trimming did.
    pub weighed: Weighed,
}

/// Estimates, and prints or writes.
///
/// # Errors
/// What is wrong with the specification, the files or the design.
pub fn run(arguments: &Arguments) -> Result<()> {
    let inputs = Inputs::open(&arguments.specification, &arguments.data)?;
    let threads = arguments.threads.unwrap_or_else(default_threads).max(1);
    let asked = Asked {
        show_design: arguments.explain,
        node_covariances: arguments.covariances.is_some(),
    };
    let outcome = run_specification(&inputs, threads, asked)?;
    let labels = if arguments.labels {
        Labels::new(&inputs.specification, &inputs.tables)
    } else {
        Labels::default()
    };
    let table = estimates_table(&outcome.rows, &labels, arguments.format)?;
    let observations = match (&arguments.observations, arguments.edition) {
        (Some(path), Some(edition)) => {
            let source = arguments.specification.file_name();
            let source = source.unwrap_or_default().to_string_lossy();
            Some((
                path,
                observations_table(&outcome.rows, edition, &source)?,
                edition,
            ))
        }
        _ => None,
    };
    match &arguments.out {
        Some(folder) => write(folder, arguments.format, &inputs, &outcome, table)?,
        None => std::io::stdout().lock().write_all(&table)?,
    }
    if let Some((path, bytes, edition)) = observations {
        write_file(path, &bytes)?;
        if let Some(path) = &arguments.covariances {
            let rows = (&outcome.rows, &outcome.node_covariances);
            write_file(path, &node_covariances_table(rows.0, rows.1, edition)?)?;
        }
    }
    Ok(())
}

/// What is wanted beside the estimates.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    /// The design, on the standard error.
    pub show_design: bool,
    /// Covariances between a unit's observations, and their replicates where there are any.
    pub node_covariances: bool,
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let name = path
        .file_name()
        .context("--observations: expected a file's name")?;
    let name = name.to_string_lossy();
    whole_files::write(folder.unwrap_or(Path::new(".")), &[(&name, bytes)])
}

fn write(
    folder: &Path,
    format: Format,
    inputs: &Inputs,
    outcome: &Outcome,
    estimates: Vec<u8>,
) -> Result<()> {
    let mut files: Vec<(String, Vec<u8>)> =
        vec![(format!("estimates.{}", format.ending()), estimates)];
    if !outcome.covariances.is_empty() {
        let table = covariance_table(&outcome.covariances, format)?;
        files.push((format!("covariances.{}", format.ending()), table));
    }
    if !outcome.tests.is_empty() {
        files.push((
            format!("tests.{}", format.ending()),
            tests_table(&outcome.tests, format)?,
        ));
    }
    if outcome.weighed.weighting.is_some() || outcome.weighed.trimming.is_some() {
        let mut bytes = serde_json::to_vec_pretty(&weights_report(&outcome.weighed))?;
        bytes.push(b'\n');
        files.push(("weights.json".to_owned(), bytes));
    }
    let outputs: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), &bytes[..]))
        .collect();
    let origin = provenance(&Sources {
        inputs,
        sample: &outcome.sample,
        weighed: &outcome.weighed,
        outputs: &outputs,
    })?;
    let mut all = outputs.clone();
    all.push(("provenance.json", &origin));
    whole_files::write(folder, &all)?;
    eprintln!(
        "{} estimates from {} rows: {}",
        outcome.rows.len(),
        outcome.sample.structure.rows,
        folder.join(&files[0].0).display()
    );
    Ok(())
}

/// Reads the answers in one pass and makes every estimate of the specification.
///
/// # Errors
/// What is wrong with the files or the design.
pub fn run_specification(inputs: &Inputs, threads: usize, asked: Asked) -> Result<Outcome> {
    let show_design = asked.show_design;
    let specification = &inputs.specification;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let schema = inputs.tables[0].schema();
    let plan = Plan::new(specification, schema, &inputs.known).with_context(|| {
        let data = inputs.tables[0].path().display();
        format!("{} over {data}", inputs.shown)
    })?;
    let (mut sample, mut rows) = read(inputs, &plan, &pool)?;
    pool.install(|| {
        let before = sample
            .base
            .weights
            .iter()
            .fold(WeightMoments::EMPTY, |all, weights| all.merge(*weights));
        if show_design {
            eprint!("{}", explain(specification, &sample, &before));
        }
        let of_specification = || inputs.shown.clone();
        let weighed = plan
            .weigh(specification, &inputs.known, &mut sample, rows.as_mut())
            .with_context(of_specification)?;
        if show_design {
            eprint!("{}", explain_weighing(&weighed));
        }
        let result_inputs = results::Inputs {
            specification,
            plan: &plan,
            sample: &sample,
            rows: rows.as_ref(),
            replication: weighed.replication.as_ref(),
        };
        let wanted = |place: usize| {
            let estimate = &specification.estimates[place];
            let compared = specification
                .contrasts
                .iter()
                .any(|contrast| contrast.of == estimate.id || contrast.against == estimate.id);
            let of_node = asked.node_covariances && !estimate.nodes.is_empty();
            estimate.covariance || compared || of_node
        };
        let evaluated =
            results::estimates(result_inputs, &wanted).with_context(of_specification)?;
        let covariances =
            results::covariances(result_inputs, &evaluated).with_context(of_specification)?;
        let contrasts =
            results::contrasts(result_inputs, &evaluated).with_context(of_specification)?;
        let node_covariances = match asked.node_covariances {
            true => results::node_covariances(result_inputs, &evaluated)
                .with_context(of_specification)?,
            false => Vec::new(),
        };
        let node_replicates = match asked.node_covariances {
            true => results::node_replicates(result_inputs, &evaluated)
                .with_context(of_specification)?,
            false => None,
        };
        let estimates = evaluated
            .into_iter()
            .flatten()
            .map(|evaluated| evaluated.row);
        Ok(Outcome {
            rows: estimates.chain(contrasts).collect(),
            covariances,
            node_covariances,
            node_replicates,
            tests: results::independence_tests(result_inputs).with_context(of_specification)?,
            sample,
            weighed,
        })
    })
}

fn read(inputs: &Inputs, plan: &Plan, pool: &rayon::ThreadPool) -> Result<(Sample, Option<Rows>)> {
    let rows = inputs.rows();
    let shown = rows.is_none_or(|rows| rows >= ROWS_WORTH_A_BAR) && std::io::stderr().is_terminal();
    let bar = match (shown, rows) {
        (false, _) => ProgressBar::hidden(),
        (true, Some(rows)) => ProgressBar::new(rows),
        (true, None) => ProgressBar::new_spinner(),
    };
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} rows, {eta}");
    bar.set_style(style?);
    let read = reduce(&inputs.tables, plan, pool, |rows| bar.inc(rows));
    bar.finish_and_clear();
    read
}
