//! A pack in one workbook into the texts of the files that it stands for.
//!
//! A sheet is a file: its name is the file's path with a space for the slash (`index.toml`,
//! `2024 nodes.csv`), because a sheet's name cannot hold a slash. A row is a line, so a message about
//! line 7 of `2024/nodes.csv` is about row 7 of that sheet.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use chiso_index::import::{Cell, Sheet};

use crate::sheets;

/// Columns of tables whose cells are names, even where they look like numbers.
const CODE_COLUMNS: [&str; 3] = ["code", "parent", "node"];

/// Reads the sheets of a workbook that are files of a pack; others may hold anything.
///
/// # Errors
/// When the workbook cannot be read, or a cell cannot be text: its place and what was expected.
pub fn files(path: &Path) -> Result<BTreeMap<String, String>> {
    let is_file = |name: &str| name.ends_with(".toml") || name.ends_with(".csv");
    let mut files = BTreeMap::new();
    for sheet in sheets::read_where(path, &is_file)? {
        let name = match sheet.name.rsplit_once(' ') {
            Some((folder, file)) => format!("{folder}/{file}"),
            None => sheet.name.clone(),
        };
        let text = match name.ends_with(".toml") {
            true => lines(&sheet),
            false => table(&sheet),
        };
        let text =
            text.map_err(|fault| anyhow::anyhow!("{}!{}: {fault}", path.display(), sheet.name))?;
        if files.insert(name.clone(), text).is_some() {
            bail!(
                "{}: found two sheets for {name}; expected one",
                path.display()
            );
        }
    }
    Ok(files)
}

/// A text, one line in the first cell of each row.
fn lines(sheet: &Sheet) -> Result<String> {
    let mut text = String::new();
    for (row, cells) in sheet.rows.iter().enumerate() {
        if let Some(column) = (1..cells.len()).find(|&column| cells[column] != Cell::Empty) {
            bail!(
                "row {}: found something in column {}; expected lines of text in the first column only",
                row + 1,
                column + 1
            );
        }
        if let Some(cell) = cells.first() {
            text.push_str(&text_of(cell, row)?);
        }
        text.push('\n');
    }
    Ok(text)
}

/// A table as CSV, a line for each row.
fn table(sheet: &Sheet) -> Result<String> {
    let header: Vec<String> = match sheet.rows.first() {
        Some(cells) => cells
            .iter()
            .map(|cell| text_of(cell, 0))
            .collect::<Result<_>>()?,
        None => Vec::new(),
    };
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for (row, cells) in sheet.rows.iter().enumerate() {
        if cells.iter().all(|cell| *cell == Cell::Empty) {
            text.push('\n');
            continue;
        }
        let mut fields = Vec::with_capacity(width);
        for (column, cell) in cells.iter().enumerate() {
            let is_code = header
                .get(column)
                .is_some_and(|name| CODE_COLUMNS.contains(&name.trim()));
            if let Cell::Number(number) = cell
                && is_code
                && number.fract() != 0.0
            {
                bail!(
                    "row {}: found the number {number} in the column {}; expected text there (format the column as text: as a number, 1.10 is 1.1)",
                    row + 1,
                    header[column]
                );
            }
            fields.push(field(&text_of(cell, row)?));
        }
        fields.resize(width, String::new());
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    Ok(text)
}

fn text_of(cell: &Cell, row: usize) -> Result<String> {
    Ok(match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Field(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Unreadable(shown) => {
            bail!(
                "row {}: found {shown}; expected text, a number or nothing",
                row + 1
            )
        }
    })
}

/// A field of CSV. A line break in a cell becomes a space, so that rows stay lines.
fn field(text: &str) -> String {
    let text = text.replace("\r\n", " ").replace(['\n', '\r'], " ");
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, rows: Vec<Vec<Cell>>) -> Sheet {
        Sheet {
            name: name.to_owned(),
            rows,
            named: true,
        }
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn a_row_is_a_line_whatever_stands_in_its_cells() {
        let rows = vec![
            vec![text("code"), text("name_en"), text("weight")],
            Vec::new(),
            vec![text("1.10"), text("A \"b\", c\nd"), Cell::Number(0.25)],
            vec![Cell::Number(2.0)],
        ];
        let csv = table(&sheet("v nodes.csv", rows)).unwrap();
        assert_eq!(
            csv,
            "code,name_en,weight\n\n1.10,\"A \"\"b\"\", c d\",0.25\n2,,\n"
        );
    }

    #[test]
    fn a_code_that_a_spreadsheet_has_made_a_number_is_refused() {
        let rows = vec![vec![text("code")], vec![Cell::Number(1.1)]];
        let message = table(&sheet("v nodes.csv", rows)).unwrap_err().to_string();
        assert!(
            message.starts_with("row 2: found the number 1.1 in the column code"),
            "{message}"
        );
    }

    #[test]
    fn lines_stand_in_the_first_column_only() {
        let rows = vec![
            vec![text("id = \"x\"")],
            vec![],
            vec![Cell::Empty, text("y")],
        ];
        assert_eq!(
            lines(&sheet("index.toml", rows[..2].to_vec())).unwrap(),
            "id = \"x\"\n\n"
        );
        let message = lines(&sheet("index.toml", rows)).unwrap_err().to_string();
        assert!(
            message.starts_with("row 3: found something in column 2"),
            "{message}"
        );
    }
}
