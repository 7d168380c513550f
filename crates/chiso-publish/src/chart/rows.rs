//! Rows with a label and a place for marks, the layout that several charts share: the label stands
//! left of the marks in a wide drawing and above them on a phone.

use maud::{Markup, html};

use super::Layout;
use crate::svg::{Px, TEXT, fit, plain, text_lines, wrap};

/// Places of one row.
pub(crate) struct Row {
    /// Top of the row.
    pub(crate) top: f64,
    /// Height of the row.
    pub(crate) height: f64,
    /// Middle of the marks.
    pub(crate) middle: f64,
    /// Top and bottom of the part that is free of the label.
    pub(crate) clear: (f64, f64),
    /// The label, drawn.
    pub(crate) label: Markup,
}

impl Row {
    /// The row's part of the line at which bars begin; it leaves the label free.
    pub(crate) fn base_line(&self, x: f64) -> Markup {
        html! { line class="zero" x1=(Px(x)) x2=(Px(x)) y1=(Px(self.clear.0)) y2=(Px(self.clear.1)) {} }
    }
}

/// Left and right end of the marks.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

const WIDE_LABEL: f64 = 236.0;
const LINE: f64 = 17.0;

/// The place for marks, leaving `after` units at the right for values.
pub(crate) fn field(layout: &Layout, after: f64) -> Field {
    let from = if layout.is_wide() {
        WIDE_LABEL + 16.0
    } else {
        4.0
    };
    Field {
        from,
        to: layout.width - after,
    }
}

/// Lays out one row whose marks need `marks_height`, beginning at `top`.
pub(crate) fn row(
    layout: &Layout,
    top: f64,
    text: &str,
    depth: usize,
    marks_height: f64,
    strong: bool,
) -> Row {
    let indent = 12.0 * depth.min(4) as f64;
    let class = if strong { "strong" } else { "node" };
    if layout.is_wide() {
        let lines = two_lines(text, WIDE_LABEL - indent);
        let height = (lines.len() as f64 * LINE + 9.0).max(marks_height + 6.0);
        let first = top + height / 2.0 - LINE * (lines.len() as f64 - 1.0) / 2.0 + 4.5;
        return Row {
            top,
            height,
            middle: top + height / 2.0,
            clear: (top, top + height),
            label: text_lines(indent, first, LINE, class, &lines),
        };
    }
    let lines = two_lines(text, layout.width - indent - 4.0);
    let label_height = lines.len() as f64 * LINE;
    let label = text_lines(indent, top + 14.0, LINE, class, &lines);
    Row {
        top,
        height: label_height + marks_height + 12.0,
        middle: top + label_height + 4.0 + marks_height / 2.0,
        clear: (
            top + label_height + 1.0,
            top + label_height + marks_height + 7.0,
        ),
        label,
    }
}

/// At most two lines, of about the same length so that no word stands alone.
fn two_lines(text: &str, width: f64) -> Vec<String> {
    let mut lines = wrap(text, width, TEXT);
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(rest);
    } else if lines.len() == 2 {
        let shares = [0.55, 0.65, 0.75, 0.85];
        let balanced = shares.iter().map(|share| wrap(text, width * share, TEXT));
        let narrowest = balanced.into_iter().find(|narrow| narrow.len() == 2);
        lines = narrowest.unwrap_or(lines);
    }
    lines.iter().map(|line| fit(line, width, TEXT)).collect()
}

/// A thin line through the row's field.
pub(crate) fn rail(field: Field, y: f64) -> Markup {
    html! { line class="rail" x1=(Px(field.from)) x2=(Px(field.to)) y1=(Px(y)) y2=(Px(y)) {} }
}

/// One entry of a legend: its words, and its sign drawn at a point.
pub(crate) struct LegendItem<'a> {
    pub(crate) text: String,
    pub(crate) sign: &'a dyn Fn(f64, f64) -> Markup,
}

/// A legend: items beside each other, wrapped at the drawing's width. Each item draws its sign at
/// the given point. Returns the marks and the height.
pub(crate) fn legend(layout: &Layout, items: &[LegendItem]) -> (Markup, f64) {
    let (mut x, mut y) = (0.0, 10.0);
    let mut marks = Vec::new();
    for LegendItem { text, sign } in items {
        let text = fit(text, layout.width - 26.0, TEXT);
        let width = 23.0 + crate::svg::text_width(&text, TEXT) + 16.0;
        if x > 0.0 && x + width - 16.0 > layout.width {
            x = 0.0;
            y += 22.0;
        }
        marks.push(html! {
            (sign(x + 8.0, y))
            text x=(Px(x + 23.0)) y=(Px(y + 4.5)) { (plain(&text)) }
        });
        x += width;
    }
    (
        html! { g class="legend" { @for mark in &marks { (mark) } } },
        if items.is_empty() { 0.0 } else { y + 18.0 },
    )
}
