//! Differences of two units' scores: their standard errors, and the largest of many in one draw.

/// A difference's error counts as none below this share of its two units' errors: what rounding
/// leaves of units that always move together.
const NO_ERROR: f64 = 1e-8;

/// How many differences are worked out side by side.
const LANES: usize = 4;

/// One over the standard error of every difference, a row a unit; 0 where there is no error.
///
/// `deviations` are the units' own standard errors, `deviation` gives that of a difference.
pub(super) fn inverse_deviations(
    units: usize,
    deviations: &[f64],
    deviation: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    let mut inverse = vec![0.0; units * units];
    for first in 0..units {
        for second in 0..first {
            let error = deviation(first, second);
            let one_over = 1.0 / error;
            if error > NO_ERROR * (deviations[first] + deviations[second]) && one_over.is_finite() {
                inverse[first * units + second] = one_over;
                inverse[second * units + first] = one_over;
            }
        }
    }
    inverse
}

/// One draw of the ordered units' errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw<'a> {
    /// The errors of the scores.
    pub errors: &'a [f64],
    /// Estimated variances over true ones; none if standard errors are known.
    pub variance_ratios: &'a [f64],
}

/// One unit against others (a run of the order from its beginning): which of the two may still be
/// the better one, as far as the data have decided.
#[derive(Clone, Debug)]
pub(super) struct Comparisons {
    /// The unit's place in the order.
    pub unit: usize,
    /// One over the difference's standard error while "the unit is no better than the other" is an
    /// open hypothesis, else 0.
    pub no_better: Vec<f64>,
    /// The same for "the unit is no worse than the other".
    pub no_worse: Vec<f64>,
    /// The unit's share in the variance of each difference; none if standard errors are known.
    shares: Vec<f64>,
}

impl Comparisons {
    /// All hypotheses open, but for differences without error.
    pub fn new(unit: usize, inverse: &[f64], shares: &[f64]) -> Self {
        Comparisons {
            unit,
            no_better: inverse.to_vec(),
            no_worse: inverse.to_vec(),
            shares: shares.to_vec(),
        }
    }

    /// The largest studentised difference of a draw that speaks against an open hypothesis, at
    /// least 0.
    pub fn largest(&self, draw: Draw) -> f64 {
        match draw.variance_ratios.is_empty() {
            true => self.largest_known(draw.errors),
            false => self.largest_estimated(draw),
        }
    }

    fn largest_known(&self, errors: &[f64]) -> f64 {
        let own = errors[self.unit];
        let (others, others_rest) = errors[..self.no_better.len()].as_chunks::<LANES>();
        let (up, up_rest) = self.no_better.as_chunks::<LANES>();
        let (down, down_rest) = self.no_worse.as_chunks::<LANES>();
        let mut most = [0.0_f64; LANES];
        for ((other, up), down) in others.iter().zip(up).zip(down) {
            for lane in 0..LANES {
                most[lane] = larger(most[lane], gap(own, other[lane], up[lane], down[lane]));
            }
        }
        let rest = others_rest.iter().zip(up_rest).zip(down_rest);
        let rest = rest.map(|((&other, &up), &down)| gap(own, other, up, down));
        most.into_iter().chain(rest).fold(0.0, larger)
    }

    /// With standard errors drawn as well: the drawn variance of a difference over that of the data
    /// is the mean of its two units' ratios, weighted by their shares.
    ///
    /// Squares are compared, which spares a root a pair.
    fn largest_estimated(&self, draw: Draw) -> f64 {
        let (own, own_ratio) = (draw.errors[self.unit], draw.variance_ratios[self.unit]);
        let square = |other: f64, ratio: f64, share: f64, up: f64, down: f64| {
            let gap = gap(own, other, up, down);
            gap * gap / (share * own_ratio + (1.0 - share) * ratio)
        };
        let width = self.no_better.len();
        let (others, others_rest) = draw.errors[..width].as_chunks::<LANES>();
        let (ratios, ratios_rest) = draw.variance_ratios[..width].as_chunks::<LANES>();
        let (shares, shares_rest) = self.shares.as_chunks::<LANES>();
        let (up, up_rest) = self.no_better.as_chunks::<LANES>();
        let (down, down_rest) = self.no_worse.as_chunks::<LANES>();
        let mut most = [0.0_f64; LANES];
        let whole = others.iter().zip(ratios).zip(shares).zip(up).zip(down);
        for ((((other, ratio), share), up), down) in whole {
            for lane in 0..LANES {
                let found = square(other[lane], ratio[lane], share[lane], up[lane], down[lane]);
                most[lane] = larger(most[lane], found);
            }
        }
        let rest = others_rest.iter().zip(ratios_rest).zip(shares_rest);
        let rest = rest.zip(up_rest).zip(down_rest);
        let rest = rest.map(|((((&other, &ratio), &share), &up), &down)| {
            square(other, ratio, share, up, down)
        });
        most.into_iter().chain(rest).fold(0.0, larger).sqrt()
    }

    /// Decides the open hypotheses whose studentised difference of scores lies beyond `critical`,
    /// and tells of each as (better, worse).
    pub fn decide(&mut self, scores: &[f64], critical: f64, mut found: impl FnMut(usize, usize)) {
        let own = scores[self.unit];
        for (other, score) in scores.iter().enumerate().take(self.no_better.len()) {
            if (own - score) * self.no_better[other] > critical {
                self.no_better[other] = 0.0;
                found(self.unit, other);
            }
            if (score - own) * self.no_worse[other] > critical {
                self.no_worse[other] = 0.0;
                found(other, self.unit);
            }
        }
    }
}

/// The larger of two numbers that are not NaN, as one instruction.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

fn gap(own: f64, other: f64, up: f64, down: f64) -> f64 {
    let difference = own - other;
    larger(difference * up, -difference * down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_difference_is_that_of_the_open_hypotheses() {
        let mut open = Comparisons::new(1, &[0.5, 0.0, 1.0, 0.25, 2.0, 1.0], &[]);
        let errors = Draw {
            errors: &[4.0, 1.0, 0.0, 9.0, 1.5, 1.0],
            variance_ratios: &[],
        };
        assert_eq!(open.largest(errors), 2.0);
        open.no_worse[3] = 0.0;
        assert_eq!(open.largest(errors), 1.5);
        open.no_worse[0] = 0.0;
        assert_eq!(open.largest(errors), 1.0);
        open.no_better[2] = 0.0;
        open.no_worse[4] = 0.0;
        assert_eq!(open.largest(errors), 0.0);
    }

    #[test]
    fn a_difference_is_studentised_by_the_variances_drawn_with_it() {
        // Standard errors 3 (the unit), 4, 0, 4, 4, 4 with ratios of 4, 1, 1, 9, ¼ and 1.
        let inverse = [0.0, 0.2, 1.0 / 3.0, 0.2, 0.2, 0.2];
        let shares = [0.5, 0.36, 1.0, 0.36, 0.36, 0.36];
        let mut open = Comparisons::new(0, &inverse, &shares);
        let draw = Draw {
            errors: &[2.0, 12.0, -4.0, -20.0, 20.0, 3.0],
            variance_ratios: &[4.0, 1.0, 1.0, 9.0, 0.25, 1.0],
        };
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-14, "{found}");
        near(open.largest(draw), 18.0 / (36.0_f64 + 4.0).sqrt());
        open.no_worse[4] = 0.0;
        near(open.largest(draw), 22.0 / (36.0_f64 + 144.0).sqrt());
        open.no_better[3] = 0.0;
        near(open.largest(draw), 10.0 / (36.0_f64 + 16.0).sqrt());
        open.no_worse[1] = 0.0;
        near(open.largest(draw), 1.0);
    }

    #[test]
    fn units_that_move_together_have_a_difference_without_error() {
        let inverse = inverse_deviations(2, &[3.0, 3.0], |_, _| 1e-9);
        assert_eq!(inverse, [0.0; 4]);
        let inverse = inverse_deviations(2, &[3.0, 4.0], |_, _| 5.0);
        assert_eq!(inverse, [0.0, 0.2, 0.2, 0.0]);
    }
}
