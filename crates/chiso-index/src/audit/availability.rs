//! Which values are there: how many of a unit's are missing or zero, over any leaves.

use std::collections::BTreeSet;

use crate::pack::{NodeIndex, Tree};

/// How many of a unit's values are missing or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitAvailability {
    /// The values that a unit can have.
    pub values: usize,
    /// Those it lacks.
    pub missing: usize,
    /// Those that are zero.
    pub zeros: usize,
}

impl UnitAvailability {
    /// The share of values that are there.
    pub fn available_share(&self) -> f64 {
        share(self.values - self.missing, self.values)
    }

    /// The share of the values there that are not zero; NaN where none is there.
    pub fn nonzero_share(&self) -> f64 {
        let there = self.values - self.missing;
        share(there - self.zeros, there)
    }
}

/// Cells that have no value because none can be: the leaf and the row of each.
pub type NotApplicable = BTreeSet<(NodeIndex, usize)>;

/// Counts the values of each row over leaves (NaN is "no value"). What is not applicable is neither
/// there nor missing.
///
/// `columns` holds a column for each node of the tree; only those of `leaves` are read.
pub fn of_units(
    leaves: &[NodeIndex],
    columns: &[&[f64]],
    not_applicable: &NotApplicable,
) -> Vec<UnitAvailability> {
    let rows = leaves.first().map_or(0, |leaf| columns[leaf.0].len());
    let start = UnitAvailability {
        values: leaves.len(),
        missing: 0,
        zeros: 0,
    };
    let mut units = vec![start; rows];
    for &leaf in leaves {
        for (row, (unit, value)) in units.iter_mut().zip(columns[leaf.0]).enumerate() {
            if value.is_nan() && not_applicable.contains(&(leaf, row)) {
                unit.values -= 1;
            } else {
                unit.missing += usize::from(value.is_nan());
                unit.zeros += usize::from(*value == 0.0);
            }
        }
    }
    units
}

/// The leaves below a node, in the order of the file.
pub fn leaves_below(tree: &Tree, node: NodeIndex) -> Vec<NodeIndex> {
    let is_below = |leaf: &NodeIndex| {
        let mut place = Some(*leaf);
        while let Some(at) = place {
            if at == node {
                return true;
            }
            place = tree.node(at).parent;
        }
        false
    };
    tree.leaves().filter(is_below).collect()
}

/// `part / whole`; NaN of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_zero_and_not_applicable_are_three_different_things() {
        let leaves = [NodeIndex(0), NodeIndex(1), NodeIndex(2)];
        let columns: [&[f64]; 3] = [&[0.0, f64::NAN], &[3.0, f64::NAN], &[0.0, f64::NAN]];
        let units = of_units(&leaves, &columns, &NotApplicable::from([(NodeIndex(1), 1)]));
        assert_eq!(
            units[0],
            UnitAvailability {
                values: 3,
                missing: 0,
                zeros: 2
            }
        );
        assert_eq!(units[0].nonzero_share(), 1.0 / 3.0);
        assert_eq!(
            units[1],
            UnitAvailability {
                values: 2,
                missing: 2,
                zeros: 0
            }
        );
        assert_eq!(units[1].available_share(), 0.0);
        assert!(units[1].nonzero_share().is_nan());
    }
}
