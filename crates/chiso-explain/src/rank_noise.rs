//! How far ranks move between two editions by sampling noise alone, by simulation.

use chiso_index::numbers::{mean, percentile_linear, sorted, sum};
use chiso_index::rank_set::Normals;

/// The moves of ranks, and what noise alone would have moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankNoise {
    /// The sum over the units of how many places each moved.
    pub observed_places: u64,
    /// The mean of this sum when nothing but sampling differs between the editions.
    pub expected_places: f64,
    /// `expected / observed`: the share of the moves that noise alone would produce; above 1 where
    /// ranks moved less than noise moves them. None where no rank moved.
    pub share: Option<f64>,
    /// The range of the share over the draws at the confidence.
    pub share_interval: Option<(f64, f64)>,
    /// The simulation's own error of `expected_places`: sd/√draws.
    pub simulation_error: f64,
    /// The probability of at least the observed places by noise alone: `(1 + draws as far)/(1 +
    /// draws)`.
    pub p_value: f64,
    /// The number of draws.
    pub draws: usize,
    /// The seed of the draws.
    pub seed: u64,
}

/// One unit's scores and standard errors in the two editions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured {
    pub scores: [f64; 2],
    pub errors: [f64; 2],
}

/// Simulates both editions around the same true scores.
///
/// A unit's true score is taken to be the mean of its two scores weighted by their precision, the
/// shift of all units taken out, and drawn in towards the mean of all units so that the true scores
/// have the variance that is left without their sampling errors (T. A. Louis, *Estimating a
/// Population of Parameter Values Using Bayes and Empirical Bayes Methods*, 1984).
pub(crate) fn rank_noise(
    units: &[Measured],
    confidence: f64,
    draws: usize,
    seed: u64,
) -> Option<RankNoise> {
    let truth = truth(units)?;
    let mut normals = Normals::new(seed);
    let mut moved = Vec::with_capacity(draws);
    let mut drawn = vec![[0.0; 2]; units.len()];
    let mut ranking = Ranking::default();
    for _ in 0..draws {
        for ((drawn, unit), truth) in drawn.iter_mut().zip(units).zip(&truth) {
            let noise = |error: f64, normal: Option<f64>| error * normal.unwrap_or(0.0);
            *drawn = [
                truth + noise(unit.errors[0], normals.next()),
                truth + noise(unit.errors[1], normals.next()),
            ];
        }
        moved.push(ranking.places_moved(&drawn) as f64);
    }
    let scores: Vec<[f64; 2]> = units.iter().map(|unit| unit.scores).collect();
    let observed = ranking.places_moved(&scores);
    let expected = mean(&moved)?;
    let variance = sum(moved.iter().map(|m| (m - expected).powi(2))) / (draws - 1).max(1) as f64;
    let ascending = sorted(&moved);
    let tail = (1.0 - confidence) / 2.0;
    let ends =
        percentile_linear(&ascending, tail).zip(percentile_linear(&ascending, 1.0 - tail))?;
    let of_observed = |places: f64| places / observed as f64;
    let any = observed > 0;
    let as_far = moved
        .iter()
        .filter(|&&places| places >= observed as f64)
        .count();
    Some(RankNoise {
        observed_places: observed,
        expected_places: expected,
        share: any.then(|| of_observed(expected)),
        share_interval: any.then(|| (of_observed(ends.0), of_observed(ends.1))),
        simulation_error: (variance / draws as f64).sqrt(),
        p_value: (1 + as_far) as f64 / (1 + draws) as f64,
        draws,
        seed,
    })
}

fn truth(units: &[Measured]) -> Option<Vec<f64>> {
    let shift = mean(
        &units
            .iter()
            .map(|u| u.scores[1] - u.scores[0])
            .collect::<Vec<_>>(),
    )?;
    let pooled = |unit: &Measured| {
        let [v, w] = unit.errors.map(|error| error * error);
        let (first, second) = (unit.scores[0], unit.scores[1] - shift);
        match v + w > 0.0 {
            true => ((w * first + v * second) / (v + w), v * w / (v + w)),
            false => ((first + second) / 2.0, 0.0),
        }
    };
    let (scores, variances): (Vec<f64>, Vec<f64>) = units.iter().map(pooled).unzip();
    let centre = mean(&scores)?;
    let squares = sum(scores.iter().map(|score| (score - centre).powi(2)));
    let observed = squares / (units.len() - 1).max(1) as f64;
    let real = (observed - mean(&variances)?).max(0.0);
    let scale = if observed > 0.0 {
        (real / observed).sqrt()
    } else {
        0.0
    };
    Some(
        scores
            .iter()
            .map(|score| centre + scale * (score - centre))
            .collect(),
    )
}

/// Reused room for ranking.
#[derive(Default)]
struct Ranking {
    order: Vec<usize>,
    ranks: [Vec<u32>; 2],
}

impl Ranking {
    fn places_moved(&mut self, scores: &[[f64; 2]]) -> u64 {
        for edition in [0, 1] {
            self.rank(scores, edition);
        }
        let pairs = self.ranks[0].iter().zip(&self.ranks[1]);
        pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
    }

    /// Ranks from 1 for the best; equal scores share the better rank.
    fn rank(&mut self, scores: &[[f64; 2]], edition: usize) {
        self.order.clear();
        self.order.extend(0..scores.len());
        let score = |unit: usize| scores[unit][edition];
        self.order
            .sort_unstable_by(|&a, &b| score(b).total_cmp(&score(a)));
        let ranks = &mut self.ranks[edition];
        ranks.clear();
        ranks.resize(scores.len(), 0);
        for (place, &unit) in self.order.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| self.order[before]);
            ranks[unit] = match before {
                Some(before) if score(before) == score(unit) => ranks[before],
                _ => place as u32 + 1,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(scores: [f64; 2], error: f64) -> Measured {
        Measured {
            scores,
            errors: [error; 2],
        }
    }

    #[test]
    fn without_errors_noise_moves_no_rank() {
        let units = [[1.0, 3.0], [2.0, 1.0], [3.0, 2.0]].map(|scores| measured(scores, 0.0));
        let found = rank_noise(&units, 0.95, 50, 1).unwrap();
        // Ranks 3, 2, 1 become 1, 3, 2.
        assert_eq!(found.observed_places, 4);
        assert_eq!(found.simulation_error, 0.0);
        let alike = [[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]].map(|scores| measured(scores, 0.0));
        let found = rank_noise(&alike, 0.95, 50, 1).unwrap();
        assert_eq!(
            (found.observed_places, found.expected_places, found.share),
            (0, 0.0, None)
        );
    }

    #[test]
    fn two_equal_units_change_places_in_half_of_the_draws() {
        let units = [[1.0, 1.0], [1.0, 1.0]].map(|scores| measured(scores, 0.2));
        let found = rank_noise(&units, 0.95, 4_000, 7).unwrap();
        // Each draw moves both by one place, or none: in half of them, ± 4 errors of 4,000 draws.
        assert!((found.expected_places - 1.0).abs() < 4.0 * found.simulation_error);
        assert!((found.simulation_error - 1.0 / 4_000f64.sqrt()).abs() < 1e-4);
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let units = [[1.0, 3.0], [2.0, 1.0], [3.0, 2.0]].map(|scores| measured(scores, 0.4));
        let found = || rank_noise(&units, 0.9, 100, 3).unwrap();
        assert_eq!(found(), found());
    }
}
