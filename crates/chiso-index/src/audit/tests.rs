//! The audit of small indices whose faults are known.

use std::sync::Arc;

use super::report::write_report;
use super::*;
use crate::pack::{Direction, Node, Text};

/// A root with the parts `left` and `right`, each with two leaves.
pub(super) fn two_branches() -> Tree {
    let parents = [("index", None), ("left", Some(0)), ("right", Some(0))];
    let leaves = [
        ("a", Some(1)),
        ("b", Some(1)),
        ("c", Some(2)),
        ("d", Some(2)),
    ];
    let nodes = parents.into_iter().chain(leaves).zip(2u64..);
    let node = |((code, parent), line): ((&str, Option<usize>), u64)| Node {
        code: code.to_owned(),
        parent: parent.map(NodeIndex),
        name: Text::default(),
        range: None,
        weight: 1.0,
        direction: Direction::Higher,
        aggregate: None,
        source: String::new(),
        note: String::new(),
        line,
    };
    Tree::new(nodes.map(node).collect()).expect("a tree")
}

pub(super) fn weights_of(tree: &Tree) -> Vec<f64> {
    tree.indices().map(|node| tree.node(node).weight).collect()
}

/// Units with four leaves and the means of them as scores.
struct Index {
    tree: Tree,
    units: Vec<Arc<str>>,
    columns: Vec<Vec<f64>>,
}

impl Index {
    fn new(leaves: [Vec<f64>; 4]) -> Index {
        let rows = leaves[0].len();
        let mean = |a: &[f64], b: &[f64]| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect()
        };
        let [a, b, c, d] = leaves;
        let (left, right) = (mean(&a, &b), mean(&c, &d));
        let columns = vec![mean(&left, &right), left, right, a, b, c, d];
        let units = (0..rows).map(|row| Arc::from(format!("u{row}"))).collect();
        Index {
            tree: two_branches(),
            units,
            columns,
        }
    }

    fn input(&self) -> AuditInput<'_> {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        AuditInput {
            tree: &self.tree,
            units: &self.units,
            observed: columns.clone(),
            treated: columns.clone(),
            scores: columns,
            weights: weights_of(&self.tree),
            not_applicable: NotApplicable::new(),
            context: Vec::new(),
            without: Vec::new(),
            rank_sets: Vec::new(),
        }
    }
}

/// Twenty values that rise, with some unrest by a factor.
fn rising(factor: u32) -> Vec<f64> {
    (0..20)
        .map(|i| f64::from(i) + f64::from(i * factor % 7))
        .collect()
}

fn falling(factor: u32) -> Vec<f64> {
    rising(factor).iter().map(|value| 40.0 - value).collect()
}

fn flags(audit: &Audit, check: CheckId) -> Vec<(usize, &'static str)> {
    let found = audit.of(check);
    found
        .filter_map(|m| m.limit.map(|limit| (m.node.0, limit.flag)))
        .collect()
}

#[test]
fn a_leaf_that_runs_against_its_sibling_is_found_by_every_check_of_structure() {
    let index = Index::new([rising(3), falling(5), rising(2), rising(4)]);
    let found = audit(&index.input()).expect("an audit");
    assert_eq!(flags(&found, CheckId::Conflict), [(3, "conflict")]);
    assert!(flags(&found, CheckId::AlphaParts).contains(&(1, "contradictory")));
    let of_left = |m: &&Measurement| m.other == Other::Node(NodeIndex(1));
    let opposed = found.of(CheckId::Loading).filter(of_left);
    assert_eq!(opposed.filter(|m| m.limit.is_some()).count(), 1);
    let concerns: Vec<Concern> = found.findings().iter().map(|f| f.1.concern).collect();
    assert!(concerns.is_sorted_by(|a, b| a >= b), "{concerns:?}");
}

#[test]
fn not_applicable_is_not_missing() {
    let mut leaves = [rising(3), rising(5), rising(2), rising(4)];
    for leaf in &mut leaves[2..] {
        leaf[7] = f64::NAN;
    }
    let index = Index::new(leaves);
    let mut input = index.input();
    let missing = audit(&input).expect("an audit");
    assert_eq!(flags(&missing, CheckId::UnitCoverage), [(0, "low")]);
    assert_eq!(flags(&missing, CheckId::BranchCoverage), [(2, "low")]);
    input.not_applicable = [(NodeIndex(5), 7), (NodeIndex(6), 7)].into();
    let exempt = audit(&input).expect("an audit");
    assert_eq!(flags(&exempt, CheckId::UnitCoverage), []);
    assert_eq!(flags(&exempt, CheckId::BranchCoverage), []);
    let shares: Vec<f64> = exempt.of(CheckId::LeafCoverage).map(|m| m.value).collect();
    assert_eq!(shares, [1.0; 4]);
}

#[test]
fn a_constant_leaf_is_said_and_nothing_else_is_made_of_it() {
    let index = Index::new([rising(3), vec![2.0; 20], rising(2), rising(4)]);
    let input = index.input();
    let found = audit(&input).expect("an audit");
    assert_eq!(flags(&found, CheckId::DistinctValues), [(4, "constant")]);
    assert!(
        found
            .of(CheckId::CoherenceParent)
            .any(|m| m.value.is_nan() && m.limit.is_none())
    );
    let mut report = String::new();
    write_report(&input, &found, &mut report).expect("a text");
    assert!(report.contains("distinct_values, constant") && report.contains("not defined"));
    let mut table = Vec::new();
    output::measurements_csv(&input, &found, &mut table).expect("a table");
    let table = String::from_utf8(table).expect("a text");
    assert!(table.contains("undefined") && !table.contains("NaN"));
}

#[test]
fn three_units_are_too_few_and_the_report_says_so() {
    let short = |column: Vec<f64>| column[..3].to_vec();
    let index = Index::new([rising(3), rising(5), rising(2), rising(4)].map(short));
    let input = index.input();
    let found = audit(&input).expect("an audit");
    assert_eq!(flags(&found, CheckId::Units), [(0, "few")]);
    let one = Index::new([vec![1.0], vec![2.0], vec![3.0], vec![4.0]]);
    let one_unit = audit(&one.input()).expect("one unit can be audited");
    assert_eq!(flags(&one_unit, CheckId::Units), [(0, "few")]);
    let mut report = String::new();
    write_report(&input, &found, &mut report).expect("a text");
    assert!(report.contains("units, few"), "{report}");
}

#[test]
fn a_leaf_that_follows_size_is_flagged_with_its_column() {
    let index = Index::new([rising(3), rising(5), rising(2), rising(4)]);
    let mut input = index.input();
    let noise = (0..20).map(|i| f64::from(i * 13 % 20)).collect();
    input.context = vec![
        ("noise".to_owned(), noise),
        ("people".to_owned(), rising(6)),
    ];
    let found = audit(&input).expect("an audit");
    let of_index: Vec<Other> = found
        .of(CheckId::SizeOfIndex)
        .filter(|m| m.limit.is_some())
        .map(|m| m.other)
        .collect();
    assert_eq!(of_index, [Other::Context(1)]);
    assert_eq!(flags(&found, CheckId::SizeOfLeaf).len(), 4);
}

#[test]
fn rank_sets_are_counted_by_unit_and_on_average() {
    let index = Index::new([rising(3), rising(5), rising(2), rising(4)]);
    let mut input = index.input();
    let none = audit(&input).expect("an audit");
    assert_eq!(
        none.of(CheckId::RankSet).count() + none.of(CheckId::RankSetMean).count(),
        0
    );
    input.rank_sets = vec![None; 20];
    (input.rank_sets[0], input.rank_sets[1]) = (Some((18, 20)), Some((20, 20)));
    let found = audit(&input).expect("an audit");
    let sets: Vec<(f64, f64)> = found
        .of(CheckId::RankSet)
        .map(|m| (m.value, m.beside))
        .collect();
    assert_eq!(sets, [(3.0, 18.0), (1.0, 20.0)]);
    assert_eq!(
        found
            .of(CheckId::RankSetMean)
            .map(|m| m.value)
            .collect::<Vec<_>>(),
        [2.0]
    );
}

#[test]
fn columns_that_do_not_fit_are_refused_by_name() {
    let index = Index::new([rising(3), rising(5), rising(2), rising(4)]);
    let mut input = index.input();
    input.weights.pop();
    let message = audit(&input).expect_err("too few weights").to_string();
    assert_eq!(message, "weights: found 6; expected 7, one for each node");
    let mut input = index.input();
    input.scores[2] = &[1.0];
    let message = audit(&input).expect_err("a short column").to_string();
    assert_eq!(
        message,
        "scores `right`: found 1 rows; expected 20, one for each unit"
    );
    let empty = Index::new([vec![], vec![], vec![], vec![]]);
    assert_eq!(audit(&empty.input()), Err(AuditError::NoUnits));
}

#[test]
fn the_order_of_units_changes_no_figure_of_a_node() {
    let leaves = [rising(3), falling(5), rising(2), rising(4)];
    let turned = leaves
        .clone()
        .map(|column| column.into_iter().rev().collect());
    let (one, other) = (Index::new(leaves), Index::new(turned));
    let (one, other) = (audit(&one.input()), audit(&other.input()));
    let by_node = |audit: Result<Audit, AuditError>| -> Vec<(CheckId, usize, Other, f64)> {
        let audit = audit.expect("an audit");
        let of_nodes = audit
            .measurements
            .iter()
            .filter(|m| !matches!(m.other, Other::Unit(_)));
        of_nodes
            .map(|m| (m.check, m.node.0, m.other, m.value))
            .collect()
    };
    for (a, b) in by_node(one).iter().zip(by_node(other)) {
        assert_eq!((a.0, a.1, a.2), (b.0, b.1, b.2));
        assert!(
            (a.3 - b.3).abs() < 1e-10 || (a.3.is_nan() && b.3.is_nan()),
            "{a:?} {b:?}"
        );
    }
}

#[test]
fn the_method_note_shows_the_table_by_which_the_audit_judges() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/methods/audit.md");
    let note = std::fs::read_to_string(path).expect("the method note");
    let table = report::checks_table();
    for line in table.lines() {
        assert!(
            note.lines().any(|other| other == line),
            "missing in {path}:\n{line}"
        );
    }
}
