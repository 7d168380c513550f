//! Which units may be among the best or the worst.

use super::error::RankSetError;
use super::estimates::{Estimates, RankSetOptions};
use super::pairs::{DifferentPairs, different_pairs};

/// The units that may be among the `tau` best: with the given confidence all that truly are, are
/// marked. A unit is marked unless `tau` or more others are better beyond doubt.
///
/// This is the projection set (Mogstad, Romano, Shaikh and Wilhelm 2024). It needs the lower
/// bounds of ranks only; but the hypotheses of one side over all ordered pairs are those of both
/// sides, so the sets are those of [`super::simultaneous`], and every `tau` is covered at once.
///
/// # Errors
///
/// As [`super::marginal`], and if `tau` is 0 or exceeds the number of units with a score.
pub fn best(
    estimates: &Estimates,
    tau: usize,
    options: &RankSetOptions,
) -> Result<Vec<bool>, RankSetError> {
    different_pairs(estimates, options)?.best(tau)
}

/// The units that may be among the `tau` worst; the mirror image of [`best`].
///
/// # Errors
///
/// As [`best`].
pub fn worst(
    estimates: &Estimates,
    tau: usize,
    options: &RankSetOptions,
) -> Result<Vec<bool>, RankSetError> {
    different_pairs(estimates, options)?.worst(tau)
}

impl DifferentPairs {
    /// The units that may be among the `tau` best: see [`best`].
    ///
    /// # Errors
    ///
    /// If `tau` is 0 or exceeds the number of units with a score.
    pub fn best(&self, tau: usize) -> Result<Vec<bool>, RankSetError> {
        self.check(tau)?;
        let sets = self.rank_sets();
        Ok(sets
            .iter()
            .map(|set| set.is_some_and(|set| set.low <= tau))
            .collect())
    }

    /// The units that may be among the `tau` worst: see [`worst`].
    ///
    /// # Errors
    ///
    /// If `tau` is 0 or exceeds the number of units with a score.
    pub fn worst(&self, tau: usize) -> Result<Vec<bool>, RankSetError> {
        self.check(tau)?;
        let beyond = self.scored() - tau;
        let sets = self.rank_sets();
        Ok(sets
            .iter()
            .map(|set| set.is_some_and(|set| set.high > beyond))
            .collect())
    }

    fn check(&self, tau: usize) -> Result<(), RankSetError> {
        match (1..=self.scored()).contains(&tau) {
            true => Ok(()),
            false => Err(RankSetError::Tau {
                found: tau,
                units: self.scored(),
            }),
        }
    }
}
