//! Observations laid out on the engine's rows.

use std::collections::HashMap;

use crate::engine::{Leaves, Plan};
use crate::observations::{Observations, Value};

/// The observed leaves of a version's editions, with what came beside the values.
pub(super) struct Observed {
    pub leaves: Leaves,
    /// By leaf and row; NaN where none came.
    pub standard_errors: Vec<f64>,
    /// By leaf and row.
    pub counts: Vec<Option<u64>>,
    /// By row: whether the unit's values were derived from those of others.
    pub derived: Vec<bool>,
}

impl Observed {
    pub(super) fn new(plan: &Plan, observations: &Observations) -> Observed {
        let rows = plan.frame().rows();
        let cells = plan.leaves().len() * rows;
        let mut observed = Observed {
            leaves: Leaves {
                values: vec![f64::NAN; cells],
                not_applicable: Vec::new(),
                observed: vec![false; rows],
            },
            standard_errors: vec![f64::NAN; cells],
            counts: vec![None; cells],
            derived: vec![false; rows],
        };
        let slots: HashMap<usize, usize> = plan
            .leaves()
            .iter()
            .enumerate()
            .map(|(slot, leaf)| (leaf.0, slot))
            .collect();
        for place in 0..plan.frame().editions().len() {
            observed.edition(plan, observations, place, &slots);
        }
        observed
    }

    fn edition(
        &mut self,
        plan: &Plan,
        observations: &Observations,
        place: usize,
        slots: &HashMap<usize, usize>,
    ) {
        let (frame, rows) = (plan.frame(), plan.frame().rows());
        let units = observations.units().iter();
        let places: Vec<Option<usize>> = units.map(|code| frame.row(place, code)).collect();
        for (unit, row) in places.iter().enumerate() {
            if let Some(row) =
                row.filter(|_| observations.is_derived_in(unit, frame.editions()[place].edition))
            {
                self.derived[row] = true;
            }
        }
        for observation in observations.of_edition(frame.editions()[place].edition) {
            let (Some(row), Some(slot)) =
                (places[observation.unit], slots.get(&observation.node.0))
            else {
                continue;
            };
            let cell = slot * rows + row;
            self.leaves.observed[row] = true;
            match observation.value {
                Value::Number(number) => self.leaves.values[cell] = number,
                Value::NotApplicable => {
                    let cells = self.leaves.values.len();
                    self.leaves.not_applicable.resize(cells, false);
                    self.leaves.not_applicable[cell] = true;
                }
                Value::Missing => {}
            }
            self.standard_errors[cell] = observation.standard_error.unwrap_or(f64::NAN);
            self.counts[cell] = observation.count;
        }
    }
}
