//! Each kind of stage carried out on the runner's columns.

use std::fmt::Display;
use std::ops::Range;

use super::{Runner, column};
use crate::engine::stage::{Denominator, Kernel, Norm, Rule, ScreenRule, Stage, WeightSource};
use crate::engine::{StepFault, aggregate, fill, weigh};
use crate::method::{denominate, normalise, screen, treat};

impl Runner {
    /// Carries out a stage: its columns go to `out`, one after another.
    pub(super) fn stage(
        &mut self,
        place: usize,
        stage: &Stage,
        out: &mut Vec<f64>,
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        out.resize(stage.nodes.len() * rows, f64::NAN);
        match &stage.kernel {
            Kernel::Denominate(denominators) => self.denominate(stage, denominators, out),
            Kernel::Impute { fills, screened_by } => {
                let excluded = screened_by.map_or(&[][..], |place| &self.excluded[place]);
                let input = fill::Input {
                    plan: &self.plan,
                    stage,
                    buffers: &self.buffers,
                    leaves: &self.leaves,
                    excluded,
                };
                input.fill(fills, out, &mut self.scratch.fill)
            }
            Kernel::Screen(rule) => self.screen(place, stage, rule, out),
            Kernel::Treat(treatments) => self.treat(place, stage, treatments, out),
            Kernel::Normalise(norms) => self.normalise(stage, norms, out),
            Kernel::Expression {
                columns,
                screened_by,
            } => self.expressions(stage, columns, *screened_by, out),
            Kernel::Weight { .. } => self.weigh(place, stage, out),
            Kernel::Aggregate { rules, weights } => {
                self.aggregate(place, stage, rules, *weights, out)
            }
        }
    }

    /// A fault at a column and a row.
    pub(super) fn fault_at(
        &self,
        stage: &Stage,
        slot: usize,
        row: usize,
        problem: &dyn Display,
    ) -> StepFault {
        let node = stage
            .nodes
            .get(slot)
            .map(|n| self.plan.version.tree.node(*n).code.as_str());
        stage.fault(self.plan.frame.edition(row), node, problem.to_string())
    }

    /// The same, where the row matters: the unit is named, too.
    fn fault_of_unit(
        &self,
        stage: &Stage,
        slot: usize,
        row: usize,
        problem: &dyn Display,
    ) -> StepFault {
        let unit = self.plan.frame.unit(row).map_or("", |unit| unit);
        self.fault_at(stage, slot, row, &format!("unit `{unit}`: {problem}"))
    }

    fn denominate(
        &self,
        stage: &Stage,
        denominators: &[Denominator],
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        for (slot, by) in denominators.iter().enumerate() {
            let from = column(&self.buffers, stage.reads[slot], rows);
            let to = &mut out[slot * rows..][..rows];
            let done = denominate::denominate(from, &by.values, by.scale, to);
            done.map_err(|error| self.fault_of_unit(stage, slot, error.row(), &error))?;
        }
        Ok(())
    }

    fn normalise(&self, stage: &Stage, norms: &[Norm], out: &mut [f64]) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        for block in self.plan.blocks(stage.over) {
            for (slot, norm) in norms.iter().enumerate() {
                let whole = column(&self.buffers, stage.reads[slot], rows);
                let to = &mut out[slot * rows..][block.clone()];
                let method = self.bound(norm, whole, &block);
                let values = &whole[block.clone()];
                let done = normalise::normalise(&method, norm.direction, values, to);
                done.map_err(|error| match error.row() {
                    Some(row) => self.fault_of_unit(stage, slot, block.start + row, &error),
                    None => self.fault_at(stage, slot, block.start, &error),
                })?;
            }
        }
        Ok(())
    }

    /// The method with the reference unit's value, where it has one.
    fn bound(&self, norm: &Norm, whole: &[f64], block: &Range<usize>) -> normalise::Method {
        let (Some(rows), normalise::Method::DistanceToReference { cap, .. }) =
            (&norm.reference, &norm.method)
        else {
            return norm.method.clone();
        };
        // Over the panel the reference is the unit in the latest edition in which it is.
        let editions = self.plan.frame.editions().iter().zip(rows.iter()).rev();
        let row = editions.filter(|(e, _)| block.start <= e.rows.start && e.rows.end <= block.end);
        let reference = row
            .filter_map(|(_, row)| *row)
            .next()
            .map_or(f64::NAN, |row| whole[row]);
        normalise::Method::DistanceToReference {
            reference,
            cap: *cap,
        }
    }

    fn screen(
        &mut self,
        place: usize,
        stage: &Stage,
        rule: &ScreenRule,
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        let mut excluded = std::mem::take(&mut self.excluded[place]);
        excluded.clear();
        self.short_rows(stage, rule, &mut excluded);
        let none_is_left = rows > 0 && excluded.iter().all(|excluded| *excluded);
        self.excluded[place] = excluded;
        if none_is_left {
            let problem = "found no unit with enough values; expected one at least: see available_share and nonzero_share";
            return Err(stage.fault(None, None, problem));
        }
        for (slot, &read) in stage.reads.iter().enumerate() {
            let to = &mut out[slot * rows..][..rows];
            to.copy_from_slice(column(&self.buffers, read, rows));
            let cells = to.iter_mut().zip(&self.excluded[place]);
            cells
                .filter(|(_, excluded)| **excluded)
                .for_each(|(cell, _)| *cell = f64::NAN);
        }
        Ok(())
    }

    /// By row, whether a unit is left out: named, or short of values and not kept by name.
    fn short_rows(&self, stage: &Stage, rule: &ScreenRule, excluded: &mut Vec<bool>) {
        let rows = self.plan.frame.rows();
        let of_leaves = stage.nodes.iter().zip(&stage.reads);
        let leaves: Vec<&[f64]> = of_leaves
            .filter(|(node, _)| self.plan.version.tree.is_leaf(**node))
            .map(|(_, &place)| column(&self.buffers, place, rows))
            .collect();
        let leaf_slots = self.plan.leaves.len();
        let not_applicable = &self.leaves.not_applicable;
        for row in 0..rows {
            let of_concern = match not_applicable.is_empty() {
                true => leaf_slots,
                false => (0..leaf_slots)
                    .filter(|slot| !not_applicable[slot * rows + row])
                    .count(),
            };
            let (available, nonzero) = screen::unit_availability(&leaves, row, of_concern);
            let short = rule.available_share.is_some_and(|least| available < least)
                || rule.nonzero_share.is_some_and(|least| nonzero < least);
            excluded.push(rule.exclude[row] || (short && !rule.include[row]));
        }
    }

    fn treat(
        &mut self,
        place: usize,
        stage: &Stage,
        treatments: &[treat::Treatment],
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        let mut records = std::mem::take(&mut self.treatments[place]);
        let mut scratch = std::mem::take(&mut self.scratch.treat);
        records.clear();
        let mut done = Ok(());
        'blocks: for block in self.plan.blocks(stage.over) {
            for (slot, treatment) in treatments.iter().enumerate() {
                let from = &column(&self.buffers, stage.reads[slot], rows)[block.clone()];
                let to = &mut out[slot * rows..][block.clone()];
                match treat::treat(treatment, from, to, &mut scratch) {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        done = Err(self.fault_at(stage, slot, block.start, &error));
                        break 'blocks;
                    }
                }
            }
        }
        self.scratch.treat = scratch;
        self.treatments[place] = records;
        done
    }

    fn weigh(&mut self, place: usize, stage: &Stage, out: &mut Vec<f64>) -> Result<(), StepFault> {
        let Kernel::Weight {
            weighing,
            trial,
            base,
        } = &stage.kernel
        else {
            return Ok(());
        };
        let rows = self.plan.frame.rows();
        let mut weights = std::mem::take(&mut self.weights[place]);
        let editions = self.plan.frame.editions().len();
        weights.clear();
        (0..editions).for_each(|e| weights.extend_from_slice(self.weights_of(*base, e)));
        out.resize(trial.len() * rows, f64::NAN);
        let mut scale = weigh::Scale {
            plan: &self.plan,
            stage,
            buffers: &self.buffers,
            own: place + 1,
            given: &self.given_weights,
            dropped: &self.dropped,
            aggregator: &mut self.scratch.aggregator,
            trial,
            out,
        };
        let done = scale.weigh(weighing, &mut weights);
        self.weights[place] = weights;
        done
    }

    fn aggregate(
        &mut self,
        place: usize,
        stage: &Stage,
        rules: &[Rule],
        weights: WeightSource,
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let mut aggregator = std::mem::take(&mut self.scratch.aggregator);
        let mut done = Ok(());
        for (edition, block) in self.plan.frame.editions().iter().enumerate() {
            let input = aggregate::Input {
                buffers: &self.buffers,
                own: place + 1,
                rows: self.plan.frame.rows(),
                block: block.rows.clone(),
                weights: self.weights_of(weights, edition),
                dropped: &self.dropped,
                plan: &self.plan,
            };
            let aggregated = aggregator.aggregate(rules, &input, out);
            done = aggregated.map_err(|(rule, problem)| {
                let node = &self.plan.version.tree.node(rules[rule].node).code;
                stage.fault(Some(block.edition), Some(node), problem)
            });
            if done.is_err() {
                break;
            }
        }
        self.scratch.aggregator = aggregator;
        done
    }
}
