//! Nodes from their parts, edition by edition: the rules of missing, not applicable and dropped parts
//! around the kernels of [`crate::method::aggregate`].

use std::ops::Range;

use super::compile::Plan;
use super::stage::{Place, Rule};
use crate::method::aggregate::{AggregateFault, MissingRule, Scratch, combine_columns};
use crate::pack::{MissingPart, NodeIndex};

/// Aggregates, with memory that runs use again.
#[derive(Clone, Debug, Default)]
pub(super) struct Aggregator {
    scratch: Scratch,
    /// By node: whether a cell does not concern the unit; none where every cell does.
    not_applicable: Vec<Option<Vec<bool>>>,
}

/// What a pass up the tree reads.
pub(super) struct Input<'a> {
    pub buffers: &'a [Vec<f64>],
    /// The buffer that the pass writes: the parts among its nodes lie there.
    pub own: usize,
    pub rows: usize,
    /// The rows of the edition.
    pub block: Range<usize>,
    pub weights: &'a [f64],
    pub dropped: &'a [bool],
    pub plan: &'a Plan,
}

impl Aggregator {
    /// Notes which leaf cells do not concern a unit; a node does not where none of its parts does.
    pub(super) fn set_not_applicable(&mut self, plan: &Plan, leaves: &[bool]) {
        let (tree, rows) = (&plan.version.tree, plan.frame.rows());
        self.not_applicable = vec![None; tree.len()];
        if leaves.is_empty() {
            return;
        }
        for (slot, leaf) in plan.leaves.iter().enumerate() {
            let cells = &leaves[slot * rows..][..rows];
            if cells.contains(&true) {
                self.not_applicable[leaf.0] = Some(cells.to_vec());
            }
        }
        for &node in tree.bottom_up().iter().filter(|node| !tree.is_leaf(**node)) {
            let parts = tree.children(node);
            let parts: Option<Vec<&[bool]>> = parts
                .iter()
                .map(|part| self.not_applicable(*part))
                .collect();
            let cells = parts.map(|parts| {
                (0..rows)
                    .map(|row| parts.iter().all(|part| part[row]))
                    .collect::<Vec<bool>>()
            });
            self.not_applicable[node.0] = cells.filter(|cells| cells.contains(&true));
        }
    }

    pub(super) fn not_applicable(&self, node: NodeIndex) -> Option<&[bool]> {
        self.not_applicable.get(node.0)?.as_deref()
    }

    /// Computes nodes in the order of their rules: each rule's column is a slot of `out`.
    ///
    /// # Errors
    /// The place of the rule that cannot be carried out, and why.
    pub(super) fn aggregate(
        &mut self,
        rules: &[Rule],
        input: &Input<'_>,
        out: &mut [f64],
    ) -> Result<(), (usize, String)> {
        for (slot, rule) in rules.iter().enumerate() {
            let (before, own) = out.split_at_mut(slot * input.rows);
            let own = &mut own[input.block.clone()];
            self.node(rule, input, before, own)
                .map_err(|problem| (slot, problem))?;
        }
        Ok(())
    }

    fn node(
        &mut self,
        rule: &Rule,
        input: &Input<'_>,
        before: &[f64],
        out: &mut [f64],
    ) -> Result<(), String> {
        let at = |place: Place| {
            let column = match place.buffer == input.own {
                true => &before[place.slot * input.rows..][..input.rows],
                false => super::runner::column(input.buffers, place, input.rows),
            };
            &column[input.block.clone()]
        };
        let (mut parts, mut weights) = (Vec::new(), Vec::new());
        let kept = rule
            .parts
            .iter()
            .zip(&rule.places)
            .filter(|(part, _)| !input.dropped[part.0]);
        let mut some_do_not_apply = false;
        for (part, &place) in kept {
            parts.push(at(place));
            weights.push(input.weights[part.0]);
            some_do_not_apply |= self.not_applicable(*part).is_some();
        }
        if parts.is_empty() {
            out.fill(f64::NAN);
            return Ok(());
        }
        let missing = match rule.missing {
            MissingPart::Propagate if !some_do_not_apply => MissingRule::Propagate,
            MissingPart::Available if !some_do_not_apply => MissingRule::Available {
                least_share: rule.available_share,
            },
            _ => MissingRule::Available { least_share: 0.0 },
        };
        let done = combine_columns(
            rule.method,
            &parts,
            &weights,
            missing,
            out,
            &mut self.scratch,
        );
        done.map_err(|fault| explained(rule, input, &fault))?;
        if some_do_not_apply {
            self.hold_back(rule, input, &parts, out);
        }
        if rule.factor != 1.0 {
            out.iter_mut().for_each(|score| *score *= rule.factor);
            if let Some(row) = out.iter().position(|score| score.is_infinite()) {
                let value = out[row];
                return Err(explained(
                    rule,
                    input,
                    &AggregateFault::NotFinite { row, value },
                ));
            }
        }
        Ok(())
    }

    /// Takes away scores of rows in which a part that concerns the unit has no value, or too few do.
    fn hold_back(&self, rule: &Rule, input: &Input<'_>, parts: &[&[f64]], out: &mut [f64]) {
        let kept: Vec<NodeIndex> = rule
            .parts
            .iter()
            .copied()
            .filter(|part| !input.dropped[part.0])
            .collect();
        for (row, score) in out.iter_mut().enumerate() {
            let applies = |part: NodeIndex| {
                self.not_applicable(part)
                    .is_none_or(|cells| !cells[input.block.start + row])
            };
            let (mut of_concern, mut there) = (0usize, 0usize);
            for (&part, values) in kept.iter().zip(parts) {
                of_concern += usize::from(applies(part));
                there += usize::from(!values[row].is_nan());
            }
            let enough = match rule.missing {
                MissingPart::Propagate => there == of_concern,
                MissingPart::Available => there as f64 >= rule.available_share * of_concern as f64,
            };
            if !enough {
                *score = f64::NAN;
            }
        }
    }
}

/// A kernel's fault with the part's code and the unit, which the kernel does not know.
fn explained(rule: &Rule, input: &Input<'_>, fault: &AggregateFault) -> String {
    let tree = &input.plan.version.tree;
    // The kernel counts parts among those that were kept, and rows from the edition's first.
    let mut kept = rule.parts.iter().filter(|part| !input.dropped[part.0]);
    let part = fault.part().and_then(|part| kept.nth(part));
    let part = part.map(|part| format!("part `{}`", tree.node(*part).code));
    let row = fault.row().map(|row| input.block.start + row);
    let unit = row.and_then(|row| input.plan.frame.unit(row));
    let unit = unit.map(|unit| format!("unit `{unit}`"));
    let place: Vec<String> = part.into_iter().chain(unit).collect();
    match place.is_empty() {
        true => fault.to_string(),
        false => format!("{}: {}", place.join(", "), fault.reason()),
    }
}
