//! What must hold for packs and their recipes, whatever the bytes.

use std::collections::BTreeMap;

use chiso_index::engine::Context;
use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::score::Scoring;
use chiso_index::{Pack, Version};

/// What stands between `index.toml` and `v/nodes.csv` in one input.
const BETWEEN: &str = "\n====\n";

/// No panic; a pack that is accepted gives scores without infinities, or a fault that says what was
/// found and expected.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (index, nodes) = text.split_once(BETWEEN).unwrap_or((text, text));
    let files = PackFiles {
        root: String::new(),
        files: BTreeMap::from([
            ("index.toml".to_owned(), index.to_owned()),
            ("v/nodes.csv".to_owned(), nodes.to_owned()),
        ]),
    };
    let (pack, problems) = Pack::read(&files);
    for problem in &problems {
        assert!(
            !problem.found.is_empty() && !problem.expected.is_empty(),
            "{problem}"
        );
    }
    match pack {
        Some(pack) => pack
            .versions
            .iter()
            .for_each(|version| score(&pack, version)),
        None => assert!(problems.iter().any(|problem| problem.is_error())),
    }
}

/// Scores a few units on figures inside the leaves' ranges, with a gap.
fn score(pack: &Pack, version: &std::sync::Arc<Version>) {
    let (tree, mut rows) = (&version.tree, "edition,unit,node,value\n".to_owned());
    let small = tree.len() <= 50
        && tree
            .indices()
            .all(|n| !tree.node(n).code.contains([',', '"', '\n', '\r']));
    let Some(edition) = version.editions.first().filter(|_| small) else {
        return;
    };
    for (place, leaf) in tree.leaves().enumerate() {
        let node = tree.node(leaf);
        let (min, max) = node
            .range
            .map_or((-1.0, 4.0), |range| (range.min, range.max));
        for unit in 0..5 {
            if (unit, place) != (4, 1) {
                let share = f64::from((unit * 7 + place as u32 * 3) % 11) / 10.0;
                let value = min * (1.0 - share) + max * share;
                rows.push_str(&format!("{edition},u{unit},{},{value}\n", node.code));
            }
        }
    }
    let Ok(observations) = read_csv(pack, None, "observations.csv", rows.as_bytes()) else {
        return;
    };
    let context = Context::read_csv(
        "context.csv",
        &b"edition,unit,people,region\n,u0,1,n\n,u1,2,n\n,u2,3,s\n,u3,4,s\n,u4,5,s\n"[..],
    );
    let scoring = Scoring {
        pack,
        units: None,
        observations: &observations,
        context: &context.expect("a sound context"),
        sampling: None,
        covariances: None,
        replicates: None,
    };
    match scoring.editions() {
        Ok(editions) => {
            for scored in editions.values() {
                for node in scored.version.tree.indices() {
                    assert!(
                        scored.scores(node).flatten().all(f64::is_finite),
                        "{}",
                        tree.node(node).code
                    );
                }
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(
                message.contains("step ") && message.contains(": "),
                "{message}"
            );
        }
    }
}
