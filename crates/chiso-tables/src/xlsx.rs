//! Reads one sheet of an Excel workbook: a row of names, then a row for each answer.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
};
use arrow_schema::{Field, Schema, SchemaRef};
use calamine::{DataRef, Reader, SheetType, Xlsx};

use crate::file::SharedFile;
use crate::guard::guarded;
use crate::{Batches, OpenOptions, TableError};

/// The most cells, blank ones included: a stray cell far out must not fill the memory.
const MOST_CELLS: usize = 32_000_000;
/// Whole numbers up to this are exact in a spreadsheet, which knows only `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A sheet in memory, as Arrow columns.
#[derive(Debug)]
pub(crate) struct XlsxTable {
    rows: RecordBatch,
}

/// A cell that has a value.
#[derive(Debug)]
enum Cell {
    Number(f64),
    Bool(bool),
    Text(String),
}

/// A column while it is read.
struct Column {
    name: String,
    cells: Vec<Option<Cell>>,
}

impl XlsxTable {
    /// Reads the sheet of [`OpenOptions::sheet`], or the first.
    pub(crate) fn open(file: &SharedFile, options: &OpenOptions) -> Result<Self, TableError> {
        let columns =
            guarded(|| Ok::<_, TableErrorText>(read(file, options))).map_err(|found| {
                TableError::file(file.path(), found, "a whole workbook saved as .xlsx")
            })??;
        let rows = columns
            .iter()
            .map(|column| column.cells.len())
            .max()
            .unwrap_or(0);
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns
            .into_iter()
            .map(|column| column.finish(rows))
            .unzip();
        let counted = RecordBatchOptions::new().with_row_count(Some(rows));
        let schema = Arc::new(Schema::new(fields));
        let rows =
            RecordBatch::try_new_with_options(schema, arrays, &counted).map_err(|error| {
                TableError::file(file.path(), error.to_string(), "columns of one length")
            })?;
        Ok(Self { rows })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows.num_rows() as u64
    }

    pub(crate) fn read(
        &self,
        file: &SharedFile,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches, TableError> {
        let chosen = self.rows.project(columns).map_err(|error| {
            TableError::file(file.path(), error.to_string(), "the columns asked for")
        })?;
        let mut done = 0;
        Ok(Batches::new(std::iter::from_fn(move || {
            let count = (chosen.num_rows() - done).min(batch_rows);
            done += count;
            (count > 0).then(|| Ok(chosen.slice(done - count, count)))
        })))
    }
}

/// Only panics are errors here: what is wrong with the workbook is inside.
type TableErrorText = std::convert::Infallible;

fn read(file: &SharedFile, options: &OpenOptions) -> Result<Vec<Column>, TableError> {
    let broken = |error: calamine::XlsxError| {
        TableError::file(
            file.path(),
            error.to_string(),
            "a whole workbook saved as .xlsx",
        )
    };
    let handle = File::open(file.path()).map_err(|source| file.read_error(source))?;
    let mut book = Xlsx::new(BufReader::new(handle)).map_err(broken)?;
    let sheet = sheet_name(file, &book, options)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut columns: Vec<Column> = Vec::new();
    let mut header = None;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let (row, column) = cell.pos;
        let place = || format!("sheet `{sheet}`, cell {}", address(row, column));
        let error = |found: String, expected: &str| {
            Err(TableError::place(file.path(), place(), found, expected))
        };
        let value = match cell.value {
            DataRef::Empty if cell.formula.is_some() => {
                return error(
                    "a formula without its result".into(),
                    "a value (open the file in a spreadsheet program and save it)",
                );
            }
            DataRef::Error(wrong) => return error(wrong.to_string(), "a value"),
            value => cell_of(&value),
        };
        let Some(value) = value else {
            continue;
        };
        let (first_row, first_column) = *header.get_or_insert((row, column));
        // Cells come row by row; a gap in the header shows as a column without a name.
        let Some(index) = column.checked_sub(first_column).map(|index| index as usize) else {
            return error(
                "a value left of the first column name".into(),
                "a name above each column",
            );
        };
        if row == first_row {
            if index != columns.len() {
                return error(
                    "a column name after a cell without one".into(),
                    "a name above each column",
                );
            }
            let cells = Vec::new();
            columns.push(Column {
                name: value.text(),
                cells,
            });
            continue;
        }
        let below = (row - first_row) as usize;
        if below.saturating_mul(columns.len()) > MOST_CELLS {
            return error("a value far down".into(), "at most 32 million cells");
        }
        let put = |column: &mut Column| column.put(below - 1, value, &options.missing);
        match columns.get_mut(index).map(put) {
            Some(true) => {}
            Some(false) => return error("a cell out of order".into(), "rows from top to bottom"),
            None => {
                return error(
                    "a value without a column name".into(),
                    "a name above each column",
                );
            }
        }
    }
    if columns.is_empty() {
        let found = format!("no values in the sheet `{sheet}`");
        return Err(TableError::file(
            file.path(),
            found,
            "a row of column names",
        ));
    }
    Ok(columns)
}

fn sheet_name(
    file: &SharedFile,
    book: &Xlsx<BufReader<File>>,
    options: &OpenOptions,
) -> Result<String, TableError> {
    let tables = book.sheets_metadata().iter();
    let names: Vec<&str> = tables
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.as_str())
        .collect();
    let chosen = match &options.sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted),
        None => names.first(),
    };
    chosen.map(|name| name.to_string()).ok_or_else(|| {
        let found = match &options.sheet {
            Some(wanted) => format!("no sheet `{wanted}`"),
            None => "no sheet".to_string(),
        };
        TableError::file(file.path(), found, format!("one of {}", names.join(", ")))
    })
}

/// The value of a cell; dates as ISO 8601 text.
fn cell_of(value: &DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_string()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::DateTime(time) if time.is_duration() => Cell::Number(time.as_f64()),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            Cell::Text(match (hour, minute, second, milli) {
                (0, 0, 0, 0) => date,
                (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
                _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
            })
        }
        DataRef::Error(_) | DataRef::Empty => return None,
    })
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => text.trim().to_string(),
        }
    }
}

impl Column {
    /// Adds a cell below those that there are; false if it is not below them.
    fn put(&mut self, row: usize, cell: Cell, missing: &[String]) -> bool {
        if row < self.cells.len() {
            return false;
        }
        let is_missing = matches!(&cell, Cell::Text(text)
            if missing.iter().any(|m| m.trim() == text.trim()));
        self.cells.resize_with(row, || None);
        self.cells.push((!is_missing).then_some(cell));
        true
    }

    /// The narrowest type that holds every value without loss.
    fn finish(mut self, rows: usize) -> (Field, ArrayRef) {
        self.cells.resize_with(rows, || None);
        let cells = self.cells;
        let present = || cells.iter().flatten();
        let all_numbers = present().all(|cell| matches!(cell, Cell::Number(_)));
        let is_whole = |value: f64| value.fract() == 0.0 && value.abs() <= EXACT;
        let array: ArrayRef = if all_numbers {
            let numbers = cells.iter().map(|cell| match cell {
                Some(Cell::Number(value)) => Some(*value),
                _ => None,
            });
            let any = present().next().is_some();
            if any && numbers.clone().flatten().all(is_whole) {
                Arc::new(Int64Array::from_iter(numbers.map(|n| n.map(|n| n as i64))))
            } else {
                Arc::new(Float64Array::from_iter(numbers))
            }
        } else if present().all(|cell| matches!(cell, Cell::Bool(_))) {
            Arc::new(BooleanArray::from_iter(cells.iter().map(
                |cell| match cell {
                    Some(Cell::Bool(value)) => Some(*value),
                    _ => None,
                },
            )))
        } else {
            let texts = cells.into_iter().map(|cell| cell.map(Cell::text));
            Arc::new(StringArray::from_iter(texts))
        };
        (
            Field::new(self.name, array.data_type().clone(), true),
            array,
        )
    }
}

/// A cell's address as spreadsheets show it: B7 for row 6, column 1, counted from 0.
fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    let letters: String = letters
        .iter()
        .rev()
        .map(|&letter| char::from(letter))
        .collect();
    format!("{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_are_those_that_spreadsheets_show() {
        assert_eq!(super::address(6, 1), "B7");
        assert_eq!(super::address(0, 25), "Z1");
        assert_eq!(super::address(0, 26), "AA1");
        assert_eq!(super::address(9, 16_383), "XFD10");
    }
}
