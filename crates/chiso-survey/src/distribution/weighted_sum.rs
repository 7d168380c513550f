//! Upper tails of weighted sums of chi-square variables, and of such a sum over an independent
//! chi-square: the distributions of Rao and Scott's statistics.

use super::incomplete::{HUGE_SHAPE, beta_tails, gamma_tails};
use super::{DistributionError, chi_square_upper_tail, f_upper_tail, find_root, normal};

/// How the tail of a weighted sum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumMethod {
    /// Two moments matched by a scaled chi-square or F (Satterthwaite).
    Satterthwaite,
    /// Lugannani and Rice's saddlepoint as R `survey` applies it (`saddle` in R/chisqsum.R): the
    /// root to 1e-8, Satterthwaite's value within 1e-4 of the mean, and the denominator's degrees
    /// of freedom cut to a whole number.
    Saddlepoint,
    /// Exact: Ruben's mixture of chi-square (or F) tails, summed until it no longer changes.
    Exact,
}

/// Why the tail of a weighted sum cannot be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightedSumError {
    /// No weights at all, or all of them zero.
    #[error("a weighted sum needs at least one weight above zero")]
    Empty,
    /// A weight below zero or not finite.
    #[error("weight {place} must be finite and not below zero, found {value}")]
    Weight {
        /// The weight's place, from 1.
        place: usize,
        /// What was given.
        value: f64,
    },
    /// Weights so far apart that the mixture would need too many terms.
    #[error("the weights differ by a factor of {0:e}; the exact sum allows at most 1e6")]
    Spread(f64),
    /// A bad argument of the underlying distribution.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

/// Weights below this share of the largest are rounding errors of an eigenvalue that is zero.
const NEGLIGIBLE: f64 = 1e-12;

/// P(Σ aᵢ χ²₁ > `x`) for independent chi-square variables of one degree of freedom (R `survey`
/// `pchisqsum(lower.tail = FALSE)`).
pub fn weighted_chi_square_upper_tail(
    x: f64,
    weights: &[f64],
    method: SumMethod,
) -> Result<f64, WeightedSumError> {
    weighted_f_upper_tail(x, weights, f64::INFINITY, method)
}

/// P(Σ aᵢ χ²₁ > `x` · χ²_d / d) with d = `df` (R `survey` `pFsum(lower.tail = FALSE)`; infinite
/// `df` gives the chi-square sum).
pub fn weighted_f_upper_tail(
    x: f64,
    weights: &[f64],
    df: f64,
    method: SumMethod,
) -> Result<f64, WeightedSumError> {
    let weights = checked(weights)?;
    if x.is_nan() {
        return Err(DistributionError::NotANumber.into());
    }
    if df.is_nan() || df <= 0.0 {
        return Err(DistributionError::Shape {
            name: "degrees of freedom",
            value: df,
        }
        .into());
    }
    if x <= 0.0 {
        return Ok(1.0);
    }
    let df = if df > HUGE_SHAPE { f64::INFINITY } else { df };
    match method {
        SumMethod::Satterthwaite => satterthwaite(x, &weights, df),
        SumMethod::Saddlepoint => {
            let mut terms: Vec<(f64, f64)> = weights.iter().map(|w| (*w, 1.0)).collect();
            let found = if df.is_infinite() {
                saddlepoint(x, &terms)
            } else {
                terms.push((-x / df, df.floor()));
                saddlepoint(0.0, &terms)
            };
            found.map_or_else(|| satterthwaite(x, &weights, df), Ok)
        }
        SumMethod::Exact => mixture(x, &weights, df),
    }
}

fn checked(weights: &[f64]) -> Result<Vec<f64>, WeightedSumError> {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let noise = NEGLIGIBLE * largest;
    let bad = |w: &f64| !w.is_finite() || *w < -noise;
    if let Some(at) = weights.iter().position(bad) {
        return Err(WeightedSumError::Weight {
            place: at + 1,
            value: weights[at],
        });
    }
    if largest == 0.0 {
        return Err(WeightedSumError::Empty);
    }
    Ok(weights.iter().copied().filter(|w| *w > noise).collect())
}

fn satterthwaite(x: f64, weights: &[f64], df: f64) -> Result<f64, WeightedSumError> {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let (scale, shape) = (squares / sum, sum * sum / squares);
    Ok(if df.is_infinite() {
        chi_square_upper_tail(x / scale, shape)?
    } else {
        f_upper_tail(x / shape / scale, shape, df)?
    })
}

/// Lugannani and Rice's tail in Barndorff-Nielsen's form, Φ̄(w + ln(v/w)/w), for a sum of λ χ²_m
/// over pairs (λ, m), with the cumulant function K(ζ) = −½ Σ m ln(1 − 2ζλ). `None` too near the
/// mean, or where no root is bracketed.
fn saddlepoint(x: f64, terms: &[(f64, f64)]) -> Option<f64> {
    let used = || terms.iter().filter(|(_, count)| *count > 0.0);
    let largest = used().map(|term| term.0).fold(f64::MIN, f64::max);
    let terms: Vec<(f64, f64)> = used().map(|(l, count)| (l / largest, *count)).collect();
    let x = x / largest;
    let sum = |f: &dyn Fn(f64) -> f64| terms.iter().map(|(l, count)| count * f(*l)).sum::<f64>();
    let most_negative = terms.iter().map(|term| term.0).fold(0.0, f64::min);
    // 0.99999 keeps the search off the poles of K.
    let low = if most_negative < 0.0 {
        0.99999 / (2.0 * most_negative)
    } else if x > sum(&|l| l) {
        -0.01
    } else {
        -sum(&|_| 1.0) / (2.0 * x)
    };
    let first = |zeta: f64| sum(&|l| l / (1.0 - 2.0 * zeta * l)) - x;
    // The largest λ is 1 after scaling.
    let zeta = find_root(first, low, 0.5 * 0.99999, 1e-8)?.at;
    if zeta.abs() < 1e-4 {
        return None;
    }
    let k = -0.5 * sum(&|l| (-2.0 * zeta * l).ln_1p());
    let second = 2.0 * sum(&|l| (l / (1.0 - 2.0 * zeta * l)).powi(2));
    let w = (2.0 * (zeta * x - k)).sqrt() * zeta.signum();
    let v = zeta * second.sqrt();
    let tail = normal::upper_tail(w + (v / w).ln() / w);
    tail.is_finite().then_some(tail)
}

/// Σₖ cₖ P(χ²_{n+2k} > x/β) with β the smallest weight (Ruben 1962; Farebrother, AS 204, 1984);
/// over a chi-square of `df` the same mixture of F tails. With γᵢ = 1 − β/aᵢ the cₖ are the
/// coefficients of Π √(β/aᵢ) (1 − γᵢz)^(−½): positive, of sum one, so nothing cancels.
fn mixture(x: f64, weights: &[f64], df: f64) -> Result<f64, WeightedSumError> {
    let beta = weights.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest / beta > 1e6 {
        return Err(WeightedSumError::Spread(largest / beta));
    }
    let gamma: Vec<f64> = weights.iter().map(|a| (a - beta) / a).collect();
    let steepest = gamma.iter().copied().fold(0.0, f64::max);
    let mut parts = vec![0.0; gamma.len()];
    let mut tails = RisingTails::new(0.5 * weights.len() as f64, x / beta, df);
    // Everything is linear in c₀, which underflows for many unequal weights: it is carried apart.
    let mut log_scale = 0.5 * weights.iter().map(|a| (beta / a).ln()).sum::<f64>();
    let (mut c, mut sum, mut k) = (1.0, 0.0, 0.0);
    loop {
        sum += c * tails.now;
        // What is left is at most the geometric rest of the coefficients, each tail being ≤ 1.
        if c * steepest <= 1e-17 * sum * (1.0 - steepest) || c == 0.0 {
            return Ok((sum * log_scale.exp()).min(1.0));
        }
        k += 1.0;
        for (part, g) in parts.iter_mut().zip(&gamma) {
            *part = g * (*part + 0.5 * c);
        }
        c = parts.iter().sum::<f64>() / k;
        tails.step();
        if c > RESCALE {
            parts.iter_mut().for_each(|part| *part /= RESCALE);
            (c, sum, log_scale) = (c / RESCALE, sum / RESCALE, log_scale + RESCALE.ln());
        }
    }
}

/// Coefficients are scaled down by this whenever they pass it.
const RESCALE: f64 = 1e100;

/// P(χ²_{2a} > z), or with a denominator P(χ²_{2a} > z·χ²_d/d), for a, a+1, a+2, …: each step
/// adds one positive term (DLMF 8.8.6 and 8.17.21).
struct RisingTails {
    now: f64,
    term: f64,
    a: f64,
    half_z: f64,
    half_df: f64,
}

impl RisingTails {
    fn new(a: f64, z: f64, df: f64) -> Self {
        let (half_z, half_df) = (0.5 * z, 0.5 * df);
        if df.is_infinite() {
            let t = gamma_tails(a, half_z);
            return Self {
                now: t.upper,
                term: t.log_density / a,
                a,
                half_z,
                half_df,
            };
        }
        let (x, y) = (z / (z + df), df / (z + df));
        let t = beta_tails(a, half_df, x, y);
        // x^a y^b / (a B(a, b)): log_density is that without the a, over y.
        Self {
            now: t.upper,
            term: t.log_density * y / a,
            a,
            half_z: x,
            half_df,
        }
    }

    fn step(&mut self) {
        self.now = (self.now + self.term).min(1.0);
        self.a += 1.0;
        self.term *= if self.half_df.is_infinite() {
            self.half_z / self.a
        } else {
            self.half_z * (self.a - 1.0 + self.half_df) / self.a
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_are_a_plain_chi_square_or_f() {
        for (x, n) in [(0.3, 1), (4.0, 3), (60.0, 5)] {
            let weights = vec![2.0; n];
            let chi = chi_square_upper_tail(x / 2.0, n as f64).unwrap();
            let f = f_upper_tail(x / 2.0 / n as f64, n as f64, 7.5).unwrap();
            for method in [SumMethod::Exact, SumMethod::Satterthwaite] {
                let sum = weighted_chi_square_upper_tail(x, &weights, method).unwrap();
                assert!((sum / chi - 1.0).abs() < 1e-13, "{x} {n} {method:?}");
                let ratio = weighted_f_upper_tail(x, &weights, 7.5, method).unwrap();
                assert!((ratio / f - 1.0).abs() < 1e-13, "{x} {n} {method:?}");
            }
        }
    }

    #[test]
    fn two_pairs_of_weights_have_a_closed_form() {
        // Pairs are exponential: P = (a e^(−x/2a) − b e^(−x/2b))/(a − b).
        let (a, b): (f64, f64) = (3.0, 0.5);
        for x in [0.1, 2.0, 20.0, 150.0] {
            let closed = (a * (-x / (2.0 * a)).exp() - b * (-x / (2.0 * b)).exp()) / (a - b);
            let sum = weighted_chi_square_upper_tail(x, &[a, b, a, b], SumMethod::Exact).unwrap();
            assert!((sum / closed - 1.0).abs() < 1e-13, "{x}: {sum} {closed}");
        }
    }

    #[test]
    fn two_weights_over_a_chi_square_equal_the_integral_over_their_angle() {
        // P = (2/π) ∫₀^{π/2} (1 + x/(d k(t)))^(−d/2) dt with k = a cos²t + b sin²t, by R's
        // integrate() to 1e-13.
        let rows = [
            (9.0, [1.0, 2.5], 20.9, 0.103422501135453),
            (30.0, [3.0, 0.2], 7.5, 0.0151517481133981),
            (2.0, [1.0, 1.5], 3.0, 0.523545818218656),
            (120.0, [5.0, 0.01], 60.0, 7.649645625627556e-6),
        ];
        for (x, weights, df, exact) in rows {
            let sum = weighted_f_upper_tail(x, &weights, df, SumMethod::Exact).unwrap();
            assert!((sum / exact - 1.0).abs() < 1e-12, "{x} {df}: {sum}");
        }
    }

    #[test]
    fn a_huge_denominator_gives_the_chi_square_sum() {
        let weights = [1.0, 0.4, 2.5];
        let sum = weighted_chi_square_upper_tail(6.0, &weights, SumMethod::Exact).unwrap();
        let ratio = weighted_f_upper_tail(6.0, &weights, 1e9, SumMethod::Exact).unwrap();
        assert!((sum / ratio - 1.0).abs() < 1e-8);
    }

    #[test]
    fn the_saddlepoint_is_near_the_exact_tail() {
        let weights = [1.0, 0.4, 2.5];
        for (x, df) in [(2.0, f64::INFINITY), (9.0, 20.9), (30.0, 12.0)] {
            let exact = weighted_f_upper_tail(x, &weights, df, SumMethod::Exact).unwrap();
            let near = weighted_f_upper_tail(x, &weights, df, SumMethod::Saddlepoint).unwrap();
            assert!((near / exact - 1.0).abs() < 0.1, "{x} {df}: {near} {exact}");
        }
    }

    #[test]
    fn bad_weights_are_named() {
        let tail = |w: &[f64]| weighted_chi_square_upper_tail(1.0, w, SumMethod::Exact);
        assert_eq!(tail(&[]), Err(WeightedSumError::Empty));
        assert_eq!(
            tail(&[1.0, -0.5]),
            Err(WeightedSumError::Weight {
                place: 2,
                value: -0.5
            })
        );
        assert!(matches!(tail(&[1.0, 1e-9]), Err(WeightedSumError::Spread(s)) if s > 9e8));
    }
}
