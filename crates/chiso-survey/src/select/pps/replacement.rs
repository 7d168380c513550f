//! Selection with replacement.

use super::SelectError;
use crate::select::Stream;

/// A unit of a sample with replacement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hits {
    /// The unit's place in the list, from 0.
    pub unit: usize,
    /// How often it was drawn, at least once.
    pub hits: usize,
    /// How often it is drawn on average, `n x_i / X`: every hit has the weight `1 / expected`.
    pub expected: f64,
    /// The probability that it is drawn at all, `1 − (1 − x_i / X)ⁿ`.
    pub probability: f64,
}

/// `draws` independent draws with probability proportional to size; the units drawn, by position.
///
/// A sum over the sample weighted by `hits / expected` is the Hansen–Hurwitz estimate of a total.
/// Sizes have any unit. Source: Hansen, Hurwitz 1943, *Annals of Mathematical Statistics*
/// 14:333–362; Cochran 1977, §9A.3.
///
/// # Errors
///
/// A size that is negative or not finite; no size above 0.
pub fn with_replacement(
    sizes: &[f64],
    draws: usize,
    stream: &mut Stream,
) -> Result<Vec<Hits>, SelectError> {
    let mut sums = Vec::with_capacity(sizes.len());
    let mut total = 0.0;
    for (position, &size) in sizes.iter().enumerate() {
        if !size.is_finite() || size < 0.0 {
            return Err(SelectError::Size { position, size });
        }
        total += size;
        sums.push(total);
    }
    let Some(last) = sizes.iter().rposition(|&size| size > 0.0) else {
        return Err(SelectError::TooFewSizes {
            take: draws,
            positive: 0,
        });
    };
    let mut hits = vec![0_usize; sizes.len()];
    for _ in 0..draws {
        let point = stream.uniform() * total;
        hits[sums.partition_point(|&sum| sum <= point).min(last)] += 1;
    }
    let drawn = (0..sizes.len()).filter(|&unit| hits[unit] > 0);
    let describe = |unit: usize| {
        let chance = sizes[unit] / total;
        Hits {
            unit,
            hits: hits[unit],
            expected: draws as f64 * chance,
            // 1 − (1 − p)ⁿ without cancellation when p is small.
            probability: -(draws as f64 * (-chance).ln_1p()).exp_m1(),
        }
    };
    Ok(drawn.map(describe).collect())
}
