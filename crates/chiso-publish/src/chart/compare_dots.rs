//! Up to five units beside each other in every dimension.

use maud::{Markup, html};

use super::rows::{LegendItem, field, legend, rail, row};
use super::{Layout, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::svg::{Px, SERIES_SHAPES, Scale, Shape, mark};
use crate::table::{Absence, Cell, Column, Table};

/// Most units that can be compared in one figure.
pub(crate) const MOST_SERIES: usize = SERIES_SHAPES.len();

/// One dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareRow {
    /// The node's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Lowest possible score.
    pub min: f64,
    /// Highest possible score.
    pub max: f64,
    /// One score for each unit, in the order of the units.
    pub scores: Vec<Option<f64>>,
}

/// What a comparison shows.
#[derive(Debug, Clone)]
pub struct CompareDots {
    /// Title, language, source.
    pub heading: Heading,
    /// Code and name of each unit; those after the fifth are left out.
    pub units: Vec<(String, String)>,
    /// The dimensions in the order of the tree.
    pub rows: Vec<CompareRow>,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

/// Vertical distance between the units' marks, so that equal scores do not cover each other.
const OFFSET: f64 = 6.0;

/// Draws one row a dimension; each unit has its shape, its colour and its own height in the row.
pub fn compare_dots(input: &CompareDots) -> Figure {
    Figure {
        description: description(input),
        notes: Vec::new(),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

/// Class of a series' colour.
pub(crate) fn series_class(index: usize) -> &'static str {
    ["series-1", "series-2", "series-3", "series-4", "series-5"][index.min(MOST_SERIES - 1)]
}

fn shown(input: &CompareDots) -> &[(String, String)] {
    &input.units[..input.units.len().min(MOST_SERIES)]
}

fn draw(input: &CompareDots, layout: &Layout) -> (f64, Markup) {
    let place = field(layout, 4.0);
    let units = shown(input);
    let (legend, mut top) = unit_legend(units, layout);
    let band = OFFSET * units.len().saturating_sub(1) as f64 + 12.0;
    let mut marks = Vec::new();
    for dimension in &input.rows {
        let row = row(layout, top, &dimension.name, 0, band, false);
        let scale = Scale::new(
            dimension.min,
            dimension.max,
            place.from + 6.0,
            place.to - 6.0,
        );
        marks.push(html! {
            (row.label)
            (rail(place, row.middle))
            (points(input, dimension, &scale, row.middle))
        });
        top += row.height;
    }
    let bounds = bound_labels(input, place.from, place.to, top);
    (
        top.max(20.0) + 18.0,
        html! { (legend) @for mark in &marks { (mark) } (bounds) },
    )
}

fn points(input: &CompareDots, dimension: &CompareRow, scale: &Scale, middle: f64) -> Markup {
    let units = shown(input);
    let first = middle - OFFSET * units.len().saturating_sub(1) as f64 / 2.0;
    html! {
        @for (index, (_, name)) in units.iter().enumerate() {
            @if let Some(score) = finite(dimension.scores.get(index).copied().flatten()) {
                (mark(SERIES_SHAPES[index], scale.at(score), first + OFFSET * index as f64, 5.0, series_class(index),
                    Some(&format!("{name}, {}: {}", dimension.name, input.heading.lang.number(score, input.decimals)))))
            }
        }
    }
}

/// The bounds of the scale below the rows, where all rows share them.
fn bound_labels(input: &CompareDots, from: f64, to: f64, y: f64) -> Markup {
    let lang = input.heading.lang;
    let shared = input
        .rows
        .windows(2)
        .all(|pair| pair[0].min == pair[1].min && pair[0].max == pair[1].max);
    html! {
        @if let Some(row) = input.rows.first().filter(|_| shared) {
            text class="small soft" x=(Px(from)) y=(Px(y + 10.0)) { (lang.number(row.min, 0)) }
            text class="small soft end" x=(Px(to)) y=(Px(y + 10.0)) { (lang.number(row.max, 0)) }
        }
    }
}

fn unit_legend(units: &[(String, String)], layout: &Layout) -> (Markup, f64) {
    let signs: Vec<Box<dyn Fn(f64, f64) -> Markup>> = (0..units.len())
        .map(|index| {
            let shape: Shape = SERIES_SHAPES[index];
            Box::new(move |x: f64, y: f64| mark(shape, x, y, 5.5, series_class(index), None))
                as Box<dyn Fn(f64, f64) -> Markup>
        })
        .collect();
    let items: Vec<LegendItem> = units
        .iter()
        .zip(&signs)
        .map(|((_, name), sign)| LegendItem {
            text: name.clone(),
            sign: sign.as_ref(),
        })
        .collect();
    legend(layout, &items)
}

fn description(input: &CompareDots) -> String {
    let lang = input.heading.lang;
    let mut parts = Vec::new();
    for row in &input.rows {
        let facts: Vec<String> = shown(input)
            .iter()
            .enumerate()
            .map(
                |(index, (_, name))| match finite(row.scores.get(index).copied().flatten()) {
                    Some(score) => format!("{name} {}", lang.number(score, input.decimals)),
                    None => format!("{name} {}", lang.pick("không có điểm", "no score")),
                },
            )
            .collect();
        parts.push(format!("{}: {}", row.name, facts.join(", ")));
    }
    if parts.is_empty() {
        lang.pick("Không có số liệu.", "No data.").to_string()
    } else {
        format!("{}.", parts.join(". "))
    }
}

fn table(input: &CompareDots) -> Table {
    let lang = input.heading.lang;
    let units = shown(input);
    let mut columns = vec![
        Column::text("name", lang.pick("Nội dung", "Node")),
        Column::text("node", lang.pick("Mã", "Code")),
    ];
    columns.extend(
        units.iter().map(|(code, name)| {
            Column::number(format!("score_{code}"), name.clone(), input.decimals)
        }),
    );
    let mut table = Table::new(input.heading.title.clone(), columns);
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    for row in &input.rows {
        let mut cells = vec![Cell::text(row.name.clone()), Cell::text(row.code.clone())];
        cells.extend((0..units.len()).map(|index| {
            Cell::number_or(row.scores.get(index).copied().flatten(), Absence::NotScored)
        }));
        table.rows.push(cells);
    }
    table
}
