//! Replicate weights that came with the data: checked, grouped, and given their scale.

use std::collections::HashMap;

use faer::{Mat, MatRef};

use super::{ReplicateError, ReplicateMethod, ReplicateWeights, degrees_of_freedom};

/// The rule by which squares of given replicates are scaled (R `svrepdesign`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GivenScale<'a> {
    /// As the data's makers say: one factor, and one for every replicate (`None` for all 1).
    Stated {
        /// Factor of the whole sum.
        scale: f64,
        /// Factor of every replicate.
        replicate_scales: Option<&'a [f64]>,
    },
    /// Jackknife without strata: `(R − 1)/R`.
    Jk1,
    /// Jackknife of pairs, one replicate a pair: 1.
    Jk2,
    /// Half-samples: `1/R`.
    Brr,
    /// Half-samples with Fay's `rho`: `1/(R (1 − rho)²)`.
    Fay {
        /// Fay's coefficient, `0 ≤ rho < 1`.
        rho: f64,
    },
    /// Any bootstrap: `1/(R − 1)`.
    Bootstrap,
    /// Successive differences (the American Community Survey): `4/R`.
    SuccessiveDifference,
}

/// Replicate weights as a file holds them.
#[derive(Debug, Clone, Copy)]
pub struct GivenWeights<'a> {
    /// Rows × replicates.
    pub replicate_weights: MatRef<'a, f64>,
    /// The sampling weight of every row.
    pub sampling_weights: &'a [f64],
    /// Whether the replicate weights already hold the sampling weight (`true`) or multiply it.
    pub combined: bool,
    /// How squares are scaled.
    pub scale: GivenScale<'a>,
    /// Centre squares at the full-sample estimate.
    pub mse: bool,
}

/// Given weights by unit, and the unit of every row.
#[derive(Debug, Clone)]
pub struct GivenReplicates {
    /// The multipliers, a row a unit.
    pub weights: ReplicateWeights,
    /// The unit to which each row belongs; rows of a unit share their multipliers.
    pub unit_of_row: Vec<usize>,
}

/// Checks given weights, turns combined ones into multipliers, and gathers rows with the same
/// multipliers to units, so that sums per unit are all that the replicates need. Where weights
/// were made by whole PSUs and not calibrated since, units are PSUs or groups of them.
///
/// Combined weights lose their last bits when divided by the sampling weight, so there multipliers
/// that agree to `2⁻⁴⁴` count as the same.
///
/// Degrees of freedom: rank of the rows' analysis weights − 1 ([`degrees_of_freedom`]).
///
/// # Errors
/// Lengths that differ; a weight that is negative or not finite; a combined replicate weight
/// where the sampling weight is 0; a scale that is negative or not finite; `rho` out of range.
/// Negative *replicate* weights are allowed, since rescaled bootstraps have them.
pub fn given(weights: &GivenWeights<'_>) -> Result<GivenReplicates, ReplicateError> {
    check(weights)?;
    let (scale, replicate_scales, rho) = scales(weights)?;
    let replicates = weights.replicate_weights.ncols();
    let mut unit_of_multipliers: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut rows_of_units: Vec<Vec<f64>> = Vec::new();
    let mut squares: Vec<f64> = Vec::new();
    let mut unit_of_row = Vec::with_capacity(weights.sampling_weights.len());
    for (row, &base) in weights.sampling_weights.iter().enumerate() {
        let multipliers = multipliers_of(weights, row, base)?;
        let key = multipliers
            .iter()
            .map(|&m| key(m, weights.combined))
            .collect();
        let unit = *unit_of_multipliers.entry(key).or_insert_with(|| {
            rows_of_units.push(multipliers);
            squares.push(0.0);
            squares.len() - 1
        });
        squares[unit] += base * base;
        unit_of_row.push(unit);
    }
    let multipliers = Mat::from_fn(rows_of_units.len(), replicates, |unit, r| {
        rows_of_units[unit][r]
    });
    let norms: Vec<f64> = squares.iter().map(|square| square.sqrt()).collect();
    let degrees_of_freedom = degrees_of_freedom(multipliers.as_ref(), Some(&norms));
    let weights = ReplicateWeights {
        multipliers,
        scale,
        replicate_scales,
        method: ReplicateMethod::Given,
        rho,
        mse: weights.mse,
        degrees_of_freedom,
    };
    Ok(GivenReplicates {
        weights,
        unit_of_row,
    })
}

fn check(weights: &GivenWeights<'_>) -> Result<(), ReplicateError> {
    let (rows, replicates) = (
        weights.replicate_weights.nrows(),
        weights.replicate_weights.ncols(),
    );
    let found = weights.sampling_weights.len();
    if rows == 0 {
        return Err(ReplicateError::NoPsu);
    }
    if found != rows {
        return Err(ReplicateError::Length {
            what: "sampling weights",
            found,
            expected: rows,
        });
    }
    if replicates == 0 {
        return Err(ReplicateError::Replicates {
            found: 0,
            method: "a given set",
        });
    }
    let bad = |weight: f64| !weight.is_finite() || weight < 0.0;
    match weights
        .sampling_weights
        .iter()
        .position(|&weight| bad(weight))
    {
        Some(row) => Err(ReplicateError::Weight {
            what: "sampling weight",
            row,
            replicate: None,
            found: weights.sampling_weights[row],
        }),
        None => Ok(()),
    }
}

fn scales(weights: &GivenWeights<'_>) -> Result<(f64, Vec<f64>, f64), ReplicateError> {
    let replicates = weights.replicate_weights.ncols();
    let count = replicates as f64;
    let mut replicate_scales = vec![1.0; replicates];
    let mut damping = 0.0;
    let scale = match weights.scale {
        GivenScale::Stated {
            scale,
            replicate_scales: stated,
        } => {
            if let Some(stated) = stated {
                replicate_scales = stated.to_vec();
            }
            scale
        }
        GivenScale::Jk1 => (count - 1.0) / count,
        GivenScale::Jk2 => 1.0,
        GivenScale::Brr => 1.0 / count,
        GivenScale::Fay { rho } if !(0.0..1.0).contains(&rho) => {
            return Err(ReplicateError::Rho { found: rho });
        }
        GivenScale::Fay { rho } => {
            damping = rho;
            1.0 / (count * (1.0 - rho).powi(2))
        }
        GivenScale::Bootstrap if replicates < 2 => {
            return Err(ReplicateError::Replicates {
                found: replicates,
                method: "a bootstrap",
            });
        }
        GivenScale::Bootstrap => 1.0 / (count - 1.0),
        GivenScale::SuccessiveDifference => 4.0 / count,
    };
    let found = replicate_scales.len();
    if found != replicates {
        return Err(ReplicateError::Length {
            what: "replicate scales",
            found,
            expected: replicates,
        });
    }
    let bad = |value: &f64| !value.is_finite() || *value < 0.0;
    if bad(&scale) {
        return Err(ReplicateError::Scale {
            what: "the scale",
            found: scale,
        });
    }
    match replicate_scales.iter().find(|value| bad(value)) {
        Some(&found) => Err(ReplicateError::Scale {
            what: "a replicate scale",
            found,
        }),
        None => Ok((scale, replicate_scales, damping)),
    }
}

fn multipliers_of(
    weights: &GivenWeights<'_>,
    row: usize,
    base: f64,
) -> Result<Vec<f64>, ReplicateError> {
    let one = |replicate: usize| {
        let found = weights.replicate_weights[(row, replicate)];
        if !found.is_finite() {
            let what = "replicate weight";
            return Err(ReplicateError::Weight {
                what,
                row,
                replicate: Some(replicate),
                found,
            });
        }
        match (weights.combined, base == 0.0) {
            (false, _) => Ok(found),
            (true, false) => Ok(found / base),
            (true, true) if found == 0.0 => Ok(1.0),
            (true, true) => Err(ReplicateError::ZeroBase {
                row,
                replicate,
                found,
            }),
        }
    };
    (0..weights.replicate_weights.ncols()).map(one).collect()
}

fn key(multiplier: f64, rounded: bool) -> u64 {
    const DROPPED_BITS: u32 = 52 - 44;
    let bits = multiplier.to_bits();
    if rounded {
        (bits + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS
    } else {
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined<'a>(matrix: MatRef<'a, f64>, base: &'a [f64]) -> GivenWeights<'a> {
        GivenWeights {
            replicate_weights: matrix,
            sampling_weights: base,
            combined: true,
            scale: GivenScale::Brr,
            mse: false,
        }
    }

    #[test]
    fn rows_that_share_their_multipliers_become_one_unit() {
        let base = [3.7, 1.1, 2.9];
        let multiplier = [[2.0, 0.3], [2.0, 0.3], [0.0, 1.7]];
        let matrix = Mat::from_fn(3, 2, |i, r| base[i] * multiplier[i][r]);
        let given = given(&combined(matrix.as_ref(), &base)).unwrap();
        assert_eq!(given.unit_of_row, [0, 0, 1]);
        assert_eq!(given.weights.scale, 0.5);
        assert_eq!(given.weights.degrees_of_freedom, 1);
    }

    #[test]
    fn bad_weights_are_named() {
        let matrix = Mat::from_fn(2, 2, |i, r| if (i, r) == (1, 1) { f64::NAN } else { 1.0 });
        let error = given(&combined(matrix.as_ref(), &[1.0, 1.0])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "replicate weight of row 1, replicate 1: found NaN, expected a finite number of at least 0"
        );
        let error = given(&combined(matrix.as_ref(), &[1.0, -1.0])).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("sampling weight of row 1: found -1")
        );
        let ones = Mat::full(2, 2, 1.0);
        let error = given(&combined(ones.as_ref(), &[0.0, 1.0])).unwrap_err();
        assert_eq!(
            error,
            ReplicateError::ZeroBase {
                row: 0,
                replicate: 0,
                found: 1.0
            }
        );
        let error = given(&combined(ones.as_ref(), &[1.0])).unwrap_err();
        assert!(matches!(
            error,
            ReplicateError::Length {
                found: 1,
                expected: 2,
                ..
            }
        ));
    }
}
