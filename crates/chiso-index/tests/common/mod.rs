//! The shipped packs and figures, for tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::{Edition, Observations, Pack, Panel, Scored};
use chiso_units::UnitList;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn files(id: &str) -> PackFiles {
    let mut files = BTreeMap::new();
    let folder = root().join("packs").join(id);
    let mut open = vec![folder.clone()];
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(place).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path
                    .strip_prefix(&folder)
                    .expect("inside")
                    .to_string_lossy()
                    .into_owned();
                files.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    PackFiles {
        root: format!("packs/{id}"),
        files,
    }
}

pub fn pack(id: &str) -> Arc<Pack> {
    let (pack, problems) = Pack::read(&files(id));
    Arc::new(pack.unwrap_or_else(|| panic!("{problems:?}")))
}

pub fn observations(pack: &Pack) -> Observations {
    let path = root().join(format!("data/{}/observations.csv", pack.id));
    let file = fs::File::open(&path).expect("the shipped figures");
    read_csv(pack, list(pack), &path.to_string_lossy(), file).expect("sound figures")
}

pub fn list(pack: &Pack) -> Option<&'static UnitList> {
    pack.units.as_deref().and_then(UnitList::by_id)
}

pub fn panel(id: &str) -> Panel {
    let pack = pack(id);
    Panel::score(&pack, list(&pack), &observations(&pack)).expect("scores")
}

/// The rows of a shipped table as maps from column to text.
#[allow(dead_code, reason = "not every test reads tables")]
pub fn table(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(root().join(path)).expect("a table");
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

#[allow(dead_code, reason = "not every test looks scores up by code")]
pub fn score(panel: &Panel, edition: &str, unit: &str, node: &str) -> Option<f64> {
    let (scored, node, unit) = place(panel, edition, unit, node);
    scored.score(node, unit)
}

pub fn place<'a>(
    panel: &'a Panel,
    edition: &str,
    unit: &str,
    node: &str,
) -> (&'a Scored, chiso_index::NodeIndex, usize) {
    let scored = &panel.editions[&Edition(edition.parse().expect("a year"))];
    let node = scored.version.tree.find(node).expect("a node");
    (scored, node, scored.unit(unit).expect("a unit"))
}
