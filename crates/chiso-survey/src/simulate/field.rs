//! The field work: which of the drawn persons are met and agree, and what they weigh.

use super::SimulateError;
use super::error::within;
use crate::select::{Count, Role, Sample, SelectedUnit, Stream};

/// How many interviews are wanted and how often one succeeds.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldWork {
    /// Interviews in each cluster of the last stage but one, e.g. in a village.
    pub interviews: Count,
    /// The probability that a drawn person is met and agrees: the same for everyone, so that
    /// nothing of what they would answer depends on it.
    pub response: f64,
}

/// An interview that took place.
#[derive(Clone, Debug, PartialEq)]
pub struct Interview {
    /// The person's place in [`Sample::units`].
    pub unit: usize,
    /// The weight: that of the design times (persons drawn, without replacements) / (interviews),
    /// both of the cluster. It is `N / n` of the cluster over the cluster's own probability.
    pub weight: f64,
    /// The last stage's sampling fraction, `n / N`.
    pub fraction: f64,
}

/// Tries the drawn persons of each cluster in their order, replacements after the selected ones,
/// until the wanted number of interviews is reached or the list ends. A cluster where nobody
/// agrees has no interview.
///
/// # Errors
///
/// A response that is not above 0 and up to 1.
pub fn interviews(
    sample: &Sample,
    work: &FieldWork,
    seed: u64,
) -> Result<Vec<Interview>, SimulateError> {
    let what = || "field work, response".to_owned();
    within(
        what,
        work.response,
        f64::MIN_POSITIVE..=1.0,
        "a probability above 0",
    )?;
    let cluster = |unit: &SelectedUnit| unit.path[..unit.path.len() - 1].to_vec();
    let mut all = Vec::new();
    let mut first = 0;
    for units in sample
        .units
        .chunk_by(|one, next| cluster(one) == cluster(next))
    {
        let domain = units[0].path[..sample.domain_levels].join("/");
        let wanted = work.interviews.of(&domain);
        let met = (0..units.len()).filter(|&unit| responds(&units[unit], work, seed));
        let met: Vec<usize> = met.take(wanted).collect();
        let selected = units
            .iter()
            .filter(|unit| unit.role == Role::Selected)
            .count();
        let growth = selected as f64 / met.len() as f64;
        all.extend(met.iter().map(|&unit| Interview {
            unit: first + unit,
            weight: units[unit].weight * growth,
            fraction: last_probability(&units[unit]) / growth,
        }));
        first += units.len();
    }
    Ok(all)
}

fn responds(unit: &SelectedUnit, work: &FieldWork, seed: u64) -> bool {
    let mut place = unit.path.clone();
    place.push("response".to_owned());
    Stream::new(seed, &place).uniform() < work.response
}

fn last_probability(unit: &SelectedUnit) -> f64 {
    unit.stages.last().map_or(1.0, |taken| taken.probability)
}
