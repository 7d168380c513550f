//! Up to five units side by side.

use chiso_publish::{Absence, Cell, Column, Table};
use maud::{Markup, html};

use super::layout::{Page, Place, crumbs};
use super::{errors, notices, pickers};
use crate::charts::{self, Chart};
use crate::query::MOST_UNITS;
use crate::text;
use crate::view::View;

/// The page for units by their places. `here` is its address without the language.
pub fn compare(view: &View<'_>, units: &[usize], here: &str) -> Markup {
    let names: Vec<&str> = units.iter().map(|&unit| view.unit_name(unit)).collect();
    let heading = text::COMPARE.of(view.lang);
    let title = match names.as_slice() {
        [] => format!("{heading}, {}", view.edition_name()),
        _ => format!(
            "{}, {}",
            text::listed(view.lang, &names),
            view.edition_name()
        ),
    };
    let page = Page {
        title: format!("{}: {title}", text::COMPARE.of(view.lang)),
        description: title.clone(),
        place: Place::Compare,
        view: Some(*view),
        lang: view.lang,
        here,
        main: html! {
            (crumbs(view, heading))
            p class="eyebrow" { (view.say(&view.pack().name)) }
            h1 { (title) }
            p class="lede" { (text::COMPARE_LEDE.of(view.lang)) }
            (form(view, units))
            (notices::derived(view))
            (notices::inferred(view))
            (notices::few_units(view))
            @if units.is_empty() {
                p { (text::COMPARE_NONE.of(view.lang)) }
            } @else {
                (table(view, units).to_html(view.lang, "totals"))
                (notices::no_errors(view))
                (pairs(view, units))
                div class="columns" {
                    @for chart in [Chart::Compare, Chart::CompareTrend] {
                        @if let Some(figure) = charts::markup(view, chart, units, 2) { (figure) }
                    }
                }
            }
        },
    };
    page.html()
}

fn form(view: &View<'_>, units: &[usize]) -> Markup {
    let label = |number: usize| text::unit_number(view.lang, number + 1);
    let chosen = |number: usize| units.get(number).map(|&unit| &*view.scored.units[unit]);
    let action = view.compare_page(&[]);
    let action = action.split('?').next().unwrap_or_default();
    html! {
        form class="pickers" method="get" action=(action) {
            @if let Some(list) = view.derived_list() { input type="hidden" name="units" value=(list); }
            @for number in 0..MOST_UNITS {
                (pickers::units(view, &format!("unit-{number}"), &label(number), chosen(number), true))
            }
            button { (text::SHOW.of(view.lang)) }
        }
    }
}

fn table(view: &View<'_>, units: &[usize]) -> Table {
    let (lang, root) = (view.lang, view.scored.root());
    let decimals = usize::from(view.pack().decimals);
    let has_groups = view.has_groups(root);
    let has_errors = view.has_errors();
    let mut columns = vec![
        Column::text("unit", text::UNIT.of(lang)),
        Column::number("score", text::TOTAL_SCORE.of(lang), decimals),
        Column::integer("rank", text::RANK.of(lang)),
    ];
    if has_groups {
        columns.push(Column::text("group", text::GROUP.of(lang)));
    }
    if has_errors {
        columns.extend(errors::columns(view));
    }
    let mut table = Table::new(view.edition_name(), columns);
    let row = |&unit: &usize| {
        let mut cells = vec![
            Cell::Link {
                text: view.unit_name(unit).to_owned(),
                href: view.unit_page(&view.scored.units[unit]),
            },
            Cell::number_or(view.scored.score(root, unit), Absence::NotScored),
            Cell::integer_or(
                view.scored.rank(root, unit).map(i64::from),
                Absence::NotScored,
            ),
        ];
        if has_groups {
            cells.push(
                view.group_cell(root, unit)
                    .unwrap_or(Cell::Empty(Absence::NotScored)),
            );
        }
        if has_errors {
            cells.extend(errors::cells(view, root, unit));
        }
        cells
    };
    table.rows = units.iter().map(row).collect();
    table
}

/// For each two of the units whether their totals truly differ; nothing without errors.
fn pairs(view: &View<'_>, units: &[usize]) -> Markup {
    let (lang, root) = (view.lang, view.scored.root());
    let Some(compared) = view.scored.compared().filter(|_| units.len() > 1) else {
        return html! {};
    };
    let columns = vec![
        Column::text("pair", text::PAIR.of(lang)),
        Column::number("difference", text::DIFFERENCE.of(lang), view.few_decimals()),
        Column::text("verdict", text::VERDICT.of(lang)),
    ];
    let mut table = Table::new(
        format!("{}, {}", text::TOTAL_SCORE.of(lang), view.edition_name()),
        columns,
    );
    for (place, &one) in units.iter().enumerate() {
        for &other in &units[place + 1..] {
            let scores = view
                .scored
                .score(root, one)
                .zip(view.scored.score(root, other));
            let Some((a, b)) = scores else { continue };
            let (better, worse) = if a >= b { (one, other) } else { (other, one) };
            let names = [view.unit_name(better), view.unit_name(worse)];
            let is_beyond = compared.are_different(one, other);
            table.rows.push(vec![
                Cell::text(names.join(" – ")),
                Cell::Number((a - b).abs()),
                Cell::text(text::chance(lang, is_beyond, (a - b).abs())),
            ]);
        }
    }
    let (different, all) = compared.different();
    let note = text::pairs_note(lang, &view.confidence(), different, all, view.units_word());
    html! {
        h2 { (text::PAIRS.of(lang)) }
        p { (note) " " a href=(format!("{}#errors", view.about_page())) { (text::HOW_ERRORS.of(lang)) } }
        (table.to_html(lang, "pairs"))
    }
}
