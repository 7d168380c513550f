//! The errors of the leaves on the engine's rows, and what moves with them.

use crate::engine::Runner;
use crate::observations::LeafCovariances;
use crate::rank_set::{self, Normals};

/// The errors of the leaves on the engine's rows.
pub(in crate::score) struct LeafErrors<'a> {
    /// Standard errors by leaf and row; NaN where there is none.
    pub(in crate::score) standard: &'a [f64],
    /// Units with a covariance: the row, the slots of its leaves, and the factor L of Σ = LLᵀ, row
    /// by row with the given number of columns.
    factors: Vec<RowFactor>,
}

struct RowFactor {
    row: usize,
    slots: Vec<usize>,
    loads: Vec<f64>,
    rank: usize,
}

impl<'a> LeafErrors<'a> {
    pub(in crate::score) fn new(
        runner: &Runner,
        standard: &'a [f64],
        covariances: Option<&LeafCovariances>,
    ) -> Self {
        let plan = runner.plan();
        let frame = plan.frame();
        let mut factors = Vec::new();
        for ((edition, unit), covariance) in covariances.into_iter().flat_map(|c| &c.units) {
            let (nodes, matrix) = (&covariance.nodes, &covariance.matrix);
            let place = frame.editions().iter().position(|e| e.edition == *edition);
            let Some(row) = place.and_then(|place| frame.row(place, unit)) else {
                continue;
            };
            let slot = |node| plan.leaves().iter().position(|leaf| leaf == node);
            let Some(slots) = nodes.iter().map(slot).collect::<Option<Vec<usize>>>() else {
                continue;
            };
            // What is no covariance matrix was refused where it was read.
            let Ok(factor) = rank_set::root_of(matrix, nodes.len()) else {
                continue;
            };
            let (loads, rank) = (factor.loads, factor.rank);
            factors.push(RowFactor {
                row,
                slots,
                loads,
                rank,
            });
        }
        LeafErrors { standard, factors }
    }

    /// Changes of the leaves whose effects, squared and added, are variances: a column of every
    /// factor at a time, and leaves without covariance one by one.
    pub(in crate::score) fn directions(&self, rows: usize) -> Vec<Vec<f64>> {
        let leaves = self.standard.len() / rows.max(1);
        let mut alone = vec![true; self.standard.len()];
        for of_row in &self.factors {
            of_row
                .slots
                .iter()
                .for_each(|slot| alone[slot * rows + of_row.row] = false);
        }
        let most = self
            .factors
            .iter()
            .map(|of_row| of_row.rank)
            .max()
            .unwrap_or(0);
        let mut directions = Vec::with_capacity(most + leaves);
        for column in 0..most {
            let mut change = vec![0.0; self.standard.len()];
            for of_row in self.factors.iter().filter(|of_row| column < of_row.rank) {
                for (place, slot) in of_row.slots.iter().enumerate() {
                    change[slot * rows + of_row.row] = of_row.loads[place * of_row.rank + column];
                }
            }
            directions.push(change);
        }
        for leaf in 0..leaves {
            let of_leaf = leaf * rows..(leaf + 1) * rows;
            if alone[of_leaf.clone()].contains(&true) {
                let mut change = vec![0.0; self.standard.len()];
                for cell in of_leaf.filter(|cell| alone[*cell]) {
                    change[cell] = self.standard[cell];
                }
                directions.push(change);
            }
        }
        directions
    }
}

/// All leaves drawn once: x + se·z, or x + Lz for a unit with a covariance.
pub(in crate::score) fn draw_leaves(
    errors: &LeafErrors<'_>,
    rows: usize,
    sample: &[f64],
    leaves: &mut [f64],
    normals: &mut Normals,
) {
    for ((leaf, value), error) in leaves.iter_mut().zip(sample).zip(errors.standard) {
        let drawn = *error > 0.0 && !value.is_nan();
        *leaf = if drawn {
            value + error * normals.next().unwrap_or(0.0)
        } else {
            *value
        };
    }
    for of_row in &errors.factors {
        let z: Vec<f64> = normals.take(of_row.rank).collect();
        for (place, slot) in of_row.slots.iter().enumerate() {
            let loads = &of_row.loads[place * of_row.rank..][..of_row.rank];
            let cell = slot * rows + of_row.row;
            leaves[cell] = sample[cell] + loads.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>();
        }
    }
}
