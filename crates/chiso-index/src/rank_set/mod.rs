//! Rank sets: the ranks that the errors of scores leave possible, and probabilities of groups.
//!
//! The method is that of M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, *Inference for
//! Ranks with Applications to Mobility across Neighbourhoods and Academic Achievement across
//! Countries*, Review of Economic Studies 91 (2024) 476–518. A unit's rank is 1 plus the number of
//! units whose true score is higher; so whoever knows which differences of scores are beyond doubt
//! knows which ranks are possible. Formulas and conventions are in `docs/methods/rank-sets.md`.
//!
//! ```text
//! scores, errors ─► estimates (checked, best first; draws of errors; errors of differences)
//!                      ├─► one family a unit ──► step_down ─► marginal rank sets
//!                      ├─► one family of all ──► step_down ─► different pairs ─► simultaneous
//!                      │                                      rank sets, τ best, τ worst
//!                      └─► draws of scores ─► rule ─► group probabilities
//! ```

mod best;
mod differences;
mod draws;
mod error;
mod estimates;
mod factor;
mod groups;
mod marginal;
mod pairs;
mod step_down;
#[cfg(test)]
mod tests;
mod variance_ratios;

pub use best::{best, worst};
pub use draws::Normals;
pub use error::RankSetError;
pub use estimates::{Errors, Estimates, RankSetOptions};
pub use groups::{GroupProbabilities, group_probabilities, score_draws};
pub use marginal::marginal;
pub use pairs::{DifferentPairs, different_pairs, simultaneous};

/// The factor of a covariance matrix (`units` × `units`, row by row), whose diagonal holds variances.
///
/// # Errors
///
/// If the matrix is not positive semidefinite.
pub(crate) fn root_of(covariance: &[f64], units: usize) -> Result<factor::Factor, RankSetError> {
    let deviation = |unit: usize| covariance[unit * units + unit].max(0.0).sqrt();
    factor::factor(covariance, &(0..units).map(deviation).collect::<Vec<f64>>())
}

/// A unit's rank by its score, and the ranks that errors leave possible. 1 is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RankSet {
    /// 1 plus the number of units with a higher score. Always in the set.
    pub rank: usize,
    /// The best possible rank.
    pub low: usize,
    /// The worst possible rank.
    pub high: usize,
}

impl RankSet {
    /// Whether a rank is in the set.
    pub fn contains(&self, rank: usize) -> bool {
        (self.low..=self.high).contains(&rank)
    }

    /// How many ranks are in the set.
    pub fn len(&self) -> usize {
        self.high + 1 - self.low
    }

    /// A set is never empty: it contains the rank.
    pub fn is_empty(&self) -> bool {
        false
    }
}
