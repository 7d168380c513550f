//! The forms by which a reader chooses what to see. They are plain GET forms with a button.

use chiso_index::NodeIndex;
use chiso_units::sort_key_vi;
use maud::{Markup, html};

use crate::text;
use crate::view::{View, short};

/// The form over an overview: index, edition, node and list of units.
pub fn overview(view: &View<'_>) -> Markup {
    form(view, html! { (node(view)) (lists(view)) })
}

/// The form over a profile: index, edition and unit.
pub fn unit(view: &View<'_>, unit: usize) -> Markup {
    let code = &*view.scored.units[unit];
    form(
        view,
        html! {
            (units(view, "unit", text::UNIT.of(view.lang), Some(code), false))
            @if let Some(list) = view.derived_list() { input type="hidden" name="units" value=(list); }
        },
    )
}

fn form(view: &View<'_>, more: Markup) -> Markup {
    let lang = view.lang;
    html! {
        form class="pickers" method="get" action=(format!("/{}/", lang.code())) {
            @if view.site.indices.len() > 1 {
                div {
                    label for="pick-index" { (text::INDEX.of(lang)) }
                    select id="pick-index" name="index" {
                        @for index in &view.site.indices {
                            @let pack = &index.panel.pack;
                            option value=(pack.id) selected[pack.id == view.pack().id] { (short(view.say(&pack.name))) }
                        }
                    }
                }
            } @else { input type="hidden" name="index" value=(view.pack().id); }
            div {
                label for="pick-edition" { (text::EDITION.of(lang)) }
                select id="pick-edition" name="edition" {
                    @for edition in view.panel().editions.keys().rev() {
                        option value=(edition) selected[*edition == view.scored.edition] { (edition) }
                    }
                }
            }
            (more)
            button { (text::SHOW.of(lang)) }
        }
    }
}

fn node(view: &View<'_>) -> Markup {
    let tree = &view.scored.version.tree;
    let option = |node: NodeIndex| {
        let root = node == tree.root();
        let code = &tree.node(node).code;
        html! {
            option value=(if root { "" } else { code }) selected[node == view.node] {
                @if root { (text::WHOLE_INDEX.of(view.lang)) }
                @else { @for _ in 1..tree.depth(node) { "\u{a0}\u{a0}" } (numbered(code, view.node_name(node))) }
            }
        }
    };
    html! {
        div {
            label for="pick-node" { (text::NODE.of(view.lang)) }
            select id="pick-node" name="node" { @for node in tree.outline() { (option(node)) } }
        }
    }
}

/// A node's name after its code, where the code is a number as in a printed outline.
pub fn numbered(code: &str, name: &str) -> String {
    if code.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{code} {name}")
    } else {
        name.to_owned()
    }
}

fn lists(view: &View<'_>) -> Markup {
    let own = view
        .index
        .panel
        .latest()
        .map_or(0, |latest| latest.units.len());
    let name = |count: usize| format!("{count} {}", view.units_word());
    html! {
        @if !view.index.derived.is_empty() {
            div {
                label for="pick-units" { (text::UNITS.of(view.lang)) }
                select id="pick-units" name="units" {
                    option value="" selected[view.derived.is_none()] { (name(own)) }
                    @for derived in &view.index.derived {
                        option value=(derived.list_id) selected[view.derived_list() == Some(&derived.list_id)] {
                            (name(derived.panel.latest().map_or(0, |latest| latest.units.len())))
                            " (" (text::DERIVED.of(view.lang).to_lowercase()) ")"
                        }
                    }
                }
            }
        }
    }
}

/// A select of the edition's units by name.
pub fn units(
    view: &View<'_>,
    id: &str,
    label: &str,
    chosen: Option<&str>,
    may_be_none: bool,
) -> Markup {
    let mut sorted: Vec<(&str, &str)> = (0..view.scored.units.len())
        .map(|unit| (view.unit_name(unit), &*view.scored.units[unit]))
        .collect();
    sorted.sort_by_cached_key(|(name, _)| sort_key_vi(name));
    html! {
        div {
            label for=(format!("pick-{id}")) { (label) }
            select id=(format!("pick-{id}")) name="unit" {
                @if may_be_none { option value="" { (text::NO_UNIT.of(view.lang)) } }
                @for (name, code) in sorted { option value=(code) selected[chosen == Some(code)] { (name) } }
            }
        }
    }
}
