//! The country by unit, coloured by group.

use maud::{Markup, html};

use super::finite;
use crate::figure::{Drawing, Figure, Heading, Span, safe_id};
use crate::group::{GroupBand, MOST_GROUPS, dots, fill, fill_definitions, tone};
use crate::language::Lang;
use crate::map::{Inset, MapGeometry};
use crate::svg::{Px, SMALL, fit, plain, text_lines, wrap};
use crate::table::{Absence, Cell, Column, Table};

/// A unit on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoroplethUnit {
    /// The code by which the map file knows it.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Its score; `None` is drawn as "no score".
    pub score: Option<f64>,
    /// Its group, 0 for the highest.
    pub group: Option<usize>,
    /// The page of the unit.
    pub href: Option<String>,
}

/// What a map shows.
#[derive(Debug, Clone)]
pub struct Choropleth<'a> {
    /// Title, language, source.
    pub heading: Heading,
    /// The shapes.
    pub geometry: &'a MapGeometry,
    /// The units; a shape without a unit is drawn as "no score".
    pub units: Vec<ChoroplethUnit>,
    /// The groups, highest first, at most six.
    pub groups: Vec<GroupBand>,
    /// What the score is called, for the table: "Total score".
    pub score_name: String,
    /// Digits after the decimal separator.
    pub decimals: usize,
    /// A unit to be outlined.
    pub highlight: Option<String>,
}

const WIDTH: f64 = 390.0;
const LEGEND_ROW: f64 = 22.0;
const INSET_LINE: f64 = 15.0;

/// Draws the map with its insets and a legend of group names, ranges and counts.
pub fn choropleth(input: &Choropleth) -> Figure {
    let lang = input.heading.lang;
    let prefix = format!("{}-map", safe_id(&input.heading.id));
    let scale = map_scale(input.geometry);
    let names: Vec<(Markup, f64)> = (input.geometry.insets.iter())
        .map(|inset| inset_name(lang, inset, scale))
        .collect();
    let bottoms = names.iter().map(|(_, bottom)| *bottom);
    let map_bottom = bottoms.fold(input.geometry.height * scale, f64::max);
    let map_bottom = if map_bottom.is_finite() {
        map_bottom.clamp(0.0, 2000.0)
    } else {
        0.0
    };
    let (legend, legend_height) = legend(input, &prefix, map_bottom + 14.0);
    let body = html! {
        (fill_definitions(&prefix, input.groups.len()))
        g transform=(format!("scale({})", (scale * 10_000.0).round() / 10_000.0)) {
            g class="map-units" { @for index in drawing_order(input) { (shape(input, index, &prefix)) } }
            g class="map-insets" { @for inset in &input.geometry.insets { (inset_marks(input, inset)) } }
        }
        @for (name, _) in &names { (name) }
        (legend)
    };
    Figure {
        description: description(input),
        notes: notes(input),
        drawings: vec![Drawing {
            span: Span::Any,
            width: WIDTH,
            height: map_bottom + 14.0 + legend_height,
            body,
        }],
        table: table(input, lang),
        has_links: input.units.iter().any(|unit| unit.href.is_some()),
        heading: input.heading.clone(),
    }
}

fn map_scale(geometry: &MapGeometry) -> f64 {
    let scale = WIDTH / geometry.width;
    if scale.is_finite() && scale > 0.0 {
        scale.min(1000.0)
    } else {
        1.0
    }
}

/// The highlighted unit last, so that no neighbour covers its outline.
fn drawing_order(input: &Choropleth) -> Vec<usize> {
    let is_last = |index: &usize| {
        input.highlight.as_deref() == Some(input.geometry.units[*index].code.as_str())
    };
    let mut order: Vec<usize> = (0..input.geometry.units.len()).collect();
    order.sort_by_key(is_last);
    order
}

fn unit_of<'a>(input: &'a Choropleth, code: &str) -> Option<&'a ChoroplethUnit> {
    input.units.iter().find(|unit| unit.code == code)
}

/// The group that gives the colour; an index without groups has one tone for all scored units.
fn shown_group(input: &Choropleth, unit: &ChoroplethUnit) -> Option<usize> {
    let only = input
        .groups
        .is_empty()
        .then(|| finite(unit.score).map(|_| 0));
    unit.group.or(only.flatten())
}

/// `Hưng Yên: 44,40, Cao` — the words of a pointer's tip and of a screen reader.
fn words(input: &Choropleth, unit: &ChoroplethUnit) -> String {
    let lang = input.heading.lang;
    let group = unit
        .group
        .and_then(|index| input.groups.get(index))
        .map(|band| band.name.as_str());
    match (finite(unit.score), group) {
        (Some(score), Some(group)) => format!(
            "{}: {}, {group}",
            unit.name,
            lang.number(score, input.decimals)
        ),
        (Some(score), None) => format!("{}: {}", unit.name, lang.number(score, input.decimals)),
        (None, Some(group)) => format!("{}: {group}", unit.name),
        (None, None) => format!("{}: {}", unit.name, no_score(lang)),
    }
}

fn no_score(lang: Lang) -> &'static str {
    lang.pick("không có điểm", "no score")
}

fn linked(unit: Option<&ChoroplethUnit>, words: &str, marks: Markup) -> Markup {
    html! {
        @match unit.and_then(|unit| unit.href.as_ref()) {
            Some(href) => { a href=(plain(href)) aria-label=(plain(words)) { (marks) } },
            None => { (marks) },
        }
    }
}

fn shape(input: &Choropleth, index: usize, prefix: &str) -> Markup {
    let shape = &input.geometry.units[index];
    let unit = unit_of(input, &shape.code);
    let words = unit.map_or_else(
        || format!("{}: {}", shape.code, no_score(input.heading.lang)),
        |unit| words(input, unit),
    );
    let is_highlight = input.highlight.as_deref() == Some(shape.code.as_str());
    // Pale areas get a dark outline and dark ones a pale outline, so that neighbours stand apart.
    let group = unit.and_then(|unit| shown_group(input, unit));
    let class = match group {
        _ if is_highlight => "unit highlight",
        Some(index) if 2 * index < input.groups.len() => "unit",
        _ => "unit pale",
    };
    let marks = html! {
        path class=(class) data-unit=(plain(&shape.code))
            d=(plain(&shape.path)) fill=(fill(prefix, group, input.groups.len())) {
            title { (plain(&words)) }
        }
    };
    linked(unit, &words, marks)
}

/// An archipelago in its frame, in its owner's tone; dots are too small for a texture.
fn inset_marks(input: &Choropleth, inset: &Inset) -> Markup {
    let lang = input.heading.lang;
    let owner = input
        .geometry
        .owner(inset)
        .and_then(|code| unit_of(input, code));
    let name = inset.name.get(lang);
    let words = owner.map_or_else(
        || name.to_string(),
        |unit| format!("{name} ({})", words(input, unit)),
    );
    let tone = owner
        .and_then(|unit| shown_group(input, unit))
        .map_or("no-score-ground", |group| tone(group, input.groups.len()));
    let frame = &inset.frame;
    let marks = html! {
        rect class="inset-frame" x=(Px(frame.x)) y=(Px(frame.y)) width=(Px(frame.width)) height=(Px(frame.height)) {
            title { (plain(&words)) }
        }
        @for island in &inset.islands {
            circle class=(format!("island {tone}")) cx=(Px(island.x)) cy=(Px(island.y)) r=(Px(island.r * 1.35)) {}
        }
    };
    linked(owner, &words, marks)
}

/// Stands for a space at which no line ends; a no-break space would count as one that does.
const NO_BREAK: &str = "\u{2060}";

/// A name whose last two words stay on one line: "Quần đảo" is followed by "Hoàng Sa".
fn last_two_joined(name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((head, last)) if head.contains(' ') => format!("{head}{NO_BREAK}{last}"),
        _ => name.to_owned(),
    }
}

/// An inset's name below its frame; in drawing units, so that it is as large as other text.
fn inset_name(lang: Lang, inset: &Inset, scale: f64) -> (Markup, f64) {
    let frame = &inset.frame;
    // A name in brackets goes to a line of its own.
    let name = inset.name.get(lang);
    let (first, second) = name.find(" (").map_or((name, ""), |at| name.split_at(at));
    let width = frame.width * scale + 24.0;
    let mut lines = wrap(&last_two_joined(first), width, SMALL);
    lines.extend(wrap(second, width, SMALL));
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.replace(NO_BREAK, " "))
        .collect();
    let x = (frame.x + frame.width / 2.0) * scale;
    let y = (frame.y + frame.height) * scale + 15.0;
    let bottom = y + INSET_LINE * lines.len() as f64;
    (
        text_lines(x, y, INSET_LINE, "small soft middle inset-name", &lines),
        bottom,
    )
}

fn legend(input: &Choropleth, prefix: &str, top: f64) -> (Markup, f64) {
    let lang = input.heading.lang;
    let of = input.groups.len();
    let without = input
        .units
        .iter()
        .filter(|unit| shown_group(input, unit).is_none())
        .count();
    let row_y = |row: usize| top + LEGEND_ROW * row as f64;
    let marks = html! {
        g class="legend" {
            @for (index, band) in input.groups.iter().take(MOST_GROUPS).enumerate() {
                rect class="swatch" x="0.5" y=(Px(row_y(index))) width="26" height="15" fill=(fill(prefix, Some(index), of)) {}
                (dots(36.0, row_y(index) + 7.5, index, of).0)
                text x=(Px(44.0 + 9.0 * of as f64)) y=(Px(row_y(index) + 12.0)) { (plain(&fit(&band.name, 150.0, 13.0))) }
                @if let Some(range) = band.range(lang, input.decimals) {
                    text class="end number" x="300" y=(Px(row_y(index) + 12.0)) { (range) }
                }
                text class="end number soft" x=(Px(WIDTH)) y=(Px(row_y(index) + 12.0)) { (count(lang, band.count)) }
            }
            @if without > 0 {
                rect class="swatch" x="0.5" y=(Px(row_y(of))) width="26" height="15" fill=(fill(prefix, None, of)) {}
                text x=(Px(44.0 + 9.0 * of as f64)) y=(Px(row_y(of) + 12.0)) { (lang.pick("Không có điểm", "No score")) }
                text class="end number soft" x=(Px(WIDTH)) y=(Px(row_y(of) + 12.0)) { (count(lang, without)) }
            }
        }
    };
    (
        marks,
        LEGEND_ROW * (of.min(MOST_GROUPS) + usize::from(without > 0)) as f64,
    )
}

fn count(lang: Lang, units: usize) -> String {
    match (lang, units) {
        (Lang::Vi, _) => format!("{units} đơn vị"),
        (Lang::En, 1) => "1 unit".to_string(),
        (Lang::En, _) => format!("{units} units"),
    }
}

fn notes(input: &Choropleth) -> Vec<String> {
    let lang = input.heading.lang;
    let mut notes = Vec::new();
    if input.geometry.schematic {
        let text = lang.pick(
            "Bản đồ giản lược, không dùng để xác định ranh giới hành chính hay chủ quyền.",
            "Schematic map: it does not define any administrative or national boundary.",
        );
        let geometry = &input.geometry;
        let credit = geometry
            .credit
            .as_ref()
            .map_or(geometry.source.as_str(), |credit| credit.get(lang));
        notes.push(format!("{text} {credit}"));
    }
    notes
}

fn description(input: &Choropleth) -> String {
    let lang = input.heading.lang;
    let mut parts: Vec<String> = Vec::new();
    for band in &input.groups {
        let range = band
            .range(lang, input.decimals)
            .map(|range| format!(" ({range})"))
            .unwrap_or_default();
        parts.push(format!("{}{range}: {}", band.name, count(lang, band.count)));
    }
    let scored: Vec<(&str, f64)> = input
        .units
        .iter()
        .filter_map(|unit| Some((unit.name.as_str(), finite(unit.score)?)))
        .collect();
    let best = scored.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let worst = scored.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    if let (Some(best), Some(worst)) = (best, worst) {
        let text =
            |unit: &(&str, f64)| format!("{} ({})", unit.0, lang.number(unit.1, input.decimals));
        parts.push(format!(
            "{}: {}",
            lang.pick("Cao nhất", "Highest"),
            text(best)
        ));
        parts.push(format!(
            "{}: {}",
            lang.pick("Thấp nhất", "Lowest"),
            text(worst)
        ));
    }
    let without: Vec<&str> = input
        .units
        .iter()
        .filter(|unit| finite(unit.score).is_none())
        .map(|unit| unit.name.as_str())
        .collect();
    if !without.is_empty() {
        parts.push(format!(
            "{}: {}",
            lang.pick("Không có điểm", "No score"),
            without.join(", ")
        ));
    }
    let insets: Vec<&str> = input
        .geometry
        .insets
        .iter()
        .map(|inset| inset.name.get(lang))
        .collect();
    if !insets.is_empty() {
        parts.push(format!(
            "{}: {}",
            lang.pick("Khung phụ", "Insets"),
            insets.join(", ")
        ));
    }
    if parts.is_empty() {
        lang.pick("Không có số liệu.", "No data.").to_string()
    } else {
        format!("{}.", parts.join(". "))
    }
}

fn table(input: &Choropleth, lang: Lang) -> Table {
    let mut table = Table::new(
        input.heading.title.clone(),
        vec![
            Column::text("name", lang.pick("Đơn vị", "Unit")),
            Column::text("unit", lang.pick("Mã", "Code")),
            Column::number("score", input.score_name.clone(), input.decimals),
            Column::text("group", lang.pick("Nhóm", "Group")),
        ],
    );
    table.metadata = vec![
        ("source".to_string(), input.heading.source.text.clone()),
        ("map_source".to_string(), input.geometry.source.clone()),
        ("map_licence".to_string(), input.geometry.licence.clone()),
    ];
    table.rows = input.units.iter().map(|unit| row(input, unit)).collect();
    table
}

fn row(input: &Choropleth, unit: &ChoroplethUnit) -> Vec<Cell> {
    let name = match &unit.href {
        Some(href) => Cell::Link {
            text: unit.name.clone(),
            href: href.clone(),
        },
        None => Cell::text(unit.name.clone()),
    };
    let group = match unit
        .group
        .and_then(|index| Some((index, input.groups.get(index)?)))
    {
        Some((index, band)) => Cell::Group {
            index,
            of: input.groups.len(),
            name: band.name.clone(),
        },
        None => Cell::Empty(Absence::NotScored),
    };
    vec![
        name,
        Cell::text(unit.code.clone()),
        Cell::number_or(unit.score, Absence::NotScored),
        group,
    ]
}
