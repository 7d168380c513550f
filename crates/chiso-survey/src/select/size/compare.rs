//! The sample size for a difference between two groups.

use super::{SampleSize, SizeError, positive, share, within};
use crate::distribution::normal_quantile;

/// How a difference is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// 1 − the significance level, e.g. 0.95.
    pub confidence: f64,
    /// The probability that a difference of the stated size is found, e.g. 0.8.
    pub power: f64,
    /// Whether differences in both directions count.
    pub sides: Sides,
    /// How many times as large the second group's sample is as the first one's.
    pub ratio: f64,
    /// The design effect of either group's estimate.
    pub design_effect: f64,
    /// The share of drawn units that answer.
    pub response_rate: f64,
}

/// In how many directions a difference counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// In one that is stated beforehand.
    One,
    /// In both.
    Two,
}

impl Default for Comparison {
    /// 95 % confidence, power 0.8, two sides, groups of the same size, design effect 1, and everyone
    /// answers.
    fn default() -> Self {
        Comparison {
            confidence: 0.95,
            power: 0.8,
            sides: Sides::Two,
            ratio: 1.0,
            design_effect: 1.0,
            response_rate: 1.0,
        }
    }
}

impl Comparison {
    /// The normal quantiles of the significance level and of the power.
    fn quantiles(&self) -> Result<(f64, f64), SizeError> {
        let confidence = within("the confidence", self.confidence, 0.0, 1.0)?;
        let power = within("the power", self.power, 0.0, 1.0)?;
        positive("the ratio of the samples", self.ratio)?;
        positive("the design effect", self.design_effect)?;
        share("the response rate", self.response_rate)?;
        let upper = match self.sides {
            Sides::One => confidence,
            Sides::Two => (1.0 + confidence) / 2.0,
        };
        if power <= 1.0 - upper {
            return Err(SizeError::Parameter {
                field: "the power",
                found: power,
                expected: format!("more than chance gives, {}", 1.0 - upper),
            });
        }
        Ok((normal_quantile(upper)?, normal_quantile(power)?))
    }

    fn sizes(&self, first: f64) -> Result<[SampleSize; 2], SizeError> {
        let size = |simple_random: f64| {
            let exact = self.design_effect * simple_random;
            SampleSize::new(simple_random, exact, self.response_rate)
        };
        Ok([size(first)?, size(first * self.ratio)?])
    }
}

/// The sizes of two samples that find the difference between two means.
///
/// `n₁ = (z_α + z_β)² (S₁² + S₂² / k) / (Ȳ₁ − Ȳ₂)²` and `n₂ = k n₁`, times the design effect, with
/// normal quantiles, which suit samples of more than about 30. `deviations` are the groups'
/// standard deviations, in the unit of `difference`. Source:
/// Fleiss, Levin, Paik 2003, *Statistical Methods for Rates and Proportions*, ch. 4.
///
/// # Errors
///
/// A parameter outside its range; no difference.
pub fn compare_means(
    difference: f64,
    deviations: [f64; 2],
    comparison: Comparison,
) -> Result<[SampleSize; 2], SizeError> {
    let (significance, power) = comparison.quantiles()?;
    if difference == 0.0 {
        return Err(SizeError::NoDifference { value: difference });
    }
    let difference = positive("the absolute difference", difference.abs())?;
    let first = positive("the first standard deviation", deviations[0])?;
    let second = positive("the second standard deviation", deviations[1])?;
    let variance = first * first + second * second / comparison.ratio;
    let error = difference / (significance + power);
    comparison.sizes(variance / (error * error))
}

/// The sizes of two samples that find the difference between two proportions.
///
/// `n₁ = (z_α √((1 + 1/k) P̄ Q̄) + z_β √(P₁ Q₁ + P₂ Q₂ / k))² / (P₁ − P₂)²` with
/// `P̄ = (P₁ + k P₂) / (1 + k)` and `n₂ = k n₁`, times the design effect; no continuity correction.
/// Source: Fleiss, Levin, Paik 2003, ch. 4; for `k = 1` R's `power.prop.test`.
///
/// # Errors
///
/// A parameter outside its range; no difference.
pub fn compare_proportions(
    proportions: [f64; 2],
    comparison: Comparison,
) -> Result<[SampleSize; 2], SizeError> {
    let (significance, power) = comparison.quantiles()?;
    let first = within("the first proportion", proportions[0], 0.0, 1.0)?;
    let second = within("the second proportion", proportions[1], 0.0, 1.0)?;
    if first == second {
        return Err(SizeError::NoDifference { value: first });
    }
    let ratio = comparison.ratio;
    let pooled = (first + ratio * second) / (1.0 + ratio);
    let spread = |proportion: f64| proportion * (1.0 - proportion);
    let under_equality = ((1.0 + 1.0 / ratio) * spread(pooled)).sqrt();
    let under_difference = (spread(first) + spread(second) / ratio).sqrt();
    let root = (significance * under_equality + power * under_difference) / (first - second);
    comparison.sizes(root * root)
}
