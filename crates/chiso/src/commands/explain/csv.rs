//! The explanation as one table: a row for each unit and node, or for each unit and way to the goal.

use anyhow::Result;
use chiso_explain::{
    Contribution, DECIMALS, ExplainError, Gap, Loss, PLACES_DECIMALS, Target, ticks_text,
};
use chiso_index::Scored;

use super::{Explained, Report, core, errors, reasons};

const CHANGE_COLUMNS: [&str; 47] = [
    "index",
    "edition_from",
    "edition_to",
    "unit",
    "unit_name",
    "status",
    "node",
    "parent",
    "name",
    "level",
    "score_from",
    "score_to",
    "change",
    "contribution",
    "rank_from",
    "rank_to",
    "rank_contribution",
    "rank_entry_exit",
    "group_from",
    "group_to",
    "comparable",
    "reasons",
    "to_maximum",
    "to_best",
    "best_units",
    "to_median",
    "group_above",
    "to_group_above",
    "to_maximum_of_total",
    "to_group_above_of_total",
    "analyse_first",
    "change_se",
    "contribution_se",
    "contribution_se_greatest",
    "contribution_lo",
    "contribution_hi",
    "p_value",
    "p_value_holm",
    "significant",
    "significant_holm",
    "error_status",
    "no_se",
    "confidence",
    "dependence_within",
    "dependence_between",
    "derived_from",
    "derived_to",
];

const TARGET_COLUMNS: [&str; 18] = [
    "index",
    "edition",
    "unit",
    "unit_name",
    "status",
    "goal",
    "total_gain",
    "kind",
    "node",
    "parent",
    "name",
    "level",
    "score",
    "maximum",
    "gain",
    "allowed",
    "made",
    "seen",
];

/// Writes the table.
pub(super) fn write(report: &Report<'_>, out: &mut Vec<u8>) -> Result<()> {
    if let Some(index) = &report.core {
        return core::write_csv(report, index, out);
    }
    let mut writer = ::csv::Writer::from_writer(out);
    match report.goal {
        None => writer.write_record(CHANGE_COLUMNS)?,
        Some(_) => writer.write_record(TARGET_COLUMNS)?,
    }
    for (code, explained) in &report.units {
        let rows = match (explained, report.goal) {
            (Ok(explained), None) => change_rows(report, explained),
            (Ok(explained), Some(_)) => explained
                .target
                .as_ref()
                .map(|target| target_rows(report, target))
                .unwrap_or_default(),
            (Err(error), _) => vec![error_row(report, code, error)],
        };
        rows.iter().try_for_each(|row| writer.write_record(row))?;
    }
    writer.flush()?;
    Ok(())
}

fn error_row(report: &Report<'_>, code: &str, error: &ExplainError) -> Vec<String> {
    let (index, name) = (report.panel.pack.id.clone(), report.unit_name(code));
    let (first, second) = (
        report.first.edition.to_string(),
        report.second.edition.to_string(),
    );
    let (mut row, width) = match report.goal {
        None => (
            vec![index, first, second, code.to_owned(), name],
            CHANGE_COLUMNS.len(),
        ),
        Some(_) => (
            vec![index, second, code.to_owned(), name],
            TARGET_COLUMNS.len(),
        ),
    };
    row.push(error.to_string());
    row.resize(width, String::new());
    row
}

fn points(ticks: Option<i64>) -> String {
    ticks
        .map(|ticks| ticks_text(ticks, DECIMALS))
        .unwrap_or_default()
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn change_rows(report: &Report<'_>, explained: &Explained) -> Vec<Vec<String>> {
    let row = |node: &Contribution| {
        let mut row = identity(report, explained, node);
        row.extend(standing(report, explained, node));
        let loss = explained
            .losses
            .iter()
            .find(|loss| node.to.is_some() && loss.code == node.code);
        row.extend(losses(loss));
        let urgent = node.to.is_some()
            && explained
                .attention
                .iter()
                .any(|item| item.code == node.code);
        row.push(urgent.to_string());
        row.extend(sampling(explained, node));
        row
    };
    explained.change.contributions.iter().map(row).collect()
}

fn identity(report: &Report<'_>, explained: &Explained, node: &Contribution) -> Vec<String> {
    let change = &explained.change;
    vec![
        report.panel.pack.id.clone(),
        change.from.to_string(),
        change.to.to_string(),
        change.unit.clone(),
        report.unit_name(&change.unit),
        String::new(),
        node.code.clone(),
        node.parent.clone().unwrap_or_default(),
        report.language.of(&node.name).to_owned(),
        node.level.to_string(),
        number(node.from),
        number(node.to),
        points(node.change_ticks),
        points(node.contribution_ticks),
    ]
}

fn standing(report: &Report<'_>, explained: &Explained, node: &Contribution) -> Vec<String> {
    let place = |scored: &Scored| {
        Some((
            scored.version.tree.find(&node.code)?,
            scored.unit(&explained.change.unit)?,
        ))
    };
    // A code may stand at another place of the other version: only where the row has a score.
    let first = place(report.first).filter(|_| node.from.is_some());
    let second = place(report.second).filter(|_| node.to.is_some());
    let rank = &explained.change.rank;
    let words: Vec<&str> = node
        .comparability
        .reasons
        .iter()
        .map(reasons::word)
        .collect();
    vec![
        number(first.and_then(|(place, unit)| report.first.rank(place, unit))),
        number(second.and_then(|(place, unit)| report.second.rank(place, unit))),
        node.rank_ticks
            .map(|ticks| ticks_text(ticks, PLACES_DECIMALS))
            .unwrap_or_default(),
        number(node.parent.is_none().then_some(rank.entry_exit)),
        number(first.and_then(|(place, unit)| report.first.group(place, unit))),
        number(second.and_then(|(place, unit)| report.second.group(place, unit))),
        node.comparability.is_comparable().to_string(),
        words.join(" "),
    ]
}

fn losses(loss: Option<&Loss>) -> Vec<String> {
    let Some(loss) = loss else {
        return vec![String::new(); 8];
    };
    let own = |gap: Option<Gap>| points(gap.map(|gap| gap.ticks));
    let of_total = |gap: Option<Gap>| points(gap.and_then(|gap| gap.total_ticks));
    let above = loss.group_above.as_ref();
    vec![
        own(loss.to_maximum),
        own(Some(loss.to_best.1)),
        loss.to_best.0.join(" "),
        own(Some(loss.to_median)),
        number(above.map(|above| above.group)),
        own(above.map(|above| above.gap)),
        of_total(loss.to_maximum),
        of_total(above.map(|above| above.gap)),
    ]
}

fn sampling(explained: &Explained, node: &Contribution) -> Vec<String> {
    let basis = &explained.change.errors;
    let change = node.change_error.known();
    let mut cells = vec![number(change.map(|known| known.standard_error))];
    cells.extend(errors::cells(&node.contribution_error));
    cells.extend([
        errors::status(&node.contribution_error).to_owned(),
        errors::lacking(&node.contribution_error).join(" "),
        basis.confidence.to_string(),
        errors::dependence(basis.within).to_owned(),
        errors::dependence(basis.between).to_owned(),
    ]);
    cells.extend(explained.change.derived.map(|derived| derived.to_string()));
    cells
}

fn target_rows(report: &Report<'_>, target: &Target) -> Vec<Vec<String>> {
    let head = |kind: &str| {
        vec![
            report.panel.pack.id.clone(),
            target.edition.to_string(),
            target.unit.clone(),
            report.unit_name(&target.unit),
            String::new(),
            super::text::goal_word(target.goal),
            points(target.total_gain_ticks),
            kind.to_owned(),
        ]
    };
    let mut whole = head("total");
    whole.extend([report.panel.pack.id.clone(), String::new()]);
    whole.extend([
        report.language.of(&report.panel.pack.name).to_owned(),
        String::new(),
    ]);
    whole.extend([
        target.total.to_string(),
        String::new(),
        points(target.total_gain_ticks),
    ]);
    whole.extend([target.is_allowed.to_string(), String::new(), String::new()]);
    let mut rows = vec![whole];
    for route in &target.routes {
        let mut row = head("alone");
        row.extend([
            route.gain.code.clone(),
            route.parent.clone().unwrap_or_default(),
        ]);
        row.extend([
            report.language.of(&route.gain.name).to_owned(),
            route.level.to_string(),
        ]);
        row.extend([
            route.score.to_string(),
            number(route.maximum),
            points(Some(route.gain.ticks)),
        ]);
        row.extend([
            route.is_allowed.to_string(),
            route.made.to_string(),
            route.seen.to_string(),
        ]);
        rows.push(row);
    }
    for gain in target
        .combination
        .iter()
        .flat_map(|combination| &combination.gains)
    {
        let mut row = head("together");
        row.extend([
            gain.code.clone(),
            String::new(),
            report.language.of(&gain.name).to_owned(),
        ]);
        row.extend([
            String::new(),
            String::new(),
            String::new(),
            points(Some(gain.ticks)),
        ]);
        row.extend([true.to_string(), String::new(), String::new()]);
        rows.push(row);
    }
    rows
}
