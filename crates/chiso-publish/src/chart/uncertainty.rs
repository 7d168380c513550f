//! What sampling error leaves open of a score, its rank and its group: how it is drawn and told.

use maud::{Markup, html};

use crate::language::Lang;
use crate::svg::{Px, Scale, mark_title};
use crate::table::{Absence, Cell, Column};

/// What sampling error leaves open of one unit's score at one node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertainty {
    /// The standard error of the score, in the score's own points.
    pub standard_error: f64,
    /// Lower and upper bound of the score.
    pub interval: (f64, f64),
    /// The best and the worst rank that the errors allow, 1 for the best.
    pub rank_set: Option<(u32, u32)>,
    /// The probability of the group in which the unit stands, 0 to 1.
    pub group_probability: Option<f64>,
    /// The confidence of interval and rank set: 0.95 for 95 %.
    pub confidence: f64,
}

/// A line between the bounds of a score with a tick at either end, told by `words`.
pub(crate) fn whisker(scale: &Scale, bounds: (f64, f64), y: f64, words: Option<&str>) -> Markup {
    const TICK: f64 = 4.0;
    let (low, high) = (scale.at(bounds.0), scale.at(bounds.1));
    let (top, height) = (Px(y - TICK), Px(2.0 * TICK));
    html! {
        path class="interval" d=(format!("M{0} {top}v{height}M{0} {2}H{1}M{1} {top}v{height}", Px(low), Px(high), Px(y))) {
            (mark_title(words))
        }
    }
}

/// A rank's place in a field of `ranked` units, best at the left, on the bar of the ranks that the
/// errors allow.
pub(crate) struct RankMark<'a> {
    /// The drawing's places of the best and the worst rank.
    pub(crate) field: (f64, f64),
    /// How many units are ranked.
    pub(crate) ranked: u32,
    pub(crate) rank: u32,
    pub(crate) set: Option<(u32, u32)>,
    /// The class of the point.
    pub(crate) class: &'a str,
}

impl RankMark<'_> {
    /// Draws rail, bar and point at a height.
    pub(crate) fn draw(&self, y: f64, words: Option<&str>) -> Markup {
        const HALF: f64 = 4.5;
        let worst = f64::from(self.ranked.max(2));
        let scale = Scale::new(1.0, worst, self.field.0 + HALF, self.field.1 - HALF);
        let at = |rank: u32| scale.at(f64::from(rank));
        html! {
            line class="rail" x1=(Px(self.field.0)) x2=(Px(self.field.1)) y1=(Px(y)) y2=(Px(y)) {}
            @if let Some((best, worst)) = self.set {
                rect class="rank-set" x=(Px(at(best) - HALF)) y=(Px(y - HALF)) rx=(Px(HALF))
                    width=(Px((at(worst) - at(best)).max(0.0) + 2.0 * HALF)) height=(Px(2.0 * HALF)) { (mark_title(words)) }
            }
            circle class=(self.class) cx=(Px(at(self.rank))) cy=(Px(y)) r=(Px(HALF)) { (mark_title(words)) }
        }
    }
}

/// `12–25`, or `12` for a set of one rank.
pub fn set_words((best, worst): (u32, u32)) -> String {
    if best == worst {
        best.to_string()
    } else {
        format!("{best}–{worst}")
    }
}

/// A share as whole percent; one that is nearly none or all, but not surely so, as `<1 %`, `>99 %`.
pub fn percent(lang: Lang, share: f64) -> String {
    let (mark, share) = match share {
        share if share < 0.005 => ("<", 0.01),
        share if share >= 0.995 => (">", 0.99),
        share => ("", share),
    };
    format!(
        "{mark}{}{}",
        lang.number(share * 100.0, 0),
        lang.pick("\u{a0}%", "%")
    )
}

/// `khoảng 95 %: 43,1–45,7`.
pub(crate) fn interval_words(lang: Lang, found: &Uncertainty, decimals: usize) -> String {
    let (low, high) = found.interval;
    let confidence = confidence(lang, found.confidence);
    let bounds = format!(
        "{}–{}",
        lang.number(low, decimals),
        lang.number(high, decimals)
    );
    match lang {
        Lang::Vi => format!("khoảng {confidence}: {bounds}"),
        Lang::En => format!("{confidence} interval {bounds}"),
    }
}

/// `hạng 19, tập hạng 95 %: 12–25`.
pub(crate) fn rank_words(lang: Lang, rank: u32, found: &Uncertainty) -> String {
    let name = lang.pick("hạng", "rank");
    let set = found.rank_set.map(|set| {
        let confidence = confidence(lang, found.confidence);
        match lang {
            Lang::Vi => format!(", tập hạng {confidence}: {}", set_words(set)),
            Lang::En => format!(", {confidence} rank set {}", set_words(set)),
        }
    });
    format!("{name} {rank}{}", set.unwrap_or_default())
}

/// `95 %`.
pub fn confidence(lang: Lang, share: f64) -> String {
    let text = lang.number(share * 100.0, 1);
    let whole = text.strip_suffix(lang.pick(",0", ".0")).unwrap_or(&text);
    format!("{whole}{}", lang.pick("\u{a0}%", "%"))
}

/// Columns of a score's error: `se`, `lo`, `hi`.
pub(crate) fn score_columns(lang: Lang, decimals: usize) -> [Column; 3] {
    [
        Column::number("se", lang.pick("Sai số chuẩn", "Standard error"), decimals),
        Column::number("lo", lang.pick("Cận dưới", "Lower bound"), decimals),
        Column::number("hi", lang.pick("Cận trên", "Upper bound"), decimals),
    ]
}

/// Columns of a rank's set: `rank_lo`, `rank_hi`.
pub(crate) fn rank_columns(lang: Lang) -> [Column; 2] {
    [
        Column::integer(
            "rank_lo",
            lang.pick("Hạng tốt nhất có thể", "Best rank of the set"),
        ),
        Column::integer(
            "rank_hi",
            lang.pick("Hạng thấp nhất có thể", "Worst rank of the set"),
        ),
    ]
}

/// The column of a group's probability: `group_probability`.
pub(crate) fn probability_column(lang: Lang) -> Column {
    let title = lang.pick("Xác suất của nhóm", "Probability of the group");
    Column::number("group_probability", title, 2)
}

/// The cells of [`score_columns`].
pub(crate) fn score_cells(found: Option<&Uncertainty>) -> [Cell; 3] {
    let cell = |value: Option<f64>| Cell::number_or(value, Absence::Missing);
    [
        cell(found.map(|found| found.standard_error)),
        cell(found.map(|found| found.interval.0)),
        cell(found.map(|found| found.interval.1)),
    ]
}

/// The cells of [`rank_columns`].
pub(crate) fn rank_cells(found: Option<&Uncertainty>) -> [Cell; 2] {
    let set = found.and_then(|found| found.rank_set);
    let cell = |rank: Option<u32>| Cell::integer_or(rank.map(i64::from), Absence::Missing);
    [cell(set.map(|set| set.0)), cell(set.map(|set| set.1))]
}

/// The cell of [`probability_column`].
pub(crate) fn probability_cell(found: Option<&Uncertainty>) -> Cell {
    let probability = found.and_then(|found| found.group_probability);
    Cell::number_or(probability, Absence::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_estimated_by_draws_is_never_told_as_certain() {
        assert_eq!(percent(Lang::En, 1.0), ">99%");
        assert_eq!(percent(Lang::Vi, 0.0), "<1\u{a0}%");
        assert_eq!(percent(Lang::Vi, 0.874), "87\u{a0}%");
    }

    #[test]
    fn a_rank_set_is_drawn_from_its_best_to_its_worst_rank() {
        let mark = RankMark {
            field: (0.0, 109.0),
            ranked: 11,
            rank: 6,
            set: Some((3, 8)),
            class: "dot",
        };
        let drawn = mark.draw(10.0, Some("rank 6")).into_string();
        assert!(
            drawn.contains(r#"<rect class="rank-set" x="20" y="5.5" rx="4.5" width="59""#),
            "{drawn}"
        );
        assert!(drawn.contains(r#"cx="54.5""#), "{drawn}");
    }

    #[test]
    fn words_name_the_confidence_and_the_set() {
        let found = Uncertainty {
            standard_error: 0.5,
            interval: (43.02, 44.98),
            rank_set: Some((12, 25)),
            group_probability: None,
            confidence: 0.95,
        };
        assert_eq!(
            rank_words(Lang::En, 19, &found),
            "rank 19, 95% rank set 12–25"
        );
        assert_eq!(
            interval_words(Lang::Vi, &found, 1),
            "khoảng 95\u{a0}%: 43,0–45,0"
        );
        assert_eq!(confidence(Lang::En, 0.995), "99.5%");
    }
}
