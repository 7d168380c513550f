//! What holds for any index: missing, not applicable and zero differ; directions turn; ranks order.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::score::{Flags, score_edition};
use chiso_index::{Edition, Pack, Panel, Scored};
use proptest::prelude::*;

/// A pack of an index `x` with leaves `a` and `b`, with the given steps, rules and columns.
fn pack(rules: &str, nodes: &str) -> Arc<Pack> {
    let index = format!(
        r#"id = "x"
name = {{ en = "X", vi = "X" }}
publisher = {{ en = "T", vi = "T" }}
licence = "CC0"
source = "a test"
unit_level = "commune"
[[version]]
id = "v"
editions = [2020]
levels = [{{ en = "Part", vi = "Phần" }}, {{ en = "Index", vi = "Chỉ số" }}]
{rules}"#
    );
    let files = BTreeMap::from([
        ("index.toml".to_owned(), index),
        ("v/nodes.csv".to_owned(), nodes.to_owned()),
    ]);
    let (pack, problems) = Pack::read(&PackFiles {
        root: "x".to_owned(),
        files,
    });
    Arc::new(pack.unwrap_or_else(|| panic!("{problems:?}")))
}

const HEADER: &str = "code,parent,name_en,name_vi,min,max,weight,direction\n";

fn sum_pack(missing: &str, ties: &str) -> Arc<Pack> {
    pack(
        &format!(
            "[[version.step]]\ndo = \"aggregate\"\nmethod = \"sum\"\nmissing = \"{missing}\"\n\
             [version.rank]\nties = \"{ties}\"\n"
        ),
        &format!("{HEADER}x,,X,X,0,20,,\na,x,A,A,0,10,,\nb,x,B,B,0,10,,\n"),
    )
}

fn scored(pack: &Pack, rows: &str) -> Scored {
    let text = format!("edition,unit,node,value,se,status\n{rows}");
    let observations = read_csv(pack, None, "test.csv", text.as_bytes()).expect("sound rows");
    let mut panel = Panel::score(&Arc::new(pack.clone()), None, &observations).expect("sound");
    panel.editions.remove(&Edition(2020)).expect("a version")
}

fn total(scored: &Scored, unit: &str) -> Option<f64> {
    scored.score(scored.root(), scored.unit(unit).expect("a unit"))
}

#[test]
fn missing_not_applicable_and_zero_are_three_different_things() {
    let rows = "2020,zero,a,8,,\n2020,zero,b,0,,\n2020,miss,a,8,,\n2020,miss,b,,,missing\n\
                2020,none,a,8,,\n2020,none,b,,,not_applicable\n";
    let scored = scored(&sum_pack("propagate", "min"), rows);
    let root = scored.root();
    let maximum = |unit| scored.maximum(root, scored.unit(unit).expect("a unit"));
    assert_eq!(
        (total(&scored, "zero"), maximum("zero")),
        (Some(8.0), Some(20.0))
    );
    assert_eq!(
        (total(&scored, "miss"), maximum("miss")),
        (None, Some(20.0))
    );
    assert_eq!(
        (total(&scored, "none"), maximum("none")),
        (Some(8.0), Some(10.0))
    );
    let unit = scored.unit("none").expect("a unit");
    assert_eq!(scored.share_of_max(root, unit), Some(0.8));
    assert_ne!(scored.flags(root, unit) & Flags::PART_NOT_APPLICABLE, 0);
    let unit = scored.unit("miss").expect("a unit");
    assert_ne!(scored.flags(root, unit) & Flags::PART_MISSING, 0);
    assert_eq!(scored.coverage(root, unit), 0.5);
}

#[test]
fn the_other_parts_are_used_where_the_pack_says_so() {
    let scored = scored(
        &sum_pack("available", "min"),
        "2020,u,a,8,,\n2020,u,b,,,missing\n",
    );
    assert_eq!(total(&scored, "u"), Some(8.0));
}

#[test]
fn a_value_of_which_less_is_better_is_turned_on_its_scale() {
    let pack = pack(
        "[[version.step]]\ndo = \"normalise\"\nmethod = \"goalposts\"\nlow = 0.0\nhigh = 100.0\n\
         [[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\n",
        &format!("{HEADER}x,,X,X,0,100,,\na,x,A,A,0,10,3,\nb,x,B,B,0,50,1,lower\n"),
    );
    let scored = scored(
        &pack,
        "2020,u,a,10,0.1,\n2020,u,b,50,,\n2020,v,a,5,,\n2020,v,b,0,,\n",
    );
    assert_eq!(total(&scored, "u"), Some(75.0));
    assert_eq!(total(&scored, "v"), Some(62.5));
    let (leaf, unit) = (
        scored.version.tree.find("a").expect("a leaf"),
        scored.unit("u").expect("a unit"),
    );
    assert_eq!(
        scored.standard_error(leaf, unit),
        Some(1.0),
        "the error follows the scale"
    );
}

#[test]
fn a_constant_column_is_refused_under_minmax_with_its_step_and_node() {
    let pack = pack(
        "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\n\
         [[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\n",
        &format!("{HEADER}x,,X,X,0,100,,\na,x,A,A,,,,\nb,x,B,B,,,,\n"),
    );
    let text = "edition,unit,node,value\n2020,u,a,5\n2020,v,a,5\n2020,u,b,1\n2020,v,b,2\n";
    let observations = read_csv(&pack, None, "test.csv", text.as_bytes()).expect("sound rows");
    let fault = score_edition(&pack, None, &observations, Edition(2020)).expect_err("no scale");
    let message = fault.to_string();
    assert!(message.contains("step 1 (normalise"), "{message}");
    assert!(message.contains("node `a`, edition 2020"), "{message}");
    assert!(message.contains("5"), "{message}");
}

#[test]
fn ties_are_ranked_as_the_pack_says() {
    let rows = "2020,p,a,9,,\n2020,p,b,1,,\n2020,q,a,5,,\n2020,q,b,1,,\n2020,r,a,5,,\n2020,r,b,1,,\n\
                2020,s,a,1,,\n2020,s,b,1,,\n";
    for (ties, expected) in [
        ("min", [1, 2, 2, 4]),
        ("dense", [1, 2, 2, 3]),
        ("consecutive", [1, 2, 3, 4]),
    ] {
        let scored = scored(&sum_pack("propagate", ties), rows);
        let ranks: Vec<_> = (0..4)
            .filter_map(|unit| scored.rank(scored.root(), unit))
            .collect();
        assert_eq!(ranks, expected, "{ties}");
        assert_ne!(scored.flags(scored.root(), 1) & Flags::TIED, 0);
    }
}

proptest! {
    #[test]
    fn a_higher_part_never_lowers_the_total_or_the_rank(
        values in proptest::collection::vec((0.0f64..10.0, 0.0f64..10.0), 2..20),
        gain in 0.0f64..5.0,
    ) {
        let pack = sum_pack("propagate", "min");
        let rows = |first: f64| -> String {
            values.iter().enumerate().map(|(i, (a, b))| {
                let a = if i == 0 { first } else { *a };
                format!("2020,u{i:02},a,{a},,\n2020,u{i:02},b,{b},,\n")
            }).collect()
        };
        let before = scored(&pack, &rows(values[0].0));
        let after = scored(&pack, &rows((values[0].0 + gain).min(10.0)));
        prop_assert!(total(&after, "u00") >= total(&before, "u00"));
        prop_assert!(after.rank(after.root(), 0) <= before.rank(before.root(), 0));
    }

    #[test]
    fn ranks_follow_the_scores_and_the_order_of_rows_does_not_matter(
        values in proptest::collection::vec((0u8..=10, 0u8..=10), 1..20),
    ) {
        let pack = sum_pack("propagate", "min");
        let rows: Vec<String> = values.iter().enumerate().map(|(i, (a, b))| {
            format!("2020,u{i:02},a,{a},,\n2020,u{i:02},b,{b},,\n")
        }).collect();
        let forward = scored(&pack, &rows.concat());
        let backward = scored(&pack, &rows.iter().rev().cloned().collect::<String>());
        let root = forward.root();
        for unit in 0..values.len() {
            prop_assert_eq!(forward.score(root, unit), backward.score(root, unit));
            prop_assert_eq!(forward.rank(root, unit), backward.rank(root, unit));
            let better = (0..values.len()).filter(|&o| forward.score(root, o) > forward.score(root, unit)).count();
            prop_assert_eq!(forward.rank(root, unit), Some(better as u32 + 1));
        }
    }

    #[test]
    fn no_table_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let pack = sum_pack("propagate", "min");
        let mut text = b"edition,unit,node,value\n".to_vec();
        text.extend(bytes);
        let _ = read_csv(&pack, None, "any.csv", text.as_slice());
    }
}
