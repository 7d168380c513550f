//! A sheet as cells, read the way it stands or turned over.

use std::borrow::Cow;

use crate::problem::quoted;

/// One cell of a publisher's table.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text of a workbook, which knows text from numbers.
    Text(String),
    /// A number of a workbook.
    Number(f64),
    /// A field of a text file, which may be either.
    Field(String),
    /// What can be neither a label nor a number, such as a spreadsheet's error: how it is shown.
    Unreadable(String),
}

/// A cell where a number is expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    /// Nothing stands there.
    Blank,
    /// A finite number.
    Number(f64),
    /// Something else: what it is.
    Wrong(String),
}

impl Cell {
    /// The label that the cell may be; none where it is blank.
    pub(super) fn label(&self) -> Option<Cow<'_, str>> {
        match self {
            Cell::Text(text) | Cell::Field(text) => Some(text.trim())
                .filter(|text| !text.is_empty())
                .map(Cow::Borrowed),
            Cell::Number(number) => Some(Cow::Owned(number.to_string())),
            Cell::Empty | Cell::Unreadable(_) => None,
        }
    }

    /// The label, where it cannot be taken for a number: a code such as `01` cannot.
    pub(super) fn word(&self) -> Option<Cow<'_, str>> {
        match self {
            Cell::Text(_) => self.label(),
            Cell::Field(text) => {
                let text = text.trim();
                let is_code = text.len() > 1
                    && text.starts_with('0')
                    && text.bytes().all(|b| b.is_ascii_digit());
                self.label()
                    .filter(|_| is_code || plain_number(text).is_none())
            }
            _ => None,
        }
    }

    /// Whether nothing stands in the cell.
    pub(super) fn is_blank(&self) -> bool {
        self.reading() == Reading::Blank
    }

    /// Whether the cell holds a number.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.reading(), Reading::Number(_))
    }

    /// The cell where a number is expected.
    pub(super) fn reading(&self) -> Reading {
        match self {
            Cell::Empty => Reading::Blank,
            Cell::Text(text) | Cell::Field(text) if text.trim().is_empty() => Reading::Blank,
            Cell::Number(number) if number.is_finite() => Reading::Number(*number),
            Cell::Number(number) => Reading::Wrong(format!("the number {number}")),
            Cell::Field(text) => match plain_number(text.trim()) {
                Some(number) if number.is_finite() => Reading::Number(number),
                Some(_) => Reading::Wrong(format!("a number too large, {}", quoted(text))),
                None => Reading::Wrong(format!("text {}", quoted(text))),
            },
            Cell::Text(text) if plain_number(text.trim()).is_some() => {
                Reading::Wrong(format!("a number stored as text, {}", quoted(text)))
            }
            Cell::Text(text) => Reading::Wrong(format!("text {}", quoted(text))),
            Cell::Unreadable(shown) => Reading::Wrong(shown.clone()),
        }
    }
}

/// A number in digits with a decimal point: words that Rust would read too (`inf`, `nan`) are text.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|_| digits && plain)
}

/// One sheet of a workbook, or the whole of a text file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name; messages name cells as `NAME!B3`.
    pub name: String,
    /// Its cells, row by row; rows may differ in length.
    pub rows: Vec<Vec<Cell>>,
    /// Whether its name was given by its maker and so can hold the edition: false for a text file.
    pub named: bool,
}

/// A sheet seen so that units stand in rows and nodes in columns.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    sheet: &'a Sheet,
    turned: bool,
    rows: usize,
    columns: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(sheet: &'a Sheet, turned: bool) -> Self {
        let height = sheet.rows.len();
        let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
        let (rows, columns) = if turned {
            (width, height)
        } else {
            (height, width)
        };
        View {
            sheet,
            turned,
            rows,
            columns,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn cell(&self, row: usize, column: usize) -> &'a Cell {
        const EMPTY: &Cell = &Cell::Empty;
        let (row, column) = if self.turned {
            (column, row)
        } else {
            (row, column)
        };
        self.sheet
            .rows
            .get(row)
            .and_then(|cells| cells.get(column))
            .unwrap_or(EMPTY)
    }

    pub(super) fn sheet_name(&self) -> &'a str {
        &self.sheet.name
    }

    /// A cell as the user finds it in the sheet: `2014_SCORES!AF12`.
    pub(super) fn name(&self, row: usize, column: usize) -> String {
        let (row, column) = if self.turned {
            (column, row)
        } else {
            (row, column)
        };
        format!("{}!{}{}", self.sheet.name, column_letters(column), row + 1)
    }

    /// A row of the view as the user finds it in the sheet.
    pub(super) fn row_name(&self, row: usize) -> String {
        line_name(self.turned, row)
    }

    /// A column of the view as the user finds it in the sheet.
    pub(super) fn column_name(&self, column: usize) -> String {
        line_name(!self.turned, column)
    }
}

fn line_name(is_column: bool, place: usize) -> String {
    if is_column {
        format!("column {}", column_letters(place))
    } else {
        format!("row {}", place + 1)
    }
}

/// The letters of a column, as spreadsheets count: A, …, Z, AA.
pub(super) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_letter_them() {
        let named: Vec<String> = [0, 25, 26, 31, 701, 702].map(column_letters).into();
        assert_eq!(named, ["A", "Z", "AA", "AF", "ZZ", "AAA"]);
    }

    #[test]
    fn a_field_is_a_number_only_in_plain_digits() {
        let field = |text: &str| Cell::Field(text.to_owned()).reading();
        assert_eq!(field(" 1.25 "), Reading::Number(1.25));
        assert_eq!(field("  "), Reading::Blank);
        for text in ["inf", "NaN", "1,25", "1e999", "-", "n/a"] {
            assert!(matches!(field(text), Reading::Wrong(_)), "{text}");
        }
    }

    #[test]
    fn a_turned_view_still_names_cells_as_the_sheet_has_them() {
        let rows = vec![
            vec![Cell::Empty, Cell::Number(1.0)],
            vec![Cell::Number(2.0)],
        ];
        let sheet = Sheet {
            name: "S".into(),
            rows,
            named: true,
        };
        let view = View::new(&sheet, true);
        assert_eq!(view.cell(1, 0), &Cell::Number(1.0));
        assert_eq!(view.name(1, 0), "S!B1");
        assert_eq!(
            (view.row_name(1), view.column_name(1)),
            ("column B".into(), "row 2".into())
        );
        assert_eq!(view.cell(1, 1), &Cell::Empty, "short rows are filled up");
    }
}
