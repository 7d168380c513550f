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

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |hex: &str| {
            let channel = |at: usize| {
                let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn token(scheme: usize, name: &str) -> &'static str {
        let found = figure_css().split(&format!("--{name}: ")).nth(scheme + 1);
        &found.unwrap_or_else(|| panic!("{name}"))[..7]
    }

    #[test]
    fn text_has_contrast_aa_on_every_ground_in_light_and_dark() {
        for scheme in [0, 1] {
            for ground in ["paper", "surface", "accent-wash"] {
                for text in [
                    "ink", "ink-soft", "accent", "counter", "series-1", "series-2", "series-3",
                    "series-4", "series-5",
                ] {
                    let ratio = contrast(token(scheme, text), token(scheme, ground));
                    assert!(
                        ratio >= 4.5,
                        "{text} on {ground}, scheme {scheme}: {ratio:.2}"
                    );
                }
                let ratio = contrast(token(scheme, "line-strong"), token(scheme, ground));
                assert!(
                    ratio >= 3.0,
                    "line-strong on {ground}, scheme {scheme}: {ratio:.2}"
                );
            }
            assert!(contrast(token(scheme, "accent-ink"), token(scheme, "accent")) >= 4.5);
        }
    }

    #[test]
    fn the_tones_fall_in_order_from_the_highest_group_to_the_ground() {
        for scheme in [0, 1] {
            let ratios: Vec<f64> = (1..=9)
                .map(|step| {
                    contrast(
                        token(scheme, &format!("tone-{step}")),
                        token(scheme, "paper"),
                    )
                })
                .collect();
            assert!(
                ratios.windows(2).all(|pair| pair[0] > pair[1] * 1.1),
                "scheme {scheme}: {ratios:?}"
            );
        }
    }
}
