//! Runs the fuzz target's check of recipes on its corpus and on changes of it.
//! `PROPTEST_CASES=100000` looks longer.

use proptest::prelude::*;

#[path = "../../../../fuzz/checks/recipe.rs"]
mod check;

fn corpus() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/recipe");
    let mut paths: Vec<std::path::PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[test]
fn the_corpus_holds() {
    let inputs = corpus();
    assert!(inputs.len() >= 3);
    inputs.iter().for_each(|input| check::check(input));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(input in prop::collection::vec(any::<u8>(), 0..400)) {
        check::check(&input);
    }

    #[test]
    fn a_changed_recipe_is_carried_out_or_refused(
        which in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 0_usize..12,
        with in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let inputs = corpus();
        let input = &inputs[which.index(inputs.len())];
        let start = start.index(input.len());
        let end = (start + length).min(input.len());
        check::check(&[&input[..start], &with, &input[end..]].concat());
    }

    #[test]
    fn a_recipe_with_other_words_and_numbers_is_carried_out_or_refused(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![
            "0", "1", "2", "-1", "1e308", "0.5", "true", "\"none\"", "\"minmax\"", "\"zscore\"",
            "\"geometric\"", "\"harmonic\"", "\"copeland\"", "\"benefit_of_the_doubt\"",
            "\"mazziotta_pareto\"", "\"balanced\"", "\"pca\"", "\"log_ct\"", "\"log_gii\"",
            "\"panel\"", "\"rank\"", "\"fraction_of_max\"", "\"distance_to_max\"", "\"row_mean\"",
        ])), 1..4),
    ) {
        let inputs = corpus();
        let mut text = String::from_utf8(inputs[which.index(inputs.len())].clone()).unwrap();
        for (place, word) in changes {
            let lines: Vec<&str> = text.split('\n').collect();
            let steps = 10.min(lines.len() - 1)..lines.len();
            let at = steps.start + place.index(steps.len());
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            if let Some((key, _)) = lines[at].split_once(" = ") {
                changed[at] = format!("{key} = {word}");
            }
            text = changed.join("\n");
        }
        check::check(text.as_bytes());
    }
}
