//! The groups of an edition as a reader sees them, also where they are only partly known.

use chiso_index::NodeIndex;
use chiso_publish::{Cell, GroupBand};

use super::View;
use crate::text;

impl View<'_> {
    /// The names of the bands into which units are put, best first: the groups of the edition. Where
    /// the boundaries of the lower groups are not known, those are one band that says so; where the
    /// node has no groups, there is one band of all that have a score.
    pub fn band_names(&self, node: NodeIndex) -> Vec<String> {
        let known = self
            .scored
            .version
            .group
            .as_ref()
            .zip(self.scored.group_boundaries(node));
        let Some((rule, boundaries)) = known else {
            return vec![text::WITH_SCORE.of(self.lang).to_owned()];
        };
        let names = rule.names.iter().map(|name| self.say(name).to_owned());
        if boundaries.len() + 1 >= rule.names.len() {
            return names.collect();
        }
        let rest = boundaries
            .last()
            .map(|last| text::group_unknown(self.lang, &self.exact(*last)));
        names.take(boundaries.len()).chain(rest).collect()
    }

    /// Whether the node has groups in this edition.
    pub fn has_groups(&self, node: NodeIndex) -> bool {
        self.scored.version.group.is_some() && self.scored.group_boundaries(node).is_some()
    }

    /// The band of a unit, 0 for the best; none for a unit without a score.
    pub fn band(&self, node: NodeIndex, unit: usize) -> Option<usize> {
        self.scored.score(node, unit)?;
        let group = self
            .scored
            .group(node, unit)
            .map(|group| usize::from(group) - 1);
        group.or_else(|| self.band_names(node).len().checked_sub(1))
    }

    /// The bands of a node with the scores that stand in them, best first.
    pub fn bands(&self, node: NodeIndex) -> Vec<GroupBand> {
        let units = 0..self.scored.units.len();
        let placed: Vec<(usize, f64)> = units
            .filter_map(|unit| self.band(node, unit).zip(self.scored.score(node, unit)))
            .collect();
        let band = |(place, name): (usize, String)| {
            let scores = || {
                placed
                    .iter()
                    .filter(move |(band, _)| *band == place)
                    .map(|(_, score)| *score)
            };
            GroupBand {
                name,
                low: scores().reduce(f64::min),
                high: scores().reduce(f64::max),
                count: scores().count(),
            }
        };
        self.band_names(node)
            .into_iter()
            .enumerate()
            .map(band)
            .collect()
    }

    /// The name of a unit's group; none where the node has no groups, or the unit no score.
    pub fn group_name(&self, node: NodeIndex, unit: usize) -> Option<String> {
        let place = self.band(node, unit).filter(|_| self.has_groups(node))?;
        self.band_names(node).into_iter().nth(place)
    }

    /// The group of a unit as a cell of a table; none where the node has no groups, or the unit no
    /// score.
    pub fn group_cell(&self, node: NodeIndex, unit: usize) -> Option<Cell> {
        let index = self.band(node, unit).filter(|_| self.has_groups(node))?;
        let names = self.band_names(node);
        Some(Cell::Group {
            index,
            of: names.len(),
            name: names.get(index)?.clone(),
        })
    }
}
