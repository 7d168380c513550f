//! A compiled step: which columns it reads, which nodes it writes, and its kernel with every
//! parameter resolved.

use std::sync::Arc;

use chiso_expr::BoundExpression;

use super::StepFault;
use crate::method::{aggregate, impute, normalise, treat};
use crate::pack::{Direction, Edition, MissingPart, NodeIndex};
use crate::recipe::{Over, WeightMethod};

/// Where a column lies: buffer 0 holds the leaves, buffer k + 1 what stage k wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub buffer: usize,
    pub slot: usize,
}

/// A compiled step.
#[derive(Debug)]
pub struct Stage {
    pub(super) step: usize,
    pub(super) action: &'static str,
    pub(super) line: u64,
    pub(super) over: Over,
    /// The nodes that it writes, one column each; for an aggregate stage, parts before parents.
    pub(super) nodes: Vec<NodeIndex>,
    /// The columns of the same nodes before the stage; empty for an aggregate or weight stage.
    pub(super) reads: Vec<Place>,
    pub(super) kernel: Kernel,
}

impl Stage {
    /// The step's position in the recipe, from 1.
    pub fn step(&self) -> usize {
        self.step
    }

    /// What the step does.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// What it cannot do, with its step.
    pub(super) fn fault(
        &self,
        edition: Option<Edition>,
        node: Option<&str>,
        problem: impl Into<String>,
    ) -> StepFault {
        StepFault {
            step: self.step,
            action: self.action,
            line: self.line,
            node: node.map(str::to_owned),
            edition,
            problem: problem.into(),
        }
    }
}

#[derive(Debug)]
pub(super) enum Kernel {
    Denominate(Vec<Denominator>),
    Impute {
        fills: Vec<Fill>,
        screened_by: Option<usize>,
    },
    Screen(ScreenRule),
    Treat(Vec<treat::Treatment>),
    Normalise(Vec<Norm>),
    Expression {
        columns: Vec<Arc<SqlColumn>>,
        screened_by: Option<usize>,
    },
    Weight {
        weighing: Vec<Weighing>,
        trial: Vec<Rule>,
        base: WeightSource,
    },
    Aggregate {
        rules: Vec<Rule>,
        weights: WeightSource,
    },
}

/// By what a node's values are divided.
#[derive(Clone, Debug)]
pub(super) struct Denominator {
    pub values: Arc<[f64]>,
    pub scale: f64,
}

/// How a node's missing values are filled.
#[derive(Clone, Debug)]
pub(super) enum Fill {
    Nothing,
    Column(impute::Statistic),
    Group(impute::Statistic, Arc<[u32]>),
    /// From the slots of the unit's other values, each with its direction.
    Row(Arc<[(usize, Direction)]>),
    Previous(Option<usize>),
    Linear,
}

#[derive(Clone, Debug)]
pub(super) struct ScreenRule {
    pub available_share: Option<f64>,
    pub nonzero_share: Option<f64>,
    pub include: Vec<bool>,
    pub exclude: Vec<bool>,
}

/// How a node is put on a scale.
#[derive(Clone, Debug)]
pub(super) struct Norm {
    pub method: normalise::Method,
    pub direction: Direction,
    /// The row of the reference unit by edition, where the method has one.
    pub reference: Option<Arc<[Option<usize>]>>,
}

/// An expression over columns.
#[derive(Debug)]
pub(super) struct SqlColumn {
    pub expression: BoundExpression,
    pub schema: arrow_schema::SchemaRef,
    /// The columns of its schema, in order.
    pub inputs: Vec<SqlInput>,
}

#[derive(Clone, Debug)]
pub(super) enum SqlInput {
    Node(Place),
    Context(arrow_array::ArrayRef),
}

/// How the weights of some nodes are set together.
#[derive(Clone, Debug)]
pub(super) struct Weighing {
    pub method: WeightMethod,
    pub nodes: Vec<Weighed>,
}

/// A node whose weight is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub node: NodeIndex,
    /// Its scores, perhaps on trial.
    pub place: Place,
    /// To what its importance is proportional, where that differs from its given weight.
    pub target: Option<f64>,
}

/// Whose weights an aggregation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WeightSource {
    Given,
    Stage(usize),
}

/// How a node is computed from its parts.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub node: NodeIndex,
    pub parts: Vec<NodeIndex>,
    pub places: Vec<Place>,
    pub method: aggregate::Method,
    pub factor: f64,
    pub missing: MissingPart,
    pub available_share: f64,
}
