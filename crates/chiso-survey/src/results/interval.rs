//! Which interval, with how many degrees of freedom.

use crate::distribution::two_sided_critical_value;
use crate::proportion::{ProportionInput, ProportionMethod, proportion_interval};
use crate::specification::{Degrees, EstimateSpecification, StatisticName};

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalKind {
    /// estimate ± quantile · error
    Symmetric,
    /// One of a proportion's own.
    Proportion(ProportionMethod),
}

/// The interval that a specification asks for, and its degrees of freedom. What is not said is as
/// in R: `confint` takes the normal distribution, `svyciprop` the domain's degrees of freedom.
#[must_use]
pub fn interval_of(estimate: &EstimateSpecification) -> (IntervalKind, Degrees) {
    let word = estimate
        .interval
        .as_deref()
        .unwrap_or(match estimate.statistic {
            StatisticName::Proportion => "logit",
            _ => "normal",
        });
    let kind = match word {
        "logit" => IntervalKind::Proportion(ProportionMethod::Logit),
        "xlogit" => IntervalKind::Proportion(ProportionMethod::Xlogit),
        "asin" => IntervalKind::Proportion(ProportionMethod::Asin),
        "beta" => IntervalKind::Proportion(ProportionMethod::Beta),
        "korn_graubard" => IntervalKind::Proportion(ProportionMethod::KornGraubard),
        "mean" => IntervalKind::Proportion(ProportionMethod::Mean),
        "wilson" => IntervalKind::Proportion(ProportionMethod::Wilson),
        "wilson_adjusted" => IntervalKind::Proportion(ProportionMethod::WilsonAdjusted),
        _ => IntervalKind::Symmetric,
    };
    let own = match (kind, word) {
        (IntervalKind::Proportion(_), _) => Degrees::Domain,
        (IntervalKind::Symmetric, "t") => Degrees::Design,
        (IntervalKind::Symmetric, _) => Degrees::Infinite,
    };
    (kind, estimate.degrees.unwrap_or(own))
}

/// What an interval is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub value: f64,
    pub variance: f64,
    pub n: f64,
    pub degrees_of_freedom: f64,
    pub level: f64,
}

/// Both ends, or none where the interval does not exist.
pub(super) fn ends(kind: IntervalKind, parts: Parts) -> Option<(f64, f64)> {
    let Parts {
        value,
        variance,
        n,
        degrees_of_freedom,
        level,
    } = parts;
    if degrees_of_freedom <= 0.0 {
        return None;
    }
    let (lo, hi) = match kind {
        IntervalKind::Symmetric => {
            let reach = two_sided_critical_value(level, degrees_of_freedom).ok()? * variance.sqrt();
            (value - reach, value + reach)
        }
        IntervalKind::Proportion(method) => {
            let input = ProportionInput {
                proportion: value,
                variance,
                n,
                degrees_of_freedom,
                level,
            };
            let interval = proportion_interval(method, input).ok()?;
            (interval.lo, interval.hi)
        }
    };
    (lo.is_finite() && hi.is_finite()).then_some((lo, hi))
}
