//! Runs the fuzz targets' checks on their corpus, on the fixtures, and on random changes of both.
//!
//! `CHISO_FUZZ_CASES=100000 cargo test --release -p chiso-tables --test fuzzed` looks longer.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

#[path = "../../../fuzz/checks/csv_reader.rs"]
mod csv_reader;
#[path = "../../../fuzz/checks/table_reader.rs"]
mod table_reader;

/// The files of a folder below the repository's root, in order of their names.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// The fixtures as the target takes them, the format in the first byte.
fn tables() -> Vec<Vec<u8>> {
    files("crates/chiso-tables/tests/fixtures")
        .into_iter()
        .filter_map(|(name, bytes)| {
            let format = match name.rsplit_once('.')?.1 {
                "parquet" => 0,
                "sav" | "zsav" => 1,
                "dta" => 2,
                "xlsx" => 3,
                _ => return None,
            };
            Some([vec![format], bytes].concat())
        })
        .collect()
}

fn texts() -> Vec<Vec<u8>> {
    let corpus = files("fuzz/corpus/csv_reader");
    corpus.into_iter().map(|(_, bytes)| bytes).collect()
}

/// How many random changes are tried.
fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("CHISO_FUZZ_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|text| text.parse().ok()).unwrap_or(usual),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A byte put in place of another, put before it, or taken out.
fn change() -> impl Strategy<Value = (Index, u8, u8)> {
    let byte = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b"\",;\t\r\n\x001.eNA- \xFF\x80\x7F".to_vec()),
    ];
    // Half of the changes near the start, where lengths and counts are.
    (any::<Index>(), byte, 0_u8..8)
}

fn changed(mut data: Vec<u8>, changes: &[(Index, u8, u8)], cut: Option<Index>) -> Vec<u8> {
    for (place, byte, kind) in changes {
        let range = if kind & 1 == 0 {
            data.len()
        } else {
            data.len().min(2000)
        };
        if range < 2 {
            break;
        }
        let place = 1 + place.index(range - 1);
        match kind >> 1 {
            0 | 1 => data[place] = *byte,
            2 => data.insert(place, *byte),
            _ => drop(data.remove(place)),
        }
    }
    if let Some(cut) = cut {
        data.truncate(cut.index(data.len() + 1));
    }
    data
}

#[test]
fn the_corpus_and_the_fixtures_pass() {
    let (texts, tables) = (texts(), tables());
    assert!(texts.len() >= 8 && tables.len() >= 14);
    texts.iter().for_each(|data| csv_reader::check(data));
    tables.iter().for_each(|data| table_reader::check(data));
}

proptest! {
    #![proptest_config(cases(300))]
    #[test]
    fn changed_texts_pass(
        data in proptest::sample::select(texts()),
        changes in proptest::collection::vec(change(), 1..8),
        cut in proptest::option::weighted(0.2, any::<Index>()),
    ) {
        csv_reader::check(&changed(data, &changes, cut));
    }

    #[test]
    fn changed_tables_pass(
        data in proptest::sample::select(tables()),
        changes in proptest::collection::vec(change(), 1..8),
        cut in proptest::option::weighted(0.2, any::<Index>()),
    ) {
        table_reader::check(&changed(data, &changes, cut));
    }
}
