//! Points lost to the maximum by node, and of these the part that the best unit does not lose.

use maud::{Markup, html};

use super::rows::{LegendItem, field, legend, row};
use super::{Layout, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::language::Lang;
use crate::svg::{Px, Scale, TEXT, extent, mark_title, plain, text_width};
use crate::table::{Absence, Cell, Column, Table};

/// One node's losses.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// The node's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Its depth below the first level that is shown, for indentation.
    pub depth: usize,
    /// Maximum minus score.
    pub to_maximum: Option<f64>,
    /// Best unit's score minus score.
    pub to_best: Option<f64>,
    /// The name of the best unit, for the table.
    pub best_unit: Option<String>,
}

/// What a chart of losses shows.
#[derive(Debug, Clone)]
pub struct Losses {
    /// Title, language, source.
    pub heading: Heading,
    /// The nodes in the order in which they are drawn.
    pub nodes: Vec<Loss>,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

const BAR: f64 = 14.0;

/// Draws one bar a node; its filled part is what the best unit shows to be possible.
pub fn losses(input: &Losses) -> Figure {
    Figure {
        description: description(input),
        notes: Vec::new(),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

fn draw(input: &Losses, layout: &Layout) -> (f64, Markup) {
    let texts = input
        .nodes
        .iter()
        .map(|loss| text_width(&value_text(input, loss), TEXT));
    let after = texts.fold(0.0, f64::max).min(layout.width / 3.0) + 10.0;
    let place = field(layout, after);
    let highest = extent(
        input
            .nodes
            .iter()
            .filter_map(|loss| finite(loss.to_maximum)),
    )
    .map_or(1.0, |(_, high)| high);
    let scale = Scale::new(0.0, highest.max(1e-9), place.from, place.to);
    let (legend, mut top) = part_legend(input.heading.lang, layout);
    let mut marks = Vec::new();
    for loss in &input.nodes {
        let row = row(layout, top, &loss.name, loss.depth, BAR, false);
        marks.push(html! { (row.label) (bar(input, loss, &scale, row.middle)) (row.base_line(place.from)) });
        top += row.height;
    }
    let body = html! {
        (legend)
        @for mark in &marks { (mark) }
    };
    (top.max(20.0) + 2.0, body)
}

fn value_text(input: &Losses, loss: &Loss) -> String {
    let lang = input.heading.lang;
    let number = |value: f64| lang.number(value, input.decimals);
    match (finite(loss.to_best), finite(loss.to_maximum)) {
        (Some(to_best), Some(to_maximum)) => {
            format!("{} / {}", number(to_best), number(to_maximum))
        }
        (None, Some(to_maximum)) => number(to_maximum),
        _ => lang.pick("không có số liệu", "no data").to_string(),
    }
}

fn bar(input: &Losses, loss: &Loss, scale: &Scale, y: f64) -> Markup {
    let text = value_text(input, loss);
    let Some(to_maximum) = finite(loss.to_maximum) else {
        return html! { text class="small soft" x=(Px(scale.at(0.0) + 6.0)) y=(Px(y + 4.5)) { (text) } };
    };
    let zero = scale.at(0.0);
    let top = y - BAR / 2.0;
    html! {
        rect class="bar lost" x=(Px(zero)) y=(Px(top)) width=(Px(scale.at(to_maximum) - zero)) height=(Px(BAR)) {
            (mark_title(Some(&words(input, loss))))
        }
        @if let Some(to_best) = finite(loss.to_best) {
            rect class="bar reachable" x=(Px(zero)) y=(Px(top)) height=(Px(BAR))
                width=(Px(scale.at(to_best.clamp(0.0, to_maximum.max(0.0))) - zero)) { (mark_title(Some(&words(input, loss)))) }
        }
        text class="value number" x=(Px(scale.at(to_maximum) + 6.0)) y=(Px(y + 4.5)) { (plain(&text)) }
    }
}

fn part_legend(lang: Lang, layout: &Layout) -> (Markup, f64) {
    let reachable = |x: f64, y: f64| html! { rect class="bar reachable" x=(Px(x - 8.0)) y=(Px(y - 6.0)) width="16" height="12" {} };
    let lost = |x: f64, y: f64| html! { rect class="bar lost" x=(Px(x - 7.5)) y=(Px(y - 6.0)) width="15" height="12" {} };
    legend(
        layout,
        &[
            LegendItem {
                text: lang
                    .pick("Kém đơn vị cao nhất", "Behind the best unit")
                    .to_string(),
                sign: &reachable,
            },
            LegendItem {
                text: lang
                    .pick("Kém điểm tối đa", "Behind the maximum")
                    .to_string(),
                sign: &lost,
            },
        ],
    )
}

fn words(input: &Losses, loss: &Loss) -> String {
    let lang = input.heading.lang;
    let number = |value: f64| lang.number(value, input.decimals);
    let mut text = format!("{}: ", loss.name);
    match finite(loss.to_maximum) {
        None => text.push_str(lang.pick("không có số liệu", "no data")),
        Some(value) => text.push_str(&match lang {
            Lang::Vi => format!("kém tối đa {} điểm", number(value)),
            Lang::En => format!("{} points behind the maximum", number(value)),
        }),
    }
    if let Some(value) = finite(loss.to_best) {
        let best = loss
            .best_unit
            .as_ref()
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        text.push_str(&match lang {
            Lang::Vi => format!(", kém đơn vị cao nhất{best} {} điểm", number(value)),
            Lang::En => format!(", {} behind the best unit{best}", number(value)),
        });
    }
    text
}

fn description(input: &Losses) -> String {
    let lang = input.heading.lang;
    // The first level only: deeper nodes are parts of these.
    let mut nodes: Vec<&Loss> = input.nodes.iter().filter(|loss| loss.depth == 0).collect();
    nodes.sort_by(|a, b| {
        finite(b.to_maximum)
            .unwrap_or(-1.0)
            .total_cmp(&finite(a.to_maximum).unwrap_or(-1.0))
    });
    if nodes.is_empty() {
        return lang.pick("Không có số liệu.", "No data.").to_string();
    }
    let parts: Vec<String> = nodes.iter().map(|loss| words(input, loss)).collect();
    format!("{}.", parts.join("; "))
}

fn table(input: &Losses) -> Table {
    let lang = input.heading.lang;
    let mut table = Table::new(
        input.heading.title.clone(),
        vec![
            Column::text("name", lang.pick("Nội dung", "Node")),
            Column::text("node", lang.pick("Mã", "Code")),
            Column::number(
                "loss_to_maximum",
                lang.pick("Kém điểm tối đa", "Behind the maximum"),
                input.decimals,
            ),
            Column::number(
                "loss_to_best",
                lang.pick("Kém đơn vị cao nhất", "Behind the best unit"),
                input.decimals,
            ),
            Column::text("best_unit", lang.pick("Đơn vị cao nhất", "Best unit")),
        ],
    );
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    for loss in &input.nodes {
        table.rows.push(vec![
            Cell::text(loss.name.clone()),
            Cell::text(loss.code.clone()),
            Cell::number_or(loss.to_maximum, Absence::Missing),
            Cell::number_or(loss.to_best, Absence::Missing),
            Cell::text(loss.best_unit.clone().unwrap_or_default()),
        ]);
    }
    table
}
