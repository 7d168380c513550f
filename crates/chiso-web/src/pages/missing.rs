//! Pages for what is not there.

use chiso_publish::Lang;
use maud::{Markup, html};

use super::layout::{Page, Place};
use crate::site::Site;
use crate::text::{self, Pair};
use crate::view::View;

/// The answer to an address that leads nowhere.
pub fn not_found(site: &Site, lang: Lang) -> Markup {
    told(site, lang, text::NOT_FOUND, text::NOT_FOUND_LEDE)
}

/// The answer where a page could not be made.
pub fn fault(site: &Site, lang: Lang) -> Markup {
    told(site, lang, text::FAULT, text::FAULT_LEDE)
}

fn told(site: &Site, lang: Lang, title: Pair, lede: Pair) -> Markup {
    let latest = |id: &str| View::latest(site, lang, Some(id));
    let ways = site
        .indices
        .iter()
        .filter_map(|index| latest(&index.panel.pack.id));
    let page = Page {
        title: title.of(lang).to_owned(),
        description: lede.of(lang).to_owned(),
        place: Place::Elsewhere,
        view: View::latest(site, lang, None),
        lang,
        here: "/",
        main: html! {
            h1 { (title.of(lang)) }
            p class="lede" { (lede.of(lang)) }
            p { (text::GO_ON.of(lang)) ":" }
            ul {
                @for view in ways { li { a href=(view.overview()) { (view.edition_name()) } } }
            }
        },
    };
    page.html()
}
