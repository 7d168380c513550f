//! A specification bound to an index: every input knows the stages, weights or nodes that it changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::bank::{Bank, StepInput};
use super::bound::Bound;
use super::points::{Design, DesignFault, Runs};
use super::specification::{
    Change, Input, InputKind, Specification, SpecificationError, StepName, TargetName, WeightInput,
};
use crate::engine::{Context, Outline, Runner, StepFault};
use crate::pack::{NodeIndex, Version};
use crate::problem::quoted;
use crate::recipe::{Action, WeightMethod};

/// How all observations are drawn once: from the number of the draw and the observed leaves, into
/// the leaves of a run.
pub type DrawLeaves<'a> = &'a (dyn Fn(u64, &[f64], &mut [f64]) + Sync);

/// What is studied.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The engine with the observed leaves.
    pub runner: &'a Runner,
    /// What is known of units beside their observations.
    pub context: &'a Context,
    /// How observations are drawn, where they have standard errors.
    pub draw_leaves: Option<DrawLeaves<'a>>,
}

/// Why a study cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StudyFault {
    /// The specification does not fit the index.
    #[error(transparent)]
    Specification(#[from] SpecificationError),
    /// Its number of draws is not possible.
    #[error("{file}: {fault}")]
    Design {
        /// The specification's file.
        file: String,
        /// What is wrong.
        fault: DesignFault,
    },
    /// The recipe as it is cannot be carried out.
    #[error(transparent)]
    Recipe(#[from] StepFault),
    /// No run could be carried out.
    #[error("none of {runs} runs could be carried out; the first: {first}")]
    NoRun {
        /// How many were tried.
        runs: usize,
        /// Why the first could not.
        first: String,
    },
}

/// A specification bound to an index, ready to run.
pub struct Study<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) specification: &'a Specification,
    pub(super) nodes: Vec<NodeIndex>,
    pub(super) inputs: Vec<Bound>,
    pub(super) steps: Vec<StepInput>,
    /// What the steps of the recipe as it is read and write.
    pub(super) outline: Outline,
    pub(super) design: Option<Design>,
}

impl<'a> Study<'a> {
    /// Binds a specification and makes the points of its design.
    ///
    /// # Errors
    /// What the specification names and the index does not have, and every alternative of a step
    /// that cannot be carried out whatever the other inputs are.
    pub fn new(subject: Subject<'a>, specification: &'a Specification) -> Result<Self, StudyFault> {
        let mut study = Study {
            subject,
            specification,
            nodes: Vec::new(),
            inputs: Vec::new(),
            steps: Vec::new(),
            outline: Outline::of(subject.runner.plan().version())
                .map_err(|mut faults| faults.swap_remove(0))?,
            design: None,
        };
        study.nodes = study.studied_nodes()?;
        study.check_targets()?;
        for input in &specification.inputs {
            let bound = study.bind(input)?;
            study.inputs.push(bound);
        }
        study.check_weights()?;
        Bank::check(&study)?;
        if !study.inputs.is_empty() {
            let runs = if specification.indices {
                Runs::Indices
            } else {
                Runs::Spread
            };
            let coordinates: Vec<usize> = study.inputs.iter().map(Bound::coordinates).collect();
            let (sequence, seed) = (specification.sequence, specification.seed);
            let design = Design::new(sequence, seed, specification.draws, &coordinates, runs);
            study.design = Some(design.map_err(|fault| study.design_fault(fault))?);
        }
        Ok(study)
    }

    /// The same study at given points: see [`Design::given`]. For analyses that are to be repeated
    /// from a record.
    ///
    /// # Errors
    /// When the points do not fit the inputs.
    pub fn at_points(mut self, a: Vec<f64>, b: Option<Vec<f64>>) -> Result<Self, StudyFault> {
        let coordinates: Vec<usize> = self.inputs.iter().map(Bound::coordinates).collect();
        let design = Design::given(&coordinates, a, b);
        self.design = Some(design.map_err(|fault| self.design_fault(fault))?);
        Ok(self)
    }

    /// The points of the runs; none where nothing varies.
    pub fn design(&self) -> Option<&Design> {
        self.design.as_ref()
    }

    pub(super) fn version(&self) -> &'a Arc<Version> {
        self.subject.runner.plan().version()
    }

    fn design_fault(&self, fault: DesignFault) -> StudyFault {
        StudyFault::Design {
            file: self.specification.file.clone(),
            fault,
        }
    }

    fn find(&self, line: u64, code: &str) -> Result<NodeIndex, SpecificationError> {
        self.version().tree.find(code).ok_or_else(|| {
            let expected = format!("a node of version {}", quoted(&self.version().id));
            self.specification
                .fault(line, format!("node {}", quoted(code)), expected)
        })
    }

    fn studied_nodes(&self) -> Result<Vec<NodeIndex>, SpecificationError> {
        let specification = self.specification;
        if specification.nodes.is_empty() {
            return Ok(vec![self.version().tree.root()]);
        }
        specification
            .nodes
            .iter()
            .map(|code| self.find(specification.nodes_line, code))
            .collect()
    }

    fn check_targets(&self) -> Result<(), SpecificationError> {
        let editions = self.subject.runner.plan().frame().editions();
        let known = |unit: &str| {
            editions
                .iter()
                .any(|edition| edition.units.iter().any(|u| **u == *unit))
        };
        for target in &self.specification.targets {
            let (TargetName::Rank(unit) | TargetName::Score(unit)) = target else {
                continue;
            };
            if !known(unit) {
                let line = self.specification.targets_line;
                let found = format!("unit {} in a target", quoted(unit));
                return Err(self.specification.fault(
                    line,
                    found,
                    "the code of a unit of the data",
                ));
            }
        }
        Ok(())
    }

    fn bind(&mut self, input: &Input) -> Result<Bound, SpecificationError> {
        match &input.kind {
            InputKind::Step { step, change } => {
                let recipe = self.step(input.line, step)?;
                let alternatives = match change {
                    Change::Values { values, .. } => Some(values.len()),
                    Change::Alternatives(tables) => Some(tables.len()),
                    Change::Range { .. } => None,
                };
                let (line, change) = (input.line, change.clone());
                self.steps.push(StepInput {
                    input: self.inputs.len(),
                    line,
                    recipe,
                    change,
                });
                Ok(Bound::Step {
                    place: self.steps.len() - 1,
                    alternatives,
                })
            }
            InputKind::Weights(weights) => self.weights(input.line, weights),
            InputKind::WeightSets(sets) => {
                let pair =
                    |(code, weight): (&String, &f64)| Ok((self.find(input.line, code)?, *weight));
                let set =
                    |set: &std::collections::BTreeMap<String, f64>| set.iter().map(pair).collect();
                sets.iter()
                    .map(set)
                    .collect::<Result<_, _>>()
                    .map(Bound::WeightSets)
            }
            InputKind::Exclude(codes) => {
                let nodes = codes.iter().map(|code| self.find(input.line, code));
                let nodes: Vec<NodeIndex> = nodes.collect::<Result<_, _>>()?;
                if nodes.contains(&self.version().tree.root()) {
                    let found = "the index itself in `exclude`";
                    return Err(self
                        .specification
                        .fault(input.line, found, "nodes below it"));
                }
                Ok(Bound::Exclude(nodes))
            }
            InputKind::Sampling if self.subject.draw_leaves.is_none() => {
                let found = "observations without standard errors";
                let expected = "observations with `se`, or no `sampling`";
                Err(self.specification.fault(input.line, found, expected))
            }
            InputKind::Sampling
                if self
                    .inputs
                    .iter()
                    .any(|bound| matches!(bound, Bound::Sampling)) =>
            {
                Err(self
                    .specification
                    .fault(input.line, "`sampling` in two inputs", "one"))
            }
            InputKind::Sampling => Ok(Bound::Sampling),
        }
    }

    /// The place of a step in the recipe.
    fn step(&self, line: u64, name: &StepName) -> Result<usize, SpecificationError> {
        let recipe = &self.version().recipe;
        let found = match name {
            StepName::Position(position) => position.checked_sub(1).filter(|p| *p < recipe.len()),
            StepName::Id(id) => {
                let own = recipe.iter().position(|step| step.id.as_ref() == Some(id));
                let alike: Vec<usize> = (0..recipe.len())
                    .filter(|place| recipe[*place].name() == id)
                    .collect();
                own.or(Some(alike)
                    .filter(|alike| alike.len() == 1)
                    .map(|alike| alike[0]))
            }
        };
        found.ok_or_else(|| {
            let steps: Vec<String> = (1..)
                .zip(recipe)
                .map(|(n, step)| format!("{n} {}", step.name()))
                .collect();
            let expected = format!(
                "one of the recipe's steps ({}), or its `id`",
                steps.join(", ")
            );
            self.specification
                .fault(line, format!("step {name}"), expected)
        })
    }

    fn weights(&self, line: u64, input: &WeightInput) -> Result<Bound, SpecificationError> {
        let (version, tree) = (self.version(), &self.version().tree);
        let levels = version.levels.len();
        if let Some(level) = input
            .levels
            .iter()
            .find(|level| **level == 0 || **level >= levels)
        {
            let expected = format!(
                "levels from 1 (the leaves) to {}, below the index",
                levels - 1
            );
            return Err(self
                .specification
                .fault(line, format!("level {level}"), expected));
        }
        let named: Vec<NodeIndex> = input
            .nodes
            .iter()
            .map(|code| self.find(line, code))
            .collect::<Result<_, _>>()?;
        let varies = |node: &NodeIndex| {
            let level = input.levels.is_empty() || input.levels.contains(&version.level(*node));
            level && (named.is_empty() || named.contains(node))
        };
        let siblings = tree.indices().map(|parent| {
            tree.children(parent)
                .iter()
                .copied()
                .filter(varies)
                .collect()
        });
        let siblings: Vec<Vec<NodeIndex>> = siblings
            .filter(|nodes: &Vec<_>| !nodes.is_empty())
            .collect();
        if siblings.is_empty() {
            return Err(self.specification.fault(
                line,
                "no node of these levels and codes",
                "at least one",
            ));
        }
        let bound = Bound::Weights {
            distribution: input.distribution,
            siblings,
        };
        // A draw shows what no draw can change: weights that are all 0, say.
        self.check_draw(line, &bound)?;
        Ok(bound)
    }

    fn check_draw(&self, line: u64, bound: &Bound) -> Result<(), SpecificationError> {
        let mut weights = self.subject.runner.given_weights().to_vec();
        let middle = vec![0.5; bound.coordinates()];
        bound.draw_weights(&middle, &mut weights).map_err(|fault| {
            let text = fault.to_string();
            let (found, expected) = text.split_once("; expected ").unwrap_or((&text, "weights"));
            self.specification
                .fault(line, found.trim_start_matches("found "), expected)
        })
    }

    /// Each weight may vary by one input, and not where the recipe sets it.
    fn check_weights(&self) -> Result<(), SpecificationError> {
        let tree = &self.version().tree;
        let mut taken = BTreeSet::new();
        for (input, bound) in self.specification.inputs.iter().zip(&self.inputs) {
            for node in bound.weighted() {
                let code = quoted(&tree.node(node).code);
                if !taken.insert(node) {
                    let found = format!("weights of node {code} in two inputs");
                    return Err(self
                        .specification
                        .fault(input.line, found, "each weight in one"));
                }
                if let Some(step) = self.weight_step(node) {
                    let found =
                        format!("weights of node {code}, which step {step} of the recipe sets");
                    let expected = "nodes whose weights are those of nodes.csv";
                    return Err(self.specification.fault(input.line, found, expected));
                }
            }
        }
        Ok(())
    }

    /// The step that sets a node's weight to anything but the given one.
    fn weight_step(&self, node: NodeIndex) -> Option<usize> {
        let version = self.version();
        let sets = |step: &crate::recipe::Step| {
            let action = step.action(&version.tree, |node| version.level(node), node);
            matches!(action, Some(Action::Weight(weight)) if weight.method != WeightMethod::Given)
        };
        version.recipe.iter().position(sets).map(|place| place + 1)
    }
}
