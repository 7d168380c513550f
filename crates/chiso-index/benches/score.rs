//! The parts of scoring the shipped figures: reading the table, scoring all editions, writing it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::{Observations, Pack, Panel, output};
use chiso_units::UnitList;

fn main() {
    divan::main();
}

fn inputs() -> (Arc<Pack>, Vec<u8>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pack_folder = root.join("packs/papi");
    let mut files = BTreeMap::new();
    for name in [
        "index",
        "2011-2015",
        "2016-2017",
        "2018",
        "2019-2020",
        "2021-2024",
    ] {
        let name = if name == "index" {
            "index.toml".to_owned()
        } else {
            format!("{name}/nodes.csv")
        };
        let text = fs::read_to_string(pack_folder.join(&name)).expect("a file of the pack");
        files.insert(name, text);
    }
    let (pack, _) = Pack::read(&PackFiles {
        root: "packs/papi".to_owned(),
        files,
    });
    let data = fs::read(root.join("data/papi/observations.csv")).expect("the figures");
    (Arc::new(pack.expect("a sound pack")), data)
}

fn list() -> Option<&'static UnitList> {
    UnitList::by_id("provinces-63")
}

fn observations(pack: &Pack, data: &[u8]) -> Observations {
    read_csv(pack, list(), "observations.csv", data).expect("sound figures")
}

#[divan::bench]
fn read_14_editions(bencher: divan::Bencher) {
    let (pack, data) = inputs();
    bencher.bench(|| observations(&pack, &data));
}

#[divan::bench]
fn score_14_editions(bencher: divan::Bencher) {
    let (pack, data) = inputs();
    let observations = observations(&pack, &data);
    bencher.bench(|| Panel::score(&pack, list(), &observations));
}

#[divan::bench]
fn write_14_editions(bencher: divan::Bencher) {
    let (pack, data) = inputs();
    let panel = Panel::score(&pack, list(), &observations(&pack, &data)).expect("scores");
    let editions: Vec<_> = panel.editions.values().collect();
    bencher.bench(|| {
        let mut bytes = Vec::new();
        output::scores_csv(&pack, &editions, &mut bytes).map(|()| bytes)
    });
}
