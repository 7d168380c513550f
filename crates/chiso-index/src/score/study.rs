//! Observations put before a study of the method: the engine with their values, and how they are
//! drawn from their errors.

use std::sync::Arc;

use super::Scoring;
use super::observed::Observed;
use super::sampling::{LeafErrors, Replicates, draw_leaves};
use crate::engine::{Plan, Runner};
use crate::pack::{Edition, Version};
use crate::rank_set::Normals;
use crate::sensitivity::{Results, Specification, Study, StudyFault, Subject};

impl Scoring<'_> {
    /// Runs a study on one edition, or on all of a version with observations; none where there are
    /// no observations. Observations that vary are drawn with their covariances where these are
    /// known, from the replicates of the sample where there are any.
    ///
    /// # Errors
    /// What does not fit the index, and when no run can be carried out.
    pub fn study(
        &self,
        version: &Arc<Version>,
        specification: &Specification,
        edition: Option<Edition>,
    ) -> Result<Option<Results>, StudyFault> {
        let Some((plan, observed)) = self.prepare(version)? else {
            return Ok(None);
        };
        let wanted = |place: &usize| {
            edition.is_none_or(|edition| plan.frame().editions()[*place].edition == edition)
        };
        let places: Vec<usize> = (0..plan.frame().editions().len()).filter(wanted).collect();
        if places.is_empty() {
            return Ok(None);
        }
        let Observed {
            leaves,
            standard_errors,
            ..
        } = observed;
        let runner = Runner::new(&plan, leaves);
        let seed = specification.seed;
        let errors = LeafErrors::new(&runner, &standard_errors, self.covariances);
        let rows = plan.frame().rows();
        let from_errors = |draw: u64, sample: &[f64], leaves: &mut [f64]| {
            draw_leaves(&errors, rows, sample, leaves, &mut normals(seed, draw));
        };
        let cells = self
            .replicates
            .map(|replicates| (replicates, replicates.leaf_cells(&plan)));
        let from_replicates = |draw: u64, sample: &[f64], leaves: &mut [f64]| {
            if let Some((replicates, cells)) = &cells {
                draw_replicates(replicates, cells, sample, leaves, &mut normals(seed, draw));
            }
        };
        let has_errors = standard_errors.iter().any(|error| *error > 0.0);
        let subject = Subject {
            runner: &runner,
            context: self.context,
            draw_leaves: match (self.replicates, has_errors) {
                (Some(_), _) => Some(&from_replicates),
                (None, true) => Some(&from_errors),
                (None, false) => None,
            },
        };
        Study::new(subject, specification)?.run(&places).map(Some)
    }
}

/// The normal numbers of a draw: draws share none, in whatever order they come.
fn normals(seed: u64, draw: u64) -> Normals {
    Normals::new(seed.wrapping_add((draw + 1) << 32))
}

/// x + Σᵣ √(factorᵣ)·zᵣ·(xᵣ − x): normal with exactly the covariance that the replicates estimate.
fn draw_replicates(
    replicates: &Replicates,
    cells: &[Option<usize>],
    sample: &[f64],
    leaves: &mut [f64],
    normals: &mut Normals,
) {
    leaves.copy_from_slice(sample);
    let rows = replicates.values.chunks_exact(cells.len().max(1));
    for ((factor, values), z) in replicates.factors.iter().zip(rows).zip(normals) {
        let size = factor.max(0.0).sqrt() * z;
        for (cell, value) in cells.iter().zip(values) {
            if let Some(cell) = cell.filter(|_| !value.is_nan()) {
                leaves[cell] += size * (value - sample[cell]);
            }
        }
    }
}

impl Replicates {
    /// Where each of its cells lies among the engine's leaves.
    fn leaf_cells(&self, plan: &Plan) -> Vec<Option<usize>> {
        let (frame, rows) = (plan.frame(), plan.frame().rows());
        let place = |&(edition, unit, node): &(Edition, usize, crate::NodeIndex)| {
            let edition = frame.editions().iter().position(|e| e.edition == edition)?;
            let row = frame.row(edition, self.units.get(unit)?)?;
            let slot = plan.leaves().iter().position(|leaf| *leaf == node)?;
            Some(slot * rows + row)
        };
        self.cells.iter().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_from_replicates_have_the_covariance_of_the_replicates() {
        let replicates = Replicates {
            units: Vec::new(),
            cells: Vec::new(),
            factors: vec![0.25, 1.0, 0.5],
            values: vec![3.0, 2.0, 1.0, 4.0, 2.0, 5.0],
            from_sample: true,
        };
        let (cells, sample) = ([Some(1), Some(0)], [1.0, 2.0, 7.0]);
        let (mut sums, draws) = ([0.0; 3], 20_000);
        for draw in 0..draws {
            let mut leaves = [0.0; 3];
            draw_replicates(
                &replicates,
                &cells,
                &sample,
                &mut leaves,
                &mut normals(1, draw),
            );
            assert_eq!(leaves[2], 7.0, "a cell without replicates stays");
            let (a, b) = (leaves[0] - 1.0, leaves[1] - 2.0);
            [a * a, b * b, a * b]
                .iter()
                .zip(&mut sums)
                .for_each(|(product, sum)| *sum += product);
        }
        // Changes from the sample: leaf 1 by 1, −1, 0; leaf 0 by 1, 3, 4.
        let expected = [0.25 + 9.0 + 8.0, 0.25 + 1.0, 0.25 - 3.0];
        for (sum, expected) in sums.iter().zip(expected) {
            let found = sum / draws as f64;
            assert!(
                (found - expected).abs() < 0.03 * expected.abs().max(4.0),
                "{found}"
            );
        }
    }
}
