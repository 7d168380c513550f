//! Where forms lead, what files hold, and the headers of every answer.

mod common;

use axum::http::StatusCode;
use common::ask;

async fn leads_to(address: &str, language: &str) -> String {
    let answer = ask(address, &[("accept-language", language)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
    answer.header("location").to_owned()
}

#[tokio::test]
async fn the_first_page_follows_the_readers_language() {
    assert_eq!(leads_to("/", "vi-VN,vi;q=0.9,en;q=0.5").await, "/vi/");
    assert_eq!(leads_to("/", "en-GB,en;q=0.9").await, "/en/");
    assert_eq!(leads_to("/en", "vi").await, "/en/");
    assert_eq!(leads_to("/vi/", "en").await, "/vi/papi/2024");
}

#[tokio::test]
async fn the_pickers_lead_to_what_was_picked_or_to_the_nearest_that_is_there() {
    for (query, page) in [
        ("index=papi&edition=2021&node=&units=", "/en/papi/2021"),
        ("index=papi&edition=2021&node=1.1", "/en/papi/2021?node=1.1"),
        (
            "index=papi&edition=2024&units=provinces-34",
            "/en/papi/2024?units=provinces-34",
        ),
        ("index=papi&edition=2021&unit=33", "/en/papi/2021/units/33"),
        ("index=pci&edition=2011&node=1.1&unit=none", "/en/pci/2023"),
        ("index=none&edition=x", "/en/papi/2024"),
    ] {
        assert_eq!(
            leads_to(&format!("/en/?{query}"), "vi").await,
            page,
            "{query}"
        );
    }
}

#[tokio::test]
async fn every_answer_has_its_protective_headers_and_its_time() {
    for address in [
        "/vi/papi/2024",
        "/vi/none",
        "/assets/style.css",
        "/",
        "/healthz",
        "/vi/papi/data/scores-2024.csv",
    ] {
        let answer = ask(address, &[]).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'"),
            "{address}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(
            answer.header("server-timing").starts_with("app;dur="),
            "{address}"
        );
    }
    let drawing = ask("/vi/papi/2024/charts/map.svg", &[]).await;
    assert!(
        drawing
            .header("content-security-policy")
            .contains("style-src 'unsafe-inline'")
    );
}

#[tokio::test]
async fn pages_need_no_script_no_inline_style_and_nothing_from_elsewhere() {
    for address in [
        "/vi/papi/2024",
        "/vi/papi/2024/units/33",
        "/en/papi/data",
        "/en/pci/about",
    ] {
        let text = common::page(address).await;
        assert!(
            !text.contains("<script") && !text.contains("style=\"") && !text.contains("<style"),
            "{address}"
        );
        assert!(!text.contains("src=\"http"), "{address}");
    }
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_twice() {
    let first = ask("/vi/papi/2024", &[]).await;
    let again = ask("/vi/papi/2024", &[("if-none-match", first.header("etag"))]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.bytes.is_empty());
    let other = ask("/en/papi/2024", &[("if-none-match", first.header("etag"))]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_are_sent_compressed_to_those_who_can_read_that() {
    let plain = ask("/vi/papi/2024", &[]).await;
    let packed = ask("/vi/papi/2024", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 4 < plain.bytes.len());
}

fn field<'a>(header: &str, row: &'a str, name: &str) -> &'a str {
    let place = header.split(',').position(|column| column == name).unwrap();
    row.split(',').nth(place).unwrap()
}

#[tokio::test]
async fn the_file_of_scores_holds_the_published_total() {
    for address in ["/en/papi/data/scores-2024.csv", "/en/papi/data/scores.csv"] {
        let answer = ask(address, &[]).await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        let text = answer.text();
        let header = text.lines().next().unwrap();
        let row = text.lines().find(|row| {
            field(header, row, "edition") == "2024"
                && field(header, row, "unit") == "33"
                && field(header, row, "node") == "papi"
        });
        let score: f64 = field(header, row.unwrap(), "score").parse().unwrap();
        assert_eq!(format!("{score:.4}"), "44.4042", "{address}");
    }
}

#[tokio::test]
async fn the_file_of_observations_is_the_one_that_was_scored() {
    let answer = ask("/en/papi/data/observations.csv", &[]).await;
    let shipped = include_str!("../../../data/papi/observations.csv");
    let key = |row: &str| {
        row.split(',')
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let value = |row: &str| {
        row.split(',')
            .nth(3)
            .and_then(|value| value.parse::<f64>().ok())
    };
    let rows = |text: &str| {
        text.lines()
            .skip(1)
            .map(|row| (key(row), value(row)))
            .collect::<Vec<_>>()
    };
    let (mut sent, mut wanted) = (rows(&answer.text()), rows(shipped));
    sent.sort_by(|a, b| a.0.cmp(&b.0));
    wanted.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(sent.len(), wanted.len());
    assert!(sent == wanted, "a row differs");
}

#[tokio::test]
async fn parquet_and_charts_are_of_the_kind_that_their_ending_says() {
    for address in [
        "scores.parquet",
        "scores-provinces-34-2024.parquet",
        "observations.parquet",
    ] {
        let answer = ask(&format!("/vi/pci/data/{address}"), &[]).await;
        if address.contains("2024") {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
            continue;
        }
        assert_eq!(&answer.bytes[..4], b"PAR1", "{address}");
        assert_eq!(
            answer.header("content-type"),
            "application/vnd.apache.parquet"
        );
    }
    let json = ask("/vi/papi/2024/charts/contributions.json?unit=33", &[]).await;
    let value: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(value["metadata"]["edition"], "2024");
    assert!(value["records"].as_array().unwrap().len() > 8);
    let csv = ask("/vi/papi/2024/charts/map.csv", &[]).await;
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"papi-2024-map.csv\""
    );
    assert_eq!(csv.text().lines().count(), 64);
    let svg = ask("/vi/papi/2024/charts/map.svg", &[]).await.text();
    assert!(svg.contains("Hoàng Sa") && svg.contains("Trường Sa"));
}

#[tokio::test]
async fn the_stylesheet_and_its_fonts_are_served_side_by_side() {
    let style = ask("/assets/style.css", &[]).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    let text = style.text();
    let fonts: Vec<&str> = text
        .split("url(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(fonts.len() >= 9);
    for font in fonts {
        assert_eq!(
            ask(&format!("/assets/{font}"), &[])
                .await
                .header("content-type"),
            "font/woff2",
            "{font}"
        );
    }
    assert_eq!(
        ask("/assets/../Cargo.toml", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}
