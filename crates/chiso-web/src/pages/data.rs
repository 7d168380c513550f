//! The page of files: every number of an index, and the address of every chart.

use chiso_index::output::{COLUMNS, FLAG_MEANINGS};
use maud::{Markup, html};

use super::layout::{Page, Place, crumbs};
use crate::charts::{self, Chart};
use crate::text;
use crate::view::View;

/// The page. `view` shows the latest edition; `here` is its address without the language.
pub fn data(view: &View<'_>, here: &str) -> Markup {
    let lang = view.lang;
    let title = format!("{}: {}", text::DATA.of(lang), view.short_name());
    let source = view.source();
    let page = Page {
        title: title.clone(),
        description: text::DATA_LEDE.of(lang).to_owned(),
        place: Place::Data,
        view: Some(*view),
        lang,
        here,
        main: html! {
            (crumbs(view, text::DATA.of(lang)))
            p class="eyebrow" { (view.say(&view.pack().name)) }
            h1 { (title) }
            p class="lede" { (text::DATA_LEDE.of(lang)) }
            p { (text::SOURCE.of(lang)) ": " (source.text) @if let Some(href) = &source.href { ". " a href=(href) { (href) } } }
            h2 { (text::SCORES.of(lang)) }
            (scores(view))
            h2 { (text::OBSERVATIONS.of(lang)) }
            p { (text::OBSERVATIONS_LEDE.of(lang)) }
            p class="files" { (both(view, "observations")) }
            h2 { (text::COLUMNS.of(lang)) }
            p { code { (COLUMNS.join(", ")) } }
            p { (text::COLUMNS_LEDE.of(lang)) }
            (flags(view))
            h2 { (text::CHARTS.of(lang)) }
            p { (text::CHARTS_LEDE.of(lang)) }
            (chart_addresses(view))
        },
    };
    page.html()
}

fn file(view: &View<'_>, name: &str, kind: &str) -> Markup {
    html! { a href=(view.file(name)) download aria-label=(format!("{kind}: {name}")) { (kind) } }
}

fn both(view: &View<'_>, stem: &str) -> Markup {
    html! { (file(view, &format!("{stem}.csv"), "CSV")) " " (file(view, &format!("{stem}.parquet"), "Parquet")) }
}

fn scores(view: &View<'_>) -> Markup {
    let lang = view.lang;
    let derived = &view.index.derived;
    html! {
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="files-caption" {
            table class="files" {
                caption id="files-caption" { (text::FILES.of(lang)) }
                thead { tr {
                    th scope="col" { (text::EDITION.of(lang)) }
                    th scope="col" { (view.pack().units.as_deref().unwrap_or(text::UNITS.of(lang))) }
                    @for derived in derived { th scope="col" { (derived.list_id) " (" (text::DERIVED.of(lang).to_lowercase()) ")" } }
                } }
                tbody {
                    tr {
                        th scope="row" { (text::ALL_EDITIONS.of(lang)) }
                        td { (both(view, "scores")) }
                        @for derived in derived { td { (both(view, &format!("scores-{}", derived.list_id))) } }
                    }
                    @for edition in view.panel().editions.keys().rev() {
                        tr {
                            th scope="row" { (edition) }
                            td { (both(view, &format!("scores-{edition}"))) }
                            @for derived in derived { td {
                                @if derived.panel.editions.contains_key(edition) {
                                    (both(view, &format!("scores-{}-{edition}", derived.list_id)))
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn flags(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="flags-caption" {
            table {
                caption id="flags-caption" { "flags" }
                thead { tr {
                    th scope="col" { (text::FLAG.of(lang)) }
                    th scope="col" { (text::MEANING.of(lang)) }
                } }
                tbody { @for (flag, meaning) in FLAG_MEANINGS {
                    tr { th scope="row" { code { (flag) } } td { (text::flag_meaning(lang, flag, meaning)) } }
                } }
            }
        }
    }
}

/// Units with which the charts of units are shown: the best of the edition of which there is one.
fn examples(view: &View<'_>, chart: Chart) -> Option<Vec<usize>> {
    let ranking = view.scored.ranking(view.node).into_iter();
    let has_figure = |units: &Vec<usize>| charts::figure(view, chart, units).is_some();
    match chart {
        Chart::Map | Chart::Ranking => Some(Vec::new()).filter(has_figure),
        Chart::Compare | Chart::CompareTrend => Some(ranking.take(2).collect()).filter(has_figure),
        _ => ranking.map(|unit| vec![unit]).find(has_figure),
    }
}

fn chart_addresses(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="charts-caption" {
            table class="files" {
                caption id="charts-caption" { (view.edition_name()) }
                thead { tr {
                    th scope="col" { (text::CHART.of(lang)) }
                    th scope="col" { (text::ADDRESS.of(lang)) }
                    th scope="col" { (text::FILES.of(lang)) }
                } }
                tbody { @for chart in Chart::ALL { (chart_row(view, chart)) } }
            }
        }
        (every_edition(view))
    }
}

/// The charts of the country for each edition.
fn every_edition(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="editions-caption" {
            table class="files" {
                caption id="editions-caption" { (text::ALL_EDITIONS.of(lang)) }
                thead { tr {
                    th scope="col" { (text::EDITION.of(lang)) }
                    th scope="col" { (text::chart_name(lang, Chart::Map.name())) }
                    th scope="col" { (text::chart_name(lang, Chart::Ranking.name())) }
                } }
                tbody { @for scored in view.panel().editions.values().rev() {
                    @let edition = View { scored, node: scored.root(), ..*view };
                    tr {
                        th scope="row" { (scored.edition) }
                        td { @if edition.map().is_some() { (chart_files(&edition, Chart::Map, &[])) } }
                        td { (chart_files(&edition, Chart::Ranking, &[])) }
                    }
                } }
            }
        }
    }
}

fn chart_row(view: &View<'_>, chart: Chart) -> Markup {
    html! {
        @if let Some(units) = examples(view, chart) {
            tr {
                th scope="row" { (text::chart_name(view.lang, chart.name())) }
                td { code { (view.chart_address(chart.name(), &[]).0) } }
                td { (chart_files(view, chart, &units)) }
            }
        }
    }
}

fn chart_files(view: &View<'_>, chart: Chart, units: &[usize]) -> Markup {
    let links = charts::links(view, chart, units);
    let name = format!(
        "{}, {}",
        text::chart_name(view.lang, chart.name()),
        view.edition_name()
    );
    let forms = [("SVG", links.svg), ("CSV", links.csv), ("JSON", links.json)];
    html! {
        @for (kind, address) in forms {
            @if let Some(address) = address { a href=(address) aria-label=(format!("{kind}: {name}")) { (kind) } " " }
        }
    }
}
