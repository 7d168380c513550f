//! `chiso score --sensitivity`: what scores and ranks would be under other choices of method.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use chiso_index::score::Scoring;
use chiso_index::sensitivity::output::Tables;
use chiso_index::sensitivity::{Results, Specification};
use chiso_index::{Edition, Scored, Version};
use serde_json::{Value, json};

use crate::provenance;

/// What came of a study of the method.
pub(super) struct Studied {
    /// Names and contents of its tables.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// What they were made from.
    pub provenance: Value,
    /// In a line.
    pub summary: String,
}

/// Studies the latest of the scored editions.
///
/// # Errors
/// What is wrong with the specification, and when no run can be carried out.
pub(super) fn study(path: &Path, scoring: &Scoring<'_>, editions: &[&Scored]) -> Result<Studied> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("{shown}: cannot be read"))?;
    let specification = Specification::parse(&shown, &text)?;
    let Some(latest) = editions.iter().max_by_key(|scored| scored.edition) else {
        bail!("{shown}: found no edition to study; expected observations of one");
    };
    let (edition, version) = (latest.edition, scoring.pack.version_of(latest.edition));
    let version = version.with_context(|| format!("no version for edition {edition}"))?;
    let results = scoring.study(version, &specification, Some(edition))?;
    let results = results.with_context(|| format!("{shown}: no observations of {edition}"))?;
    Ok(Studied {
        files: tables(version, &specification, &results)?,
        provenance: origin(path, text.as_bytes(), &specification, edition, &results),
        summary: summary(edition, &results),
    })
}

fn tables(
    version: &Version,
    specification: &Specification,
    results: &Results,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let tables = Tables {
        version,
        specification,
        results,
    };
    let mut files = Vec::new();
    if !results.parts.is_empty() {
        let (mut uncertainty, mut shares) = (Vec::new(), Vec::new());
        tables.uncertainty(&mut uncertainty)?;
        tables.rank_shares(&mut shares)?;
        files.extend([
            ("uncertainty.csv", uncertainty),
            ("rank_shares.csv", shares),
        ]);
    }
    if specification.indices && !results.parts.is_empty() {
        let mut sobol = Vec::new();
        tables.sobol(&mut sobol)?;
        files.push(("sobol.csv", sobol));
    }
    if specification.leave_one_out {
        let (mut nodes, mut units) = (Vec::new(), Vec::new());
        tables.leave_one_out(&mut nodes)?;
        tables.leave_one_out_units(&mut units)?;
        files.extend([
            ("leave_one_out.csv", nodes),
            ("leave_one_out_units.csv", units),
        ]);
    }
    Ok(files)
}

fn origin(
    path: &Path,
    text: &[u8],
    specification: &Specification,
    edition: Edition,
    results: &Results,
) -> Value {
    json!({
        "file": path.file_name().unwrap_or_default().to_string_lossy(),
        "sha256": provenance::digest(text),
        "edition": edition.0,
        "seed": specification.seed,
        "draws": specification.draws,
        "runs": results.runs,
        "runs_in_spreads": results.sample,
        "runs_that_failed": results.failures.len(),
        "first_failure": results.failures.first().map(|failure| failure.problem.to_string()),
        "inputs": specification.inputs.iter().map(|input| &input.id).collect::<Vec<_>>(),
    })
}

fn summary(edition: Edition, results: &Results) -> String {
    let mut summary = format!("method {edition}: {} runs", results.runs);
    if let Some(failure) = results.failures.first() {
        let failed = results.failures.len();
        summary.push_str(&format!(
            ", {failed} of which could not be carried out: {}",
            failure.problem
        ));
    }
    if let Some(part) = results.parts.first() {
        let widths = part.rank_summaries.iter().filter(|unit| unit.runs > 0);
        let (units, places) = widths.fold((0u32, 0.0), |(units, places), unit| {
            (units + 1, places + unit.q95 - unit.q05)
        });
        let mean = places / f64::from(units.max(1));
        summary.push_str(&format!(
            "; 90 % of a unit's ranks lie within {mean:.1} places on average"
        ));
    }
    summary
}
