//! `import.toml`: how a publisher's labels are read.

use std::ops::Range as Span;

use chiso_units::{UnitList, fold};
use serde::Deserialize;
use toml::Spanned;

use crate::pack::{Edition, Pack, PackFiles};
use crate::problem::{Problem, quoted};

/// The file of a pack that holds the rules.
pub const FILE: &str = "import.toml";

/// How a publisher's own tables are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Whether a printed zero stands for a missing value.
    pub zero_is_missing: bool,
    /// Whether the name of a workbook's sheet holds the edition.
    pub sheet_names_edition: bool,
    /// Folded texts that mark rows and columns beside the units' and the nodes'.
    pub(super) skips: Vec<String>,
    pub(super) aliases: Vec<Alias>,
    /// Folded labels and the codes of their units.
    pub(super) unit_aliases: Vec<(String, String)>,
}

/// A label that is neither code nor name of a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alias {
    /// The label, folded.
    pub label: String,
    /// The code of the node.
    pub node: String,
    /// The editions for which it holds; none for all.
    pub editions: Option<(i32, i32)>,
}

impl Alias {
    pub(super) fn holds(&self, edition: Edition) -> bool {
        self.editions
            .is_none_or(|(from, to)| (from..=to).contains(&edition.0))
    }

    fn overlaps(&self, other: &Alias) -> bool {
        let (a, b) = (
            self.editions.unwrap_or(ALWAYS),
            other.editions.unwrap_or(ALWAYS),
        );
        a.0 <= b.1 && b.0 <= a.1
    }
}

const ALWAYS: (i32, i32) = (i32::MIN, i32::MAX);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    zero: Option<Spanned<String>>,
    sheets: Option<Spanned<String>>,
    #[serde(default)]
    row_skip: Vec<RawSkip>,
    #[serde(default)]
    alias: Vec<RawAlias>,
    #[serde(default)]
    unit_alias: Vec<RawUnitAlias>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSkip {
    label: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlias {
    label: Spanned<String>,
    node: Spanned<String>,
    editions: Option<Spanned<RawSpan>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpan {
    from: i32,
    to: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnitAlias {
    label: Spanned<String>,
    unit: Spanned<String>,
}

impl Rules {
    /// Reads and checks the rules of a pack. A pack without the file has rules that know no alias,
    /// skip nothing and take a zero for a value. There are rules if, and only if, no problem is an
    /// error.
    pub fn read(
        files: &PackFiles,
        pack: &Pack,
        units: Option<&UnitList>,
    ) -> (Option<Rules>, Vec<Problem>) {
        let Some(text) = files.files.get(FILE) else {
            return (Some(Rules::default()), Vec::new());
        };
        let mut reader = Reader {
            file: files.shown(FILE),
            text,
            pack,
            units,
            problems: Vec::new(),
        };
        let rules = match toml::from_str(text) {
            Ok(raw) => reader.rules(&raw),
            Err(error) => {
                let found = error.message().trim().replace('\n', "; ");
                let span = error.span().unwrap_or_default();
                reader.error(
                    &span,
                    found,
                    "import.toml as docs/pack-format.md describes it",
                );
                Rules::default()
            }
        };
        let sound = reader.problems.is_empty();
        (sound.then_some(rules), reader.problems)
    }
}

struct Reader<'a> {
    file: String,
    text: &'a str,
    pack: &'a Pack,
    units: Option<&'a UnitList>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn error(&mut self, span: &Span<usize>, found: impl Into<String>, expected: impl Into<String>) {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
        self.problems
            .push(Problem::error(&self.file, line, found, expected));
    }

    fn rules(&mut self, raw: &RawRules) -> Rules {
        let mut rules = Rules {
            zero_is_missing: self.word("zero", raw.zero.as_ref(), &["value", "missing"]) == 1,
            sheet_names_edition: self.word("sheets", raw.sheets.as_ref(), &["", "edition"]) == 1,
            ..Rules::default()
        };
        for skip in &raw.row_skip {
            rules.skips.extend(self.label(&skip.label));
        }
        for alias in &raw.alias {
            self.alias(alias, &mut rules.aliases);
        }
        for alias in &raw.unit_alias {
            self.unit_alias(alias, &mut rules.unit_aliases);
        }
        rules
    }

    /// The place of a word among its choices; the first where it is absent or none of them.
    fn word(&mut self, key: &str, word: Option<&Spanned<String>>, choices: &[&str]) -> usize {
        let Some(word) = word else { return 0 };
        let place = choices
            .iter()
            .position(|choice| choice == word.get_ref() && !choice.is_empty());
        place.unwrap_or_else(|| {
            let known: Vec<&str> = choices.iter().copied().filter(|c| !c.is_empty()).collect();
            let found = format!("{key} {}", quoted(word.get_ref()));
            self.error(&word.span(), found, format!("one of {}", known.join(", ")));
            0
        })
    }

    /// The folded label: one without letters and digits would be contained in every other.
    fn label(&mut self, label: &Spanned<String>) -> Option<String> {
        let folded = fold(label.get_ref());
        if folded.is_empty() {
            let found = format!("label {}", quoted(label.get_ref()));
            self.error(&label.span(), found, "a label with letters or digits");
            return None;
        }
        Some(folded)
    }

    fn alias(&mut self, raw: &RawAlias, known: &mut Vec<Alias>) {
        let editions = raw
            .editions
            .as_ref()
            .map(|span| (span.get_ref().from, span.get_ref().to));
        if let (Some(span), Some((from, to))) = (&raw.editions, editions)
            && from > to
        {
            return self.error(
                &span.span(),
                format!("editions {from} to {to}"),
                "the earlier first",
            );
        }
        let Some(label) = self.label(&raw.label) else {
            return;
        };
        let alias = Alias {
            label,
            node: raw.node.get_ref().clone(),
            editions,
        };
        if !self.has_node(&alias) {
            let found = format!("node {}", quoted(&alias.node));
            return self.error(
                &raw.node.span(),
                found,
                "the code of a node in one of these editions",
            );
        }
        let differs =
            |a: &&Alias| a.label == alias.label && a.node != alias.node && a.overlaps(&alias);
        if let Some(other) = known.iter().find(differs) {
            let label = quoted(raw.label.get_ref());
            let found = format!(
                "label {label} for node {} and, above, for node {}",
                alias.node, other.node
            );
            return self.error(&raw.label.span(), found, "one node in each edition");
        }
        known.push(alias);
    }

    fn has_node(&self, alias: &Alias) -> bool {
        self.pack.versions.iter().any(|version| {
            version.tree.find(&alias.node).is_some()
                && version.editions.iter().any(|&edition| alias.holds(edition))
        })
    }

    fn unit_alias(&mut self, raw: &RawUnitAlias, known: &mut Vec<(String, String)>) {
        let unit = raw.unit.get_ref();
        if self.units.is_some_and(|list| list.get(unit).is_none()) {
            let list = self.units.map_or("", UnitList::id);
            let expected = format!("a code of the list {list}");
            return self.error(&raw.unit.span(), format!("unit {}", quoted(unit)), expected);
        }
        let Some(label) = self.label(&raw.label) else {
            return;
        };
        if known.iter().any(|(other, _)| *other == label) {
            let found = format!("label {} again", quoted(raw.label.get_ref()));
            return self.error(&raw.label.span(), found, "each label once");
        }
        known.push((label, unit.clone()));
    }
}
