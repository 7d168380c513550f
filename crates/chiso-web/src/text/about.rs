//! Texts of the page about an index: its tree and its method in words.

use chiso_index::pack::{Cut, RankRule, Ties};
use chiso_publish::Lang;

use super::{group_note, texts};

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
