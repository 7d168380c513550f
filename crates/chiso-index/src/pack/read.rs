//! From the text of a pack's files to a [`Pack`], with every fault on the way.

use std::collections::BTreeMap;
use std::ops::Range as Span;
use std::sync::Arc;

use toml::Spanned;

use super::index_toml::{
    RawBreak, RawEditions, RawGroup, RawGroupEdition, RawPack, RawRank, RawVersion,
};
use super::{
    Break, Cut, Edition, EditionCut, GroupRule, MissingUnit, Pack, RankRule, Ties, Version, check,
    nodes_csv,
};
use crate::problem::{Problem, quoted};
use crate::recipe::{self, RawStep, Step};

/// The files of a pack: their text by their path inside it, and the pack's own path for messages.
#[derive(Clone, Debug, Default)]
pub struct PackFiles {
    /// The pack's path as the user named it; messages begin with it.
    pub root: String,
    /// Text by path, such as `index.toml` and `2024/nodes.csv`.
    pub files: BTreeMap<String, String>,
}

impl PackFiles {
    /// A file's path as messages name it.
    pub fn shown(&self, path: &str) -> String {
        if self.root.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.root)
        }
    }
}

impl Pack {
    /// Reads and checks a pack. There is a pack if, and only if, no problem is an error.
    pub fn read(files: &PackFiles) -> (Option<Pack>, Vec<Problem>) {
        let mut reader = Reader {
            files,
            file: files.shown("index.toml"),
            text: "",
            problems: Vec::new(),
        };
        let pack = reader.pack();
        let mut problems = reader.problems;
        if let Some(pack) = &pack {
            check::check(pack, files, &mut problems);
        }
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        let sound = !problems.iter().any(Problem::is_error);
        (pack.filter(|_| sound), problems)
    }
}

struct Reader<'a> {
    files: &'a PackFiles,
    file: String,
    text: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn line(&self, span: &Span<usize>) -> u64 {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1
    }

    fn error(&mut self, span: &Span<usize>, found: impl Into<String>, expected: impl Into<String>) {
        let line = self.line(span);
        self.problems
            .push(Problem::error(&self.file, line, found, expected));
    }

    /// One of a set of words; the first of the set when it is none of them, after an error.
    fn word<T: Copy>(&mut self, key: &str, word: &Spanned<String>, choices: &[(&str, T)]) -> T {
        if let Some((_, choice)) = choices.iter().find(|(name, _)| name == word.get_ref()) {
            return *choice;
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let found = format!("{key} {}", quoted(word.get_ref()));
        self.error(&word.span(), found, format!("one of {}", names.join(", ")));
        choices[0].1
    }

    fn pack(&mut self) -> Option<Pack> {
        let Some(text) = self.files.files.get("index.toml") else {
            self.problems.push(Problem::error(
                &self.file,
                None,
                "no such file",
                "a pack: a folder with an `index.toml`",
            ));
            return None;
        };
        self.text = text;
        let raw: RawPack = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                let line = error.span().map(|span| self.line(&span));
                self.problems.push(Problem::error(
                    &self.file,
                    line,
                    error.message().trim().replace('\n', "; "),
                    "index.toml as docs/pack-format.md describes it",
                ));
                return None;
            }
        };
        if raw.versions.is_empty() {
            self.error(&raw.id.span(), "no [[version]]", "at least one version");
        }
        let versions: Vec<Option<Version>> = raw.versions.iter().map(|v| self.version(v)).collect();
        let mut versions: Vec<_> = versions
            .into_iter()
            .map(|v| v.map(Arc::new))
            .collect::<Option<_>>()?;
        versions.sort_by_key(|version: &Arc<Version>| version.editions.first().copied());
        Some(Pack {
            id: raw.id.into_inner(),
            name: raw.name.into_inner(),
            publisher: raw.publisher.into_inner(),
            licence: raw.licence,
            source: raw.source,
            unit_level: raw.unit_level.into_inner(),
            units: raw.units.map(Spanned::into_inner),
            decimals: raw.decimals.min(9),
            versions,
            breaks: raw
                .breaks
                .iter()
                .map(Spanned::get_ref)
                .map(break_of)
                .collect(),
        })
    }

    fn version(&mut self, raw: &Spanned<RawVersion>) -> Option<Version> {
        let (span, raw) = (raw.span(), raw.get_ref());
        if raw.inferred && raw.evidence.is_none() {
            self.error(
                &raw.id.span(),
                "`inferred = true` without `evidence`",
                "the evidence, in en and vi",
            );
        }
        let editions = self.editions(&raw.editions);
        let steps: Vec<Option<Step>> = raw.steps.iter().map(|step| self.step(step)).collect();
        let unread = steps.iter().any(Option::is_none);
        let recipe: Vec<Step> = steps.into_iter().flatten().collect();
        if !unread && !recipe.iter().any(|step| step.name() == "aggregate") {
            self.error(
                &span,
                format!(
                    "version {} without an `aggregate` step",
                    quoted(raw.id.get_ref())
                ),
                "one, so that there is a total",
            );
        }
        let rank = match &raw.rank {
            Some(rank) => self.rank(rank.get_ref()),
            None => RankRule {
                ties: Ties::Min,
                decimals: None,
            },
        };
        let group = raw.group.as_ref().map(|group| self.group(group));
        let path = format!("{}/nodes.csv", raw.id.get_ref());
        let Some(nodes) = self.files.files.get(&path) else {
            self.error(
                &raw.id.span(),
                format!("no file {}", quoted(&path)),
                "the nodes of this version",
            );
            return None;
        };
        let tree = nodes_csv::read(&self.files.shown(&path), nodes, &mut self.problems)?;
        Some(Version {
            id: raw.id.get_ref().clone(),
            editions,
            levels: raw.levels.get_ref().clone(),
            note: raw.note.clone(),
            inferred_from: raw.evidence.clone().filter(|_| raw.inferred),
            tree,
            recipe,
            rank,
            group,
        })
    }

    fn editions(&mut self, raw: &Spanned<RawEditions>) -> Vec<Edition> {
        const MOST: i32 = 200;
        let mut editions: Vec<i32> = match raw.get_ref() {
            RawEditions::Span { from, to } if from <= to && to - from < MOST => {
                (*from..=*to).collect()
            }
            RawEditions::Span { .. } => Vec::new(),
            RawEditions::List(list) => list.clone(),
        };
        editions.sort_unstable();
        editions.dedup();
        if editions.is_empty() {
            self.error(
                &raw.span(),
                "no edition",
                "editions = { from = 2021, to = 2024 } or a list of years",
            );
        }
        editions.into_iter().map(Edition).collect()
    }

    fn step(&mut self, raw: &Spanned<RawStep>) -> Option<Step> {
        let span = raw.span();
        let line = self.line(&span);
        let (step, faults) = recipe::step(span, line, raw.get_ref());
        for fault in faults {
            self.error(&fault.span, fault.found, fault.expected);
        }
        step
    }

    fn rank(&mut self, raw: &RawRank) -> RankRule {
        let choices = [
            ("min", Ties::Min),
            ("dense", Ties::Dense),
            ("consecutive", Ties::Consecutive),
        ];
        RankRule {
            ties: self.word("ties", &raw.ties, &choices),
            decimals: raw.decimals.map(|d| d.min(9)),
        }
    }

    fn group(&mut self, raw: &Spanned<RawGroup>) -> GroupRule {
        let (span, raw) = (raw.span(), raw.get_ref());
        if raw.names.get_ref().len() < 2 {
            self.error(
                &raw.names.span(),
                "fewer than two groups",
                "the names of the groups, best first",
            );
        }
        let quantile = self.word(
            "group rule",
            &raw.rule,
            &[("quantile", true), ("cutpoints", false)],
        );
        let cut = quantile.then(|| self.quantile(&span, raw));
        let mut editions = BTreeMap::new();
        for own in &raw.editions {
            let cut = self.edition_cut(own, cut.as_ref(), raw);
            let (span, own) = (own.span(), own.get_ref());
            let Some(cut) = cut else { continue };
            let rule = EditionCut {
                cut,
                source: own.source.clone(),
                inferred: own.inferred,
            };
            if editions.insert(Edition(own.edition), rule).is_some() {
                self.error(
                    &span,
                    format!("edition {} twice", own.edition),
                    "each edition's rule once",
                );
            }
        }
        GroupRule {
            names: raw.names.get_ref().clone(),
            source: raw.source.clone(),
            inferred: raw.inferred,
            cut,
            editions,
        }
    }

    fn missing_unit(&mut self, word: &Spanned<String>) -> MissingUnit {
        self.word(
            "missing",
            word,
            &[
                ("exclude", MissingUnit::Exclude),
                ("zero", MissingUnit::Zero),
            ],
        )
    }

    fn quantile(&mut self, span: &Span<usize>, raw: &RawGroup) -> Cut {
        let probabilities = raw
            .probabilities
            .as_ref()
            .map(|p| p.get_ref().clone())
            .unwrap_or_default();
        let names = raw.names.get_ref().len();
        let falling = probabilities.windows(2).all(|pair| pair[0] > pair[1]);
        let inside = probabilities.iter().all(|p| *p > 0.0 && *p < 1.0);
        if probabilities.len() + 1 != names || !falling || !inside {
            let place = raw
                .probabilities
                .as_ref()
                .map_or(span.clone(), Spanned::span);
            let expected = format!(
                "{} falling numbers between 0 and 1: one fewer than the names",
                names.saturating_sub(1)
            );
            self.error(&place, format!("probabilities {probabilities:?}"), expected);
        }
        let missing = match &raw.missing {
            Some(word) => self.missing_unit(word),
            None => MissingUnit::Exclude,
        };
        Cut::Quantile {
            probabilities,
            missing,
        }
    }

    fn edition_cut(
        &mut self,
        own: &Spanned<RawGroupEdition>,
        usual: Option<&Cut>,
        group: &RawGroup,
    ) -> Option<Cut> {
        let (span, own) = (own.span(), own.get_ref());
        match (usual, &own.missing, &own.cutpoints) {
            (Some(Cut::Quantile { probabilities, .. }), Some(word), None) => {
                let missing = self.missing_unit(word);
                Some(Cut::Quantile {
                    probabilities: probabilities.clone(),
                    missing,
                })
            }
            (None, None, Some(points)) => {
                let falling = points.windows(2).all(|pair| pair[0] > pair[1]);
                let most = group.names.get_ref().len().saturating_sub(1);
                if !falling || points.is_empty() || points.len() > most {
                    self.error(
                        &span,
                        format!("cutpoints {points:?}"),
                        format!("1 to {most} falling scores"),
                    );
                }
                Some(Cut::Points(points.clone()))
            }
            _ => {
                self.error(
                    &span,
                    format!("the rule of edition {}", own.edition),
                    "`missing` under a quantile rule, `cutpoints` under a cutpoints rule",
                );
                None
            }
        }
    }
}

fn break_of(raw: &RawBreak) -> Break {
    Break {
        node: raw.node.get_ref().clone(),
        from: Edition(*raw.from.get_ref()),
        reason: raw.reason.get_ref().clone(),
        source: raw.source.clone(),
        inferred: raw.inferred,
    }
}
