//! `chiso import PACK FILE`: a publisher's own workbook or table into observations.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_index::import::{self, Imported, Request, Rules, SheetReport, Skipped};
use chiso_index::{Edition, Pack, Problem, Value};
use clap::ValueEnum;
use serde::Serialize;

use crate::{files, sheets, whole_files};

/// Arguments of `chiso import PACK FILE`.
#[derive(clap::Args)]
pub struct TableArguments {
    /// The folder of a pack, or the id of one that travels with the program.
    pack: String,
    /// The publisher's file: .xlsx, .xls or .ods, or .csv in UTF-8.
    file: PathBuf,
    /// The edition of sheets whose names hold no year.
    #[arg(long, value_name = "YEAR")]
    edition: Option<i32>,
    /// Read only the sheet of this name; may be given more than once.
    #[arg(long, value_name = "NAME")]
    sheet: Vec<String>,
    /// The file to write; the standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The form of the output: csv for `chiso score`, json with the report in it.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Imports, writes the observations whole or not at all, and reports on the standard error.
///
/// # Errors
/// What is wrong with the pack or the file, and what to do about it.
pub fn run(arguments: &TableArguments) -> Result<()> {
    let pack = files::pack(&arguments.pack)?;
    let units = files::unit_list(&pack);
    let rules = rules(&arguments.pack, &pack)?;
    let sheets = sheets::read(&arguments.file)?;
    let shown = arguments.file.display().to_string();
    let request = Request {
        file: &shown,
        edition: arguments.edition.map(Edition),
        sheets: &arguments.sheet,
    };
    let imported = import::import(&pack, units, &rules, &request, &sheets)
        .map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let bytes = encoded(&pack, &imported, arguments.format)?;
    match &arguments.out {
        Some(path) => write(path, &bytes)?,
        None => std::io::stdout().lock().write_all(&bytes)?,
    }
    report(&imported);
    Ok(())
}

fn rules(place: &str, pack: &Pack) -> Result<Rules> {
    let (rules, problems) = Rules::read(&files::pack_files(place)?, pack, files::unit_list(pack));
    match rules {
        Some(rules) => Ok(rules),
        None => {
            let errors: Vec<String> = problems.iter().map(Problem::to_string).collect();
            bail!(
                "{place}: no usable rules for an import\n{}",
                errors.join("\n")
            )
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    index: &'a str,
    observations: Vec<Row<'a>>,
    sheets: &'a [SheetReport],
    skipped: &'a [Skipped],
}

#[derive(Serialize)]
struct Row<'a> {
    edition: i32,
    unit: &'a str,
    node: &'a str,
    value: Option<f64>,
}

fn encoded(pack: &Pack, imported: &Imported, format: Format) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        Format::Csv => import::write_csv(pack, &imported.observations, &mut bytes)?,
        Format::Json => {
            let document = Document {
                index: &pack.id,
                observations: rows(pack, imported),
                sheets: &imported.sheets,
                skipped: &imported.skipped,
            };
            serde_json::to_writer_pretty(&mut bytes, &document)?;
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

fn rows<'a>(pack: &'a Pack, imported: &'a Imported) -> Vec<Row<'a>> {
    let units = imported.observations.units();
    let row = |row: &chiso_index::observations::Observation| {
        let version = pack.version_of(row.edition)?;
        let value = match row.value {
            Value::Number(number) => Some(number),
            Value::Missing | Value::NotApplicable => None,
        };
        let node = version.tree.node(row.node).code.as_str();
        Some(Row {
            edition: row.edition.0,
            unit: &units[row.unit],
            node,
            value,
        })
    };
    imported
        .observations
        .rows()
        .iter()
        .filter_map(row)
        .collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{}: expected the name of a file", path.display()))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    whole_files::write(folder.unwrap_or(Path::new(".")), &[(name, bytes)])
}

fn report(imported: &Imported) {
    for sheet in &imported.sheets {
        eprint!("{sheet}");
    }
    for skipped in &imported.skipped {
        eprintln!("skipped {skipped}");
    }
}
