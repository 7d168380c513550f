//! What cannot be carried out is refused with its place, what was found and what was expected.

use crate::common::*;

const STEP: &str = "[[version.step]]\ndo = ";

/// Each input is refused with one message that says all of these.
fn says(messages: &[String], words: &[&str]) {
    assert_eq!(messages.len(), 1, "{messages:?}");
    for word in words {
        assert!(messages[0].contains(word), "{} lacks {word}", messages[0]);
    }
}

fn step_says(step: &str, words: &[&str]) {
    let steps = format!("{step}\n{GOALPOSTS}{MEAN}");
    let mut all = vec!["x/index.toml:1", "found ", "; expected "];
    all.extend(words);
    says(&refused(&steps, NODES), &all);
}

fn run_says(message: &str, words: &[&str]) {
    for word in ["found ", "expected "].iter().chain(words) {
        assert!(message.contains(word), "{message} lacks {word}");
    }
}

#[test]
fn a_tree_with_a_cycle_is_refused_with_its_nodes() {
    let nodes = NODES.replace("p,x,P", "p,a,P");
    let messages = refused(&format!("{GOALPOSTS}{MEAN}"), &nodes);
    says(&messages, &["x/v/nodes.csv:3", "p → a → p"]);
}

#[test]
fn a_tree_deeper_than_its_named_levels_is_refused() {
    let nodes = format!("{NODES}e,a,E,E,0,10,,,\n");
    let messages = refused(&format!("{GOALPOSTS}{MEAN}"), &nodes);
    assert!(
        messages
            .iter()
            .any(|m| m.contains("3 names of levels") && m.contains("expected 4")),
        "{messages:?}"
    );
}

#[test]
fn a_leaf_that_skips_a_level_is_not_passed_over_in_silence() {
    let nodes = NODES.replace("d,q,D", "d,x,D");
    let steps = format!("{STEP}\"normalise\"\nlevel = 1\nmethod = \"goalposts\"\n{MEAN}");
    says(
        &refused(&steps, &nodes),
        &[
            "x/index.toml:15",
            "part `d`",
            "less is better",
            "step 2, aggregate, node `x`",
        ],
    );
}

#[test]
fn a_step_before_what_it_needs_is_refused_with_its_node() {
    let early = format!("{STEP}\"normalise\"\nmethod = \"minmax\"\nlevel = 2\n");
    let messages = refused(&format!("{early}{GOALPOSTS}{MEAN}"), NODES);
    assert_eq!(messages.len(), 2, "{messages:?}");
    for (message, node) in messages.iter().zip(["p", "q"]) {
        for word in [
            "x/index.toml:11",
            "no earlier step computes",
            "step 1, normalise",
            "aggregate",
        ] {
            assert!(message.contains(word), "{message}");
        }
        assert!(message.contains(&format!("node `{node}`")), "{message}");
    }
    let top = format!("{GOALPOSTS}{STEP}\"aggregate\"\nlevel = 3\nmethod = \"mean\"\n");
    assert_eq!(
        refused(&top, NODES).len(),
        4,
        "two parts, and two nodes left"
    );
    let late = format!("{GOALPOSTS}{MEAN}{STEP}\"weight\"\nmethod = \"balanced\"\nlevel = 1\n");
    run_says(
        &fault(&late, &whole(), ""),
        &["step 3 (weight, line 17)", "before the aggregation"],
    );
}

#[test]
fn words_keys_nodes_and_levels_that_do_not_exist_are_refused_where_they_stand() {
    for (step, words) in [
        ("\"normalize\"", &["step `normalize`", "normalise"][..]),
        (
            "\"treat\"\nmethod = \"clip\"",
            &["x/index.toml:13", "method `clip`", "winsorise"],
        ),
        (
            "\"treat\"\nmethod = \"winsorise\"\nmany = 3",
            &["x/index.toml:14", "key `many`", "most"],
        ),
        ("\"treat\"", &["no `method`"]),
        (
            "\"treat\"\nmethod = \"winsorise\"\nnodes = [\"aa\"]",
            &["node `aa` in a treat step", "version `v`"],
        ),
        (
            "\"treat\"\nmethod = \"winsorise\"\nlevel = 4",
            &["level 4", "1 (the leaves) to 3"],
        ),
        (
            "\"treat\"\nmethod = \"winsorise\"\nmost = { aa = 3 }",
            &["node `aa` in `most`"],
        ),
        (
            "\"normalise\"\nmethod = \"minmax\"\nlow = { a = true }",
            &["low", "table of them by node"],
        ),
        (
            "\"normalise\"\nmethod = \"zscore\"\nsd = 0",
            &["sd 0", "above 0"],
        ),
        (
            "\"normalise\"\nmethod = \"minmax\"\nlow = 5\nhigh = 5",
            &["low 5 and high 5"],
        ),
        (
            "\"impute\"\nmethod = \"group_mean\"",
            &["no `group`", "column of the context"],
        ),
        (
            "\"screen\"\nmethod = \"available\"\navailable_share = 2",
            &["available_share 2", "0 to 1"],
        ),
        (
            "\"screen\"\nmethod = \"available\"\nlevel = 1",
            &["screen step with a selection"],
        ),
    ] {
        let messages = refused(&format!("{STEP}{step}\n{GOALPOSTS}{MEAN}"), NODES);
        let told = messages
            .iter()
            .find(|m| words.iter().all(|word| m.contains(word)));
        assert!(
            told.is_some_and(|m| m.starts_with("x/index.toml:1")),
            "{step}: {messages:?}"
        );
        assert!(messages.len() <= 2, "{step}: {messages:?}");
    }
}

#[test]
fn an_override_is_of_the_same_step_of_its_nodes_and_of_parameters() {
    let of = |own: &str| {
        format!(
            "{STEP}\"treat\"\nmethod = \"winsorise\"\nlevel = 1\n[[version.step.override]]\n{own}"
        )
    };
    step_says(
        &of("do = \"screen\"\nmethod = \"available\""),
        &["override that does `screen` in a treat step"],
    );
    step_says(
        &of("nodes = [\"p\"]\nmost = 3"),
        &["override of a treat step for none of its nodes"],
    );
    step_says(&of("nodes = [\"zz\"]"), &["node `zz`"]);
    step_says(
        &of("nodes = [\"a\"]\nover = \"panel\""),
        &["`over` in an override"],
    );
    step_says(
        &of("nodes = [\"a\"]\nmuch = 1"),
        &["key `much` in this overridden step"],
    );
}

#[test]
fn a_value_that_a_mean_does_not_take_is_named_by_part_unit_node_and_edition() {
    for (method, expected) in [("geometric", "above zero"), ("harmonic", "above zero")] {
        let rows = whole().replace("2020,v,b,4", "2020,v,b,0");
        let steps = format!("{GOALPOSTS}{STEP}\"aggregate\"\nmethod = \"{method}\"\n");
        run_says(
            &fault(&steps, &rows, ""),
            &[
                "step 2 (aggregate, line 14), node `p`, edition 2020",
                "part `b`, unit `v`: found 0",
                expected,
            ],
        );
    }
}

#[test]
fn a_constant_column_is_named_with_its_edition() {
    let rows = whole()
        + &of_edition(
            2021,
            &[("u", ["1", "2", "5", "4"]), ("v", ["2", "4", "5", "3"])],
        );
    run_says(
        &fault(&format!("{MINMAX}{MEAN}"), &rows, ""),
        &[
            "step 1 (normalise, line 11), node `c`, edition 2021",
            "value 5 in all 2 units",
        ],
    );
}

#[test]
fn balanced_weights_that_do_not_exist_are_refused() {
    // The two parts of p are opposite: no positive weights make both correlate alike with it.
    let rows = table(&[
        ("u", ["1", "9", "3", "4"]),
        ("v", ["2", "8", "1", "3"]),
        ("w", ["6", "4", "9", "1"]),
        ("z", ["7", "3", "2", "9"]),
    ]);
    let weight = format!("{STEP}\"weight\"\nmethod = \"balanced\"\nlevel = 1\n");
    run_says(
        &fault(&format!("{GOALPOSTS}{weight}{MEAN}"), &rows, ""),
        &[
            "step 2 (weight, line 14)",
            "edition 2020",
            "no positive weights",
        ],
    );
}

#[test]
fn a_unit_without_a_single_value_is_not_invented() {
    let rows = whole() + &table(&[("none", ["-", "-", "-", "-"])]);
    let steps = format!("{STEP}\"impute\"\nmethod = \"mean\"\n{GOALPOSTS}{MEAN}");
    run_says(
        &fault(&steps, &rows, ""),
        &[
            "step 1 (impute, line 11)",
            "edition 2020",
            "unit `none`",
            "screen step before",
        ],
    );
}

#[test]
fn context_columns_that_are_missing_or_no_numbers_are_named() {
    let steps = format!("{STEP}\"denominate\"\nby = \"people\"\n{MINMAX}{MEAN}");
    run_says(
        &fault(&steps, &whole(), ""),
        &[
            "step 1 (denominate, line 11), node `a`",
            "no column `people`",
        ],
    );
    let text = "edition,unit,people\n,u,many\n,v,1\n,w,1\n,z,1\n";
    run_says(
        &fault(&steps, &whole(), text),
        &["context line 2, column `people`", "many"],
    );
    let zero = "edition,unit,people\n,u,2\n,v,0\n,w,1\n,z,1\n";
    run_says(
        &fault(&steps, &whole(), zero),
        &[
            "node `a`, edition 2020",
            "unit `v`: found denominator 0",
            "above 0",
        ],
    );
    let group =
        format!("{STEP}\"impute\"\nmethod = \"group_mean\"\ngroup = \"region\"\n{GOALPOSTS}{MEAN}");
    run_says(
        &fault(&group, &whole(), zero),
        &["step 1 (impute", "no column `region`", "people"],
    );
}

#[test]
fn expressions_that_mean_nothing_or_give_no_number_are_refused() {
    let with =
        |text: &str| format!("{STEP}\"expression\"\nexpression = \"{text}\"\n{GOALPOSTS}{MEAN}");
    for text in ["value +", "nothing * 2", "value || 'a' = 3"] {
        let message = fault(&with(text), &whole(), "");
        assert!(
            message.starts_with("step 1 (expression, line 11), node `a`"),
            "{text}: {message}"
        );
    }
    run_says(
        &fault(&with("p + 1"), &whole(), ""),
        &["`p`, which no earlier step computes"],
    );
    run_says(
        &fault(&with("ln(value - 5)"), &whole(), ""),
        &["node `a`, edition 2020", "unit `u`", "finite number"],
    );
}

#[test]
fn references_targets_and_screened_units_that_do_not_exist_are_named() {
    let norm = |rest: &str| format!("{STEP}\"normalise\"\n{rest}\n{MEAN}");
    let unknown = norm("method = \"distance_to_reference\"\nreference = \"nobody\"");
    run_says(
        &fault(&unknown, &whole(), ""),
        &[
            "step 1 (normalise",
            "reference `nobody`",
            "unit of the data",
        ],
    );
    let pack = pack_of(
        &norm("method = \"distance_to_target\""),
        &NODES.replace("A,0,10", "A,,"),
    );
    let message = runner(&pack, &whole(), "")
        .expect_err("no target")
        .to_string();
    run_says(&message, &["node `a`", "no target", "`target` in the step"]);
    let screen = format!(
        "{STEP}\"screen\"\nmethod = \"available\"\nexclude = [\"nobody\"]\n{GOALPOSTS}{MEAN}"
    );
    run_says(
        &fault(&screen, &whole(), ""),
        &["step 1 (screen", "unit `nobody`"],
    );
    let group =
        format!("{STEP}\"impute\"\nmethod = \"row_mean\"\ngroup_level = 9\n{GOALPOSTS}{MEAN}");
    run_says(
        &fault(&group, &whole(), ""),
        &["step 1 (impute", "group_level 9", "2 to 3"],
    );
}

#[test]
fn a_parameter_that_the_method_does_not_take_is_refused() {
    for (step, key) in [
        ("\"normalise\"\nmethod = \"zscore\"\nlow = 1", "low"),
        ("\"normalise\"\nmethod = \"minmax\"\nfactor = 2", "factor"),
        ("\"normalise\"\nmethod = \"borda\"\ncap = true", "cap"),
        ("\"normalise\"\nmethod = \"rank\"\ntarget = 3", "target"),
        ("\"treat\"\nmethod = \"log_ct\"\nmost = 3", "most"),
        ("\"treat\"\nmethod = \"winsorise\"\nlambda = 0.5", "lambda"),
        ("\"impute\"\nmethod = \"mean\"\ngroup = \"g\"", "group"),
        ("\"weight\"\nmethod = \"equal\"\ntarget = 1", "target"),
        ("\"aggregate\"\nmethod = \"mean\"\npower = 2", "power"),
        (
            "\"aggregate\"\nmethod = \"mean\"\npenalty = \"negative\"",
            "penalty",
        ),
        (
            "\"aggregate\"\nmethod = \"mean\"\navailable_share = 0.5",
            "available_share",
        ),
    ] {
        let messages = refused(&format!("{STEP}{step}\n"), NODES);
        let said = messages
            .iter()
            .any(|message| message.contains(&format!("key `{key}` in this")));
        assert!(said, "{step}: {messages:?}");
    }
}

#[test]
fn an_override_with_another_method_leaves_aside_what_its_step_has_for_its_own() {
    let steps = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 1\nhigh = 9\n\
                 [[version.step.override]]\nnodes = [\"d\"]\nmethod = \"borda\"\n";
    let (pack, problems) = read(&format!("{steps}{MEAN}"), NODES);
    assert!(pack.is_some(), "{problems:?}");
    let own = steps.replace("\"borda\"", "\"borda\"\nsd = 2");
    let messages = refused(&format!("{own}{MEAN}"), NODES);
    assert!(
        messages.iter().any(|message| message.contains("key `sd`")),
        "{messages:?}"
    );
}
