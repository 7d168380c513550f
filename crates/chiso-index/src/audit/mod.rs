//! The audit of an index: coverage, information, structure, reliability, weights and robustness of
//! one edition, by the checks that index makers and the European Commission's Joint Research Centre
//! use.
//!
//! [`audit`] is a function of plain data ([`AuditInput`]); each check stands with its formula, limits
//! and source in one table ([`Check::all`]), by which the audit judges. A finding is advice, never an
//! error: an index may measure things that do not go together, and say so.
//!
//! ```text
//! observed leaves ─► coverage, information      ┐
//! treated leaves  ─► outliers                    ├─► Audit { measurements } ─► report, CSV
//! scores, weights ─► correlations, α, components │
//!                    importance, robustness      ┘
//! ```

pub mod availability;
mod checks;
pub mod compensability;
pub mod correlation;
mod data;
pub mod dominance;
pub mod gather;
pub mod importance;
pub mod output;
pub mod reliability;
pub mod report;
mod robustness;
pub mod statistics;
pub mod strengths;
mod structure;
mod table;
#[cfg(test)]
mod tests;
pub mod trend;

use std::sync::Arc;

pub use availability::NotApplicable;
pub use checks::{Bound, Check, CheckId, Concern, Limit};

use crate::pack::{NodeIndex, Tree};
use correlation::{Kind, Matrix};

/// What is audited: one edition of an index. Columns are by node, in the order of the tree; rows are
/// units; NaN is "no value".
#[derive(Clone, Debug)]
pub struct AuditInput<'a> {
    /// The nodes.
    pub tree: &'a Tree,
    /// The codes of the units.
    pub units: &'a [Arc<str>],
    /// Leaves as observed, before any step; other nodes' columns are not read.
    pub observed: Vec<&'a [f64]>,
    /// Leaves just before they are normalised; other nodes' columns are not read.
    pub treated: Vec<&'a [f64]>,
    /// The scores of all nodes, of which more is better.
    pub scores: Vec<&'a [f64]>,
    /// What each node counts among its siblings on a common scale, by its definition.
    pub weights: Vec<f64>,
    /// The values of leaves that are missing because none can be.
    pub not_applicable: NotApplicable,
    /// Columns of numbers about the units, such as population: their names and values.
    pub context: Vec<(String, Vec<f64>)>,
    /// What ranks become without single leaves, where it is known.
    pub without: Vec<WithoutLeaf>,
    /// By unit: the first and last rank of the index that sampling errors allow. Empty where the
    /// observations have no errors.
    pub rank_sets: Vec<Option<(u32, u32)>>,
}

/// How far ranks move when a leaf is left out of the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WithoutLeaf {
    /// The leaf.
    pub leaf: NodeIndex,
    /// Mean |rank − rank without the leaf| over units; NaN where there is no index without it.
    pub mean_rank_shift: f64,
}

/// Why an index cannot be audited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Not a column, or weight, for each node.
    #[error("{what}: found {found}; expected {expected}, one for each node")]
    Nodes {
        /// What there is too little or too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many nodes there are.
        expected: usize,
    },
    /// A column of another length than the list of units.
    #[error("{what} `{column}`: found {found} rows; expected {expected}, one for each unit")]
    Rows {
        /// Which columns.
        what: &'static str,
        /// The column.
        column: String,
        /// How many rows it has.
        found: usize,
        /// How many units there are.
        expected: usize,
    },
    /// An edition without units.
    #[error("found no unit; expected the units of an edition")]
    NoUnits,
}

impl AuditInput<'_> {
    fn checked(&self) -> Result<(), AuditError> {
        let (nodes, rows) = (self.tree.len(), self.units.len());
        if rows == 0 {
            return Err(AuditError::NoUnits);
        }
        let lengths = [
            ("columns as observed", self.observed.len()),
            ("columns before normalisation", self.treated.len()),
            ("columns of scores", self.scores.len()),
            ("weights", self.weights.len()),
        ];
        if let Some(&(what, found)) = lengths.iter().find(|(_, found)| *found != nodes) {
            return Err(AuditError::Nodes {
                what,
                found,
                expected: nodes,
            });
        }
        let code = |node: NodeIndex| self.tree.node(node).code.clone();
        let leaves = self.tree.leaves();
        let of_leaves = leaves.flat_map(|leaf| {
            [
                ("observed", code(leaf), self.observed[leaf.0].len()),
                (
                    "before normalisation",
                    code(leaf),
                    self.treated[leaf.0].len(),
                ),
            ]
        });
        let of_nodes = self
            .tree
            .indices()
            .map(|n| ("scores", code(n), self.scores[n.0].len()));
        let of_context = self
            .context
            .iter()
            .map(|(name, c)| ("context", name.clone(), c.len()));
        let mut columns = of_leaves.chain(of_nodes).chain(of_context);
        match columns.find(|(_, _, found)| *found != rows) {
            Some((what, column, found)) => Err(AuditError::Rows {
                what,
                column,
                found,
                expected: rows,
            }),
            None => Ok(()),
        }
    }
}

/// What a measurement concerns beside its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// Nothing.
    None,
    /// Another node.
    Node(NodeIndex),
    /// A unit, by its row.
    Unit(usize),
    /// A column of context, by its place.
    Context(usize),
}

/// One figure of the audit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// The check it belongs to.
    pub check: CheckId,
    /// The node it is about.
    pub node: NodeIndex,
    /// What else it is about.
    pub other: Other,
    /// The figure; NaN where it is not defined, such as the correlation of a constant column.
    pub value: f64,
    /// The number beside it (see [`Check::beside`]); NaN where there is none.
    pub beside: f64,
    /// The limit it crosses.
    pub limit: Option<&'static Limit>,
}

/// The measurements of an edition, check by check.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// All figures, in the order of [`Check::all`].
    pub measurements: Vec<Measurement>,
    /// Pearson's correlations of all nodes' scores.
    pub correlations: Matrix,
}

impl Audit {
    /// The figures that cross a limit, those of most concern first; within a concern in the order of
    /// the checks.
    pub fn findings(&self) -> Vec<(&Measurement, &'static Limit)> {
        let crossed = self
            .measurements
            .iter()
            .filter_map(|m| m.limit.map(|limit| (m, limit)));
        let mut findings: Vec<_> = crossed.collect();
        findings.sort_by_key(|(measurement, limit)| {
            (std::cmp::Reverse(limit.concern), measurement.check)
        });
        findings
    }

    /// The figures of one check.
    pub fn of(&self, check: CheckId) -> impl Iterator<Item = &Measurement> {
        self.measurements
            .iter()
            .filter(move |measurement| measurement.check == check)
    }
}

/// Audits an edition of an index.
///
/// # Errors
/// Columns that do not fit the tree or the list of units.
pub fn audit(input: &AuditInput<'_>) -> Result<Audit, AuditError> {
    input.checked()?;
    let correlations = Matrix::new(Kind::Pearson, &input.scores);
    let mut figures = Figures {
        input,
        correlations: &correlations,
        measurements: Vec::new(),
    };
    data::measure(&mut figures);
    structure::measure(&mut figures);
    robustness::measure(&mut figures);
    let mut measurements = figures.measurements;
    measurements.sort_by_key(|measurement| measurement.check);
    Ok(Audit {
        measurements,
        correlations,
    })
}

/// The measurements of an audit while they are made.
struct Figures<'a> {
    input: &'a AuditInput<'a>,
    correlations: &'a Matrix,
    measurements: Vec<Measurement>,
}

impl Figures<'_> {
    fn record(&mut self, check: CheckId, node: NodeIndex, other: Other, value: f64, beside: f64) {
        let limit = Check::of(check).crossed(value, beside);
        self.measurements.push(Measurement {
            check,
            node,
            other,
            value,
            beside,
            limit,
        });
    }

    /// The nodes that have parts, in the order of the outline.
    fn inner_nodes(&self) -> Vec<NodeIndex> {
        let mut nodes = self.input.tree.outline();
        nodes.retain(|&node| !self.input.tree.is_leaf(node));
        nodes
    }
}
