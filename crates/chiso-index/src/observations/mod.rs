//! Observations: values for a unit, node and edition, from one source.

mod covariances;
mod line_limit;
mod merge;
mod read;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use covariances::{LeafCovariances, UnitCovariance};
pub use line_limit::LONGEST_LINE_BYTES;
pub use merge::{MergeProblem, MergeRule};
pub use read::read_csv;

use crate::pack::{Edition, NodeIndex};

/// What was observed. The three are different things: a missing value follows the pack's rule, one
/// that is not applicable shrinks the maximum, and zero is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A finite number, inside its node's range.
    Number(f64),
    /// It should be there and is not.
    Missing,
    /// It cannot be there: the node does not concern the unit.
    NotApplicable,
}

/// One observation of a leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The edition.
    pub edition: Edition,
    /// The unit, as a place in [`Observations::units`].
    pub unit: usize,
    /// The node, as a place in the tree of the edition's version.
    pub node: NodeIndex,
    /// The value.
    pub value: Value,
    /// Its standard error, where it is known.
    pub standard_error: Option<f64>,
    /// The number of answers or records behind it, where it is known.
    pub count: Option<u64>,
}

/// Observations of one index, each unit-node-edition at most once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    pub(crate) units: Vec<Arc<str>>,
    pub(crate) rows: Vec<Observation>,
    pub(crate) derived: Option<String>,
    /// Whether a unit's values were derived, by place; empty when none was.
    pub(crate) derived_units: Vec<bool>,
    /// The first edition that was not derived; none where all were.
    pub(crate) derived_before: Option<Edition>,
}

impl Observations {
    /// The codes of the units.
    pub fn units(&self) -> &[Arc<str>] {
        &self.units
    }

    /// The observations, ordered by edition.
    pub fn rows(&self) -> &[Observation] {
        &self.rows
    }

    /// The observations of an edition.
    pub fn of_edition(&self, edition: Edition) -> &[Observation] {
        let start = self.rows.partition_point(|row| row.edition < edition);
        let end = self.rows.partition_point(|row| row.edition <= edition);
        &self.rows[start..end]
    }

    /// The editions that occur, ascending.
    pub fn editions(&self) -> Vec<Edition> {
        self.rows
            .iter()
            .map(|row| row.edition)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The rule by which these were derived from others, if they were.
    pub fn derived(&self) -> Option<&str> {
        self.derived.as_deref()
    }

    /// Whether the values of a unit, by its place, were derived from those of others.
    pub fn is_derived(&self, unit: usize) -> bool {
        self.derived_units.get(unit).copied().unwrap_or(false)
    }

    /// The same for one edition: of observations that were merged before an edition only, those from
    /// it on were observed.
    pub fn is_derived_in(&self, unit: usize, edition: Edition) -> bool {
        self.is_derived(unit) && self.derived_before.is_none_or(|first| edition < first)
    }
}
