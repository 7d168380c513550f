//! What each column of a table is: a node, a spelling of the unit, or something beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Cell;
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

/// What a column's headings say.
enum Heading {
    Node(NodeIndex),
    Skip(String),
    Nothing,
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
        let skipped = |label: String, why: &str| Skipped {
            place: view.column_name(column),
            label,
            why: why.to_owned(),
        };
        match heading(layout, labels, file, column)? {
            Heading::Node(node) => {
                if let Some(first) = places.insert(node, column) {
                    return Err(twice(layout, labels, file, node, first, column));
                }
                found.nodes.push((column, node));
            }
            _ if spells_unit(layout, labels, column) => found.units.push(column),
            Heading::Skip(label) => found
                .skipped
                .push(skipped(label, "beside the nodes (row_skip)")),
            Heading::Nothing => {
                let label = first_label(layout, column).unwrap_or_default();
                let mut below =
                    (layout.first_unit_row..view.rows()).map(|row| (row, view.cell(row, column)));
                match below.find(|(_, cell)| cell.is_number()) {
                    Some((row, _)) => unknown.push((column, row, label)),
                    None if (layout.first_unit_row..view.rows())
                        .any(|r| !view.cell(r, column).is_blank()) =>
                    {
                        found
                            .skipped
                            .push(skipped(label, "text that is no spelling of the unit"));
                    }
                    None if !label.is_empty() => found.skipped.push(skipped(label, "blank")),
                    None => {}
                }
            }
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(unknown_columns(layout, labels, file, &unknown))
    }
}

fn heading(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    file: &str,
    column: usize,
) -> Result<Heading, Box<Problem>> {
    let view = layout.view;
    let mut node: Option<(usize, NodeIndex)> = None;
    let mut skip: Option<(usize, String)> = None;
    for row in 0..layout.first_unit_row {
        // In the row of headings a number is a code, such as 1.1, that a spreadsheet made one of.
        let numeric = row == layout.node_row;
        let cell = view.cell(row, column);
        let Some(label) = (if numeric { cell.label() } else { cell.word() }) else {
            continue;
        };
        match (labels.nodes(&label), node) {
            ([], _) if labels.is_skip(&label) => skip = skip.or(Some((row, label.into_owned()))),
            ([], _) => {}
            ([one], None) => node = Some((row, *one)),
            ([one], Some((_, other))) if *one == other => {}
            ([one], Some((first, other))) => {
                let found = format!(
                    "headings {} (node {}) and {} (node {}) over the same values",
                    named(layout, first, column),
                    labels.codes(&[other]),
                    named(layout, row, column),
                    labels.codes(&[*one])
                );
                let expected = "headings that name one node: correct the heading that is wrong";
                return Err(Box::new(Problem::error(file, None, found, expected)));
            }
            (several, _) => {
                let found = format!(
                    "heading {}, which fits nodes {}",
                    named(layout, row, column),
                    labels.codes(several)
                );
                let expected = "a heading that names one node, such as its code";
                return Err(Box::new(Problem::error(file, None, found, expected)));
            }
        }
    }
    match (node, skip) {
        (Some((first, _)), Some((second, _))) => Err(Box::new(Problem::error(
            file,
            None,
            format!(
                "headings {} (a node) and {} (to be skipped) over the same values",
                named(layout, first, column),
                named(layout, second, column)
            ),
            "headings that agree: correct one of them, or the row_skip of import.toml",
        ))),
        (Some((_, node)), None) => Ok(Heading::Node(node)),
        (None, Some((_, label))) => Ok(Heading::Skip(label)),
        (None, None) => Ok(Heading::Nothing),
    }
}

fn named(layout: &Layout<'_>, row: usize, column: usize) -> String {
    let label = layout.view.cell(row, column).label().unwrap_or_default();
    format!("{} in {}", quoted(&label), layout.view.name(row, column))
}

fn first_label(layout: &Layout<'_>, column: usize) -> Option<String> {
    (0..layout.first_unit_row)
        .find_map(|row| Some(layout.view.cell(row, column).label()?.into_owned()))
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
