//! A unit's score in each dimension beside its own past, the median and the best unit.

use maud::{Markup, html};

use super::rows::{LegendItem, field, legend, rail, row};
use super::uncertainty::{
    Uncertainty, confidence, interval_words, score_cells, score_columns, whisker,
};
use super::{Layout, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::language::Lang;
use crate::svg::{Px, Scale, Shape, TEXT, mark, plain, text_width};
use crate::table::{Absence, Cell, Column, Table};

/// One dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRow {
    /// The node's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Lowest possible score.
    pub min: f64,
    /// Highest possible score.
    pub max: f64,
    /// The unit's score.
    pub score: Option<f64>,
    /// What sampling error leaves open of the score, if it is known.
    pub uncertainty: Option<Uncertainty>,
    /// The unit's score in the edition before.
    pub previous: Option<f64>,
    /// Whether the change from the edition before is beyond chance, if the errors of both are known.
    pub is_beyond_chance: Option<bool>,
    /// The median of all units.
    pub median: Option<f64>,
    /// The best score of all units.
    pub best: Option<f64>,
    /// The name of the best unit, for the table.
    pub best_unit: Option<String>,
}

/// What a profile shows.
#[derive(Debug, Clone)]
pub struct ProfileDots {
    /// Title, language, source.
    pub heading: Heading,
    /// The unit's name in the figure's language.
    pub unit: String,
    /// What the unit's own past is called: "2023". `None` leaves it out.
    pub previous_name: Option<String>,
    /// The dimensions in the order of the tree.
    pub rows: Vec<ProfileRow>,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

const MARKS: f64 = 20.0;

/// Draws one row a dimension on its own scale; shapes tell the four series apart.
pub fn profile_dots(input: &ProfileDots) -> Figure {
    Figure {
        description: description(input),
        notes: notes(input),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

fn shares_one_scale(input: &ProfileDots) -> bool {
    input
        .rows
        .windows(2)
        .all(|pair| pair[0].min == pair[1].min && pair[0].max == pair[1].max)
}

fn draw(input: &ProfileDots, layout: &Layout) -> (f64, Markup) {
    let values = input.rows.iter().map(|row| value_words(input, row));
    let value_width = values
        .map(|words| text_width(&words, TEXT))
        .fold(24.0, f64::max);
    let place = field(layout, value_width + 18.0);
    let (legend, mut top) = series_legend(input, layout);
    let mut marks = Vec::new();
    for dimension in &input.rows {
        let row = row(layout, top, &dimension.name, 0, MARKS, false);
        let scale = Scale::new(
            dimension.min,
            dimension.max,
            place.from + 6.0,
            place.to - 6.0,
        );
        marks.push(html! {
            (row.label)
            (rail(place, row.middle))
            (ends(input, dimension, &scale, row.middle))
            (points(input, dimension, &scale, row.middle))
            text class="value end number strong" x=(Px(layout.width)) y=(Px(row.middle + 4.5)) {
                (value_words(input, dimension))
                (crate::svg::mark_title(chance_words(input, dimension).as_deref()))
            }
        });
        top += row.height;
    }
    (
        top.max(20.0) + 10.0,
        html! { (legend) @for mark in &marks { (mark) } },
    )
}

/// The score in digits, with the sign of its change where that is known.
fn value_words(input: &ProfileDots, row: &ProfileRow) -> String {
    let Some(score) = finite(row.score) else {
        return "–".to_string();
    };
    let digits = input.heading.lang.number(score, input.decimals);
    match change_sign(row) {
        Some(sign) => format!("{digits} {sign}"),
        None => digits,
    }
}

/// `▲` and `▼` for a change beyond chance, `≈` for one within it.
fn change_sign(row: &ProfileRow) -> Option<&'static str> {
    let (score, previous) = (finite(row.score)?, finite(row.previous)?);
    Some(match row.is_beyond_chance? {
        false => "≈",
        true if score > previous => "▲",
        true => "▼",
    })
}

/// Whether the change is beyond chance, in words.
fn chance_words(input: &ProfileDots, row: &ProfileRow) -> Option<String> {
    let lang = input.heading.lang;
    let change = lang.signed(finite(row.score)? - finite(row.previous)?, input.decimals);
    let chance = if row.is_beyond_chance? {
        lang.pick("vượt mức ngẫu nhiên", "beyond chance")
    } else {
        lang.pick("trong mức ngẫu nhiên", "within chance")
    };
    let against = input.previous_name.as_deref()?;
    Some(match lang {
        Lang::Vi => format!("thay đổi so với {against}: {change}, {chance}"),
        Lang::En => format!("change from {against}: {change}, {chance}"),
    })
}

/// Small ticks at both ends of a dimension's scale, with the bounds in a tip.
fn ends(input: &ProfileDots, dimension: &ProfileRow, scale: &Scale, y: f64) -> Markup {
    let lang = input.heading.lang;
    html! {
        @for bound in [dimension.min, dimension.max] {
            line class="rail" x1=(Px(scale.at(bound))) x2=(Px(scale.at(bound))) y1=(Px(y - 4.0)) y2=(Px(y + 4.0)) {
                title { (lang.number(bound, input.decimals)) }
            }
        }
    }
}

fn points(input: &ProfileDots, dimension: &ProfileRow, scale: &Scale, y: f64) -> Markup {
    let lang = input.heading.lang;
    let words = |name: &str, value: f64| {
        format!(
            "{}, {name}: {}",
            dimension.name,
            lang.number(value, input.decimals)
        )
    };
    let previous = input
        .previous_name
        .as_deref()
        .zip(finite(dimension.previous));
    let score = finite(dimension.score);
    html! {
        @if let (Some((_, previous)), Some(score)) = (previous, score) {
            line class="move" x1=(Px(scale.at(previous))) x2=(Px(scale.at(score))) y1=(Px(y)) y2=(Px(y)) {}
        }
        @if let Some(median) = finite(dimension.median) { (median_tick(scale.at(median), y, Some(&words(median_name(input), median)))) }
        @if let (Some(found), Some(_)) = (&dimension.uncertainty, score) {
            (whisker(scale, found.interval, y, Some(&format!("{}, {}", dimension.name, interval_words(lang, found, input.decimals)))))
        }
        @if let Some(best) = finite(dimension.best) {
            (mark(Shape::Diamond, scale.at(best), y, 5.0, "dot-best", Some(&words(best_name(input), best))))
        }
        @if let Some((name, previous)) = previous {
            (mark(Shape::Circle, scale.at(previous), y, 4.5, "dot-previous", Some(&words(name, previous))))
        }
        @if let Some(score) = score { (mark(Shape::Circle, scale.at(score), y, 6.0, "dot-unit", Some(&words(&input.unit, score)))) }
    }
}

fn median_tick(x: f64, y: f64, words: Option<&str>) -> Markup {
    html! {
        rect class="tick-median" x=(Px(x - 1.25)) y=(Px(y - 11.0)) width="2.5" height="22" { (crate::svg::mark_title(words)) }
    }
}

fn median_name(input: &ProfileDots) -> &'static str {
    input.heading.lang.pick("Trung vị", "Median")
}

fn best_name(input: &ProfileDots) -> &'static str {
    input.heading.lang.pick("Cao nhất", "Best unit")
}

fn series_legend(input: &ProfileDots, layout: &Layout) -> (Markup, f64) {
    let unit = |x: f64, y: f64| mark(Shape::Circle, x, y, 6.0, "dot-unit", None);
    let previous = |x: f64, y: f64| mark(Shape::Circle, x, y, 4.5, "dot-previous", None);
    let median = |x: f64, y: f64| median_tick(x, y, None);
    let best = |x: f64, y: f64| mark(Shape::Diamond, x, y, 5.0, "dot-best", None);
    let interval =
        |x: f64, y: f64| whisker(&Scale::new(0.0, 1.0, x - 8.0, x + 8.0), (0.0, 1.0), y, None);
    let mut items: Vec<LegendItem> = vec![LegendItem {
        text: plain(&input.unit),
        sign: &unit,
    }];
    if let Some(name) = &input.previous_name {
        items.push(LegendItem {
            text: name.clone(),
            sign: &previous,
        });
    }
    items.push(LegendItem {
        text: median_name(input).to_string(),
        sign: &median,
    });
    items.push(LegendItem {
        text: best_name(input).to_string(),
        sign: &best,
    });
    if let Some(found) = input.rows.iter().find_map(|row| row.uncertainty) {
        let sure = confidence(input.heading.lang, found.confidence);
        items.push(LegendItem {
            text: match input.heading.lang {
                Lang::Vi => format!("Khoảng {sure}"),
                Lang::En => format!("{sure} interval"),
            },
            sign: &interval,
        });
    }
    legend(layout, &items)
}

fn notes(input: &ProfileDots) -> Vec<String> {
    let marked = input.rows.iter().any(|row| change_sign(row).is_some());
    let chance = input.previous_name.as_deref().filter(|_| marked);
    let chance = chance.map(|against| match input.heading.lang {
        Lang::Vi => format!(
            "So với {against}: ▲ ▼ tăng, giảm vượt mức ngẫu nhiên; ≈ thay đổi trong mức ngẫu nhiên."
        ),
        Lang::En => {
            format!("Against {against}: ▲ ▼ rose, fell beyond chance; ≈ changed within chance.")
        }
    });
    scale_notes(input).into_iter().chain(chance).collect()
}

fn scale_notes(input: &ProfileDots) -> Vec<String> {
    let lang = input.heading.lang;
    match input.rows.first() {
        Some(first) if shares_one_scale(input) => vec![format!(
            "{} {} {} {}.",
            lang.pick("Mỗi thang đi từ", "Each scale runs from"),
            lang.number(first.min, 0),
            lang.pick("đến", "to"),
            lang.number(first.max, 0)
        )],
        Some(_) => vec![
            lang.pick(
                "Mỗi dòng có thang riêng, từ điểm tối thiểu đến điểm tối đa.",
                "Each row has its own scale, from the minimum to the maximum score.",
            )
            .to_string(),
        ],
        None => Vec::new(),
    }
}

fn description(input: &ProfileDots) -> String {
    let lang = input.heading.lang;
    let number = |value: f64| lang.number(value, input.decimals);
    let mut parts = Vec::new();
    let compared: Vec<(&ProfileRow, f64, f64)> = input
        .rows
        .iter()
        .filter_map(|row| Some((row, finite(row.score)?, finite(row.median)?)))
        .collect();
    let above = compared
        .iter()
        .filter(|(_, score, median)| score > median)
        .count();
    if !compared.is_empty() {
        parts.push(format!(
            "{}: {} {above}/{}",
            input.unit,
            lang.pick("trên trung vị ở", "above the median in"),
            compared.len()
        ));
    }
    for row in &input.rows {
        let mut facts: Vec<String> = Vec::new();
        facts.push(
            finite(row.score).map_or(lang.pick("không có điểm", "no score").to_string(), number),
        );
        if let Some((name, value)) = input.previous_name.as_ref().zip(finite(row.previous)) {
            facts.push(format!("{name}: {}", number(value)));
        }
        facts.extend(
            row.uncertainty
                .map(|found| interval_words(lang, &found, input.decimals)),
        );
        facts.extend(chance_words(input, row));
        facts.extend(
            finite(row.median)
                .map(|value| format!("{} {}", median_name(input).to_lowercase(), number(value))),
        );
        facts.extend(
            finite(row.best)
                .map(|value| format!("{} {}", best_name(input).to_lowercase(), number(value))),
        );
        parts.push(format!("{} {}", row.name, facts.join(", ")));
    }
    if parts.is_empty() {
        lang.pick("Không có số liệu.", "No data.").to_string()
    } else {
        format!("{}.", parts.join(". "))
    }
}

fn table(input: &ProfileDots) -> Table {
    let lang = input.heading.lang;
    let decimals = input.decimals;
    let mut columns = vec![
        Column::text("name", lang.pick("Nội dung", "Node")),
        Column::text("node", lang.pick("Mã", "Code")),
        Column::number("score", input.unit.clone(), decimals),
    ];
    let errors = input.rows.iter().any(|row| row.uncertainty.is_some());
    if errors {
        columns.extend(score_columns(lang, decimals));
    }
    if let Some(name) = &input.previous_name {
        columns.push(Column::number("previous", name.clone(), decimals));
        if errors {
            let title = lang.pick("Thay đổi và ngẫu nhiên", "Change and chance");
            columns.push(Column::text("chance", title));
        }
    }
    columns.push(Column::number("median", median_name(input), decimals));
    columns.push(Column::number("best", best_name(input), decimals));
    columns.push(Column::text(
        "best_unit",
        lang.pick("Đơn vị cao nhất", "Name of the best"),
    ));
    columns.push(Column::number(
        "min",
        lang.pick("Tối thiểu", "Minimum"),
        decimals,
    ));
    columns.push(Column::number(
        "max",
        lang.pick("Tối đa", "Maximum"),
        decimals,
    ));
    let mut table = Table::new(input.heading.title.clone(), columns);
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    for row in &input.rows {
        let mut cells = vec![
            Cell::text(row.name.clone()),
            Cell::text(row.code.clone()),
            Cell::number_or(row.score, Absence::NotScored),
        ];
        if errors {
            cells.extend(score_cells(row.uncertainty.as_ref()));
        }
        if input.previous_name.is_some() {
            cells.push(Cell::number_or(row.previous, Absence::NotScored));
            if errors {
                let words = chance_words(input, row);
                cells.push(words.map_or(Cell::Empty(Absence::NotComparable), Cell::Text));
            }
        }
        cells.push(Cell::number_or(row.median, Absence::Missing));
        cells.push(Cell::number_or(row.best, Absence::Missing));
        cells.push(Cell::text(row.best_unit.clone().unwrap_or_default()));
        cells.push(Cell::number_or(Some(row.min), Absence::Missing));
        cells.push(Cell::number_or(Some(row.max), Absence::Missing));
        table.rows.push(cells);
    }
    table
}
