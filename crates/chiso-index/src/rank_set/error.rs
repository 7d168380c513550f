//! What makes rank sets and group probabilities impossible, said with the unit or draw.

/// Why rank sets or group probabilities cannot be computed. Units and draws are named by their
/// index in the slices that were passed, from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RankSetError {
    /// A slice has another length than the number of units asks for.
    #[error("{what}: found {found} numbers, expected {expected}")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// What its length must be.
        expected: String,
    },
    /// A score that is neither finite nor missing.
    #[error("score of the unit at index {unit}: found {found}, expected a finite number or NaN")]
    Score {
        /// The unit.
        unit: usize,
        /// Its score.
        found: f64,
    },
    /// A standard error that is none. An error that is not known must be stated or the unit left out.
    #[error(
        "standard error of the unit at index {unit}: found {found}, expected a number from 0 to 1e150"
    )]
    StandardError {
        /// The unit.
        unit: usize,
        /// Its standard error.
        found: f64,
    },
    /// Degrees of freedom that no estimated standard error has.
    #[error(
        "degrees of freedom of the unit at index {unit}: found {found}, expected a number from 1, or \
         infinity for a standard error that is known"
    )]
    DegreesOfFreedom {
        /// The unit.
        unit: usize,
        /// Its degrees of freedom.
        found: f64,
    },
    /// An entry that no covariance matrix has.
    #[error(
        "covariance of the units at index {row} and {column}: found {found}, expected {expected}"
    )]
    Covariance {
        /// The first unit.
        row: usize,
        /// The second unit.
        column: usize,
        /// The entry.
        found: f64,
        /// What such an entry must be.
        expected: &'static str,
    },
    /// The covariances contradict one another.
    #[error(
        "covariance matrix: the part of the unit at index {unit} that the units before it leave \
         unexplained is {found} of its variance, expected a positive semidefinite matrix"
    )]
    Indefinite {
        /// The unit at which it shows.
        unit: usize,
        /// The remaining correlation, below 0 or away from it.
        found: f64,
    },
    /// A draw lacks a unit that has a score.
    #[error("draw {draw} of the unit at index {unit}: found {found}, expected a finite number")]
    Draw {
        /// The draw.
        draw: usize,
        /// The unit.
        unit: usize,
        /// What stands there.
        found: f64,
    },
    /// A confidence that is none.
    #[error("confidence: found {0}, expected a number above 0 and below 1")]
    Confidence(f64),
    /// Too few or too many draws.
    #[error(
        "draws: found {found}, expected {least} to {most} (the confidence asks for the least number)"
    )]
    DrawCount {
        /// How many there are.
        found: usize,
        /// How many the confidence needs.
        least: usize,
        /// How many are taken at most.
        most: usize,
    },
    /// A number of best or worst units that the ranking does not have.
    #[error("tau: found {found}, expected 1 to {units}, the number of units with a score")]
    Tau {
        /// What was asked for.
        found: usize,
        /// How many units have a score.
        units: usize,
    },
    /// The rule put a unit into a group that does not exist.
    #[error(
        "group of the unit at index {unit} in draw {draw}: found {found}, expected a number below \
         {groups}"
    )]
    Group {
        /// The draw.
        draw: usize,
        /// The unit.
        unit: usize,
        /// The group.
        found: usize,
        /// How many groups there are.
        groups: usize,
    },
    /// The rule grouped a unit in some draws only.
    #[error(
        "group of the unit at index {unit}: found one in {found} of {draws} draws, expected all or \
         none"
    )]
    Grouped {
        /// The unit.
        unit: usize,
        /// In how many draws it had a group.
        found: usize,
        /// How many draws there are.
        draws: usize,
    },
}
