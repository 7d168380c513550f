//! The values of one sheet.

use std::collections::BTreeMap;

use super::columns::{self, Columns};
use super::grid::Reading;
use super::labels::Labels;
use super::layout::Layout;
use super::report::{SheetReport, Skipped};
use crate::pack::{Edition, NodeIndex};
use crate::problem::{Problem, quoted};

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

/// What a row is.
enum Row {
    Unit(String),
    Skipped(&'static str),
    Blank,
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
            Row::Skipped(why) => {
                let label = reader
                    .labels_of(row)
                    .next()
                    .map(|(_, label)| label)
                    .unwrap_or_default();
                let place = layout.view.row_name(row);
                reader.table.report.skipped.push(Skipped {
                    place,
                    label,
                    why: why.to_owned(),
                });
            }
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

struct Reader<'a> {
    layout: &'a Layout<'a>,
    labels: &'a Labels<'a>,
    columns: Columns,
    zero_is_missing: bool,
    file: &'a str,
    table: Table,
}

impl Reader<'_> {
    fn fault(&self, found: impl Into<String>, expected: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::error(self.file, None, found, expected))
    }

    fn is_node(&self, column: usize) -> bool {
        self.columns.nodes.iter().any(|(known, _)| *known == column)
    }

    /// The labels of a row with their columns: of the columns that spell the unit, then of others
    /// that are no node's.
    fn labels_of(&self, row: usize) -> impl Iterator<Item = (usize, String)> + '_ {
        let view = self.layout.view;
        let others =
            (0..view.columns()).filter(|c| !self.columns.units.contains(c) && !self.is_node(*c));
        let units = self.columns.units.iter().filter_map(move |&column| {
            Some((column, view.cell(row, column).label()?.into_owned()))
        });
        units.chain(
            others.filter_map(move |column| {
                Some((column, view.cell(row, column).word()?.into_owned()))
            }),
        )
    }

    fn row(&mut self, row: usize) -> Result<Row, Box<Problem>> {
        let view = self.layout.view;
        let spellings: Vec<(usize, String)> = self
            .labels_of(row)
            .filter(|(column, _)| self.columns.units.contains(column))
            .collect();
        let mut unit: Option<(usize, String)> = None;
        for (column, label) in &spellings {
            let Some(code) = self.labels.unit(label) else {
                continue;
            };
            match &unit {
                Some((first, other)) if *other != code => {
                    let found = format!(
                        "unit {other} in {} and unit {code} in {}",
                        view.name(row, *first),
                        view.name(row, *column)
                    );
                    return Err(self.fault(
                        found,
                        "one unit in a row of values: correct the label that is wrong",
                    ));
                }
                _ => unit = unit.or(Some((*column, code))),
            }
        }
        match unit {
            Some((_, unit)) => self.unit_row(row, unit, &spellings),
            None => self.other_row(row, &spellings),
        }
    }

    /// A row of a unit, some of whose labels may be spelt in an unknown way.
    fn unit_row(
        &mut self,
        row: usize,
        unit: String,
        spellings: &[(usize, String)],
    ) -> Result<Row, Box<Problem>> {
        for (column, label) in spellings
            .iter()
            .filter(|(_, label)| self.labels.unit(label).is_none())
        {
            let cell = self.layout.view.name(row, *column);
            if self.labels.is_skip(label) {
                let found = format!(
                    "{} in {cell}, to be skipped, beside unit {unit}",
                    quoted(label)
                );
                return Err(self.fault(
                    found,
                    "a unit or a row to skip: correct the label that is wrong",
                ));
            }
            let warning = format!(
                "{} in {cell} names no unit; read as unit {unit} by the labels beside it",
                quoted(label)
            );
            self.table.report.warnings.push(warning);
        }
        Ok(Row::Unit(unit))
    }

    fn other_row(&self, row: usize, spellings: &[(usize, String)]) -> Result<Row, Box<Problem>> {
        if self
            .labels_of(row)
            .any(|(_, label)| self.labels.is_skip(&label))
        {
            return Ok(Row::Skipped("beside the units (row_skip)"));
        }
        let view = self.layout.view;
        let filled = self
            .columns
            .nodes
            .iter()
            .find(|(column, _)| !view.cell(row, *column).is_blank());
        let Some((column, _)) = filled else {
            let is_blank = self.labels_of(row).next().is_none();
            return Ok(if is_blank {
                Row::Blank
            } else {
                Row::Skipped("names no unit and holds no values")
            });
        };
        // The longest label is the likeliest name; a code says less.
        let label = spellings
            .iter()
            .max_by_key(|(_, label)| label.chars().count());
        Err(match label {
            Some((at, label)) => self.fault(
                format!("{} in {} before values: {}", quoted(label), view.name(row, *at), self.labels.unit_fault(label)),
                "a unit; correct the label, or add a [[unit_alias]] or a [[row_skip]] to import.toml",
            ),
            None => self.fault(
                format!("a value in {} of a line without a unit", view.name(row, *column)),
                "the name or code of a unit, or nothing",
            ),
        })
    }

    fn values(&mut self, row: usize, unit: &str) -> Result<(), Box<Problem>> {
        for place in 0..self.columns.nodes.len() {
            let (column, node) = self.columns.nodes[place];
            let tree = &self.labels.version.tree;
            let is_leaf = tree.is_leaf(node);
            let name = || self.layout.view.name(row, column);
            let code = &tree.node(node).code;
            let value = match self.layout.view.cell(row, column).reading() {
                Reading::Blank => {
                    self.table.report.blanks += 1;
                    continue;
                }
                Reading::Number(value) if value == 0.0 && self.zero_is_missing => {
                    self.table.report.zeros_read_as_missing += 1;
                    continue;
                }
                Reading::Number(value) => value,
                Reading::Wrong(found) => {
                    let found = format!("{found} in {} (unit {unit}, node {code})", name());
                    return Err(self.fault(found, "a number with a decimal point, or nothing"));
                }
            };
            if let Some(range) = tree.node(node).range
                && !(range.min - RANGE_TOLERANCE..=range.max + RANGE_TOLERANCE).contains(&value)
            {
                let found = format!("{value} in {} (unit {unit}, node {code})", name());
                return Err(self.fault(found, format!("{} to {}", range.min, range.max)));
            }
            let printed = Printed {
                unit: unit.to_owned(),
                node,
                value,
                cell: name(),
            };
            let list = if is_leaf {
                &mut self.table.values
            } else {
                &mut self.table.totals
            };
            list.push(printed);
        }
        Ok(())
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
