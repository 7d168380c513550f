//! The residual operators: the record form against R's formula written out, and the cell form
//! against the record form.

mod calibrate_support;

use calibrate_support::{TIGHT, noise};
use chiso_survey::calibrate::{
    Adjustment, Bounds, CalibrationFunction, CellSums, GregOptions, Margin, ModelMatrix,
    PostStratifyOptions, RakeOptions, ResidualVariance, greg, poststratify, rake,
};

/// Respondents in 6 cells (2 × 3), 5 clusters, with weights that vary within cells.
struct Sample {
    weights: Vec<f64>,
    cell: Vec<u32>,
    cluster: Vec<u32>,
    y: Vec<f64>,
}

impl Sample {
    fn new() -> Self {
        let mut next = noise(7);
        let records = 240;
        Self {
            weights: (0..records).map(|_| 1.0 + 9.0 * next()).collect(),
            cell: (0..records).map(|_| (next() * 6.0) as u32).collect(),
            cluster: (0..records).map(|i| i % 5).collect(),
            y: (0..records).map(|_| next()).collect(),
        }
    }

    fn cell_weights(&self) -> Vec<f64> {
        self.sum_by_cell(&self.weights)
    }

    fn sum_by_cell(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; 6];
        for (value, cell) in values.iter().zip(&self.cell) {
            sums[*cell as usize] += value;
        }
        sums
    }

    /// Linearised values of the mean of y over a domain, with calibrated weights.
    fn linearised(&self, weights: &[f64]) -> Vec<f64> {
        let inside = |i: usize| f64::from(u8::from(self.y[i] > 0.2));
        let size: f64 = (0..weights.len()).map(|i| weights[i] * inside(i)).sum();
        let sum: f64 = (0..weights.len())
            .map(|i| weights[i] * inside(i) * self.y[i])
            .sum();
        (0..weights.len())
            .map(|i| weights[i] * inside(i) * (self.y[i] - sum / size) / size)
            .collect()
    }
}

fn two(cell: &[u32]) -> Vec<u32> {
    cell.iter().map(|c| c % 2).collect()
}

fn three(cell: &[u32]) -> Vec<u32> {
    cell.iter().map(|c| c % 3).collect()
}

const CELLS: [u32; 6] = [0, 1, 2, 3, 4, 5];
const FIRST: [f64; 2] = [900.0, 700.0];
const SECOND: [f64; 3] = [600.0, 500.0, 500.0];

fn close(a: &[f64], b: &[f64]) {
    let scale = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= 1e-12 * scale, "entry {i}: {a} and {b}");
    }
}

/// The residual totals of clusters by both forms.
fn both_forms_agree(sample: &Sample, records: &Adjustment, cells: &Adjustment) {
    let factors: Vec<f64> = sample
        .cell
        .iter()
        .map(|c| cells.factors[*c as usize])
        .collect();
    close(&records.factors, &factors);
    let z = sample.linearised(&records.weights);
    let u: Vec<f64> = z.iter().zip(&records.weights).map(|(z, w)| z / w).collect();
    let coefficients = cells
        .residuals
        .cell_coefficients(&CellSums {
            weighted: &sample.sum_by_cell(&z),
            unweighted: &sample.sum_by_cell(&u),
            respondents: &sample.sum_by_cell(&vec![1.0; z.len()]),
        })
        .unwrap();
    let mut residuals = z.clone();
    records.residuals.apply(&mut residuals).unwrap();
    assert!(residuals.iter().zip(&z).any(|(r, z)| (r - z).abs() > 1e-6));
    let mut by_record = vec![0.0; 5];
    let mut by_cell = vec![0.0; 5];
    for i in 0..z.len() {
        let cluster = sample.cluster[i] as usize;
        by_record[cluster] += residuals[i];
        by_cell[cluster] += z[i] - records.weights[i] * coefficients[sample.cell[i] as usize];
    }
    close(&by_cell, &by_record);
}

#[test]
fn post_stratified_residuals_by_cell_equal_those_by_record() {
    let sample = Sample::new();
    let (options, of_cell) = (PostStratifyOptions::default(), three(&CELLS));
    let records = poststratify(&sample.weights, &three(&sample.cell), &SECOND, options).unwrap();
    let cells = poststratify(&sample.cell_weights(), &of_cell, &SECOND, options).unwrap();
    both_forms_agree(&sample, &records, &cells);
}

fn raked(weights: &[f64], cell: &[u32], options: RakeOptions) -> Adjustment {
    let (first, second) = (two(cell), three(cell));
    let margins = [
        Margin {
            category_of_record: &first,
            totals: &FIRST,
        },
        Margin {
            category_of_record: &second,
            totals: &SECOND,
        },
    ];
    rake(weights, &margins, options).unwrap()
}

#[test]
fn raked_residuals_by_cell_equal_those_by_record() {
    let sample = Sample::new();
    // Two sweeps only: the weights after the two margins then differ visibly.
    let coarse = RakeOptions {
        epsilon: 500.0,
        ..RakeOptions::default()
    };
    for options in [TIGHT, coarse] {
        let records = raked(&sample.weights, &sample.cell, options);
        let cells = raked(&sample.cell_weights(), &CELLS, options);
        both_forms_agree(&sample, &records, &cells);
    }
}

#[test]
fn raked_residuals_are_ten_sweeps_of_unweighted_means() {
    let sample = Sample::new();
    let options = RakeOptions {
        epsilon: 500.0,
        ..RakeOptions::default()
    };
    let done = raked(&sample.weights, &sample.cell, options);
    // The weights just after each margin of the last sweep, by raking record by record.
    let classes = [
        (two(&sample.cell), &FIRST[..]),
        (three(&sample.cell), &SECOND[..]),
    ];
    let mut weights = sample.weights.clone();
    let mut after = vec![Vec::new(); 2];
    for _ in 0..done.iterations {
        for (margin, (class, totals)) in classes.iter().enumerate() {
            let mut sums = vec![0.0; totals.len()];
            (0..weights.len()).for_each(|i| sums[class[i] as usize] += weights[i]);
            (0..weights.len())
                .for_each(|i| weights[i] *= totals[class[i] as usize] / sums[class[i] as usize]);
            after[margin] = weights.clone();
        }
    }
    let z = sample.linearised(&done.weights);
    let mut expected = z.clone();
    for _ in 0..10 {
        for ((class, totals), p) in classes.iter().zip(&after) {
            let (mut sums, mut counts) = (vec![0.0; totals.len()], vec![0.0; totals.len()]);
            for i in 0..z.len() {
                sums[class[i] as usize] += expected[i] / p[i];
                counts[class[i] as usize] += 1.0;
            }
            for i in 0..z.len() {
                expected[i] -= p[i] * sums[class[i] as usize] / counts[class[i] as usize];
            }
        }
    }
    let mut found = z;
    done.residuals.apply(&mut found).unwrap();
    close(&found, &expected);
}

fn categories(cell: &[u32]) -> ModelMatrix {
    ModelMatrix::new(cell.len())
        .intercept()
        .factor("a", &two(cell), &["0", "1"])
        .unwrap()
        .factor("b", &three(cell), &["0", "1", "2"])
        .unwrap()
}

const GREG_TOTALS: [f64; 4] = [1600.0, 700.0, 500.0, 500.0];

#[test]
fn greg_residuals_on_categories_by_cell_equal_those_by_record() {
    let sample = Sample::new();
    let coefficients = [1.0, 0.5, 0.2, 0.9];
    let plain = GregOptions::default();
    for options in [
        plain,
        GregOptions {
            variance: ResidualVariance::PerColumn(&coefficients),
            ..plain
        },
        GregOptions {
            function: CalibrationFunction::Raking,
            epsilon: 1e-13,
            ..plain
        },
        GregOptions {
            function: CalibrationFunction::Logit,
            bounds: Bounds::Factor {
                lower: 0.2,
                upper: 4.0,
            },
            epsilon: 1e-13,
            ..plain
        },
    ] {
        let by_record = categories(&sample.cell);
        let records = greg(&sample.weights, &by_record, &GREG_TOTALS, &options).unwrap();
        let by_cell = categories(&CELLS);
        let cells = greg(&sample.cell_weights(), &by_cell, &GREG_TOTALS, &options).unwrap();
        both_forms_agree(&sample, &records, &cells);
    }
}

#[test]
fn residuals_of_whole_clusters_have_no_cell_form_and_keep_one_factor_a_cluster() {
    let sample = Sample::new();
    let x: Vec<f64> = sample.y.iter().map(|y| y * y).collect();
    let model = ModelMatrix::new(x.len())
        .intercept()
        .number("x", &x)
        .unwrap();
    let options = GregOptions {
        aggregate: Some(&sample.cluster),
        ..GregOptions::default()
    };
    let start = vec![5.0; x.len()];
    let done = greg(&start, &model, &[1250.0, 420.0], &options).unwrap();
    for (i, factor) in done.factors.iter().enumerate() {
        assert_eq!(*factor, done.factors[i % 5]);
    }
    assert!(done.totals.iter().all(|t| t.misfit() < 1e-12));
    let none = CellSums {
        weighted: &x,
        unweighted: &[],
        respondents: &[],
    };
    assert!(done.residuals.cell_coefficients(&none).is_err());
}

#[test]
fn a_slice_of_the_wrong_length_is_an_error_in_every_operator() {
    let sample = Sample::new();
    let options = PostStratifyOptions::default();
    for done in [
        poststratify(&sample.weights, &three(&sample.cell), &SECOND, options).unwrap(),
        raked(&sample.weights, &sample.cell, TIGHT),
        greg(
            &sample.weights,
            &categories(&sample.cell),
            &GREG_TOTALS,
            &GregOptions::default(),
        )
        .unwrap(),
    ] {
        assert!(done.residuals.apply(&mut [1.0]).is_err());
        let short = CellSums {
            weighted: &[1.0],
            unweighted: &[1.0],
            respondents: &[1.0],
        };
        assert!(done.residuals.cell_coefficients(&short).is_err());
    }
}
