//! Sobol indices of a target from the runs of a design, and their bootstrap intervals.
//!
//! With y_A, y_B and y_ABi the target in the runs of A, of B and of A with input i from B, m the mean
//! and V the variance (n − 1) of the 2N values y_A, y_B:
//!
//! - first order S_i = (1/N) Σ (y_B − m)(y_ABi − y_A) / V (Saltelli et al., Comput. Phys. Commun.
//!   181, 2010, table 2 b, with y centred): the share of the variance that would go if only input i
//!   were known;
//! - total T_i = (1/2N) Σ (y_A − y_ABi)² / V (Jansen, Comput. Phys. Commun. 117, 1999): the share
//!   that would stay if all but input i were known. T_i − S_i is what i does together with others.
//!
//! Without centring (COINr 1.1.14) the first order has the same mean and a variance that grows with
//! m²/V. An input that changes nothing has y_ABi = y_A, hence both indices exactly 0. Estimates of
//! first order may be negative or exceed their total: their intervals say by how much chance did it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::rank_statistics::quantile;

/// Whether the target is centred before first-order indices are estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Centring {
    /// Around its mean over A and B.
    #[default]
    Centred,
    /// Not at all, and the variance is not drawn again in the bootstrap: COINr's estimator, to
    /// reproduce its figures.
    AsGiven,
}

/// Why indices cannot be estimated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndicesFault {
    /// The values do not fit the design.
    #[error("found {found} values of the target; expected {draws} draws × ({inputs} inputs + 2)")]
    Shape {
        /// How many values were given.
        found: usize,
        /// N.
        draws: usize,
        /// d.
        inputs: usize,
    },
    /// Too few draws have a value in all their runs.
    #[error(
        "found {complete} draws whose runs all have a value of the target; expected at least 2"
    )]
    Incomplete {
        /// How many have.
        complete: usize,
    },
    /// A confidence that is none.
    #[error("found confidence {0}; expected a number between 0 and 1")]
    Confidence(String),
}

/// The two indices of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Index {
    /// S: alone.
    pub first: f64,
    /// T: alone and together with others.
    pub total: f64,
}

/// Percentile intervals of the two indices of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IndexInterval {
    /// Of the first order.
    pub first: (f64, f64),
    /// Of the total.
    pub total: (f64, f64),
}

/// What resampling the draws says of indices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How often the draws are drawn again, with replacement.
    pub resamples: usize,
    /// Of a ChaCha stream.
    pub seed: u64,
    /// The share of resamples within an interval: 0.9 for the 5th to the 95th percentile.
    pub confidence: f64,
}

/// The values of a target in the runs of a design, arranged for estimation.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    inputs: usize,
    /// Draws with a value in each of their runs.
    draws: usize,
    dropped: usize,
    mean: f64,
    variance: f64,
    /// By draw: y_A − m, y_B − m, then by input (y_B − m)(y_ABi − y_A), y_ABi − y_A and its square.
    terms: Vec<f64>,
}

/// How many terms of a draw come before those of inputs.
const OWN_TERMS: usize = 2;
/// How many terms a draw has for each input.
const TERMS_PER_INPUT: usize = 3;

impl Target {
    /// Arranges the values of a target: those of A, of B, and of A with each input from B (as
    /// [`super::points::Design`] orders its runs). NaN where a run gave no value: a draw is left out
    /// when any of its runs gave none.
    ///
    /// # Errors
    /// When the values do not fit, or fewer than two draws are complete.
    pub fn new(
        values: &[f64],
        draws: usize,
        inputs: usize,
        centring: Centring,
    ) -> Result<Target, IndicesFault> {
        if values.len() != draws * (inputs + 2) {
            return Err(IndicesFault::Shape {
                found: values.len(),
                draws,
                inputs,
            });
        }
        let at = |matrix: usize, draw: usize| values[matrix * draws + draw];
        let is_complete = |&draw: &usize| (0..inputs + 2).all(|m| at(m, draw).is_finite());
        let complete: Vec<usize> = (0..draws).filter(is_complete).collect();
        if complete.len() < 2 {
            return Err(IndicesFault::Incomplete {
                complete: complete.len(),
            });
        }
        let sample = complete.iter().flat_map(|&draw| [at(0, draw), at(1, draw)]);
        let (mean, variance) = mean_and_variance(sample);
        let centre = if centring == Centring::Centred {
            mean
        } else {
            0.0
        };
        let mut terms = Vec::with_capacity(complete.len() * width(inputs));
        for &draw in &complete {
            let (a, b) = (at(0, draw), at(1, draw));
            terms.extend([a - mean, b - mean]);
            for input in 0..inputs {
                let change = at(2 + input, draw) - a;
                terms.extend([(b - centre) * change, change, change * change]);
            }
        }
        let (used, dropped) = (complete.len(), draws - complete.len());
        Ok(Target {
            inputs,
            draws: used,
            dropped,
            mean,
            variance,
            terms,
        })
    }

    /// The mean over A and B.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The variance (n − 1) over A and B.
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// Whether the target does not vary (but for rounding): all its indices are 0.
    pub fn is_constant(&self) -> bool {
        let rounding = 64.0 * f64::EPSILON * self.mean.abs();
        self.variance <= rounding * rounding
    }

    /// How many draws were left out because a run of theirs gave no value.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// The indices of every input.
    pub fn indices(&self) -> Vec<Index> {
        let sums = self.sums(0..self.draws);
        let draws = self.draws as f64;
        let index = |input: usize| {
            let place = OWN_TERMS + TERMS_PER_INPUT * input;
            Index {
                first: sums[place] / draws / self.variance,
                total: sums[place + 2] / (2.0 * draws * self.variance),
            }
        };
        match self.is_constant() {
            true => vec![Index::default(); self.inputs],
            false => (0..self.inputs).map(index).collect(),
        }
    }

    /// Percentile intervals of the indices of every input: draws are resampled whole, mean and
    /// variance with them ([`Centring::Centred`]).
    ///
    /// # Errors
    /// When the confidence does not lie between 0 and 1.
    pub fn intervals(
        &self,
        centring: Centring,
        bootstrap: &Bootstrap,
    ) -> Result<Vec<IndexInterval>, IndicesFault> {
        let confidence = bootstrap.confidence;
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(IndicesFault::Confidence(confidence.to_string()));
        }
        if self.is_constant() || bootstrap.resamples == 0 {
            return Ok(vec![IndexInterval::default(); self.inputs]);
        }
        let mut resampled = vec![Vec::with_capacity(bootstrap.resamples); 2 * self.inputs];
        let mut random = ChaCha8Rng::seed_from_u64(bootstrap.seed);
        let mut rows = vec![0; self.draws];
        for _ in 0..bootstrap.resamples {
            rows.iter_mut()
                .for_each(|row| *row = below(&mut random, self.draws as u32));
            let sums = self.sums(rows.iter().map(|&row| row as usize));
            for (input, index) in self.resampled(&sums, centring).enumerate() {
                resampled[2 * input].push(index.first);
                resampled[2 * input + 1].push(index.total);
            }
        }
        resampled
            .iter_mut()
            .for_each(|values| values.sort_by(f64::total_cmp));
        let tail = 0.5 * (1.0 - confidence);
        let ends = |values: &[f64]| (quantile(values, tail), quantile(values, 1.0 - tail));
        let interval = |pair: &[Vec<f64>]| IndexInterval {
            first: ends(&pair[0]),
            total: ends(&pair[1]),
        };
        Ok(resampled.chunks_exact(2).map(interval).collect())
    }

    /// The sum of every term over draws.
    fn sums(&self, draws: impl Iterator<Item = usize>) -> Vec<f64> {
        let width = width(self.inputs);
        // One more term, of squares of the first two, for the variance of a resample.
        let mut sums = vec![0.0; width + 1];
        for draw in draws {
            let terms = &self.terms[draw * width..(draw + 1) * width];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
            sums[width] += terms[0] * terms[0] + terms[1] * terms[1];
        }
        sums
    }

    /// The indices of a resample from its sums.
    fn resampled<'a>(
        &self,
        sums: &'a [f64],
        centring: Centring,
    ) -> impl Iterator<Item = Index> + 'a {
        let draws = self.draws as f64;
        let (shift, variance) = match centring {
            Centring::AsGiven => (0.0, self.variance),
            Centring::Centred => {
                let shift = (sums[0] + sums[1]) / (2.0 * draws);
                let squares = sums[width(self.inputs)] - 2.0 * draws * shift * shift;
                (shift, squares / (2.0 * draws - 1.0))
            }
        };
        // A resample of one draw, over and over, has no variance and shows nothing.
        let scale = if variance > 0.0 {
            1.0 / (draws * variance)
        } else {
            0.0
        };
        sums[OWN_TERMS..width(self.inputs)]
            .chunks_exact(TERMS_PER_INPUT)
            .map(move |terms| Index {
                first: (terms[0] - shift * terms[1]) * scale,
                total: 0.5 * terms[2] * scale,
            })
    }
}

fn width(inputs: usize) -> usize {
    OWN_TERMS + TERMS_PER_INPUT * inputs
}

fn mean_and_variance(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = crate::numbers::sum(values.clone()) / count;
    let squares = crate::numbers::sum(values.map(|value| (value - mean) * (value - mean)));
    (mean, squares / (count - 1.0))
}

/// A uniform whole number below `bound` ≥ 1, without bias: Lemire's multiplication with rejection
/// (ACM TOMACS 29(1), 2019, algorithm 5).
fn below(random: &mut ChaCha8Rng, bound: u32) -> u32 {
    loop {
        let product = u64::from(random.next_u32()) * u64::from(bound);
        if product as u32 >= bound.wrapping_neg() % bound {
            return (product >> 32) as u32;
        }
    }
}

#[cfg(test)]
mod tests;
