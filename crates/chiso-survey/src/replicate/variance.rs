//! Variance and covariance of estimates from their replicates.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use super::ReplicateError;

/// A variance from replicates, and how many replicates gave no number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplicateVariance {
    /// The variance, in the square of the estimate's unit.
    pub variance: f64,
    /// Replicates left out because their estimate was not finite.
    pub discarded: usize,
}

/// A covariance matrix from replicates, and how many replicates gave no number.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateCovariance {
    /// Estimates × estimates.
    pub covariance: Mat<f64>,
    /// Replicates left out because one of their estimates was not finite.
    pub discarded: usize,
}

/// Variance of one estimate: `scale · Σ_r rscale_r (θ_r − c)²`, `c` the mean of the `θ_r` with
/// `rscale_r > 0`, or `full` when `mse` is set (R `svrVar`). `theta` holds one value a replicate.
///
/// Values that are not finite are left out and counted; the scales stay as they are, as in R
/// (which leaves out NaN, but lets an infinite value spoil the variance).
///
/// Without any replicate (every PSU of the population was taken) the variance is 0.
///
/// # Errors
/// Not one value and one scale a replicate; no finite value among the replicates.
pub fn replicate_variance(
    theta: &[f64],
    full: f64,
    scale: f64,
    replicate_scales: &[f64],
    mse: bool,
) -> Result<ReplicateVariance, ReplicateError> {
    let (found, expected) = (theta.len(), replicate_scales.len());
    if found != expected {
        return Err(ReplicateError::Length {
            what: "replicate estimates",
            found,
            expected,
        });
    }
    let kept = || {
        theta
            .iter()
            .zip(replicate_scales)
            .filter(|(value, _)| value.is_finite())
    };
    let counted = kept().count();
    if counted == 0 && expected > 0 {
        return Err(ReplicateError::AllDiscarded {
            replicates: expected,
        });
    }
    let centre = if mse {
        full
    } else {
        // Deviations from the full estimate keep their digits where the values share many.
        let with_weight = || kept().filter(|(_, rscale)| **rscale > 0.0);
        let sum: f64 = with_weight().map(|(value, _)| value - full).sum();
        full + sum / with_weight().count().max(1) as f64
    };
    let sum: f64 = kept()
        .map(|(value, rscale)| rscale * (value - centre).powi(2))
        .sum();
    Ok(ReplicateVariance {
        variance: scale * sum,
        discarded: expected - counted,
    })
}

/// Covariance matrix of several estimates: `theta` is replicates × estimates, `full` the
/// full-sample estimates; formula and centring as [`replicate_variance`]. A replicate in which any
/// estimate is not finite is left out for all (R `svrVar` on a matrix).
///
/// # Errors
/// As [`replicate_variance`].
pub fn replicate_covariance(
    theta: MatRef<'_, f64>,
    full: &[f64],
    scale: f64,
    replicate_scales: &[f64],
    mse: bool,
) -> Result<ReplicateCovariance, ReplicateError> {
    let (replicates, estimates) = (theta.nrows(), theta.ncols());
    let lengths = [
        ("replicate estimates", replicates, replicate_scales.len()),
        ("full-sample estimates", full.len(), estimates),
    ];
    if let Some(&(what, found, expected)) = lengths.iter().find(|(_, a, b)| a != b) {
        return Err(ReplicateError::Length {
            what,
            found,
            expected,
        });
    }
    let finite = |r: &usize| (0..estimates).all(|k| theta[(*r, k)].is_finite());
    let kept: Vec<usize> = (0..replicates).filter(finite).collect();
    if kept.is_empty() && replicates > 0 {
        return Err(ReplicateError::AllDiscarded { replicates });
    }
    let with_weight: Vec<usize> = kept
        .iter()
        .copied()
        .filter(|&r| replicate_scales[r] > 0.0)
        .collect();
    let centre: Vec<f64> = (0..estimates)
        .map(|k| {
            let sum: f64 = with_weight.iter().map(|&r| theta[(r, k)] - full[k]).sum();
            if mse {
                full[k]
            } else {
                full[k] + sum / with_weight.len().max(1) as f64
            }
        })
        .collect();
    let deviations = Mat::from_fn(kept.len(), estimates, |i, k| {
        replicate_scales[kept[i]].sqrt() * (theta[(kept[i], k)] - centre[k])
    });
    let mut covariance = Mat::zeros(estimates, estimates);
    let transposed = deviations.transpose();
    matmul(
        &mut covariance,
        Accum::Replace,
        transposed,
        &deviations,
        scale,
        Par::Seq,
    );
    Ok(ReplicateCovariance {
        covariance,
        discarded: replicates - kept.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicates_without_a_number_are_left_out_and_counted() {
        let scales = [1.0; 4];
        let result = replicate_variance(
            &[1.0, f64::NAN, 3.0, f64::INFINITY],
            2.5,
            0.5,
            &scales,
            false,
        );
        assert_eq!(
            result,
            Ok(ReplicateVariance {
                variance: 1.0,
                discarded: 2
            })
        );
        let none = replicate_variance(&[f64::NAN; 4], 2.0, 1.0, &scales, false);
        assert_eq!(none, Err(ReplicateError::AllDiscarded { replicates: 4 }));
    }

    #[test]
    fn the_centre_is_the_mean_over_replicates_that_count() {
        let result = replicate_variance(&[1.0, 3.0, 100.0], 0.0, 1.0, &[1.0, 1.0, 0.0], false);
        assert_eq!(result.unwrap().variance, 2.0);
        let mse = replicate_variance(&[1.0, 3.0, 100.0], 0.0, 1.0, &[1.0, 1.0, 0.0], true);
        assert_eq!(mse.unwrap().variance, 10.0);
    }

    #[test]
    fn the_diagonal_of_the_covariance_is_the_variance() {
        let theta = Mat::from_fn(5, 2, |r, k| ((r * r + k * r) % 7) as f64);
        let (full, scales) = ([2.0, 3.0], [0.2, 0.3, 0.1, 0.5, 0.4]);
        let joint = replicate_covariance(theta.as_ref(), &full, 1.5, &scales, false).unwrap();
        for k in 0..2 {
            let column: Vec<f64> = (0..5).map(|r| theta[(r, k)]).collect();
            let alone = replicate_variance(&column, full[k], 1.5, &scales, false).unwrap();
            assert!((joint.covariance[(k, k)] - alone.variance).abs() < 1e-12);
        }
    }
}
