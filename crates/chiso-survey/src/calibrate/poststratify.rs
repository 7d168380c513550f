//! Post-stratification: weights scaled, cell by cell, to the size of the population.

use super::adjustment::{Adjustment, reached_by_category, sum_by_category};
use super::error::{CalibrationError, check_margin, check_weights};
use super::residual::{PostStratifiedResiduals, ResidualOperator};

/// Options of [`poststratify`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PostStratifyOptions {
    /// Pass over cells of the population without sample, and report them, instead of stopping
    /// (R `partial = TRUE`). The calibrated weights then sum to less than the population.
    pub partial: bool,
}

/// Scales the weights of each cell to its population total: `w'ᵢ = wᵢ · N_c / Σ_{j∈c} wⱼ`.
///
/// `weights` and `cell` have one entry a record, `totals` one a cell (persons, or whatever the
/// weights count). A cell with neither sample nor population keeps its factor of 1.
///
/// # Errors
/// A negative or non-finite weight or total, a record in a cell beyond `totals`, a cell with
/// population but no sample weight (unless partial), or with sample weight but no population.
///
/// Source: Valliant 1993; R `survey::postStratify`.
pub fn poststratify(
    weights: &[f64],
    cell: &[u32],
    totals: &[f64],
    options: PostStratifyOptions,
) -> Result<Adjustment, CalibrationError> {
    check_weights(weights)?;
    check_margin(0, cell, totals, weights.len())?;
    let before = sum_by_category(weights, cell, totals.len());
    let mut ignored = Vec::new();
    let ratios = cell_ratios(0, &before, totals, options.partial, &mut ignored)?;
    let factors: Vec<f64> = cell.iter().map(|c| ratios[*c as usize]).collect();
    let calibrated: Vec<f64> = weights.iter().zip(&factors).map(|(w, g)| w * g).collect();
    let reached = sum_by_category(&calibrated, cell, totals.len());
    Ok(Adjustment {
        residuals: ResidualOperator::PostStratified(PostStratifiedResiduals::new(
            cell.to_vec(),
            calibrated.clone(),
            totals.len(),
        )),
        totals: reached_by_category(0, totals, &before, &reached),
        factors,
        weights: calibrated,
        iterations: 1,
        converged: true,
        ignored,
    })
}

/// `N_c / Σw` for each cell, with R's four cases of empty sample and empty population.
pub(super) fn cell_ratios(
    margin: usize,
    sample: &[f64],
    totals: &[f64],
    partial: bool,
    ignored: &mut Vec<usize>,
) -> Result<Vec<f64>, CalibrationError> {
    let mut ratios = Vec::with_capacity(totals.len());
    for (category, (&weight, &wanted)) in sample.iter().zip(totals).enumerate() {
        ratios.push(match (weight == 0.0, wanted == 0.0) {
            (true, true) => 1.0,
            (false, false) => wanted / weight,
            (false, true) => {
                return Err(CalibrationError::NoPopulation {
                    margin,
                    category,
                    weight,
                });
            }
            (true, false) if partial => {
                ignored.push(category);
                1.0
            }
            (true, false) => {
                return Err(CalibrationError::NoSample {
                    margin,
                    category,
                    wanted,
                });
            }
        });
    }
    Ok(ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: PostStratifyOptions = PostStratifyOptions { partial: false };

    #[test]
    fn each_cell_is_scaled_to_its_total() {
        let done = poststratify(&[1.0, 3.0, 2.0], &[0, 0, 1], &[8.0, 5.0], STRICT).unwrap();
        assert_eq!(done.weights, [2.0, 6.0, 5.0]);
        assert_eq!(done.factors, [2.0, 2.0, 2.5]);
        assert!(done.totals.iter().all(|t| t.misfit() == 0.0));
    }

    #[test]
    fn a_population_cell_without_sample_stops_unless_partial() {
        let totals = [8.0, 5.0, 1.0];
        let error = poststratify(&[1.0, 2.0], &[0, 2], &totals, STRICT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "margin 0, category 1: population total 5, but the sample has no weight there"
        );
        let partial = PostStratifyOptions { partial: true };
        let done = poststratify(&[1.0, 2.0], &[0, 2], &totals, partial).unwrap();
        assert_eq!(done.ignored, [1]);
        assert_eq!(done.weights, [8.0, 1.0]);
    }

    #[test]
    fn bad_input_names_the_record_or_cell() {
        let run = |w: &[f64], c: &[u32], t: &[f64]| poststratify(w, c, t, STRICT).unwrap_err();
        assert!(matches!(
            run(&[1.0, -1.0], &[0, 0], &[1.0]),
            CalibrationError::Weight { record: 1, .. }
        ));
        assert!(matches!(
            run(&[1.0], &[3], &[1.0]),
            CalibrationError::UnknownCategory {
                record: 0,
                category: 3,
                last: 0,
                ..
            }
        ));
        assert!(matches!(
            run(&[1.0, 1.0], &[0, 1], &[1.0, 0.0]),
            CalibrationError::NoPopulation { category: 1, .. }
        ));
        assert!(matches!(
            run(&[1.0], &[0], &[f64::NAN]),
            CalibrationError::Total { category: 0, .. }
        ));
        assert_eq!(run(&[], &[], &[1.0]), CalibrationError::NoRecords);
        assert!(matches!(
            run(&[1.0], &[], &[1.0]),
            CalibrationError::Length {
                found: 0,
                expected: 1,
                ..
            }
        ));
    }
}
