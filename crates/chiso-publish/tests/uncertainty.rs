//! Errors of scores in charts: drawn, told and tabled.

use chiso_publish::chart::*;
use chiso_publish::*;

fn sure(interval: (f64, f64), rank_set: (u32, u32), probability: f64) -> Option<Uncertainty> {
    Some(Uncertainty {
        standard_error: (interval.1 - interval.0) / 4.0,
        interval,
        rank_set: Some(rank_set),
        group_probability: Some(probability),
        confidence: 0.95,
    })
}

fn three_units(errors: bool) -> Ranking {
    let unit = |(code, score, rank, found): (&str, f64, u32, Option<Uncertainty>)| RankedUnit {
        code: code.into(),
        name: format!("Unit {code}"),
        score: Some(score),
        uncertainty: found.filter(|_| errors),
        rank: Some(rank),
        group: Some(0),
        href: Some(format!("/{code}")),
    };
    let rows = [
        ("a", 45.0, 1, sure((44.0, 46.0), (1, 2), 1.0)),
        ("b", 44.5, 2, sure((43.5, 45.5), (1, 3), 0.62)),
        ("c", 41.0, 3, sure((40.0, 42.0), (2, 3), 0.9)),
    ];
    Ranking {
        heading: Heading {
            id: "ranking".into(),
            lang: Lang::En,
            title: "Ranking".into(),
            subtitle: None,
            source: Source {
                text: "a test".into(),
                href: None,
            },
        },
        units: rows.into_iter().map(unit).collect(),
        groups: vec![GroupBand {
            name: "High".into(),
            low: None,
            high: None,
            count: 3,
        }],
        score_name: "Score".into(),
        decimals: 2,
        highlight: None,
    }
}

#[test]
fn a_ranking_with_errors_shows_interval_rank_set_and_probability_in_marks_words_and_table() {
    let figure = ranking(&three_units(true));
    for drawing in &figure.drawings {
        let drawn = drawing.body.clone().into_string();
        assert_eq!(drawn.matches("class=\"interval\"").count(), 3);
        assert_eq!(drawn.matches("class=\"rank-set\"").count(), 3);
        for told in ["1–2", "1–3", "2–3", "&gt;99%", "62%", "95% rank set"] {
            assert!(drawn.contains(told), "{told}");
        }
    }
    assert!(
        figure.description.contains(
            "95% interval 43.50–45.50; rank 2, 95% rank set 1–3; probability of the group 62%"
        ),
        "{}",
        figure.description
    );
    let csv = figure.table.to_csv().unwrap();
    assert_eq!(
        csv.lines().next().unwrap().replace("_status", ""),
        csv.lines().next().unwrap(),
        "no status columns where nothing is missing"
    );
    assert!(
        csv.contains("rank,rank_lo,rank_hi,score,se,lo,hi,group,group_probability"),
        "{csv}"
    );
    assert!(
        csv.contains("Unit b,b,2,1,3,44.5,0.5,43.5,45.5,High,0.62"),
        "{csv}"
    );
}

#[test]
fn a_ranking_without_errors_draws_none() {
    let figure = ranking(&three_units(false));
    for drawing in &figure.drawings {
        let drawn = drawing.body.clone().into_string();
        assert!(!drawn.contains("interval") && !drawn.contains("rank-set") && !drawn.contains('%'));
    }
    assert!(
        figure
            .table
            .to_csv()
            .unwrap()
            .starts_with("name,unit,rank,score,group")
    );
}

#[test]
fn a_profile_says_of_each_change_whether_it_is_beyond_chance() {
    let row = |name: &str, previous: f64, beyond: Option<bool>| ProfileRow {
        code: name.into(),
        name: name.into(),
        min: 1.0,
        max: 10.0,
        score: Some(5.0),
        uncertainty: sure((4.5, 5.5), (1, 2), 0.5).filter(|_| beyond.is_some()),
        previous: Some(previous),
        is_beyond_chance: beyond,
        median: None,
        best: None,
        best_unit: None,
    };
    let figure = profile_dots(&ProfileDots {
        heading: three_units(true).heading,
        unit: "Unit a".into(),
        previous_name: Some("2023".into()),
        rows: vec![
            row("rose", 4.0, Some(true)),
            row("fell", 6.0, Some(true)),
            row("still", 4.9, Some(false)),
            row("unknown", 4.0, None),
        ],
        decimals: 2,
    });
    let drawn = figure.drawings[0].body.clone().into_string();
    for (sign, count) in [("5.00 ▲", 1), ("5.00 ▼", 1), ("5.00 ≈", 1)] {
        assert_eq!(drawn.matches(sign).count(), count, "{sign}");
    }
    assert!(
        figure
            .description
            .contains("change from 2023: +1.00, beyond chance")
    );
    assert!(
        figure
            .description
            .contains("change from 2023: +0.10, within chance")
    );
    assert!(
        figure
            .notes
            .iter()
            .any(|note| note.contains("≈ changed within chance"))
    );
    let csv = figure.table.to_csv().unwrap();
    assert!(
        csv.lines().nth(4).unwrap().contains("not_comparable"),
        "{csv}"
    );
}

#[test]
fn rank_sets_stand_beside_ranks_and_in_words() {
    let row = |name: &str, rank: Option<u32>, found: Option<Uncertainty>| RankSetRow {
        code: name.into(),
        name: name.into(),
        rank,
        ranked: 63,
        uncertainty: found,
        group: Some("High".into()),
        is_total: false,
    };
    let figure = rank_sets(&RankSets {
        heading: three_units(true).heading,
        rows: vec![
            row("Voice", Some(19), sure((4.0, 5.0), (12, 25), 0.4)),
            row("Services", None, None),
        ],
    });
    let drawn = figure.drawings[1].body.clone().into_string();
    assert!(drawn.contains("19 (12–25)") && drawn.contains('–'));
    assert_eq!(drawn.matches("class=\"rank-set\"").count(), 1);
    assert_eq!(
        figure.description,
        "Voice: rank 19, 95% rank set 12–25; group High with probability 40%. Services: no rank."
    );
}
