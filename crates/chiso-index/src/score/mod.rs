//! Scores, ranks and groups of an edition: the engine.

mod aggregate;
mod group;
mod rank;
mod scored;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use aggregate::combine;
pub use scored::{Flags, NodeSummary, Scored};

use crate::observations::{Observations, Value};
use crate::pack::{Direction, Edition, NodeIndex, Normalise, Pack, Version};
use chiso_units::UnitList;

/// The scored editions of an index.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The index.
    pub pack: Arc<Pack>,
    /// Its editions.
    pub editions: BTreeMap<Edition, Scored>,
}

impl Panel {
    /// Scores every edition of the observations.
    ///
    /// `units` is the list of units a full edition has: those without observations then appear
    /// without scores. Without a list an edition has the units that were observed in it.
    pub fn score(pack: &Arc<Pack>, units: Option<&UnitList>, observations: &Observations) -> Self {
        let editions = observations.editions().into_iter().filter_map(|edition| {
            score_edition(pack, units, observations, edition).map(|scored| (edition, scored))
        });
        Panel {
            pack: pack.clone(),
            editions: editions.collect(),
        }
    }

    /// The latest edition.
    pub fn latest(&self) -> Option<&Scored> {
        self.editions.values().next_back()
    }

    /// The edition before another one.
    pub fn previous(&self, edition: Edition) -> Option<&Scored> {
        self.editions
            .range(..edition)
            .next_back()
            .map(|(_, scored)| scored)
    }
}

/// Scores one edition; none if the pack has no version for it.
pub fn score_edition(
    pack: &Pack,
    units: Option<&UnitList>,
    observations: &Observations,
    edition: Edition,
) -> Option<Scored> {
    let version = pack
        .versions
        .iter()
        .find(|version| version.editions.contains(&edition))?;
    let mut scored = Scored::empty(
        version.clone(),
        edition,
        unit_codes(units, observations, edition),
    );
    place(&mut scored, observations);
    for leaf in version.tree.leaves() {
        scale(&mut scored, version, leaf);
    }
    for &node in version.tree.bottom_up() {
        aggregate::aggregate(&mut scored, node);
    }
    for node in version.tree.indices() {
        rank::rank(&mut scored, node);
        group::group(&mut scored, node);
    }
    Some(scored)
}

fn unit_codes(
    units: Option<&UnitList>,
    observations: &Observations,
    edition: Edition,
) -> Vec<Arc<str>> {
    if let Some(list) = units {
        return list
            .units()
            .iter()
            .map(|unit| Arc::from(unit.code.as_str()))
            .collect();
    }
    let seen = observations.of_edition(edition).iter();
    let mut codes: Vec<Arc<str>> = seen
        .map(|row| observations.units()[row.unit].clone())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Puts the observed values into their cells; what was not observed is missing.
fn place(scored: &mut Scored, observations: &Observations) {
    let places: Vec<Option<usize>> = observations
        .units()
        .iter()
        .map(|code| scored.units.binary_search(code).ok())
        .collect();
    let derived: Vec<usize> = places
        .iter()
        .enumerate()
        .filter(|(unit, _)| observations.is_derived_in(*unit, scored.edition))
        .filter_map(|(_, p)| *p)
        .collect();
    for (node, unit) in scored
        .version
        .clone()
        .tree
        .indices()
        .flat_map(|n| derived.iter().map(move |&u| (n, u)))
    {
        let cell = scored.cell(node, unit);
        scored.flags[cell] |= Flags::DERIVED;
    }
    for row in observations.of_edition(scored.edition) {
        let Some(unit) = places[row.unit] else {
            continue;
        };
        let cell = scored.cell(row.node, unit);
        match row.value {
            Value::Number(number) => scored.scores[cell] = number,
            Value::NotApplicable => scored.flags[cell] |= Flags::NOT_APPLICABLE,
            Value::Missing => {}
        }
        scored.standard_errors[cell] = row.standard_error.unwrap_or(f64::NAN);
        scored.counts[cell] = row.count;
    }
    let leaves: Vec<NodeIndex> = scored.version.tree.leaves().collect();
    for (node, unit) in leaves
        .iter()
        .flat_map(|&node| (0..scored.units.len()).map(move |u| (node, u)))
    {
        let cell = scored.cell(node, unit);
        let applicable = scored.flags[cell] & Flags::NOT_APPLICABLE == 0;
        scored.coverage[cell] = f64::from(u8::from(!scored.scores[cell].is_nan()));
        if scored.scores[cell].is_nan() && applicable {
            scored.flags[cell] |= Flags::MISSING;
        }
    }
}

/// Puts a leaf's scores on the recipe's scale, so that more is better from here on.
///
/// `low + (high − low)·(x − a)/(b − a)`, with a and b the range (goalposts) or the least and greatest
/// value of the edition (minmax), exchanged where less is better. Where a = b there is no scale, and
/// no score.
fn scale(scored: &mut Scored, version: &Version, leaf: NodeIndex) {
    let node = version.tree.node(leaf);
    let cells = scored.cells(leaf);
    let (low, high, range) = match version.normalisation() {
        Normalise::None => return,
        Normalise::Goalposts { low, high } => (low, high, node.range.map(|r| (r.min, r.max))),
        Normalise::MinMax { low, high } => {
            let values = scored.scores[cells.clone()].iter().filter(|v| !v.is_nan());
            let range = values.fold(None, |range: Option<(f64, f64)>, &v| {
                Some(range.map_or((v, v), |(a, b)| (a.min(v), b.max(v))))
            });
            (low, high, range)
        }
    };
    let (a, b) = match (range, node.direction) {
        (Some((a, b)), Direction::Higher) => (a, b),
        (Some((a, b)), Direction::Lower) => (b, a),
        (None, _) => (f64::NAN, f64::NAN),
    };
    for cell in cells {
        let scaled = low + (high - low) * (scored.scores[cell] - a) / (b - a);
        scored.scores[cell] = if scaled.is_finite() {
            scaled.clamp(low, high)
        } else {
            f64::NAN
        };
        scored.standard_errors[cell] *= ((high - low) / (b - a)).abs();
    }
}
