//! What a person should know of a conversion.

use std::collections::BTreeSet;
use std::fmt;

use super::Index;
use super::entries::{self, Entry, Kind};
use super::table::Number;
use crate::pack::Direction;
use crate::problem::quoted;

/// What was found in the tables, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Different units.
    pub units: usize,
    /// Different editions.
    pub editions: usize,
    /// Indicators.
    pub indicators: usize,
    /// Nodes that are computed from their parts.
    pub aggregates: usize,
    /// Values that are there.
    pub values: usize,
    /// Values that are missing.
    pub missing: usize,
    /// What was changed, left out or left to fill in, a sentence each.
    pub notes: Vec<String>,
}

pub(super) fn of(index: &Index<'_>) -> Report {
    let (mut values, mut missing, mut empty) = (0, 0, Vec::new());
    for (entry, column) in index.indicators() {
        let present = |row: &&super::table::Row| {
            matches!(index.data.number(row, Some(column)), Number::Is(_))
        };
        let there = index.data.rows.iter().filter(present).count();
        values += there;
        missing += index.data.rows.len() - there;
        if there == 0 {
            empty.push(entry.code.as_str());
        }
    }
    let units: BTreeSet<&str> = index
        .data
        .rows
        .iter()
        .map(|row| &row.cells[index.figures.unit])
        .collect();
    let indicators = index.indicators().count();
    Report {
        units: units.len(),
        editions: index.editions().len(),
        indicators,
        aggregates: index.structure.outline.len() - indicators,
        values,
        missing,
        notes: notes(index, &empty),
    }
}

fn notes(index: &Index<'_>, empty: &[&str]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut say = |codes: &[&str], sentence: &str| {
        if !codes.is_empty() {
            notes.push(format!("{sentence}: {}", codes.join(", ")));
        }
    };
    let codes = |wanted: &dyn Fn(&Entry) -> bool| -> Vec<&str> {
        index
            .nodes()
            .filter(|entry| wanted(entry))
            .map(|entry| entry.code.as_str())
            .collect()
    };
    let renamed = [index.root().code.as_str()];
    let is_renamed = renamed[0] != index.id;
    say(
        if is_renamed { &renamed } else { &[] },
        &format!(
            "the root has the pack's id {} as its code instead of",
            quoted(&index.id)
        ),
    );
    say(empty, "indicators without any value");
    say(
        &codes(&|entry| entry.kind == Kind::Aggregate && entry.direction == Direction::Lower),
        "aggregates with Direction -1, which has no effect (nor has it in COINr): their scores come from their parts",
    );
    say(
        &entries::unknown_columns(index.meta),
        "columns of iMeta that were left out",
    );
    let computed: Vec<&str> = index.figures.computed.iter().map(String::as_str).collect();
    say(
        &computed,
        "columns of iData that were left out, because they are computed",
    );
    say(
        &codes(&|entry| entry.target.is_some()),
        "targets, in a step that stands as a comment in index.toml",
    );
    say(
        &codes(&|entry| matches!(entry.goalposts, (Some(low), Some(high)) if low < high)),
        "goalposts, in a step that stands as a comment in index.toml",
    );
    say(
        &codes(&|entry| matches!(entry.goalposts, (Some(low), Some(high)) if low >= high)),
        "goalposts that were left out, because the lower is not below the upper",
    );
    notes.push(
        "to fill in: publisher, licence and source in index.toml, name_vi of the nodes".to_owned(),
    );
    notes
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} units, {} editions, {} indicators in {} aggregates, {} values, {} missing",
            self.units, self.editions, self.indicators, self.aggregates, self.values, self.missing
        )?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}
