//! One row's statistic, through the public interface.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array};
use chiso_survey::distribution::two_sided_critical_value;
use chiso_survey::estimate::{
    DesignEffect, Linearised, RowColumns, Source, Statistic, linearise, linearise_rows,
};
use chiso_survey::sums::Sample;

use super::calibrations::{ByCells, calibrate_rows};
use super::designs::Known;
use super::support::{Extra, Frame, Tabulate, block, reduce, reduce_with};
use super::table::{Account, Row};

/// The column of a variable; of a level of a factor, ones and zeros.
pub fn variable(frame: &Frame, y: &str, level: &str) -> ArrayRef {
    match level.strip_prefix(y).filter(|rest| !rest.is_empty()) {
        None => frame.column(y),
        Some(level) => {
            let known = |text: &String| !text.is_empty() && text != "NA";
            let values = frame
                .text(y)
                .iter()
                .map(|text| known(text).then(|| f64::from(u8::from(text == level))));
            Arc::new(values.collect::<Float64Array>())
        }
    }
}

/// Rows in which every one of the columns has a value, of those kept.
pub fn complete(columns: &[ArrayRef], keep: Option<&BooleanArray>) -> BooleanArray {
    (0..columns[0].len())
        .map(|row| {
            let kept = keep.is_none_or(|keep| keep.value(row));
            Some(kept && columns.iter().all(|column| column.is_valid(row)))
        })
        .collect()
}

/// A sample with one tabulation.
pub fn sample(known: &Known, tabulation: Tabulate) -> Sample {
    let block = block(&known.frame, &known.design);
    reduce(&block, &known.design, &[tabulation])
}

/// What a row's function and variable ask for. The tabulation has them as its only variable or
/// pair, and they are kept with the rows, in that order.
pub struct Request {
    pub tabulation: Tabulate,
    pub source: Source,
    pub kept: Vec<ArrayRef>,
    pub columns: RowColumns,
    pub statistic: Statistic,
}

pub fn request(known: &Known, row: &Row) -> Request {
    let by = row.by.split('+').filter(|name| !name.is_empty());
    let mut tabulation = Tabulate {
        by: by.map(|name| known.frame.column(name)).collect(),
        keep: known.keep.clone(),
        ..Tabulate::default()
    };
    if let Some((numerator, denominator)) = row.y.split_once('/') {
        let pair = (
            known.frame.column(numerator),
            known.frame.column(denominator),
        );
        tabulation.pairs.push(pair.clone());
        return Request {
            tabulation,
            source: Source::Pair(0),
            kept: vec![pair.0, pair.1],
            columns: RowColumns {
                variable: 0,
                denominator: Some(1),
            },
            statistic: Statistic::Ratio,
        };
    }
    let statistic = match row.fun.as_str() {
        "svymean" => Statistic::Mean,
        "svytotal" => Statistic::Total,
        "svyvar" => Statistic::Variance,
        other => panic!("no function {other}"),
    };
    let (y, level) = match row.y.split_once('+') {
        Some(_) => (row.level.as_str(), ""),
        None => (row.y.as_str(), row.level.as_str()),
    };
    let column = variable(&known.frame, y, level);
    tabulation.variables.push(column.clone());
    Request {
        tabulation,
        source: Source::Variable(0),
        kept: vec![column],
        columns: RowColumns {
            variable: 0,
            denominator: None,
        },
        statistic,
    }
}

/// The sample of a request, calibrated as its design says, and the statistic of its domains.
pub fn linearised(known: &Known, request: &Request) -> (Sample, Vec<Linearised>) {
    let block = block(&known.frame, &known.design);
    let tabulations = std::slice::from_ref(&request.tabulation);
    let Some(name) = &known.calibration else {
        let sample = reduce(&block, &known.design, tabulations);
        let all = linearise(&sample, 0, request.source, request.statistic).unwrap();
        return (sample, all);
    };
    let by_cells = ByCells::named(name, &known.frame);
    let extra = Extra {
        cells: by_cells.as_ref().map(|by| &by.cells[..]),
        kept: request.kept.clone(),
    };
    let (mut sample, mut rows) = reduce_with(&block, &known.design, tabulations, extra);
    let all = match by_cells {
        Some(by_cells) => {
            by_cells.calibrate(&mut sample);
            linearise(&sample, 0, request.source, request.statistic)
        }
        None => {
            calibrate_rows(name, &known.frame, &mut rows);
            linearise_rows(&sample, &rows, 0, request.columns, request.statistic)
        }
    };
    (sample, all.unwrap())
}

/// The domain of a row: the one whose values, joined by points, are its level of `by`.
pub fn domain(sample: &Sample, row: &Row) -> usize {
    let joined = |keys: &Vec<chiso_survey::key::Key>| {
        keys.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(".")
    };
    let domains = &sample.tabulations[0].domains;
    domains
        .iter()
        .position(|keys| joined(keys) == row.by_level)
        .unwrap()
}

/// Compares the statistic of a row: estimate, error, interval, design effect, variation and
/// degrees of freedom.
pub fn compare(known: &Known, row: &Row, account: &mut Account) {
    let (sample, all) = linearised(known, &request(known, row));
    let found = &all[domain(&sample, row)];
    // A subset has degrees of freedom of its own; a domain of `svyby` has those of the design.
    let degrees = match &known.keep {
        Some(_) => found.domain_degrees_of_freedom,
        None => sample.degrees_of_freedom(),
    };
    match found.variance(&sample.structure) {
        Ok(variance) => compare_with(row, found, variance, f64::from(degrees), account),
        Err(fault) => account.fault(row, fault),
    }
}

/// Compares a statistic and its variance with a row.
pub fn compare_with(
    row: &Row,
    found: &Linearised,
    variance: f64,
    degrees: f64,
    account: &mut Account,
) {
    let kind = match row.opt.as_str() {
        "deff=replace" => DesignEffect::Replacement,
        _ => DesignEffect::WithoutReplacement,
    };
    let effect = found.design_effect(variance, kind);
    compare_numbers(
        row,
        found.value.unwrap(),
        variance,
        effect,
        degrees,
        account,
    );
}

pub fn compare_numbers(
    row: &Row,
    estimate: f64,
    variance: f64,
    effect: Option<f64>,
    degrees: f64,
    account: &mut Account,
) {
    account.row(row);
    let error = variance.max(0.0).sqrt();
    // An error that is zero but for rounding: R's own is of the same kind.
    let nothing = row.se < Some(1e-9 * estimate.abs());
    let size = if nothing { estimate.abs() } else { 0.0 };
    account.number(row, "estimate", Some(estimate), row.est);
    account.number_of_size(row, "se", Some(error), row.se, size);
    let cv = Some(error / estimate);
    account.number_of_size(row, "cv", cv, row.cv, size / estimate.abs());
    account.number_of_size(row, "deff", effect, row.deff, size / estimate.abs());
    account.number(row, "degf", Some(degrees), row.degf);
    let freedom = match row.ci.as_str() {
        "" => return,
        "normal" => f64::INFINITY,
        // t_degf, t_degf(full design)
        _ => degrees,
    };
    let half = two_sided_critical_value(0.95, freedom).unwrap() * error;
    // An end near zero is the difference of larger numbers.
    let size = estimate.abs();
    account.number_of_size(row, "lower end", Some(estimate - half), row.lo, size);
    account.number_of_size(row, "upper end", Some(estimate + half), row.hi, size);
}
