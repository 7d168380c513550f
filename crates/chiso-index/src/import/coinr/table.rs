//! A table with a header, from CSV or a sheet, whose every row knows where it stands.

use csv::StringRecord;

use crate::import::Sheet;
use crate::import::grid::{Cell, column_letters, plain_number};
use crate::problem::{Problem, quoted};

/// A table: named columns and rows of text, a workbook's numbers in their shortest digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub(super) file: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// The line of a text file, or the row of a sheet.
    pub line: Option<u64>,
    /// The part of a workbook, where a row of the table is not one of a sheet.
    pub part: String,
    pub cells: StringRecord,
}

/// A cell where a number may stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Blank,
    Is(f64),
    Wrong,
}

impl Table {
    /// Reads a table in CSV, as R's `write.csv` or a spreadsheet program writes it.
    ///
    /// # Errors
    /// Text that is not UTF-8, columns that are not separated by commas, rows of another length
    /// than the header, a file that was cut off, columns without a name or with the same.
    pub fn from_csv(file: &str, bytes: &[u8]) -> Result<Table, Box<Problem>> {
        let text = utf8(file, bytes)?;
        whole(file, text)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            Some(record) => names(&record.map_err(|error| csv_fault(file, &error))?),
            None => return Err(empty(file)),
        };
        let mut rows = Vec::new();
        for record in records {
            let mut cells = record.map_err(|error| csv_fault(file, &error))?;
            cells.trim();
            let line = cells.position().map(csv::Position::line);
            let part = String::new();
            rows.push(Row { line, part, cells });
        }
        Table::new(file, header, rows)
    }

    /// Reads a sheet of a workbook whose first row that is not blank names the columns.
    ///
    /// # Errors
    /// A cell that is neither text nor a number, or that stands beside the named columns; columns
    /// without a name or with the same.
    pub fn from_sheet(file: &str, sheet: &Sheet) -> Result<Table, Box<Problem>> {
        let file = format!("{file}!{}", sheet.name);
        let mut rows = sheet
            .rows
            .iter()
            .enumerate()
            .filter(|(_, cells)| cells.iter().any(|cell| *cell != Cell::Empty));
        let Some((first, cells)) = rows.next() else {
            return Err(empty(&file));
        };
        let header = names(&record(&file, first, cells, cells.len())?);
        let rows = rows
            .map(|(row, cells)| {
                Ok(Row {
                    line: Some(row as u64 + 1),
                    part: String::new(),
                    cells: record(&file, row, cells, header.len())?,
                })
            })
            .collect::<Result<Vec<Row>, Box<Problem>>>()?;
        Table::new(&file, header, rows)
    }

    /// A table of rows that are as long as the header. Rows without any text are left out.
    pub(super) fn new(
        file: &str,
        header: Vec<String>,
        mut rows: Vec<Row>,
    ) -> Result<Table, Box<Problem>> {
        rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let table = Table {
            file: file.to_owned(),
            header,
            rows,
        };
        for (column, name) in table.header.iter().enumerate() {
            // R writes the numbers of rows into a first column without a name.
            let used = || table.rows.iter().find(|row| !row.cells[column].is_empty());
            if name.is_empty()
                && column > 0
                && let Some(row) = used()
            {
                let found = format!("a value in column {}, which has no name", column + 1);
                return Err(Box::new(table.fault(row, found, "a name in the first row")));
            }
            if !name.is_empty() && table.header[..column].contains(name) {
                let found = format!("column {} twice", quoted(name));
                return Err(Box::new(table.file_fault(found, "each column once")));
            }
        }
        Ok(table)
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The text of a cell; none where it is blank or `NA`, or where there is no such column.
    pub(super) fn text<'a>(&self, row: &'a Row, column: Option<usize>) -> Option<&'a str> {
        let text = row.cells.get(column?)?;
        Some(text).filter(|text| !text.is_empty() && *text != "NA")
    }

    /// The number of a cell.
    pub(super) fn number(&self, row: &Row, column: Option<usize>) -> Number {
        match self.text(row, column) {
            None | Some("NaN") => Number::Blank,
            Some(text) => match plain_number(text).filter(|number| number.is_finite()) {
                Some(number) => Number::Is(number),
                None => Number::Wrong,
            },
        }
    }

    /// A fault of a row.
    pub(super) fn fault(
        &self,
        row: &Row,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Problem {
        let file = match row.part.as_str() {
            "" => self.file.clone(),
            part => format!("{} {part}", self.file),
        };
        Problem::error(&file, row.line, found, expected)
    }

    /// A fault of the header, or of the table as a whole.
    pub(super) fn file_fault(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Problem {
        Problem::error(&self.file, None, found, expected)
    }

    /// Where a row stands, as a later message may name it.
    pub(super) fn place(row: &Row) -> String {
        match (row.line, row.part.as_str()) {
            (Some(line), _) => format!("line {line}"),
            (None, part) => part.to_owned(),
        }
    }
}

fn names(record: &StringRecord) -> Vec<String> {
    record.iter().map(|name| name.trim().to_owned()).collect()
}

fn empty(file: &str) -> Box<Problem> {
    let expected = "a first row with the names of the columns";
    Box::new(Problem::error(file, None, "an empty table", expected))
}

fn utf8<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Problem>> {
    let fault =
        |line: u64, found: &str| Box::new(Problem::error(file, line, found, "CSV saved as UTF-8"));
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(fault(1, "text in UTF-16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
        fault(line, "bytes that are not UTF-8")
    })
}

fn whole(file: &str, text: &str) -> Result<(), Box<Problem>> {
    let header = text.lines().next().unwrap_or_default();
    if !header.contains(',') && (header.contains(';') || header.contains('\t')) {
        let found = "columns separated by `;` or tabs";
        let expected = "commas between columns, and points in numbers";
        return Err(Box::new(Problem::error(file, 1, found, expected)));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        let line = text.lines().count() as u64;
        let found = "the end of the file inside a line: it may have been cut off";
        let expected = "a line break after the last row (add one if the file is whole)";
        return Err(Box::new(Problem::error(file, line, found, expected)));
    }
    Ok(())
}

fn csv_fault(file: &str, error: &csv::Error) -> Box<Problem> {
    let line = error.position().map(csv::Position::line);
    let (found, expected) = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => (
            format!("{len} fields"),
            format!("{expected_len}, as in the first row"),
        ),
        _ => (
            format!("a row that cannot be read ({error})"),
            "CSV in UTF-8".to_owned(),
        ),
    };
    Box::new(Problem::error(file, line, found, expected))
}

/// The cells of a sheet's row as text.
fn record(
    file: &str,
    row: usize,
    cells: &[Cell],
    width: usize,
) -> Result<StringRecord, Box<Problem>> {
    let fault = |column: usize, found: String, expected: &str| {
        let found = format!("{found} in cell {}{}", column_letters(column), row + 1);
        Box::new(Problem::error(file, row as u64 + 1, found, expected))
    };
    let mut record = StringRecord::new();
    for column in 0..width.max(cells.len()) {
        let text = match cells.get(column).unwrap_or(&Cell::Empty) {
            Cell::Unreadable(shown) => {
                return Err(fault(column, shown.clone(), "text, a number or nothing"));
            }
            cell => cell_text(cell),
        };
        if column < width {
            record.push_field(text.trim());
        } else if !text.trim().is_empty() {
            let expected = "no values beside the named columns";
            return Err(fault(column, quoted(&text), expected));
        }
    }
    Ok(record)
}

/// What stands in a cell, a number in the shortest digits that give it back.
pub(super) fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Unreadable(_) => String::new(),
        Cell::Text(text) | Cell::Field(text) => text.trim().to_owned(),
        Cell::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        Table::from_csv("iData.csv", bytes).unwrap_err().to_string()
    }

    #[test]
    fn text_that_is_no_table_in_utf8_is_refused_with_its_line() {
        let cases: [(&[u8], &str); 7] = [
            (b"", "iData.csv: error: found an empty table"),
            (b"\xff\xfea\0", "iData.csv:1: error: found text in UTF-16"),
            (
                b"a,b\nx,\xff\n",
                "iData.csv:2: error: found bytes that are not UTF-8",
            ),
            (
                b"a;b\n1;2\n",
                "iData.csv:1: error: found columns separated by `;` or tabs",
            ),
            (
                b"a,b\n1,2\n1",
                "iData.csv:3: error: found the end of the file inside a line",
            ),
            (
                b"a,b\n1,2,3\n",
                "iData.csv:2: error: found 3 fields; expected 2",
            ),
            (
                b"a,b,a\n1,2,3\n",
                "iData.csv: error: found column `a` twice",
            ),
        ];
        for (bytes, start) in cases {
            let message = refused(bytes);
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn row_names_of_r_and_blank_rows_and_columns_are_left_out() {
        let table = Table::from_csv("t.csv", b"\"\",a,\n\"1\",x,\n,,\n\"2\",NA,\n").unwrap();
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.text(&table.rows[0], table.column("a")), Some("x"));
        assert_eq!(table.text(&table.rows[1], table.column("a")), None);
        assert!(refused(b"a,\nx,1\n").contains("column 2, which has no name"));
    }

    #[test]
    fn a_sheet_reads_like_the_same_table_in_csv() {
        let cells = |texts: [&str; 2], number: f64| {
            let texts = texts.map(|text| Cell::Text(text.to_owned()));
            let [a, b] = texts;
            vec![a, b, Cell::Number(number)]
        };
        let mut rows = vec![Vec::new(), cells(["a", "b"], 0.1)];
        rows[1][2] = Cell::Text("c".to_owned());
        rows.push(cells(["x", "y "], 0.1));
        let sheet = Sheet {
            name: "iData".to_owned(),
            rows,
            named: true,
        };
        let table = Table::from_sheet("book.xlsx", &sheet).unwrap();
        let text = Table::from_csv("t.csv", b"a,b,c\nx,y,0.1\n").unwrap();
        assert_eq!(table.header, text.header);
        assert_eq!(table.rows[0].cells, text.rows[0].cells);
        assert_eq!(table.rows[0].line, Some(3));
    }

    #[test]
    fn an_error_of_the_spreadsheet_is_refused_with_its_cell() {
        let rows = vec![
            vec![Cell::Text("a".to_owned())],
            vec![Cell::Unreadable(
                "the spreadsheet's error #DIV/0!".to_owned(),
            )],
        ];
        let sheet = Sheet {
            name: "iData".to_owned(),
            rows,
            named: true,
        };
        let message = Table::from_sheet("b.xlsx", &sheet).unwrap_err().to_string();
        assert!(
            message.starts_with(
                "b.xlsx!iData:2: error: found the spreadsheet's error #DIV/0! in cell A2"
            ),
            "{message}"
        );
    }
}
