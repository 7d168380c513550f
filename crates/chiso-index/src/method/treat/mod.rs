//! Outliers: extreme values are drawn in, or the scale is bent, until a column's skewness and
//! kurtosis pass.
//!
//! A column passes where |G₁| is below a limit or G₂ below another (both as in
//! [`Moments`]). One that does not is transformed; if it still does not pass, a second transform
//! is tried on the values as they were. The rules are those of COINr 1.1.14 (`Treat`), except that
//! winsorising never makes a column constant and that `force` does what it says.

mod bend;
#[cfg(test)]
mod tests;
mod winsorise;

use thiserror::Error;

use super::moments::Moments;
use bend::bend;

/// A way to treat outliers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transform {
    /// x.
    None,
    /// The most extreme values, at the end to which the column leans, take the next value inwards;
    /// again and again, until the column passes or [`Treatment::most`] cells are drawn in. Equal
    /// values are drawn in together, so the last round may go beyond `most`.
    Winsorise,
    /// ln(x − min + 0.01·(max − min)).
    LogCt,
    /// As `LogCt` where the skewness is above 0, else −ln(max + 0.01·(max − min) − x).
    LogCtPlus,
    /// ln((max − 1)(x − min)/(max − min) + 1).
    LogGii,
    /// ((x − min + 1)^λ − 1)/λ, or its limit ln(x − min + 1) where λ is 0.
    BoxCox {
        /// λ.
        lambda: f64,
    },
}

/// When and how a column is treated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Treatment {
    /// What is done to a column that does not pass.
    pub first: Transform,
    /// What is done to the values as they were, if the column still does not pass.
    pub then: Option<Transform>,
    /// Winsorising stops when so many cells are drawn in.
    pub most: usize,
    /// A column passes where |G₁| is below this …
    pub skew: f64,
    /// … or G₂ is below this.
    pub kurtosis: f64,
    /// Whether `first` is applied to a column that passes, too; winsorising then draws in `most`
    /// cells whatever passes.
    pub force: bool,
}

/// The shape of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// G₁.
    pub skewness: f64,
    /// G₂, which is 0 for the normal distribution.
    pub kurtosis: f64,
}

/// What was done to a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreatRecord {
    /// The shape before; none of a column without values or whose values do not differ, which has
    /// no outliers and passes.
    pub before: Option<Shape>,
    /// The shape after the first transform; none where it was not applied.
    pub after_first: Option<Shape>,
    /// The shape after the second transform; none where it was not applied.
    pub after_then: Option<Shape>,
    /// The transform that the result comes from.
    pub applied: Transform,
    /// How many cells the result draws in from above.
    pub high: usize,
    /// How many cells the result draws in from below.
    pub low: usize,
    /// Whether the result passes.
    pub passed: bool,
}

/// Why a column cannot be treated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum TreatFault {
    /// Kurtosis needs four values.
    #[error("found {found} values; expected at least 4, without which there is no kurtosis")]
    TooFewValues {
        /// How many there are.
        found: usize,
    },
    /// Values that no arithmetic holds.
    #[error(
        "found values from {min} to {max}; expected finite ones with a spread that is a number"
    )]
    NotFinite {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// A logarithm of a column whose values do not differ.
    #[error("found the value {value} in every unit; expected at least two values for a logarithm")]
    ConstantColumn {
        /// The value.
        value: f64,
    },
    /// `log_gii` needs a maximum above 1: below it the logarithm would turn the order round.
    #[error("found the greatest value {max}; expected one above 1 for log_gii")]
    MaximumNotAboveOne {
        /// The greatest value.
        max: f64,
    },
    /// A power that is none.
    #[error("found lambda {lambda}; expected a finite number with finite powers of the values")]
    Lambda {
        /// What was found.
        lambda: f64,
    },
    /// A limit that is none.
    #[error("found limits of skewness {skew} and kurtosis {kurtosis}; expected numbers")]
    Limits {
        /// The limit of |G₁|.
        skew: f64,
        /// The limit of G₂.
        kurtosis: f64,
    },
    /// Columns of different lengths.
    #[error("found a result of {found} rows; expected {expected}")]
    Length {
        /// The rows of the result.
        found: usize,
        /// The rows of the values.
        expected: usize,
    },
}

/// Memory that treatments use again.
#[derive(Clone, Debug, Default)]
pub struct TreatScratch {
    /// The values that are there, without gaps.
    present: Vec<f64>,
}

/// A column after a transform.
struct Treated {
    moments: Moments,
    high: usize,
    low: usize,
}

/// Treats a column: see [`Treatment`]. Cells without a value stay without one; a column without
/// values is copied.
///
/// # Errors
/// See [`TreatFault`].
pub fn treat(
    treatment: &Treatment,
    values: &[f64],
    out: &mut [f64],
    scratch: &mut TreatScratch,
) -> Result<TreatRecord, TreatFault> {
    treatment.check(values, out)?;
    out.copy_from_slice(values);
    let before = Moments::of(values);
    let mut record = TreatRecord {
        before: shape(&before)?,
        after_first: None,
        after_then: None,
        applied: Transform::None,
        high: 0,
        low: 0,
        passed: true,
    };
    record.passed = record.before.is_none_or(|shape| treatment.passes(shape));
    if before.count() == 0 || (record.passed && !treatment.force) {
        return Ok(record);
    }
    record.after_first =
        treatment.apply(treatment.first, values, &before, out, scratch, &mut record)?;
    if record.passed {
        return Ok(record);
    }
    if let Some(then) = treatment.then {
        record.after_then = treatment.apply(then, values, &before, out, scratch, &mut record)?;
    }
    Ok(record)
}

/// None of a column without values or whose values do not differ.
fn shape(moments: &Moments) -> Result<Option<Shape>, TreatFault> {
    let extent = moments.extent;
    if extent.count == 0 || (extent.is_constant() && extent.max.is_finite()) {
        return Ok(None);
    }
    if extent.count < 4 {
        return Err(TreatFault::TooFewValues {
            found: extent.count,
        });
    }
    match (moments.skewness(), moments.kurtosis()) {
        (Some(skewness), Some(kurtosis)) => Ok(Some(Shape { skewness, kurtosis })),
        _ => Err(TreatFault::NotFinite {
            min: extent.min,
            max: extent.max,
        }),
    }
}

impl Treatment {
    /// Whether a shape passes: |G₁| below `skew`, or G₂ below `kurtosis`.
    pub fn passes(&self, shape: Shape) -> bool {
        shape.skewness.abs() < self.skew || shape.kurtosis < self.kurtosis
    }

    fn check(&self, values: &[f64], out: &[f64]) -> Result<(), TreatFault> {
        if out.len() != values.len() {
            return Err(TreatFault::Length {
                found: out.len(),
                expected: values.len(),
            });
        }
        if self.skew.is_nan() || self.kurtosis.is_nan() {
            return Err(TreatFault::Limits {
                skew: self.skew,
                kurtosis: self.kurtosis,
            });
        }
        Ok(())
    }

    /// Writes the transformed values, notes it in the record, and gives the new shape.
    fn apply(
        &self,
        transform: Transform,
        values: &[f64],
        before: &Moments,
        out: &mut [f64],
        scratch: &mut TreatScratch,
        record: &mut TreatRecord,
    ) -> Result<Option<Shape>, TreatFault> {
        let treated = match transform {
            Transform::None => {
                out.copy_from_slice(values);
                Treated {
                    moments: *before,
                    high: 0,
                    low: 0,
                }
            }
            Transform::Winsorise => self.winsorise(values, before, out, &mut scratch.present),
            _ => {
                bend(transform, values, before, out)?;
                Treated {
                    moments: Moments::of(out),
                    high: 0,
                    low: 0,
                }
            }
        };
        let after = shape(&treated.moments)?;
        record.applied = transform;
        (record.high, record.low) = (treated.high, treated.low);
        record.passed = after.is_none_or(|shape| self.passes(shape));
        Ok(after)
    }

    fn holds(&self, moments: &Moments) -> bool {
        let shape = moments.skewness().zip(moments.kurtosis());
        shape.is_some_and(|(skewness, kurtosis)| self.passes(Shape { skewness, kurtosis }))
    }
}
