//! From a version, a frame and a context to a plan: every step bound to its columns and parameters.

use std::sync::Arc;

use super::outline::Outline;
use super::parameters::Binder;
use super::stage::{Kernel, Place, Rule, Stage, Weighed, Weighing, WeightSource};
use super::{Context, Frame, StepFault};
use crate::pack::{Direction, NodeIndex, Version};
use crate::recipe::{Action, Over, WeightMethod};

/// A recipe bound to rows: what a [`super::Runner`] carries out.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) version: Arc<Version>,
    pub(super) frame: Arc<Frame>,
    /// The leaves in the order of the tree's file: the slots of buffer 0.
    pub(super) leaves: Vec<NodeIndex>,
    pub(super) stages: Vec<Arc<Stage>>,
    /// Where each node's final column lies.
    pub(super) homes: Vec<Option<Place>>,
    /// The last weight stage and the last screen stage.
    pub(super) weights: WeightSource,
    pub(super) screened_by: Option<usize>,
}

impl Plan {
    /// Binds a version's recipe to rows and to what is known of their units.
    ///
    /// # Errors
    /// The first step that cannot be bound: see [`Outline::of`], and columns of the context, units
    /// and parameters that are missing.
    pub fn new(
        version: &Arc<Version>,
        frame: &Arc<Frame>,
        context: &Context,
    ) -> Result<Plan, StepFault> {
        let outline = Outline::of(version).map_err(|mut faults| faults.swap_remove(0))?;
        let mut plan = Plan::empty(version, frame);
        for (place, nodes) in outline
            .steps
            .into_iter()
            .enumerate()
            .filter(|(_, n)| !n.is_empty())
        {
            let stage = plan.stage(place, &nodes, context)?;
            plan.add(Arc::new(stage));
        }
        Ok(plan)
    }

    /// The plan of a version that differs from this plan's in the steps at `changed` (from 0) only:
    /// the stages of other steps are this plan's own, so a change of one parameter costs the binding
    /// of one step.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn altered(
        &self,
        version: &Arc<Version>,
        changed: &[usize],
        context: &Context,
    ) -> Result<Plan, StepFault> {
        let outline = Outline::of(version).map_err(|mut faults| faults.swap_remove(0))?;
        let mut plan = Plan::empty(version, &self.frame);
        let aggregates = |step: &usize| version.recipe[*step].name() == "aggregate";
        for (at, own) in self.stages.iter().enumerate() {
            let end = self
                .stages
                .get(at + 1)
                .map_or(usize::MAX, |next| next.step - 1);
            let steps = own.step - 1..end;
            // Weights found from scores need the rules by which nodes are aggregated.
            let weighs = matches!(own.kernel, Kernel::Weight { .. });
            let is_changed = |step: &usize| steps.contains(step) || (weighs && aggregates(step));
            let stage = match changed.iter().any(is_changed) {
                true => {
                    let nodes = &outline.steps[own.step - 1];
                    Arc::new(plan.stage(own.step - 1, nodes, context)?)
                }
                false => own.clone(),
            };
            plan.add(stage);
        }
        Ok(plan)
    }

    fn empty(version: &Arc<Version>, frame: &Arc<Frame>) -> Plan {
        let leaves: Vec<NodeIndex> = version.tree.leaves().collect();
        let mut homes = vec![None; version.tree.len()];
        for (slot, leaf) in leaves.iter().enumerate() {
            homes[leaf.0] = Some(Place { buffer: 0, slot });
        }
        Plan {
            version: version.clone(),
            frame: frame.clone(),
            leaves,
            stages: Vec::new(),
            homes,
            weights: WeightSource::Given,
            screened_by: None,
        }
    }

    /// The version.
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// The rows.
    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// The leaves, in the order of their columns.
    pub fn leaves(&self) -> &[NodeIndex] {
        &self.leaves
    }

    /// The compiled steps. Consecutive aggregate steps are one stage, under the first of them.
    pub fn stages(&self) -> &[Arc<Stage>] {
        &self.stages
    }

    /// The stage that carries out a step of the recipe, by its position from 1.
    pub fn stage_of_step(&self, step: usize) -> Option<usize> {
        self.stages.iter().rposition(|stage| stage.step <= step)
    }

    /// Whether a stage of another plan may stand in the place of this plan's: it reads and writes
    /// the same columns.
    pub fn accepts(&self, stage: usize, other: &Stage) -> bool {
        self.stages.get(stage).is_some_and(|own| {
            own.nodes == other.nodes && own.reads == other.reads && own.action == other.action
        })
    }

    fn add(&mut self, stage: Arc<Stage>) {
        let buffer = self.stages.len() + 1;
        match stage.kernel {
            Kernel::Weight { .. } => self.weights = WeightSource::Stage(self.stages.len()),
            _ => {
                for (slot, node) in stage.nodes.iter().enumerate() {
                    self.homes[node.0] = Some(Place { buffer, slot });
                }
            }
        }
        if matches!(stage.kernel, Kernel::Screen(_)) {
            self.screened_by = Some(self.stages.len());
        }
        self.stages.push(stage);
    }

    fn stage(
        &self,
        place: usize,
        selected: &[(NodeIndex, Direction)],
        context: &Context,
    ) -> Result<Stage, StepFault> {
        let step = &self.version.recipe[place];
        let binder = Binder {
            plan: self,
            place,
            context,
        };
        let mut nodes: Vec<NodeIndex> = selected.iter().map(|(node, _)| *node).collect();
        let kernel = match step.name() {
            "aggregate" => {
                let rules = self.rules(&nodes, self.stages.len() + 1);
                Kernel::Aggregate {
                    rules,
                    weights: self.weights,
                }
            }
            "weight" => self.weighing(&binder, &nodes)?,
            "screen" => {
                // A unit that is left out loses every column that stands.
                nodes = self
                    .version
                    .tree
                    .indices()
                    .filter(|n| self.homes[n.0].is_some())
                    .collect();
                binder.screen()?
            }
            _ => binder.columns(selected)?,
        };
        let reads = match kernel {
            Kernel::Aggregate { .. } | Kernel::Weight { .. } => Vec::new(),
            _ => nodes.iter().filter_map(|node| self.homes[node.0]).collect(),
        };
        Ok(Stage {
            step: place + 1,
            action: step.name(),
            line: step.line,
            over: step.over,
            nodes,
            reads,
            kernel,
        })
    }

    /// The rules of nodes whose columns go, in this order, to a buffer.
    fn rules(&self, nodes: &[NodeIndex], buffer: usize) -> Vec<Rule> {
        let mut homes = self.homes.clone();
        for (slot, node) in nodes.iter().enumerate() {
            homes[node.0] = Some(Place { buffer, slot });
        }
        let rule = |&node: &NodeIndex| {
            let rule = self.version.aggregation_rule(node)?;
            let parts = self.version.tree.children(node).to_vec();
            let places = parts
                .iter()
                .map(|part| homes[part.0])
                .collect::<Option<_>>()?;
            Some(Rule {
                node,
                parts,
                places,
                method: rule.method,
                factor: rule.factor,
                missing: rule.missing,
                available_share: rule.available_share,
            })
        };
        nodes.iter().filter_map(rule).collect()
    }

    fn weighing(&self, binder: &Binder<'_>, nodes: &[NodeIndex]) -> Result<Kernel, StepFault> {
        let tree = &self.version.tree;
        // Until the recipe has computed them, inner nodes are computed on trial, in the weight
        // stage's own buffer.
        let own = self.stages.len() + 1;
        let tried: Vec<NodeIndex> = tree
            .bottom_up()
            .iter()
            .copied()
            .filter(|node| self.homes[node.0].is_none())
            .collect();
        let trial = self.rules(&tried, own);
        let mut weighing: Vec<Weighing> = Vec::new();
        for &node in nodes {
            let Some(Action::Weight(weight)) = binder.action(node) else {
                continue;
            };
            let on_trial = tried.iter().position(|other| *other == node);
            let on_trial = on_trial.map(|slot| Place { buffer: own, slot });
            let Some(place) = self.homes[node.0].or(on_trial) else {
                continue;
            };
            let target = weight
                .target
                .as_ref()
                .and_then(|target| target.of(&tree.node(node).code));
            let weighed = Weighed {
                node,
                place,
                target,
            };
            // Principal components are of siblings; a balance is struck over a whole level.
            let together = |other: &&mut Weighing| {
                let first = other.nodes[0].node;
                let alike = match weight.method {
                    WeightMethod::Balanced => self.version.level(first) == self.version.level(node),
                    _ => tree.node(first).parent == tree.node(node).parent,
                };
                other.method == weight.method && alike
            };
            match weighing.iter_mut().find(together) {
                Some(group) => group.nodes.push(weighed),
                None => weighing.push(Weighing {
                    method: weight.method,
                    nodes: vec![weighed],
                }),
            }
        }
        Ok(Kernel::Weight {
            weighing,
            trial,
            base: self.weights,
        })
    }
}

impl Plan {
    /// The ranges of rows over which a norm is taken.
    pub(super) fn blocks(&self, over: Over) -> Vec<std::ops::Range<usize>> {
        match over {
            Over::Panel => std::iter::once(0..self.frame.rows()).collect(),
            Over::Edition => self
                .frame
                .editions()
                .iter()
                .map(|e| e.rows.clone())
                .collect(),
        }
    }
}
