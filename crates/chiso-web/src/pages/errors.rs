//! Columns of tables that show what sampling error leaves open.

use chiso_index::NodeIndex;
use chiso_publish::chart::{Uncertainty, percent, set_words};
use chiso_publish::{Absence, Cell, Column};

use crate::text;
use crate::view::View;

/// The columns of a score's interval, a rank's set and a group's probability.
pub fn columns(view: &View<'_>) -> [Column; 3] {
    let lang = view.lang;
    let sure = |name: text::Pair| format!("{} {}", name.of(lang), view.confidence());
    [
        Column::text("interval", sure(text::INTERVAL)),
        Column::text("rank_set", sure(text::RANK_SET)),
        Column::text("group_probability", text::PROBABILITY.of(lang)),
    ]
}

/// The cells of [`columns`].
pub fn cells(view: &View<'_>, node: NodeIndex, unit: usize) -> [Cell; 3] {
    let found = view.uncertainty(node, unit);
    let set = found.and_then(|found| found.rank_set);
    let probability = found.and_then(|found| found.group_probability);
    let absence = if view.has_groups(node) {
        Absence::Missing
    } else {
        Absence::NotApplicable
    };
    let cell = |words: Option<String>, absence| words.map_or(Cell::Empty(absence), Cell::Text);
    [
        cell(found.map(|found| bounds(view, &found)), Absence::Missing),
        cell(set.map(set_words), Absence::Missing),
        cell(probability.map(|share| percent(view.lang, share)), absence),
    ]
}

/// What the errors of a score leave open, in words; nothing where they are not known.
#[derive(Default)]
pub struct Told {
    /// `95% interval 43.10–45.70`.
    pub interval: Option<String>,
    /// `95% rank set 12–25`.
    pub rank_set: Option<String>,
    /// `probability 62%`.
    pub probability: Option<String>,
}

/// What the errors of a unit's score at a node leave open.
pub fn told(view: &View<'_>, node: NodeIndex, unit: usize) -> Told {
    let (lang, sure) = (view.lang, view.confidence());
    let Some(found) = view.uncertainty(node, unit) else {
        return Told::default();
    };
    let set = |set| text::rank_set(lang, &sure, &set_words(set));
    let probability = |share| text::probability(lang, &percent(lang, share));
    Told {
        interval: Some(text::interval(lang, &sure, &bounds(view, &found))),
        rank_set: found.rank_set.map(set),
        probability: found.group_probability.map(probability),
    }
}

/// A note with what is told of errors after it.
pub fn noted(note: &str, told: Option<String>) -> String {
    match told {
        Some(told) if note.is_empty() => told,
        Some(told) => format!("{note}; {told}"),
        None => note.to_owned(),
    }
}

/// `43.10–45.70`.
fn bounds(view: &View<'_>, found: &Uncertainty) -> String {
    let number = |value| view.lang.number(value, view.few_decimals());
    format!("{}–{}", number(found.interval.0), number(found.interval.1))
}
