//! Small dense algebra: orthonormal columns, and solving normal equations of any rank.

use faer::{Mat, Side};

/// A column whose remainder falls below this share of its length is a combination of those
/// before it: the tolerance of R's `qr`.
const COLUMN_TOLERANCE: f64 = 1e-7;
/// A pivot of the unit-diagonal matrix below this is left to the pseudo-inverse.
const PIVOT_TOLERANCE: f64 = 1e-10;
/// Eigenvalues below this share of the greatest are rounding: the square of
/// [`COLUMN_TOLERANCE`], with room for the rounding of the sums themselves.
const EIGENVALUE_TOLERANCE: f64 = 1e-13;

/// Orthonormal columns that span `columns`, leaving out those that depend on earlier ones.
///
/// Gram–Schmidt done twice on each column, which is orthogonal to rounding (Giraud, Langou &
/// Rozložník 2005).
pub(super) fn orthonormal(mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    for mut column in columns.drain(..) {
        let length = norm(&column);
        for _ in 0..2 {
            for direction in &basis {
                let along = dot(direction, &column);
                for (value, unit) in column.iter_mut().zip(direction) {
                    *value -= along * unit;
                }
            }
        }
        let left = norm(&column);
        if left > COLUMN_TOLERANCE * length {
            column.iter_mut().for_each(|value| *value /= left);
            basis.push(column);
        }
    }
    basis
}

/// Σ aᵢ bᵢ, in eight sums side by side: one sum would wait for each addition in turn.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let (a_eights, a_rest) = a[..length].as_chunks::<8>();
    let (b_eights, b_rest) = b[..length].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a_eights.iter().zip(b_eights) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Solves `T x = d` for a symmetric positive semidefinite `T`, with the pseudo-inverse of the
/// matrix scaled to unit diagonal where `T` is singular.
pub(super) struct NormalSolver {
    /// 1 / √T_jj, or 0 for an empty column.
    scale: Vec<f64>,
    kind: Kind,
}

enum Kind {
    /// Lower triangle, row by row.
    Cholesky(Vec<f64>),
    /// Eigenvectors (one a row) and reciprocal eigenvalues.
    Pseudo(Vec<(Vec<f64>, f64)>),
    /// The eigenvalues did not converge (non-finite input): no direction is usable.
    Unusable,
}

impl NormalSolver {
    /// Factors the `size`×`size` matrix given row by row.
    pub fn new(matrix: &[f64], size: usize) -> Self {
        let scale: Vec<f64> = (0..size)
            .map(|j| {
                let diagonal = matrix[j * size + j];
                if diagonal > 0.0 {
                    1.0 / diagonal.sqrt()
                } else {
                    0.0
                }
            })
            .collect();
        let scaled: Vec<f64> = (0..size * size)
            .map(|at| matrix[at] * scale[at / size] * scale[at % size])
            .collect();
        let kind = match cholesky(&scaled, size) {
            Some(lower) => Kind::Cholesky(lower),
            None => pseudo_inverse(&scaled, size),
        };
        Self { scale, kind }
    }

    /// x of `T x = d`: exact, or of least squares and least length if `T` is singular.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let scaled: Vec<f64> = right.iter().zip(&self.scale).map(|(d, s)| d * s).collect();
        let mut solution = match &self.kind {
            Kind::Cholesky(lower) => substitute(lower, scaled),
            Kind::Pseudo(directions) => {
                let mut sum = vec![0.0; scaled.len()];
                for (vector, reciprocal) in directions {
                    let along = dot(vector, &scaled) * reciprocal;
                    for (value, v) in sum.iter_mut().zip(vector) {
                        *value += along * v;
                    }
                }
                sum
            }
            Kind::Unusable => vec![f64::NAN; scaled.len()],
        };
        for (value, scale) in solution.iter_mut().zip(&self.scale) {
            *value *= scale;
        }
        solution
    }
}

/// Lower triangle of a well-conditioned unit-diagonal matrix, or None.
fn cholesky(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=i {
            let (row_i, row_j) = (&lower[i * size..][..j], &lower[j * size..][..j]);
            let left = matrix[i * size + j] - dot(row_i, row_j);
            if i != j {
                lower[i * size + j] = left / lower[j * size + j];
            } else if left > PIVOT_TOLERANCE {
                lower[i * size + i] = left.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(lower)
}

fn substitute(lower: &[f64], mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for i in 0..size {
        let known = dot(&lower[i * size..][..i], &right[..i]);
        right[i] = (right[i] - known) / lower[i * size + i];
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|j| lower[j * size + i] * right[j]).sum();
        right[i] = (right[i] - known) / lower[i * size + i];
    }
    right
}

fn pseudo_inverse(matrix: &[f64], size: usize) -> Kind {
    if matrix.iter().any(|value| !value.is_finite()) {
        return Kind::Unusable;
    }
    let symmetric = Mat::from_fn(size, size, |i, j| matrix[i * size + j]);
    let Ok(eigen) = symmetric.self_adjoint_eigen(Side::Lower) else {
        return Kind::Unusable;
    };
    let values = eigen.S().column_vector();
    let greatest = (0..size).map(|i| values[i]).fold(0.0, f64::max);
    let usable = (0..size).filter(|i| values[*i] > EIGENVALUE_TOLERANCE * greatest);
    Kind::Pseudo(
        usable
            .map(|i| {
                let vector = (0..size).map(|j| eigen.U()[(j, i)]).collect();
                (vector, 1.0 / values[i])
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependent_columns_are_left_out_of_the_basis() {
        let ones = vec![1.0; 4];
        let first = vec![1.0, 1.0, 0.0, 0.0];
        let second = vec![0.0, 0.0, 1.0, 1.0];
        let basis = orthonormal(vec![ones, first, second, vec![1.0, 2.0, 3.0, 5.0]]);
        assert_eq!(basis.len(), 3);
        for (i, a) in basis.iter().enumerate() {
            for (j, b) in basis.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!((dot(a, b) - expected).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn regular_and_singular_systems_are_solved_whatever_their_scale() {
        let regular = NormalSolver::new(&[4.0, 2e6, 2e6, 9e12], 2);
        let x = regular.solve(&[8e6, 2e12 + 1.8e13]);
        assert!(
            (x[0] - 1e6).abs() < 1e-6 && (x[1] - 2.0).abs() < 1e-12,
            "{x:?}"
        );
        let singular = NormalSolver::new(&[2.0, 2.0, 2.0, 2.0], 2);
        let x = singular.solve(&[6.0, 6.0]);
        assert!((x[0] - 1.5).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        let empty = NormalSolver::new(&[2.0, 0.0, 0.0, 0.0], 2);
        assert_eq!(empty.solve(&[6.0, 0.0]), [3.0, 0.0]);
    }
}
