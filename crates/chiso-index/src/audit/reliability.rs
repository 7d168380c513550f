//! Cronbach's alpha: do the parts of a node measure one thing?

use super::correlation::shared_covariance;

/// Cronbach's α of columns: k² c̄ / Σ cov, with c̄ the mean covariance of two different columns and
/// the sum over the whole covariance matrix; the same as k/(k−1) · (1 − Σ var / var(sum)) where no
/// value is missing (L. J. Cronbach, Psychometrika 16, 1951). Each covariance is that of the rows the
/// two columns share; a pair that shares fewer than two is left out of the sums.
///
/// None for fewer than two columns, or where all covariances sum to zero.
pub fn alpha(columns: &[&[f64]]) -> Option<f64> {
    let size = columns.len();
    if size < 2 {
        return None;
    }
    let (mut variances, mut covariances) = (0.0, 0.0);
    for (i, column) in columns.iter().enumerate() {
        variances += shared_covariance(column, column).unwrap_or(0.0);
        for other in &columns[..i] {
            covariances += 2.0 * shared_covariance(column, other).unwrap_or(0.0);
        }
    }
    let total = variances + covariances;
    let size = size as f64;
    (total != 0.0).then(|| size / (size - 1.0) * covariances / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_the_same_are_wholly_reliable() {
        let x = [1.0, 4.0, 2.0, 8.0];
        assert!((alpha(&[&x, &x, &x]).expect("defined") - 1.0).abs() < 1e-15);
    }

    #[test]
    fn alpha_is_that_of_the_variance_of_the_sum() {
        let (a, b, c) = (
            [1.0, 4.0, 2.0, 8.0],
            [3.0, 3.0, 5.0, 9.0],
            [0.0, 7.0, 1.0, 2.0],
        );
        let sum: Vec<f64> = (0..4).map(|i| a[i] + b[i] + c[i]).collect();
        let variance = |x: &[f64]| shared_covariance(x, x).expect("two rows");
        let parts = variance(&a) + variance(&b) + variance(&c);
        let expected = 1.5 * (1.0 - parts / variance(&sum));
        assert!((alpha(&[&a, &b, &c]).expect("defined") - expected).abs() < 1e-14);
    }

    #[test]
    fn one_column_or_constant_columns_have_no_alpha() {
        assert_eq!(alpha(&[&[1.0, 2.0]]), None);
        assert_eq!(alpha(&[&[1.0, 1.0], &[2.0, 2.0]]), None);
    }
}
