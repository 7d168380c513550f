//! A plan carried out: every stage's columns are kept, and only stages whose input changed run again.

use std::sync::Arc;

use super::aggregate::Aggregator;
use super::compile::Plan;
use super::fill;
use super::stage::{Kernel, Place, ScreenRule, SqlColumn, SqlInput, Stage, WeightSource};
use super::weigh;
use super::{Leaves, StepFault};
use crate::method::{denominate, normalise, screen, treat};
use crate::pack::{Edition, NodeIndex};

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
            return Err(StepFault {
                step: stage.step,
                action: stage.action,
                line: stage.line,
                node: None,
                edition: None,
                problem: "found an alternative that works on other nodes; expected the same nodes"
                    .to_owned(),
            });
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

    fn fault(
        stage: &Stage,
        edition: Option<Edition>,
        node: Option<&str>,
        problem: String,
    ) -> StepFault {
        StepFault {
            step: stage.step,
            action: stage.action,
            line: stage.line,
            node: node.map(str::to_owned),
            edition,
            problem,
        }
    }

    /// A fault at a column and a row.
    fn fault_at(
        &self,
        stage: &Stage,
        slot: usize,
        row: usize,
        problem: &dyn std::fmt::Display,
    ) -> StepFault {
        let node = stage
            .nodes
            .get(slot)
            .map(|n| self.plan.version.tree.node(*n).code.as_str());
        Self::fault(
            stage,
            self.plan.frame.edition(row),
            node,
            problem.to_string(),
        )
    }

    fn stage(&mut self, place: usize, stage: &Stage, out: &mut Vec<f64>) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        out.resize(stage.nodes.len() * rows, f64::NAN);
        match &stage.kernel {
            Kernel::Denominate(denominators) => {
                for (slot, by) in denominators.iter().enumerate() {
                    let from = column(&self.buffers, stage.reads[slot], rows);
                    let to = &mut out[slot * rows..][..rows];
                    let done = denominate::denominate(from, &by.values, by.scale, to);
                    done.map_err(|error| self.fault_at(stage, slot, error.row(), &error))?;
                }
                Ok(())
            }
            Kernel::Impute { fills, screened_by } => {
                let excluded = screened_by.map_or(&[][..], |place| &self.excluded[place]);
                let input = fill::Input {
                    plan: &self.plan,
                    stage,
                    buffers: &self.buffers,
                    leaves: &self.leaves,
                    excluded,
                };
                input.fill(fills, out, &mut self.scratch.fill)
            }
            Kernel::Screen(rule) => self.screen(place, stage, rule, out),
            Kernel::Treat(treatments) => self.treat(place, stage, treatments, out),
            Kernel::Normalise(norms) => {
                for block in self.plan.blocks(stage.over) {
                    for (slot, norm) in norms.iter().enumerate() {
                        let whole = column(&self.buffers, stage.reads[slot], rows);
                        let to = &mut out[slot * rows..][block.clone()];
                        let method = self.bound(norm, whole, &block);
                        let done = normalise::normalise(
                            &method,
                            norm.direction,
                            &whole[block.clone()],
                            to,
                        );
                        done.map_err(|error| self.fault_at(stage, slot, block.start, &error))?;
                    }
                }
                Ok(())
            }
            Kernel::Expression(columns) => {
                for (slot, sql) in columns.iter().enumerate() {
                    let to = &mut out[slot * rows..][..rows];
                    self.expression(sql, to)
                        .map_err(|error| self.fault_at(stage, slot, 0, &error))?;
                }
                Ok(())
            }
            Kernel::Weight {
                weighing,
                trial,
                base,
            } => {
                let mut weights = std::mem::take(&mut self.weights[place]);
                let editions = self.plan.frame.editions().len();
                weights.clear();
                (0..editions).for_each(|e| weights.extend_from_slice(self.weights_of(*base, e)));
                out.resize(trial.len() * rows, f64::NAN);
                let mut scale = weigh::Scale {
                    plan: &self.plan,
                    stage,
                    buffers: &self.buffers,
                    own: place + 1,
                    given: &self.given_weights,
                    dropped: &self.dropped,
                    aggregator: &mut self.scratch.aggregator,
                    trial,
                    out,
                };
                let done = scale.weigh(weighing, &mut weights);
                self.weights[place] = weights;
                done
            }
            Kernel::Aggregate { rules, weights } => {
                let mut aggregator = std::mem::take(&mut self.scratch.aggregator);
                let mut done = Ok(());
                for (edition, block) in self.plan.frame.editions().iter().enumerate() {
                    let input = super::aggregate::Input {
                        buffers: &self.buffers,
                        own: place + 1,
                        rows,
                        block: block.rows.clone(),
                        weights: self.weights_of(*weights, edition),
                        dropped: &self.dropped,
                    };
                    done = aggregator
                        .aggregate(rules, &input, out)
                        .map_err(|(rule, problem)| {
                            let node = &self.plan.version.tree.node(rules[rule].node).code;
                            Self::fault(stage, Some(block.edition), Some(node), problem)
                        });
                    if done.is_err() {
                        break;
                    }
                }
                self.scratch.aggregator = aggregator;
                done
            }
        }
    }

    /// The method with the reference unit's value, where it has one.
    fn bound(
        &self,
        norm: &super::stage::Norm,
        whole: &[f64],
        block: &std::ops::Range<usize>,
    ) -> normalise::Method {
        let (Some(rows), normalise::Method::DistanceToReference { cap, .. }) =
            (&norm.reference, &norm.method)
        else {
            return norm.method.clone();
        };
        // Over the panel the reference is the unit in the latest edition in which it is.
        let editions = self.plan.frame.editions().iter().zip(rows.iter()).rev();
        let row = editions.filter(|(e, _)| block.start <= e.rows.start && e.rows.end <= block.end);
        let reference = row
            .filter_map(|(_, row)| *row)
            .next()
            .map_or(f64::NAN, |row| whole[row]);
        normalise::Method::DistanceToReference {
            reference,
            cap: *cap,
        }
    }

    fn screen(
        &mut self,
        place: usize,
        stage: &Stage,
        rule: &ScreenRule,
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        let of_leaf = |node: &NodeIndex| self.plan.version.tree.is_leaf(*node);
        let leaves: Vec<&[f64]> = stage
            .nodes
            .iter()
            .zip(&stage.reads)
            .filter(|(node, _)| of_leaf(node))
            .map(|(_, &place)| column(&self.buffers, place, rows))
            .collect();
        let leaf_slots = self.plan.leaves.len();
        let not_applicable = &self.leaves.not_applicable;
        let mut excluded = std::mem::take(&mut self.excluded[place]);
        excluded.clear();
        for row in 0..rows {
            let of_concern = match not_applicable.is_empty() {
                true => leaf_slots,
                false => (0..leaf_slots)
                    .filter(|slot| !not_applicable[slot * rows + row])
                    .count(),
            };
            let (available, nonzero) = screen::unit_availability(&leaves, row, of_concern);
            let short = rule.available_share.is_some_and(|least| available < least)
                || rule.nonzero_share.is_some_and(|least| nonzero < least);
            excluded.push(rule.exclude[row] || (short && !rule.include[row]));
        }
        if rows > 0 && excluded.iter().all(|excluded| *excluded) {
            let problem = "found no unit with enough values; expected one at least: see available_share and nonzero_share";
            return Err(Self::fault(stage, None, None, problem.to_owned()));
        }
        for (slot, &read) in stage.reads.iter().enumerate() {
            let to = &mut out[slot * rows..][..rows];
            to.copy_from_slice(column(&self.buffers, read, rows));
            for (cell, _) in to
                .iter_mut()
                .zip(&excluded)
                .filter(|(_, excluded)| **excluded)
            {
                *cell = f64::NAN;
            }
        }
        self.excluded[place] = excluded;
        Ok(())
    }

    fn treat(
        &mut self,
        place: usize,
        stage: &Stage,
        treatments: &[treat::Treatment],
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        let mut records = std::mem::take(&mut self.treatments[place]);
        let mut scratch = std::mem::take(&mut self.scratch.treat);
        records.clear();
        let mut done = Ok(());
        'blocks: for block in self.plan.blocks(stage.over) {
            for (slot, treatment) in treatments.iter().enumerate() {
                let from = &column(&self.buffers, stage.reads[slot], rows)[block.clone()];
                let to = &mut out[slot * rows..][block.clone()];
                match treat::treat(treatment, from, to, &mut scratch) {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        done = Err(self.fault_at(stage, slot, block.start, &error));
                        break 'blocks;
                    }
                }
            }
        }
        self.scratch.treat = scratch;
        self.treatments[place] = records;
        done
    }

    fn expression(&self, sql: &SqlColumn, out: &mut [f64]) -> Result<(), String> {
        use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, RecordBatchOptions};
        let rows = self.plan.frame.rows();
        let array = |input: &SqlInput| -> ArrayRef {
            match input {
                SqlInput::Context(array) => array.clone(),
                SqlInput::Node(place) => {
                    let values = column(&self.buffers, *place, rows).iter();
                    Arc::new(Float64Array::from_iter(
                        values.map(|&v| Some(v).filter(|v| !v.is_nan())),
                    ))
                }
            }
        };
        let arrays: Vec<ArrayRef> = sql.inputs.iter().map(array).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(sql.schema.clone(), arrays, &options);
        let batch = batch.map_err(|error| error.to_string())?;
        let result = sql
            .expression
            .evaluate_f64(&batch)
            .map_err(|error| error.to_string())?;
        for (row, cell) in out.iter_mut().enumerate() {
            *cell = if result.is_null(row) {
                f64::NAN
            } else {
                result.value(row)
            };
            if cell.is_infinite() {
                let unit = self.plan.frame.unit(row).map_or("", |unit| unit);
                return Err(format!(
                    "found an infinite value for unit `{unit}`; expected finite ones"
                ));
            }
        }
        Ok(())
    }
}

/// A column of a buffer.
pub(super) fn column(buffers: &[Vec<f64>], place: Place, rows: usize) -> &[f64] {
    &buffers[place.buffer][place.slot * rows..][..rows]
}
