//! `chiso check`: what is wrong with packs; with `--audit`, what an index does with its data.

mod audit;

use std::path::PathBuf;

use anyhow::{Result, bail};
use chiso_index::Pack;
use chiso_index::import::Rules;

use crate::files;

/// Arguments of `chiso check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folders of packs, or ids of packs that travel with the program.
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<String>,
    /// Also audit one edition of the index: coverage, outliers, coherence, reliability, weights and
    /// robustness, each with its formula, limit and source. Findings are advice: the exit code is 0.
    #[arg(long, requires = "data")]
    audit: bool,
    /// With --audit: observations, CSV with the columns edition,unit,node,value.
    #[arg(long, value_name = "FILE", requires = "audit")]
    data: Option<PathBuf>,
    /// With --audit: what is known of units beside observations, CSV with the columns edition,unit
    /// and any others; columns of numbers are checked as measures of size.
    #[arg(long, value_name = "FILE", requires = "audit")]
    context: Option<PathBuf>,
    /// With --audit: the edition; by default the latest.
    #[arg(long, value_name = "EDITION", requires = "audit")]
    edition: Option<i32>,
    /// With --audit: a folder for report.txt, audit.csv, statistics.csv, correlations.csv,
    /// importances.csv, strengths.csv and provenance.json; it is made if need be.
    #[arg(long, value_name = "DIR", requires = "audit")]
    out: Option<PathBuf>,
}

/// Checks each pack and says all that was found; then audits, where that is asked.
///
/// # Errors
/// When a pack has an error, or what is wrong with the data of an audit.
pub fn run(arguments: &Arguments) -> Result<()> {
    check(&arguments.packs)?;
    match (&arguments.data, arguments.packs.as_slice()) {
        (Some(data), [pack]) => audit::run(&audit::Sources {
            pack,
            data,
            context: arguments.context.as_deref(),
            edition: arguments.edition,
            out: arguments.out.as_deref(),
        }),
        (Some(_), packs) => bail!("--audit: found {} packs; expected one", packs.len()),
        (None, _) => Ok(()),
    }
}

fn check(packs: &[String]) -> Result<()> {
    let mut errors = 0;
    for place in packs {
        let pack_files = files::pack_files(place)?;
        let (pack, mut problems) = Pack::read(&pack_files);
        if let Some(pack) = &pack
            && pack_files.files.contains_key("import.toml")
        {
            problems.extend(Rules::read(&pack_files, pack, files::unit_list(pack)).1);
        }
        problems.iter().for_each(|problem| eprintln!("{problem}"));
        let found = problems.iter().filter(|problem| problem.is_error()).count();
        errors += found;
        let Some(pack) = pack.filter(|_| found == 0) else {
            continue;
        };
        let nodes: usize = pack.versions.iter().map(|version| version.tree.len()).sum();
        let editions = pack.editions();
        println!(
            "{place}: sound: {} versions, {nodes} nodes, {} editions, {} warnings",
            pack.versions.len(),
            editions.len(),
            problems.len()
        );
    }
    if errors > 0 {
        bail!(
            "{errors} {} found",
            if errors == 1 { "error" } else { "errors" }
        );
    }
    Ok(())
}
