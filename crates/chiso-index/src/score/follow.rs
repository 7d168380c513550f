//! What follows from the engine's columns: flags, coverage and maxima of every node, then ranks and
//! groups.

use std::sync::Arc;

use super::combine::combine;
use super::scored::{Flags, Scored};
use super::{group, rank};
use crate::engine::Runner;
use crate::pack::{NodeIndex, Version};

/// An edition of a runner that has run, by the edition's place in the frame.
pub(super) fn scored(
    runner: &Runner,
    place: usize,
    counts: &[Option<u64>],
    derived: &[bool],
) -> Scored {
    let frame = runner.plan().frame();
    let edition = &frame.editions()[place];
    let version = version_used(runner, place);
    let mut scored = Scored::empty(version.clone(), edition.edition, edition.units.clone());
    let all_rows = frame.rows();
    for node in version.tree.indices() {
        let cells = scored.cells(node);
        scored.scores[cells].copy_from_slice(&runner.column(node)[edition.rows.clone()]);
    }
    for (slot, &leaf) in runner.plan().leaves().iter().enumerate() {
        let of_leaf = slot * all_rows + edition.rows.start;
        for unit in 0..scored.units.len() {
            let cell = scored.cell(leaf, unit);
            scored.counts[cell] = counts[of_leaf + unit];
            let observed = runner.leaves()[of_leaf + unit];
            let row = edition.rows.start + unit;
            let applies = runner.not_applicable(leaf).is_none_or(|cells| !cells[row]);
            leaf_cell(&mut scored, cell, observed, applies);
        }
    }
    mark_winsorised(runner, place, &mut scored);
    for &node in version.tree.bottom_up() {
        if !version.tree.is_leaf(node) {
            inner(&mut scored, node);
        }
    }
    mark_rows(runner, place, derived, &mut scored);
    for node in version.tree.indices() {
        rank::rank(&mut scored, node);
        group::group(&mut scored, node);
    }
    scored
}

/// The version with the weights that the recipe set, where it sets any.
fn version_used(runner: &Runner, place: usize) -> Arc<Version> {
    let version = runner.plan().version();
    let weights = runner.weights(place);
    let given = |node: NodeIndex| version.tree.node(node).weight;
    if version
        .tree
        .indices()
        .all(|node| given(node).to_bits() == weights[node.0].to_bits())
    {
        return version.clone();
    }
    let mut own = (**version).clone();
    own.tree = own.tree.with_weights(weights);
    Arc::new(own)
}

fn leaf_cell(scored: &mut Scored, cell: usize, observed: f64, applies: bool) {
    scored.coverage[cell] = f64::from(u8::from(!observed.is_nan()));
    if !applies {
        scored.flags[cell] |= Flags::NOT_APPLICABLE;
    } else if scored.scores[cell].is_nan() {
        scored.flags[cell] |= Flags::MISSING;
    } else if observed.is_nan() {
        scored.flags[cell] |= Flags::IMPUTED;
    }
}

/// Cells that a treat step drew in towards the others.
fn mark_winsorised(runner: &Runner, place: usize, scored: &mut Scored) {
    let rows = runner.plan().frame().editions()[place].rows.clone();
    for (stage, of_stage) in runner.plan().stages().iter().enumerate() {
        if of_stage.action() != "treat" {
            continue;
        }
        for (node, cells) in runner.winsorised(stage) {
            for (unit, _) in cells[rows.clone()]
                .iter()
                .enumerate()
                .filter(|(_, drawn)| **drawn)
            {
                let cell = scored.cell(node, unit);
                scored.flags[cell] |= Flags::WINSORISED;
            }
        }
    }
}

fn mark_rows(runner: &Runner, place: usize, derived: &[bool], scored: &mut Scored) {
    let rows = runner.plan().frame().editions()[place].rows.clone();
    for (unit, row) in rows.enumerate() {
        let mut flags = 0;
        if derived[row] {
            flags |= Flags::DERIVED;
        }
        if runner.excluded().get(row).copied().unwrap_or(false) {
            flags |= Flags::SCREENED;
        }
        for node in scored.version.tree.indices() {
            let cell = scored.cell(node, unit);
            scored.flags[cell] |= flags;
        }
    }
}

/// Flags, coverage and maximum of a node with parts; its score is there already.
fn inner(scored: &mut Scored, node: NodeIndex) {
    let version = scored.version.clone();
    let Some((method, factor, _)) = version.aggregation(node) else {
        return;
    };
    let parts: Vec<(NodeIndex, f64)> = version
        .tree
        .children(node)
        .iter()
        .map(|&part| (part, version.tree.node(part).weight))
        .collect();
    let mut gathered = Gathered::default();
    for unit in 0..scored.units.len() {
        gathered.gather(scored, &parts, unit);
        let cell = scored.cell(node, unit);
        scored.coverage[cell] = gathered.coverage();
        scored.flags[cell] |= gathered.flags;
        if gathered.flags & Flags::PART_NOT_APPLICABLE != 0 {
            let maximum = combine(method, &gathered.maxima, &gathered.applicable_weights);
            scored.maxima[cell] = maximum.map_or(f64::NAN, |maximum| maximum * factor);
        }
    }
}

/// What the parts of one unit have.
#[derive(Default)]
struct Gathered {
    maxima: Vec<f64>,
    applicable_weights: Vec<f64>,
    covered: f64,
    with_score: usize,
    flags: u16,
}

impl Gathered {
    fn gather(&mut self, scored: &Scored, parts: &[(NodeIndex, f64)], unit: usize) {
        self.maxima.clear();
        self.applicable_weights.clear();
        (self.covered, self.flags, self.with_score) = (0.0, 0, 0);
        for &(part, weight) in parts {
            let cell = scored.cell(part, unit);
            let flags = scored.flags[cell];
            if flags & Flags::NOT_APPLICABLE != 0 {
                self.flags |= Flags::PART_NOT_APPLICABLE;
                continue;
            }
            self.flags |= flags & (Flags::PART_MISSING | Flags::PART_NOT_APPLICABLE);
            self.maxima.push(scored.maxima[cell]);
            self.applicable_weights.push(weight);
            self.covered += scored.coverage[cell];
            if scored.scores[cell].is_nan() {
                self.flags |= Flags::PART_MISSING;
            } else {
                self.with_score += 1;
            }
        }
        if self.maxima.is_empty() {
            self.flags |= Flags::NOT_APPLICABLE;
        } else if self.with_score == 0 {
            self.flags |= Flags::MISSING;
        }
    }

    fn coverage(&self) -> f64 {
        match self.maxima.len() {
            0 => 0.0,
            parts => self.covered / parts as f64,
        }
    }
}
