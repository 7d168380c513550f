//! Inclusion probabilities from sizes.

use super::SelectError;

/// First-order inclusion probabilities of a fixed number of units.
#[derive(Clone, Debug, PartialEq)]
pub struct Inclusion {
    /// The probability of every unit, in the order of the sizes; they add up to the sample size.
    pub probabilities: Vec<f64>,
    /// The positions of the units that are taken for certain, ascending.
    pub certain: Vec<usize>,
}

/// Inclusion probabilities `π_i = n x_i / X` of `take` units with the given sizes.
///
/// A unit at least as large as the interval `X / n` is certain; it is taken out, and interval and
/// probabilities are computed anew for the others until none is left that large. Sizes have any
/// unit; those of 0 have the probability 0. Source: Särndal, Swensson, Wretman 1992, §3.6;
/// Tillé 2006, *Sampling Algorithms*, ch. 2.
///
/// # Errors
///
/// A size that is negative or not finite; fewer positive sizes than `take`.
pub fn inclusion(sizes: &[f64], take: usize) -> Result<Inclusion, SelectError> {
    for (position, &size) in sizes.iter().enumerate() {
        if !size.is_finite() || size < 0.0 {
            return Err(SelectError::Size { position, size });
        }
    }
    let positive = sizes.iter().filter(|&&size| size > 0.0).count();
    if positive < take {
        return Err(SelectError::TooFewSizes { take, positive });
    }
    let mut certain = vec![false; sizes.len()];
    while mark_certain(sizes, take, &mut certain) {}
    let taken = certain.iter().filter(|&&certain| certain).count();
    let rest = total(sizes, &certain);
    let probability = |unit: usize| match certain[unit] {
        true => 1.0,
        false if take == taken => 0.0,
        false => ((take - taken) as f64 * (sizes[unit] / rest)).min(1.0),
    };
    Ok(Inclusion {
        probabilities: (0..sizes.len()).map(probability).collect(),
        certain: (0..sizes.len()).filter(|&unit| certain[unit]).collect(),
    })
}

/// Marks the units that are as large as the interval of those not yet certain; whether there were
/// any.
fn mark_certain(sizes: &[f64], take: usize, certain: &mut [bool]) -> bool {
    let left = take - certain.iter().filter(|&&certain| certain).count();
    if left == 0 {
        return false;
    }
    let interval = total(sizes, certain) / left as f64;
    let mut found = false;
    for (unit, &size) in sizes.iter().enumerate() {
        // A unit that misses the interval by rounding alone is at it: n equal units of n are certain.
        if !certain[unit] && size > 0.0 && size >= interval * (1.0 - 1e-12) {
            certain[unit] = true;
            found = true;
        }
    }
    found
}

fn total(sizes: &[f64], certain: &[bool]) -> f64 {
    let rest = sizes.iter().zip(certain).filter(|(_, certain)| !**certain);
    rest.map(|(size, _)| size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_unit_above_the_interval_is_certain_and_the_others_share_the_rest() {
        let found = inclusion(&[50.0, 10.0, 20.0, 10.0, 10.0], 3).unwrap();
        // Interval 100/3: the first is certain; of the rest (50, interval 25) none is.
        assert_eq!(found.certain, [0]);
        assert_eq!(found.probabilities, [1.0, 0.4, 0.8, 0.4, 0.4]);
    }

    #[test]
    fn a_unit_can_become_certain_in_a_later_round() {
        let found = inclusion(&[100.0, 30.0, 10.0, 10.0, 10.0], 3).unwrap();
        // Interval 160/3 = 53.3: the first. Then 60/2 = 30: the second is exactly at it.
        assert_eq!(found.certain, [0, 1]);
        assert!((found.probabilities[4] - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn bad_sizes_are_named() {
        assert_eq!(
            inclusion(&[1.0, -2.0], 1),
            Err(SelectError::Size {
                position: 1,
                size: -2.0
            })
        );
        assert_eq!(
            inclusion(&[1.0, 0.0, 0.0], 2),
            Err(SelectError::TooFewSizes {
                take: 2,
                positive: 1
            })
        );
    }

    proptest! {
        #[test]
        fn probabilities_add_up_and_are_proportional(
            sizes in prop::collection::vec(0.01_f64..1000.0, 1..60),
            share in 0.0_f64..=1.0,
        ) {
            let take = (share * sizes.len() as f64) as usize;
            let found = inclusion(&sizes, take).unwrap();
            prop_assert!((found.probabilities.iter().sum::<f64>() - take as f64).abs() < 1e-9);
            let free: Vec<f64> = (0..sizes.len())
                .filter(|unit| !found.certain.contains(unit))
                .map(|unit| found.probabilities[unit] / sizes[unit])
                .collect();
            for ratio in &free {
                prop_assert!((ratio - free[0]).abs() <= 1e-12 * free[0].abs());
            }
            let smallest_certain = found.certain.iter().map(|&unit| sizes[unit]).fold(f64::INFINITY, f64::min);
            for (unit, &size) in sizes.iter().enumerate() {
                prop_assert!(found.certain.contains(&unit) || size <= smallest_certain);
            }
        }
    }
}
