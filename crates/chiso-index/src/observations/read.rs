//! Observations from CSV: every row is understood, or the first that is not is named.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use chiso_units::UnitList;

use super::line_limit::{LONGEST_LINE_BYTES, LineFault, LineLimit};
use super::{Observation, Observations, Value};
use crate::pack::{Edition, NodeIndex, Pack};
use crate::problem::{Problem, quoted};

const COLUMNS: [&str; 8] = [
    "edition", "unit", "node", "value", "se", "n", "status", "source",
];
const REQUIRED: usize = 4;
/// A value printed with limited digits may stand this far outside its theoretical range.
const RANGE_TOLERANCE: f64 = 5e-6;

/// Reads observations of an index from CSV with the columns `edition,unit,node,value` and, if
/// wanted, `se,n,status,source`. `unit` is a code or a name of the list `units`; without a list any
/// code is taken.
///
/// # Errors
/// The first fault: its line, what was found, what was expected. Nothing is read in part.
pub fn read_csv(
    pack: &Pack,
    units: Option<&UnitList>,
    file: &str,
    input: impl Read,
) -> Result<Observations, Box<Problem>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(LineLimit::new(input));
    let result = read_rows(pack, units, file, &mut reader);
    // A line that is too long or cut off makes the parser complain of something else as well.
    match reader.get_ref().fault {
        Some(LineFault::TooLong(line)) => Err(Box::new(Problem::error(
            file,
            line,
            format!("a line of more than {LONGEST_LINE_BYTES} bytes"),
            "rows of a table: edition,unit,node,value",
        ))),
        Some(LineFault::Unfinished(line)) if result.is_ok() => Err(Box::new(Problem::error(
            file,
            line,
            "the end of the file inside a line: it may have been cut off",
            "a line break after the last row (add one if the file is whole)",
        ))),
        _ => result,
    }
}

fn read_rows<R: Read>(
    pack: &Pack,
    units: Option<&UnitList>,
    file: &str,
    reader: &mut csv::Reader<R>,
) -> Result<Observations, Box<Problem>> {
    let header = reader
        .byte_headers()
        .map_err(|error| csv_problem(file, &error))?
        .clone();
    let columns = columns(file, &header)?;
    let mut table = Table::new(pack, units, file, columns);
    let mut record = csv::ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| csv_problem(file, &error))?
    {
        table.row(&record)?;
    }
    if table.rows.is_empty() {
        return Err(Box::new(Problem::error(
            file,
            None,
            "no rows",
            "observations below the header",
        )));
    }
    table.rows.sort_by_key(|row| row.edition);
    Ok(Observations {
        units: table.codes,
        rows: table.rows,
        derived: None,
        derived_units: Vec::new(),
        derived_before: None,
    })
}

fn csv_problem(file: &str, error: &csv::Error) -> Box<Problem> {
    let line = error.position().map(csv::Position::line);
    let (found, expected) = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => (
            format!("{len} fields"),
            format!("{expected_len}, as in the header"),
        ),
        csv::ErrorKind::Io(error) => (
            format!("a file that cannot be read ({error})"),
            "a readable file".into(),
        ),
        _ => (
            format!("a row that cannot be read ({error})"),
            "CSV in UTF-8".into(),
        ),
    };
    Box::new(Problem::error(file, line, found, expected))
}

/// The place of each known column; `None` for optional ones that are not there.
type Columns = [Option<usize>; COLUMNS.len()];

fn columns(file: &str, header: &csv::ByteRecord) -> Result<Columns, Box<Problem>> {
    let fault =
        |found: String, expected: String| Box::new(Problem::error(file, 1, found, expected));
    let mut columns: Columns = [None; COLUMNS.len()];
    for (index, name) in header.iter().enumerate() {
        let name = if index == 0 {
            name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name)
        } else {
            name
        };
        let known = COLUMNS
            .iter()
            .position(|column| column.as_bytes() == name.trim_ascii());
        let shown = quoted(&String::from_utf8_lossy(name));
        match known {
            None if name.starts_with(b"\xff\xfe")
                || name.starts_with(b"\xfe\xff")
                || name.contains(&0) =>
            {
                return Err(fault("text in UTF-16".into(), "CSV saved as UTF-8".into()));
            }
            None if name.contains(&b';') || name.contains(&b'\t') => {
                return Err(fault(
                    format!("header {shown}"),
                    "columns separated by commas".into(),
                ));
            }
            None => {
                return Err(fault(
                    format!("column {shown}"),
                    format!("one of {}", COLUMNS.join(",")),
                ));
            }
            Some(known) if columns[known].is_some() => {
                return Err(fault(
                    format!("column {shown} twice"),
                    "each column once".into(),
                ));
            }
            Some(known) => columns[known] = Some(index),
        }
    }
    match (0..REQUIRED).find(|&column| columns[column].is_none()) {
        Some(column) => Err(fault(
            format!("no column `{}`", COLUMNS[column]),
            "at least edition,unit,node,value".into(),
        )),
        None => Ok(columns),
    }
}

/// Rows understood so far.
struct Table<'a> {
    pack: &'a Pack,
    list: Option<&'a UnitList>,
    file: &'a str,
    columns: Columns,
    codes: Vec<Arc<str>>,
    units: HashMap<Vec<u8>, usize>,
    nodes: HashMap<(usize, Vec<u8>), NodeIndex>,
    seen: HashMap<(Edition, usize, NodeIndex), u64>,
    rows: Vec<Observation>,
}

impl<'a> Table<'a> {
    fn new(pack: &'a Pack, list: Option<&'a UnitList>, file: &'a str, columns: Columns) -> Self {
        Table {
            pack,
            list,
            file,
            columns,
            codes: Vec::new(),
            units: HashMap::new(),
            nodes: HashMap::new(),
            seen: HashMap::new(),
            rows: Vec::new(),
        }
    }

    fn row(&mut self, record: &csv::ByteRecord) -> Result<(), Box<Problem>> {
        let line = record.position().map_or(0, csv::Position::line);
        let mut fields = [""; COLUMNS.len()];
        for (field, column) in fields.iter_mut().zip(self.columns) {
            let bytes = column
                .and_then(|index| record.get(index))
                .unwrap_or_default();
            *field = std::str::from_utf8(bytes)
                .map_err(|_| {
                    let found = format!(
                        "bytes that are not UTF-8 near {}",
                        quoted(&String::from_utf8_lossy(bytes))
                    );
                    self.fault(line, found, "CSV saved as UTF-8")
                })?
                .trim();
        }
        let [edition, unit, node, value, se, n, status, _source] = fields;
        let (edition, version) = self.edition(line, edition)?;
        let unit = self.unit(line, unit)?;
        let node = self.node(line, version, node)?;
        let value = self.value(line, version, node, value, status)?;
        let standard_error = self.non_negative(line, "se", se)?;
        let count = self.count(line, n)?;
        if let Some(first) = self.seen.insert((edition, unit, node), line) {
            let code = &self.pack.versions[version].tree.node(node).code;
            let found = format!(
                "edition {edition}, unit {}, node {} again (first on line {first})",
                self.codes[unit], code
            );
            return Err(self.fault(line, found, "each unit, node and edition once"));
        }
        self.rows.push(Observation {
            edition,
            unit,
            node,
            value,
            standard_error,
            count,
        });
        Ok(())
    }

    fn fault(
        &self,
        line: u64,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Box<Problem> {
        Box::new(Problem::error(self.file, line, found, expected))
    }

    fn edition(&self, line: u64, text: &str) -> Result<(Edition, usize), Box<Problem>> {
        let edition = text.parse().ok().map(Edition);
        let version = edition.and_then(|e| {
            self.pack
                .versions
                .iter()
                .position(|v| v.editions.contains(&e))
        });
        edition.zip(version).ok_or_else(|| {
            let editions = self.pack.editions();
            let span = editions
                .first()
                .zip(editions.last())
                .map_or(String::new(), |(a, b)| format!(", {a} to {b}"));
            self.fault(
                line,
                format!("edition {}", quoted(text)),
                format!("an edition of the pack {}{span}", self.pack.id),
            )
        })
    }

    fn unit(&mut self, line: u64, text: &str) -> Result<usize, Box<Problem>> {
        if let Some(&unit) = self.units.get(text.as_bytes()) {
            return Ok(unit);
        }
        let code: Arc<str> = match self.list {
            Some(list) => match list.find(text) {
                Ok(unit) => Arc::from(unit.code.as_str()),
                Err(error) => {
                    let found = format!("unit {} ({error})", quoted(text));
                    return Err(self.fault(
                        line,
                        found,
                        format!("a code or name of the list {}", list.id()),
                    ));
                }
            },
            None if text.is_empty() => {
                return Err(self.fault(line, "an empty unit", "the unit's code"));
            }
            None => Arc::from(text),
        };
        let unit = match self.codes.iter().position(|known| *known == code) {
            Some(unit) => unit,
            None => {
                self.codes.push(code);
                self.codes.len() - 1
            }
        };
        self.units.insert(text.as_bytes().to_vec(), unit);
        Ok(unit)
    }

    fn node(&mut self, line: u64, version: usize, text: &str) -> Result<NodeIndex, Box<Problem>> {
        let key = (version, text.as_bytes().to_vec());
        if let Some(&node) = self.nodes.get(&key) {
            return Ok(node);
        }
        let definition = &self.pack.versions[version];
        let Some(node) = definition.tree.find(text) else {
            let found = format!("node {}", quoted(text));
            return Err(self.fault(
                line,
                found,
                format!("a node of version {} of {}", definition.id, self.pack.id),
            ));
        };
        if !definition.tree.is_leaf(node) {
            let found = format!("node {}, which is computed from its parts", quoted(text));
            return Err(self.fault(line, found, "a node without parts"));
        }
        self.nodes.insert(key, node);
        Ok(node)
    }

    fn value(
        &self,
        line: u64,
        version: usize,
        node: NodeIndex,
        text: &str,
        status: &str,
    ) -> Result<Value, Box<Problem>> {
        match (status, text) {
            ("" | "missing", "") => return Ok(Value::Missing),
            ("not_applicable", "") => return Ok(Value::NotApplicable),
            ("", _) => {}
            ("missing" | "not_applicable", _) => {
                let found = format!("value {} with status `{status}`", quoted(text));
                return Err(self.fault(line, found, "an empty value"));
            }
            _ => {
                let found = format!("status {}", quoted(status));
                return Err(self.fault(line, found, "empty, `missing` or `not_applicable`"));
            }
        }
        let number = text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .ok_or_else(|| {
                self.fault(
                    line,
                    format!("value {}", quoted(text)),
                    "a finite number with a decimal point, or nothing",
                )
            })?;
        let node = self.pack.versions[version].tree.node(node);
        match node.range {
            Some(range)
                if number < range.min - RANGE_TOLERANCE || number > range.max + RANGE_TOLERANCE =>
            {
                let found = format!("value {number} of node {}", quoted(&node.code));
                Err(self.fault(line, found, format!("{} to {}", range.min, range.max)))
            }
            _ => Ok(Value::Number(number)),
        }
    }

    fn non_negative(
        &self,
        line: u64,
        column: &str,
        text: &str,
    ) -> Result<Option<f64>, Box<Problem>> {
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
            _ => Err(self.fault(
                line,
                format!("{column} {}", quoted(text)),
                "a finite number of 0 or more, or nothing",
            )),
        }
    }

    fn count(&self, line: u64, text: &str) -> Result<Option<u64>, Box<Problem>> {
        if text.is_empty() {
            return Ok(None);
        }
        let fault = || {
            self.fault(
                line,
                format!("n {}", quoted(text)),
                "a whole number, or nothing",
            )
        };
        text.parse().map(Some).map_err(|_| fault())
    }
}
