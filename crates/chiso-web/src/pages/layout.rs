//! What stands around every page.

use chiso_publish::Lang;
use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::text;
use crate::view::View;

/// Where a page stands in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The overview.
    Overview,
    /// The comparison.
    Compare,
    /// The page about the index.
    About,
    /// The page of files.
    Data,
    /// None of these.
    Elsewhere,
}

/// A page before it is framed.
pub struct Page<'a> {
    /// The title in the window, without the site's name.
    pub title: String,
    /// A sentence for search engines.
    pub description: String,
    /// Where it stands.
    pub place: Place,
    /// The edition to which the navigation leads; none where the site has nothing to show.
    pub view: Option<View<'a>>,
    /// Its language.
    pub lang: Lang,
    /// Its address without the language, query included: `/index/2024?…`.
    pub here: &'a str,
    /// What is inside `main`.
    pub main: Markup,
}

impl Page<'_> {
    /// The whole document.
    pub fn html(&self) -> Markup {
        let lang = self.lang;
        html! {
            (DOCTYPE)
            html lang=(lang.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " – " (text::SITE_NAME) }
                    meta name="description" content=(self.description);
                    meta name="color-scheme" content="light dark";
                    link rel="stylesheet" href=(assets::style_address());
                    link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                    @for other in [Lang::Vi, Lang::En] {
                        link rel="alternate" hreflang=(other.code()) href=(self.in_language(other));
                    }
                }
                body {
                    a class="skip-link" href="#main" { (text::SKIP.of(lang)) }
                    (self.header())
                    @if self.view.is_some_and(|view| view.index.is_simulated) {
                        // Outside of `main`, so that it stands first on every page and nobody skips it unread.
                        aside class="banner" aria-label=(text::SIMULATED.of(lang)) { p { strong { (text::SIMULATED.of(lang)) ". " } (text::SIMULATED_BANNER.of(lang)) } }
                    }
                    main id="main" { (self.main) }
                    footer class="site-footer" {
                        p { (text::FOOTER_DATA.of(lang)) }
                        p { (text::FOOTER_ABOUT.of(lang)) }
                    }
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let lang = self.lang;
        html! {
            header class="site-header" {
                a class="site-name" href=(format!("/{}/", lang.code())) { (text::SITE_NAME) }
                nav class="site-nav" aria-label=(text::NAVIGATION.of(lang)) {
                    @if let Some(view) = &self.view { ul {
                        (self.nav_item(Place::Overview, view.at(view.scored.root()).overview(), text::OVERVIEW.of(lang)))
                        (self.nav_item(Place::Compare, view.compare_page(&[]), text::COMPARE.of(lang)))
                        (self.nav_item(Place::About, view.about_page(), text::ABOUT.of(lang)))
                        (self.nav_item(Place::Data, view.data_page(), text::DATA.of(lang)))
                    } }
                }
                nav class="lang-switch" aria-label=(text::LANGUAGE.of(lang)) { ul {
                    (self.language(Lang::Vi, "Tiếng Việt"))
                    (self.language(Lang::En, "English"))
                } }
            }
        }
    }

    fn nav_item(&self, place: Place, href: String, name: &str) -> Markup {
        let current = (place == self.place).then_some("page");
        html! { li { a href=(href) aria-current=[current] { (name) } } }
    }

    fn language(&self, lang: Lang, name: &str) -> Markup {
        let current = (lang == self.lang).then_some("true");
        html! { li {
            a href=(self.in_language(lang)) hreflang=(lang.code()) lang=(lang.code()) aria-current=[current] { (name) }
        } }
    }

    fn in_language(&self, lang: Lang) -> String {
        format!("/{}{}", lang.code(), self.here)
    }
}

/// The way from the overview to a page below it.
pub fn crumbs(view: &View<'_>, here: &str) -> Markup {
    let overview = view.at(view.scored.root());
    html! {
        nav class="crumbs" aria-label=(text::WHERE.of(view.lang)) { ol {
            li { a href=(overview.overview()) { (overview.edition_name()) } }
            li aria-current="page" { (here) }
        } }
    }
}

/// A key number: name, value and a note.
pub fn stat(name: &str, value: Markup, note: &str) -> Markup {
    html! { div class="stat" { dt { (name) } dd { (value) } dd class="stat-note" { (note) } } }
}
