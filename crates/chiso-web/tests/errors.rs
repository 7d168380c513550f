//! Pages and files of an index whose observations have standard errors, all of them simulated.

mod common;

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use axum::http::StatusCode;
use chiso_index::Panel;
use chiso_index::observations::read_csv;
use chiso_web::{IndexData, Site};

/// Five communes in two editions: A far ahead, B and C alike, D and E below; C fell far, B a little.
fn observations() -> String {
    let rows = [
        (
            2025,
            [
                ("A", 95.0),
                ("B", 70.5),
                ("C", 85.0),
                ("D", 50.0),
                ("E", 40.0),
            ],
        ),
        (
            2026,
            [
                ("A", 96.0),
                ("B", 70.0),
                ("C", 69.0),
                ("D", 51.0),
                ("E", 40.5),
            ],
        ),
    ];
    let mut text = "edition,unit,node,value,se,n\n".to_owned();
    for (edition, units) in rows {
        for (unit, value) in units {
            for (node, value, se) in [
                ("on_time_pct", value, 1.5),
                ("waiting_days", 20.0 - value / 5.0, 0.4),
                ("satisfied_pct", value, 2.0),
            ] {
                writeln!(text, "{edition},{unit},{node},{value},{se},300").unwrap();
            }
        }
    }
    text
}

fn site() -> Site {
    let pack = common::pack_in(&common::root().join("examples"), "own-index");
    let observations = read_csv(&pack, None, "simulated", observations().as_bytes()).unwrap();
    let panel = Panel::score(&pack, None, &observations).unwrap();
    Site::new(vec![IndexData {
        panel,
        observations,
        derived: Vec::new(),
        data_source: pack.publisher.clone(),
        is_simulated: true,
    }])
}

static SITE: LazyLock<Arc<Site>> = LazyLock::new(|| Arc::new(site()));

async fn text(address: &str) -> String {
    let answer = common::ask_site(SITE.clone(), address, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}");
    answer.text()
}

#[tokio::test]
async fn every_page_of_a_simulated_index_says_so_in_both_languages() {
    for path in [
        "2026",
        "2026/units/A",
        "2026/compare?unit=A&unit=B",
        "about",
        "data",
    ] {
        for (lang, words) in [("en", "SIMULATED survey"), ("vi", "Khảo sát MÔ PHỎNG")] {
            let page = text(&format!("/{lang}/own-index/{path}")).await;
            assert_eq!(
                page.matches("<aside class=\"banner\"").count(),
                1,
                "{lang} {path}"
            );
            assert!(page.contains(words), "{lang} {path}");
        }
    }
    assert!(
        !common::page("/en/papi/2024")
            .await
            .contains("class=\"banner\"")
    );
}

#[tokio::test]
async fn the_overview_tells_how_to_read_errors_and_the_ranking_draws_them() {
    let page = text("/en/own-index/2026").await;
    assert!(
        page.contains("How to read it: the line is the 95% interval"),
        "{page}"
    );
    assert!(page.contains("href=\"/en/own-index/about#errors\""));
    // A narrow and a wide drawing of five rows each.
    assert_eq!(page.matches("class=\"rank-set\"").count(), 10);
    assert!(page.contains("95% rank set 1"), "{page}");
    assert!(
        text("/en/own-index/about")
            .await
            .contains("<h2 id=\"errors\">")
    );
}

#[tokio::test]
async fn the_profile_tells_a_change_beyond_chance_from_one_within() {
    let fell = text("/en/own-index/2026/units/C").await;
    assert!(fell.contains("against 2025; ▼ beyond chance"), "{fell}");
    let still = text("/en/own-index/2026/units/B").await;
    assert!(still.contains("against 2025; ≈ within chance"), "{still}");
    for page in [fell, still] {
        assert!(page.contains("95% interval") && page.contains("id=\"rank-sets\""));
        assert!(!page.contains("No published standard errors"));
    }
}

#[tokio::test]
async fn a_comparison_tells_true_differences_from_chance() {
    let page = text("/en/own-index/2026/compare?unit=A&unit=B&unit=C").await;
    assert_eq!(
        page.matches("▲ beyond chance").count(),
        2,
        "A against B and C"
    );
    assert_eq!(page.matches("≈ within chance").count(), 1, "B against C");
    assert!(page.contains("of 10 pairs of communes truly differ"));
}

#[tokio::test]
async fn files_of_charts_and_scores_have_the_columns_of_errors() {
    for (file, columns) in [
        (
            "2026/charts/ranking.csv",
            "name,unit,rank,rank_lo,rank_hi,score,se,lo,hi,group,group_probability",
        ),
        (
            "2026/charts/rank-sets.csv?unit=A",
            "name,node,rank,rank_lo,rank_hi,ranked,group,group_probability",
        ),
        (
            "data/scores-2026.csv",
            "index,version,edition,unit,node,level,score,se,lo,hi,n,share_of_max,rank,rank_lo,rank_hi,group,group_probability",
        ),
    ] {
        let csv = text(&format!("/en/own-index/{file}")).await;
        let header = csv.lines().next().unwrap();
        assert!(header.starts_with(columns), "{file}: {header}");
    }
    let ranking = text("/en/own-index/2026/charts/ranking.csv").await;
    let best: Vec<&str> = ranking.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(best[..5], ["A", "A", "1", "1", "1"], "A truly leads");
}

#[tokio::test]
async fn without_errors_a_page_says_so_once_and_draws_none() {
    for path in [
        "2024",
        "2024/units/33",
        "2024/compare?unit=01&unit=33",
        "about",
    ] {
        let page = common::page(&format!("/en/papi/{path}")).await;
        assert_eq!(
            page.matches("No published standard errors").count(),
            1,
            "{path}"
        );
        for drawn in ["class=\"interval\"", "rank-set", "chance"] {
            assert!(!page.contains(drawn), "{path}: {drawn}");
        }
    }
    let none = common::ask("/en/papi/2024/charts/rank-sets.svg?unit=33", &[]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
