//! Tables: the numbers behind every figure, for people (HTML) and for programs (CSV, JSON,
//! Parquet). One table, so that all four say the same.

mod html;
mod open_data;

use crate::error::PublishError;

/// Why a cell holds no value. Missing, not applicable and zero are three different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The value should exist and is not known.
    Missing,
    /// The unit has no such value by its nature.
    NotApplicable,
    /// Two editions measured different things, so there is no difference to state.
    NotComparable,
    /// No total or rank is given because a part is missing.
    NotScored,
}

impl Absence {
    /// The word in the `_status` column of the open-data formats.
    pub fn status(&self) -> &'static str {
        match self {
            Absence::Missing => "missing",
            Absence::NotApplicable => "not_applicable",
            Absence::NotComparable => "not_comparable",
            Absence::NotScored => "not_scored",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Real numbers; people see `decimals` digits, programs every digit.
    Number {
        /// Digits after the decimal separator on screen.
        decimals: usize,
    },
    /// Whole numbers: ranks, counts, years.
    Integer,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in CSV, JSON and Parquet: stable, the same in every language.
    pub key: String,
    /// The heading on screen, with the unit of measure where there is one.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
}

impl Column {
    /// A column of words.
    pub fn text(key: impl Into<String>, title: impl Into<String>) -> Column {
        Column {
            key: key.into(),
            title: title.into(),
            kind: ColumnKind::Text,
        }
    }

    /// A column of real numbers.
    pub fn number(key: impl Into<String>, title: impl Into<String>, decimals: usize) -> Column {
        Column {
            key: key.into(),
            title: title.into(),
            kind: ColumnKind::Number { decimals },
        }
    }

    /// A column of whole numbers.
    pub fn integer(key: impl Into<String>, title: impl Into<String>) -> Column {
        Column {
            key: key.into(),
            title: title.into(),
            kind: ColumnKind::Integer,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words that lead to a page; programs get the words.
    Link {
        /// The words.
        text: String,
        /// The address.
        href: String,
    },
    /// A group, shown with its dots; programs get its name.
    Group {
        /// 0 for the highest group.
        index: usize,
        /// Number of groups.
        of: usize,
        /// The group's name.
        name: String,
    },
    /// A real number. One that is not finite counts as missing.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// No value, and why.
    Empty(Absence),
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A number, or the reason that there is none.
    pub fn number_or(value: Option<f64>, absence: Absence) -> Cell {
        value
            .filter(|v| v.is_finite())
            .map_or(Cell::Empty(absence), Cell::Number)
    }

    /// A whole number, or the reason that there is none.
    pub fn integer_or(value: Option<i64>, absence: Absence) -> Cell {
        value.map_or(Cell::Empty(absence), Cell::Integer)
    }

    fn words(&self) -> Option<&str> {
        match self {
            Cell::Text(text) | Cell::Link { text, .. } | Cell::Group { name: text, .. } => {
                Some(text)
            }
            _ => None,
        }
    }

    fn absence(&self) -> Option<&Absence> {
        match self {
            Cell::Empty(absence) => Some(absence),
            Cell::Number(value) if !value.is_finite() => Some(&Absence::Missing),
            _ => None,
        }
    }
}

/// Numbers with their headings, caption and origin.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// The columns; the first names the row.
    pub columns: Vec<Column>,
    /// The rows, each with one cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Origin in key-value pairs (source, licence, pack version, edition …), written into JSON
    /// and Parquet.
    pub metadata: Vec<(String, String)>,
}

impl Table {
    /// An empty table.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Table {
        Table {
            caption: caption.into(),
            columns,
            rows: Vec::new(),
            metadata: Vec::new(),
        }
    }

    /// Checks that every row has one cell for each column.
    ///
    /// # Errors
    /// [`PublishError::RowLength`] names the first row that has not.
    pub fn check(&self) -> Result<(), PublishError> {
        let expected = self.columns.len();
        match self.rows.iter().position(|row| row.len() != expected) {
            None => Ok(()),
            Some(index) => Err(PublishError::RowLength {
                caption: self.caption.clone(),
                row: index + 1,
                found: self.rows[index].len(),
                expected,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
