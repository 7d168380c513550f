//! An edition of an index gathered from the engine for its audit.

use std::ops::Range;
use std::sync::Arc;

use super::availability::NotApplicable;
use super::strengths::competition_ranks;
use super::{AuditInput, WithoutLeaf};
use crate::engine::{Context, ContextProblem, Runner, StepFault};
use crate::pack::{Aggregate, Direction, Edition, NodeIndex, Version};
use crate::score::Scored;

/// One edition's columns, weights and context, ready to be audited.
///
/// Units without any value in the edition and units that a `screen` step leaves out are left aside:
/// they have no score that could be audited.
#[derive(Clone, Debug)]
pub struct Gathered {
    version: Arc<Version>,
    units: Vec<Arc<str>>,
    left_aside: usize,
    observed: Vec<Vec<f64>>,
    treated: Vec<Vec<f64>>,
    scores: Vec<Vec<f64>>,
    weights: Vec<f64>,
    not_applicable: NotApplicable,
    context: Vec<(String, Vec<f64>)>,
    without: Vec<WithoutLeaf>,
    rank_sets: Vec<Option<(u32, u32)>>,
}

/// Why an edition cannot be gathered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// A step of the recipe cannot be carried out.
    #[error(transparent)]
    Step(#[from] StepFault),
    /// A column of the context cannot be read.
    #[error(transparent)]
    Context(#[from] ContextProblem),
    /// The engine has no such edition.
    #[error("found no values of edition {found}; expected one of: {known}")]
    Edition {
        /// The edition.
        found: Edition,
        /// Those that there are.
        known: String,
    },
}

impl Gathered {
    /// Runs the recipe and gathers an edition, with what its ranks become without each leaf.
    ///
    /// Of the context those columns are taken that hold numbers only.
    ///
    /// # Errors
    /// A step that cannot be carried out, an edition without values.
    pub fn new(
        runner: &mut Runner,
        edition: Edition,
        context: &Context,
    ) -> Result<Gathered, GatherError> {
        runner.run()?;
        let frame = runner.plan().frame().clone();
        let place = frame
            .editions()
            .iter()
            .position(|rows| rows.edition == edition);
        let Some(place) = place else {
            let known = frame.editions().iter().map(|rows| rows.edition.to_string());
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(GatherError::Edition {
                found: edition,
                known,
            });
        };
        let of_edition = &frame.editions()[place];
        let numbers = context
            .columns()
            .iter()
            .filter(|name| context.is_numeric(name));
        let columns = numbers
            .map(|name| Ok((name.clone(), context.numbers(name, &frame)?)))
            .collect::<Result<Vec<_>, ContextProblem>>()?;
        let rows = rows_with_values(runner, of_edition.rows.clone());
        let pick = |column: &[f64]| -> Vec<f64> { rows.iter().map(|&row| column[row]).collect() };
        let version = runner.plan().version().clone();
        let first = of_edition.rows.start;
        Ok(Gathered {
            units: rows
                .iter()
                .map(|&row| of_edition.units[row - first].clone())
                .collect(),
            left_aside: of_edition.units.len() - rows.len(),
            observed: by_leaf(runner, |slot, _| pick(leaf_column(runner, slot))),
            treated: by_leaf(runner, |_, leaf| pick(before_normalisation(runner, leaf))),
            scores: version
                .tree
                .indices()
                .map(|node| pick(runner.column(node)))
                .collect(),
            weights: nominal_weights(&version, runner.weights(place)),
            not_applicable: not_applicable(runner, &rows),
            context: columns
                .into_iter()
                .map(|(name, column)| (name, pick(&column)))
                .collect(),
            without: without_each_leaf(runner, &rows)?,
            rank_sets: Vec::new(),
            version,
        })
    }

    /// The edition as the audit reads it.
    pub fn input(&self) -> AuditInput<'_> {
        AuditInput {
            tree: &self.version.tree,
            units: &self.units,
            observed: self.observed.iter().map(Vec::as_slice).collect(),
            treated: self.treated.iter().map(Vec::as_slice).collect(),
            scores: self.scores.iter().map(Vec::as_slice).collect(),
            weights: self.weights.clone(),
            not_applicable: self.not_applicable.clone(),
            context: self.context.clone(),
            without: self.without.clone(),
            rank_sets: self.rank_sets.clone(),
        }
    }

    /// Adds the rank sets of the edition's scores, where they have standard errors.
    pub fn add_rank_sets(&mut self, scored: &Scored) {
        if scored.carried().is_none() {
            return;
        }
        let set = |code: &Arc<str>| {
            let unit = scored.units.binary_search(code).ok()?;
            scored.rank_set(scored.root(), unit)
        };
        self.rank_sets = self.units.iter().map(set).collect();
    }

    /// How many units of the edition were left aside.
    pub fn left_aside(&self) -> usize {
        self.left_aside
    }
}

/// The rows of the edition in which a leaf was observed and that no step leaves out.
fn rows_with_values(runner: &Runner, rows: Range<usize>) -> Vec<usize> {
    let leaves = runner.plan().leaves().len();
    let excluded = runner.excluded();
    let is_observed =
        |row: &usize| (0..leaves).any(|slot| !leaf_column(runner, slot)[*row].is_nan());
    let is_kept = |row: &usize| excluded.get(*row).is_none_or(|excluded| !excluded);
    rows.filter(|row| is_observed(row) && is_kept(row))
        .collect()
}

/// The observed column of a leaf, by its place among the leaves.
fn leaf_column(runner: &Runner, slot: usize) -> &[f64] {
    let rows = runner.plan().frame().rows();
    &runner.leaves()[slot * rows..][..rows]
}

/// A column for each node, empty for nodes that are no leaves.
fn by_leaf(runner: &Runner, column: impl Fn(usize, NodeIndex) -> Vec<f64>) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::new(); runner.plan().version().tree.len()];
    for (slot, &leaf) in runner.plan().leaves().iter().enumerate() {
        columns[leaf.0] = column(slot, leaf);
    }
    columns
}

/// A leaf's values as the first `normalise` stage finds them; without one, as the recipe leaves them.
fn before_normalisation(runner: &Runner, leaf: NodeIndex) -> &[f64] {
    let stages = runner.plan().stages().iter().enumerate();
    let found = stages
        .filter(|(_, stage)| stage.action() == "normalise")
        .map(|(place, _)| runner.before(place, leaf))
        .find(|column| !column.is_empty());
    found.unwrap_or_else(|| runner.column(leaf))
}

/// What each node counts among its siblings on a common scale: its weight; where siblings are summed
/// and all have a range, the width of its range, for that is what it can add.
fn nominal_weights(version: &Version, weights: &[f64]) -> Vec<f64> {
    let mut nominal = weights.to_vec();
    for node in version.tree.indices() {
        let parts = version.tree.children(node);
        if !matches!(version.aggregation(node), Some((Aggregate::Sum, _, _))) {
            continue;
        }
        let width = |part: &NodeIndex| {
            version
                .score_range(*part)
                .map(|range| range.max - range.min)
        };
        let widths: Option<Vec<f64>> = parts.iter().map(width).collect();
        let widths = widths.unwrap_or_else(|| vec![1.0; parts.len()]);
        for (part, width) in parts.iter().zip(widths) {
            nominal[part.0] = width;
        }
    }
    nominal
}

fn not_applicable(runner: &Runner, rows: &[usize]) -> NotApplicable {
    let mut cells = NotApplicable::new();
    for &leaf in runner.plan().leaves() {
        let Some(flags) = runner.not_applicable(leaf) else {
            continue;
        };
        let exempt = rows.iter().enumerate().filter(|(_, row)| flags[**row]);
        cells.extend(exempt.map(|(place, _)| (leaf, place)));
    }
    cells
}

/// Mean |rank − rank without the leaf| over the rows, for each leaf; the runner is left as it was.
///
/// A leaf without which a step cannot be carried out has no figure.
fn without_each_leaf(runner: &mut Runner, rows: &[usize]) -> Result<Vec<WithoutLeaf>, StepFault> {
    let tree = &runner.plan().version().clone().tree;
    let ranks = |runner: &Runner| {
        let column = runner.column(tree.root());
        let scores: Vec<f64> = rows.iter().map(|&row| column[row]).collect();
        competition_ranks(&scores, Direction::Higher)
    };
    let nominal = ranks(runner);
    let mut shifts = Vec::new();
    for leaf in tree.leaves() {
        let mut dropped = vec![false; tree.len()];
        dropped[leaf.0] = true;
        runner.set_dropped(&dropped);
        let shift = runner
            .run()
            .map_or(f64::NAN, |()| mean_shift(&nominal, &ranks(runner)));
        shifts.push(WithoutLeaf {
            leaf,
            mean_rank_shift: shift,
        });
    }
    runner.set_dropped(&vec![false; tree.len()]);
    runner.run()?;
    Ok(shifts)
}

/// The mean of the places by which ranks differ, over rows that have both.
fn mean_shift(first: &[Option<u32>], second: &[Option<u32>]) -> f64 {
    let both = first
        .iter()
        .zip(second)
        .filter_map(|(a, b)| Some(a.as_ref()?.abs_diff(*b.as_ref()?)));
    let (count, sum) = both.fold((0u64, 0u64), |(n, sum), shift| {
        (n + 1, sum + u64::from(shift))
    });
    sum as f64 / count as f64
}
