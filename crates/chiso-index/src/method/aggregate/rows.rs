//! Means of rows, computed column by column.
//!
//! A tile of rows is summed over the parts, with the rounding errors of the sums beside them, so
//! that the loops vectorise. Rows where the sum is not a finite number (a part has no value) are
//! then computed one by one.

use super::{AggregateFault, MissingRule, check_signed_weights, check_weights};
use crate::numbers::sum;

/// Rows of a tile: sums and errors stay in the first-level cache.
const TILE: usize = 256;

/// What is summed over the parts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Term {
    /// x.
    Value,
    /// w·x.
    Weighted,
    /// w·ln x.
    Logarithm,
    /// w/x.
    Inverse,
    /// w·x².
    Square,
    /// w·xᵖ.
    Power(f64),
}

/// Columns to be combined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means<'a> {
    pub parts: &'a [&'a [f64]],
    pub weights: &'a [f64],
    pub rule: MissingRule,
}

impl Term {
    /// The term of a power mean: that of the mean which it is, where it has a name.
    pub(super) fn of_power(power: f64) -> Term {
        match power {
            0.0 => Term::Logarithm,
            1.0 => Term::Weighted,
            -1.0 => Term::Inverse,
            2.0 => Term::Square,
            _ => Term::Power(power),
        }
    }

    #[inline(always)]
    fn of(self, x: f64, weight: f64) -> f64 {
        match self {
            Term::Value => x,
            Term::Weighted => x * weight,
            Term::Logarithm => weight * x.ln(),
            Term::Inverse => weight / x,
            Term::Square => weight * (x * x),
            Term::Power(power) => weight * x.powf(power),
        }
    }

    /// The mean, of the sum of the terms and of the weights.
    #[inline(always)]
    fn mean(self, terms: f64, weight: f64) -> f64 {
        match self {
            Term::Value => terms,
            Term::Weighted => terms / weight,
            Term::Logarithm => (terms / weight).exp(),
            Term::Inverse => weight / terms,
            Term::Square => (terms / weight).sqrt(),
            Term::Power(power) => (terms / weight).powf(1.0 / power),
        }
    }

    /// The least value that the mean takes, and what to call it.
    fn least(self) -> Option<(f64, &'static str)> {
        // The least number above zero.
        let above_zero = f64::from_bits(1);
        match self {
            Term::Value | Term::Weighted => None,
            Term::Square => Some((0.0, "not below zero")),
            Term::Power(power) if power > 0.0 => Some((0.0, "not below zero")),
            _ => Some((above_zero, "above zero")),
        }
    }

    fn check(self, weights: &[f64]) -> Result<(), AggregateFault> {
        match self {
            Term::Value => Ok(()),
            Term::Weighted => check_signed_weights(weights),
            _ => check_weights(weights),
        }
    }
}

impl Means<'_> {
    pub(super) fn combine(&self, term: Term, out: &mut [f64]) -> Result<(), AggregateFault> {
        term.check(self.weights)?;
        self.check_values(term)?;
        // A closure per term: the loops are compiled for each, without a branch in them.
        match term {
            Term::Value => self.tiles(term, out, |x, _| x),
            Term::Weighted => self.tiles(term, out, |x, w| Term::Weighted.of(x, w)),
            Term::Logarithm => self.tiles(term, out, |x, w| Term::Logarithm.of(x, w)),
            Term::Inverse => self.tiles(term, out, |x, w| Term::Inverse.of(x, w)),
            Term::Square => self.tiles(term, out, |x, w| Term::Square.of(x, w)),
            Term::Power(power) => self.tiles(term, out, |x, w| Term::Power(power).of(x, w)),
        }
    }

    fn check_values(&self, term: Term) -> Result<(), AggregateFault> {
        let Some((least, expected)) = term.least() else {
            return Ok(());
        };
        for (part, values) in self.parts.iter().enumerate() {
            // Without an early end the loop vectorises.
            if !values.iter().fold(false, |any, &x| any | (x < least)) {
                continue;
            }
            let below = values.iter().copied().enumerate().find(|(_, x)| *x < least);
            if let Some((row, value)) = below {
                return Err(AggregateFault::NotPositive {
                    part,
                    row,
                    value,
                    expected,
                });
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn tiles(
        &self,
        term: Term,
        out: &mut [f64],
        of: impl Fn(f64, f64) -> f64 + Copy,
    ) -> Result<(), AggregateFault> {
        let weight = sum(self.weights.iter().copied());
        let mut errors = [0.0; TILE];
        for (tile, out) in out.chunks_mut(TILE).enumerate() {
            let first = tile * TILE;
            let errors = &mut errors[..out.len()];
            self.sums(first, out, errors, of);
            for (total, error) in out.iter_mut().zip(&*errors) {
                *total = term.mean(*total + error, weight);
            }
            // The product is NaN as soon as one is not finite.
            let finite = out.iter().fold(0.0, |all, value| all + value * 0.0) == 0.0;
            if !finite || weight == 0.0 {
                self.one_by_one(term, first, out)?;
            }
        }
        Ok(())
    }

    /// Sums of the terms and what they lost by rounding (Knuth's TwoSum, whose error term is that
    /// of Neumaier's comparison).
    #[inline(always)]
    fn sums(
        &self,
        first: usize,
        totals: &mut [f64],
        errors: &mut [f64],
        of: impl Fn(f64, f64) -> f64 + Copy,
    ) {
        errors.fill(0.0);
        let rows = first..first + totals.len();
        let mut columns = self.parts.iter().zip(self.weights);
        let Some((part, &weight)) = columns.next() else {
            return;
        };
        for (total, &x) in totals.iter_mut().zip(&part[rows.clone()]) {
            // The compensated sum begins with zero, which makes -0 a 0.
            *total = 0.0 + of(x, weight);
        }
        for (part, &weight) in columns {
            let values = &part[rows.clone()];
            for ((total, error), &x) in totals.iter_mut().zip(errors.iter_mut()).zip(values) {
                let value = of(x, weight);
                let next = *total + value;
                let back = next - *total;
                *error += (*total - (next - back)) + (value - back);
                *total = next;
            }
        }
    }

    #[cold]
    fn one_by_one(&self, term: Term, first: usize, out: &mut [f64]) -> Result<(), AggregateFault> {
        for (row, out) in out.iter_mut().enumerate() {
            *out = self.row(term, first + row)?;
        }
        Ok(())
    }

    fn row(&self, term: Term, row: usize) -> Result<f64, AggregateFault> {
        let present = || {
            let pairs = self
                .parts
                .iter()
                .map(|part| part[row])
                .zip(self.weights.iter().copied());
            pairs.filter(|(x, _)| !x.is_nan())
        };
        if !self.rule.allows(present().count(), self.parts.len()) {
            return Ok(f64::NAN);
        }
        let weight = sum(present().map(|(_, weight)| weight));
        if weight == 0.0 && !matches!(term, Term::Value) {
            // Nothing that counts is there; but weights that cancel are a fault.
            return match present().all(|(_, weight)| weight == 0.0) {
                true => Ok(f64::NAN),
                false => Err(AggregateFault::WeightsCancel { row }),
            };
        }
        let value = term.mean(sum(present().map(|(x, weight)| term.of(x, weight))), weight);
        match value.is_finite() {
            true => Ok(value),
            false => Err(AggregateFault::NotFinite { row, value }),
        }
    }
}
