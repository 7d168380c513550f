//! What was read, as observations and as text.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use super::table::{Printed, Table};
use crate::observations::{Observation, Observations, Value};
use crate::pack::{Edition, Pack};

/// The values of all tables: by edition, unit and place in the tree.
pub(super) fn observations(tables: &[Table]) -> Observations {
    let values = || {
        tables
            .iter()
            .flat_map(|table| table.values.iter().map(|value| (table.edition, value)))
    };
    let codes: BTreeSet<&str> = values().map(|(_, value)| value.unit.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let row = |(edition, printed): (Edition, &Printed)| {
        Some(Observation {
            edition,
            unit: codes.binary_search(&printed.unit.as_str()).ok()?,
            node: printed.node,
            value: Value::Number(printed.value),
            standard_error: None,
            count: None,
        })
    };
    let mut rows: Vec<Observation> = values().filter_map(row).collect();
    rows.sort_by_key(|row| (row.edition, row.unit, row.node));
    let units = codes.iter().map(|code| Arc::from(*code)).collect();
    Observations {
        units,
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
