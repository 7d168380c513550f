//! One unit's score of a node from those of its parts, for what is asked of a single unit.

use crate::numbers::sum;
use crate::pack::Aggregate;

/// Combines the scores of parts with their weights; none where the method has no value for them
/// (no part, or a geometric or harmonic mean of a score that is not above zero), and for methods by
/// which a unit's score depends on the other units.
///
/// `sum` Σx · `mean` Σwx/Σw · `geometric` exp(Σw ln x/Σw) · `harmonic` Σw/Σ(w/x) ·
/// `power` (Σw xᵖ/Σw)^(1/p). The engine's kernels give the same bits for sums and means.
pub fn combine(method: Aggregate, values: &[f64], weights: &[f64]) -> Option<f64> {
    let pairs = || values.iter().copied().zip(weights.iter().copied());
    let total = sum(weights.iter().copied());
    let positive = values.iter().all(|&value| value > 0.0);
    match method {
        _ if values.is_empty() => None,
        Aggregate::Sum => Some(sum(values.iter().copied())),
        Aggregate::Mean => Some(sum(pairs().map(|(x, w)| x * w)) / total),
        Aggregate::Geometric => {
            positive.then(|| (sum(pairs().map(|(x, w)| w * x.ln())) / total).exp())
        }
        Aggregate::Harmonic => positive.then(|| total / sum(pairs().map(|(x, w)| w / x))),
        Aggregate::Power { power } => (positive || power > 0.0)
            .then(|| (sum(pairs().map(|(x, w)| w * x.powf(power))) / total).powf(power.recip()))
            .filter(|score| score.is_finite()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_means_of_one_and_four_are_known() {
        let (values, weights) = ([1.0, 4.0], [1.0, 1.0]);
        let combined = |method| combine(method, &values, &weights);
        assert_eq!(combined(Aggregate::Sum), Some(5.0));
        assert_eq!(combined(Aggregate::Mean), Some(2.5));
        assert!(combined(Aggregate::Geometric).is_some_and(|mean| (mean - 2.0).abs() < 1e-15));
        assert_eq!(combined(Aggregate::Harmonic), Some(1.6));
        let power = combined(Aggregate::Power { power: 2.0 });
        assert!(power.is_some_and(|mean| (mean - 8.5f64.sqrt()).abs() < 1e-15));
    }

    #[test]
    fn a_geometric_mean_of_zero_has_no_value() {
        assert_eq!(
            combine(Aggregate::Geometric, &[0.0, 4.0], &[1.0, 1.0]),
            None
        );
        assert_eq!(combine(Aggregate::Harmonic, &[0.0, 4.0], &[1.0, 1.0]), None);
    }

    #[test]
    fn a_score_that_depends_on_other_units_is_not_one_units() {
        assert_eq!(combine(Aggregate::Copeland, &[1.0], &[1.0]), None);
    }
}
