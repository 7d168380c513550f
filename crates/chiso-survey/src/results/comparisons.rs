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

/// The estimates that are observations of an index, in every replicate of the sample.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeReplicates {
    /// The rows, by place in the table of estimates.
    pub rows: Vec<usize>,
    /// A value per replicate and row, replicate after replicate.
    pub values: Vec<f64>,
    /// The factor of each replicate's squared deviation in a variance.
    pub factors: Vec<f64>,
    /// Whether deviations are from the estimate of the whole sample rather than from the replicates'
    /// mean.
    pub from_sample: bool,
}

/// The estimates with a node and one column of `by`, replicate by replicate; none without replicates.
///
/// # Errors
/// When weights are known by row only.
pub fn node_replicates(
    inputs: Inputs<'_>,
    evaluated: &[Vec<Evaluated>],
) -> Result<Option<NodeReplicates>, ResultError> {
    let Some(replication) = inputs.replication else {
        return Ok(None);
    };
    let of_nodes = evaluated
        .iter()
        .flatten()
        .enumerate()
        .filter_map(|(place, evaluated)| {
            let row = &evaluated.row;
            let known = row.estimate.is_some() && row.node.is_some() && row.by.len() == 1;
            Some((place, evaluated.measured.as_ref().filter(|_| known)?.place))
        });
    let (rows, places): (Vec<usize>, Vec<_>) = of_nodes.unzip();
    let (_, theta) = replication.values(inputs.sample, &places)?;
    let weights = replication.weights();
    let cells = (0..theta.nrows()).flat_map(|replicate| {
        let theta = &theta;
        (0..theta.ncols()).map(move |row| theta[(replicate, row)])
    });
    Ok(Some(NodeReplicates {
        values: cells.collect(),
        factors: weights
            .replicate_scales
            .iter()
            .map(|scale| scale * weights.scale)
            .collect(),
        from_sample: weights.mse,
        rows,
    }))
}

/// The covariances between the estimates of one domain that are observations of an index, for every
/// domain: those with a node and one column of `by`, whatever estimate they belong to. They say how
/// the answers of the same respondents, and of the same clusters, move an index's leaves together.
/// `evaluated` holds the rows of each estimate of the specification.
///
/// # Errors
/// When a variance cannot be known and the design says to stop.
pub fn node_covariances(
    inputs: Inputs<'_>,
    evaluated: &[Vec<Evaluated>],
) -> Result<Vec<Covariance>, ResultError> {
    let mut domains: BTreeMap<String, Vec<(usize, &Measured)>> = BTreeMap::new();
    for (place, evaluated) in evaluated.iter().flatten().enumerate() {
        let (row, measured) = (&evaluated.row, evaluated.measured.as_ref());
        let known = row.estimate.is_some() && row.standard_error.is_some();
        if let ([(column, key)], Some(_), Some(measured)) = (&row.by[..], &row.node, measured)
            && known
        {
            domains
                .entry(format!("{column} = {key}"))
                .or_default()
                .push((place, measured));
        }
    }
    let of_domain = |(id, rows): (String, Vec<(usize, &Measured)>)| {
        let statistics: Vec<&Measured> = rows.iter().map(|(_, measured)| *measured).collect();
        Ok(Covariance {
            id,
            rows: rows.iter().map(|(place, _)| *place).collect(),
            matrix: inputs.matrix(&statistics)?,
        })
    };
    domains.into_iter().map(of_domain).collect()
}

/// The contrasts of the specification, as rows.
///
/// The error is by the delta method: with gradient g and the covariance matrix V of the
/// estimates, the variance is gᵀVg; clusters that the sides share are in V.
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
    let find = |word, of, values| side(inputs, evaluated, contrast, word, of, values);
    let sides = if contrast.kind == ContrastKind::Linear {
        let terms = contrast.terms.iter();
        terms
            .map(|term| find("terms", &contrast.of, &term.values))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        vec![
            find("first", &contrast.of, &contrast.first)?,
            find("second", &contrast.against, &contrast.second)?,
        ]
    };
    let mut row = empty_row(contrast, &sides);
    let measured: Option<Vec<_>> = sides.iter().map(|side| side.measured.as_ref()).collect();
    let Some(measured) = measured else {
        row.flags.push(Flag::NoAnswers);
        return Ok(row);
    };
    let values: Option<Vec<f64>> = measured.iter().map(|m| m.linearised.value).collect();
    let Some((value, gradient)) = values.and_then(|values| compare(contrast, &values)) else {
        row.flags.push(Flag::Undefined);
        return Ok(row);
    };
    let matrix = inputs.matrix(&measured)?;
    let products = gradient.iter().enumerate().flat_map(|(i, left)| {
        let row = &matrix[i * gradient.len()..];
        gradient
            .iter()
            .zip(row)
            .map(move |(right, v)| left * right * v)
    });
    let variance: f64 = products.sum();
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

fn empty_row(contrast: &ContrastSpecification, sides: &[&Evaluated]) -> Row {
    let names: Vec<String> = match contrast.kind {
        ContrastKind::Linear => {
            let terms = contrast.terms.iter().zip(sides);
            terms
                .map(|(term, side)| format!("{} × {}", term.weight, name(&side.row)))
                .collect()
        }
        _ => sides.iter().map(|side| name(&side.row)).collect(),
    };
    let between = if contrast.kind == ContrastKind::Linear {
        " + "
    } else {
        " against "
    };
    let degrees = sides.iter().map(|side| side.row.degrees_of_freedom);
    Row {
        id: contrast.id.clone(),
        statistic: contrast.kind.word().to_owned(),
        variable: names.join(between),
        node: None,
        by: Vec::new(),
        estimate: None,
        standard_error: None,
        lo: None,
        hi: None,
        design_effect: None,
        degrees_of_freedom: degrees.fold(f64::INFINITY, f64::min),
        n: sides.iter().map(|side| side.row.n).sum(),
        flags: Vec::new(),
    }
}

/// The comparison and its gradient; none where it does not exist.
fn compare(contrast: &ContrastSpecification, values: &[f64]) -> Option<(f64, Vec<f64>)> {
    if contrast.kind == ContrastKind::Linear {
        let weights: Vec<f64> = contrast.terms.iter().map(|term| term.weight).collect();
        let value = weights.iter().zip(values).map(|(w, v)| w * v).sum();
        return Some((value, weights));
    }
    let [a, b] = values[..] else {
        return None;
    };
    match contrast.kind {
        ContrastKind::Difference => Some((a - b, vec![1.0, -1.0])),
        ContrastKind::Ratio if b != 0.0 => Some((a / b, vec![1.0 / b, -a / (b * b)])),
        ContrastKind::PercentChange if b != 0.0 => {
            Some((100.0 * (a / b - 1.0), vec![100.0 / b, -100.0 * a / (b * b)]))
        }
        ContrastKind::LogRatio if a / b > 0.0 => Some(((a / b).ln(), vec![1.0 / a, -1.0 / b])),
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
