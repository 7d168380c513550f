//! `chiso import coinr` and `chiso import coin-tool`: files into the tables that become an index.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use chiso_index::Problem;
use chiso_index::import::coinr::{Table, coin_tool_tables};

use super::IndexArguments;
use crate::sheets;

/// Arguments of `chiso import coinr`.
#[derive(clap::Args)]
pub struct CoinrArguments {
    /// iData: a row for each unit (and `Time`), a column for each indicator; .csv, or a workbook
    /// with a sheet iData.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// iMeta: a row for each indicator, aggregate, denominator and group; .csv, or a workbook with a
    /// sheet iMeta.
    #[arg(long, value_name = "FILE")]
    meta: PathBuf,
    #[command(flatten)]
    index: IndexArguments,
}

/// Arguments of `chiso import coin-tool`.
#[derive(clap::Args)]
pub struct CoinToolArguments {
    /// The workbook, with the sheets Database and Framework; it states no year, so --edition does.
    #[arg(long, value_name = "WORKBOOK")]
    data: PathBuf,
    #[command(flatten)]
    index: IndexArguments,
}

/// Imports iData and iMeta.
///
/// # Errors
/// What is wrong with the tables.
pub fn tables(arguments: &CoinrArguments) -> Result<()> {
    let data = table(&arguments.data, "iData")?;
    let meta = table(&arguments.meta, "iMeta")?;
    super::index(&arguments.index, &data, &meta)
}

/// Imports a workbook of the COIN Tool.
///
/// # Errors
/// What is wrong with the workbook.
pub fn workbook(arguments: &CoinToolArguments) -> Result<()> {
    let path = &arguments.data;
    let shown = path.display().to_string();
    if ending(path) == "csv" {
        bail!("{shown}: found a table in CSV; expected the workbook of the COIN Tool");
    }
    if arguments.index.edition.is_none() {
        bail!("{shown}: found no edition, as this workbook states none; expected --edition YEAR");
    }
    let sheets = sheets::read_where(path, &|name| name == "Database" || name == "Framework")?;
    let (data, meta) = coin_tool_tables(&shown, &sheets).map_err(|problems| told(&problems))?;
    super::index(&arguments.index, &data, &meta)
}

/// Problems as one error, a line each.
pub fn told(problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    anyhow::anyhow!("{}", lines.join("\n"))
}

fn ending(path: &Path) -> String {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.unwrap_or_default().to_lowercase()
}

/// A table in CSV, or the sheet of a name, or the only sheet of a workbook.
fn table(path: &Path, name: &str) -> Result<Table> {
    let shown = path.display().to_string();
    let read = if ending(path) == "csv" {
        Table::from_csv(&shown, &sheets::bytes(path)?)
    } else {
        let sheets = sheets::read(path)?;
        let named = sheets.iter().find(|sheet| sheet.name == name);
        let only = || sheets.first().filter(|_| sheets.len() == 1);
        let Some(sheet) = named.or_else(only) else {
            let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            bail!(
                "{shown}: found the sheets {}; expected one named {name}",
                names.join(", ")
            );
        };
        Table::from_sheet(&shown, sheet)
    };
    read.map_err(|problem| told(&[*problem]))
}
