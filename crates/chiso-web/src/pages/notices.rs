//! Remarks that must not be missed: what a reader should know before the numbers.

use maud::{Markup, html};

use crate::text;
use crate::view::View;

/// What must be known of scores that nobody published.
pub fn derived(view: &View<'_>) -> Markup {
    html! {
        @if let Some(derived) = view.derived {
            p class="notice" { (text::derived_notice(view.lang, view.say(&derived.rule))) }
        }
    }
}

/// That a part of the definition was worked out from results, and where the evidence stands.
pub fn inferred(view: &View<'_>) -> Markup {
    html! {
        @if view.scored.version.inferred_from.is_some() {
            p class="notice" {
                (text::INFERRED_NOTICE.of(view.lang)) " "
                a href=(view.about_page()) { (text::EVIDENCE.of(view.lang)) }
            }
        }
    }
}

/// Whether so few units have figures that a rank among them is not the published one.
fn are_few(view: &View<'_>) -> bool {
    view.scored.ranked(view.node) * 4 < view.scored.units.len() * 3
}

/// That ranks are among few units only.
pub fn few_units(view: &View<'_>) -> Markup {
    let (ranked, all) = (view.scored.ranked(view.node), view.scored.units.len());
    html! {
        @if are_few(view) {
            p class="notice" { (text::few_units(view.lang, ranked, all, view.units_word())) }
        }
    }
}

/// The units without a score, where they are the exception.
pub fn without_score(view: &View<'_>) -> Markup {
    let scores = view.scored.scores(view.node).enumerate();
    let names: Vec<&str> = scores
        .filter(|(_, score)| score.is_none())
        .map(|(unit, _)| view.unit_name(unit))
        .collect();
    html! {
        @if !names.is_empty() && !are_few(view) {
            p class="notice" { (text::without_score(view.lang, &text::listed(view.lang, &names))) }
        }
    }
}

/// The breaks that the edition brought at the node that is shown.
pub fn breaks(view: &View<'_>) -> Markup {
    let code = &view.scored.version.tree.node(view.node).code;
    let all = view.pack().breaks.iter();
    let here = all.filter(|found| found.node == *code && found.from == view.scored.edition);
    html! { @for found in here { p class="notice" { (view.say(&found.reason)) } } }
}

/// How to read errors, or once that there are none; with the way to how they are computed.
pub fn errors(view: &View<'_>) -> Markup {
    html! {
        @if view.has_errors() {
            p class="reading" {
                (text::how_to_read(view.lang, &view.confidence())) " "
                a href=(format!("{}#errors", view.about_page())) { (text::HOW_ERRORS.of(view.lang)) }
            }
        } @else { (no_errors(view)) }
    }
}

/// That no errors are published; nothing where they are.
pub fn no_errors(view: &View<'_>) -> Markup {
    html! { @if !view.has_errors() { p class="reading" { (text::NO_ERRORS.of(view.lang)) } } }
}
