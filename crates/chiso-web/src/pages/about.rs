//! The page about an index: what it consists of and how it is computed.

use chiso_index::{NodeIndex, Version};
use maud::{Markup, html};

use super::about_rules;
use super::layout::{Page, Place, crumbs};
use crate::query;
use crate::text;
use crate::view::View;

/// The page about a version. `view` shows the latest edition of that version; `here` is its address
/// without the language.
pub fn about(view: &View<'_>, here: &str) -> Markup {
    let lang = view.lang;
    let version = &view.scored.version;
    let heading = format!("{}, {}", view.short_name(), version.id);
    let page = Page {
        title: format!("{heading}: {}", text::TREE.of(lang).to_lowercase()),
        description: view.say(&view.pack().name).to_owned(),
        place: Place::About,
        view: Some(*view),
        lang,
        here,
        main: html! {
            (crumbs(view, text::ABOUT.of(lang)))
            p class="eyebrow" { (view.say(&view.pack().publisher)) }
            h1 { (view.say(&view.pack().name)) }
            p class="lede" { (text::ABOUT_LEDE.of(lang)) }
            (versions(view))
            (inferred(view))
            @if let Some(note) = &version.note { p { (view.say(note)) } }
            (facts(view))
            h2 { (text::TREE.of(lang)) }
            (tree(view))
            (about_rules::method(view))
            (about_rules::ranks_and_groups(view))
            (about_rules::errors(view))
            (about_rules::breaks(view))
        },
    };
    page.html()
}

fn versions(view: &View<'_>) -> Markup {
    let lang = view.lang;
    let action = view.about_page();
    let action = action.split('?').next().unwrap_or_default();
    html! {
        form class="pickers" method="get" action=(action) {
            div {
                label for="pick-version" { (text::VERSION.of(lang)) }
                select id="pick-version" name="version" {
                    @for version in view.pack().versions.iter().rev().filter(|version| is_shown(view, version)) {
                        option value=(version.id) selected[version.id == view.scored.version.id] { (version.id) }
                    }
                }
            }
            button { (text::SHOW.of(lang)) }
        }
    }
}

/// Whether an edition of the version has scores.
fn is_shown(view: &View<'_>, version: &Version) -> bool {
    version
        .editions
        .iter()
        .any(|edition| view.index.panel.editions.contains_key(edition))
}

fn inferred(view: &View<'_>) -> Markup {
    html! {
        @if let Some(evidence) = &view.scored.version.inferred_from {
            div class="notice" {
                p { strong { (text::INFERRED_NOTICE.of(view.lang)) } }
                p { (text::EVIDENCE.of(view.lang)) ": " (view.say(evidence)) }
            }
        }
    }
}

fn facts(view: &View<'_>) -> Markup {
    let (lang, pack) = (view.lang, view.pack());
    let editions: Vec<String> = view
        .scored
        .version
        .editions
        .iter()
        .map(ToString::to_string)
        .collect();
    html! {
        div class="table-wrap" {
            table class="facts" {
                caption class="visually-hidden" { (view.short_name()) }
                tbody {
                    tr { th scope="row" { (text::EDITIONS.of(lang)) } td { (editions.join(", ")) } }
                    tr { th scope="row" { (text::PUBLISHER.of(lang)) } td { (view.say(&pack.publisher)) } }
                    tr { th scope="row" { (text::ADDRESS.of(lang)) } td { (linked(&pack.source)) } }
                    tr { th scope="row" { (text::LICENCE.of(lang)) } td lang="en" { (pack.licence) } }
                }
            }
        }
    }
}

/// An address as a link; anything else as it is.
pub fn linked(source: &str) -> Markup {
    html! {
        @if source.starts_with("http") && !source.contains(' ') { a href=(source) { (source) } }
        @else { (source) }
    }
}

fn tree(view: &View<'_>) -> Markup {
    let (lang, version) = (view.lang, &view.scored.version);
    let has_weights = has_weights(version);
    let caption = format!("{}, {}", view.short_name(), version.id);
    html! {
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="tree-caption" {
            table class="tree" {
                caption id="tree-caption" { (caption) }
                thead { tr {
                    th scope="col" { (text::CODE.of(lang)) }
                    th scope="col" { (text::NAME.of(lang)) }
                    th scope="col" class="number" { (text::RANGE.of(lang)) }
                    @if has_weights { th scope="col" class="number" { (text::WEIGHT.of(lang)) } }
                    th scope="col" { (text::WHERE_FROM.of(lang)) }
                } }
                tbody { @for node in version.tree.outline() { (tree_row(view, node, has_weights)) } }
            }
        }
    }
}

/// Whether weights say anything: where an inner node's score is a mean with unequal weights.
fn has_weights(version: &Version) -> bool {
    version.tree.indices().any(|node| {
        let mut weights = version
            .tree
            .children(node)
            .iter()
            .map(|&child| version.tree.node(child).weight);
        let first = weights.next();
        weights.any(|weight| Some(weight) != first)
    })
}

fn tree_row(view: &View<'_>, index: NodeIndex, has_weights: bool) -> Markup {
    let (lang, version) = (view.lang, &view.scored.version);
    let node = version.tree.node(index);
    let (name, other, other_lang) = match lang {
        chiso_publish::Lang::Vi => (&node.name.vi, &node.name.en, "en"),
        chiso_publish::Lang::En => (&node.name.en, &node.name.vi, "vi"),
    };
    let depth = version.tree.depth(index).min(3);
    let range = node
        .range
        .map(|range| text::span(lang, range.min, range.max))
        .unwrap_or_default();
    let overview = format!(
        "/{}/{}/{}{}",
        lang.code(),
        query::encoded(&view.pack().id),
        view.scored.edition,
        if index == version.tree.root() {
            String::new()
        } else {
            format!("?{}", query::written(&[("node", Some(&node.code))]))
        },
    );
    html! {
        tr {
            td class=(format!("depth-{depth}")) { (node.code) }
            th scope="row" class=(format!("words depth-{depth}")) {
                a href=(overview) { (name) }
                @if !other.is_empty() { br; small lang=(other_lang) { (other) } }
            }
            td class="number" { (range) }
            @if has_weights { td class="number" { @if depth > 0 { (text::trimmed(lang, node.weight)) } } }
            td class="words" lang="en" {
                small { (node.source) @if !node.note.is_empty() { br; (node.note) } }
            }
        }
    }
}
