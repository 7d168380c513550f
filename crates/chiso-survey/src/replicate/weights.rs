//! Replicate weights as a matrix of multipliers, with the scales that turn replicates into a variance.

use faer::Mat;

use super::variance::{ReplicateVariance, replicate_variance};
use super::{ReplicateError, degrees_of_freedom};

/// How the replicates were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicateMethod {
    /// Jackknife without strata: one PSU left out at a time.
    Jk1,
    /// Stratified jackknife: one PSU left out at a time, within its stratum.
    Jkn,
    /// Balanced half-samples.
    Brr,
    /// Balanced half-samples with Fay's damping `rho`.
    Fay,
    /// Canty and Davison's bootstrap.
    Bootstrap,
    /// Rao and Wu's bootstrap with `n_h − 1` draws.
    Subbootstrap,
    /// Rao, Wu and Yue's rescaled bootstrap with `m_h` draws.
    RaoWu,
    /// Preston's multistage rescaled bootstrap.
    MultistageRescaled,
    /// Weights that came with the data.
    Given,
}

/// Replicate weights: a multiplier of the sampling weight for every unit and replicate.
///
/// A unit is a PSU, but for the multistage bootstrap (a unit of the last stage) and for given
/// weights (a group of rows that share their multipliers).
#[derive(Debug, Clone)]
pub struct ReplicateWeights {
    /// Units × replicates; 1 leaves the sampling weight as it is.
    pub multipliers: Mat<f64>,
    /// Factor of the whole sum of squares.
    pub scale: f64,
    /// Factor of every replicate's square, one a replicate.
    pub replicate_scales: Vec<f64>,
    /// How the replicates were made.
    pub method: ReplicateMethod,
    /// Fay's coefficient; 0 for every other method.
    pub rho: f64,
    /// Centre the squares at the full-sample estimate rather than at the replicates' mean.
    pub mse: bool,
    /// Degrees of freedom of the variance over the whole sample.
    pub degrees_of_freedom: usize,
}

impl ReplicateWeights {
    /// How many units (rows of the multipliers) there are.
    pub fn units(&self) -> usize {
        self.multipliers.nrows()
    }

    /// How many replicates there are; none when every PSU of the population was taken.
    pub fn replicates(&self) -> usize {
        self.multipliers.ncols()
    }

    /// The same weights, with squares centred at the full-sample estimate (`mse = true`) or at the
    /// replicates' mean.
    pub fn with_mse(mut self, mse: bool) -> Self {
        self.mse = mse;
        self
    }

    /// The variance of one estimate from its replicates, by these weights' scales
    /// ([`replicate_variance`]).
    ///
    /// # Errors
    /// `theta` is not one value a replicate, or no replicate gave a number.
    pub fn variance(&self, theta: &[f64], full: f64) -> Result<ReplicateVariance, ReplicateError> {
        replicate_variance(theta, full, self.scale, &self.replicate_scales, self.mse)
    }

    /// Degrees of freedom of the units of a domain: rank of their multipliers − 1, as R finds them
    /// for a subset of a replicate design.
    ///
    /// # Errors
    /// A unit that does not exist.
    pub fn domain_degrees_of_freedom(&self, units: &[usize]) -> Result<usize, ReplicateError> {
        let available = self.units();
        if let Some(&found) = units.iter().find(|&&unit| unit >= available) {
            return Err(ReplicateError::OutOfRange {
                what: "unit",
                found,
                available,
            });
        }
        let rows = Mat::from_fn(units.len(), self.replicates(), |i, r| {
            self.multipliers[(units[i], r)]
        });
        Ok(degrees_of_freedom(rows.as_ref(), None))
    }
}
