//! `chiso sample --size`: how many interviews a wanted error takes.

use std::fmt::Write;

use anyhow::{Result, bail};
use chiso_survey::select::size::{
    Comparison, Conditions, Precision, Quantity, SampleSize, Sides, cluster, compare_means,
    compare_proportions, estimate,
};

/// What is to be estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum QuantityName {
    /// A mean.
    Mean,
    /// A total over the population.
    Total,
    /// A proportion.
    Proportion,
}

/// Arguments of `chiso sample --size`.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Sample size, instead of a sample")]
pub struct SizeArguments {
    /// Print how many interviews an estimate of this kind takes; no plan is read.
    #[arg(long, value_enum, value_name = "QUANTITY", conflicts_with = "plan")]
    size: Option<QuantityName>,
    /// The proportion or mean that is expected; a proportion is 0.5 if nothing is known.
    #[arg(long, value_name = "NUMBER", requires = "size")]
    expected: Option<f64>,
    /// The standard deviation of what is measured.
    #[arg(long, value_name = "NUMBER", requires = "size")]
    deviation: Option<f64>,
    /// Half the width of the confidence interval, in the quantity's unit (0.03: 3 points).
    #[arg(long, value_name = "NUMBER", requires = "size", group = "precision")]
    margin: Option<f64>,
    /// Half the width of the confidence interval, as a share of the quantity.
    #[arg(long, value_name = "SHARE", requires = "size", group = "precision")]
    relative_margin: Option<f64>,
    /// The standard error, in the quantity's unit.
    #[arg(long, value_name = "NUMBER", requires = "size", group = "precision")]
    standard_error: Option<f64>,
    /// The coefficient of variation: the standard error as a share of the quantity.
    #[arg(long, value_name = "SHARE", requires = "size", group = "precision")]
    cv: Option<f64>,
    /// The proportion or mean of a second group: the sizes that find the difference.
    #[arg(long, value_name = "NUMBER", requires = "size", group = "precision")]
    against: Option<f64>,
    /// The second group's standard deviation; the first one's if none is given.
    #[arg(long, value_name = "NUMBER", requires = "against")]
    against_deviation: Option<f64>,
    /// The probability with which the difference is to be found.
    #[arg(
        long,
        value_name = "SHARE",
        requires = "against",
        default_value_t = 0.8
    )]
    power: f64,
    /// How many times as large the second sample is as the first.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "against",
        default_value_t = 1.0
    )]
    ratio: f64,
    /// The difference counts in one direction only.
    #[arg(long, requires = "against")]
    one_sided: bool,
    /// The level of the confidence interval, or 1 less the significance level.
    #[arg(long, value_name = "SHARE", requires = "size", default_value_t = 0.95)]
    confidence: f64,
    /// The number of units in the population, if it is not large.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "size",
        conflicts_with = "against"
    )]
    population: Option<f64>,
    /// The share of drawn units that answer.
    #[arg(long, value_name = "SHARE", requires = "size", default_value_t = 1.0)]
    response_rate: f64,
    /// The design effect; or say --per-cluster and --correlation.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "size",
        conflicts_with = "per_cluster"
    )]
    deff: Option<f64>,
    /// Interviews in each cluster.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "size",
        requires = "correlation"
    )]
    per_cluster: Option<u64>,
    /// How alike the answers of a cluster are: the intraclass correlation.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "per_cluster",
        allow_negative_numbers = true
    )]
    correlation: Option<f64>,
    /// The design effect of unequal weights, 1 or more, which multiplies that of clusters.
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "per_cluster",
        default_value_t = 1.0
    )]
    weighting: f64,
}

impl SizeArguments {
    /// The sizes in words; none if they are not asked for.
    ///
    /// # Errors
    /// A parameter that is missing or has no possible value.
    pub fn answer(&self) -> Result<Option<String>> {
        let Some(quantity) = self.size else {
            return Ok(None);
        };
        let effect = self.design_effect()?;
        let mut text = String::new();
        // Writing to a String cannot fail.
        // Digits beyond these are of rounding alone.
        let shown = (effect * 1e6).round() / 1e6;
        let _ = writeln!(text, "design effect        {shown}");
        match self.against {
            Some(against) => {
                let [first, second] = self.comparison(quantity, against, effect)?;
                self.describe(&mut text, "first group", &first)?;
                self.describe(&mut text, "second group", &second)?;
            }
            None => {
                let conditions = Conditions {
                    confidence: self.confidence,
                    design_effect: effect,
                    population: self.population,
                    response_rate: self.response_rate,
                };
                let size = estimate(self.quantity(quantity)?, self.precision()?, conditions)?;
                self.describe(&mut text, "sample", &size)?;
            }
        }
        Ok(Some(text))
    }

    fn design_effect(&self) -> Result<f64> {
        Ok(match (self.per_cluster, self.correlation) {
            (Some(interviews), Some(correlation)) => {
                let interviews = interviews as f64;
                cluster::design_effect_with_weights(interviews, correlation, self.weighting)?
            }
            _ => self.deff.unwrap_or(1.0),
        })
    }

    fn quantity(&self, name: QuantityName) -> Result<Quantity> {
        Ok(match name {
            QuantityName::Proportion => Quantity::Proportion(self.proportion()?),
            QuantityName::Mean => Quantity::Mean {
                deviation: self.known_deviation()?,
                mean: self.expected,
            },
            QuantityName::Total => Quantity::Total {
                deviation: self.known_deviation()?,
                mean: self.expected,
            },
        })
    }

    fn proportion(&self) -> Result<f64> {
        if self.deviation.is_some() {
            bail!(
                "found --deviation for a proportion; expected none, since it follows from --expected"
            );
        }
        Ok(self.expected.unwrap_or(0.5))
    }

    fn known_deviation(&self) -> Result<f64> {
        match self.deviation {
            Some(deviation) => Ok(deviation),
            None => {
                bail!("found no --deviation; expected the standard deviation of what is measured")
            }
        }
    }

    fn precision(&self) -> Result<Precision> {
        Ok(match self {
            SizeArguments {
                margin: Some(margin),
                ..
            } => Precision::Margin(*margin),
            SizeArguments {
                relative_margin: Some(margin),
                ..
            } => Precision::RelativeMargin(*margin),
            SizeArguments {
                standard_error: Some(error),
                ..
            } => Precision::StandardError(*error),
            SizeArguments { cv: Some(cv), .. } => Precision::CoefficientOfVariation(*cv),
            _ => bail!(
                "found no wanted precision; expected one of --margin, --relative-margin, --standard-error, --cv, or --against"
            ),
        })
    }

    fn comparison(
        &self,
        quantity: QuantityName,
        against: f64,
        design_effect: f64,
    ) -> Result<[SampleSize; 2]> {
        let comparison = Comparison {
            confidence: self.confidence,
            power: self.power,
            sides: if self.one_sided {
                Sides::One
            } else {
                Sides::Two
            },
            ratio: self.ratio,
            design_effect,
            response_rate: self.response_rate,
        };
        match quantity {
            QuantityName::Proportion => {
                if self.against_deviation.is_some() {
                    bail!("found --against-deviation for a proportion; expected none");
                }
                Ok(compare_proportions(
                    [self.proportion()?, against],
                    comparison,
                )?)
            }
            QuantityName::Mean => {
                let Some(expected) = self.expected else {
                    bail!("found --against without --expected; expected the means of both groups");
                };
                let first = self.known_deviation()?;
                let second = self.against_deviation.unwrap_or(first);
                Ok(compare_means(
                    expected - against,
                    [first, second],
                    comparison,
                )?)
            }
            QuantityName::Total => {
                bail!("found --against for a total; expected --size mean or proportion")
            }
        }
    }

    fn describe(&self, text: &mut String, name: &str, size: &SampleSize) -> Result<()> {
        let _ = writeln!(
            text,
            "{name:<20} {} interviews ({:.3} before rounding; {:.3} if simple random)",
            size.interviews, size.exact, size.simple_random
        );
        if self.response_rate < 1.0 {
            let rate = self.response_rate;
            let _ = writeln!(
                text,
                "                     {} to be drawn, of whom {rate} answer",
                size.drawn
            );
        }
        if let Some(interviews) = self.per_cluster {
            let clusters = cluster::clusters(size.interviews, interviews)?;
            let _ = writeln!(
                text,
                "                     {clusters} clusters of {interviews} interviews"
            );
        }
        Ok(())
    }
}
