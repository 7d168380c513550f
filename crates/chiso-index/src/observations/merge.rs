//! Observations of the units before a merger, brought to the units after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_units::{MergeError, Merged, Rule, UnitCode, UnitList, merge_values};

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
    /// An edition that should be of the units after the merger has a unit that is none of them.
    #[error(
        "unit {unit}, edition {edition}: found a unit that ended with the merger; expected one of provinces-34 in editions from {first} on"
    )]
    Ended {
        /// The unit.
        unit: Arc<str>,
        /// The edition.
        edition: Edition,
        /// The first edition of the units after the merger.
        first: Edition,
    },
}

/// What is known of the members of one edition and node, by their codes.
#[derive(Default)]
struct Members<'a> {
    values: BTreeMap<UnitCode, f64>,
    observations: BTreeMap<UnitCode, &'a Observation>,
}

impl Observations {
    /// The observations of the 34 provinces from those of the 63, each value by the rule; marked as
    /// derived. A merged unit has a value only where all its members have one.
    ///
    /// With `x = Σ w x_i / Σ w` its standard error is `√(Σ w² se_i²) / Σ w`, for the members'
    /// samples are drawn apart (W. G. Cochran, *Sampling Techniques*, 1977, ch. 5), and its count
    /// the sum of theirs; neither is known where one member's is not.
    ///
    /// # Errors
    /// When a unit is not one of the 63, or a weight is unusable.
    pub fn merged(&self, rule: &MergeRule) -> Result<Observations, MergeProblem> {
        self.merge(rule, None)
    }

    /// As [`Observations::merged`] for the editions before `first`; those from `first` on were
    /// observed on the 34 and stay as they are, and are not marked as derived.
    ///
    /// # Errors
    /// As [`Observations::merged`], and a unit that ended with the merger in an edition from `first`
    /// on.
    pub fn merged_before(
        &self,
        rule: &MergeRule,
        first: Edition,
    ) -> Result<Observations, MergeProblem> {
        self.merge(rule, Some(first))
    }

    fn merge(&self, rule: &Rule, first: Option<Edition>) -> Result<Observations, MergeProblem> {
        let after = UnitList::by_id("provinces-34")
            .map(UnitList::units)
            .unwrap_or_default();
        let codes = after.iter().map(|unit| unit.code.as_str());
        let place: BTreeMap<&str, usize> = codes.clone().zip(0..).collect();
        let mut derived_units = vec![false; after.len()];
        let mut rows = Vec::new();
        let is_before = |edition| first.is_none_or(|first| edition < first);
        for ((edition, node), members) in self.members(is_before)? {
            for merged in merge_values(&members.values, rule)? {
                let Some(&unit) = place.get(merged.code.as_str()) else {
                    continue;
                };
                derived_units[unit] |= merged.derivation.is_derived();
                rows.push(members.observation(edition, unit, node, &merged, rule));
            }
        }
        if let Some(first) = first {
            let kept = self.rows.iter().filter(|row| !is_before(row.edition));
            for row in kept {
                let code = &self.units[row.unit];
                let unit = *place.get(&**code).ok_or_else(|| MergeProblem::Ended {
                    unit: code.clone(),
                    edition: row.edition,
                    first,
                })?;
                rows.push(Observation {
                    unit,
                    ..row.clone()
                });
            }
        }
        let derived = match rule {
            Rule::PlainMean => "plain mean of the merged units",
            Rule::Weighted(_) => "weighted mean of the merged units",
        };
        Ok(Observations {
            units: codes.map(Arc::from).collect(),
            rows,
            derived: Some(derived.to_owned()),
            derived_units,
            derived_before: first,
        })
    }

    fn members(
        &self,
        is_before: impl Fn(Edition) -> bool,
    ) -> Result<BTreeMap<(Edition, NodeIndex), Members<'_>>, MergeProblem> {
        let mut groups: BTreeMap<_, Members<'_>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| is_before(row.edition)) {
            let members = groups.entry((row.edition, row.node)).or_default();
            let unit = &self.units[row.unit];
            let code = UnitCode::new(unit);
            match row.value {
                Value::Number(number) => {
                    members.values.insert(code.clone(), number);
                    members.observations.insert(code, row);
                }
                Value::Missing => {}
                Value::NotApplicable => {
                    return Err(MergeProblem::NotApplicable {
                        unit: unit.clone(),
                        node: row.node,
                        edition: row.edition,
                    });
                }
            }
        }
        Ok(groups)
    }
}

impl Members<'_> {
    fn observation(
        &self,
        edition: Edition,
        unit: usize,
        node: NodeIndex,
        merged: &Merged,
        rule: &Rule,
    ) -> Observation {
        let Ok(value) = merged.value else {
            return Observation {
                edition,
                unit,
                node,
                value: Value::Missing,
                standard_error: None,
                count: None,
            };
        };
        Observation {
            edition,
            unit,
            node,
            value: Value::Number(value),
            standard_error: self.standard_error(&merged.members, rule),
            count: self.count(&merged.members),
        }
    }

    /// `√(Σ w² se²) / Σ w`; none where one is not known.
    fn standard_error(&self, members: &[UnitCode], rule: &Rule) -> Option<f64> {
        let (mut length, mut weights) = (0.0f64, 0.0);
        for code in members {
            let weight = match rule {
                Rule::Weighted(given) if members.len() > 1 => *given.get(code)?,
                _ => 1.0,
            };
            let error = self.observations.get(code)?.standard_error?;
            // No square is taken, so that neither a tiny nor a great error is lost.
            length = length.hypot(weight * error);
            weights += weight;
        }
        Some(length / weights)
    }

    fn count(&self, members: &[UnitCode]) -> Option<u64> {
        members.iter().try_fold(0u64, |all, code| {
            all.checked_add(self.observations.get(code)?.count?)
        })
    }
}
