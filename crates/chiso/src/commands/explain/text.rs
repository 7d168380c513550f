//! The explanation for people: sections of aligned columns.

use anyhow::Result;
use chiso_explain::{Attention, Change, Contribution, DECIMALS, Goal, PLACES_DECIMALS, ticks_text};
use chiso_index::Scored;
use chiso_index::numbers::to_ticks;

use super::layout::{WIDTH, left, number, right, wrapped};
use super::{Explained, Language, Report, core_text, errors, losses_text, reasons, target_text};

/// The lines of a text.
pub(super) type Lines = Vec<String>;

/// Writes the text.
pub(super) fn write(report: &Report<'_>, out: &mut Vec<u8>) -> Result<()> {
    let mut lines = Lines::new();
    for (place, (code, explained)) in report.units.iter().enumerate() {
        if place > 0 {
            lines.extend([String::new(), "═".repeat(WIDTH), String::new()]);
        }
        lines.extend(heading(report, code));
        match explained {
            Ok(explained) => unit(report, explained, &mut lines),
            Err(error) => lines.extend(wrapped("", &error.to_string())),
        }
        if let Some(core) = &report.core {
            core_text::unit(report, core, code, &mut lines);
        }
    }
    for line in lines {
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }
    Ok(())
}

/// A goal as it is written on the command line.
pub(super) fn goal_word(goal: Goal) -> String {
    match goal {
        Goal::Rank(rank) => format!("rank={rank}"),
        Goal::Group(group) => format!("group={group}"),
    }
}

fn heading(report: &Report<'_>, code: &str) -> Lines {
    let name = report.language.of(&report.panel.pack.name);
    let mut lines = wrapped("", &format!("{} ({code}) · {name}", report.unit_name(code)));
    lines.push(format!(
        "{} → {}",
        report.first.edition, report.second.edition
    ));
    lines.push(String::new());
    lines
}

fn unit(report: &Report<'_>, explained: &Explained, lines: &mut Lines) {
    summary(report, &explained.change, lines);
    lines.extend(errors::summary(report, explained));
    contributions(report, &explained.change, lines);
    not_comparable(report, &explained.change, lines);
    losses_text::write(report, &explained.losses, lines);
    attention(report, &explained.attention, lines);
    if let Some(target) = &explained.target {
        target_text::write(report, target, lines);
    }
}

/// Points with all digits.
pub(super) fn points(ticks: i64, language: Language) -> String {
    number(ticks_text(ticks, DECIMALS), language)
}

fn signed(digits: String) -> String {
    if digits.starts_with('-') {
        digits
    } else {
        format!("+{digits}")
    }
}

fn score(value: Option<f64>, language: Language) -> String {
    value.map_or("–".to_owned(), |value| {
        points(to_ticks(value, DECIMALS), language)
    })
}

pub(super) fn title(lines: &mut Lines, text: &str) {
    lines.extend([String::new(), text.to_uppercase()]);
}

fn summary(report: &Report<'_>, change: &Change, lines: &mut Lines) {
    let language = report.language;
    let say = |en, vi| language.either(en, vi);
    let (from, to) = (
        score(Some(change.total_from), language),
        score(Some(change.total_to), language),
    );
    let points = signed(points(change.change_ticks, language));
    lines.push(format!(
        "{} {from} → {to}   {points}",
        left(say("Total", "Tổng điểm"), 10)
    ));
    let rank = &change.rank;
    let moved = match rank.change {
        0 => say("unchanged", "không đổi").to_owned(),
        up if up < 0 => format!("{} {}", say("up", "tăng"), -up),
        down => format!("{} {down}", say("down", "giảm")),
    };
    lines.push(format!(
        "{} {} → {}   {moved}",
        left(say("Rank", "Thứ hạng"), 10),
        rank.from,
        rank.to
    ));
    let group = |scored: &Scored| group_name(report, scored, &change.unit);
    if let (Some(a), Some(b)) = (group(report.first), group(report.second)) {
        lines.push(format!("{} {a} → {b}", left(say("Group", "Nhóm"), 10)));
    }
    lines.extend(rank_lines(report, change));
    if !change.is_comparable() {
        let warning = say(
            "The totals are not comparable: the instrument changed (see below).",
            "Tổng điểm hai năm không so sánh được: bộ công cụ đã thay đổi (xem bên dưới).",
        );
        lines.extend(wrapped("! ", warning));
    }
}

fn group_name(report: &Report<'_>, scored: &Scored, unit: &str) -> Option<String> {
    let group = scored.group(scored.root(), scored.unit(unit)?)?;
    let names = &scored.version.group.as_ref()?.names;
    names
        .get(usize::from(group) - 1)
        .map(|name| report.language.of(name).to_owned())
}

fn rank_lines(report: &Report<'_>, change: &Change) -> Lines {
    let say = |en, vi| report.language.either(en, vi);
    let rank = &change.rank;
    let mut parts = Vec::new();
    if let Some((own, others)) = rank.own.zip(rank.others) {
        parts.push(format!(
            "{own:+} {}",
            say("by its own change", "do điểm của mình thay đổi")
        ));
        parts.push(format!(
            "{others:+} {}",
            say("by the changes of the others", "do các đơn vị khác")
        ));
    }
    if rank.entry_exit != 0 {
        let words = say(
            "by units entering or leaving the ranking",
            "do đơn vị vào hoặc ra khỏi bảng xếp hạng",
        );
        parts.push(format!("{:+} {words}", rank.entry_exit));
    }
    if parts.is_empty() || rank.change == 0 && parts.iter().all(|part| part.starts_with("+0")) {
        return Lines::new();
    }
    wrapped("           ", &parts.join(", "))
}

fn contributions(report: &Report<'_>, change: &Change, lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    title(
        lines,
        say("Contributions to the change", "Đóng góp vào thay đổi"),
    );
    let explanation = say(
        "Each line's points and places are the sum of those of the lines under it. Places: below zero is a \
         rise; counted among the units with a total in both editions. Scores are rounded: their difference may \
         miss by one in the last digit. * not comparable. – cannot be split.",
        "Điểm và bậc của mỗi dòng là tổng của các dòng bên dưới. Bậc: số âm là tăng hạng; tính trong các đơn \
         vị có tổng điểm ở cả hai năm. Điểm đã làm tròn nên hiệu có thể lệch một đơn vị ở chữ số cuối. * không \
         so sánh được. – không tách được.",
    );
    lines.extend(wrapped("", explanation));
    let has_errors = errors::has_any(change);
    if has_errors {
        lines.extend(wrapped("", &errors::explanation(report, change)));
    }
    let code = report.code_width();
    lines.push(contribution_line(
        code,
        [
            "",
            "",
            &report.first.edition.to_string(),
            &report.second.edition.to_string(),
        ],
        [say("points", "điểm"), say("places", "bậc")],
        has_errors.then_some("±"),
        "",
    ));
    for item in &change.contributions {
        let text = |ticks: Option<i64>, decimals| {
            ticks.map_or("–".to_owned(), |ticks| {
                number(signed(ticks_text(ticks, decimals)), report.language)
            })
        };
        let name = format!(
            "{}{}",
            "  ".repeat(item.depth),
            report.language.of(&item.name)
        );
        let comparable = item.comparability.is_comparable();
        let flags = [
            errors::mark(&item.contribution_error),
            if comparable { "" } else { "*" },
        ];
        let flags = flags
            .map(|flag| {
                if flag.is_empty() {
                    String::new()
                } else {
                    format!(" {flag}")
                }
            })
            .concat();
        lines.push(contribution_line(
            code,
            [
                &item.code,
                &name,
                &score(item.from, report.language),
                &score(item.to, report.language),
            ],
            [
                &text(item.contribution_ticks, DECIMALS),
                &text(item.rank_ticks, PLACES_DECIMALS),
            ],
            has_errors.then_some(&*errors::half_width(
                &item.contribution_error,
                report.language,
            )),
            &flags,
        ));
    }
}

/// A line of the table; `error` is there where any line has one.
fn contribution_line(
    width: usize,
    cells: [&str; 4],
    ticks: [&str; 2],
    error: Option<&str>,
    flags: &str,
) -> String {
    let [code, name, from, to] = cells;
    let name_width = if error.is_some() { 36 } else { 48 } - width;
    let mut columns = vec![
        left(code, width),
        left(name, name_width),
        right(from, 10),
        right(to, 10),
        right(ticks[0], 11),
    ];
    columns.extend(error.map(|error| right(error, 11)));
    columns.push(right(ticks[1], 11));
    columns.join(" ") + flags
}

fn not_comparable(report: &Report<'_>, change: &Change, lines: &mut Lines) {
    let mut items = change
        .contributions
        .iter()
        .filter(|item| !item.comparability.is_comparable())
        .peekable();
    if items.peek().is_none() {
        return;
    }
    title(
        lines,
        report
            .language
            .either("Not comparable", "Không so sánh được"),
    );
    items.for_each(|item| lines.extend(reason_lines(report, item)));
}

fn reason_lines(report: &Report<'_>, item: &Contribution) -> Lines {
    let first = format!("{} ", left(&item.code, report.code_width()));
    wrapped(
        &first,
        &reasons::sentences(&item.comparability.reasons, report.language),
    )
}

fn attention(report: &Report<'_>, items: &[Attention], lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    title(lines, say("To be analysed first", "Cần phân tích trước"));
    if items.is_empty() {
        lines.push(
            say(
                "Nothing fell, nothing is in the lowest group.",
                "Không có nội dung giảm hoặc ở nhóm thấp nhất.",
            )
            .into(),
        );
    }
    for item in items {
        let mut words = Vec::new();
        if item.lowest_group.is_some() {
            words.push(say("in the lowest group", "ở nhóm thấp nhất").to_owned());
        }
        if let Some(fall) = item.fall_ticks {
            let star = if item.comparability.is_score_comparable() {
                ""
            } else {
                " *"
            };
            words.push(format!(
                "{} {}{star}",
                say("fell by", "giảm"),
                points(fall, report.language)
            ));
        }
        let code = report.code_width();
        let name = left(report.language.of(&item.name), 54 - code);
        lines.push(format!(
            "{} {name} {}",
            left(&item.code, code),
            words.join(", ")
        ));
    }
}
