//! What places have in common: the effects that make answers of neighbours alike.

use std::collections::BTreeMap;

use super::SimulateError;
use super::error::within;
use super::link::place_effect;
use crate::select::{FrameRow, Stream};

/// How much answers differ, in units of the latent position.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The standard deviation of the effects of each level below the domains, highest first.
    pub places: Vec<f64>,
    /// The standard deviation of the effects of persons.
    pub persons: f64,
    /// How much of an effect all nodes share, from 0 to 1: for places the share of the variance
    /// that is common, for persons the probability that a node's effect is the common one.
    pub shared: f64,
}

impl Spread {
    /// Checks the numbers for a frame with so many levels below the domains.
    pub(super) fn check(&self, levels: usize) -> Result<(), SimulateError> {
        if self.places.len() != levels {
            return Err(SimulateError::Setting {
                what: "spread of places".to_owned(),
                found: format!("{} numbers for {levels} levels", self.places.len()),
                expected: "one a level below the domains",
            });
        }
        for spread in self.places.iter().chain([&self.persons]) {
            within(
                || "spread".to_owned(),
                *spread,
                0.0..=100.0,
                "a number from 0 to 100",
            )?;
        }
        within(
            || "spread, shared".to_owned(),
            self.shared,
            0.0..=1.0,
            "a number from 0 to 1",
        )
    }
}

/// The units of the lowest level of a domain, with their sizes and effects.
pub(super) struct Places<'a> {
    /// The rows of the frame, sorted by path.
    pub rows: Vec<&'a FrameRow>,
    /// The sum of the effects of each row's place and those above it, node by node.
    pub effects: Vec<Vec<f64>>,
}

/// The places of every domain, by the domain's identifiers joined with `/`.
pub(super) fn by_domain<'a>(
    rows: &'a [FrameRow],
    domain_levels: usize,
) -> BTreeMap<String, Vec<&'a FrameRow>> {
    let mut domains: BTreeMap<String, Vec<&'a FrameRow>> = BTreeMap::new();
    for row in rows {
        domains
            .entry(row.path[..domain_levels].join("/"))
            .or_default()
            .push(row);
    }
    for rows in domains.values_mut() {
        rows.sort_by(|one, other| one.path.cmp(&other.path));
    }
    domains
}

impl<'a> Places<'a> {
    /// Draws the effects of a domain's places: those of a place depend on the seed and its path.
    pub fn new(
        rows: Vec<&'a FrameRow>,
        domain_levels: usize,
        nodes: usize,
        spread: &Spread,
        seed: u64,
    ) -> Self {
        let mut above: Vec<(&[String], Vec<f64>)> = Vec::new();
        let mut effects = Vec::with_capacity(rows.len());
        for row in &rows {
            above.retain(|(path, _)| row.path.starts_with(path));
            for level in domain_levels + above.len()..row.path.len() {
                let path = &row.path[..=level];
                let size = spread.places[level - domain_levels];
                let own = of_place(path, nodes, size, spread.shared, seed);
                let sum = match above.last() {
                    Some((_, higher)) => higher.iter().zip(&own).map(|(a, b)| a + b).collect(),
                    None => own,
                };
                above.push((path, sum));
            }
            effects.push(
                above
                    .last()
                    .map_or_else(|| vec![0.0; nodes], |(_, sum)| sum.clone()),
            );
        }
        Places { rows, effects }
    }
}

/// The effects of one place on every node: `s (√g · common + √(1 − g) · own)`.
fn of_place(path: &[String], nodes: usize, spread: f64, shared: f64, seed: u64) -> Vec<f64> {
    let parts = path.iter().map(String::as_str).chain(["effects"]);
    let mut stream = Stream::new(seed, &parts.collect::<Vec<_>>());
    let (common_part, own_part) = (spread * shared.sqrt(), spread * (1.0 - shared).sqrt());
    let common = place_effect(&mut stream);
    (0..nodes)
        .map(|_| common_part * common + own_part * place_effect(&mut stream))
        .collect()
}
