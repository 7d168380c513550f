//! What can be wrong with an expression: its text, its fit to a table, its values in a row.

use arrow_schema::{ArrowError, DataType};
use thiserror::Error;

/// The text is not an expression of the stated subset.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The text breaks the SQL grammar. The message says what was expected and what was found.
    #[error("\"{text}\"{}: {message}", place(*line, *column))]
    Syntax {
        /// The expression as given.
        text: String,
        /// Line of the place, from 1; 0 where the parser knows none.
        line: u64,
        /// Column of the place in characters, from 1; 0 where the parser knows none.
        column: u64,
        /// What was expected and what was found.
        message: String,
    },
    /// The text is SQL, but outside the subset that this crate evaluates.
    #[error("\"{text}\"{}: {what} is not supported", place(*line, *column))]
    Unsupported {
        /// The expression as given.
        text: String,
        /// Line of the place, from 1; 0 where the parser knows none.
        line: u64,
        /// Column of the place in characters, from 1; 0 where the parser knows none.
        column: u64,
        /// The construct, as written.
        what: String,
    },
    /// The text is larger than any rule that a person writes.
    #[error("expression of {found} {unit}, expected at most {limit}")]
    TooLarge {
        /// What was counted.
        unit: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// Where in the text, for a message.
fn place(line: u64, column: u64) -> String {
    match (line, column) {
        (0, _) | (_, 0) => String::new(),
        (1, column) => format!(" at character {column}"),
        (line, column) => format!(" at line {line}, character {column}"),
    }
}

/// The expression does not fit the table's columns and their types.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BindError {
    /// No column has this name.
    #[error("no column {column}{}", nearest_names(nearest))]
    UnknownColumn {
        /// The name as written.
        column: String,
        /// Names of the table that are spelled nearly so.
        nearest: Vec<String>,
    },
    /// Several columns differ from the name only in upper and lower case.
    #[error("column {column} could be any of {}: quote the one that is meant", matches.join(", "))]
    AmbiguousColumn {
        /// The name as written.
        column: String,
        /// The columns that it could mean.
        matches: Vec<String>,
    },
    /// The column's type is none that expressions compute with.
    #[error(
        "column {column} has the type {found}, expected a boolean, a number, a text or a date (Date32)"
    )]
    ColumnType {
        /// The column's name in the table.
        column: String,
        /// Its type.
        found: DataType,
    },
    /// The operands of an operator do not go together.
    #[error("{operator} cannot be used with {}", types(found))]
    Operands {
        /// The operator or construct.
        operator: String,
        /// The types of its operands, in order.
        found: Vec<DataType>,
    },
    /// A function was given another number of arguments than it takes.
    #[error("{function} takes {expected} arguments, found {found}")]
    ArgumentCount {
        /// The function.
        function: &'static str,
        /// How many it takes.
        expected: &'static str,
        /// How many it was given.
        found: usize,
    },
    /// An argument of a function has the wrong type.
    #[error("argument {position} of {function} has the type {found}, expected {expected}")]
    Argument {
        /// The function.
        function: &'static str,
        /// Which argument, from 1.
        position: usize,
        /// Its type.
        found: DataType,
        /// What the function takes.
        expected: &'static str,
    },
    /// There is no conversion between two types.
    #[error("there is no conversion from {from} to {to}")]
    Conversion {
        /// The type of the value.
        from: DataType,
        /// The wanted type.
        to: DataType,
    },
}

/// The part of a message that proposes names.
fn nearest_names(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!("; near names are {}", names.join(", ")),
    }
}

/// A list of types, for a message.
fn types(found: &[DataType]) -> String {
    let names: Vec<String> = found.iter().map(DataType::to_string).collect();
    names.join(" and ")
}

/// The expression has no value for a row.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// A row's values cannot be computed with: a division by zero, a text that is no number.
    #[error("\"{text}\"{}: {source}", row_place(*row))]
    Row {
        /// The expression.
        text: String,
        /// The first row of the batch that fails by itself, from 0.
        row: Option<usize>,
        /// What was wrong.
        source: ArrowError,
    },
    /// The batch is not of the schema that the expression was bound to.
    #[error("\"{text}\": column {index} of the batch is {found}, expected {expected}")]
    Batch {
        /// The expression.
        text: String,
        /// The column's place in the schema, from 0.
        index: usize,
        /// What the batch holds there.
        found: String,
        /// What the schema said.
        expected: String,
    },
    /// The result's type is not the one asked for.
    #[error("\"{text}\" has the type {found}, expected {expected}")]
    ResultType {
        /// The expression.
        text: String,
        /// Its type.
        found: DataType,
        /// What the caller asked for.
        expected: &'static str,
    },
}

/// The row of the batch, for a message.
fn row_place(row: Option<usize>) -> String {
    row.map_or_else(String::new, |row| format!(" in row {row} of the batch"))
}
