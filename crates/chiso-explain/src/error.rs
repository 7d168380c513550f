//! Why there is nothing to explain.

use chiso_index::{Edition, Panel, Scored};

/// Why there is nothing to explain.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExplainError {
    /// The edition is not among the scored ones.
    #[error("found no edition {edition}; expected one of {}", list(.known))]
    UnknownEdition {
        /// What was asked for.
        edition: Edition,
        /// The editions that there are.
        known: Vec<Edition>,
    },
    /// The editions do not run forward.
    #[error("found a change from {from} to {to}; expected an earlier edition first")]
    Order {
        /// The first edition that was asked for.
        from: Edition,
        /// The second.
        to: Edition,
    },
    /// The edition has no such unit.
    #[error("found no unit with the code {unit:?} in the edition {edition}; expected one of its codes{}", closest(.suggestions))]
    UnknownUnit {
        /// What was asked for.
        unit: String,
        /// The edition in which it was looked up.
        edition: Edition,
        /// Codes that begin alike.
        suggestions: Vec<String>,
    },
    /// The unit has no total in an edition.
    #[error("the unit {unit} has no total in {edition}: without a score {} {}", if .lacking.len() == 1 { "is" } else { "are" }, .lacking.join(", "))]
    NoTotal {
        /// The unit's code.
        unit: String,
        /// The edition.
        edition: Edition,
        /// The codes of the nodes that lack a score: leaves, or inner nodes all of whose parts have
        /// one.
        lacking: Vec<String>,
    },
    /// The rank is not one that can be reached.
    #[error(
        "found the rank {rank} as the goal; expected 1 to {ranked}, the units with a total in {edition}"
    )]
    RankGoal {
        /// What was asked for.
        rank: u32,
        /// How many units are ranked.
        ranked: usize,
        /// The edition.
        edition: Edition,
    },
    /// The group is not one of the index.
    #[error("found the group {group} as the goal; expected 1 to {groups} in {edition}")]
    GroupGoal {
        /// What was asked for.
        group: u8,
        /// How many groups have a known lower boundary.
        groups: usize,
        /// The edition.
        edition: Edition,
    },
    /// A confidence that is none.
    #[error("found the confidence {found}; expected a number between 0 and 1")]
    Confidence {
        /// What was asked for.
        found: f64,
    },
    /// Covariances that the scores of a unit cannot have.
    #[error("the unit {unit}: found {found}")]
    Covariance {
        /// The unit's code.
        unit: String,
        /// What was found, and what was expected.
        found: String,
    },
    /// A node that both editions do not have at the same place.
    #[error("found no node with the code {node:?} at the same place in {from} and {to}; expected one of {}", .known.join(", "))]
    UnknownNode {
        /// What was asked for.
        node: String,
        /// The earlier edition.
        from: Edition,
        /// The later edition.
        to: Edition,
        /// The nodes that there are.
        known: Vec<String>,
    },
    /// Too few units to tell noise from movement.
    #[error(
        "node {node}, {from} to {to}: found {units} units with a change and its standard error; expected at least 3"
    )]
    TooFewUnits {
        /// The node's code.
        node: String,
        /// The earlier edition.
        from: Edition,
        /// The later edition.
        to: Edition,
        /// How many there are.
        units: usize,
    },
    /// Fewer draws than give an interval.
    #[error("found {found} draws; expected at least 20")]
    Draws {
        /// What was asked for.
        found: usize,
    },
    /// No leaf stayed as it was.
    #[error(
        "no leaf of {base} is unchanged up to {to}; expected at least one for a comparable core"
    )]
    NoCore {
        /// The base edition.
        base: Edition,
        /// The last edition.
        to: Edition,
    },
    /// The edition has no groups.
    #[error("the edition {edition} has no groups in the pack; expected a goal of rank=N")]
    NoGroups {
        /// The edition.
        edition: Edition,
    },
}

fn list(editions: &[Edition]) -> String {
    editions
        .iter()
        .map(Edition::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn closest(codes: &[String]) -> String {
    if codes.is_empty() {
        String::new()
    } else {
        format!("; closest: {}", codes.join(", "))
    }
}

/// A scored edition of the panel.
pub(crate) fn edition(panel: &Panel, edition: Edition) -> Result<&Scored, ExplainError> {
    panel
        .editions
        .get(&edition)
        .ok_or_else(|| ExplainError::UnknownEdition {
            edition,
            known: panel.editions.keys().copied().collect(),
        })
}

/// The place of a unit in an edition.
pub(crate) fn unit(scored: &Scored, code: &str) -> Result<usize, ExplainError> {
    scored.unit(code).ok_or_else(|| {
        let first = code.chars().next();
        let alike = scored
            .units
            .iter()
            .filter(|unit| first.is_some() && unit.chars().next() == first);
        ExplainError::UnknownUnit {
            unit: code.to_owned(),
            edition: scored.edition,
            suggestions: alike.take(5).map(|unit| unit.to_string()).collect(),
        }
    })
}

/// The total of a unit.
pub(crate) fn total(scored: &Scored, unit: usize) -> Result<f64, ExplainError> {
    scored
        .score(scored.root(), unit)
        .ok_or_else(|| ExplainError::NoTotal {
            unit: scored.units[unit].to_string(),
            edition: scored.edition,
            lacking: lacking(scored, unit),
        })
}

/// The nodes because of which a unit has no total: those without a score none of whose parts lacks
/// one. Where none of the parts of a node has a score, the node is named instead of its parts.
fn lacking(scored: &Scored, unit: usize) -> Vec<String> {
    let tree = &scored.version.tree;
    let mut found = Vec::new();
    let mut open = vec![tree.root()];
    while let Some(node) = open.pop() {
        let without = |&&part: &&chiso_index::NodeIndex| lacks(scored, part, unit);
        let parts: Vec<_> = tree
            .children(node)
            .iter()
            .filter(without)
            .copied()
            .collect();
        let whole = node != tree.root() && parts.len() == tree.children(node).len();
        if parts.is_empty() || whole {
            found.push(tree.node(node).code.clone());
        } else {
            open.extend(parts.into_iter().rev());
        }
    }
    found
}

fn lacks(scored: &Scored, node: chiso_index::NodeIndex, unit: usize) -> bool {
    let concerns = scored.flags(node, unit) & chiso_index::score::Flags::NOT_APPLICABLE == 0;
    concerns && scored.score(node, unit).is_none()
}
