//! Weights found from scores: equal, principal components, balanced importance.

use std::ops::Range;

use super::StepFault;
use super::aggregate::{Aggregator, Input};
use super::compile::Plan;
use super::runner::column;
use super::stage::{Place, Rule, Stage, Weighed, Weighing};
use crate::numbers;
use crate::recipe::{Over, WeightMethod};
use crate::weight::{balance, principal};

/// What a weight stage reads, and where it computes inner nodes on trial.
pub(super) struct Scale<'a> {
    pub plan: &'a Plan,
    pub stage: &'a Stage,
    pub buffers: &'a [Vec<f64>],
    /// The place of the stage's own buffer among them.
    pub own: usize,
    pub given: &'a [f64],
    pub dropped: &'a [bool],
    pub aggregator: &'a mut Aggregator,
    /// The rules of the nodes that are not computed yet.
    pub trial: &'a [Rule],
    /// Their columns.
    pub out: &'a mut [f64],
}

impl Scale<'_> {
    /// Sets weights: a weight per edition and node.
    pub(super) fn weigh(
        &mut self,
        weighing: &[Weighing],
        weights: &mut [f64],
    ) -> Result<(), StepFault> {
        let all = 0..self.plan.frame.editions().len();
        let blocks: Vec<Range<usize>> = match self.stage.over {
            Over::Panel => std::iter::once(all).collect(),
            Over::Edition => all.map(|edition| edition..edition + 1).collect(),
        };
        for group in weighing {
            for editions in &blocks {
                self.group(group, editions, weights)?;
            }
        }
        Ok(())
    }

    fn group(
        &mut self,
        group: &Weighing,
        editions: &Range<usize>,
        weights: &mut [f64],
    ) -> Result<(), StepFault> {
        let found = match group.method {
            WeightMethod::Given => group
                .nodes
                .iter()
                .map(|weighed| self.given[weighed.node.0])
                .collect(),
            WeightMethod::Equal => vec![1.0; group.nodes.len()],
            WeightMethod::Pca => self.principal(group, editions, weights)?,
            WeightMethod::Balanced => self.balanced(group, editions, weights)?,
        };
        self.put(group, editions, &found, weights);
        Ok(())
    }

    fn put(&self, group: &Weighing, editions: &Range<usize>, found: &[f64], weights: &mut [f64]) {
        let nodes = self.given.len();
        for edition in editions.clone() {
            for (weighed, weight) in group.nodes.iter().zip(found) {
                weights[edition * nodes + weighed.node.0] = *weight;
            }
        }
    }

    fn fault(&self, weighed: &Weighed, editions: &Range<usize>, problem: String) -> StepFault {
        StepFault {
            step: self.stage.step,
            action: self.stage.action,
            line: self.stage.line,
            node: Some(self.plan.version.tree.node(weighed.node).code.clone()),
            edition: self
                .plan
                .frame
                .editions()
                .get(editions.start)
                .map(|e| e.edition),
            problem,
        }
    }

    /// Computes the nodes that no earlier step has, with the weights as they are.
    fn try_weights(
        &mut self,
        editions: &Range<usize>,
        weights: &[f64],
    ) -> Result<(), (usize, String)> {
        let nodes = self.given.len();
        for edition in editions.clone() {
            let input = Input {
                buffers: self.buffers,
                own: self.own,
                rows: self.plan.frame.rows(),
                block: self.plan.frame.editions()[edition].rows.clone(),
                weights: &weights[edition * nodes..][..nodes],
                dropped: self.dropped,
                plan: self.plan,
            };
            self.aggregator.aggregate(self.trial, &input, self.out)?;
        }
        Ok(())
    }

    fn trial_fault(&self, editions: &Range<usize>, (rule, problem): (usize, String)) -> StepFault {
        let rule = &self.trial[rule];
        let weighed = Weighed {
            node: rule.node,
            place: Place { buffer: 0, slot: 0 },
            target: None,
        };
        self.fault(&weighed, editions, problem)
    }

    fn rows(&self, editions: &Range<usize>) -> Range<usize> {
        let all = self.plan.frame.editions();
        let start = all
            .get(editions.start)
            .map_or(0, |edition| edition.rows.start);
        let end = all
            .get(editions.end.saturating_sub(1))
            .map_or(start, |edition| edition.rows.end);
        start..end
    }

    fn at(&self, place: Place, rows: &Range<usize>) -> &[f64] {
        let all = self.plan.frame.rows();
        let column = match place.buffer == self.own {
            true => &self.out[place.slot * all..][..all],
            false => column(self.buffers, place, all),
        };
        &column[rows.clone()]
    }

    fn principal(
        &mut self,
        group: &Weighing,
        editions: &Range<usize>,
        weights: &[f64],
    ) -> Result<Vec<f64>, StepFault> {
        if group.nodes.len() == 1 {
            return Ok(vec![1.0]);
        }
        if group
            .nodes
            .iter()
            .any(|weighed| weighed.place.buffer == self.own)
        {
            let tried = self.try_weights(editions, weights);
            tried.map_err(|fault| self.trial_fault(editions, fault))?;
        }
        let rows = self.rows(editions);
        let parts: Vec<&[f64]> = group
            .nodes
            .iter()
            .map(|weighed| self.at(weighed.place, &rows))
            .collect();
        principal::loadings(&parts)
            .map_err(|error| self.fault(&group.nodes[0], editions, error.to_string()))
    }

    fn balanced(
        &mut self,
        group: &Weighing,
        editions: &Range<usize>,
        weights: &[f64],
    ) -> Result<Vec<f64>, StepFault> {
        let target = |weighed: &Weighed| weighed.target.unwrap_or(self.given[weighed.node.0]);
        let targets: Vec<f64> = group.nodes.iter().map(target).collect();
        let rows = self.rows(editions);
        let root = self.plan.version.tree.root();
        let top = self
            .trial
            .iter()
            .position(|rule| rule.node == root)
            .map(|slot| Place {
                buffer: self.own,
                slot,
            });
        let Some(top) = top else {
            let problem =
                "found an index that is computed before; expected this step before the aggregation";
            return Err(self.fault(&group.nodes[0], editions, problem.to_owned()));
        };
        let mut tried = weights.to_vec();
        let mut failed = None;
        let result = balance::balance(
            |candidate: &[f64]| {
                self.put(group, editions, candidate, &mut tried);
                if let Err(fault) = self.try_weights(editions, &tried) {
                    failed = Some(fault.clone());
                    return None;
                }
                let index = self.at(top, &rows);
                let correlation =
                    |weighed: &Weighed| numbers::correlation(self.at(weighed.place, &rows), index);
                group.nodes.iter().map(correlation).collect()
            },
            &targets,
        );
        if let Some(fault) = failed {
            return Err(self.trial_fault(editions, fault));
        }
        result.map_err(|error| self.fault(&group.nodes[0], editions, error.to_string()))
    }
}
