//! Incomplete beta and gamma functions, both tails at once, each without cancellation.

use std::f64::consts::PI;

/// Above this shape the fractions would need over a million terms.
pub(super) const LARGEST_SHAPE: f64 = 1e10;

/// Below this a shape's reciprocal overflows.
pub(super) const SMALLEST_SHAPE: f64 = 1e-300;

/// From this shape on the gamma distribution is the beta distribution's limit to all digits.
pub(super) const HUGE_SHAPE: f64 = 1e17;

/// More terms than a shape of [`LARGEST_SHAPE`] needs; a bound on the loops, never a result.
const MOST_TERMS: u32 = 20_000_000;

/// Both tails of a distribution at x, and x times its density.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tails {
    pub(super) lower: f64,
    pub(super) upper: f64,
    /// x·f(x): the derivative of the lower tail by ln x.
    pub(super) log_density: f64,
}

/// δ(n) = ln Γ(n+1) − (n + ½) ln n + n − ½ ln 2π, the error of Stirling's formula, for n > 0:
/// the asymptotic series (DLMF 5.11.1) from 16 on, below it by the recurrence
/// δ(n) − δ(n+1) = (n + ½) ln(1 + 1/n) − 1.
pub(super) fn stirling_error(n: f64) -> f64 {
    let mut shift = 0.0;
    let mut m = n;
    while m < 16.0 {
        shift += (m + 0.5) * (1.0 / m).ln_1p() - 1.0;
        m += 1.0;
    }
    let square = m * m;
    let series = 1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0
                - (1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / 360_360.0 / square) / square) / square)
                / square)
            / square;
    shift + series / m
}

/// x ln(x/m) + m − x ≥ 0, Loader's deviance, by its series in (x − m)/(x + m) where the plain
/// form would cancel.
pub(super) fn deviance(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    if v.abs() > 0.3 {
        return x * (x / m).ln() + (m - x);
    }
    let square = v * v;
    let mut power = 2.0 * x * v;
    let mut sum = (x - m) * v;
    let mut odd = 1.0;
    loop {
        power *= square;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum || next.is_nan() {
            return sum;
        }
        sum = next;
    }
}

/// Tails of the beta distribution with shapes `a`, `b` at `x`, with `y` = 1 − x given apart so
/// that neither end loses digits.
pub(super) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 {
        return Tails {
            lower: 0.0,
            upper: 1.0,
            log_density: 0.0,
        };
    }
    if y <= 0.0 {
        return Tails {
            lower: 1.0,
            upper: 0.0,
            log_density: 0.0,
        };
    }
    if a.max(b) > HUGE_SHAPE {
        return if b >= a {
            gamma_limit(a, b, x, y)
        } else {
            gamma_limit(b, a, y, x).mirrored(x, y)
        };
    }
    let sum = a + b;
    let exponent = stirling_error(sum)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, sum * x)
        - deviance(b, sum * y);
    // x^a y^b / B(a, b)
    let kernel = (a / sum * b / (2.0 * PI)).sqrt() * exponent.exp();
    let log_density = kernel / y;
    if x * (sum + 2.0) <= a + 1.0 {
        let lower = (kernel / beta_fraction(a, b, x, y)).min(1.0);
        Tails {
            lower,
            upper: 1.0 - lower,
            log_density,
        }
    } else {
        let upper = (kernel / beta_fraction(b, a, y, x)).min(1.0);
        Tails {
            lower: 1.0 - upper,
            upper,
            log_density,
        }
    }
}

/// The beta distribution with a huge second shape: −(b + (a − 1)/2) ln(1 − X) is gamma with shape
/// a but for terms of order b⁻².
fn gamma_limit(a: f64, b: f64, x: f64, y: f64) -> Tails {
    let log = if x < 0.5 { -(-x).ln_1p() } else { -y.ln() };
    let tails = gamma_tails(a, (b + 0.5 * (a - 1.0)) * log);
    Tails {
        log_density: tails.log_density * x / (y * log),
        ..tails
    }
}

impl Tails {
    /// The tails of 1 − X at x, from those of X at y = 1 − x.
    fn mirrored(self, x: f64, y: f64) -> Self {
        Self {
            lower: self.upper,
            upper: self.lower,
            log_density: self.log_density * x / y,
        }
    }
}

/// x^a y^b / (B(a,b) I_x(a,b)) by the continued fraction of Didonato and Morris (TOMS 708,
/// BFRAC), the even part of DLMF 8.17.22, evaluated forward by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // Quotients before products: shapes up to the largest double must not overflow, and m − 1 is
    // taken apart from a shape far below 1.
    let denominator = |m: f64| {
        m + m * ((b - m) / (a + 2.0 * m - 1.0)) * x
            + (a + m) / (a + 2.0 * m + 1.0) * (a * y - b * x + 1.0 + m * (1.0 + y))
    };
    let numerator = |m: f64| {
        let odd = a + 2.0 * m - 1.0;
        (a + (m - 1.0)) / odd * ((a + b + (m - 1.0)) / odd * x) * ((b - m) * x) * m
    };
    // At m = 0 the middle term is 0·b·x/(a − 1), which is 0/0 for a = 1.
    let first = a / (a + 1.0) * (a * y - b * x + 1.0);
    lentz(first, numerator, denominator)
}

/// first + n(1)/(d(1) + n(2)/(d(2) + …)) by the modified method of Lentz.
fn lentz(first: f64, numerator: impl Fn(f64) -> f64, denominator: impl Fn(f64) -> f64) -> f64 {
    const TINY: f64 = 1e-290;
    let guarded = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut value = guarded(first);
    let mut c = value;
    let mut d = 0.0;
    let mut before = f64::INFINITY;
    for term in 1..MOST_TERMS {
        let m = f64::from(term);
        let (n, k) = (numerator(m), denominator(m));
        d = 1.0 / guarded(k + n * d);
        c = guarded(k + n / c);
        let step = c * d;
        value *= step;
        // The last steps hover around 1 by rounding: there they no longer shrink.
        let off = (step - 1.0).abs();
        if off.is_nan() || off < 0.5 * f64::EPSILON || (off < 8.0 * f64::EPSILON && off >= before) {
            break;
        }
        before = off;
    }
    value
}

/// Tails of the gamma distribution with shape `a` and scale 1 at `x`: the series DLMF 8.11.4
/// below a + 1, the fraction DLMF 8.9.2 above.
pub(super) fn gamma_tails(a: f64, x: f64) -> Tails {
    if x <= 0.0 {
        return Tails {
            lower: 0.0,
            upper: 1.0,
            log_density: 0.0,
        };
    }
    if x.is_infinite() {
        return Tails {
            lower: 1.0,
            upper: 0.0,
            log_density: 0.0,
        };
    }
    // x^a e^(−x) / Γ(a)
    let kernel = (a / (2.0 * PI)).sqrt() * (-stirling_error(a) - deviance(a, x)).exp();
    if x < a + 1.0 {
        let lower = (kernel / a * gamma_series(a, x)).min(1.0);
        Tails {
            lower,
            upper: 1.0 - lower,
            log_density: kernel,
        }
    } else {
        let upper = kernel / lentz(x + 1.0 - a, |m| m * (a - m), |m| x + 2.0 * m + 1.0 - a);
        Tails {
            lower: 1.0 - upper,
            upper,
            log_density: kernel,
        }
    }
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + …
fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..MOST_TERMS {
        term *= x / (a + f64::from(k));
        let next = sum + term;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stirling_error_of_whole_numbers_gives_back_the_factorial() {
        for (n, factorial) in [
            (1.0f64, 1.0f64),
            (2.0, 2.0),
            (5.0, 120.0),
            (10.0, 3_628_800.0),
        ] {
            let log = (n + 0.5) * n.ln() - n + 0.5 * (2.0 * PI).ln() + stirling_error(n);
            assert!(
                (log.exp() / factorial - 1.0).abs() < 4e-15,
                "{n}: {}",
                log.exp()
            );
        }
    }

    #[test]
    fn deviance_is_the_same_on_both_sides_of_its_switch() {
        let x: f64 = 10.0;
        for m in [18.5, 18.6, 5.38, 5.39] {
            let plain = x * (x / m).ln() + m - x;
            assert!((deviance(x, m) / plain - 1.0).abs() < 1e-14, "{m}");
        }
    }

    #[test]
    fn uniform_and_exponential_are_the_simplest_cases() {
        for x in [1e-9, 0.2, 0.5, 0.9] {
            assert!((beta_tails(1.0, 1.0, x, 1.0 - x).lower / x - 1.0).abs() < 1e-14);
            assert!((gamma_tails(1.0, x).upper / (-x).exp() - 1.0).abs() < 1e-14);
        }
    }
}
