//! `survey.toml`: what to estimate from which columns of which sample, checked before a row is
//! read. Text in, plan out; files that it names are the caller's to open.

mod calibrate;
mod check;
mod estimate;
mod raw;

use std::collections::BTreeMap;

use chiso_expr::Expression;

pub use calibrate::{Calibration, Margin, Method, Term, Totals, Trim};

use crate::design::DesignOptions;
use crate::estimate::DesignEffect;
use crate::quantile::QuantileRule;

/// A fault of a specification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: found {found}; expected {expected}")]
pub struct SpecificationError {
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
}

/// What `survey.toml` says.
#[derive(Debug, Clone)]
pub struct Specification {
    /// The files with the answers, one after the other.
    pub data: Vec<String>,
    /// Codes of answers that are none.
    pub missing: MissingCodes,
    /// Names of values, by column and value.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    /// How the sample was drawn.
    pub design: DesignColumnsOf,
    /// Known totals that the weights are to meet.
    pub calibration: Option<Calibration>,
    /// Bounds on the weights.
    pub trim: Option<Trim>,
    /// Errors by replication in place of linearisation.
    pub replicates: Option<Replicates>,
    /// What is wanted.
    pub estimates: Vec<EstimateSpecification>,
    /// Comparisons of estimates.
    pub contrasts: Vec<ContrastSpecification>,
    /// Tests of independence.
    pub tests: Vec<TestSpecification>,
}

/// Codes that stand for no answer: 888 don't know, 999 refused, −999999 not asked, say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MissingCodes {
    /// The codes, each with its reason.
    pub codes: Vec<(f64, String)>,
    /// Columns in which the codes are answers.
    pub except: Vec<String>,
}

/// The design's columns, each an expression.
#[derive(Debug, Clone, Default)]
pub struct DesignColumnsOf {
    /// Sampling weight.
    pub weights: Option<Expression>,
    /// Selection probabilities, one a stage.
    pub probabilities: Vec<Expression>,
    /// Strata, one a stage.
    pub strata: Vec<Expression>,
    /// Clusters, one a stage.
    pub clusters: Vec<Expression>,
    /// Finite populations, one a stage.
    pub fpc: Vec<Expression>,
    /// Unequal probabilities without replacement.
    pub pps: Option<Pps>,
    /// How to read the columns.
    pub options: DesignOptions,
}

/// Variance under unequal probabilities without replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pps {
    /// Brewer's approximation; any number of stages.
    Brewer,
    /// Hartley and Rao's, with Σp²/n estimated from the sample; one stage.
    HartleyRao,
    /// Overton's; one stage.
    Overton,
}

/// How replicate weights come about.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// The method.
    pub method: ReplicateMethod,
    /// Number of bootstrap replicates.
    pub count: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Measure the spread from the full sample's estimate, not from the replicates' mean.
    pub mse: bool,
}

/// The methods of replication.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplicateMethod {
    /// Jackknife without strata.
    Jk1,
    /// Jackknife within strata.
    Jkn,
    /// Balanced repeated replication.
    Brr,
    /// BRR with Fay's damping ρ.
    Fay(f64),
    /// Canty and Davison's bootstrap.
    Bootstrap,
    /// Rao, Wu and Yue's rescaled bootstrap, with finite populations where they are given.
    RaoWu,
    /// The bootstrap of n_h − 1 clusters a stratum, as if drawn with replacement (R's
    /// `subbootstrap`).
    Subbootstrap,
    /// Weights that came with the sample.
    Given {
        /// Columns, or a beginning of their names followed by `*`.
        columns: Vec<String>,
        /// Factor of the sum of squares.
        scale: f64,
        /// A factor for each replicate.
        replicate_scales: Vec<f64>,
        /// Whether the columns hold weights (or multipliers of the sampling weight).
        combined: bool,
        /// Degrees of freedom, where the files' makers state them.
        degrees_of_freedom: Option<f64>,
    },
}

/// A statistic as a specification names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticName {
    /// Weighted mean.
    Mean,
    /// Weighted total.
    Total,
    /// Total over total.
    Ratio,
    /// Weighted share of rows where the variable is true.
    Proportion,
    /// Weighted quantile.
    Quantile,
    /// Weighted variance of the values.
    Variance,
}

impl StatisticName {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            StatisticName::Mean => "mean",
            StatisticName::Total => "total",
            StatisticName::Ratio => "ratio",
            StatisticName::Proportion => "proportion",
            StatisticName::Quantile => "quantile",
            StatisticName::Variance => "variance",
        }
    }
}

/// Degrees of freedom of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Degrees {
    /// The normal distribution (R's `confint` by default).
    Infinite,
    /// Clusters less strata of the whole design (R's `degf`).
    Design,
    /// Clusters less strata of the domain's own rows.
    Domain,
    /// A stated number.
    Fixed(f64),
}

/// One `[[estimate]]`.
#[derive(Debug, Clone)]
pub struct EstimateSpecification {
    /// Its name in the output.
    pub id: String,
    /// What is estimated.
    pub statistic: StatisticName,
    /// Of what: an estimate for each.
    pub variables: Vec<Expression>,
    /// The denominator of a ratio.
    pub denominator: Option<Expression>,
    /// Domains are the combinations of values of these.
    pub by: Vec<Expression>,
    /// Rows outside stand for nothing, but their clusters stay.
    pub filter: Option<Expression>,
    /// Confidence level.
    pub level: f64,
    /// How the interval is made; none means the statistic's own way.
    pub interval: Option<String>,
    /// Degrees of freedom; none means the interval's own.
    pub degrees: Option<Degrees>,
    /// Probabilities of quantiles.
    pub quantiles: Vec<f64>,
    /// The rule by which a quantile falls between values.
    pub quantile_rule: QuantileRule,
    /// What the design effect compares with.
    pub design_effect: DesignEffect,
    /// The nodes of an index that the variables are observations of, one a variable, or none.
    pub nodes: Vec<String>,
    /// Whether the covariances between this estimate's rows are wanted.
    pub covariance: bool,
}

/// One `[[contrast]]`: a comparison of two domains of one estimate, or of two estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct ContrastSpecification {
    /// Its name in the output.
    pub id: String,
    /// The estimate of the first side.
    pub of: String,
    /// The estimate of the second side; the first's own if not stated.
    pub against: String,
    /// Values of `by` that single out the first side.
    pub first: BTreeMap<String, String>,
    /// Values of `by` that single out the second side.
    pub second: BTreeMap<String, String>,
    /// The rows of a linear combination, with their weights.
    pub terms: Vec<ContrastTerm>,
    /// What is compared.
    pub kind: ContrastKind,
    /// Confidence level.
    pub level: f64,
}

/// A row of a linear combination.
#[derive(Debug, Clone, PartialEq)]
pub struct ContrastTerm {
    /// What multiplies it.
    pub weight: f64,
    /// Values of `by` that single it out.
    pub values: BTreeMap<String, String>,
}

/// How estimates are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContrastKind {
    /// first − second
    Difference,
    /// first ÷ second
    Ratio,
    /// ln(first ÷ second)
    LogRatio,
    /// 100 · (first ÷ second − 1)
    PercentChange,
    /// Σ weight · row
    Linear,
}

impl ContrastKind {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ContrastKind::Difference => "difference",
            ContrastKind::Ratio => "ratio",
            ContrastKind::LogRatio => "log_ratio",
            ContrastKind::PercentChange => "percent_change",
            ContrastKind::Linear => "linear",
        }
    }
}

/// One `[[test]]`: whether two classifications are independent.
#[derive(Debug, Clone)]
pub struct TestSpecification {
    /// Its name in the output.
    pub id: String,
    /// The table's rows.
    pub rows: Expression,
    /// The table's columns.
    pub columns: Expression,
    /// Rows of the sample that count.
    pub filter: Option<Expression>,
    /// R's name of the statistic.
    pub statistic: String,
}

impl Specification {
    /// Reads a specification; `file` is its name in messages.
    ///
    /// # Errors
    /// The first fault, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Specification, SpecificationError> {
        check::specification(file, text)
    }
}
