//! Degrees of freedom of replicate weights: their rank − 1.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

/// A column whose part outside the span of those before it is shorter than this share of itself
/// does not count (R: `qr(weights, tol = 1e-05)`).
const TOLERANCE: f64 = 1e-5;

/// Degrees of freedom of a matrix of replicate weights (units × replicates): rank − 1, as R's
/// `degf` of a replicate design.
///
/// R forms the rank of the rows' analysis weights. Where a unit stands for several rows, give
/// `unit_norms`, for every unit the root of the sum of its rows' squared sampling weights: the
/// columns then have the lengths and angles that R's have. Without them all units count alike,
/// which changes the answer only for columns at the very edge of the tolerance.
///
/// The rank is found on the Gram matrix of the shorter side, by a Cholesky factorisation that
/// skips dependent columns as LINPACK's limited pivoting does.
pub fn degrees_of_freedom(multipliers: MatRef<'_, f64>, unit_norms: Option<&[f64]>) -> usize {
    let scaled = match unit_norms {
        Some(norms) => Mat::from_fn(multipliers.nrows(), multipliers.ncols(), |i, r| {
            multipliers[(i, r)] * norms[i]
        }),
        None => multipliers.to_owned(),
    };
    let tall = if scaled.nrows() < scaled.ncols() {
        scaled.transpose().to_owned()
    } else {
        scaled
    };
    let mut gram = Mat::zeros(tall.ncols(), tall.ncols());
    matmul(
        &mut gram,
        Accum::Replace,
        tall.transpose(),
        &tall,
        1.0,
        Par::Seq,
    );
    gram_rank(gram).saturating_sub(1)
}

fn gram_rank(mut gram: Mat<f64>) -> usize {
    let order = gram.ncols();
    let squared_lengths: Vec<f64> = (0..order).map(|j| gram[(j, j)]).collect();
    let mut rank = 0;
    for j in 0..order {
        let left = gram[(j, j)];
        if squared_lengths[j] == 0.0 || left <= squared_lengths[j] * TOLERANCE * TOLERANCE {
            continue;
        }
        rank += 1;
        let root = left.sqrt();
        let pivot: Vec<f64> = (j + 1..order).map(|i| gram[(i, j)] / root).collect();
        for (offset, &factor) in pivot.iter().enumerate() {
            let column = j + 1 + offset;
            if factor != 0.0 {
                for (row, &value) in (column..order).zip(&pivot[offset..]) {
                    gram[(row, column)] -= factor * value;
                }
            }
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identical_columns_count_once() {
        let weights = Mat::from_fn(4, 3, |i, r| if r == 2 { 1.0 } else { (i + 1) as f64 });
        assert_eq!(degrees_of_freedom(weights.as_ref(), None), 1);
    }

    #[test]
    fn wide_and_tall_give_the_same_rank() {
        let wide = Mat::from_fn(3, 20, |i, r| ((i * 7 + r * r) % 5) as f64);
        assert_eq!(degrees_of_freedom(wide.as_ref(), None), 2);
        assert_eq!(degrees_of_freedom(wide.transpose(), None), 2);
    }

    #[test]
    fn a_column_of_zeros_adds_nothing() {
        let weights = Mat::<f64>::zeros(5, 4);
        assert_eq!(degrees_of_freedom(weights.as_ref(), None), 0);
    }
}
