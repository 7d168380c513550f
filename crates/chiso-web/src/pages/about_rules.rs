//! The rules of an index in words: recipe, ranks, groups and breaks.

use chiso_index::Edition;
use chiso_index::pack::Break;
use chiso_index::recipe::Step;
use maud::{Markup, html};

use super::about::linked;
use crate::text;
use crate::view::View;

/// The recipe, a step a sentence.
pub fn method(view: &View<'_>) -> Markup {
    let version = &view.scored.version;
    let level = |step: &Step| {
        let level = step.parts.first()?.selection.level?;
        version
            .levels
            .get(level.checked_sub(1)?)
            .map(|name| view.say(name))
    };
    let names: Vec<&str> = version
        .levels
        .iter()
        .rev()
        .map(|name| view.say(name))
        .collect();
    html! {
        h2 { (text::METHOD.of(view.lang)) }
        p { (names.join(" › ")) "." }
        ol { @for step in &version.recipe { li { (text::step(view.lang, step, level(step))) } } }
    }
}

/// How ranks and groups are made, with where that is stated.
pub fn ranks_and_groups(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        h2 { (text::RANKS.of(lang)) }
        p { (text::rank_rule(lang, view.scored.version.rank)) }
        h2 { (text::GROUPS.of(lang)) }
        @match view.scored.version.group {
            Some(_) => { (groups(view)) },
            None => { p { (text::NO_GROUPS.of(lang)) } },
        }
    }
}

/// How errors are carried, or that none are published.
pub fn errors(view: &View<'_>) -> Markup {
    let lang = view.lang;
    html! {
        h2 id="errors" { (text::ERRORS.of(lang)) }
        @if view.has_errors() {
            ul {
                @for said in [text::ERRORS_INTERVAL, text::ERRORS_RANK_SET, text::ERRORS_GROUP, text::ERRORS_CHANGE] {
                    li { (said.of(lang)) }
                }
            }
        } @else { p { (text::NO_ERRORS.of(lang)) } }
    }
}

fn groups(view: &View<'_>) -> Markup {
    let (lang, version) = (view.lang, &view.scored.version);
    let Some(rule) = &version.group else {
        return html! {};
    };
    let names: Vec<&str> = rule.names.iter().map(|name| view.say(name)).collect();
    let others = version
        .editions
        .iter()
        .any(|edition| !rule.editions.contains_key(edition));
    html! {
        p { (names.join(" › ")) "." }
        div class="table-wrap" role="region" tabindex="0" aria-labelledby="groups-caption" {
            table {
                caption id="groups-caption" { (text::RULE.of(lang)) }
                thead { tr {
                    th scope="col" { (text::EDITION.of(lang)) }
                    th scope="col" { (text::RULE.of(lang)) }
                    th scope="col" { (text::STATUS.of(lang)) }
                    th scope="col" { (text::SOURCE.of(lang)) }
                } }
                tbody {
                    @for (edition, own) in &rule.editions {
                        (group_row(view, &edition.to_string(), version.cut(*edition), own.inferred, &own.source))
                    }
                    @if others {
                        @let name = if rule.editions.is_empty() { editions(&version.editions) } else { text::OTHER_EDITIONS.of(lang).to_owned() };
                        (group_row(view, &name, rule.cut.as_ref(), rule.inferred, &rule.source))
                    }
                }
            }
        }
    }
}

fn editions(editions: &[Edition]) -> String {
    match (editions.first(), editions.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(only), _) => only.to_string(),
        _ => String::new(),
    }
}

fn group_row(
    view: &View<'_>,
    edition: &str,
    cut: Option<&chiso_index::pack::Cut>,
    inferred: bool,
    source: &str,
) -> Markup {
    html! {
        tr {
            th scope="row" { (edition) }
            td class="words" { (text::group_rule(view.lang, cut)) }
            td { (status(view, inferred)) }
            td class="words" lang="en" { small { (linked(source)) } }
        }
    }
}

fn status(view: &View<'_>, inferred: bool) -> &'static str {
    if inferred {
        text::INFERRED.of(view.lang)
    } else {
        text::STATED.of(view.lang)
    }
}

/// The breaks of the instrument that fall into the version's editions, newest first.
pub fn breaks(view: &View<'_>) -> Markup {
    let lang = view.lang;
    let known = |found: &&Break| view.scored.version.editions.contains(&found.from);
    let mut found: Vec<&Break> = view.pack().breaks.iter().filter(known).collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.from));
    html! {
        h2 { (text::BREAKS.of(lang)) }
        @if found.is_empty() {
            p { (text::NO_BREAKS.of(lang)) }
        } @else {
            p { (text::BREAKS_LEDE.of(lang)) }
            div class="table-wrap" role="region" tabindex="0" aria-labelledby="breaks-caption" {
                table {
                    caption id="breaks-caption" { (text::BREAKS.of(lang)) }
                    thead { tr {
                        th scope="col" { (text::EDITION.of(lang)) }
                        th scope="col" { (text::CODE.of(lang)) }
                        th scope="col" { (text::REASON.of(lang)) }
                        th scope="col" { (text::STATUS.of(lang)) }
                        th scope="col" { (text::SOURCE.of(lang)) }
                    } }
                    tbody { @for found in found { (break_row(view, found)) } }
                }
            }
        }
    }
}

fn break_row(view: &View<'_>, found: &Break) -> Markup {
    html! {
        tr {
            th scope="row" { (found.from) }
            td { (found.node) }
            td class="words" { (view.say(&found.reason)) }
            td { (status(view, found.inferred)) }
            td class="words" lang="en" { small { (linked(&found.source)) } }
        }
    }
}
