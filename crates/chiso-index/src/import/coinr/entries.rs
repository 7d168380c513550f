//! Rows of iMeta, each understood by itself: what a code is, on which level, in which direction.

use std::collections::HashMap;

use super::table::{Number, Row, Table};
use crate::pack::Direction;
use crate::problem::{Problem, quoted};

/// The columns without which iMeta says nothing (COINr 1.1.14, `check_iMeta`).
const REQUIRED: [&str; 6] = ["Level", "iCode", "Parent", "Direction", "Type", "Weight"];
/// The columns that are read where they are there; others are left out.
const OPTIONAL: [&str; 6] = [
    "iName",
    "Unit",
    "Target",
    "Denominator",
    "goalpost_lower",
    "goalpost_upper",
];
/// The highest level that iMeta may name (as in COINr).
const HIGHEST_LEVEL: f64 = 1000.0;
const KINDS: [(&str, Kind); 5] = [
    ("Indicator", Kind::Indicator),
    ("Aggregate", Kind::Aggregate),
    ("Group", Kind::Group),
    ("Denominator", Kind::Denominator),
    ("Other", Kind::Other),
];

/// What a row of iMeta stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A column of iData that is part of the index.
    Indicator,
    /// A node that is computed from its parts.
    Aggregate,
    /// A column of iData that puts units into groups.
    Group,
    /// A column of iData by which indicators are divided.
    Denominator,
    /// A column of iData that is passed on.
    Other,
}

impl Kind {
    /// Whether it is a node of the index.
    pub fn is_node(self) -> bool {
        matches!(self, Kind::Indicator | Kind::Aggregate)
    }

    fn word(self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }
}

/// A row of iMeta.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Its place among the table's rows.
    pub row: usize,
    pub code: String,
    pub name: String,
    pub kind: Kind,
    /// From 1 for indicators; 0 for what is no node.
    pub level: usize,
    pub parent: Option<String>,
    pub direction: Direction,
    pub weight: f64,
    /// The unit of measure.
    pub measure: String,
    pub target: Option<f64>,
    pub denominator: Option<String>,
    /// The lower and the upper goalpost.
    pub goalposts: (Option<f64>, Option<f64>),
}

/// The columns that are left out, by name.
pub(super) fn unknown_columns(meta: &Table) -> Vec<&str> {
    let names = meta.header.iter().map(String::as_str);
    names
        .filter(|name| !name.is_empty() && !REQUIRED.contains(name) && !OPTIONAL.contains(name))
        .collect()
}

/// Reads the rows of iMeta; all faults of all rows where there are any.
pub(super) fn read(meta: &Table) -> Result<Vec<Entry>, Vec<Problem>> {
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|name| meta.column(name).is_none())
        .collect();
    if !missing.is_empty() {
        let found = format!("no column {}", missing.join(", "));
        return Err(vec![
            meta.file_fault(found, format!("the columns {}", REQUIRED.join(","))),
        ]);
    }
    let mut reader = Reader {
        meta,
        problems: Vec::new(),
    };
    let entries: Vec<Entry> = meta
        .rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| reader.entry(place, row))
        .collect();
    reader.codes(&entries);
    if entries.is_empty() && reader.problems.is_empty() {
        reader
            .problems
            .push(meta.file_fault("no rows", "a row for each code"));
    }
    match reader.problems.is_empty() {
        true => Ok(entries),
        false => Err(reader.problems),
    }
}

struct Reader<'a> {
    meta: &'a Table,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn fault(&mut self, row: &Row, found: String, expected: &str) {
        self.problems.push(self.meta.fault(row, found, expected));
    }

    fn text(&self, row: &Row, column: &str) -> Option<String> {
        self.meta
            .text(row, self.meta.column(column))
            .map(str::to_owned)
    }

    /// The number of a column; what is no number is a fault.
    fn number(&mut self, row: &Row, code: &str, column: &str) -> Option<f64> {
        match self.meta.number(row, self.meta.column(column)) {
            Number::Blank => None,
            Number::Is(number) => Some(number),
            Number::Wrong => {
                let text = self.text(row, column).unwrap_or_default();
                let found = format!("{column} {} of {}", quoted(&text), quoted(code));
                self.fault(row, found, "a finite number in digits, with a point");
                None
            }
        }
    }

    fn entry(&mut self, place: usize, row: &Row) -> Option<Entry> {
        let Some(code) = self.text(row, "iCode") else {
            self.fault(
                row,
                "no iCode".to_owned(),
                "the code of what the row describes",
            );
            return None;
        };
        let kind = self.kind(row, &code)?;
        let mut entry = Entry {
            row: place,
            name: self.name(row, &code),
            kind,
            level: 0,
            parent: None,
            direction: Direction::Higher,
            weight: 1.0,
            measure: self.text(row, "Unit").unwrap_or_default(),
            target: self.number(row, &code, "Target"),
            denominator: self.text(row, "Denominator"),
            goalposts: (
                self.number(row, &code, "goalpost_lower"),
                self.number(row, &code, "goalpost_upper"),
            ),
            code,
        };
        if kind.is_node() {
            entry.level = self.level(row, &entry);
            entry.direction = self.direction(row, &entry);
            entry.weight = self.weight(row, &entry);
            entry.parent = self.text(row, "Parent");
        }
        Some(entry)
    }

    fn kind(&mut self, row: &Row, code: &str) -> Option<Kind> {
        let text = self.text(row, "Type").unwrap_or_default();
        let kind = KINDS.iter().find(|(word, _)| *word == text);
        if kind.is_none() {
            let found = format!("Type {} of {}", quoted(&text), quoted(code));
            self.fault(
                row,
                found,
                "one of Indicator, Aggregate, Group, Denominator, Other",
            );
        }
        kind.map(|(_, kind)| *kind)
    }

    /// The name; the code where iMeta has no names at all.
    fn name(&mut self, row: &Row, code: &str) -> String {
        let name = self.text(row, "iName");
        if name.is_none() && self.meta.column("iName").is_some() {
            let found = format!("no iName of {}", quoted(code));
            self.fault(row, found, "a name in each row, or no column iName");
        }
        name.unwrap_or_else(|| code.to_owned())
    }

    fn level(&mut self, row: &Row, entry: &Entry) -> usize {
        let level = self.number(row, &entry.code, "Level");
        let sound =
            level.filter(|level| level.fract() == 0.0 && (1.0..=HIGHEST_LEVEL).contains(level));
        let Some(level) = sound else {
            // What is no number at all has been said already.
            if level.is_some() || self.text(row, "Level").is_none() {
                let text = self
                    .text(row, "Level")
                    .unwrap_or_else(|| "nothing".to_owned());
                let found = format!(
                    "Level {text} of {} {}",
                    entry.kind.word(),
                    quoted(&entry.code)
                );
                self.fault(row, found, "a whole number from 1");
            }
            return 0;
        };
        if (level == 1.0) != (entry.kind == Kind::Indicator) {
            let found = format!(
                "{} {} on level {level}",
                entry.kind.word(),
                quoted(&entry.code)
            );
            self.fault(row, found, "indicators on level 1, aggregates above it");
        }
        level as usize
    }

    fn direction(&mut self, row: &Row, entry: &Entry) -> Direction {
        match self.number(row, &entry.code, "Direction") {
            Some(1.0) => Direction::Higher,
            Some(-1.0) => Direction::Lower,
            None if self.text(row, "Direction").is_some() => Direction::Higher,
            other => {
                let shown = other.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
                let found = format!("Direction {shown} of {}", quoted(&entry.code));
                self.fault(row, found, "1 (more is better) or -1 (less is better)");
                Direction::Higher
            }
        }
    }

    fn weight(&mut self, row: &Row, entry: &Entry) -> f64 {
        match self.number(row, &entry.code, "Weight") {
            Some(weight) if weight > 0.0 => weight,
            None if self.text(row, "Weight").is_some() => 1.0,
            other => {
                let shown = other.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
                let found = format!("Weight {shown} of {}", quoted(&entry.code));
                self.fault(
                    row,
                    found,
                    "a weight above 0 (leave out the row of what has no weight)",
                );
                1.0
            }
        }
    }

    /// Each code stands once.
    fn codes(&mut self, entries: &[Entry]) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for entry in entries {
            let row = &self.meta.rows[entry.row];
            if let Some(before) = first.get(entry.code.as_str()) {
                let before = Table::place(&self.meta.rows[*before]);
                let found = format!("iCode {} again (first on {before})", quoted(&entry.code));
                self.problems
                    .push(self.meta.fault(row, found, "each code once"));
            } else {
                first.insert(&entry.code, entry.row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_rows(rows: &str) -> Result<Vec<Entry>, Vec<Problem>> {
        let text = format!("Level,iCode,iName,Parent,Direction,Weight,Type,Target\n{rows}");
        read(&Table::from_csv("iMeta.csv", text.as_bytes()).unwrap())
    }

    fn only(rows: &str) -> String {
        let problems = read_rows(rows).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].to_string()
    }

    #[test]
    fn a_sound_row_is_read_whole() {
        let entries =
            read_rows("1,A,Name,P,-1,0.5,Indicator,3\nNA,G,Group,NA,NA,NA,Group,NA\n").unwrap();
        assert_eq!(entries[0].direction, Direction::Lower);
        assert_eq!(
            (entries[0].weight, entries[0].target, entries[0].level),
            (0.5, Some(3.0), 1)
        );
        assert_eq!(entries[0].parent.as_deref(), Some("P"));
        assert_eq!((entries[1].kind, entries[1].level), (Kind::Group, 0));
    }

    #[test]
    fn every_fault_of_a_row_names_its_line_what_was_found_and_what_was_expected() {
        let cases = [
            (
                "1,,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found no iCode",
            ),
            (
                "1,A,N,P,1,1,Thing,\n",
                "iMeta.csv:2: error: found Type `Thing` of `A`; expected one of",
            ),
            (
                "1,A,,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found no iName of `A`",
            ),
            (
                "1.5,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found Level 1.5 of Indicator `A`",
            ),
            (
                "0,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found Level 0 of Indicator `A`",
            ),
            (
                "NA,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found Level nothing of Indicator `A`",
            ),
            (
                "one,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found Level `one` of `A`; expected a finite",
            ),
            (
                "2,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:2: error: found Indicator `A` on level 2",
            ),
            (
                "1,A,N,P,1,1,Aggregate,\n",
                "iMeta.csv:2: error: found Aggregate `A` on level 1",
            ),
            (
                "1,A,N,P,0,1,Indicator,\n",
                "iMeta.csv:2: error: found Direction 0 of `A`; expected 1",
            ),
            (
                "1,A,N,P,,1,Indicator,\n",
                "iMeta.csv:2: error: found Direction nothing of `A`",
            ),
            (
                "1,A,N,P,1,0,Indicator,\n",
                "iMeta.csv:2: error: found Weight 0 of `A`; expected a weight above 0",
            ),
            (
                "1,A,N,P,1,NA,Indicator,\n",
                "iMeta.csv:2: error: found Weight nothing of `A`",
            ),
            (
                "1,A,N,P,1,1,Indicator,high\n",
                "iMeta.csv:2: error: found Target `high` of `A`",
            ),
            (
                "1,A,N,P,1,1,Indicator,\n1,B,N,P,1,1,Indicator,\n1,A,N,P,1,1,Indicator,\n",
                "iMeta.csv:4: error: found iCode `A` again (first on line 2); expected each code once",
            ),
        ];
        for (rows, start) in cases {
            let message = only(rows);
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn missing_columns_are_named() {
        let table = Table::from_csv("iMeta.csv", b"iCode,Type,Weight\nA,Indicator,1\n").unwrap();
        let message = read(&table).unwrap_err()[0].to_string();
        assert!(
            message.contains("no column Level, Parent, Direction"),
            "{message}"
        );
    }
}
