//! Missing values filled: which cells may be filled, and the kernels of [`crate::method::impute`]
//! on the blocks of an impute step.

use super::compile::Plan;
use super::runner::column;
use super::stage::{Fill, Stage};
use super::{Leaves, StepFault};
use crate::method::impute;
use crate::pack::Direction;

/// Memory that runs use again.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    missing: Vec<bool>,
}

/// What an impute stage reads.
pub(super) struct Input<'a> {
    pub plan: &'a Plan,
    pub stage: &'a Stage,
    pub buffers: &'a [Vec<f64>],
    pub leaves: &'a Leaves,
    /// Rows that a screen step left out; empty without one.
    pub excluded: &'a [bool],
}

impl Input<'_> {
    pub(super) fn fill(
        &self,
        fills: &[Fill],
        out: &mut [f64],
        scratch: &mut Scratch,
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        self.refuse_empty_units(fills, rows)?;
        for (slot, fill) in fills.iter().enumerate() {
            let from = self.read(slot);
            let to = &mut out[slot * rows..][..rows];
            to.copy_from_slice(from);
            if matches!(fill, Fill::Nothing) || !from.iter().any(|value| value.is_nan()) {
                continue;
            }
            self.may_fill(slot, from, &mut scratch.missing);
            self.column(slot, fill, from, &scratch.missing, to)?;
        }
        Ok(())
    }

    fn read(&self, slot: usize) -> &[f64] {
        column(self.buffers, self.stage.reads[slot], self.plan.frame.rows())
    }

    /// Cells without a value, of units that were observed, stay in and are concerned.
    fn may_fill(&self, slot: usize, values: &[f64], missing: &mut Vec<bool>) {
        let rows = values.len();
        let node = self.stage.nodes[slot];
        let leaf = self.plan.leaves.iter().position(|leaf| *leaf == node);
        let not_applicable = leaf
            .filter(|_| !self.leaves.not_applicable.is_empty())
            .map_or(&[][..], |leaf| {
                &self.leaves.not_applicable[leaf * rows..][..rows]
            });
        let holds = |list: &[bool], row: usize| list.get(row).copied().unwrap_or(false);
        missing.clear();
        missing.extend(values.iter().enumerate().map(|(row, value)| {
            value.is_nan()
                && self.leaves.observed.get(row).copied().unwrap_or(true)
                && !holds(self.excluded, row)
                && !holds(not_applicable, row)
        }));
    }

    /// A unit that was observed without a single value would become an invention.
    fn refuse_empty_units(&self, fills: &[Fill], rows: usize) -> Result<(), StepFault> {
        let invents_none =
            |fill: &Fill| matches!(fill, Fill::Previous(_) | Fill::Linear | Fill::Nothing);
        if fills.iter().all(invents_none) {
            return Ok(());
        }
        let columns: Vec<&[f64]> = (0..fills.len()).map(|slot| self.read(slot)).collect();
        for row in 0..rows {
            let stays = self.leaves.observed.get(row).copied().unwrap_or(true)
                && !self.excluded.get(row).copied().unwrap_or(false);
            if stays && columns.iter().all(|values| values[row].is_nan()) {
                let unit = self.plan.frame.unit(row).map_or("", |unit| unit);
                let problem = format!(
                    "found unit `{unit}` without a single value; expected a screen step before, or no row of that unit"
                );
                return Err(self.fault(None, row, problem));
            }
        }
        Ok(())
    }

    fn fault(&self, slot: Option<usize>, row: usize, problem: String) -> StepFault {
        StepFault {
            step: self.stage.step,
            action: self.stage.action,
            line: self.stage.line,
            node: slot.map(|s| {
                self.plan
                    .version
                    .tree
                    .node(self.stage.nodes[s])
                    .code
                    .clone()
            }),
            edition: self.plan.frame.edition(row),
            problem,
        }
    }

    fn column(
        &self,
        slot: usize,
        fill: &Fill,
        from: &[f64],
        missing: &[bool],
        to: &mut [f64],
    ) -> Result<(), StepFault> {
        match fill {
            Fill::Previous(_) | Fill::Linear => {
                self.along_editions(fill, from, missing, to);
                return Ok(());
            }
            _ => {}
        }
        for block in self.plan.blocks(self.stage.over) {
            let (values, cells) = (&from[block.clone()], &missing[block.clone()]);
            let out = &mut to[block.clone()];
            if !cells.contains(&true) {
                continue;
            }
            let done = match fill {
                Fill::Column(statistic) => impute::column(*statistic, values, cells, out),
                Fill::Group(statistic, groups) => {
                    impute::grouped(*statistic, &groups[block.clone()], values, cells, out)
                }
                Fill::Row(members) => self.row_mean(slot, members, &block, cells, out),
                Fill::Previous(_) | Fill::Linear | Fill::Nothing => Ok(0),
            };
            done.map_err(|error| self.fault(Some(slot), block.start, error.to_string()))?;
        }
        Ok(())
    }

    fn row_mean(
        &self,
        slot: usize,
        members: &[(usize, Direction)],
        block: &std::ops::Range<usize>,
        cells: &[bool],
        out: &mut [f64],
    ) -> Result<usize, impute::ImputeFault> {
        let columns: Vec<&[f64]> = members
            .iter()
            .map(|(member, _)| &self.read(*member)[block.clone()])
            .collect();
        let directions: Vec<Direction> = members.iter().map(|(_, direction)| *direction).collect();
        let own = members
            .iter()
            .position(|(member, _)| *member == slot)
            .unwrap_or(0);
        impute::row_mean(&columns, &directions, own, cells, out)
    }

    /// A unit's values over the editions in which it is a row.
    fn along_editions(&self, fill: &Fill, from: &[f64], missing: &[bool], to: &mut [f64]) {
        let editions = self.plan.frame.editions();
        let mut units: Vec<&std::sync::Arc<str>> = editions.iter().flat_map(|e| &e.units).collect();
        units.sort();
        units.dedup();
        for unit in units {
            let rows: Vec<(f64, usize)> = (0..editions.len())
                .filter_map(|e| {
                    Some((
                        f64::from(editions[e].edition.0),
                        self.plan.frame.row(e, unit)?,
                    ))
                })
                .collect();
            let series: Vec<f64> = rows.iter().map(|(_, row)| from[*row]).collect();
            let times: Vec<f64> = rows.iter().map(|(time, _)| *time).collect();
            for (place, &(_, row)) in rows
                .iter()
                .enumerate()
                .filter(|(_, (_, row))| missing[*row])
            {
                let value = match fill {
                    Fill::Previous(age) => impute::previous(&times, &series, place, *age),
                    _ => impute::linear(&times, &series, place),
                };
                to[row] = value.unwrap_or(f64::NAN);
            }
        }
    }
}
