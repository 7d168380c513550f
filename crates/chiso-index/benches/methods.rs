//! The kernels of the steps before aggregation, on an index of the size of the ASEM's (51 units by 49
//! leaves) and on one of 10,000 units by 120 leaves. Simulated values: most columns pass the test of
//! skewness and kurtosis, a third do not; one cell in 50 is missing.

use chiso_index::method::denominate::denominate;
use chiso_index::method::impute::{Statistic, grouped};
use chiso_index::method::moments::Moments;
use chiso_index::method::normalise::{Method, normalise};
use chiso_index::method::screen::unit_availability;
use chiso_index::method::treat::{Transform, TreatScratch, Treatment, treat};
use chiso_index::pack::Direction;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn main() {
    divan::main();
}

/// Units and leaves.
const SIZES: [(usize, usize); 2] = [(51, 49), (10_000, 120)];

const TREATMENT: Treatment = Treatment {
    first: Transform::Winsorise,
    then: Some(Transform::LogCt),
    most: 5,
    skew: 2.0,
    kurtosis: 3.5,
    force: false,
};

/// Simulated columns, one after another, and what they are divided by.
struct Data {
    units: usize,
    leaves: usize,
    raw: Vec<f64>,
    gaps: Vec<f64>,
    denominators: Vec<f64>,
    groups: Vec<u32>,
    missing: Vec<bool>,
}

fn uniform(stream: &mut ChaCha8Rng) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn data((units, leaves): (usize, usize)) -> Data {
    let mut stream = ChaCha8Rng::seed_from_u64(20_261_125);
    let mut raw = Vec::with_capacity(units * leaves);
    for leaf in 0..leaves {
        let heavy = leaf % 3 == 0;
        raw.extend((0..units).map(|_| {
            let level = uniform(&mut stream);
            if heavy {
                (3.0 * level).powi(6) / (1.001 - level)
            } else {
                10.0 + level
            }
        }));
    }
    let gap = |value: &f64| {
        if uniform(&mut stream) < 0.02 {
            f64::NAN
        } else {
            *value
        }
    };
    let gaps = raw.iter().map(gap).collect();
    Data {
        units,
        leaves,
        raw,
        gaps,
        denominators: (0..units).map(|unit| 1.0 + unit as f64).collect(),
        groups: (0..units).map(|unit| unit as u32 % 4).collect(),
        missing: vec![true; units],
    }
}

impl Data {
    /// Calls a kernel on every column: the values, the result.
    fn each(&self, from: &[f64], out: &mut [f64], mut kernel: impl FnMut(&[f64], &mut [f64])) {
        let columns = from
            .chunks_exact(self.units)
            .zip(out.chunks_exact_mut(self.units));
        columns.for_each(|(values, out)| kernel(values, out));
    }

    fn bench(
        &self,
        bencher: divan::Bencher,
        from: &[f64],
        mut kernel: impl FnMut(&[f64], &mut [f64]),
    ) {
        let mut out = vec![0.0; self.units * self.leaves];
        bencher.bench_local(|| {
            self.each(from, &mut out, &mut kernel);
            divan::black_box(out[0])
        });
    }
}

fn divide(data: &Data, values: &[f64], out: &mut [f64]) {
    denominate(values, &data.denominators, 1.0, out).expect("positive denominators");
}

fn fill(data: &Data, values: &[f64], out: &mut [f64]) {
    grouped(Statistic::Mean, &data.groups, values, &data.missing, out).expect("finite values");
}

fn scale(values: &[f64], out: &mut [f64]) {
    let (low, high) = (0.0, 100.0);
    normalise(&Method::MinMax { low, high }, Direction::Lower, values, out).expect("a range");
}

#[divan::bench(args = SIZES)]
fn moments(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    data.bench(bencher, &data.gaps, |values, out| {
        out[0] = Moments::of(values).mean
    });
}

#[divan::bench(args = SIZES)]
fn denominating(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    data.bench(bencher, &data.gaps, |values, out| {
        divide(&data, values, out)
    });
}

#[divan::bench(args = SIZES)]
fn imputing_by_group(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    data.bench(bencher, &data.gaps, |values, out| fill(&data, values, out));
}

#[divan::bench(args = SIZES)]
fn screening(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    let columns: Vec<&[f64]> = data.gaps.chunks_exact(data.units).collect();
    bencher.bench_local(|| {
        let shares = (0..data.units).map(|row| unit_availability(&columns, row, data.leaves).0);
        shares.sum::<f64>()
    });
}

#[divan::bench(args = SIZES)]
fn treating(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    let mut scratch = TreatScratch::default();
    data.bench(bencher, &data.raw, |values, out| {
        treat(&TREATMENT, values, out, &mut scratch).expect("finite values");
    });
}

#[divan::bench(args = SIZES)]
fn minmax(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    data.bench(bencher, &data.raw, scale);
}

#[divan::bench(args = SIZES)]
fn ranking(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    data.bench(bencher, &data.raw, |values, out| {
        normalise(&Method::Rank, Direction::Higher, values, out).expect("ranks");
    });
}

#[divan::bench(args = SIZES)]
fn treating_and_normalising(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    let mut scratch = TreatScratch::default();
    let mut between = vec![0.0; data.units];
    data.bench(bencher, &data.raw, |values, out| {
        treat(&TREATMENT, values, &mut between, &mut scratch).expect("finite values");
        scale(&between, out);
    });
}

#[divan::bench(args = SIZES)]
fn from_raw_to_normalised(bencher: divan::Bencher, size: (usize, usize)) {
    let data = data(size);
    let mut scratch = TreatScratch::default();
    let (mut divided, mut filled) = (vec![0.0; data.units], vec![0.0; data.units]);
    data.bench(bencher, &data.gaps, |values, out| {
        divide(&data, values, &mut divided);
        fill(&data, &divided, &mut filled);
        treat(&TREATMENT, &filled, &mut divided, &mut scratch).expect("finite values");
        scale(&divided, out);
    });
}
