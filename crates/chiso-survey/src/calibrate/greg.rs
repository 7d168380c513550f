//! Calibration to totals of auxiliary variables: linear (GREG), raking, logit; with bounds.

use super::adjustment::{Adjustment, Reached};
use super::error::CalibrationError;
use super::greg_setup::Setup;
use super::linear_residual::{Fit, LinearResiduals};
use super::model_matrix::ModelMatrix;
use super::newton::CalibrationFunction;
use super::residual::ResidualOperator;

/// Limits within which calibration must stay.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Bounds {
    /// None.
    #[default]
    None,
    /// On the factor g.
    Factor {
        /// Least factor.
        lower: f64,
        /// Greatest factor.
        upper: f64,
    },
    /// On the calibrated weight itself (R `bounds.const = TRUE`).
    Weight {
        /// Least weight.
        lower: f64,
        /// Greatest weight.
        upper: f64,
    },
}

/// The variance σ² of the working model: a record with a greater variance is adjusted less.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum ResidualVariance<'a> {
    /// The same for all records.
    #[default]
    Constant,
    /// One a record.
    PerRecord(&'a [f64]),
    /// A linear function of the auxiliary variables: one coefficient a column.
    PerColumn(&'a [f64]),
}

/// Options of [`greg`]; the defaults are R's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GregOptions<'a> {
    /// How g depends on the auxiliary variables.
    pub function: CalibrationFunction,
    /// Limits on g or on the weights; logit needs them.
    pub bounds: Bounds,
    /// σ² of the working model.
    pub variance: ResidualVariance<'a>,
    /// Cluster of each record, if all records of a cluster shall share one factor
    /// (R `aggregate.stage`).
    pub aggregate: Option<&'a [u32]>,
    /// A total is met when |misfit| / (1 + |total|) is below this. Default 1e-7.
    pub epsilon: f64,
    /// Most Newton steps. Default 50.
    pub max_iterations: usize,
    /// Cut factors to this range after an iterated calibration and spread what was cut evenly
    /// over the others (R `trim`); the totals are then no longer met exactly.
    pub trim: Option<(f64, f64)>,
    /// Return weights that miss a total, marked `converged: false`, instead of stopping
    /// (R `force`).
    pub accept_unconverged: bool,
}

impl Default for GregOptions<'_> {
    fn default() -> Self {
        Self {
            function: CalibrationFunction::Linear,
            bounds: Bounds::None,
            variance: ResidualVariance::Constant,
            aggregate: None,
            epsilon: 1e-7,
            max_iterations: 50,
            trim: None,
            accept_unconverged: false,
        }
    }
}

impl GregOptions<'_> {
    /// Linear calibration without bounds has a closed form and keeps σ² in its residual.
    pub(super) fn is_closed_form(&self) -> bool {
        self.function == CalibrationFunction::Linear && self.bounds == Bounds::None
    }
}

/// Finds the weights nearest to `weights` that meet `totals` of the columns of `model`.
///
/// `w' = w g` with `g = F(x'λ/σ²)` and λ such that `Σ w' x` equals the totals (one a column, in
/// the unit of the column). Columns that are 0 in sample and population are left out; dependent
/// columns are handled by the pseudo-inverse, so they do no harm if their totals agree.
///
/// # Errors
/// Bad weights, lengths, variances, bounds or settings; a total that cannot be met, naming the
/// auxiliary variable with the greatest gap, what was wanted and what was reached.
///
/// Source: Deville & Särndal 1992; Deville, Särndal & Sautory 1993; R `survey::calibrate`.
pub fn greg(
    weights: &[f64],
    model: &ModelMatrix,
    totals: &[f64],
    options: &GregOptions<'_>,
) -> Result<Adjustment, CalibrationError> {
    let setup = Setup::new(weights, model, totals, options)?;
    let solution = setup.solve(weights);
    if !solution.converged && !options.accept_unconverged {
        return Err(setup.worst(weights, &solution));
    }
    let calibrated: Vec<f64> = weights
        .iter()
        .zip(&solution.factors)
        .map(|(w, g)| w * g)
        .collect();
    let before = model.totals(weights);
    let reached = model.totals(&calibrated);
    let fit = Fit {
        columns: setup.model.columns(),
        working: &setup.working(weights),
        factors: &solution.factors,
        variance: setup
            .variance
            .as_deref()
            .filter(|_| options.is_closed_form()),
        aggregated: setup.clusters.is_some(),
    };
    Ok(Adjustment {
        residuals: ResidualOperator::Linear(LinearResiduals::new(&fit)),
        totals: (0..totals.len())
            .map(|column| Reached {
                margin: column,
                category: 0,
                wanted: totals[column],
                before: before[column],
                reached: reached[column],
            })
            .collect(),
        factors: solution.factors,
        weights: calibrated,
        iterations: solution.iterations,
        converged: solution.converged,
        ignored: Vec::new(),
    })
}
