//! Rows of iData: a unit in an edition, its values and what is known of it beside them.

use std::collections::{HashMap, HashSet};

use super::entries::{Entry, Kind};
use super::table::{Number, Row, Table};
use crate::pack::Edition;
use crate::problem::{Problem, quoted};

/// The columns of iData that iMeta does not describe.
const SPECIAL: [&str; 3] = ["uCode", "uName", "Time"];
/// A table that is wrong throughout is told of by its first faults.
const MOST_FAULTS: usize = 20;

/// What iData holds, once it has been found sound.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    /// The edition of each row.
    pub editions: Vec<Edition>,
    /// Where the codes of units stand.
    pub unit: usize,
    /// Where the names of units stand.
    pub name: Option<usize>,
    /// By entry: where its values stand; none for aggregates.
    pub columns: Vec<Option<usize>>,
    /// Columns of aggregates, which are computed instead.
    pub computed: Vec<String>,
}

/// Reads iData by the entries of iMeta; `edition` is that of a table without `Time`.
pub(super) fn read(
    data: &Table,
    entries: &[Entry],
    edition: Option<Edition>,
) -> Result<Figures, Vec<Problem>> {
    let mut reader = Reader {
        data,
        problems: Vec::new(),
    };
    let (unit, columns, computed) = reader.columns(entries);
    let time = data.column("Time");
    if let Some(problem) = edition_fault(data, time, edition) {
        reader.problems.push(problem);
    }
    let Some(unit) = unit.filter(|_| reader.problems.is_empty()) else {
        return Err(reader.problems);
    };
    let editions = data.rows.iter().map(|row| match time {
        Some(time) => reader.edition(row, time),
        None => edition.unwrap_or(Edition(0)),
    });
    let editions: Vec<Edition> = editions.collect();
    reader.units(unit, &editions);
    reader.numbers(entries, &columns);
    if data.rows.is_empty() {
        reader
            .problems
            .push(data.file_fault("no rows", "a row for each unit"));
    }
    let more = reader.problems.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        reader.problems.truncate(MOST_FAULTS);
        let found = format!("{more} more faults like these");
        reader
            .problems
            .push(data.file_fault(found, "a table as iMeta describes it"));
    }
    let name = data.column("uName");
    match reader.problems.is_empty() {
        true => Ok(Figures {
            editions,
            unit,
            name,
            columns,
            computed,
        }),
        false => Err(reader.problems),
    }
}

fn edition_fault(data: &Table, time: Option<usize>, edition: Option<Edition>) -> Option<Problem> {
    match (time, edition) {
        (None, None) => Some(data.file_fault(
            "no column Time and no edition",
            "the year of each row in a column Time, or --edition YEAR for all",
        )),
        (Some(_), Some(edition)) => Some(data.file_fault(
            format!("a column Time beside --edition {edition}"),
            "only one of them",
        )),
        _ => None,
    }
}

struct Reader<'a> {
    data: &'a Table,
    problems: Vec<Problem>,
}

type Columns = (Option<usize>, Vec<Option<usize>>, Vec<String>);

impl Reader<'_> {
    fn fault(&mut self, row: &Row, found: String, expected: &str) {
        self.problems.push(self.data.fault(row, found, expected));
    }

    fn header_fault(&mut self, found: String, expected: &str) {
        let line = self.data.rows.first().and_then(|row| row.line).map(|_| 1);
        let problem = Problem::error(&self.data.file, line, found, expected);
        self.problems.push(problem);
    }

    /// The columns of units and entries; each column but the special ones is an entry's, and the
    /// reverse.
    fn columns(&mut self, entries: &[Entry]) -> Columns {
        let unit = self.data.column("uCode");
        if unit.is_none() {
            self.header_fault(
                "no column uCode".to_owned(),
                "the codes of the units in a column uCode",
            );
        }
        let known: HashMap<&str, Kind> = entries
            .iter()
            .map(|entry| (entry.code.as_str(), entry.kind))
            .collect();
        let mut computed = Vec::new();
        for name in &self.data.header {
            if name.is_empty() || SPECIAL.contains(&name.as_str()) {
                continue;
            }
            match known.get(name.as_str()) {
                None => self.header_fault(
                    format!("column {} that iMeta does not describe", quoted(name)),
                    "uCode, uName, Time or an iCode of iMeta",
                ),
                Some(Kind::Aggregate) => computed.push(name.clone()),
                Some(_) => (),
            }
        }
        let mut columns = Vec::with_capacity(entries.len());
        for entry in entries {
            let column = self
                .data
                .column(&entry.code)
                .filter(|_| entry.kind != Kind::Aggregate);
            if column.is_none() && entry.kind != Kind::Aggregate {
                let found = format!("no column {}", quoted(&entry.code));
                self.header_fault(
                    found,
                    "a column for each iCode that is not of Type Aggregate",
                );
            }
            columns.push(column);
        }
        (unit, columns, computed)
    }

    fn edition(&mut self, row: &Row, time: usize) -> Edition {
        let year = match self.data.number(row, Some(time)) {
            Number::Is(year) if year.fract() == 0.0 && year.abs() < f64::from(i32::MAX) => {
                Some(year)
            }
            _ => None,
        };
        if year.is_none() {
            let found = format!("Time {}", quoted(&row.cells[time]));
            self.fault(row, found, "a year, as a whole number");
        }
        Edition(year.unwrap_or(0.0) as i32)
    }

    /// Units have codes, which are not those of columns, and stand once in an edition.
    fn units(&mut self, unit: usize, editions: &[Edition]) {
        let data = self.data;
        let columns: HashSet<&str> = data.header.iter().map(String::as_str).collect();
        let mut first: HashMap<(&str, Edition), &Row> = HashMap::new();
        for (row, &edition) in data.rows.iter().zip(editions) {
            // `NA` is the code of Namibia, too.
            let code = &row.cells[unit];
            if code.is_empty() {
                self.fault(row, "no uCode".to_owned(), "the code of a unit");
            } else if columns.contains(code) {
                let found = format!("uCode {} that is the name of a column, too", quoted(code));
                self.fault(row, found, "units in rows, with codes of their own");
            } else if let Some(before) = first.insert((code, edition), row) {
                let place = Table::place(before);
                let found = format!(
                    "unit {} again in edition {edition} (first on {place})",
                    quoted(code)
                );
                self.fault(row, found, "each unit once in an edition");
            }
        }
    }

    /// Indicators and denominators are numbers.
    fn numbers(&mut self, entries: &[Entry], columns: &[Option<usize>]) {
        let data = self.data;
        let numeric = |kind| matches!(kind, Kind::Indicator | Kind::Denominator);
        let columns: Vec<(&Entry, usize)> = entries
            .iter()
            .zip(columns)
            .filter(|(entry, _)| numeric(entry.kind))
            .filter_map(|(entry, column)| Some((entry, (*column)?)))
            .collect();
        for row in &data.rows {
            for (entry, column) in &columns {
                if data.number(row, Some(*column)) == Number::Wrong {
                    let found = format!(
                        "{} in column {}",
                        quoted(&row.cells[*column]),
                        quoted(&entry.code)
                    );
                    self.fault(
                        row,
                        found,
                        "a finite number in digits with a point, or NA or nothing",
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::entries;
    use super::*;

    const META: &[u8] = b"Level,iCode,Parent,Type,Direction,Weight\n\
        1,a,I,Indicator,1,1\n1,b,I,Indicator,1,1\n2,I,,Aggregate,1,1\n\
        ,g,,Group,,\n,d,,Denominator,,\n";

    fn figures(data: &str, edition: Option<i32>) -> Result<Figures, Vec<String>> {
        let meta = Table::from_csv("iMeta.csv", META).unwrap();
        let entries = entries::read(&meta).unwrap();
        let data = Table::from_csv("iData.csv", data.as_bytes()).unwrap();
        read(&data, &entries, edition.map(Edition))
            .map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }

    #[test]
    fn a_panel_has_an_edition_in_each_row_and_a_table_without_time_the_given_one() {
        let panel = figures(
            "uCode,Time,a,b,g,d\nNA,2020,1,NA,x,1\nNA,2021,1e3,2,NA,\n",
            None,
        )
        .unwrap();
        assert_eq!(panel.editions, [Edition(2020), Edition(2021)]);
        let one = figures("uCode,a,b,g,d,I\nX,1,2,x,1,9\n", Some(2019)).unwrap();
        assert_eq!(one.editions, [Edition(2019)]);
        assert_eq!(one.computed, ["I"]);
    }

    #[test]
    fn every_fault_names_its_line_and_column() {
        let cases = [
            (
                "a,b,g,d\n1,2,x,1\n",
                "iData.csv:1: error: found no column uCode",
            ),
            (
                "uCode,a,b,g\nX,1,2,x\n",
                "iData.csv:1: error: found no column `d`",
            ),
            (
                "uCode,a,b,g,d,z\nX,1,2,x,1,1\n",
                "iData.csv:1: error: found column `z` that iMeta does not describe",
            ),
            (
                "uCode,a,b,g,d\nX,1,2,x,1\nX,1,2,x,1\n",
                "iData.csv:3: error: found unit `X` again in edition 2020 (first on line 2)",
            ),
            (
                "uCode,a,b,g,d\n,1,2,x,1\n",
                "iData.csv:2: error: found no uCode",
            ),
            (
                "uCode,a,b,g,d\na,1,2,x,1\n",
                "iData.csv:2: error: found uCode `a` that is the name of a column",
            ),
            (
                "uCode,a,b,g,d\nX,1,two,x,1\n",
                "iData.csv:2: error: found `two` in column `b`; expected a finite number",
            ),
            (
                "uCode,a,b,g,d\nX,1,Inf,x,1\n",
                "iData.csv:2: error: found `Inf` in column `b`",
            ),
            (
                "uCode,a,b,g,d\nX,1,2,x,many\n",
                "iData.csv:2: error: found `many` in column `d`",
            ),
            ("uCode,a,b,g,d\n", "iData.csv: error: found no rows"),
        ];
        for (data, start) in cases {
            let messages = figures(data, Some(2020)).unwrap_err();
            assert_eq!(messages.len(), 1, "{messages:#?}");
            assert!(messages[0].starts_with(start), "{messages:#?}");
        }
    }

    #[test]
    fn the_edition_must_be_known_once_and_be_a_year() {
        let messages = |data: &str, edition| figures(data, edition).unwrap_err();
        assert!(
            messages("uCode,a,b,g,d\nX,1,2,x,1\n", None)[0]
                .contains("no column Time and no edition")
        );
        let timed = "uCode,Time,a,b,g,d\nX,2020.5,1,2,x,1\n";
        assert!(messages(timed, Some(2020))[0].contains("only one of them"));
        assert!(messages(timed, None)[0].starts_with("iData.csv:2: error: found Time `2020.5`"));
    }

    #[test]
    fn many_faults_are_told_of_by_the_first_and_their_number() {
        let rows = "X,one,two,x,1\n".repeat(30);
        let messages = figures(&format!("uCode,a,b,g,d\n{rows}"), Some(2020)).unwrap_err();
        assert_eq!(messages.len(), MOST_FAULTS + 1);
        assert!(
            messages[MOST_FAULTS].contains("69 more faults"),
            "{messages:#?}"
        );
    }
}
