//! The sampling error of observations carried through to scores, intervals, rank sets and group
//! probabilities.
//!
//! Three ways, the first that is possible: the replicates of the sample, each scored like the sample
//! itself; exact propagation, where the recipe is linear in a unit's own values; draws of all
//! observations from normal distributions with their standard errors, each scored. Observations of
//! different units are independent; so are those of different leaves of a unit, except in the
//! replicates, which carry whatever dependence the sample has.

use std::sync::Arc;

use super::group::Grouping;
use super::scored::Scored;
use crate::engine::{Runner, StepFault};
use crate::observations::{LeafCovariances, Observations};
use crate::pack::{Edition, NodeIndex};
use crate::rank_set::{
    self, DifferentPairs, Errors, Estimates, GroupProbabilities, Normals, RankSet, RankSetOptions,
};

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

/// Observations of every replicate of a sample: the variance of any statistic θ of them is
/// Σ factor·(θ of the replicate − θ of the sample)².
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replicates {
    /// The codes of the units.
    pub units: Vec<Arc<str>>,
    /// The cells that vary: edition, unit as a place in `units`, leaf.
    pub cells: Vec<(Edition, usize, NodeIndex)>,
    /// A factor per replicate.
    pub factors: Vec<f64>,
    /// A value per replicate and cell, replicate after replicate.
    pub values: Vec<f64>,
}

/// The normal quantile at a probability.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    // Confidences are held inside (0, 1) where they are read.
    chiso_survey::distribution::normal_quantile(probability).unwrap_or(f64::NAN)
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

/// The errors of the leaves on the engine's rows.
pub(super) struct LeafErrors<'a> {
    /// Standard errors by leaf and row; NaN where there is none.
    standard: &'a [f64],
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
    pub(super) fn new(
        runner: &Runner,
        standard: &'a [f64],
        covariances: Option<&LeafCovariances>,
    ) -> Self {
        let plan = runner.plan();
        let frame = plan.frame();
        let mut factors = Vec::new();
        for ((edition, unit), (nodes, matrix)) in covariances.into_iter().flat_map(|c| &c.units) {
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
    fn directions(&self, rows: usize) -> Vec<Vec<f64>> {
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
        Some(replicates) => (from_replicates(replicates, runner)?, Carried::Replicates),
        None if runner.is_linear() => (exact(runner, &leaf_errors), Carried::Linear),
        None => (
            from_draws(given.sampling, runner, &leaf_errors)?,
            Carried::Draws,
        ),
    };
    for (place, scored) in editions.iter_mut().enumerate() {
        scored.confidence = given.sampling.confidence;
        scored.carried = Some(carried);
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

/// Runs the engine on changed leaves, over and over, and puts the sample's leaves back.
fn rerun(
    runner: &mut Runner,
    times: usize,
    mut change: impl FnMut(usize, &[f64], &mut [f64]),
    mut take: impl FnMut(usize, &Runner),
) -> Result<(), StepFault> {
    let sample = runner.leaves().to_vec();
    let mut done = Ok(());
    for time in 0..times {
        change(time, &sample, runner.leaves_mut());
        done = runner.run();
        if done.is_err() {
            break;
        }
        take(time, runner);
    }
    runner.leaves_mut().copy_from_slice(&sample);
    done.and(runner.run())
}

fn from_replicates(replicates: &Replicates, runner: &mut Runner) -> Result<NodeErrors, StepFault> {
    let frame = runner.plan().frame().clone();
    let rows = frame.rows();
    let leaves = runner.plan().leaves().to_vec();
    let edition = |wanted: Edition| frame.editions().iter().position(|e| e.edition == wanted);
    let place = |&(of, unit, node): &(Edition, usize, NodeIndex)| {
        let row = frame.row(edition(of)?, &replicates.units[unit])?;
        let slot = leaves.iter().position(|leaf| *leaf == node)?;
        Some(slot * rows + row)
    };
    let places: Vec<Option<usize>> = replicates.cells.iter().map(place).collect();
    let nodes = runner.plan().version().tree.len();
    let centre: Vec<Vec<f64>> = (0..nodes)
        .map(|n| runner.column(NodeIndex(n)).to_vec())
        .collect();
    let mut standard = vec![vec![0.0; rows]; nodes];
    let width = replicates.cells.len();
    rerun(
        runner,
        replicates.factors.len(),
        |time, _, leaves| {
            let values = &replicates.values[time * width..][..width];
            for (place, value) in places.iter().zip(values) {
                if let Some(place) = place {
                    leaves[*place] = *value;
                }
            }
        },
        |time, runner| {
            for (node, sums) in standard.iter_mut().enumerate() {
                let column = runner.column(NodeIndex(node)).iter().zip(&centre[node]);
                for (sum, (value, centre)) in sums.iter_mut().zip(column) {
                    *sum += replicates.factors[time] * (value - centre).powi(2);
                }
            }
        },
    )?;
    standard
        .iter_mut()
        .flatten()
        .for_each(|variance| *variance = variance.sqrt());
    Ok(NodeErrors {
        standard,
        draws: Vec::new(),
    })
}

fn from_draws(
    sampling: &Sampling,
    runner: &mut Runner,
    leaf_errors: &LeafErrors<'_>,
) -> Result<NodeErrors, StepFault> {
    let rows = runner.plan().frame().rows();
    let nodes = runner.plan().version().tree.len();
    let known = known_errors(runner, leaf_errors.standard);
    let mut normals = Normals::new(sampling.seed);
    let mut draws = vec![Vec::with_capacity(sampling.draws * rows); nodes];
    rerun(
        runner,
        sampling.draws,
        |_, sample, leaves| {
            draw_leaves(leaf_errors, rows, sample, leaves, &mut normals);
        },
        |_, runner| {
            for (node, draws) in draws.iter_mut().enumerate() {
                draws.extend_from_slice(runner.column(NodeIndex(node)));
            }
        },
    )?;
    let standard = draws
        .iter()
        .zip(&known)
        .map(|(draws, known)| deviations(draws, rows, known))
        .collect();
    Ok(NodeErrors { standard, draws })
}

/// All leaves drawn once: x + se·z, or x + Lz for a unit with a covariance.
pub(super) fn draw_leaves(
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

/// By node and row, whether every leaf below with a value has an error.
fn known_errors(runner: &Runner, leaf_errors: &[f64]) -> Vec<Vec<bool>> {
    let plan = runner.plan();
    let (tree, rows) = (&plan.version().tree, plan.frame().rows());
    let mut known = vec![vec![true; rows]; tree.len()];
    for (slot, leaf) in plan.leaves().iter().enumerate() {
        for row in 0..rows {
            let cell = slot * rows + row;
            known[leaf.0][row] = runner.leaves()[cell].is_nan() || !leaf_errors[cell].is_nan();
        }
    }
    for &node in tree.bottom_up().iter().filter(|node| !tree.is_leaf(**node)) {
        for row in 0..rows {
            known[node.0][row] = tree.children(node).iter().all(|part| known[part.0][row]);
        }
    }
    known
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

/// Rank sets and group probabilities of every node at which each score has an error.
fn ranks_and_groups(
    sampling: &Sampling,
    errors: &NodeErrors,
    all_rows: usize,
    first_row: usize,
    scored: &mut Scored,
) {
    let units = scored.units.len();
    let names = scored
        .version
        .group
        .as_ref()
        .map_or(0, |group| group.names.len());
    scored.group_probabilities = vec![f64::NAN; scored.scores.len() * names];
    for node in scored.version.clone().tree.indices() {
        let cells = scored.cells(node);
        let (scores, standard) = (
            &scored.scores[cells.clone()],
            &scored.standard_errors[cells],
        );
        let known = |(score, error): (&f64, &f64)| score.is_nan() || !error.is_nan();
        if scores.iter().all(|score| score.is_nan()) || !scores.iter().zip(standard).all(known) {
            continue;
        }
        let drawn: Option<Vec<f64>> = errors.draws.get(node.0).map(|draws| {
            draws
                .chunks(all_rows)
                .flat_map(|draw| &draw[first_row..first_row + units])
                .copied()
                .collect()
        });
        let options = RankSetOptions {
            confidence: sampling.confidence,
            draws: sampling.draws,
            // Nodes share no draws: what happens at one says nothing of another.
            seed: sampling.seed.wrapping_add((node.0 as u64 + 1) << 32),
            step_down: true,
        };
        let errors = match &drawn {
            Some(draws) => Errors::Draws { draws },
            None => Errors::Independent(standard),
        };
        let estimates = Estimates { scores, errors };
        let mut found = Found::default();
        found.marginal = rank_set::marginal(&estimates, &options).unwrap_or_default();
        if sampling.simultaneous && !scored.version.tree.is_leaf(node) {
            found.pairs = rank_set::different_pairs(&estimates, &options).ok();
        }
        if let Some(tau) = sampling.tau.filter(|_| node == scored.root()) {
            let pairs = found.pairs.as_ref();
            found.best = pairs
                .and_then(|pairs| pairs.best(tau).ok())
                .unwrap_or_default();
            found.worst = pairs
                .and_then(|pairs| pairs.worst(tau).ok())
                .unwrap_or_default();
        }
        found.groups = Grouping::of(scored, node).and_then(|mut grouping| {
            let own = || rank_set::score_draws(&estimates, &options).ok();
            let draws = drawn.clone().or_else(own)?;
            let names = grouping.names();
            let assign = |scores: &[f64], out: &mut [Option<usize>]| grouping.assign(scores, out);
            rank_set::group_probabilities(&draws, units, names, assign).ok()
        });
        found.keep(node, names, scored);
    }
}

/// What errors say of one node.
#[derive(Default)]
struct Found {
    marginal: Vec<Option<RankSet>>,
    pairs: Option<DifferentPairs>,
    best: Vec<bool>,
    worst: Vec<bool>,
    groups: Option<GroupProbabilities>,
}

impl Found {
    fn keep(self, node: NodeIndex, names: usize, scored: &mut Scored) {
        let first = scored.cell(node, 0);
        // Numbers of units are far below this limit.
        let rank = |rank: usize| u32::try_from(rank).unwrap_or(u32::MAX);
        let ends = |set: RankSet| (rank(set.low), rank(set.high));
        for (unit, set) in self.marginal.iter().enumerate() {
            scored.rank_sets[first + unit] = set.map_or((0, 0), ends);
        }
        if let Some(pairs) = &self.pairs {
            for (unit, set) in pairs.rank_sets().into_iter().enumerate() {
                scored.simultaneous_rank_sets[first + unit] = set.map_or((0, 0), ends);
            }
        }
        if let Some(groups) = self.groups {
            for unit in 0..scored.units.len() {
                let start = (first + unit) * names;
                if let Some(all) = groups.of(unit) {
                    scored.group_probabilities[start..start + names].copy_from_slice(all);
                }
            }
        }
        if node == scored.root()
            && let Some(pairs) = self.pairs
        {
            scored.compared = Some(Compared {
                pairs,
                best: self.best,
                worst: self.worst,
            });
        }
    }
}

/// What the errors say of the units at the root, all statements together.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pairs: DifferentPairs,
    best: Vec<bool>,
    worst: Vec<bool>,
}

impl Compared {
    /// Whether two units truly differ, at a confidence that holds for all pairs at once.
    pub fn are_different(&self, unit: usize, other: usize) -> bool {
        self.pairs.is_better(unit, other) || self.pairs.is_better(other, unit)
    }

    /// How many pairs truly differ, of how many.
    pub fn different(&self) -> (usize, usize) {
        let units = self.pairs.scored();
        (
            self.pairs.iter().count(),
            units * units.saturating_sub(1) / 2,
        )
    }

    /// Whether a unit may be among the τ best; none where no τ was asked for.
    pub fn may_be_among_best(&self, unit: usize) -> Option<bool> {
        self.best.get(unit).copied()
    }

    /// Whether a unit may be among the τ worst; none where no τ was asked for.
    pub fn may_be_among_worst(&self, unit: usize) -> Option<bool> {
        self.worst.get(unit).copied()
    }
}

impl Replicates {
    /// Whether the replicates and factors fit each other and the cells.
    pub fn is_sound(&self) -> bool {
        self.values.len() == self.cells.len() * self.factors.len()
    }

    /// The cells of observations, in their order; those of replicates follow it.
    pub fn cells_of(observations: &Observations) -> Vec<(Edition, usize, NodeIndex)> {
        observations
            .rows()
            .iter()
            .map(|row| (row.edition, row.unit, row.node))
            .collect()
    }
}
