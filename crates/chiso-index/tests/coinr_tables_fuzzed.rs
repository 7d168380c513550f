//! Runs the fuzz target's check of the importer of iData and iMeta on its corpus, on changes of it,
//! and on any bytes. `PROPTEST_CASES=100000` looks longer.

use proptest::prelude::*;

#[path = "../../../fuzz/checks/coinr_tables.rs"]
mod check;

fn corpus() -> Vec<Vec<u8>> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/coinr_tables"
    );
    let mut inputs: Vec<(std::path::PathBuf, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    inputs.sort();
    inputs.into_iter().map(|(_, input)| input).collect()
}

#[test]
fn the_corpus_holds() {
    let inputs = corpus();
    assert!(inputs.len() >= 7);
    inputs.iter().for_each(|input| check::check(input));
}

/// Tables of words that mean something to the importer, in any order.
fn table() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "",
        "NA",
        "1",
        "2",
        "3",
        "-1",
        "0",
        "1e400",
        "Level",
        "iCode",
        "Parent",
        "Direction",
        "Weight",
        "Type",
        "Indicator",
        "Aggregate",
        "Group",
        "Denominator",
        "uCode",
        "Time",
        "a",
        "b",
        "P",
        "I",
        "2020",
        "\"x\ny\"",
        "\"",
        "é",
    ]);
    let row = prop::collection::vec(word, 1..8).prop_map(|words| words.join(","));
    prop::collection::vec(row, 0..8).prop_map(|rows| rows.join("\n") + "\n")
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(input in prop::collection::vec(any::<u8>(), 0..400)) {
        check::check(&input);
    }

    #[test]
    fn any_table_is_read_or_refused(meta in table(), data in table()) {
        check::check(format!("{meta}====\n{data}").as_bytes());
    }

    #[test]
    fn a_changed_table_is_read_or_refused_with_its_line(
        which in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 0_usize..12,
        with in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let inputs = corpus();
        let input = &inputs[which.index(inputs.len())];
        let start = start.index(input.len());
        let end = (start + length).min(input.len());
        let changed = [&input[..start], &with, &input[end..]].concat();
        check::check(&changed);
    }

    #[test]
    fn a_table_with_a_changed_cell_is_read_or_refused_with_its_line(
        which in any::<prop::sample::Index>(),
        cell in any::<prop::sample::Index>(),
        with in prop::sample::select(vec![
            "", "NA", "P", "Q", "I", "a", "b", "0", "-1", "2", "1000", "1001", "2.5", "nan", "inf", "1e309",
            "Aggregate", "Indicator", "Group", "\"\n\"", "\"",
        ]),
    ) {
        let inputs = corpus();
        let text = String::from_utf8(inputs[which.index(inputs.len())].clone()).unwrap();
        let commas: Vec<usize> =
            text.char_indices().filter(|(_, c)| ",\n".contains(*c)).map(|(place, _)| place).collect();
        let cell = cell.index(commas.len() - 1);
        let changed = format!("{}{with}{}", &text[..=commas[cell]], &text[commas[cell + 1]..]);
        check::check(changed.as_bytes());
    }
}
