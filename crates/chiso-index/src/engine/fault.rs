//! What a step cannot do, said with the step, the node and the edition.

use std::fmt;

use crate::pack::Edition;

/// Why a recipe cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StepFault {
    /// The step's position in the recipe, from 1.
    pub step: usize,
    /// What it does: `normalise`, `treat`, …
    pub action: &'static str,
    /// The line of `index.toml` on which it begins.
    pub line: u64,
    /// The node, where one is concerned.
    pub node: Option<String>,
    /// The edition, where one is concerned.
    pub edition: Option<Edition>,
    /// What was found and what was expected.
    pub problem: String,
}

impl fmt::Display for StepFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "step {} ({}, line {})",
            self.step, self.action, self.line
        )?;
        if let Some(node) = &self.node {
            write!(f, ", node `{node}`")?;
        }
        if let Some(edition) = self.edition {
            write!(f, ", edition {edition}")?;
        }
        write!(f, ": {}", self.problem)
    }
}
