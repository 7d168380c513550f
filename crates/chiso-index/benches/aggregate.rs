//! Aggregation: a whole tree when only weights changed, and one wide table.

use chiso_index::method::aggregate::{Method, MissingRule, Scratch, combine_columns};
use divan::{Bencher, black_box};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn main() {
    divan::main();
}

/// Columns of *simulated* scores between 1 and 100.
fn columns(count: usize, rows: usize) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut score = || 1.0 + 99.0 * (f64::from(random.next_u32()) / f64::from(u32::MAX));
    (0..count)
        .map(|_| (0..rows).map(|_| score()).collect())
        .collect()
}

/// How many leaves the eight nodes above the leaves have, and where those eight belong: the shape
/// of COINr's ASEM index (49 leaves, 8 + 2 + 1 nodes, 51 units).
const LEAVES: [usize; 8] = [5, 6, 8, 8, 3, 5, 9, 5];
const MIDDLE: [usize; 2] = [5, 3];

fn tree(method: Method, all: &mut [Vec<f64>], weights: &[f64], scratch: &mut Scratch) {
    let (mut part, mut node) = (0, 49);
    for count in LEAVES.iter().chain(&MIDDLE).chain(&[2]) {
        let (below, above) = all.split_at_mut(node);
        let mut parts: [&[f64]; 9] = [&[]; 9];
        for (place, column) in parts.iter_mut().zip(&below[part..part + count]) {
            *place = column;
        }
        let weights = &weights[part..part + count];
        let out = &mut above[0];
        combine_columns(
            method,
            &parts[..*count],
            weights,
            MissingRule::Propagate,
            out,
            scratch,
        )
        .expect("positive scores");
        (part, node) = (part + count, node + 1);
    }
}

#[divan::bench(args = ["mean", "geometric", "harmonic", "mazziotta_pareto"])]
fn tree_of_asem(bencher: Bencher, method: &str) {
    let method = named(method);
    let mut all = columns(60, 51);
    let weights = vec![1.0; 60];
    let mut scratch = Scratch::default();
    bencher.bench_local(|| {
        tree(
            method,
            black_box(&mut all),
            black_box(&weights),
            &mut scratch,
        );
        black_box(all[59][0])
    });
}

#[divan::bench(args = ["mean", "geometric", "harmonic", "mazziotta_pareto"])]
fn ten_thousand_rows_of_120_parts(bencher: Bencher, method: &str) {
    let (method, all) = (named(method), columns(120, 10_000));
    wide(bencher, method, &all);
}

#[divan::bench(args = ["copeland", "benefit_of_the_doubt"])]
fn rows_against_rows_51_of_8_parts(bencher: Bencher, method: &str) {
    let (method, all) = (named(method), columns(8, 51));
    wide(bencher, method, &all);
}

#[divan::bench]
fn copeland_of_700_rows_and_49_parts(bencher: Bencher) {
    wide(bencher, Method::Copeland, &columns(49, 700));
}

fn wide(bencher: Bencher, method: Method, all: &[Vec<f64>]) {
    let parts: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    let weights = vec![1.0; parts.len()];
    let mut out = vec![0.0; parts[0].len()];
    let mut scratch = Scratch::default();
    bencher.bench_local(|| {
        let rule = MissingRule::Propagate;
        combine_columns(
            method,
            black_box(&parts),
            &weights,
            rule,
            &mut out,
            &mut scratch,
        )
        .expect("positive scores");
        black_box(out[0])
    });
}

fn named(method: &str) -> Method {
    use chiso_index::pack::Direction;
    match method {
        "mean" => Method::Mean,
        "geometric" => Method::Geometric,
        "harmonic" => Method::Harmonic,
        "copeland" => Method::Copeland,
        "benefit_of_the_doubt" => Method::BenefitOfTheDoubt,
        _ => Method::MazziottaPareto {
            penalty: Direction::Higher,
        },
    }
}
