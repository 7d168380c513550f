//! Simple random and systematic selection of one list.

use super::{SelectError, Stream};

/// A simple random sample without replacement: `take` of `of` units, in the order of their draw.
///
/// Returns positions (0 to `of` − 1). Every unit has the inclusion probability `take / of` and, as
/// the order is random too, so has every leading part of the sample: the first 20 of 30 are the
/// sample, the last 10 its replacements. For a sample that does not depend on the order of the
/// rows, let the positions be those of the units sorted by identifier. Source: Cochran 1977,
/// *Sampling Techniques*, §2.1; the algorithm is Fisher–Yates, Knuth 1997, §3.4.2.
///
/// # Errors
///
/// If `take` exceeds `of`.
pub fn simple_random(
    of: usize,
    take: usize,
    stream: &mut Stream,
) -> Result<Vec<usize>, SelectError> {
    if take > of {
        return Err(SelectError::TooFewUnits { take, units: of });
    }
    Ok(stream.choose(of, take))
}

/// The probability that two given units are both in a simple random sample:
/// `n (n − 1) / (N (N − 1))`; 0 for fewer than two units. Source: Cochran 1977, ch. 2.
pub fn simple_random_joint(of: usize, take: usize) -> f64 {
    if of < 2 {
        return 0.0;
    }
    let (of, take) = (of as f64, take.min(of) as f64);
    take * (take - 1.0) / (of * (of - 1.0))
}

/// A systematic sample: one unit in every fractional interval `of / take` of the list, from a
/// random start; positions in ascending order.
///
/// The list's order is an implicit stratification: neighbours are hardly ever drawn together. Every
/// unit has the inclusion probability `take / of` exactly, whether or not the interval is a whole
/// number. Joint probabilities can be 0, so no unbiased estimate of the variance exists. Source:
/// Särndal, Swensson, Wretman 1992, *Model Assisted Survey Sampling*, §3.4
/// (fractional interval).
///
/// # Errors
///
/// If `take` exceeds `of`.
pub fn systematic(of: usize, take: usize, stream: &mut Stream) -> Result<Vec<usize>, SelectError> {
    if take > of {
        return Err(SelectError::TooFewUnits { take, units: of });
    }
    let start = stream.uniform();
    let interval = of as f64 / take as f64;
    let position = |step: usize| (((step as f64 + start) * interval) as usize).min(of - 1);
    Ok((0..take).map(position).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_larger_than_the_list_is_an_error() {
        let mut stream = Stream::new(1, &["x"]);
        let expected = SelectError::TooFewUnits { take: 4, units: 3 };
        assert_eq!(simple_random(3, 4, &mut stream), Err(expected.clone()));
        assert_eq!(systematic(3, 4, &mut stream), Err(expected));
    }

    #[test]
    fn systematic_units_are_distinct_for_any_interval() {
        for of in 1..40 {
            for take in 0..=of {
                let mut stream = Stream::new(of as u64, &[take.to_string()]);
                let sample = systematic(of, take, &mut stream).unwrap();
                assert_eq!(sample.len(), take);
                assert!(sample.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }

    #[test]
    fn both_methods_give_every_unit_the_same_probability() {
        type Draw = fn(usize, usize, &mut Stream) -> Result<Vec<usize>, SelectError>;
        for method in [simple_random as Draw, systematic as Draw] {
            let mut counts = [0_u32; 7];
            for repetition in 0..14_000_u64 {
                let mut stream = Stream::new(repetition, &["equal"]);
                for unit in method(7, 3, &mut stream).unwrap() {
                    counts[unit] += 1;
                }
            }
            // 6,000 expected, standard deviation √(14000 · 3/7 · 4/7) = 58.6.
            assert!(
                counts
                    .iter()
                    .all(|&count| (f64::from(count) - 6000.0).abs() < 4.0 * 58.6),
                "{counts:?}"
            );
        }
    }

    #[test]
    fn a_pair_is_in_a_simple_random_sample_as_often_as_stated() {
        let hits = (0..20_000_u64)
            .filter(|&repetition| {
                let mut stream = Stream::new(repetition, &["joint"]);
                let sample = simple_random(6, 3, &mut stream).unwrap();
                sample.contains(&1) && sample.contains(&4)
            })
            .count();
        let expected = simple_random_joint(6, 3);
        assert_eq!(expected, 0.2);
        let deviation = (20_000.0 * expected * (1.0 - expected)).sqrt();
        assert!(
            (hits as f64 - 20_000.0 * expected).abs() < 4.0 * deviation,
            "{hits}"
        );
    }
}
