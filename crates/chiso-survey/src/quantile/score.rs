//! The interval of a quantile by inverting its score test.

use super::{QuantileError, SortedSample};
use crate::distribution::find_root;
use crate::proportion::Interval;

/// The shares of rows at or below the two values where (p − F̂(θ))/se reaches ±t.
///
/// As R's `ffullerCI` does: the search runs over the range of the values shortened by a hundredth
/// of their interquartile range at both ends, to a tolerance of 1/(100√n), and the value found is
/// turned into a share of rows that is not weighted.
pub(super) fn interval<E: std::error::Error>(
    sample: &SortedSample,
    p: f64,
    n: f64,
    t: f64,
    mut proportion_below: impl FnMut(f64) -> Result<(f64, f64), E>,
) -> Result<Interval, QuantileError<E>> {
    let margin = sample.interquartile_range() / 100.0;
    let (low, high) = (sample.smallest() + margin, sample.largest() - margin);
    let tolerance = 1.0 / (100.0 * n.sqrt());
    let mut share_at = |limit: f64| {
        let mut failure = None;
        let statistic = |theta: f64| match proportion_below(theta) {
            Ok((below, variance)) => (p - below) / variance.sqrt() - limit,
            Err(error) => {
                failure = Some(error);
                f64::NAN
            }
        };
        let root = find_root(statistic, low, high, tolerance);
        match (failure, root) {
            (Some(error), _) => Err(QuantileError::Variance(error)),
            (None, Some(root)) => Ok(sample.share_of_rows_at_most(root.at)),
            (None, None) => Err(QuantileError::ScoreRange),
        }
    };
    Ok(Interval {
        lo: share_at(t)?,
        hi: share_at(-t)?,
    })
}
