//! The variance a simple random sample would have had, against which R sets a replicate variance.

use super::ReplicateError;

/// What the design effect of one variable needs of the rows that answered, in the domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimpleRandomSample {
    /// Number of rows, `n`.
    pub rows: f64,
    /// Sum of the sampling weights, `N`.
    pub weight: f64,
    /// Weighted sum of the variable.
    pub sum: f64,
    /// Weighted sum of the variable's square.
    pub squares: f64,
}

impl SimpleRandomSample {
    /// The weighted element variance `n/(n − 1) · (Σwy²/N − (Σwy/N)²)` (R `svyvar`).
    pub fn element_variance(&self) -> f64 {
        let mean = self.sum / self.weight;
        self.rows / (self.rows - 1.0) * (self.squares / self.weight - mean * mean)
    }

    /// The finite-population factor `(N − n)/N`; 1 for draws with replacement.
    ///
    /// # Errors
    /// Weights that sum to less than the rows: they are not scaled to the population.
    fn correction(&self, with_replacement: bool) -> Result<f64, ReplicateError> {
        if with_replacement {
            return Ok(1.0);
        }
        if self.weight < self.rows {
            let what = "the sum of weights less the number of rows";
            return Err(ReplicateError::Scale {
                what,
                found: self.weight - self.rows,
            });
        }
        Ok((self.weight - self.rows) / self.weight)
    }
}

/// Variance of a mean under simple random sampling: `s²/n`, times `(N − n)/N` unless
/// `with_replacement` (R: `deff = "replace"`). In a replicate design the rows are the domain's
/// alone. (R `svymean.svyrep.design`.)
///
/// # Errors
/// Without replacement, weights that sum to less than the number of rows.
pub fn srs_variance_of_mean(
    sample: &SimpleRandomSample,
    with_replacement: bool,
) -> Result<f64, ReplicateError> {
    Ok(sample.element_variance() / sample.rows * sample.correction(with_replacement)?)
}

/// Variance of a total under simple random sampling: `N² s²/n`, times `(N − n)/N` unless
/// `with_replacement`. (R `svytotal.svyrep.design`.)
///
/// # Errors
/// Without replacement, weights that sum to less than the number of rows.
pub fn srs_variance_of_total(
    sample: &SimpleRandomSample,
    with_replacement: bool,
) -> Result<f64, ReplicateError> {
    Ok(srs_variance_of_mean(sample, with_replacement)? * sample.weight * sample.weight)
}
