//! The same calibration applied to the weights of every replicate.

use rayon::prelude::*;

use super::adjustment::{Adjustment, sum_by_category};
use super::cross::Cross;
use super::error::{CalibrationError, check_length};
use super::greg::{GregOptions, greg};
use super::greg_setup::Setup;
use super::model_matrix::ModelMatrix;
use super::poststratify::{PostStratifyOptions, poststratify};
use super::rake::{Margin, RakeOptions, prepare, rake};
use super::rake_sweep::{Raked, greatest_gap};

/// A calibration to known totals: the method with all it needs but the weights.
#[derive(Debug, Clone, Copy)]
pub enum Calibration<'a> {
    /// [`poststratify`].
    PostStratify {
        /// Cell of each record.
        cell: &'a [u32],
        /// Population total of each cell.
        totals: &'a [f64],
        /// Options.
        options: PostStratifyOptions,
    },
    /// [`rake`].
    Rake {
        /// The margins, in the order of the sweeps.
        margins: &'a [Margin<'a>],
        /// Options.
        options: RakeOptions,
    },
    /// [`greg`].
    Greg {
        /// Auxiliary variables.
        model: &'a ModelMatrix,
        /// Population total of each column.
        totals: &'a [f64],
        /// Options.
        options: GregOptions<'a>,
    },
}

impl Calibration<'_> {
    /// Calibrates one set of weights.
    ///
    /// # Errors
    /// Those of the method.
    pub fn calibrate(&self, weights: &[f64]) -> Result<Adjustment, CalibrationError> {
        match *self {
            Self::PostStratify {
                cell,
                totals,
                options,
            } => poststratify(weights, cell, totals, options),
            Self::Rake { margins, options } => rake(weights, margins, options),
            Self::Greg {
                model,
                totals,
                ref options,
            } => greg(weights, model, totals, options),
        }
    }
}

/// A replicate whose weights do not meet a total.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateFailure {
    /// The replicate, from 0.
    pub replicate: usize,
    /// Which total, what was wanted, what was reached.
    pub error: CalibrationError,
    /// Whether the factors are kept, as R keeps those of an iteration that did not converge.
    /// Otherwise the factors of the records concerned are NaN, so that no estimate from them can
    /// pass unnoticed; R discards such replicates with a warning.
    pub kept: bool,
}

/// The outcome of [`calibrate_replicates`].
#[derive(Debug, Clone)]
pub struct ReplicateAdjustment {
    /// The calibration of the main weights.
    pub main: Adjustment,
    /// Factor of every record in every replicate: replicate after replicate.
    pub factors: Vec<f64>,
    /// Greatest |reached − wanted| / (1 + |wanted|) over the totals, by replicate.
    pub gaps: Vec<f64>,
    /// Replicates that miss a total, in order.
    pub failures: Vec<ReplicateFailure>,
}

/// Calibrates `weights` and then the weights of each replicate to the same totals.
///
/// `replicate_weights` holds replicate after replicate, one analysis weight a record (multiplier
/// times starting weight); 0 where the replicate leaves a unit out. As in R, every replicate is
/// raked with as many sweeps as the main weights took, without a stopping rule of its own, and
/// GREG starts anew from λ = 0.
///
/// # Errors
/// Those of calibrating the main weights; a replicate weight that is not finite; lengths that do
/// not match. A replicate that cannot meet a total (a cell left without sample) is no error but a
/// [`ReplicateFailure`].
///
/// Source: R `survey` `postStratify`, `rake`, `calibrate` of replicate designs.
pub fn calibrate_replicates(
    weights: &[f64],
    replicate_weights: &[f64],
    calibration: &Calibration<'_>,
) -> Result<ReplicateAdjustment, CalibrationError> {
    let main = calibration.calibrate(weights)?;
    let records = weights.len();
    let whole = replicate_weights.len() / records * records;
    check_length("replicate weights", replicate_weights.len(), whole)?;
    if let Some(at) = replicate_weights.iter().position(|w| !w.is_finite()) {
        return Err(CalibrationError::Value {
            what: format!("weights of replicate {}", at / records),
            index: at % records,
            found: replicate_weights[at],
            expected: "a finite number",
        });
    }
    let one = Prepared::new(weights, &main, calibration)?;
    let mut factors = vec![0.0; replicate_weights.len()];
    let outcomes: Vec<(f64, Option<(CalibrationError, bool)>)> = replicate_weights
        .par_chunks(records)
        .zip(factors.par_chunks_mut(records))
        .map(|(weights, factors)| one.calibrate(weights, factors))
        .collect();
    let (gaps, errors): (Vec<f64>, Vec<_>) = outcomes.into_iter().unzip();
    let failures = errors.into_iter().enumerate();
    Ok(ReplicateAdjustment {
        main,
        factors,
        gaps,
        failures: failures
            .filter_map(|(replicate, outcome)| {
                outcome.map(|(error, kept)| ReplicateFailure {
                    replicate,
                    error,
                    kept,
                })
            })
            .collect(),
    })
}

/// What all replicates share.
enum Prepared<'a> {
    PostStratify {
        cell: &'a [u32],
        totals: &'a [f64],
    },
    Rake {
        cross: Cross,
        margins: &'a [Margin<'a>],
        sweeps: usize,
    },
    Greg {
        setup: Box<Setup<'a>>,
        keep_unconverged: bool,
    },
}

type Outcome = (f64, Option<(CalibrationError, bool)>);

impl<'a> Prepared<'a> {
    fn new(
        weights: &[f64],
        main: &Adjustment,
        calibration: &Calibration<'a>,
    ) -> Result<Self, CalibrationError> {
        Ok(match calibration {
            Calibration::PostStratify { cell, totals, .. } => Self::PostStratify { cell, totals },
            Calibration::Rake { margins, options } => Self::Rake {
                cross: prepare(weights, margins, *options)?,
                margins,
                sweeps: main.iterations,
            },
            Calibration::Greg {
                model,
                totals,
                options,
            } => Self::Greg {
                setup: Box::new(Setup::new(weights, model, totals, options)?),
                keep_unconverged: !options.is_closed_form(),
            },
        })
    }

    fn calibrate(&self, weights: &[f64], factors: &mut [f64]) -> Outcome {
        match self {
            Self::PostStratify { cell, totals } => {
                poststratify_replicate(weights, cell, totals, factors)
            }
            Self::Rake {
                cross,
                margins,
                sweeps,
            } => rake_replicate(weights, cross, margins, *sweeps, factors),
            Self::Greg {
                setup,
                keep_unconverged,
            } => greg_replicate(weights, setup, *keep_unconverged, factors),
        }
    }
}

/// Only the records of a cell without weight are lost; domains elsewhere keep the replicate.
fn poststratify_replicate(
    weights: &[f64],
    cell: &[u32],
    totals: &[f64],
    factors: &mut [f64],
) -> Outcome {
    let sample = sum_by_category(weights, cell, totals.len());
    let mut failure = None;
    for (factor, cell) in factors.iter_mut().zip(cell) {
        let category = *cell as usize;
        let (sample, wanted) = (sample[category], totals[category]);
        *factor = match (sample == 0.0, wanted == 0.0) {
            (true, true) => 1.0,
            (true, false) => f64::NAN,
            (false, _) => wanted / sample,
        };
        if factor.is_nan() && failure.is_none() {
            let error = CalibrationError::NoSample {
                margin: 0,
                category,
                wanted,
            };
            failure = Some((error, false));
        }
    }
    (if failure.is_some() { f64::NAN } else { 0.0 }, failure)
}

fn rake_replicate(
    weights: &[f64],
    cross: &Cross,
    margins: &[Margin<'_>],
    sweeps: usize,
    factors: &mut [f64],
) -> Outcome {
    let start = cross.sums(weights);
    let mut table = start.clone();
    let mut raked = Raked::start(cross.len(), margins.len());
    for _ in 0..sweeps {
        if let Err(error) = raked.sweep(cross, &mut table, margins) {
            factors.fill(f64::NAN);
            return (f64::NAN, Some((error, false)));
        }
    }
    for (factor, cell) in factors.iter_mut().zip(&cross.of_record) {
        *factor = raked.factors[*cell as usize];
    }
    (greatest_gap(cross, margins, &start, &table), None)
}

fn greg_replicate(
    weights: &[f64],
    setup: &Setup<'_>,
    keep_unconverged: bool,
    factors: &mut [f64],
) -> Outcome {
    let solution = setup.solve(weights);
    let gap = setup.greatest_gap(weights, &solution);
    let kept = keep_unconverged && solution.factors.iter().all(|g| g.is_finite());
    let failure = (!solution.converged).then(|| (setup.worst(weights, &solution), kept));
    if solution.converged || kept {
        factors.copy_from_slice(&solution.factors);
    } else {
        factors.fill(f64::NAN);
    }
    (gap, failure)
}

/// The weight that one cluster has in one calibration cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterCellWeight {
    /// The cluster, from 0: the column of the multipliers.
    pub cluster: u32,
    /// The calibration cell, from 0.
    pub cell: u32,
    /// Σ of the starting weights of the cluster's respondents in the cell.
    pub weight: f64,
}

/// Cell weights of every replicate, `Σ_clusters multiplier · weight`, for
/// [`calibrate_replicates`] on cells: replicate after replicate, `cells` weights each.
///
/// `multipliers` holds replicate after replicate, one multiplier a cluster.
///
/// # Errors
/// If the multipliers are not whole replicates of `clusters`, or a cluster or cell is out of range.
pub fn cell_weights_of_replicates(
    multipliers: &[f64],
    clusters: usize,
    weights: &[ClusterCellWeight],
    cells: usize,
) -> Result<Vec<f64>, CalibrationError> {
    if clusters == 0 || cells == 0 {
        return Err(CalibrationError::NoRecords);
    }
    let replicates = multipliers.len() / clusters;
    check_length("multipliers", multipliers.len(), replicates * clusters)?;
    let beyond = |w: &ClusterCellWeight| w.cluster as usize >= clusters || w.cell as usize >= cells;
    if let Some(index) = weights.iter().position(beyond) {
        return Err(CalibrationError::Value {
            what: format!("weight of cluster {} in cell", weights[index].cluster),
            index,
            found: f64::from(weights[index].cell),
            expected: "a cluster with a multiplier and a cell that exists",
        });
    }
    let mut sums = vec![0.0; replicates * cells];
    sums.par_chunks_mut(cells)
        .zip(multipliers.par_chunks(clusters))
        .for_each(|(sums, multipliers)| {
            for entry in weights {
                sums[entry.cell as usize] += multipliers[entry.cluster as usize] * entry.weight;
            }
        });
    Ok(sums)
}
