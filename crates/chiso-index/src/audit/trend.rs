//! The trend of a series: how much it changed by year, in percent.

/// The average change per `period` in percent of the series' beginning.
///
/// From three values on: 100 · b · period / (a + b t₁), with a + b t the least-squares line and t₁ the
/// time of the first value. From two values: 100 · (y₂ − y₁)/y₁ · period/(t₂ − t₁). Zero where all
/// values are equal. None for fewer than two values, for a beginning of zero, which has no percent, and
/// for times that are all the same. Missing values (NaN) are left out.
pub fn percent_change(times: &[f64], values: &[f64], period: f64) -> Option<f64> {
    let points = present(times, values);
    let [(first_time, first), rest @ ..] = points.as_slice() else {
        return None;
    };
    if rest.is_empty() {
        return None;
    }
    if rest.iter().all(|(_, value)| value == first) {
        return Some(0.0);
    }
    let (slope, beginning) = match rest {
        [(time, value)] => ((value - first) / (time - first_time), *first),
        _ => line(&points, *first_time)?,
    };
    let change = 100.0 * slope * period / beginning;
    change.is_finite().then_some(change)
}

/// The compound growth per unit of time: (yₙ/y₁)^(1/(tₙ − t₁)) − 1. Zero where the first and last
/// value are equal. None for fewer than two values, or where the ratio is negative or has no finite
/// value. Missing values (NaN) are left out.
pub fn compound_growth(times: &[f64], values: &[f64]) -> Option<f64> {
    let points = present(times, values);
    let (&(first_time, first), &(last_time, last)) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    if first == last {
        return Some(0.0);
    }
    let growth = (last / first).powf(1.0 / (last_time - first_time)) - 1.0;
    growth.is_finite().then_some(growth)
}

/// The points that have a value, in the order of time.
fn present(times: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
    let both = times.iter().copied().zip(values.iter().copied());
    let mut points: Vec<(f64, f64)> = both.filter(|(_, value)| !value.is_nan()).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// The slope of the least-squares line and its value at `time`; none where all times are the same.
fn line(points: &[(f64, f64)], time: f64) -> Option<(f64, f64)> {
    let count = points.len() as f64;
    let mean_time = points.iter().map(|(t, _)| t).sum::<f64>() / count;
    let mean = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let products: f64 = points
        .iter()
        .map(|(t, y)| (t - mean_time) * (y - mean))
        .sum();
    let squares: f64 = points.iter().map(|(t, _)| (t - mean_time).powi(2)).sum();
    let slope = products / squares;
    (squares > 0.0).then_some((slope, mean + slope * (time - mean_time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_changes_by_its_slope_over_its_beginning() {
        let times = [2020.0, 2021.0, 2023.0];
        let change = percent_change(&times, &[10.0, 11.0, 13.0], 1.0).expect("a line");
        assert!((change - 10.0).abs() < 1e-12);
        let decade = percent_change(&times, &[10.0, 11.0, 13.0], 10.0).expect("a line");
        assert!((decade - 100.0).abs() < 1e-11);
    }

    #[test]
    fn two_points_or_equal_values_need_no_line() {
        let gap = percent_change(&[1.0, 2.0, 5.0], &[4.0, f64::NAN, 6.0], 1.0);
        assert_eq!(gap, Some(12.5));
        assert_eq!(percent_change(&[1.0, 2.0], &[0.0, 0.0], 1.0), Some(0.0));
        assert_eq!(percent_change(&[1.0, 2.0], &[0.0, 3.0], 1.0), None);
        assert_eq!(percent_change(&[1.0], &[3.0], 1.0), None);
    }

    #[test]
    fn compound_growth_compounds_to_the_last_value() {
        let growth = compound_growth(&[0.0, 1.0, 3.0], &[2.0, 99.0, 2.0 * 1.1f64.powi(3)]);
        assert!((growth.expect("positive") - 0.1).abs() < 1e-15);
        assert_eq!(compound_growth(&[0.0, 2.0], &[1.0, -4.0]), None);
        assert_eq!(compound_growth(&[0.0, 2.0], &[0.0, 0.0]), Some(0.0));
    }
}
