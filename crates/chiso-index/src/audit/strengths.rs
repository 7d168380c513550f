//! Ranks of one column, and the leaves in which a unit stands highest and lowest.

use crate::pack::{Direction, NodeIndex};

/// Ranks from 1 for the best, equal values sharing the best of theirs (1, 2, 2, 4); none where there
/// is no value.
pub fn competition_ranks(values: &[f64], direction: Direction) -> Vec<Option<u32>> {
    ranks_within(values, direction, |_| Some(0u32))
}

/// Ranks as [`competition_ranks`] among the rows of the same group; none for rows without a group.
pub fn ranks_within<G: Ord + Copy>(
    values: &[f64],
    direction: Direction,
    group: impl Fn(usize) -> Option<G>,
) -> Vec<Option<u32>> {
    let mut rows: Vec<(G, usize)> = (0..values.len())
        .filter(|&row| !values[row].is_nan())
        .filter_map(|row| group(row).map(|group| (group, row)))
        .collect();
    rows.sort_by(|a, b| {
        let by_value = match direction {
            Direction::Higher => values[b.1].total_cmp(&values[a.1]),
            Direction::Lower => values[a.1].total_cmp(&values[b.1]),
        };
        a.0.cmp(&b.0).then(by_value)
    });
    let mut ranks = vec![None; values.len()];
    for block in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut place = 1;
        for tied in block.chunk_by(|a, b| values[a.1] == values[b.1]) {
            tied.iter().for_each(|&(_, row)| ranks[row] = Some(place));
            place += tied.len() as u32;
        }
    }
    ranks
}

/// A leaf in which a unit stands high or low.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The leaf.
    pub leaf: NodeIndex,
    /// The unit's rank in it.
    pub rank: u32,
    /// The unit's value in it.
    pub value: f64,
}

/// A leaf's column with the rank of each of its rows.
pub struct RankedLeaf<'a> {
    leaf: NodeIndex,
    values: &'a [f64],
    ranks: Vec<Option<u32>>,
    last: Option<u32>,
}

impl<'a> RankedLeaf<'a> {
    /// Ranks the units in a leaf.
    pub fn new(leaf: NodeIndex, values: &'a [f64], direction: Direction) -> Self {
        let ranks = competition_ranks(values, direction);
        let last = ranks.iter().flatten().max().copied();
        RankedLeaf {
            leaf,
            values,
            ranks,
            last,
        }
    }
}

/// The `most` leaves in which the unit of a row ranks best, best first, and the `most` in which it
/// ranks worst, worst last.
///
/// Leaves where the unit shares the last rank are left out, as COINr does by default: where many
/// units have the least value, the last rank is a high number that says little. Equal ranks stay in
/// the order of `leaves`.
pub fn strengths_and_weaknesses(
    leaves: &[RankedLeaf<'_>],
    row: usize,
    most: usize,
) -> (Vec<Standing>, Vec<Standing>) {
    let mut standings: Vec<Standing> = leaves
        .iter()
        .filter(|leaf| leaf.ranks[row] != leaf.last)
        .filter_map(|leaf| {
            let (leaf_index, value) = (leaf.leaf, leaf.values[row]);
            leaf.ranks[row].map(|rank| Standing {
                leaf: leaf_index,
                rank,
                value,
            })
        })
        .collect();
    standings.sort_by_key(|standing| standing.rank);
    let strengths = standings.iter().take(most).copied().collect();
    let weaknesses = standings[standings.len().saturating_sub(most)..].to_vec();
    (strengths, weaknesses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_the_best_rank_and_missing_ones_have_none() {
        let values = [3.0, 5.0, f64::NAN, 3.0, 1.0];
        assert_eq!(
            competition_ranks(&values, Direction::Higher),
            [Some(2), Some(1), None, Some(2), Some(4)]
        );
        assert_eq!(
            competition_ranks(&values, Direction::Lower),
            [Some(2), Some(4), None, Some(2), Some(1)]
        );
    }

    #[test]
    fn ranks_within_groups_begin_at_one_in_each() {
        let groups = [Some('a'), Some('b'), Some('a'), None];
        let ranks = ranks_within(&[1.0, 2.0, 3.0, 9.0], Direction::Higher, |row| groups[row]);
        assert_eq!(ranks, [Some(2), Some(1), Some(1), None]);
    }

    #[test]
    fn the_last_rank_is_no_weakness_and_no_strength() {
        let columns = [[1.0, 0.0, 0.0], [1.0, 2.0, 3.0]];
        let leaves: Vec<RankedLeaf<'_>> = columns
            .iter()
            .enumerate()
            .map(|(i, values)| RankedLeaf::new(NodeIndex(i), values, Direction::Higher))
            .collect();
        let (strengths, weaknesses) = strengths_and_weaknesses(&leaves, 1, 5);
        assert_eq!(
            strengths,
            [Standing {
                leaf: NodeIndex(1),
                rank: 2,
                value: 2.0
            }]
        );
        assert_eq!(strengths, weaknesses);
    }
}
