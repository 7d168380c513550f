//! A figure as one SVG file that looks right alone: with its title, source and styles.

use maud::{Markup, html};

use crate::assets::figure_css;
use crate::figure::{Drawing, Figure, Span};
use crate::svg::{Px, SMALL, plain, text_lines, wrap};

/// A reader's own font may be wider than the one that was measured.
const SAFE: f64 = 0.92;
const MARGIN: f64 = 16.0;
const TITLE_SIZE: f64 = 17.0;
const TITLE_LINE: f64 = 22.0;
const SMALL_LINE: f64 = 16.0;

impl Figure {
    /// A complete SVG file: the widest drawing between its title and its source, with the styles
    /// for light and dark inside. It needs no other file; without Be Vietnam Pro on the reader's
    /// machine the system's own sans serif is used.
    pub fn standalone_svg(&self) -> String {
        let Some(drawing) = self.widest_drawing() else {
            return self.file(2.0 * MARGIN + 360.0, 80.0, html! {});
        };
        let width = drawing.width + 2.0 * MARGIN;
        let (above, above_height) = self.above(drawing.width * SAFE);
        let (below, below_height) =
            self.below(drawing.width * SAFE, above_height + drawing.height + 12.0);
        let body = html! {
            (above)
            svg x=(Px(MARGIN)) y=(Px(above_height)) width=(Px(drawing.width)) height=(Px(drawing.height))
                viewBox=(format!("0 0 {} {}", Px(drawing.width), Px(drawing.height))) { (drawing.body) }
            (below)
        };
        self.file(
            width,
            above_height + drawing.height + 12.0 + below_height,
            body,
        )
    }

    fn widest_drawing(&self) -> Option<&Drawing> {
        self.drawings
            .iter()
            .find(|drawing| drawing.span == Span::Wide)
            .or_else(|| self.drawings.first())
    }

    fn above(&self, width: f64) -> (Markup, f64) {
        let title = wrap(&self.heading.title, width / 1.05, TITLE_SIZE);
        let subtitle = wrap(
            self.heading.subtitle.as_deref().unwrap_or_default(),
            width,
            SMALL + 1.0,
        );
        let subtitle_y = MARGIN + TITLE_LINE * title.len() as f64 + 14.0;
        let markup = html! {
            (text_lines(MARGIN, MARGIN + TITLE_SIZE, TITLE_LINE, "file-title", &title))
            (text_lines(MARGIN, subtitle_y, SMALL_LINE + 1.0, "soft", &subtitle))
        };
        (
            markup,
            subtitle_y + (SMALL_LINE + 1.0) * subtitle.len() as f64,
        )
    }

    fn below(&self, width: f64, y: f64) -> (Markup, f64) {
        let label = self.heading.lang.pick("Nguồn: ", "Source: ");
        let mut lines: Vec<String> = self
            .notes
            .iter()
            .flat_map(|note| wrap(note, width, SMALL))
            .collect();
        lines.extend(wrap(
            &format!("{label}{}", self.heading.source.text),
            width,
            SMALL,
        ));
        let height = SMALL_LINE * lines.len() as f64 + MARGIN;
        (
            text_lines(
                MARGIN,
                y + SMALL_LINE * 0.7,
                SMALL_LINE,
                "small soft",
                &lines,
            ),
            height,
        )
    }

    fn file(&self, width: f64, height: f64, body: Markup) -> String {
        let id = self.id();
        let role = if self.has_links { "group" } else { "img" };
        let markup = html! {
            svg xmlns="http://www.w3.org/2000/svg" class="chart" width=(Px(width)) height=(Px(height))
                viewBox=(format!("0 0 {} {}", Px(width), Px(height))) role=(role)
                lang=(self.heading.lang.code())
                aria-labelledby=(format!("{id}-file-title {id}-file-desc")) {
                title id=(format!("{id}-file-title")) { (plain(&self.heading.title)) }
                desc id=(format!("{id}-file-desc")) { (plain(&self.description)) }
                style { (maud::PreEscaped(figure_css())) }
                rect class="paper" width="100%" height="100%" {}
                (body)
            }
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
            markup.into_string()
        )
    }
}
