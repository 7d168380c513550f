//! Runs the fuzz target's check of specifications on its corpus, on changes of it, and on any
//! text. `PROPTEST_CASES=100000` looks longer.

use proptest::prelude::*;

#[path = "../../../fuzz/checks/specification.rs"]
mod check;

fn corpus() -> Vec<String> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/specification"
    );
    let mut texts: Vec<(std::path::PathBuf, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    texts.sort();
    texts.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn the_corpus_holds() {
    let texts = corpus();
    assert!(texts.len() >= 3);
    texts.iter().for_each(|text| check::check(text.as_bytes()));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_its_line(text in any::<String>()) {
        check::check(text.as_bytes());
    }

    #[test]
    fn a_changed_specification_is_read_or_refused_with_its_line(
        which in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 0_usize..40,
        with in "[a-z0-9=\\[\\]{}\", \n.-]{0,12}",
    ) {
        let texts = corpus();
        let text: Vec<char> = texts[which.index(texts.len())].chars().collect();
        let start = start.index(text.len());
        let end = (start + length).min(text.len());
        let changed: String =
            text[..start].iter().copied().chain(with.chars()).chain(text[end..].iter().copied()).collect();
        check::check(changed.as_bytes());
    }
}
