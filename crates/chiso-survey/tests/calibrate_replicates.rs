//! Replicate designs and trimming against R survey 4.5.

mod calibrate_support;

use calibrate_support::{
    Design, SCHOOL_WIDE, TIGHT, TOTALS, TYPES, Table, calibrated, difference, model, noise,
    reference, replicate_weights,
};
use chiso_survey::calibrate::{
    Calibration, CalibrationError, ClusterCellWeight, GregOptions, Margin, PostStratifyOptions,
    RakeOptions, TrimOptions, calibrate_replicates, cell_weights_of_replicates, trim,
    trim_replicates,
};

fn products(weights: &[f64], factors: &[f64]) -> Vec<f64> {
    weights.iter().zip(factors).map(|(w, g)| w * g).collect()
}

#[test]
fn replicates_of_post_stratification_and_greg_are_those_of_r() {
    let (Some(design), Some(start)) = (Design::clus1(), replicate_weights("apiclus1_JK1_fpc"))
    else {
        return;
    };
    let (cell, model) = (design.data.factor("stype").0, model(&design.data));
    let poststratify = Calibration::PostStratify {
        cell: &cell,
        totals: &TYPES,
        options: PostStratifyOptions::default(),
    };
    let greg = Calibration::Greg {
        model: &model,
        totals: &TOTALS,
        options: GregOptions::default(),
    };
    for (name, calibration) in [("ps_rep_clus1", poststratify), ("cal_rep_clus1", greg)] {
        let done = calibrate_replicates(&design.weights, &start, &calibration).unwrap();
        assert!(done.failures.is_empty(), "{:?}", done.failures);
        assert_eq!(done.gaps.len(), 15);
        assert!(done.gaps.iter().all(|gap| *gap < 1e-12), "{:?}", done.gaps);
        let worst = difference(
            &products(&start, &done.factors),
            &replicate_weights(name).unwrap(),
        );
        println!("{name}: greatest relative difference {worst:e}");
        assert!(worst < 1e-10, "{name}: {worst:e}");
    }
}

/// Raking of replicates, written as R's loop over records.
fn rake_by_records(weights: &[f64], margins: &[Margin<'_>], sweeps: usize) -> Vec<f64> {
    let mut weights = weights.to_vec();
    for _ in 0..sweeps {
        for margin in margins {
            let mut sums = vec![0.0; margin.totals.len()];
            for (weight, category) in weights.iter().zip(margin.category_of_record) {
                sums[*category as usize] += weight;
            }
            for (weight, category) in weights.iter_mut().zip(margin.category_of_record) {
                *weight *= margin.totals[*category as usize] / sums[*category as usize];
            }
        }
    }
    weights
}

#[test]
fn every_replicate_is_raked_with_the_sweeps_of_the_main_weights() {
    let (Some(design), Some(start)) = (Design::clus1(), replicate_weights("apiclus1_JK1_fpc"))
    else {
        return;
    };
    let (stype, wide) = (
        design.data.factor("stype").0,
        design.data.factor("sch.wide").0,
    );
    let margins =
        [(&stype, &TYPES[..]), (&wide, &SCHOOL_WIDE[..])].map(|(category, totals)| Margin {
            category_of_record: category,
            totals,
        });
    for options in [TIGHT, RakeOptions::default()] {
        let calibration = Calibration::Rake {
            margins: &margins,
            options,
        };
        let done = calibrate_replicates(&design.weights, &start, &calibration).unwrap();
        let found = products(&start, &done.factors);
        for (found, start) in found.chunks(183).zip(start.chunks(183)) {
            let expected = rake_by_records(start, &margins, done.main.iterations);
            assert!(difference(found, &expected) < 1e-13);
        }
        // Weights of school 2 in replicates 1, 2 and 15: R survey 4.1.1, rake() of
        // as.svrepdesign(dclus1, type = "JK1"), maxit 200 and epsilon 1e-12.
        if options == TIGHT {
            let school_2: Vec<f64> = [0, 1, 14].iter().map(|r| found[r * 183 + 1]).collect();
            let r = [0.0, 30.421704676121777, 32.127633753619705];
            assert!(difference(&school_2, &r) < 1e-12, "{school_2:?}");
        }
    }
}

#[test]
fn a_replicate_that_leaves_a_cell_empty_is_flagged_and_spoils_nothing_else() {
    let weights = [1.0, 1.0, 1.0];
    let replicates = [2.0, 1.0, 0.0, 1.0, 2.0, 1.0];
    let calibration = Calibration::PostStratify {
        cell: &[0, 0, 1],
        totals: &[20.0, 10.0],
        options: PostStratifyOptions::default(),
    };
    let done = calibrate_replicates(&weights, &replicates, &calibration).unwrap();
    assert_eq!(done.failures.len(), 1);
    assert_eq!(done.failures[0].replicate, 0);
    assert_eq!(
        done.failures[0].error,
        CalibrationError::NoSample {
            margin: 0,
            category: 1,
            wanted: 10.0
        }
    );
    assert!(done.factors[2].is_nan() && done.gaps[0].is_nan());
    assert_eq!(done.factors[0], 20.0 / 3.0);
    assert_eq!(done.factors[3..], [20.0 / 3.0, 20.0 / 3.0, 10.0]);
    let margins = [Margin {
        category_of_record: &[0, 0, 1],
        totals: &[20.0, 10.0],
    }];
    let raking = Calibration::Rake {
        margins: &margins,
        options: RakeOptions::default(),
    };
    let done = calibrate_replicates(&weights, &replicates, &raking).unwrap();
    assert_eq!(done.failures.len(), 1);
    assert!(done.factors[..3].iter().all(|g| g.is_nan()));
    assert!(done.factors[3..].iter().all(|g| g.is_finite()));
    assert!(calibrate_replicates(&weights, &[1.0, f64::NAN, 1.0], &raking).is_err());
    assert!(calibrate_replicates(&weights, &[1.0, 1.0], &raking).is_err());
}

#[test]
fn cells_of_replicates_give_the_factors_of_their_respondents() {
    let mut next = noise(3);
    let (clusters, cells, replicates) = (12, 6, 20);
    let respondents: Vec<(u32, u32, f64)> = (0..400)
        .map(|i| (i % clusters, (next() * 6.0) as u32, 1.0 + 9.0 * next()))
        .collect();
    let weights: Vec<f64> = respondents.iter().map(|r| r.2).collect();
    let cell: Vec<u32> = respondents.iter().map(|r| r.1).collect();
    let of = |classes: u32| -> Vec<u32> { (0..cells).map(|c| c % classes).collect() };
    let (two, three) = (of(2), of(3));
    let by_record =
        |classes: &[u32]| -> Vec<u32> { cell.iter().map(|c| classes[*c as usize]).collect() };
    let (two_records, three_records) = (by_record(&two), by_record(&three));
    let multipliers: Vec<f64> = (0..replicates * clusters)
        .map(|_| (next() * 3.0).floor())
        .collect();
    let replicate_weights: Vec<f64> = multipliers
        .chunks(clusters as usize)
        .flat_map(|m| {
            respondents
                .iter()
                .map(|r| m[r.0 as usize] * r.2)
                .collect::<Vec<f64>>()
        })
        .collect();
    let (first, second) = ([1500.0, 1100.0], [900.0, 800.0, 900.0]);
    let rake = |two: &[u32], three: &[u32], weights: &[f64], replicate_weights: &[f64]| {
        let margins = [
            Margin {
                category_of_record: two,
                totals: &first,
            },
            Margin {
                category_of_record: three,
                totals: &second,
            },
        ];
        let calibration = Calibration::Rake {
            margins: &margins,
            options: TIGHT,
        };
        calibrate_replicates(weights, replicate_weights, &calibration).unwrap()
    };
    let records = rake(&two_records, &three_records, &weights, &replicate_weights);
    let sums: Vec<ClusterCellWeight> = respondents
        .iter()
        .map(|(cluster, cell, weight)| ClusterCellWeight {
            cluster: *cluster,
            cell: *cell,
            weight: *weight,
        })
        .collect();
    let cell_replicates =
        cell_weights_of_replicates(&multipliers, clusters as usize, &sums, cells as usize).unwrap();
    let mut cell_weights = vec![0.0; cells as usize];
    respondents
        .iter()
        .for_each(|r| cell_weights[r.1 as usize] += r.2);
    let by_cell = rake(&two, &three, &cell_weights, &cell_replicates);
    assert_eq!(by_cell.main.iterations, records.main.iterations);
    for (replicate, factors) in by_cell.factors.chunks(cells as usize).enumerate() {
        let expected: Vec<f64> = cell.iter().map(|c| factors[*c as usize]).collect();
        let found = &records.factors[replicate * 400..][..400];
        assert!(difference(found, &expected) < 1e-11);
    }
    assert!(cell_weights_of_replicates(&multipliers, 7, &sums, cells as usize).is_err());
    assert!(cell_weights_of_replicates(&multipliers, clusters as usize, &sums, 5).is_err());
}

#[test]
fn trimmed_weights_are_those_of_r() {
    let Some(folder) = reference() else { return };
    let (_, done) = calibrated("cal_linear_clus1").unwrap();
    let none = f64::NEG_INFINITY;
    for (name, lower, strict) in [
        ("trim_u", none, false),
        ("trim_u_strict", none, true),
        ("trim_lu", 25.0, false),
    ] {
        let options = TrimOptions {
            lower,
            upper: 45.0,
            strict,
            ..TrimOptions::default()
        };
        let trimmed = trim(&done.weights, &options).unwrap();
        let expected = Table::read(folder.join(format!("weights_{name}.csv"))).numbers("w");
        let worst = difference(&trimmed.weights, &expected);
        println!("{name}: greatest relative difference {worst:e}");
        assert!(worst < 1e-10, "{name}: {worst:e}");
    }
}

#[test]
fn trimmed_replicates_are_those_of_r() {
    let Some(start) = replicate_weights("cal_rep_clus1") else {
        return;
    };
    let options = TrimOptions {
        upper: 45.0,
        ..TrimOptions::default()
    };
    let trimmed = trim_replicates(&start, 183, &options).unwrap();
    let worst = difference(&trimmed, &replicate_weights("trim_rep_u").unwrap());
    println!("trim_rep_u: greatest relative difference {worst:e}");
    assert!(worst < 1e-10, "{worst:e}");
}
