//! Intervals and tests by the normal distribution, and the adjustment for many tests.

use chiso_survey::distribution::{normal_quantile, normal_upper_tail};

use crate::error::ExplainError;

/// The z with which score ± z·se covers at a confidence.
///
/// # Errors
/// A confidence that does not lie between 0 and 1.
pub(crate) fn critical_value(confidence: f64) -> Result<f64, ExplainError> {
    let inside = confidence > 0.0 && confidence < 1.0;
    let z = normal_quantile(0.5 + confidence / 2.0);
    z.ok()
        .filter(|z| inside && z.is_finite())
        .ok_or(ExplainError::Confidence { found: confidence })
}

/// The probability of a value at least this far from 0 if the truth is 0. Without an error any value
/// but 0 is certain.
pub(crate) fn p_value(value: f64, standard_error: f64) -> f64 {
    match (value == 0.0, standard_error == 0.0) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => {
            let tail = normal_upper_tail((value / standard_error).abs());
            tail.map_or(0.0, |tail| (2.0 * tail).min(1.0))
        }
    }
}

/// S. Holm's step-down adjustment (*A Simple Sequentially Rejective Multiple Test Procedure*, 1979):
/// `max over j ≤ i of (m − j + 1) p₍ⱼ₎`, at most 1, in the order of the input.
pub(crate) fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut greatest = 0.0f64;
    for (place, &test) in order.iter().enumerate() {
        let left = (p_values.len() - place) as f64;
        greatest = greatest.max((left * p_values[test]).min(1.0));
        adjusted[test] = greatest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_adjusts_as_r_does() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.9), "holm")
        let found = holm(&[0.01, 0.04, 0.03, 0.005, 0.9]);
        for (found, expected) in found.iter().zip([0.04, 0.09, 0.09, 0.025, 0.9]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
    }

    #[test]
    fn a_value_of_two_errors_has_the_known_probability() {
        // R: 2 * pnorm(-2)
        assert!((p_value(-1.0, 0.5) - 0.04550026389635842).abs() < 1e-15);
        assert_eq!((p_value(1.0, 0.0), p_value(0.0, 0.0)), (0.0, 1.0));
    }

    #[test]
    fn a_confidence_outside_its_bounds_is_refused() {
        for found in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(critical_value(found).is_err(), "{found}");
        }
    }
}
