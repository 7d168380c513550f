//! How each node contributed to a change between two editions.

use maud::{Markup, html};

use super::rows::{Field, LegendItem, Row, field, legend, row};
use super::{Layout, both_widths, finite};
use crate::figure::{Figure, Heading};
use crate::language::Lang;
use crate::svg::{Px, Scale, TEXT, extent, mark_title, plain, text_width};
use crate::table::{Absence, Cell, Column, Table};

/// One node's part of the change.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The node's code.
    pub code: String,
    /// Its name in the figure's language.
    pub name: String,
    /// Its depth below the first level that is shown, for indentation.
    pub depth: usize,
    /// Points added to the total (negative: lost).
    pub change: Option<f64>,
    /// Whether both editions measured the same thing in this node.
    pub is_comparable: bool,
}

/// What a chart of contributions shows.
#[derive(Debug, Clone)]
pub struct Contributions {
    /// Title, language, source.
    pub heading: Heading,
    /// The nodes in the order of the tree.
    pub nodes: Vec<Contribution>,
    /// The change of the total.
    pub total: Option<f64>,
    /// What the total is called.
    pub total_name: String,
    /// Digits after the decimal separator.
    pub decimals: usize,
}

const BAR: f64 = 14.0;

/// Draws bars from a zero line, and the total at the end.
pub fn contributions(input: &Contributions) -> Figure {
    Figure {
        description: description(input),
        notes: notes(input),
        drawings: both_widths(&input.heading, |layout| draw(input, layout)),
        table: table(input),
        has_links: false,
        heading: input.heading.clone(),
    }
}

fn draw(input: &Contributions, layout: &Layout) -> (f64, Markup) {
    let lang = input.heading.lang;
    let values = input
        .nodes
        .iter()
        .map(|node| node.change)
        .chain([input.total])
        .filter_map(finite);
    let (low, high) = extent(values.clone().chain([0.0])).unwrap_or((0.0, 1.0));
    let widest = values
        .map(|v| text_width(&lang.signed(v, input.decimals), TEXT))
        .fold(0.0, f64::max)
        + 8.0;
    let place = field(layout, 0.0);
    let scale = Scale::new(low, high, place.from + widest, place.to - widest);
    let (legend, mut top) = hatch_legend(input, layout);
    let mut marks = Vec::new();
    for node in &input.nodes {
        let row = row(layout, top, &node.name, node.depth, BAR, false);
        marks.push(html! { (row.label) (row.base_line(scale.at(0.0))) (bar(input, layout, &row, &scale, node.change, node.is_comparable, &node.name)) });
        top += row.height;
    }
    let end = top + 4.0;
    let total = row(layout, top + 8.0, &input.total_name, 0, BAR, true);
    let body = html! {
        (hatch(&layout.prefix))
        (legend)
        @for mark in &marks { (mark) }
        line class="rule" x1="0" x2=(Px(layout.width)) y1=(Px(end)) y2=(Px(end)) {}
        g class="total" { (total.label) (total.base_line(scale.at(0.0))) (bar(input, layout, &total, &scale, input.total, true, &input.total_name)) }
    };
    (total.top + total.height + 2.0, body)
}

fn hatch(prefix: &str) -> Markup {
    html! {
        defs {
            pattern id=(format!("{prefix}-hatch")) width="6" height="6" patternUnits="userSpaceOnUse" {
                rect width="6" height="6" class="no-score-ground" {}
                path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" class="hatch-mark" {}
            }
        }
    }
}

fn hatch_legend(input: &Contributions, layout: &Layout) -> (Markup, f64) {
    if input.nodes.iter().all(|node| node.is_comparable) {
        return (html! {}, 0.0);
    }
    let lang = input.heading.lang;
    let sign = |x: f64, y: f64| {
        html! {
            rect class="bar hatched" x=(Px(x - 8.0)) y=(Px(y - 6.0)) width="16" height="12" fill=(format!("url(#{}-hatch)", layout.prefix)) {}
        }
    };
    legend(
        layout,
        &[LegendItem {
            text: lang
                .pick("Không so sánh trực tiếp được", "Not comparable")
                .to_string(),
            sign: &sign,
        }],
    )
}

fn bar(
    input: &Contributions,
    layout: &Layout,
    row: &Row,
    scale: &Scale,
    change: Option<f64>,
    is_comparable: bool,
    name: &str,
) -> Markup {
    let lang = input.heading.lang;
    let zero = scale.at(0.0);
    let y = row.middle;
    let Some(change) = finite(change) else {
        let text = if is_comparable {
            lang.pick("không có số liệu", "no data")
        } else {
            lang.pick("không so sánh được", "not comparable")
        };
        return html! { text class="small soft" x=(Px(zero + 6.0)) y=(Px(y + 4.5)) { (text) } };
    };
    let end = scale.at(change);
    let bar = Field {
        from: zero.min(end),
        to: zero.max(end),
    };
    let words = words(input, name, change, is_comparable);
    let class = match (is_comparable, change < 0.0) {
        (false, _) => "bar hatched",
        (true, true) => "bar down",
        (true, false) => "bar up",
    };
    let fill = (!is_comparable).then(|| format!("url(#{}-hatch)", layout.prefix));
    let value_x = if change < 0.0 { end - 6.0 } else { end + 6.0 };
    html! {
        rect class=(class) fill=[fill] x=(Px(bar.from)) y=(Px(y - BAR / 2.0)) width=(Px((bar.to - bar.from).max(0.8))) height=(Px(BAR)) {
            (mark_title(Some(&words)))
        }
        text class=(if change < 0.0 { "value end number" } else { "value number" }) x=(Px(value_x)) y=(Px(y + 4.5)) {
            (plain(&lang.signed(change, input.decimals)))
        }
    }
}

fn words(input: &Contributions, name: &str, change: f64, is_comparable: bool) -> String {
    let lang = input.heading.lang;
    let remark = if is_comparable {
        ""
    } else {
        lang.pick(" (không so sánh được)", " (not comparable)")
    };
    format!("{name}: {}{remark}", lang.signed(change, input.decimals))
}

fn notes(input: &Contributions) -> Vec<String> {
    let unclear: Vec<&str> = input
        .nodes
        .iter()
        .filter(|node| !node.is_comparable)
        .map(|node| node.name.as_str())
        .collect();
    if unclear.is_empty() {
        return Vec::new();
    }
    let start = input.heading.lang.pick(
        "Phần gạch chéo: cách đo thay đổi giữa hai kỳ nên thay đổi điểm không phản ánh riêng kết quả thực hiện",
        "Hatched: the instrument changed between the two editions, so the change is not performance alone",
    );
    vec![format!("{start} ({}).", unclear.join("; "))]
}

fn description(input: &Contributions) -> String {
    let lang = input.heading.lang;
    let mut parts = Vec::new();
    if let Some(total) = finite(input.total) {
        parts.push(format!(
            "{}: {}",
            input.total_name,
            lang.signed(total, input.decimals)
        ));
    }
    // The first level only: deeper nodes are parts of these.
    let mut known: Vec<(&str, f64, bool)> = input
        .nodes
        .iter()
        .filter(|node| node.depth == 0)
        .filter_map(|node| Some((node.name.as_str(), finite(node.change)?, node.is_comparable)))
        .collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let list = |nodes: Vec<&(&str, f64, bool)>| {
        let words: Vec<String> = nodes.iter().map(|n| words(input, n.0, n.1, n.2)).collect();
        words.join("; ")
    };
    let up: Vec<_> = known.iter().filter(|node| node.1 > 0.0).collect();
    let down: Vec<_> = known.iter().rev().filter(|node| node.1 < 0.0).collect();
    for (word, nodes) in [
        (lang.pick("Tăng", "Up"), up),
        (lang.pick("Giảm", "Down"), down),
    ] {
        if !nodes.is_empty() {
            parts.push(format!("{word}: {}", list(nodes)));
        }
    }
    if parts.is_empty() {
        return lang.pick("Không có số liệu.", "No data.").to_string();
    }
    format!("{}.", parts.join(". "))
}

fn table(input: &Contributions) -> Table {
    let lang: Lang = input.heading.lang;
    let mut table = Table::new(
        input.heading.title.clone(),
        vec![
            Column::text("name", lang.pick("Nội dung", "Node")),
            Column::text("node", lang.pick("Mã", "Code")),
            Column::number(
                "change",
                lang.pick("Thay đổi (điểm)", "Change (points)"),
                input.decimals,
            ),
            Column::text("comparable", lang.pick("So sánh được", "Comparable")),
        ],
    );
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    let yes_no = |yes: bool| {
        if yes {
            lang.pick("có", "yes")
        } else {
            lang.pick("không", "no")
        }
    };
    for node in &input.nodes {
        let absence = if node.is_comparable {
            Absence::Missing
        } else {
            Absence::NotComparable
        };
        table.rows.push(vec![
            Cell::text(node.name.clone()),
            Cell::text(node.code.clone()),
            Cell::number_or(node.change, absence),
            Cell::text(yes_no(node.is_comparable)),
        ]);
    }
    table.rows.push(vec![
        Cell::text(input.total_name.clone()),
        Cell::text(""),
        Cell::number_or(input.total, Absence::Missing),
        Cell::text(""),
    ]);
    table
}
