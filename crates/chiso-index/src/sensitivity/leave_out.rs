//! What leaving out each node of an index does to the scores and ranks of the studied nodes.

use std::sync::Arc;

use super::rank_statistics::{NO_RANK, Ranker, mean_shift};
use super::study::Study;
use crate::engine::Runner;
use crate::pack::{Edition, NodeIndex};

/// What leaving out one node does to a studied node in one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOut {
    /// The edition.
    pub edition: Edition,
    /// The studied node.
    pub node: NodeIndex,
    /// The node that is left out.
    pub left_out: NodeIndex,
    /// The codes of the units, ascending.
    pub units: Vec<Arc<str>>,
    /// The ranks of the recipe as it is.
    pub nominal_ranks: Vec<u32>,
    /// The scores without it, by unit; NaN where there is none.
    pub scores: Vec<f64>,
    /// Their ranks.
    pub ranks: Vec<u32>,
    /// The mean over units of |rank − nominal rank|; NaN where no unit has both.
    pub mean_shift: f64,
    /// Why there are no scores, where the recipe cannot be carried out without the node.
    pub problem: Option<String>,
}

impl LeaveOneOut {
    /// By how many places a unit's rank shifts; none where it has no rank with or without the node.
    pub fn shift(&self, unit: usize) -> Option<u32> {
        let (with, without) = (self.nominal_ranks[unit], self.ranks[unit]);
        (with != NO_RANK && without != NO_RANK).then(|| with.abs_diff(without))
    }
}

impl Study<'_> {
    /// Leaves out every node below each studied node in turn. `nominal` has run.
    pub(super) fn leave_one_out(
        &self,
        nominal: &mut Runner,
        editions: &[usize],
    ) -> Vec<LeaveOneOut> {
        let tree = &self.version().tree;
        let mut ranker = Ranker::new(self.version().rank);
        let before: Vec<Vec<f64>> = self
            .nodes
            .iter()
            .map(|node| nominal.column(*node).to_vec())
            .collect();
        let mut results = Vec::new();
        for left_out in tree
            .outline()
            .into_iter()
            .filter(|node| *node != tree.root())
        {
            let dropped: Vec<bool> = tree.indices().map(|node| node == left_out).collect();
            nominal.set_dropped(&dropped);
            let problem = nominal.run().err().map(|fault| fault.to_string());
            for &edition in editions {
                for (place, &node) in self.nodes.iter().enumerate() {
                    if self.is_below(left_out, node) {
                        let after = nominal.column(node);
                        let pair = (&before[place][..], after);
                        let problem = problem.clone();
                        results.push(self.left_out(
                            edition,
                            (node, left_out),
                            pair,
                            problem,
                            &mut ranker,
                        ));
                    }
                }
            }
        }
        results
    }

    fn is_below(&self, node: NodeIndex, above: NodeIndex) -> bool {
        let mut at = self.version().tree.node(node).parent;
        while let Some(here) = at {
            if here == above {
                return true;
            }
            at = self.version().tree.node(here).parent;
        }
        false
    }

    fn left_out(
        &self,
        edition: usize,
        (node, left_out): (NodeIndex, NodeIndex),
        (before, after): (&[f64], &[f64]),
        problem: Option<String>,
        ranker: &mut Ranker,
    ) -> LeaveOneOut {
        let edition = &self.subject.runner.plan().frame().editions()[edition];
        let units = edition.units.len();
        let (mut nominal, mut ranks) = (vec![NO_RANK; units], vec![NO_RANK; units]);
        ranker.rank(&before[edition.rows.clone()], &mut nominal);
        let scores = match problem {
            Some(_) => vec![f64::NAN; units],
            None => after[edition.rows.clone()].to_vec(),
        };
        ranker.rank(&scores, &mut ranks);
        LeaveOneOut {
            edition: edition.edition,
            node,
            left_out,
            units: edition.units.clone(),
            mean_shift: mean_shift(&ranks, &nominal),
            nominal_ranks: nominal,
            scores,
            ranks,
            problem,
        }
    }
}
