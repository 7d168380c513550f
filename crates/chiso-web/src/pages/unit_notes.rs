//! What is said in words on the profile of a unit.

use chiso_explain::{Attention, Change, Reason};
use maud::{Markup, html};

use super::pickers::numbered;
use crate::charts::points;
use crate::text;
use crate::view::View;

/// Why a unit has no total; nothing for a unit that has one.
pub fn without_total(view: &View<'_>, unit: usize) -> Markup {
    let (scored, tree) = (view.scored, &view.scored.version.tree);
    if scored.score(scored.root(), unit).is_some() {
        return html! {};
    }
    let lacks = |node: &chiso_index::NodeIndex| scored.score(*node, unit).is_none();
    let leaves: Vec<_> = tree.leaves().collect();
    let missing: Vec<_> = leaves.iter().copied().filter(lacks).collect();
    let name = view.unit_name(unit);
    let said = if missing.len() == leaves.len() {
        text::no_figures(view.lang, name, &view.edition_name())
    } else {
        let names: Vec<String> = missing
            .iter()
            .map(|&node| numbered(&tree.node(node).code, view.node_name(node)))
            .collect();
        text::no_total(view.lang, name, &names.join("; "))
    };
    html! { p class="notice" { (said) } }
}

/// The move of the rank, and what stands against comparing the totals.
pub fn change_notes(view: &View<'_>, change: &Change) -> Markup {
    let lang = view.lang;
    let rank = &change.rank;
    html! {
        p {
            (text::rank_sentence(lang, rank.from, rank.to, change.from.0, change.to.0))
            @if let (Some(own), Some(others)) = (rank.own, rank.others) {
                " " (text::rank_parts(lang, own, others, rank.entry_exit, view.units_word()))
            }
        }
        @if !change.is_comparable() {
            div class="notice" {
                p { (text::BREAK_BETWEEN.of(lang)) }
                @let reasons = stated(view, change);
                @if !reasons.is_empty() { ul { @for reason in reasons { li { (reason) } } } }
            }
        }
    }
}

/// The breaks of the whole index that lie between the editions.
fn stated(view: &View<'_>, change: &Change) -> Vec<String> {
    let root = change.contributions.first();
    let reasons = root.map_or(&[][..], |root| &root.comparability.reasons);
    let said = reasons.iter().filter_map(|reason| match reason {
        Reason::Break(found) => Some(view.say(&found.reason).to_owned()),
        _ => None,
    });
    said.collect()
}

/// The nodes that are to be analysed first.
pub fn attention(view: &View<'_>, found: &[Attention]) -> Markup {
    let lang = view.lang;
    html! {
        @if found.is_empty() {
            p { (text::ATTENTION_NONE.of(lang)) }
        } @else {
            p { (text::ATTENTION_LEDE.of(lang)) }
            ul { @for item in found { li { (attention_item(view, item)) } } }
        }
    }
}

fn attention_item(view: &View<'_>, item: &Attention) -> Markup {
    let lang = view.lang;
    let fell = item
        .fall_ticks
        .map(|ticks| text::fell_by(lang, &view.exact(points(ticks))));
    let rule = view.scored.version.group.as_ref();
    let lowest = item
        .lowest_group
        .and_then(|group| rule?.names.get(usize::from(group) - 1));
    let group = lowest.map(|name| text::in_group(lang, view.say(name)));
    let said: Vec<String> = fell.into_iter().chain(group).collect();
    let is_comparable = item.fall_ticks.is_none() || item.comparability.is_score_comparable();
    html! {
        strong { (numbered(&item.code, view.say(&item.name))) } ": " (said.join(", "))
        @if !is_comparable { " (" (text::NOT_COMPARABLE.of(lang)) ")" }
    }
}
