//! A step with other parameters, for what would be if the recipe were another.

use std::sync::Arc;

use toml::{Spanned, Table, Value};

use super::table::{Fault, RawStep};
use super::{Step, read};

/// Keys that an alternative leaves as they are: what is done, and to what.
const KEPT: [&str; 7] = ["do", "id", "level", "nodes", "within", "over", "override"];

impl Step {
    /// The step with one parameter set, as if `index.toml` said so. Overrides that state the
    /// parameter themselves keep theirs.
    ///
    /// # Errors
    /// What is wrong with it, as "found …; expected …".
    pub fn with_parameter(&self, parameter: &str, value: Value) -> Result<Step, String> {
        let table = Table::from_iter([(parameter.to_owned(), value)]);
        self.altered(&table, |_| true)
    }

    /// The step with all its parameters replaced; what it does, to which nodes and over which rows
    /// stays, unless the table says so itself, and overrides stay.
    ///
    /// # Errors
    /// What is wrong with it, as "found …; expected …".
    pub fn with_parameters(&self, table: &Table) -> Result<Step, String> {
        self.altered(table, |key| KEPT.contains(&key))
    }

    fn altered(&self, table: &Table, keep: impl Fn(&str) -> bool) -> Result<Step, String> {
        if let Some(key) = ["do", "id"]
            .into_iter()
            .find(|key| table.contains_key(*key))
        {
            return Err(format!(
                "found `{key}` in an alternative; expected parameters of the step"
            ));
        }
        let written = self.written.entries();
        let kept: Vec<_> = written
            .filter(|(key, _)| keep(key.get_ref()) && !table.contains_key(key.get_ref()))
            .collect();
        let inherited = kept.iter().map(|(key, _)| key.get_ref().clone()).collect();
        let new = table.iter().map(|(key, value)| {
            (
                Spanned::new(0..0, key.clone()),
                Spanned::new(0..0, value.clone()),
            )
        });
        let entries = kept
            .into_iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .chain(new);
        let raw = RawStep::from_entries(entries, inherited);
        let (step, faults) = read::step(0..0, self.line, &raw);
        let explained = |faults: Vec<Fault>| {
            let fault = faults.into_iter().next();
            fault.map_or("found no step; expected one".to_owned(), |fault| {
                format!("found {}; expected {}", fault.found, fault.expected)
            })
        };
        match step {
            Some(step) => Ok(Step {
                written: Arc::new(raw),
                ..step
            }),
            None => Err(explained(faults)),
        }
    }
}
