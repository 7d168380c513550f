//! Checks on what was read: printed totals against computed ones, and sheets that repeat others.

use std::collections::BTreeMap;

use super::table::{Printed, Table};
use crate::observations::Observations;
use crate::pack::{Edition, NodeIndex, Pack, Version};
use crate::problem::Problem;
use crate::score::{Scored, score_edition};

/// How far a printed total may stand from the computed one, for each leaf below it: values are
/// printed with limited digits.
const TOLERANCE_PER_PART: f64 = 5e-6;
/// A total further off than this was not computed from these parts.
const LARGEST_DIFFERENCE: f64 = 0.01;

/// Compares the printed totals of a sheet with those that the pack computes from its parts.
///
/// # Errors
/// When one differs by more than 0.01: the sheet or the labels are not what they seem.
pub(super) fn totals(
    pack: &Pack,
    observations: &Observations,
    table: &mut Table,
    file: &str,
) -> Result<(), Box<Problem>> {
    let scored = score_edition(pack, None, observations, table.edition).map_err(|fault| {
        Box::new(Problem::error(
            file,
            None,
            fault.to_string(),
            "values that the pack can score",
        ))
    })?;
    let Some(scored) = scored else {
        return Ok(());
    };
    for printed in &table.totals {
        let Some(computed) = computed(&scored, printed) else {
            continue;
        };
        let difference = (printed.value - computed).abs();
        let code = &scored.version.tree.node(printed.node).code;
        let what = format!(
            "{} in {} (unit {}, node {code}), where the parts give {computed:.6}",
            printed.value, printed.cell, printed.unit
        );
        if difference > LARGEST_DIFFERENCE {
            let expected = format!(
                "a total within {LARGEST_DIFFERENCE} of its parts: check that the headings belong to these values and this edition"
            );
            return Err(Box::new(Problem::error(file, None, what, expected)));
        }
        table.report.totals_compared += 1;
        table.report.largest_difference = table.report.largest_difference.max(difference);
        if difference > TOLERANCE_PER_PART * parts(&scored.version, printed.node) as f64 {
            table.report.warnings.push(format!("found {what}"));
        }
    }
    let mut lacking = table
        .totals
        .iter()
        .filter(|printed| computed(&scored, printed).is_none());
    if let Some(first) = lacking.next() {
        let (count, cell) = (1 + lacking.count(), &first.cell);
        let warning =
            format!("{count} totals without all their parts could not be compared (first {cell})");
        table.report.warnings.push(warning);
    }
    Ok(())
}

fn computed(scored: &Scored, printed: &Printed) -> Option<f64> {
    scored.score(printed.node, scored.unit(&printed.unit)?)
}

/// How many leaves a node has below it.
fn parts(version: &Version, node: NodeIndex) -> usize {
    let children = version.tree.children(node);
    if children.is_empty() {
        1
    } else {
        children.iter().map(|&child| parts(version, child)).sum()
    }
}

type Values<'a> = BTreeMap<&'a str, BTreeMap<&'a str, u64>>;

/// Warns of nodes whose values of every unit are those of another edition: later files have repeated
/// earlier years.
pub(super) fn repeats(pack: &Pack, tables: &mut [Table]) {
    /// Fewer equal values may be chance.
    const FEWEST: usize = 3;
    let mut warnings: Vec<(usize, String)> = Vec::new();
    let columns: Vec<Values<'_>> = tables.iter().map(|table| by_node(pack, table)).collect();
    for (later, nodes) in columns.iter().enumerate() {
        for (earlier, others) in columns.iter().enumerate().take(later) {
            let same: Vec<&str> = nodes
                .iter()
                .filter(|(node, values)| {
                    values.len() >= FEWEST && others.get(*node) == Some(values)
                })
                .map(|(node, _)| *node)
                .collect();
            let what = match same.len() {
                0 => continue,
                count if count == nodes.len() => "all nodes".to_owned(),
                _ => format!("nodes {}", same.join(", ")),
            };
            let (sheet, edition) = (&tables[earlier].report.sheet, tables[earlier].edition);
            let warning = format!(
                "the values of {what} are those of edition {edition} (sheet `{sheet}`) for every unit: one of them may be a copy"
            );
            warnings.push((later, warning));
        }
    }
    for (place, warning) in warnings {
        tables[place].report.warnings.push(warning);
    }
}

fn by_node<'a>(pack: &'a Pack, table: &'a Table) -> Values<'a> {
    let mut columns = Values::new();
    let version = pack.version_of(table.edition);
    for printed in &table.values {
        if let Some(version) = version {
            let node = version.tree.node(printed.node).code.as_str();
            columns
                .entry(node)
                .or_default()
                .insert(&printed.unit, printed.value.to_bits());
        }
    }
    columns
}

/// Refuses two sheets of the same edition.
///
/// # Errors
/// When there are two, with what to choose from.
pub(super) fn one_sheet_an_edition(
    tables: &[(Edition, &str)],
    file: &str,
) -> Result<(), Box<Problem>> {
    let mut seen: BTreeMap<Edition, &str> = BTreeMap::new();
    for (edition, sheet) in tables {
        if let Some(first) = seen.insert(*edition, sheet) {
            let found = format!("the sheets `{first}` and `{sheet}`, both of edition {edition}");
            let expected = "one sheet an edition: choose with --sheet NAME (once for each sheet that is wanted)";
            return Err(Box::new(Problem::error(file, None, found, expected)));
        }
    }
    Ok(())
}
