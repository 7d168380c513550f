//! `chiso check --audit`: an edition of an index is audited; the report is printed, and written with
//! its data where a folder is named.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use chiso_index::audit::gather::Gathered;
use chiso_index::audit::report::write_report;
use chiso_index::audit::{Audit, AuditInput, audit, output};
use chiso_index::engine::Context;
use chiso_index::score::{Sampling, Scoring};
use chiso_index::{Edition, Observations, Pack};

use crate::{files, provenance, whole_files};

/// What is audited, and where the report goes.
pub struct Sources<'a> {
    /// The pack's folder or id.
    pub pack: &'a str,
    /// The observations.
    pub data: &'a Path,
    /// What is known of units beside them.
    pub context: Option<&'a Path>,
    /// The edition; by default the latest.
    pub edition: Option<i32>,
    /// The folder of the report and its data.
    pub out: Option<&'a Path>,
}

/// Audits, prints the report, and writes all files or none.
///
/// # Errors
/// What is wrong with the data, or a step of the recipe that cannot be carried out on them.
pub fn run(sources: &Sources<'_>) -> Result<()> {
    let pack = files::pack(sources.pack)?;
    let list = files::unit_list(&pack);
    let observations = files::observations(&pack, sources.data)?;
    let context = match sources.context {
        Some(path) => files::context(list, path)?,
        None => Context::default(),
    };
    let edition = chosen(&pack, &observations, sources)?;
    let version = pack
        .version_of(edition)
        .context("a version of the edition")?;
    let scoring = Scoring {
        pack: &pack,
        units: list,
        observations: &observations,
        context: &context,
        sampling: None,
        covariances: None,
        replicates: None,
    };
    let place = || format!("{}, version {}", pack.id, version.id);
    let runner = scoring.runner(version).with_context(place)?;
    let mut runner = runner.with_context(|| format!("{}: no values", sources.data.display()))?;
    let mut gathered = Gathered::new(&mut runner, edition, &context).with_context(place)?;
    let rows = observations.of_edition(edition);
    let has_errors = rows.iter().any(|row| row.standard_error.is_some());
    if has_errors {
        let sampling = Some(Sampling {
            simultaneous: false,
            ..Sampling::default()
        });
        let scored = Scoring {
            sampling,
            ..scoring
        }
        .editions()?;
        scored
            .get(&edition)
            .into_iter()
            .for_each(|scored| gathered.add_rank_sets(scored));
    }
    let input = gathered.input();
    let found = audit(&input)?;
    let report = report(&pack, edition, &gathered, &input, &found)?;
    print!("{report}");
    if let Some(folder) = sources.out {
        let mut outputs = tables(&report, &input, &found)?;
        let origin = provenance::of_audit(&provenance::AuditSources {
            pack_files: &files::pack_files(sources.pack)?,
            index: &pack.id,
            data: sources.data,
            context: sources.context,
            edition: edition.0,
            seed: has_errors.then_some(Sampling::default().seed),
            outputs: &outputs,
        })?;
        outputs.push(("provenance.json", origin));
        let written: Vec<(&str, &[u8])> = outputs.iter().map(|(name, b)| (*name, &b[..])).collect();
        whole_files::write(folder, &written)?;
        println!("\n{}", folder.display());
    }
    Ok(())
}

/// The edition that is asked for, or the latest that has values and a version.
fn chosen(pack: &Pack, observations: &Observations, sources: &Sources<'_>) -> Result<Edition> {
    let mut editions = observations.editions();
    editions.retain(|edition| pack.version_of(*edition).is_some());
    editions.sort();
    let asked = sources.edition.map(Edition);
    match (asked, editions.last()) {
        (Some(asked), _) if editions.contains(&asked) => Ok(asked),
        (None, Some(latest)) => Ok(*latest),
        (asked, _) => {
            let there: Vec<String> = editions.iter().map(Edition::to_string).collect();
            bail!(
                "{}: found no values of {}; editions with values and a version: {}",
                sources.data.display(),
                asked.map_or_else(|| "any edition".to_owned(), |e| format!("edition {e}")),
                if there.is_empty() {
                    "none".to_owned()
                } else {
                    there.join(", ")
                }
            )
        }
    }
}

fn report(
    pack: &Pack,
    edition: Edition,
    gathered: &Gathered,
    input: &AuditInput<'_>,
    found: &Audit,
) -> Result<String> {
    let mut report = format!("{} {edition}: audit\n", pack.id);
    if gathered.left_aside() > 0 {
        let aside = gathered.left_aside();
        report +=
            &format!("{aside} units without values, or left out by the recipe, are not audited\n");
    }
    write_report(input, found, &mut report)?;
    Ok(report)
}

/// Names and contents of the report and of all its data.
fn tables(
    report: &str,
    input: &AuditInput<'_>,
    found: &Audit,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let table = |write: &dyn Fn(&mut Vec<u8>) -> Result<(), csv::Error>| -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        Ok(bytes)
    };
    Ok(vec![
        ("report.txt", report.as_bytes().to_vec()),
        (
            "audit.csv",
            table(&|to| output::measurements_csv(input, found, to))?,
        ),
        (
            "statistics.csv",
            table(&|to| output::statistics_csv(input, to))?,
        ),
        (
            "correlations.csv",
            table(&|to| output::correlations_csv(input, found, to))?,
        ),
        (
            "importances.csv",
            table(&|to| output::importances_csv(input, to))?,
        ),
        (
            "strengths.csv",
            table(&|to| output::strengths_csv(input, to))?,
        ),
    ])
}
