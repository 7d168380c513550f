//! Texts about sampling errors: how to read them, and what is beyond chance.

use chiso_publish::Lang;

use super::texts;

texts! {
    ERRORS: "Sai số chọn mẫu", "Sampling errors";
    NO_ERRORS:
        "Kỳ này không có sai số chuẩn được công bố, nên không có khoảng tin cậy và tập hạng.",
        "No published standard errors for this edition, so there are no intervals and no rank sets.";
    HOW_ERRORS: "Cách tính sai số", "How errors are computed";
    INTERVAL: "Khoảng", "Interval";
    RANK_SET: "Tập hạng", "Rank set";
    PROBABILITY: "Xác suất nhóm", "Probability of the group";
    BEYOND_CHANCE: "vượt mức ngẫu nhiên", "beyond chance";
    WITHIN_CHANCE: "trong mức ngẫu nhiên", "within chance";
    PAIRS: "Khác biệt thật sự hay ngẫu nhiên", "True differences or chance";
    PAIR: "Hai đơn vị", "Two units";
    DIFFERENCE: "Chênh lệch", "Difference";
    VERDICT: "Kết luận", "Verdict";
    ERRORS_INTERVAL:
        "Khoảng tin cậy: điểm ± t · sai số chuẩn, t theo số bậc tự do của sai số (phân phối chuẩn khi không biết). Sai số của điểm ở cấp trên tính từ sai số của các thành phần, coi các nội dung thành phần độc lập với nhau; khi cùng một người trả lời cho nhiều nội dung, sai số thật của tổng điểm thường lớn hơn.",
        "Interval: score ± t · standard error, t by the degrees of freedom of the error (normal where they are not known). The error of a score above the leaves follows from those of its parts, the leaves taken as independent of each other; where the same respondents answered for several of them, the true error of a total is mostly larger.";
    ERRORS_RANK_SET:
        "Tập hạng: các hạng mà đơn vị có thể đứng, xét sai số của chính nó và của mọi đơn vị khác (Mogstad, Romano, Shaikh và Wilhelm, 2024). Hai đơn vị được coi là khác nhau thật sự khi kết luận đúng cho mọi cặp cùng lúc.",
        "Rank set: the ranks at which a unit may stand, given its own error and those of all others (Mogstad, Romano, Shaikh and Wilhelm, 2024). Two units truly differ where that holds for all pairs at once.";
    ERRORS_GROUP:
        "Xác suất nhóm: tỷ lệ lần rút ngẫu nhiên từ các sai số mà đơn vị rơi vào nhóm đó, khi ngưỡng được tính lại mỗi lần.",
        "Probability of a group: the share of draws from the errors in which the unit falls into it, the boundaries being computed anew in each.";
    ERRORS_CHANGE:
        "Thay đổi vượt mức ngẫu nhiên khi khoảng tin cậy của nó không chứa 0; mẫu của hai kỳ coi là độc lập.",
        "A change is beyond chance where its interval leaves out 0; the samples of two editions are taken as independent.";
}

/// How to read a ranking with errors.
pub fn how_to_read(lang: Lang, confidence: &str) -> String {
    match lang {
        Lang::Vi => format!(
            "Cách đọc: vạch là khoảng {confidence} của điểm, dải là các hạng mà sai số chọn mẫu cho phép với độ tin cậy {confidence}, phần trăm là xác suất đơn vị thuộc đúng nhóm của nó. Sai số của các nội dung thành phần được coi là độc lập và đã biết; khi cùng một số người trả lời cho nhiều nội dung, sai số thật thường lớn hơn."
        ),
        Lang::En => format!(
            "How to read it: the line is the {confidence} interval of the score, the bar the ranks that sampling error allows at {confidence} confidence, the percentage the probability that the unit belongs to its group. Errors of the parts are taken as independent and known; where the same people answered for several parts, the true errors are mostly larger."
        ),
    }
}

/// `95% interval 43.1–45.7`.
pub fn interval(lang: Lang, confidence: &str, bounds: &str) -> String {
    match lang {
        Lang::Vi => format!("khoảng {confidence}: {bounds}"),
        Lang::En => format!("{confidence} interval {bounds}"),
    }
}

/// `95% rank set 12–25`.
pub fn rank_set(lang: Lang, confidence: &str, set: &str) -> String {
    match lang {
        Lang::Vi => format!("tập hạng {confidence}: {set}"),
        Lang::En => format!("{confidence} rank set {set}"),
    }
}

/// `probability 62%`.
pub fn probability(lang: Lang, percent: &str) -> String {
    match lang {
        Lang::Vi => format!("xác suất {percent}"),
        Lang::En => format!("probability {percent}"),
    }
}

/// A change or difference against chance: a sign and the words; the sign says up or down where it is
/// beyond chance.
pub fn chance(lang: Lang, is_beyond: bool, change: f64) -> String {
    let (sign, words) = match (is_beyond, change > 0.0) {
        (false, _) => ("≈", WITHIN_CHANCE),
        (true, true) => ("▲", BEYOND_CHANCE),
        (true, false) => ("▼", BEYOND_CHANCE),
    };
    format!("{sign} {}", words.of(lang))
}

/// Whether two units differ, at a confidence for all pairs at once.
pub fn pairs_note(
    lang: Lang,
    confidence: &str,
    different: usize,
    all: usize,
    units: &str,
) -> String {
    match lang {
        Lang::Vi => format!(
            "Theo tổng điểm, với độ tin cậy {confidence} cho mọi cặp cùng lúc: {different} trong {all} cặp {units} khác nhau thật sự."
        ),
        Lang::En => format!(
            "By the total, at {confidence} confidence for all pairs at once: {different} of {all} pairs of {units} truly differ."
        ),
    }
}
