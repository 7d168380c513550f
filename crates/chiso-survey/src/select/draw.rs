//! Drawing a sample from a frame by a plan.

use std::ops::Range;

use super::nodes::Node;
use super::{Frame, Plan, Role, Sample, SelectError, SelectedUnit, Taken};

/// Draws a sample.
///
/// Depends on the frame's identifiers, sizes and flags, the plan and the seed alone; not on the
/// order of the rows, unless a stage asks for [`Order::Given`](super::Order::Given). Every draw has its own
/// [`Stream`](super::Stream),
/// at the identifiers of the unit above and the stage's level.
///
/// # Errors
///
/// A plan that does not fit the frame ([`Plan::check`]); a unit in two rows; a missing size where
/// one is needed; a size that is not a whole number where it is the length of a list; too few
/// units (with [`Shortage::Fail`](super::Shortage::Fail)); more certainty units than places.
pub fn draw(frame: &Frame, plan: &Plan, seed: u64) -> Result<Sample, SelectError> {
    plan.check(frame)?;
    if let Some((first, second)) = frame.duplicates().next() {
        return Err(SelectError::Duplicate {
            first,
            second,
            unit: frame.rows()[first - 1].path.join("/"),
        });
    }
    let mut drawing = Drawing {
        frame,
        plan,
        seed,
        units: Vec::new(),
    };
    let depth = plan.domain_levels.len();
    if depth == 0 {
        let all = 0..frame.nodes(0).len();
        drawing.stage(&Place::top(Vec::new()), Below::Listed(0, all))?;
    } else {
        for node in frame.nodes(depth - 1) {
            let place = Place::top(frame.path(depth - 1, node).to_vec());
            let below = drawing.below(&place, depth - 1, node)?;
            drawing.stage(&place, below)?;
        }
    }
    let stages = plan.stages.iter().map(|stage| stage.level.clone());
    Ok(Sample {
        levels: plan.domain_levels.iter().cloned().chain(stages).collect(),
        domain_levels: depth,
        units: drawing.units,
    })
}

/// Where a draw happens and what led there.
pub(super) struct Place {
    pub(super) path: Vec<String>,
    pub(super) domain: String,
    stages: Vec<Taken>,
    /// The variance stratum and unit, once they are settled.
    settled: Option<(String, String)>,
}

impl Place {
    fn top(path: Vec<String>) -> Self {
        let domain = path.join("/");
        Place {
            path,
            domain,
            stages: Vec::new(),
            settled: None,
        }
    }

    pub(super) fn name(&self) -> String {
        match self.path.is_empty() {
            true => "the frame".to_owned(),
            false => self.path.join("/"),
        }
    }
}

/// The units that a draw chooses from.
enum Below {
    /// Nodes of a level of the frame.
    Listed(usize, Range<usize>),
    /// The places of a list that is made in the field.
    InTheField(usize),
}

pub(super) struct Drawing<'a> {
    pub(super) frame: &'a Frame,
    plan: &'a Plan,
    pub(super) seed: u64,
    units: Vec<SelectedUnit>,
}

impl Drawing<'_> {
    /// What lies below a node: its children, or the list of as many units as its size says.
    fn below(&self, place: &Place, level: usize, node: &Node) -> Result<Below, SelectError> {
        if level + 1 < self.frame.levels().len() {
            return Ok(Below::Listed(level + 1, node.children.clone()));
        }
        let name = self.frame.levels()[level].clone();
        match node.size {
            None => Err(SelectError::MissingSize {
                level: name,
                unit: place.name(),
                needed_for: "its units are drawn from a list of that length",
            }),
            Some(size) if size.fract() != 0.0 || size > 1e9 => Err(SelectError::ListLength {
                level: name,
                unit: place.name(),
                size,
                listed: self.plan.stages[self.plan.stages.len() - 1].level.clone(),
            }),
            Some(size) => Ok(Below::InTheField(size as usize)),
        }
    }

    /// Draws one stage below a place, and then the next ones.
    fn stage(&mut self, place: &Place, below: Below) -> Result<(), SelectError> {
        let index = place.stages.len();
        let stage = &self.plan.stages[index];
        let last = index + 1 == self.plan.stages.len();
        let choices = match &below {
            Below::Listed(level, range) => {
                let nodes = &self.frame.nodes(*level)[range.clone()];
                self.choose_nodes(place, stage, *level, nodes)?
            }
            Below::InTheField(length) => self.choose_places(place, stage, *length)?,
        };
        let random = choices
            .iter()
            .filter(|choice| choice.probability < 1.0)
            .count();
        let collapse = last || (random == 1 && choices.len() > 1);
        for choice in choices {
            let (id, node) = match &below {
                Below::Listed(level, range) => {
                    let node = &self.frame.nodes(*level)[range.start + choice.unit];
                    (node.id.clone(), Some((*level, node)))
                }
                Below::InTheField(_) => ((choice.unit + 1).to_string(), None),
            };
            let next = step(place, id, choice.probability, collapse);
            match node {
                Some((level, node)) if !last => {
                    let below = self.below(&next, level, node)?;
                    self.stage(&next, below)?;
                }
                _ => self.units.push(unit(next, choice.replacement)),
            }
        }
        Ok(())
    }
}

/// The place of a chosen unit. `collapse`: the units chosen together are the PSUs of one stratum,
/// certain or not.
fn step(place: &Place, id: String, probability: f64, collapse: bool) -> Place {
    let certain = probability >= 1.0;
    let above = place.name();
    let mut path = place.path.clone();
    path.push(id);
    let cluster = path.join("/");
    let settled = match &place.settled {
        Some(settled) => Some(settled.clone()),
        None if certain && !collapse => None,
        None => Some((above.clone(), cluster.clone())),
    };
    let mut stages = place.stages.clone();
    stages.push(Taken {
        stratum: if certain { cluster.clone() } else { above },
        cluster,
        probability,
        certain,
    });
    Place {
        path,
        domain: place.domain.clone(),
        stages,
        settled,
    }
}

fn unit(place: Place, replacement: Option<usize>) -> SelectedUnit {
    let probability = place.stages.iter().map(|stage| stage.probability).product();
    // The last stage always settles them.
    let (stratum, psu) = place.settled.unwrap_or_default();
    SelectedUnit {
        path: place.path,
        role: replacement.map_or(Role::Selected, Role::Replacement),
        stages: place.stages,
        probability,
        weight: 1.0 / probability,
        stratum,
        psu,
    }
}
