//! What a reader asks for, and the answers that do not depend on the page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as Form, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use chiso_publish::Lang;
use maud::Markup;

use crate::query::Query;
use crate::site::Site;
use crate::view::View;
use crate::{answer, files, pages};

type Pairs = Result<Form<Vec<(String, String)>>, QueryRejection>;

/// What every answer begins with.
pub type Base = (State<Arc<Site>>, HeaderMap, Uri, Pairs);

/// Reads what is asked for; `lang` is the first part of the address.
///
/// # Errors
/// [`Nowhere`] where that is none of the two languages.
pub fn asked((State(site), headers, uri, pairs): Base, lang: &str) -> Result<Asked, Nowhere> {
    Asked::new(site, headers, &uri, pairs, lang)
}

/// What is asked for: read once, whatever the page.
pub struct Asked {
    /// The site.
    pub site: Arc<Site>,
    headers: HeaderMap,
    /// The part after the question mark.
    pub query: Query,
    /// The address without the language.
    pub here: String,
    /// The language.
    pub lang: Lang,
}

/// An address in neither of the two languages.
pub struct Nowhere(pub Box<Asked>);

impl IntoResponse for Nowhere {
    fn into_response(self) -> Response<Body> {
        self.0.nowhere()
    }
}

impl Asked {
    /// `lang` is the first part of the address; none of the two languages there means that the
    /// address leads nowhere.
    fn new(
        site: Arc<Site>,
        headers: HeaderMap,
        uri: &Uri,
        pairs: Pairs,
        lang: &str,
    ) -> Result<Self, Nowhere> {
        let known = Lang::from_code(lang);
        let whole = uri.path_and_query().map_or("/", |whole| whole.as_str());
        let here = whole
            .get(lang.len() + 1..)
            .filter(|_| known.is_some())
            .unwrap_or("/")
            .to_owned();
        let query = pairs
            .map(|Form(pairs)| Query::from_pairs(pairs))
            .unwrap_or_default();
        let lang = known.unwrap_or_else(|| answer::preferred_language(&headers));
        let asked = Asked {
            site,
            headers,
            query,
            here,
            lang,
        };
        if known.is_some() {
            Ok(asked)
        } else {
            Err(Nowhere(Box::new(asked)))
        }
    }

    /// The edition that the address names.
    pub fn view(&self, index: &str, edition: &str) -> Option<View<'_>> {
        View::find(&self.site, self.lang, index, edition, &self.query)
    }

    /// A page, or the answer that there is none.
    pub fn page(&self, page: Option<Markup>) -> Response<Body> {
        match page {
            Some(page) => answer::page(&self.headers, StatusCode::OK, page),
            None => self.nowhere(),
        }
    }

    /// The answer to an address that leads nowhere.
    pub fn nowhere(&self) -> Response<Body> {
        answer::page(
            &self.headers,
            StatusCode::NOT_FOUND,
            pages::not_found(&self.site, self.lang),
        )
    }

    /// A file, or the answer that there is none or that it could not be made.
    pub fn file(&self, made: Result<Option<files::File>, files::FileError>) -> Response<Body> {
        match made {
            Ok(Some(file)) => answer::file(&self.headers, file),
            Ok(None) => self.nowhere(),
            Err(fault) => {
                tracing::error!(%fault, address = self.here, "a file could not be made");
                let page = pages::fault(&self.site, self.lang);
                answer::page(&self.headers, StatusCode::INTERNAL_SERVER_ERROR, page)
            }
        }
    }
}
