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
    /// The interval of the estimate by the moments: the τ² at which the observed sum of squares
    /// stands at the ends of its distribution, a multiple of χ² with the same mean and variance (F.
    /// E. Satterthwaite, *An Approximate Distribution of Estimates of Variance Components*, 1946);
    /// exact where all errors are equal.
    pub interval: (f64, f64),
    /// The interval of Paule and Mandel's by Q-profiles (W. Viechtbauer, *Confidence Intervals for
    /// the Amount of Heterogeneity in Meta-Analysis*, 2007).
    pub profile_interval: (f64, f64),
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
        (at(self.real.interval.0), at(self.real.interval.1))
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
    let profile = |p: f64| {
        let target = chi_square_quantile(p, freedom).ok()?;
        solve(target, observed, |real| Some(units.q(real)))
    };
    // The quantile grows with τ²: turned round, it falls as Q does.
    let squares_at = |p: f64| {
        let negative = |real| Some(-units.squares_quantile(real, p)?);
        solve(-observed * freedom, observed, negative)
    };
    let paule_mandel = solve(freedom, observed, |real| Some(units.q(real)))?;
    Some(Variances {
        mean: centre,
        mean_standard_error: squares.sqrt() / n as f64,
        observed,
        sampling,
        real: RealVariance {
            moments: (observed - sampling).max(0.0),
            dersimonian_laird: units.dersimonian_laird(),
            paule_mandel,
            interval: (squares_at(1.0 - tail)?, squares_at(tail)?),
            profile_interval: (profile(1.0 - tail)?, profile(tail)?),
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

    /// The quantile of `Σ(x − x̄)²` at a probability if τ² is real: `g·χ²` with `g·ν` its mean
    /// `tr(AΣ)` and `2g²ν` its variance `2 tr((AΣ)²)`, A = I − 11ᵀ/n and Σ the units' variances.
    fn squares_quantile(&self, real: f64, p: f64) -> Option<f64> {
        let n = self.errors.len() as f64;
        let variances = || self.errors.iter().map(|error| real + error * error);
        let all = sum(variances());
        let mean = all * (1.0 - 1.0 / n);
        if mean == 0.0 {
            return Some(0.0);
        }
        let squares = sum(variances().map(|v| v * v));
        let trace = squares * (1.0 - 2.0 / n) + all * all / (n * n);
        let freedom = mean * mean / trace;
        Some(mean / freedom * chi_square_quantile(p, freedom).ok()?)
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

/// The τ² at which a falling function is `target`, by bisection; 0 where it is below from the start.
fn solve(target: f64, scale: f64, falling: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    if falling(0.0)? <= target {
        return Some(0.0);
    }
    let (mut low, mut high) = (0.0, scale.max(f64::MIN_POSITIVE));
    while falling(high)? > target && high < f64::MAX / 4.0 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if falling(middle)? > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low + (high - low) / 2.0)
}

#[cfg(test)]
mod tests {
    use chiso_index::rank_set::Normals;

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
        let ends = (
            30.0 / 11.143286781877796 - 1.0,
            30.0 / 0.484418557087930 - 1.0,
        );
        for interval in [found.real.interval, found.real.profile_interval] {
            assert!((interval.0 - ends.0).abs() < 1e-9, "{interval:?}");
            assert!((interval.1 - ends.1).abs() < 1e-7, "{interval:?}");
        }
    }

    #[test]
    fn both_intervals_hold_the_true_variance_as_often_as_they_say() {
        let errors: Vec<f64> = (0..30)
            .map(|unit| 0.3 + 0.05 * f64::from(unit % 7))
            .collect();
        let mut normals = Normals::new(3);
        let (mut held, mut estimates) = ([0, 0], 0.0);
        for _ in 0..1_000 {
            let drawn: Vec<f64> = errors
                .iter()
                .map(|error| 0.5 * normals.next().unwrap() + error * normals.next().unwrap())
                .collect();
            let real = divide(&drawn, &errors, 0.9).unwrap().real;
            estimates += real.moments;
            for (held, interval) in held.iter_mut().zip([real.interval, real.profile_interval]) {
                *held += i32::from(interval.0 <= 0.25 && 0.25 <= interval.1);
                assert!(interval.0 <= interval.1);
            }
            assert!(real.interval.0 <= real.moments && real.moments <= real.interval.1);
        }
        // Four standard errors of 90 % of 1,000 are 38.
        assert!(held.iter().all(|held| (held - 900).abs() < 38), "{held:?}");
        assert!((estimates / 1_000.0 - 0.25).abs() < 0.02, "{estimates}");
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
