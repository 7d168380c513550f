//! By the unit's own values of other editions.

/// The latest earlier value of a series, at most `age` editions of the unit back; none where there
/// is none. Cells of the series without a value are NaN; `times` ascend.
pub fn previous(times: &[f64], series: &[f64], place: usize, age: Option<usize>) -> Option<f64> {
    let earlier = series.get(..place.min(times.len()))?;
    let oldest = age.map_or(0, |age| place.saturating_sub(age));
    let kept = earlier.get(oldest..)?;
    kept.iter().rev().copied().find(|value| !value.is_nan())
}

/// The value at a place of a series on the straight line between the nearest values before and
/// after it; beyond the first and the last, the nearest value (R's `approx`, rule 2). None where
/// the series has no value. Cells of the series without a value are NaN; `times` ascend.
pub fn linear(times: &[f64], series: &[f64], place: usize) -> Option<f64> {
    let &time = times.get(place)?;
    let there = |at: &usize| !series[*at].is_nan();
    let length = series.len().min(times.len());
    let before = (0..(place + 1).min(length)).rev().find(there);
    let after = (place..length).find(there);
    match (before, after) {
        (Some(before), Some(after)) if times[after] > times[before] => {
            let way = (time - times[before]) / (times[after] - times[before]);
            Some(series[before] + (series[after] - series[before]) * way)
        }
        (Some(at), _) | (None, Some(at)) => Some(series[at]),
        (None, None) => None,
    }
}
