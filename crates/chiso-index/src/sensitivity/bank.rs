//! The stages of every combination of alternatives, each compiled once.
//!
//! A stage follows from its own steps alone, except that weights found from scores need the rules of
//! aggregation. So a stage is known by the alternatives of the inputs that touch it, and two runs
//! that agree on them share it: the engine then knows that nothing before changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::bound::{alternative, in_range};
use super::points::Design;
use super::specification::{Change, SpecificationError};
use super::study::Study;
use crate::engine::{Outline, Plan, Stage, StepFault};
use crate::pack::Version;
use crate::recipe::Step;

/// An input that changes a step.
#[derive(Clone, Debug)]
pub(super) struct StepInput {
    /// Its place among all inputs.
    pub input: usize,
    /// Its line in the specification.
    pub line: u64,
    /// The step's place in the recipe.
    pub recipe: usize,
    pub change: Change,
}

/// What an input chooses: an alternative, or a share of its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Chosen {
    Alternative(usize),
    Share(f64),
}

/// Why a combination of alternatives has no stage.
type Refusal = Arc<str>;

pub(super) struct Bank {
    /// By stage: the step inputs that touch it.
    touching: Vec<Vec<usize>>,
    stages: HashMap<(usize, Vec<u64>), Result<Arc<Stage>, Refusal>>,
}

impl Bank {
    /// That every alternative, by itself, can take its step's place.
    pub(super) fn check(study: &Study<'_>) -> Result<(), SpecificationError> {
        for step in &study.steps {
            let choices: Vec<Chosen> = match &step.change {
                Change::Values { values, .. } => {
                    (0..values.len()).map(Chosen::Alternative).collect()
                }
                Change::Alternatives(tables) => {
                    (0..tables.len()).map(Chosen::Alternative).collect()
                }
                // Between the ends, too, where a whole number is wanted.
                Change::Range { .. } => [0.0, 0.381_966, 1.0].map(Chosen::Share).to_vec(),
            };
            for chosen in choices {
                compile(study, &[(step, chosen)]).map_err(|problem| {
                    let (found, expected) = split(&problem);
                    let found = format!(
                        "{} of step {}: {found}",
                        step.shown(chosen),
                        step.recipe + 1
                    );
                    study.specification.fault(step.line, found, expected)
                })?;
            }
        }
        Ok(())
    }

    /// The stages of all runs of a design.
    pub(super) fn new(study: &Study<'_>, design: &Design) -> Bank {
        let plan = study.subject.runner.plan();
        let mut touching = vec![Vec::new(); plan.stages().len()];
        for (place, step) in study.steps.iter().enumerate() {
            let own = plan.stage_of_step(step.recipe + 1);
            let aggregates = study.version().recipe[step.recipe].name() == "aggregate";
            for (stage, touching) in touching.iter_mut().enumerate() {
                let weighs = plan.stages()[stage].action() == "weight";
                if Some(stage) == own || (aggregates && weighs) {
                    touching.push(place);
                }
            }
        }
        let mut bank = Bank {
            touching,
            stages: HashMap::new(),
        };
        for run in 0..design.runs() {
            bank.add(study, design, run);
        }
        bank
    }

    /// The first stage that an input's choice changes; the number of stages where it changes none.
    pub(super) fn first_touched(&self, step: usize) -> usize {
        let touched = |inputs: &Vec<usize>| inputs.contains(&step);
        self.touching
            .iter()
            .position(touched)
            .unwrap_or(self.touching.len())
    }

    /// The stages of a run that some input changes, by their places.
    pub(super) fn stages<'b>(
        &'b self,
        study: &'b Study<'_>,
        design: &'b Design,
        run: usize,
    ) -> impl Iterator<Item = (usize, &'b Result<Arc<Stage>, Refusal>)> + 'b {
        let touched = (0..self.touching.len()).filter(|stage| !self.touching[*stage].is_empty());
        touched.filter_map(move |stage| {
            let key = self.key(study, design, run, stage);
            self.stages.get(&(stage, key)).map(|found| (stage, found))
        })
    }

    fn key(&self, study: &Study<'_>, design: &Design, run: usize, stage: usize) -> Vec<u64> {
        let choice = |&step: &usize| study.choice(design, run, study.steps[step].input);
        self.touching[stage].iter().map(choice).collect()
    }

    fn add(&mut self, study: &Study<'_>, design: &Design, run: usize) {
        for stage in 0..self.touching.len() {
            if self.touching[stage].is_empty() {
                continue;
            }
            let key = (stage, self.key(study, design, run, stage));
            if self.stages.contains_key(&key) {
                continue;
            }
            let chosen: Vec<(&StepInput, Chosen)> = self.touching[stage]
                .iter()
                .map(|&step| {
                    let step = &study.steps[step];
                    let uniform = design.at(design.source(run, step.input), step.input)[0];
                    (step, step.chosen(uniform))
                })
                .collect();
            let compiled = compile(study, &chosen).map(|plan| plan.stages()[stage].clone());
            self.stages.insert(key, compiled.map_err(Arc::from));
        }
    }
}

impl StepInput {
    fn chosen(&self, uniform: f64) -> Chosen {
        match &self.change {
            Change::Values { values, .. } => {
                Chosen::Alternative(alternative(uniform, values.len()))
            }
            Change::Alternatives(tables) => Chosen::Alternative(alternative(uniform, tables.len())),
            Change::Range { .. } => Chosen::Share(uniform),
        }
    }

    /// A choice in words.
    fn shown(&self, chosen: Chosen) -> String {
        match (&self.change, chosen) {
            (Change::Values { parameter, values }, Chosen::Alternative(place)) => {
                format!("`{parameter}` {}", values[place])
            }
            (
                Change::Range {
                    parameter,
                    low,
                    high,
                },
                Chosen::Share(share),
            ) => {
                format!("`{parameter}` {}", in_range(share, *low, *high))
            }
            (_, Chosen::Alternative(place)) => format!("alternative {}", place + 1),
            (_, Chosen::Share(share)) => format!("share {share}"),
        }
    }

    /// The step with a choice made.
    fn altered(&self, step: &Step, chosen: Chosen) -> Result<Step, String> {
        match (&self.change, chosen) {
            (Change::Values { parameter, values }, Chosen::Alternative(place)) => {
                step.with_parameter(parameter, values[place].clone())
            }
            (
                Change::Range {
                    parameter,
                    low,
                    high,
                },
                Chosen::Share(share),
            ) => step.with_parameter(parameter, in_range(share, *low, *high)),
            (Change::Alternatives(tables), Chosen::Alternative(place)) => {
                step.with_parameters(&tables[place])
            }
            _ => Ok(step.clone()),
        }
    }
}

/// The plan of a version in which some steps are replaced; what follows must find what it found.
fn compile(study: &Study<'_>, chosen: &[(&StepInput, Chosen)]) -> Result<Plan, String> {
    let nominal = study.subject.runner.plan();
    let mut version: Version = (**study.version()).clone();
    for (step, chosen) in chosen {
        version.recipe[step.recipe] = step.altered(&version.recipe[step.recipe], *chosen)?;
    }
    let explained = |fault: &StepFault| match &fault.node {
        Some(node) => format!("{} (node `{node}`)", fault.problem),
        None => fault.problem.clone(),
    };
    let version = Arc::new(version);
    let outline = Outline::of(&version).map_err(|faults| explained(&faults[0]))?;
    if outline != study.outline {
        return Err(
            "found values that later steps would read otherwise (other nodes, or the other \
                    direction); expected the same nodes and directions"
                .to_owned(),
        );
    }
    let changed: Vec<usize> = chosen.iter().map(|(step, _)| step.recipe).collect();
    let plan = nominal.altered(&version, &changed, study.subject.context);
    let plan = plan.map_err(|fault| explained(&fault))?;
    let alike = plan.stages().len() == nominal.stages().len()
        && plan
            .stages()
            .iter()
            .enumerate()
            .all(|(place, stage)| nominal.accepts(place, stage));
    match alike {
        true => Ok(plan),
        false => Err(
            "found an alternative that works on other nodes; expected the same nodes".to_owned(),
        ),
    }
}

fn split(problem: &str) -> (&str, &str) {
    let (found, expected) = problem
        .split_once("; expected ")
        .unwrap_or((problem, "another"));
    (found.trim_start_matches("found "), expected)
}
