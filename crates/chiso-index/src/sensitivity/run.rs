//! The runs of a study, in the order in which least is computed again.

use std::sync::Arc;

use rayon::prelude::*;

use super::bank::Bank;
use super::bound::{Bound, alternative};
use super::points::Design;
use super::study::{Study, StudyFault};
use crate::engine::Runner;
use crate::pack::NodeIndex;

/// A run that could not be carried out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The run.
    pub run: usize,
    /// What was found, and what was expected.
    pub problem: Arc<str>,
}

/// The scores of all runs.
pub(super) struct RunScores {
    /// By run, studied node and row: the scores; NaN throughout a run that failed.
    pub scores: Vec<f64>,
    pub failures: Vec<Failure>,
}

impl Study<'_> {
    /// What an input chooses in a run, as a number: runs with the same number share it.
    pub(super) fn choice(&self, design: &Design, run: usize, input: usize) -> u64 {
        let source = design.source(run, input);
        match self.inputs[input].alternatives() {
            Some(count) => alternative(design.at(source, input)[0], count) as u64,
            None => source as u64,
        }
    }

    /// Runs the whole design: the scores of the studied nodes on all rows.
    ///
    /// # Errors
    /// When no run can be carried out.
    pub(super) fn run_design(&self, design: &Design) -> Result<RunScores, StudyFault> {
        let bank = Bank::new(self, design);
        let order = self.order(design, &bank);
        let weights = self.weight_table(design);
        let threads = rayon::current_num_threads().max(1);
        let chunk = order.len().div_ceil(threads).max(1);
        let parts: Vec<(Vec<f64>, Vec<Failure>)> = order
            .par_chunks(chunk)
            .map(|runs| {
                Runs {
                    study: self,
                    design,
                    bank: &bank,
                    weights: &weights,
                }
                .carry_out(runs)
            })
            .collect();
        let width = self.width();
        let mut scores = vec![f64::NAN; design.runs() * width];
        let mut failures = Vec::new();
        for (runs, (part, failed)) in order.chunks(chunk).zip(parts) {
            for (place, run) in runs.iter().enumerate() {
                scores[run * width..][..width].copy_from_slice(&part[place * width..][..width]);
            }
            failures.extend(failed);
        }
        failures.sort_by_key(|failure| failure.run);
        match failures.first() {
            Some(first) if failures.len() == design.runs() => Err(StudyFault::NoRun {
                runs: design.runs(),
                first: first.problem.to_string(),
            }),
            _ => Ok(RunScores { scores, failures }),
        }
    }

    /// How many scores a run gives.
    pub(super) fn width(&self) -> usize {
        self.nodes.len() * self.subject.runner.plan().frame().rows()
    }

    /// Runs sorted so that neighbours share the earliest stages: by the choice of the input that
    /// changes the first stage, then the next.
    fn order(&self, design: &Design, bank: &Bank) -> Vec<usize> {
        let stages = self.subject.runner.plan().stages();
        let uses_weights =
            |stage: &Arc<crate::engine::Stage>| ["weight", "aggregate"].contains(&stage.action());
        let weights = stages.iter().position(uses_weights).unwrap_or(stages.len());
        let first = |input: &usize| match &self.inputs[*input] {
            Bound::Sampling => 0,
            Bound::Step { place, .. } => 1 + bank.first_touched(*place),
            _ => 1 + weights,
        };
        let mut inputs: Vec<usize> = (0..self.inputs.len()).collect();
        inputs.sort_by_key(first);
        let mut order: Vec<usize> = (0..design.runs()).collect();
        order.sort_by_cached_key(|&run| {
            inputs
                .iter()
                .map(|&input| self.choice(design, run, input))
                .collect::<Vec<u64>>()
        });
        order
    }

    /// By weight input (none for others): the drawn weights of every source, each source a weight
    /// per node.
    fn weight_table(&self, design: &Design) -> Vec<Vec<f64>> {
        let given = self.subject.runner.given_weights();
        let sources = design.sample();
        let table = |(input, bound): (usize, &Bound)| {
            if !matches!(bound, Bound::Weights { .. }) {
                return Vec::new();
            }
            let mut table = Vec::with_capacity(sources * given.len());
            for source in 0..sources {
                let start = table.len();
                table.extend_from_slice(given);
                let drawn = bound.draw_weights(design.at(source, input), &mut table[start..]);
                // What can go wrong was found when the input was bound; a run without weights fails.
                if drawn.is_err() {
                    table[start..].fill(f64::NAN);
                }
            }
            table
        };
        self.inputs.iter().enumerate().map(table).collect()
    }
}

/// What all runs of a design share.
struct Runs<'a> {
    study: &'a Study<'a>,
    design: &'a Design,
    bank: &'a Bank,
    weights: &'a [Vec<f64>],
}

impl Runs<'_> {
    fn carry_out(&self, runs: &[usize]) -> (Vec<f64>, Vec<Failure>) {
        let subject = &self.study.subject;
        let mut runner = subject.runner.clone();
        let sample = subject.runner.leaves().to_vec();
        let mut sampled = None;
        let mut scores = Vec::with_capacity(runs.len() * self.study.width());
        let mut failures = Vec::new();
        for &run in runs {
            self.sample(run, &sample, &mut sampled, &mut runner);
            match self.run(run, &mut runner) {
                Ok(()) => {
                    for &node in &self.study.nodes {
                        scores.extend_from_slice(runner.column(node));
                    }
                }
                Err(problem) => {
                    scores.resize(scores.len() + self.study.width(), f64::NAN);
                    failures.push(Failure { run, problem });
                }
            }
        }
        (scores, failures)
    }

    /// Draws the leaves of a run, unless the runner has them.
    fn sample(&self, run: usize, sample: &[f64], sampled: &mut Option<u64>, runner: &mut Runner) {
        let is_sampling = |bound: &Bound| matches!(bound, Bound::Sampling);
        let Some(input) = self.study.inputs.iter().position(is_sampling) else {
            return;
        };
        let source = self.study.choice(self.design, run, input);
        if let Some(draw) = self
            .study
            .subject
            .draw_leaves
            .filter(|_| *sampled != Some(source))
        {
            draw(source, sample, runner.leaves_mut());
            *sampled = Some(source);
        }
    }

    fn run(&self, run: usize, runner: &mut Runner) -> Result<(), Arc<str>> {
        let text = |fault: crate::engine::StepFault| Arc::from(fault.to_string());
        for (place, stage) in self.bank.stages(self.study, self.design, run) {
            let stage = stage.as_ref().map_err(Arc::clone)?;
            runner.set_stage(place, stage).map_err(text)?;
        }
        let (weights, dropped) = self.weights_and_dropped(run);
        if weights.iter().any(|weight| weight.is_nan()) {
            return Err(Arc::from("found no weights; expected some"));
        }
        runner.set_weights(&weights);
        runner.set_dropped(&dropped);
        runner.run().map_err(text)
    }

    fn weights_and_dropped(&self, run: usize) -> (Vec<f64>, Vec<bool>) {
        let mut weights = self.study.subject.runner.given_weights().to_vec();
        let nodes = weights.len();
        let mut dropped = vec![false; nodes];
        for (input, bound) in self.study.inputs.iter().enumerate() {
            let choice = || self.study.choice(self.design, run, input) as usize;
            match bound {
                Bound::Weights { siblings, .. } => {
                    let drawn = &self.weights[input][choice() * nodes..][..nodes];
                    let set = |node: &NodeIndex| weights[node.0] = drawn[node.0];
                    siblings.iter().flatten().for_each(set);
                }
                Bound::WeightSets(sets) => {
                    sets[choice()]
                        .iter()
                        .for_each(|(node, weight)| weights[node.0] = *weight);
                }
                Bound::Exclude(nodes) => {
                    if let Some(node) = choice().checked_sub(1).and_then(|place| nodes.get(place)) {
                        dropped[node.0] = true;
                    }
                }
                Bound::Step { .. } | Bound::Sampling => {}
            }
        }
        (weights, dropped)
    }
}
