//! What is known of units beside their observations: denominators and groups.

use std::collections::BTreeMap;
use std::io::Read;

use super::Frame;
use crate::pack::Edition;
use crate::problem::quoted;

/// Numbers and texts of units by the name of their column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    columns: Vec<String>,
    /// By edition (none: every edition) and unit: the line of the file, and a cell per column.
    rows: BTreeMap<(Option<Edition>, String), (u64, Vec<String>)>,
}

/// What is wrong with a context.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContextProblem {
    /// The file is not a table of the documented form.
    #[error("{file}:{line}: found {found}; expected {expected}")]
    Table {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A recipe asks for a column that is not there.
    #[error("found no column `{column}` in the context; expected one of: {known}")]
    Column {
        /// The column.
        column: String,
        /// The columns that there are.
        known: String,
    },
    /// A cell that should be a number is not.
    #[error(
        "context line {line}, column `{column}`: found {found}; expected a finite number, or nothing"
    )]
    Number {
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        found: String,
    },
}

impl Context {
    /// Reads a table with the columns `edition`, `unit` and any others; an empty edition holds for
    /// all. A cell is a number or a text by the use that a recipe makes of its column.
    ///
    /// # Errors
    /// The first fault: its line, what was found, what was expected.
    pub fn read_csv(file: &str, input: impl Read) -> Result<Context, ContextProblem> {
        let fault = |line: u64, found: String, expected: &str| ContextProblem::Table {
            file: file.to_owned(),
            line,
            found,
            expected: expected.to_owned(),
        };
        let mut reader = csv::Reader::from_reader(input);
        let unreadable = |error: &csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            fault(
                line,
                "a row that cannot be read".to_owned(),
                "UTF-8 rows as long as the header",
            )
        };
        let header = reader
            .headers()
            .map_err(|error| unreadable(&error))?
            .clone();
        if header.get(0) != Some("edition") || header.get(1) != Some("unit") {
            return Err(fault(
                1,
                "other columns first".to_owned(),
                "edition,unit and then any others",
            ));
        }
        let columns: Vec<String> = header.iter().skip(2).map(str::to_owned).collect();
        if let Some(twice) = columns
            .iter()
            .enumerate()
            .find(|(i, c)| columns[..*i].contains(c))
        {
            return Err(fault(
                1,
                format!("column {} twice", quoted(twice.1)),
                "each column once",
            ));
        }
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| unreadable(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let edition = match record[0].trim() {
                "" => None,
                text => Some(Edition(text.parse().map_err(|_| {
                    fault(
                        line,
                        format!("edition {}", quoted(text)),
                        "a year, or nothing for all editions",
                    )
                })?)),
            };
            let unit = record[1].trim().to_owned();
            let cells = record
                .iter()
                .skip(2)
                .map(|cell| cell.trim().to_owned())
                .collect();
            if rows
                .insert((edition, unit.clone()), (line, cells))
                .is_some()
            {
                return Err(fault(
                    line,
                    format!("unit {} again", quoted(&unit)),
                    "each unit and edition once",
                ));
            }
        }
        Ok(Context { columns, rows })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The codes of units as the file has them become those of a list, by `find`.
    pub fn with_units<E>(
        self,
        mut find: impl FnMut(&str) -> Result<String, E>,
    ) -> Result<Context, (u64, String, E)> {
        let mut rows = BTreeMap::new();
        for ((edition, unit), (line, cells)) in self.rows {
            match find(&unit) {
                Ok(code) => rows.insert((edition, code), (line, cells)),
                Err(error) => return Err((line, unit, error)),
            };
        }
        Ok(Context {
            columns: self.columns,
            rows,
        })
    }

    /// A column as numbers on the rows of a frame, NaN where there is none.
    ///
    /// # Errors
    /// When there is no such column, or a cell that the frame needs is not a number.
    pub fn numbers(&self, column: &str, frame: &Frame) -> Result<Vec<f64>, ContextProblem> {
        let cells = self.cells(column, frame)?;
        let number = |cell: Option<(u64, &str)>| match cell {
            None | Some((_, "")) => Ok(f64::NAN),
            Some((line, text)) => text
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .ok_or_else(|| {
                    let (column, found) = (column.to_owned(), quoted(text));
                    ContextProblem::Number {
                        line,
                        column,
                        found,
                    }
                }),
        };
        cells.into_iter().map(number).collect()
    }

    /// A column as groups on the rows of a frame: a number per text, `u32::MAX` where there is none.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn groups(&self, column: &str, frame: &Frame) -> Result<Vec<u32>, ContextProblem> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let cells = self.cells(column, frame)?;
        let texts = cells
            .into_iter()
            .map(|cell| cell.map(|(_, text)| text).filter(|t| !t.is_empty()));
        Ok(texts
            .map(|text| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX - 1);
                text.map_or(u32::MAX, |text| *numbers.entry(text).or_insert(next))
            })
            .collect())
    }

    /// A column as texts on the rows of a frame.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn texts(&self, column: &str, frame: &Frame) -> Result<Vec<Option<&str>>, ContextProblem> {
        let cells = self.cells(column, frame)?;
        Ok(cells
            .into_iter()
            .map(|cell| cell.map(|(_, text)| text).filter(|t| !t.is_empty()))
            .collect())
    }

    /// Whether every cell of a column is a number or empty.
    pub fn is_numeric(&self, column: &str) -> bool {
        let place = self.columns.iter().position(|name| name == column);
        place.is_some_and(|place| {
            self.rows.values().all(|(_, cells)| {
                cells[place].is_empty() || cells[place].parse::<f64>().is_ok_and(f64::is_finite)
            })
        })
    }

    fn cells(
        &self,
        column: &str,
        frame: &Frame,
    ) -> Result<Vec<Option<(u64, &str)>>, ContextProblem> {
        let place = self
            .columns
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| {
                let known = match self.columns.as_slice() {
                    [] => "none (give a context file)".to_owned(),
                    columns => columns.join(", "),
                };
                ContextProblem::Column {
                    column: column.to_owned(),
                    known,
                }
            })?;
        let mut cells = Vec::with_capacity(frame.rows());
        for edition in frame.editions() {
            for unit in &edition.units {
                let row = |key: Option<Edition>| self.rows.get(&(key, unit.to_string()));
                let row = row(Some(edition.edition)).or_else(|| row(None));
                cells.push(row.map(|(line, cells)| (*line, cells[place].as_str())));
            }
        }
        Ok(cells)
    }
}
