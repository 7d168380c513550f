//! `chiso explain`: why a unit's total and rank changed, and what it would take to rise.

mod core;
mod core_text;
mod csv;
mod errors;
mod inputs;
mod json;
mod layout;
mod losses_text;
mod movements;
mod reasons;
mod target_text;
mod text;

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use chiso_explain::{
    Attention, Change, CoreIndex, ErrorOptions, ExplainError, Goal, LeafCovariance, Loss,
    MovementOptions, ObservedCovariances, Target,
};
use chiso_index::{Edition, Panel, Scored, Text};
use chiso_units::UnitList;
use clap::ValueEnum;
use inputs::Inputs;

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
        required_unless_present_any = ["all", "movement"],
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
    /// Show the part of the index that stayed as it was since this edition, scored in each edition.
    /// As CSV it is printed instead of the change.
    #[arg(long, value_name = "EDITION", conflicts_with_all = ["target", "movement"])]
    since: Option<i32>,
    /// Instead of single units: how much of the changes of all units at each node is real, and how
    /// much is sampling noise.
    #[arg(long, conflicts_with_all = ["unit", "all", "target"])]
    movement: bool,
    /// With --movement: how often both editions are drawn.
    #[arg(long, value_name = "N", default_value_t = MovementOptions::default().draws, requires = "movement")]
    draws: usize,
    /// With --movement: the seed of the draws.
    #[arg(long, value_name = "N", default_value_t = MovementOptions::default().seed, requires = "movement")]
    seed: u64,
    /// The confidence of intervals and of significance.
    #[arg(long, value_name = "SHARE", default_value_t = ErrorOptions::default().confidence)]
    confidence: f64,
    /// Covariances of each unit's observations: CSV, from `chiso estimate --covariances`. Units
    /// without them are taken to have independent leaves.
    #[arg(long, value_name = "FILE", conflicts_with = "units")]
    covariances: Option<PathBuf>,
    /// Bring observations of the 63 provinces to this list of units first (provinces-34).
    #[arg(long, value_name = "LIST")]
    units: Option<String>,
    /// With --units: weights of the units before the merger, CSV with the columns unit,weight; the
    /// plain mean is used without.
    #[arg(long, value_name = "FILE", requires = "units")]
    weights: Option<PathBuf>,
    /// With --units: the first edition that was already observed on the units after the merger.
    #[arg(long, value_name = "EDITION", requires = "units")]
    merged_from: Option<i32>,
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
    core: Option<CoreIndex>,
    /// The rule by which units were merged, where they were.
    derived: Option<String>,
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
    let inputs = Inputs::read(arguments)?;
    let panel = &inputs.panel;
    let (first, second) = editions(panel, arguments)?;
    let given = inputs.covariances.as_ref();
    let given = given.map(|given| ObservedCovariances::new(panel, given));
    let options = ErrorOptions {
        confidence: arguments.confidence,
        covariance: given.as_ref().map(|given| given as &dyn LeafCovariance),
    };
    let asked = Asked {
        panel,
        first,
        second,
        options,
    };
    if arguments.movement {
        return movements::run(&asked, arguments);
    }
    let goal = arguments.target.map(|TargetGoal(goal)| goal);
    let units = match &arguments.unit {
        Some(unit) => vec![one(&asked, inputs.list, unit, goal)?],
        None => all(&asked, goal)?,
    };
    let core = arguments
        .since
        .map(|since| core(&asked, since))
        .transpose()?;
    let report = Report {
        panel,
        list: inputs.list,
        language: arguments.lang,
        first,
        second,
        goal,
        core,
        derived: inputs.derived.clone(),
        units,
    };
    let mut out = Vec::new();
    match arguments.format {
        Format::Text => text::write(&report, &mut out)?,
        Format::Json => json::write(&report, &mut out)?,
        Format::Csv => csv::write(&report, &mut out)?,
    }
    print(&out)
}

/// Only a whole answer is printed.
fn print(out: &[u8]) -> Result<()> {
    std::io::stdout().lock().write_all(out)?;
    Ok(())
}

/// What is explained, and with which errors.
struct Asked<'a> {
    panel: &'a Panel,
    first: &'a Scored,
    second: &'a Scored,
    options: ErrorOptions<'a>,
}

fn core(asked: &Asked<'_>, since: i32) -> Result<CoreIndex> {
    let to = asked.second.edition;
    chiso_explain::core_index(asked.panel, Edition(since), to, &asked.options).context("--since")
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
    asked: &Asked<'_>,
    list: Option<&UnitList>,
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
    let &Asked {
        panel,
        first,
        second,
        ref options,
    } = asked;
    let explained = || {
        let (from, to) = (first.edition, second.edition);
        let change = chiso_explain::change_with(panel, from, to, code, options)?;
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
    asked: &Asked<'_>,
    goal: Option<Goal>,
) -> Result<Vec<(String, Result<Explained, ExplainError>)>> {
    let &Asked {
        panel,
        first,
        second,
        ref options,
    } = asked;
    let changes = chiso_explain::changes_with(panel, first.edition, second.edition, options)?;
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
