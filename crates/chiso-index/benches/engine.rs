//! The engine on COINr's own example (ASEM, 51 units × 49 leaves, all steps) and on a large table:
//! what a run costs after set-up, whole and after a change of weights.
//!
//! ASEM's figures are those of the reference folder (`CHISO_REFERENCE_DIR`); without it only the large
//! table is timed.

#[path = "../tests/coinr/asem.rs"]
mod asem;
#[path = "../tests/coinr/common.rs"]
mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use asem::{Asem, BASE};
use chiso_index::engine::{Context, Frame, Leaves, Plan, Runner};
use chiso_index::pack::PackFiles;
use chiso_index::{Edition, Pack};

fn main() {
    divan::main();
}

fn base() -> Option<Runner> {
    Asem::of("iData.csv", BASE, true).map(|asem| asem.run())
}

#[divan::bench]
fn asem_all_steps(bencher: divan::Bencher) {
    let Some(mut runner) = base() else {
        return;
    };
    bencher.bench_local(|| {
        runner.leaves_mut();
        runner.run()
    });
}

#[divan::bench]
fn asem_other_weights(bencher: divan::Bencher) {
    let Some(mut runner) = base() else {
        return;
    };
    let mut weights = runner.given_weights().to_vec();
    let leaf = runner.plan().leaves()[3];
    bencher.bench_local(|| {
        weights[leaf.0] = if weights[leaf.0] == 1.0 { 2.0 } else { 1.0 };
        runner.set_weights(&weights);
        runner.run()
    });
}

/// 10,000 units × 120 leaves in 12 groups: skewed values, so that outliers are treated.
fn large() -> Runner {
    const UNITS: usize = 10_000;
    const LEAVES: usize = 120;
    let mut nodes = "code,parent,name_en,name_vi\nx,,X,X\n".to_owned();
    for group in 0..12 {
        nodes.push_str(&format!("g{group},x,G,G\n"));
    }
    for leaf in 0..LEAVES {
        nodes.push_str(&format!("l{leaf},g{},L,L\n", leaf % 12));
    }
    let steps = BASE
        .split("[[version.step]]")
        .skip(3)
        .map(|step| format!("[[version.step]]{step}"));
    let index = format!(
        "id = \"x\"\nname = {{ en = \"X\", vi = \"X\" }}\npublisher = {{ en = \"T\", vi = \"T\" }}\nlicence = \"CC0\"\n\
         source = \"a benchmark\"\nunit_level = \"commune\"\n[[version]]\nid = \"v\"\neditions = [2020]\n\
         levels = [{{ en = \"L\", vi = \"L\" }}, {{ en = \"G\", vi = \"G\" }}, {{ en = \"X\", vi = \"X\" }}]\n{}",
        steps.collect::<String>()
    );
    let files = BTreeMap::from([
        ("index.toml".to_owned(), index),
        ("v/nodes.csv".to_owned(), nodes),
    ]);
    let (pack, problems) = Pack::read(&PackFiles {
        root: "x".to_owned(),
        files,
    });
    let pack = pack.unwrap_or_else(|| panic!("{problems:?}"));
    let units = (0..UNITS)
        .map(|unit| Arc::from(format!("{unit:05}").as_str()))
        .collect();
    let frame = Arc::new(Frame::new([(Edition(2020), units)]));
    let plan = Plan::new(&pack.versions[0], &frame, &Context::default()).expect("a plan");
    let mut state = 1u64;
    let mut uniform = || {
        // Knuth's linear congruential generator: a benchmark's values need no better one.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let leaf_values = (0..UNITS * LEAVES).map(|cell| match cell / UNITS % 3 {
        0 => uniform(),
        1 => -uniform().ln(),
        _ => (3.0 * uniform()).exp() / uniform().sqrt(),
    });
    let leaves = Leaves {
        values: leaf_values.collect(),
        not_applicable: Vec::new(),
        observed: vec![true; UNITS],
    };
    Runner::new(&plan, leaves)
}

#[divan::bench]
fn large_treat_normalise_aggregate(bencher: divan::Bencher) {
    let mut runner = large();
    runner.run().expect("a run");
    bencher.bench_local(|| {
        runner.leaves_mut();
        runner.run()
    });
}
