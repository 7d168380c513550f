//! Trimming: extreme weights cut to limits, and what was cut given to the other records.

use super::error::{CalibrationError, check_length};
use rayon::prelude::*;

/// How what was cut is given to the records that were never cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redistribution {
    /// The same amount to each (R `trimWeights`).
    #[default]
    Equal,
    /// In proportion to the weights (Python `svy`).
    Proportional,
}

/// Options of [`trim`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrimOptions {
    /// Least weight; negative infinity for none.
    pub lower: f64,
    /// Greatest weight; infinity for none.
    pub upper: f64,
    /// Repeat until redistribution pushes nothing over a limit (R `strict = TRUE`).
    pub strict: bool,
    /// How what was cut is given away.
    pub redistribution: Redistribution,
}

impl Default for TrimOptions {
    fn default() -> Self {
        Self {
            lower: f64::NEG_INFINITY,
            upper: f64::INFINITY,
            strict: false,
            redistribution: Redistribution::Equal,
        }
    }
}

/// The outcome of [`trim`].
#[derive(Debug, Clone, PartialEq)]
pub struct Trimmed {
    /// The weights, one a record; their sum is that of the weights before.
    pub weights: Vec<f64>,
    /// Which records were cut in any round.
    pub cut: Vec<bool>,
    /// Rounds made: 0 if no weight was beyond a limit, 1 unless strict.
    pub rounds: usize,
}

/// Cuts weights to `lower`..`upper` and gives the sum of what was cut to the other records.
///
/// Once only, unless strict: then rounds follow until no weight is beyond a limit, and what is cut
/// goes to records that no round has cut. Without strict, redistribution may push a weight over a
/// limit, as in R. Records must be respondents, for a cell's respondents have different weights.
/// Calibrated totals are no longer met; the residual operator of the calibration still applies, in
/// its record form, with the weights that it was made with, as in R.
///
/// # Errors
/// Weights that are not finite, limits in the wrong order, and weights that are all beyond a limit
/// (R would lose what was cut).
///
/// Source: R `survey::trimWeights` 4.5. *Inferred* from its results: in strict rounds a record once
/// cut takes nothing up again.
pub fn trim(weights: &[f64], options: &TrimOptions) -> Result<Trimmed, CalibrationError> {
    if weights.is_empty() {
        return Err(CalibrationError::NoRecords);
    }
    if let Some(record) = weights.iter().position(|w| !w.is_finite()) {
        return Err(CalibrationError::Weight {
            record,
            found: weights[record],
        });
    }
    if options.lower.is_nan() || options.upper.is_nan() || options.lower > options.upper {
        return Err(CalibrationError::Setting {
            what: "upper limit of weights",
            found: options.upper,
            expected: "a number not below the lower limit",
        });
    }
    let mut trimmed = Trimmed {
        weights: weights.to_vec(),
        cut: vec![false; weights.len()],
        rounds: 0,
    };
    let beyond = |w: &f64| *w < options.lower || *w > options.upper;
    while trimmed.weights.iter().any(beyond) && (options.strict || trimmed.rounds == 0) {
        round(&mut trimmed, options)?;
    }
    Ok(trimmed)
}

fn round(trimmed: &mut Trimmed, options: &TrimOptions) -> Result<(), CalibrationError> {
    let (mut excess, mut takers, mut weight_of_takers) = (0.0, 0_usize, 0.0);
    for (weight, cut) in trimmed.weights.iter_mut().zip(&mut trimmed.cut) {
        let within = weight.clamp(options.lower, options.upper);
        if within != *weight {
            excess += *weight - within;
            *weight = within;
            *cut = true;
        } else if !*cut {
            takers += 1;
            weight_of_takers += *weight;
        }
    }
    let proportional = options.redistribution == Redistribution::Proportional;
    if takers == 0 || (proportional && weight_of_takers == 0.0) {
        return Err(CalibrationError::NothingLeftToTakeUp {
            records: trimmed.weights.len(),
            lower: options.lower,
            upper: options.upper,
        });
    }
    for (weight, cut) in trimmed.weights.iter_mut().zip(&trimmed.cut) {
        if !*cut {
            *weight += if proportional {
                *weight * (excess / weight_of_takers)
            } else {
                excess / takers as f64
            };
        }
    }
    trimmed.rounds += 1;
    Ok(())
}

/// Trims every replicate's weights by itself. `replicate_weights` holds replicate after replicate,
/// `records` weights each; so does the result.
///
/// R 4.5 does this in one round (`strict: false`), and leaves the *main* weights of a replicate
/// design as they were: to agree with it, keep yours. It then fails on totals ("All replicates
/// contained NAs"); means of its trimmed replicates are sound. A weight of 0, that of a unit left
/// out by the replicate, takes up its share and is raised to `lower`, as in R.
///
/// # Errors
/// Those of [`trim`], for the first replicate in which they occur; a length that is not a multiple
/// of `records`.
pub fn trim_replicates(
    replicate_weights: &[f64],
    records: usize,
    options: &TrimOptions,
) -> Result<Vec<f64>, CalibrationError> {
    if records == 0 {
        return Err(CalibrationError::NoRecords);
    }
    let whole = replicate_weights.len() / records * records;
    check_length("replicate weights", replicate_weights.len(), whole)?;
    let trimmed: Result<Vec<Vec<f64>>, CalibrationError> = replicate_weights
        .par_chunks(records)
        .map(|weights| trim(weights, options).map(|done| done.weights))
        .collect();
    Ok(trimmed?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_most(upper: f64) -> TrimOptions {
        TrimOptions {
            upper,
            ..TrimOptions::default()
        }
    }

    #[test]
    fn one_round_may_push_a_weight_over_the_limit_and_strict_rounds_do_not() {
        let weights = [10.0, 9.0, 2.0, 1.0];
        let once = trim(&weights, &at_most(9.1)).unwrap();
        assert!((once.weights[1] - 9.3).abs() < 1e-12, "{once:?}");
        let strict = TrimOptions {
            strict: true,
            ..at_most(9.1)
        };
        let done = trim(&weights, &strict).unwrap();
        assert_eq!(done.rounds, 2);
        assert_eq!(done.cut, [true, true, false, false]);
        assert!(done.weights.iter().all(|w| *w <= 9.1));
        assert!((done.weights.iter().sum::<f64>() - 22.0).abs() < 1e-12);
    }

    #[test]
    fn proportional_redistribution_keeps_the_ratios_of_the_others() {
        let options = TrimOptions {
            redistribution: Redistribution::Proportional,
            ..at_most(6.0)
        };
        let done = trim(&[9.0, 2.0, 1.0], &options).unwrap();
        assert_eq!(done.weights, [6.0, 4.0, 2.0]);
    }

    #[test]
    fn weights_that_are_all_beyond_a_limit_are_an_error() {
        let error = trim(&[9.0, 8.0], &at_most(5.0)).unwrap_err();
        assert!(error.to_string().contains("all 2 weights"), "{error}");
        assert!(trim(&[], &at_most(5.0)).is_err());
        assert!(trim(&[f64::INFINITY], &at_most(5.0)).is_err());
        let reversed = TrimOptions {
            lower: 3.0,
            ..at_most(2.0)
        };
        assert!(trim(&[1.0], &reversed).is_err());
    }

    #[test]
    fn replicates_are_trimmed_one_by_one() {
        let done = trim_replicates(&[9.0, 1.0, 4.0, 4.0], 2, &at_most(5.0)).unwrap();
        assert_eq!(done, [5.0, 5.0, 4.0, 4.0]);
        assert!(trim_replicates(&[1.0, 2.0, 3.0], 2, &at_most(5.0)).is_err());
    }
}
