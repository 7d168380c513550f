//! Texts of the page about an index: its tree and its method in words.

use chiso_index::pack::{Aggregate, Cut, MissingPart, Normalise, RankRule, Step, Ties};
use chiso_publish::Lang;

use super::{group_note, texts, trimmed};

texts! {
    VERSION: "Phiên bản", "Version";
    ABOUT_LEDE:
        "Chỉ số gồm những gì, tính thế nào, điểm nào thuộc về công bố và điểm nào là suy luận.",
        "What the index consists of, how it is computed, what of that was published and what is inferred.";
    TREE: "Cây chỉ số", "The tree";
    RANGE: "Thang điểm", "Range";
    WEIGHT: "Trọng số", "Weight";
    WHERE_FROM: "Nguồn và ghi chú", "Source and notes";
    METHOD: "Cách tính", "How it is computed";
    GROUPS: "Nhóm", "Groups";
    RANKS: "Hạng", "Ranks";
    BREAKS: "Thay đổi cách đo", "Breaks of the instrument";
    BREAKS_LEDE:
        "Từ năm nêu dưới đây, điểm của nội dung không so sánh trực tiếp được với các năm trước.",
        "From the edition named here on, the scores of the node cannot be compared directly with those before.";
    NO_BREAKS: "Không có thay đổi nào được ghi nhận.", "No break is stated.";
    NO_GROUPS: "Chỉ số này không chia nhóm.", "This index has no groups.";
    REASON: "Thay đổi", "What changed";
    EVIDENCE: "Căn cứ suy luận", "Evidence";
    EDITIONS: "Các năm", "Editions";
    PUBLISHER: "Đơn vị công bố", "Publisher";
    ADDRESS: "Địa chỉ", "Address";
    INFERRED_NOTICE:
        "Một phần định nghĩa của phiên bản này được suy luận từ kết quả đã công bố, không do đơn vị công bố nêu; điểm có thể lệch so với bản in.",
        "A part of this version's definition was worked out from published results and not stated by the publisher; scores may differ from the printed ones.";
    RULE: "Quy tắc", "Rule";
    STATED: "được công bố", "stated";
    STATUS: "Tình trạng", "Status";
    OTHER_EDITIONS: "các năm khác", "other editions";
    GROUP_UNKNOWN: "Không rõ ngưỡng nên không chia nhóm", "The boundaries are unknown, so there are no groups";
}

/// What a step of a recipe does.
pub fn step(lang: Lang, step: &Step, level: Option<&str>) -> String {
    match step {
        Step::Normalise(method) => normalise(lang, *method),
        Step::Aggregate {
            method,
            factor,
            missing,
            ..
        } => {
            let what = aggregate(lang, *method);
            let times = if *factor == 1.0 {
                String::new()
            } else {
                format!(" × {}", trimmed(lang, *factor))
            };
            let place = match (level, lang) {
                (Some(level), Lang::Vi) => format!("Ở cấp “{level}”: "),
                (Some(level), Lang::En) => format!("At the level “{level}”: "),
                (None, Lang::Vi) => "Từ dưới lên, điểm của mỗi nội dung là ".to_owned(),
                (None, Lang::En) => "From the bottom up, the score of each node is ".to_owned(),
            };
            format!("{place}{what}{times}. {}", missing_part(lang, *missing))
        }
    }
}

fn normalise(lang: Lang, method: Normalise) -> String {
    let scaled = |low: f64, high: f64, vi: &str, en: &str| {
        let to = super::span(lang, low, high);
        match lang {
            Lang::Vi => format!("Giá trị được đưa về thang {to} {vi}."),
            Lang::En => format!("Values are put on the scale {to} {en}."),
        }
    };
    match method {
        Normalise::None => lang
            .pick(
                "Giá trị được dùng như quan sát.",
                "Values are used as observed.",
            )
            .to_owned(),
        Normalise::MinMax { low, high } => scaled(
            low,
            high,
            "theo giá trị nhỏ nhất và lớn nhất trong năm",
            "from the least to the greatest value of the edition",
        ),
        Normalise::Goalposts { low, high } => scaled(
            low,
            high,
            "theo thang điểm của từng nội dung",
            "from the minimum to the maximum of each node",
        ),
    }
}

fn aggregate(lang: Lang, method: Aggregate) -> &'static str {
    match method {
        Aggregate::Sum => lang.pick("tổng các thành phần", "the sum of its parts"),
        Aggregate::Mean => lang.pick(
            "trung bình các thành phần theo trọng số",
            "the weighted mean of its parts",
        ),
        Aggregate::Geometric => lang.pick(
            "trung bình nhân các thành phần theo trọng số",
            "the weighted geometric mean of its parts",
        ),
        Aggregate::Harmonic => lang.pick(
            "trung bình điều hòa các thành phần theo trọng số",
            "the weighted harmonic mean of its parts",
        ),
    }
}

fn missing_part(lang: Lang, missing: MissingPart) -> &'static str {
    match missing {
        MissingPart::Propagate => lang.pick(
            "Thiếu một thành phần thì không có điểm.",
            "Without one of its parts it has no score.",
        ),
        MissingPart::Available => lang.pick(
            "Thiếu một thành phần thì tính từ các thành phần còn lại.",
            "Without one of its parts it is computed from the others.",
        ),
    }
}

/// How ranks are given.
pub fn rank_rule(lang: Lang, rule: RankRule) -> String {
    let ties = match rule.ties {
        Ties::Min => lang.pick(
            "Điểm bằng nhau cùng hạng: 1, 2, 2, 4",
            "Equal scores share a rank: 1, 2, 2, 4",
        ),
        Ties::Dense => lang.pick(
            "Điểm bằng nhau cùng hạng: 1, 2, 2, 3",
            "Equal scores share a rank: 1, 2, 2, 3",
        ),
        Ties::Consecutive => lang.pick(
            "Điểm bằng nhau vẫn xếp liên tiếp: 1, 2, 3, 4",
            "Equal scores stand at consecutive ranks: 1, 2, 3, 4",
        ),
    };
    match (rule.decimals, lang) {
        (None, Lang::Vi) => format!("{ties}. Điểm được so sánh với đầy đủ chữ số."),
        (None, Lang::En) => format!("{ties}. Scores are compared with all their digits."),
        (Some(n), Lang::Vi) => {
            format!("{ties}. Điểm được làm tròn đến {n} chữ số thập phân trước khi so sánh.")
        }
        (Some(n), Lang::En) => {
            format!("{ties}. Scores are rounded to {n} decimals before they are compared.")
        }
    }
}

/// How groups are made in an edition, or that this is not known.
pub fn group_rule(lang: Lang, cut: Option<&Cut>) -> String {
    match cut {
        Some(cut) => group_note(lang, cut, false),
        None => format!("{}.", GROUP_UNKNOWN.of(lang)),
    }
}
