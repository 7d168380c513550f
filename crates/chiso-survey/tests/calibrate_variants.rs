//! Variants of calibration that the reference files lack, against R survey 4.1.1 (Debian), whose
//! calibration equals 4.5's. The numbers were made by the calls given beside them.

mod calibrate_support;

use calibrate_support::{Design, SCHOOL_WIDE, TOTALS, TYPES, difference, model};
use chiso_survey::calibrate::{
    Adjustment, Bounds, GregOptions, InconsistentMargins, Margin, ModelMatrix, PostStratifyOptions,
    RakeOptions, ResidualVariance, greg, poststratify, rake,
};

/// Three weights, and the standard errors of the mean and total of api00.
fn agrees(design: &Design, steps: &[&Adjustment], rows: [usize; 3], r: [f64; 5]) {
    let weights = &steps.last().unwrap().weights;
    let y = design.data.numbers("api00");
    let size: f64 = weights.iter().sum();
    let mean = weights.iter().zip(&y).map(|(w, y)| w * y).sum::<f64>() / size;
    let error = |z: &dyn Fn(usize) -> f64| {
        let mut z: Vec<f64> = (0..y.len()).map(z).collect();
        steps
            .iter()
            .for_each(|step| step.residuals.apply(&mut z).unwrap());
        design.variance(&z).sqrt()
    };
    let found = [
        weights[rows[0] - 1],
        weights[rows[1] - 1],
        weights[rows[2] - 1],
        error(&|i| weights[i] * (y[i] - mean) / size),
        error(&|i| weights[i] * y[i]),
    ];
    assert!(difference(&found, &r) < 1e-10, "{found:?}");
}

#[test]
fn post_stratification_by_two_variables_on_two_stages() {
    let Some(design) = Design::clus2() else {
        return;
    };
    // postStratify(dclus2, ~stype + comp.imp, table of apipop, partial = TRUE)
    let (stype, improved) = (
        design.data.factor("stype").0,
        design.data.factor("comp.imp").0,
    );
    let cell: Vec<u32> = stype
        .iter()
        .zip(&improved)
        .map(|(s, c)| s + 3 * c)
        .collect();
    let totals = [885.0, 438.0, 389.0, 3536.0, 317.0, 629.0];
    let options = PostStratifyOptions { partial: true };
    let done = poststratify(&design.weights, &cell, &totals, options).unwrap();
    let weight = 23.636363636363637;
    let r = [
        weight,
        weight,
        weight,
        22.452945246082407,
        139073.5428542344,
    ];
    agrees(&design, &[&done], [1, 50, 126], r);
}

#[test]
fn linear_calibration_on_two_stages() {
    let Some(design) = Design::clus2() else {
        return;
    };
    // calibrate(dclus2, ~stype + api99, pop.tot)
    let model = model(&design.data);
    let done = greg(&design.weights, &model, &TOTALS, &GregOptions::default()).unwrap();
    let r = [
        21.683151826985743,
        24.923268971356624,
        24.7263557747374,
        2.371321453050295,
        14687.96508019361,
    ];
    agrees(&design, &[&done], [1, 50, 126], r);
}

#[test]
fn a_variance_of_the_working_model_for_each_record_or_column() {
    let Some(design) = Design::strat() else {
        return;
    };
    let (model, api99) = (model(&design.data), design.data.numbers("api99"));
    // calibrate(dstrat, ~stype + api99, pop.tot, variance = apistrat$api99)
    let options = GregOptions {
        variance: ResidualVariance::PerRecord(&api99),
        ..GregOptions::default()
    };
    let done = greg(&design.weights, &model, &TOTALS, &options).unwrap();
    let r = [
        45.27781947167603,
        45.416189976231266,
        15.130191861925379,
        1.9080012955321293,
        11818.160024526005,
    ];
    agrees(&design, &[&done], [1, 50, 200], r);
    // variance = c(1, 0, 0, 0.01)
    let options = GregOptions {
        variance: ResidualVariance::PerColumn(&[1.0, 0.0, 0.0, 0.01]),
        ..options
    };
    let done = greg(&design.weights, &model, &TOTALS, &options).unwrap();
    let r = [
        45.301156585820834,
        45.4523872012813,
        15.122669908674322,
        1.9063709337489263,
        11808.061563640858,
    ];
    agrees(&design, &[&done], [1, 50, 200], r);
}

#[test]
fn a_variance_averaged_over_whole_clusters() {
    let Some(design) = Design::clus2() else {
        return;
    };
    // calibrate(dclus2, ~stype + api99, pop.tot, variance = apiclus2$api99, aggregate.stage = 1)
    let (model, api99) = (model(&design.data), design.data.numbers("api99"));
    let options = GregOptions {
        variance: ResidualVariance::PerRecord(&api99),
        aggregate: Some(&design.clusters),
        ..GregOptions::default()
    };
    let done = greg(&design.weights, &model, &TOTALS, &options).unwrap();
    let r = [
        27.179413254174158,
        21.540541998113323,
        36.702296028409776,
        4.835838004571713,
        29953.18060031726,
    ];
    agrees(&design, &[&done], [1, 50, 126], r);
}

#[test]
fn two_calibrations_in_turn_leave_both_residuals() {
    let Some(design) = Design::clus1() else {
        return;
    };
    // calibrate(postStratify(dclus1, ~stype, pop.types), ~sch.wide, c(6194, 5122))
    let (stype, wide) = (
        design.data.factor("stype").0,
        design.data.factor("sch.wide").0,
    );
    let options = PostStratifyOptions::default();
    let first = poststratify(&design.weights, &stype, &TYPES, options).unwrap();
    let model = ModelMatrix::new(wide.len())
        .intercept()
        .factor("sch.wide", &wide, &["No", "Yes"])
        .unwrap();
    let second = greg(
        &first.weights,
        &model,
        &[6194.0, 5122.0],
        &GregOptions::default(),
    )
    .unwrap();
    let r = [
        51.74600903363898,
        29.458862059676704,
        29.458862059676704,
        23.813174735327294,
        146720.9723328322,
    ];
    agrees(&design, &[&first, &second], [1, 50, 183], r);
}

#[test]
fn margins_of_different_size_are_raked_as_r_does_if_accepted() {
    let Some(design) = Design::clus1() else {
        return;
    };
    // rake(dclus1, list(~stype, ~sch.wide), …) with sch.wide totals 1100 and 5122
    let (stype, wide) = (
        design.data.factor("stype").0,
        design.data.factor("sch.wide").0,
    );
    let totals = [1100.0, SCHOOL_WIDE[1]];
    let margins = [
        Margin {
            category_of_record: &stype,
            totals: &TYPES,
        },
        Margin {
            category_of_record: &wide,
            totals: &totals,
        },
    ];
    let options = RakeOptions {
        inconsistent: InconsistentMargins::Accept,
        ..RakeOptions::default()
    };
    let done = rake(&design.weights, &margins, options).unwrap();
    let found = [done.weights[0], done.weights[49], done.weights[182]];
    let r = [50.17702759146747, 29.913434165024483, 29.913434165024483];
    assert!(difference(&found, &r) < 1e-12, "{found:?}");
}

#[test]
fn bounds_on_weights_hold_and_totals_are_met() {
    let Some(design) = Design::clus1() else {
        return;
    };
    let options = GregOptions {
        bounds: Bounds::Weight {
            lower: 18.0,
            upper: 60.0,
        },
        epsilon: 1e-12,
        ..GregOptions::default()
    };
    let done = greg(&design.weights, &model(&design.data), &TOTALS, &options).unwrap();
    assert!(
        done.weights
            .iter()
            .all(|w| (18.0 - 1e-9..=60.0 + 1e-9).contains(w))
    );
    assert!(done.weights.iter().any(|w| (w - 18.0).abs() < 1e-9));
    assert!(done.totals.iter().all(|t| t.misfit() < 1e-12));
    let impossible = GregOptions {
        bounds: Bounds::Weight {
            lower: 30.0,
            upper: 40.0,
        },
        ..options
    };
    let error = greg(&design.weights, &model(&design.data), &TOTALS, &impossible).unwrap_err();
    assert!(error.to_string().contains("auxiliary variable"), "{error}");
    let forced = GregOptions {
        accept_unconverged: true,
        ..impossible
    };
    assert!(
        !greg(&design.weights, &model(&design.data), &TOTALS, &forced)
            .unwrap()
            .converged
    );
}
