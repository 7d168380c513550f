//! A root of a covariance matrix, also of one that is not of full rank.

use super::draws::dot;
use super::error::RankSetError;

/// What is left of a correlation that rounding may explain.
const ROUNDING: f64 = 1e-9;

/// A matrix *L* (row by row, `rank` numbers each) with *L Lᵀ* = the covariance matrix.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    pub loads: Vec<f64>,
    pub rank: usize,
}

/// The factor of a covariance matrix (`units` × `units`, symmetric, its diagonal the squares of
/// `deviations`) by Cholesky's decomposition of the correlations, largest remainder first
/// (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, §10.3): it stops at the
/// matrix's rank, which replicates or published figures may leave below full.
///
/// # Errors
///
/// If the matrix is not positive semidefinite; the unit is its index in the matrix.
pub(crate) fn factor(covariance: &[f64], deviations: &[f64]) -> Result<Factor, RankSetError> {
    let units = deviations.len();
    let correlation = |row: usize, column: usize| {
        covariance[row * units + column] / (deviations[row] * deviations[column])
    };
    let mut open: Vec<usize> = (0..units).filter(|&unit| deviations[unit] > 0.0).collect();
    let mut remainders: Vec<f64> = deviations.iter().map(|&d| f64::from(d > 0.0)).collect();
    // The columns found so far, one list a unit.
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); units];
    while let Some(pivot) = largest(&open, &remainders) {
        open.retain(|&unit| unit != pivot);
        let root = remainders[pivot].sqrt();
        let pivot_row = rows[pivot].clone();
        for &unit in &open {
            let load = (correlation(unit, pivot) - dot(&rows[unit], &pivot_row)) / root;
            rows[unit].push(load);
            remainders[unit] -= load * load;
        }
        rows[pivot].push(root);
    }
    check_rest(&open, &rows, &remainders, correlation)?;
    let rank = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut loads = Vec::with_capacity(units * rank);
    for (row, deviation) in rows.iter_mut().zip(deviations) {
        row.resize(rank, 0.0);
        loads.extend(row.iter().map(|load| load * deviation));
    }
    Ok(Factor { loads, rank })
}

/// The unit with the largest remainder beyond rounding, the first of equals.
fn largest(open: &[usize], remainders: &[f64]) -> Option<usize> {
    let above = open.iter().filter(|&&unit| remainders[unit] > ROUNDING);
    let larger = |best: usize, &unit: &usize| match remainders[unit] > remainders[best] {
        true => unit,
        false => best,
    };
    let mut above = above.peekable();
    let first = **above.peek()?;
    Some(above.fold(first, larger))
}

/// What the factor leaves of the correlations must be nothing.
fn check_rest(
    open: &[usize],
    rows: &[Vec<f64>],
    remainders: &[f64],
    correlation: impl Fn(usize, usize) -> f64,
) -> Result<(), RankSetError> {
    for (place, &unit) in open.iter().enumerate() {
        let beside = |&other: &usize| correlation(unit, other) - dot(&rows[unit], &rows[other]);
        let rest = open[..place].iter().map(beside);
        // A remainder of r² on the diagonal allows one of about r beside it.
        let wrong = rest.fold(0.0_f64, |worst, value| match value.abs() > worst.abs() {
            true => value,
            false => worst,
        });
        let found = match remainders[unit] < -ROUNDING {
            true => remainders[unit],
            false => wrong,
        };
        if found.abs() > 10.0 * ROUNDING {
            return Err(RankSetError::Indefinite { unit, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn product(factor: &Factor, units: usize) -> Vec<f64> {
        let row = |unit: usize| &factor.loads[unit * factor.rank..(unit + 1) * factor.rank];
        (0..units * units)
            .map(|cell| dot(row(cell / units), row(cell % units)))
            .collect()
    }

    #[test]
    fn an_indefinite_matrix_is_refused_and_names_a_unit() {
        let error = factor(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]).unwrap_err();
        assert_eq!(
            error,
            RankSetError::Indefinite {
                unit: 1,
                found: -3.0
            }
        );
    }

    #[test]
    fn a_unit_without_variance_has_no_loads() {
        let found = factor(&[4.0, 0.0, 0.0, 0.0], &[2.0, 0.0]).unwrap();
        assert_eq!((found.rank, found.loads), (1, vec![2.0, 0.0]));
    }

    proptest! {
        #[test]
        fn the_factor_gives_the_matrix_back_at_any_rank(
            rank in 1_usize..6,
            loads in proptest::collection::vec(-3.0_f64..3.0, 30),
        ) {
            let row = |unit: usize| &loads[unit * 5..unit * 5 + rank.min(5)];
            let matrix: Vec<f64> = (0..36).map(|cell| dot(row(cell / 6), row(cell % 6))).collect();
            let deviations: Vec<f64> = (0..6).map(|unit| matrix[unit * 7].sqrt()).collect();
            let found = factor(&matrix, &deviations).unwrap();
            prop_assert!(found.rank <= rank.min(5));
            for (cell, (a, b)) in product(&found, 6).iter().zip(&matrix).enumerate() {
                let scale = deviations[cell / 6] * deviations[cell % 6];
                prop_assert!((a - b).abs() <= 1e-7 * scale, "{a} {b}");
            }
        }
    }
}
