//! Why a sample cannot be divided.

/// Why a sample cannot be divided among strata.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AllocationError {
    /// There is nothing to divide among.
    #[error("found no strata; expected at least one")]
    NoStrata,
    /// A stratum is given twice.
    #[error("found the stratum {stratum} twice; expected each once")]
    Repeated {
        /// The stratum.
        stratum: String,
    },
    /// A minimum is given for a stratum that does not exist.
    #[error("a minimum is given for the stratum {stratum}, which is not among the strata")]
    UnknownStratum {
        /// The stratum.
        stratum: String,
    },
    /// A minimum is given for a domain that does not exist.
    #[error("a minimum is given for the domain {domain}, to which no stratum belongs")]
    UnknownDomain {
        /// The domain.
        domain: String,
    },
    /// A minimum cannot be met.
    #[error("{place}: found a minimum of {minimum}; expected at most its {units} units")]
    MinimumAboveUnits {
        /// The stratum or domain.
        place: String,
        /// The minimum.
        minimum: usize,
        /// How many units there are.
        units: usize,
    },
    /// A measure that the rule needs is missing or impossible.
    #[error(
        "stratum {stratum}: found the {field} {found}; expected a finite number that the rule can use (mean: not 0; others: 0 or above)"
    )]
    Measure {
        /// The stratum.
        stratum: String,
        /// The measure.
        field: &'static str,
        /// What was found.
        found: String,
    },
    /// The power is not one between equal precision and overall precision.
    #[error("found the exponent {exponent} of power allocation; expected 0 to 1")]
    Exponent {
        /// What was found.
        exponent: f64,
    },
    /// The sample is larger than the population.
    #[error("found a sample of {take}; expected at most the {units} units of all strata")]
    AboveUnits {
        /// The sample.
        take: usize,
        /// The units.
        units: usize,
    },
    /// The sample is smaller than the minima.
    #[error(
        "found a sample of {take}; expected at least {needed}, the sum of the minima, of which {place} asks for the most, {most}"
    )]
    BelowMinima {
        /// The sample.
        take: usize,
        /// The sum of the minima.
        needed: usize,
        /// The stratum or domain with the largest minimum.
        place: String,
        /// That minimum.
        most: usize,
    },
    /// The rule's measures cannot place the units beyond the minima.
    #[error("found a measure of 0 in {}, where {left} units of the sample remain to be placed; expected one above 0", .strata.join(", "))]
    NothingToFollow {
        /// The strata that have room.
        strata: Vec<String>,
        /// How many units could not be placed.
        left: usize,
    },
}
