//! Raking: post-stratification to each margin in turn until the table settles.

use super::adjustment::{Adjustment, Reached};
use super::cross::Cross;
use super::error::{CalibrationError, check_margin, check_weights};
use super::rake_sweep::{gap_closes, reached_totals, settle, worst};
use super::residual::{RakedResiduals, ResidualOperator};

/// Margins whose sums differ by more than this share of margin 0 are inconsistent: far above
/// what adding the totals can round to, far below one person in a province.
const MARGIN_SUM_TOLERANCE: f64 = 1e-9;

/// One known margin: which category each record is in, and the population of each category.
#[derive(Debug, Clone, Copy)]
pub struct Margin<'a> {
    /// The category of each record.
    pub category_of_record: &'a [u32],
    /// The population total of each category.
    pub totals: &'a [f64],
}

/// What to do when the margins sum to different populations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InconsistentMargins {
    /// Stop, naming the margin that differs from margin 0.
    #[default]
    Refuse,
    /// Rake all the same: the last margin is met, the others in proportion (what R does).
    Accept,
}

/// Options of [`rake`]; the defaults are R's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RakeOptions {
    /// Settled when no cell of the crossed table moves by this much in a sweep: an absolute
    /// weight if 1 or more, else a share of the sum of the starting weights. Default 1.
    pub epsilon: f64,
    /// Most sweeps over all margins. Default 10.
    pub max_iterations: usize,
    /// What to do when margins sum to different populations.
    pub inconsistent: InconsistentMargins,
    /// Return weights that did not settle, marked `converged: false`, instead of stopping.
    pub accept_unconverged: bool,
}

impl Default for RakeOptions {
    fn default() -> Self {
        Self {
            epsilon: 1.0,
            max_iterations: 10,
            inconsistent: InconsistentMargins::Refuse,
            accept_unconverged: false,
        }
    }
}

/// Scales the weights to margin after margin until the crossed table no longer moves.
///
/// One sweep post-stratifies to every margin in the order given. The stopping rule is R's: the
/// greatest change of a cell of the table crossed over all margins, against
/// [`RakeOptions::epsilon`], tested after each sweep and first against the starting table.
///
/// # Errors
/// Those of [`super::poststratify`], for each margin; margins that sum to different populations;
/// a table that has not settled after the last sweep, or has settled on weights that miss a margin
/// for good (which R does not notice), naming the margin and category with the greatest relative
/// gap.
///
/// Source: Deming & Stephan 1940; R `survey::rake`.
pub fn rake(
    weights: &[f64],
    margins: &[Margin<'_>],
    options: RakeOptions,
) -> Result<Adjustment, CalibrationError> {
    let cross = prepare(weights, margins, options)?;
    let start = cross.sums(weights);
    let (mut raked, settled) = settle(&cross, &start, margins, options)?;
    let factors: Vec<f64> = cross
        .of_record
        .iter()
        .map(|c| raked.factors[*c as usize])
        .collect();
    let calibrated: Vec<f64> = weights.iter().zip(&factors).map(|(w, g)| w * g).collect();
    let totals = reached_totals(margins, weights, &calibrated);
    let iterations = raked.sweeps;
    let inconsistent = options.inconsistent == InconsistentMargins::Accept;
    let met = inconsistent || gap_closes(&cross, &start, &raked, margins, &totals)?;
    let converged = settled && met;
    if !converged && !options.accept_unconverged {
        return Err(failure(&totals, settled, iterations));
    }
    for factors_after in &mut raked.after_margin {
        for (after, last) in factors_after.iter_mut().zip(&raked.factors) {
            *after = if *last == 0.0 { 1.0 } else { *after / last };
        }
    }
    Ok(Adjustment {
        residuals: ResidualOperator::Raked(RakedResiduals::new(
            cross,
            raked.after_margin,
            calibrated.clone(),
        )),
        factors,
        weights: calibrated,
        iterations,
        converged,
        totals,
        ignored: Vec::new(),
    })
}

/// Checks the request and crosses the margins.
pub(super) fn prepare(
    weights: &[f64],
    margins: &[Margin<'_>],
    options: RakeOptions,
) -> Result<Cross, CalibrationError> {
    check_weights(weights)?;
    if margins.is_empty() {
        return Err(CalibrationError::Length {
            what: "margins",
            found: 0,
            expected: 1,
        });
    }
    if !(options.epsilon > 0.0 && options.epsilon.is_finite()) {
        return Err(CalibrationError::Setting {
            what: "raking tolerance epsilon",
            found: options.epsilon,
            expected: "a positive number",
        });
    }
    if options.max_iterations == 0 {
        return Err(CalibrationError::Setting {
            what: "greatest number of raking sweeps",
            found: 0.0,
            expected: "at least 1",
        });
    }
    for (index, margin) in margins.iter().enumerate() {
        check_margin(
            index,
            margin.category_of_record,
            margin.totals,
            weights.len(),
        )?;
    }
    if options.inconsistent == InconsistentMargins::Refuse {
        check_sums(margins)?;
    }
    let classifications: Vec<&[u32]> = margins.iter().map(|m| m.category_of_record).collect();
    Ok(Cross::new(&classifications, weights.len()))
}

fn check_sums(margins: &[Margin<'_>]) -> Result<(), CalibrationError> {
    let first_sum: f64 = margins[0].totals.iter().sum();
    for (index, margin) in margins.iter().enumerate().skip(1) {
        let sum: f64 = margin.totals.iter().sum();
        if (sum - first_sum).abs() > MARGIN_SUM_TOLERANCE * first_sum.abs() {
            return Err(CalibrationError::MarginsDisagree {
                margin: index,
                sum,
                first_sum,
            });
        }
    }
    Ok(())
}

fn failure(totals: &[Reached], settled: bool, iterations: usize) -> CalibrationError {
    let &Reached {
        margin,
        category,
        wanted,
        reached,
        ..
    } = worst(totals);
    if settled {
        CalibrationError::MarginNotMet {
            iterations,
            margin,
            category,
            wanted,
            reached,
        }
    } else {
        CalibrationError::RakingNotConverged {
            iterations,
            margin,
            category,
            wanted,
            reached,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEX: [u32; 4] = [0, 0, 1, 1];
    const AGE: [u32; 4] = [0, 1, 0, 1];

    fn margins<'a>(sex: &'a [f64], age: &'a [f64]) -> [Margin<'a>; 2] {
        [
            Margin {
                category_of_record: &SEX,
                totals: sex,
            },
            Margin {
                category_of_record: &AGE,
                totals: age,
            },
        ]
    }

    #[test]
    fn raked_weights_meet_both_margins_and_keep_the_odds_ratio() {
        let options = RakeOptions {
            epsilon: 1e-14,
            max_iterations: 200,
            ..RakeOptions::default()
        };
        let start = [4.0, 1.0, 2.0, 3.0];
        let done = rake(&start, &margins(&[30.0, 70.0], &[45.0, 55.0]), options).unwrap();
        assert!(done.totals.iter().all(|t| t.misfit() < 1e-13));
        let odds = |w: &[f64]| w[0] * w[3] / (w[1] * w[2]);
        assert!((odds(&done.weights) / odds(&start) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn margins_of_different_size_are_refused_by_name_or_accepted_on_request() {
        let both = margins(&[30.0, 70.0], &[45.0, 56.0]);
        let error = rake(&[1.0; 4], &both, RakeOptions::default()).unwrap_err();
        assert_eq!(
            error,
            CalibrationError::MarginsDisagree {
                margin: 1,
                sum: 101.0,
                first_sum: 100.0
            }
        );
        let accept = RakeOptions {
            inconsistent: InconsistentMargins::Accept,
            ..RakeOptions::default()
        };
        let done = rake(&[1.0; 4], &both, accept).unwrap();
        assert!((done.weights.iter().sum::<f64>() - 101.0).abs() < 1e-12);
    }

    /// No sample where sex 0 meets age 1: age 1 can come from sex 1 alone, and 70 < 80.
    fn contradictory(options: RakeOptions) -> Result<Adjustment, CalibrationError> {
        let margins = [
            Margin {
                category_of_record: &[0, 1, 1],
                totals: &[30.0, 70.0],
            },
            Margin {
                category_of_record: &[0, 0, 1],
                totals: &[20.0, 80.0],
            },
        ];
        rake(&[1.0; 3], &margins, options)
    }

    #[test]
    fn a_table_that_does_not_settle_names_the_worst_category() {
        let options = RakeOptions {
            epsilon: 1e-9,
            max_iterations: 5,
            ..RakeOptions::default()
        };
        let error = contradictory(options).unwrap_err();
        assert!(
            matches!(
                error,
                CalibrationError::RakingNotConverged { iterations: 5, margin: 0, category: 0, wanted: 30.0, reached } if reached < 21.0
            ),
            "{error}"
        );
    }

    #[test]
    fn a_table_that_settles_without_meeting_a_margin_is_not_accepted_in_silence() {
        let options = RakeOptions {
            epsilon: 1e-9,
            max_iterations: 500,
            ..RakeOptions::default()
        };
        let error = contradictory(options).unwrap_err();
        assert!(
            matches!(
                error,
                CalibrationError::MarginNotMet { margin: 0, category: 0, wanted: 30.0, reached, .. } if reached < 21.0
            ),
            "{error}"
        );
        let accept = RakeOptions {
            accept_unconverged: true,
            ..options
        };
        assert!(!contradictory(accept).unwrap().converged);
    }
}
