//! Quantiles of the beta and gamma distributions, by Newton's method on the logarithm of the
//! smaller tail against the logarithm of the variable.
//!
//! That curve is nearly straight in the far tails (where I_x ~ x^a) and bends one way, so the
//! method converges from anywhere; a bracket guards it all the same.

use super::incomplete::{LARGEST_SHAPE, Tails, beta_tails, gamma_tails, stirling_error};
use super::normal;
use std::f64::consts::PI;

/// ln of the smallest argument tried.
const LOWEST: f64 = -745.0;
/// ln of the largest argument tried.
const HIGHEST: f64 = 709.0;

/// (x, 1 − x) where the lower tail is `lower` and the upper tail is `upper` = 1 − `lower`.
pub(super) fn beta_quantile(lower: f64, upper: f64, a: f64, b: f64) -> (f64, f64) {
    if lower <= 0.0 {
        return (0.0, 1.0);
    }
    if upper <= 0.0 {
        return (1.0, 0.0);
    }
    if a.min(b) > LARGEST_SHAPE {
        return expansion(lower, upper, a, b);
    }
    if lower <= upper {
        return beta_lower_quantile(lower, a, b);
    }
    let (y, x) = beta_lower_quantile(upper, b, a);
    (x, y)
}

/// Cornish–Fisher to the third moment: the next term is of order (a + b)^(−3/2).
fn expansion(lower: f64, upper: f64, a: f64, b: f64) -> (f64, f64) {
    let z = if lower <= upper {
        normal::quantile(lower)
    } else {
        -normal::quantile(upper)
    };
    let sum = a + b;
    let (mean, complement) = (a / sum, b / sum);
    let shift = z * (mean * complement / (sum + 1.0)).sqrt()
        + (complement - mean) / sum * (z * z - 1.0) / 3.0;
    (mean + shift, complement - shift)
}

/// The t > 0 with P(T > t) = `tail` ≤ ½ for `df` degrees of freedom.
pub(super) fn student_t_size(tail: f64, df: f64) -> f64 {
    let (w, complement) = beta_quantile(2.0 * tail, 1.0 - 2.0 * tail, 0.5 * df, 0.5);
    if w < 1e-290 {
        // The variable w underflows before t overflows; there its leading term is exact.
        return df.sqrt() * (-0.5 * log_leading_term(2.0 * tail, 0.5 * df, 0.5)).exp();
    }
    (df * complement / w).sqrt()
}

/// ln x where x^a / (a B(a, b)) = `p`, the leading term of I_x(a, b).
fn log_leading_term(p: f64, a: f64, b: f64) -> f64 {
    let sum = a + b;
    let log_a_times_beta = stirling_error(a) + stirling_error(b) - stirling_error(sum)
        + 0.5 * ((2.0 * PI).ln() + (a / b).ln() + sum.ln())
        - a * (b / a).ln_1p()
        - b * (a / b).ln_1p();
    (p.ln() + log_a_times_beta) / a
}

/// (x, 1 − x) with I_x(a, b) = p for p ≤ ½.
fn beta_lower_quantile(p: f64, a: f64, b: f64) -> (f64, f64) {
    let leading = log_leading_term(p, a, b).min((a / (a + b)).ln());
    let near_normal = if a.min(b) > 2.0 {
        expansion(p, 1.0 - p, a, b).0
    } else {
        0.0
    };
    let start = if near_normal > 0.0 {
        near_normal.ln().max(leading)
    } else {
        leading
    };
    // 1 − e^u by expm1, so that x near 1 keeps its complement.
    let u = solve(p, start, -f64::MIN_POSITIVE, 1.0, |u| {
        beta_tails(a, b, u.exp(), -u.exp_m1())
    });
    if u > -1.0 {
        return (u.exp(), -u.exp_m1());
    }
    let x = polish(p, u, 1.0, |x| beta_tails(a, b, x, 1.0 - x));
    (x, 1.0 - x)
}

/// The x with P(a, x) = `lower` and Q(a, x) = `upper`.
pub(super) fn gamma_quantile(lower: f64, upper: f64, a: f64) -> f64 {
    if lower <= 0.0 || upper <= 0.0 {
        return if lower <= 0.0 { 0.0 } else { f64::INFINITY };
    }
    let (p, sign, start) = if lower <= upper {
        // P ≈ x^a / Γ(a + 1)
        let log_gamma = (a + 0.5) * a.ln() - a + 0.5 * (2.0 * PI).ln() + stirling_error(a);
        (lower, 1.0, ((lower.ln() + log_gamma) / a).min(a.ln()))
    } else {
        // Wilson and Hilferty.
        let third = 1.0 / (9.0 * a);
        let cube_root = 1.0 - third - normal::quantile(upper) * third.sqrt();
        (upper, -1.0, (a * cube_root.powi(3)).max(0.5 * a).ln())
    };
    let u = solve(p, start, HIGHEST, sign, |u| gamma_tails(a, u.exp()));
    polish(p, u, sign, |x| gamma_tails(a, x))
}

/// ln x where the lower tail (`sign` +1) or the upper tail (−1) equals `p`, from `start`, below
/// `highest`; [`LOWEST`] when even the smallest argument has too much mass below it.
fn solve(p: f64, start: f64, highest: f64, sign: f64, tails: impl Fn(f64) -> Tails) -> f64 {
    let (mut low, mut high) = (LOWEST, highest);
    let mut u = start.clamp(low, high);
    let mut before = f64::INFINITY;
    for _ in 0..400 {
        let (error, step) = newton(p, sign, tails(u));
        // Below 1e-12 an error that no longer shrinks is the rounding of the tails.
        if error.abs() < 4e-16 || (error.abs() < 1e-12 && error.abs() >= before) {
            break;
        }
        before = error.abs();
        if error < 0.0 {
            low = u;
        } else {
            high = u;
        }
        let inside = u - step > low && u - step < high;
        let next = if inside { u - step } else { 0.5 * (low + high) };
        let moved = (next - u).abs();
        u = next;
        if moved <= 2e-16 * u.abs() {
            break;
        }
    }
    u
}

/// How far the tail is off, as a logarithm that rises with x, and the step of ln x that mends it.
fn newton(p: f64, sign: f64, t: Tails) -> (f64, f64) {
    let tail = if sign > 0.0 { t.lower } else { t.upper };
    let error = (tail / p).ln() * sign;
    (error, error * tail / t.log_density)
}

/// One last step in x itself: e^u has lost as many digits as |u| is large.
fn polish(p: f64, u: f64, sign: f64, tails: impl Fn(f64) -> Tails) -> f64 {
    if u <= LOWEST {
        return 0.0;
    }
    let x = u.exp();
    let step = newton(p, sign, tails(x)).1;
    if step.abs() < 1e-9 { x - x * step } else { x }
}
