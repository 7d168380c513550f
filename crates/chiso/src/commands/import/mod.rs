//! `chiso import`: what others have, in Chiso's form.

mod coinr;
mod recipe;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use chiso_index::Edition;
use chiso_index::import::coinr::{Converted, Request, Table, convert};

use crate::whole_files;

/// Arguments of `chiso import`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    from: Option<From>,
    #[command(flatten)]
    table: Option<table::TableArguments>,
}

#[derive(clap::Subcommand)]
enum From {
    /// Make a pack, observations and context of COINr's tables iData and iMeta.
    Coinr(coinr::CoinrArguments),
    /// Make a pack, observations and context of a workbook of the JRC COIN Tool.
    CoinTool(coinr::CoinToolArguments),
}

/// What any import of a whole index is told.
#[derive(clap::Args)]
struct IndexArguments {
    /// The folder to write to: ID/index.toml, ID/VERSION/nodes.csv, observations.csv and context.csv.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The id of the pack; by default the root's code in lower case.
    #[arg(long)]
    id: Option<String>,
    /// The edition of a table that does not state years.
    #[arg(long, value_name = "YEAR")]
    edition: Option<i32>,
    /// What kind of units is measured: province, commune, agency or another word.
    #[arg(long, value_name = "LEVEL", default_value = "unit")]
    unit_level: String,
    /// A file of [[version.step]] tables that take the place of the usual recipe (min-max, weighted
    /// mean), or `coinr-example`, the recipe of COINr's example.
    #[arg(long, value_name = "FILE")]
    recipe: Option<String>,
    /// Leave the denominators that iMeta names out of the recipe.
    #[arg(long)]
    no_denominators: bool,
    /// Write over a pack of the same id that is there.
    #[arg(long)]
    replace: bool,
}

/// Imports, writes all files or none, and reports on the standard error.
///
/// # Errors
/// What is wrong with the input, and what to do about it.
pub fn run(arguments: &Arguments) -> Result<()> {
    match (&arguments.from, &arguments.table) {
        (Some(From::Coinr(arguments)), _) => coinr::tables(arguments),
        (Some(From::CoinTool(arguments)), _) => coinr::workbook(arguments),
        (None, Some(table)) => table::run(table),
        (None, None) => bail!("found nothing to import; expected PACK FILE, or coinr or coin-tool"),
    }
}

/// Converts the tables of an index and writes what comes of them.
fn index(arguments: &IndexArguments, data: &Table, meta: &Table) -> Result<()> {
    let recipe = arguments.recipe.as_deref().map(recipe::read).transpose()?;
    let request = Request {
        id: arguments.id.as_deref(),
        edition: arguments.edition.map(Edition),
        unit_level: &arguments.unit_level,
        denominate: !arguments.no_denominators,
        steps: recipe
            .as_ref()
            .map(|(name, text)| (name.as_str(), text.as_str())),
    };
    let converted = convert(data, meta, &request).map_err(|problems| coinr::told(&problems))?;
    write(arguments, &converted)?;
    eprint!("{}", converted.report);
    println!("{}", arguments.out.join(&converted.id).display());
    Ok(())
}

fn write(arguments: &IndexArguments, converted: &Converted) -> Result<()> {
    let folder: &Path = &arguments.out;
    let of_pack = converted
        .pack
        .iter()
        .map(|(path, text)| (format!("{}/{path}", converted.id), text));
    let beside = [("observations.csv".to_owned(), &converted.observations)];
    let context = converted
        .context
        .iter()
        .map(|text| ("context.csv".to_owned(), text));
    let files: Vec<(String, &String)> = of_pack.chain(beside).chain(context).collect();
    let there = files
        .iter()
        .map(|(name, _)| folder.join(name))
        .find(|place| place.exists());
    if let Some(place) = there.filter(|_| !arguments.replace) {
        bail!(
            "{}: found a file of this name already; expected none, another --out or --id, or --replace",
            place.display()
        );
    }
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    whole_files::write(folder, &files)
}
