//! A publisher's own tables into observations.
//!
//! Its one job is to read a grid of cells by its labels: which way the units run, which column is
//! which node, which rows are statistics, and of which edition it all is. What is ambiguous is
//! refused with what to do about it; what is left out is in the report. It never opens a file, and
//! never knows a particular index: the labels of a publisher stand in the pack's `import.toml`.
//! [`coinr`] is the import of a whole index, definition and figures, from another program's tables.
//!
//! ```text
//! sheets ──► edition ──► layout ──► columns ──► table ─┬─► check ──► Imported: observations, report
//!            (names)     (units in   (nodes,    (rows, │    (totals, repeats)
//!                        rows or     skips)     values)┘
//!                        columns?)
//! ```

mod check;
pub mod coinr;
mod columns;
mod edition;
mod grid;
mod headings;
mod labels;
mod layout;
mod open;
mod output;
mod report;
mod rows;
mod rules;
mod table;

use chiso_units::UnitList;

pub use grid::{Cell, Sheet};
pub use output::write_csv;
pub use report::{Orientation, SheetReport, Skipped};
pub use rules::{FILE, Rules};

use crate::observations::Observations;
use crate::pack::{Edition, Pack};
use crate::problem::{Problem, quoted};
use labels::Labels;
use layout::Layout;
use open::{Opened, open};

/// What is asked of an import.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The file, as the user named it: messages begin with it, and its name may hold the edition.
    pub file: &'a str,
    /// The edition of sheets whose names hold none.
    pub edition: Option<Edition>,
    /// The names of the sheets that are wanted; all where it is empty.
    pub sheets: &'a [String],
}

impl Request<'_> {
    /// The file's name without its folders: their names say nothing of the edition.
    fn file_name(&self) -> &str {
        self.file.rsplit(['/', '\\']).next().unwrap_or(self.file)
    }

    fn fault(&self, found: impl Into<String>, expected: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::error(self.file, None, found, expected))
    }
}

/// What an import gave.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The values of the leaves; a value that is missing has no row.
    pub observations: Observations,
    /// What became of each sheet with a table, by edition.
    pub sheets: Vec<SheetReport>,
    /// The sheets without one.
    pub skipped: Vec<Skipped>,
}

/// Reads the tables of a workbook's sheets, or the one of a text file.
///
/// # Errors
/// The first thing that is ambiguous or wrong: the sheet and cell, what was found, what to do.
pub fn import(
    pack: &Pack,
    units: Option<&UnitList>,
    rules: &Rules,
    request: &Request<'_>,
    sheets: &[Sheet],
) -> Result<Imported, Box<Problem>> {
    let (mut found, skipped) = open_all(pack, units, rules, request, sheets)?;
    let editions: Vec<(Edition, &str)> = found
        .iter()
        .map(|(labels, layout)| (labels.edition, layout.view.sheet_name()))
        .collect();
    check::one_sheet_an_edition(&editions, request.file)?;
    found.sort_by_key(|(labels, _)| labels.edition);
    let mut tables = Vec::with_capacity(found.len());
    for (labels, layout) in &found {
        tables.push(table::read(
            layout,
            labels,
            rules.zero_is_missing,
            request.file,
        )?);
    }
    let observations = output::observations(&tables);
    if observations.rows().is_empty() {
        let expected = "values of nodes without parts: totals alone cannot be split";
        return Err(request.fault("tables without a single value of such a node", expected));
    }
    for table in &mut tables {
        check::totals(pack, &observations, table, request.file)?;
    }
    check::repeats(pack, &mut tables);
    let sheets = tables.into_iter().map(|table| table.report).collect();
    Ok(Imported {
        observations,
        sheets,
        skipped,
    })
}

/// The tables of the sheets that were asked for, and the sheets without one.
type Found<'a, 'p> = (Vec<(Labels<'p>, Layout<'a>)>, Vec<Skipped>);

fn open_all<'a, 'p>(
    pack: &'p Pack,
    units: Option<&'p UnitList>,
    rules: &'p Rules,
    request: &Request<'_>,
    sheets: &'a [Sheet],
) -> Result<Found<'a, 'p>, Box<Problem>> {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for sheet in wanted(request, sheets)? {
        match open(pack, units, rules, request, sheet)? {
            Opened::Table(labels, layout) => found.push((labels, layout)),
            Opened::Skipped(why) => {
                let place = format!("sheet {}", sheet.name);
                skipped.push(Skipped {
                    place,
                    label: String::new(),
                    why,
                });
            }
        }
    }
    if found.is_empty() {
        Err(nothing_found(pack, units, request, sheets))
    } else {
        Ok((found, skipped))
    }
}

/// The sheets that were asked for.
fn wanted<'a>(request: &Request<'_>, sheets: &'a [Sheet]) -> Result<Vec<&'a Sheet>, Box<Problem>> {
    for name in request.sheets {
        if !sheets.iter().any(|sheet| sheet.name == *name) {
            let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            let found = format!("no sheet {}", quoted(name));
            return Err(request.fault(found, format!("one of {}", names.join(", "))));
        }
    }
    let is_wanted =
        |sheet: &&Sheet| request.sheets.is_empty() || request.sheets.contains(&sheet.name);
    Ok(sheets.iter().filter(is_wanted).collect())
}

fn nothing_found(
    pack: &Pack,
    units: Option<&UnitList>,
    request: &Request<'_>,
    sheets: &[Sheet],
) -> Box<Problem> {
    let list = units.map_or("that import.toml names".to_owned(), |list| {
        format!("of the list {}", list.id())
    });
    request.fault(
        format!("{} sheets, none with values where units and nodes meet", sheets.len()),
        format!("units {list} in rows and nodes of the index {} in columns, or the reverse; other labels as [[alias]] or [[unit_alias]] in import.toml", pack.id),
    )
}
