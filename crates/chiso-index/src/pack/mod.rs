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

pub use crate::method::aggregate::Method as Aggregate;
pub use read::PackFiles;
pub use tree::{Direction, Node, NodeIndex, Range, Tree};

use crate::recipe::{Action, Aggregation, NormaliseMethod, Parameter, Step};

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

    /// The aggregation that computes a node from its parts: method, factor, and what is done when a
    /// part has no score. None for a leaf.
    pub fn aggregation(&self, node: NodeIndex) -> Option<(Aggregate, f64, MissingPart)> {
        let rule = self.aggregation_rule(node)?;
        Some((rule.method, rule.factor, rule.missing))
    }

    /// The rule that computes a node from its parts: of the first run of aggregate steps in which
    /// one applies to it, the last. None for a leaf.
    pub fn aggregation_rule(&self, node: NodeIndex) -> Option<Aggregation> {
        if self.tree.is_leaf(node) {
            return None;
        }
        let mut runs = self.recipe.chunk_by(|a, b| a.name() == b.name());
        let rule = runs.find_map(|run| {
            run.iter().rev().find_map(|step| {
                match step.action(&self.tree, |node| self.level(node), node) {
                    Some(Action::Aggregate(rule)) => Some(*rule),
                    _ => None,
                }
            })
        })?;
        let own = self.tree.node(node).aggregate;
        Some(Aggregation {
            method: own.unwrap_or(rule.method),
            ..rule
        })
    }

    /// The last normalise step that applies to a node, unless it leaves values as they are.
    pub fn normalisation(&self, node: NodeIndex) -> Option<&crate::recipe::Normalise> {
        let level = |node| self.level(node);
        let rule =
            self.recipe
                .iter()
                .rev()
                .find_map(|step| match step.action(&self.tree, level, node) {
                    Some(Action::Normalise(rule)) if step.names_or_leaf(&self.tree, node) => {
                        Some(rule)
                    }
                    _ => None,
                });
        rule.filter(|rule| rule.method != NormaliseMethod::None)
    }

    /// The range of a node's scores after scaling: a leaf's own, or that of the common scale where
    /// the scale has fixed ends; an inner node's as stated in the pack.
    pub fn score_range(&self, node: NodeIndex) -> Option<Range> {
        let Some(rule) = self.normalisation(node) else {
            return self.tree.node(node).range;
        };
        let end = |parameter: &Parameter| parameter.of(&self.tree.node(node).code);
        match rule.method {
            NormaliseMethod::MinMax | NormaliseMethod::Goalposts => Some(Range {
                min: end(&rule.low)?,
                max: end(&rule.high)?,
            }),
            NormaliseMethod::PercentileRank | NormaliseMethod::DistanceToMax => {
                Some(Range { min: 0.0, max: 1.0 })
            }
            _ => None,
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
            _ => None,
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
