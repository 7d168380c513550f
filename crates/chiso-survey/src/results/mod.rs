//! The rows of the output: each estimate of a specification with its error, interval and flags.

mod comparisons;
mod errors;
mod estimates;
mod independence;
mod interval;

use crate::calibrate::CalibrationError;
use crate::distribution::DistributionError;
use crate::key::Key;
use crate::variance::VarianceError;

pub use comparisons::{
    Covariance, NodeReplicates, contrasts, covariances, node_covariances, node_replicates,
};
pub use errors::Measured;
pub use estimates::{Evaluated, Inputs, estimates};
pub use independence::independence_tests;
pub use interval::{IntervalKind, interval_of};

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// A variance cannot be known.
    #[error(transparent)]
    Variance(#[from] VarianceError),
    /// Weights cannot be calibrated, or their variance needs what was not summed.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// A distribution has no such quantile.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
    /// Replication failed.
    #[error("replicates: {0}")]
    Replicates(#[from] crate::estimate::ReplicationError),
    /// The variance under unequal probabilities cannot be computed.
    #[error(transparent)]
    Pps(#[from] crate::pps::PpsError),
    /// A quantile cannot be estimated.
    #[error(transparent)]
    Quantile(#[from] crate::estimate::QuantilesError),
    /// A contrast names a domain that the estimate does not have, or several.
    #[error(
        "contrast {contrast}: {side} = {wanted} fits {found} rows of estimate {of}; expected one"
    )]
    Side {
        /// The contrast's id.
        contrast: String,
        /// `first` or `second`.
        side: &'static str,
        /// What it asks for.
        wanted: String,
        /// The estimate.
        of: String,
        /// How many rows fit.
        found: usize,
    },
    /// The table of a test cannot be tested.
    #[error("test {test}: {reason}")]
    Test {
        /// The test's id.
        test: String,
        /// Why.
        reason: String,
    },
}

/// What a reader of a row must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// No row of the domain has an answer, so there is no estimate.
    NoAnswers,
    /// The estimate has no error: every stratum of the domain is lonely.
    NoError,
    /// The interval cannot be made (a proportion of 0 or 1, or no degrees of freedom).
    NoInterval,
    /// The domain's answers are of one cluster; its error is that of chance alone.
    OneCluster,
    /// Some replicates had no estimate and were left out.
    ReplicatesLeftOut,
    /// The statistic does not exist here (a denominator of zero, one row for a variance).
    Undefined,
}

impl Flag {
    /// The word in the output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Flag::NoAnswers => "no_answers",
            Flag::NoError => "no_error",
            Flag::NoInterval => "no_interval",
            Flag::OneCluster => "one_cluster",
            Flag::ReplicatesLeftOut => "replicates_left_out",
            Flag::Undefined => "undefined",
        }
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Flag::NoAnswers => "no row of the domain has an answer",
            Flag::NoError => "no stratum of the domain has two clusters, so the error is unknown",
            Flag::NoInterval => {
                "no interval: a proportion of 0 or 1, or no degrees of freedom, or no error"
            }
            Flag::OneCluster => "the domain's answers are of one cluster",
            Flag::ReplicatesLeftOut => "some replicates gave no estimate and were left out",
            Flag::Undefined => "the statistic does not exist: a denominator of zero, or one row",
        }
    }

    /// All flags.
    pub const ALL: [Flag; 6] = [
        Flag::NoAnswers,
        Flag::NoError,
        Flag::NoInterval,
        Flag::OneCluster,
        Flag::ReplicatesLeftOut,
        Flag::Undefined,
    ];
}

/// One row of the output.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The estimate's name.
    pub id: String,
    /// What was estimated.
    pub statistic: String,
    /// Of what.
    pub variable: String,
    /// The node of an index that this is an observation of.
    pub node: Option<String>,
    /// The domain: columns and values.
    pub by: Vec<(String, Key)>,
    /// The estimate.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// The interval's lower end.
    pub lo: Option<f64>,
    /// The interval's upper end.
    pub hi: Option<f64>,
    /// Design effect.
    pub design_effect: Option<f64>,
    /// Degrees of freedom of the interval; the design's where the interval is normal.
    pub degrees_of_freedom: f64,
    /// Rows with an answer.
    pub n: f64,
    /// What a reader must know.
    pub flags: Vec<Flag>,
}

/// One test of independence.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRow {
    /// The test's name.
    pub id: String,
    /// The table's rows.
    pub rows: String,
    /// The table's columns.
    pub columns: String,
    /// R's name of the statistic.
    pub statistic: String,
    /// The statistic.
    pub value: f64,
    /// Numerator degrees of freedom, or those of chi-square; none for a weighted sum.
    pub numerator_df: Option<f64>,
    /// Denominator degrees of freedom of an F statistic.
    pub denominator_df: Option<f64>,
    /// Probability of a value at least as large if the two are independent.
    pub p: f64,
}

impl Row {
    /// Coefficient of variation: standard error over the estimate's size.
    #[must_use]
    pub fn coefficient_of_variation(&self) -> Option<f64> {
        let (estimate, error) = (self.estimate?, self.standard_error?);
        (estimate != 0.0).then(|| error / estimate.abs())
    }
}
