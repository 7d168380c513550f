//! `chiso score`: scores, ranks and groups from observations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_index::observations::MergeRule;
use chiso_index::{Edition, Observations, Pack, Panel, Scored, output};
use chiso_units::{UnitCode, UnitList};
use clap::ValueEnum;

use crate::{files, provenance, whole_files};

/// Arguments of `chiso score`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of a pack, or the id of one that travels with the program.
    pack: String,
    /// Observations: CSV with the columns edition,unit,node,value and, if wanted, se,n,status,source.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Score this edition only.
    #[arg(long)]
    edition: Option<i32>,
    /// The folder for scores.csv (or .parquet) and provenance.json; it is made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The form of the scores.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Bring observations of the 63 provinces to this list of units first (provinces-34).
    #[arg(long, value_name = "LIST")]
    units: Option<String>,
    /// With --units: weights of the units before the merger, CSV with the columns unit,weight; the
    /// plain mean is used without.
    #[arg(long, value_name = "FILE", requires = "units")]
    weights: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Parquet,
}

/// Scores, and writes both files or none.
///
/// # Errors
/// What is wrong with the pack, the observations or the folder.
pub fn run(arguments: &Arguments) -> Result<()> {
    let pack = files::pack(&arguments.pack)?;
    let observations = files::observations(&pack, &arguments.data)?;
    let (list, observations) = match &arguments.units {
        Some(units) => merge(&pack, units, arguments.weights.as_deref(), &observations)?,
        None => (files::unit_list(&pack), observations),
    };
    let panel = Panel::score(&pack, list, &observations);
    let editions = chosen(&panel, arguments.edition, &arguments.data)?;
    let (name, bytes) = encoded(&pack, &editions, arguments.format)?;
    let provenance = provenance::of_scores(&provenance::Inputs {
        pack: &pack,
        pack_files: &files::pack_files(&arguments.pack)?,
        data: &arguments.data,
        weights: arguments.weights.as_deref(),
        list,
        derived: observations.derived(),
        editions: &editions,
        output: (name, &bytes),
    })?;
    whole_files::write(
        &arguments.out,
        &[(name, &bytes), ("provenance.json", &provenance)],
    )?;
    report(&pack, &editions, &arguments.out.join(name));
    Ok(())
}

fn merge(
    pack: &Pack,
    units: &str,
    weights: Option<&Path>,
    observations: &Observations,
) -> Result<(Option<&'static UnitList>, Observations)> {
    if units != "provinces-34" || pack.units.as_deref() != Some("provinces-63") {
        bail!(
            "--units: found {units} for an index of {}; expected provinces-34 for one of provinces-63",
            pack.units.as_deref().unwrap_or("units without a list")
        );
    }
    let rule = match weights {
        Some(path) => MergeRule::Weighted(read_weights(path)?),
        None => MergeRule::PlainMean,
    };
    let merged = observations.merged(&rule).context("--units provinces-34")?;
    Ok((UnitList::by_id(units), merged))
}

fn read_weights(path: &Path) -> Result<BTreeMap<UnitCode, f64>> {
    let shown = path.display();
    let list = UnitList::by_id("provinces-63").context("the list provinces-63")?;
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("{shown}: cannot be read"))?;
    if reader.headers()? != vec!["unit", "weight"] {
        bail!("{shown}:1: found other columns; expected unit,weight");
    }
    let mut weights = BTreeMap::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{shown}: a row that cannot be read"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let unit = list
            .find(&record[0])
            .with_context(|| format!("{shown}:{line}: unit"))?;
        let weight: f64 = record[1]
            .trim()
            .parse()
            .ok()
            .filter(|w: &f64| w.is_finite() && *w > 0.0)
            .with_context(|| {
                format!(
                    "{shown}:{line}: found weight `{}`; expected a finite number above zero",
                    &record[1]
                )
            })?;
        if weights.insert(unit.code.clone(), weight).is_some() {
            bail!(
                "{shown}:{line}: found unit {} again; expected each unit once",
                unit.code.as_str()
            );
        }
    }
    Ok(weights)
}

fn chosen<'a>(panel: &'a Panel, edition: Option<i32>, data: &Path) -> Result<Vec<&'a Scored>> {
    let Some(edition) = edition else {
        return Ok(panel.editions.values().collect());
    };
    match panel.editions.get(&Edition(edition)) {
        Some(scored) => Ok(vec![scored]),
        None => {
            let there: Vec<String> = panel.editions.keys().map(Edition::to_string).collect();
            bail!(
                "--edition: found {edition}; expected one of those in {}: {}",
                data.display(),
                there.join(", ")
            )
        }
    }
}

fn encoded(pack: &Pack, editions: &[&Scored], format: Format) -> Result<(&'static str, Vec<u8>)> {
    match format {
        Format::Csv => {
            let mut bytes = Vec::new();
            output::scores_csv(pack, editions, &mut bytes)?;
            Ok(("scores.csv", bytes))
        }
        Format::Parquet => Ok(("scores.parquet", output::scores_parquet(pack, editions)?)),
    }
}

fn report(pack: &Pack, editions: &[&Scored], path: &Path) {
    for scored in editions {
        let ranked = scored.ranked(scored.root());
        println!(
            "{} {}: {ranked} of {} units have a total",
            pack.id,
            scored.edition,
            scored.units.len()
        );
    }
    println!("{}", path.display());
}
