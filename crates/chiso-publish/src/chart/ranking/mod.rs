//! Units in the order of their scores, under the headings of their groups.
//!
//! Scores are drawn as dots, not bars: the axis does not begin at zero, so a bar's length would
//! mislead. Where errors are known, each row also shows its interval and the ranks that they allow.

use maud::{Markup, html};

mod told;
mod uncertain;

use super::uncertainty::Uncertainty;
use super::{Layout, at_widths, finite};
use crate::figure::{Figure, Heading};
use crate::group::{GroupBand, dots, tone};
use crate::svg::{Px, Scale, TEXT, extent, fit, plain, text_width};
use told::{description, table};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedUnit {
    /// The unit's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Its score.
    pub score: Option<f64>,
    /// What sampling error leaves open, if it is known.
    pub uncertainty: Option<Uncertainty>,
    /// Its rank, 1 for the best.
    pub rank: Option<u32>,
    /// Its group, 0 for the highest.
    pub group: Option<usize>,
    /// The page of the unit.
    pub href: Option<String>,
}

/// What a ranking shows.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Title, language, source.
    pub heading: Heading,
    /// The rows, best first; rows without a score last.
    pub units: Vec<RankedUnit>,
    /// The groups, highest first.
    pub groups: Vec<GroupBand>,
    /// What the score is called, for the table.
    pub score_name: String,
    /// Digits after the decimal separator.
    pub decimals: usize,
    /// A unit whose row is marked.
    pub highlight: Option<String>,
}

const ROW: f64 = 24.0;
const HEADING: f64 = 46.0;
const GUTTER: f64 = 32.0;

enum Item<'a> {
    Heading(Option<usize>, usize),
    Unit(&'a RankedUnit),
}

impl Item<'_> {
    fn height(&self) -> f64 {
        match self {
            Item::Heading(..) => HEADING,
            Item::Unit(_) => ROW,
        }
    }
}

/// Draws the ranking: one column on a phone, two in a wide place; with errors always one.
pub fn ranking(input: &Ranking) -> Figure {
    let items = items(input);
    Figure {
        description: description(input),
        notes: Vec::new(),
        drawings: at_widths(&input.heading, [360.0, 720.0], |layout| {
            if has_errors(input) {
                uncertain::draw(input, &items, layout)
            } else {
                draw(input, &items, layout)
            }
        }),
        table: table(input),
        has_links: input.units.iter().any(|unit| unit.href.is_some()),
        heading: input.heading.clone(),
    }
}

/// Whether the error of any score is known.
fn has_errors(input: &Ranking) -> bool {
    input.units.iter().any(|unit| unit.uncertainty.is_some())
}

/// Headings and rows in reading order; a unit whose group is not in the scale counts as without.
fn items(input: &Ranking) -> Vec<Item<'_>> {
    let known = |unit: &RankedUnit| unit.group.filter(|group| *group < input.groups.len());
    let mut sections: Vec<Option<usize>> = (0..input.groups.len()).map(Some).collect();
    sections.push(None);
    let mut items = Vec::new();
    for section in sections {
        let units: Vec<&RankedUnit> = input
            .units
            .iter()
            .filter(|unit| known(unit) == section)
            .collect();
        if units.is_empty() {
            continue;
        }
        if section.is_some() || !input.groups.is_empty() {
            items.push(Item::Heading(section, units.len()));
        }
        items.extend(units.into_iter().map(Item::Unit));
    }
    items
}

/// Where the second column begins: at the heading that balances best, or at the middle row where
/// no heading comes near.
fn column_break(items: &[Item]) -> usize {
    let total: f64 = items.iter().map(Item::height).sum();
    let mut before = 0.0;
    let mut best_heading = (f64::INFINITY, items.len());
    let mut best_row = (f64::INFINITY, items.len());
    for (index, item) in items.iter().enumerate() {
        let imbalance = (total - 2.0 * before).abs();
        let best = if matches!(item, Item::Heading(..)) {
            &mut best_heading
        } else {
            &mut best_row
        };
        if imbalance < best.0 {
            *best = (imbalance, index);
        }
        before += item.height();
    }
    if best_heading.0 <= total * 0.35 {
        best_heading.1
    } else {
        best_row.1
    }
}

fn draw(input: &Ranking, items: &[Item], layout: &Layout) -> (f64, Markup) {
    let split = if layout.is_wide() {
        column_break(items)
    } else {
        items.len()
    };
    let columns = if layout.is_wide() { 2.0 } else { 1.0 };
    let width = (layout.width - GUTTER * (columns - 1.0)) / columns;
    let scores = input.units.iter().filter_map(|unit| finite(unit.score));
    let (low, high) = extent(scores).unwrap_or((0.0, 1.0));
    let value_width =
        [low, high].map(|v| text_width(&input.heading.lang.number(v, input.decimals), TEXT));
    let column = ColumnPlace {
        width,
        low,
        high,
        value_width: value_width[0].max(value_width[1]) + 10.0,
    };
    let mut height: f64 = 0.0;
    let mut marks = Vec::new();
    for (part, x) in [(&items[..split], 0.0), (&items[split..], width + GUTTER)] {
        let mut y = 0.0;
        for item in part {
            marks.push(match item {
                Item::Heading(group, count) => heading(input, *group, *count, x, y, width),
                Item::Unit(unit) => unit_row(input, unit, x, y, &column),
            });
            y += item.height();
        }
        height = height.max(y);
    }
    (height.max(ROW), html! { @for mark in &marks { (mark) } })
}

/// What the rows of one column share.
struct ColumnPlace {
    width: f64,
    low: f64,
    high: f64,
    value_width: f64,
}

fn heading(
    input: &Ranking,
    group: Option<usize>,
    count: usize,
    x: f64,
    y: f64,
    width: f64,
) -> Markup {
    let lang = input.heading.lang;
    let band = group.and_then(|index| input.groups.get(index));
    let baseline = y + 31.0;
    let name_x = x + group.map_or(0.0, |_| 9.0 * input.groups.len() as f64 + 7.0);
    let right = match band.and_then(|band| band.range(lang, input.decimals)) {
        Some(range) => format!("{range} · {count}"),
        None => count.to_string(),
    };
    let name = band.map_or(lang.pick("Không có điểm", "No score"), |band| {
        band.name.as_str()
    });
    html! {
        g class="section" {
            @if let Some(index) = group { (dots(x, baseline - 4.5, index, input.groups.len()).0) }
            text class="strong" x=(Px(name_x)) y=(Px(baseline)) {
                (plain(&fit(name, width - (name_x - x) - text_width(&right, TEXT) - 12.0, TEXT)))
            }
            text class="end number soft small" x=(Px(x + width)) y=(Px(baseline)) { (right) }
            line class="rule" x1=(Px(x)) x2=(Px(x + width)) y1=(Px(y + 39.5)) y2=(Px(y + 39.5)) {}
        }
    }
}

fn unit_row(input: &Ranking, unit: &RankedUnit, x: f64, y: f64, column: &ColumnPlace) -> Markup {
    const RANK: f64 = 24.0;
    const NAME: f64 = 142.0;
    let lang = input.heading.lang;
    let right = x + column.width;
    let marks_from = x + RANK + 10.0 + NAME;
    let scale = Scale::new(
        column.low,
        column.high,
        marks_from + 6.0,
        right - column.value_width - 6.0,
    );
    let middle = y + ROW / 2.0;
    let score = finite(unit.score);
    let marks = html! {
        rect class="row-hit" x=(Px(x - 4.0)) y=(Px(y)) width=(Px(column.width + 8.0)) height=(Px(ROW)) rx="3" {}
        @if let Some(rank) = unit.rank {
            text class="end number soft small" x=(Px(x + RANK)) y=(Px(middle + 4.5)) { (rank) }
            " "
        }
        text class="name" x=(Px(x + RANK + 10.0)) y=(Px(middle + 4.5)) { (plain(&fit(&unit.name, NAME, TEXT))) }
        " "
        @if let Some(score) = score {
            line class="rail" x1=(Px(marks_from)) x2=(Px(right - column.value_width)) y1=(Px(middle)) y2=(Px(middle)) {}
            circle class=(dot_class(input, unit)) cx=(Px(scale.at(score))) cy=(Px(middle)) r="5" {
                @if let Some(band) = unit.group.and_then(|index| input.groups.get(index)) { title { (plain(&band.name)) } }
            }
            " "
            text class="end number" x=(Px(right)) y=(Px(middle + 4.5)) { (lang.number(score, input.decimals)) }
        }
    };
    linked_row(input, unit, &marks)
}

/// The class of a unit's dot: its group's tone.
fn dot_class(input: &Ranking, unit: &RankedUnit) -> String {
    let tone = unit
        .group
        .map_or("tone-4", |group| tone(group, input.groups.len()));
    format!("dot {tone}")
}

/// A row's marks, leading to the unit's page.
fn linked_row(input: &Ranking, unit: &RankedUnit, marks: &Markup) -> Markup {
    let is_highlight = input.highlight.as_deref() == Some(unit.code.as_str());
    html! {
        g class=(if is_highlight { "row highlight" } else { "row" }) {
            @match &unit.href {
                // The name of the link is its visible text, so that speech control finds it.
                Some(href) => { a href=(plain(href)) { (marks) } },
                None => { (marks) },
            }
        }
    }
}
