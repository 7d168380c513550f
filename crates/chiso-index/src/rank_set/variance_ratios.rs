//! What estimated variances are of true ones in each draw: χ²/ν for units of few degrees of freedom.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::draws::{Normals, key};
use super::error::RankSetError;

/// The streams of the seed's key for the normal and the uniform numbers of this module, so that the
/// normal errors of a seed are the same with and without degrees of freedom: "chi norm" and
/// "chi unif" in ASCII.
const NORMAL_STREAM: u64 = u64::from_be_bytes(*b"chi norm");
const UNIFORM_STREAM: u64 = u64::from_be_bytes(*b"chi unif");

/// The degrees of freedom of the ordered units' standard errors; infinite for a unit without error,
/// whatever is stated of it.
///
/// # Errors
///
/// If a unit with an error has less than one degree of freedom.
pub(super) fn checked(
    all: &[f64],
    units: &[usize],
    deviations: &[f64],
) -> Result<Vec<f64>, RankSetError> {
    let pairs = units.iter().zip(deviations);
    let degrees = pairs.map(|(&unit, &deviation)| match all[unit] {
        _ if deviation == 0.0 => Ok(f64::INFINITY),
        found if found >= 1.0 => Ok(found),
        found => Err(RankSetError::DegreesOfFreedom { unit, found }),
    });
    degrees.collect()
}

/// `draws` rows of χ²_ν / ν, one number a unit, above 0; 1 where ν is infinite.
pub(super) fn variance_ratios(degrees: &[f64], draws: usize, seed: u64) -> Vec<f64> {
    let shapes: Vec<Shape> = degrees.iter().map(|&degrees| Shape::new(degrees)).collect();
    let mut numbers = Numbers::new(seed);
    let mut ratios = Vec::with_capacity(draws * degrees.len());
    for _ in 0..draws {
        ratios.extend(shapes.iter().map(|shape| shape.ratio(&mut numbers)));
    }
    ratios
}

/// The share of each pair's first unit in the variance of their difference, a row a unit.
///
/// The two shares of a pair add up to 1 exactly, the larger rounded and the smaller its complement,
/// so that a pair has the same statistic from either side.
pub(super) fn variance_shares(deviations: &[f64]) -> Vec<f64> {
    let count = deviations.len();
    let mut shares = vec![0.5; count * count];
    for first in 0..count {
        for second in 0..first {
            let (one, other) = (deviations[first], deviations[second]);
            let (large, small) = (one.max(other), one.min(other));
            if large > 0.0 {
                let share = 1.0 / (1.0 + (small / large) * (small / large));
                let of_first = if one >= other { share } else { 1.0 - share };
                shares[first * count + second] = of_first;
                shares[second * count + first] = 1.0 - of_first;
            }
        }
    }
    shares
}

/// A gamma distribution as G. Marsaglia and W. W. Tsang draw from it (*A simple method for
/// generating gamma variables*, ACM Transactions on Mathematical Software 26, 2000).
struct Shape {
    /// ν / 2, infinite for a variance that is known.
    shape: f64,
    /// Whether the shape lies below 1, so that a number of one more is drawn and shrunk.
    below_one: bool,
    /// The method's d and c.
    centre: f64,
    scale: f64,
}

impl Shape {
    fn new(degrees: f64) -> Self {
        let shape = 0.5 * degrees;
        let below_one = shape < 1.0;
        let centre = shape + f64::from(u8::from(below_one)) - 1.0 / 3.0;
        Shape {
            shape,
            below_one,
            centre,
            scale: 1.0 / (9.0 * centre).sqrt(),
        }
    }

    /// A gamma number of this shape over the shape, which is χ²_ν / ν.
    fn ratio(&self, numbers: &mut Numbers) -> f64 {
        if self.shape.is_infinite() {
            return 1.0;
        }
        let cube = self.cube(numbers);
        let shrink = match self.below_one {
            true => numbers.uniform().powf(1.0 / self.shape),
            false => 1.0,
        };
        self.centre / self.shape * cube * shrink
    }

    fn cube(&self, numbers: &mut Numbers) -> f64 {
        loop {
            let normal = numbers.normal();
            let root = 1.0 + self.scale * normal;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let uniform = numbers.uniform();
            let square = normal * normal;
            // The first bound lies within the second and spares the logarithms.
            if uniform < 1.0 - 0.0331 * square * square
                || uniform.ln() < 0.5 * square + self.centre * (1.0 - cube + cube.ln())
            {
                return cube;
            }
        }
    }
}

/// Normal and uniform numbers of a seed.
struct Numbers {
    normals: Normals,
    generator: ChaCha20Rng,
}

impl Numbers {
    fn new(seed: u64) -> Self {
        let mut generator = ChaCha20Rng::from_seed(key(seed));
        generator.set_stream(UNIFORM_STREAM);
        Numbers {
            normals: Normals::of_stream(seed, NORMAL_STREAM),
            generator,
        }
    }

    fn normal(&mut self) -> f64 {
        self.normals.draw()
    }

    /// A number in (0, 1), an odd multiple of 2⁻⁵³.
    fn uniform(&mut self) -> f64 {
        ((self.generator.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of the standard chi-square distribution below its quantiles, by closed forms.
    fn below(degrees: f64, bound: f64) -> f64 {
        let ratios = variance_ratios(&[degrees], 100_000, 3);
        let below = ratios.iter().filter(|&&r| r * degrees < bound).count();
        below as f64 / 1e5
    }

    #[test]
    fn ratios_have_the_distribution_of_chi_square_over_its_degrees() {
        // Four Monte Carlo errors of a share of one half.
        let error = 4.0 * 0.5 / 1e5_f64.sqrt();
        // χ²₁: 2Φ(1) − 1; χ²₂: 1 − e^{−x/2}; χ²₄: 1 − e^{−x/2}(1 + x/2); χ²₃ and χ²₁₀: medians of
        // R's qchisq(0.5, df), χ²₁.₅: its pchisq(0.5, 1.5).
        assert!((below(1.0, 1.0) - 0.682_689_5).abs() < error);
        assert!((below(2.0, 2.0) - (1.0 - (-1.0_f64).exp())).abs() < error);
        assert!((below(2.0, 0.1) - (1.0 - (-0.05_f64).exp())).abs() < error);
        assert!((below(4.0, 1.0) - (1.0 - 1.5 * (-0.5_f64).exp())).abs() < error);
        assert!((below(3.0, 2.365_974) - 0.5).abs() < error);
        assert!((below(10.0, 9.341_818) - 0.5).abs() < error);
        assert!((below(1.5, 0.5) - CHI_1_5).abs() < error);
    }

    const CHI_1_5: f64 = 0.346_560_2;

    #[test]
    fn ratios_have_mean_1_and_variance_2_over_the_degrees_and_are_1_without_end() {
        for degrees in [1.0, 1.7, 2.0, 5.0, 40.0] {
            let ratios = variance_ratios(&[degrees, f64::INFINITY, 1e300], 100_000, 8);
            let column = |c: usize| ratios.iter().skip(c).step_by(3);
            let mean = column(0).sum::<f64>() / 1e5;
            let variance = column(0).map(|r| (r - mean) * (r - mean)).sum::<f64>() / 1e5;
            let expected = 2.0 / degrees;
            assert!((mean - 1.0).abs() < 4.0 * (expected / 1e5_f64).sqrt());
            // The fourth central moment of χ²_ν/ν is 12(ν + 4)/ν³.
            let fourth = 12.0 * (degrees + 4.0) / degrees.powi(3);
            let error = ((fourth - expected * expected) / 1e5).sqrt();
            assert!((variance - expected).abs() < 4.0 * error, "{degrees}");
            assert!(column(1).all(|&ratio| ratio == 1.0));
            assert!(column(2).all(|&ratio| (ratio - 1.0).abs() < 1e-15));
            assert!(column(0).all(|&ratio| ratio > 0.0));
        }
    }

    #[test]
    fn ratios_know_nothing_of_the_normal_errors_of_their_seed() {
        let normals: Vec<f64> = Normals::new(5).take(100_000).collect();
        let ratios = variance_ratios(&[2.0], 100_000, 5);
        let product = |f: fn(f64) -> f64| {
            let pairs = normals.iter().zip(&ratios);
            pairs.map(|(&z, &r)| f(z) * (r - 1.0)).sum::<f64>() / 1e5
        };
        // Var(χ²₂/2) is 1, Var(z²) is 2.
        assert!(product(|z| z).abs() < 4.0 / 1e5_f64.sqrt());
        assert!(product(|z| z * z - 1.0).abs() < 4.0 * (2.0 / 1e5_f64).sqrt());
    }

    #[test]
    fn shares_of_a_pair_add_up_to_1_exactly() {
        let deviations = [3.0, 4.0, 0.0, 1e-170, 0.7, 0.1, 0.0];
        let shares = variance_shares(&deviations);
        assert_eq!((shares[1], shares[7]), (0.36, 0.64));
        for (cell, share) in shares.iter().enumerate() {
            let mirrored = shares[cell % 7 * 7 + cell / 7];
            assert_eq!(share + mirrored, 1.0);
            assert_eq!(1.0 - mirrored, *share);
        }
        assert_eq!((shares[3 * 7 + 2], shares[3], shares[6]), (1.0, 1.0, 1.0));
    }
}
