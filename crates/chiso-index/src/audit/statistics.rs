//! The statistics of a column: extent, moments, and how much it tells.

use super::availability::share;
use crate::method::moments::Moments;
use crate::numbers::percentile_linear;

/// The statistics of one column. Figures that a column has too few values for are NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// How many rows it has.
    pub rows: usize,
    /// How many of them have a value.
    pub available: usize,
    /// How many values are not zero.
    pub nonzero: usize,
    /// How many different values there are.
    pub unique: usize,
    /// How often the most common value stands.
    pub most_common: usize,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The standard deviation, divided by n − 1.
    pub standard_deviation: f64,
    /// The bias-corrected skewness G1.
    pub skewness: f64,
    /// The bias-corrected kurtosis G2, 0 for a normal distribution.
    pub kurtosis: f64,
}

impl Statistics {
    /// The statistics of a column; NaN is "no value".
    pub fn new(values: &[f64]) -> Self {
        let mut ascending: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        ascending.sort_unstable_by(f64::total_cmp);
        let runs = || ascending.chunk_by(|a, b| a == b).map(<[f64]>::len);
        let moments = Moments::of(values);
        Statistics {
            rows: values.len(),
            available: ascending.len(),
            nonzero: ascending.iter().filter(|value| **value != 0.0).count(),
            unique: runs().count(),
            most_common: runs().max().unwrap_or(0),
            min: ascending.first().copied().unwrap_or(f64::NAN),
            max: ascending.last().copied().unwrap_or(f64::NAN),
            mean: moments.mean,
            median: percentile_linear(&ascending, 0.5).unwrap_or(f64::NAN),
            standard_deviation: moments.standard_deviation().unwrap_or(f64::NAN),
            skewness: moments.skewness().unwrap_or(f64::NAN),
            kurtosis: moments.kurtosis().unwrap_or(f64::NAN),
        }
    }

    /// The share of rows that have a value.
    pub fn available_share(&self) -> f64 {
        share(self.available, self.rows)
    }

    /// The share of values that are not zero.
    pub fn nonzero_share(&self) -> f64 {
        share(self.nonzero, self.available)
    }

    /// The number of different values by the number of values.
    pub fn unique_share(&self) -> f64 {
        share(self.unique, self.available)
    }

    /// The share of values that are the most common one.
    pub fn most_common_share(&self) -> f64 {
        share(self.most_common, self.available)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_repeats_and_gaps_are_counted_apart() {
        let column = Statistics::new(&[0.0, -0.0, 3.0, f64::NAN, 5.0]);
        assert_eq!((column.rows, column.available), (5, 4));
        assert_eq!(
            (column.nonzero, column.unique, column.most_common),
            (2, 3, 2)
        );
        assert_eq!(
            (column.min, column.max, column.mean, column.median),
            (0.0, 5.0, 2.0, 1.5)
        );
        assert_eq!(column.available_share(), 0.8);
        assert_eq!(column.most_common_share(), 0.5);
    }

    #[test]
    fn an_empty_column_has_no_figures() {
        let column = Statistics::new(&[f64::NAN, f64::NAN]);
        assert_eq!(
            (column.available, column.unique, column.most_common),
            (0, 0, 0)
        );
        assert!(column.mean.is_nan() && column.min.is_nan() && column.skewness.is_nan());
        assert!(column.most_common_share().is_nan());
    }
}
