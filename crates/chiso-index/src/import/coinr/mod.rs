//! COINr's tables, iData and iMeta, into a pack with its observations and context.
//!
//! Its one job is to say the same index in Chiso's form: text in, texts out. What the tables must
//! hold is what COINr 1.1.14 checks in `check_iData` and `check_iMeta` (R/new_coin.R); each fault
//! is a message of its own here. A JRC COIN Tool workbook is turned into the same two tables first.
//!
//! ```text
//! iMeta ─► entries ─► structure ─┐                          ┌─► index.toml, VERSION/nodes.csv
//!                                ├─► (all checked) ─► texts ─┼─► observations.csv
//! iData ─► figures ──────────────┘                          └─► context.csv
//! workbook ─► coin_tool ─► iMeta, iData
//! ```

mod coin_tool;
mod entries;
mod figures;
mod index_text;
mod recipe_text;
mod report;
mod structure;
mod table;
mod table_texts;

use std::collections::BTreeMap;

pub use coin_tool::tables as coin_tool_tables;
pub use report::Report;
pub use table::Table;

use crate::pack::{Edition, Pack, PackFiles};
use crate::problem::{Problem, quoted};
use crate::recipe::{Action, Impute};
use entries::Entry;
use figures::Figures;
use structure::Structure;

/// The longest id that is made: it names a folder.
const LONGEST_ID: usize = 64;

/// What is asked of a conversion.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The id of the pack; by default made of the root's code.
    pub id: Option<&'a str>,
    /// The edition of a table without `Time`.
    pub edition: Option<Edition>,
    /// What kind of units is measured, such as `province`.
    pub unit_level: &'a str,
    /// Whether the denominators that iMeta names are steps of the recipe.
    pub denominate: bool,
    /// `[[version.step]]` tables that take the place of the usual recipe: their name for messages,
    /// and their text.
    pub steps: Option<(&'a str, &'a str)>,
}

/// A pack and what it is computed from, as the texts of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The pack's id, and the name of its folder.
    pub id: String,
    /// The pack's files by their path in its folder: `index.toml` and `VERSION/nodes.csv`.
    pub pack: BTreeMap<String, String>,
    /// `edition,unit,node,value,status`, a row for each unit, edition and indicator.
    pub observations: String,
    /// `edition,unit,…`: denominators, groups and other columns; none where there are no such.
    pub context: Option<String>,
    /// What a person should know of it.
    pub report: Report,
}

/// The index that two tables state, found sound.
struct Index<'a> {
    data: &'a Table,
    meta: &'a Table,
    entries: Vec<Entry>,
    structure: Structure,
    figures: Figures,
    id: String,
}

/// Turns iData and iMeta into a pack, observations and context.
///
/// The recipe is that of the request, after a `denominate` step for each denominator that iMeta
/// names (if that is wanted, and the request has no such step); without one in the request: min–max from 0 to 100 and the weighted mean of the parts
/// that have a score.
///
/// # Errors
/// All that is wrong with iMeta; else all that is wrong with iData; else what is wrong with the
/// pack that came of them, which is then a fault of the given steps or of the id.
pub fn convert(
    data: &Table,
    meta: &Table,
    request: &Request<'_>,
) -> Result<Converted, Vec<Problem>> {
    let entries = entries::read(meta)?;
    let structure = structure::find(meta, &entries)?;
    denominators_are_known(meta, &entries)?;
    let figures = figures::read(data, &entries, request.edition)?;
    let id = id(meta, &entries, &structure, request.id).map_err(|problem| vec![problem])?;
    let index = Index {
        data,
        meta,
        entries,
        structure,
        figures,
        id,
    };
    let steps = recipe_text::steps(&index, request).map_err(|problem| vec![problem])?;
    let version = index.version();
    let pack = BTreeMap::from([
        (
            "index.toml".to_owned(),
            index_text::write(&index, request.unit_level, &steps),
        ),
        (format!("{version}/nodes.csv"), table_texts::nodes(&index)),
    ]);
    is_sound(&index, &pack)?;
    Ok(Converted {
        observations: table_texts::observations(&index),
        context: table_texts::context(&index),
        report: report::of(&index),
        id: index.id,
        pack,
    })
}

impl Index<'_> {
    fn root(&self) -> &Entry {
        &self.entries[self.structure.root()]
    }

    /// The code of a node in the pack: the root's is the pack's id.
    fn code<'e>(&'e self, entry: &'e Entry) -> &'e str {
        if entry.code == self.root().code {
            &self.id
        } else {
            &entry.code
        }
    }

    /// The nodes, each before its parts.
    fn nodes(&self) -> impl Iterator<Item = &Entry> {
        self.structure
            .outline
            .iter()
            .map(|&place| &self.entries[place])
    }

    /// The indicators with the columns of their values.
    fn indicators(&self) -> impl Iterator<Item = (&Entry, usize)> {
        let outline = self.structure.outline.iter();
        outline.filter_map(|&place| Some((&self.entries[place], self.figures.columns[place]?)))
    }

    /// The editions, ascending.
    fn editions(&self) -> Vec<Edition> {
        let mut editions = self.figures.editions.clone();
        editions.sort_unstable();
        editions.dedup();
        editions
    }

    /// The version's id: its edition, or the first and last.
    fn version(&self) -> String {
        match self.editions().as_slice() {
            [first, .., last] => format!("{first}-{last}"),
            [only] => only.to_string(),
            [] => String::new(),
        }
    }

    /// Whether all values of an indicator lie between two bounds.
    fn values_within(&self, column: usize, low: f64, high: f64) -> bool {
        self.data
            .rows
            .iter()
            .all(|row| match self.data.number(row, Some(column)) {
                table::Number::Is(value) => (low..=high).contains(&value),
                _ => true,
            })
    }
}

/// A denominator is a row of iMeta of that type.
fn denominators_are_known(meta: &Table, entries: &[Entry]) -> Result<(), Vec<Problem>> {
    let is_known = |code: &str| {
        entries
            .iter()
            .any(|entry| entry.code == code && entry.kind == entries::Kind::Denominator)
    };
    let problems: Vec<Problem> = entries
        .iter()
        .filter(|entry| entry.kind == entries::Kind::Indicator)
        .filter_map(|entry| {
            let code = entry
                .denominator
                .as_deref()
                .filter(|code| !is_known(code))?;
            let found = format!("Denominator {} of {}", quoted(code), quoted(&entry.code));
            let expected = "the iCode of a row of Type Denominator, with a column in iData";
            Some(meta.fault(&meta.rows[entry.row], found, expected))
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// The id that is asked for, or one made of the root's code in lower case.
fn id(
    meta: &Table,
    entries: &[Entry],
    structure: &Structure,
    wanted: Option<&str>,
) -> Result<String, Problem> {
    let root = &entries[structure.root()];
    let id = wanted.map_or_else(|| slug(&root.code), str::to_owned);
    let row = &meta.rows[root.row];
    let is_sound = !id.is_empty() && id.len() <= LONGEST_ID && slug(&id) == id;
    if !is_sound {
        let found = format!(
            "the id {} of a pack whose root is {}",
            quoted(&id),
            quoted(&root.code)
        );
        let expected = "--id ID of lower-case letters, digits and single hyphens";
        return Err(meta.fault(row, found, expected));
    }
    let taken = entries
        .iter()
        .find(|entry| entry.code == id && entry.code != root.code);
    match taken {
        Some(entry) => {
            let found = format!(
                "iCode {}, which is the id of the pack and so its root's",
                quoted(&id)
            );
            Err(meta.fault(&meta.rows[entry.row], found, "another id: --id ID"))
        }
        None => Ok(id),
    }
}

/// Lower-case letters and digits of a text, the rest as single hyphens.
fn slug(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Whether the pack is one, and its recipe asks for no column that the context lacks.
fn is_sound(index: &Index<'_>, pack: &BTreeMap<String, String>) -> Result<(), Vec<Problem>> {
    let files = PackFiles {
        root: index.id.clone(),
        files: pack.clone(),
    };
    let (read, problems) = Pack::read(&files);
    let Some(read) = read else {
        return Err(problems.into_iter().filter(Problem::is_error).collect());
    };
    let beside: Vec<&str> = index
        .entries
        .iter()
        .filter(|entry| !entry.kind.is_node())
        .map(|entry| entry.code.as_str())
        .collect();
    let file = files.shown("index.toml");
    let problems: Vec<Problem> = context_columns(&read)
        .filter(|(_, column)| !beside.contains(column))
        .map(|(line, column)| {
            let found = format!("column {} in a step", quoted(column));
            let expected = match beside.as_slice() {
                [] => "none: iMeta has no row of Type Denominator, Group or Other".to_owned(),
                columns => format!("one of those that iMeta describes: {}", columns.join(", ")),
            };
            Problem::error(&file, line, found, expected)
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// The columns of the context that steps name, with the lines of the steps.
fn context_columns(pack: &Pack) -> impl Iterator<Item = (u64, &str)> {
    let steps = pack.versions.iter().flat_map(|version| &version.recipe);
    steps.flat_map(|step| {
        step.parts.iter().filter_map(|part| match &part.action {
            Action::Denominate { by, .. } => Some((step.line, by.as_str())),
            Action::Impute(Impute::Group { group, .. }) => Some((step.line, group.as_str())),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests;
