//! What sampling error leaves open of scores, as charts and tables take it.

use chiso_index::NodeIndex;
use chiso_publish::chart::Uncertainty;

use super::View;

impl View<'_> {
    /// Whether any score of the edition has an error.
    pub fn has_errors(&self) -> bool {
        let root = self.scored.root();
        let mut nodes = std::iter::once(root).chain(self.scored.version.tree.indices());
        let units = 0..self.scored.units.len();
        nodes.any(|node| {
            units
                .clone()
                .any(|unit| self.scored.standard_error(node, unit).is_some())
        })
    }

    /// What the errors leave open of a unit's score at a node; none where its error is not known.
    pub fn uncertainty(&self, node: NodeIndex, unit: usize) -> Option<Uncertainty> {
        Some(Uncertainty {
            standard_error: self.scored.standard_error(node, unit)?,
            interval: self.scored.interval(node, unit)?,
            rank_set: self.scored.rank_set(node, unit),
            group_probability: self.scored.group_probability(node, unit),
            confidence: self.scored.confidence(),
        })
    }

    /// The confidence of intervals and rank sets: `95 %`.
    pub fn confidence(&self) -> String {
        chiso_publish::chart::confidence(self.lang, self.scored.confidence())
    }
}
