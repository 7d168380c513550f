//! Observations put before a study of the method: the engine with their values, and how they are
//! drawn from their errors.

use std::sync::Arc;

use super::Scoring;
use super::observed::Observed;
use super::sampling::{LeafErrors, draw_leaves};
use crate::engine::Runner;
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
        let replicated = self.replicates.map(|replicates| {
            let places = replicates.leaf_cells(&plan);
            let centre = replicates.centre(&places, runner.leaves());
            (replicates, places, centre)
        });
        let from_replicates = |draw: u64, sample: &[f64], leaves: &mut [f64]| {
            leaves.copy_from_slice(sample);
            if let Some((replicates, places, centre)) = &replicated {
                replicates.draw(places, centre, leaves, &mut normals(seed, draw));
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
