//! A node's column from the columns of its parts.
//!
//! With x the values of the parts in a row and w their weights:
//!
//! | method | value | weights |
//! |---|---|---|
//! | sum | Σx | not used |
//! | mean | Σwx / Σw | may be negative, when their sum is not zero |
//! | geometric | exp(Σw ln x / Σw) | ≥ 0 |
//! | harmonic | Σw / Σ(w/x) | ≥ 0 |
//! | power p | (Σwxᵖ / Σw)^(1/p); p = 0 is the geometric mean | ≥ 0 |
//! | Mazziotta–Pareto | see [`super::pareto`] | ≥ 0 |
//! | Copeland | see [`super::outrank`] | ≥ 0 |
//! | Benefit of the Doubt | see [`super::envelopment`] | not used |
//!
//! Source of the means: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), step 7,
//! and the generalised mean of Hardy, Littlewood and Pólya. Copeland and Benefit of the Doubt
//! compare rows: they must be given the rows of one edition. Parts of weight zero count as parts;
//! one that should not must not be among the parts.

mod rows;
#[cfg(test)]
mod tests;

use rows::{Means, Term};

use super::{envelopment, outrank, pareto};
use crate::pack::Direction;

/// How the values of parts become one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Σx.
    Sum,
    /// The weighted arithmetic mean.
    Mean,
    /// The weighted geometric mean.
    Geometric,
    /// The weighted harmonic mean.
    Harmonic,
    /// The weighted power mean.
    Power {
        /// The exponent p.
        power: f64,
    },
    /// How many rows a row outranks, less how many outrank it.
    Copeland,
    /// The mean of normalised values with a penalty for parts out of balance.
    MazziottaPareto {
        /// Which way of the index is better: the penalty goes the other way.
        penalty: Direction,
    },
    /// The score with the weights that favour the row most.
    BenefitOfTheDoubt,
}

/// What is done in a row where a part has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MissingRule {
    /// The row has no value.
    Propagate,
    /// The parts that are there count, their weights scaled up; no value in a row with no part, or
    /// with a smaller share of the parts than this, counted without weights.
    Available {
        /// The least share, 0 to 1.
        least_share: f64,
    },
}

impl MissingRule {
    /// Whether a row with so many of the parts gets a value.
    pub fn allows(self, present: usize, parts: usize) -> bool {
        match self {
            MissingRule::Propagate => present == parts && present > 0,
            MissingRule::Available { least_share } => {
                present > 0 && present as f64 / parts as f64 >= least_share
            }
        }
    }
}

/// Memory that is used again from call to call.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(super) numbers: Vec<f64>,
}

/// Why columns cannot be combined. Parts and rows count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AggregateFault {
    /// The lengths do not fit.
    #[error("found {found} {what}; expected {expected}")]
    Shape {
        /// Of what there are too few or too many.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A value that the method does not take.
    #[error("part {part}, row {row}: found {value}; expected a number {expected}")]
    NotPositive {
        /// The part.
        part: usize,
        /// The row.
        row: usize,
        /// The value.
        value: f64,
        /// What the method takes.
        expected: &'static str,
    },
    /// A weight that the method does not take.
    #[error("part {part}: found weight {weight}; expected {expected}")]
    Weight {
        /// The part.
        part: usize,
        /// The weight.
        weight: f64,
        /// What the method takes.
        expected: &'static str,
    },
    /// Nothing to weigh with.
    #[error("found weights that are all zero; expected at least one above zero")]
    NoWeight,
    /// Negative and positive weights cancel.
    #[error("row {row}: found weights of the parts that sum to zero; expected another sum")]
    WeightsCancel {
        /// The first row where they do.
        row: usize,
    },
    /// A mean for which a penalty has no meaning.
    #[error("row {row}: found {mean} as the mean of the parts; expected a number above zero")]
    MeanNotPositive {
        /// The row.
        row: usize,
        /// The mean.
        mean: f64,
    },
    /// The exponent of a power mean is not a number.
    #[error("found power {power}; expected a finite number")]
    Power {
        /// The exponent.
        power: f64,
    },
    /// The least share of parts is not a share.
    #[error("found least share {share}; expected a number from 0 to 1")]
    Share {
        /// The share.
        share: f64,
    },
    /// The best weights of a row cannot be found.
    #[error(transparent)]
    Envelopment(#[from] envelopment::EnvelopmentFault),
    /// The result is beyond what a number can hold.
    #[error("row {row}: found {value} as the result; expected a finite number")]
    NotFinite {
        /// The row.
        row: usize,
        /// The result.
        value: f64,
    },
}

impl AggregateFault {
    /// The part at which the fault lies, where it is of one.
    pub fn part(&self) -> Option<usize> {
        use envelopment::EnvelopmentFault as Envelopment;
        match self {
            AggregateFault::NotPositive { part, .. }
            | AggregateFault::Weight { part, .. }
            | AggregateFault::Envelopment(
                Envelopment::Value { part, .. }
                | Envelopment::ZeroPart { part }
                | Envelopment::Shares { part, .. },
            ) => Some(*part),
            _ => None,
        }
    }

    /// The row at which the fault lies, where it is of one.
    pub fn row(&self) -> Option<usize> {
        use envelopment::EnvelopmentFault as Envelopment;
        match self {
            AggregateFault::NotPositive { row, .. }
            | AggregateFault::WeightsCancel { row }
            | AggregateFault::MeanNotPositive { row, .. }
            | AggregateFault::NotFinite { row, .. }
            | AggregateFault::Envelopment(
                Envelopment::Value { row, .. }
                | Envelopment::OutOfReach { row }
                | Envelopment::Solver { row, .. },
            ) => Some(*row),
            _ => None,
        }
    }

    /// What was found and expected, without the numbers of the part and the row.
    pub fn reason(&self) -> String {
        let whole = self.to_string();
        match (self.part().or(self.row()), whole.split_once(": ")) {
            (Some(_), Some((_, reason))) => reason.to_owned(),
            _ => whole,
        }
    }
}

/// Combines the columns of parts, all of the length of `out`, with one weight per part.
///
/// Sum and mean are compensated (Neumaier), with the bits of [`crate::numbers::sum`].
///
/// # Errors
/// The first fault of the shape, the weights, the parameters or the values: see
/// [`AggregateFault`]. `out` is then without meaning.
pub fn combine_columns(
    method: Method,
    parts: &[&[f64]],
    weights: &[f64],
    rule: MissingRule,
    out: &mut [f64],
    scratch: &mut Scratch,
) -> Result<(), AggregateFault> {
    check_shape(parts, weights, out.len())?;
    check_rule(rule)?;
    let means = Means {
        parts,
        weights,
        rule,
    };
    match method {
        Method::Sum => means.combine(Term::Value, out),
        Method::Mean => means.combine(Term::Weighted, out),
        Method::Geometric => means.combine(Term::Logarithm, out),
        Method::Harmonic => means.combine(Term::Inverse, out),
        Method::Power { power } if !power.is_finite() => Err(AggregateFault::Power { power }),
        Method::Power { power } => means.combine(Term::of_power(power), out),
        Method::Copeland => {
            check_weights(weights)?;
            let counts = |row: usize| {
                let present = parts.iter().filter(|part| !part[row].is_nan()).count();
                rule.allows(present, parts.len())
            };
            outrank::copeland(parts, weights, counts, out, &mut scratch.numbers);
            Ok(())
        }
        Method::MazziottaPareto { penalty } => {
            check_weights(weights)?;
            pareto::combine(parts, weights, rule, penalty, pareto::Divisor::Parts, out)
        }
        Method::BenefitOfTheDoubt => {
            let found = envelopment::benefit_of_the_doubt(parts, None, rule)?;
            out.copy_from_slice(&found.scores);
            Ok(())
        }
    }
}

fn check_shape(parts: &[&[f64]], weights: &[f64], rows: usize) -> Result<(), AggregateFault> {
    let same = |what, found, expected| match found == expected {
        true => Ok(()),
        false => Err(AggregateFault::Shape {
            what,
            found,
            expected,
        }),
    };
    same("weights", weights.len(), parts.len())?;
    match parts.iter().find(|part| part.len() != rows) {
        Some(part) => same("rows of a part", part.len(), rows),
        None if parts.is_empty() => same("parts", 0, 1),
        None => Ok(()),
    }
}

fn check_rule(rule: MissingRule) -> Result<(), AggregateFault> {
    match rule {
        MissingRule::Available { least_share: share } if !(0.0..=1.0).contains(&share) => {
            Err(AggregateFault::Share { share })
        }
        _ => Ok(()),
    }
}

/// Weights that are finite, not below zero and not all zero.
pub(super) fn check_weights(weights: &[f64]) -> Result<(), AggregateFault> {
    let fits = |weight: f64| weight.is_finite() && weight >= 0.0;
    if let Some(part) = weights.iter().position(|&weight| !fits(weight)) {
        let expected = "a finite number, not below zero";
        return Err(AggregateFault::Weight {
            part,
            weight: weights[part],
            expected,
        });
    }
    match weights.iter().all(|&weight| weight == 0.0) {
        true => Err(AggregateFault::NoWeight),
        false => Ok(()),
    }
}

/// Weights that are finite and not all zero.
fn check_signed_weights(weights: &[f64]) -> Result<(), AggregateFault> {
    if let Some(part) = weights.iter().position(|weight| !weight.is_finite()) {
        let expected = "a finite number";
        return Err(AggregateFault::Weight {
            part,
            weight: weights[part],
            expected,
        });
    }
    match weights.iter().all(|&weight| weight == 0.0) {
        true => Err(AggregateFault::NoWeight),
        false => Ok(()),
    }
}
