//! Confidence intervals for a proportion, from its estimate, design variance and degrees of
//! freedom.
//!
//! The defaults are those of R `survey` 4.5 (`svyciprop`); where other programs differ, theirs is
//! a method of its own. With p the estimate, v its variance, t the two-sided critical value at
//! the given degrees of freedom (normal if infinite) and n* = p(1 − p)/v the effective size:
//!
//! | method | interval |
//! |---|---|
//! | mean | p ± t√v, not cut at 0 and 1 |
//! | logit, xlogit | expit(logit p ± t√v/(p(1 − p))) |
//! | asin | sin²(asin √p ± t√v/(2√(p(1 − p)))) |
//! | beta | Clopper and Pearson's at n* (t_{n−1}/t_df)² (Korn and Graubard 1998) |
//! | wilson | Wilson's score interval at n* with t for the normal value |
//!
//! R's `likelihood` interval needs the fit of a model and is not here.

mod logistic;

pub use logistic::r_logistic_proportion;

use crate::distribution::{DistributionError, beta_quantile, two_sided_critical_value};

/// How the interval is made; the formulas stand at the top of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProportionMethod {
    /// Wald's, on the proportion itself; its ends can lie outside 0..=1.
    Mean,
    /// On the log odds, as the fit of a logistic model to a constant gives it (R's default). At
    /// an estimate of 0 or 1 it is the point itself, the limit of the fit. R's own stops a little
    /// early: pass [`r_logistic_proportion`]'s value as the proportion to equal it to ten digits.
    Logit,
    /// The same formula by transforming the mean; undefined at 0 or 1, as in R.
    Xlogit,
    /// On the angle asin √p. As in R the ends are not cut, so beyond 0 or 1 they fold back.
    Asin,
    /// Korn and Graubard's with the effective size adjusted for degrees of freedom.
    Beta,
    /// The same with the effective size at most n, and at an estimate of 0 or 1 the one-sided
    /// interval at n* = n: the presentation standards of the U.S. National Center for Health
    /// Statistics (Parker et al. 2017, *Vital Health Stat* 2(175)).
    KornGraubard,
    /// Wilson's with n* as it is (R `survey` 4.5).
    Wilson,
    /// Wilson's with n* adjusted for degrees of freedom as in `Beta` (Python `svy`; Dean and
    /// Pagano 2015).
    WilsonAdjusted,
}

/// What an interval is made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProportionInput {
    /// The estimated proportion, p.
    pub proportion: f64,
    /// Its design variance, v.
    pub variance: f64,
    /// Rows of the design (of the domain, for a domain): only `Beta`, `KornGraubard` and
    /// `WilsonAdjusted` read it.
    pub n: f64,
    /// The design's degrees of freedom; infinite for a normal critical value.
    pub degrees_of_freedom: f64,
    /// The confidence level, for example 0.95.
    pub level: f64,
}

/// The two ends of a confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

/// Why there is no interval. A report shows the reason in its place.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ProportionError {
    /// No degrees of freedom are left, so no critical value exists.
    #[error("no interval: the design leaves {0} degrees of freedom, more than 0 are needed")]
    DegreesOfFreedom(f64),
    /// Every answer is the same; the method has no interval there.
    #[error("no interval by this method when the estimate is {0}: all answers are the same")]
    Boundary(f64),
    /// An estimate outside 0..=1, which calibrated weights below zero can give.
    #[error("no interval by this method for a proportion of {0}, outside 0 to 1")]
    Outside(f64),
    /// The variance is missing, negative or infinite.
    #[error("no interval: the variance must be finite and not below zero, found {0}")]
    Variance(f64),
    /// Too few rows to adjust the effective size.
    #[error("no interval by this method with {0} rows; at least 2 are needed")]
    Rows(f64),
    /// A level outside 0..1.
    #[error("the confidence level must lie between 0 and 1, found {0}")]
    Level(f64),
    /// A tail or quantile could not be computed.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

/// The interval of a proportion by `method`.
///
/// A variance of zero with an estimate between 0 and 1 (the design fixed the proportion) gives
/// the point itself by every method: the limit of all the formulas. R's `beta` gives 0.5 to 0.5
/// there and its `wilson` no number, both from dividing by the zero variance.
pub fn proportion_interval(
    method: ProportionMethod,
    input: ProportionInput,
) -> Result<Interval, ProportionError> {
    let ends = interval(method, &input, critical_value(&input)?)?;
    if ends.lo.is_nan() || ends.hi.is_nan() {
        // Only a variance beyond any of a proportion gets here.
        return Err(ProportionError::Variance(input.variance));
    }
    Ok(ends)
}

fn interval(
    method: ProportionMethod,
    input: &ProportionInput,
    t: f64,
) -> Result<Interval, ProportionError> {
    use ProportionMethod as M;
    let p = input.proportion;
    if method == M::Mean {
        return Ok(around(p, t * input.variance.sqrt()));
    }
    if !(0.0..=1.0).contains(&p) {
        return Err(ProportionError::Outside(p));
    }
    if p == 0.0 || p == 1.0 {
        return match method {
            M::Logit => Ok(Interval { lo: p, hi: p }),
            M::KornGraubard => clopper_pearson(input, input.n * adjustment(input, t)?.min(1.0)),
            _ => Err(ProportionError::Boundary(p)),
        };
    }
    if input.variance == 0.0 {
        return Ok(Interval { lo: p, hi: p });
    }
    let size = p * (1.0 - p) / input.variance;
    match method {
        M::Mean | M::Logit | M::Xlogit => Ok(logit(input, t)),
        M::Asin => Ok(angle(input, t)),
        M::Beta => clopper_pearson(input, size * adjustment(input, t)?),
        M::KornGraubard => clopper_pearson(input, (size * adjustment(input, t)?).min(input.n)),
        M::Wilson => Ok(wilson(p, size, t)),
        M::WilsonAdjusted => Ok(wilson(p, size * adjustment(input, t)?, t)),
    }
}

fn critical_value(input: &ProportionInput) -> Result<f64, ProportionError> {
    let df = input.degrees_of_freedom;
    if df.is_nan() || df <= 0.0 {
        return Err(ProportionError::DegreesOfFreedom(df));
    }
    if !(input.level > 0.0 && input.level < 1.0) {
        return Err(ProportionError::Level(input.level));
    }
    if !(input.variance >= 0.0 && input.variance.is_finite()) {
        return Err(ProportionError::Variance(input.variance));
    }
    if input.proportion.is_nan() {
        return Err(ProportionError::Outside(input.proportion));
    }
    Ok(two_sided_critical_value(input.level, df)?)
}

/// (t_{n−1}/t_df)², Korn and Graubard's factor on the effective size.
fn adjustment(input: &ProportionInput, t: f64) -> Result<f64, ProportionError> {
    if input.n.is_nan() || input.n < 2.0 {
        return Err(ProportionError::Rows(input.n));
    }
    Ok((two_sided_critical_value(input.level, input.n - 1.0)? / t).powi(2))
}

fn around(centre: f64, half: f64) -> Interval {
    Interval {
        lo: centre - half,
        hi: centre + half,
    }
}

fn logit(input: &ProportionInput, t: f64) -> Interval {
    let p = input.proportion;
    let half = t * input.variance.sqrt() / (p * (1.0 - p));
    let on_scale = around((p / (1.0 - p)).ln(), half);
    let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
    Interval {
        lo: expit(on_scale.lo),
        hi: expit(on_scale.hi),
    }
}

fn angle(input: &ProportionInput, t: f64) -> Interval {
    let p = input.proportion;
    let half = t * input.variance.sqrt() / (2.0 * (p * (1.0 - p)).sqrt());
    let on_scale = around(p.sqrt().asin(), half);
    Interval {
        lo: on_scale.lo.sin().powi(2),
        hi: on_scale.hi.sin().powi(2),
    }
}

/// Clopper and Pearson's ends for `size`·p successes of `size`.
fn clopper_pearson(input: &ProportionInput, size: f64) -> Result<Interval, ProportionError> {
    let (p, tail) = (input.proportion, 0.5 * (1.0 - input.level));
    let (yes, no) = (size * p, size * (1.0 - p));
    let lo = if yes == 0.0 {
        0.0
    } else {
        beta_quantile(tail, yes, no + 1.0)?
    };
    let hi = if no == 0.0 {
        1.0
    } else {
        beta_quantile(1.0 - tail, yes + 1.0, no)?
    };
    Ok(Interval { lo, hi })
}

fn wilson(p: f64, size: f64, t: f64) -> Interval {
    let share = t * t / size;
    let half = t / (2.0 * size) * (4.0 * size * p * (1.0 - p) + t * t).sqrt();
    let on_scale = around(p + 0.5 * share, half);
    Interval {
        lo: on_scale.lo / (1.0 + share),
        hi: on_scale.hi / (1.0 + share),
    }
}

#[cfg(test)]
mod tests {
    use super::ProportionMethod as M;
    use super::*;

    const ALL: [M; 8] = [
        M::Mean,
        M::Logit,
        M::Xlogit,
        M::Asin,
        M::Beta,
        M::KornGraubard,
        M::Wilson,
        M::WilsonAdjusted,
    ];

    fn input(proportion: f64, variance: f64) -> ProportionInput {
        ProportionInput {
            proportion,
            variance,
            n: 200.0,
            degrees_of_freedom: 30.0,
            level: 0.95,
        }
    }

    #[test]
    fn every_method_holds_the_estimate_and_narrows_with_the_variance() {
        for method in ALL {
            let wide = proportion_interval(method, input(0.3, 2e-3)).unwrap();
            let narrow = proportion_interval(method, input(0.3, 1e-3)).unwrap();
            assert!(wide.lo < narrow.lo && narrow.lo < 0.3, "{method:?}");
            assert!(wide.hi > narrow.hi && narrow.hi > 0.3, "{method:?}");
        }
    }

    #[test]
    fn a_vanishing_variance_closes_on_the_estimate() {
        for method in ALL.into_iter().filter(|m| *m != M::KornGraubard) {
            let near = proportion_interval(method, input(0.12, 1e-33)).unwrap();
            let at = proportion_interval(method, input(0.12, 0.0)).unwrap();
            assert_eq!(at, Interval { lo: 0.12, hi: 0.12 }, "{method:?}");
            assert!((near.lo - 0.12).abs() < 1e-14 && (near.hi - 0.12).abs() < 1e-14);
        }
    }

    #[test]
    fn unanimous_answers_have_a_one_sided_interval_only_by_korn_and_graubard() {
        for method in [M::Xlogit, M::Asin, M::Beta, M::Wilson, M::WilsonAdjusted] {
            let none = proportion_interval(method, input(1.0, 0.0));
            assert_eq!(none, Err(ProportionError::Boundary(1.0)), "{method:?}");
        }
        let simple = ProportionInput {
            degrees_of_freedom: 199.0,
            ..input(0.0, 0.0)
        };
        let exact = proportion_interval(M::KornGraubard, simple).unwrap();
        // 1 − 0.025^(1/200): Clopper and Pearson's for 0 of 200.
        assert_eq!(exact.lo, 0.0);
        assert!((exact.hi - (1.0 - 0.025f64.powf(1.0 / 200.0))).abs() < 1e-14);
    }

    #[test]
    fn bad_input_is_an_error_and_never_a_number() {
        let check = |change: fn(&mut ProportionInput)| {
            let mut bad = input(0.3, 1e-3);
            change(&mut bad);
            ALL.map(|method| proportion_interval(method, bad).is_err())
                .iter()
                .all(|e| *e)
        };
        assert!(check(|i| i.degrees_of_freedom = 0.0));
        assert!(check(|i| i.degrees_of_freedom = f64::NAN));
        assert!(check(|i| i.variance = -1e-9));
        assert!(check(|i| i.variance = f64::NAN));
        assert!(check(|i| i.level = 1.0));
        assert!(check(|i| i.proportion = f64::NAN));
    }
}
