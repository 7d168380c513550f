//! Observations of the units before a merger, brought to the units after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_units::{MergeError, Rule, UnitCode, UnitList, merge_values};

use super::{Observation, Observations, Value};
use crate::pack::{Edition, NodeIndex};

/// The rule by which values of merged units become one.
pub type MergeRule = Rule;

/// Why observations could not be brought to the units after a merger.
#[derive(Debug, thiserror::Error)]
pub enum MergeProblem {
    /// The units are not those before the merger, or a weight is unusable.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A value that does not concern one of the members: no mean of it exists.
    #[error(
        "unit {unit}, node {node:?}, edition {edition}: a value that is not applicable; expected a number or nothing, for a mean of the members"
    )]
    NotApplicable {
        /// The unit.
        unit: Arc<str>,
        /// The node.
        node: NodeIndex,
        /// The edition.
        edition: Edition,
    },
}

impl Observations {
    /// The observations of the 34 provinces from those of the 63, each value by the rule; marked as
    /// derived. A merged unit has a value only where all its members have one.
    ///
    /// # Errors
    /// When a unit is not one of the 63, or a weight is unusable.
    pub fn merged(&self, rule: &MergeRule) -> Result<Observations, MergeProblem> {
        let after = UnitList::by_id("provinces-34")
            .map(UnitList::units)
            .unwrap_or_default();
        let units: Vec<Arc<str>> = after
            .iter()
            .map(|unit| Arc::from(unit.code.as_str()))
            .collect();
        let place: BTreeMap<&str, usize> = units
            .iter()
            .enumerate()
            .map(|(i, code)| (&**code, i))
            .collect();
        let mut rows = Vec::new();
        let mut derived_units = vec![false; units.len()];
        for ((edition, node), values) in self.by_node()? {
            for merged in merge_values(&values, rule)? {
                let Some(&unit) = place.get(merged.code.as_str()) else {
                    continue;
                };
                derived_units[unit] |= merged.derivation.is_derived();
                let value = merged.value.map_or(Value::Missing, Value::Number);
                rows.push(Observation {
                    edition,
                    unit,
                    node,
                    value,
                    standard_error: None,
                    count: None,
                });
            }
        }
        let derived = match rule {
            Rule::PlainMean => "plain mean of the merged units",
            Rule::Weighted(_) => "weighted mean of the merged units",
        };
        Ok(Observations {
            units,
            rows,
            derived: Some(derived.to_owned()),
            derived_units,
        })
    }

    #[expect(clippy::type_complexity, reason = "a grouping used in one place")]
    fn by_node(
        &self,
    ) -> Result<BTreeMap<(Edition, NodeIndex), BTreeMap<UnitCode, f64>>, MergeProblem> {
        let mut groups: BTreeMap<_, BTreeMap<UnitCode, f64>> = BTreeMap::new();
        for row in &self.rows {
            let values = groups.entry((row.edition, row.node)).or_default();
            let unit = &self.units[row.unit];
            match row.value {
                Value::Number(number) => {
                    values.insert(UnitCode::new(unit), number);
                }
                Value::Missing => {}
                Value::NotApplicable => {
                    let (node, edition) = (row.node, row.edition);
                    return Err(MergeProblem::NotApplicable {
                        unit: unit.clone(),
                        node,
                        edition,
                    });
                }
            }
        }
        Ok(groups)
    }
}
