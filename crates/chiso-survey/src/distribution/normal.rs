//! The standard normal distribution: its upper tail and quantile.

use std::f64::consts::PI;

/// e^(−x²/2)/√(2π) with the rounding of x² carried, so that far tails keep their digits.
fn density(x: f64) -> f64 {
    let square = x * x;
    let rest = x.mul_add(x, -square);
    (-0.5 * square).exp() * (1.0 - 0.5 * rest) / (2.0 * PI).sqrt()
}

/// Φ(x) − ½ = φ(x) (x + x³/3 + x⁵/15 + …), all terms of one sign (Abramowitz and Stegun 26.2.11).
fn above_half(x: f64) -> f64 {
    let square = x * x;
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    loop {
        odd += 2.0;
        term *= square / odd;
        let next = sum + term;
        if next == sum || next.is_nan() {
            return density(x) * sum;
        }
        sum = next;
    }
}

/// 1 − Φ(x).
pub(super) fn upper_tail(x: f64) -> f64 {
    if x < 1.5 {
        return if x < -1.5 {
            1.0 - upper_tail(-x)
        } else {
            0.5 - above_half(x)
        };
    }
    if x > 39.0 {
        return 0.0;
    }
    density(x) / mills_fraction(x)
}

/// φ(x)/(1 − Φ(x)) = x + 1/(x + 2/(x + 3/(x + …))) (Abramowitz and Stegun 26.2.14), from its
/// tail inwards; 40 + 600/x² terms leave less than one unit in the last place for x ≥ 1.5.
fn mills_fraction(x: f64) -> f64 {
    let terms = 40.0 + 600.0 / (x * x);
    let mut k = terms.ceil();
    let mut value = x;
    while k > 0.0 {
        value = x + k / value;
        k -= 1.0;
    }
    value
}

/// The x with Φ(x) = p: the rational start of Abramowitz and Stegun 26.2.23 (error below 5e-4),
/// then Halley's method on whichever of the tail and the middle is the smaller.
pub(super) fn quantile(p: f64) -> f64 {
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let tail = p.min(1.0 - p);
    let t = (-2.0 * tail.ln()).sqrt();
    let mut x = t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328))
            / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    for _ in 0..4 {
        let error = if tail > 0.2 {
            (above_half(x) - (0.5 - tail)) / density(x)
        } else {
            // The logarithm keeps the step right where the tail spans many magnitudes.
            let now = upper_tail(x);
            -(now / tail).ln() * now / density(x)
        };
        let step = error / (1.0 + 0.5 * x * error).max(0.5);
        x -= step;
        if step.abs() <= 1e-16 * x.abs() {
            break;
        }
    }
    if p < 0.5 { -x } else { x }
}
