//! Small tools for drawing: coordinates that are always finite, scales, ticks and text that fits.

use std::fmt;

use maud::{Markup, html};

/// A coordinate or length in drawing units, written with at most one decimal.
///
/// A value that is not finite is written as 0, so that no drawing can hold `NaN`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Px(pub f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        if rounded.is_finite() && rounded != 0.0 {
            write!(f, "{rounded}")
        } else {
            f.write_str("0")
        }
    }
}

/// Font sizes of the drawings in drawing units; the stylesheet sets the same (`.chart text`).
pub(crate) const TEXT: f64 = 13.0;
/// Size of secondary text (class `small`).
pub(crate) const SMALL: f64 = 12.0;

/// Keeps what XML may hold: control characters become spaces.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Width of a text at a font size, from rounded advances of Be Vietnam Pro (a little generous).
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 = text.chars().map(advance_em).sum();
    ems * size
}

fn advance_em(c: char) -> f64 {
    match c {
        ' ' => 0.24,
        'i' | 'l' | 'j' | 'I' | '\'' | '|' | '!' | 'í' | 'ì' | 'ỉ' | 'ĩ' | 'ị' => 0.27,
        '.' | ',' | ':' | ';' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' => 0.44,
        's' | 'z' | 'k' | 'x' | 'v' | 'y' | 'u' | 'ư' | 'n' | 'h' | '/' => 0.58,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.89,
        '0'..='9' => 0.68,
        c if c.is_uppercase() => 0.77,
        _ => 0.65,
    }
}

/// Breaks a text at spaces into lines not wider than `width`; a longer word keeps its own line.
pub(crate) fn wrap(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if text_width(line, size) + text_width(word, size) + advance_em(' ') * size
                    <= width =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// The text, or its beginning with an ellipsis where it is wider than `width`.
pub(crate) fn fit(text: &str, width: f64, size: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_string();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if text_width(&kept, size) + advance_em(c) * size + 0.8 * size > width {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// Lines of text below each other, the first baseline at `y`.
pub(crate) fn text_lines(
    x: f64,
    y: f64,
    line_height: f64,
    class: &str,
    lines: &[String],
) -> Markup {
    html! {
        @for (index, line) in lines.iter().enumerate() {
            text x=(Px(x)) y=(Px(y + line_height * index as f64)) class=(class) { (plain(line)) }
        }
    }
}

/// A linear scale from a data range to a drawing range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Bounds that are equal or not finite are widened so that the scale is always usable.
    pub(crate) fn new(low: f64, high: f64, from: f64, to: f64) -> Scale {
        let (low, high) = match (low.is_finite(), high.is_finite()) {
            (true, true) if high > low => (low, high),
            (true, true) => (low.min(high) - 0.5, low.max(high) + 0.5),
            _ => (0.0, 1.0),
        };
        Scale {
            low,
            high,
            from,
            to,
        }
    }

    /// The place of a value, held within the drawing range.
    pub(crate) fn at(&self, value: f64) -> f64 {
        // Halves keep the span finite even for bounds near the largest number.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        self.from + share * (self.to - self.from)
    }
}

/// Smallest and largest finite value.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold(None, |range, v| match range {
            None => Some((v, v)),
            Some((low, high)) => Some((low.min(v), high.max(v))),
        })
}

/// About `count` round numbers that cover the range from `low` to `high`.
pub(crate) fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return if low.is_finite() {
            vec![low]
        } else {
            vec![0.0]
        };
    }
    let raw = span / count.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= raw)
        .unwrap_or(raw);
    if !step.is_finite() || step <= 0.0 {
        return vec![low, high];
    }
    let first = (low / step).floor() as i64;
    (0..=count as i64 + 2)
        .map(|k| first.saturating_add(k) as f64 * step)
        .take_while(|t| *t < high + step * 0.999)
        .collect()
}

/// Decimals needed to tell ticks apart.
pub(crate) fn tick_decimals(ticks: &[f64]) -> usize {
    match ticks {
        [first, second, ..] => (-(second - first).abs().log10().floor()).clamp(0.0, 4.0) as usize,
        _ => 1,
    }
}

/// Moves labels apart: given wished places in ascending order of importance of place, returns
/// places at least `gap` apart that stay within `low..high` where there is room.
pub(crate) fn spread(wished: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|a, b| wished[*a].total_cmp(&wished[*b]));
    let mut placed = wished.to_vec();
    let mut floor = low;
    for &index in &order {
        placed[index] = placed[index].max(floor);
        floor = placed[index] + gap;
    }
    let mut ceiling = high;
    for &index in order.iter().rev() {
        placed[index] = placed[index].min(ceiling);
        ceiling = placed[index] - gap;
    }
    placed
}

/// Shapes that tell series apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
}

/// The shapes of the first five series.
pub(crate) const SERIES_SHAPES: [Shape; 5] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Cross,
];

/// A mark centred at a point; `title` is what a pointer or screen reader tells of it.
pub(crate) fn mark(
    shape: Shape,
    x: f64,
    y: f64,
    radius: f64,
    class: &str,
    title: Option<&str>,
) -> Markup {
    let r = radius;
    let path = match shape {
        Shape::Circle => None,
        Shape::Square => Some(format!(
            "M{} {}h{}v{}h{}Z",
            Px(x - r * 0.9),
            Px(y - r * 0.9),
            Px(r * 1.8),
            Px(r * 1.8),
            Px(-r * 1.8)
        )),
        Shape::Triangle => Some(format!(
            "M{} {}L{} {}H{}Z",
            Px(x),
            Px(y - r * 1.1),
            Px(x + r * 1.1),
            Px(y + r * 0.85),
            Px(x - r * 1.1)
        )),
        Shape::Diamond => Some(format!(
            "M{} {}L{} {}L{} {}L{} {}Z",
            Px(x),
            Px(y - r * 1.25),
            Px(x + r * 1.25),
            Px(y),
            Px(x),
            Px(y + r * 1.25),
            Px(x - r * 1.25),
            Px(y)
        )),
        Shape::Cross => {
            let (a, b) = (r * 0.4, r * 1.1);
            Some(format!(
                "M{} {}h{}v{}h{}v{}h{}v{}h{}v{}h{}v{}h{}Z",
                Px(x - a),
                Px(y - b),
                Px(2.0 * a),
                Px(b - a),
                Px(b - a),
                Px(2.0 * a),
                Px(a - b),
                Px(b - a),
                Px(-2.0 * a),
                Px(a - b),
                Px(a - b),
                Px(-2.0 * a),
                Px(b - a)
            ))
        }
    };
    html! {
        @match path {
            None => { circle cx=(Px(x)) cy=(Px(y)) r=(Px(r)) class=(class) { (mark_title(title)) } },
            Some(d) => { path d=(d) class=(class) { (mark_title(title)) } },
        }
    }
}

/// A mark's `<title>`.
pub(crate) fn mark_title(title: Option<&str>) -> Markup {
    html! { @if let Some(title) = title { title { (plain(title)) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_coordinate_that_is_not_finite_is_written_as_zero() {
        assert_eq!(Px(f64::NAN).to_string(), "0");
        assert_eq!(Px(f64::INFINITY).to_string(), "0");
        assert_eq!(Px(-0.04).to_string(), "0");
        assert_eq!(Px(12.34).to_string(), "12.3");
    }

    #[test]
    fn ticks_are_round_and_cover_the_range() {
        assert_eq!(ticks(37.2, 48.1, 4), vec![35.0, 40.0, 45.0, 50.0]);
        assert_eq!(ticks(0.0, 1.0, 4), vec![0.0, 0.5, 1.0]);
    }

    #[test]
    fn labels_at_one_place_are_spread_apart() {
        let placed = spread(&[10.0, 10.0, 12.0], 14.0, 0.0, 100.0);
        assert_eq!(placed, vec![10.0, 24.0, 38.0]);
    }

    proptest! {
        #[test]
        fn a_scale_never_leaves_its_drawing_range(low in any::<f64>(), high in any::<f64>(), value in any::<f64>()) {
            let place = Scale::new(low, high, 10.0, 90.0).at(value);
            prop_assert!((10.0..=90.0).contains(&place));
        }

        #[test]
        fn ticks_are_few_and_finite(low in -1e12f64..1e12, span in 0f64..1e9, count in 1usize..8) {
            let list = ticks(low, low + span, count);
            prop_assert!(!list.is_empty() && list.len() <= count + 3);
            prop_assert!(list.iter().all(|t| t.is_finite()));
        }

        #[test]
        fn a_fitted_text_is_not_wider_than_its_place(text in "\\PC{0,60}", width in 20f64..300.0) {
            prop_assert!(text_width(&fit(&text, width, 13.0), 13.0) <= width + 1e-9 + 13.0);
        }
    }
}
