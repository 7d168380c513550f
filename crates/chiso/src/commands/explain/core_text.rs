//! The comparable core of an index for people.

use chiso_explain::{CoreIndex, CoreNode, DECIMALS, ticks_text};
use chiso_index::numbers::to_ticks;

use super::layout::{left, number, right, wrapped};
use super::text::{Lines, title};
use super::{Language, Report, errors, reasons};

/// Writes the scores of one unit in each edition and its change at every node of the core.
pub(super) fn unit(report: &Report<'_>, core: &CoreIndex, code: &str, lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    let heading = say("Comparable core since", "Phần so sánh được từ năm");
    title(lines, &format!("{heading} {}", core.base));
    let words = explanation(report, core);
    lines.extend(wrapped("", &words));
    let header = [
        "",
        say("total of the core", "tổng phần so sánh được"),
        say("score", "điểm"),
        say("of", "tối đa"),
        "±",
        say("rank", "hạng"),
    ];
    lines.push(line(report, header, ""));
    let Some(root) = core.nodes.first() else {
        return;
    };
    for (edition, scores) in &root.scores {
        let Some(score) = scores.get(code) else {
            continue;
        };
        let points =
            |value: Option<f64>| value.map_or("–".into(), |value| points(value, report.language));
        let rank = score.rank.map_or("–".into(), |rank| rank.to_string());
        let cells = [
            "",
            &edition.to_string(),
            &points(score.score),
            &points(score.maximum),
            &errors::half_width(&score.error, report.language),
            &rank,
        ];
        lines.push(line(report, cells, ""));
    }
    lines.push(String::new());
    let range = format!("{} {} → {}", say("change", "thay đổi"), core.base, core.to);
    let header = [
        "",
        &range,
        say("points", "điểm"),
        "",
        "±",
        say("places", "bậc"),
    ];
    lines.push(line(report, header, ""));
    core.nodes
        .iter()
        .for_each(|node| lines.extend(change(report, node, code)));
}

fn change(report: &Report<'_>, node: &CoreNode, code: &str) -> Option<String> {
    let change = node.changes.iter().find(|change| change.unit == code)?;
    let places = change.rank_from.zip(change.rank_to);
    let places = places.map(|(from, to)| format!("{:+}", i64::from(to) - i64::from(from)));
    let name = format!(
        "{}{}",
        "  ".repeat(node.depth),
        report.language.of(&node.name)
    );
    let signed = points(change.change, report.language);
    let signed = if signed.starts_with('-') {
        signed
    } else {
        format!("+{signed}")
    };
    let cells = [
        &node.code,
        &name,
        &signed,
        "",
        &errors::half_width(&change.error, report.language),
        places.as_deref().unwrap_or("–"),
    ];
    Some(line(report, cells, errors::mark(&change.error)))
}

fn points(value: f64, language: Language) -> String {
    number(ticks_text(to_ticks(value, DECIMALS), DECIMALS), language)
}

fn line(report: &Report<'_>, cells: [&str; 6], mark: &str) -> String {
    let [code, name, first, second, error, last] = cells;
    let width = report.code_width();
    [
        left(code, width),
        left(name, 47 - width),
        right(first, 11),
        right(second, 11),
        right(error, 11),
        right(last, 6),
    ]
    .join(" ")
        + &format!(" {mark}")
}

/// What the core is made of, and what was left out and why.
pub(super) fn explanation(report: &Report<'_>, core: &CoreIndex) -> String {
    let (kept, all) = (core.core_leaves().count(), core.leaves.len());
    let out: Vec<String> = core
        .leaves
        .iter()
        .filter_map(|leaf| {
            let (edition, why) = leaf.left_out.as_ref()?;
            let mut words: Vec<&str> = why.iter().map(reasons::word).collect();
            words.dedup();
            Some(format!("{} ({edition}: {})", leaf.code, words.join(", ")))
        })
        .collect();
    let out = out.join("; ");
    match (report.language, out.is_empty()) {
        (Language::En, true) => format!(
            "All {all} leaves of {} are unchanged up to {}.",
            core.base, core.to
        ),
        (Language::En, false) => format!(
            "{kept} of the {all} leaves of {} are unchanged up to {}; put together with the weights of {}, the \
             others left out in every edition. Left out: {out}.",
            core.base, core.to, core.base
        ),
        (Language::Vi, true) => format!(
            "Cả {all} nội dung của năm {} không đổi đến năm {}.",
            core.base, core.to
        ),
        (Language::Vi, false) => format!(
            "{kept} trong {all} nội dung của năm {} không đổi đến năm {}; gộp theo trọng số năm {}, bỏ các nội dung \
             khác ở mọi năm. Đã bỏ: {out}.",
            core.base, core.to, core.base
        ),
    }
}
