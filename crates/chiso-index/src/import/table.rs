//! The values of one sheet.

use std::collections::BTreeMap;

use super::columns::{self, Columns};
use super::grid::Reading;
use super::labels::Labels;
use super::layout::Layout;
use super::report::SheetReport;
use super::rows::Row;
use crate::pack::{Edition, NodeIndex};
use crate::problem::Problem;

/// A value printed with limited digits may stand this far outside its theoretical range.
const RANGE_TOLERANCE: f64 = 5e-6;

/// A value and the cell in which it stands.
pub(super) struct Printed {
    pub unit: String,
    pub node: NodeIndex,
    pub value: f64,
    pub cell: String,
}

/// What a sheet holds.
pub(super) struct Table {
    pub edition: Edition,
    /// Values of leaves.
    pub values: Vec<Printed>,
    /// Values of nodes with parts.
    pub totals: Vec<Printed>,
    pub report: SheetReport,
}

/// Reads the values of a table.
///
/// # Errors
/// The first cell that is not what it should be.
pub(super) fn read(
    layout: &Layout<'_>,
    labels: &Labels<'_>,
    zero_is_missing: bool,
    file: &str,
) -> Result<Table, Box<Problem>> {
    let columns = columns::classify(layout, labels, file)?;
    let mut reader = Reader {
        layout,
        labels,
        columns,
        zero_is_missing,
        file,
        table: empty(layout, labels),
    };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in layout.first_unit_row..layout.view.rows() {
        match reader.row(row)? {
            Row::Unit(unit) => {
                if let Some(first) = places.insert(unit.clone(), row) {
                    return Err(reader.unit_twice(&unit, first, row));
                }
                reader.values(row, &unit)?;
            }
            Row::Skipped(why) => reader.skip(row, why),
            Row::Blank => {}
        }
    }
    Ok(reader.finish(places.len()))
}

fn empty(layout: &Layout<'_>, labels: &Labels<'_>) -> Table {
    let report = SheetReport {
        sheet: layout.view.sheet_name().to_owned(),
        edition: labels.edition.0,
        orientation: layout.orientation,
        units: 0,
        units_expected: labels.units_expected(),
        nodes: Vec::new(),
        totals: Vec::new(),
        values: 0,
        blanks: 0,
        zeros_read_as_missing: 0,
        skipped: Vec::new(),
        totals_compared: 0,
        largest_difference: 0.0,
        warnings: Vec::new(),
    };
    Table {
        edition: labels.edition,
        values: Vec::new(),
        totals: Vec::new(),
        report,
    }
}

/// A table while it is read.
pub(super) struct Reader<'a> {
    pub(super) layout: &'a Layout<'a>,
    pub(super) labels: &'a Labels<'a>,
    pub(super) columns: Columns,
    pub(super) zero_is_missing: bool,
    pub(super) file: &'a str,
    pub(super) table: Table,
}

impl Reader<'_> {
    pub(super) fn fault(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Box<Problem> {
        Box::new(Problem::error(self.file, None, found, expected))
    }

    fn values(&mut self, row: usize, unit: &str) -> Result<(), Box<Problem>> {
        for place in 0..self.columns.nodes.len() {
            let (column, node) = self.columns.nodes[place];
            let Some(value) = self.value(row, column, unit, node)? else {
                continue;
            };
            let cell = self.layout.view.name(row, column);
            let printed = Printed {
                unit: unit.to_owned(),
                node,
                value,
                cell,
            };
            let is_leaf = self.labels.version.tree.is_leaf(node);
            let list = if is_leaf {
                &mut self.table.values
            } else {
                &mut self.table.totals
            };
            list.push(printed);
        }
        Ok(())
    }

    /// The number in a cell; none where it is missing.
    fn value(
        &mut self,
        row: usize,
        column: usize,
        unit: &str,
        node: NodeIndex,
    ) -> Result<Option<f64>, Box<Problem>> {
        let node = self.labels.version.tree.node(node);
        let place = || {
            format!(
                "{} (unit {unit}, node {})",
                self.layout.view.name(row, column),
                node.code
            )
        };
        match (self.layout.view.cell(row, column).reading(), node.range) {
            (Reading::Blank, _) => {
                self.table.report.blanks += 1;
                Ok(None)
            }
            (Reading::Number(0.0), _) if self.zero_is_missing => {
                self.table.report.zeros_read_as_missing += 1;
                Ok(None)
            }
            (Reading::Number(value), Some(range))
                if value < range.min - RANGE_TOLERANCE || value > range.max + RANGE_TOLERANCE =>
            {
                let found = format!("{value} in {}", place());
                Err(self.fault(found, format!("{} to {}", range.min, range.max)))
            }
            (Reading::Number(value), _) => Ok(Some(value)),
            (Reading::Wrong(found), _) => {
                let found = format!("{found} in {}", place());
                Err(self.fault(found, "a number with a decimal point, or nothing"))
            }
        }
    }

    fn unit_twice(&self, unit: &str, first: usize, second: usize) -> Box<Problem> {
        let view = self.layout.view;
        let found = format!(
            "unit {unit} in {} and again in {} of the sheet `{}`",
            view.row_name(first),
            view.row_name(second),
            view.sheet_name()
        );
        self.fault(found, "each unit once: delete or rename one")
    }

    fn finish(mut self, units: usize) -> Table {
        let tree = &self.labels.version.tree;
        let report = &mut self.table.report;
        report.units = units;
        report.values = self.table.values.len();
        let (leaves, inner): (Vec<_>, Vec<_>) = self
            .columns
            .nodes
            .iter()
            .map(|(_, node)| *node)
            .partition(|&node| tree.is_leaf(node));
        let codes =
            |nodes: &[NodeIndex]| nodes.iter().map(|&n| tree.node(n).code.clone()).collect();
        report.nodes = codes(&leaves);
        report.totals = codes(&inner);
        report.skipped.append(&mut self.columns.skipped);
        let absent: Vec<NodeIndex> = tree
            .leaves()
            .filter(|node| !leaves.contains(node))
            .collect();
        if !absent.is_empty() {
            report
                .warnings
                .push(format!("no values of nodes {}", self.labels.codes(&absent)));
        }
        if let Some(expected) = report.units_expected.filter(|expected| units < *expected) {
            report
                .warnings
                .push(format!("{units} units; a full edition has {expected}"));
        }
        self.table
    }
}
