//! Transforms that bend the scale of a column: logarithms and powers.

use super::{Transform, TreatFault};
use crate::method::moments::Moments;

/// Writes the values on a bent scale.
pub(super) fn bend(
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
