//! The overview: a map, a ranking and the key numbers of one edition.

use maud::{Markup, html};

use super::layout::{Page, Place, stat};
use super::{notices, pickers};
use crate::charts::{self, Chart};
use crate::text;
use crate::view::View;

/// The page. `here` is its address without the language.
pub fn overview(view: &View<'_>, here: &str) -> Markup {
    let name = match view.node_code() {
        Some(code) => pickers::numbered(code, view.node_name(view.node)),
        None => String::new(),
    };
    let title = match (name.as_str(), view.derived_list()) {
        ("", None) => view.edition_name(),
        ("", Some(list)) => format!("{} ({list})", view.edition_name()),
        (name, _) => format!("{}: {name}", view.edition_name()),
    };
    let heading = if name.is_empty() {
        view.edition_name()
    } else {
        title.clone()
    };
    let page = Page {
        title: format!(
            "{title}, {}",
            text::MAP_AND_RANKING.of(view.lang).to_lowercase()
        ),
        description: lede(view).unwrap_or_else(|| title.clone()),
        place: Place::Overview,
        view: Some(*view),
        lang: view.lang,
        here,
        main: html! {
            p class="eyebrow" { (view.say(&view.pack().name)) }
            h1 { (heading) }
            @if let Some(lede) = lede(view) { p class="lede" { (lede) } }
            (pickers::overview(view))
            (notices::derived(view))
            (notices::inferred(view))
            (notices::few_units(view))
            (notices::without_score(view))
            (stats(view))
            (notices::breaks(view))
            (notices::errors(view))
            (map_and_ranking(view))
            (read_on(view))
        },
    };
    page.html()
}

fn lede(view: &View<'_>) -> Option<String> {
    let summary = view.scored.summary(view.node)?;
    let best = view
        .scored
        .scores(view.node)
        .enumerate()
        .filter(|(_, score)| *score == Some(summary.best));
    let names: Vec<&str> = best.map(|(unit, _)| view.unit_name(unit)).collect();
    let names = text::listed(view.lang, &names);
    let all = view.scored.units.len();
    Some(text::overview_lede(
        view.lang,
        &names,
        &view.exact(summary.best),
        summary.count,
        all,
        view.units_word(),
    ))
}

fn stats(view: &View<'_>) -> Markup {
    let lang = view.lang;
    let Some(summary) = view.scored.summary(view.node) else {
        return html! {};
    };
    let worst = view
        .scored
        .scores(view.node)
        .position(|score| score == Some(summary.worst));
    let all = view.scored.units.len();
    let scale = view
        .range(view.node)
        .map(|range| text::on_scale(lang, &range))
        .unwrap_or_default();
    html! {
        dl class="stats" {
            (stat(text::BEST.of(lang), html! { (view.exact(summary.best)) }, view.unit_name(summary.best_unit)))
            (stat(text::MEDIAN.of(lang), html! { (view.exact(summary.median)) }, &scale))
            (stat(text::WORST.of(lang), html! { (view.exact(summary.worst)) }, worst.map_or("", |unit| view.unit_name(unit))))
            (stat(text::WITH_SCORE.of(lang), html! { (summary.count) }, &text::of_units(lang, all, view.units_word())))
        }
    }
}

fn map_and_ranking(view: &View<'_>) -> Markup {
    html! {
        div class="split" {
            @match charts::markup(view, Chart::Map, &[], 2) {
                Some(map) => { (map) },
                None => { p { (text::NO_MAP.of(view.lang)) } },
            }
            @if let Some(ranking) = charts::markup(view, Chart::Ranking, &[], 2) { (ranking) }
        }
    }
}

fn read_on(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        h2 class="no-print" { (text::READ_ON.of(lang)) }
        ul class="no-print" {
            li { a href=(view.compare_page(&[])) { (text::COMPARE.of(lang)) } ": " (text::COMPARE_LEDE.of(lang)) }
            li { a href=(view.about_page()) { (text::METHOD.of(lang)) } ": " (text::ABOUT_LEDE.of(lang)) }
            li { a href=(view.data_page()) { (text::DATA.of(lang)) } ": " (text::DATA_LEDE.of(lang)) }
        }
    }
}
