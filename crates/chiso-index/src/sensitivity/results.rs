//! What the runs of a study say: of each unit's score and rank, and of each target's indices.

use std::sync::Arc;

use rayon::prelude::*;

use super::indices::{Bootstrap, Centring, Index, IndexInterval, IndicesFault, Target};
use super::leave_out::LeaveOneOut;
use super::points::Design;
use super::rank_statistics::{NO_RANK, RankSummary, RankTable, Ranker, quantile};
use super::run::{Failure, RunScores};
use super::specification::TargetName;
use super::study::{Study, StudyFault};
use crate::pack::{Edition, NodeIndex};

/// The results of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// By edition and studied node.
    pub parts: Vec<NodeResults>,
    /// How many runs there were: N, or N(d + 2) with indices.
    pub runs: usize,
    /// How many of them are a plain sample of the inputs, from which spreads are taken.
    pub sample: usize,
    /// The runs that could not be carried out.
    pub failures: Vec<Failure>,
    /// What leaving out each node does, where it was asked for.
    pub leave_one_out: Vec<LeaveOneOut>,
}

/// What the runs say of one node in one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeResults {
    /// The edition.
    pub edition: Edition,
    /// The node.
    pub node: NodeIndex,
    /// The codes of the units, ascending.
    pub units: Vec<Arc<str>>,
    /// The scores of the recipe as it is; NaN where there is none.
    pub nominal_scores: Vec<f64>,
    /// Their ranks.
    pub nominal_ranks: Vec<u32>,
    /// The scores of all runs, run after run.
    pub scores: Vec<f64>,
    /// Their ranks.
    pub ranks: RankTable,
    /// Of the scores in the plain sample of runs, by unit.
    pub score_summaries: Vec<ScoreSummary>,
    /// Of the ranks in the plain sample of runs, by unit.
    pub rank_summaries: Vec<RankSummary>,
    /// The targets of this node.
    pub targets: Vec<TargetResult>,
}

/// What the runs say of one unit's score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreSummary {
    /// The mean over runs that give it a score; NaN where none does, as are the others.
    pub mean: f64,
    /// The 5th percentile.
    pub q05: f64,
    /// The median.
    pub median: f64,
    /// The 95th percentile.
    pub q95: f64,
}

/// A target and the indices of the inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetResult {
    /// The target.
    pub name: TargetName,
    /// Its value in every run; NaN where it has none.
    pub values: Vec<f64>,
    /// Its indices, where they were asked for; or why there are none.
    pub indices: Option<Result<TargetIndices, IndicesFault>>,
}

/// The indices of a target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetIndices {
    /// The mean over A and B.
    pub mean: f64,
    /// The variance over A and B.
    pub variance: f64,
    /// Whether it does not vary: all indices are 0 then.
    pub constant: bool,
    /// Draws that are left out because a run of theirs gave no value.
    pub dropped: usize,
    /// By input.
    pub inputs: Vec<Index>,
    /// By input; empty without bootstrap.
    pub intervals: Vec<IndexInterval>,
}

impl Study<'_> {
    /// Runs the study on editions, by their places in the frame.
    ///
    /// # Errors
    /// When the recipe as it is cannot be carried out, or none of the runs.
    pub fn run(&self, editions: &[usize]) -> Result<Results, StudyFault> {
        let mut nominal = self.subject.runner.clone();
        nominal.run()?;
        let leave_one_out = match self.specification.leave_one_out {
            true => self.leave_one_out(&mut nominal.clone(), editions),
            false => Vec::new(),
        };
        let Some(design) = &self.design else {
            return Ok(Results {
                parts: Vec::new(),
                runs: 0,
                sample: 0,
                failures: Vec::new(),
                leave_one_out,
            });
        };
        let RunScores { scores, failures } = self.run_design(design)?;
        let cells: Vec<(usize, usize)> = editions
            .iter()
            .flat_map(|&e| (0..self.nodes.len()).map(move |n| (e, n)))
            .collect();
        let parts = cells
            .into_iter()
            .map(|(edition, place)| {
                let column = nominal.column(self.nodes[place]);
                self.node(design, edition, place, column, &scores)
            })
            .collect();
        let (runs, sample) = (design.runs(), design.sample());
        Ok(Results {
            parts,
            runs,
            sample,
            failures,
            leave_one_out,
        })
    }

    fn node(
        &self,
        design: &Design,
        edition: usize,
        place: usize,
        nominal: &[f64],
        all: &[f64],
    ) -> NodeResults {
        let frame = self.subject.runner.plan().frame();
        let (rows, edition) = (frame.rows(), &frame.editions()[edition]);
        let units = edition.units.len();
        let nominal_scores = nominal[edition.rows.clone()].to_vec();
        let mut ranker = Ranker::new(self.version().rank);
        let mut nominal_ranks = vec![NO_RANK; units];
        ranker.rank(&nominal_scores, &mut nominal_ranks);
        let mut ranks = RankTable::new(units);
        let mut scores = Vec::with_capacity(design.runs() * units);
        for run in all.chunks_exact(self.width()) {
            let own = &run[place * rows..][edition.rows.clone()];
            ranks.push_scores(own, &mut ranker);
            scores.extend_from_slice(own);
        }
        let mut results = NodeResults {
            edition: edition.edition,
            node: self.nodes[place],
            units: edition.units.clone(),
            score_summaries: score_summaries(&scores[..design.sample() * units], units),
            rank_summaries: ranks.summaries(design.sample()),
            nominal_scores,
            nominal_ranks,
            scores,
            ranks,
            targets: Vec::new(),
        };
        let targets = self.specification.targets.par_iter();
        results.targets = targets
            .map(|name| self.target(design, name, &results))
            .collect();
        results
    }

    fn target(&self, design: &Design, name: &TargetName, results: &NodeResults) -> TargetResult {
        let values = results.values(name);
        let indices = self
            .specification
            .indices
            .then(|| self.indices(design, &values));
        TargetResult {
            name: name.clone(),
            values,
            indices,
        }
    }

    fn indices(&self, design: &Design, values: &[f64]) -> Result<TargetIndices, IndicesFault> {
        let target = Target::new(values, design.draws(), design.inputs(), Centring::Centred)?;
        let bootstrap = Bootstrap {
            resamples: self.specification.bootstrap,
            seed: self.specification.seed,
            confidence: self.specification.confidence,
        };
        let intervals = match bootstrap.resamples {
            0 => Vec::new(),
            _ => target.intervals(Centring::Centred, &bootstrap)?,
        };
        Ok(TargetIndices {
            mean: target.mean(),
            variance: target.variance(),
            constant: target.is_constant(),
            dropped: target.dropped(),
            inputs: target.indices(),
            intervals,
        })
    }
}

impl NodeResults {
    /// The value of a target in every run; NaN where a run has none.
    pub fn values(&self, name: &TargetName) -> Vec<f64> {
        let runs = self.ranks.runs();
        let of_unit = |unit: &str, value: &dyn Fn(usize, usize) -> f64| match self
            .units
            .binary_search_by(|code| (**code).cmp(unit))
        {
            Ok(place) => (0..runs).map(|run| value(run, place)).collect(),
            Err(_) => vec![f64::NAN; runs],
        };
        match name {
            TargetName::MeanShift => self.ranks.mean_shifts(&self.nominal_ranks),
            TargetName::Moved(places) => self.ranks.shares_moved(&self.nominal_ranks, *places),
            TargetName::Rank(unit) => {
                of_unit(unit, &|run, place| match self.ranks.run(run)[place] {
                    NO_RANK => f64::NAN,
                    rank => f64::from(rank),
                })
            }
            TargetName::Score(unit) => of_unit(unit, &|run, place| {
                self.scores[run * self.units.len() + place]
            }),
        }
    }
}

fn score_summaries(scores: &[f64], units: usize) -> Vec<ScoreSummary> {
    let mut values = Vec::new();
    let summary = |unit| {
        values.clear();
        values.extend(
            scores
                .iter()
                .skip(unit)
                .step_by(units)
                .filter(|score| !score.is_nan()),
        );
        values.sort_unstable_by(f64::total_cmp);
        ScoreSummary {
            mean: crate::numbers::mean(&values).unwrap_or(f64::NAN),
            q05: quantile(&values, 0.05),
            median: quantile(&values, 0.5),
            q95: quantile(&values, 0.95),
        }
    };
    (0..units).map(summary).collect()
}
