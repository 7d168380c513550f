//! The files that a specification names: answers and known totals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_survey::plan::{Known, KnownTotals};
use chiso_survey::specification::{Margin, Specification, Totals};
use chiso_tables::{OpenOptions, Table};

/// A specification and its open files.
pub struct Inputs {
    /// The specification.
    pub specification: Specification,
    /// Its file as named, for messages.
    pub shown: String,
    /// Its text's digest.
    pub digest: String,
    /// The tables of answers, which have the same columns.
    pub tables: Vec<Table>,
    /// The totals of each margin of the calibration.
    pub known: Vec<KnownTotals>,
}

impl Inputs {
    /// Reads a specification and opens its files; `data`, if any, stand in place of those it
    /// names. Relative paths are from the specification's folder.
    ///
    /// # Errors
    /// What is wrong with the specification or a file.
    pub fn open(path: &Path, data: &[PathBuf]) -> Result<Inputs> {
        let shown = path.display().to_string();
        let text = std::fs::read(path).with_context(|| format!("{shown}: cannot be read"))?;
        let digest = crate::provenance::digest(&text);
        let Ok(text) = String::from_utf8(text) else {
            bail!("{shown}: found bytes that are not UTF-8; expected text saved as UTF-8");
        };
        let specification = Specification::parse(&shown, &text)?;
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        let files: Vec<PathBuf> = if data.is_empty() {
            specification
                .data
                .iter()
                .map(|name| folder.join(name))
                .collect()
        } else {
            data.to_vec()
        };
        if files.is_empty() {
            bail!("{shown}: found no data; expected data = \"FILE\", or --data FILE");
        }
        let options = OpenOptions {
            text_as_dictionary: false,
            ..OpenOptions::default()
        };
        let tables = files
            .iter()
            .map(|file| Ok(Table::open(file, &options)?))
            .collect::<Result<Vec<_>>>()?;
        same_columns(&tables)?;
        let margins = specification
            .calibration
            .as_ref()
            .map(|c| &c.margins[..])
            .unwrap_or(&[]);
        let known = margins
            .iter()
            .map(|margin| known_totals(margin, &shown, &folder))
            .collect::<Result<_>>()?;
        Ok(Inputs {
            specification,
            shown,
            digest,
            tables,
            known,
        })
    }

    /// Rows of all tables, where every one knows.
    pub fn rows(&self) -> Option<u64> {
        self.tables.iter().map(Table::row_count).sum()
    }
}

/// Tables that are read as one must have the same columns.
fn same_columns(tables: &[Table]) -> Result<()> {
    let Some((first, others)) = tables.split_first() else {
        return Ok(());
    };
    for table in others {
        let pairs = first.schema().fields().iter().zip(table.schema().fields());
        for (expected, found) in pairs {
            if expected.name() != found.name() || expected.data_type() != found.data_type() {
                bail!(
                    "{}: found column {} of type {}; expected {} of type {}, as in {}",
                    table.path().display(),
                    found.name(),
                    found.data_type(),
                    expected.name(),
                    expected.data_type(),
                    first.path().display(),
                );
            }
        }
        let (expected, found) = (first.schema().fields().len(), table.schema().fields().len());
        if expected != found {
            bail!(
                "{}: found {found} columns; expected {expected}, as in {}",
                table.path().display(),
                first.path().display()
            );
        }
    }
    Ok(())
}

fn known_totals(margin: &Margin, specification: &str, folder: &Path) -> Result<KnownTotals> {
    let cells = match &margin.totals {
        Totals::Rows(rows) => rows
            .iter()
            .map(|(values, count)| Known {
                values: values.clone(),
                count: *count,
            })
            .collect(),
        Totals::File(name) => read_totals(&folder.join(name), &margin.by)
            .with_context(|| format!("{specification}:{}: totals", margin.line))?,
    };
    Ok(KnownTotals {
        by: margin.by.clone(),
        cells,
    })
}

/// A CSV with the columns of `by` and `count`, in any order.
fn read_totals(path: &Path, by: &[String]) -> Result<Vec<Known>> {
    let shown = path.display();
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("{shown}: cannot be read"))?;
    let header: BTreeMap<String, usize> = reader
        .headers()
        .with_context(|| format!("{shown}:1"))?
        .iter()
        .enumerate()
        .map(|(place, name)| (name.trim_start_matches('\u{feff}').to_owned(), place))
        .collect();
    let place = |name: &str| {
        header.get(name).copied().with_context(|| {
            let found: Vec<&str> = header.keys().map(String::as_str).collect();
            format!(
                "{shown}:1: found the columns {}; expected also {name}",
                found.join(", ")
            )
        })
    };
    let places = by
        .iter()
        .map(|name| place(name))
        .collect::<Result<Vec<_>>>()?;
    let count_place = place("count")?;
    let mut cells = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{shown}: a row that cannot be read"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let count = record[count_place].trim();
        let count: f64 = count
            .parse()
            .ok()
            .filter(|c: &f64| c.is_finite())
            .with_context(|| {
                format!("{shown}:{line}: found count `{count}`; expected a finite number")
            })?;
        let values = places
            .iter()
            .map(|place| record[*place].trim().to_owned())
            .collect();
        cells.push(Known { values, count });
    }
    Ok(cells)
}
