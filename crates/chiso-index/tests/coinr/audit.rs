//! Statistics, availability, correlations, reliability and whole audits against COINr's tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_index::audit::availability::{NotApplicable, leaves_below, of_units};
use chiso_index::audit::correlation::{Kind, Matrix, between};
use chiso_index::audit::reliability::alpha;
use chiso_index::audit::statistics::Statistics;
use chiso_index::audit::{Audit, AuditInput, Check, CheckId, audit};
use chiso_index::pack::{Node, NodeIndex, Text, Tree};

use crate::common::{Table, Wide, assert_column, close, meta, number};

/// The tree of the reference: the leaves and aggregates of `iMeta.csv` in its order.
pub fn tree() -> Option<Tree> {
    let nodes = meta()?;
    let place = |code: &str| {
        nodes
            .iter()
            .position(|node| node.code == code)
            .map(NodeIndex)
    };
    let node = |(line, meta): (usize, &crate::common::Meta)| Node {
        code: meta.code.clone(),
        parent: place(&meta.parent),
        name: Text::default(),
        range: None,
        weight: meta.weight,
        direction: meta.direction,
        aggregate: None,
        source: String::new(),
        note: String::new(),
        line: line as u64,
    };
    Some(Tree::new(nodes.iter().enumerate().map(node).collect()).expect("a tree"))
}

/// The columns of a table by node of the tree; empty where the table has none.
pub fn by_node<'a>(tree: &Tree, table: &'a Wide) -> Vec<&'a [f64]> {
    let codes = tree.indices().map(|node| &tree.node(node).code);
    codes
        .map(|code| {
            if table.codes.contains(code) {
                table.column(code)
            } else {
                &[]
            }
        })
        .collect()
}

#[test]
fn statistics_of_every_stage() {
    for stage in [
        "raw",
        "denominated",
        "imputed",
        "screened",
        "treated",
        "normalised",
        "aggregated",
    ] {
        let Some(data) = Wide::read(&format!("base_{stage}")) else {
            return;
        };
        let expected = Table::read(&format!("base_stats_{stage}")).expect("the statistics");
        assert_eq!(data.codes.len(), expected.rows.len());
        for code in &data.codes {
            let found = Statistics::new(data.column(code));
            let figures = [
                ("Min", found.min),
                ("Max", found.max),
                ("Mean", found.mean),
                ("Median", found.median),
                ("Std", found.standard_deviation),
                ("Skew", found.skewness),
                ("Kurt", found.kurtosis),
                ("N.Avail", found.available as f64),
                ("N.NonZero", found.nonzero as f64),
                ("N.Unique", found.unique as f64),
                ("N.Same", found.most_common as f64),
                ("Frc.Avail", found.available_share()),
                ("Frc.NonZero", found.nonzero_share()),
                ("Frc.Unique", found.unique_share()),
                ("Frc.Same", found.most_common_share()),
            ];
            for (name, value) in figures {
                let reference = number(expected.cell(code, name));
                assert!(
                    close(value, reference),
                    "{stage} {code} {name}: {value:?} {reference:?}"
                );
            }
        }
    }
}

#[test]
fn the_leaves_flagged_in_the_raw_data_are_those_that_coinr_flags() {
    let (Some(tree), Some(raw)) = (tree(), Wide::read("base_raw")) else {
        return;
    };
    let expected = Table::read("base_stats_raw").expect("the statistics");
    let flags = [
        (CheckId::LeafCoverage, "Flag.Avail"),
        (CheckId::NonZero, "Flag.NonZero"),
        (CheckId::Unique, "Flag.Unique"),
        (CheckId::Outliers, "Flag.SkewKurt"),
    ];
    for leaf in tree.leaves() {
        let code = &tree.node(leaf).code;
        let found = Statistics::new(raw.column(code));
        for (check, column) in flags {
            let (value, beside) = match check {
                CheckId::LeafCoverage => (found.available_share(), f64::NAN),
                CheckId::NonZero => (found.nonzero_share(), f64::NAN),
                CheckId::Unique => (found.unique_share(), f64::NAN),
                _ => (found.skewness, found.kurtosis),
            };
            let flagged = Check::of(check).crossed(value, beside).is_some();
            assert_eq!(
                flagged,
                expected.cell(code, column) != "ok",
                "{code} {column}"
            );
        }
    }
}

#[test]
fn availability_of_units_and_of_their_branches() {
    let (Some(tree), Some(raw)) = (tree(), Wide::read("base_raw")) else {
        return;
    };
    let columns = by_node(&tree, &raw);
    let none = NotApplicable::new();
    let expected = Table::read("base_dataavail_summary").expect("the summary");
    assert_eq!(expected.texts("uCode"), raw.units);
    let leaves: Vec<NodeIndex> = tree.leaves().collect();
    let units = of_units(&leaves, &columns, &none);
    let column = |figure: fn(&chiso_index::audit::availability::UnitAvailability) -> f64| {
        units.iter().map(figure).collect::<Vec<f64>>()
    };
    for (name, values) in [
        ("N_missing", column(|unit| unit.missing as f64)),
        ("N_zero", column(|unit| unit.zeros as f64)),
        (
            "N_miss_or_zero",
            column(|unit| (unit.missing + unit.zeros) as f64),
        ),
        ("Dat_Avail", column(|unit| unit.available_share())),
        ("Non_Zero", column(|unit| unit.nonzero_share())),
    ] {
        assert_column(name, &values, &expected.numbers(name));
    }
    let expected = Table::read("base_dataavail_bygroup").expect("by group");
    for name in expected.names.iter().skip(1) {
        let node = tree.find(name).expect("a node");
        let units = of_units(&leaves_below(&tree, node), &columns, &none);
        let shares: Vec<f64> = units.iter().map(|unit| unit.available_share()).collect();
        assert_column(name, &shares, &expected.numbers(name));
    }
}

#[test]
fn correlations_and_their_p_values_of_all_nodes() {
    let Some(scores) = Wide::read("base_aggregated") else {
        return;
    };
    let columns: Vec<&[f64]> = scores.columns.iter().map(Vec::as_slice).collect();
    for (kind, name) in [
        (Kind::Pearson, "pearson"),
        (Kind::Spearman, "spearman"),
        (Kind::Kendall, "kendall"),
    ] {
        let found = Matrix::new(kind, &columns);
        let expected = Table::read(&format!("base_corr_{name}")).expect("the matrix");
        for (i, first) in scores.codes.iter().enumerate() {
            let row: Vec<f64> = (0..columns.len())
                .map(|j| found.at(j, i).coefficient)
                .collect();
            let expected: Vec<f64> = scores
                .codes
                .iter()
                .map(|code| number(expected.cell(code, first)))
                .collect();
            assert_column(&format!("{name} {first}"), &row, &expected);
        }
    }
    let pearson = Matrix::new(Kind::Pearson, &columns);
    let expected = Table::read("base_corr_pvalues_pearson").expect("the p-values");
    for (i, first) in scores.codes.iter().enumerate() {
        for (j, second) in scores.codes.iter().enumerate().filter(|&(j, _)| j != i) {
            let found = pearson.at(i, j).p_value().expect("51 rows");
            let expected = number(expected.cell(first, second));
            let relative = (found - expected).abs() / expected;
            assert!(relative < 1e-10, "{first} {second}: {found:?} {expected:?}");
        }
    }
}

#[test]
fn correlations_with_parents_and_all_ancestors() {
    let (Some(tree), Some(scores)) = (tree(), Wide::read("base_aggregated")) else {
        return;
    };
    let levels = BTreeMap::from([("Pillar", 1), ("Sub-index", 2), ("Index", 3)]);
    let expected = Table::read("base_corr_family").expect("the family");
    assert_eq!(expected.rows.len(), 49 * 3);
    for row in &expected.rows {
        let leaf = tree.find(&row[1]).expect("a leaf");
        let ancestor = (0..levels[&row[0]])
            .try_fold(leaf, |node, _| tree.node(node).parent)
            .expect("an ancestor");
        let columns = [
            scores.column(&row[1]),
            scores.column(&tree.node(ancestor).code),
        ];
        let found = Matrix::new(Kind::Pearson, &columns).at(0, 1).coefficient;
        assert!(close(found, number(&row[2])), "{row:?}: {found:?}");
    }
}

/// The pairs of parts within a group whose correlation passes a test, as a set of codes.
fn pairs_of_groups(
    tree: &Tree,
    scores: &Wide,
    is_flagged: impl Fn(f64) -> bool,
) -> Vec<[String; 3]> {
    let mut found = Vec::new();
    let columns = by_node(tree, scores);
    let correlations = Matrix::new(Kind::Pearson, &columns);
    for node in tree.indices().filter(|&node| tree.depth(node) == 2) {
        let parts = tree.children(node);
        for (place, first) in parts.iter().enumerate() {
            for second in &parts[place + 1..] {
                if is_flagged(correlations.at(first.0, second.0).coefficient) {
                    let code = |node: NodeIndex| tree.node(node).code.clone();
                    let mut pair = [code(*first), code(*second)];
                    pair.sort();
                    let [first, second] = pair;
                    found.push([code(node), first, second]);
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn pairs_within_groups_that_are_flagged_are_those_of_coinr() {
    let (Some(tree), Some(scores)) = (tree(), Wide::read("base_aggregated")) else {
        return;
    };
    let expected = |name: &str| {
        let table = Table::read(name).expect("the flags");
        let mut pairs: Vec<[String; 3]> = table
            .rows
            .iter()
            .map(|row| {
                let mut pair = [row[1].to_owned(), row[2].to_owned()];
                pair.sort();
                let [first, second] = pair;
                [row[0].to_owned(), first, second]
            })
            .collect();
        pairs.sort();
        pairs
    };
    let high = pairs_of_groups(&tree, &scores, |r| r > 0.75);
    assert_eq!(high, expected("base_corr_flags_high075_lev2"));
    let low = pairs_of_groups(&tree, &scores, |r| r < -0.4);
    assert_eq!(low, expected("base_corr_flags_low-0.4_lev2"));
    assert_eq!(low.len(), 7);
}

#[test]
fn leaves_that_go_with_the_size_of_units_are_those_of_coinr() {
    let (Some(raw), Some(data)) = (Wide::read("base_raw"), Table::read("iData")) else {
        return;
    };
    let denominators = ["Area", "Energy", "GDP", "Population"];
    let units = data.texts("uCode");
    let context: Vec<Vec<f64>> = denominators
        .iter()
        .map(|name| {
            let column = data.numbers(name);
            let row = |unit: &String| units.iter().position(|other| other == unit);
            raw.units
                .iter()
                .map(|unit| column[row(unit).expect("a unit")])
                .collect()
        })
        .collect();
    let leaves: Vec<&[f64]> = raw.columns.iter().map(Vec::as_slice).collect();
    let context: Vec<&[f64]> = context.iter().map(Vec::as_slice).collect();
    let mut found = Vec::new();
    for (code, row) in raw
        .codes
        .iter()
        .zip(between(Kind::Pearson, &leaves, &context))
    {
        for (name, correlation) in denominators.iter().zip(row) {
            let check = Check::of(CheckId::SizeOfLeaf);
            if check.crossed(correlation.coefficient, f64::NAN).is_some() {
                found.push((code.clone(), (*name).to_owned(), correlation.coefficient));
            }
        }
    }
    found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let expected = Table::read("base_denom_corr").expect("the correlations");
    assert_eq!(found.len(), expected.rows.len());
    for (found, row) in found.iter().zip(&expected.rows) {
        assert_eq!((found.0.as_str(), found.1.as_str()), (&row[0], &row[1]));
        assert!(close(found.2, number(&row[2])), "{row:?}");
    }
}

#[test]
fn cronbachs_alpha_of_parts_and_of_leaves() {
    let (Some(tree), Some(scores)) = (tree(), Wide::read("base_aggregated")) else {
        return;
    };
    let expected = Table::read("base_cronbach").expect("the alphas");
    assert_eq!(expected.rows.len(), 11);
    for row in &expected.rows {
        let node = tree.find(&row[0]).expect("a node");
        let columns = by_node(&tree, &scores);
        let sets = [
            (tree.children(node).to_vec(), 2),
            (leaves_below(&tree, node), 3),
        ];
        for (nodes, cell) in sets {
            let parts: Vec<&[f64]> = nodes.iter().map(|node| columns[node.0]).collect();
            let found = alpha(&parts).expect("defined");
            assert!(close(found, number(&row[cell])), "{row:?}: {found:?}");
        }
    }
}

/// Audits the base recipe's results, with the four denominators as context.
fn with_base_audit(test: impl Fn(&AuditInput<'_>, &Audit)) {
    let (Some(tree), Some(raw)) = (tree(), Wide::read("base_raw")) else {
        return;
    };
    let table = |name: &str| Wide::read(name).expect("a stage").in_order_of(&raw.units);
    let (treated, scores) = (table("base_treated"), table("base_aggregated"));
    let data = Table::read("iData").expect("the data");
    let units: Vec<Arc<str>> = raw
        .units
        .iter()
        .map(|unit| Arc::from(unit.as_str()))
        .collect();
    let context = ["Area", "Energy", "GDP", "Population"].map(|name| {
        let place = |unit: &String| data.texts("uCode").iter().position(|other| other == unit);
        let column = data.numbers(name);
        let values = raw
            .units
            .iter()
            .map(|unit| column[place(unit).expect("a unit")]);
        (name.to_owned(), values.collect())
    });
    let input = AuditInput {
        tree: &tree,
        units: &units,
        observed: by_node(&tree, &raw),
        treated: by_node(&tree, &treated),
        scores: by_node(&tree, &scores),
        weights: tree.indices().map(|node| tree.node(node).weight).collect(),
        not_applicable: NotApplicable::new(),
        context: context.into(),
        without: Vec::new(),
        rank_sets: Vec::new(),
    };
    let audit = audit(&input).expect("an audit");
    test(&input, &audit);
}

#[test]
fn the_audit_of_the_base_index_finds_what_is_known_of_it() {
    with_base_audit(|input, audit| {
        let code = |node: NodeIndex| input.tree.node(node).code.as_str();
        let flagged = |check: CheckId, flag: &str| -> Vec<&str> {
            let flagged = audit
                .of(check)
                .filter(|m| m.limit.is_some_and(|l| l.flag == flag));
            flagged.map(|m| code(m.node)).collect()
        };
        assert_eq!(
            flagged(CheckId::AlphaParts, "contradictory"),
            ["Sust", "SusEcFin"]
        );
        assert_eq!(flagged(CheckId::Redundancy, "redundant"), [""; 0]);
        assert_eq!(flagged(CheckId::Conflict, "conflict").len(), 7);
        assert_eq!(
            flagged(CheckId::SizeOfLeaf, "size"),
            [""; 0],
            "all were denominated"
        );
        let raw = AuditInput {
            treated: input.observed.clone(),
            ..input.clone()
        };
        let raw = chiso_index::audit::audit(&raw).expect("an audit");
        let of_size = raw.of(CheckId::SizeOfLeaf).filter(|m| m.limit.is_some());
        assert_eq!(of_size.count(), 12);
        assert_eq!(flagged(CheckId::SizeOfIndex, "size"), [""; 0]);
        assert_eq!(
            flagged(CheckId::Outliers, "outliers"),
            [""; 0],
            "treatment left none"
        );
        assert_eq!(flagged(CheckId::Units, "few"), [""; 0]);
        assert_eq!(
            flagged(CheckId::Unique, "low"),
            ["Tariff", "TIRcon", "RTAs", "Visa", "Poverty"]
        );
    });
}

#[test]
fn the_first_components_of_the_audit_are_those_of_coinr() {
    with_base_audit(|input, audit| {
        let table = Table::read("pca_level1_loadings").expect("the loadings");
        let mut first = table.rows.iter().filter(|row| &row[1] == "1");
        for measurement in audit.of(CheckId::FirstComponent) {
            let code = &input.tree.node(measurement.node).code;
            let Some(row) = first.find(|row| &row[0] == code) else {
                continue;
            };
            assert!(
                close(measurement.value, number(&row[3])),
                "{code}: {}",
                measurement.value
            );
        }
        for measurement in audit.of(CheckId::Loading) {
            let node = input.tree.node(measurement.node);
            let Some(row) = table
                .rows
                .iter()
                .find(|row| &row[1] == "1" && row[4] == node.code)
            else {
                continue;
            };
            let size = measurement.value.abs();
            assert!(close(size, number(&row[5]).abs()), "{}: {size}", node.code);
        }
    });
}
