//! A recipe as data: the steps that turn observations into scores, with what differs by level or
//! node.
//!
//! Nothing here computes. [`crate::pack::Pack::read`] makes a recipe from the `[[version.step]]`
//! tables of `index.toml` (their keys are described in `docs/pack-format.md`), and
//! [`crate::engine`] carries it out.

mod alter;
mod read;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use read::{aggregate_method, step};
pub(crate) use table::RawStep;

use crate::method::impute::Statistic;
use crate::pack::{Aggregate, MissingPart, NodeIndex, Tree};

/// One step of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name, where it has one, for variations of the recipe.
    pub id: Option<String>,
    /// The line of `index.toml` on which it begins.
    pub line: u64,
    /// Whether norms are those of one edition or of all editions of the version.
    pub over: Over,
    /// What is done, first to the nodes of the step and then to those of each override: the last
    /// that selects a node holds for it.
    pub parts: Vec<Part>,
    /// As it is written, for what varies about it.
    pub(crate) written: Arc<RawStep>,
}

/// What is done to some nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The nodes.
    pub selection: Selection,
    /// What is done to them.
    pub action: Action,
}

/// Over which rows a norm (a minimum, a mean, an outlier's limit) is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    /// The units of one edition.
    #[default]
    Edition,
    /// The units of all editions of the version.
    Panel,
}

/// Which nodes a step concerns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Only nodes of this level; 1 for leaves of full depth.
    pub level: Option<usize>,
    /// Only these nodes.
    pub nodes: Vec<String>,
    /// Only leaves below these nodes.
    pub within: Vec<String>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Values are divided by another quantity of the unit.
    Denominate {
        /// The column of the context.
        by: String,
        /// The denominator is divided by it first.
        scale: Parameter,
    },
    /// Missing values are filled.
    Impute(Impute),
    /// Units with too few values are left out.
    Screen(Screen),
    /// Outliers are drawn in or the scale is bent.
    Treat(Treat),
    /// Values are put on a common scale, so that more is better from here on.
    Normalise(Normalise),
    /// Values become those of an SQL expression.
    Expression(String),
    /// Weights of nodes among their siblings are set.
    Weight(Weight),
    /// Scores of nodes are computed from those of their parts.
    Aggregate(Aggregation),
}

/// A number that may differ by node.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// The same for every node.
    Same(f64),
    /// By the code of the node.
    ByNode(BTreeMap<String, f64>),
}

impl Parameter {
    /// The number of a node; none where only other nodes have one.
    pub fn of(&self, code: &str) -> Option<f64> {
        match self {
            Parameter::Same(number) => Some(*number),
            Parameter::ByNode(numbers) => numbers.get(code).copied(),
        }
    }
}

/// How missing values are filled.
#[derive(Clone, Debug, PartialEq)]
pub enum Impute {
    /// Not at all: the other alternative where a study varies the step.
    None,
    /// By a statistic of the node's values.
    Column(Statistic),
    /// By a statistic of the node's values of units of the same group.
    Group {
        /// The statistic.
        statistic: Statistic,
        /// The column of the context that names the group.
        group: String,
    },
    /// By the mean of the unit's other values under the same ancestor, on a common scale.
    RowMean {
        /// The level of that ancestor.
        group_level: usize,
    },
    /// By the unit's value of an earlier edition.
    Previous {
        /// At most so many editions back; none for any.
        age: Option<usize>,
    },
    /// On the straight line between the unit's values of an earlier and a later edition; flat at
    /// the ends.
    Linear,
}

/// Which units are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// The least share of leaves that have a value; none where it does not matter.
    pub available_share: Option<f64>,
    /// The least share of leaves that have a value other than zero; none where it does not matter.
    pub nonzero_share: Option<f64>,
    /// Units that stay whatever they lack.
    pub include: Vec<String>,
    /// Units that are left out whatever they have.
    pub exclude: Vec<String>,
}

/// How outliers are treated.
#[derive(Clone, Debug, PartialEq)]
pub struct Treat {
    /// What is done to a node whose values do not pass the test of skewness and kurtosis.
    pub first: TreatMethod,
    /// What is done to the values before `first` if they still do not pass.
    pub then: Option<TreatMethod>,
    /// At most so many cells are winsorised.
    pub most: Parameter,
    /// Values pass where the absolute skewness is below this …
    pub skew: Parameter,
    /// … or the kurtosis below this.
    pub kurtosis: Parameter,
    /// The power of Box and Cox.
    pub lambda: Parameter,
    /// Whether `first` is applied to values that pass, too.
    pub force: bool,
}

/// A way to treat outliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatMethod {
    /// As it is.
    None,
    /// The extreme values take the value next to them.
    Winsorise,
    /// ln(x − min + 0.01·range).
    LogCt,
    /// The same, mirrored where values are skewed to the left.
    LogCtPlus,
    /// ln((max − 1)(x − min)/(max − min) + 1).
    LogGii,
    /// (x^λ − 1)/λ.
    BoxCox,
}

/// How values are put on a common scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalise {
    /// The method.
    pub method: NormaliseMethod,
    /// The least value of the new scale.
    pub low: Parameter,
    /// The greatest value of the new scale.
    pub high: Parameter,
    /// z-scores: the mean of the new scale.
    pub mean: Parameter,
    /// z-scores: the standard deviation of the new scale.
    pub sd: Parameter,
    /// Scaled: what the share of the range is multiplied by.
    pub factor: Parameter,
    /// Distance to a target: the target; by default the best end of the node's range.
    pub target: Option<Parameter>,
    /// Distance to a reference: the code of the unit. Around a reference: its value is the centre.
    pub reference: Option<String>,
    /// Distances: whether values beyond the best are held to 1.
    pub cap: bool,
    /// Goalposts: whether values beyond them are held to the scale.
    pub truncate: bool,
}

/// The name of a way to put values on a common scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormaliseMethod {
    /// As observed.
    None,
    /// From the least to the greatest value.
    MinMax,
    /// From the node's minimum to its maximum.
    Goalposts,
    /// On bounds that stand in the recipe.
    Scaled,
    /// Standard deviations from the mean.
    ZScore,
    /// Places in the order.
    Rank,
    /// Places in the order, from 0.
    Borda,
    /// Places in the order, as a share.
    PercentileRank,
    /// The share of the way from the worst to the best.
    DistanceToMax,
    /// The share of the way from the worst to a unit's value.
    DistanceToReference,
    /// The share of the way from the worst to a target.
    DistanceToTarget,
    /// As a share of the best.
    FractionOfMax,
}

/// How weights are set.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// The method.
    pub method: WeightMethod,
    /// Balanced: to what the importance of each node is proportional; by default its given weight.
    pub target: Option<Parameter>,
}

/// The name of a way to set weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightMethod {
    /// Those of `nodes.csv`.
    Given,
    /// All alike.
    Equal,
    /// Loadings of the first principal component among siblings.
    Pca,
    /// Such that each node's correlation with the index is proportional to its target.
    Balanced,
}

/// How a node is computed from its parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aggregation {
    /// The method, where the node names none of its own.
    pub method: Aggregate,
    /// What the result is multiplied by.
    pub factor: f64,
    /// What is done when a part has no score.
    pub missing: MissingPart,
    /// With [`MissingPart::Available`]: the least share of the parts that must have a score.
    pub available_share: f64,
}

impl Selection {
    /// Whether a node is selected: of the level, among the nodes and below one of `within`, as far
    /// as each is stated.
    pub fn holds(
        &self,
        tree: &Tree,
        level_of: impl Fn(NodeIndex) -> usize,
        node: NodeIndex,
    ) -> bool {
        let code = |node: NodeIndex| tree.node(node).code.as_str();
        let level = self.level.is_none_or(|level| level == level_of(node));
        let named = self.nodes.is_empty() || self.nodes.iter().any(|other| other == code(node));
        level && named && (self.within.is_empty() || self.is_below(tree, node))
    }

    /// Whether nothing is stated.
    pub fn is_open(&self) -> bool {
        self.level.is_none() && self.nodes.is_empty() && self.within.is_empty()
    }

    fn is_below(&self, tree: &Tree, node: NodeIndex) -> bool {
        let mut above = tree.node(node).parent;
        while let Some(at) = above {
            if self.within.iter().any(|code| *code == tree.node(at).code) {
                return true;
            }
            above = tree.node(at).parent;
        }
        false
    }
}

impl Step {
    /// What the step does, by its name in `index.toml`.
    pub fn name(&self) -> &'static str {
        self.parts
            .first()
            .map_or("nothing", |part| part.action.name())
    }

    /// Whether the step states nodes or a level, or the node is a leaf: without either, a step other
    /// than `aggregate` and `weight` concerns leaves.
    pub fn names_or_leaf(&self, tree: &Tree, node: NodeIndex) -> bool {
        let stated =
            |part: &Part| part.selection.level.is_some() || !part.selection.nodes.is_empty();
        tree.is_leaf(node) || self.parts.first().is_some_and(stated)
    }

    /// What holds for a node: the last part that selects it.
    pub fn action(
        &self,
        tree: &Tree,
        level_of: impl Fn(NodeIndex) -> usize + Copy,
        node: NodeIndex,
    ) -> Option<&Action> {
        let base = self.parts.first()?;
        // An override changes nodes of its step; it does not add any.
        if !base.selection.holds(tree, level_of, node) {
            return None;
        }
        let holding = self
            .parts
            .iter()
            .rev()
            .find(|part| part.selection.holds(tree, level_of, node));
        holding.map(|part| &part.action)
    }
}

impl Action {
    /// The name of the step in `index.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Denominate { .. } => "denominate",
            Action::Impute(_) => "impute",
            Action::Screen(_) => "screen",
            Action::Treat(_) => "treat",
            Action::Normalise(_) => "normalise",
            Action::Expression(_) => "expression",
            Action::Weight(_) => "weight",
            Action::Aggregate(_) => "aggregate",
        }
    }
    /// The parameters that may differ by node, each with its name in `index.toml`.
    pub fn parameters(&self) -> Vec<(&'static str, &Parameter)> {
        match self {
            Action::Denominate { scale, .. } => vec![("scale", scale)],
            Action::Treat(treat) => vec![
                ("most", &treat.most),
                ("skew", &treat.skew),
                ("kurtosis", &treat.kurtosis),
                ("lambda", &treat.lambda),
            ],
            Action::Normalise(rule) => {
                let own = [
                    ("low", &rule.low),
                    ("high", &rule.high),
                    ("mean", &rule.mean),
                    ("sd", &rule.sd),
                    ("factor", &rule.factor),
                ];
                let target = rule.target.iter().map(|target| ("target", target));
                own.into_iter().chain(target).collect()
            }
            Action::Weight(weight) => {
                let target = weight.target.iter().map(|target| ("target", target));
                target.collect()
            }
            Action::Impute(_)
            | Action::Screen(_)
            | Action::Expression(_)
            | Action::Aggregate(_) => Vec::new(),
        }
    }
}
