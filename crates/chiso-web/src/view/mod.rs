//! What a page is about: one edition of one index on one list of units, in one language.

mod addresses;
mod bands;
mod errors;

use std::sync::Arc;

use chiso_index::{Edition, NodeIndex, Pack, Panel, Scored, Text};
use chiso_publish::{Lang, MapGeometry, Source};
use chiso_units::UnitList;

use crate::explained::Explained;
use crate::query::Query;
use crate::site::{DerivedPanel, IndexData, Site};
use crate::text;

/// One edition of one index, as a reader in one language sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The site.
    pub site: &'a Site,
    /// The language.
    pub lang: Lang,
    /// The index.
    pub index: &'a IndexData,
    /// Whether, and how, the scores were brought to another list of units.
    pub derived: Option<&'a DerivedPanel>,
    /// The edition.
    pub scored: &'a Scored,
    /// The node that is shown; the root unless another was picked.
    pub node: NodeIndex,
}

impl<'a> View<'a> {
    /// The view that an address and its query name; none if there is no such edition, list or node.
    pub fn find(
        site: &'a Site,
        lang: Lang,
        index: &str,
        edition: &str,
        query: &Query,
    ) -> Option<Self> {
        let index = site.index(index)?;
        let edition = Edition(edition.parse().ok()?);
        let own_list = index.panel.pack.units.as_deref();
        let derived = match query.units.as_deref() {
            Some(list) if Some(list) != own_list => Some(
                index
                    .derived
                    .iter()
                    .find(|derived| derived.list_id == list)?,
            ),
            _ => None,
        };
        let panel = derived.map_or(&index.panel, |derived| &derived.panel);
        let scored = panel.editions.get(&edition)?;
        let node = match query.node.as_deref() {
            Some(code) => scored.version.tree.find(code)?,
            None => scored.root(),
        };
        Some(View {
            site,
            lang,
            index,
            derived,
            scored,
            node,
        })
    }

    /// The latest edition of an index on its own list; the first index where none is named.
    pub fn latest(site: &'a Site, lang: Lang, index: Option<&str>) -> Option<Self> {
        let index = match index {
            Some(id) => site.index(id)?,
            None => site.indices.first()?,
        };
        let scored = index.panel.latest()?;
        Some(View {
            site,
            lang,
            index,
            derived: None,
            scored,
            node: scored.root(),
        })
    }

    /// The view that the pickers name: what is not there gives way to the nearest that is. None only
    /// where the site has nothing to show.
    pub fn picked(site: &'a Site, lang: Lang, query: &Query) -> Option<Self> {
        let named = query.index.as_deref().and_then(|id| site.index(id));
        let index = named.or(site.indices.first())?;
        let list = query.units.as_deref();
        let derived = index
            .derived
            .iter()
            .find(|derived| list == Some(&derived.list_id));
        let panel = derived.map_or(&index.panel, |derived| &derived.panel);
        let edition = query
            .edition
            .as_deref()
            .and_then(|edition| edition.parse().ok())
            .map(Edition);
        let scored = edition
            .and_then(|edition| panel.editions.get(&edition))
            .or_else(|| panel.latest())?;
        let node = query
            .node
            .as_deref()
            .and_then(|code| scored.version.tree.find(code));
        Some(View {
            site,
            lang,
            index,
            derived,
            scored,
            node: node.unwrap_or(scored.root()),
        })
    }

    /// The latest edition of a version of an index; of the latest version where none is named.
    pub fn of_version(
        site: &'a Site,
        lang: Lang,
        index: &str,
        version: Option<&str>,
    ) -> Option<Self> {
        let latest = Self::latest(site, lang, Some(index))?;
        let Some(version) = version else {
            return Some(latest);
        };
        let mut editions = latest.index.panel.editions.values().rev();
        let scored = editions.find(|scored| scored.version.id == version)?;
        Some(View {
            scored,
            node: scored.root(),
            ..latest
        })
    }

    /// The same edition in another of its nodes.
    pub fn at(self, node: NodeIndex) -> Self {
        View { node, ..self }
    }

    /// The editions of the index on the list that is shown.
    pub fn panel(&self) -> &'a Panel {
        self.derived
            .map_or(&self.index.panel, |derived| &derived.panel)
    }

    /// The index's definition.
    pub fn pack(&self) -> &'a Pack {
        &self.index.panel.pack
    }

    /// The id of the list of units, where it is not the index's own.
    pub fn derived_list(&self) -> Option<&'a str> {
        self.derived.map(|derived| derived.list_id.as_str())
    }

    /// The list of units that is shown.
    pub fn list(&self) -> Option<&'static UnitList> {
        self.derived_list()
            .or(self.pack().units.as_deref())
            .and_then(UnitList::by_id)
    }

    /// The map of the units that are shown.
    pub fn map(&self) -> Option<&'a MapGeometry> {
        let id = self.derived_list().or(self.pack().units.as_deref())?;
        self.site.maps.get(id)
    }

    /// Every edition of the index from the first to the last that has figures, also those between
    /// that have none.
    pub fn timeline(&self) -> Vec<(Edition, Option<&'a Scored>)> {
        let scored = &self.panel().editions;
        let (first, last) = (scored.keys().next(), scored.keys().next_back());
        let all = self.pack().editions().into_iter();
        let between = all.filter(|edition| first <= Some(edition) && Some(edition) <= last);
        between
            .map(|edition| (edition, scored.get(&edition)))
            .collect()
    }

    /// The edition before this one.
    pub fn previous(&self) -> Option<&'a Scored> {
        self.panel().previous(self.scored.edition)
    }

    /// The change of a unit from the edition before, and what is to be analysed first.
    pub fn explained(&self, unit: usize) -> Option<Arc<Explained>> {
        self.site.kept.explained(self, unit)
    }

    /// The text of this language.
    pub fn say(&self, text: &'a Text) -> &'a str {
        self.lang.pick(&text.vi, &text.en)
    }

    /// The name of the unit at a place of the edition; its code where the list does not know it.
    pub fn unit_name(&self, unit: usize) -> &'a str {
        self.name_of(&self.scored.units[unit])
    }

    /// The name of a unit by its code; the code itself where the list does not know it.
    pub fn name_of(&self, code: &'a str) -> &'a str {
        let known = self.list().and_then(|list| list.get(code));
        known.map_or(code, |unit| self.lang.pick(&unit.name.vi, &unit.name.en))
    }

    /// The name of a node.
    pub fn node_name(&self, node: NodeIndex) -> &'a str {
        self.say(&self.scored.version.tree.node(node).name)
    }

    /// The code of the node that is shown, where it is not the root.
    pub fn node_code(&self) -> Option<&'a str> {
        let picked = self.node != self.scored.root();
        picked.then(|| self.scored.version.tree.node(self.node).code.as_str())
    }

    /// The name of the index as people say it: what stands in brackets at the end of its name, or
    /// the whole name.
    pub fn short_name(&self) -> &'a str {
        short(self.say(&self.pack().name))
    }

    /// The index and the edition.
    pub fn edition_name(&self) -> String {
        format!("{} {}", self.short_name(), self.scored.edition)
    }

    /// What the score of the node that is shown is called.
    pub fn score_name(&self) -> &'a str {
        if self.node == self.scored.root() {
            text::TOTAL_SCORE.of(self.lang)
        } else {
            self.node_name(self.node)
        }
    }

    /// Digits after the separator in charts, where neighbours need not be told apart.
    pub fn few_decimals(&self) -> usize {
        usize::from(self.pack().decimals).min(2)
    }

    /// A number with all digits that the index is shown with.
    pub fn exact(&self, value: f64) -> String {
        self.lang.number(value, usize::from(self.pack().decimals))
    }

    /// The range of a node's scores in words: `8–80`.
    pub fn range(&self, node: NodeIndex) -> Option<String> {
        let range = self.scored.version.score_range(node)?;
        Some(text::span(self.lang, range.min, range.max))
    }

    /// The least and greatest score that a node can have, or those that were seen.
    pub fn bounds(&self, node: NodeIndex) -> (f64, f64) {
        let stated = self
            .scored
            .version
            .score_range(node)
            .map(|range| (range.min, range.max));
        let seen = || {
            self.scored
                .summary(node)
                .map(|summary| (summary.worst, summary.best))
        };
        stated.or_else(seen).unwrap_or((0.0, 1.0))
    }

    /// The nodes right below the one that is shown.
    pub fn parts(&self) -> &'a [NodeIndex] {
        self.scored.version.tree.children(self.node)
    }

    /// Where the figures come from.
    pub fn source(&self) -> Source {
        let whose = self.say(&self.index.data_source);
        let text = match self.derived {
            Some(derived) => format!(
                "{whose}. {}: {}",
                text::DERIVED.of(self.lang),
                self.say(&derived.rule)
            ),
            None => whose.to_owned(),
        };
        let source = &self.pack().source;
        Source {
            text,
            href: source.starts_with("http").then(|| source.clone()),
        }
    }

    /// What kind of units is measured, in the plural.
    pub fn units_word(&self) -> &'static str {
        text::units_word(&self.pack().unit_level).of(self.lang)
    }
}

/// What stands in brackets at the end of a name, or the whole name.
pub fn short(name: &str) -> &str {
    let inner = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once('('));
    inner.map_or(name, |(_, inner)| inner)
}
