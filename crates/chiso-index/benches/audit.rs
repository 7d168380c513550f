//! The audit of an edition: 51 units × 49 leaves in 8 branches, and 1,000 × 120 in 12.

use std::hint::black_box;
use std::sync::Arc;

use chiso_index::audit::{AuditInput, NotApplicable, audit, output};
use chiso_index::pack::{Direction, Node, NodeIndex, Text, Tree};

fn main() {
    divan::main();
}

/// *Simulated* units with leaves in branches, scored by means.
struct Index {
    tree: Tree,
    units: Vec<Arc<str>>,
    columns: Vec<Vec<f64>>,
}

fn node(code: String, parent: Option<usize>, line: usize) -> Node {
    Node {
        code,
        parent: parent.map(NodeIndex),
        name: Text::default(),
        range: None,
        weight: 1.0,
        direction: Direction::Higher,
        aggregate: None,
        source: String::new(),
        note: String::new(),
        line: line as u64,
    }
}

impl Index {
    fn new(units: usize, leaves: usize, branches: usize) -> Index {
        let mut nodes = vec![node("index".to_owned(), None, 2)];
        nodes.extend((0..branches).map(|b| node(format!("b{b}"), Some(0), b + 3)));
        let leaf = |i: usize| node(format!("l{i}"), Some(1 + i % branches), i + branches + 3);
        nodes.extend((0..leaves).map(leaf));
        let tree = Tree::new(nodes).expect("a tree");
        let value = |leaf: usize, unit: usize| {
            let unrest = (unit * 7919 + leaf * 104_729) % 1009;
            unit as f64 / units as f64 + unrest as f64 / 1009.0
        };
        let mut columns = vec![vec![0.0; units]; tree.len()];
        for leaf in 0..leaves {
            columns[1 + branches + leaf] = (0..units).map(|unit| value(leaf, unit)).collect();
        }
        for &inner in tree
            .bottom_up()
            .iter()
            .filter(|inner| !tree.is_leaf(**inner))
        {
            let parts = tree.children(inner);
            let mean = |unit| parts.iter().map(|p| columns[p.0][unit]).sum::<f64>();
            columns[inner.0] = (0..units).map(|u| mean(u) / parts.len() as f64).collect();
        }
        let units = (0..units)
            .map(|unit| Arc::from(format!("u{unit:05}")))
            .collect();
        Index {
            tree,
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
            weights: vec![1.0; self.tree.len()],
            not_applicable: NotApplicable::new(),
            context: Vec::new(),
            without: Vec::new(),
            rank_sets: Vec::new(),
        }
    }
}

const SIZES: [(usize, usize, usize); 2] = [(51, 49, 8), (1000, 120, 12)];

#[divan::bench(args = SIZES)]
fn every_check(bencher: divan::Bencher, (units, leaves, branches): (usize, usize, usize)) {
    let index = Index::new(units, leaves, branches);
    let input = index.input();
    bencher.bench_local(|| audit(black_box(&input)).expect("an audit"));
}

#[divan::bench(args = SIZES)]
fn all_correlations(bencher: divan::Bencher, (units, leaves, branches): (usize, usize, usize)) {
    let index = Index::new(units, leaves, branches);
    let input = index.input();
    let found = audit(&input).expect("an audit");
    bencher.bench_local(|| {
        output::correlations_csv(black_box(&input), &found, std::io::sink()).expect("written")
    });
}
