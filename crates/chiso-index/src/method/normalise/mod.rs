//! Values on a common scale, of which more is always better.
//!
//! A normaliser takes raw values and the direction in which they are better; the direction is
//! never a sign that a caller applies first. The methods are those of COINr 1.1.14 (`n_minmax` and
//! its kin), where a value of which less is better counts as its negative, −x.

mod fault;
mod places;
#[cfg(test)]
mod tests;

pub use fault::NormaliseFault;

use super::moments::{Extent, Moments, finite_cells};
use crate::pack::Direction;

/// How values are put on a common scale. In the formulas x is the value, turned (−x) where less is
/// better, and min and max are the least and greatest of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// x.
    None,
    /// low + (high − low)·(x − min)/(max − min).
    MinMax {
        /// The score of the worst value.
        low: f64,
        /// The score of the best value.
        high: f64,
    },
    /// low + (high − low)·(x − a)/(b − a) of the raw value, with a and b the bounds `min` and
    /// `max`, exchanged where less is better.
    Goalposts {
        /// The lower bound of raw values.
        min: f64,
        /// The upper bound of raw values.
        max: f64,
        /// The score at the worse bound.
        low: f64,
        /// The score at the better bound.
        high: f64,
        /// Whether scores beyond the bounds are held to the scale.
        truncate: bool,
    },
    /// factor·(x − min)/(max − min) with stated bounds. Like COINr's, the bounds are those of the
    /// turned value: where less is better, raw values from 0 to 80 have the bounds −80 and 0.
    Scaled {
        /// The lower bound of turned values.
        min: f64,
        /// The upper bound of turned values.
        max: f64,
        /// What the share is multiplied by.
        factor: f64,
    },
    /// mean + sd·(x − x̄)/s, with s of n − 1.
    ZScore {
        /// The mean of scores.
        mean: f64,
        /// The standard deviation of scores.
        sd: f64,
    },
    /// 1 + the number of worse values: the best has the highest number.
    Rank,
    /// The number of worse values.
    Borda,
    /// The number of worse values / (n − 1).
    PercentileRank,
    /// 1 − (max − x)/(max − min).
    DistanceToMax,
    /// 1 − (r − x)/(r − min).
    DistanceToReference {
        /// r: the raw value of the unit of reference; NaN where it has none.
        reference: f64,
        /// Whether scores above 1 become 1.
        cap: bool,
    },
    /// 1 − (t − x)/(t − min).
    DistanceToTarget {
        /// t: the raw value to be reached.
        target: f64,
        /// Whether scores above 1 become 1.
        cap: bool,
    },
    /// Of raw values: x/max; where less is better, min/x. The best scores 1. The second form is
    /// ours: COINr's would score the worst value best.
    FractionOfMax,
}

/// Writes the scores of a column of raw values; cells without a value get none. A column without
/// values is no fault.
///
/// # Errors
/// See [`NormaliseFault`]: a column or parameters from which the method cannot make finite scores
/// that rise with what is better.
pub fn normalise(
    method: &Method,
    direction: Direction,
    values: &[f64],
    out: &mut [f64],
) -> Result<(), NormaliseFault> {
    if out.len() != values.len() {
        let (found, expected) = (out.len(), values.len());
        return Err(NormaliseFault::Length { found, expected });
    }
    check(method)?;
    let extent = Extent::of(values);
    if extent.count == 0 {
        out.fill(f64::NAN);
        return Ok(());
    }
    let column = Column {
        values,
        extent,
        lower: direction == Direction::Lower,
    };
    column.write(method, out)?;
    if finite_cells(out) == extent.count {
        return Ok(());
    }
    let mut cells = out.iter().zip(values).enumerate();
    let (row, value) = cells
        .find(|(_, (out, value))| !out.is_finite() && !value.is_nan())
        .map_or((0, f64::NAN), |(row, (_, &value))| (row, value));
    Err(NormaliseFault::InfiniteResult { row, value })
}

/// Parameters that hold for any column.
fn check(method: &Method) -> Result<(), NormaliseFault> {
    let finite = |name: &'static str, found: f64| {
        let fault = NormaliseFault::ParameterNotFinite { name, found };
        if found.is_finite() {
            Ok(())
        } else {
            Err(fault)
        }
    };
    let ascending = |low: f64, high: f64| {
        finite("low", low)?;
        finite("high", high)?;
        let fault = NormaliseFault::ScaleNotAscending { low, high };
        if low < high { Ok(()) } else { Err(fault) }
    };
    let bounds = |min: f64, max: f64| {
        finite("min", min)?;
        finite("max", max)?;
        let fault = NormaliseFault::GoalpostsNotAscending { min, max };
        if min < max { Ok(()) } else { Err(fault) }
    };
    let above_0 = |name: &'static str, found: f64| {
        finite(name, found)?;
        let fault = NormaliseFault::ParameterNotPositive { name, found };
        if found > 0.0 { Ok(()) } else { Err(fault) }
    };
    match *method {
        Method::MinMax { low, high } => ascending(low, high),
        Method::Goalposts {
            min,
            max,
            low,
            high,
            ..
        } => bounds(min, max).and_then(|()| ascending(low, high)),
        Method::Scaled { min, max, factor } => {
            bounds(min, max).and_then(|()| above_0("factor", factor))
        }
        Method::ZScore { mean, sd } => finite("mean", mean).and_then(|()| above_0("sd", sd)),
        Method::DistanceToTarget { target, .. } => finite("target", target),
        Method::None
        | Method::Rank
        | Method::Borda
        | Method::PercentileRank
        | Method::DistanceToMax
        | Method::DistanceToReference { .. }
        | Method::FractionOfMax => Ok(()),
    }
}

/// A column with at least one value.
struct Column<'a> {
    values: &'a [f64],
    extent: Extent,
    lower: bool,
}

impl Column<'_> {
    fn write(&self, method: &Method, out: &mut [f64]) -> Result<(), NormaliseFault> {
        match *method {
            Method::None => self.turned(out, |x| x),
            Method::MinMax { low, high } => {
                self.differing()?;
                let (worst, range) = (self.worst(), self.extent.max - self.extent.min);
                let span = high - low;
                self.turned(out, |x| (x - worst) / range * span + low);
            }
            Method::Goalposts {
                min,
                max,
                low,
                high,
                truncate,
            } => {
                self.goalposts([min, max], [low, high], truncate, out);
            }
            Method::Scaled { min, max, factor } => {
                let range = max - min;
                self.turned(out, |x| (x - min) / range * factor);
            }
            Method::ZScore { mean, sd } => self.z_score(mean, sd, out)?,
            Method::Rank => self.worse_values(out, |worse| worse + 1.0),
            Method::Borda => self.worse_values(out, |worse| worse),
            Method::PercentileRank => {
                let others = self.extent.count as f64 - 1.0;
                if others == 0.0 {
                    return Err(NormaliseFault::SingleValue {
                        value: self.extent.max,
                    });
                }
                self.worse_values(out, |worse| worse / others);
            }
            Method::DistanceToMax => {
                self.differing()?;
                self.distance(self.best(), f64::INFINITY, out);
            }
            Method::DistanceToReference { reference, cap } => {
                self.distance_to_reference(reference, cap, out)?;
            }
            Method::DistanceToTarget { target, cap } => {
                let fault = |worst| NormaliseFault::TargetNotBeyondWorst { target, worst };
                self.distance_to(target, cap, fault, out)?;
            }
            Method::FractionOfMax => self.fraction_of_best(out)?,
        }
        Ok(())
    }

    /// A value turned, so that more is better.
    fn turn(&self, value: f64) -> f64 {
        // Not −x, which would make a negative zero of 0.
        if self.lower { 0.0 - value } else { value }
    }

    fn worst(&self) -> f64 {
        if self.lower {
            0.0 - self.extent.max
        } else {
            self.extent.min
        }
    }

    fn best(&self) -> f64 {
        if self.lower {
            0.0 - self.extent.min
        } else {
            self.extent.max
        }
    }

    /// Writes a function of the turned values.
    #[inline(always)]
    fn turned(&self, out: &mut [f64], score: impl Fn(f64) -> f64) {
        if self.lower {
            for (out, &value) in out.iter_mut().zip(self.values) {
                *out = score(0.0 - value);
            }
        } else {
            for (out, &value) in out.iter_mut().zip(self.values) {
                *out = score(value);
            }
        }
    }

    fn differing(&self) -> Result<(), NormaliseFault> {
        let (value, units) = (self.extent.max, self.extent.count);
        if self.extent.is_constant() {
            return Err(NormaliseFault::ConstantColumn { value, units });
        }
        Ok(())
    }

    fn goalposts(
        &self,
        [min, max]: [f64; 2],
        [low, high]: [f64; 2],
        truncate: bool,
        out: &mut [f64],
    ) {
        let (worse, better) = if self.lower { (max, min) } else { (min, max) };
        let (span, range) = (high - low, better - worse);
        let score = |x: f64| low + span * (x - worse) / range;
        if truncate {
            for (out, &value) in out.iter_mut().zip(self.values) {
                *out = score(value).clamp(low, high);
            }
        } else {
            for (out, &value) in out.iter_mut().zip(self.values) {
                *out = score(value);
            }
        }
    }

    fn z_score(&self, mean: f64, sd: f64, out: &mut [f64]) -> Result<(), NormaliseFault> {
        self.differing()?;
        let moments = Moments::of(self.values);
        let centre = self.turn(moments.mean);
        let spread = moments.standard_deviation().unwrap_or(f64::NAN);
        self.turned(out, |x| (x - centre) / spread * sd + mean);
        Ok(())
    }

    /// 1 − (goal − x)/(goal − worst), of turned numbers, at most `most`.
    #[inline(always)]
    fn distance(&self, goal: f64, most: f64, out: &mut [f64]) {
        let way = goal - self.worst();
        self.turned(out, |x| {
            let score = 1.0 - (goal - x) / way;
            if score > most { most } else { score }
        });
    }

    fn distance_to(
        &self,
        goal: f64,
        cap: bool,
        fault: impl Fn(f64) -> NormaliseFault,
        out: &mut [f64],
    ) -> Result<(), NormaliseFault> {
        if self.turn(goal) <= self.worst() {
            return Err(fault(self.turn(self.worst())));
        }
        let most = if cap { 1.0 } else { f64::INFINITY };
        self.distance(self.turn(goal), most, out);
        Ok(())
    }

    fn distance_to_reference(
        &self,
        reference: f64,
        cap: bool,
        out: &mut [f64],
    ) -> Result<(), NormaliseFault> {
        if !reference.is_finite() {
            return Err(NormaliseFault::ReferenceMissing { reference });
        }
        let fault = |worst| NormaliseFault::ReferenceNotBeyondWorst { reference, worst };
        self.distance_to(reference, cap, fault, out)
    }

    fn fraction_of_best(&self, out: &mut [f64]) -> Result<(), NormaliseFault> {
        let (min, max) = (self.extent.min, self.extent.max);
        if min < 0.0 || max <= 0.0 || (self.lower && min == 0.0) {
            let bad = |value: &f64| *value < 0.0 || (*value == 0.0 && (self.lower || max == 0.0));
            let row = self.values.iter().position(bad).unwrap_or(0);
            let value = self.values.get(row).copied().unwrap_or(f64::NAN);
            return Err(NormaliseFault::NotPositive { row, value });
        }
        for (out, &value) in out.iter_mut().zip(self.values) {
            *out = if self.lower { min / value } else { value / max };
        }
        Ok(())
    }
}
