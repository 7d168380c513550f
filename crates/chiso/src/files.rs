//! Packs and figures from folders, or from inside the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chiso_index::observations::LeafCovariances;
use chiso_index::pack::PackFiles;
use chiso_index::{Observations, Pack, Problem};
use chiso_units::UnitList;
use include_dir::{Dir, include_dir};

use crate::{pack_workbook, simulated_index};

/// The packs that travel with the program.
pub static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../packs");
/// The figures and maps that travel with the program.
pub static DATA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../data");

/// The ids of the packs that travel with the program; those of simulated surveys last.
pub fn shipped_packs() -> Vec<String> {
    let packs = PACKS.dirs().map(|dir| dir.path().display().to_string());
    packs.chain(simulated_index::ids()).collect()
}

/// The path inside [`DATA`] of a file of an index.
pub fn data_path(id: &str, name: &str) -> String {
    match simulated_index::original(id) {
        Some(original) => format!("{original}/simulated/{name}"),
        None => format!("{id}/{name}"),
    }
}

/// Reads the files of a pack: a folder, a workbook, or the id of one that travels with the program.
pub fn pack_files(place: &str) -> Result<PackFiles> {
    let root = place.trim_end_matches('/').to_owned();
    let mut files = BTreeMap::new();
    let folder = Path::new(place);
    if folder.is_dir() {
        read_folder(folder, "", &mut files)?;
    } else if folder.extension().is_some_and(|ending| ending == "xlsx") {
        files = pack_workbook::files(folder)?;
    } else if let Some(shipped) = PACKS.get_dir(&root) {
        shipped_files(shipped, &root, &mut files);
    } else if let Some(original) = simulated_index::original(&root) {
        return simulated_index::pack_files(&root, pack_files(original)?);
    } else {
        let shipped = shipped_packs();
        bail!(
            "{place}: found no such folder; expected a pack's folder, its .xlsx or one of {}",
            shipped.join(", ")
        );
    }
    Ok(PackFiles { root, files })
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    /// The largest file that belongs into a pack.
    const LARGEST_BYTES: u64 = 16 * 1024 * 1024;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() && prefix.is_empty() {
            read_folder(&path, &format!("{name}/"), files)?;
        } else if name.ends_with(".toml") || name.ends_with(".csv") {
            let size = entry.metadata()?.len();
            if size > LARGEST_BYTES {
                bail!(
                    "{}: found {size} bytes; expected at most {LARGEST_BYTES} in a pack's file",
                    path.display()
                );
            }
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            let Ok(text) = String::from_utf8(bytes) else {
                bail!(
                    "{}: found bytes that are not UTF-8; expected text saved as UTF-8",
                    path.display()
                );
            };
            files.insert(name, text);
        }
    }
    Ok(())
}

fn shipped_files(dir: &Dir<'_>, root: &str, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy();
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .trim_start_matches('/')
            .to_owned();
        if let Some(text) = file.contents_utf8() {
            files.insert(name, text.to_owned());
        }
    }
    dir.dirs()
        .for_each(|inner| shipped_files(inner, root, files));
}

/// Reads a pack that must be sound; its warnings go to the standard error.
///
/// # Errors
/// The pack's problems, a line each.
pub fn pack(place: &str) -> Result<Arc<Pack>> {
    let (pack, problems) = Pack::read(&pack_files(place)?);
    match pack {
        Some(pack) => Ok(Arc::new(pack)),
        None => {
            let errors: Vec<String> = problems
                .iter()
                .filter(|p| p.is_error())
                .map(Problem::to_string)
                .collect();
            bail!("{place}: not a usable pack\n{}", errors.join("\n"))
        }
    }
}

/// The list of units that a full edition of the index has, where the pack names one.
pub fn unit_list(pack: &Pack) -> Option<&'static UnitList> {
    pack.units.as_deref().and_then(UnitList::by_id)
}

/// Reads observations from a CSV file.
pub fn observations(pack: &Pack, path: &Path) -> Result<Observations> {
    let file =
        fs::File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    let shown = path.display().to_string();
    let read = chiso_index::observations::read_csv(pack, unit_list(pack), &shown, file);
    read.map_err(|problem| anyhow::anyhow!("{problem}"))
}

/// Reads what is known of units beside their observations; units stand there by code or name.
///
/// # Errors
/// What is wrong with the file.
pub fn context(list: Option<&UnitList>, path: &Path) -> Result<chiso_index::engine::Context> {
    let shown = path.display().to_string();
    let file = fs::File::open(path).with_context(|| format!("{shown}: cannot be opened"))?;
    let context = chiso_index::engine::Context::read_csv(&shown, file)?;
    let Some(list) = list else { return Ok(context) };
    let code = |unit: &str| list.find(unit).map(|unit| unit.code.as_str().to_owned());
    context.with_units(code).map_err(|(line, unit, error)| {
        anyhow::anyhow!(
            "{shown}:{line}: found unit `{unit}` ({error}); expected a code or name of the list {}",
            list.id()
        )
    })
}

/// Reads covariances of observations from a CSV file.
pub fn covariances(pack: &Pack, path: &Path) -> Result<LeafCovariances> {
    let file =
        fs::File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    let shown = path.display().to_string();
    let read = LeafCovariances::read_csv(pack, unit_list(pack), &shown, file);
    read.map_err(|problem| anyhow::anyhow!("{problem}"))
}

/// The observations of an index that travel with the program.
pub fn shipped_observations(pack: &Pack) -> Result<Observations> {
    let path = data_path(&pack.id, "observations.csv");
    let Some(file) = DATA.get_file(&path) else {
        bail!(
            "found no shipped figures for the index {}; expected --data FILE",
            pack.id
        );
    };
    let read = chiso_index::observations::read_csv(pack, unit_list(pack), &path, file.contents());
    read.map_err(|problem| anyhow::anyhow!("{problem}"))
}
