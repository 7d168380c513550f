//! Titles, measures and notes of charts.

use chiso_index::pack::{Cut, MissingUnit};
use chiso_publish::Lang;

use super::trimmed;

/// The name of a chart in lists of charts.
pub fn chart_name(lang: Lang, chart: &str) -> &'static str {
    match chart {
        "map" => lang.pick("Bản đồ", "Map"),
        "ranking" => lang.pick("Xếp hạng", "Ranking"),
        "profile" => lang.pick("Điểm của một đơn vị", "Scores of a unit"),
        "rank-sets" => lang.pick(
            "Hạng và tập hạng của một đơn vị",
            "Ranks of a unit with their sets",
        ),
        "trend" => lang.pick("Một đơn vị qua các năm", "A unit over the years"),
        "contributions" => lang.pick("Đóng góp vào thay đổi", "Contributions to the change"),
        "losses" => lang.pick("Điểm còn mất", "Points lost"),
        "compare" => lang.pick("So sánh theo nội dung", "Comparison by part"),
        _ => lang.pick("So sánh qua các năm", "Comparison over the years"),
    }
}

/// `scale 8–80`.
pub fn on_scale(lang: Lang, range: &str) -> String {
    format!("{} {range}", lang.pick("thang", "scale"))
}

/// The title of the map.
pub fn map_title(lang: Lang, score: &str, units: &str) -> String {
    match lang {
        Lang::Vi => format!("{score} theo {units}"),
        Lang::En => format!("{score} by {}", singular(units)),
    }
}

fn singular(units: &str) -> &str {
    match units {
        "agencies" => "agency",
        other => other.strip_suffix('s').unwrap_or(other),
    }
}

/// The title of the ranking.
pub fn ranking_title(lang: Lang, ranked: usize, units: &str) -> String {
    match lang {
        Lang::Vi => format!("Xếp hạng {ranked} {units}"),
        Lang::En => format!("Ranking of {ranked} {units}"),
    }
}

/// How groups were made.
pub fn group_note(lang: Lang, cut: &Cut, inferred: bool) -> String {
    let mark = if inferred {
        lang.pick(" (suy luận)", " (inferred)")
    } else {
        ""
    };
    let text = match cut {
        Cut::Quantile {
            probabilities,
            missing,
        } => {
            let cuts: Vec<String> = probabilities
                .iter()
                .map(|p| trimmed(lang, p * 100.0))
                .collect();
            let cuts = cuts.join(", ");
            let zeros = match missing {
                MissingUnit::Exclude => "",
                MissingUnit::Zero => lang.pick(
                    "; đơn vị không có điểm được tính là 0 khi xác định ngưỡng",
                    "; units without a score count as zero in the boundaries",
                ),
            };
            match lang {
                Lang::Vi => format!("Nhóm theo bách phân vị {cuts} của điểm trong năm{zeros}"),
                Lang::En => {
                    format!("Groups by the percentiles {cuts} of the edition's scores{zeros}")
                }
            }
        }
        Cut::Points(points) => {
            let points: Vec<String> = points.iter().map(|point| trimmed(lang, *point)).collect();
            let points = points.join("; ");
            match lang {
                Lang::Vi => format!("Nhóm theo các ngưỡng điểm {points}"),
                Lang::En => format!("Groups by the cut-off scores {points}"),
            }
        }
    };
    format!("{text}{mark}.")
}

/// The title of a profile.
pub fn profile_title(lang: Lang, unit: &str, units: &str) -> String {
    match lang {
        Lang::Vi => format!("{unit} so với các {units} khác và với chính mình"),
        Lang::En => format!("{unit} against the other {units} and its own past"),
    }
}

/// The title of rank sets.
pub fn rank_sets_title(lang: Lang, unit: &str) -> String {
    match lang {
        Lang::Vi => format!("{unit} có thể đứng ở những hạng nào"),
        Lang::En => format!("At which ranks {unit} may stand"),
    }
}

/// What rank sets show.
pub fn rank_sets_measure(lang: Lang, confidence: &str, edition: &str) -> String {
    match lang {
        Lang::Vi => format!("Hạng và tập hạng {confidence}, {edition}"),
        Lang::En => format!("Rank and {confidence} rank set, {edition}"),
    }
}

/// The title of a trend.
pub fn trend_title(lang: Lang, unit: &str, editions: &[i32]) -> String {
    match (editions.first(), editions.last()) {
        (Some(first), Some(last)) if first != last => format!("{unit}, {first}–{last}"),
        (Some(only), _) => format!("{unit}, {only}"),
        _ => match lang {
            Lang::Vi => format!("{unit} qua các năm"),
            Lang::En => format!("{unit} over the years"),
        },
    }
}

/// The title of the contributions.
pub fn contributions_title(lang: Lang, unit: &str) -> String {
    match lang {
        Lang::Vi => format!("{unit} tăng, giảm ở đâu"),
        Lang::En => format!("Where {unit} rose and fell"),
    }
}

/// `Points of the total, 2023 to 2024`.
pub fn contributions_measure(lang: Lang, from: i32, to: i32) -> String {
    match lang {
        Lang::Vi => format!("Phần đóng góp vào thay đổi của tổng điểm, {from}–{to}"),
        Lang::En => format!("Points contributed to the change of the total score, {from} to {to}"),
    }
}

/// The title of the losses.
pub fn losses_title(lang: Lang, unit: &str) -> String {
    match lang {
        Lang::Vi => format!("{unit} còn mất điểm ở đâu"),
        Lang::En => format!("Where {unit} lost points"),
    }
}

/// What the losses are measured in.
pub fn losses_measure(lang: Lang, edition: &str) -> String {
    match lang {
        Lang::Vi => format!("Tính bằng điểm của tổng điểm, {edition}"),
        Lang::En => format!("In points of the total score, {edition}"),
    }
}

/// The title of a comparison.
pub fn compare_title(lang: Lang, units: &str) -> String {
    match lang {
        Lang::Vi => format!("{units} theo từng nội dung"),
        Lang::En => format!("{units} by part of the index"),
    }
}

/// `1st of 4 groups`.
pub fn group_place(lang: Lang, place: usize, of: usize) -> String {
    match lang {
        Lang::Vi => format!("nhóm {place} trong {of}"),
        Lang::En => format!("group {place} of {of}"),
    }
}

/// The band of units whose group is not known.
pub fn group_unknown(lang: Lang, boundary: &str) -> String {
    match lang {
        Lang::Vi => format!("Chưa rõ, dưới {boundary}"),
        Lang::En => format!("Not known, below {boundary}"),
    }
}

/// That the median and the extremes of a trend are of few units.
pub fn few_in_trend(lang: Lang, ranked: usize, all: usize, units: &str) -> String {
    match lang {
        Lang::Vi => format!(
            "Trung vị, cao nhất và thấp nhất là của các {units} có số liệu, có năm chỉ {ranked} trên {all}."
        ),
        Lang::En => format!(
            "Median, best and lowest are of the {units} with figures, in some editions only {ranked} of {all}."
        ),
    }
}
