//! One row's statistic, through the public interface.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array};
use chiso_survey::estimate::{DesignEffect, Linearised, Source, Statistic, linearise};
use chiso_survey::sums::Sample;

use super::designs::Known;
use super::support::{Frame, Tabulate, block, reduce};
use super::table::{Account, Row};

/// The two-sided 95 % quantile of the normal distribution.
pub const NORMAL_95: f64 = 1.959_963_984_540_054_2;

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

/// What a row's function and variable ask for.
pub fn request(known: &Known, row: &Row) -> (Tabulate, Source, Statistic) {
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
        tabulation.pairs.push(pair);
        return (tabulation, Source::Pair(0), Statistic::Ratio);
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
    tabulation.variables.push(variable(&known.frame, y, level));
    (tabulation, Source::Variable(0), statistic)
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
    let (tabulation, source, statistic) = request(known, row);
    let sample = sample(known, tabulation);
    let all = linearise(&sample, 0, source, statistic).unwrap();
    compare_with(known, &sample, &all[domain(&sample, row)], row, account);
}

/// Compares a linearised statistic with a row.
pub fn compare_with(
    known: &Known,
    sample: &Sample,
    found: &Linearised,
    row: &Row,
    account: &mut Account,
) {
    let variance = match found.variance(&sample.structure) {
        Ok(variance) => variance,
        Err(fault) => return account.fault(row, fault),
    };
    account.row(row);
    let estimate = found.value.unwrap();
    let error = variance.sqrt();
    // An error that is zero but for rounding: R's own is of the same kind.
    let size = if row.se < Some(1e-9 * estimate.abs()) {
        estimate.abs()
    } else {
        0.0
    };
    account.number(row, "estimate", Some(estimate), row.est);
    account.number_of_size(row, "se", Some(error), row.se, size);
    account.number_of_size(
        row,
        "cv",
        Some(error / estimate),
        row.cv,
        size / estimate.abs(),
    );
    let kind = match row.opt.as_str() {
        "deff=replace" => DesignEffect::Replacement,
        _ => DesignEffect::WithoutReplacement,
    };
    let effect = found.design_effect(variance, kind);
    account.number_of_size(
        row,
        "deff",
        effect,
        row.deff,
        f64::from(u8::from(size > 0.0)),
    );
    // A subset has degrees of freedom of its own; a domain of `svyby` has those of the design.
    let degrees = match &known.keep {
        Some(_) => found.domain_degrees_of_freedom,
        None => sample.degrees_of_freedom(),
    };
    account.number(row, "degf", Some(f64::from(degrees)), row.degf);
    let quantile = match row.ci.as_str() {
        "" => return,
        "normal" => NORMAL_95,
        // t_degf, t_degf(full design)
        _ => return,
    };
    // An end near zero is the difference of larger numbers.
    let size = estimate.abs();
    let half = quantile * error;
    account.number_of_size(row, "lower end", Some(estimate - half), row.lo, size);
    account.number_of_size(row, "upper end", Some(estimate + half), row.hi, size);
}
