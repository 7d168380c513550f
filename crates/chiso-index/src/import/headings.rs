//! What the headings over a column say, and where they contradict each other.

use super::labels::Labels;
use super::layout::Layout;
use crate::pack::NodeIndex;
use crate::problem::{Problem, quoted};

/// What a column's headings say.
pub(super) enum Heading {
    /// It holds the values of this node.
    Node(NodeIndex),
    /// It is beside the nodes: the label that says so.
    Skip(String),
    /// No heading is known.
    Nothing,
}

/// Reads the headings over a column.
///
/// # Errors
/// When one fits several nodes, or two contradict each other.
pub(super) fn heading(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    file: &str,
    column: usize,
) -> Result<Heading, Box<Problem>> {
    let fault = |found, expected: &str| Box::new(Problem::error(file, None, found, expected));
    let named = |row: usize| named(layout, row, column);
    let mut node: Option<(usize, NodeIndex)> = None;
    let mut skip: Option<(usize, String)> = None;
    for (row, label) in headings(layout, column) {
        match (labels.nodes(&label), node) {
            ([], _) if labels.is_skip(&label) => skip = skip.or(Some((row, label))),
            ([], _) => {}
            ([one], None) => node = Some((row, *one)),
            ([one], Some((_, other))) if *one == other => {}
            (nodes, Some((first, other))) => {
                let (one, other) = (labels.codes(nodes), labels.codes(&[other]));
                let found = format!(
                    "headings {} (node {other}) and {} (node {one}) over the same values",
                    named(first),
                    named(row)
                );
                return Err(fault(
                    found,
                    "headings that name one node: correct the one that is wrong",
                ));
            }
            (several, None) => {
                let found = format!(
                    "heading {}, which fits nodes {}",
                    named(row),
                    labels.codes(several)
                );
                return Err(fault(
                    found,
                    "a heading that names one node, such as its code",
                ));
            }
        }
    }
    match (node, skip) {
        (Some((first, _)), Some((second, _))) => Err(fault(
            format!(
                "headings {} (a node) and {} (to be skipped) over the same values",
                named(first),
                named(second)
            ),
            "headings that agree: correct one of them, or the row_skip of import.toml",
        )),
        (Some((_, node)), None) => Ok(Heading::Node(node)),
        (None, Some((_, label))) => Ok(Heading::Skip(label)),
        (None, None) => Ok(Heading::Nothing),
    }
}

/// The labels over a column with their rows. In the row that names most nodes a number is a code,
/// such as 1.1, that a spreadsheet made one of; elsewhere it is none.
fn headings<'a>(
    layout: &'a Layout<'_>,
    column: usize,
) -> impl Iterator<Item = (usize, String)> + 'a {
    (0..layout.first_unit_row).filter_map(move |row| {
        let cell = layout.view.cell(row, column);
        let label = if row == layout.node_row {
            cell.label()
        } else {
            cell.word()
        };
        Some((row, label?.into_owned()))
    })
}

/// The first label over a column, empty where there is none.
pub(super) fn first_label(layout: &Layout<'_>, column: usize) -> String {
    let mut labels =
        (0..layout.first_unit_row).filter_map(|row| layout.view.cell(row, column).label());
    labels
        .next()
        .map_or(String::new(), |label| label.into_owned())
}

fn named(layout: &Layout<'_>, row: usize, column: usize) -> String {
    let label = layout.view.cell(row, column).label().unwrap_or_default();
    format!("{} in {}", quoted(&label), layout.view.name(row, column))
}
