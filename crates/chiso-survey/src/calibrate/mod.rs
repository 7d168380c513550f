//! Weights that meet known totals, and what that does to the variance.
//!
//! Every function takes *records*, each with a starting weight, and returns one factor per
//! record. A record is a respondent or a *cell*: respondents who share every auxiliary value,
//! with the sum of their weights. Post-stratification, raking and linear calibration on
//! categories need only those sums, so the two give the same factors.
//!
//! Categories, margins, records and replicates are counted from 0; names are the caller's.
//!
//! Sources: Deville & Särndal 1992 (calibration), Deville, Särndal & Sautory 1993 (generalised
//! raking), Valliant 1993 (post-stratified variance), Kish 1965 (weighting effect). Iteration
//! rules, tolerances and residuals are those of R `survey` 4.5 (`postStratify`, `rake`,
//! `calibrate`, `trimWeights`, `svyrecvar`), so that weights and errors agree with it.

mod adjustment;
mod algebra;
mod cross;
mod error;
mod greg;
mod greg_setup;
mod linear_residual;
mod model_matrix;
mod newton;
mod poststratify;
mod rake;
mod rake_sweep;
mod replicates;
mod report;
mod residual;
mod trim;

pub use adjustment::{Adjustment, Reached};
pub use error::CalibrationError;
pub use greg::{Bounds, GregOptions, ResidualVariance, greg};
pub use linear_residual::LinearResiduals;
pub use model_matrix::ModelMatrix;
pub use newton::CalibrationFunction;
pub use poststratify::{PostStratifyOptions, poststratify};
pub use rake::{InconsistentMargins, Margin, RakeOptions, rake};
pub use replicates::{
    Calibration, ClusterCellWeight, ReplicateAdjustment, ReplicateFailure, calibrate_replicates,
    cell_weights_of_replicates,
};
pub use report::{WeightMoments, WeightReport, WeightSummary};
pub use residual::{CellSums, PostStratifiedResiduals, RakedResiduals, ResidualOperator};
pub use trim::{Redistribution, TrimOptions, Trimmed, trim, trim_replicates};
