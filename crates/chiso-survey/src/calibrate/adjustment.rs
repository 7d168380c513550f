//! What a calibration did: a factor per record and the totals before and after.

use super::ResidualOperator;

/// One known total: what was wanted, what the weights gave before and what they give now.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Margin, or 0 in post-stratification, or the column of the model matrix.
    pub margin: usize,
    /// Category within the margin; 0 for a column of the model matrix.
    pub category: usize,
    /// The population total.
    pub wanted: f64,
    /// Σ of the starting weights (times the auxiliary value).
    pub before: f64,
    /// Σ of the calibrated weights (times the auxiliary value).
    pub reached: f64,
}

impl Reached {
    /// |reached − wanted| / (1 + |wanted|), the measure by which R's `calibrate` judges.
    pub fn misfit(&self) -> f64 {
        (self.reached - self.wanted).abs() / (1.0 + self.wanted.abs())
    }
}

/// The outcome of a calibration over `n` records.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// g: calibrated weight over starting weight, one a record.
    pub factors: Vec<f64>,
    /// The calibrated weights, one a record.
    pub weights: Vec<f64>,
    /// Sweeps or Newton steps made (1 where there is nothing to iterate).
    pub iterations: usize,
    /// False only if the caller accepted weights that did not settle.
    pub converged: bool,
    /// Every known total with what was reached, margin by margin.
    pub totals: Vec<Reached>,
    /// Population categories without sample that a partial post-stratification passed over.
    pub ignored: Vec<usize>,
    /// How the calibration changes the variables of which the variance is taken.
    pub residuals: ResidualOperator,
}

/// Σ of `weights` in each of `categories` categories.
pub(super) fn sum_by_category(weights: &[f64], category: &[u32], categories: usize) -> Vec<f64> {
    let mut sums = vec![0.0; categories];
    for (weight, category) in weights.iter().zip(category) {
        sums[*category as usize] += weight;
    }
    sums
}

/// The rows of [`Adjustment::totals`] for one margin.
pub(super) fn reached_by_category(
    margin: usize,
    wanted: &[f64],
    before: &[f64],
    reached: &[f64],
) -> Vec<Reached> {
    (0..wanted.len())
        .map(|category| Reached {
            margin,
            category,
            wanted: wanted[category],
            before: before[category],
            reached: reached[category],
        })
        .collect()
}
