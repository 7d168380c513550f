//! What calibration does to the variance: the linearised values become residuals.
//!
//! After calibration the variance of an estimate is that of the residuals of its linearised
//! values `zᵢ` (weight included) on the auxiliary information. Here for categories; the residual
//! of linear calibration is in [`super::LinearResiduals`].

use super::LinearResiduals;
use super::cross::Cross;
use super::error::{CalibrationError, check_length};

/// Sweeps over the margins in the residual of raking; R `svyrecvar` makes ten.
const RAKING_SWEEPS: usize = 10;

/// Sums of an estimate's linearised values by record of the calibration, which here is a cell.
///
/// Let `zᵢ = wᵢ uᵢ` be the linearised value of respondent `i`, with `wᵢ` the calibrated weight
/// (for a mean `uᵢ = (yᵢ − ȳ) / Σw`, and `uᵢ = 0` outside the domain).
#[derive(Debug, Clone, Copy)]
pub struct CellSums<'a> {
    /// `Σ zᵢ` of each cell: all that post-stratification and linear calibration need.
    pub weighted: &'a [f64],
    /// `Σ uᵢ = Σ zᵢ / wᵢ` of each cell. Only raking needs it, because R takes *unweighted* means
    /// there; otherwise it may be empty.
    pub unweighted: &'a [f64],
    /// Respondents of each cell with a positive weight, in or out of the domain. Only raking
    /// needs it.
    pub respondents: &'a [f64],
}

/// The residual operator of one calibration, in the record form and in the cell form.
#[derive(Debug, Clone)]
pub enum ResidualOperator {
    /// Residual from the mean of the post-stratum.
    PostStratified(PostStratifiedResiduals),
    /// Residual from the margins, by ten sweeps.
    Raked(RakedResiduals),
    /// Residual from the regression on the auxiliary variables.
    Linear(LinearResiduals),
}

impl ResidualOperator {
    /// Replaces the linearised values `z` (one a record) by their residuals, as R `svyrecvar`
    /// does before it sums clusters. Records must be respondents: use
    /// [`Self::cell_coefficients`] if the calibration ran on cells.
    ///
    /// # Errors
    /// If `z` has not one entry a record.
    pub fn apply(&self, z: &mut [f64]) -> Result<(), CalibrationError> {
        match self {
            Self::PostStratified(operator) => operator.apply(z),
            Self::Raked(operator) => operator.apply(z),
            Self::Linear(operator) => operator.apply(z),
        }
    }

    /// For a calibration that ran on cells: the coefficient `b_c` of each cell such that the
    /// residual of respondent `i` in cell `c` is `zᵢ − wᵢ b_c` with the calibrated weight `wᵢ`.
    /// A cluster's residual total is therefore `Σ_c (Z_c − b_c W_c)` over its cells.
    ///
    /// # Errors
    /// If a slice that the method needs has not one entry a cell; for linear calibration by
    /// whole clusters, whose residual is not of this form.
    pub fn cell_coefficients(&self, sums: &CellSums<'_>) -> Result<Vec<f64>, CalibrationError> {
        match self {
            Self::PostStratified(operator) => operator.cell_coefficients(sums),
            Self::Raked(operator) => operator.cell_coefficients(sums),
            Self::Linear(operator) => operator.cell_coefficients(sums),
        }
    }
}

/// `zᵢ → zᵢ − wᵢ · Σ_{j∈c} zⱼ / Σ_{j∈c} wⱼ` within each post-stratum `c`, `w` calibrated.
///
/// R writes the mean with the weights before post-stratification; within a post-stratum they are
/// proportional to the weights after it, so the two are equal.
#[derive(Debug, Clone)]
pub struct PostStratifiedResiduals {
    cell: Vec<u32>,
    weights: Vec<f64>,
    cell_weights: Vec<f64>,
}

impl PostStratifiedResiduals {
    pub(super) fn new(cell: Vec<u32>, weights: Vec<f64>, cells: usize) -> Self {
        let cell_weights = super::adjustment::sum_by_category(&weights, &cell, cells);
        Self {
            cell,
            weights,
            cell_weights,
        }
    }

    fn means(&self, z: &[f64]) -> Vec<f64> {
        let mut means = super::adjustment::sum_by_category(z, &self.cell, self.cell_weights.len());
        for (mean, weight) in means.iter_mut().zip(&self.cell_weights) {
            // Without weight there is nothing to centre: every z of the cell is 0.
            *mean = if *weight == 0.0 { 0.0 } else { *mean / weight };
        }
        means
    }

    fn apply(&self, z: &mut [f64]) -> Result<(), CalibrationError> {
        check_length("linearised values", z.len(), self.cell.len())?;
        let means = self.means(z);
        for ((z, cell), weight) in z.iter_mut().zip(&self.cell).zip(&self.weights) {
            *z -= weight * means[*cell as usize];
        }
        Ok(())
    }

    fn cell_coefficients(&self, sums: &CellSums<'_>) -> Result<Vec<f64>, CalibrationError> {
        check_length("weighted cell sums", sums.weighted.len(), self.cell.len())?;
        let means = self.means(sums.weighted);
        Ok(self.cell.iter().map(|c| means[*c as usize]).collect())
    }
}

/// Ten sweeps over the margins `m`, each `zᵢ → zᵢ − pᵢ · mean_{j∈k}(zⱼ / pⱼ)` with the weight
/// `pᵢ` just after margin `m` of the last raking sweep and the *unweighted* mean over the records
/// of `i`'s category `k`.
///
/// Within a cell of the crossed table `pᵢ / wᵢ` is one ratio, so the ten sweeps compose to one
/// coefficient a cell. Records without weight take no part in the means (R would return NaN).
#[derive(Debug, Clone)]
pub struct RakedResiduals {
    cross: Cross,
    /// `pᵢ / wᵢ` by margin and cross cell.
    ratios: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl RakedResiduals {
    pub(super) fn new(cross: Cross, ratios: Vec<Vec<f64>>, weights: Vec<f64>) -> Self {
        Self {
            cross,
            ratios,
            weights,
        }
    }

    /// Coefficients of the cross cells from `Σ uᵢ` and the number of records in each.
    fn coefficients(&self, unweighted: &[f64], respondents: &[f64]) -> Vec<f64> {
        let mut coefficients = vec![0.0; self.cross.len()];
        for _ in 0..RAKING_SWEEPS {
            for (category, ratio) in self.cross.categories.iter().zip(&self.ratios) {
                let categories = category.iter().max().map_or(0, |c| *c as usize + 1);
                let mut sums = vec![0.0; categories];
                let mut counts = vec![0.0; categories];
                for (cell, k) in category.iter().enumerate() {
                    let left = unweighted[cell] - respondents[cell] * coefficients[cell];
                    sums[*k as usize] += left / ratio[cell];
                    counts[*k as usize] += respondents[cell];
                }
                for (cell, k) in category.iter().enumerate() {
                    if counts[*k as usize] > 0.0 {
                        let mean = sums[*k as usize] / counts[*k as usize];
                        coefficients[cell] += ratio[cell] * mean;
                    }
                }
            }
        }
        coefficients
    }

    fn apply(&self, z: &mut [f64]) -> Result<(), CalibrationError> {
        check_length("linearised values", z.len(), self.weights.len())?;
        let mut unweighted = vec![0.0; self.cross.len()];
        let mut respondents = vec![0.0; self.cross.len()];
        for ((z, cell), weight) in z.iter().zip(&self.cross.of_record).zip(&self.weights) {
            if *weight != 0.0 {
                unweighted[*cell as usize] += z / weight;
                respondents[*cell as usize] += 1.0;
            }
        }
        let coefficients = self.coefficients(&unweighted, &respondents);
        for ((z, cell), weight) in z.iter_mut().zip(&self.cross.of_record).zip(&self.weights) {
            *z -= weight * coefficients[*cell as usize];
        }
        Ok(())
    }

    fn cell_coefficients(&self, sums: &CellSums<'_>) -> Result<Vec<f64>, CalibrationError> {
        let cells = self.weights.len();
        check_length("unweighted cell sums", sums.unweighted.len(), cells)?;
        check_length("respondents of cells", sums.respondents.len(), cells)?;
        let coefficients = self.coefficients(
            &self.cross.sums(sums.unweighted),
            &self.cross.sums(sums.respondents),
        );
        Ok(self
            .cross
            .of_record
            .iter()
            .map(|c| coefficients[*c as usize])
            .collect())
    }
}
