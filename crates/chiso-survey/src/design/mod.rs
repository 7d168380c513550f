//! The sampling design: which rows were drawn together, out of what, and with what weight.

mod block;
mod structure;

pub use block::{BlockClusters, BlockDesign, DesignColumns};
pub use structure::{Cluster, Stratum, Structure};
pub(crate) use structure::{StructureBuilder, complement};

use crate::key::{Key, KeyTypeError};

/// What to do where a stratum has a single sampled cluster, whose variance cannot be seen.
/// Names and effects are those of R's `survey.lonely.psu`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LonelyPsu {
    /// Stop and name the stratum.
    #[default]
    Fail,
    /// Measure its distance from the mean of all clusters of the stage.
    Adjust,
    /// Give it the mean contribution of the other strata.
    Average,
    /// It was certain to be drawn, so it adds no variance.
    Certainty,
    /// Leave it out of the variance.
    Remove,
}

/// How the columns of a design are to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DesignOptions {
    /// Cluster ids are only unique within their stratum.
    pub nest: bool,
    /// Strata with one sampled cluster.
    pub lonely_psu: LonelyPsu,
    /// Treat a stratum of which a domain holds one cluster as lonely too (R's
    /// `survey.adjust.domain.lonely`).
    pub adjust_domain_lonely: bool,
    /// Variance from the first stage alone, whatever later stages are given.
    pub ultimate_cluster: bool,
}

/// A design that contradicts itself.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// A weight or selection probability that no sample can have.
    #[error("row {row}: {column} is {found}; expected {expected}")]
    Value {
        /// Row in the whole sample, from 1.
        row: u64,
        /// Which part of the design.
        column: String,
        /// What the row holds.
        found: String,
        /// What a sample can hold there.
        expected: &'static str,
    },
    /// A column of a type that the design cannot use.
    #[error("{column}: {reason}")]
    KeyType {
        /// Which part of the design.
        column: String,
        /// What was found.
        reason: KeyTypeError,
    },
    /// A column of numbers that holds none.
    #[error("{column}: {reason}")]
    Column {
        /// Which part of the design.
        column: String,
        /// What was found.
        reason: crate::sums::ColumnError,
    },
    /// Numbers of columns that do not fit together.
    #[error("{0}")]
    Shape(String),
    /// A cluster id that appears in two strata, where ids are said to be unique.
    #[error(
        "cluster {cluster} is in stratum {first} and in stratum {second}; expected one stratum, or nest = true where ids repeat between strata"
    )]
    ClusterInTwoStrata {
        /// The cluster's id.
        cluster: Key,
        /// The stratum where it was first seen.
        first: Key,
        /// Another stratum.
        second: Key,
    },
    /// Rows of a cluster that disagree on its stratum's population.
    #[error(
        "row {row}: fpc of stage {stage} is {found} where other rows of cluster {cluster} say {first}; expected one value"
    )]
    FpcVaries {
        /// Row in the whole sample, from 1.
        row: u64,
        /// Stage, from 1.
        stage: usize,
        /// The cluster's id.
        cluster: Key,
        /// What other rows say.
        first: f64,
        /// What this row says.
        found: f64,
    },
    /// Fractions and counts among the same corrections.
    #[error(
        "fpc holds both {fraction} (a fraction) and {count} (a count); expected all at most 1 or all at least 1"
    )]
    FpcMixed {
        /// A value below 1.
        fraction: f64,
        /// A value above 1.
        count: f64,
    },
    /// More clusters were sampled than there are.
    #[error(
        "stratum {stratum} at stage {stage}: fpc says {population} clusters, but {sampled} are in the sample; expected at least as many as sampled"
    )]
    FpcTooSmall {
        /// The stratum.
        stratum: Key,
        /// Stage, from 1.
        stage: usize,
        /// Clusters in the population.
        population: f64,
        /// Clusters in the sample.
        sampled: u32,
    },
    /// No row at all.
    #[error("the sample has no rows; expected at least two clusters")]
    Empty,
    /// One cluster, from which no error can be known.
    #[error("the whole sample is one cluster; expected at least two")]
    OneCluster,
}
