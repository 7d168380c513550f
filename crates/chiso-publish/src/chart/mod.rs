//! The charts: one input struct and one pure function each.
//!
//! Every function accepts empty input and values that are not finite (they count as missing), and
//! gives the same bytes for the same input.

mod choropleth;
mod compare_dots;
mod compare_trend;
mod contributions;
mod line;
mod losses;
mod profile_dots;
mod rank_sets;
mod ranking;
mod rows;
mod trend;
mod uncertainty;

pub use choropleth::{Choropleth, ChoroplethUnit, choropleth};
pub use compare_dots::{CompareDots, CompareRow, compare_dots};
pub use compare_trend::{CompareSeries, CompareTrend, compare_trend};
pub use contributions::{Contribution, Contributions, contributions};
pub use losses::{Loss, Losses, losses};
pub use profile_dots::{ProfileDots, ProfileRow, profile_dots};
pub use rank_sets::{RankSetRow, RankSets, rank_sets};
pub use ranking::{RankedUnit, Ranking, ranking};
pub use trend::{Trend, TrendBreak, TrendPoint, trend};
pub use uncertainty::{Uncertainty, confidence, percent, set_words};

use maud::Markup;

use crate::figure::{Drawing, Heading, Span, safe_id};

/// The width for which a drawing is made, and the prefix that keeps its ids apart.
pub(crate) struct Layout {
    pub(crate) span: Span,
    pub(crate) width: f64,
    pub(crate) prefix: String,
}

impl Layout {
    pub(crate) fn is_wide(&self) -> bool {
        self.span == Span::Wide
    }
}

/// Draws once for a phone and once for a wide column.
pub(crate) fn both_widths(
    heading: &Heading,
    draw: impl Fn(&Layout) -> (f64, Markup),
) -> Vec<Drawing> {
    at_widths(heading, [360.0, 600.0], draw)
}

/// Draws at a narrow and at a wide width.
pub(crate) fn at_widths(
    heading: &Heading,
    widths: [f64; 2],
    draw: impl Fn(&Layout) -> (f64, Markup),
) -> Vec<Drawing> {
    let id = safe_id(&heading.id);
    [(Span::Narrow, widths[0], "n"), (Span::Wide, widths[1], "w")]
        .into_iter()
        .map(|(span, width, suffix)| {
            let prefix = format!("{id}-{suffix}");
            let (height, body) = draw(&Layout {
                span,
                width,
                prefix,
            });
            Drawing {
                span,
                width,
                height,
                body,
            }
        })
        .collect()
}

/// A value that can be drawn.
pub(crate) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}
