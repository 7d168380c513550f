//! Covariances of an estimate's rows, and contrasts of two rows.

use super::errors::Measured;
use super::estimates::{Evaluated, Inputs};
use super::interval::{IntervalKind, Parts, ends};
use super::{Flag, ResultError, Row};
use crate::specification::{ContrastKind, ContrastSpecification};
use std::collections::BTreeMap;

/// The covariances between the rows of one estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// The estimate's name.
    pub id: String,
    /// The rows, by place in the table of estimates.
    pub rows: Vec<usize>,
    /// Row by row.
    pub matrix: Vec<f64>,
}

/// The covariances of the estimates that ask for them. `evaluated` holds the rows of each
/// estimate of the specification.
///
/// # Errors
/// When a variance cannot be known and the design says to stop.
pub fn covariances(
    inputs: Inputs<'_>,
    evaluated: &[Vec<Evaluated>],
) -> Result<Vec<Covariance>, ResultError> {
    let mut result = Vec::new();
    let mut first = 0;
    for (estimate, rows) in inputs.specification.estimates.iter().zip(evaluated) {
        if estimate.covariance {
            let known: Vec<(usize, &Measured)> = rows
                .iter()
                .enumerate()
                .filter_map(|(place, row)| Some((first + place, row.measured.as_ref()?)))
                .collect();
            let statistics: Vec<&Measured> = known.iter().map(|(_, values)| *values).collect();
            result.push(Covariance {
                id: estimate.id.clone(),
                rows: known.iter().map(|(place, _)| *place).collect(),
                matrix: inputs.matrix(&statistics)?,
            });
        }
        first += rows.len();
    }
    Ok(result)
}

/// The contrasts of the specification, as rows.
///
/// The error is by the delta method: with gradient g and the covariance matrix V of the two
/// estimates, the variance is gᵀVg; clusters that both sides share are in V.
///
/// # Errors
/// When a side is no row or several, or a variance cannot be known.
pub fn contrasts(
    inputs: Inputs<'_>,
    evaluated: &[Vec<Evaluated>],
) -> Result<Vec<Row>, ResultError> {
    inputs
        .specification
        .contrasts
        .iter()
        .map(|contrast| contrast_row(inputs, evaluated, contrast))
        .collect()
}

fn contrast_row(
    inputs: Inputs<'_>,
    evaluated: &[Vec<Evaluated>],
    contrast: &ContrastSpecification,
) -> Result<Row, ResultError> {
    let first = side(
        inputs,
        evaluated,
        contrast,
        "first",
        &contrast.of,
        &contrast.first,
    )?;
    let second = side(
        inputs,
        evaluated,
        contrast,
        "second",
        &contrast.against,
        &contrast.second,
    )?;
    let mut row = Row {
        id: contrast.id.clone(),
        statistic: contrast.kind.word().to_owned(),
        variable: format!("{} against {}", name(&first.row), name(&second.row)),
        node: None,
        by: Vec::new(),
        estimate: None,
        standard_error: None,
        lo: None,
        hi: None,
        design_effect: None,
        degrees_of_freedom: first
            .row
            .degrees_of_freedom
            .min(second.row.degrees_of_freedom),
        n: first.row.n + second.row.n,
        flags: Vec::new(),
    };
    let (Some(a), Some(b)) = (&first.measured, &second.measured) else {
        row.flags.push(Flag::NoAnswers);
        return Ok(row);
    };
    let (Some(value_a), Some(value_b)) = (a.linearised.value, b.linearised.value) else {
        row.flags.push(Flag::NoAnswers);
        return Ok(row);
    };
    let Some((value, gradient)) = compare(contrast.kind, value_a, value_b) else {
        row.flags.push(Flag::Undefined);
        return Ok(row);
    };
    let matrix = inputs.matrix(&[a, b])?;
    let variance = gradient[0] * gradient[0] * matrix[0]
        + 2.0 * gradient[0] * gradient[1] * matrix[1]
        + gradient[1] * gradient[1] * matrix[3];
    row.estimate = Some(value);
    row.standard_error = Some(variance.max(0.0).sqrt());
    let parts = Parts {
        value,
        variance: variance.max(0.0),
        n: row.n,
        // R's confint of a contrast takes the normal distribution.
        degrees_of_freedom: f64::INFINITY,
        level: contrast.level,
    };
    match ends(IntervalKind::Symmetric, parts) {
        Some((lo, hi)) => (row.lo, row.hi) = (Some(lo), Some(hi)),
        None => row.flags.push(Flag::NoInterval),
    }
    Ok(row)
}

/// The comparison and its gradient; none where it does not exist.
fn compare(kind: ContrastKind, a: f64, b: f64) -> Option<(f64, [f64; 2])> {
    match kind {
        ContrastKind::Difference => Some((a - b, [1.0, -1.0])),
        ContrastKind::Ratio if b != 0.0 => Some((a / b, [1.0 / b, -a / (b * b)])),
        ContrastKind::PercentChange if b != 0.0 => {
            Some((100.0 * (a / b - 1.0), [100.0 / b, -100.0 * a / (b * b)]))
        }
        ContrastKind::LogRatio if a / b > 0.0 => Some(((a / b).ln(), [1.0 / a, -1.0 / b])),
        _ => None,
    }
}

fn name(row: &Row) -> String {
    let domain: Vec<String> = row
        .by
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    if domain.is_empty() {
        row.variable.clone()
    } else {
        format!("{} ({})", row.variable, domain.join(", "))
    }
}

fn side<'a>(
    inputs: Inputs<'_>,
    evaluated: &'a [Vec<Evaluated>],
    contrast: &ContrastSpecification,
    side: &'static str,
    of: &str,
    wanted: &BTreeMap<String, String>,
) -> Result<&'a Evaluated, ResultError> {
    let estimates = inputs.specification.estimates.iter().zip(evaluated);
    let fits = |row: &&Evaluated| {
        wanted.iter().all(|(column, value)| match column.as_str() {
            "variable" => row.row.variable == *value,
            _ => row
                .row
                .by
                .iter()
                .any(|(name, key)| name == column && key.to_string() == *value),
        })
    };
    let found: Vec<&Evaluated> = estimates
        .filter(|(estimate, _)| estimate.id == of)
        .flat_map(|(_, rows)| rows.iter().filter(fits))
        .collect();
    match found[..] {
        [row] => Ok(row),
        _ => Err(ResultError::Side {
            contrast: contrast.id.clone(),
            side,
            wanted: format!("{wanted:?}"),
            of: of.to_owned(),
            found: found.len(),
        }),
    }
}
