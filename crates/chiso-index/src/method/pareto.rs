//! The Mazziotta–Pareto indices: a mean with a penalty for parts that are out of balance.
//!
//! With M the mean of a row's normalised values z, S their standard deviation and cv = S/M:
//!
//! ```text
//! index = M − S·cv      of a phenomenon of which more is better (the penalty lowers the index)
//! index = M + S·cv      of one of which less is better (the penalty raises it)
//! ```
//!
//! MPI: z is the z-score on a scale of mean 100 and standard deviation 10. AMPI, for comparison
//! over time: z = 70 + 60 (x − low)/(high − low) between goalposts around a reference value R, which
//! stands at 100: low = R − Δ, high = R + Δ, Δ = (max − min)/2 over all editions; of a value of
//! which less is better, 70 + 60 (high − x)/(high − low). S divides by the number of parts.
//!
//! Sources: P. De Muro, M. Mazziotta, A. Pareto, *Composite Indices of Development and Poverty: An
//! Application to MDGs*, Social Indicators Research 104 (2011); M. Mazziotta, A. Pareto, *On a
//! Generalized Non-compensatory Composite Index for Measuring Socio-economic Phenomena*, Social
//! Indicators Research 127 (2016). With weights M and S² are weighted means: *our* generalisation.

use crate::pack::Direction;

use super::aggregate::{AggregateFault, MissingRule};

/// By what the sum of squared deviations of a row is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Divisor {
    /// The number of parts: as published, and in AMPI everywhere.
    #[default]
    Parts,
    /// One less than the number of parts: as R's `var` and the MPI of the package Compind. With
    /// weights, Σw·(k − 1)/k of k parts.
    PartsLessOne,
}

impl Divisor {
    /// Of so many parts with this sum of weights. One part alone has no deviation in any case.
    fn of(self, parts: usize, weight: f64) -> f64 {
        match (self, parts) {
            (Divisor::Parts, _) | (Divisor::PartsLessOne, ..=1) => weight,
            (Divisor::PartsLessOne, _) => weight / parts as f64 * (parts - 1) as f64,
        }
    }
}

/// The two ends of the scale of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goalposts {
    /// At 70 where more is better, at 130 where less is.
    pub low: f64,
    /// At the other end.
    pub high: f64,
}

/// Why there are no goalposts.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum GoalpostFault {
    /// The reference or an end is not a number.
    #[error(
        "found reference {reference}, minimum {min} and maximum {max}; expected finite numbers"
    )]
    NotFinite {
        /// The reference.
        reference: f64,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// No range.
    #[error("found minimum {min} and maximum {max}; expected the minimum below the maximum")]
    NoRange {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
}

/// The goalposts of AMPI around a reference, from the least and greatest value over all editions.
///
/// # Errors
/// When a number is not finite or there is no range.
pub fn ampi_goalposts(reference: f64, min: f64, max: f64) -> Result<Goalposts, GoalpostFault> {
    if ![reference, min, max]
        .iter()
        .all(|number| number.is_finite())
    {
        return Err(GoalpostFault::NotFinite {
            reference,
            min,
            max,
        });
    }
    let half = (max - min) / 2.0;
    let goalposts = Goalposts {
        low: reference - half,
        high: reference + half,
    };
    match goalposts.low < goalposts.high && half.is_finite() {
        true => Ok(goalposts),
        false => Err(GoalpostFault::NoRange { min, max }),
    }
}

/// Puts values on AMPI's scale: the reference at 100, the goalposts at 70 and 130. A missing value
/// stays missing; `out` has the length of `values`.
///
/// # Errors
/// When there are no goalposts.
pub fn around_reference(
    values: &[f64],
    direction: Direction,
    reference: f64,
    min: f64,
    max: f64,
    out: &mut [f64],
) -> Result<(), GoalpostFault> {
    let Goalposts { low, high } = ampi_goalposts(reference, min, max)?;
    let range = high - low;
    for (out, &x) in out.iter_mut().zip(values) {
        let way = match direction {
            Direction::Higher => x - low,
            Direction::Lower => high - x,
        };
        *out = way / range * 60.0 + 70.0;
    }
    Ok(())
}

/// The index of every row from the normalised columns of its parts, all of the length of `out`,
/// with one weight per part, finite and not below zero.
///
/// # Errors
/// When the mean of a row is not above zero (the penalty is then without meaning), or the result
/// is not finite.
pub fn combine(
    parts: &[&[f64]],
    weights: &[f64],
    rule: MissingRule,
    penalty: Direction,
    divisor: Divisor,
    out: &mut [f64],
) -> Result<(), AggregateFault> {
    for (row, out) in out.iter_mut().enumerate() {
        let present = || {
            let pairs = parts
                .iter()
                .map(|part| part[row])
                .zip(weights.iter().copied());
            pairs.filter(|(x, _)| !x.is_nan())
        };
        let (mut count, mut weight, mut total) = (0usize, 0.0, 0.0);
        for (x, w) in present() {
            count += 1;
            weight += w;
            total += w * x;
        }
        if !rule.allows(count, parts.len()) || weight == 0.0 {
            *out = f64::NAN;
            continue;
        }
        let mean = total / weight;
        if mean <= 0.0 {
            return Err(AggregateFault::MeanNotPositive { row, mean });
        }
        let squares: f64 = present().map(|(x, w)| w * (x - mean) * (x - mean)).sum();
        let variance = squares / divisor.of(count, weight);
        *out = match penalty {
            Direction::Higher => mean - variance / mean,
            Direction::Lower => mean + variance / mean,
        };
        if !out.is_finite() {
            return Err(AggregateFault::NotFinite { row, value: *out });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(parts: &[&[f64]], penalty: Direction) -> Result<Vec<f64>, AggregateFault> {
        let mut out = vec![0.0; parts[0].len()];
        let weights = vec![1.0; parts.len()];
        combine(
            parts,
            &weights,
            MissingRule::Propagate,
            penalty,
            Divisor::Parts,
            &mut out,
        )?;
        Ok(out)
    }

    #[test]
    fn balanced_parts_have_no_penalty_and_others_lose_s_squared_over_m() {
        let parts: [&[f64]; 2] = [&[100.0, 90.0], &[100.0, 110.0]];
        assert_eq!(index(&parts, Direction::Higher), Ok(vec![100.0, 99.0]));
        assert_eq!(index(&parts, Direction::Lower), Ok(vec![100.0, 101.0]));
    }

    #[test]
    fn the_reference_stands_at_100_and_both_directions_mirror_each_other() {
        let values = [20.0, 50.0, f64::NAN, 5.0];
        let (mut up, mut down) = ([0.0; 4], [0.0; 4]);
        around_reference(&values, Direction::Higher, 20.0, 0.0, 60.0, &mut up).unwrap();
        around_reference(&values, Direction::Lower, 20.0, 0.0, 60.0, &mut down).unwrap();
        assert_eq!((up[0], up[1], up[3]), (100.0, 130.0, 85.0));
        assert_eq!((down[0], down[1], down[3]), (100.0, 70.0, 115.0));
        assert!(up[2].is_nan() && down[2].is_nan());
    }

    #[test]
    fn constant_values_and_means_below_zero_are_faults() {
        let fault = ampi_goalposts(5.0, 5.0, 5.0).unwrap_err();
        assert!(
            fault
                .to_string()
                .contains("expected the minimum below the maximum")
        );
        assert!(ampi_goalposts(f64::NAN, 0.0, 1.0).is_err());
        let parts: [&[f64]; 2] = [&[-3.0], &[1.0]];
        let fault = AggregateFault::MeanNotPositive { row: 0, mean: -1.0 };
        assert_eq!(index(&parts, Direction::Higher), Err(fault));
    }

    #[test]
    fn equal_weights_of_any_size_are_the_published_index() {
        let parts: [&[f64]; 3] = [&[100.0], &[85.0], &[121.0]];
        for (divisor, expected) in [(Divisor::Parts, 218.0), (Divisor::PartsLessOne, 327.0)] {
            let mut out = [0.0];
            let rule = MissingRule::Propagate;
            combine(
                &parts,
                &[0.3; 3],
                rule,
                Direction::Higher,
                divisor,
                &mut out,
            )
            .unwrap();
            assert!(
                (out[0] - (102.0 - expected / 102.0)).abs() < 1e-12,
                "{out:?}"
            );
        }
    }
}
