//! Where the units and the nodes of a sheet stand: found from the labels, never assumed.

use std::collections::BTreeSet;

use super::grid::{Cell, Sheet, View};
use super::labels::Labels;
use super::report::Orientation;
use crate::pack::NodeIndex;
use crate::problem::Problem;

/// A sheet seen with its units in rows, and the lines from which this was known.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub view: View<'a>,
    pub orientation: Orientation,
    /// The column whose labels name most units.
    pub unit_column: usize,
    /// The row whose labels name most nodes.
    pub node_row: usize,
    /// The first row that names a unit: headings stand above.
    pub first_unit_row: usize,
}

/// Finds the table of a sheet: none where no number stands where a unit and a node meet.
///
/// # Errors
/// When units could stand in rows as well as in columns, or headings do not stand before the values.
pub(super) fn find<'a>(
    sheet: &'a Sheet,
    labels: &Labels<'_>,
    file: &str,
) -> Result<Option<Layout<'a>>, Box<Problem>> {
    let upright = candidate(View::new(sheet, false), Orientation::UnitsInRows, labels);
    let turned = candidate(View::new(sheet, true), Orientation::UnitsInColumns, labels);
    let layout = match (upright, turned) {
        (Some(_), Some(_)) => {
            return Err(Box::new(Problem::error(
                file,
                None,
                format!(
                    "units in rows as well as in columns of the sheet `{}`, each with headings of nodes",
                    sheet.name
                ),
                "one table in a sheet: put the others on sheets of their own, or delete them",
            )));
        }
        (upright, turned) => upright.or(turned),
    };
    match layout {
        Some(layout) if layout.node_row >= layout.first_unit_row => Err(Box::new(Problem::error(
            file,
            None,
            format!(
                "headings of nodes in {}, after the first unit in {}, of the sheet `{}`",
                layout.view.row_name(layout.node_row),
                layout.view.row_name(layout.first_unit_row),
                sheet.name
            ),
            "headings of nodes before the units",
        ))),
        layout => Ok(layout),
    }
}

/// The table in one orientation, where at least one number is at the meeting of a unit and a node.
fn candidate<'a>(
    view: View<'a>,
    orientation: Orientation,
    labels: &Labels<'_>,
) -> Option<Layout<'a>> {
    let (unit_column, numeric_units) = unit_column(view, labels)?;
    let node_row = node_row(view, labels)?;
    let names_unit = |row: usize| {
        let cell = view.cell(row, unit_column);
        let label = if numeric_units {
            cell.label()
        } else {
            cell.word()
        };
        row != node_row && label.is_some_and(|label| labels.unit(&label).is_some())
    };
    let names_node = |column: usize| {
        let label = view.cell(node_row, column).label();
        column != unit_column && label.is_some_and(|label| !labels.nodes(&label).is_empty())
    };
    let unit_rows: Vec<usize> = (0..view.rows()).filter(|&row| names_unit(row)).collect();
    let node_columns: Vec<usize> = (0..view.columns())
        .filter(|&column| names_node(column))
        .collect();
    let is_table = unit_rows.iter().any(|&row| {
        node_columns
            .iter()
            .any(|&column| view.cell(row, column).is_number())
    });
    let first_unit_row = *unit_rows.first()?;
    is_table.then_some(Layout {
        view,
        orientation,
        unit_column,
        node_row,
        first_unit_row,
    })
}

/// The column that names most units, and whether it does so by numbers. Numbers count only where no
/// text names a unit, and only a column in which every number is the code of another unit.
fn unit_column(view: View<'_>, labels: &Labels<'_>) -> Option<(usize, bool)> {
    let columns = 0..view.columns();
    let lines = columns
        .clone()
        .map(|column| (0..view.rows()).map(move |row| view.cell(row, column)));
    let by_text = most(lines.map(|cells| {
        let units: BTreeSet<String> = cells
            .filter_map(Cell::word)
            .filter_map(|label| labels.unit(&label))
            .collect();
        units.len()
    }));
    let lines = columns.map(|column| (0..view.rows()).map(move |row| view.cell(row, column)));
    by_text.map(|column| (column, false)).or_else(|| {
        let by_number = most(lines.map(|cells| all_distinct(cells, |label| labels.unit(label))));
        by_number.map(|column| (column, true))
    })
}

/// The row that names most nodes; by numbers only where no text names a node.
fn node_row(view: View<'_>, labels: &Labels<'_>) -> Option<usize> {
    let rows = 0..view.rows();
    let lines = rows
        .clone()
        .map(|row| (0..view.columns()).map(move |column| view.cell(row, column)));
    let by_text = most(lines.map(|cells| {
        let nodes: BTreeSet<NodeIndex> = cells
            .filter_map(Cell::word)
            .filter_map(|label| labels.nodes(&label).first().copied())
            .collect();
        nodes.len()
    }));
    let lines = rows.map(|row| (0..view.columns()).map(move |column| view.cell(row, column)));
    let first = |label: &str| labels.nodes(label).first().copied();
    by_text.or_else(|| most(lines.map(|cells| all_distinct(cells, first))))
}

/// The first place of the greatest count above zero.
fn most(counts: impl Iterator<Item = usize>) -> Option<usize> {
    let best = counts.enumerate().filter(|(_, count)| *count > 0);
    best.max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)))
        .map(|(place, _)| place)
}

/// How many numbers there are among the cells, if each means something else and there are several.
fn all_distinct<'a, T: Ord>(
    cells: impl Iterator<Item = &'a Cell>,
    meaning: impl Fn(&str) -> Option<T>,
) -> usize {
    let mut seen = BTreeSet::new();
    for cell in cells.filter(|cell| cell.is_number()) {
        let meant = cell.label().and_then(|label| meaning(&label));
        if !meant.is_some_and(|meant| seen.insert(meant)) {
            return 0;
        }
    }
    if seen.len() > 1 { seen.len() } else { 0 }
}
