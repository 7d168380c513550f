//! `chiso explain`: why a unit's total and rank changed, and what it would take to rise.

mod csv;
mod json;
mod layout;
mod losses_text;
mod reasons;
mod target_text;
mod text;

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use chiso_explain::{Attention, Change, ExplainError, Goal, Loss, Target};
use chiso_index::{Edition, Panel, Scored, Text};
use chiso_units::UnitList;
use clap::ValueEnum;

use crate::files;

/// Arguments of `chiso explain`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of a pack, or the id of one that travels with the program.
    pack: String,
    /// The earlier edition; the one before --to if left out.
    #[arg(long, value_name = "EDITION")]
    from: Option<i32>,
    /// The later edition; the latest if left out.
    #[arg(long, value_name = "EDITION")]
    to: Option<i32>,
    /// The unit: its name with or without diacritics, or its code.
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    unit: Option<String>,
    /// Every unit.
    #[arg(long)]
    all: bool,
    /// Observations: CSV with the columns edition,unit,node,value; the shipped figures if left out.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// What it would take in the later edition to reach this: rank=5 or group=2. As CSV, the ways
    /// to the goal are then printed instead of the change.
    #[arg(long, value_name = "GOAL")]
    target: Option<TargetGoal>,
    /// The language of names and words.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// A language of the output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    En,
    Vi,
}

impl Language {
    fn of(self, text: &Text) -> &str {
        self.either(&text.en, &text.vi)
    }

    fn either<'a>(self, en: &'a str, vi: &'a str) -> &'a str {
        match self {
            Language::En => en,
            Language::Vi => vi,
        }
    }
}

#[derive(Clone, Copy)]
struct TargetGoal(Goal);

impl FromStr for TargetGoal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let goal = match text.split_once('=') {
            Some(("rank", number)) => number.parse().ok().map(Goal::Rank),
            Some(("group", number)) => number.parse().ok().map(Goal::Group),
            _ => None,
        };
        goal.map(TargetGoal)
            .ok_or_else(|| format!("found {text:?}; expected rank=N or group=N"))
    }
}

/// What is printed.
struct Report<'a> {
    panel: &'a Panel,
    list: Option<&'static UnitList>,
    language: Language,
    first: &'a Scored,
    second: &'a Scored,
    goal: Option<Goal>,
    units: Vec<(String, Result<Explained, ExplainError>)>,
}

/// What is said of one unit.
struct Explained {
    change: Change,
    losses: Vec<Loss>,
    attention: Vec<Attention>,
    target: Option<Target>,
}

impl Report<'_> {
    fn unit_name(&self, code: &str) -> String {
        let unit = self.list.and_then(|list| list.get(code));
        unit.map_or(code, |unit| {
            self.language.either(&unit.name.en, &unit.name.vi)
        })
        .to_owned()
    }

    /// The width of a column of codes.
    fn code_width(&self) -> usize {
        let nodes = |scored: &'_ Scored| {
            let tree = &scored.version.tree;
            tree.indices()
                .map(|node| tree.node(node).code.chars().count())
                .max()
                .unwrap_or(0)
        };
        nodes(self.first).max(nodes(self.second)).clamp(4, 16)
    }
}

/// Explains one unit or all, and prints it.
///
/// # Errors
/// What is wrong with the pack, the observations, the editions, the unit or the goal.
pub fn run(arguments: &Arguments) -> Result<()> {
    let pack = files::pack(&arguments.pack)?;
    let observations = match &arguments.data {
        Some(path) => files::observations(&pack, path)?,
        None => files::shipped_observations(&pack)?,
    };
    let list = files::unit_list(&pack);
    let panel = Panel::score(&pack, list, &observations)?;
    let (first, second) = editions(&panel, arguments)?;
    let goal = arguments.target.map(|TargetGoal(goal)| goal);
    let units = match &arguments.unit {
        Some(unit) => vec![one(&panel, list, first, second, unit, goal)?],
        None => all(&panel, first, second, goal)?,
    };
    let report = Report {
        panel: &panel,
        list,
        language: arguments.lang,
        first,
        second,
        goal,
        units,
    };
    let mut out = Vec::new();
    match arguments.format {
        Format::Text => text::write(&report, &mut out)?,
        Format::Json => json::write(&report, &mut out)?,
        Format::Csv => csv::write(&report, &mut out)?,
    }
    // Only a whole answer is printed.
    std::io::stdout().lock().write_all(&out)?;
    Ok(())
}

fn editions<'a>(panel: &'a Panel, arguments: &Arguments) -> Result<(&'a Scored, &'a Scored)> {
    let find = |option: &str, year: i32| {
        panel.editions.get(&Edition(year)).with_context(|| {
            let known: Vec<String> = panel.editions.keys().map(Edition::to_string).collect();
            format!(
                "{option}: found {year}; expected one of {}",
                known.join(", ")
            )
        })
    };
    let second = match arguments.to {
        Some(year) => find("--to", year)?,
        None => panel
            .latest()
            .context("--data: found no observation; expected at least one")?,
    };
    let first = match arguments.from {
        Some(year) => find("--from", year)?,
        None => panel.previous(second.edition).with_context(|| {
            format!(
                "--to: found {}, the first edition; expected a later one",
                second.edition
            )
        })?,
    };
    if first.edition >= second.edition {
        bail!(
            "--from: found {}; expected an edition before {}",
            first.edition,
            second.edition
        );
    }
    Ok((first, second))
}

fn one(
    panel: &Panel,
    list: Option<&UnitList>,
    first: &Scored,
    second: &Scored,
    unit: &str,
    goal: Option<Goal>,
) -> Result<(String, Result<Explained, ExplainError>)> {
    let (code, name) = match list {
        Some(list) => {
            let unit = list.find(unit).context("--unit")?;
            (unit.code.as_str(), unit.name.vi.as_str())
        }
        None => (unit, unit),
    };
    let explained = || {
        let change = chiso_explain::change(panel, first.edition, second.edition, code)?;
        let target = goal
            .map(|goal| chiso_explain::target(panel, second.edition, code, goal))
            .transpose()?;
        explain(second, change, target)
    };
    Ok((
        code.to_owned(),
        Ok(explained().with_context(|| name.to_owned())?),
    ))
}

fn all(
    panel: &Panel,
    first: &Scored,
    second: &Scored,
    goal: Option<Goal>,
) -> Result<Vec<(String, Result<Explained, ExplainError>)>> {
    let changes = chiso_explain::changes(panel, first.edition, second.edition)?;
    let past = chiso_explain::past_gains(panel, second.edition);
    let target =
        |code: &str, goal| chiso_explain::target_from(panel, &past, second.edition, code, goal);
    let mut units = Vec::with_capacity(changes.len());
    for (code, change) in changes {
        let explained = match change {
            // Of a unit with a total only a goal can fail, and it then fails for all.
            Ok(change) => {
                let target = goal.map(|goal| target(&code, goal)).transpose()?;
                Ok(explain(second, change, target)?)
            }
            Err(error) => Err(error),
        };
        units.push((code.to_string(), explained));
    }
    Ok(units)
}

fn explain(
    second: &Scored,
    change: Change,
    target: Option<Target>,
) -> Result<Explained, ExplainError> {
    Ok(Explained {
        losses: chiso_explain::losses(second, &change.unit)?,
        attention: chiso_explain::attention_of(&change, second)?,
        target,
        change,
    })
}
