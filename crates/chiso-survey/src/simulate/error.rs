//! What can be wrong with a simulation.

/// Why nothing was simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulateError {
    /// A number outside its range.
    #[error("{what}: found {found}; expected {expected}")]
    Setting {
        /// Where it stands.
        what: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A name that stands twice where it must be unique.
    #[error("found the {what} {name} twice; expected it once")]
    Repeated {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A target that no answers could meet.
    #[error(
        "target of {node} in {domain}: found {found}; expected a score from {lowest} to {highest}, which the items of {node} can give"
    )]
    Unreachable {
        /// The domain.
        domain: String,
        /// The node.
        node: String,
        /// The target.
        found: f64,
        /// The score where every answer is the worst.
        lowest: f64,
        /// The score where every answer is the best.
        highest: f64,
    },
    /// A domain with too few or too many targets.
    #[error("{domain}: found {found} targets; expected {expected}, one a node")]
    TargetCount {
        /// The domain.
        domain: String,
        /// How many targets it has.
        found: usize,
        /// How many nodes there are.
        expected: usize,
    },
    /// A domain of the sample without targets, or the other way round.
    #[error("{domain}: found {found}; expected the frame and the targets to have the same domains")]
    Domain {
        /// The domain.
        domain: String,
        /// What was found of it.
        found: &'static str,
    },
    /// An interview at a place that the frame does not have.
    #[error("found an interview at {place}; expected a place of the frame")]
    Place {
        /// The place.
        place: String,
    },
    /// The frame could not be made.
    #[error(transparent)]
    Frame(#[from] crate::select::SelectError),
}

/// An error unless a number is in a range.
pub(super) fn within(
    what: impl FnOnce() -> String,
    number: f64,
    range: std::ops::RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), SimulateError> {
    if range.contains(&number) {
        return Ok(());
    }
    Err(SimulateError::Setting {
        what: what(),
        found: number.to_string(),
        expected,
    })
}
