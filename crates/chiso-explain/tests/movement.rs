//! Noise and movement over all units, and the comparable core of an index.

mod common;

use chiso_explain::{
    ErrorOptions, ExplainError, MovementOptions, Reason, SamplingError, change, core_index,
    movement, movements,
};
use chiso_index::rank_set::Normals;
use chiso_index::{Edition, Panel};
use common::{EARLIER, LATER, MEAN, panel, panel_from, sums};

const LEAVES: [&str; 5] = ["a1", "a2", "b1", "b2", "b3"];
const FIRST: Edition = Edition(1);
const SECOND: Edition = Edition(2);

/// Units whose true scores differ with a deviation of 1 and truly change with `real`, measured with
/// `error`, every leaf alike.
fn measured(units: usize, real: f64, error: f64) -> Panel {
    let mut normals = Normals::new(5);
    let mut next = || normals.next().unwrap();
    let mut text = String::from("edition,unit,node,value,se\n");
    for unit in 0..units {
        for leaf in LEAVES {
            let first = 5.0 + 0.5 * next();
            let second = first + 0.1 + real * next();
            for (edition, truth) in [(1, first), (2, second)] {
                let value = (truth + error * next()).clamp(0.0, 10.0);
                text += &format!("{edition},u{unit:03},{leaf},{value},{error}\n");
            }
        }
    }
    sums(&text)
}

fn options() -> MovementOptions<'static> {
    MovementOptions {
        draws: 400,
        ..MovementOptions::default()
    }
}

#[test]
fn noise_is_told_from_movement() {
    // Real variance of a leaf's change 0.09, sampling 2·0.04: reliability 9/17.
    let found = movement(&measured(60, 0.3, 0.2), FIRST, SECOND, "made", &options()).unwrap();
    let variances = found.variances;
    assert!((variances.sampling - 5.0 * 0.08).abs() < 1e-12);
    assert!(
        (variances.reliability() - 9.0 / 17.0).abs() < 0.2,
        "{variances:?}"
    );
    let (low, high) = variances.reliability_interval();
    assert!(low < variances.reliability() && variances.reliability() < high);
    assert!(variances.p_value < 1e-3);
    assert!((variances.mean - 0.5).abs() < 4.0 * (0.5f64 + 0.4).sqrt() / 60f64.sqrt());
    let ranks = found.ranks;
    assert!(
        ranks.share.unwrap() < 0.9 && ranks.p_value < 0.05,
        "{ranks:?}"
    );
    for unit in &found.units {
        let drawn_in =
            (unit.shrunken - variances.mean).abs() <= (unit.change - variances.mean).abs() + 0.05;
        assert!(
            drawn_in && unit.shrunken_standard_error < unit.standard_error,
            "{unit:?}"
        );
    }
}

#[test]
fn where_nothing_moved_noise_makes_all_of_the_moves() {
    let found = movement(&measured(60, 0.0, 0.2), FIRST, SECOND, "a", &options()).unwrap();
    assert!(found.variances.reliability() < 0.3, "{:?}", found.variances);
    assert_eq!(found.variances.reliability_interval().0, 0.0);
    assert!(
        (found.ranks.share.unwrap() - 1.0).abs() < 0.3,
        "{:?}",
        found.ranks
    );
}

#[test]
fn every_shared_node_is_told_and_units_without_errors_are_named() {
    let mut text = String::from("edition,unit,node,value,se\n");
    for unit in 0..6 {
        for (edition, leaf) in [1, 2]
            .iter()
            .flat_map(|e| LEAVES.iter().map(move |leaf| (e, leaf)))
        {
            let value = 3.0 + f64::from((unit * 7 + edition * 3) % 5);
            let error = if unit == 4 && *leaf == "b1" {
                ""
            } else {
                "0.1"
            };
            text += &format!("{edition},u{unit},{leaf},{value},{error}\n");
        }
    }
    let panel = panel_from(MEAN, &[("[1, 2]", &EARLIER)], &text);
    let all = movements(&panel, FIRST, SECOND, &options()).unwrap();
    assert_eq!(all.len(), 8);
    for (code, found) in all {
        let found = found.unwrap();
        let lacks = ["made", "b", "b1"].contains(&code.as_str());
        let expected: Vec<String> = lacks.then(|| "u4".to_owned()).into_iter().collect();
        assert_eq!(found.without_error, expected, "{code}");
        assert_eq!(found.units.len() + found.without_error.len(), 6);
        assert_eq!(found.ranks.seed, 1);
    }
}

#[test]
fn what_cannot_be_told_is_refused() {
    let panel = measured(2, 0.1, 0.1);
    let refused =
        |node: &str, options| movement(&panel, FIRST, SECOND, node, &options).unwrap_err();
    let text = refused("made", options()).to_string();
    assert_eq!(
        text,
        "node made, 1 to 2: found 2 units with a change and its standard error; expected at least 3"
    );
    assert!(matches!(
        refused("z", options()),
        ExplainError::UnknownNode { .. }
    ));
    let few = MovementOptions {
        draws: 3,
        ..options()
    };
    assert_eq!(refused("made", few), ExplainError::Draws { found: 3 });
}

#[test]
fn an_index_that_did_not_change_is_its_own_core() {
    let panel = measured(12, 0.2, 0.1);
    let core = core_index(&panel, FIRST, SECOND, &ErrorOptions::default()).unwrap();
    assert_eq!(core.core_leaves().count(), 5);
    assert_eq!(
        core.nodes
            .iter()
            .map(|node| node.code.as_str())
            .collect::<Vec<_>>(),
        ["made", "a", "b"]
    );
    let root = core.node("made").unwrap();
    for (edition, scores) in &root.scores {
        let scored = &panel.editions[edition];
        for (code, score) in scores {
            let unit = scored.unit(code).unwrap();
            assert_eq!(score.score, scored.score(scored.root(), unit));
            assert_eq!(score.maximum, Some(50.0), "the sum of the leaves' maxima");
            assert_eq!(score.rank, scored.rank(scored.root(), unit));
            assert_eq!(score.coverage, 1.0);
        }
    }
    for core in &root.changes {
        let whole = change(&panel, FIRST, SECOND, &core.unit).unwrap();
        let (a, b) = (core.error.known().unwrap(), whole.error().known().unwrap());
        assert!((a.standard_error - b.standard_error).abs() < 1e-12);
        assert!((core.change - (whole.total_to - whole.total_from)).abs() < 1e-12);
    }
}

fn changed(error: &str) -> Panel {
    let later = ["a1", "a2", "b1", "b2", "c1"];
    let mut text = String::from("edition,unit,node,value,se\n");
    for (edition, leaves) in [(1, LEAVES), (2, later)] {
        for (place, leaf) in leaves.iter().enumerate() {
            text += &format!("{edition},u,{leaf},{},{error}\n", edition as usize + place);
        }
    }
    panel_from(MEAN, &[("[1]", &EARLIER), ("[2]", &LATER)], &text)
}

#[test]
fn the_core_is_put_together_from_unchanged_leaves_with_the_weights_of_the_base() {
    let core = core_index(&changed("0.3"), FIRST, SECOND, &ErrorOptions::default()).unwrap();
    let kept: Vec<&str> = core.core_leaves().map(|leaf| leaf.code.as_str()).collect();
    assert_eq!(kept, ["a1", "b1", "b2"]);
    let out = |code: &str| {
        core.leaves
            .iter()
            .find(|leaf| leaf.code == code)
            .unwrap()
            .left_out
            .clone()
            .unwrap()
    };
    assert!(
        matches!(out("a2"), (SECOND, reasons) if matches!(reasons[..], [Reason::Renamed { .. }]))
    );
    assert!(matches!(out("b3"), (SECOND, reasons) if matches!(reasons[..], [Reason::Dropped])));
    // a = a1; b = (b1 + 7 b2)/8; the index (a + 3 b)/4. Values 1, 3, 4, then 2, 4, 5.
    let score = |a: f64, b1: f64, b2: f64| (a + 3.0 * (b1 + 7.0 * b2) / 8.0) / 4.0;
    let found = &core.nodes[0].changes[0];
    assert!((found.from - score(1.0, 3.0, 4.0)).abs() < 1e-12);
    assert!((found.to - score(2.0, 4.0, 5.0)).abs() < 1e-12);
    let weights = [0.25f64, 0.75 / 8.0, 0.75 * 7.0 / 8.0];
    let expected = 0.3 * (2.0 * weights.iter().map(|w| w * w).sum::<f64>()).sqrt();
    assert!((found.error.known().unwrap().standard_error - expected).abs() < 1e-12);
    assert_eq!(
        core.nodes[0].scores[&SECOND]["u"].maximum,
        Some(10.0),
        "a mean keeps its scale"
    );
}

#[test]
fn a_core_without_errors_says_which_leaves_lack_them() {
    let core = core_index(&changed(""), FIRST, SECOND, &ErrorOptions::default()).unwrap();
    let leaves = ["a1", "b1", "b2"].map(str::to_owned).to_vec();
    assert_eq!(
        core.nodes[0].changes[0].error,
        SamplingError::NoStandardError { leaves }
    );
}

#[test]
fn the_core_of_the_shipped_index_is_the_sum_of_its_unbroken_parts() {
    let panel = panel("papi");
    let core = core_index(
        &panel,
        Edition(2018),
        Edition(2024),
        &ErrorOptions::default(),
    )
    .unwrap();
    let kept: Vec<&str> = core.core_leaves().map(|leaf| leaf.code.as_str()).collect();
    assert!(
        !kept.is_empty() && kept.len() < core.leaves.len(),
        "{kept:?}"
    );
    let root = &core.nodes[0];
    for (edition, scores) in &root.scores {
        let scored = &panel.editions[edition];
        for (code, score) in scores {
            let unit = scored.unit(code).unwrap();
            let leaf = |code: &&str| scored.score(scored.version.tree.find(code).unwrap(), unit);
            let sum: Option<f64> = kept.iter().map(leaf).sum();
            assert_eq!(score.score.is_some(), sum.is_some(), "{edition} {code}");
            assert!(
                score
                    .score
                    .zip(sum)
                    .is_none_or(|(a, b)| (a - b).abs() < 1e-9)
            );
        }
    }
    for leaf in core.core_leaves() {
        let named = |scored: &chiso_index::Scored| {
            let node = scored.version.tree.find(&leaf.code).unwrap();
            scored.version.tree.node(node).name.en.clone()
        };
        let names: Vec<String> = panel
            .editions
            .range(Edition(2018)..)
            .map(|(_, s)| named(s))
            .collect();
        assert!(names.iter().all(|name| *name == leaf.name.en));
    }
}

#[test]
fn an_index_of_which_nothing_stayed_has_no_core() {
    let renamed: Vec<String> = EARLIER
        .iter()
        .map(|row| {
            row.replace(" one", " new")
                .replace(" two", " new")
                .replace(" three", " new")
        })
        .collect();
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    let mut text = String::from("edition,unit,node,value\n");
    for (edition, leaf) in [1, 2]
        .iter()
        .flat_map(|e| LEAVES.iter().map(move |leaf| (e, leaf)))
    {
        text += &format!("{edition},u,{leaf},5\n");
    }
    let panel = panel_from(MEAN, &[("[1]", &EARLIER), ("[2]", &renamed)], &text);
    let error = core_index(&panel, FIRST, SECOND, &ErrorOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no leaf of 1 is unchanged up to 2; expected at least one for a comparable core"
    );
}
