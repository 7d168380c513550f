//! Columns of a small table as texts and numbers.

use std::path::Path;

use anyhow::{Context, Result, bail};
use arrow_array::{Array, RecordBatch};
use chiso_survey::key::{Codes, Key};
use chiso_survey::sums::{ColumnError, numbers};
use chiso_tables::{OpenOptions, Table};

/// Rows read at a time.
const BATCH_ROWS: usize = 65_536;

/// An open table.
pub(super) struct Columns {
    pub table: Table,
}

impl Columns {
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Columns> {
        let options = OpenOptions {
            sheet: sheet.map(str::to_owned),
            ..OpenOptions::default()
        };
        Ok(Columns {
            table: Table::open(path, &options)?,
        })
    }

    fn shown(&self) -> String {
        self.table.path().display().to_string()
    }

    fn place(&self, name: &str) -> Result<usize> {
        self.table.column(name).with_context(|| {
            let fields = self.table.schema().fields();
            let known: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            format!(
                "{}: found the columns {}; expected also {name}",
                self.shown(),
                known.join(", ")
            )
        })
    }

    fn batches(&self, name: &str) -> Result<Vec<RecordBatch>> {
        let place = self.place(name)?;
        let mut all = Vec::new();
        for part in 0..self.table.parts() {
            for batch in self.table.read_part(part, &[place], BATCH_ROWS)? {
                all.push(batch?);
            }
        }
        Ok(all)
    }

    /// The values of a column.
    pub fn keys(&self, name: &str) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        for batch in self.batches(name)? {
            let codes = Codes::of(&**batch.column(0))
                .with_context(|| format!("{}, column {name}", self.shown()))?;
            keys.extend((0..batch.num_rows()).map(|row| codes.value(row).clone()));
        }
        Ok(keys)
    }

    /// The numbers of a column; none where it has no value.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let mut all: Vec<Option<f64>> = Vec::new();
        for batch in self.batches(name)? {
            let column = numbers(&**batch.column(0)).map_err(|fault| match fault {
                ColumnError::NotFinite { row, found } => anyhow::anyhow!(
                    "{}, row {}: found {name} {found}; expected a finite number",
                    self.shown(),
                    all.len() + row + 1
                ),
                other => anyhow::anyhow!("{}, column {name}: {other}", self.shown()),
            })?;
            let value = |row: usize| column.is_valid(row).then(|| column.value(row));
            all.extend((0..column.len()).map(value));
        }
        Ok(all)
    }

    /// Whether a column is true (or 1); where it has no value, it is not.
    pub fn flags(&self, name: &str) -> Result<Vec<bool>> {
        let keys = self.keys(name)?;
        let mut flags = Vec::with_capacity(keys.len());
        for (row, key) in keys.iter().enumerate() {
            flags.push(match key {
                Key::Null | Key::Integer(0) => false,
                Key::Integer(1) => true,
                other => bail!(
                    "{}, row {}: found {name} `{other}`; expected 1 or 0, true or false",
                    self.shown(),
                    row + 1
                ),
            });
        }
        Ok(flags)
    }
}
