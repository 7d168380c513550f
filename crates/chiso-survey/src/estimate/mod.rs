//! Estimates by domain from the sums of a sample.
//!
//! Every statistic here is a smooth function of totals, so its error is that of the total of its
//! *linearised* values (Taylor; Särndal, Swensson, Wretman 1992, §5.5). A domain is the statistic
//! of its rows under the full design: clusters without a row of the domain stay, as zeros.

mod by_rows;
mod calibrated;
mod linear;
mod quantiles;
mod replicated;
mod replicated_quantiles;
mod replication;

pub use by_rows::{RowColumns, linearise_rows};
pub use calibrated::CellCalibration;
pub use linear::{Linearised, Source, covariance_of, linearise, pps_covariance_of};
pub use quantiles::{
    Degrees as QuantileDegrees, QuantileEstimate, QuantileRequest, QuantilesError, quantiles,
    quantiles_by_replication,
};
pub use replicated::{Place, Replicated, ReplicatedCovariance};
pub use replicated_quantiles::ReplicatedInterval;
pub use replication::{Replication, ReplicationError};

/// What is estimated from a variable y (and a denominator x), over the rows where they have a
/// value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Σwy / Σw. Of a variable of ones and zeros it is a proportion.
    Mean,
    /// Σwy
    Total,
    /// n/(n−1) · Σw(y−ȳ)² / Σw, with n rows: R's `svyvar`.
    Variance,
    /// Σwy / Σwx
    Ratio,
}

/// What a design effect compares with: a simple random sample of as many answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DesignEffect {
    /// … drawn without replacement from the estimated population (R's `deff = TRUE`).
    #[default]
    WithoutReplacement,
    /// … drawn with replacement (R's `deff = "replace"`).
    Replacement,
}
