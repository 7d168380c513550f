//! The profile of a unit.

use maud::{Markup, html};

use super::layout::{Page, Place, crumbs, stat};
use super::{errors, notices, pickers, scorecard, unit_notes};
use crate::charts::{self, Chart};
use crate::explained::Explained;
use crate::text;
use crate::view::View;

/// The page. `here` is its address without the language.
pub fn unit(view: &View<'_>, unit: usize, here: &str) -> Markup {
    let name = view.unit_name(unit);
    let code = &*view.scored.units[unit];
    let title = format!("{name}, {}", view.edition_name());
    let explained = view.explained(unit);
    let page = Page {
        title: title.clone(),
        description: title.clone(),
        place: Place::Elsewhere,
        view: Some(*view),
        lang: view.lang,
        here,
        main: html! {
            (crumbs(view, name))
            p class="eyebrow" { (view.say(&view.pack().name)) }
            h1 { (title) }
            (pickers::unit(view, unit))
            (notices::derived(view))
            (notices::inferred(view))
            (unit_notes::without_total(view, unit))
            (notices::few_units(view))
            (stats(view, unit, explained.as_deref()))
            (notices::no_errors(view))
            @if has_any_score(view, unit) { (profile(view, unit)) }
            (past(view, unit, explained.as_deref()))
            @if has_any_score(view, unit) {
                h2 { (text::ALL_SCORES.of(view.lang)) }
                (scorecard::table(view, unit, explained.as_deref()).to_html(view.lang, "scores"))
            }
            p class="no-print" { a class="button button-plain" href=(view.compare_page(&[code])) { (text::COMPARE_THIS.of(view.lang)) } }
        },
    };
    page.html()
}

fn has_any_score(view: &View<'_>, unit: usize) -> bool {
    view.scored
        .version
        .tree
        .indices()
        .any(|node| view.scored.score(node, unit).is_some())
}

fn figure(view: &View<'_>, chart: Chart, unit: usize) -> Markup {
    html! { @if let Some(figure) = charts::markup(view, chart, &[unit], 3) { (figure) } }
}

fn stats(view: &View<'_>, unit: usize, explained: Option<&Explained>) -> Markup {
    let (lang, root) = (view.lang, view.scored.root());
    let Some(score) = view.scored.score(root, unit) else {
        return html! {};
    };
    let scale = view
        .range(root)
        .map(|range| text::on_scale(lang, &range))
        .unwrap_or_default();
    let ranked = view.scored.ranked(root);
    let told = errors::told(view, root, unit);
    let names = view.band_names(root);
    let of = view
        .scored
        .version
        .group
        .as_ref()
        .map_or(0, |rule| rule.names.len());
    let band = view.band(root, unit).filter(|_| view.has_groups(root));
    let group = band.and_then(|band| names.get(band).map(|name| (band, name)));
    html! {
        dl class="stats" {
            (stat(text::TOTAL_SCORE.of(lang), html! { (view.exact(score)) }, &errors::noted(&scale, told.interval)))
            @if let Some(rank) = view.scored.rank(root, unit) {
                (stat(text::RANK.of(lang), html! { (rank) }, &errors::noted(&text::of_units(lang, ranked, view.units_word()), told.rank_set)))
            }
            @if let Some((place, name)) = group {
                @let known = view.scored.group(root, unit).is_some();
                @let of_all = if known { text::group_place(lang, place + 1, of) } else { String::new() };
                (stat(text::GROUP.of(lang), html! { (name) }, &errors::noted(&of_all, told.probability)))
            }
            @if let Some(explained) = explained {
                @let change = &explained.change;
                @let points = charts::points(change.change_ticks);
                @let chance = explained.total_is_beyond_chance().map(|is_beyond| text::chance(lang, is_beyond, points));
                (stat(text::CHANGE.of(lang), html! { (lang.signed(points, usize::from(view.pack().decimals))) },
                    &errors::noted(&text::against(lang, change.from.0), chance)))
            }
        }
    }
}

fn profile(view: &View<'_>, unit: usize) -> Markup {
    html! {
        h2 { (text::PROFILE.of(view.lang)) }
        div class="columns" {
            (figure(view, Chart::Profile, unit))
            @if view.has_errors() { (figure(view, Chart::RankSets, unit)) }
            (figure(view, Chart::Losses, unit))
        }
    }
}

/// The years on one side, what changed in the last of them on the other.
fn past(view: &View<'_>, unit: usize, explained: Option<&Explained>) -> Markup {
    let lang = view.lang;
    html! {
        div class="columns" {
            section {
                h2 { (text::OVER_TIME.of(lang)) }
                (figure(view, Chart::Trend, unit))
                @if let Some(explained) = explained {
                    h2 { (text::ATTENTION.of(lang)) }
                    (unit_notes::attention(view, &explained.attention))
                }
            }
            section {
                h2 { (text::WHAT_CHANGED.of(lang)) }
                @match explained {
                    Some(explained) => {
                        (unit_notes::change_notes(view, &explained.change))
                        (figure(view, Chart::Contributions, unit))
                    },
                    None => { p { (text::NO_PREVIOUS.of(lang)) } },
                }
            }
        }
    }
}
