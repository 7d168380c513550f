//! `sensitivity.toml`: what is varied about a recipe, how often, and what is asked of the results.
//! Text in, specification out; whether a recipe has what is varied is found when the two are bound.

mod read;

use std::collections::BTreeMap;

use super::points::Sequence;

/// A fault of a specification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: found {found}; expected {expected}")]
pub struct SpecificationError {
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What was found.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
}

/// What `sensitivity.toml` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification {
    /// Its name in messages.
    pub file: String,
    /// N: how many points of the alternatives are tried; with indices, N(d + 2) runs.
    pub draws: usize,
    /// Of the points, of draws of observations and of the bootstrap.
    pub seed: u64,
    /// How points are made.
    pub sequence: Sequence,
    /// Whether Sobol indices are wanted.
    pub indices: bool,
    /// How often draws are resampled for the intervals of indices; 0 for none.
    pub bootstrap: usize,
    /// The confidence of those intervals.
    pub confidence: f64,
    /// The nodes whose scores and ranks are studied; the index itself where none is named.
    pub nodes: Vec<String>,
    /// The line that names them.
    pub nodes_line: u64,
    /// Of what the indices are.
    pub targets: Vec<TargetName>,
    /// The line that names them.
    pub targets_line: u64,
    /// Whether each node is left out in turn.
    pub leave_one_out: bool,
    /// What varies.
    pub inputs: Vec<Input>,
}

/// A number that a run gives, and whose variance is divided among inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetName {
    /// `mean_shift`: the mean over units of |rank − nominal rank|.
    MeanShift,
    /// `moved:K`: the share of units whose rank lies more than K places from its nominal rank.
    Moved(u32),
    /// `rank:UNIT`: the rank of a unit.
    Rank(String),
    /// `score:UNIT`: the score of a unit.
    Score(String),
}

/// One `[[vary]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name in the output.
    pub id: String,
    /// The line on which it begins.
    pub line: u64,
    /// What varies.
    pub kind: InputKind,
}

/// What varies.
#[derive(Clone, Debug, PartialEq)]
pub enum InputKind {
    /// A step of the recipe.
    Step {
        /// Which.
        step: StepName,
        /// How.
        change: Change,
    },
    /// Weights, drawn around the given ones.
    Weights(WeightInput),
    /// Whole sets of weights by node, each as likely; nodes not in a set keep theirs.
    WeightSets(Vec<BTreeMap<String, f64>>),
    /// None or one of these nodes is left out, each as likely.
    Exclude(Vec<String>),
    /// All observations are drawn from normal distributions with their standard errors.
    Sampling,
}

/// A step by its position in the recipe, from 1, or by its `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepName {
    /// The position.
    Position(usize),
    /// The `id`, or what the step does where only one step does it.
    Id(String),
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A parameter takes one of these values, each as likely.
    Values {
        /// The key in `index.toml`.
        parameter: String,
        /// The values.
        values: Vec<toml::Value>,
    },
    /// A parameter is uniform between two numbers.
    Range {
        /// The key in `index.toml`.
        parameter: String,
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
    },
    /// The step's parameters are one of these tables, each as likely. What the step does, and to
    /// which nodes, stays.
    Alternatives(Vec<toml::Table>),
}

/// Weights that are drawn: of the nodes of some levels, or of some nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightInput {
    /// How.
    pub distribution: WeightDistribution,
    /// Of the nodes of these levels, 1 for leaves; none for all.
    pub levels: Vec<usize>,
    /// Only of these nodes.
    pub nodes: Vec<String>,
}

/// How weights are drawn; see [`super::weights`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightDistribution {
    /// Each uniform on its given weight ± a share of it.
    Noisy {
        /// The share.
        share: f64,
    },
    /// Each uniform between two numbers.
    Range {
        /// The least weight.
        low: f64,
        /// The greatest weight.
        high: f64,
    },
    /// Siblings together, by a Dirichlet distribution around their given shares.
    Dirichlet {
        /// The greater, the nearer.
        concentration: f64,
    },
}

impl Specification {
    /// Reads a specification; `file` is its name in messages.
    ///
    /// # Errors
    /// The first fault, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Specification, SpecificationError> {
        read::specification(file, text)
    }

    /// A fault at a line of the specification.
    pub fn fault(
        &self,
        line: u64,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> SpecificationError {
        SpecificationError {
            file: self.file.clone(),
            line,
            found: found.into(),
            expected: expected.into(),
        }
    }
}

impl std::fmt::Display for TargetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TargetName::MeanShift => f.write_str("mean_shift"),
            TargetName::Moved(places) => write!(f, "moved:{places}"),
            TargetName::Rank(unit) => write!(f, "rank:{unit}"),
            TargetName::Score(unit) => write!(f, "score:{unit}"),
        }
    }
}

impl std::fmt::Display for StepName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StepName::Position(position) => write!(f, "{position}"),
            StepName::Id(id) => write!(f, "`{id}`"),
        }
    }
}
