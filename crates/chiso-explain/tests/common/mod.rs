//! The shipped packs and figures, scored.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chiso_explain::{Change, Contribution};
use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::{Edition, Pack, Panel};
use chiso_units::UnitList;

pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn pack(id: &str) -> Arc<Pack> {
    let folder = project().join("packs").join(id);
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let text = fs::read_to_string(path.join("nodes.csv")).unwrap();
            files.insert(format!("{name}/nodes.csv"), text);
        } else {
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    read_pack(id, files)
}

pub fn read_pack(root: &str, files: BTreeMap<String, String>) -> Arc<Pack> {
    let (pack, problems) = Pack::read(&PackFiles {
        root: root.to_owned(),
        files,
    });
    Arc::new(pack.unwrap_or_else(|| panic!("{problems:?}")))
}

pub fn panel_of(pack: &Arc<Pack>, csv: &str) -> Panel {
    let units = pack.units.as_deref().and_then(UnitList::by_id);
    let observations = read_csv(pack, units, "observations.csv", csv.as_bytes()).unwrap();
    Panel::score(pack, units, &observations).expect("scores")
}

pub fn figures(id: &str) -> String {
    fs::read_to_string(project().join("data").join(id).join("observations.csv")).unwrap()
}

pub fn panel(id: &str) -> Panel {
    panel_of(&pack(id), &figures(id))
}

/// Asserts that at every node with a contribution the parts either all have one and add up to it
/// exactly, or none has; returns how many parents were added up.
pub fn assert_adds_up(change: &Change) -> usize {
    let root = &change.contributions[0];
    assert_eq!(root.contribution_ticks, Some(change.change_ticks));
    assert_eq!(
        change.rank.field_change + change.rank.entry_exit,
        change.rank.change
    );
    assert_eq!(
        change.rank.change,
        i64::from(change.rank.to) - i64::from(change.rank.from)
    );
    assert_eq!(root.rank_ticks, Some(change.rank.field_change * 1_000_000));
    if let Some((own, others)) = change.rank.own.zip(change.rank.others) {
        assert_eq!(own + others, change.rank.field_change);
    }
    let mut parents = 0;
    for node in &change.contributions {
        let parts = || {
            change
                .contributions
                .iter()
                .filter(|c| c.parent.as_ref() == Some(&node.code))
        };
        let points = |c: &Contribution| c.contribution_ticks;
        let places = |c: &Contribution| c.rank_ticks;
        for of in [points as fn(&Contribution) -> Option<i64>, places] {
            let known: Vec<i64> = parts().filter_map(of).collect();
            if known.is_empty() {
                continue;
            }
            assert_eq!(
                known.len(),
                parts().count(),
                "{} {}",
                change.unit,
                node.code
            );
            assert_eq!(
                Some(known.iter().sum::<i64>()),
                of(node),
                "{} {}",
                change.unit,
                node.code
            );
            parents += 1;
        }
    }
    parents
}

pub fn consecutive(panel: &Panel) -> Vec<(Edition, Edition)> {
    let editions: Vec<Edition> = panel.editions.keys().copied().collect();
    editions.windows(2).map(|pair| (pair[0], pair[1])).collect()
}
