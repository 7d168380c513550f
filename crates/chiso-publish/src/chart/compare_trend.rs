//! The scores of up to five units over the editions, each line named at its end.

use maud::{Markup, html};

use super::compare_dots::{MOST_SERIES, series_class};
use super::line::{Plot, axes, break_lines, break_notes, line_path, placed_breaks, runs};
use super::{Layout, TrendBreak, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::svg::{Px, SERIES_SHAPES, TEXT, extent, fit, mark, plain, spread};
use crate::table::{Absence, Cell, Column, Table};

/// One unit.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareSeries {
    /// The unit's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// One score for each edition, in the order of the editions.
    pub scores: Vec<Option<f64>>,
}

/// What a comparison over time shows.
#[derive(Debug, Clone)]
pub struct CompareTrend {
    /// Title, language, source.
    pub heading: Heading,
    /// Every edition in order.
    pub editions: Vec<String>,
    /// The units; those after the fifth are left out.
    pub series: Vec<CompareSeries>,
    /// Where the instrument changed.
    pub breaks: Vec<TrendBreak>,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

/// Draws the lines; each has its colour, its shape and its name.
pub fn compare_trend(input: &CompareTrend) -> Figure {
    let placed = placed_breaks(&editions(input), &input.breaks);
    Figure {
        description: description(input),
        notes: break_notes(input.heading.lang, &placed),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

fn editions(input: &CompareTrend) -> Vec<&str> {
    input.editions.iter().map(String::as_str).collect()
}

fn shown(input: &CompareTrend) -> &[CompareSeries] {
    &input.series[..input.series.len().min(MOST_SERIES)]
}

fn score(series: &CompareSeries, index: usize) -> Option<f64> {
    finite(series.scores.get(index).copied().flatten())
}

fn scores(input: &CompareTrend, series: &CompareSeries) -> Vec<Option<f64>> {
    (0..input.editions.len())
        .map(|index| score(series, index))
        .collect()
}

fn draw(input: &CompareTrend, layout: &Layout) -> (f64, Markup) {
    let after = if layout.is_wide() { 146.0 } else { 122.0 };
    let editions = editions(input);
    let placed = placed_breaks(&editions, &input.breaks);
    let values = shown(input)
        .iter()
        .flat_map(|series| scores(input, series))
        .flatten();
    let range = extent(values).unwrap_or((0.0, 1.0));
    let plot = Plot::new(layout, editions.len(), range, after);
    let body = html! {
        (axes(&plot, input.heading.lang, range, &editions))
        (break_lines(&plot, &placed))
        @for (index, series) in shown(input).iter().enumerate() {
            g class=(series_class(index)) {
                (line_path(&plot, &runs(&scores(input, series), &placed), "line-series"))
                (points(input, &plot, index, series))
            }
        }
        (labels(input, &plot, after))
    };
    (plot.bottom + 28.0, body)
}

fn points(input: &CompareTrend, plot: &Plot, index: usize, series: &CompareSeries) -> Markup {
    html! {
        @for (place, edition) in input.editions.iter().enumerate() {
            @if let Some(score) = score(series, place) {
                (mark(SERIES_SHAPES[index], plot.x(place), plot.value.at(score), 3.6, series_class(index),
                    Some(&format!("{} {edition}: {}", series.name, input.heading.lang.number(score, input.decimals)))))
            }
        }
    }
}

fn labels(input: &CompareTrend, plot: &Plot, after: f64) -> Markup {
    let ends: Vec<(usize, f64)> = shown(input)
        .iter()
        .enumerate()
        .filter_map(|(index, series)| {
            Some((
                index,
                plot.value
                    .at(scores(input, series).into_iter().rev().flatten().next()?),
            ))
        })
        .collect();
    let wished: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    let places = spread(&wished, 17.0, plot.top, plot.bottom);
    html! {
        g class="labels" {
            @for ((index, _), y) in ends.iter().zip(&places) {
                (mark(SERIES_SHAPES[*index], plot.right + 8.0, *y, 4.2, series_class(*index), None))
                text class=(format!("{} series-name", series_class(*index))) x=(Px(plot.right + 18.0)) y=(Px(y + 4.5)) {
                    (plain(&fit(&shown(input)[*index].name, after - 18.0, TEXT)))
                }
            }
        }
    }
}

fn description(input: &CompareTrend) -> String {
    let lang = input.heading.lang;
    let parts: Vec<String> = shown(input)
        .iter()
        .map(|series| {
            let known: Vec<(usize, f64)> = (0..input.editions.len())
                .filter_map(|i| Some((i, score(series, i)?)))
                .collect();
            match (known.first(), known.last()) {
                (Some(first), Some(last)) => format!(
                    "{}: {} ({}), {} ({})",
                    series.name,
                    lang.number(first.1, input.decimals),
                    input.editions[first.0],
                    lang.number(last.1, input.decimals),
                    input.editions[last.0]
                ),
                _ => format!(
                    "{}: {}",
                    series.name,
                    lang.pick("không có điểm", "no score")
                ),
            }
        })
        .collect();
    if parts.is_empty() {
        lang.pick("Không có số liệu.", "No data.").to_string()
    } else {
        format!("{}.", parts.join("; "))
    }
}

fn table(input: &CompareTrend) -> Table {
    let lang = input.heading.lang;
    let mut columns = vec![Column::text("edition", lang.pick("Kỳ", "Edition"))];
    columns.extend(shown(input).iter().map(|series| {
        Column::number(
            format!("score_{}", series.code),
            series.name.clone(),
            input.decimals,
        )
    }));
    let mut table = Table::new(input.heading.title.clone(), columns);
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    for (index, edition) in input.editions.iter().enumerate() {
        let mut cells = vec![Cell::text(edition.clone())];
        cells.extend(
            shown(input)
                .iter()
                .map(|series| Cell::number_or(score(series, index), Absence::NotScored)),
        );
        table.rows.push(cells);
    }
    table
}
