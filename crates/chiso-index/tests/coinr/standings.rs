//! Strengths and weaknesses, ranks, unit summaries and trends against COINr's tables.

use std::collections::BTreeMap;

use chiso_index::audit::strengths::{
    RankedLeaf, competition_ranks, ranks_within, strengths_and_weaknesses,
};
use chiso_index::audit::trend::percent_change;
use chiso_index::pack::{Direction, NodeIndex};

use crate::audit::{by_node, tree};
use crate::common::{Table, Wide, close, meta, number};

#[test]
fn strengths_and_weaknesses_of_every_unit() {
    let (Some(tree), Some(raw)) = (tree(), Wide::read("base_raw")) else {
        return;
    };
    let columns = by_node(&tree, &raw);
    // COINr lists equal ranks in the order of its own table of nodes, which is by parent.
    let mut order: Vec<NodeIndex> = tree.leaves().collect();
    order.sort_by_key(|&leaf| {
        tree.node(leaf)
            .parent
            .map(|parent| tree.node(parent).code.clone())
    });
    let leaves: Vec<RankedLeaf<'_>> = order
        .iter()
        .map(|&leaf| RankedLeaf::new(leaf, columns[leaf.0], tree.node(leaf).direction))
        .collect();
    let expected = Table::read("base_strengths_weaknesses_raw").expect("the table");
    let mut rows = expected.rows.iter();
    for (row, unit) in raw.units.iter().enumerate() {
        let (strengths, weaknesses) = strengths_and_weaknesses(&leaves, row, 5);
        let kinds = strengths
            .iter()
            .map(|s| ("S", s))
            .chain(weaknesses.iter().map(|w| ("W", w)));
        for (kind, standing) in kinds {
            let expected = rows.next().expect("a row");
            assert_eq!((&expected[0], &expected[1]), (unit.as_str(), kind));
            assert_eq!(&expected[2], &tree.node(standing.leaf).code, "{unit}");
            let parent = tree.node(standing.leaf).parent.expect("a pillar");
            assert_eq!(&expected[4], &tree.node(parent).code);
            assert_eq!(
                number(&expected[5]),
                f64::from(standing.rank),
                "{expected:?}"
            );
            assert!(close(standing.value, number(&expected[6])));
        }
    }
    assert!(rows.next().is_none());
}

/// A column of ranks as numbers.
fn as_numbers(ranks: Vec<Option<u32>>) -> Vec<f64> {
    ranks
        .into_iter()
        .map(|rank| rank.map_or(f64::NAN, f64::from))
        .collect()
}

#[test]
fn ranks_of_all_units_and_within_groups() {
    let Some(scores) = Wide::read("base_aggregated") else {
        return;
    };
    let all = Wide::read("base_ranks_all")
        .expect("the ranks")
        .in_order_of(&scores.units);
    for code in &scores.codes {
        let found = as_numbers(competition_ranks(scores.column(code), Direction::Higher));
        assert_eq!(found, all.column(code), "{code}");
    }
    let table = Table::read("base_results_groupranks_EurAsia").expect("the ranks by group");
    let groups: Vec<&str> = scores
        .units
        .iter()
        .map(|unit| table.cell(unit, "EurAsia_group"))
        .collect();
    for code in table.names.iter().skip(2) {
        let values = scores.column(code);
        let found = ranks_within(values, Direction::Higher, |row| Some(groups[row]));
        for (unit, rank) in scores.units.iter().zip(as_numbers(found)) {
            assert_eq!(rank, number(table.cell(unit, code)), "{unit} {code}");
        }
    }
    let results = Table::read("base_results_ranks").expect("the results");
    for code in results.names.iter().skip(3) {
        for (unit, rank) in scores.units.iter().zip(all.column(code)) {
            assert_eq!(*rank, number(results.cell(unit, code)), "{unit} {code}");
        }
    }
}

#[test]
fn unit_summaries_hold_the_score_and_rank_of_each_node() {
    let (Some(tree), Some(scores)) = (tree(), Wide::read("base_aggregated")) else {
        return;
    };
    let ranks: BTreeMap<&String, Vec<Option<u32>>> = scores
        .codes
        .iter()
        .map(|code| {
            (
                code,
                competition_ranks(scores.column(code), Direction::Higher),
            )
        })
        .collect();
    let expected = Table::read("base_unit_summary").expect("the summary");
    assert_eq!(expected.rows.len(), scores.units.len() * 11);
    for row in &expected.rows {
        let unit = scores
            .units
            .iter()
            .position(|unit| *unit == row[0])
            .expect("a unit");
        let node = tree.find(&row[1]).expect("a node");
        assert!(!tree.is_leaf(node));
        let code = &tree.node(node).code;
        assert!(close(scores.column(code)[unit], number(&row[3])));
        assert_eq!(ranks[code][unit].map(f64::from), Some(number(&row[4])));
    }
}

#[test]
fn trends_of_five_years() {
    let (Some(meta), Some(panel)) = (meta(), Table::read("iData_panel")) else {
        return;
    };
    let (units, times) = (panel.texts("uCode"), panel.numbers("Time"));
    let expected = Table::read("purse_trends_prc_change_raw").expect("the trends");
    let mut columns = BTreeMap::new();
    for node in meta.iter().filter(|node| node.level == 1) {
        columns.insert(node.code.clone(), panel.numbers(&node.code));
    }
    let mut seen = 0;
    for row in &expected.rows {
        let values = &columns[&row[1]];
        let rows: Vec<usize> = (0..units.len())
            .filter(|&place| units[place] == &row[0])
            .collect();
        let times: Vec<f64> = rows.iter().map(|&place| times[place]).collect();
        let values: Vec<f64> = rows.iter().map(|&place| values[place]).collect();
        let found = percent_change(&times, &values, 1.0);
        let reference = number(&row[2]);
        match found {
            None => assert!(reference.is_nan(), "{row:?}"),
            // COINr's intercept lies at the year 0: where the fitted beginning is near zero, its own
            // digits cancel.
            Some(change) => {
                let relative = (change - reference).abs() / reference.abs().max(1.0);
                assert!(relative < 1e-9, "{row:?}: {change:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 2400, "{seen}");
}
