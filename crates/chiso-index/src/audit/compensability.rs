//! Compensability: how far ranks move when a strength may not make up for a weakness.

use super::strengths::competition_ranks;
use crate::pack::{Direction, NodeIndex, Tree};

/// A unit's rank by arithmetic and by geometric means of the same leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankPair {
    /// By arithmetic means.
    pub arithmetic: u32,
    /// By geometric means.
    pub geometric: u32,
}

impl RankPair {
    /// How many places the rank moves.
    pub fn shift(&self) -> u32 {
        self.arithmetic.abs_diff(self.geometric)
    }
}

/// Ranks every unit twice: leaves are put on 1–100 from the least to the greatest score, then each
/// node is the weighted mean Σwx/Σw of its parts, once arithmetic and once geometric (exp of the mean
/// of logarithms), from the leaves to the root. A part without a value is left out of its node's
/// mean; a leaf without differences is left out altogether. None for a unit without any value.
///
/// `scores` holds a column for each node, of which more is better; only those of leaves are read.
/// `weights` are nominal: what a node counts among its siblings on a common scale.
pub fn rank_pairs(tree: &Tree, scores: &[&[f64]], weights: &[f64]) -> Vec<Option<RankPair>> {
    let ranks = |scale: fn(f64) -> f64| {
        let columns = aggregated(tree, scores, weights, scale);
        competition_ranks(&columns[tree.root().0], Direction::Higher)
    };
    // A mean of logarithms has the order of the geometric mean, at every level.
    let (arithmetic, geometric) = (ranks(|x| x), ranks(f64::ln));
    let both = arithmetic.into_iter().zip(geometric);
    both.map(|(a, g)| {
        Some(RankPair {
            arithmetic: a?,
            geometric: g?,
        })
    })
    .collect()
}

fn aggregated(
    tree: &Tree,
    scores: &[&[f64]],
    weights: &[f64],
    scale: fn(f64) -> f64,
) -> Vec<Vec<f64>> {
    let rows = scores[tree.root().0].len();
    let mut columns = vec![Vec::new(); tree.len()];
    for &node in tree.bottom_up() {
        columns[node.0] = if tree.is_leaf(node) {
            from_1_to_100(scores[node.0], scale)
        } else {
            mean_of_parts(tree.children(node), &columns, weights, rows)
        };
    }
    columns
}

/// The scores from 1 for the least to 100 for the greatest, then on another scale; no value anywhere
/// where they are all the same.
fn from_1_to_100(scores: &[f64], scale: fn(f64) -> f64) -> Vec<f64> {
    let (least, greatest) = scores
        .iter()
        .filter(|score| !score.is_nan())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &score| {
            (low.min(score), high.max(score))
        });
    if least >= greatest {
        return vec![f64::NAN; scores.len()];
    }
    scores
        .iter()
        .map(|score| scale(1.0 + 99.0 * (score - least) / (greatest - least)))
        .collect()
}

fn mean_of_parts(
    parts: &[NodeIndex],
    columns: &[Vec<f64>],
    weights: &[f64],
    rows: usize,
) -> Vec<f64> {
    let (mut sums, mut shares) = (vec![0.0; rows], vec![0.0; rows]);
    for part in parts {
        let weight = weights[part.0];
        for ((sum, share), value) in sums.iter_mut().zip(&mut shares).zip(&columns[part.0]) {
            if !value.is_nan() {
                *sum += weight * value;
                *share += weight;
            }
        }
    }
    // Where nothing is there 0/0 gives NaN, which is "no value".
    sums.iter()
        .zip(&shares)
        .map(|(sum, share)| sum / share)
        .collect()
}
