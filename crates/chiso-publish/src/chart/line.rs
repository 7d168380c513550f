//! What the charts over editions share: axes, breaks in the instrument, lines with gaps.

use maud::{Markup, html};

use super::{Layout, TrendBreak};
use crate::language::Lang;
use crate::svg::{Px, SMALL, Scale, plain, text_width, tick_decimals, ticks};

/// The place of the lines within a drawing.
pub(crate) struct Plot {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    pub(crate) value: Scale,
    editions: usize,
}

impl Plot {
    /// A plot for `editions` equally spaced editions; `after` units are kept at the right for labels.
    pub(crate) fn new(layout: &Layout, editions: usize, range: (f64, f64), after: f64) -> Plot {
        let (top, bottom) = (24.0, if layout.is_wide() { 300.0 } else { 236.0 });
        let marks = ticks(range.0, range.1, 4);
        let low = marks.first().copied().unwrap_or(range.0).min(range.0);
        let high = marks.last().copied().unwrap_or(range.1).max(range.1);
        Plot {
            left: 34.0,
            right: layout.width - after,
            top,
            bottom,
            value: Scale::new(low, high, bottom, top),
            editions,
        }
    }

    /// Horizontal place of an edition.
    pub(crate) fn x(&self, index: usize) -> f64 {
        let steps = self.editions.saturating_sub(1);
        if steps == 0 {
            return (self.left + self.right) / 2.0;
        }
        self.left + 8.0 + (self.right - self.left - 16.0) * index as f64 / steps as f64
    }

    fn step(&self) -> f64 {
        if self.editions < 2 {
            self.right - self.left
        } else {
            self.x(1) - self.x(0)
        }
    }
}

/// Horizontal grid lines with values, and the editions below.
pub(crate) fn axes(plot: &Plot, lang: Lang, range: (f64, f64), editions: &[&str]) -> Markup {
    let marks = ticks(range.0, range.1, 4);
    let decimals = tick_decimals(&marks);
    let widest = editions
        .iter()
        .map(|edition| text_width(edition, SMALL))
        .fold(0.0, f64::max);
    let every = ((widest + 8.0) / plot.step().max(1.0)).ceil().max(1.0) as usize;
    let last = editions.len().saturating_sub(1);
    html! {
        g class="grid" {
            @for value in &marks {
                line x1=(Px(plot.left)) x2=(Px(plot.right)) y1=(Px(plot.value.at(*value))) y2=(Px(plot.value.at(*value))) {}
                text class="small soft end number" x=(Px(plot.left - 6.0)) y=(Px(plot.value.at(*value) + 4.0)) { (lang.number(*value, decimals)) }
            }
        }
        g class="editions" {
            @for (index, edition) in editions.iter().enumerate() {
                @if (last - index).is_multiple_of(every) {
                    text class="small soft middle" x=(Px(plot.x(index))) y=(Px(plot.bottom + 20.0)) { (plain(edition)) }
                }
            }
        }
    }
}

/// Dashed lines between the editions where the instrument changed, each with a letter.
pub(crate) fn break_lines(plot: &Plot, breaks: &[(usize, &TrendBreak)]) -> Markup {
    html! {
        g class="breaks" {
            @for (number, (index, note)) in breaks.iter().enumerate() {
                line x1=(Px(plot.x(*index) - plot.step() / 2.0)) x2=(Px(plot.x(*index) - plot.step() / 2.0))
                    y1=(Px(plot.top - 6.0)) y2=(Px(plot.bottom)) { title { (plain(&note.reason)) } }
                text class="small soft middle" x=(Px(plot.x(*index) - plot.step() / 2.0)) y=(Px(plot.top - 11.0)) { (letter(number)) }
            }
        }
    }
}

/// `a`, `b`, … for the notes.
pub(crate) fn letter(number: usize) -> char {
    char::from(b'a' + (number % 26) as u8)
}

/// Breaks with the place of the edition before which they stand; others are left out.
pub(crate) fn placed_breaks<'a>(
    editions: &[&str],
    breaks: &'a [TrendBreak],
) -> Vec<(usize, &'a TrendBreak)> {
    let mut placed: Vec<(usize, &TrendBreak)> = breaks
        .iter()
        .filter_map(|b| {
            Some((
                editions
                    .iter()
                    .position(|edition| *edition == b.edition)
                    .filter(|i| *i > 0)?,
                b,
            ))
        })
        .collect();
    placed.sort_by_key(|(index, _)| *index);
    placed
}

/// The remarks below the drawing: `a: 2018: two dimensions were added`.
pub(crate) fn break_notes(lang: Lang, placed: &[(usize, &TrendBreak)]) -> Vec<String> {
    if placed.is_empty() {
        return Vec::new();
    }
    let listed: Vec<String> = placed
        .iter()
        .enumerate()
        .map(|(number, (_, b))| {
            format!(
                "({}) {}: {}",
                letter(number),
                b.edition,
                b.reason.trim_end_matches('.')
            )
        })
        .collect();
    let start = lang.pick(
        "Cách đo thay đổi tại đường đứt, điểm hai bên không so sánh trực tiếp được",
        "The instrument changed at each dashed line; scores on its two sides are not comparable",
    );
    vec![format!("{start}. {}.", listed.join("; "))]
}

/// Runs of neighbouring editions with a value, cut at gaps and at breaks.
pub(crate) fn runs(
    values: &[Option<f64>],
    breaks: &[(usize, &TrendBreak)],
) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (index, value) in values.iter().enumerate() {
        let is_cut = breaks.iter().any(|(place, _)| *place == index);
        match value.filter(|v| v.is_finite()) {
            None => open = false,
            Some(value) => match runs.last_mut() {
                Some(run) if open && !is_cut => run.push((index, value)),
                _ => {
                    runs.push(vec![(index, value)]);
                    open = true;
                }
            },
        }
    }
    runs
}

/// One line, drawn only within its runs.
pub(crate) fn line_path(plot: &Plot, runs: &[Vec<(usize, f64)>], class: &str) -> Markup {
    let d: String = runs
        .iter()
        .flat_map(|run| run.iter().enumerate())
        .map(|(place, (index, value))| {
            format!(
                "{}{} {}",
                if place == 0 { 'M' } else { 'L' },
                Px(plot.x(*index)),
                Px(plot.value.at(*value))
            )
        })
        .collect();
    html! { @if !d.is_empty() { path class=(class) d=(d) {} } }
}
