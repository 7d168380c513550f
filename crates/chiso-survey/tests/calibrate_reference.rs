//! Calibrated weights, estimates and standard errors against R survey 4.5.

mod calibrate_support;

use calibrate_support::{
    Design, TOTALS, TYPES, Table, calibrated, difference, model, reference, replicate_weights,
};
use chiso_survey::calibrate::{
    Adjustment, Calibration, GregOptions, PostStratifyOptions, TrimOptions, calibrate_replicates,
    trim,
};

const WEIGHTS: [&str; 12] = [
    "ps_clus1",
    "ps_clus2",
    "rake_clus1",
    "rake_default_clus1",
    "cal_linear_clus1",
    "cal_raking_clus1",
    "cal_logit_clus1",
    "cal_linbnd_clus1",
    "cal_linear_strat",
    "cal_raking_strat",
    "cal_agg_clus2",
    "cal_var_clus1",
];

#[test]
fn calibrated_weights_are_those_of_r() {
    let Some(folder) = reference() else { return };
    for name in WEIGHTS {
        let expected = Table::read(folder.join(format!("weights_{name}.csv"))).numbers("w");
        let (_, done) = calibrated(name).unwrap();
        let worst = difference(&done.weights, &expected);
        println!("{name}: greatest relative difference {worst:e}");
        assert!(worst < 1e-10, "{name}: {worst:e}");
    }
}

/// Weights of the estimate and values of numerator and denominator; 0 outside the domain.
struct Linearised {
    estimate: f64,
    /// Linearised values, weight included.
    z: Vec<f64>,
}

fn ratio(weights: &[f64], numerator: &[f64], denominator: &[f64]) -> Linearised {
    let sum = |x: &[f64]| -> f64 { weights.iter().zip(x).map(|(w, x)| w * x).sum() };
    let below = sum(denominator);
    let estimate = sum(numerator) / below;
    let z = (0..weights.len())
        .map(|i| weights[i] * (numerator[i] - estimate * denominator[i]) / below)
        .collect();
    Linearised { estimate, z }
}

fn total(weights: &[f64], values: &[f64]) -> Linearised {
    let z: Vec<f64> = weights.iter().zip(values).map(|(w, x)| w * x).collect();
    Linearised {
        estimate: z.iter().sum(),
        z,
    }
}

/// Values (0 where missing or outside) and the indicator of presence, for one row of the table.
fn values(data: &Table, y: &str, level: &str, inside: &[bool]) -> (Vec<f64>, Vec<f64>) {
    let raw: Vec<f64> = if let Some(level) = level.strip_prefix(y).filter(|rest| !rest.is_empty()) {
        let equal = |text: &String| f64::from(u8::from(text == level));
        data.text(y).iter().map(equal).collect()
    } else {
        data.numbers(y)
    };
    let keep = |i: usize| inside[i] && !raw[i].is_nan();
    (0..raw.len())
        .map(|i| if keep(i) { (raw[i], 1.0) } else { (0.0, 0.0) })
        .unzip()
}

struct Row<'a> {
    fun: &'a str,
    y: &'a str,
    level: &'a str,
    by: &'a str,
    by_level: &'a str,
}

fn estimate(data: &Table, weights: &[f64], row: &Row<'_>, domain: &[bool]) -> Linearised {
    let inside: Vec<bool> = (0..data.rows)
        .map(|i| domain[i] && (row.by.is_empty() || data.text(row.by)[i] == row.by_level))
        .collect();
    if row.fun == "svyratio" {
        let (above, below) = row.y.split_once('/').unwrap();
        let (mut a, present_a) = values(data, above, "", &inside);
        let (mut b, present_b) = values(data, below, "", &inside);
        for i in 0..a.len() {
            a[i] *= present_b[i];
            b[i] *= present_a[i];
        }
        return ratio(weights, &a, &b);
    }
    let (y, present) = values(data, row.y, row.level, &inside);
    if row.fun == "svymean" {
        ratio(weights, &y, &present)
    } else {
        total(weights, &y)
    }
}

/// The calibration under a design's name, trimmed where the name says so.
fn adjusted(name: &str) -> (Design, Adjustment) {
    let Some(limits) = name.strip_prefix("trim_") else {
        return calibrated(name).unwrap();
    };
    let (design, mut done) = calibrated("cal_linear_clus1").unwrap();
    let options = TrimOptions {
        lower: if limits.starts_with("lu") {
            25.0
        } else {
            f64::NEG_INFINITY
        },
        upper: 45.0,
        strict: limits.ends_with("strict"),
        ..TrimOptions::default()
    };
    done.weights = trim(&done.weights, &options).unwrap().weights;
    (design, done)
}

#[test]
fn standard_errors_after_calibration_are_those_of_r() {
    assert!(compare("calibration.csv").is_none_or(|compared| compared == 732));
}

#[test]
fn standard_errors_after_trimming_are_those_of_r() {
    assert!(compare("trim.csv").is_none_or(|compared| compared == 162));
}

/// Compares every mean, total and ratio of a file, and counts them.
fn compare(file: &str) -> Option<usize> {
    let table = Table::read(reference()?.join(file));
    let (estimates, errors) = (table.numbers("est"), table.numbers("se"));
    let (mut compared, mut left_out) = (0, std::collections::BTreeMap::<String, usize>::new());
    let mut cached: Option<(String, Design, Adjustment)> = None;
    for i in 0..table.rows {
        let text = |column: &str| table.text(column)[i].as_str();
        let fun = text("fun");
        if !matches!(fun, "svymean" | "svytotal" | "svyratio") || text("design").contains("_rep_") {
            *left_out
                .entry(format!("{fun} {}", text("design")))
                .or_default() += 1;
            continue;
        }
        let name = text("design").split('|').next().unwrap();
        if cached.as_ref().is_none_or(|(of, ..)| of != name) {
            let (design, done) = adjusted(name);
            cached = Some((name.to_owned(), design, done));
        }
        let (_, design, done) = cached.as_ref().unwrap();
        let row = Row {
            fun,
            y: text("y"),
            level: text("level"),
            by: text("by"),
            by_level: text("bylevel"),
        };
        let subset = text("design").contains("|comp.imp==Yes");
        let improved = design.data.text("comp.imp");
        let domain: Vec<bool> = improved.iter().map(|c| !subset || c == "Yes").collect();
        let Linearised { estimate, mut z } = estimate(&design.data, &done.weights, &row, &domain);
        done.residuals.apply(&mut z).unwrap();
        let error = design.variance(&z).sqrt();
        let what = format!(
            "line {}: {} {fun} {} {}",
            i + 2,
            text("design"),
            row.y,
            row.by_level
        );
        let close = |found: f64, expected: f64, scale: f64| {
            (found - expected).abs() <= 1e-10 * expected.abs().max(scale)
        };
        assert!(
            close(estimate, estimates[i], 0.0),
            "{what}: {estimate} {}",
            estimates[i]
        );
        // An error of 0 (a calibrated total) is 0 to the rounding of its estimate.
        let scale = if errors[i] < 1e-9 * estimate {
            estimate
        } else {
            0.0
        };
        assert!(
            close(error, errors[i], scale),
            "{what}: se {error} {}",
            errors[i]
        );
        compared += 1;
    }
    println!("{file}: compared {compared} rows; left out {left_out:?}");
    Some(compared)
}

/// scale of the JK1 replicates of apiclus1 with fpc, from replicate_weights_INDEX.csv.
const SCALE: f64 = 0.914_839_277_851_166_8;

#[test]
fn standard_errors_from_calibrated_replicates_are_those_of_r() {
    let (Some(folder), Some(design)) = (reference(), Design::clus1()) else {
        return;
    };
    let start = replicate_weights("apiclus1_JK1_fpc").unwrap();
    let (cell, model) = (design.data.factor("stype").0, model(&design.data));
    let table = Table::read(folder.join("calibration.csv"));
    let (estimates, errors) = (table.numbers("est"), table.numbers("se"));
    let mut compared = 0;
    for name in ["ps_rep_clus1", "cal_rep_clus1"] {
        let calibration = if name == "ps_rep_clus1" {
            Calibration::PostStratify {
                cell: &cell,
                totals: &TYPES,
                options: PostStratifyOptions::default(),
            }
        } else {
            Calibration::Greg {
                model: &model,
                totals: &TOTALS,
                options: GregOptions::default(),
            }
        };
        let done = calibrate_replicates(&design.weights, &start, &calibration).unwrap();
        let weights: Vec<f64> = start
            .iter()
            .zip(&done.factors)
            .map(|(w, g)| w * g)
            .collect();
        for i in 0..table.rows {
            let text = |column: &str| table.text(column)[i].as_str();
            if text("design") != name || text("fun") == "svyvar" {
                continue;
            }
            let row = Row {
                fun: text("fun"),
                y: text("y"),
                level: text("level"),
                by: text("by"),
                by_level: text("bylevel"),
            };
            let all = vec![true; design.data.rows];
            let value = |weights: &[f64]| estimate(&design.data, weights, &row, &all).estimate;
            let main = value(&done.main.weights);
            let values: Vec<f64> = weights.chunks(183).map(value).collect();
            let mean = values.iter().sum::<f64>() / 15.0;
            let spread: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
            let error = (SCALE * spread).sqrt();
            let what = format!(
                "line {}: {name} {} {} {}",
                i + 2,
                row.fun,
                row.y,
                row.by_level
            );
            assert!((main / estimates[i] - 1.0).abs() < 1e-10, "{what}: {main}");
            let scale = errors[i].max(if errors[i] < 1e-9 * main { main } else { 0.0 });
            assert!(
                (error - errors[i]).abs() < 1e-10 * scale,
                "{what}: {error} {}",
                errors[i]
            );
            compared += 1;
        }
    }
    println!("compared {compared} rows");
    assert_eq!(compared, 108);
}
