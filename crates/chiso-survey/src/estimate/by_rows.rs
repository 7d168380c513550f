//! The same statistics from the rows: for weights that differ within a cell, as after calibration
//! to totals of numbers, or after trimming.

use super::Statistic;
use super::linear::{Function, Linearised};
use crate::calibrate::{CalibrationError, ResidualOperator};
use crate::sums::{PairMoments, Rows, Sample};

/// The kept columns that a statistic takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowColumns {
    /// The variable, or a ratio's numerator.
    pub variable: usize,
    /// A ratio's denominator.
    pub denominator: Option<usize>,
}

/// The statistic of every domain of a tabulation, from the rows and their present weights.
///
/// With linearised values zᵢ (0 outside the domain) the error is that of Σz, after calibration
/// that of the residuals of z on the auxiliary variables (Deville and Särndal 1992).
///
/// # Errors
/// When the calibration's records are not these rows.
pub fn linearise_rows(
    sample: &Sample,
    rows: &Rows,
    tabulation: usize,
    columns: RowColumns,
    statistic: Statistic,
) -> Result<Vec<Linearised>, CalibrationError> {
    let sums = &sample.tabulations[tabulation];
    rows.of_domains(tabulation, sums.domains.len())
        .iter()
        .zip(&sums.degrees_of_freedom)
        .map(|(members, degrees)| {
            let found = domain(sample, rows, members, columns, statistic)?;
            let counted = match rows.residuals {
                Some(_) => rows.len(),
                None => members.len(),
            };
            Ok(Linearised {
                rows: counted as f64,
                domain_degrees_of_freedom: *degrees,
                ..found
            })
        })
        .collect()
}

/// One row's part of the sums; none where a value is missing.
pub(super) fn part(rows: &Rows, columns: RowColumns, row: u32) -> Option<PairMoments> {
    let place = row as usize;
    let y = rows.value(columns.variable, place)?;
    let x = columns
        .denominator
        .map_or(Some(0.0), |column| rows.value(column, place))?;
    let w = rows.weights[place];
    Some(PairMoments {
        // Calibration can make a weight negative; only 0 takes a row out, as in R.
        n: f64::from(u8::from(w != 0.0)),
        w,
        wy: w * y,
        wx: w * x,
        wyy: w * y * y,
        wxy: w * x * y,
        wxx: w * x * x,
    })
}

fn domain(
    sample: &Sample,
    rows: &Rows,
    members: &[u32],
    columns: RowColumns,
    statistic: Statistic,
) -> Result<Linearised, CalibrationError> {
    let parts: Vec<(u32, PairMoments)> = members
        .iter()
        .filter_map(|row| Some((*row, part(rows, columns, *row)?)))
        .collect();
    let mut total = PairMoments::default();
    for (_, part) in &parts {
        total.add(part);
    }
    let mut result = Linearised {
        n: total.n,
        weight: total.w,
        ..Linearised::default()
    };
    let Some(function) = Function::of(statistic, &total) else {
        return Ok(result);
    };
    result.value = Some(function.value);
    result.srs_variance = function.srs_variance(&total);
    let values = parts
        .iter()
        .map(|(row, part)| (*row, function.linearised(part)));
    (result.leaves, result.values) = leaf_totals(sample, rows, values)?;
    Ok(result)
}

/// Totals by leaf of linearised values, or of their residuals after calibration.
pub(super) fn leaf_totals(
    sample: &Sample,
    rows: &Rows,
    values: impl Iterator<Item = (u32, f64)>,
) -> Result<(Vec<u32>, Vec<f64>), CalibrationError> {
    let Some(residuals) = &rows.residuals else {
        return Ok(rows.leaf_totals(sample, values));
    };
    if let ResidualOperator::Linear(operator) = residuals {
        let values: Vec<(u32, f64)> = values.collect();
        let (leaves, totals) = rows.leaf_totals(sample, values.iter().copied());
        let along = operator.along(&values);
        return Ok(less_explained(sample, rows, &leaves, &totals, &along));
    }
    let mut all = vec![0.0; rows.len()];
    for (row, value) in values {
        all[row as usize] = value;
    }
    residuals.apply(&mut all)?;
    let all = all
        .into_iter()
        .enumerate()
        .map(|(row, value)| (row as u32, value));
    Ok(rows.leaf_totals(sample, all))
}

/// Totals of residuals on every leaf of the sample, in the order of its tree: those of the values,
/// less what linear calibration explains.
fn less_explained(
    sample: &Sample,
    rows: &Rows,
    leaves: &[u32],
    totals: &[f64],
    along: &[f64],
) -> (Vec<u32>, Vec<f64>) {
    let order = &sample.structure.order;
    let mut all = vec![0; order.len()];
    for (leaf, place) in order.iter().enumerate() {
        all[*place as usize] = leaf as u32;
    }
    let mut own = leaves.iter().zip(totals).peekable();
    let residual = |leaf: &u32| {
        let total = own
            .next_if(|(other, _)| *other == leaf)
            .map_or(0.0, |(_, total)| *total);
        let start = *leaf as usize * along.len();
        let explained = &rows.explained[start..start + along.len()];
        let fitted: f64 = explained.iter().zip(along).map(|(e, a)| e * a).sum();
        total - fitted
    };
    let residuals = all.iter().map(residual).collect();
    (all, residuals)
}
