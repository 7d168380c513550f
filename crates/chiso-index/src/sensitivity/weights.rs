//! Draws of weights: from uniform numbers to weights near the given ones.
//!
//! Each draw is a function of its uniform numbers, so quasi-random points work, and the same point
//! gives the same weights.

use chiso_survey::distribution::{DistributionError, chi_square_quantile};

/// Why weights cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightFault {
    /// A share of noise that makes weights negative, or none.
    #[error("found noise {0}; expected a share above 0 and at most 1")]
    Noise(f64),
    /// A range whose ends are not finite, negative or in the wrong order.
    #[error(
        "found weights from {low} to {high}; expected finite ends, 0 ≤ low ≤ high, high above 0"
    )]
    Range {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A concentration that is not above 0.
    #[error("found concentration {0}; expected a finite number above 0")]
    Concentration(f64),
    /// A weight that no distribution has.
    #[error("found weight {0}; expected a finite number of at least 0")]
    Weight(f64),
    /// Weights among siblings that are all 0.
    #[error("found weights that are all 0; expected at least one above 0")]
    NoWeight,
    /// The gamma quantile has no value.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

/// Weights w(1 + f(2u − 1)): each independently uniform on w ± f·w (COINr 1.1.14,
/// `get_noisy_weights`). `share` is f; slices have the same length.
///
/// # Errors
/// When f does not lie above 0 and at most at 1.
pub fn noisy(
    weights: &[f64],
    share: f64,
    uniform: &[f64],
    out: &mut [f64],
) -> Result<(), WeightFault> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(WeightFault::Noise(share));
    }
    for ((out, &weight), &u) in out.iter_mut().zip(weights).zip(uniform) {
        *out = weight + (u * 2.0 - 1.0) * share * weight;
    }
    Ok(())
}

/// Weights a + (b − a)u: each independently uniform on [a, b], whatever the given one is (the
/// input-pillar weights of the Global Innovation Index 2023 ~ U[0.1, 0.3], say).
///
/// # Errors
/// When the range is none of weights.
pub fn in_range(low: f64, high: f64, uniform: &[f64], out: &mut [f64]) -> Result<(), WeightFault> {
    if !(low.is_finite() && high.is_finite() && 0.0 <= low && low <= high && high > 0.0) {
        return Err(WeightFault::Range { low, high });
    }
    for (out, &u) in out.iter_mut().zip(uniform) {
        *out = low + (high - low) * u;
    }
    Ok(())
}

/// Weights of siblings from a Dirichlet distribution around their given shares: with Σ the sum of
/// the given weights and s their shares, w = Σ·g/Σg, where g is gamma with shape c·s, by its
/// quantile at u. The mean of a draw is the given weight, the variance of a share s(1 − s)/(c + 1).
/// Given weights of 0 stay 0.
///
/// # Errors
/// When c is not above 0, or the weights are not weights.
pub fn dirichlet(
    weights: &[f64],
    concentration: f64,
    uniform: &[f64],
    out: &mut [f64],
) -> Result<(), WeightFault> {
    if !(concentration > 0.0 && concentration.is_finite()) {
        return Err(WeightFault::Concentration(concentration));
    }
    if let Some(&bad) = weights
        .iter()
        .find(|weight| !(weight.is_finite() && **weight >= 0.0))
    {
        return Err(WeightFault::Weight(bad));
    }
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return Err(WeightFault::NoWeight);
    }
    let mut drawn = 0.0;
    for ((out, &weight), &u) in out.iter_mut().zip(weights).zip(uniform) {
        let shape = concentration * weight / sum;
        *out = if weight > 0.0 {
            0.5 * chi_square_quantile(u, 2.0 * shape)?
        } else {
            0.0
        };
        drawn += *out;
    }
    if drawn > f64::MIN_POSITIVE {
        out.iter_mut()
            .for_each(|weight| *weight = *weight / drawn * sum);
    } else {
        all_to_the_largest(weights, uniform, sum, out);
    }
    Ok(())
}

/// Where every gamma variable is below the smallest normal number: a gamma variable of a tiny shape a is
/// u^(1/a) but for a common factor, so the largest ln(u)/a outweighs the others beyond all measure.
fn all_to_the_largest(weights: &[f64], uniform: &[f64], sum: f64, out: &mut [f64]) {
    let size = |place: usize| uniform[place].ln() / weights[place];
    let positive = (0..weights.len()).filter(|&place| weights[place] > 0.0);
    out.fill(0.0);
    if let Some(largest) = positive.max_by(|&p, &q| size(p).total_cmp(&size(q))) {
        out[largest] = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::points::{Design, Runs, Sequence};
    use proptest::prelude::*;

    #[test]
    fn noise_keeps_weights_within_its_share_and_meets_its_ends() {
        let mut out = [0.0; 3];
        noisy(&[2.0, 4.0, 1.0], 0.25, &[0.0, 1.0, 0.5], &mut out).expect("weights");
        assert_eq!(out, [1.5, 5.0, 1.0]);
        assert_eq!(
            noisy(&[1.0], 1.5, &[0.5], &mut out),
            Err(WeightFault::Noise(1.5))
        );
    }

    #[test]
    fn a_range_gives_its_ends_and_its_middle() {
        let mut out = [0.0; 3];
        in_range(0.1, 0.3, &[0.0, 1.0, 0.5], &mut out).expect("weights");
        assert_eq!(out, [0.1, 0.3, 0.2]);
        assert!(in_range(0.3, 0.1, &[0.5], &mut out).is_err());
        assert!(in_range(0.0, 0.0, &[0.5], &mut out).is_err());
    }

    #[test]
    fn dirichlet_weights_have_the_given_means_and_the_variance_of_their_concentration() {
        let (weights, concentration, draws) = ([1.0, 2.0, 5.0], 30.0, 4096);
        let design = Design::new(Sequence::QuasiRandom, 5, draws, &[3], Runs::Spread).unwrap();
        let mut drawn = vec![[0.0; 3]; draws];
        for (row, out) in drawn.iter_mut().enumerate() {
            dirichlet(&weights, concentration, design.at(row, 0), out).expect("weights");
        }
        for (place, weight) in weights.iter().enumerate() {
            let share = weight / 8.0;
            let shares: Vec<f64> = drawn.iter().map(|w| w[place] / 8.0).collect();
            let mean = shares.iter().sum::<f64>() / draws as f64;
            let variance = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / draws as f64;
            let expected = share * (1.0 - share) / (concentration + 1.0);
            assert!((mean - share).abs() < 1e-3, "mean {mean} of share {share}");
            assert!(
                (variance / expected - 1.0).abs() < 0.02,
                "{variance} against {expected}"
            );
        }
    }

    #[test]
    fn a_tiny_concentration_gives_everything_to_one() {
        let mut out = [0.0; 3];
        dirichlet(&[1.0, 1.0, 1.0], 1e-4, &[0.2, 0.7, 0.6], &mut out).expect("weights");
        assert_eq!(out, [0.0, 3.0, 0.0]);
    }

    #[test]
    fn weights_that_are_none_are_refused() {
        let mut out = [0.0; 2];
        let refused =
            |weights: &[f64], c| dirichlet(weights, c, &[0.5, 0.5], &mut [0.0; 2]).unwrap_err();
        assert_eq!(refused(&[0.0, 0.0], 5.0), WeightFault::NoWeight);
        assert_eq!(refused(&[1.0, -1.0], 5.0), WeightFault::Weight(-1.0));
        assert_eq!(refused(&[1.0, 1.0], 0.0), WeightFault::Concentration(0.0));
        dirichlet(&[0.0, 3.0], 5.0, &[0.5, 0.1], &mut out).expect("weights");
        assert_eq!(out, [0.0, 3.0], "a weight of 0 stays 0");
    }

    proptest! {
        #[test]
        fn dirichlet_weights_are_weights_with_the_sum_of_the_given_ones(
            pairs in proptest::collection::vec((0.0f64..10.0, 1e-7f64..0.9999999), 1..12),
            concentration in 1e-3f64..1e4,
        ) {
            let (weights, uniform): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let sum: f64 = weights.iter().sum();
            prop_assume!(sum > 1e-3);
            let mut out = vec![0.0; weights.len()];
            dirichlet(&weights, concentration, &uniform, &mut out).expect("weights");
            prop_assert!(out.iter().all(|w| w.is_finite() && *w >= 0.0));
            prop_assert!((out.iter().sum::<f64>() - sum).abs() < 1e-9 * sum);
        }
    }
}
