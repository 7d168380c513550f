//! What clustering costs in interviews.

use super::{SizeError, positive};

/// The design effect of a sample of clusters of unequal size:
/// `1 + ((1 + cv²) m̄ − 1) ρ`.
///
/// `interviews` is the mean number of interviews per cluster, `m̄`; `correlation` the intraclass
/// correlation `ρ`; `variation` the coefficient of variation of the clusters' numbers of
/// interviews: 0 if all have the same, which gives Kish's `1 + (m − 1) ρ`. Source: Kish 1965,
/// *Survey Sampling*, §5.4; Eldridge, Ashby, Kerry 2006, *International Journal of Epidemiology*
/// 35:1292–1300.
///
/// # Errors
///
/// Fewer than 1 interview per cluster, a negative variation, a correlation above 1 or so low that
/// the variance would not be positive.
pub fn design_effect(interviews: f64, correlation: f64, variation: f64) -> Result<f64, SizeError> {
    check(interviews, correlation)?;
    if !variation.is_finite() || variation < 0.0 {
        return Err(SizeError::Parameter {
            field: "the variation of cluster sizes",
            found: variation,
            expected: "a number, 0 or above".to_owned(),
        });
    }
    let size = (1.0 + variation * variation) * interviews;
    let effect = 1.0 + (size - 1.0) * correlation;
    positive("the design effect that follows", effect)
}

/// The design effect with unequal weights as well: `(1 + (m − 1) ρ) (1 + cv²(w))`. Source: Kish
/// 1987, *Proceedings of the Survey Research Methods Section* of the American Statistical
/// Association; Gabler, Häder, Lahiri 1999, *Survey Methodology* 25:105–106.
///
/// `weighting` is `1 + cv²(w)`, as in [`WeightSummary`](crate::select::WeightSummary).
///
/// # Errors
///
/// As [`design_effect`]; a weighting effect below 1.
pub fn design_effect_with_weights(
    interviews: f64,
    correlation: f64,
    weighting: f64,
) -> Result<f64, SizeError> {
    if !weighting.is_finite() || weighting < 1.0 {
        return Err(SizeError::Parameter {
            field: "the design effect due to weighting",
            found: weighting,
            expected: "a number, 1 or above".to_owned(),
        });
    }
    Ok(design_effect(interviews, correlation, 0.0)? * weighting)
}

/// How many clusters a number of interviews takes, `interviews` of them in each.
///
/// # Errors
///
/// No interview in a cluster.
pub fn clusters(needed: u64, interviews: u64) -> Result<u64, SizeError> {
    match interviews {
        0 => Err(SizeError::Parameter {
            field: "interviews per cluster",
            found: 0.0,
            expected: "at least 1".to_owned(),
        }),
        _ => Ok(needed.div_ceil(interviews)),
    }
}

/// The number of interviews per cluster that gives the smallest variance for a budget,
/// `√(C/c · (1 − ρ)/ρ)`, at least 1.
///
/// `cluster_cost` is the cost `C` of one more cluster, `interview_cost` the cost `c` of one more
/// interview in the same currency. Source: Kish 1965, §8.3; Cochran 1977, §10.6.
///
/// # Errors
///
/// A cost or correlation that is not above 0; a correlation of 1 or above.
pub fn best_interviews(
    cluster_cost: f64,
    interview_cost: f64,
    correlation: f64,
) -> Result<f64, SizeError> {
    let costs = positive("the cost of a cluster", cluster_cost)?
        / positive("the cost of an interview", interview_cost)?;
    let correlation = super::within("the intraclass correlation", correlation, 0.0, 1.0)?;
    Ok((costs * (1.0 - correlation) / correlation).sqrt().max(1.0))
}

fn check(interviews: f64, correlation: f64) -> Result<(), SizeError> {
    if !interviews.is_finite() || interviews < 1.0 {
        return Err(SizeError::Parameter {
            field: "interviews per cluster",
            found: interviews,
            expected: "a number, 1 or above".to_owned(),
        });
    }
    if !(-1.0..=1.0).contains(&correlation) {
        return Err(SizeError::Parameter {
            field: "the intraclass correlation",
            found: correlation,
            expected: "a number from −1 to 1".to_owned(),
        });
    }
    Ok(())
}
