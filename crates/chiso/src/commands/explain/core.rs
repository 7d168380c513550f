//! The comparable core of an index as a table and as JSON.

use anyhow::Result;
use chiso_explain::{CoreChange, CoreIndex, CoreLeaf, CoreNode, CoreScore, SamplingError};
use serde_json::{Value, json};

use super::{Report, errors, reasons};

const COLUMNS: [&str; 23] = [
    "index",
    "edition_base",
    "edition_to",
    "unit",
    "unit_name",
    "kind",
    "node",
    "name",
    "leaves",
    "edition",
    "value",
    "maximum",
    "share_of_max",
    "se",
    "lo",
    "hi",
    "p_value",
    "significant",
    "rank",
    "rank_base",
    "coverage",
    "error_status",
    "no_se",
];

/// Writes a row for each unit, node and edition (`score`), and for each unit and node the change
/// from the base edition to the last (`change`).
pub(super) fn write_csv(report: &Report<'_>, core: &CoreIndex, out: &mut Vec<u8>) -> Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for (code, _) in &report.units {
        for node in &core.nodes {
            for (edition, scores) in &node.scores {
                if let Some(score) = scores.get(code) {
                    let mut row = head(report, core, code, node, "score");
                    row.extend(score_cells(edition.to_string(), score));
                    writer.write_record(row)?;
                }
            }
            if let Some(change) = node.changes.iter().find(|change| change.unit == *code) {
                let mut row = head(report, core, code, node, "change");
                row.extend(change_cells(change));
                writer.write_record(row)?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}

fn head(
    report: &Report<'_>,
    core: &CoreIndex,
    unit: &str,
    node: &CoreNode,
    kind: &str,
) -> Vec<String> {
    vec![
        report.panel.pack.id.clone(),
        core.base.to_string(),
        core.to.to_string(),
        unit.to_owned(),
        report.unit_name(unit),
        kind.to_owned(),
        node.code.clone(),
        report.language.of(&node.name).to_owned(),
        node.leaves.to_string(),
    ]
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn share(score: &CoreScore) -> Option<f64> {
    let maximum = score.maximum.filter(|maximum| *maximum != 0.0)?;
    Some(score.score? / maximum)
}

fn score_cells(edition: String, score: &CoreScore) -> Vec<String> {
    let known = score.error.known();
    let mut cells = vec![
        edition,
        text(score.score),
        text(score.maximum),
        text(share(score)),
    ];
    cells.extend([
        text(known.map(|known| known.standard_error)),
        text(known.map(|known| known.low)),
        text(known.map(|known| known.high)),
        // That a score is not 0 is no finding.
        String::new(),
        String::new(),
        text(score.rank),
        String::new(),
        score.coverage.to_string(),
    ]);
    cells.extend(status(&score.error));
    cells
}

fn change_cells(change: &CoreChange) -> Vec<String> {
    let known = change.error.known();
    let mut cells = vec![
        String::new(),
        change.change.to_string(),
        String::new(),
        String::new(),
    ];
    cells.extend([
        text(known.map(|known| known.standard_error)),
        text(known.map(|known| known.low)),
        text(known.map(|known| known.high)),
        text(known.map(|known| known.p_value)),
        text(known.map(|known| known.is_significant)),
        text(change.rank_to),
        text(change.rank_from),
        String::new(),
    ]);
    cells.extend(status(&change.error));
    cells
}

fn status(error: &SamplingError) -> [String; 2] {
    [
        errors::status(error).to_owned(),
        errors::lacking(error).join(" "),
    ]
}

/// The core as JSON, of the units of the report.
pub(super) fn json(report: &Report<'_>, core: &CoreIndex) -> Value {
    json!({
        "edition_base": core.base.0,
        "edition_to": core.to.0,
        "leaves": core.leaves.iter().map(|item| leaf(report, item)).collect::<Vec<_>>(),
        "nodes": core.nodes.iter().map(|item| node(report, item)).collect::<Vec<_>>(),
    })
}

fn leaf(report: &Report<'_>, leaf: &CoreLeaf) -> Value {
    let out = leaf.left_out.as_ref();
    let texts = out.map(|(edition, all)| {
        let reason = |reason| json!({ "kind": reasons::word(reason), "text": reasons::sentence(reason, report.language) });
        json!({ "edition": edition.0, "reasons": all.iter().map(reason).collect::<Vec<_>>() })
    });
    json!({
        "node": leaf.code, "name": report.language.of(&leaf.name), "core": out.is_none(), "left_out": texts,
    })
}

fn node(report: &Report<'_>, node: &CoreNode) -> Value {
    let is_asked = |code: &str| report.units.iter().any(|(unit, _)| unit == code);
    let mut scores = Vec::new();
    for (edition, units) in &node.scores {
        for (code, score) in units.iter().filter(|(code, _)| is_asked(code)) {
            scores.push(json!({
                "edition": edition.0, "unit": code, "score": score.score, "maximum": score.maximum,
                "share_of_max": share(score), "rank": score.rank, "coverage": score.coverage,
                "error": interval(&score.error),
            }));
        }
    }
    let changes = node.changes.iter().filter(|change| is_asked(&change.unit));
    let change = |change: &CoreChange| {
        json!({
            "unit": change.unit, "from": change.from, "to": change.to, "change": change.change,
            "rank_from": change.rank_from, "rank_to": change.rank_to, "error": errors::json(&change.error),
        })
    };
    json!({
        "node": node.code, "name": report.language.of(&node.name), "depth": node.depth, "leaves": node.leaves,
        "scores": scores, "changes": changes.map(change).collect::<Vec<_>>(),
    })
}

/// A score's error: that it is not 0 is no finding, so there is no test.
fn interval(error: &SamplingError) -> Value {
    match error.known() {
        Some(known) => json!({
            "status": errors::status(error), "se": known.standard_error,
            "se_greatest": known.greatest_standard_error, "lo": known.low, "hi": known.high,
        }),
        None => errors::json(error),
    }
}
