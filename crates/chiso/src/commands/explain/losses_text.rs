//! Where points are lost, for people.

use chiso_explain::{Gap, Loss};

use super::Report;
use super::layout::{left, right, wrapped};
use super::text::{Lines, points, title};

/// Adds the section of the losses.
pub(super) fn write(report: &Report<'_>, losses: &[Loss], lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    let units = report.second.ranked(report.second.root());
    let among = format!(
        "({units} {})",
        say("units with a total", "đơn vị có tổng điểm")
    );
    let words = say("Points lost in", "Điểm bị mất năm");
    title(lines, &format!("{words} {} {among}", report.second.edition));
    let explanation = say(
        "In points of each line: below the maximum, the best unit, the median and the least score of the next \
         better group. Below zero: the unit is above it.",
        "Theo điểm của mỗi dòng: so với điểm tối đa, đơn vị cao nhất, trung vị và mức thấp nhất của nhóm kế \
         trên. Số âm: đơn vị ở trên mức đó.",
    );
    lines.extend(wrapped("", explanation));
    let head = [
        "",
        "",
        say("maximum", "tối đa"),
        say("best", "cao nhất"),
        say("best unit", "đơn vị cao nhất"),
        say("median", "trung vị"),
        say("next group", "nhóm trên"),
    ];
    lines.push(loss_line(report.code_width(), head));
    for item in losses {
        lines.push(one_loss(report, item, |gap| Some(gap.ticks)));
    }
    let is_weighted = |item: &Loss| {
        item.to_maximum
            .is_some_and(|gap| gap.total_ticks != Some(gap.ticks))
    };
    if losses.iter().any(is_weighted) {
        lines.push(String::new());
        lines.push(
            say(
                "The same in points of the total:",
                "Như trên, theo điểm của tổng:",
            )
            .to_owned(),
        );
        losses
            .iter()
            .for_each(|item| lines.push(one_loss(report, item, |gap| gap.total_ticks)));
    }
}

fn one_loss(report: &Report<'_>, item: &Loss, ticks: impl Fn(Gap) -> Option<i64>) -> String {
    let text = |gap: Option<Gap>| {
        gap.and_then(&ticks)
            .map_or("–".to_owned(), |t| points(t, report.language))
    };
    let best: Vec<String> = item
        .to_best
        .0
        .iter()
        .map(|code| report.unit_name(code))
        .collect();
    let name = format!(
        "{}{}",
        "  ".repeat(item.depth),
        report.language.of(&item.name)
    );
    let cells = [
        &item.code,
        &name,
        &text(item.to_maximum),
        &text(Some(item.to_best.1)),
        &best.join(", "),
        &text(Some(item.to_median)),
        &text(item.group_above.as_ref().map(|above| above.gap)),
    ];
    loss_line(report.code_width(), cells.map(String::as_str))
}

fn loss_line(width: usize, [code, name, maximum, best, unit, median, group]: [&str; 7]) -> String {
    [
        left(code, width),
        left(name, 36 - width),
        right(maximum, 10),
        right(best, 9),
        left(unit, 17),
        right(median, 9),
        right(group, 10),
    ]
    .join(" ")
}
