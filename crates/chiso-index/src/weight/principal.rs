//! Principal components of the correlations among parts.
//!
//! The eigenvalues λ and unit eigenvectors (loadings) of the correlation matrix of the rows in
//! which every part has a value: what R's `prcomp` gives of centred and scaled columns. The sign of
//! an eigenvector is arbitrary; here the loadings of each sum to a number above zero, and where
//! they sum to zero the largest is above zero. Source: OECD/JRC *Handbook* (2008), steps 4 and 6.

use faer::{Mat, Side};

use crate::numbers::{mean, sum};

/// A sum of loadings below this is none.
const NO_SUM: f64 = 1e-9;
/// A spread below this share of the size of the values is rounding.
const NO_SPREAD: f64 = 1e-14;

/// The principal components of some parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// The variance of each component, the greatest first; they sum to the number of parts.
    pub eigenvalues: Vec<f64>,
    /// For each component, the loading of each part; their squares sum to 1.
    pub loadings: Vec<Vec<f64>>,
    /// How many rows have a value of every part.
    pub rows: usize,
}

/// Why there are no principal components. Parts count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PrincipalFault {
    /// Nothing to compute them of.
    #[error("found no parts; expected at least one")]
    NoParts,
    /// The parts are not columns of one table.
    #[error("part {part}: found {found} rows; expected {expected} as in the first")]
    Shape {
        /// The part.
        part: usize,
        /// How many rows it has.
        found: usize,
        /// How many the first has.
        expected: usize,
    },
    /// Too little is known.
    #[error("found {rows} rows with a value of every part; expected at least 3")]
    Rows {
        /// How many there are.
        rows: usize,
    },
    /// A part that does not vary has no correlation.
    #[error("part {part}: found the same value in every complete row; expected values that differ")]
    Constant {
        /// The part.
        part: usize,
    },
    /// A value without a correlation.
    #[error(
        "part {part}: found values whose spread is not a finite number; expected finite values"
    )]
    NotFinite {
        /// The part.
        part: usize,
    },
    /// The decomposition failed.
    #[error("found no eigenvalues within the usual number of iterations; expected them")]
    NoConvergence,
}

/// The loadings of the parts on the first principal component.
///
/// # Errors
/// As [`components`].
pub fn loadings(parts: &[&[f64]]) -> Result<Vec<f64>, PrincipalFault> {
    components(parts)?
        .loadings
        .into_iter()
        .next()
        .ok_or(PrincipalFault::NoParts)
}

/// All principal components of the columns of parts, as many as there are parts.
///
/// # Errors
/// Without parts, with fewer than 3 complete rows, or when a part does not vary in those.
pub fn components(parts: &[&[f64]]) -> Result<Components, PrincipalFault> {
    let (standard, rows) = standardised(parts)?;
    let count = parts.len();
    let correlation = Mat::from_fn(count, count, |i, j| {
        let products = standard[i].iter().zip(&standard[j]).map(|(a, b)| a * b);
        if i == j {
            1.0
        } else {
            sum(products) / (rows - 1) as f64
        }
    });
    let eigen = correlation
        .self_adjoint_eigen(Side::Lower)
        .map_err(|_| PrincipalFault::NoConvergence)?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    // They come in ascending order.
    let descending = || (0..count).rev();
    let component = |at: usize| signed((0..count).map(|part| vectors[(part, at)]).collect());
    Ok(Components {
        eigenvalues: descending().map(|at| values[at]).collect(),
        loadings: descending().map(component).collect(),
        rows,
    })
}

/// The columns over complete rows, of mean 0 and standard deviation 1, and the number of rows.
fn standardised(parts: &[&[f64]]) -> Result<(Vec<Vec<f64>>, usize), PrincipalFault> {
    let expected = parts.first().ok_or(PrincipalFault::NoParts)?.len();
    if let Some((part, column)) = parts.iter().enumerate().find(|(_, p)| p.len() != expected) {
        return Err(PrincipalFault::Shape {
            part,
            found: column.len(),
            expected,
        });
    }
    let complete: Vec<usize> = (0..expected)
        .filter(|&row| parts.iter().all(|part| !part[row].is_nan()))
        .collect();
    let rows = complete.len();
    if rows < 3 {
        return Err(PrincipalFault::Rows { rows });
    }
    let standard = parts.iter().enumerate().map(|(part, column)| {
        let values: Vec<f64> = complete.iter().map(|&row| column[row]).collect();
        let mean = mean(&values).unwrap_or(f64::NAN);
        let squares = sum(values.iter().map(|x| (x - mean) * (x - mean)));
        let sd = (squares / (rows - 1) as f64).sqrt();
        let size = values.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
        match () {
            () if !sd.is_finite() => Err(PrincipalFault::NotFinite { part }),
            () if sd <= NO_SPREAD * size => Err(PrincipalFault::Constant { part }),
            () => Ok(values.iter().map(|x| (x - mean) / sd).collect()),
        }
    });
    Ok((standard.collect::<Result<_, _>>()?, rows))
}

/// A vector or its opposite, by the rule of signs.
fn signed(vector: Vec<f64>) -> Vec<f64> {
    let total = sum(vector.iter().copied());
    let largest = vector.iter().copied().fold(0.0, |largest: f64, loading| {
        // Of equal sizes the first: others differ from it by rounding only.
        if loading.abs() > largest.abs() * (1.0 + NO_SUM) {
            loading
        } else {
            largest
        }
    });
    let leading = if total.abs() > NO_SUM { total } else { largest };
    match leading < 0.0 {
        true => vector.into_iter().map(|loading| -loading).collect(),
        false => vector,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_parts_load_alike_and_their_eigenvalues_are_one_plus_and_minus_the_correlation() {
        let parts: [&[f64]; 2] = [&[1.0, 2.0, 3.0, f64::NAN], &[2.0, 1.0, 3.0, 9.0]];
        let found = components(&parts).unwrap();
        assert_eq!(found.rows, 3);
        assert!((found.eigenvalues[0] - 1.5).abs() < 1e-15);
        assert!((found.eigenvalues[1] - 0.5).abs() < 1e-15);
        let half = 0.5f64.sqrt();
        let expected = [[half, half], [half, -half]];
        for (loadings, expected) in found.loadings.iter().zip(expected) {
            assert!(
                loadings
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-14)
            );
        }
    }

    #[test]
    fn a_part_against_the_others_has_a_negative_loading() {
        let parts: [&[f64]; 3] = [
            &[1.0, 2.0, 3.0, 5.0],
            &[2.0, 4.0, 7.0, 9.0],
            &[-1.0, -2.0, -2.5, -6.0],
        ];
        let found = loadings(&parts).unwrap();
        assert!(
            found[0] > 0.0 && found[1] > 0.0 && found[2] < 0.0,
            "{found:?}"
        );
    }

    #[test]
    fn constant_parts_and_too_few_rows_are_faults() {
        let constant: [&[f64]; 2] = [&[1.0, 2.0, 3.0], &[0.1, 0.1, 0.1]];
        assert_eq!(
            components(&constant),
            Err(PrincipalFault::Constant { part: 1 })
        );
        let nan = f64::NAN;
        let few: [&[f64]; 2] = [&[1.0, 2.0, 3.0, nan], &[1.0, nan, 2.0, 3.0]];
        assert_eq!(components(&few), Err(PrincipalFault::Rows { rows: 2 }));
        assert_eq!(components(&[]), Err(PrincipalFault::NoParts));
        assert!(components(&[&[1.0, 2.0, f64::INFINITY]]).is_err());
        assert!(components(&[&[1.0, 2.0, 4.0], &[1.0]]).is_err());
    }

    proptest! {
        #[test]
        fn eigenvalues_sum_to_the_parts_and_affine_scales_change_no_loading(
            columns in (2usize..6).prop_flat_map(|parts| {
                prop::collection::vec(prop::collection::vec(-100.0f64..100.0, 12), parts)
            }),
            factor in 0.1f64..10.0,
            shift in -50.0f64..50.0,
        ) {
            let parts: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let found = components(&parts).unwrap();
            let total: f64 = found.eigenvalues.iter().sum();
            prop_assert!((total - parts.len() as f64).abs() < 1e-12);
            for loadings in &found.loadings {
                prop_assert!((loadings.iter().map(|l| l * l).sum::<f64>() - 1.0).abs() < 1e-12);
            }
            let scaled: Vec<Vec<f64>> = columns
                .iter()
                .map(|column| column.iter().map(|x| factor * x + shift).collect())
                .collect();
            let scaled: Vec<&[f64]> = scaled.iter().map(Vec::as_slice).collect();
            let other = components(&scaled).unwrap();
            for (a, b) in found.eigenvalues.iter().zip(&other.eigenvalues) {
                prop_assert!((a - b).abs() < 1e-10);
            }
        }
    }
}
