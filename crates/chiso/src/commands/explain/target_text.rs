//! The ways to a goal, for people.

use chiso_explain::{Basis, Combination, Goal, Route, Target};

use super::Report;
use super::layout::{left, number, right, wrapped};
use super::text::{Lines, points, title};

/// How many ways are listed; the other formats have all.
const MOST_ROUTES: usize = 15;

/// Adds the section of a target.
pub(super) fn write(report: &Report<'_>, target: &Target, lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    title(lines, &heading(report, target));
    let Some(gain) = target.total_gain_ticks else {
        lines.push(say("No gain reaches this.", "Không mức tăng nào đạt được.").to_owned());
        return;
    };
    if gain == 0 {
        lines.push(say("It is reached already.", "Đã đạt.").to_owned());
        return;
    }
    let needed = format!(
        "{} {}{}",
        say("The total must rise by", "Tổng điểm phải tăng"),
        points(gain, report.language),
        if target.is_allowed {
            "."
        } else {
            say(", beyond its maximum.", ", vượt quá điểm tối đa.")
        },
    );
    lines.push(needed);
    let explanation = say(
        "If all other units stay. One line alone is enough; ordered by how often units made at least this gain \
         in one year (gains made, of comparable changes).",
        "Nếu các đơn vị khác không đổi. Chỉ cần một dòng; xếp theo số lần các đơn vị đã tăng ít nhất chừng ấy \
         trong một năm (số lần, trên số thay đổi so sánh được).",
    );
    lines.extend(wrapped("", explanation));
    routes(report, target, lines);
    if let Some(combination) = &target.combination {
        lines.extend(together(report, combination));
    }
}

fn heading(report: &Report<'_>, target: &Target) -> String {
    let say = |en, vi| report.language.either(en, vi);
    let goal = match target.goal {
        Goal::Rank(rank) => format!("{} {rank}", say("rank", "thứ hạng")),
        Goal::Group(group) => {
            let scored = report.panel.editions.get(&target.edition);
            let names = scored
                .and_then(|scored| scored.version.group.as_ref())
                .map(|group| &group.names);
            let name = names.and_then(|names| names.get(usize::from(group).wrapping_sub(1)));
            let name = name.map_or(String::new(), |name| {
                format!(" ({})", report.language.of(name))
            });
            format!("{} {group}{name}", say("group", "nhóm"))
        }
    };
    format!(
        "{} {goal}",
        say("What it would take to reach", "Cần gì để đạt")
    )
}

fn routes(report: &Report<'_>, target: &Target, lines: &mut Lines) {
    let say = |en, vi| report.language.either(en, vi);
    let allowed = target.routes.iter().filter(|route| route.is_allowed);
    let (shown, all) = (allowed.clone().take(MOST_ROUTES), allowed.count());
    if all > 0 {
        let head = [
            say("gain", "mức tăng"),
            say("made", "số lần"),
            say("share", "tỷ lệ"),
        ];
        lines.push(route_line(report.code_width(), "", "", head));
    }
    shown.for_each(|route| lines.push(one_route(report, route)));
    let mut rest = Vec::new();
    if all > MOST_ROUTES {
        rest.push(format!(
            "{} {}",
            all - MOST_ROUTES,
            say(
                "more in --format csv or json",
                "dòng nữa với --format csv hoặc json"
            )
        ));
    }
    let beyond = target.routes.len() - all;
    if beyond > 0 {
        let words = say(
            "cannot do it alone: the gain is beyond the maximum",
            "dòng không thể một mình đạt: mức tăng vượt điểm tối đa",
        );
        rest.push(format!("{beyond} {words}"));
    }
    if !rest.is_empty() {
        lines.extend(wrapped("       ", &rest.join("; ")));
    }
}

fn one_route(report: &Report<'_>, route: &Route) -> String {
    let share = route.share().map_or("–".to_owned(), |share| {
        number(format!("{:.1} %", share * 100.0), report.language)
    });
    let of = report.language.either("of", "trên");
    let made = format!("{} {of} {}", route.made, route.seen);
    let name = report.language.of(&route.gain.name);
    route_line(
        report.code_width(),
        &route.gain.code,
        name,
        [&points(route.gain.ticks, report.language), &made, &share],
    )
}

fn route_line(width: usize, code: &str, name: &str, [gain, made, share]: [&str; 3]) -> String {
    [
        left(code, width),
        left(name, 54 - width),
        right(gain, 12),
        right(made, 14),
        right(share, 8),
    ]
    .join(" ")
}

fn together(report: &Report<'_>, combination: &Combination) -> Lines {
    let say = |en, vi| report.language.either(en, vi);
    let basis = match combination.basis {
        Basis::OneInTen => say(
            "No leaf alone ever made it. Together (found greedily, the largest first; none gains more than one in \
             ten of the units did in one year):",
            "Chưa nội dung thành phần nào một mình đạt được. Cùng nhau (chọn dần từ lớn đến nhỏ; không mức nào \
             vượt quá mức mà một phần mười các đơn vị đã tăng trong một năm):",
        ),
        Basis::Maximum => say(
            "No leaf alone ever made it, nor do gains that one in ten made. Together, up to the maximum (found \
             greedily, the largest first):",
            "Chưa nội dung thành phần nào một mình đạt được, kể cả với mức mà một phần mười đã tăng. Cùng nhau, đến \
             điểm tối đa (chọn dần từ lớn đến nhỏ):",
        ),
    };
    let mut lines = wrapped("", basis);
    for gain in &combination.gains {
        let name = report.language.of(&gain.name);
        lines.push(route_line(
            report.code_width(),
            &gain.code,
            name,
            [&points(gain.ticks, report.language), "", ""],
        ));
    }
    lines
}
