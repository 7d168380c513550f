//! How often units made a gain of some size in one year.

use chiso_index::numbers::to_ticks;
use chiso_index::{Edition, NodeIndex, Panel, Scored, Version};

use crate::comparability;
use crate::pairing;
use crate::ticks::DECIMALS;

/// The changes of a node's score that units made from one year to the next, over the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The changes in ticks, ascending, one for each unit and pair of years.
    pub changes_ticks: Vec<i64>,
    /// The pairs of years that are comparable.
    pub years: Vec<(Edition, Edition)>,
}

impl Past {
    /// How many units made at least this gain.
    pub fn made(&self, gain_ticks: i64) -> usize {
        self.changes_ticks.len()
            - self
                .changes_ticks
                .partition_point(|&change| change < gain_ticks)
    }

    /// How many changes were seen.
    pub fn count(&self) -> usize {
        self.changes_ticks.len()
    }

    /// The greatest gain that at least this share of the changes reached; none without changes.
    pub fn gain_reached_by(&self, share: f64) -> Option<i64> {
        let needed = ((self.count() as f64 * share).ceil() as usize).max(1);
        self.count()
            .checked_sub(needed)
            .map(|place| self.changes_ticks[place])
    }
}

/// The past changes of each node of an edition's version, by its place in the tree.
///
/// Counted are units with a score in two editions a year apart, where the pack knows no difference
/// of the node's own scores between the two (a changed name, range, method or part, or a break) and
/// where the node then had the name and range that it has in the edition asked for.
pub fn past_gains(panel: &Panel, edition: Edition) -> Vec<Past> {
    let Some(reference) = panel.editions.get(&edition) else {
        return Vec::new();
    };
    let mut past = vec![Past::default(); reference.version.tree.len()];
    let years = panel.editions.values().zip(panel.editions.values().skip(1));
    for (first, second) in years.filter(|(a, b)| a.edition.0 + 1 == b.edition.0) {
        add_year(panel, &reference.version, first, second, &mut past);
    }
    past.iter_mut()
        .for_each(|past| past.changes_ticks.sort_unstable());
    past
}

fn add_year(
    panel: &Panel,
    reference: &Version,
    first: &Scored,
    second: &Scored,
    past: &mut [Past],
) {
    let pairs = pairing::outline(&first.version, &second.version);
    let (from, to) = (
        (&*first.version, first.edition),
        (&*second.version, second.edition),
    );
    let comparable = comparability::compare(&panel.pack, from, to, &pairs);
    for (pair, comparability) in pairs.iter().zip(&comparable) {
        let (Some(a), Some(b), true) = (pair.from, pair.to, comparability.is_score_comparable())
        else {
            continue;
        };
        let node = &second.version.tree.node(b).code;
        let Some(place) = reference.tree.find(node) else {
            continue;
        };
        if !comparability::identity_differences(&second.version, b, reference, place).is_empty() {
            continue;
        }
        let changes = changes(first, a, second, b);
        if !changes.is_empty() {
            past[place.0].changes_ticks.extend(changes);
            past[place.0].years.push((first.edition, second.edition));
        }
    }
}

fn changes(first: &Scored, a: NodeIndex, second: &Scored, b: NodeIndex) -> Vec<i64> {
    let change = |(unit, code): (usize, &std::sync::Arc<str>)| {
        let (x, y) = (first.score(a, unit)?, second.score(b, second.unit(code)?)?);
        Some(to_ticks(y, DECIMALS) - to_ticks(x, DECIMALS))
    };
    first.units.iter().enumerate().filter_map(change).collect()
}
