//! A root of a function of one variable between two points of opposite sign.

/// Where a search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Root {
    /// The point of the last step.
    pub at: f64,
    /// Whether the bracket shrank to the wanted width.
    pub converged: bool,
}

/// Brent's method (*Algorithms for Minimization without Derivatives*, 1973, chapter 4), the one
/// of R's `uniroot`: bisection, secant and inverse quadratic steps until the bracket is narrower
/// than `tolerance` (plus twice the rounding of the point). For a step function the side on which
/// the search ends depends on the path, so the steps are Brent's own, in his order.
///
/// Returns `None` when f(`low`) and f(`high`) have the same sign, or one is not a number.
pub fn find_root(
    mut f: impl FnMut(f64) -> f64,
    low: f64,
    high: f64,
    tolerance: f64,
) -> Option<Root> {
    let (f_low, f_high) = (f(low), f(high));
    if f_low.is_nan() || f_high.is_nan() || f_low * f_high > 0.0 {
        return None;
    }
    if f_low == 0.0 {
        return Some(Root {
            at: low,
            converged: true,
        });
    }
    let mut s = Brent {
        a: low,
        fa: f_low,
        b: high,
        fb: f_high,
        c: low,
        fc: f_low,
    };
    for _ in 0..1000 {
        let before = s.b - s.a;
        s.order();
        let width = 2.0 * f64::EPSILON * s.b.abs() + 0.5 * tolerance;
        let half = 0.5 * (s.c - s.b);
        if half.abs() <= width || s.fb == 0.0 {
            return Some(Root {
                at: s.b,
                converged: true,
            });
        }
        let step = s.step(before, half, width);
        s.a = s.b;
        s.fa = s.fb;
        s.b += step;
        s.fb = f(s.b);
        if s.fb.is_nan() {
            return None;
        }
        if s.fb * s.fc > 0.0 {
            s.c = s.a;
            s.fc = s.fa;
        }
    }
    Some(Root {
        at: s.b,
        converged: false,
    })
}

/// b is the best point, a the one before, c the other end of the bracket.
struct Brent {
    a: f64,
    fa: f64,
    b: f64,
    fb: f64,
    c: f64,
    fc: f64,
}

impl Brent {
    /// Makes b the end with the smaller value.
    fn order(&mut self) {
        if self.fc.abs() < self.fb.abs() {
            (self.a, self.fa) = (self.b, self.fb);
            (self.b, self.fb) = (self.c, self.fc);
            (self.c, self.fc) = (self.a, self.fa);
        }
    }

    /// The interpolated step where it is trusted, else half of the bracket; never shorter than
    /// `width`.
    fn step(&self, before: f64, half: f64, width: f64) -> f64 {
        let mut step = half;
        if before.abs() >= width && self.fa.abs() > self.fb.abs() {
            let (p, q) = self.interpolate();
            let (p, q) = if p > 0.0 { (p, -q) } else { (-p, q) };
            let span = self.c - self.b;
            if p < 0.75 * span * q - 0.5 * (width * q).abs() && p < (0.5 * before * q).abs() {
                step = p / q;
            }
        }
        if step.abs() >= width {
            step
        } else if step > 0.0 {
            width
        } else {
            -width
        }
    }

    /// Numerator and denominator of the secant (two points) or inverse quadratic (three) step.
    fn interpolate(&self) -> (f64, f64) {
        let span = self.c - self.b;
        let slope = self.fb / self.fa;
        if self.a == self.c {
            return (span * slope, 1.0 - slope);
        }
        let (q, r) = (self.fa / self.fc, self.fb / self.fc);
        let p = slope * (span * q * (q - r) - (self.b - self.a) * (r - 1.0));
        (p, (q - 1.0) * (r - 1.0) * (slope - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_root_is_found_to_the_tolerance() {
        let root = find_root(|x| x * x - 2.0, 0.0, 2.0, 1e-12).unwrap();
        assert!(root.converged && (root.at - 2f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn no_change_of_sign_is_no_root() {
        assert_eq!(find_root(|x| x * x + 1.0, -1.0, 1.0, 1e-9), None);
        assert_eq!(find_root(|_| f64::NAN, -1.0, 1.0, 1e-9), None);
    }

    #[test]
    fn a_step_is_located_within_the_tolerance() {
        let root = find_root(|x| if x < 0.3 { -1.0 } else { 2.0 }, 0.0, 1.0, 1e-6).unwrap();
        assert!((root.at - 0.3).abs() <= 1e-6);
    }
}
