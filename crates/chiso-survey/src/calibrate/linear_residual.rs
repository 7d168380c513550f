//! The residual of linear calibration: what a regression on the auxiliary variables leaves over.

use super::algebra::{dot, orthonormal};
use super::error::{CalibrationError, check_length};
use super::residual::CellSums;

/// `zᵢ → zᵢ − pᵢ (Q Qᵀ u)ᵢ` with `uᵢ = zᵢ / pᵢ`, where Q spans the columns `xᵢ √(wᵢ) / σᵢ` and
/// `pᵢ = gᵢ √(wᵢ) σᵢ`, w the weights before calibration: R's `greg_calibration` residual, in which
/// the least-squares fit uses the design weights and g scales the result.
///
/// Under calibration by whole clusters x, w and σ² are cluster means. After iterated calibration
/// (raking, logit, bounds) R leaves σ out of both Q and p.
#[derive(Debug, Clone)]
pub struct LinearResiduals {
    basis: Vec<Vec<f64>>,
    /// pᵢ.
    scale: Vec<f64>,
    /// The calibrated weights, unless clusters were calibrated as a whole.
    weights: Option<Vec<f64>>,
}

/// What the operator is made of, one entry a record.
pub(super) struct Fit<'a> {
    /// Auxiliary columns.
    pub columns: &'a [Vec<f64>],
    /// Weights before calibration.
    pub working: &'a [f64],
    /// g.
    pub factors: &'a [f64],
    /// σ².
    pub variance: Option<&'a [f64]>,
    /// Whether the columns are cluster means.
    pub aggregated: bool,
}

impl LinearResiduals {
    pub(super) fn new(fit: &Fit<'_>) -> Self {
        let sigma = |record: usize| fit.variance.map_or(1.0, |v| v[record].sqrt());
        let half: Vec<f64> = fit.working.iter().map(|w| w.sqrt()).collect();
        let weighted = fit.columns.iter().map(|column| {
            (0..column.len())
                .map(|i| column[i] * half[i] / sigma(i))
                .collect()
        });
        let weights = fit.working.iter().zip(fit.factors).map(|(w, g)| w * g);
        Self {
            basis: orthonormal(weighted.collect()),
            scale: (0..half.len())
                .map(|i| fit.factors[i] * half[i] * sigma(i))
                .collect(),
            weights: (!fit.aggregated).then(|| weights.collect()),
        }
    }

    /// p (Q Qᵀ u): the part of z that the auxiliary variables explain. Records whose weight is 0
    /// carry no information and explain nothing.
    fn fitted(&self, z: &[f64]) -> Vec<f64> {
        let u: Vec<f64> = z
            .iter()
            .zip(&self.scale)
            .map(|(z, p)| if *p == 0.0 { 0.0 } else { z / p })
            .collect();
        let mut fitted = vec![0.0; u.len()];
        for direction in &self.basis {
            let along = dot(direction, &u);
            for (value, unit) in fitted.iter_mut().zip(direction) {
                *value += along * unit;
            }
        }
        fitted.iter().zip(&self.scale).map(|(f, p)| f * p).collect()
    }

    /// Number of directions that the auxiliary variables span.
    pub(crate) fn directions(&self) -> usize {
        self.basis.len()
    }

    /// Σ pᵢ Qᵢ over the records of each group (`groups` × directions): with [`Self::along`], what
    /// of a group's total the auxiliary variables explain, without a pass over all records.
    pub(crate) fn by_group(&self, group_of_record: &[u32], groups: usize) -> Vec<f64> {
        let width = self.directions();
        let mut sums = vec![0.0; groups * width];
        for (column, direction) in self.basis.iter().enumerate() {
            for ((unit, scale), group) in direction.iter().zip(&self.scale).zip(group_of_record) {
                sums[*group as usize * width + column] += unit * scale;
            }
        }
        sums
    }

    /// Qᵀ u for linearised values that are 0 in all records but those given.
    pub(crate) fn along(&self, values: &[(u32, f64)]) -> Vec<f64> {
        let one = |direction: &Vec<f64>| {
            let terms = values.iter().map(|(record, z)| {
                let place = *record as usize;
                let scale = self.scale[place];
                if scale == 0.0 {
                    0.0
                } else {
                    direction[place] * (z / scale)
                }
            });
            terms.sum()
        };
        self.basis.iter().map(one).collect()
    }

    pub(super) fn apply(&self, z: &mut [f64]) -> Result<(), CalibrationError> {
        check_length("linearised values", z.len(), self.scale.len())?;
        let fitted = self.fitted(z);
        for (value, fitted) in z.iter_mut().zip(fitted) {
            *value -= fitted;
        }
        Ok(())
    }

    pub(super) fn cell_coefficients(
        &self,
        sums: &CellSums<'_>,
    ) -> Result<Vec<f64>, CalibrationError> {
        let Some(weights) = &self.weights else {
            return Err(CalibrationError::ClustersAreNotCells);
        };
        check_length("weighted cell sums", sums.weighted.len(), weights.len())?;
        let fitted = self.fitted(sums.weighted);
        Ok(fitted
            .iter()
            .zip(weights)
            .map(|(f, w)| if *w == 0.0 { 0.0 } else { f / w })
            .collect())
    }
}
