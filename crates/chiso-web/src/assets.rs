//! The files that pages need: stylesheet, fonts and the icon.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use chiso_publish::assets::{FONT_LICENCE, FONTS, STYLE_CSS};

/// The site's own sign: three bars of an index, readable on light and dark.
const ICON_SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0a6070"/><path d="M7 24V17M16 24V12M25 24V7" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>"##;

static STYLE_TAG: LazyLock<String> = LazyLock::new(|| digest(STYLE_CSS.as_bytes()));

/// A short digest by which a browser sees that a file has changed. It is no protection against
/// forgery.
pub fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The address of the stylesheet, a new one whenever it changes.
pub fn style_address() -> String {
    format!("/assets/style.css?v={}", *STYLE_TAG)
}

/// A file: its media type, its bytes, and for how many seconds a browser may keep it unasked.
pub struct Asset {
    /// The media type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// Seconds.
    pub keep_s: u32,
}

const WEEK_S: u32 = 7 * 24 * 60 * 60;

/// The file at a path below `/assets/`.
pub fn find(path: &str) -> Option<Asset> {
    let asset = |media_type, bytes| {
        Some(Asset {
            media_type,
            bytes,
            keep_s: WEEK_S,
        })
    };
    match path {
        "style.css" => asset("text/css; charset=utf-8", STYLE_CSS.as_bytes()),
        "icon.svg" => asset("image/svg+xml", ICON_SVG.as_bytes()),
        "fonts/OFL.txt" => asset("text/plain; charset=utf-8", FONT_LICENCE.as_bytes()),
        _ => {
            let name = path.strip_prefix("fonts/")?;
            let (_, bytes) = FONTS.iter().find(|(font, _)| *font == name)?;
            asset("font/woff2", bytes)
        }
    }
}
