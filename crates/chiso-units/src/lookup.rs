//! From what a person wrote to the unit that is meant.

use std::collections::BTreeMap;
use std::fmt;

use crate::fold::lookup_key;
use crate::{Unit, UnitCode, UnitList, sort_key_vi, successor};

/// How many of the closest units a message names.
const SUGGESTIONS: usize = 3;

/// A unit that a message proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its code.
    pub code: UnitCode,
    /// Its Vietnamese name.
    pub name_vi: String,
}

impl Suggestion {
    fn of(unit: &Unit) -> Suggestion {
        Suggestion {
            code: unit.code.clone(),
            name_vi: unit.name.vi.clone(),
        }
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name_vi, self.code)
    }
}

/// Why a text does not give one unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// No unit has this code or name.
    #[error(
        "no unit of the list {list} is called {text:?}; expected a code such as \"01\" or a \
         Vietnamese or English name{}", closest(.suggestions)
    )]
    Unknown {
        /// What was looked up.
        text: String,
        /// The list in which it was looked up.
        list: String,
        /// The closest units, the best first; empty where nothing is close.
        suggestions: Vec<Suggestion>,
    },
    /// The name is that of a unit that no longer exists in this list.
    #[error("{0}")]
    Former(Box<Former>),
    /// Several units fit equally well.
    #[error("{text:?} fits several units of the list {list}: {}; give the code", join(.candidates))]
    Ambiguous {
        /// What was looked up.
        text: String,
        /// The list in which it was looked up.
        list: String,
        /// The units that fit, in the order of their codes.
        candidates: Vec<Suggestion>,
    },
}

/// A name that only an older list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// What was looked up.
    pub text: String,
    /// The list in which it was looked up.
    pub list: String,
    /// The unit of the older list that has the name.
    pub unit: Suggestion,
    /// The older list.
    pub unit_list: String,
    /// What became of it in the list in which it was looked up.
    pub successor: Suggestion,
}

impl fmt::Display for Former {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} is {} of the list {}, now part of {} in the list {}; give that unit, or use the \
             list {}",
            self.text, self.unit, self.unit_list, self.successor, self.list, self.unit_list
        )
    }
}

fn join(suggestions: &[Suggestion]) -> String {
    suggestions
        .iter()
        .map(Suggestion::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn closest(suggestions: &[Suggestion]) -> String {
    if suggestions.is_empty() {
        return String::new();
    }
    format!("; closest: {}", join(suggestions))
}

pub(crate) fn find<'a>(list: &'a UnitList, text: &str) -> Result<&'a Unit, LookupError> {
    let text = text.trim();
    if let Some(unit) = by_code(list, text) {
        return Ok(unit);
    }
    let key = lookup_key(text);
    let candidates = list.under_key(&key);
    match candidates.as_slice() {
        [] => Err(unknown(list, text, &key)),
        [unit] => Ok(unit),
        several => one_with_these_diacritics(several, text).ok_or_else(|| LookupError::Ambiguous {
            text: text.to_owned(),
            list: list.id().to_owned(),
            candidates: several.iter().map(|unit| Suggestion::of(unit)).collect(),
        }),
    }
}

fn by_code<'a>(list: &'a UnitList, text: &str) -> Option<&'a Unit> {
    let is_digit = text.len() == 1 && text.as_bytes()[0].is_ascii_digit();
    list.get(text).or_else(|| {
        if is_digit {
            list.get(&format!("0{text}"))
        } else {
            None
        }
    })
}

fn one_with_these_diacritics<'a>(candidates: &[&'a Unit], text: &str) -> Option<&'a Unit> {
    let wanted = sort_key_vi(text);
    let mut exact = candidates.iter().filter(|unit| {
        unit.spellings()
            .any(|spelling| sort_key_vi(spelling) == wanted)
    });
    match (exact.next(), exact.next()) {
        (Some(unit), None) => Some(unit),
        _ => None,
    }
}

fn unknown(list: &UnitList, text: &str, key: &str) -> LookupError {
    if let Some(error) = former(list, text, key) {
        return error;
    }
    LookupError::Unknown {
        text: text.to_owned(),
        list: list.id().to_owned(),
        suggestions: suggestions(list, key),
    }
}

/// The error for a name that an older shipped list knows, where a unit of this list took it over.
fn former(list: &UnitList, text: &str, key: &str) -> Option<LookupError> {
    let old = UnitList::by_id("provinces-63")?;
    if list.id() != "provinces-34" {
        return None;
    }
    let units = old.under_key(key);
    let [unit] = units.as_slice() else {
        return None;
    };
    let new = list.get(successor(unit.code.as_str())?.as_str())?;
    Some(LookupError::Former(Box::new(Former {
        text: text.to_owned(),
        list: list.id().to_owned(),
        unit: Suggestion::of(unit),
        unit_list: old.id().to_owned(),
        successor: Suggestion::of(new),
    })))
}

fn suggestions(list: &UnitList, key: &str) -> Vec<Suggestion> {
    let limit = (key.chars().count() / 3).max(1);
    let mut best: BTreeMap<&UnitCode, (usize, &Unit)> = BTreeMap::new();
    for (known, unit) in list.keys() {
        let begins = key.chars().count() >= 3 && known.starts_with(key);
        let distance = if begins { 1 } else { edit_distance(key, known) };
        let closer = best
            .get(&unit.code)
            .is_none_or(|(other, _)| distance < *other);
        if distance <= limit && closer {
            best.insert(&unit.code, (distance, unit));
        }
    }
    let mut ranked: Vec<_> = best.into_values().collect();
    ranked.sort_by_key(|(distance, unit)| (*distance, unit.code.clone()));
    ranked
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, unit)| Suggestion::of(unit))
        .collect()
}

/// Levenshtein's distance: how many letters to put in, take out or replace.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_counts_single_letters() {
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("hungyen", "hungyeng"), 1);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }
}
