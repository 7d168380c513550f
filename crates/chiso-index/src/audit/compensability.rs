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

#[cfg(test)]
mod tests {
    use super::super::tests::{two_branches, weights_of};
    use super::*;

    #[test]
    fn a_unit_with_one_deep_weakness_falls_where_weaknesses_are_not_made_up_for() {
        let tree = two_branches();
        let (even, uneven) = ([50.0, 60.0, 0.0, 100.0], [50.0, 60.0, 100.0, 0.0]);
        let empty: &[f64] = &[f64::NAN; 4];
        let scores: Vec<&[f64]> = vec![empty, empty, empty, &even, &even, &uneven, &uneven];
        let pairs = rank_pairs(&tree, &scores, &weights_of(&tree));
        let [first, second, third, fourth] = pairs.as_slice() else {
            panic!("four units")
        };
        assert_eq!(
            *second,
            Some(RankPair {
                arithmetic: 1,
                geometric: 1
            })
        );
        assert_eq!(first.map(|pair| pair.geometric), Some(2));
        assert!(first.is_some_and(|pair| pair.shift() <= 2));
        assert_eq!(third.map(|pair| pair.geometric), Some(3));
        assert_eq!(fourth.map(|pair| pair.geometric), Some(3));
    }

    #[test]
    fn a_unit_without_values_has_no_ranks_and_a_leaf_without_differences_none_to_give() {
        let tree = two_branches();
        let nothing: &[f64] = &[f64::NAN; 3];
        let scored = [1.0, 2.0, f64::NAN];
        let same_but_last = [5.0, 5.0, f64::NAN];
        let scores: Vec<&[f64]> = vec![
            nothing,
            nothing,
            nothing,
            &scored,
            &same_but_last,
            nothing,
            nothing,
        ];
        let pairs = rank_pairs(&tree, &scores, &weights_of(&tree));
        assert_eq!(
            pairs[0],
            Some(RankPair {
                arithmetic: 2,
                geometric: 2
            })
        );
        assert_eq!(
            pairs[1],
            Some(RankPair {
                arithmetic: 1,
                geometric: 1
            })
        );
        assert_eq!(pairs[2], None);
    }
}
