//! Every score of a unit in one table.

use chiso_index::NodeIndex;
use chiso_index::score::Flags;
use chiso_publish::{Absence, Cell, Column, Table};

use super::errors;
use super::pickers::numbered;
use crate::explained::Explained;
use crate::text;
use crate::view::View;

/// The unit's score, rank and group at every node of the tree, beside the median and the best.
pub fn table(view: &View<'_>, unit: usize, explained: Option<&Explained>) -> Table {
    let lang = view.lang;
    let decimals = usize::from(view.pack().decimals);
    let has_groups = view
        .scored
        .version
        .tree
        .indices()
        .any(|node| view.has_groups(node));
    let mut columns = vec![
        Column::text("node", text::NAME.of(lang)),
        Column::number("score", text::SCORE.of(lang), decimals),
        Column::number("maximum", text::MAXIMUM.of(lang), 2),
        Column::integer("rank", text::RANK.of(lang)),
        Column::number("median", text::MEDIAN.of(lang), decimals),
        Column::number("best", text::BEST.of(lang), decimals),
    ];
    if has_groups {
        columns.push(Column::text("group", text::GROUP.of(lang)));
    }
    let has_errors = view.has_errors();
    let explained = explained.filter(|_| has_errors);
    if has_errors {
        columns.extend(errors::columns(view));
    }
    if let Some(explained) = explained {
        let against = text::against(lang, explained.change.from.0);
        columns.push(Column::text(
            "change",
            format!("{} {against}", text::CHANGE.of(lang)),
        ));
    }
    let caption = format!("{}, {}", view.unit_name(unit), view.edition_name());
    let mut table = Table::new(caption, columns);
    let outline = view.scored.version.tree.outline();
    table.rows = outline
        .into_iter()
        .map(|node| {
            let mut cells = row(view, node, unit, has_groups);
            if has_errors {
                cells.extend(errors::cells(view, node, unit));
            }
            cells.extend(explained.map(|explained| change_cell(view, node, explained)));
            cells
        })
        .collect();
    table
}

/// The change of a node's score against chance.
fn change_cell(view: &View<'_>, node: NodeIndex, explained: &Explained) -> Cell {
    let code = &view.scored.version.tree.node(node).code;
    let words = |(change, is_beyond): (f64, bool)| {
        let digits = view.lang.signed(change, view.few_decimals());
        let told = format!("{digits} {}", text::chance(view.lang, is_beyond, change));
        // On one line, so that a column of changes can be read down.
        told.replace(' ', "\u{a0}")
    };
    let found = explained.against_chance(code);
    found.map_or(Cell::Empty(Absence::NotComparable), |found| {
        Cell::Text(words(found))
    })
}

fn row(view: &View<'_>, node: NodeIndex, unit: usize, has_groups: bool) -> Vec<Cell> {
    let scored = view.scored;
    let summary = scored.summary(node);
    let absence = absence(view, node, unit);
    let name = numbered(&scored.version.tree.node(node).code, view.node_name(node));
    let mut cells = vec![
        Cell::Link {
            text: name,
            href: view.at(node).overview(),
        },
        Cell::number_or(scored.score(node, unit), absence.clone()),
        Cell::number_or(scored.maximum(node, unit), Absence::NotApplicable),
        Cell::integer_or(scored.rank(node, unit).map(i64::from), absence.clone()),
        Cell::number_or(summary.map(|summary| summary.median), Absence::Missing),
        Cell::number_or(summary.map(|summary| summary.best), Absence::Missing),
    ];
    if has_groups {
        cells.push(
            view.group_cell(node, unit)
                .unwrap_or(Cell::Empty(if view.has_groups(node) {
                    absence
                } else {
                    Absence::NotApplicable
                })),
        );
    }
    cells
}

fn absence(view: &View<'_>, node: NodeIndex, unit: usize) -> Absence {
    let flags = view.scored.flags(node, unit);
    if flags & Flags::NOT_APPLICABLE != 0 {
        Absence::NotApplicable
    } else if view.scored.version.tree.is_leaf(node) {
        Absence::Missing
    } else {
        Absence::NotScored
    }
}
