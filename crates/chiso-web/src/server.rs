//! Addresses to answers.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response};
use axum::middleware::from_fn;
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::asked::{Base, Nowhere, asked};
use crate::site::Site;
use crate::view::View;
use crate::{answer, assets, charts, files, pages};

/// The site's router, for a server of one's own and for tests.
pub fn router(site: Arc<Site>) -> Router {
    // Fonts and Parquet are compressed already; a page's few kilobytes are not worth more than the least effort.
    let worth = DefaultPredicate::new()
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new(
            "application/vnd.apache.parquet",
        ));
    Router::new()
        .route("/", get(home))
        .route("/healthz", get(|| async { answer::words("ok\n") }))
        .route(
            "/robots.txt",
            get(|| async { answer::words("User-agent: *\nAllow: /\n") }),
        )
        .route("/assets/{*path}", get(asset))
        .route("/{lang}", get(language))
        .route("/{lang}/", get(start))
        .route("/{lang}/{index}", get(index))
        .route("/{lang}/{index}/about", get(about))
        .route("/{lang}/{index}/data", get(data))
        .route("/{lang}/{index}/data/{file}", get(data_file))
        .route("/{lang}/{index}/{edition}", get(overview))
        .route("/{lang}/{index}/{edition}/compare", get(compare))
        .route("/{lang}/{index}/{edition}/units/{unit}", get(unit))
        .route("/{lang}/{index}/{edition}/charts/{file}", get(chart))
        .fallback(nowhere)
        .layer(from_fn(answer::finish))
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(worth),
        )
        .with_state(site)
}

/// Serves the site until `shutdown` is ready; requests that have begun are answered first.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(site))
        .with_graceful_shutdown(shutdown)
        .await
}

/// The places of the units that the query names; none if one of them is not in the edition.
fn places(view: &View<'_>, codes: &[String]) -> Option<Vec<usize>> {
    codes.iter().map(|code| view.scored.unit(code)).collect()
}

async fn home(headers: HeaderMap) -> Response<Body> {
    answer::see_other(&format!(
        "/{}/",
        answer::preferred_language(&headers).code()
    ))
}

async fn language(Path(lang): Path<String>, base: Base) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    Ok(answer::see_other(&format!("/{}/", asked.lang.code())))
}

async fn asset(Path(path): Path<String>, base: Base) -> Response<Body> {
    match assets::find(&path) {
        Some(asset) => answer::asset(&base.1, &asset),
        None => nowhere(base).await,
    }
}

async fn nowhere(base: Base) -> Response<Body> {
    let path = base.2.path().to_owned();
    let lang = path.split('/').nth(1).unwrap_or_default();
    match asked(base, lang) {
        Ok(asked) => asked.nowhere(),
        Err(Nowhere(asked)) => asked.nowhere(),
    }
}

async fn index(
    Path((lang, index)): Path<(String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let latest = View::latest(&asked.site, asked.lang, Some(&index));
    Ok(latest.map_or_else(
        || asked.nowhere(),
        |view| answer::see_other(&view.overview()),
    ))
}

/// The first page of a language, and where the pickers' forms lead: on to the page they name.
async fn start(Path(lang): Path<String>, base: Base) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let to = View::picked(&asked.site, asked.lang, &asked.query).map(|view| {
        let unit = asked
            .query
            .unit
            .first()
            .filter(|code| view.scored.unit(code).is_some());
        unit.map_or_else(|| view.overview(), |code| view.unit_page(code))
    });
    Ok(to.map_or_else(|| asked.nowhere(), |to| answer::see_other(&to)))
}

async fn overview(
    Path((lang, index, edition)): Path<(String, String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let page = asked
        .view(&index, &edition)
        .map(|view| pages::overview(&view, &asked.here));
    Ok(asked.page(page))
}

async fn unit(
    Path((lang, index, edition, unit)): Path<(String, String, String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let page = asked.view(&index, &edition).and_then(|view| {
        let view = view.at(view.scored.root());
        view.scored
            .unit(&unit)
            .map(|unit| pages::unit(&view, unit, &asked.here))
    });
    Ok(asked.page(page))
}

async fn compare(
    Path((lang, index, edition)): Path<(String, String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let page = asked.view(&index, &edition).map(|view| {
        let view = view.at(view.scored.root());
        let codes = asked.query.unit.iter();
        let known: Vec<usize> = codes.filter_map(|code| view.scored.unit(code)).collect();
        pages::compare(&view, &known, &asked.here)
    });
    Ok(asked.page(page))
}

async fn about(
    Path((lang, index)): Path<(String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let view = View::of_version(
        &asked.site,
        asked.lang,
        &index,
        asked.query.version.as_deref(),
    );
    Ok(asked.page(view.map(|view| pages::about(&view, &asked.here))))
}

async fn data(
    Path((lang, index)): Path<(String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let view = View::latest(&asked.site, asked.lang, Some(&index));
    Ok(asked.page(view.map(|view| pages::data(&view, &asked.here))))
}

async fn data_file(
    Path((lang, index, file)): Path<(String, String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let made = asked
        .site
        .index(&index)
        .map(|index| files::of_index(index, &file));
    Ok(asked.file(made.unwrap_or(Ok(None))))
}

async fn chart(
    Path((lang, index, edition, file)): Path<(String, String, String, String)>,
    base: Base,
) -> Result<Response<Body>, Nowhere> {
    let asked = asked(base, &lang)?;
    let made = asked
        .view(&index, &edition)
        .zip(file.rsplit_once('.'))
        .and_then(|(view, (name, ending))| {
            let chart = charts::Chart::named(name)?;
            let figure = charts::figure(&view, chart, &places(&view, &asked.query.unit)?)?;
            Some(files::of_chart(
                &figure,
                &format!("{index}-{edition}-{name}"),
                ending,
            ))
        });
    Ok(asked.file(made.unwrap_or(Ok(None))))
}
