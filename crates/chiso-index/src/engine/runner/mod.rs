//! A plan carried out: every stage's columns are kept, and only stages whose input changed run again.

mod expression;
mod stages;

use std::sync::Arc;

use super::aggregate::Aggregator;
use super::compile::Plan;
use super::fill;
use super::stage::{Kernel, Place, Stage, WeightSource};
use super::{Leaves, StepFault};
use crate::method::treat;
use crate::pack::NodeIndex;

/// Carries out a plan, over and over, on changing leaves, weights and stages.
#[derive(Clone, Debug)]
pub struct Runner {
    plan: Plan,
    leaves: Leaves,
    /// Weights of nodes among their siblings before any weight step, by node.
    given_weights: Vec<f64>,
    /// Nodes that are left out of every aggregation.
    pub(super) dropped: Vec<bool>,
    /// By stage: its columns, one after another.
    pub(super) buffers: Vec<Vec<f64>>,
    /// By stage that sets weights: a weight per edition and node.
    weights: Vec<Vec<f64>>,
    /// By stage that screens: the rows that are left out.
    excluded: Vec<Vec<bool>>,
    /// By stage that treats: what was done to each column, block after block.
    treatments: Vec<Vec<treat::TreatRecord>>,
    scratch: Scratch,
    /// So many stages hold what the present input gives.
    fresh: usize,
}

/// Memory that runs use again.
#[derive(Clone, Debug, Default)]
struct Scratch {
    treat: treat::TreatScratch,
    aggregator: Aggregator,
    fill: fill::Scratch,
}

impl Runner {
    /// A runner with the leaves of the plan's rows and the weights of its version.
    pub fn new(plan: &Plan, leaves: Leaves) -> Runner {
        let version = &plan.version;
        let stages = plan.stages.len();
        Runner {
            given_weights: version
                .tree
                .indices()
                .map(|n| version.tree.node(n).weight)
                .collect(),
            dropped: vec![false; version.tree.len()],
            buffers: vec![Vec::new(); stages + 1],
            weights: vec![Vec::new(); stages],
            excluded: vec![Vec::new(); stages],
            treatments: vec![Vec::new(); stages],
            scratch: Scratch::default(),
            fresh: 0,
            plan: plan.clone(),
            leaves,
        }
        .with_leaf_buffer()
    }

    fn with_leaf_buffer(mut self) -> Runner {
        self.buffers[0] = std::mem::take(&mut self.leaves.values);
        let aggregator = &mut self.scratch.aggregator;
        aggregator.set_not_applicable(&self.plan, &self.leaves.not_applicable);
        self
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The leaves' values: a column per leaf in the order of [`Plan::leaves`].
    pub fn leaves(&self) -> &[f64] {
        &self.buffers[0]
    }

    /// The same, to be changed: every stage runs again.
    pub fn leaves_mut(&mut self) -> &mut [f64] {
        self.fresh = 0;
        &mut self.buffers[0]
    }

    /// The weights before any weight step, by node.
    pub fn given_weights(&self) -> &[f64] {
        &self.given_weights
    }

    /// Sets the weights before any weight step; stages that use them run again.
    pub fn set_weights(&mut self, weights: &[f64]) {
        if self.given_weights != weights {
            self.given_weights.clear();
            self.given_weights.extend_from_slice(weights);
            self.stale_from_weights();
        }
    }

    /// Leaves nodes out of every aggregation; stages that aggregate run again.
    pub fn set_dropped(&mut self, dropped: &[bool]) {
        if self.dropped != dropped {
            self.dropped.clear();
            self.dropped.extend_from_slice(dropped);
            self.stale_from_weights();
        }
    }

    fn stale_from_weights(&mut self) {
        let uses = |stage: &Arc<Stage>| {
            matches!(
                stage.kernel,
                Kernel::Aggregate { .. } | Kernel::Weight { .. }
            )
        };
        let first = self.plan.stages.iter().position(uses).unwrap_or(0);
        self.fresh = self.fresh.min(first);
    }

    /// Puts a stage of another plan, with the same columns, in the place of this plan's. It and what
    /// follows run again, unless it is the stage that is there.
    ///
    /// # Errors
    /// When it reads or writes other columns.
    pub fn set_stage(&mut self, place: usize, stage: &Arc<Stage>) -> Result<(), StepFault> {
        if self
            .plan
            .stages
            .get(place)
            .is_some_and(|own| Arc::ptr_eq(own, stage))
        {
            return Ok(());
        }
        if !self.plan.accepts(place, stage) {
            let problem = "found an alternative that works on other nodes; expected the same nodes";
            return Err(stage.fault(None, None, problem));
        }
        self.plan.stages[place] = stage.clone();
        self.fresh = self.fresh.min(place);
        Ok(())
    }

    /// Runs the stages whose input changed.
    ///
    /// # Errors
    /// The first step that cannot be carried out, with the node and the edition.
    pub fn run(&mut self) -> Result<(), StepFault> {
        while self.fresh < self.plan.stages.len() {
            let place = self.fresh;
            let stage = self.plan.stages[place].clone();
            let mut out = std::mem::take(&mut self.buffers[place + 1]);
            let done = self.stage(place, &stage, &mut out);
            self.buffers[place + 1] = out;
            done?;
            self.fresh = place + 1;
        }
        Ok(())
    }

    /// The scores of a node by row, after [`Runner::run`]; NaN where there is none.
    pub fn column(&self, node: NodeIndex) -> &[f64] {
        self.plan.homes[node.0].map_or(&[], |place| self.at(place))
    }

    /// The values of a node before any step, or before the first aggregation, as stage `place` found
    /// them; empty where the stage does not touch the node.
    pub fn before(&self, place: usize, node: NodeIndex) -> &[f64] {
        let stage = &self.plan.stages[place];
        let slot = stage.nodes.iter().position(|other| *other == node);
        slot.and_then(|slot| stage.reads.get(slot))
            .map_or(&[], |&place| self.at(place))
    }

    /// The values of a node as stage `place` left them; empty where the stage does not touch it.
    pub fn after(&self, place: usize, node: NodeIndex) -> &[f64] {
        let slot = self.plan.stages[place]
            .nodes
            .iter()
            .position(|other| *other == node);
        slot.map_or(&[], |slot| {
            self.at(Place {
                buffer: place + 1,
                slot,
            })
        })
    }

    /// The weights that the last aggregation of an edition used, by node.
    pub fn weights(&self, edition: usize) -> &[f64] {
        self.weights_of(self.plan.weights, edition)
    }

    /// Whether rows are left out for want of values; empty where no step screens.
    pub fn excluded(&self) -> &[bool] {
        self.plan
            .screened_by
            .map_or(&[], |place| &self.excluded[place])
    }

    /// What a treat stage did to its nodes: by block of rows, then by node.
    pub fn treatments(&self, place: usize) -> &[treat::TreatRecord] {
        &self.treatments[place]
    }

    /// The nodes of a treat stage of which cells were winsorised, and by row whether it was.
    pub fn winsorised(&self, place: usize) -> Vec<(NodeIndex, Vec<bool>)> {
        let stage = &self.plan.stages[place];
        let blocks = self.plan.blocks(stage.over);
        let mut marked = Vec::new();
        for (slot, &node) in stage.nodes.iter().enumerate() {
            let mut cells = vec![false; self.plan.frame.rows()];
            let (before, after) = (self.before(place, node), self.after(place, node));
            for (of_block, block) in blocks.iter().enumerate() {
                let record = &self.treatments[place][of_block * stage.nodes.len() + slot];
                if record.applied == treat::Transform::Winsorise {
                    for row in block.clone() {
                        cells[row] = !before[row].is_nan() && before[row] != after[row];
                    }
                }
            }
            if cells.contains(&true) {
                marked.push((node, cells));
            }
        }
        marked
    }

    /// Whether a cell does not concern the unit, by row; none where every cell of the node does.
    pub fn not_applicable(&self, node: NodeIndex) -> Option<&[bool]> {
        self.scratch.aggregator.not_applicable(node)
    }

    fn at(&self, place: Place) -> &[f64] {
        column(&self.buffers, place, self.plan.frame.rows())
    }

    pub(super) fn weights_of(&self, source: WeightSource, edition: usize) -> &[f64] {
        let nodes = self.given_weights.len();
        match source {
            WeightSource::Given => &self.given_weights,
            WeightSource::Stage(place) => &self.weights[place][edition * nodes..][..nodes],
        }
    }
}

/// A column of a buffer.
pub(super) fn column(buffers: &[Vec<f64>], place: Place, rows: usize) -> &[f64] {
    &buffers[place.buffer][place.slot * rows..][..rows]
}
