//! `chiso estimate`: estimates and their errors from a sample.

use std::path::PathBuf;

use anyhow::{Context, Result};
use chiso_survey::estimate::linearise;
use chiso_survey::plan::Plan;
use chiso_survey::specification::Specification;
use chiso_tables::{OpenOptions, Table};

/// Arguments of `chiso estimate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The specification (docs/survey-format.md).
    specification: PathBuf,
}

/// Estimates.
///
/// # Errors
/// What is wrong with the specification, the files or the design.
pub fn run(arguments: &Arguments) -> Result<()> {
    let shown = arguments.specification.display().to_string();
    let text = std::fs::read_to_string(&arguments.specification).context(shown.clone())?;
    let specification = Specification::parse(&shown, &text)?;
    let folder = arguments.specification.parent().map(PathBuf::from).unwrap_or_default();
    let tables = specification
        .data
        .iter()
        .map(|name| Ok(Table::open(folder.join(name), &OpenOptions::default())?))
        .collect::<Result<Vec<_>>>()?;
    let start = std::time::Instant::now();
    let plan = Plan::new(&specification, tables[0].schema(), &[])?;
    let (sample, _) = crate::estimate::pass::reduce(&tables, &plan, 2, |_| {})?;
    eprintln!("pass {:?}", start.elapsed());
    let mut sum = 0.0;
    for (estimate, place) in specification.estimates.iter().zip(&plan.estimates) {
        let _ = estimate;
        for source in &place.sources {
            for found in linearise(&sample, place.tabulation, *source, chiso_survey::estimate::Statistic::Mean)? {
                sum += found.value.unwrap_or(0.0) + found.variance(&sample.structure)?.sqrt();
            }
        }
    }
    eprintln!("all {:?} {sum}", start.elapsed());
    Ok(())
}
