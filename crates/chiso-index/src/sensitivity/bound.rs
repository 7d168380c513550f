//! An input bound to what it changes in an index, and what its coordinates choose.

use std::collections::BTreeSet;

use toml::Value;

use super::specification::WeightDistribution;
use super::weights::{self, WeightFault};
use crate::pack::NodeIndex;

/// An input bound to what it changes.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    /// A step, by its place among the step inputs; so many alternatives, or none of a range.
    Step {
        place: usize,
        alternatives: Option<usize>,
    },
    /// Weights of nodes, siblings together.
    Weights {
        distribution: WeightDistribution,
        siblings: Vec<Vec<NodeIndex>>,
    },
    /// Sets of weights.
    WeightSets(Vec<Vec<(NodeIndex, f64)>>),
    /// Nodes of which none or one is left out.
    Exclude(Vec<NodeIndex>),
    /// The leaves.
    Sampling,
}

impl Bound {
    /// How many coordinates of a point it takes.
    pub(super) fn coordinates(&self) -> usize {
        match self {
            Bound::Weights { siblings, .. } => siblings.iter().map(Vec::len).sum(),
            _ => 1,
        }
    }

    /// How many alternatives it has, each as likely; none where every draw is another.
    pub(super) fn alternatives(&self) -> Option<usize> {
        match self {
            Bound::Step { alternatives, .. } => *alternatives,
            Bound::WeightSets(sets) => Some(sets.len()),
            Bound::Exclude(nodes) => Some(nodes.len() + 1),
            Bound::Weights { .. } | Bound::Sampling => None,
        }
    }

    /// The nodes whose weights it sets.
    pub(super) fn weighted(&self) -> BTreeSet<NodeIndex> {
        match self {
            Bound::Weights { siblings, .. } => siblings.iter().flatten().copied().collect(),
            Bound::WeightSets(sets) => sets.iter().flatten().map(|(node, _)| *node).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Sets the weights of one draw of [`Bound::Weights`], given those of `nodes.csv`.
    pub(super) fn draw_weights(
        &self,
        uniform: &[f64],
        weights: &mut [f64],
    ) -> Result<(), WeightFault> {
        let Bound::Weights {
            distribution,
            siblings,
        } = self
        else {
            return Ok(());
        };
        let mut start = 0;
        for nodes in siblings {
            let given: Vec<f64> = nodes.iter().map(|node| weights[node.0]).collect();
            let uniform = &uniform[start..start + nodes.len()];
            start += nodes.len();
            let mut drawn = vec![0.0; nodes.len()];
            match *distribution {
                WeightDistribution::Noisy { share } => {
                    weights::noisy(&given, share, uniform, &mut drawn)?
                }
                WeightDistribution::Range { low, high } => {
                    weights::in_range(low, high, uniform, &mut drawn)?
                }
                WeightDistribution::Dirichlet { concentration } => {
                    weights::dirichlet(&given, concentration, uniform, &mut drawn)?;
                }
            }
            nodes
                .iter()
                .zip(drawn)
                .for_each(|(node, weight)| weights[node.0] = weight);
        }
        Ok(())
    }
}

/// The alternative that a coordinate chooses: the cube's side is cut into equal parts.
pub(super) fn alternative(uniform: f64, count: usize) -> usize {
    ((uniform * count as f64) as usize).min(count.saturating_sub(1))
}

/// The number that a coordinate chooses from a range.
pub(super) fn in_range(uniform: f64, low: f64, high: f64) -> Value {
    Value::Float(low + (high - low) * uniform)
}
