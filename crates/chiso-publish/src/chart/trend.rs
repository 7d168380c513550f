//! A unit's score over the editions, with the median and the span from the lowest to the best.

use maud::{Markup, html};

use super::line::{Plot, axes, break_lines, break_notes, line_path, placed_breaks, runs};
use super::{Layout, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::language::Lang;
use crate::svg::{Px, SMALL, Shape, extent, fit, mark, plain, spread};
use crate::table::{Absence, Cell, Column, Table};

/// One edition.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPoint {
    /// The edition, usually a year.
    pub edition: String,
    /// The unit's score; `None` makes a gap.
    pub score: Option<f64>,
    /// The unit's rank.
    pub rank: Option<u32>,
    /// The median of all units.
    pub median: Option<f64>,
    /// The best score.
    pub best: Option<f64>,
    /// The lowest score.
    pub worst: Option<f64>,
}

/// A change of the instrument: no line is drawn across it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendBreak {
    /// The first edition of the new instrument.
    pub edition: String,
    /// What changed.
    pub reason: String,
}

/// What a trend shows.
#[derive(Debug, Clone)]
pub struct Trend {
    /// Title, language, source.
    pub heading: Heading,
    /// The unit's name in the figure's language.
    pub unit: String,
    /// Every edition in order, also those without a score.
    pub points: Vec<TrendPoint>,
    /// Where the instrument changed.
    pub breaks: Vec<TrendBreak>,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

/// Draws the trend.
pub fn trend(input: &Trend) -> Figure {
    let editions: Vec<&str> = input
        .points
        .iter()
        .map(|point| point.edition.as_str())
        .collect();
    let placed = placed_breaks(&editions, &input.breaks);
    Figure {
        description: description(input),
        notes: break_notes(input.heading.lang, &placed),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

type Reading = fn(&TrendPoint) -> Option<f64>;

fn series(input: &Trend, reading: Reading) -> Vec<Option<f64>> {
    input
        .points
        .iter()
        .map(|point| finite(reading(point)))
        .collect()
}

fn draw(input: &Trend, layout: &Layout) -> (f64, Markup) {
    let after = if layout.is_wide() { 120.0 } else { 84.0 };
    let editions: Vec<&str> = input
        .points
        .iter()
        .map(|point| point.edition.as_str())
        .collect();
    let placed = placed_breaks(&editions, &input.breaks);
    let readings: [Reading; 4] = [|p| p.score, |p| p.median, |p| p.best, |p| p.worst];
    let [score, median, best, worst] = readings.map(|reading| series(input, reading));
    let all = [&score, &median, &best, &worst]
        .into_iter()
        .flatten()
        .filter_map(|v| *v);
    let range = extent(all).unwrap_or((0.0, 1.0));
    let plot = Plot::new(layout, input.points.len(), range, after);
    let body = html! {
        (band(&plot, &best, &worst, &placed))
        (axes(&plot, input.heading.lang, range, &editions))
        (break_lines(&plot, &placed))
        (line_path(&plot, &runs(&median, &placed), "line-median"))
        (line_path(&plot, &runs(&score, &placed), "line-unit"))
        g { @for (index, point) in input.points.iter().enumerate() { (dot(input, &plot, index, point)) } }
        (labels(input, &plot, after, &[(&score, "strong accent"), (&median, "small soft"), (&best, "small soft"), (&worst, "small soft")]))
    };
    (plot.bottom + 28.0, body)
}

/// The span from the lowest to the best unit, cut where the lines are cut.
fn band(
    plot: &Plot,
    best: &[Option<f64>],
    worst: &[Option<f64>],
    placed: &[(usize, &TrendBreak)],
) -> Markup {
    let both: Vec<Option<f64>> = best
        .iter()
        .zip(worst)
        .map(|(best, worst)| best.and(*worst))
        .collect();
    let half_width = 5.0;
    html! {
        g class="band" {
            @for run in runs(&both, placed) {
                @let upper: Vec<(f64, f64)> = run.iter().filter_map(|(i, _)| Some((plot.x(*i), plot.value.at(best[*i]?)))).collect();
                @let lower: Vec<(f64, f64)> = run.iter().rev().map(|(i, low)| (plot.x(*i), plot.value.at(*low))).collect();
                path d=(outline(&upper, &lower, half_width)) {}
            }
        }
    }
}

/// A band's outline; a single edition becomes a narrow bar, so that it can be seen.
fn outline(upper: &[(f64, f64)], lower: &[(f64, f64)], half_width: f64) -> String {
    let mut points: Vec<(f64, f64)> = upper.iter().chain(lower).copied().collect();
    if let ([(x, high)], [(_, low)]) = (upper, lower) {
        points = vec![
            (x - half_width, *high),
            (x + half_width, *high),
            (x + half_width, *low),
            (x - half_width, *low),
        ];
    }
    let places: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{} {}", Px(*x), Px(*y)))
        .collect();
    format!("M{}Z", places.join("L"))
}

fn dot(input: &Trend, plot: &Plot, index: usize, point: &TrendPoint) -> Markup {
    let Some(score) = finite(point.score) else {
        return html! {};
    };
    let lang = input.heading.lang;
    let rank = point
        .rank
        .map(|rank| format!(", {} {rank}", lang.pick("hạng", "rank")))
        .unwrap_or_default();
    let words = format!(
        "{} {}: {}{rank}",
        input.unit,
        point.edition,
        lang.number(score, input.decimals)
    );
    mark(
        Shape::Circle,
        plot.x(index),
        plot.value.at(score),
        4.0,
        "dot-unit",
        Some(&words),
    )
}

/// Names beside the last value of each line, moved apart where they would touch.
fn labels(input: &Trend, plot: &Plot, after: f64, lines: &[(&Vec<Option<f64>>, &str)]) -> Markup {
    let lang = input.heading.lang;
    let names = [
        input.unit.as_str(),
        lang.pick("Trung vị", "Median"),
        lang.pick("Cao nhất", "Best"),
        lang.pick("Thấp nhất", "Lowest"),
    ];
    let ends: Vec<(usize, f64)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, (values, _))| {
            Some((index, plot.value.at(values.iter().rev().find_map(|v| *v)?)))
        })
        .collect();
    let wished: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    let places = spread(&wished, 16.0, plot.top, plot.bottom);
    html! {
        g class="labels" {
            @for ((index, _), y) in ends.iter().zip(&places) {
                text class=(lines[*index].1) x=(Px(plot.right + 6.0)) y=(Px(y + 4.0)) {
                    (plain(&fit(names[*index], after - 6.0, SMALL + 1.0)))
                }
            }
        }
    }
}

fn description(input: &Trend) -> String {
    let lang = input.heading.lang;
    let number = |value: f64| lang.number(value, input.decimals);
    let scored: Vec<(&TrendPoint, f64)> = input
        .points
        .iter()
        .filter_map(|point| Some((point, finite(point.score)?)))
        .collect();
    let (Some(first), Some(last)) = (scored.first(), scored.last()) else {
        return format!(
            "{}: {}",
            input.unit,
            lang.pick("không có điểm trong kỳ nào.", "no score in any edition.")
        );
    };
    let highest = scored
        .iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(first);
    let lowest = scored
        .iter()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(first);
    let (first_text, last_text) = (number(first.1), number(last.1));
    let (high_text, low_text) = (number(highest.1), number(lowest.1));
    let mut text = match lang {
        Lang::Vi => format!(
            "{} đạt {first_text} điểm năm {} và {last_text} điểm năm {}; cao nhất {high_text} ({}), thấp nhất {low_text} ({}).",
            input.unit, first.0.edition, last.0.edition, highest.0.edition, lowest.0.edition
        ),
        Lang::En => format!(
            "{} scored {first_text} in {} and {last_text} in {}; highest {high_text} ({}), lowest {low_text} ({}).",
            input.unit, first.0.edition, last.0.edition, highest.0.edition, lowest.0.edition
        ),
    };
    if let Some(median) = finite(last.0.median) {
        text.push_str(&format!(
            " {} {}: {}.",
            lang.pick("Trung vị", "Median"),
            last.0.edition,
            number(median)
        ));
    }
    let gaps: Vec<&str> = input
        .points
        .iter()
        .filter(|p| finite(p.score).is_none())
        .map(|p| p.edition.as_str())
        .collect();
    if !gaps.is_empty() {
        text.push_str(&format!(
            " {}: {}.",
            lang.pick("Không có điểm", "No score"),
            gaps.join(", ")
        ));
    }
    text
}

fn table(input: &Trend) -> Table {
    let lang = input.heading.lang;
    let decimals = input.decimals;
    let mut table = Table::new(
        input.heading.title.clone(),
        vec![
            Column::text("edition", lang.pick("Kỳ", "Edition")),
            Column::number("score", input.unit.clone(), decimals),
            Column::integer("rank", lang.pick("Hạng", "Rank")),
            Column::number("median", lang.pick("Trung vị", "Median"), decimals),
            Column::number("best", lang.pick("Cao nhất", "Best"), decimals),
            Column::number("worst", lang.pick("Thấp nhất", "Lowest"), decimals),
            Column::text(
                "break_before",
                lang.pick("Thay đổi cách đo", "Change of the instrument"),
            ),
        ],
    );
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    for point in &input.points {
        let reason = input
            .breaks
            .iter()
            .find(|b| b.edition == point.edition)
            .map_or("", |b| b.reason.as_str());
        table.rows.push(vec![
            Cell::text(point.edition.clone()),
            Cell::number_or(point.score, Absence::NotScored),
            Cell::integer_or(point.rank.map(i64::from), Absence::NotScored),
            Cell::number_or(point.median, Absence::Missing),
            Cell::number_or(point.best, Absence::Missing),
            Cell::number_or(point.worst, Absence::Missing),
            Cell::text(reason),
        ]);
    }
    table
}
