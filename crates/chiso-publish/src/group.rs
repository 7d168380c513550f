//! Groups of units (quartiles, tiers) and the signs by which they are told apart without colour:
//! a texture on maps, a row of dots in lists and tables.

use maud::{Markup, html};

use crate::language::Lang;
use crate::svg::Px;

/// One group of the scale, as shown in legends and headings.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupBand {
    /// The group's name in the figure's language.
    pub name: String,
    /// Lowest score in the group, if known.
    pub low: Option<f64>,
    /// Highest score in the group, if known.
    pub high: Option<f64>,
    /// Number of units in the group.
    pub count: usize,
}

impl GroupBand {
    /// `43,44–47,88`, or nothing where a bound is unknown.
    pub(crate) fn range(&self, lang: Lang, decimals: usize) -> Option<String> {
        let (low, high) = (self.low?, self.high?);
        Some(format!(
            "{}–{}",
            lang.number(low, decimals),
            lang.number(high, decimals)
        ))
    }
}

/// How a group's area is filled besides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texture {
    Solid,
    Vertical,
    Horizontal,
    Diagonal,
    Dots,
}

fn textures(of: usize) -> &'static [Texture] {
    use Texture::*;
    match of {
        0 | 1 => &[Solid],
        2 => &[Solid, Dots],
        3 => &[Solid, Diagonal, Dots],
        4 => &[Solid, Solid, Diagonal, Dots],
        5 => &[Solid, Solid, Horizontal, Diagonal, Dots],
        _ => &[Solid, Solid, Vertical, Horizontal, Diagonal, Dots],
    }
}

/// Most groups that can be told apart; further groups share the last tone.
pub(crate) const MOST_GROUPS: usize = 6;

/// The class of a group's tone: `tone-1` is the highest group's, the darkest on paper.
pub(crate) fn tone(index: usize, of: usize) -> &'static str {
    const TONES: [&str; 9] = [
        "tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "tone-6", "tone-7", "tone-8", "tone-9",
    ];
    let steps: &[usize] = match of {
        0 | 1 => &[4],
        2 => &[1, 7],
        3 => &[1, 5, 9],
        4 => &[1, 4, 7, 9],
        5 => &[1, 3, 5, 7, 9],
        _ => &[1, 3, 5, 6, 7, 9],
    };
    TONES[steps[index.min(steps.len() - 1)] - 1]
}

/// The `fill` of a group's area; needs [`fill_definitions`] with the same prefix and number of
/// groups in the drawing. A group that is not in the scale gets the lowest group's fill.
pub(crate) fn fill(prefix: &str, group: Option<usize>, of: usize) -> String {
    match group {
        Some(index) => format!(
            "url(#{prefix}-fill-{})",
            index.min(of.clamp(1, MOST_GROUPS) - 1)
        ),
        None => format!("url(#{prefix}-fill-none)"),
    }
}

/// Pattern definitions for `of` groups and for "no score".
pub(crate) fn fill_definitions(prefix: &str, of: usize) -> Markup {
    let of = of.clamp(1, MOST_GROUPS);
    html! {
        defs {
            @for (index, texture) in textures(of).iter().enumerate() {
                pattern id=(format!("{prefix}-fill-{index}")) width="6" height="6"
                    patternUnits="userSpaceOnUse" {
                    rect width="6" height="6" class=(tone(index, of)) {}
                    (texture_marks(*texture))
                }
            }
            pattern id=(format!("{prefix}-fill-none")) width="5" height="5"
                patternUnits="userSpaceOnUse" {
                rect width="5" height="5" class="no-score-ground" {}
                path d="M0 0L5 5M0 5L5 0" class="no-score-mark" {}
            }
        }
    }
}

fn texture_marks(texture: Texture) -> Markup {
    html! {
        @match texture {
            Texture::Solid => {},
            Texture::Vertical => { path class="texture" d="M3 0V6" {} },
            Texture::Horizontal => { path class="texture" d="M0 3H6" {} },
            Texture::Diagonal => { path class="texture" d="M-1 1L1 -1M0 6L6 0M5 7L7 5" {} },
            Texture::Dots => { circle class="texture-dot" cx="3" cy="3" r="1" {} },
        }
    }
}

/// A row of dots inside a drawing: as many full ones as the group stands from the bottom.
///
/// Returns the marks and their width.
pub(crate) fn dots(x: f64, y: f64, index: usize, of: usize) -> (Markup, f64) {
    const PITCH: f64 = 9.0;
    let of = of.max(1);
    let full = of - index.min(of - 1);
    let marks = html! {
        g class="dots" {
            @for dot in 0..of {
                circle cx=(Px(x + 3.5 + PITCH * dot as f64)) cy=(Px(y)) r="3"
                    class=(if dot < full { "on" } else { "off" }) {}
            }
        }
    };
    (marks, PITCH * of as f64)
}

/// A group's name with its dots, for running text and tables: `●●●○ Mid-high`.
///
/// `index` counts from 0 for the highest group, `of` is the number of groups.
pub fn group_badge(index: usize, of: usize, name: &str) -> Markup {
    let (marks, width) = dots(0.0, 5.0, index, of);
    html! {
        span class="group-badge" {
            svg class="dots-badge" width=(Px(width)) height="10" viewBox=(format!("0 0 {} 10", Px(width)))
                aria-hidden="true" focusable="false" { (marks) }
            " " (name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_groups_differ_in_tone_and_never_share_tone_and_texture() {
        for of in 2..=MOST_GROUPS {
            for index in 1..of {
                assert_ne!(tone(index - 1, of), tone(index, of), "{index} of {of}");
            }
            assert_eq!(textures(of).len(), of);
        }
    }

    #[test]
    fn the_highest_of_four_groups_has_four_full_dots() {
        let best = group_badge(0, 4, "High").into_string();
        let lowest = group_badge(3, 4, "Low").into_string();
        assert_eq!(best.matches("\"on\"").count(), 4);
        assert_eq!(lowest.matches("\"on\"").count(), 1);
        assert_eq!(lowest.matches("\"off\"").count(), 3);
    }
}
