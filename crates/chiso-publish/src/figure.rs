//! A figure: drawings of one set of numbers, what they say in words, their source and their table.

use maud::{Markup, html};

use crate::language::Lang;
use crate::svg::{Px, plain};
use crate::table::Table;

/// Where the numbers come from; no figure is without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The source and its licence in words.
    pub text: String,
    /// Its address, if it has one.
    pub href: Option<String>,
}

/// What stands above and below every figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Unique on its page; letters, digits, `-` and `_` (anything else becomes `-`).
    pub id: String,
    /// The language of all texts of the figure.
    pub lang: Lang,
    /// What the figure shows, or better: what it tells.
    pub title: String,
    /// Measure, unit of measure and edition.
    pub subtitle: Option<String>,
    /// Where the numbers come from.
    pub source: Source,
}

/// For which width a drawing was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A phone or a narrow column: 360 units wide.
    Narrow,
    /// A wide column: 600 units wide, or 720 where the drawing has two columns.
    Wide,
    /// Any width.
    Any,
}

/// The inside of one `<svg>`.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// For which width it was made.
    pub span: Span,
    /// Width in drawing units.
    pub width: f64,
    /// Height in drawing units.
    pub height: f64,
    /// The marks.
    pub body: Markup,
}

/// Where a figure's other forms can be had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The drawing as a file.
    pub svg: Option<String>,
    /// The numbers as CSV.
    pub csv: Option<String>,
    /// The numbers as JSON.
    pub json: Option<String>,
}

impl Links {
    /// The three addresses of a chart: `address.svg?query`, `.csv`, `.json`.
    ///
    /// `query` comes without its question mark and may be empty.
    pub fn at(address: &str, query: &str) -> Links {
        let mark = if query.is_empty() { "" } else { "?" };
        let link = |ending: &str| Some(format!("{address}.{ending}{mark}{query}"));
        Links {
            svg: link("svg"),
            csv: link("csv"),
            json: link("json"),
        }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let pairs = [("SVG", &self.svg), ("CSV", &self.csv), ("JSON", &self.json)];
        pairs
            .into_iter()
            .filter_map(|(name, link)| link.as_ref().map(|link| (name, link)))
    }
}

/// A figure, ready to be written in any form.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Title, subtitle, language, source.
    pub heading: Heading,
    /// What the figure says, from its numbers, for those who do not see it.
    pub description: String,
    /// Remarks below the drawing.
    pub notes: Vec<String>,
    /// The drawings: one for any width, or a narrow and a wide one.
    pub drawings: Vec<Drawing>,
    /// The numbers.
    pub table: Table,
    /// Whether marks in the drawing lead to pages.
    pub has_links: bool,
}

impl Figure {
    /// The figure's id as used in the page.
    pub fn id(&self) -> String {
        safe_id(&self.heading.id)
    }

    /// `<figure>` with heading, drawing, remarks, source, downloads and the table in `<details>`.
    ///
    /// The drawing has `role="img"`, named by the heading and described by the description. With
    /// links among its marks the role is `group`, because an image hides what is inside it.
    pub fn to_html(&self, links: &Links) -> Markup {
        self.to_html_with_heading(links, 3)
    }

    /// As [`Figure::to_html`], with the title as a heading of `level` 2 to 6, so that the page's
    /// headings leave no level out.
    pub fn to_html_with_heading(&self, links: &Links, level: u8) -> Markup {
        let id = self.id();
        let lang = self.heading.lang;
        html! {
            figure class="figure" id=(id) {
                div class="figure-heading" {
                    (self.title_heading(level))
                    @if let Some(subtitle) = &self.heading.subtitle { p class="figure-subtitle" { (subtitle) } }
                }
                div class=(if self.drawings.iter().any(|d| d.width > 640.0) { "figure-drawings roomy" } else { "figure-drawings" }) {
                    @for (index, drawing) in self.drawings.iter().enumerate() { (self.inline_svg(drawing, index)) }
                }
                figcaption {
                    @for note in &self.notes { p class="figure-note" { (note) } }
                    p class="figure-source" { (lang.pick("Nguồn: ", "Source: ")) (source(&self.heading.source)) }
                    (downloads(lang, &self.heading.title, links))
                }
                (self.table.to_html_collapsed(lang, &format!("{id}-table")))
            }
        }
    }

    fn title_heading(&self, level: u8) -> Markup {
        let id = format!("{}-title", self.id());
        let title = &self.heading.title;
        html! {
            @match level {
                0..=2 => { h2 id=(id) { (title) } },
                3 => { h3 id=(id) { (title) } },
                4 => { h4 id=(id) { (title) } },
                5 => { h5 id=(id) { (title) } },
                _ => { h6 id=(id) { (title) } },
            }
        }
    }

    fn inline_svg(&self, drawing: &Drawing, index: usize) -> Markup {
        let id = self.id();
        let desc_id = format!("{id}-desc-{index}");
        let class = match drawing.span {
            Span::Narrow => "chart chart-narrow",
            Span::Wide => "chart chart-wide",
            Span::Any => "chart chart-any",
        };
        html! {
            svg class=(class) xmlns="http://www.w3.org/2000/svg"
                viewBox=(format!("0 0 {} {}", Px(drawing.width), Px(drawing.height)))
                role=(if self.has_links { "group" } else { "img" })
                aria-labelledby=(format!("{id}-title {desc_id}")) {
                desc id=(desc_id) { (plain(&self.description)) }
                (drawing.body)
            }
        }
    }
}

fn source(source: &Source) -> Markup {
    html! {
        @match &source.href {
            Some(href) => { a href=(href) { (source.text) } },
            None => { (source.text) },
        }
    }
}

fn downloads(lang: Lang, title: &str, links: &Links) -> Markup {
    html! {
        @if links.all().next().is_some() {
            p class="figure-downloads" {
                span { (lang.pick("Tải về: ", "Download: ")) }
                @for (name, link) in links.all() {
                    a href=(link) aria-label=(format!("{name}: {title}")) { (name) } " "
                }
            }
        }
    }
}

/// Keeps letters, digits, `-` and `_`; anything else becomes `-`; begins with a letter.
pub(crate) fn safe_id(id: &str) -> String {
    let kept: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    if kept.starts_with(|c: char| c.is_ascii_alphabetic()) {
        kept
    } else {
        format!("f-{kept}")
    }
}
