//! Outliers: extreme values are drawn in, or the scale is bent, until a column's skewness and
//! kurtosis pass.
//!
//! A column passes where |G₁| is below a limit or G₂ below another (both as in
//! [`Moments`]). One that does not is transformed; if it still does not pass, a second transform
//! is tried on the values as they were. The rules are those of COINr 1.1.14 (`Treat`), except that
//! winsorising never makes a column constant and that `force` does what it says.

use thiserror::Error;

use super::moments::{LANES, Moments, in_lanes};

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

    fn winsorise(
        &self,
        values: &[f64],
        before: &Moments,
        out: &mut [f64],
        present: &mut Vec<f64>,
    ) -> Treated {
        present.clear();
        present.extend(values.iter().copied().filter(|value| !value.is_nan()));
        let mut treated = Treated {
            moments: *before,
            high: 0,
            low: 0,
        };
        while treated.high + treated.low < self.most
            && (self.force || !self.holds(&treated.moments))
        {
            let extent = treated.moments.extent;
            let high = treated.moments.leans_high();
            let (next, cells) = if high {
                next_below(present, extent.max)
            } else {
                next_above(present, extent.min)
            };
            // What remains must be two values at least: a constant column says nothing.
            if (high && next <= extent.min) || (!high && next >= extent.max) {
                break;
            }
            if high {
                present
                    .iter_mut()
                    .for_each(|value| *value = value.min(next));
                treated.high = cells;
            } else {
                present
                    .iter_mut()
                    .for_each(|value| *value = value.max(next));
                treated.low = cells;
            }
            treated.moments = Moments::of(present);
        }
        let extent = treated.moments.extent;
        for (out, value) in out.iter_mut().zip(values) {
            *out = value.clamp(extent.min, extent.max);
        }
        treated
    }

    fn holds(&self, moments: &Moments) -> bool {
        let shape = moments.skewness().zip(moments.kurtosis());
        shape.is_some_and(|(skewness, kurtosis)| self.passes(Shape { skewness, kurtosis }))
    }
}

/// The greatest value below a number, and how many values equal the number.
fn next_below(values: &[f64], top: f64) -> (f64, usize) {
    let mut lanes = ([f64::NEG_INFINITY; LANES], [0.0; LANES]);
    in_lanes(values, &mut lanes, |(next, cells), lane, value| {
        let nearer = (value < top) & (value > next[lane]);
        next[lane] = if nearer { value } else { next[lane] };
        cells[lane] += if value == top { 1.0 } else { 0.0 };
    });
    let next = lanes.0.into_iter().fold(f64::NEG_INFINITY, f64::max);
    (next, lanes.1.iter().sum::<f64>() as usize)
}

/// The least value above a number, and how many values equal the number.
fn next_above(values: &[f64], bottom: f64) -> (f64, usize) {
    let mut lanes = ([f64::INFINITY; LANES], [0.0; LANES]);
    in_lanes(values, &mut lanes, |(next, cells), lane, value| {
        let nearer = (value > bottom) & (value < next[lane]);
        next[lane] = if nearer { value } else { next[lane] };
        cells[lane] += if value == bottom { 1.0 } else { 0.0 };
    });
    let next = lanes.0.into_iter().fold(f64::INFINITY, f64::min);
    (next, lanes.1.iter().sum::<f64>() as usize)
}

/// Writes the values on a bent scale.
fn bend(
    transform: Transform,
    values: &[f64],
    before: &Moments,
    out: &mut [f64],
) -> Result<(), TreatFault> {
    let (min, max) = (before.extent.min, before.extent.max);
    let range = max - min;
    if range == 0.0 {
        return Err(TreatFault::ConstantColumn { value: max });
    }
    let offset = 0.01 * range;
    match transform {
        Transform::None | Transform::Winsorise => out.copy_from_slice(values),
        Transform::LogCt => map(values, out, |x| (x - min + offset).ln()),
        Transform::LogCtPlus if before.skewness().is_some_and(|skewness| skewness > 0.0) => {
            map(values, out, |x| (x - min + offset).ln());
        }
        Transform::LogCtPlus => map(values, out, |x| -(max + offset - x).ln()),
        Transform::LogGii if max <= 1.0 => return Err(TreatFault::MaximumNotAboveOne { max }),
        Transform::LogGii => map(values, out, |x| {
            ((max - 1.0) * (x - min) / range + 1.0).ln()
        }),
        Transform::BoxCox { lambda: 0.0 } => map(values, out, |x| (x - min).ln_1p()),
        Transform::BoxCox { lambda } => {
            map(values, out, |x| {
                (lambda * (x - min).ln_1p()).exp_m1() / lambda
            });
            let finite = out
                .iter()
                .zip(values)
                .all(|(y, x)| y.is_finite() || x.is_nan());
            if !finite {
                return Err(TreatFault::Lambda { lambda });
            }
        }
    }
    Ok(())
}

fn map(values: &[f64], out: &mut [f64], function: impl Fn(f64) -> f64) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = function(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USUAL: Treatment = Treatment {
        first: Transform::Winsorise,
        then: Some(Transform::LogCt),
        most: 5,
        skew: 2.0,
        kurtosis: 3.5,
        force: false,
    };

    fn run(treatment: &Treatment, values: &[f64]) -> Result<(Vec<f64>, TreatRecord), TreatFault> {
        let mut out = vec![f64::NAN; values.len()];
        let record = treat(treatment, values, &mut out, &mut TreatScratch::default())?;
        Ok((out, record))
    }

    fn up_to(last: i32, more: &[f64]) -> Vec<f64> {
        (1..=last)
            .map(f64::from)
            .chain(more.iter().copied())
            .collect()
    }

    #[test]
    fn one_outlier_takes_the_next_value_and_the_column_passes() {
        let (out, record) = run(&USUAL, &up_to(10, &[100.0])).unwrap();
        assert_eq!(out, up_to(10, &[10.0]));
        assert_eq!((record.high, record.low, record.passed), (1, 0, true));
        assert_eq!(record.applied, Transform::Winsorise);
        let mirrored: Vec<f64> = up_to(10, &[100.0]).iter().map(|v| -v).collect();
        let (out, record) = run(&USUAL, &mirrored).unwrap();
        assert_eq!(out[10], -10.0);
        assert_eq!((record.high, record.low), (0, 1));
    }

    #[test]
    fn where_winsorising_does_not_suffice_the_values_as_they_were_are_bent() {
        let values = up_to(20, &[100.0, 200.0]);
        let (out, record) = run(&Treatment { most: 1, ..USUAL }, &values).unwrap();
        let expected: Vec<f64> = values.iter().map(|x| (x - 1.0 + 1.99).ln()).collect();
        assert_eq!(out, expected);
        assert_eq!(
            (record.applied, record.high, record.passed),
            (Transform::LogCt, 0, true)
        );
        assert!(record.after_first.is_some() && record.after_then.is_some());
        let (_, record) = run(
            &Treatment {
                most: 1,
                then: None,
                ..USUAL
            },
            &values,
        )
        .unwrap();
        assert_eq!(
            (record.applied, record.passed),
            (Transform::Winsorise, false)
        );
    }

    #[test]
    fn force_draws_in_as_many_cells_as_stated_even_of_a_column_that_passes() {
        let values = up_to(20, &[]);
        assert_eq!(run(&USUAL, &values).unwrap().0, values);
        let forced = Treatment {
            most: 3,
            force: true,
            ..USUAL
        };
        let (out, record) = run(&forced, &values).unwrap();
        assert_eq!(record.high + record.low, 3);
        assert_eq!(out.iter().zip(&values).filter(|(a, b)| a != b).count(), 3);
    }

    #[test]
    fn a_column_of_two_values_is_never_made_constant() {
        let mut values = vec![0.0; 30];
        values[3] = 1.0;
        let (out, record) = run(
            &Treatment {
                then: None,
                ..USUAL
            },
            &values,
        )
        .unwrap();
        assert_eq!(out, values);
        assert_eq!((record.high, record.passed), (0, false));
    }

    #[test]
    fn a_constant_column_and_a_column_without_values_are_left_alone() {
        let (out, record) = run(&USUAL, &[4.0; 8]).unwrap();
        assert_eq!(
            (out, record.before, record.passed),
            (vec![4.0; 8], None, true)
        );
        let (out, record) = run(&USUAL, &[f64::NAN; 8]).unwrap();
        assert!(out.iter().all(|value| value.is_nan()) && record.passed);
        let forced = Treatment {
            first: Transform::LogCt,
            force: true,
            ..USUAL
        };
        assert_eq!(
            run(&forced, &[4.0; 8]),
            Err(TreatFault::ConstantColumn { value: 4.0 })
        );
    }

    #[test]
    fn what_cannot_be_treated_is_said() {
        let few = run(&USUAL, &[1.0, f64::NAN, 3.0]);
        assert_eq!(few, Err(TreatFault::TooFewValues { found: 2 }));
        let infinite = run(&USUAL, &up_to(9, &[f64::INFINITY]));
        assert!(matches!(infinite, Err(TreatFault::NotFinite { .. })));
        let limits = run(
            &Treatment {
                skew: f64::NAN,
                ..USUAL
            },
            &up_to(9, &[]),
        );
        assert!(matches!(limits, Err(TreatFault::Limits { .. })));
        let gii = Treatment {
            first: Transform::LogGii,
            force: true,
            ..USUAL
        };
        let small = [0.1, 0.2, 0.3, 0.9];
        assert_eq!(
            run(&gii, &small),
            Err(TreatFault::MaximumNotAboveOne { max: 0.9 })
        );
        let power = Transform::BoxCox { lambda: 1e6 };
        let huge = run(
            &Treatment {
                first: power,
                force: true,
                ..USUAL
            },
            &up_to(9, &[]),
        );
        assert_eq!(huge, Err(TreatFault::Lambda { lambda: 1e6 }));
    }

    fn bent(transform: Transform, values: &[f64]) -> Vec<f64> {
        let forced = Treatment {
            first: transform,
            then: None,
            force: true,
            ..USUAL
        };
        run(&forced, values).unwrap().0
    }

    #[test]
    fn log_gii_maps_the_least_value_to_0_and_the_greatest_to_its_logarithm() {
        let out = bent(Transform::LogGii, &[2.0, 5.0, 8.0, 50.0]);
        assert_eq!(out[0], 0.0);
        assert!((out[3] - 50.0f64.ln()).abs() < 1e-15);
        assert!((out[1] - (49.0f64 * 3.0 / 48.0 + 1.0).ln()).abs() < 1e-15);
    }

    #[test]
    fn boxcox_of_power_1_shifts_of_power_2_squares_and_of_power_0_takes_logarithms() {
        let values = [3.0, 4.0, 6.0, 12.0];
        let near = |lambda: f64, expected: [f64; 4]| {
            let out = bent(Transform::BoxCox { lambda }, &values);
            out.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
        };
        assert!(near(1.0, [0.0, 1.0, 3.0, 9.0]));
        assert!(near(2.0, [0.0, 1.5, 7.5, 49.5]));
        assert!(near(0.0, [0.0, 2.0f64.ln(), 4.0f64.ln(), 10.0f64.ln()]));
        assert!(near(-1.0, [0.0, 0.5, 0.75, 0.9]));
    }

    #[test]
    fn log_ct_plus_mirrors_a_column_that_leans_low() {
        let values = [-40.0, 1.0, 2.0, 3.0, 4.0];
        let out = bent(Transform::LogCtPlus, &values);
        assert!((out[4] + (0.44f64).ln()).abs() < 1e-12);
        assert!(out.is_sorted());
        assert_eq!(
            bent(Transform::LogCtPlus, &values.map(|v| -v)),
            bent(Transform::LogCt, &values.map(|v| -v))
        );
    }

    proptest! {
        #[test]
        fn treating_keeps_the_order_and_the_gaps(
            mut values in proptest::collection::vec(-1e3f64..1e3, 8..60),
            outliers in proptest::collection::vec(-1e6f64..1e6, 0..4),
            most in 0usize..9,
            then in proptest::sample::select(vec![
                None, Some(Transform::LogCt), Some(Transform::LogCtPlus),
                Some(Transform::BoxCox { lambda: 0.5 }),
            ]),
        ) {
            values.extend(outliers);
            values.insert(3, f64::NAN);
            let (out, record) = run(&Treatment { most, then, ..USUAL }, &values).unwrap();
            prop_assert!(record.high + record.low <= most);
            prop_assert!(out.iter().zip(&values).all(|(a, b)| a.is_nan() == b.is_nan()));
            for (a, x) in out.iter().zip(&values) {
                for (b, y) in out.iter().zip(&values) {
                    prop_assert!(x >= y || a <= b || a.is_nan() || b.is_nan());
                }
            }
            if record.applied == Transform::Winsorise {
                let drawn = out.iter().zip(&values).filter(|(a, b)| a != b && !b.is_nan()).count();
                prop_assert_eq!(drawn, record.high + record.low);
            }
        }
    }
}
