//! What the pages say, with the project's own packs and figures.

mod common;

use axum::http::StatusCode;
use common::{ask, page};

const PAGES: [&str; 12] = [
    "/papi/2024",
    "/papi/2024?node=1.1",
    "/papi/2024?units=provinces-34",
    "/papi/2014/units/24",
    "/papi/2024/units/33",
    "/papi/2024/units/33?units=provinces-34",
    "/papi/about",
    "/papi/about?version=2018",
    "/papi/2024/compare",
    "/papi/2024/compare?unit=01&unit=33",
    "/papi/data",
    "/pci/2021/units/22",
];

#[tokio::test]
async fn every_page_is_there_in_both_languages_with_one_heading() {
    for address in PAGES {
        for lang in ["vi", "en"] {
            let page = page(&format!("/{lang}{address}")).await;
            assert!(
                page.contains(&format!("<html lang=\"{lang}\">")),
                "{address}"
            );
            assert_eq!(page.matches("<h1").count(), 1, "{address}");
            assert!(!page.contains("NaN") && !page.contains("{}"), "{address}");
        }
    }
}

#[tokio::test]
async fn a_profile_shows_the_published_total_and_the_rank_among_those_with_a_score() {
    let english = page("/en/papi/2024/units/33").await;
    assert!(english.contains("<dd>44.4042</dd>"));
    assert!(english.contains("<dd>19</dd><dd class=\"stat-note\">of 61 provinces</dd>"));
    let vietnamese = page("/vi/papi/2024/units/33").await;
    assert!(vietnamese.contains("<dd>44,4042</dd>"));
    assert!(vietnamese.contains("<h1>Hưng Yên, PAPI 2024</h1>"));
}

#[tokio::test]
async fn a_unit_without_a_total_says_what_is_missing() {
    let page = page("/en/papi/2018/units/22").await;
    assert!(page.contains("Quang Ninh has no total (no score), because these are missing: 2.1 "));
    assert!(!page.contains("<dt>Rank</dt>"));
}

#[tokio::test]
async fn derived_scores_are_marked_with_their_rule_and_change_no_published_page() {
    let derived = page("/en/papi/2024?units=provinces-34").await;
    assert!(
        derived.contains("Derived scores, not published ones. Plain mean of the merged provinces.")
    );
    assert!(derived.contains("/en/papi/2024/units/33?units=provinces-34"));
    assert!(!page("/en/papi/2024").await.contains("Derived scores"));
}

#[tokio::test]
async fn a_dimension_can_be_mapped_and_ranked() {
    let page = page("/en/papi/2024?node=2").await;
    assert!(page.contains("<h1>PAPI 2024: 2 Transparency in Local Decision-making</h1>"));
    assert!(page.contains("charts/map.svg?node=2\""));
}

#[tokio::test]
async fn figures_of_few_units_are_not_passed_off_as_a_national_ranking() {
    assert!(
        page("/en/pci/2021")
            .await
            .contains("ranks here are among those, not the published ones")
    );
}

#[tokio::test]
async fn a_unit_with_a_score_but_without_a_known_group_is_not_shown_as_one_without_a_score() {
    let some_unknown = page("/en/pci/2021").await;
    assert!(some_unknown.contains("Not known, below 68.03"));
    let csv = ask("/en/pci/2021/charts/ranking.csv", &[]).await.text();
    assert_eq!(csv.matches("Not known, below").count(), 12);
    let no_groups = ask("/en/pci/2020/charts/map.csv", &[]).await.text();
    assert!(no_groups.lines().any(|row| row.contains("With a score")));
}

#[tokio::test]
async fn what_is_inferred_is_marked_with_its_evidence() {
    let page = page("/en/pci/about?version=2013-2021").await;
    assert!(page.contains("definition was worked out from published results"));
    assert!(page.contains("Least squares on the published tables"));
}

#[tokio::test]
async fn an_address_that_leads_nowhere_gets_a_page_in_its_language() {
    for address in [
        "/vi/khong-co",
        "/vi/papi/1999",
        "/vi/papi/2024/units/99",
        "/vi/none/2024",
        "/vi/papi/2024?units=moon",
        "/vi/papi/2024?node=99",
        "/vi/papi/about?version=1",
        "/vi/papi/2024/charts/none.svg",
        "/vi/papi/2024/charts/map.exe",
        "/vi/papi/2024/charts/trend.svg",
        "/vi/papi/2024/charts/trend.svg?unit=zz",
        "/vi/papi/data/none.csv",
        "/vi/papi/data/scores-1999.csv",
        "/vi/papi/99999999999999999999",
    ] {
        let answer = ask(address, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        let text = answer.text();
        assert!(
            text.contains("<html lang=\"vi\">") && text.contains("Không tìm thấy trang"),
            "{address}"
        );
        assert!(
            text.contains("href=\"/vi/papi/2024\""),
            "a way on from {address}"
        );
    }
    let english = ask("/nowhere", &[("accept-language", "en")]).await;
    assert!(english.text().contains("This page was not found"));
}

#[tokio::test]
async fn words_of_the_reader_stay_words() {
    let attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for address in [
        format!("/en/papi/2024/compare?unit={attack}&unit=33"),
        format!("/en/papi/2024?index={attack}"),
        format!("/en/papi/{attack}"),
        format!("/en/{attack}"),
    ] {
        let answer = ask(&address, &[]).await;
        assert!(answer.status.as_u16() < 500, "{address}");
        assert!(!answer.text().contains("<script"), "{address}");
    }
}

#[tokio::test]
async fn senseless_queries_never_break_the_server() {
    for query in [
        "unit=%FF%00&unit=zz",
        "",
        "&&&=",
        "unit",
        "version=%",
        &"unit=01&".repeat(500),
    ] {
        for place in [
            "/en/papi/2024/compare",
            "/en/papi/2024",
            "/en/papi/about",
            "/en/",
        ] {
            let answer = ask(&format!("{place}?{query}"), &[]).await;
            assert!(answer.status.as_u16() < 500, "{place}?{query}");
        }
    }
}
