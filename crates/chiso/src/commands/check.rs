//! `chiso check`: what is wrong with packs.

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
}

/// Checks each pack and says all that was found.
///
/// # Errors
/// When one of them has an error.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut errors = 0;
    for place in &arguments.packs {
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
