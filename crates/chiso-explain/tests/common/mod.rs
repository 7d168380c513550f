//! The shipped packs and figures, scored.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chiso_explain::{Change, Contribution};
use chiso_index::engine::Context;
use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::score::{Sampling, Scoring};
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

/// Scored with the errors of leaves, and rank sets of few draws, which no test here looks at.
pub fn panel_of(pack: &Arc<Pack>, csv: &str) -> Panel {
    let units = pack.units.as_deref().and_then(UnitList::by_id);
    let observations = read_csv(pack, units, "observations.csv", csv.as_bytes()).unwrap();
    let scoring = Scoring {
        pack,
        units,
        observations: &observations,
        context: &Context::default(),
        sampling: Some(Sampling {
            draws: 300,
            simultaneous: false,
            ..Sampling::default()
        }),
        covariances: None,
        replicates: None,
    };
    Panel {
        pack: pack.clone(),
        editions: scoring.editions().unwrap(),
    }
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

const NODES: &str =
    "code,parent,name_en,name_vi,min,max,weight,direction,aggregate,source,expression,note\n";

/// A pack of one version for the first edition and another for the second, or one for both.
pub fn panel_from(steps: &str, versions: &[(&str, &[&str])], observations: &str) -> Panel {
    let mut index = String::from(
        "id = \"made\"\nname = { en = \"Made\", vi = \"Made\" }\npublisher = { en = \"P\", vi = \"P\" }\n\
         licence = \"none\"\nsource = \"none\"\nunit_level = \"agency\"\ndecimals = 4\n",
    );
    let mut files = BTreeMap::new();
    for (place, (editions, rows)) in versions.iter().enumerate() {
        index += &format!(
            "[[version]]\nid = \"v{place}\"\neditions = {editions}\nlevels = [{{ en = \"Leaf\", vi = \"L\" }}, \
             {{ en = \"Dimension\", vi = \"D\" }}, {{ en = \"Index\", vi = \"I\" }}]\n{steps}\n\
             [version.rank]\nties = \"min\"\ndecimals = 6\n"
        );
        files.insert(
            format!("v{place}/nodes.csv"),
            format!("{NODES}{}\n", rows.join("\n")),
        );
    }
    files.insert("index.toml".to_owned(), index);
    panel_of(&read_pack("made", files), observations)
}

pub const MEAN: &str =
    "[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\nmissing = \"available\"\n";
pub const SUM: &str =
    "[[version.step]]\ndo = \"aggregate\"\nmethod = \"sum\"\nmissing = \"propagate\"\n";
pub const GEOMETRIC: &str =
    "[[version.step]]\ndo = \"aggregate\"\nmethod = \"geometric\"\nmissing = \"propagate\"\n";

pub const EARLIER: [&str; 8] = [
    "made,,Made,Made,0,10,,,,s,,range-published",
    "a,made,Alpha,A,0,10,1,,,s,,range-published",
    "a1,a,Alpha one,A1,0,10,2,,,s,,",
    "a2,a,Alpha two,A2,0,10,3,,,s,,",
    "b,made,Beta,B,0,10,3,,,s,,range-published",
    "b1,b,Beta one,B1,0,10,1,,,s,,",
    "b2,b,Beta two,B2,0,10,7,,,s,,",
    "b3,b,Beta three,B3,0,10,1,,,s,,",
];
/// As the earlier, but with another weight, a part dropped, one renamed and a dimension added.
pub const LATER: [&str; 9] = [
    "made,,Made,Made,0,10,,,,s,,range-published",
    "a,made,Alpha,A,0,10,5,,,s,,range-published",
    "a1,a,Alpha one,A1,0,10,2,,,s,,",
    "a2,a,Alpha second,A2,0,10,3,,,s,,",
    "b,made,Beta,B,0,10,3,,,s,,range-published",
    "b1,b,Beta one,B1,0,10,1,,,s,,",
    "b2,b,Beta two,B2,0,10,7,,,s,,",
    "c,made,Gamma,C,0,10,1,,,s,,range-published",
    "c1,c,Gamma one,C1,0,10,1,,,s,,",
];

/// A panel of the earlier nodes, added up without weights.
pub fn sums(observations: &str) -> Panel {
    let plain = |row: &&str| {
        let mut cells: Vec<&str> = row.split(',').collect();
        cells[6] = "";
        cells.join(",")
    };
    let nodes: Vec<String> = EARLIER.iter().map(plain).collect();
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    panel_from(SUM, &[("[1, 2]", &nodes)], observations)
}
