//! What is wrong with an `import.toml`, with its line.

use super::*;

/// The problems of rules with this text.
fn problems(text: &str) -> Vec<String> {
    let mut files = pack_files();
    let (pack, _) = Pack::read(&files);
    files.files.insert("import.toml".into(), text.into());
    let (rules, problems) = Rules::read(&files, &pack.expect("the pack"), Some(units()));
    assert_eq!(rules.is_none(), !problems.is_empty());
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn each_fault_is_named_with_its_line() {
    let cases = [
        ("\nzeros = \"missing\"\n", "papi/import.toml:2", "zeros"),
        (
            "zero = \"nothing\"\n",
            "papi/import.toml:1",
            "value, missing",
        ),
        ("sheets = \"tab\"\n", "papi/import.toml:1", "edition"),
        (
            "[[row_skip]]\nlabel = \" - \"\n",
            "papi/import.toml:2",
            "letters or digits",
        ),
        (
            "[[alias]]\nlabel = \"A\"\nnode = \"9.9\"\n",
            "papi/import.toml:3",
            "`9.9`",
        ),
        (
            "[[alias]]\nlabel = \"A\"\nnode = \"8.1\"\neditions = { from = 2011, to = 2014 }\n",
            "papi/import.toml:3",
            "in one of these editions",
        ),
        (
            "[[alias]]\nlabel = \"A\"\nnode = \"1.1\"\neditions = { from = 2018, to = 2014 }\n",
            "papi/import.toml:4",
            "the earlier first",
        ),
        (
            "[[alias]]\nlabel = \"A\"\nnode = \"1.1\"\n[[alias]]\nlabel = \"a\"\nnode = \"1.2\"\n",
            "papi/import.toml:5",
            "node 1.1",
        ),
        (
            "[[unit_alias]]\nlabel = \"P\"\nunit = \"03\"\n",
            "papi/import.toml:3",
            "provinces-63",
        ),
        (
            "[[unit_alias]]\nlabel = \"P\"\nunit = \"01\"\n[[unit_alias]]\nlabel = \"p\"\nunit = \"02\"\n",
            "papi/import.toml:5",
            "each label once",
        ),
        ("zero = \n", "papi/import.toml:1", "docs/pack-format.md"),
    ];
    for (text, place, part) in cases {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        says(&found[0], &[place, part]);
    }
}

#[test]
fn all_faults_are_named_at_once() {
    assert_eq!(problems("zero = \"no\"\nsheets = \"no\"\n").len(), 2);
}

#[test]
fn one_label_may_name_different_nodes_in_different_editions() {
    let text = "[[alias]]\nlabel = \"A\"\nnode = \"1.1\"\neditions = { from = 2011, to = 2014 }\n\
                [[alias]]\nlabel = \"A\"\nnode = \"1.2\"\neditions = { from = 2015, to = 2024 }\n";
    assert_eq!(problems(text), Vec::<String>::new());
}

#[test]
fn a_pack_without_the_file_takes_labels_by_code_and_name_and_zero_for_a_value() {
    let mut files = pack_files();
    let (pack, _) = Pack::read(&files);
    files.files.remove("import.toml");
    let (rules, problems) = Rules::read(&files, &pack.expect("the pack"), Some(units()));
    assert!(problems.is_empty());
    assert!(!rules.expect("rules").zero_is_missing);
}
