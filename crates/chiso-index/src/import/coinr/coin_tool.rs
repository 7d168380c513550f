//! A workbook of the JRC COIN Tool into the tables iData and iMeta.
//!
//! The workbook itself was not at hand. Where its cells stand is *inferred* from the code of COINr's
//! importer (`R/coinToolIn.R`, commit 1b2e619), as is the rule that a level on which all indicators
//! have the same code is not in use:
//!
//! | sheet | cells | what |
//! |---|---|---|
//! | Database | E16:CY16 | codes of indicators; above them, by row: 15 names, 14 `sp.` codes, 13 `p.`, 12 `si.`, 11 index, 10 upper and 9 lower goalpost, 8 direction, 7 weight |
//! | Database | B17:C315 | names and codes of units |
//! | Database | E17:CY315 | values; `n/a` is missing |
//! | Framework | C4:H52 (older: C5:H53) | below the header, which names `Dimension/indicator`: C code, E weight, H name of aggregates |

use std::collections::HashMap;

use csv::StringRecord;

use super::table::{Row, Table, cell_text};
use crate::import::Sheet;
use crate::import::grid::{Cell, column_letters};
use crate::problem::{Problem, quoted};

const DATABASE: &str = "Database";
const FRAMEWORK: &str = "Framework";
const UNIT_NAME_COLUMN: usize = 1;
const UNIT_CODE_COLUMN: usize = 2;
/// E to CY.
const INDICATOR_COLUMNS: std::ops::RangeInclusive<usize> = 4..=102;
/// 17 to 315.
const UNIT_ROWS: std::ops::RangeInclusive<usize> = 16..=314;
const WEIGHT_ROW: usize = 6;
const DIRECTION_ROW: usize = 7;
const LOWER_GOALPOST_ROW: usize = 8;
const UPPER_GOALPOST_ROW: usize = 9;
const INDEX_ROW: usize = 10;
const NAME_ROW: usize = 14;
const CODE_ROW: usize = 15;
/// The rows of `sp.`, `p.` and `si.` codes, lowest level first.
const GROUP_ROWS: [usize; 3] = [13, 12, 11];
const FRAMEWORK_HEADER_ROWS: [usize; 2] = [3, 4];
const FRAMEWORK_HEADING: &str = "Dimension/indicator";
const FRAMEWORK_ROWS: usize = 48;
const FRAMEWORK_CODE_COLUMN: usize = 2;
const FRAMEWORK_WEIGHT_COLUMN: usize = 4;
const FRAMEWORK_NAME_COLUMN: usize = 7;

const META_COLUMNS: [&str; 9] = [
    "Level",
    "iCode",
    "iName",
    "Parent",
    "Direction",
    "Weight",
    "Type",
    "goalpost_lower",
    "goalpost_upper",
];

/// The tables iData and iMeta of a workbook. Indicators without a value and units without one are
/// left out, as they are places of the form that nobody filled in.
///
/// # Errors
/// All cells that are not as the layout has them.
pub fn tables(file: &str, sheets: &[Sheet]) -> Result<(Table, Table), Vec<Problem>> {
    let sheet = |name: &str| {
        sheets
            .iter()
            .find(|sheet| sheet.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
                let found = format!("no sheet {name} among {}", names.join(", "));
                vec![Problem::error(
                    file,
                    None,
                    found,
                    "a workbook of the COIN Tool",
                )]
            })
    };
    let (database, framework) = (sheet(DATABASE)?, sheet(FRAMEWORK)?);
    let mut tool = Tool::new(file, database, framework);
    let data = tool.data();
    let meta = tool.meta();
    if !tool.problems.is_empty() {
        return Err(tool.problems);
    }
    match (data, meta) {
        (Ok(data), Ok(meta)) => Ok((data, meta)),
        (Err(problem), _) | (_, Err(problem)) => Err(vec![*problem]),
    }
}

struct Tool<'a> {
    file: &'a str,
    database: &'a Sheet,
    framework: &'a Sheet,
    /// The columns of indicators with a value.
    columns: Vec<usize>,
    /// The rows of units with a value.
    rows: Vec<usize>,
    problems: Vec<Problem>,
}

fn cell(sheet: &Sheet, row: usize, column: usize) -> &Cell {
    const EMPTY: &Cell = &Cell::Empty;
    sheet
        .rows
        .get(row)
        .and_then(|cells| cells.get(column))
        .unwrap_or(EMPTY)
}

/// What stands in a cell; nothing where the form says that there is nothing.
fn filled(cell: &Cell) -> String {
    let text = cell_text(cell);
    if text == "n/a" || text == "--" {
        String::new()
    } else {
        text
    }
}

impl<'a> Tool<'a> {
    fn new(file: &'a str, database: &'a Sheet, framework: &'a Sheet) -> Self {
        let has_value = |row: usize, column: usize| !filled(cell(database, row, column)).is_empty();
        let columns: Vec<usize> = INDICATOR_COLUMNS
            .filter(|&column| UNIT_ROWS.into_iter().any(|row| has_value(row, column)))
            .collect();
        let rows = UNIT_ROWS
            .filter(|&row| columns.iter().any(|&column| has_value(row, column)))
            .collect();
        Tool {
            file,
            database,
            framework,
            columns,
            rows,
            problems: Vec::new(),
        }
    }

    fn fault(&mut self, sheet: &Sheet, at: (usize, usize), found: String, expected: &str) {
        let place = format!("{}!{}{}", sheet.name, column_letters(at.1), at.0 + 1);
        let found = format!("{found} in {place}");
        self.problems
            .push(Problem::error(self.file, None, found, expected));
    }

    /// The text of a cell that is read; a spreadsheet's error there is a fault.
    fn text(&mut self, sheet: &Sheet, row: usize, column: usize) -> String {
        if let Cell::Unreadable(shown) = cell(sheet, row, column) {
            self.fault(
                sheet,
                (row, column),
                shown.clone(),
                "text, a number or nothing",
            );
        }
        filled(cell(sheet, row, column))
    }

    /// The text of a cell that must not be blank.
    fn needed(&mut self, row: usize, column: usize, what: &str) -> String {
        let database = self.database;
        let text = self.text(database, row, column);
        if text.is_empty() && !matches!(cell(database, row, column), Cell::Unreadable(_)) {
            self.fault(database, (row, column), "nothing".to_owned(), what);
        }
        text
    }

    fn data(&mut self) -> Result<Table, Box<Problem>> {
        let columns = self.columns.clone();
        let codes = columns.iter().map(|&column| {
            self.needed(
                CODE_ROW,
                column,
                "the code of an indicator, as there are values below",
            )
        });
        let mut header = vec!["uCode".to_owned(), "uName".to_owned()];
        header.extend(codes.collect::<Vec<_>>());
        let mut rows = Vec::new();
        for row in self.rows.clone() {
            let code = self.needed(
                row,
                UNIT_CODE_COLUMN,
                "the code of a unit, as there are values beside it",
            );
            let name = self.text(self.database, row, UNIT_NAME_COLUMN);
            let mut cells = StringRecord::from(vec![code, name]);
            for &column in &columns {
                let value = self.text(self.database, row, column);
                cells.push_field(&value);
            }
            rows.push(Row {
                line: None,
                part: format!("{DATABASE} row {}", row + 1),
                cells,
            });
        }
        if rows.is_empty() {
            let expected = "values in the cells E17:CY315 of the sheet Database";
            self.problems.push(Problem::error(
                self.file,
                None,
                "no value of any unit",
                expected,
            ));
        }
        Table::new(self.file, header, rows)
    }

    fn meta(&mut self) -> Result<Table, Box<Problem>> {
        let lineages = self.lineages();
        let aggregates = self.aggregates(&lineages);
        let mut rows = Vec::new();
        for (&column, lineage) in self.columns.clone().iter().zip(&lineages) {
            let database = self.database;
            let mut text = |row| self.text(database, row, column);
            let cells = [
                "1".to_owned(),
                text(CODE_ROW),
                text(NAME_ROW),
                lineage.first().cloned().unwrap_or_default(),
                text(DIRECTION_ROW),
                text(WEIGHT_ROW),
                "Indicator".to_owned(),
                text(LOWER_GOALPOST_ROW),
                text(UPPER_GOALPOST_ROW),
            ];
            let part = format!("{DATABASE} column {}", column_letters(column));
            rows.push(Row {
                line: None,
                part,
                cells: cells.iter().collect(),
            });
        }
        rows.extend(aggregates);
        let header = META_COLUMNS.map(str::to_owned).to_vec();
        Table::new(self.file, header, rows)
    }

    /// By indicator, the codes of the aggregates above it, the index last; only levels in use.
    fn lineages(&mut self) -> Vec<Vec<String>> {
        let mut lineages = vec![Vec::new(); self.columns.len()];
        for row in GROUP_ROWS.into_iter().chain([INDEX_ROW]) {
            let codes: Vec<String> = self
                .columns
                .iter()
                .map(|&column| filled(cell(self.database, row, column)))
                .collect();
            let in_use = codes.windows(2).any(|pair| pair[0] != pair[1]);
            if row != INDEX_ROW && !in_use {
                continue;
            }
            for (lineage, &column) in lineages.iter_mut().zip(&self.columns.clone()) {
                lineage.push(self.needed(
                    row,
                    column,
                    "the code of the aggregate above the indicator",
                ));
            }
        }
        lineages
    }

    /// A row of iMeta for each aggregate.
    fn aggregates(&mut self, lineages: &[Vec<String>]) -> Vec<Row> {
        let described = self.framework_rows();
        let mut parents: HashMap<&str, (&str, usize)> = HashMap::new();
        let mut rows = Vec::new();
        for (lineage, column) in lineages.iter().zip(self.columns.clone()) {
            for (place, code) in lineage
                .iter()
                .enumerate()
                .filter(|(_, code)| !code.is_empty())
            {
                let parent = lineage.get(place + 1).map_or("", String::as_str);
                match parents.insert(code, (parent, column)) {
                    None => rows.extend(self.aggregate(&described, code, parent, place + 2)),
                    Some((before, first)) if before != parent => {
                        let found = format!(
                            "{} in {} (column {}) and in {}",
                            quoted(code),
                            quoted(before),
                            column_letters(first),
                            quoted(parent)
                        );
                        self.fault(
                            self.database,
                            (CODE_ROW, column),
                            found,
                            "each aggregate in one other",
                        );
                    }
                    Some(_) => (),
                }
            }
        }
        rows
    }

    fn aggregate(
        &mut self,
        described: &HashMap<String, usize>,
        code: &str,
        parent: &str,
        level: usize,
    ) -> Option<Row> {
        let Some(&row) = described.get(code) else {
            let found = format!(
                "no code {} in column C of the sheet {FRAMEWORK}",
                quoted(code)
            );
            let expected = "a row for each code that the sheet Database names";
            self.problems
                .push(Problem::error(self.file, None, found, expected));
            return None;
        };
        let framework = self.framework;
        let name = self.text(framework, row, FRAMEWORK_NAME_COLUMN);
        let weight = match parent {
            // Nothing stands beside the index, so it has no weight.
            "" => "1".to_owned(),
            _ => self.text(framework, row, FRAMEWORK_WEIGHT_COLUMN),
        };
        let level = level.to_string();
        let cells = [
            level.as_str(),
            code,
            &name,
            parent,
            "1",
            &weight,
            "Aggregate",
            "",
            "",
        ];
        let part = format!("{FRAMEWORK} row {}", row + 1);
        Some(Row {
            line: None,
            part,
            cells: cells.iter().collect(),
        })
    }

    /// The rows of the framework by code.
    fn framework_rows(&mut self) -> HashMap<String, usize> {
        let framework = self.framework;
        let is_header = |row: &usize| {
            let mut columns = FRAMEWORK_CODE_COLUMN..=FRAMEWORK_NAME_COLUMN;
            columns.any(|column| cell_text(cell(framework, *row, column)) == FRAMEWORK_HEADING)
        };
        let Some(header) = FRAMEWORK_HEADER_ROWS.into_iter().find(is_header) else {
            let found = format!(
                "no heading {} in row 4 or 5 of the sheet {FRAMEWORK}",
                quoted(FRAMEWORK_HEADING)
            );
            self.problems.push(Problem::error(
                self.file,
                None,
                found,
                "the header of the framework",
            ));
            return HashMap::new();
        };
        let rows = header + 1..=header + FRAMEWORK_ROWS;
        rows.rev()
            .map(|row| (filled(cell(framework, row, FRAMEWORK_CODE_COLUMN)), row))
            .filter(|(code, _)| !code.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests;
