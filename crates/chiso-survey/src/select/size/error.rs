//! Why a sample size cannot be computed.

/// Why a sample size cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SizeError {
    /// A parameter has no possible value.
    #[error("found {field} = {found}; expected {expected}")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: f64,
        /// What was expected.
        expected: String,
    },
    /// A parameter is needed for the kind of precision or quantity and not given.
    #[error("found no {field}; expected one, since {needed_for}")]
    Needed {
        /// The parameter.
        field: &'static str,
        /// What it is needed for.
        needed_for: &'static str,
    },
    /// Nothing to tell apart.
    #[error("found the same value, {value}, for both groups; expected two that differ")]
    NoDifference {
        /// The value.
        value: f64,
    },
    /// The wanted error is so small that no whole number holds the sample.
    #[error("found a sample size of {size}; expected a larger wanted error")]
    TooLarge {
        /// The size.
        size: f64,
    },
    /// A quantile of the normal distribution could not be computed.
    #[error(transparent)]
    Distribution(#[from] crate::distribution::DistributionError),
}
