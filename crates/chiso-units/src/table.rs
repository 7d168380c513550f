//! The compiled-in tables and how they are read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::{Kind, KindPeriod, Name, Unit, UnitCode, UnitList};

const LISTS: &str = include_str!("../data/lists.csv");
const UNITS: &str = include_str!("../data/units.csv");
const MUNICIPALITIES: &str = include_str!("../data/municipalities.csv");
const SUCCESSORS: &str = include_str!("../data/successors.csv");

/// Why a table of units cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The text is not a table.
    #[error("table {table}: {source}")]
    Csv {
        /// Which table.
        table: &'static str,
        /// What the reader met.
        #[source]
        source: csv::Error,
    },
    /// A field does not hold what it should.
    #[error("table {table}, line {line}, column {column}: found {found:?}, expected {expected}")]
    Field {
        /// Which table.
        table: &'static str,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// The rows contradict one another.
    #[error("table {table}: {reason}")]
    Invalid {
        /// Which table.
        table: &'static str,
        /// How.
        reason: String,
    },
}

/// Everything that the crate ships.
pub(crate) struct Shipped {
    pub lists: Vec<UnitList>,
    pub successors: BTreeMap<UnitCode, UnitCode>,
    pub predecessors: BTreeMap<UnitCode, Vec<UnitCode>>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    // The text is part of the program and a test reads it, so no input can make this fail.
    read_shipped().expect("the compiled-in tables are well formed")
});

pub(crate) fn shipped() -> &'static Shipped {
    &SHIPPED
}

/// One row: the cells by the place of their column, and the line for messages.
struct Row {
    table: &'static str,
    line: u64,
    cells: csv::StringRecord,
}

impl Row {
    fn text(&self, place: usize) -> &str {
        self.cells.get(place).unwrap_or_default()
    }

    fn date(&self, place: usize, column: &'static str) -> Result<Option<Date>, TableError> {
        let text = self.text(place);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|_| self.wrong(place, column, "a date such as 2025-07-01"))
    }

    fn first_day(&self, place: usize, column: &'static str) -> Result<Date, TableError> {
        let missing = || self.wrong(place, column, "a date such as 2025-07-01");
        self.date(place, column)?.ok_or_else(missing)
    }

    fn wrong(&self, place: usize, column: &'static str, expected: &'static str) -> TableError {
        let found = self.text(place).to_owned();
        TableError::Field {
            table: self.table,
            line: self.line,
            column,
            found,
            expected,
        }
    }
}

fn rows(table: &'static str, text: &str) -> Result<Vec<Row>, TableError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let cells = record.map_err(|source| TableError::Csv { table, source })?;
        let line = cells.position().map_or(0, csv::Position::line);
        rows.push(Row { table, line, cells });
    }
    Ok(rows)
}

fn read_shipped() -> Result<Shipped, TableError> {
    let units = rows("units", UNITS)?;
    let municipalities = rows("municipalities", MUNICIPALITIES)?;
    let mut lists = Vec::new();
    for row in rows("lists", LISTS)? {
        lists.push(read_list(&row, &units, &municipalities)?);
    }
    let mut successors = BTreeMap::new();
    let mut predecessors: BTreeMap<UnitCode, Vec<UnitCode>> = BTreeMap::new();
    for row in rows("successors", SUCCESSORS)? {
        let (old, new) = (UnitCode::new(row.text(0)), UnitCode::new(row.text(1)));
        predecessors
            .entry(new.clone())
            .or_default()
            .push(old.clone());
        if successors.insert(old, new).is_some() {
            return Err(row.wrong(0, "old_code", "each old code once"));
        }
    }
    predecessors.values_mut().for_each(|members| members.sort());
    Ok(Shipped {
        lists,
        successors,
        predecessors,
    })
}

fn read_list(row: &Row, units: &[Row], cities: &[Row]) -> Result<UnitList, TableError> {
    let id = row.text(0);
    let life = Life {
        from: row.first_day(3, "valid_from")?,
        to: row.date(4, "valid_to")?,
    };
    let own = units.iter().filter(|unit| unit.text(0) == id);
    let units = own
        .map(|unit| read_unit(unit, life, cities))
        .collect::<Result<Vec<_>, _>>()?;
    let name = Name {
        vi: row.text(1).to_owned(),
        en: row.text(2).to_owned(),
    };
    UnitList::new(id, name, life.from, life.to, units)
}

/// The days from the first to the last of a list or a kind.
#[derive(Clone, Copy)]
struct Life {
    from: Date,
    to: Option<Date>,
}

fn read_unit(row: &Row, life: Life, cities: &[Row]) -> Result<Unit, TableError> {
    let (list, code) = (row.text(0), row.text(1));
    let aliases = row.text(4).split('|').filter(|alias| !alias.is_empty());
    let city = cities
        .iter()
        .find(|city| city.text(0) == list && city.text(1) == code);
    Ok(Unit {
        code: UnitCode::new(code),
        name: Name {
            vi: row.text(2).to_owned(),
            en: row.text(3).to_owned(),
        },
        aliases: aliases.map(str::to_owned).collect(),
        kinds: kinds(life, city)?,
        valid_from: life.from,
        valid_to: life.to,
    })
}

/// A unit is a province, save from the day on which it became a municipality.
fn kinds(life: Life, city: Option<&Row>) -> Result<Vec<KindPeriod>, TableError> {
    let period = |kind, valid_from, valid_to| KindPeriod {
        kind,
        valid_from,
        valid_to,
    };
    let Some(city) = city else {
        return Ok(vec![period(Kind::Province, life.from, life.to)]);
    };
    let (first, last) = (city.first_day(2, "valid_from")?, city.date(3, "valid_to")?);
    if first < life.from || last != life.to {
        return Err(city.wrong(2, "valid_from", "a time that ends with the list's"));
    }
    let mut kinds = Vec::new();
    if first > life.from {
        let eve = first.saturating_sub(1.day());
        kinds.push(period(Kind::Province, life.from, Some(eve)));
    }
    kinds.push(period(Kind::Municipality, first, last));
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_tables_are_well_formed_and_complete() {
        let shipped = read_shipped().unwrap();
        let sizes: Vec<_> = shipped
            .lists
            .iter()
            .map(|list| (list.id(), list.len()))
            .collect();
        assert_eq!(sizes, [("provinces-63", 63), ("provinces-34", 34)]);
        let in_a_list = |row: &Row| shipped.lists.iter().any(|list| list.id() == row.text(0));
        for (table, text) in [("units", UNITS), ("municipalities", MUNICIPALITIES)] {
            assert!(rows(table, text).unwrap().iter().all(in_a_list), "{table}");
        }
    }

    #[test]
    fn a_wrong_date_names_table_line_and_column() {
        let row = &rows("lists", "id,vi,en,from\nx,x,x,soon\n").unwrap()[0];
        let error = row.first_day(3, "valid_from").unwrap_err().to_string();
        assert_eq!(
            error,
            "table lists, line 2, column valid_from: found \"soon\", expected a date such as 2025-07-01"
        );
    }
}
