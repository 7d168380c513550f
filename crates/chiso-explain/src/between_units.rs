//! How much of the variance of estimates is real: the variance between units beside their sampling
//! errors (a random-effects model without covariates).

use chiso_index::numbers::{mean, sum};
use chiso_survey::distribution::{chi_square_quantile, chi_square_upper_tail};

/// The real variance by several estimators.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RealVariance {
    /// By the moments: `s² − mean(se²)`, at least 0, with `s² = Σ(x − x̄)²/(n − 1)` (L. V. Hedges,
    /// *A Random Effects Model for Effect Sizes*, 1983).
    pub moments: f64,
    /// By R. DerSimonian and N. Laird (*Meta-Analysis in Clinical Trials*, 1986):
    /// `(Q − (n − 1)) / (Σw − Σw²/Σw)`, at least 0, with `w = 1/se²`; none where an error is 0.
    pub dersimonian_laird: Option<f64>,
    /// By R. C. Paule and J. Mandel (*Consensus Values and Weighting Factors*, 1982): the τ² at
    /// which `Σ(x − μ)²/(τ² + se²) = n − 1`, or 0.
    pub paule_mandel: f64,
    /// The lower end of the interval by Q-profiles (W. Viechtbauer, *Confidence Intervals for the
    /// Amount of Heterogeneity in Meta-Analysis*, 2007).
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The variance of estimates, divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variances {
    /// The plain mean of the estimates.
    pub mean: f64,
    /// Its standard error `√Σse² / n`, of independent units.
    pub mean_standard_error: f64,
    /// The observed variance `s²`.
    pub observed: f64,
    /// The mean of the squared standard errors.
    pub sampling: f64,
    /// What is left.
    pub real: RealVariance,
    /// The probability of so great a `Q = Σ(x − μ)²/se²` if nothing differs but by sampling (W. G.
    /// Cochran, 1954); χ² with n − 1 degrees of freedom.
    pub p_value: f64,
}

impl Variances {
    /// The share of the observed variance that is real, `moments / observed`; 0 where all estimates
    /// are equal.
    pub fn reliability(&self) -> f64 {
        share(self.real.moments, self.observed)
    }

    /// The interval of the reliability: `τ²/(τ² + mean(se²))` at the ends of the interval of τ².
    pub fn reliability_interval(&self) -> (f64, f64) {
        let at = |real: f64| share(real, real + self.sampling);
        (at(self.real.low), at(self.real.high))
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Divides the variance of estimates with their standard errors; none of fewer than two.
pub(crate) fn divide(estimates: &[f64], errors: &[f64], confidence: f64) -> Option<Variances> {
    let units = Estimates { estimates, errors };
    let n = estimates.len();
    let centre = mean(estimates).filter(|_| n > 1)?;
    let freedom = (n - 1) as f64;
    let observed = sum(estimates.iter().map(|x| (x - centre).powi(2))) / freedom;
    let squares = sum(errors.iter().map(|error| error * error));
    let sampling = squares / n as f64;
    let tail = (1.0 - confidence) / 2.0;
    let profile = |p: f64| Some(units.solve(chi_square_quantile(p, freedom).ok()?, observed));
    Some(Variances {
        mean: centre,
        mean_standard_error: squares.sqrt() / n as f64,
        observed,
        sampling,
        real: RealVariance {
            moments: (observed - sampling).max(0.0),
            dersimonian_laird: units.dersimonian_laird(),
            paule_mandel: units.solve(freedom, observed),
            low: profile(1.0 - tail)?,
            high: profile(tail)?,
        },
        p_value: match units.q(0.0) {
            q if q.is_finite() => chi_square_upper_tail(q, freedom).ok()?,
            _ => 0.0,
        },
    })
}

#[derive(Clone, Copy)]
pub(crate) struct Estimates<'a> {
    pub estimates: &'a [f64],
    pub errors: &'a [f64],
}

impl Estimates<'_> {
    fn weights(&self, real: f64) -> impl Iterator<Item = f64> + '_ {
        self.errors
            .iter()
            .map(move |error| 1.0 / (real + error * error))
    }

    /// The weighted mean and its weights' sum.
    pub fn centre(&self, real: f64) -> (f64, f64) {
        let all = sum(self.weights(real));
        let products = self.weights(real).zip(self.estimates);
        (sum(products.map(|(weight, x)| weight * x)) / all, all)
    }

    /// `Σ(x − μ)²/(τ² + se²)`, which falls as τ² grows; without bounds at 0 where an error is 0 and
    /// the estimates differ.
    fn q(&self, real: f64) -> f64 {
        let is_exact = real == 0.0 && self.errors.contains(&0.0);
        if is_exact {
            let differ = self.estimates.iter().any(|x| *x != self.estimates[0]);
            return if differ { f64::INFINITY } else { 0.0 };
        }
        let (centre, _) = self.centre(real);
        let terms = self.weights(real).zip(self.estimates);
        sum(terms.map(|(weight, x)| weight * (x - centre).powi(2)))
    }

    /// The τ² at which Q is `target`, by bisection; 0 where it is below from the start.
    fn solve(&self, target: f64, scale: f64) -> f64 {
        if self.q(0.0) <= target || target <= 0.0 {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, scale.max(f64::MIN_POSITIVE));
        while self.q(high) > target && high < f64::MAX / 4.0 {
            high *= 2.0;
        }
        for _ in 0..200 {
            let middle = low + (high - low) / 2.0;
            if self.q(middle) > target {
                low = middle;
            } else {
                high = middle;
            }
        }
        low + (high - low) / 2.0
    }

    fn dersimonian_laird(&self) -> Option<f64> {
        if self.errors.contains(&0.0) {
            return None;
        }
        let (all, squares) = (
            sum(self.weights(0.0)),
            sum(self.weights(0.0).map(|w| w * w)),
        );
        let freedom = (self.estimates.len() - 1) as f64;
        Some(((self.q(0.0) - freedom) / (all - squares / all)).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_errors_give_the_same_real_variance_by_every_estimator() {
        let estimates = [1.0, 4.0, 2.0, 8.0, 5.0];
        let found = divide(&estimates, &[1.0; 5], 0.95).unwrap();
        // Mean 4, squares 9 + 0 + 4 + 16 + 1 = 30 over 4.
        assert_eq!(
            (found.mean, found.observed, found.sampling),
            (4.0, 7.5, 1.0)
        );
        for real in [
            found.real.moments,
            found.real.dersimonian_laird.unwrap(),
            found.real.paule_mandel,
        ] {
            assert!((real - 6.5).abs() < 1e-12, "{real}");
        }
        assert!((found.reliability() - 6.5 / 7.5).abs() < 1e-15);
        // With equal errors the ends are 30/χ² − 1: qchisq(0.975, 4) and qchisq(0.025, 4) of R.
        assert!((found.real.low - (30.0 / 11.143286781877796 - 1.0)).abs() < 1e-9);
        assert!((found.real.high - (30.0 / 0.48441855708793025 - 1.0)).abs() < 1e-7);
    }

    #[test]
    fn estimates_as_near_as_their_errors_have_no_real_variance() {
        let found = divide(&[1.0, 1.1, 0.9, 1.0], &[1.0, 2.0, 1.0, 0.5], 0.95).unwrap();
        assert_eq!(found.real.moments, 0.0);
        assert_eq!(found.real.paule_mandel, 0.0);
        assert_eq!(found.real.dersimonian_laird, Some(0.0));
        assert_eq!(found.reliability(), 0.0);
        assert!(found.p_value > 0.9);
    }

    #[test]
    fn without_errors_all_variance_is_real() {
        let found = divide(&[1.0, 4.0, 2.0, 8.0, 5.0], &[0.0; 5], 0.95).unwrap();
        assert_eq!((found.real.moments, found.p_value), (7.5, 0.0));
        assert!((found.real.paule_mandel - 7.5).abs() < 1e-12);
        assert_eq!(found.reliability(), 1.0);
        assert_eq!(found.reliability_interval(), (1.0, 1.0));
    }
}
