//! Why a change is not comparable, as a word for machines and a sentence for people.

use chiso_explain::Reason;
use chiso_index::pack::{Aggregate, Range};

use super::Language;

/// The word of a reason.
pub(super) fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Added => "added",
        Reason::Dropped => "dropped",
        Reason::Renamed { .. } => "renamed",
        Reason::Rescaled { .. } => "rescaled",
        Reason::Reweighted { .. } => "reweighted",
        Reason::MethodChanged { .. } => "method_changed",
        Reason::Break(_) => "break",
        Reason::Part { .. } => "part",
    }
}

/// The sentence of a reason.
pub(super) fn sentence(reason: &Reason, language: Language) -> String {
    let say = |en: String, vi: String| match language {
        Language::En => en,
        Language::Vi => vi,
    };
    match reason {
        Reason::Added => say("added".into(), "mới thêm".into()),
        Reason::Dropped => say("dropped".into(), "đã bỏ".into()),
        Reason::Renamed { from, to } => say(
            format!("renamed: before “{}”, now “{}”", from.en, to.en),
            // A name that changed in English only is shown in English, or nobody sees the change.
            match from.vi == to.vi {
                true => format!("đổi tên: trước là “{}”, nay là “{}”", from.en, to.en),
                false => format!("đổi tên: trước là “{}”, nay là “{}”", from.vi, to.vi),
            },
        ),
        Reason::Rescaled { from, to } => say(
            format!("rescaled from {} to {}", range(*from), range(*to)),
            format!("đổi thang điểm từ {} thành {}", range(*from), range(*to)).replace('.', ","),
        ),
        Reason::Reweighted { from, to } => say(
            format!("reweighted: {from:.4} points of the parent a point before, {to:.4} now"),
            format!("đổi trọng số: mỗi điểm tính {from:.4} điểm của chỉ số trên, nay là {to:.4}")
                .replace('.', ","),
        ),
        Reason::MethodChanged { from, to } => say(
            format!(
                "computed in another way: {} before, {} now",
                method(*from).0,
                method(*to).0
            ),
            format!(
                "đổi cách tính: trước là {}, nay là {}",
                method(*from).1,
                method(*to).1
            ),
        ),
        Reason::Break(item) => say(
            format!(
                "break from {}: {}{}",
                item.from,
                item.reason.en.trim_end_matches('.'),
                if item.inferred { " (inferred)" } else { "" }
            ),
            format!(
                "thay đổi từ {}: {}{}",
                item.from,
                item.reason.vi.trim_end_matches('.'),
                if item.inferred { " (suy ra)" } else { "" }
            ),
        ),
        Reason::Part { code } => say(
            format!("its part {code} is not comparable"),
            format!("phần {code} không so sánh được"),
        ),
    }
}

/// All sentences of a node, its parts in one.
pub(super) fn sentences(all: &[Reason], language: Language) -> String {
    let is_part = |reason: &&Reason| matches!(reason, Reason::Part { .. });
    let mut sentences: Vec<String> = all
        .iter()
        .filter(|reason| !is_part(reason))
        .map(|reason| sentence(reason, language))
        .collect();
    let codes = all.iter().filter_map(|reason| match reason {
        Reason::Part { code } => Some(code.as_str()),
        _ => None,
    });
    let codes: Vec<&str> = codes.collect();
    if !codes.is_empty() {
        let words = language.either(
            "of its parts not comparable:",
            "các phần không so sánh được:",
        );
        sentences.push(format!("{words} {}", codes.join(", ")));
    }
    sentences.join("; ")
}

/// A range to the hundredth, as publishers print them.
fn range(range: Range) -> String {
    let bound = |value: f64| (value * 100.0).round() / 100.0;
    format!("{}–{}", bound(range.min), bound(range.max))
}

fn method(aggregate: Option<Aggregate>) -> (&'static str, &'static str) {
    match aggregate {
        None => ("observed", "số liệu gốc"),
        Some(Aggregate::Sum) => ("sum", "tổng"),
        Some(Aggregate::Mean) => ("mean", "trung bình"),
        Some(Aggregate::Geometric) => ("geometric mean", "trung bình nhân"),
        Some(Aggregate::Harmonic) => ("harmonic mean", "trung bình điều hòa"),
        Some(Aggregate::Power { .. }) => ("power mean", "trung bình lũy thừa"),
        Some(Aggregate::Copeland) => ("Copeland", "Copeland"),
        Some(Aggregate::MazziottaPareto { .. }) => ("Mazziotta-Pareto", "Mazziotta-Pareto"),
        Some(Aggregate::BenefitOfTheDoubt) => ("Benefit of the Doubt", "Benefit of the Doubt"),
    }
}
