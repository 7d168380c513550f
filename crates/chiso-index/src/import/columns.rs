//! What each column of a table is: a node, a spelling of the unit, or something beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Cell;
use super::headings::{Heading, first_label, heading};
use super::labels::Labels;
use super::layout::Layout;
use super::report::Skipped;
use crate::pack::NodeIndex;
use crate::problem::{Problem, quoted};

/// The columns of a table, by what they are.
pub(super) struct Columns {
    /// Columns that spell the unit; the first is the one that names most.
    pub units: Vec<usize>,
    /// Columns of nodes.
    pub nodes: Vec<(usize, NodeIndex)>,
    /// The others.
    pub skipped: Vec<Skipped>,
}

/// Finds what each column is.
///
/// # Errors
/// When headings contradict each other, a node has two columns, or a column holds numbers of which
/// nothing says what they are.
pub(super) fn classify(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    file: &str,
) -> Result<Columns, Box<Problem>> {
    let view = layout.view;
    let mut found = Columns {
        units: vec![layout.unit_column],
        nodes: Vec::new(),
        skipped: Vec::new(),
    };
    let mut places: BTreeMap<NodeIndex, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    for column in (0..view.columns()).filter(|&column| column != layout.unit_column) {
        match heading(layout, labels, file, column)? {
            Heading::Node(node) => {
                if let Some(first) = places.insert(node, column) {
                    return Err(twice(layout, labels, file, node, first, column));
                }
                found.nodes.push((column, node));
            }
            _ if spells_unit(layout, labels, column) => found.units.push(column),
            Heading::Skip(label) => {
                found.skipped.push(skipped(
                    layout,
                    column,
                    label,
                    "beside the nodes (row_skip)",
                ));
            }
            Heading::Nothing => match without_heading(layout, column) {
                Ok(skipped) => found.skipped.extend(skipped),
                Err(row) => unknown.push((column, row, first_label(layout, column))),
            },
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(unknown_columns(layout, labels, file, &unknown))
    }
}

fn skipped(layout: &Layout<'_>, column: usize, label: String, why: &str) -> Skipped {
    Skipped {
        place: layout.view.column_name(column),
        label,
        why: why.to_owned(),
    }
}

/// A column of which no heading is known, as it is reported: not at all where nothing stands in it.
/// An error is the first row in which it holds a number, so that it cannot be left out.
fn without_heading(layout: &Layout<'_>, column: usize) -> Result<Option<Skipped>, usize> {
    let view = layout.view;
    let rows = layout.first_unit_row..view.rows();
    if let Some(row) = rows.clone().find(|&row| view.cell(row, column).is_number()) {
        return Err(row);
    }
    let label = first_label(layout, column);
    let is_blank = rows.clone().all(|row| view.cell(row, column).is_blank());
    Ok(match (is_blank, label.is_empty()) {
        (true, true) => None,
        (true, false) => Some(skipped(layout, column, label, "blank")),
        (false, _) => Some(skipped(
            layout,
            column,
            label,
            "text that is no spelling of the unit",
        )),
    })
}

/// Whether a column spells the units that stand in the main one. It may differ in a row or two: that
/// is a contradiction to be named. A column that repeats units, as one that says into which province
/// each was merged, is no spelling, though half of it may agree.
fn spells_unit(layout: &Layout<'_>, labels: &Labels<'_>, column: usize) -> bool {
    let unit = |cell: &Cell| cell.label().and_then(|label| labels.unit(&label));
    let (mut rows, mut filled, mut known, mut agreeing) = (0, 0, 0, 0);
    let mut distinct = BTreeSet::new();
    for row in layout.first_unit_row..layout.view.rows() {
        let Some(main) = unit(layout.view.cell(row, layout.unit_column)) else {
            continue;
        };
        rows += 1;
        let cell = layout.view.cell(row, column);
        filled += usize::from(!cell.is_blank());
        if let Some(other) = unit(cell) {
            known += 1;
            agreeing += usize::from(other == main);
            distinct.insert(other);
        }
    }
    let nearly_all = agreeing * 10 >= filled * 9;
    agreeing > 0 && agreeing * 2 >= rows && (nearly_all || distinct.len() == known)
}

fn twice(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    file: &str,
    node: NodeIndex,
    first: usize,
    second: usize,
) -> Box<Problem> {
    let view = layout.view;
    let (first, second) = (view.column_name(first), view.column_name(second));
    let sheet = view.sheet_name();
    let found = format!(
        "node {} in {first} and again in {second} of the sheet `{sheet}`",
        labels.codes(&[node])
    );
    let expected =
        "each node once: name what is beside it in a row_skip of import.toml, or delete one";
    Box::new(Problem::error(file, None, found, expected))
}

/// One message for all columns that hold numbers without a known heading.
fn unknown_columns(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    file: &str,
    unknown: &[(usize, usize, String)],
) -> Box<Problem> {
    const MOST: usize = 8;
    let mut parts: Vec<String> = unknown
        .iter()
        .take(MOST)
        .map(|(column, row, label)| {
            let hint = labels
                .elsewhere(label)
                .map_or(String::new(), |other| format!(", elsewhere {other}"));
            let label = if label.is_empty() {
                "without heading".to_owned()
            } else {
                quoted(label)
            };
            format!("{label} ({}{hint})", layout.view.name(*row, *column))
        })
        .collect();
    if unknown.len() > MOST {
        parts.push(format!("and {} more", unknown.len() - MOST));
    }
    let found = format!(
        "numbers under headings that name no node of edition {}: {}",
        labels.edition,
        parts.join("; ")
    );
    let expected = format!(
        "the code or name of a node of version {}; add an [[alias]] for a node, or a [[row_skip]] for what is beside them, to import.toml",
        labels.version.id
    );
    Box::new(Problem::error(file, None, found, expected))
}
