//! Whole ticks: the unit in which points and places add up exactly.

/// Digits after the point of a tick of points: a tick is 10^-6 of a point.
pub const DECIMALS: u8 = 6;

/// Digits after the point of a tick of places: a tick is 10^-6 of a place in the ranking.
pub const PLACES_DECIMALS: u8 = 6;

/// Prints ticks as a decimal number, digit for digit: 1234500 ticks are `1.234500`.
///
/// No floating point is involved, so printed parts add up to the printed whole.
pub fn ticks_text(ticks: i64, decimals: u8) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let scale = 10u64.pow(u32::from(decimals));
    let (whole, rest) = (ticks.unsigned_abs() / scale, ticks.unsigned_abs() % scale);
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    format!(
        "{sign}{whole}.{rest:0width$}",
        width = usize::from(decimals)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_printed_digit_for_digit() {
        assert_eq!(ticks_text(1_234_500, 6), "1.234500");
        assert_eq!(ticks_text(-1, 6), "-0.000001");
        assert_eq!(ticks_text(0, 6), "0.000000");
        assert_eq!(ticks_text(-42, 0), "-42");
    }
}
