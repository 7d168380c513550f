//! The scores of some leaves put together by a version's recipe, as if the others were not there.

use chiso_index::pack::MissingPart;
use chiso_index::score::{Flags, combine};
use chiso_index::{NodeIndex, Scored, Version};

use crate::covariance::Weight;
use crate::gradient::{Slopes, partials};

/// A version's tree with only some of its leaves.
pub(crate) struct CoreTree<'a> {
    pub version: &'a Version,
    /// By node: how many of the kept leaves stand at or below it.
    kept: Vec<usize>,
}

/// What is known of a node.
#[derive(Clone, Default)]
struct NodeScore {
    score: Option<f64>,
    maximum: Option<f64>,
    slopes: Option<Slopes>,
    concerns: bool,
    /// Leaves below that have a score, and that concern the unit.
    covered: (usize, usize),
}

/// One unit's scores by node of the version.
pub(crate) struct UnitScores {
    nodes: Vec<NodeScore>,
}

impl<'a> CoreTree<'a> {
    pub fn new(version: &'a Version, leaves: &[NodeIndex]) -> Self {
        let tree = &version.tree;
        let mut kept = vec![0; tree.len()];
        for leaf in leaves {
            let mut at = Some(*leaf);
            while let Some(node) = at {
                kept[node.0] += 1;
                at = tree.node(node).parent;
            }
        }
        CoreTree { version, kept }
    }

    /// The inner nodes that are left, in the order of an outline.
    pub fn inner(&self) -> impl Iterator<Item = NodeIndex> + '_ {
        let outline = self.version.tree.outline().into_iter();
        outline.filter(|node| !self.version.tree.is_leaf(*node) && self.kept[node.0] > 0)
    }

    /// How many kept leaves stand below a node.
    pub fn leaves_below(&self, node: NodeIndex) -> usize {
        self.kept[node.0]
    }

    /// A unit's scores in an edition, whose version may be another: leaves are found by their codes.
    pub fn score(&self, scored: &Scored, unit: usize) -> UnitScores {
        let tree = &self.version.tree;
        let mut nodes = vec![NodeScore::default(); tree.len()];
        for &node in tree.bottom_up().iter().filter(|node| self.kept[node.0] > 0) {
            nodes[node.0] = match tree.is_leaf(node) {
                true => self.leaf(scored, unit, node),
                false => self.inner_score(node, &nodes),
            };
        }
        UnitScores { nodes }
    }

    fn leaf(&self, scored: &Scored, unit: usize, node: NodeIndex) -> NodeScore {
        let code = &self.version.tree.node(node).code;
        let Some(place) = scored.version.tree.find(code) else {
            return NodeScore {
                concerns: true,
                covered: (0, 1),
                ..NodeScore::default()
            };
        };
        let concerns = scored.flags(place, unit) & Flags::NOT_APPLICABLE == 0;
        let score = scored.score(place, unit).filter(|_| concerns);
        NodeScore {
            score,
            maximum: scored.maximum(place, unit),
            slopes: score.map(|_| vec![(place, 1.0)]),
            concerns,
            covered: (usize::from(score.is_some()), usize::from(concerns)),
        }
    }

    fn inner_score(&self, node: NodeIndex, below: &[NodeScore]) -> NodeScore {
        let Some((method, factor, missing)) = self.version.aggregation(node) else {
            return NodeScore::default();
        };
        let tree = &self.version.tree;
        let children = tree.children(node).iter().copied();
        let parts: Vec<NodeIndex> = children
            .filter(|part| self.kept[part.0] > 0 && below[part.0].concerns)
            .collect();
        let weight = |part: &NodeIndex| tree.node(*part).weight;
        let there = parts.iter().filter(|part| below[part.0].score.is_some());
        let there: Vec<NodeIndex> = there.copied().collect();
        let scores: Vec<f64> = there
            .iter()
            .filter_map(|part| below[part.0].score)
            .collect();
        let weights: Vec<f64> = there.iter().map(weight).collect();
        let is_whole = there.len() == parts.len() || missing == MissingPart::Available;
        let score = combine(method, &scores, &weights).filter(|_| is_whole);
        let maxima = parts.iter().map(|part| below[part.0].maximum);
        let maxima = maxima.collect::<Option<Vec<f64>>>();
        let all_weights: Vec<f64> = parts.iter().map(weight).collect();
        let slopes = score.and_then(|_| {
            let partials = partials(method, factor, &scores, &weights)?;
            let mut slopes = Slopes::new();
            for (part, partial) in there.iter().zip(partials) {
                let of_part = below[part.0].slopes.as_ref()?.iter();
                slopes.extend(of_part.map(|(leaf, slope)| (*leaf, partial * slope)));
            }
            Some(slopes)
        });
        let covered = parts.iter().map(|part| below[part.0].covered);
        NodeScore {
            score: score.map(|score| score * factor),
            maximum: maxima
                .and_then(|maxima| combine(method, &maxima, &all_weights))
                .map(|maximum| maximum * factor),
            slopes,
            concerns: !parts.is_empty(),
            covered: covered.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1)),
        }
    }
}

impl UnitScores {
    pub fn score(&self, node: NodeIndex) -> Option<f64> {
        self.nodes[node.0].score
    }

    pub fn maximum(&self, node: NodeIndex) -> Option<f64> {
        self.nodes[node.0].maximum
    }

    pub fn coverage(&self, node: NodeIndex) -> f64 {
        match self.nodes[node.0].covered {
            (_, 0) => 0.0,
            (there, all) => there as f64 / all as f64,
        }
    }

    /// How the score moves with the leaf scores of one side, times a factor.
    pub fn weights(&self, node: NodeIndex, is_later: bool, by: f64) -> Option<Vec<Weight>> {
        let slopes = self.nodes[node.0].slopes.as_ref()?.iter();
        Some(
            slopes
                .map(|(leaf, slope)| ((is_later, *leaf), by * slope))
                .collect(),
        )
    }
}
