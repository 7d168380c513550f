//! The few numerical functions that scores rest on: compensated sums, percentiles, rounding.

/// The sum of the values with Neumaier's compensation: the error of the result does not grow with
/// the number of terms (A. Neumaier, ZAMM 54, 1974).
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut total, mut compensation) = (0.0f64, 0.0f64);
    for value in values {
        let next = total + value;
        compensation += if total.abs() >= value.abs() {
            (total - next) + value
        } else {
            (value - next) + total
        };
        total = next;
    }
    total + compensation
}

/// The mean, or none of an empty list.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values.iter().copied()) / values.len() as f64)
}

/// Pearson's correlation of the pairs of which both have a value; none with fewer than two pairs or
/// where one side does not vary.
pub fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let pairs = || a.iter().zip(b).filter(|(x, y)| !x.is_nan() && !y.is_nan());
    let count = pairs().count() as f64;
    let (mean_a, mean_b) = (
        sum(pairs().map(|(x, _)| *x)) / count,
        sum(pairs().map(|(_, y)| *y)) / count,
    );
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        let (x, y) = (x - mean_a, y - mean_b);
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    (count >= 2.0 && aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

/// The percentile at `probability` (0 to 1) of ascending values by linear interpolation between
/// order statistics at position `(n - 1)p`: type 7 of Hyndman and Fan (1996), the default of
/// spreadsheets' PERCENTILE.INC and of numpy. None of an empty list.
pub fn percentile_linear(ascending: &[f64], probability: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let position = last as f64 * probability.clamp(0.0, 1.0);
    let below = position.floor() as usize;
    let share = position - below as f64;
    let low = ascending[below];
    // A whole position must give the order statistic itself, bit for bit: groups compare with it.
    if share == 0.0 || below == last {
        return Some(low);
    }
    Some(low + share * (ascending[below + 1] - low))
}

/// The median by [`percentile_linear`], of values in any order.
pub fn median(values: &[f64]) -> Option<f64> {
    percentile_linear(&sorted(values), 0.5)
}

/// The values in ascending order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut ascending = values.to_vec();
    ascending.sort_by(f64::total_cmp);
    ascending
}

/// The value in whole units of `10^-decimals`, halves away from zero.
///
/// A score such as 40.725 may be held as 40.72499999…; a hundred-millionth of the last digit is
/// added so that such a half is rounded as a person would round the printed number.
pub fn to_ticks(value: f64, decimals: u8) -> i64 {
    let scaled = value * 10f64.powi(i32::from(decimals));
    (scaled + scaled.signum() * 1e-8).round() as i64
}

/// The value of whole units of `10^-decimals`.
pub fn from_ticks(ticks: i64, decimals: u8) -> f64 {
    ticks as f64 / 10f64.powi(i32::from(decimals))
}

/// Whole numbers as near to the parts as can be that add up to `total` exactly.
///
/// Each part is rounded down; what is then missing goes, one by one, to the parts with the largest
/// remainders, the first of equals first (the largest-remainder method of Hamilton). When the parts
/// do not sum to about `total`, the rest is spread evenly.
pub fn apportion(total: i64, parts: &[f64]) -> Vec<i64> {
    let mut whole: Vec<i64> = parts.iter().map(|part| part.floor() as i64).collect();
    if whole.is_empty() {
        return whole;
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&a, &b| {
        let (ra, rb) = (parts[a] - parts[a].floor(), parts[b] - parts[b].floor());
        rb.total_cmp(&ra).then(a.cmp(&b))
    });
    let missing = total - whole.iter().sum::<i64>();
    let count = whole.len() as i64;
    let (each, rest) = (missing.div_euclid(count), missing.rem_euclid(count));
    for part in &mut whole {
        *part += each;
    }
    for &index in order.iter().take(rest as usize) {
        whole[index] += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_compensated_sum_keeps_what_a_plain_one_loses() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
    }

    #[test]
    fn the_percentile_of_four_values_interpolates_between_the_second_and_third() {
        assert_eq!(percentile_linear(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(
            percentile_linear(&[1.0, 2.0, 3.0, 4.0, 9.0], 0.75),
            Some(4.0)
        );
        assert_eq!(percentile_linear(&[], 0.5), None);
    }

    #[test]
    fn a_half_is_rounded_away_from_zero_even_when_held_just_below() {
        assert_eq!(to_ticks(40.725, 2), 4073);
        assert_eq!(to_ticks(-40.725, 2), -4073);
        assert_eq!(to_ticks(0.0, 2), 0);
    }

    proptest! {
        #[test]
        fn apportioned_parts_add_up_and_stay_within_one_of_their_share(
            parts in proptest::collection::vec(-1e6f64..1e6, 1..30),
        ) {
            let total = sum(parts.iter().copied()).round() as i64;
            let whole = apportion(total, &parts);
            prop_assert_eq!(whole.iter().sum::<i64>(), total);
            for (w, p) in whole.iter().zip(&parts) {
                prop_assert!((*w as f64 - p).abs() <= 1.0 + 1e-6);
            }
        }
    }
}
