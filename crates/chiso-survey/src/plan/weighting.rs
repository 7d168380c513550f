//! Making the sample's weights meet the known totals, and saying by name what could not be met.

use super::cells::KnownTotals;
use super::{Plan, PlanError};
use crate::calibrate::{
    Adjustment, CalibrationError, Margin, PostStratifyOptions, RakeOptions, Reached, WeightReport,
    poststratify, rake,
};
use crate::specification::{Calibration, Method};
use crate::sums::Sample;

/// What a calibration did, with the names of its totals.
#[derive(Debug, Clone)]
pub struct Weighting {
    /// Weights before and after.
    pub report: WeightReport,
    /// For each of the report's totals, the margin's columns and the category's values.
    pub names: Vec<(String, String)>,
}

impl Plan {
    /// Calibrates a sample by its cells: post-stratification and raking.
    ///
    /// # Errors
    /// The total that cannot be met, by name.
    pub fn calibrate_cells(
        &self,
        calibration: &Calibration,
        known: &[KnownTotals],
        sample: &mut Sample,
    ) -> Result<Weighting, PlanError> {
        let (cells, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|weights| weights.sum).collect();
        let categories: Vec<Vec<u32>> = (0..known.len())
            .map(|margin| {
                cells
                    .iter()
                    .map(|cell| self.category(margin, *cell))
                    .collect()
            })
            .collect();
        let counts: Vec<Vec<f64>> = known.iter().map(KnownTotals::counts).collect();
        let named = |error| name_error(error, known);
        let adjustment = match calibration.method {
            Method::PostStratify => {
                let options = PostStratifyOptions {
                    partial: calibration.partial,
                };
                poststratify(&weights, &categories[0], &counts[0], options).map_err(named)?
            }
            _ => {
                let margins: Vec<Margin<'_>> = categories
                    .iter()
                    .zip(&counts)
                    .map(|(category_of_record, totals)| Margin {
                        category_of_record,
                        totals,
                    })
                    .collect();
                rake(&weights, &margins, rake_options(calibration)).map_err(named)?
            }
        };
        let report = WeightReport::from_cells(&moments, &adjustment).map_err(named)?;
        sample.calibrate(&adjustment);
        Ok(Weighting {
            names: names(&adjustment, known),
            report,
        })
    }

    fn category(&self, margin: usize, cell: u32) -> u32 {
        self.cells
            .as_ref()
            .map_or(0, |coder| coder.category(margin, cell))
    }
}

/// The options of raking that a specification states; the others are R's.
pub(super) fn rake_options(calibration: &Calibration) -> RakeOptions {
    let own = RakeOptions::default();
    RakeOptions {
        epsilon: calibration.epsilon.unwrap_or(own.epsilon),
        max_iterations: calibration.max_iterations.unwrap_or(own.max_iterations),
        ..own
    }
}

pub(super) fn names(adjustment: &Adjustment, known: &[KnownTotals]) -> Vec<(String, String)> {
    let name = |reached: &Reached| {
        let margin = &known[reached.margin];
        (
            margin.name(),
            margin.cells[reached.category].values.join(", "),
        )
    };
    adjustment.totals.iter().map(name).collect()
}

/// The error with the margin's columns and the category's values for their numbers.
pub(super) fn name_error(error: CalibrationError, known: &[KnownTotals]) -> PlanError {
    let place = match &error {
        CalibrationError::Total {
            margin, category, ..
        }
        | CalibrationError::NoSample {
            margin, category, ..
        }
        | CalibrationError::NoPopulation {
            margin, category, ..
        }
        | CalibrationError::RakingNotConverged {
            margin, category, ..
        }
        | CalibrationError::MarginNotMet {
            margin, category, ..
        } => Some((*margin, Some(*category))),
        CalibrationError::MarginsDisagree { margin, .. } => Some((*margin, None)),
        _ => None,
    };
    let Some((margin, category)) = place else {
        return PlanError::Calibration {
            place: String::new(),
            source: error,
        };
    };
    let mut place = known.get(margin).map(KnownTotals::name).unwrap_or_default();
    let cell = category.and_then(|category| known.get(margin)?.cells.get(category));
    if let Some(cell) = cell {
        place = format!("{place} = {}", cell.values.join(", "));
    }
    PlanError::Calibration {
        place: format!("{place}: "),
        source: error,
    }
}
