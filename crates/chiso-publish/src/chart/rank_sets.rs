//! A unit's rank in each dimension, drawn on the set of ranks that sampling error allows.

use maud::{Markup, html};

use super::rows::{field, row};
use super::uncertainty::{
    RankMark, Uncertainty, percent, probability_cell, probability_column, rank_cells, rank_columns,
    rank_words, set_words,
};
use super::{Layout, both_widths};
use crate::figure::{Figure, Heading};
use crate::language::Lang;
use crate::svg::{Px, TEXT, text_width};
use crate::table::{Absence, Cell, Column, Table};

/// One dimension, or the total.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSetRow {
    /// The node's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// The unit's rank, 1 for the best.
    pub rank: Option<u32>,
    /// How many units are ranked.
    pub ranked: u32,
    /// What sampling error leaves open.
    pub uncertainty: Option<Uncertainty>,
    /// The name of the unit's group.
    pub group: Option<String>,
    /// Whether this is the total.
    pub is_total: bool,
}

/// What the figure shows.
#[derive(Debug, Clone)]
pub struct RankSets {
    /// Title, language, source.
    pub heading: Heading,
    /// The total first, then the dimensions in the order of the tree.
    pub rows: Vec<RankSetRow>,
}

const MARKS: f64 = 16.0;

/// Draws a row a dimension, the best rank at the left.
pub fn rank_sets(input: &RankSets) -> Figure {
    Figure {
        description: description(input),
        notes: Vec::new(),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

fn draw(input: &RankSets, layout: &Layout) -> (f64, Markup) {
    let widths = input
        .rows
        .iter()
        .map(|row| text_width(&value_words(row), TEXT));
    let place = field(layout, widths.fold(24.0, f64::max) + 12.0);
    let mut top = 0.0;
    let mut marks = Vec::new();
    for node in &input.rows {
        let row = row(layout, top, &node.name, 0, MARKS, node.is_total);
        let words = format!("{}, {}", node.name, words(input.heading.lang, node));
        marks.push(html! {
            (row.label)
            @if let Some(rank) = node.rank {
                (RankMark {
                    field: (place.from, place.to),
                    ranked: node.ranked,
                    rank,
                    set: node.uncertainty.and_then(|found| found.rank_set),
                    class: "dot-unit",
                }.draw(row.middle, Some(&words)))
            }
            text class=(if node.is_total { "value end number strong" } else { "value end number" })
                x=(Px(layout.width)) y=(Px(row.middle + 4.5)) { (value_words(node)) }
        });
        top += row.height;
    }
    (
        top.max(20.0) + 18.0,
        html! { @for mark in &marks { (mark) } (ends(input, place.from, place.to, top)) },
    )
}

/// `19 (12–25)`.
fn value_words(row: &RankSetRow) -> String {
    let set = row.uncertainty.and_then(|found| found.rank_set);
    match (row.rank, set) {
        (Some(rank), Some(set)) => format!("{rank} ({})", set_words(set)),
        (Some(rank), None) => rank.to_string(),
        _ => "–".to_string(),
    }
}

/// The first and the last rank below the rows, where all rows have as many.
fn ends(input: &RankSets, from: f64, to: f64, y: f64) -> Markup {
    let mut pairs = input.rows.windows(2);
    let shared = pairs.all(|pair| pair[0].ranked == pair[1].ranked);
    html! {
        @if let Some(row) = input.rows.first().filter(|_| shared) {
            text class="small soft" x=(Px(from)) y=(Px(y + 10.0)) { "1" }
            text class="small soft end" x=(Px(to)) y=(Px(y + 10.0)) { (row.ranked) }
        }
    }
}

fn words(lang: Lang, row: &RankSetRow) -> String {
    let Some(rank) = row.rank else {
        return lang.pick("không có hạng", "no rank").to_string();
    };
    let Some(found) = &row.uncertainty else {
        return format!("{} {rank}", lang.pick("hạng", "rank"));
    };
    let group = row.group.as_ref().zip(found.group_probability);
    let group = group.map(|(group, probability)| {
        let probability = percent(lang, probability);
        match lang {
            Lang::Vi => format!("; nhóm {group} với xác suất {probability}"),
            Lang::En => format!("; group {group} with probability {probability}"),
        }
    });
    rank_words(lang, rank, found) + &group.unwrap_or_default()
}

fn description(input: &RankSets) -> String {
    let lang = input.heading.lang;
    let rows = input.rows.iter();
    let parts: Vec<String> = rows
        .map(|row| format!("{}: {}", row.name, words(lang, row)))
        .collect();
    if parts.is_empty() {
        lang.pick("Không có số liệu.", "No data.").to_string()
    } else {
        format!("{}.", parts.join(". "))
    }
}

fn table(input: &RankSets) -> Table {
    let lang = input.heading.lang;
    let mut columns = vec![
        Column::text("name", lang.pick("Nội dung", "Node")),
        Column::text("node", lang.pick("Mã", "Code")),
        Column::integer("rank", lang.pick("Hạng", "Rank")),
    ];
    columns.extend(rank_columns(lang));
    let ranked = lang.pick("Số đơn vị xếp hạng", "Units ranked");
    columns.push(Column::integer("ranked", ranked));
    columns.push(Column::text("group", lang.pick("Nhóm", "Group")));
    columns.push(probability_column(lang));
    let mut table = Table::new(input.heading.title.clone(), columns);
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    let cells = |row: &RankSetRow| {
        let found = row.uncertainty.as_ref();
        let mut cells = vec![
            Cell::text(row.name.clone()),
            Cell::text(row.code.clone()),
            Cell::integer_or(row.rank.map(i64::from), Absence::NotScored),
        ];
        cells.extend(rank_cells(found));
        cells.push(Cell::Integer(i64::from(row.ranked)));
        let group = row.group.clone();
        cells.push(group.map_or(Cell::Empty(Absence::NotApplicable), Cell::Text));
        cells.push(probability_cell(found));
        cells
    };
    table.rows = input.rows.iter().map(cells).collect();
    table
}
