//! Values of the 63 brought to the 34 by a stated rule.

use std::collections::BTreeMap;

use crate::table::shipped;
use crate::{UnitCode, UnitList};

/// How the values of units that merged become one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// The arithmetic mean of the members, `Σ x / n`: the practice stated by the press for the first
    /// national ranking published on the merged units (dantri, vietnamnet, sggp, 2025-10-21).
    PlainMean,
    /// The mean of the members weighted by these weights (population, as a rule) by old code,
    /// `Σ w x / Σ w`.
    Weighted(BTreeMap<UnitCode, f64>),
}

/// Where a merged unit's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Derivation {
    /// The unit did not merge with another: its value is the old one, unchanged.
    Carried,
    /// Computed as the plain mean of the members; nobody measured it.
    PlainMean,
    /// Computed as the weighted mean of the members; nobody measured it.
    Weighted,
}

impl Derivation {
    /// Whether the value was computed rather than measured.
    pub fn is_derived(self) -> bool {
        self != Derivation::Carried
    }
}

/// Why a merged unit has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", describe(.values, .weights))]
pub struct Lacking {
    /// Members (old codes) that have no value.
    pub values: Vec<UnitCode>,
    /// Members (old codes) that have no weight where the rule needs one.
    pub weights: Vec<UnitCode>,
}

fn describe(values: &[UnitCode], weights: &[UnitCode]) -> String {
    let part = |what, codes: &[UnitCode]| {
        let codes: Vec<_> = codes.iter().map(UnitCode::as_str).collect();
        format!("no {what} for the member {}", codes.join(", "))
    };
    match (values.is_empty(), weights.is_empty()) {
        (false, true) => part("value", values),
        (true, _) => part("weight", weights),
        (false, false) => format!("{}; {}", part("value", values), part("weight", weights)),
    }
}

/// The value of one unit of `provinces-34`.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Its code in `provinces-34`.
    pub code: UnitCode,
    /// Its value, or why it has none.
    pub value: Result<f64, Lacking>,
    /// Where the value comes from.
    pub derivation: Derivation,
    /// The codes in `provinces-63` of its members.
    pub members: Vec<UnitCode>,
}

/// What is wrong with the input of [`merge_values`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MergeError {
    /// A code that `provinces-63` does not have.
    #[error("the list provinces-63 has no unit with the code {code:?}")]
    UnknownCode {
        /// The code.
        code: UnitCode,
    },
    /// A value that is no finite number.
    #[error("the value of the unit {code} is {found}; expected a finite number")]
    Value {
        /// The unit.
        code: UnitCode,
        /// What was given.
        found: f64,
    },
    /// A weight that is no positive finite number.
    #[error("the weight of the unit {code} is {found}; expected a finite number above zero")]
    Weight {
        /// The unit.
        code: UnitCode,
        /// What was given.
        found: f64,
    },
}

/// The values of the 34 units since 2025-07-01 from those of the 63 before, in the order of the
/// new codes.
///
/// A unit that is missing from `values` has no value; a merged unit with such a member has none
/// either, and says which member lacked it, for a mean of the others would be of another unit.
/// A unit that did not merge keeps its value and needs no weight.
///
/// # Errors
/// A code that is not of `provinces-63`, a value that is not finite, a weight that is not finite
/// and positive.
pub fn merge_values(
    values: &BTreeMap<UnitCode, f64>,
    rule: &Rule,
) -> Result<Vec<Merged>, MergeError> {
    check(values, rule)?;
    let merged = shipped().predecessors.iter().map(|(code, members)| Merged {
        code: code.clone(),
        value: merged_value(members, values, rule),
        derivation: derivation(members, rule),
        members: members.clone(),
    });
    Ok(merged.collect())
}

fn check(values: &BTreeMap<UnitCode, f64>, rule: &Rule) -> Result<(), MergeError> {
    let list = UnitList::by_id("provinces-63");
    let known = |code: &UnitCode| list.is_some_and(|list| list.get(code.as_str()).is_some());
    for (code, value) in values {
        if !known(code) {
            return Err(MergeError::UnknownCode { code: code.clone() });
        }
        if !value.is_finite() {
            return Err(MergeError::Value {
                code: code.clone(),
                found: *value,
            });
        }
    }
    let Rule::Weighted(weights) = rule else {
        return Ok(());
    };
    for (code, weight) in weights {
        if !known(code) {
            return Err(MergeError::UnknownCode { code: code.clone() });
        }
        if !(weight.is_finite() && *weight > 0.0) {
            return Err(MergeError::Weight {
                code: code.clone(),
                found: *weight,
            });
        }
    }
    Ok(())
}

fn derivation(members: &[UnitCode], rule: &Rule) -> Derivation {
    match rule {
        _ if members.len() == 1 => Derivation::Carried,
        Rule::PlainMean => Derivation::PlainMean,
        Rule::Weighted(_) => Derivation::Weighted,
    }
}

fn merged_value(
    members: &[UnitCode],
    values: &BTreeMap<UnitCode, f64>,
    rule: &Rule,
) -> Result<f64, Lacking> {
    let weight_of = |code: &UnitCode| match rule {
        Rule::Weighted(weights) if members.len() > 1 => weights.get(code).copied(),
        _ => Some(1.0),
    };
    let mut lacking = Lacking {
        values: Vec::new(),
        weights: Vec::new(),
    };
    let (mut weighted_sum, mut weight_sum) = (0.0, 0.0);
    for code in members {
        match (values.get(code), weight_of(code)) {
            (Some(value), Some(weight)) => {
                weighted_sum += weight * value;
                weight_sum += weight;
            }
            (value, weight) => {
                lacking.values.extend(value.is_none().then(|| code.clone()));
                lacking
                    .weights
                    .extend(weight.is_none().then(|| code.clone()));
            }
        }
    }
    let complete = lacking.values.is_empty() && lacking.weights.is_empty();
    if complete {
        Ok(weighted_sum / weight_sum)
    } else {
        Err(lacking)
    }
}
