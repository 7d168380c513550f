//! Texts of the overview, the profile, the comparison and the files.

use chiso_publish::Lang;

use super::texts;

texts! {
    MAP_AND_RANKING: "Bản đồ và xếp hạng", "Map and ranking";
    NO_MAP: "Chưa có bản đồ cho các đơn vị này.", "There is no map of these units.";
    WITH_SCORE: "Có điểm", "With a score";
    READ_ON: "Đọc tiếp", "Read on";
    UNIT: "Đơn vị", "Unit";
    WHOLE_INDEX: "Toàn bộ chỉ số", "The whole index";
    CHANGE: "Thay đổi", "Change";
    PROFILE: "Điểm theo nội dung", "Scores by part";
    OVER_TIME: "Qua các năm", "Over the years";
    WHAT_CHANGED: "Điều gì làm điểm thay đổi", "What changed the score";
    ATTENTION: "Cần phân tích trước", "To be analysed first";
    ATTENTION_LEDE:
        "Các nội dung giảm điểm so với kỳ trước hoặc đang ở nhóm thấp nhất.",
        "Parts that fell against the edition before, or that stand in the lowest group.";
    ATTENTION_NONE:
        "Không nội dung nào giảm điểm hay ở nhóm thấp nhất.",
        "No part fell, and none stands in the lowest group.";
    NOT_COMPARABLE: "cách đo đã thay đổi", "the instrument changed";
    ALL_SCORES: "Mọi điểm của đơn vị", "Every score of the unit";
    CODE: "Mã", "Code";
    NAME: "Tên", "Name";
    MAXIMUM: "Tối đa", "Maximum";
    COMPARE_THIS: "So sánh với đơn vị khác", "Compare with other units";
    NO_PREVIOUS:
        "Không có kỳ trước để so sánh, hoặc đơn vị không có tổng điểm trong một trong hai kỳ.",
        "There is no edition before to compare with, or the unit has no total in one of the two.";
    BREAK_BETWEEN:
        "Cách đo đã thay đổi giữa hai kỳ: thay đổi của tổng điểm không phản ánh riêng kết quả thực hiện.",
        "The instrument changed between the two editions: the change of the total is not performance alone.";
    COMPARE_LEDE:
        "Chọn tối đa năm đơn vị để đặt cạnh nhau.",
        "Choose up to five units to set side by side.";
    COMPARE_NONE:
        "Chưa chọn đơn vị nào. Hãy chọn trong các ô trên rồi bấm Xem.",
        "No unit is chosen yet. Choose some above, then press Show.";
    NO_UNIT: "– không chọn –", "– none –";
    DATA_LEDE:
        "Mọi con số trên trang này, để dùng lại. CSV dùng UTF-8, dấu chấm thập phân và đầy đủ chữ số.",
        "Every number on this site, to be used again. CSV is UTF-8 with a decimal point and every digit.";
    SCORES: "Điểm, hạng và nhóm", "Scores, ranks and groups";
    ALL_EDITIONS: "Tất cả các năm", "All editions";
    OBSERVATIONS: "Số liệu đầu vào", "Observations";
    OBSERVATIONS_LEDE:
        "Các giá trị được công bố, từ đó tính ra mọi điểm số: edition, unit, node, value, se, n, status.",
        "The published values from which every score is computed: edition, unit, node, value, se, n, status.";
    FILES: "Tệp", "Files";
    COLUMNS: "Các cột", "The columns";
    COLUMNS_LEDE:
        "group là số, 1 là nhóm cao nhất. Ô trống là không có giá trị; cột flags cho biết vì sao.",
        "group is a number, 1 the highest. An empty cell has no value; the column flags says why.";
    FLAG: "Từ trong cột flags", "Word in flags";
    MEANING: "Nghĩa", "Meaning";
    CHARTS: "Địa chỉ của các hình", "Addresses of the charts";
    CHARTS_LEDE:
        "Mỗi hình có địa chỉ riêng: hình vẽ (.svg), số liệu (.csv) và số liệu kèm nguồn (.json). Hình của đơn vị nhận thêm ?unit=MÃ, so sánh nhận tối đa năm.",
        "Each chart has its own address: the drawing (.svg), its numbers (.csv) and its numbers with their origin (.json). Charts of a unit take ?unit=CODE, comparisons up to five.";
    CHART: "Hình", "Chart";
    LICENCE: "Giấy phép", "Licence";
}

/// What a word of the column `flags` means.
pub fn flag_meaning<'a>(lang: Lang, flag: &str, english: &'a str) -> &'a str {
    let vi = match flag {
        "missing" => "không có giá trị quan sát",
        "not_applicable" => "không áp dụng cho đơn vị",
        "part_missing" => "một thành phần không có điểm",
        "part_not_applicable" => "một thành phần không áp dụng: điểm tối đa nhỏ hơn",
        "tied" => "có đơn vị khác cùng điểm",
        "derived" => "tính từ giá trị của các đơn vị khác theo một quy tắc nêu rõ",
        "no_se" => "không có sai số chuẩn: số liệu đầu vào không kèm sai số",
        "inferred" => "định nghĩa được suy ra từ kết quả, không phải được công bố",
        _ => english,
    };
    lang.pick(vi, english)
}

/// The sentence under the title of an overview.
pub fn overview_lede(
    lang: Lang,
    best: &str,
    score: &str,
    ranked: usize,
    all: usize,
    units: &str,
) -> String {
    match lang {
        Lang::Vi => {
            format!("{best} có điểm cao nhất, {score}. {ranked} trên {all} {units} có điểm.")
        }
        Lang::En => format!(
            "{best} has the highest score, {score}. {ranked} of {all} {units} have a score."
        ),
    }
}

/// That few units have figures.
pub fn few_units(lang: Lang, ranked: usize, all: usize, units: &str) -> String {
    match lang {
        Lang::Vi => format!(
            "Chỉ có số liệu của {ranked} trên {all} {units} trong năm này: hạng ở đây là hạng trong số đó, không phải hạng được công bố."
        ),
        Lang::En => format!(
            "There are figures of only {ranked} of {all} {units} for this edition: ranks here are among those, not the published ones."
        ),
    }
}

/// Which units have no score.
pub fn without_score(lang: Lang, names: &str) -> String {
    match lang {
        Lang::Vi => format!("Không có điểm, vì thiếu ít nhất một thành phần: {names}."),
        Lang::En => format!("No score, because at least one part is missing: {names}."),
    }
}

/// `of 61 provinces`.
pub fn of_units(lang: Lang, count: usize, units: &str) -> String {
    match lang {
        Lang::Vi => format!("/ {count} {units}"),
        Lang::En => format!("of {count} {units}"),
    }
}

/// `against 2023`.
pub fn against(lang: Lang, edition: i32) -> String {
    match lang {
        Lang::Vi => format!("so với {edition}"),
        Lang::En => format!("against {edition}"),
    }
}

/// That scores were brought to other units.
pub fn derived_notice(lang: Lang, rule: &str) -> String {
    match lang {
        Lang::Vi => format!("Điểm suy ra, không phải điểm được công bố. {rule}"),
        Lang::En => format!("Derived scores, not published ones. {rule}"),
    }
}

/// Why a unit has no total.
pub fn no_total(lang: Lang, unit: &str, missing: &str) -> String {
    match lang {
        Lang::Vi => format!("{unit} không có tổng điểm (không có điểm), vì thiếu: {missing}."),
        Lang::En => {
            format!("{unit} has no total (no score), because these are missing: {missing}.")
        }
    }
}

/// That a unit has no figures in an edition.
pub fn no_figures(lang: Lang, unit: &str, edition: &str) -> String {
    match lang {
        Lang::Vi => {
            format!("{unit} không có điểm trong {edition}: không có số liệu nào của đơn vị này.")
        }
        Lang::En => format!("{unit} has no score in {edition}: there are no figures of this unit."),
    }
}

/// A unit's score of a node that fell, or stands in the lowest group.
pub fn fell_by(lang: Lang, points: &str) -> String {
    match lang {
        Lang::Vi => format!("giảm {points} điểm"),
        Lang::En => format!("fell by {points} points"),
    }
}

/// That a node stands in the lowest group.
pub fn in_group(lang: Lang, group: &str) -> String {
    match lang {
        Lang::Vi => format!("nhóm {group}"),
        Lang::En => format!("in the group {group}"),
    }
}

/// How a change of rank splits.
pub fn rank_sentence(lang: Lang, from: u32, to: u32, first: i32, last: i32) -> String {
    match lang {
        Lang::Vi => format!("Hạng {from} năm {first}, hạng {to} năm {last}."),
        Lang::En => format!("Rank {from} in {first}, rank {to} in {last}."),
    }
}

/// A move of so many places; above zero is down.
fn places(lang: Lang, places: i64) -> String {
    let count = places.unsigned_abs();
    match (places, lang) {
        (0, _) => lang.pick("không đổi hạng", "no move").to_owned(),
        (..0, Lang::Vi) => format!("lên {count} bậc"),
        (_, Lang::Vi) => format!("xuống {count} bậc"),
        (..0, Lang::En) => format!("up {count}"),
        (_, Lang::En) => format!("down {count}"),
    }
}

/// What moved a rank: the unit's own score, the others, and those that came or went.
pub fn rank_parts(lang: Lang, own: i64, others: i64, entry_exit: i64, units: &str) -> String {
    let mut parts = match lang {
        Lang::Vi => format!(
            "Riêng điểm của đơn vị: {}; điểm của các {units} khác: {}",
            places(lang, own),
            places(lang, others)
        ),
        Lang::En => format!(
            "Its own score alone: {}; the scores of the other {units}: {}",
            places(lang, own),
            places(lang, others)
        ),
    };
    if entry_exit != 0 {
        let came = lang.pick(
            "; đơn vị vào hoặc ra khỏi bảng xếp hạng: ",
            "; those that entered or left the ranking: ",
        );
        parts.push_str(came);
        parts.push_str(&places(lang, entry_exit));
    }
    parts + "."
}

/// Label of a select of the comparison.
pub fn unit_number(lang: Lang, number: usize) -> String {
    match lang {
        Lang::Vi => format!("Đơn vị {number}"),
        Lang::En => format!("Unit {number}"),
    }
}
