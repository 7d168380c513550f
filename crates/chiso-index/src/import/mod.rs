//! A publisher's own tables into observations.
//!
//! Its one job is to read a grid of cells by its labels: which way the units run, which column is
//! which node, which rows are statistics, and of which edition it all is. What is ambiguous is
//! refused with what to do about it; what is left out is in the report. It never opens a file, and
//! never knows a particular index: the labels of a publisher stand in the pack's `import.toml`.
//!
//! ```text
//! sheets ──► edition ──► layout ──► columns ──► table ─┬─► check ──► Imported: observations, report
//!            (names)     (units in   (nodes,    (rows, │    (totals, repeats)
//!                        rows or     skips)     values)┘
//!                        columns?)
//! ```

mod check;
mod columns;
mod edition;
mod grid;
mod labels;
mod layout;
mod report;
mod rules;
mod table;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use chiso_units::UnitList;

pub use grid::{Cell, Sheet};
pub use report::{Orientation, SheetReport, Skipped};
pub use rules::{FILE, Rules};

use crate::observations::{Observation, Observations, Value};
use crate::pack::{Edition, Pack};
use crate::problem::{Problem, quoted};
use labels::Labels;
use layout::Layout;
use table::Table;

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
    let wanted = wanted(request, sheets)?;
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    for sheet in wanted {
        match open(pack, units, rules, request, sheet)? {
            Opened::Table(labels, layout) => found.push((labels, layout)),
            Opened::Skipped(why) => skipped.push(Skipped {
                place: format!("sheet {}", sheet.name),
                label: String::new(),
                why,
            }),
        }
    }
    if found.is_empty() {
        return Err(nothing_found(pack, units, request, sheets));
    }
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
    let observations = observations(&tables);
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

/// A sheet, with its table found.
enum Opened<'a, 'p> {
    Table(Labels<'p>, Layout<'a>),
    Skipped(String),
}

fn open<'a, 'p>(
    pack: &'p Pack,
    units: Option<&'p UnitList>,
    rules: &'p Rules,
    request: &Request<'_>,
    sheet: &'a Sheet,
) -> Result<Opened<'a, 'p>, Box<Problem>> {
    let cells = || sheet.rows.iter().flatten();
    if !cells().any(Cell::is_number) {
        return Ok(Opened::Skipped("no number in it".to_owned()));
    }
    let Some(edition) = edition::edition_of(sheet, rules, request)? else {
        return without_edition(pack, units, rules, request, sheet);
    };
    let Some(labels) = Labels::new(pack, units, rules, edition) else {
        let editions = pack.editions();
        let span = editions
            .first()
            .zip(editions.last())
            .map_or(String::new(), |(a, b)| format!(", {a} to {b}"));
        return Err(request.fault(
            format!("the sheet `{}` of edition {edition}", sheet.name),
            format!(
                "an edition of the pack {}{span}; choose others with --sheet NAME",
                pack.id
            ),
        ));
    };
    match layout::find(sheet, &labels, request.file)? {
        Some(layout) => Ok(Opened::Table(labels, layout)),
        None if edition::years(&sheet.name).contains(&edition.0)
            || request.sheets.contains(&sheet.name) =>
        {
            Err(no_table(&labels, request, sheet))
        }
        None => Ok(Opened::Skipped(
            "no values where units and nodes of the index meet".to_owned(),
        )),
    }
}

/// A sheet whose edition nothing tells: skipped where it holds no unit, refused where it does.
fn without_edition<'a, 'p>(
    pack: &'p Pack,
    units: Option<&'p UnitList>,
    rules: &'p Rules,
    request: &Request<'_>,
    sheet: &Sheet,
) -> Result<Opened<'a, 'p>, Box<Problem>> {
    let latest = pack.editions().last().copied();
    let labels = latest.and_then(|latest| Labels::new(pack, units, rules, latest));
    let mut words = sheet.rows.iter().flatten().filter_map(Cell::word);
    if labels.is_some_and(|labels| words.any(|word| labels.unit(&word).is_some())) {
        return Err(request.fault(
            format!(
                "nothing that says of which edition the sheet `{}` is",
                sheet.name
            ),
            "the year in the name of the sheet or file, or --edition YEAR",
        ));
    }
    Ok(Opened::Skipped("names no unit of the index".to_owned()))
}

fn no_table(labels: &Labels<'_>, request: &Request<'_>, sheet: &Sheet) -> Box<Problem> {
    let words = || sheet.rows.iter().flatten().filter_map(Cell::word);
    let units = words().filter(|word| labels.unit(word).is_some()).count();
    let nodes = words()
        .filter(|word| !labels.nodes(word).is_empty())
        .count();
    let found = format!(
        "{units} labels of units and {nodes} of nodes in the sheet `{}`, but no values where they meet",
        sheet.name
    );
    let expected = format!(
        "units in rows and nodes in columns, or the reverse, by the codes or names of version {}; other labels as [[alias]] or [[unit_alias]] in import.toml",
        labels.version.id
    );
    request.fault(found, expected)
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

/// The values of all tables: by edition, unit and place in the tree.
fn observations(tables: &[Table]) -> Observations {
    let codes: BTreeMap<&str, ()> = tables
        .iter()
        .flat_map(|table| &table.values)
        .map(|value| (value.unit.as_str(), ()))
        .collect();
    let places: BTreeMap<&str, usize> = codes
        .keys()
        .enumerate()
        .map(|(place, code)| (*code, place))
        .collect();
    let mut rows: Vec<Observation> = tables
        .iter()
        .flat_map(|table| table.values.iter().map(|value| (table.edition, value)))
        .filter_map(|(edition, printed)| {
            let unit = *places.get(printed.unit.as_str())?;
            let value = Value::Number(printed.value);
            Some(Observation {
                edition,
                unit,
                node: printed.node,
                value,
                standard_error: None,
                count: None,
            })
        })
        .collect();
    rows.sort_by_key(|row| (row.edition, row.unit, row.node));
    Observations {
        units: codes.keys().map(|code| Arc::from(*code)).collect(),
        rows,
        ..Observations::default()
    }
}

/// Writes observations as `edition,unit,node,value`, the form in which they are read for scoring:
/// values with all their digits, a missing one empty.
///
/// # Errors
/// When it cannot be written.
pub fn write_csv(pack: &Pack, observations: &Observations, out: impl io::Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["edition", "unit", "node", "value"])?;
    for row in observations.rows() {
        let Some(version) = pack.version_of(row.edition) else {
            continue;
        };
        let value = match row.value {
            Value::Number(number) => number.to_string(),
            Value::Missing | Value::NotApplicable => String::new(),
        };
        let edition = row.edition.to_string();
        let node = &version.tree.node(row.node).code;
        writer.write_record([
            edition.as_str(),
            &observations.units()[row.unit],
            node,
            &value,
        ])?;
    }
    writer.flush()
}
