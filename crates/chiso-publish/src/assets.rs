//! The site's stylesheet and fonts, inside the program.
//!
//! Serve [`STYLE_CSS`] at any address and the [`FONTS`] in the folder `fonts` beside it: the
//! stylesheet names them relative to itself.

/// The one stylesheet of the site: tokens, type, layout, tables, forms, figures, dark, print.
pub const STYLE_CSS: &str = include_str!("../assets/style.css");

/// The fonts' licence (SIL Open Font License 1.1), to be served with them.
pub const FONT_LICENCE: &str = include_str!("../assets/fonts/OFL.txt");

macro_rules! font {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../assets/fonts/", $name)) as &[u8],
        )
    };
}

/// File name and bytes (WOFF2) of each font: Be Vietnam Pro 400, 600 and 700, each in the subsets
/// Vietnamese, Latin and extended Latin, so that a browser loads only what a page uses.
pub const FONTS: [(&str, &[u8]); 9] = [
    font!("be-vietnam-pro-vietnamese-400-normal.woff2"),
    font!("be-vietnam-pro-latin-ext-400-normal.woff2"),
    font!("be-vietnam-pro-latin-400-normal.woff2"),
    font!("be-vietnam-pro-vietnamese-600-normal.woff2"),
    font!("be-vietnam-pro-latin-ext-600-normal.woff2"),
    font!("be-vietnam-pro-latin-600-normal.woff2"),
    font!("be-vietnam-pro-vietnamese-700-normal.woff2"),
    font!("be-vietnam-pro-latin-ext-700-normal.woff2"),
    font!("be-vietnam-pro-latin-700-normal.woff2"),
];

const FIGURE_START: &str = "/* figure:start */";
const FIGURE_END: &str = "/* figure:end */";

/// The part of the stylesheet that a drawing needs to look right alone.
pub(crate) fn figure_css() -> &'static str {
    STYLE_CSS
        .split_once(FIGURE_START)
        .and_then(|(_, rest)| rest.split_once(FIGURE_END))
        .map_or("", |(figure, _)| figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_of_the_stylesheet_is_shipped_and_every_shipped_font_is_used() {
        let named: Vec<&str> = STYLE_CSS
            .split("url(\"fonts/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(named.len(), FONTS.len());
        for (name, bytes) in FONTS {
            assert!(named.contains(&name), "{name}");
            assert_eq!(&bytes[..4], b"wOF2", "{name}");
        }
    }

    #[test]
    fn the_part_for_single_drawings_has_tokens_for_light_and_dark() {
        let css = figure_css();
        assert_eq!(css.matches("--ink:").count(), 2);
        assert!(css.contains("prefers-color-scheme: dark"));
        assert!(!css.contains('<') && !css.contains("&"));
    }
}
