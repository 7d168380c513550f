//! Covariances of observations, brought to the scale of scores.

use chiso_index::observations::LeafCovariances;
use chiso_index::pack::Direction;
use chiso_index::{NodeIndex, Panel, Scored};

use crate::covariance::{LeafCovariance, LeafOf};

/// The covariances of each unit's observations in an edition, as a survey estimates them.
///
/// A step that puts values on another scale leaves the correlation of two leaves as it was, but for
/// its sign where it turns a value round of which less is better. So the covariance of two scores is
/// `± ρ·se·se`, with ρ the correlation of the observations and se the standard errors of the scores;
/// near the values for a scale that is not linear. Different editions are not given.
#[derive(Clone, Copy, Debug)]
pub struct ObservedCovariances<'a> {
    panel: &'a Panel,
    given: &'a LeafCovariances,
}

impl<'a> ObservedCovariances<'a> {
    /// Of the observations from which a panel was scored.
    pub fn new(panel: &'a Panel, given: &'a LeafCovariances) -> Self {
        ObservedCovariances { panel, given }
    }
}

impl LeafCovariance for ObservedCovariances<'_> {
    fn covariance(&self, unit: &str, a: LeafOf<'_>, b: LeafOf<'_>) -> Option<f64> {
        if a.0 != b.0 {
            return None;
        }
        let scored = self.panel.editions.get(&a.0)?;
        let place = scored.unit(unit)?;
        let given = self.given.units.get(&(a.0, scored.units[place].clone()))?;
        let (nodes, matrix) = (&given.nodes, &given.matrix);
        let leaf = |code: &str| scored.version.tree.find(code);
        let (a, b) = (leaf(a.1)?, leaf(b.1)?);
        let row = |node: NodeIndex| nodes.binary_search(&node).ok();
        let (i, j) = (row(a)?, row(b)?);
        let at = |i: usize, j: usize| matrix.get(i * nodes.len() + j).copied();
        let deviations = (at(i, i)? * at(j, j)?).sqrt();
        if deviations == 0.0 {
            return Some(0.0);
        }
        let errors = scored.standard_error(a, place)? * scored.standard_error(b, place)?;
        let sign = turned(scored, a) * turned(scored, b);
        Some(sign * (at(i, j)? / deviations).clamp(-1.0, 1.0) * errors)
    }
}

/// −1 for a leaf whose scores fall as its values rise.
fn turned(scored: &Scored, leaf: NodeIndex) -> f64 {
    let is_lower = scored.version.tree.node(leaf).direction == Direction::Lower;
    match is_lower && scored.version.normalisation(leaf).is_some() {
        true => -1.0,
        false => 1.0,
    }
}
