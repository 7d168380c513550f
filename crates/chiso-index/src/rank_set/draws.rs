//! Random errors of the scores: normal numbers of a stated seed.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The stream of the key that is this module's, so that other uses of a seed share no numbers with
/// it: "rank set" in ASCII.
const STREAM: u64 = u64::from_be_bytes(*b"rank set");

/// Independent standard normal numbers of a seed.
///
/// ChaCha20 (key: the seed in its first 8 bytes, little-endian, the rest zero), turned into normal
/// numbers by G. Marsaglia's polar method (Marsaglia and Bray, SIAM Review 6, 1964). Both are
/// written out here or fixed by their definition, so that no version of a library changes the
/// numbers of a seed; only the logarithm's last bit is the platform's.
#[derive(Clone, Debug)]
pub struct Normals {
    generator: ChaCha20Rng,
    spare: Option<f64>,
}

impl Normals {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Normals::of_stream(seed, STREAM)
    }

    /// The numbers of another stream of a seed, which has none in common with the first.
    pub(super) fn of_stream(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha20Rng::from_seed(key(seed));
        generator.set_stream(stream);
        Normals {
            generator,
            spare: None,
        }
    }

    /// A number in [−1, 1), a multiple of 2⁻⁵².
    fn symmetric(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 * (2.0 / (1_u64 << 53) as f64) - 1.0
    }

    /// The next number; there always is one.
    pub(super) fn draw(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (first, second) = (self.symmetric(), self.symmetric());
            let square = first * first + second * second;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(second * scale);
                return first * scale;
            }
        }
    }
}

/// The key of a seed.
pub(super) fn key(seed: u64) -> [u8; 32] {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key
}

impl Iterator for Normals {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        Some(self.draw())
    }
}

/// `draws` rows of independent normal errors with the given standard deviations.
pub(super) fn independent(deviations: &[f64], draws: usize, seed: u64) -> Vec<f64> {
    let normals = Normals::new(seed);
    let scales = deviations.iter().cycle().take(draws * deviations.len());
    scales
        .zip(normals)
        .map(|(scale, normal)| scale * normal)
        .collect()
}

/// `draws` rows of normal errors `L n`, where row *i* of `factor` (`rank` numbers each) is row *i*
/// of *L*.
pub(super) fn correlated(factor: &[f64], rank: usize, draws: usize, seed: u64) -> Vec<f64> {
    let units = factor.len().checked_div(rank).unwrap_or(0);
    let mut normals = Normals::new(seed);
    let mut row = vec![0.0; rank];
    let mut errors = Vec::with_capacity(draws * units);
    for _ in 0..draws {
        row.iter_mut()
            .zip(&mut normals)
            .for_each(|(place, normal)| *place = normal);
        errors.extend(
            factor
                .chunks_exact(rank.max(1))
                .map(|loads| dot(loads, &row)),
        );
    }
    errors
}

/// The product of two rows, in four partial sums that run side by side.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    lanes(left, right, |a, b| a * b)
}

/// The squared distance of two rows.
pub(super) fn squared_distance(left: &[f64], right: &[f64]) -> f64 {
    lanes(left, right, |a, b| (a - b) * (a - b))
}

fn lanes(left: &[f64], right: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let (left, left_rest) = left.as_chunks::<4>();
    let (right, right_rest) = right.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in left.iter().zip(right) {
        for lane in 0..4 {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    let rest = left_rest.iter().zip(right_rest).map(|(&a, &b)| term(a, b));
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_moments_and_tails_of_the_normal_distribution() {
        let sample: Vec<f64> = Normals::new(1).take(200_000).collect();
        let moment = |power: i32| sample.iter().map(|z| z.powi(power)).sum::<f64>() / 200_000.0;
        // Four Monte Carlo errors of each moment: sqrt(var(z^k) / n).
        assert!(moment(1).abs() < 4.0 * (1.0_f64 / 2e5).sqrt());
        assert!((moment(2) - 1.0).abs() < 4.0 * (2.0_f64 / 2e5).sqrt());
        assert!(moment(3).abs() < 4.0 * (15.0_f64 / 2e5).sqrt());
        assert!((moment(4) - 3.0).abs() < 4.0 * (96.0_f64 / 2e5).sqrt());
        let beyond = sample
            .iter()
            .filter(|z| z.abs() > 1.959_963_984_540_054)
            .count();
        assert!((beyond as f64 / 2e5 - 0.05).abs() < 4.0 * (0.05_f64 * 0.95 / 2e5).sqrt());
    }

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let first: Vec<f64> = Normals::new(2026).take(3).collect();
        assert_eq!(first, FIRST_OF_2026);
        assert_ne!(first, Normals::new(2027).take(3).collect::<Vec<_>>());
    }

    // By an implementation of ChaCha20 and the polar method in Python, apart from this one.
    const FIRST_OF_2026: [f64; 3] = [
        -0.322_694_045_372_119_43,
        -1.728_155_504_006_532_2,
        -0.274_568_557_853_330_1,
    ];

    #[test]
    fn correlated_errors_have_the_covariance_of_their_factor() {
        let factor = [2.0, 0.0, 1.5, 1.0];
        let errors = correlated(&factor, 2, 100_000, 5);
        let product = |a: usize, b: usize| {
            errors.chunks(2).map(|row| row[a] * row[b]).sum::<f64>() / 100_000.0
        };
        assert!((product(0, 0) - 4.0).abs() < 0.08);
        assert!((product(0, 1) - 3.0).abs() < 0.07);
        assert!((product(1, 1) - 3.25).abs() < 0.06);
    }
}
