//! The link from a latent position to an expected answer, and the distributions of latent effects:
//! only operations that IEEE 754 fixes to the last bit.

use crate::select::Stream;

/// A position so far out that its expected answer is 0 or 1.
pub(super) const FAR: f64 = 1e9;

/// The expected answer, from 0 (the worst) to 1 (the best), at a latent position:
/// `σ(x) = ½ (1 + x / √(1 + x²))`.
///
/// It is the distribution function of Student's t with 2 degrees of freedom at `√2 · x`, so the
/// latent noise has that distribution; a logistic or normal one would need `exp`, which differs in
/// the last bit between machines.
pub(super) fn expected(position: f64) -> f64 {
    if position.abs() >= FAR {
        return if position > 0.0 { 1.0 } else { 0.0 };
    }
    let root = (1.0 + position * position).sqrt();
    if position < 0.0 {
        // The same number, without the cancellation that would leave nothing of a small one.
        0.5 / (root * (root - position))
    } else {
        1.0 - 0.5 / (root * (root + position))
    }
}

/// `σ'(x) = ½ (1 + x²)^(−3/2)`.
pub(super) fn slope(position: f64) -> f64 {
    if position.abs() >= FAR {
        return 0.0;
    }
    let square = 1.0 + position * position;
    0.5 / (square * square.sqrt())
}

/// The effects a person can have, with their probabilities: the three-point distribution that has
/// the first five moments of the normal with standard deviation 1 (Gauss–Hermite). With three
/// points the expectation over persons is a sum, so that targets are met exactly.
pub(super) fn person_points() -> [(f64, f64); 3] {
    let outer = 3.0_f64.sqrt();
    [(-outer, 1.0 / 6.0), (0.0, 2.0 / 3.0), (outer, 1.0 / 6.0)]
}

/// One of [`person_points`].
pub(super) fn person_effect(stream: &mut Stream) -> f64 {
    let [low, middle, high] = person_points();
    match stream.below(6) {
        0 => low.0,
        5 => high.0,
        _ => middle.0,
    }
}

/// An effect of a place: the sum of three uniform numbers, centred and scaled to the mean 0 and
/// standard deviation 1 (Irwin–Hall); bell-shaped and never beyond ±3.
pub(super) fn place_effect(stream: &mut Stream) -> f64 {
    2.0 * (stream.uniform() + stream.uniform() + stream.uniform() - 1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_the_t_distribution_with_two_degrees_of_freedom() {
        use crate::distribution::student_t_cdf;
        for position in [-20.0, -3.0, -0.5, 0.0, 0.2, 1.0, 8.0] {
            let reference = student_t_cdf(position * 2.0_f64.sqrt(), 2.0).unwrap();
            assert!((expected(position) - reference).abs() < 1e-9, "{position}");
        }
    }

    #[test]
    fn the_slope_is_the_derivative_of_the_link() {
        for position in [-4.0, -1.0, 0.0, 0.3, 2.0] {
            let step = 1e-5;
            let numeric = (expected(position + step) - expected(position - step)) / (2.0 * step);
            assert!((slope(position) - numeric).abs() < 1e-9, "{position}");
        }
    }

    #[test]
    fn far_out_is_certain() {
        assert_eq!((expected(FAR), expected(-FAR)), (1.0, 0.0));
        assert!(expected(-1e8) > 0.0);
    }

    #[test]
    fn effects_have_the_mean_0_and_the_standard_deviation_1() {
        let mut stream = Stream::new(1, &["effects"]);
        for effect in [person_effect, place_effect] {
            let drawn: Vec<f64> = (0..40_000).map(|_| effect(&mut stream)).collect();
            let mean = drawn.iter().sum::<f64>() / 40_000.0;
            let square = drawn.iter().map(|x| x * x).sum::<f64>() / 40_000.0;
            assert!(mean.abs() < 4.5 / 200.0, "{mean}");
            assert!(
                (square - 1.0).abs() < 4.5 * 2.0_f64.sqrt() / 200.0,
                "{square}"
            );
        }
        let moment =
            |power| -> f64 { person_points().iter().map(|(x, p)| p * x.powi(power)).sum() };
        for (power, normal) in [(0, 1.0), (1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            assert!((moment(power) - normal).abs() < 1e-12, "{power}");
        }
    }
}
