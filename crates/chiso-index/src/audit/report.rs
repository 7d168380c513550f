//! The audit as a text for people: findings by concern, each with what it means and what is commonly
//! done.

use std::fmt::{self, Write};

use super::output::other_name;
use super::{Audit, AuditInput, Check, CheckId, Concern, Limit, Measurement};
use crate::pack::NodeIndex;

/// How many places of one kind of finding are listed.
const LISTED: usize = 8;

/// Writes the report.
///
/// # Errors
/// What the writer says; a `String` never fails.
pub fn write_report(input: &AuditInput<'_>, audit: &Audit, out: &mut impl Write) -> fmt::Result {
    let findings = audit.findings();
    summary(input, audit, &findings, out)?;
    let same = |a: &(&Measurement, &Limit), b: &(&Measurement, &Limit)| {
        a.0.check == b.0.check && a.1.flag == b.1.flag
    };
    for group in grouped(findings).chunk_by(same) {
        group_of(input, group, out)?;
    }
    figures(input, audit, out)
}

type Finding<'a> = (&'a Measurement, &'static Limit);

/// Findings of the same kind side by side.
fn grouped(mut findings: Vec<Finding<'_>>) -> Vec<Finding<'_>> {
    findings.sort_by_key(|(measurement, limit)| {
        (
            std::cmp::Reverse(limit.concern),
            measurement.check,
            limit.flag,
        )
    });
    findings
}

fn summary(
    input: &AuditInput<'_>,
    audit: &Audit,
    findings: &[Finding<'_>],
    out: &mut impl Write,
) -> fmt::Result {
    let leaves = input.tree.leaves().count();
    let (units, nodes) = (input.units.len(), input.tree.len());
    writeln!(out, "{units} units, {leaves} leaves, {nodes} nodes")?;
    let count = |concern: Concern| findings.iter().filter(|f| f.1.concern == concern).count();
    writeln!(
        out,
        "{} findings: {} of high, {} of medium, {} of low concern; {} figures of {} checks",
        findings.len(),
        count(Concern::High),
        count(Concern::Medium),
        count(Concern::Low),
        audit.measurements.len(),
        Check::all().len()
    )?;
    let undefined = audit
        .measurements
        .iter()
        .filter(|m| m.value.is_nan())
        .count();
    if undefined > 0 {
        writeln!(
            out,
            "{undefined} figures are not defined: a column has too few values, or all the same"
        )?;
    }
    Ok(())
}

fn group_of(input: &AuditInput<'_>, group: &[Finding<'_>], out: &mut impl Write) -> fmt::Result {
    let Some(&(first, limit)) = group.first() else {
        return Ok(());
    };
    let check = Check::of(first.check);
    writeln!(
        out,
        "\n[{}] {}, {}: {} ({})",
        limit.concern.word(),
        check.name,
        limit.flag,
        check.question,
        group.len()
    )?;
    for (measurement, _) in worst_first(group).iter().take(LISTED) {
        writeln!(out, "    {}", line(input, check, measurement))?;
    }
    if group.len() > LISTED {
        writeln!(out, "    and {} more", group.len() - LISTED)?;
    }
    writeln!(out, "    limit   {}; {}", limit.bound, check.source)?;
    writeln!(out, "    figure  {}", check.formula)?;
    writeln!(out, "    means   {}", limit.means)?;
    writeln!(out, "    do      {}", limit.remedy)
}

/// The findings of one kind, those farthest from the others' side first.
fn worst_first<'a>(group: &[Finding<'a>]) -> Vec<Finding<'a>> {
    let mut ordered = group.to_vec();
    let low_is_worse = matches!(
        group.first().map(|(_, limit)| limit.bound),
        Some(super::Bound::Below(_) | super::Bound::NotAboveBeside)
    );
    ordered.sort_by(|a, b| {
        let by_size = b.0.value.abs().total_cmp(&a.0.value.abs());
        if low_is_worse {
            a.0.value.total_cmp(&b.0.value)
        } else {
            by_size
        }
    });
    ordered
}

fn line(input: &AuditInput<'_>, check: &Check, measurement: &Measurement) -> String {
    let node = named(input, measurement.node);
    let other = other_name(input, measurement);
    let value = shown(measurement.value);
    if measurement.check == CheckId::Belongs {
        let parent = input.tree.node(measurement.node).parent;
        let parent = parent.map_or("", |parent| &input.tree.node(parent).code);
        let beside = shown(measurement.beside);
        return format!("{node}: with its node {parent} {value}, with {other} {beside}");
    }
    let subject = match measurement.check {
        CheckId::UnitCoverage | CheckId::Compensability | CheckId::RankSet => other.to_owned(),
        CheckId::BranchCoverage => format!("{other}, in {node}"),
        _ if other.is_empty() => node,
        _ => format!("{node}, with {other}"),
    };
    let beside = match (check.beside, measurement.beside) {
        ("", _) => String::new(),
        (_, beside) if beside.is_nan() => String::new(),
        ("p", p) if p < 0.001 => " (p < 0.001)".to_owned(),
        (what, beside) => format!(" ({what} = {})", shown(beside)),
    };
    format!("{subject}: {value}{beside}")
}

/// A node's code and the beginning of its name, where it has one of its own.
fn named(input: &AuditInput<'_>, node: NodeIndex) -> String {
    const LONGEST: usize = 40;
    let node = input.tree.node(node);
    let name = node.name.en.trim();
    if name.is_empty() || name == node.code {
        return node.code.clone();
    }
    let short: String = name.chars().take(LONGEST).collect();
    let more = if short.len() < name.len() { "…" } else { "" };
    format!("{} {}{more}", node.code, short.trim_end())
}

/// Whole numbers as they are, others to three digits after the point.
fn shown(value: f64) -> String {
    if value == value.trunc() {
        value.to_string()
    } else {
        format!("{value:.3}")
    }
}

/// The figures that have no limit, the largest first.
fn figures(input: &AuditInput<'_>, audit: &Audit, out: &mut impl Write) -> fmt::Result {
    writeln!(out, "\nFigures without a limit")?;
    for check in Check::all().iter().filter(|check| check.limits.is_empty()) {
        let mut measured: Vec<&Measurement> =
            audit.of(check.id).filter(|m| !m.value.is_nan()).collect();
        measured.sort_by(|a, b| b.value.total_cmp(&a.value));
        if measured.is_empty() {
            continue;
        }
        writeln!(out, "    {}: {}", check.name, check.question)?;
        for measurement in measured.iter().take(LISTED) {
            writeln!(out, "        {}", line(input, check, measurement))?;
        }
        if measured.len() > LISTED {
            writeln!(out, "        and {} more", measured.len() - LISTED)?;
        }
    }
    Ok(())
}

/// The table of all checks in Markdown, for documents: name, question, formula, limits, source.
pub fn checks_table() -> String {
    let mut table =
        String::from("| check | asks | figure | limits | source |\n|---|---|---|---|---|\n");
    let cell = |text: &str| text.replace('|', "\\|");
    for check in Check::all() {
        let cells = [
            check.name,
            check.question,
            check.formula,
            &check.limits_text(),
            check.source,
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    table
}
