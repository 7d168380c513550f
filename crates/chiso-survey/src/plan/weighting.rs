//! From sampling weights to final ones: replicates made or taken, totals met, extremes trimmed,
//! and whatever could not be done said by name.

use faer::Mat;

use super::cells::KnownTotals;
use super::{Plan, PlanError};
use crate::calibrate::{
    Adjustment, Bounds, Calibration as Calculation, CalibrationError, CalibrationFunction,
    GregOptions, Margin, ModelMatrix, PostStratifyOptions, RakeOptions, Reached, Redistribution,
    ResidualVariance, TrimOptions, WeightReport, WeightSummary, trim,
};
use crate::estimate::Replication;
use crate::replicate::{self, GivenScale, GivenWeights};
use crate::specification::{Calibration, Method, ReplicateMethod, Replicates, Specification, Trim};
use crate::sums::{Rows, Sample};

/// What a calibration did, with the names of its totals.
#[derive(Debug, Clone)]
pub struct Weighting {
    /// Weights before and after.
    pub report: WeightReport,
    /// For each of the report's totals, the margin's columns and the category's values.
    pub names: Vec<(String, String)>,
    /// Replicates that missed a total.
    pub failed_replicates: usize,
}

/// What trimming did.
#[derive(Debug, Clone)]
pub struct Trimming {
    /// Weights before.
    pub before: WeightSummary,
    /// Weights after.
    pub after: WeightSummary,
    /// Rows that were cut.
    pub cut: usize,
    /// Rounds.
    pub rounds: usize,
}

/// The final weights' story, and the replicates if errors are to come from them.
#[derive(Debug, Default)]
pub struct Weighed {
    /// What calibration did.
    pub weighting: Option<Weighting>,
    /// What trimming did.
    pub trimming: Option<Trimming>,
    /// Replicate weights.
    pub replication: Option<Replication>,
}

/// The records of a calibration: cells or rows, and where each stands in each margin.
struct Records {
    categories: Vec<Vec<u32>>,
    counts: Vec<Vec<f64>>,
}

impl Plan {
    /// Makes the replicates, meets the totals and trims, as the specification says.
    ///
    /// # Errors
    /// The total that cannot be met, by name; replicate weights that cannot be made.
    pub fn weigh(
        &self,
        specification: &Specification,
        known: &[KnownTotals],
        sample: &mut Sample,
        mut rows: Option<&mut Rows>,
    ) -> Result<Weighed, PlanError> {
        let mut weighed = Weighed::default();
        if let Some(replicates) = &specification.replicates {
            weighed.replication = Some(self.replicates(replicates, sample, rows.as_deref())?);
        }
        if let Some(calibration) = &specification.calibration {
            let replication = weighed.replication.as_mut();
            let by_rows = rows.as_deref_mut().filter(|_| self.needs.all_variables);
            weighed.weighting = Some(match by_rows {
                Some(rows) => self.calibrate_rows(calibration, known, sample, rows, replication)?,
                None => self.calibrate_cells(calibration, known, sample, replication)?,
            });
        }
        if let (Some(limits), Some(rows)) = (&specification.trim, rows) {
            weighed.trimming = Some(trim_rows(limits, rows, weighed.replication.as_mut())?);
        }
        Ok(weighed)
    }

    fn replicates(
        &self,
        wanted: &Replicates,
        sample: &Sample,
        rows: Option<&Rows>,
    ) -> Result<Replication, PlanError> {
        let (count, seed) = (wanted.count, wanted.seed);
        let lonely = sample.structure.options.lonely_psu;
        let made = |replication: Replication| replication.with_mse(wanted.mse);
        let replication = match &wanted.method {
            ReplicateMethod::Given {
                scale,
                replicate_scales,
                combined,
                degrees_of_freedom,
                ..
            } => {
                let Some(rows) = rows else {
                    return Err(PlanError::Replication(
                        crate::estimate::ReplicationError::RowsNeeded,
                    ));
                };
                let columns = &self.replicate_columns;
                let matrix = Mat::from_fn(rows.len(), columns.len(), |row, replicate| {
                    rows.value(columns[replicate], row).unwrap_or(f64::NAN)
                });
                let scales = (!replicate_scales.is_empty()).then_some(&replicate_scales[..]);
                let mut given = replicate::given(&GivenWeights {
                    replicate_weights: matrix.as_ref(),
                    sampling_weights: &rows.weights,
                    combined: *combined,
                    scale: GivenScale::Stated {
                        scale: *scale,
                        replicate_scales: scales,
                    },
                    mse: wanted.mse,
                })
                .map_err(crate::estimate::ReplicationError::from)?;
                if let Some(degrees) = degrees_of_freedom {
                    given.weights.degrees_of_freedom = *degrees as usize;
                }
                Replication::given(given)
            }
            method => Replication::of_psus(&sample.structure, |design| match method {
                ReplicateMethod::Jk1 => replicate::jk1(design),
                ReplicateMethod::Jkn => replicate::jkn(design, lonely),
                ReplicateMethod::Brr => replicate::brr(design, 0.0),
                ReplicateMethod::Fay(rho) => replicate::brr(design, *rho),
                ReplicateMethod::Bootstrap => replicate::canty_davison(design, count, seed),
                ReplicateMethod::RaoWu => replicate::rao_wu(design, None, count, seed),
                _ => replicate::subbootstrap(design, count, seed),
            })?,
        };
        Ok(made(replication))
    }

    fn calibrate_cells(
        &self,
        calibration: &Calibration,
        known: &[KnownTotals],
        sample: &mut Sample,
        replication: Option<&mut Replication>,
    ) -> Result<Weighting, PlanError> {
        let (cells, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|weights| weights.sum).collect();
        let categories = (0..known.len())
            .map(|margin| {
                cells
                    .iter()
                    .map(|cell| self.category(margin, *cell))
                    .collect()
            })
            .collect();
        let records = Records {
            categories,
            counts: counts(known),
        };
        let margins = records.margins();
        let calculation = records.categorical(calibration, &margins);
        let named = |error| name_error(error, known);
        let (adjustment, failed_replicates) = match replication {
            Some(replication) => {
                let done = replication
                    .calibrate(sample, &calculation)
                    .map_err(|error| name_replication_error(error, known))?;
                let failed = done.failures.len();
                (done.main, failed)
            }
            None => {
                let adjustment = calculation.calibrate(&weights).map_err(named)?;
                sample.calibrate(&adjustment);
                (adjustment, 0)
            }
        };
        let report = WeightReport::from_cells(&moments, &adjustment).map_err(named)?;
        Ok(Weighting {
            names: names(&adjustment, known),
            report,
            failed_replicates,
        })
    }

    fn calibrate_rows(
        &self,
        calibration: &Calibration,
        known: &[KnownTotals],
        sample: &Sample,
        rows: &mut Rows,
        replication: Option<&mut Replication>,
    ) -> Result<Weighting, PlanError> {
        let code = |column: &usize| {
            (0..rows.len())
                .map(|row| rows.value(*column, row).unwrap_or(0.0) as u32)
                .collect()
        };
        let categories = self.margin_columns.iter().map(code).collect();
        let records = Records {
            categories,
            counts: counts(known),
        };
        let before = rows.weights.clone();
        let named = |error| name_error(error, known);
        let margins = records.margins();
        let clusters = aggregate(calibration, sample, rows);
        let variance: Option<Vec<f64>> = self
            .variance_column
            .map(|column| self.full_column(column, rows));
        let (model, totals) = self
            .model(calibration, known, &records, rows)
            .map_err(named)?;
        let calculation = match calibration.method {
            Method::PostStratify | Method::Rake => records.categorical(calibration, &margins),
            _ => Calculation::Greg {
                model: &model,
                totals: &totals,
                options: greg_options(calibration, variance.as_deref(), clusters.as_deref()),
            },
        };
        let (adjustment, failed_replicates) = match replication {
            Some(replication) => {
                let done = replication
                    .calibrate_rows(rows, &calculation)
                    .map_err(|error| name_replication_error(error, known))?;
                let failed = done.failures.len();
                (done.main, failed)
            }
            None => {
                let adjustment = calculation.calibrate(&rows.weights).map_err(named)?;
                rows.calibrate(&adjustment);
                (adjustment, 0)
            }
        };
        let report = WeightReport::new(&before, &adjustment).map_err(named)?;
        let names = match calibration.method {
            Method::PostStratify | Method::Rake => names(&adjustment, known),
            _ => model
                .names()
                .iter()
                .map(|name| (name.clone(), String::new()))
                .collect(),
        };
        Ok(Weighting {
            names,
            report,
            failed_replicates,
        })
    }

    /// A kept column, a missing value as it is: not finite, so that it is refused by its place.
    fn full_column(&self, column: usize, rows: &Rows) -> Vec<f64> {
        (0..rows.len())
            .map(|row| rows.value(column, row).unwrap_or(f64::NAN))
            .collect()
    }

    /// The auxiliary variables: the population's size, the categories of every margin, numbers.
    fn model(
        &self,
        calibration: &Calibration,
        known: &[KnownTotals],
        records: &Records,
        rows: &Rows,
    ) -> Result<(ModelMatrix, Vec<f64>), CalibrationError> {
        let mut model = ModelMatrix::new(rows.len());
        let mut totals = Vec::new();
        if matches!(calibration.method, Method::PostStratify | Method::Rake) {
            return Ok((model, totals));
        }
        if let Some(population) = calibration.population {
            model = model.intercept();
            totals.push(population);
        }
        for ((margin, codes), counts) in known.iter().zip(&records.categories).zip(&records.counts)
        {
            for (category, (cell, count)) in margin.cells.iter().zip(counts).enumerate() {
                let name = format!("{} = {}", margin.name(), cell.values.join(", "));
                let is = |code: &u32| f64::from(u8::from(*code as usize == category));
                let column: Vec<f64> = codes.iter().map(is).collect();
                model = model.number(&name, &column)?;
                totals.push(*count);
            }
        }
        for (term, column) in calibration.terms.iter().zip(&self.term_columns) {
            model = model.number(term.variable.text(), &self.full_column(*column, rows))?;
            totals.push(term.total);
        }
        Ok((model, totals))
    }

    fn category(&self, margin: usize, cell: u32) -> u32 {
        self.cells
            .as_ref()
            .map_or(0, |coder| coder.category(margin, cell))
    }
}

impl Records {
    fn margins(&self) -> Vec<Margin<'_>> {
        self.categories
            .iter()
            .zip(&self.counts)
            .map(|(category_of_record, totals)| Margin {
                category_of_record,
                totals,
            })
            .collect()
    }

    fn categorical<'a>(
        &'a self,
        calibration: &Calibration,
        margins: &'a [Margin<'a>],
    ) -> Calculation<'a> {
        match calibration.method {
            Method::PostStratify => Calculation::PostStratify {
                cell: &self.categories[0],
                totals: &self.counts[0],
                options: PostStratifyOptions {
                    partial: calibration.partial,
                },
            },
            _ => Calculation::Rake {
                margins,
                options: rake_options(calibration),
            },
        }
    }
}

fn counts(known: &[KnownTotals]) -> Vec<Vec<f64>> {
    known.iter().map(KnownTotals::counts).collect()
}

/// The options of raking that a specification states; the others are R's.
fn rake_options(calibration: &Calibration) -> RakeOptions {
    let own = RakeOptions::default();
    RakeOptions {
        epsilon: calibration.epsilon.unwrap_or(own.epsilon),
        max_iterations: calibration.max_iterations.unwrap_or(own.max_iterations),
        ..own
    }
}

fn greg_options<'a>(
    calibration: &Calibration,
    variance: Option<&'a [f64]>,
    aggregate: Option<&'a [u32]>,
) -> GregOptions<'a> {
    let own = GregOptions::default();
    GregOptions {
        function: match calibration.method {
            Method::Exponential => CalibrationFunction::Raking,
            Method::Logit => CalibrationFunction::Logit,
            _ => CalibrationFunction::Linear,
        },
        bounds: calibration
            .bounds
            .map_or(Bounds::None, |(lower, upper)| Bounds::Factor {
                lower,
                upper,
            }),
        variance: variance.map_or(ResidualVariance::Constant, ResidualVariance::PerRecord),
        aggregate,
        epsilon: calibration.epsilon.unwrap_or(own.epsilon),
        max_iterations: calibration.max_iterations.unwrap_or(own.max_iterations),
        ..own
    }
}

/// The cluster of each row at the stage within which factors are to be equal.
fn aggregate(calibration: &Calibration, sample: &Sample, rows: &Rows) -> Option<Vec<u32>> {
    let stage = calibration.aggregate_stage?.checked_sub(1)?;
    let stage = stage.min(sample.structure.depth() - 1);
    Some(
        rows.leaves
            .iter()
            .map(|leaf| sample.structure.cluster_of(*leaf, stage))
            .collect(),
    )
}

fn trim_rows(
    limits: &Trim,
    rows: &mut Rows,
    replication: Option<&mut Replication>,
) -> Result<Trimming, PlanError> {
    let options = TrimOptions {
        lower: limits.lower,
        upper: limits.upper,
        strict: limits.strict,
        redistribution: if limits.proportional {
            Redistribution::Proportional
        } else {
            Redistribution::Equal
        },
    };
    let fault = |reason| PlanError::Calibration {
        place: "trim: ".into(),
        reason,
    };
    let summary = |weights: &[f64]| {
        WeightSummary::of(weights)
            .ok_or(CalibrationError::NoRecords)
            .map_err(fault)
    };
    let before = summary(&rows.weights)?;
    let trimmed = trim(&rows.weights, &options).map_err(fault)?;
    if let Some(replication) = replication {
        // The replicates are trimmed by themselves; the rows' weights stay, as in R.
        replication.trim_rows(rows, &options)?;
    } else {
        rows.set_weights(trimmed.weights.clone());
    }
    Ok(Trimming {
        before,
        after: summary(&trimmed.weights)?,
        cut: trimmed.cut.iter().filter(|cut| **cut).count(),
        rounds: trimmed.rounds,
    })
}

fn names(adjustment: &Adjustment, known: &[KnownTotals]) -> Vec<(String, String)> {
    let name = |reached: &Reached| {
        let margin = &known[reached.margin];
        (
            margin.name(),
            margin.cells[reached.category].values.join(", "),
        )
    };
    adjustment.totals.iter().map(name).collect()
}

fn name_replication_error(
    error: crate::estimate::ReplicationError,
    known: &[KnownTotals],
) -> PlanError {
    match error {
        crate::estimate::ReplicationError::Calibration(error) => name_error(error, known),
        error => PlanError::Replication(error),
    }
}

/// The error with the margin's columns and the category's values for their numbers.
fn name_error(error: CalibrationError, known: &[KnownTotals]) -> PlanError {
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
            reason: error,
        };
    };
    let mut place = known.get(margin).map(KnownTotals::name).unwrap_or_default();
    let cell = category.and_then(|category| known.get(margin)?.cells.get(category));
    if let Some(cell) = cell {
        place = format!("{place} = {}", cell.values.join(", "));
    }
    PlanError::Calibration {
        place: format!("{place}: "),
        reason: error,
    }
}
