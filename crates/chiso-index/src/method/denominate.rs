//! Values per another quantity of the unit: x / (d / scale).

use thiserror::Error;

use super::moments::{Extent, LANES, finite_cells, in_lanes};

/// Why values cannot be divided.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DenominateFault {
    /// A value stands against a denominator by which nothing can be divided.
    #[error("found denominator {denominator}; expected a finite number above 0")]
    Denominator {
        /// The row.
        row: usize,
        /// What was found.
        denominator: f64,
    },
    /// The scale is no scale.
    #[error("found scale {scale}; expected a finite number above 0")]
    Scale {
        /// What was found.
        scale: f64,
    },
    /// The result is beyond all numbers.
    #[error("found {value} per {denominator}; expected a result that is a finite number")]
    Result {
        /// The row.
        row: usize,
        /// The value.
        value: f64,
        /// Its denominator.
        denominator: f64,
    },
    /// Columns of different lengths.
    #[error("found columns of {found:?} rows; expected {expected} in each")]
    Length {
        /// The rows of the denominators and of the result.
        found: [usize; 2],
        /// The rows of the values.
        expected: usize,
    },
}

impl DenominateFault {
    /// The row at which the fault lies; the first where it concerns the whole column.
    pub fn row(&self) -> usize {
        match self {
            DenominateFault::Denominator { row, .. } | DenominateFault::Result { row, .. } => *row,
            DenominateFault::Scale { .. } | DenominateFault::Length { .. } => 0,
        }
    }
}

/// Writes `x / (d / scale)` for every row, and says how many values were lost because their
/// denominator is missing (NaN).
///
/// # Errors
/// The first value whose denominator is zero, negative or infinite (a negative one would exchange
/// better and worse), a result that is no finite number, a scale that is not above 0.
pub fn denominate(
    values: &[f64],
    denominators: &[f64],
    scale: f64,
    out: &mut [f64],
) -> Result<usize, DenominateFault> {
    let expected = values.len();
    if denominators.len() != expected || out.len() != expected {
        let found = [denominators.len(), out.len()];
        return Err(DenominateFault::Length { found, expected });
    }
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(DenominateFault::Scale { scale });
    }
    let rows = out.iter_mut().zip(values).zip(denominators);
    if scale == 1.0 {
        rows.for_each(|((out, value), denominator)| *out = value / denominator);
    } else {
        rows.for_each(|((out, value), denominator)| *out = value / (denominator / scale));
    }
    let all_sound = positive_cells(denominators) == expected;
    if all_sound && finite_cells(out) == Extent::of(values).count {
        return Ok(0);
    }
    let fault = first_fault(values, denominators, out);
    fault.map_or_else(|| Ok(lost(values, denominators)), Err)
}

/// How many cells hold a finite number above 0.
fn positive_cells(values: &[f64]) -> usize {
    let mut cells = [0.0; LANES];
    in_lanes(values, &mut cells, |cells, lane, value| {
        let positive = (value > 0.0) & (value < f64::INFINITY);
        cells[lane] += if positive { 1.0 } else { 0.0 };
    });
    cells.iter().sum::<f64>() as usize
}

/// How many values have no denominator.
fn lost(values: &[f64], denominators: &[f64]) -> usize {
    let cells = values.iter().zip(denominators);
    cells
        .filter(|(value, denominator)| !value.is_nan() && denominator.is_nan())
        .count()
}

fn first_fault(values: &[f64], denominators: &[f64], out: &[f64]) -> Option<DenominateFault> {
    let mut rows = values.iter().zip(denominators).zip(out).enumerate();
    rows.find_map(|(row, ((&value, &denominator), out))| {
        if value.is_nan() || denominator.is_nan() {
            None
        } else if !(denominator > 0.0 && denominator.is_finite()) {
            Some(DenominateFault::Denominator { row, denominator })
        } else {
            let fault = DenominateFault::Result {
                row,
                value,
                denominator,
            };
            (!out.is_finite()).then_some(fault)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        values: &[f64],
        denominators: &[f64],
        scale: f64,
    ) -> Result<(Vec<f64>, usize), DenominateFault> {
        let mut out = vec![0.0; values.len()];
        let lost = denominate(values, denominators, scale, &mut out)?;
        Ok((out, lost))
    }

    #[test]
    fn a_value_is_divided_by_its_scaled_denominator() {
        let (out, lost) = run(&[10.0, -6.0], &[2000.0, 3000.0], 1000.0).unwrap();
        assert_eq!((out, lost), (vec![5.0, -2.0], 0));
    }

    #[test]
    fn a_value_without_a_denominator_is_lost_and_counted() {
        let (out, lost) = run(&[10.0, f64::NAN, 4.0], &[f64::NAN, f64::NAN, 2.0], 1.0).unwrap();
        assert!(out[0].is_nan() && out[1].is_nan() && out[2] == 2.0);
        assert_eq!(lost, 1);
    }

    #[test]
    fn zero_and_negative_denominators_are_faults_of_their_row() {
        for denominator in [0.0, -1.0, f64::INFINITY] {
            let fault = run(&[1.0, 1.0], &[1.0, denominator], 1.0).unwrap_err();
            assert_eq!(
                fault,
                DenominateFault::Denominator {
                    row: 1,
                    denominator
                }
            );
            assert_eq!(fault.row(), 1);
        }
        assert!(run(&[f64::NAN], &[0.0], 1.0).is_ok(), "no value is divided");
    }

    #[test]
    fn a_result_beyond_all_numbers_and_a_senseless_scale_are_faults() {
        let fault = run(&[1e300], &[1e-300], 1.0).unwrap_err();
        assert!(matches!(fault, DenominateFault::Result { row: 0, .. }));
        assert_eq!(
            run(&[1.0], &[1.0], 0.0),
            Err(DenominateFault::Scale { scale: 0.0 })
        );
        assert!(matches!(
            run(&[1.0], &[], 1.0),
            Err(DenominateFault::Length { .. })
        ));
    }
}
