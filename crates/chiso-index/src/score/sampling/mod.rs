//! The sampling error of observations carried through to scores, intervals, rank sets and group
//! probabilities.
//!
//! Three ways, the first that is possible: the replicates of the sample, each scored like the sample
//! itself; exact propagation, where the recipe is linear in a unit's own values; draws of all
//! observations from normal distributions with their standard errors, each scored. Observations of
//! different units are independent; those of different leaves of a unit have the covariance that came
//! with them, and without one are taken as independent. Replicates carry whatever dependence the
//! sample has.

mod leaves;
mod ranks;
mod replicates;

use super::scored::Scored;
use crate::engine::{Runner, StepFault};
use crate::observations::LeafCovariances;
use crate::pack::NodeIndex;
use crate::rank_set::Normals;

pub use ranks::Compared;
pub use replicates::Replicates;

pub(super) use leaves::{LeafErrors, draw_leaves};
use ranks::ranks_and_groups;

/// The usual confidence of intervals and rank sets.
pub(super) const CONFIDENCE: f64 = 0.95;

/// How errors are carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// The confidence of intervals and rank sets, between 0 and 1.
    pub confidence: f64,
    /// The number of draws for rank sets, group probabilities and recipes that are not linear.
    pub draws: usize,
    /// Their seed.
    pub seed: u64,
    /// Whether sets that hold for all units at once are computed, too.
    pub simultaneous: bool,
    /// For how many of the best and of the worst units sets are computed, if for any.
    pub tau: Option<usize>,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling {
            confidence: CONFIDENCE,
            draws: 1000,
            seed: 1,
            simultaneous: true,
            tau: None,
        }
    }
}

/// Student's quantile at a probability; the normal one where the degrees of freedom are infinite.
pub(super) fn student_quantile(probability: f64, degrees_of_freedom: f64) -> f64 {
    use chiso_survey::distribution::{normal_quantile, student_t_quantile};
    // Confidences are held inside (0, 1), and degrees of freedom above 0, where they are read.
    let quantile = match degrees_of_freedom.is_finite() {
        true => student_t_quantile(probability, degrees_of_freedom),
        false => normal_quantile(probability),
    };
    quantile.unwrap_or(f64::NAN)
}

/// How errors came about, for the provenance of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// From the replicates of the sample.
    Replicates,
    /// Exactly: the recipe is linear.
    Linear,
    /// From draws.
    Draws,
}

impl Carried {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Carried::Replicates => "from the replicates of the sample, each scored",
            Carried::Linear => "exact: the recipe is linear in each unit's own values",
            Carried::Draws => "from normal draws of all observations, each scored",
        }
    }
}

/// What is known of the errors of all nodes: by node, standard errors by row and, where scores of
/// different units depend on each other, draws of all rows.
struct NodeErrors {
    standard: Vec<Vec<f64>>,
    draws: Vec<Vec<f64>>,
}

/// What errors are carried from.
pub(super) struct Given<'a> {
    pub sampling: &'a Sampling,
    /// By leaf and row; NaN where there is none.
    pub leaf_errors: &'a [f64],
    pub covariances: Option<&'a LeafCovariances>,
    pub replicates: Option<&'a Replicates>,
}

/// Carries errors to the scores of a version's editions.
///
/// # Errors
/// A step that cannot be carried out on a replicate or a draw.
pub(super) fn carry(
    given: &Given<'_>,
    runner: &mut Runner,
    editions: &mut [Scored],
) -> Result<(), StepFault> {
    let some = given.leaf_errors.iter().any(|error| !error.is_nan());
    if !some && given.replicates.is_none() {
        return Ok(());
    }
    let leaf_errors = LeafErrors::new(runner, given.leaf_errors, given.covariances);
    let (errors, carried) = match given.replicates {
        Some(replicates) => {
            let standard = replicates.errors(runner, given.leaf_errors)?;
            let errors = NodeErrors {
                standard,
                draws: Vec::new(),
            };
            (errors, Carried::Replicates)
        }
        None if runner.is_linear() => (exact(runner, &leaf_errors), Carried::Linear),
        None => (
            from_draws(given.sampling, runner, &leaf_errors)?,
            Carried::Draws,
        ),
    };
    for (place, scored) in editions.iter_mut().enumerate() {
        scored.confidence = given.sampling.confidence;
        scored.carried = Some(carried);
        scored.know_degrees(given.covariances);
        let rows = runner.plan().frame().editions()[place].rows.clone();
        for node in scored.version.clone().tree.indices() {
            let cells = scored.cells(node);
            scored.standard_errors[cells].copy_from_slice(&errors.standard[node.0][rows.clone()]);
        }
        ranks_and_groups(
            given.sampling,
            &errors,
            runner.plan().frame().rows(),
            rows.start,
            scored,
        );
    }
    Ok(())
}

/// se² of a node = Σ effect² over independent changes of the leaves of one standard error each.
fn exact(runner: &Runner, errors: &LeafErrors<'_>) -> NodeErrors {
    let rows = runner.plan().frame().rows();
    let mut standard = vec![vec![0.0; rows]; runner.plan().version().tree.len()];
    for change in errors.directions(rows) {
        for (sums, effects) in standard.iter_mut().zip(runner.linear_effects(&change)) {
            sums.iter_mut()
                .zip(effects)
                .for_each(|(sum, effect)| *sum += effect * effect);
        }
    }
    for (node, sums) in standard.iter_mut().enumerate() {
        for (sum, score) in sums.iter_mut().zip(runner.column(NodeIndex(node))) {
            *sum = if score.is_nan() { f64::NAN } else { sum.sqrt() };
        }
    }
    NodeErrors {
        standard,
        draws: Vec::new(),
    }
}

/// A draw may leave what a recipe can compute (a value of zero or less under a geometric mean): such
/// draws are left out, as long as nine in ten can be scored.
fn from_draws(
    sampling: &Sampling,
    runner: &mut Runner,
    leaf_errors: &LeafErrors<'_>,
) -> Result<NodeErrors, StepFault> {
    const LEAST_SHARE: f64 = 0.9;
    let rows = runner.plan().frame().rows();
    let nodes = runner.plan().version().tree.len();
    let errors = leaf_errors.standard.iter();
    let known = known_nodes(runner, errors.map(|error| !error.is_nan()));
    let mut normals = Normals::new(sampling.seed);
    let mut draws = vec![Vec::with_capacity(sampling.draws * rows); nodes];
    let sample = runner.leaves().to_vec();
    let (mut scored, mut fault) = (0usize, None);
    for _ in 0..sampling.draws {
        draw_leaves(
            leaf_errors,
            rows,
            &sample,
            runner.leaves_mut(),
            &mut normals,
        );
        match runner.run() {
            Ok(()) => scored += 1,
            Err(failed) => {
                fault = Some(failed);
                continue;
            }
        }
        for (node, draws) in draws.iter_mut().enumerate() {
            draws.extend_from_slice(runner.column(NodeIndex(node)));
        }
    }
    runner.leaves_mut().copy_from_slice(&sample);
    runner.run()?;
    match fault {
        Some(fault) if (scored as f64) < LEAST_SHARE * sampling.draws as f64 => Err(StepFault {
            problem: format!(
                "{} (in {} of {} draws of the observations' errors)",
                fault.problem,
                sampling.draws - scored,
                sampling.draws
            ),
            ..fault
        }),
        _ => {
            let of_node = |(draws, known): (&Vec<f64>, &Vec<bool>)| deviations(draws, rows, known);
            let standard = draws.iter().zip(&known).map(of_node).collect();
            Ok(NodeErrors { standard, draws })
        }
    }
}

/// By node and row, whether the error of every leaf below that has a value is known; `known` says it
/// of the leaves, leaf by leaf and row by row.
fn known_nodes(runner: &Runner, known: impl Iterator<Item = bool>) -> Vec<Vec<bool>> {
    let plan = runner.plan();
    let (tree, rows) = (&plan.version().tree, plan.frame().rows());
    let cells = runner.leaves().iter().zip(known);
    let of_leaves: Vec<bool> = cells
        .map(|(value, known)| value.is_nan() || known)
        .collect();
    let mut nodes = vec![Vec::new(); tree.len()];
    for (slot, leaf) in plan.leaves().iter().enumerate() {
        nodes[leaf.0] = of_leaves[slot * rows..][..rows].to_vec();
    }
    for &node in tree.bottom_up().iter().filter(|node| !tree.is_leaf(**node)) {
        let parts = tree.children(node);
        nodes[node.0] = (0..rows)
            .map(|row| parts.iter().all(|part| nodes[part.0][row]))
            .collect();
    }
    nodes
}

/// The standard deviation of every row over draws, with divisor B − 1.
fn deviations(draws: &[f64], rows: usize, known: &[bool]) -> Vec<f64> {
    let times = draws.len() / rows.max(1);
    let of_row = |row: usize| {
        if !known[row] || times < 2 {
            return f64::NAN;
        }
        let values = || draws.iter().skip(row).step_by(rows);
        let mean = values().sum::<f64>() / times as f64;
        let squares: f64 = values().map(|value| (value - mean).powi(2)).sum();
        (squares / (times - 1) as f64).sqrt()
    };
    (0..rows).map(of_row).collect()
}
