//! A step's table of `index.toml`: keys and values with their places, each taken once, so that what
//! no method asks for is said to be unknown.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::Parameter;
use crate::problem::quoted;

/// A step as it is written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct RawStep {
    entries: BTreeMap<Spanned<String>, Spanned<Value>>,
    /// Keys of another method, which this one may leave aside.
    #[serde(skip)]
    inherited: BTreeSet<String>,
}

impl RawStep {
    /// A step of these keys and values, `inherited` of which its method need not take.
    pub(crate) fn from_entries(
        entries: impl IntoIterator<Item = (Spanned<String>, Spanned<Value>)>,
        inherited: BTreeSet<String>,
    ) -> RawStep {
        RawStep {
            entries: entries.into_iter().collect(),
            inherited,
        }
    }

    /// Its keys and values.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Spanned<String>, &Spanned<Value>)> {
        self.entries.iter()
    }
}

/// What is wrong with a step: where, what was found, what was expected.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The place in `index.toml`.
    pub span: Range<usize>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// The keys of a step, or of one of its overrides over those of the step.
pub(crate) struct StepTable {
    span: Range<usize>,
    entries: BTreeMap<String, (Range<usize>, Value)>,
    /// Keys that an override has from its step, or an alternative from the recipe: those that its own
    /// method does not take are left aside.
    inherited: BTreeSet<String>,
    asked: RefCell<BTreeSet<&'static str>>,
    faults: RefCell<Vec<Fault>>,
}

impl StepTable {
    /// The table of a step, without its overrides.
    pub(crate) fn of_step(span: Range<usize>, raw: &RawStep) -> StepTable {
        let entry = |(key, value): (&Spanned<String>, &Spanned<Value>)| {
            (
                key.get_ref().clone(),
                (value.span(), value.get_ref().clone()),
            )
        };
        let own = raw.entries().filter(|(key, _)| key.get_ref() != "override");
        StepTable {
            span,
            entries: own.map(entry).collect(),
            inherited: raw.inherited.clone(),
            asked: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    /// The overrides of a step, each with the step's own keys beneath it, but not its selection.
    pub(crate) fn overrides(&self, raw: &RawStep) -> Result<Vec<StepTable>, Fault> {
        let Some((_, value)) = raw.entries().find(|(key, _)| key.get_ref() == "override") else {
            return Ok(Vec::new());
        };
        let span = value.span();
        let tables = match value.get_ref() {
            Value::Array(list) => list.iter().map(Value::as_table).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let tables = tables.ok_or_else(|| Fault {
            span: span.clone(),
            found: "an `override` that is not a list of tables".to_owned(),
            expected: "[[version.step.override]] tables".to_owned(),
        })?;
        Ok(tables
            .into_iter()
            .map(|table| self.overridden(&span, table))
            .collect())
    }

    fn overridden(&self, span: &Range<usize>, table: &toml::Table) -> StepTable {
        const SELECTION: [&str; 3] = ["level", "nodes", "within"];
        let mut entries = self.entries.clone();
        entries.retain(|key, _| !SELECTION.contains(&key.as_str()));
        let mut inherited: BTreeSet<String> = entries.keys().cloned().collect();
        for (key, value) in table {
            inherited.remove(key);
            entries.insert(key.clone(), (span.clone(), value.clone()));
        }
        let whole_step = ["over", "id"]
            .into_iter()
            .filter(|key| table.contains_key(*key));
        let faults = whole_step.map(|key| Fault {
            span: span.clone(),
            found: format!("`{key}` in an override"),
            expected: "it in the step itself: it holds for all of its nodes".to_owned(),
        });
        StepTable {
            span: span.clone(),
            entries,
            inherited,
            asked: RefCell::default(),
            faults: RefCell::new(faults.collect()),
        }
    }

    /// Where the step is.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where a key's value is, or the step.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.entries
            .get(key)
            .map_or_else(|| self.span(), |(span, _)| span.clone())
    }

    /// Notes a fault of a key.
    pub(crate) fn fault(&self, key: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.borrow_mut().push(Fault {
            span: self.span_of(key),
            found: found.into(),
            expected: expected.into(),
        });
    }

    fn value(&self, key: &'static str) -> Option<&Value> {
        self.asked.borrow_mut().insert(key);
        self.entries.get(key).map(|(_, value)| value)
    }

    /// A text.
    pub(crate) fn text(&self, key: &'static str) -> Option<&str> {
        let value = self.value(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.fault(key, format!("{key} {value}"), "a text in quotation marks");
        }
        text
    }

    /// A text that must be there.
    pub(crate) fn needed_text(&self, key: &'static str, what: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_none() && !self.entries.contains_key(key) {
            self.fault(key, format!("no `{key}`"), what);
        }
        text.map(str::to_owned)
    }

    /// One of a set of words; none of them is a fault.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.fault(
                key,
                format!("{key} {}", quoted(word)),
                format!("one of {}", names.join(", ")),
            );
        }
        found.map(|(_, choice)| *choice)
    }

    /// A word that must be there.
    pub(crate) fn needed_word<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        if !self.entries.contains_key(key) {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.asked.borrow_mut().insert(key);
            self.fault(
                key,
                format!("no `{key}`"),
                format!("one of {}", names.join(", ")),
            );
            return None;
        }
        self.word(key, choices)
    }

    /// A finite number.
    pub(crate) fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.value(key)?;
        let number = finite(value);
        if number.is_none() {
            self.fault(key, format!("{key} {value}"), "a finite number");
        }
        number
    }

    /// A finite number, or one by node; `usual` where the key is not there.
    pub(crate) fn parameter(&self, key: &'static str, usual: f64) -> Parameter {
        self.optional_parameter(key)
            .unwrap_or(Parameter::Same(usual))
    }

    /// The same for a method that takes it; for any other the key is unknown and the number `usual`.
    pub(crate) fn parameter_if(&self, takes: bool, key: &'static str, usual: f64) -> Parameter {
        match takes {
            true => self.parameter(key, usual),
            false => Parameter::Same(usual),
        }
    }

    /// A finite number, or one by node, if the key is there.
    pub(crate) fn optional_parameter(&self, key: &'static str) -> Option<Parameter> {
        let value = self.value(key)?;
        let by_node = |table: &toml::Table| {
            let numbers = table
                .iter()
                .map(|(node, value)| Some((node.clone(), finite(value)?)));
            numbers.collect::<Option<BTreeMap<_, _>>>()
        };
        let parameter = match value {
            Value::Table(table) => by_node(table).map(Parameter::ByNode),
            value => finite(value).map(Parameter::Same),
        };
        if parameter.is_none() {
            self.fault(
                key,
                format!("{key} {value}"),
                "a finite number, or a table of them by node",
            );
        }
        parameter
    }

    /// A share from 0 to 1.
    pub(crate) fn share(&self, key: &'static str) -> Option<f64> {
        let share = self.number(key)?;
        let inside = (0.0..=1.0).contains(&share);
        if !inside {
            self.fault(key, format!("{key} {share}"), "a share from 0 to 1");
        }
        inside.then_some(share)
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self, key: &'static str) -> Option<usize> {
        let value = self.value(key)?;
        let count = value
            .as_integer()
            .and_then(|count| usize::try_from(count).ok());
        if count.is_none() {
            self.fault(key, format!("{key} {value}"), "a whole number of 0 or more");
        }
        count
    }

    /// Yes or no.
    pub(crate) fn flag(&self, key: &'static str, usual: bool) -> bool {
        let Some(value) = self.value(key) else {
            return usual;
        };
        value.as_bool().unwrap_or_else(|| {
            self.fault(key, format!("{key} {value}"), "true or false");
            usual
        })
    }

    /// A list of texts; empty where the key is not there.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<String> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let texts = value.as_array().and_then(|list| {
            list.iter()
                .map(|text| text.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        texts.filter(|texts| !texts.is_empty()).unwrap_or_else(|| {
            self.fault(
                key,
                format!("{key} {value}"),
                "a list of texts, at least one",
            );
            Vec::new()
        })
    }

    /// All faults, those of keys that nothing asked for among them.
    pub(crate) fn into_faults(self, step: &str) -> Vec<Fault> {
        let asked = self.asked.borrow();
        let mut faults = self.faults.take();
        for (key, (span, _)) in &self.entries {
            if !asked.contains(key.as_str()) && !self.inherited.contains(key) {
                let known: Vec<&str> = asked.iter().copied().collect();
                faults.push(Fault {
                    span: span.clone(),
                    found: format!("key {} in this {step} step", quoted(key)),
                    expected: format!("one of {}", known.join(", ")),
                });
            }
        }
        faults
    }
}

fn finite(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Float(number) => *number,
        Value::Integer(number) => *number as f64,
        _ => return None,
    };
    Some(number).filter(|number| number.is_finite())
}
