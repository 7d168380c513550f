//! Workbooks and text tables from files into the cells that the importer reads.

use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use calamine::{Data, DataRef, Ods, Reader, SheetType, Xls, Xlsx};
use chiso_index::import::{Cell, Sheet};

/// The largest file that is read: a publisher's workbook has well below a tenth of it.
const LARGEST_BYTES: u64 = 64 * 1024 * 1024;
/// The most rows or columns of a sheet: a stray cell far out must not fill the memory.
const MOST_LINES: usize = 20_000;
/// The most cells of a sheet, blank ones between others included.
const MOST_CELLS: usize = 4_000_000;

/// Reads all sheets of a workbook (.xlsx, .xlsm, .xls, .ods), or a table in CSV.
///
/// # Errors
/// When the file cannot be read as what its name says.
pub fn read(path: &Path) -> Result<Vec<Sheet>> {
    read_where(path, &|_| true)
}

/// Reads the sheets of some names, or a table in CSV; the other sheets may hold anything.
///
/// # Errors
/// When the file cannot be read as what its name says.
pub fn read_where(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Sheet>> {
    let shown = path.display();
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
        .to_lowercase();
    if !["csv", "xlsx", "xlsm", "xls", "ods"].contains(&ending.as_str()) {
        bail!("{shown}: found the ending `{ending}`; expected .xlsx, .xls, .ods or .csv");
    }
    let bytes = bytes(path)?;
    let sheets = match ending.as_str() {
        "csv" => return text_table(path, &bytes),
        "xls" => Xls::new(Cursor::new(bytes))
            .map_err(anyhow::Error::from)
            .and_then(|book| ranges(book, wanted)),
        "ods" => Ods::new(Cursor::new(bytes))
            .map_err(anyhow::Error::from)
            .and_then(|book| ranges(book, wanted)),
        _ => Xlsx::new(Cursor::new(bytes))
            .map_err(anyhow::Error::from)
            .and_then(|book| streamed(book, wanted)),
    };
    sheets.map_err(|error| match error.downcast_ref::<TooLarge>() {
        Some(too_large) => anyhow::anyhow!("{shown}: {too_large}"),
        None => anyhow::anyhow!(
            "{shown}: found no whole workbook ({error}); expected one saved as .{ending}"
        ),
    })
}

/// A sheet with more cells than a publisher's table can have.
#[derive(Debug)]
struct TooLarge {
    sheet: String,
    row: usize,
    column: usize,
}

impl std::error::Error for TooLarge {}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "found a cell in row {}, column {} of the sheet `{}`; expected at most {MOST_LINES} rows and columns and {MOST_CELLS} cells",
            self.row + 1,
            self.column + 1,
            self.sheet
        )
    }
}

/// The bytes of a file that is not larger than a publisher's table can be.
///
/// # Errors
/// When it is, or cannot be read.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown}: cannot be opened"))?;
    let mut bytes = Vec::new();
    let read = file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes);
    if read.with_context(|| format!("{shown}: cannot be read"))? as u64 > LARGEST_BYTES {
        bail!("{shown}: found more than {LARGEST_BYTES} bytes; expected a publisher's table");
    }
    Ok(bytes)
}

/// Sheets of an .xlsx cell by cell, so that only cells that are there take memory.
fn streamed(mut book: Xlsx<Cursor<Vec<u8>>>, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Sheet>> {
    let mut sheets = Vec::new();
    for name in table_sheets(&book, wanted) {
        let mut grid = Grid::new(&name);
        let mut cells = book.worksheet_cells_reader(&name)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata()? {
            let (row, column) = cell.pos;
            let value = match cell.value {
                // Taken for blank, it would turn a score into a missing one.
                DataRef::Empty if cell.formula.is_some() => Cell::Unreadable(
                    "a formula without its result (open the file in a spreadsheet program and save it)"
                        .to_owned(),
                ),
                value => cell_of_ref(&value),
            };
            grid.put(row as usize, column as usize, value)?;
        }
        sheets.push(grid.sheet);
    }
    Ok(sheets)
}

/// Sheets of a workbook whose reader gives whole ranges.
fn ranges<B>(mut book: B, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Sheet>>
where
    B: Reader<Cursor<Vec<u8>>>,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let mut sheets = Vec::new();
    for name in table_sheets(&book, wanted) {
        let range = book.worksheet_range(&name)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut grid = Grid::new(&name);
        for (row, column, value) in range.used_cells() {
            grid.put(
                first_row as usize + row,
                first_column as usize + column,
                cell_of(value),
            )?;
        }
        sheets.push(grid.sheet);
    }
    Ok(sheets)
}

fn table_sheets<B: Reader<Cursor<Vec<u8>>>>(
    book: &B,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let sheets = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && wanted(&sheet.name));
    sheets.map(|sheet| sheet.name.clone()).collect()
}

/// A sheet that grows with its cells.
struct Grid {
    sheet: Sheet,
    cells: usize,
}

impl Grid {
    fn new(name: &str) -> Self {
        Grid {
            sheet: Sheet {
                name: name.to_owned(),
                rows: Vec::new(),
                named: true,
            },
            cells: 0,
        }
    }

    fn put(&mut self, row: usize, column: usize, cell: Cell) -> Result<(), TooLarge> {
        if cell == Cell::Empty {
            return Ok(());
        }
        let rows = &mut self.sheet.rows;
        if row < MOST_LINES && column < MOST_LINES {
            if rows.len() <= row {
                rows.resize_with(row + 1, Vec::new);
            }
            let width = rows[row].len().max(column + 1);
            self.cells += width - rows[row].len();
            rows[row].resize(width, Cell::Empty);
        }
        if row >= MOST_LINES || column >= MOST_LINES || self.cells > MOST_CELLS {
            let sheet = self.sheet.name.clone();
            return Err(TooLarge { sheet, row, column });
        }
        rows[row][column] = cell;
        Ok(())
    }
}

fn cell_of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        other => cell_of(&other.clone().into()),
    }
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::Text(text.clone()),
        Data::Float(number) => Cell::Number(*number),
        // Whole numbers of a sheet are far below 2^53.
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Bool(value) => Cell::Unreadable(format!("the truth value {value}")),
        Data::Error(error) => Cell::Unreadable(format!("the spreadsheet's error {error}")),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            Cell::Unreadable("a date or time".to_owned())
        }
    }
}

/// A table in CSV, each record in the row of its line.
fn text_table(path: &Path, bytes: &[u8]) -> Result<Vec<Sheet>> {
    let shown = path.display();
    let text = whole_text(path, bytes)?;
    let name = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let mut grid = Grid::new(&name.unwrap_or_default());
    grid.sheet.named = false;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| csv_fault(path, &error))?;
        let line = record.position().map_or(1, csv::Position::line);
        for (column, field) in record
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.trim().is_empty())
        {
            let put = grid.put(
                line.saturating_sub(1) as usize,
                column,
                Cell::Field(field.to_owned()),
            );
            put.map_err(|too_large| anyhow::anyhow!("{shown}:{line}: {too_large}"))?;
        }
    }
    Ok(vec![grid.sheet])
}

/// The text of a table in CSV, if it is UTF-8 in commas and not cut off.
fn whole_text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str> {
    let shown = path.display();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        bail!("{shown}:1: found text in UTF-16; expected CSV saved as UTF-8");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line_at = |place: usize| bytes[..place].iter().filter(|&&byte| byte == b'\n').count() + 1;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(error.valid_up_to());
        anyhow::anyhow!(
            "{shown}:{line}: found bytes that are not UTF-8; expected CSV saved as UTF-8"
        )
    })?;
    let header = text.lines().next().unwrap_or_default();
    if !header.contains(',') && (header.contains(';') || header.contains('\t')) {
        bail!(
            "{shown}:1: found columns separated by `;` or tabs; expected commas, and points in numbers"
        );
    }
    if !text.is_empty() && !text.ends_with('\n') {
        let line = line_at(bytes.len());
        bail!(
            "{shown}:{line}: found the end of the file inside a line: it may have been cut off; expected a line break after the last row (add one if the file is whole)"
        );
    }
    Ok(text)
}

fn csv_fault(path: &Path, error: &csv::Error) -> anyhow::Error {
    let shown = path.display();
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            anyhow::anyhow!(
                "{shown}:{line}: found {len} fields; expected {expected_len}, as in the first row"
            )
        }
        _ => anyhow::anyhow!(
            "{shown}:{line}: found a row that cannot be read ({error}); expected CSV in UTF-8"
        ),
    }
}
