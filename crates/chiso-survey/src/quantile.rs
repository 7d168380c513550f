//! Quantiles of weighted data and their intervals, whatever the design: the caller supplies the
//! design variance of the proportion at or below a threshold.
//!
//! The defaults are those of R `survey` 4.5 (`svyquantile`). Rows without a value are the
//! caller's to leave out of the sample, not of the design.
//!
//! Woodruff's interval (1952): with q the quantile at p and F̂(q) the estimated proportion at or
//! below q, an interval [l, u] of that proportion is carried back to the values, [Q(l), Q(u)], by
//! the same rule. Its standard error is (Q(u) − Q(l))/2t.

mod sample;
mod score;

pub use sample::{QuantileRule, SampleError, SortedSample, SortedValues};

use crate::distribution::{DistributionError, two_sided_critical_value};
use crate::proportion::{
    Interval, ProportionError, ProportionInput, ProportionMethod, proportion_interval,
};

/// How the interval of the proportion at the quantile is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantileInterval {
    /// F̂(q) ± t·se (R's default).
    Mean,
    /// Korn and Graubard's, with the effective size adjusted for degrees of freedom.
    Beta,
    /// On the log odds.
    Xlogit,
    /// On the angle asin √F̂.
    Asin,
    /// By inverting the score test (Francisco and Fuller 1991), as R does.
    Score,
    /// p ± t·se, centred on the wanted probability and cut at 0 and 1: R's `oldsvyquantile`
    /// (with [`QuantileRule::Linear`]).
    Wald,
}

/// What an interval needs besides the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileOptions {
    /// From probability to value.
    pub rule: QuantileRule,
    /// The kind of interval.
    pub interval: QuantileInterval,
    /// Confidence, for example 0.95.
    pub level: f64,
    /// The design's degrees of freedom; infinite for a normal critical value.
    pub degrees_of_freedom: f64,
    /// Rows of the design (of the domain): read by `Beta` and `Score`.
    pub n: f64,
}

/// The interval of a quantile in the units of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileLimits {
    /// The lower end; none where the interval of the proportion falls below 0.
    pub lo: Option<f64>,
    /// The upper end; none where the interval of the proportion rises above 1.
    pub hi: Option<f64>,
    /// The standard error; none where an end is missing.
    pub se: Option<f64>,
}

impl QuantileLimits {
    fn between(lo: Option<f64>, hi: Option<f64>, critical_value: f64) -> Self {
        let se = lo
            .zip(hi)
            .map(|(lo, hi)| (hi - lo) / (2.0 * critical_value));
        Self { lo, hi, se }
    }
}

/// Why there is no interval. `E` is the error of the caller's variance.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantileError<E: std::error::Error> {
    /// The quantile itself cannot be given.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The proportion at the quantile has no interval.
    #[error("the quantile's proportion: {0}")]
    Proportion(#[from] ProportionError),
    /// No critical value.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
    /// The score statistic does not cross its limit between the smallest and largest values.
    #[error("no score interval: the test does not reject at both ends of the data")]
    ScoreRange,
    /// The design variance failed.
    #[error("the variance of the proportion at the quantile: {0}")]
    Variance(E),
}

/// The interval and standard error of the quantile at probability `p`.
///
/// `proportion_below` gives, for a threshold, the estimated proportion of values at or below it
/// and that proportion's design variance. R: `woodruffCI`, `ffullerCI` (R/newsvyquantile.R).
pub fn quantile_limits<E: std::error::Error>(
    sample: &SortedSample,
    p: f64,
    options: &QuantileOptions,
    mut proportion_below: impl FnMut(f64) -> Result<(f64, f64), E>,
) -> Result<QuantileLimits, QuantileError<E>> {
    let quantile = sample.quantile(p, options.rule)?;
    let df = options.degrees_of_freedom;
    if df.is_nan() || df <= 0.0 {
        return Err(ProportionError::DegreesOfFreedom(df).into());
    }
    let t = two_sided_critical_value(options.level, df)?;
    if options.interval == QuantileInterval::Score {
        let ends = score::interval(sample, p, options.n, t, proportion_below)?;
        let value = |share: f64| sample.quantile(share, options.rule).map(Some);
        return Ok(QuantileLimits::between(value(ends.lo)?, value(ends.hi)?, t));
    }
    let (proportion, variance) = proportion_below(quantile).map_err(QuantileError::Variance)?;
    let ends = proportion_ends(p, proportion, variance, options)?;
    let value = |share: f64| -> Result<Option<f64>, SampleError> {
        let within = (0.0..=1.0).contains(&share);
        within
            .then(|| sample.quantile(share, options.rule))
            .transpose()
    };
    Ok(QuantileLimits::between(value(ends.lo)?, value(ends.hi)?, t))
}

/// The interval of a quantile from the variance of its replicates: q ± t√v (R's
/// `interval.type = "quantile"`, `repCI`).
pub fn replicate_quantile_limits(
    quantile: f64,
    variance: f64,
    level: f64,
    degrees_of_freedom: f64,
) -> Result<QuantileLimits, ProportionError> {
    let input = ProportionInput {
        proportion: quantile,
        variance,
        n: f64::NAN,
        degrees_of_freedom,
        level,
    };
    let ends = proportion_interval(ProportionMethod::Mean, input)?;
    Ok(QuantileLimits {
        lo: Some(ends.lo),
        hi: Some(ends.hi),
        se: Some(variance.sqrt()),
    })
}

fn proportion_ends(
    p: f64,
    proportion: f64,
    variance: f64,
    options: &QuantileOptions,
) -> Result<Interval, ProportionError> {
    let (method, centre) = match options.interval {
        QuantileInterval::Mean | QuantileInterval::Score => (ProportionMethod::Mean, proportion),
        QuantileInterval::Beta => (ProportionMethod::Beta, proportion),
        QuantileInterval::Xlogit => (ProportionMethod::Xlogit, proportion),
        QuantileInterval::Asin => (ProportionMethod::Asin, proportion),
        QuantileInterval::Wald => (ProportionMethod::Mean, p),
    };
    let input = ProportionInput {
        proportion: centre,
        variance,
        n: options.n,
        degrees_of_freedom: options.degrees_of_freedom,
        level: options.level,
    };
    let ends = proportion_interval(method, input)?;
    Ok(if options.interval == QuantileInterval::Wald {
        Interval {
            lo: ends.lo.max(0.0),
            hi: ends.hi.min(1.0),
        }
    } else {
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn options(interval: QuantileInterval) -> QuantileOptions {
        let rule = QuantileRule::Math;
        QuantileOptions {
            rule,
            interval,
            level: 0.95,
            degrees_of_freedom: 50.0,
            n: 101.0,
        }
    }

    fn hundred_one() -> SortedSample {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        SortedSample::new(&values, &[1.0; 101]).unwrap()
    }

    /// The binomial variance of the share at or below a threshold.
    fn simple(threshold: f64) -> Result<(f64, f64), Infallible> {
        let p = ((threshold.floor() + 1.0) / 101.0).clamp(0.0, 1.0);
        Ok((p, p * (1.0 - p) / 100.0))
    }

    #[test]
    fn every_interval_of_a_median_holds_it() {
        use QuantileInterval as I;
        for interval in [I::Mean, I::Beta, I::Xlogit, I::Asin, I::Score, I::Wald] {
            let limits = quantile_limits(&hundred_one(), 0.5, &options(interval), simple).unwrap();
            let (lo, hi) = (limits.lo.unwrap(), limits.hi.unwrap());
            assert!(
                lo > 35.0 && lo < 50.0 && hi > 50.0 && hi < 65.0,
                "{interval:?}: {limits:?}"
            );
            let t = two_sided_critical_value(0.95, 50.0).unwrap();
            assert_eq!(limits.se, Some((hi - lo) / (2.0 * t)));
        }
    }

    #[test]
    fn an_end_beyond_the_data_is_missing_and_so_is_the_error() {
        let all = options(QuantileInterval::Mean);
        let limits = quantile_limits(&hundred_one(), 0.01, &all, simple).unwrap();
        assert_eq!((limits.lo, limits.se), (None, None));
        assert!(limits.hi.is_some());
    }

    #[test]
    fn without_degrees_of_freedom_there_is_no_interval() {
        let none = QuantileOptions {
            degrees_of_freedom: 0.0,
            ..options(QuantileInterval::Mean)
        };
        let got = quantile_limits(&hundred_one(), 0.5, &none, simple);
        assert_eq!(got, Err(ProportionError::DegreesOfFreedom(0.0).into()));
    }

    #[test]
    fn a_failing_variance_is_passed_on() {
        let options = options(QuantileInterval::Mean);
        let got = quantile_limits(&hundred_one(), 0.5, &options, |_| {
            Err::<(f64, f64), _>(SampleError::Empty)
        });
        assert_eq!(got, Err(QuantileError::Variance(SampleError::Empty)));
    }
}
