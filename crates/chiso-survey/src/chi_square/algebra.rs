//! The small dense algebra of the tests.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

/// Cholesky's pivots below this share of the largest diagonal element are rounding.
const SINGULAR: f64 = 1e-13;

/// A symmetric matrix, given by its elements.
pub(super) fn matrix(rows: usize, columns: usize, at: impl Fn(usize, usize) -> f64) -> Mat<f64> {
    Mat::from_fn(rows, columns, at)
}

/// The lower Cholesky factor, if the matrix is positive definite beyond rounding.
fn cholesky(a: &Mat<f64>) -> Option<Mat<f64>> {
    let largest = (0..a.nrows()).map(|i| a[(i, i)]).fold(0.0, f64::max);
    let factor = a.llt(Side::Lower).ok()?.L().to_owned();
    let sound = (0..a.nrows()).all(|i| factor[(i, i)].powi(2) > SINGULAR * largest);
    sound.then_some(factor)
}

/// y′ A⁻¹ y for a positive definite A.
pub(super) fn quadratic_form(a: &Mat<f64>, y: &Mat<f64>) -> Option<f64> {
    cholesky(a)?;
    let solved = a.llt(Side::Lower).ok()?.solve(y);
    Some((y.transpose() * solved)[(0, 0)])
}

/// The eigenvalues of A⁻¹B, in falling order, for a positive definite A and a symmetric B: those
/// of L⁻¹BL⁻ᵀ with A = LLᵀ.
pub(super) fn relative_eigenvalues(a: &Mat<f64>, b: &Mat<f64>) -> Option<Vec<f64>> {
    let lower = cholesky(a)?;
    let half = forward(&lower, b);
    let both = forward(&lower, &half.transpose().to_owned());
    let even = matrix(both.nrows(), both.ncols(), |i, j| {
        0.5 * (both[(i, j)] + both[(j, i)])
    });
    let mut values = even.self_adjoint_eigenvalues(Side::Lower).ok()?;
    values.reverse();
    Some(values)
}

/// L⁻¹ B by forward substitution.
fn forward(lower: &Mat<f64>, b: &Mat<f64>) -> Mat<f64> {
    let mut x = b.clone();
    for column in 0..x.ncols() {
        for i in 0..x.nrows() {
            let known: f64 = (0..i).map(|k| lower[(i, k)] * x[(k, column)]).sum();
            x[(i, column)] = (x[(i, column)] - known) / lower[(i, i)];
        }
    }
    x
}
