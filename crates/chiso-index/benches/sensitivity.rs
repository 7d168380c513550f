//! A sensitivity analysis of the ASEM index (51 × 49) as COINr's timings have it: N = 500, four
//! inputs, 1,000 bootstrap resamples, hence 3,000 runs of the index.
//!
//! Needs COINr's tables: see `CHISO_REFERENCE_DIR` in the tests.

#[path = "../tests/coinr/asem.rs"]
mod asem;
#[path = "../tests/coinr/common.rs"]
mod common;

use asem::{Asem, BASE};
use chiso_index::sensitivity::indices::{Bootstrap, Centring, Target};
use chiso_index::sensitivity::{Specification, Study, Subject};
use divan::{Bencher, black_box};

const ANALYSIS: &str = r#"
draws = 500
indices = true
bootstrap = 1000
[[vary]]
step = "treatment"
parameter = "most"
values = [1, 2, 3, 4, 5]
[[vary]]
step = "normalisation"
alternatives = [{ method = "minmax", low = 1, high = 100 }, { method = "zscore", mean = 10, sd = 2 }]
[[vary]]
weights = "uniform"
share = 0.25
levels = [2, 3]
[[vary]]
step = "aggregation"
alternatives = [{ method = "mean", missing = "available" }, { method = "geometric", missing = "available" }]
"#;

fn main() {
    if common::reference().is_some() {
        divan::main();
    }
}

fn run(bencher: Bencher<'_, '_>, analysis: &str) {
    let asem = Asem::new(BASE);
    let runner = asem.runner();
    let specification =
        Specification::parse("sensitivity.toml", analysis).expect("a specification");
    let subject = Subject {
        runner: &runner,
        context: &asem.context,
        draw_leaves: None,
    };
    bencher.bench(|| {
        let study = Study::new(subject, &specification).expect("a study");
        black_box(study.run(&[0]).expect("results"))
    });
}

/// From the observations to ranks, indices and intervals.
#[divan::bench]
fn analysis_of_3000_runs_with_1000_resamples(bencher: Bencher) {
    run(bencher, ANALYSIS);
}

/// The same with a limit that is uniform in a range in place of a count of cells: 1,000 treatments.
#[divan::bench]
fn analysis_with_a_continuous_parameter(bencher: Bencher) {
    let values = "parameter = \"most\"\nvalues = [1, 2, 3, 4, 5]";
    run(
        bencher,
        &ANALYSIS.replace(values, "parameter = \"skew\"\nlow = 1.5\nhigh = 2.5"),
    );
}

/// Every one of the 59 nodes below the index left out in turn.
#[divan::bench]
fn leave_one_out_of_all_nodes(bencher: Bencher) {
    run(bencher, "leave_one_out = true");
}

/// The indices and intervals alone.
#[divan::bench]
fn indices_with_1000_resamples(bencher: Bencher) {
    let values: Vec<f64> = (0..3000).map(|i| f64::from(i * 7919 % 3001)).collect();
    let target = Target::new(&values, 500, 4, Centring::Centred).expect("3,000 values");
    let bootstrap = Bootstrap {
        resamples: 1000,
        seed: 1,
        confidence: 0.9,
    };
    bencher.bench(|| {
        let intervals = target.intervals(Centring::Centred, black_box(&bootstrap));
        (target.indices(), intervals.expect("intervals"))
    });
}
