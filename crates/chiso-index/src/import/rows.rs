//! What each row of a table is: a unit, or something beside the units.

use super::report::Skipped;
use super::table::Reader;
use crate::problem::{Problem, quoted};

/// What a row is.
pub(super) enum Row {
    Unit(String),
    Skipped(&'static str),
    Blank,
}

impl Reader<'_> {
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

    /// Reports a row that is left out.
    pub(super) fn skip(&mut self, row: usize, why: &str) {
        let label = self
            .labels_of(row)
            .next()
            .map(|(_, label)| label)
            .unwrap_or_default();
        let place = self.layout.view.row_name(row);
        self.table.report.skipped.push(Skipped {
            place,
            label,
            why: why.to_owned(),
        });
    }

    /// What a row is.
    ///
    /// # Errors
    /// When its labels contradict each other, or values stand in it without a unit.
    pub(super) fn row(&mut self, row: usize) -> Result<Row, Box<Problem>> {
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

    fn is_node(&self, column: usize) -> bool {
        self.columns.nodes.iter().any(|(known, _)| *known == column)
    }
}
