//! What keeps a column from being put on a scale.

use thiserror::Error;

/// Why a column cannot be put on a scale.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NormaliseFault {
    /// A scale cannot be made of values that do not differ.
    #[error(
        "found the value {value} in all {units} units that have one; expected at least two different values"
    )]
    ConstantColumn {
        /// The value.
        value: f64,
        /// How many units have it.
        units: usize,
    },
    /// A share of the other units needs another unit.
    #[error("found one value, {value}; expected at least two")]
    SingleValue {
        /// The value.
        value: f64,
    },
    /// A fraction of the best needs positive values (0 is allowed where more is better).
    #[error("found the value {value}; expected positive values for a fraction of the best")]
    NotPositive {
        /// The row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Scores would fall towards the target.
    #[error("found target {target}; expected one better than the worst value, {worst}")]
    TargetNotBeyondWorst {
        /// The target.
        target: f64,
        /// The worst value.
        worst: f64,
    },
    /// The unit of reference has no value.
    #[error("found no finite value of the reference unit ({reference}); expected one")]
    ReferenceMissing {
        /// What was found.
        reference: f64,
    },
    /// Scores would fall towards the reference, or be infinite.
    #[error(
        "found the reference's value {reference}; expected one better than the worst value, {worst}"
    )]
    ReferenceNotBeyondWorst {
        /// The value of the unit of reference.
        reference: f64,
        /// The worst value.
        worst: f64,
    },
    /// Bounds between which nothing lies.
    #[error(
        "found bounds {min} and {max}; expected the first below the second (directions exchange them)"
    )]
    GoalpostsNotAscending {
        /// The lower bound.
        min: f64,
        /// The upper bound.
        max: f64,
    },
    /// A scale on which more would not be better.
    #[error("found a scale from {low} to {high}; expected it to ascend")]
    ScaleNotAscending {
        /// The score of the worst.
        low: f64,
        /// The score of the best.
        high: f64,
    },
    /// A parameter that is no number.
    #[error("found {name} {found}; expected a finite number")]
    ParameterNotFinite {
        /// Its name in the recipe.
        name: &'static str,
        /// What was found.
        found: f64,
    },
    /// A parameter that would turn the order round or make all scores equal.
    #[error("found {name} {found}; expected a number above 0")]
    ParameterNotPositive {
        /// Its name in the recipe.
        name: &'static str,
        /// What was found.
        found: f64,
    },
    /// A score that is no finite number.
    #[error("found the value {value}, whose score is no finite number; expected one that is")]
    InfiniteResult {
        /// The row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Columns of different lengths.
    #[error("found a result of {found} rows; expected {expected}")]
    Length {
        /// The rows of the result.
        found: usize,
        /// The rows of the values.
        expected: usize,
    },
}

impl NormaliseFault {
    /// The row at which the fault lies; none where it concerns the whole column.
    pub fn row(&self) -> Option<usize> {
        match self {
            NormaliseFault::NotPositive { row, .. }
            | NormaliseFault::InfiniteResult { row, .. } => Some(*row),
            _ => None,
        }
    }
}
