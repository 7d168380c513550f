//! The sample size for one estimate.

use super::{SampleSize, SizeError, positive, share, within};
use crate::distribution::normal_quantile;

/// What is to be estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// A mean, in its own unit.
    Mean {
        /// The standard deviation in the population, `S`.
        deviation: f64,
        /// The mean, `Ȳ`; needed for a relative precision.
        mean: Option<f64>,
    },
    /// A total `N Ȳ`; needs the population's size.
    Total {
        /// The standard deviation in the population, `S`.
        deviation: f64,
        /// The mean, `Ȳ`; needed for a relative precision.
        mean: Option<f64>,
    },
    /// A proportion, 0 to 1; 0.5 is the worst case for an absolute precision.
    Proportion(f64),
}

/// How precise the estimate is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// Half the width of the confidence interval, in the quantity's unit (0.03 for 3 percentage
    /// points).
    Margin(f64),
    /// Half the width of the confidence interval as a share of the quantity.
    RelativeMargin(f64),
    /// The standard error, in the quantity's unit.
    StandardError(f64),
    /// The standard error as a share of the quantity: the coefficient of variation.
    CoefficientOfVariation(f64),
}

/// Under which conditions the survey is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// The level of the confidence interval, e.g. 0.95.
    pub confidence: f64,
    /// The design effect: the variance as a multiple of that of a simple random sample without
    /// replacement of the same size (Kish 1965, *Survey Sampling*, §8.2).
    pub design_effect: f64,
    /// The number of units in the population, if it is not taken for endless.
    pub population: Option<f64>,
    /// The share of drawn units that answer.
    pub response_rate: f64,
}

impl Default for Conditions {
    /// 95 % confidence, design effect 1, an endless population, and everyone answers.
    fn default() -> Self {
        Conditions {
            confidence: 0.95,
            design_effect: 1.0,
            population: None,
            response_rate: 1.0,
        }
    }
}

/// The sample size for an estimate of the wanted precision.
///
/// With the standard error `e` that is wanted of a mean (a margin divided by the normal quantile of
/// `(1 + confidence) / 2`), `n₀ = S² / e²`, and `n = D n₀ / (1 + D n₀ / N)` with the design effect
/// `D`: the `n` at which `D (1 − n/N) S² / n = e²`. A proportion has `S² = P (1 − P) N / (N − 1)`,
/// which for `D = 1` is `n = n₀ / (1 + (n₀ − 1)/N)` with `n₀ = P (1 − P) / e²`. Source: Cochran
/// 1977, §4.4 (proportions, eqs. 4.1 and 4.2), §4.6 (means and totals); Kish 1965, §8.2.
///
/// # Errors
///
/// A parameter outside its range; no mean for a relative precision; no population for a total.
pub fn estimate(
    quantity: Quantity,
    precision: Precision,
    conditions: Conditions,
) -> Result<SampleSize, SizeError> {
    let unit = unit(quantity, conditions)?;
    let error = match precision {
        Precision::Margin(margin) => positive("the margin", margin)? / unit.quantile,
        Precision::RelativeMargin(margin) => {
            positive("the relative margin", margin)? * unit.relative()? / unit.quantile
        }
        Precision::StandardError(error) => positive("the standard error", error)?,
        Precision::CoefficientOfVariation(cv) => {
            positive("the coefficient of variation", cv)? * unit.relative()?
        }
    };
    let simple_random = unit.variance * (unit.factor / error).powi(2);
    let wanted = conditions.design_effect * simple_random;
    let exact = match conditions.population {
        Some(population) => wanted / (1.0 + wanted / population),
        None => wanted,
    };
    SampleSize::new(simple_random, exact, conditions.response_rate)
}

/// The error that a sample of a given size will have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpectedError {
    /// The standard error, in the quantity's unit.
    pub standard_error: f64,
    /// Half the width of the confidence interval, in the quantity's unit.
    pub margin: f64,
}

/// The error of an estimate from a given number of interviews: the inverse of [`estimate`].
///
/// # Errors
///
/// A parameter outside its range; more interviews than units in the population.
pub fn expected_error(
    quantity: Quantity,
    interviews: f64,
    conditions: Conditions,
) -> Result<ExpectedError, SizeError> {
    let unit = unit(quantity, conditions)?;
    let interviews = positive("the number of interviews", interviews)?;
    let left = match conditions.population {
        Some(population) if interviews > population => {
            return Err(SizeError::Parameter {
                field: "the number of interviews",
                found: interviews,
                expected: format!("at most the population, {population}"),
            });
        }
        Some(population) => 1.0 - interviews / population,
        None => 1.0,
    };
    let variance = conditions.design_effect * left * unit.variance / interviews;
    let standard_error = unit.factor * variance.sqrt();
    Ok(ExpectedError {
        standard_error,
        margin: unit.quantile * standard_error,
    })
}

/// What sampling theory needs of a quantity.
struct Unit {
    /// The variance in the population, `S²`.
    variance: f64,
    /// The quantity per unit of the mean: `N` for a total.
    factor: f64,
    /// The quantity itself, where known.
    value: Option<f64>,
    /// The normal quantile of the confidence level.
    quantile: f64,
}

impl Unit {
    fn relative(&self) -> Result<f64, SizeError> {
        let value = self.value.ok_or(SizeError::Needed {
            field: "mean",
            needed_for: "the precision is relative to it",
        })?;
        positive("the absolute value of the mean", value.abs())
    }
}

fn unit(quantity: Quantity, conditions: Conditions) -> Result<Unit, SizeError> {
    let confidence = within("the confidence", conditions.confidence, 0.0, 1.0)?;
    positive("the design effect", conditions.design_effect)?;
    share("the response rate", conditions.response_rate)?;
    if let Some(population) = conditions.population {
        within("the population", population, 1.0, f64::INFINITY)?;
    }
    let (variance, factor, value) = match quantity {
        Quantity::Proportion(proportion) => {
            within("the proportion", proportion, 0.0, 1.0)?;
            let finite = conditions
                .population
                .map_or(1.0, |population| population / (population - 1.0));
            (
                proportion * (1.0 - proportion) * finite,
                1.0,
                Some(proportion),
            )
        }
        Quantity::Mean { deviation, mean } => (deviation_squared(deviation)?, 1.0, mean),
        Quantity::Total { deviation, mean } => {
            let population = conditions.population.ok_or(SizeError::Needed {
                field: "population",
                needed_for: "a total is the population times the mean",
            })?;
            let total = mean.map(|mean| mean * population);
            (deviation_squared(deviation)?, population, total)
        }
    };
    Ok(Unit {
        variance,
        factor,
        value,
        quantile: normal_quantile((1.0 + confidence) / 2.0)?,
    })
}

fn deviation_squared(deviation: f64) -> Result<f64, SizeError> {
    Ok(positive("the standard deviation", deviation)?.powi(2))
}
