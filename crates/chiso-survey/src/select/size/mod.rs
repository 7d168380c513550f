//! How large a sample has to be for a wanted error.
//!
//! [`estimate`] for one mean, total or proportion; [`compare_means`] and [`compare_proportions`] for
//! a difference that is to be found with a stated power; [`cluster`] for what clustering costs.

pub mod cluster;
mod compare;
mod error;
mod estimate;

pub use compare::{Comparison, Sides, compare_means, compare_proportions};
pub use error::SizeError;
pub use estimate::{Conditions, ExpectedError, Precision, Quantity, estimate, expected_error};

/// A sample size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleSize {
    /// The size of a simple random sample from an endless population, `n₀`.
    pub simple_random: f64,
    /// The size with design effect and finite population, before rounding up.
    pub exact: f64,
    /// Completed interviews: [`exact`](Self::exact), rounded up.
    pub interviews: u64,
    /// Units to be drawn, so that as many interviews remain after non-response, rounded up.
    pub drawn: u64,
}

impl SampleSize {
    fn new(simple_random: f64, exact: f64, response_rate: f64) -> Result<Self, SizeError> {
        let interviews = round_up(exact)?.max(1);
        Ok(SampleSize {
            simple_random,
            exact,
            interviews,
            drawn: round_up(interviews as f64 / response_rate)?,
        })
    }
}

/// The next whole number; a number that exceeds one by rounding alone is that one.
fn round_up(number: f64) -> Result<u64, SizeError> {
    // Above 2⁵³ a sample size is not a whole number any more, nor a sensible one.
    if !number.is_finite() || number > 9.0e15 {
        return Err(SizeError::TooLarge { size: number });
    }
    Ok((number * (1.0 - 1e-12)).ceil() as u64)
}

/// A parameter that must lie in an open interval, which may be unbounded above.
fn within(field: &'static str, value: f64, above: f64, below: f64) -> Result<f64, SizeError> {
    if value.is_finite() && value > above && value < below {
        return Ok(value);
    }
    let expected = match below.is_finite() {
        true => format!("a number between {above} and {below}, both excluded"),
        false => format!("a number above {above}"),
    };
    Err(SizeError::Parameter {
        field,
        found: value,
        expected,
    })
}

/// A parameter that must be above 0.
fn positive(field: &'static str, value: f64) -> Result<f64, SizeError> {
    within(field, value, 0.0, f64::INFINITY)
}

/// A share that must be above 0 and at most 1.
fn share(field: &'static str, value: f64) -> Result<f64, SizeError> {
    if value > 0.0 && value <= 1.0 {
        return Ok(value);
    }
    Err(SizeError::Parameter {
        field,
        found: value,
        expected: "a number above 0, at most 1".to_owned(),
    })
}

#[cfg(test)]
mod tests;
