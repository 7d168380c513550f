//! Answers, and the headers that every one of them has.

use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use chiso_publish::Lang;
use maud::Markup;

use crate::assets::{self, Asset};
use crate::files::File;

const HTML: &str = "text/html; charset=utf-8";

/// Pages take nothing from elsewhere, run no script and stand in no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A drawing that is opened alone carries its styles inside.
const POLICY_DRAWING: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// A page. It may be kept, but is asked for again: editions are added.
pub fn page(asked: &HeaderMap, status: StatusCode, page: Markup) -> Response<Body> {
    let bytes = page.into_string().into_bytes();
    if status == StatusCode::OK {
        tagged(asked, HTML, bytes.into(), "no-cache")
    } else {
        let mut answer = plain(HTML, bytes.into());
        *answer.status_mut() = status;
        answer
    }
}

/// A file of numbers or a drawing.
pub fn file(asked: &HeaderMap, file: File) -> Response<Body> {
    let mut answer = tagged(asked, file.media_type, file.bytes.into(), "no-cache");
    let disposition = file
        .name
        .map(|name| format!("attachment; filename=\"{}\"", safe_name(&name)));
    if let Some(value) = disposition.and_then(|text| HeaderValue::try_from(text).ok()) {
        answer.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    answer
}

/// A name that can stand in a header and on any disk.
fn safe_name(name: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    name.chars().map(safe).collect()
}

/// A file that pages need.
pub fn asset(asked: &HeaderMap, asset: &Asset) -> Response<Body> {
    let keep = format!("public, max-age={}", asset.keep_s);
    tagged(
        asked,
        asset.media_type,
        Bytes::from_static(asset.bytes),
        &keep,
    )
}

/// Sends the reader on, with a GET.
pub fn see_other(to: &str) -> Response<Body> {
    let mut answer = plain("text/plain; charset=utf-8", Bytes::new());
    match HeaderValue::from_str(to) {
        Ok(to) => {
            *answer.status_mut() = StatusCode::SEE_OTHER;
            answer.headers_mut().insert(LOCATION, to);
            answer
                .headers_mut()
                .insert(VARY, HeaderValue::from_static("accept-language"));
        }
        Err(_) => *answer.status_mut() = StatusCode::BAD_REQUEST,
    }
    answer
}

/// Plain words.
pub fn words(text: &'static str) -> Response<Body> {
    plain("text/plain; charset=utf-8", text.into())
}

fn plain(media_type: &'static str, bytes: Bytes) -> Response<Body> {
    let mut answer = Response::new(Body::from(bytes));
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

/// An answer with a tag of its content; without the content where the asker has it already.
fn tagged(asked: &HeaderMap, media_type: &'static str, bytes: Bytes, keep: &str) -> Response<Body> {
    // Weak: the same content is sent compressed and plain.
    let tag = format!("W/\"{}\"", assets::digest(&bytes));
    let known = asked
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
    let mut answer = plain(media_type, if is_known { Bytes::new() } else { bytes });
    if is_known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    for (name, value) in [(ETAG, tag.as_str()), (CACHE_CONTROL, keep)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// The language that the asker prefers, of the two; Vietnamese where neither is named.
pub fn preferred_language(asked: &HeaderMap) -> Lang {
    let header = asked
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut best: Option<(f64, Lang)> = None;
    for part in header.split(',') {
        let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let primary = range
            .trim()
            .split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let weight: f64 = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse().ok())
            .unwrap_or(0.0);
        let better = weight > best.map_or(0.0, |(weight, _)| weight);
        if let Some(lang) = Lang::from_code(&primary).filter(|_| better) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::Vi, |(_, lang)| lang)
}

/// Gives every answer its protective headers and the milliseconds that it took, and logs it.
pub async fn finish(request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut answer = next.run(request).await;
    let took_ms = began.elapsed().as_secs_f64() * 1000.0;
    tracing::info!(%method, path = uri.path(), status = answer.status().as_u16(), took_ms, "answered");
    let headers = answer.headers_mut();
    let is_drawing = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == "image/svg+xml");
    let policy = if is_drawing { POLICY_DRAWING } else { POLICY };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(value) = HeaderValue::try_from(format!("app;dur={took_ms:.3}")) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferred(header: &str) -> Lang {
        let mut asked = HeaderMap::new();
        asked.insert(
            ACCEPT_LANGUAGE,
            HeaderValue::from_str(header).expect("a header"),
        );
        preferred_language(&asked)
    }

    #[test]
    fn the_language_with_the_greatest_weight_is_taken() {
        assert_eq!(preferred("vi-VN,vi;q=0.9,en;q=0.5"), Lang::Vi);
        assert_eq!(preferred("en-GB,en;q=0.9"), Lang::En);
        assert_eq!(preferred("fr, vi;q=0.3, en;q=0.8"), Lang::En);
        assert_eq!(preferred("fr;q=1, en;q=0"), Lang::Vi);
        assert_eq!(preferred(""), Lang::Vi);
    }
}
