//! An index as data: what a pack holds, once it has been read and found sound.
//!
//! [`Pack::read`] makes one from the text of its files and says every fault it finds; a [`Pack`]
//! that exists has no cycle, no unknown parent and no unknown method. The format is described in
//! `docs/pack-format.md`.

mod check;
mod index_toml;
mod nodes_csv;
mod read;
mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use read::PackFiles;
pub use tree::{Aggregate, Direction, Node, NodeIndex, Range, Tree};

/// A name or sentence in the project's two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Vietnamese.
    pub vi: String,
}

/// One round of results: a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition(pub i32);

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An index: its identity, and each version of how it is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The code of the index and of the root of each tree.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Who publishes it.
    pub publisher: Text,
    /// The licence or terms of the published figures.
    pub licence: String,
    /// Where the index is published.
    pub source: String,
    /// What is measured: `province`, `commune` or `agency`.
    pub unit_level: String,
    /// The id of the list of units that a full edition has, where there is one.
    pub units: Option<String>,
    /// Digits after the point with which scores are shown.
    pub decimals: u8,
    /// The versions, in the order of their editions.
    pub versions: Vec<Arc<Version>>,
    /// Breaks of the instrument that names and ranges do not show.
    pub breaks: Vec<Break>,
}

/// A definition of an index that is valid for some editions.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its id, and the folder of its nodes.
    pub id: String,
    /// The editions for which it is valid, ascending.
    pub editions: Vec<Edition>,
    /// The names of the levels, leaves first.
    pub levels: Vec<Text>,
    /// What a reader should know of this version.
    pub note: Option<Text>,
    /// For a definition that was worked out from results rather than published: how.
    pub inferred_from: Option<Text>,
    /// Its nodes.
    pub tree: Tree,
    /// What is done to the observations, in order.
    pub recipe: Vec<Step>,
    /// How ranks are given.
    pub rank: RankRule,
    /// How units are put into groups, where the index has them.
    pub group: Option<GroupRule>,
}

/// One step of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Leaf scores are put on a common scale.
    Normalise(Normalise),
    /// Scores of nodes are computed from those of their parts.
    Aggregate {
        /// The method of nodes that name none of their own.
        method: Aggregate,
        /// What the result is multiplied by.
        factor: f64,
        /// The level to which this applies; none for every level above the leaves.
        level: Option<usize>,
        /// What is done when a part has no score.
        missing: MissingPart,
    },
}

/// How leaf scores are put on a common scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Normalise {
    /// As observed.
    None,
    /// From the least to the greatest value observed in the edition.
    MinMax {
        /// The least value of the new scale.
        low: f64,
        /// The greatest value of the new scale.
        high: f64,
    },
    /// From the node's minimum to its maximum.
    Goalposts {
        /// The least value of the new scale.
        low: f64,
        /// The greatest value of the new scale.
        high: f64,
    },
}

/// What becomes of a node when one of its parts has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPart {
    /// It has no score either.
    Propagate,
    /// It is computed from the other parts.
    Available,
}

/// How equal scores are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// 1, 2, 2, 4.
    Min,
    /// 1, 2, 2, 3.
    Dense,
    /// 1, 2, 3, 4: equal scores in the order of their unit codes.
    Consecutive,
}

/// How ranks are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankRule {
    /// What equal scores get.
    pub ties: Ties,
    /// Digits to which scores are rounded before they are compared; none for full precision.
    pub decimals: Option<u8>,
}

/// How units are put into groups.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRule {
    /// The names of the groups, best first.
    pub names: Vec<Text>,
    /// Where the rule comes from.
    pub source: String,
    /// Whether the rule was worked out from results.
    pub inferred: bool,
    /// The rule of editions that state none of their own.
    pub cut: Option<Cut>,
    /// The rules of single editions.
    pub editions: BTreeMap<Edition, EditionCut>,
}

/// The rule of one edition that differed.
#[derive(Clone, Debug, PartialEq)]
pub struct EditionCut {
    /// Where one group ends and the next begins.
    pub cut: Cut,
    /// Where this is stated.
    pub source: String,
    /// Whether it was worked out from results.
    pub inferred: bool,
}

/// Where one group ends and the next begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Cut {
    /// At percentiles of the edition's scores; applies to every node.
    Quantile {
        /// The probabilities of the lower boundaries, best group first.
        probabilities: Vec<f64>,
        /// How units without a score enter the percentiles.
        missing: MissingUnit,
    },
    /// At stated scores of the root, best group first. Where fewer are known than the groups need,
    /// a unit below the last has no known group.
    Points(Vec<f64>),
}

/// How units without a score enter the percentiles that bound the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingUnit {
    /// They do not.
    Exclude,
    /// As zeros.
    Zero,
}

/// A change of the instrument from one edition to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// The code of the node that changed.
    pub node: String,
    /// The first edition after the change.
    pub from: Edition,
    /// What changed.
    pub reason: Text,
    /// Where this is stated.
    pub source: String,
    /// Whether it was worked out from results.
    pub inferred: bool,
}

impl Pack {
    /// The version that is valid for an edition.
    pub fn version_of(&self, edition: Edition) -> Option<&Arc<Version>> {
        self.versions
            .iter()
            .find(|version| version.editions.contains(&edition))
    }

    /// All editions for which there is a version, ascending.
    pub fn editions(&self) -> Vec<Edition> {
        let mut editions: Vec<Edition> = self
            .versions
            .iter()
            .flat_map(|v| v.editions.iter().copied())
            .collect();
        editions.sort();
        editions
    }
}

impl Version {
    /// The level of a node: 1 for a leaf of full depth, the number of levels for the root.
    pub fn level(&self, node: NodeIndex) -> usize {
        self.levels
            .len()
            .saturating_sub(self.tree.depth(node))
            .max(1)
    }

    /// The aggregation that computes a node from its parts: the last step that applies to it.
    /// None for a leaf.
    pub fn aggregation(&self, node: NodeIndex) -> Option<(Aggregate, f64, MissingPart)> {
        if self.tree.children(node).is_empty() {
            return None;
        }
        self.recipe.iter().rev().find_map(|step| match step {
            Step::Aggregate {
                method,
                factor,
                level,
                missing,
            } if level.is_none_or(|level| level == self.level(node)) => {
                let own = self.tree.node(node).aggregate;
                Some((own.unwrap_or(*method), *factor, *missing))
            }
            _ => None,
        })
    }

    /// The scaling of leaf scores: the last such step.
    pub fn normalisation(&self) -> Normalise {
        let mut steps = self.recipe.iter().rev();
        steps
            .find_map(|step| match step {
                Step::Normalise(method) => Some(*method),
                Step::Aggregate { .. } => None,
            })
            .unwrap_or(Normalise::None)
    }

    /// The range of a node's scores after scaling: a leaf's own, or that of the common scale; an
    /// inner node's as stated in the pack.
    pub fn score_range(&self, node: NodeIndex) -> Option<Range> {
        let own = self.tree.node(node).range;
        match self.normalisation() {
            Normalise::MinMax { low, high } | Normalise::Goalposts { low, high }
                if self.tree.is_leaf(node) =>
            {
                Some(Range {
                    min: low,
                    max: high,
                })
            }
            _ => own,
        }
    }

    /// By how much a node's score moves when a part's moves by one, for each part; none where the
    /// aggregation is not linear.
    ///
    /// `sum`: the factor; `mean`: `factor · w / Σw`.
    pub fn coefficients(&self, node: NodeIndex) -> Option<Vec<(NodeIndex, f64)>> {
        let (method, factor, _) = self.aggregation(node)?;
        let children = self.tree.children(node);
        let total: f64 = children.iter().map(|&c| self.tree.node(c).weight).sum();
        let share = |child: NodeIndex| match method {
            Aggregate::Sum => Some(factor),
            Aggregate::Mean => Some(factor * self.tree.node(child).weight / total),
            Aggregate::Geometric | Aggregate::Harmonic => None,
        };
        children
            .iter()
            .map(|&child| share(child).map(|c| (child, c)))
            .collect()
    }

    /// The rule by which an edition's units are put into groups, where it is known.
    pub fn cut(&self, edition: Edition) -> Option<&Cut> {
        let group = self.group.as_ref()?;
        group
            .editions
            .get(&edition)
            .map(|own| &own.cut)
            .or(group.cut.as_ref())
    }
}
