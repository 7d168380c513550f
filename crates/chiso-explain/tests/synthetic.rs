//! Explanations of made-up indices: sums for any scores, and splits against all orders gone through.

mod common;

use chiso_explain::{Change, ExplainError, Reason, attention, change, changes, losses, ticks_text};
use chiso_index::{Edition, Panel};
use common::{EARLIER, GEOMETRIC, LATER, MEAN, assert_adds_up, panel_from, sums};
use proptest::prelude::*;

const LEAVES_EARLIER: [&str; 5] = ["a1", "a2", "b1", "b2", "b3"];
const LEAVES_LATER: [&str; 5] = ["a1", "a2", "b1", "b2", "c1"];

/// Rows of observations: by edition, unit and leaf; no row where there is no value.
fn rows(editions: [(i32, &[&str]); 2], values: &[Vec<Vec<Option<i64>>>]) -> String {
    let mut text = String::from("edition,unit,node,value\n");
    for ((edition, leaves), units) in editions.iter().zip(values) {
        for (unit, cells) in units.iter().enumerate() {
            for (leaf, value) in leaves.iter().zip(cells) {
                if let Some(ticks) = value {
                    text += &format!("{edition},u{unit:02},{leaf},{}\n", ticks_text(*ticks, 6));
                }
            }
        }
    }
    text
}

/// Values of both editions; `present` of ten are there.
fn values(units: usize, present: u32) -> impl Strategy<Value = Vec<Vec<Vec<Option<i64>>>>> {
    let number = prop_oneof![1i64..=10_000_000, Just(5_000_000)];
    let cell = (number, 0..10u32).prop_map(move |(number, die)| (die < present).then_some(number));
    prop::collection::vec(
        prop::collection::vec(prop::collection::vec(cell, 5), units),
        2,
    )
}

fn explained(panel: &Panel) -> Vec<Change> {
    let all = changes(panel, Edition(1), Edition(2)).unwrap();
    all.into_iter()
        .filter_map(|(_, change)| change.ok())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn weighted_changes_add_up_across_versions_with_values_missing(values in values(6, 9)) {
        let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_LATER)], &values);
        let panel = panel_from(MEAN, &[("[1]", &EARLIER), ("[2]", &LATER)], &text);
        for change in explained(&panel) {
            // The root and its three dimensions, for points and for places.
            prop_assert_eq!(assert_adds_up(&change), 8);
        }
    }

    #[test]
    fn sums_of_whole_ticks_contribute_exactly_their_change(values in values(5, 10)) {
        let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
        let panel = sums(&text);
        for change in explained(&panel) {
            assert_adds_up(&change);
            for node in &change.contributions {
                prop_assert_eq!(node.contribution_ticks, node.change_ticks);
                prop_assert!(node.comparability.is_comparable());
            }
        }
    }

    #[test]
    fn rank_shares_are_the_mean_over_all_orders(values in values(5, 10)) {
        let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
        let panel = sums(&text);
        for (unit, change) in explained(&panel).iter().enumerate() {
            for (leaf, expected) in LEAVES_EARLIER.iter().zip(mean_over_orders(&values, unit)) {
                let node = change.contributions.iter().find(|node| node.code == *leaf).unwrap();
                // Apportioned twice: each time by less than a tick.
                let found = node.rank_ticks.unwrap() as f64 / 1e6;
                prop_assert!((found - expected).abs() < 2.5e-6, "{} {} {}", leaf, found, expected);
            }
        }
    }

    #[test]
    fn a_geometric_total_is_split_on_its_first_level_only(values in values(4, 10)) {
        let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
        let nodes: Vec<String> = EARLIER.iter().enumerate().map(|(place, row)| {
            if place == 1 || place == 4 { row.replacen(",,,s", ",,mean,s", 1) } else { (*row).to_owned() }
        }).collect();
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let panel = panel_from(GEOMETRIC, &[("[1, 2]", &nodes)], &text);
        for change in explained(&panel) {
            prop_assert_eq!(assert_adds_up(&change), 2);
            let leaves = change.contributions.iter().filter(|node| node.depth == 2);
            for leaf in leaves {
                prop_assert_eq!((leaf.contribution_ticks, leaf.rank_ticks), (None, None));
            }
        }
    }
}

/// The mean change of a unit's rank when the leaves change one by one for all units, over all orders
/// in which the leaves of a dimension follow each other.
fn mean_over_orders(values: &[Vec<Vec<Option<i64>>>], unit: usize) -> Vec<f64> {
    let rank = |changed: &[usize]| {
        let total = |unit: usize| -> i64 {
            (0..5)
                .map(|leaf| values[usize::from(changed.contains(&leaf))][unit][leaf].unwrap())
                .sum()
        };
        (0..values[0].len())
            .filter(|&other| total(other) > total(unit))
            .count() as f64
            + 1.0
    };
    let (alpha, beta) = (orders(&[0, 1]), orders(&[2, 3, 4]));
    let mut sums = [0.0; 5];
    let mut count = 0.0;
    for (a, b) in alpha.iter().flat_map(|a| beta.iter().map(move |b| (a, b))) {
        for order in [[&a[..], &b[..]].concat(), [&b[..], &a[..]].concat()] {
            for place in 0..5 {
                sums[order[place]] += rank(&order[..=place]) - rank(&order[..place]);
            }
            count += 1.0;
        }
    }
    sums.iter().map(|sum| sum / count).collect()
}

fn orders(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (place, &first) in items.iter().enumerate() {
        let rest: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != place)
            .map(|(_, &x)| x)
            .collect();
        all.extend(
            orders(&rest)
                .into_iter()
                .map(|tail| [vec![first], tail].concat()),
        );
    }
    all
}

fn whole(values: [[[i64; 5]; 3]; 2]) -> Vec<Vec<Vec<Option<i64>>>> {
    let unit = |cells: &[i64; 5]| cells.iter().map(|&cell| Some(cell * 1_000_000)).collect();
    values
        .iter()
        .map(|units| units.iter().map(unit).collect())
        .collect()
}

#[test]
fn a_lower_weight_and_a_new_name_are_told_apart() {
    let values = whole([
        [[1, 2, 3, 4, 5], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3]],
        [[5, 4, 3, 2, 1]; 3],
    ]);
    let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_LATER)], &values);
    let panel = panel_from(MEAN, &[("[1]", &EARLIER), ("[2]", &LATER)], &text);
    let change = change(&panel, Edition(1), Edition(2), "u00").unwrap();
    let node = |code: &str| {
        let found = change
            .contributions
            .iter()
            .find(|node| node.code == code)
            .unwrap();
        (
            &found.comparability,
            found.comparability.is_score_comparable(),
        )
    };
    assert!(matches!(node("a2").0.reasons[..], [Reason::Renamed { .. }]));
    assert!(node("a1").0.is_comparable());
    // The weight of Beta one fell from 1/9 to 1/8: its own score remains comparable.
    assert!(
        node("b1")
            .0
            .reasons
            .iter()
            .any(|reason| matches!(reason, Reason::Reweighted { .. }))
    );
    assert!(!node("b1").0.is_comparable() && node("b1").1);
    let parts: Vec<&Reason> = node("made")
        .0
        .reasons
        .iter()
        .filter(|reason| matches!(reason, Reason::Part { .. }))
        .collect();
    assert_eq!(parts.len(), 3);
}

#[test]
fn losses_in_points_of_the_total_follow_the_weights() {
    let values = whole([
        [[5; 5]; 3],
        [[1, 2, 3, 4, 5], [9, 2, 2, 2, 2], [3, 3, 3, 3, 3]],
    ]);
    let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
    let panel = panel_from(MEAN, &[("[1, 2]", &EARLIER)], &text);
    let found = losses(&panel.editions[&Edition(2)], "u00").unwrap();
    let a1 = found.iter().find(|loss| loss.code == "a1").unwrap();
    // Alpha weighs 1 of 4, Alpha one 2 of 5 within: a tenth.
    let maximum = a1.to_maximum.unwrap();
    assert_eq!(
        (maximum.ticks, maximum.total_ticks),
        (9_000_000, Some(900_000))
    );
    assert_eq!(a1.to_best.0, ["u01"]);
    assert_eq!(
        (a1.to_best.1.ticks, a1.to_median.ticks),
        (8_000_000, 2_000_000)
    );
    assert_eq!(a1.group_above, None);
}

#[test]
fn what_fell_most_is_to_be_analysed_first() {
    let values = whole([[[5; 5]; 3], [[1, 1, 4, 4, 4], [5; 5], [6, 6, 1, 1, 1]]]);
    let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
    let panel = panel_from(MEAN, &[("[1, 2]", &EARLIER)], &text);
    let codes = |unit| {
        let found = attention(&panel, Edition(1), Edition(2), unit).unwrap();
        found
            .into_iter()
            .map(|item| (item.code, item.fall_ticks))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("u00"),
        [
            ("a".to_owned(), Some(4_000_000)),
            ("b".to_owned(), Some(1_000_000))
        ]
    );
    assert_eq!(codes("u01"), []);
    assert_eq!(codes("u02"), [("b".to_owned(), Some(4_000_000))]);
}

#[test]
fn a_unit_that_entered_moves_ranks_in_a_line_of_its_own() {
    let mut values = whole([[[5; 5], [4; 5], [3; 5]], [[5; 5], [4; 5], [9; 5]]]);
    values[0][2] = vec![None; 5];
    let text = rows([(1, &LEAVES_EARLIER), (2, &LEAVES_EARLIER)], &values);
    let panel = sums(&text);
    let moved = change(&panel, Edition(1), Edition(2), "u00").unwrap().rank;
    assert_eq!((moved.from, moved.to, moved.field), (1, 2, 2));
    assert_eq!(
        (
            moved.field_change,
            moved.entry_exit,
            moved.own,
            moved.others
        ),
        (0, 1, Some(0), Some(0))
    );
    let error = change(&panel, Edition(1), Edition(2), "u02").unwrap_err();
    assert!(
        matches!(
            error,
            ExplainError::UnknownUnit {
                edition: Edition(1),
                ..
            }
        ),
        "{error}"
    );
}
