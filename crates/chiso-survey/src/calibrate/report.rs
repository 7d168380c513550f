//! What a calibration did to the weights: spread before and after, factors, totals.

use super::adjustment::{Adjustment, Reached};
use super::error::{CalibrationError, check_length};

/// The distribution of a set of weights, over the records with a weight other than 0.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightSummary {
    /// Records with a weight other than 0.
    pub n: u64,
    /// Σ w.
    pub sum: f64,
    /// Least weight.
    pub min: f64,
    /// First quartile, median and third quartile (R's default, type 7); None where only moments
    /// are known.
    pub quartiles: Option<[f64; 3]>,
    /// Greatest weight.
    pub max: f64,
    /// Coefficient of variation: standard deviation (divisor n) over mean.
    pub cv: f64,
    /// Kish's design effect due to weighting, `1 + cv² = n Σw² / (Σw)²`.
    pub design_effect: f64,
    /// Effective sample size, `(Σw)² / Σw² = n / design_effect`.
    pub effective_n: f64,
}

impl WeightSummary {
    /// The summary of weights known one by one; None if all are 0 or there are none.
    ///
    /// Source: Kish 1965, §11.7; Kish 1992.
    pub fn of(weights: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = weights.iter().copied().filter(|w| *w != 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let moments = WeightMoments {
            n: sorted.len() as u64,
            sum: sorted.iter().sum(),
            sum_of_squares: sorted.iter().map(|w| w * w).sum(),
            min: *sorted.first()?,
            max: *sorted.last()?,
        };
        let quartiles = [0.25, 0.5, 0.75].map(|p| quantile(&sorted, p));
        Some(Self {
            quartiles: Some(quartiles),
            ..Self::from_moments(&moments)?
        })
    }

    /// The summary of weights known by their moments; None if n is 0. No quartiles.
    pub fn from_moments(moments: &WeightMoments) -> Option<Self> {
        if moments.n == 0 {
            return None;
        }
        let square_of_sum = moments.sum * moments.sum;
        let effect = moments.n as f64 * moments.sum_of_squares / square_of_sum;
        Some(Self {
            n: moments.n,
            sum: moments.sum,
            min: moments.min,
            quartiles: None,
            max: moments.max,
            // Rounding can take the effect of equal weights just below 1.
            cv: (effect - 1.0).max(0.0).sqrt(),
            design_effect: effect,
            effective_n: square_of_sum / moments.sum_of_squares,
        })
    }
}

/// Quantile of type 7 (Hyndman & Fan 1996) of sorted values, of which there is at least one.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Moments of the weights of a cell's respondents: enough for all but the quartiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightMoments {
    /// Respondents with a weight other than 0.
    pub n: u64,
    /// Σ w.
    pub sum: f64,
    /// Σ w².
    pub sum_of_squares: f64,
    /// Least weight.
    pub min: f64,
    /// Greatest weight.
    pub max: f64,
}

impl WeightMoments {
    /// No respondent yet.
    pub const EMPTY: Self = Self {
        n: 0,
        sum: 0.0,
        sum_of_squares: 0.0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
    };

    /// Both sets of respondents together.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            sum: self.sum + other.sum,
            sum_of_squares: self.sum_of_squares + other.sum_of_squares,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// Every weight times `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        if self.n == 0 || factor == 0.0 {
            return Self::EMPTY;
        }
        let (a, b) = (self.min * factor, self.max * factor);
        Self {
            n: self.n,
            sum: self.sum * factor,
            sum_of_squares: self.sum_of_squares * factor * factor,
            min: a.min(b),
            max: a.max(b),
        }
    }
}

/// The weights before and after a calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightReport {
    /// The starting weights.
    pub before: WeightSummary,
    /// The calibrated weights.
    pub after: WeightSummary,
    /// Least factor g.
    pub factor_min: f64,
    /// Greatest factor g.
    pub factor_max: f64,
    /// Sweeps or Newton steps.
    pub iterations: usize,
    /// False if the caller accepted weights that did not settle.
    pub converged: bool,
    /// Every known total: wanted, before, reached.
    pub totals: Vec<Reached>,
    /// Population categories without sample that were passed over.
    pub ignored: Vec<usize>,
}

impl WeightReport {
    /// The report of a calibration of respondents, from their starting weights.
    ///
    /// # Errors
    /// If `before` has not one weight a record of the calibration, or all weights are 0.
    pub fn new(before: &[f64], adjustment: &Adjustment) -> Result<Self, CalibrationError> {
        check_length("starting weights", before.len(), adjustment.factors.len())?;
        Self::assemble(
            WeightSummary::of(before),
            WeightSummary::of(&adjustment.weights),
            adjustment,
        )
    }

    /// The report of a calibration of cells, from the moments of the starting weights in each.
    ///
    /// # Errors
    /// If `before` has not one entry a cell, or all weights are 0.
    pub fn from_cells(
        before: &[WeightMoments],
        adjustment: &Adjustment,
    ) -> Result<Self, CalibrationError> {
        check_length("moments of cells", before.len(), adjustment.factors.len())?;
        let merge = |all: WeightMoments, cell| all.merge(cell);
        let start = before.iter().copied().fold(WeightMoments::EMPTY, merge);
        let scaled = before.iter().zip(&adjustment.factors);
        let end = scaled
            .map(|(cell, factor)| cell.scaled(*factor))
            .fold(WeightMoments::EMPTY, merge);
        Self::assemble(
            WeightSummary::from_moments(&start),
            WeightSummary::from_moments(&end),
            adjustment,
        )
    }

    fn assemble(
        before: Option<WeightSummary>,
        after: Option<WeightSummary>,
        adjustment: &Adjustment,
    ) -> Result<Self, CalibrationError> {
        let (Some(before), Some(after)) = (before, after) else {
            return Err(CalibrationError::NoRecords);
        };
        let factors = adjustment.factors.iter().copied();
        Ok(Self {
            before,
            after,
            factor_min: factors.clone().fold(f64::INFINITY, f64::min),
            factor_max: factors.fold(f64::NEG_INFINITY, f64::max),
            iterations: adjustment.iterations,
            converged: adjustment.converged,
            totals: adjustment.totals.clone(),
            ignored: adjustment.ignored.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::{PostStratifyOptions, poststratify};

    #[test]
    fn summary_of_one_to_five_is_that_of_r() {
        // R: summary(c(1,2,3,4,5,0)[1:5]); Kish: 5 * 55 / 15².
        let summary = WeightSummary::of(&[5.0, 1.0, 0.0, 2.0, 4.0, 3.0]).unwrap();
        assert_eq!(summary.n, 5);
        assert_eq!(summary.quartiles, Some([2.0, 3.0, 4.0]));
        assert!((summary.design_effect - 275.0 / 225.0).abs() < 1e-15);
        assert!((summary.effective_n - 225.0 / 55.0).abs() < 1e-14);
        assert!((summary.cv.powi(2) + 1.0 - summary.design_effect).abs() < 1e-15);
        assert!(WeightSummary::of(&[0.0]).is_none());
    }

    #[test]
    fn report_from_cells_equals_report_from_respondents() {
        let weights = [1.0, 3.0, 2.0, 6.0];
        let cell = [0, 0, 1, 1];
        let totals = [8.0, 5.0];
        let options = PostStratifyOptions::default();
        let done = poststratify(&weights, &cell, &totals, options).unwrap();
        let by_respondent = WeightReport::new(&weights, &done).unwrap();
        let moments = [(1.0, 3.0), (2.0, 6.0)].map(|(a, b): (f64, f64)| WeightMoments {
            n: 2,
            sum: a + b,
            sum_of_squares: a * a + b * b,
            min: a,
            max: b,
        });
        let cells = poststratify(&[4.0, 8.0], &[0, 1], &totals, options).unwrap();
        let by_cell = WeightReport::from_cells(&moments, &cells).unwrap();
        let without_quartiles = WeightSummary {
            quartiles: None,
            ..by_respondent.after.clone()
        };
        assert_eq!(by_cell.after, without_quartiles);
        assert_eq!(by_cell.totals, by_respondent.totals);
        assert_eq!((by_cell.factor_min, by_cell.factor_max), (0.625, 2.0));
    }
}
