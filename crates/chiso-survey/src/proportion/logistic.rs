//! The proportion at which R's fit of a logistic model to a constant stops.

/// The proportion that R's `svyglm(y ~ 1, family = quasibinomial)` reports for rows of
/// (weight, answer), the base of `svyciprop(method = "logit")`.
///
/// In the limit it is the weighted mean. R stops when the deviance changes by less than 1e-8
/// relative (`glm.control`), which leaves it up to about 1e-9 away (and near 1e-12 where all
/// answers are no). Comparing with R to ten digits needs the same stop. `mean_weight` is the mean
/// over all rows of the design or domain, those without an answer included; they are not among
/// `rows`.
///
/// Iteratively reweighted least squares (McCullagh and Nelder 1989, §2.5) from
/// μᵢ = (wᵢyᵢ + ½)/(wᵢ + 1). `None` without rows.
/// After 25 steps R stops where it is.
pub fn r_logistic_proportion(
    rows: impl IntoIterator<Item = (f64, bool)>,
    mean_weight: f64,
) -> Option<f64> {
    let start = Start::of(rows, mean_weight);
    if start.total.is_nan() || start.total <= 0.0 {
        return None;
    }
    let p = start.yes / start.total;
    let deviance = |log_odds: f64| {
        // −ln μ = ln(1 + e^−η) and −ln(1 − μ) = ln(1 + e^η)
        2.0 * start.total * (p * (-log_odds).exp().ln_1p() + (1.0 - p) * log_odds.exp().ln_1p())
    };
    let mut log_odds = start.working / start.working_weight;
    let mut before = start.deviance;
    let expit = |log_odds: f64| 1.0 / (1.0 + (-log_odds).exp());
    for _ in 1..25 {
        let now = deviance(log_odds);
        if (now - before).abs() / (now.abs() + 0.1) < 1e-8 {
            break;
        }
        before = now;
        let mu = expit(log_odds);
        log_odds += (p - mu) / (mu * (1.0 - mu));
    }
    Some(expit(log_odds))
}

/// Sums over the rows at the starting values.
#[derive(Default)]
struct Start {
    total: f64,
    yes: f64,
    working: f64,
    working_weight: f64,
    deviance: f64,
}

impl Start {
    fn of(rows: impl IntoIterator<Item = (f64, bool)>, mean_weight: f64) -> Self {
        let mut sums = Self::default();
        for (weight, yes) in rows {
            let w = weight / mean_weight;
            let y = f64::from(u8::from(yes));
            let mu = (w * y + 0.5) / (w + 1.0);
            let working_weight = w * mu * (1.0 - mu);
            let working = (mu / (1.0 - mu)).ln() + (y - mu) / (mu * (1.0 - mu));
            sums.total += w;
            sums.yes += w * y;
            sums.working += working_weight * working;
            sums.working_weight += working_weight;
            sums.deviance -= 2.0 * w * if yes { mu.ln() } else { (1.0 - mu).ln() };
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_is_the_weighted_mean_to_nine_digits() {
        let rows = [
            (2.0, true),
            (1.0, false),
            (4.0, false),
            (3.0, true),
            (0.5, false),
        ];
        let fitted = r_logistic_proportion(rows, 2.1).unwrap();
        assert!((fitted - 5.0 / 10.5).abs() < 1e-9);
    }

    #[test]
    fn no_rows_have_no_fit() {
        assert_eq!(r_logistic_proportion([], 1.0), None);
    }
}
