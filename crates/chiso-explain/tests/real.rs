//! Explanations of the shipped figures.

mod common;

use chiso_explain::{ExplainError, Reason, change, changes};
use chiso_index::Edition;
use common::{assert_adds_up, consecutive, panel};

#[test]
fn contributions_add_up_for_every_province_and_every_pair_of_years() {
    let panel = panel("papi");
    let (mut explained, mut without) = (0, 0);
    for (from, to) in consecutive(&panel) {
        for (_, change) in changes(&panel, from, to).unwrap() {
            match change {
                Ok(change) => {
                    // Every parent, for points and for places: the root and its dimensions.
                    let dimensions = change.dimensions().count();
                    assert_eq!(
                        assert_adds_up(&change),
                        2 * (dimensions + 1),
                        "{} {from}",
                        change.unit
                    );
                    explained += 1;
                }
                Err(error) => {
                    assert!(matches!(error, ExplainError::NoTotal { .. }), "{error}");
                    without += 1;
                }
            }
        }
    }
    assert_eq!(explained + without, 63 * 13);
    assert!(explained > 63 * 12, "{explained}");
}

#[test]
fn the_change_of_one_unit_is_the_same_alone_and_among_all() {
    let panel = panel("papi");
    let (from, to) = (Edition(2023), Edition(2024));
    let all = changes(&panel, from, to).unwrap();
    let (code, among_all) = &all[20];
    assert_eq!(&change(&panel, from, to, code), among_all);
}

#[test]
fn contributions_add_up_over_the_whole_panel_too() {
    let panel = panel("papi");
    for (_, change) in changes(&panel, Edition(2011), Edition(2024)).unwrap() {
        let Ok(change) = change else { continue };
        assert_adds_up(&change);
        assert!(!change.is_comparable());
    }
}

#[test]
fn weighted_contributions_of_the_second_index_add_up() {
    let panel = panel("pci");
    let mut explained = 0;
    for (from, to) in consecutive(&panel) {
        for change in changes(&panel, from, to)
            .unwrap()
            .into_iter()
            .filter_map(|(_, change)| change.ok())
        {
            assert_adds_up(&change);
            explained += 1;
        }
    }
    assert!(explained >= 20, "{explained}");
}

#[test]
fn hung_yen_rose_to_the_nineteenth_place_in_2024() {
    let panel = panel("papi");
    let change = change(&panel, Edition(2023), Edition(2024), "33").unwrap();
    assert_eq!(change.rank.to, 19);
    assert_eq!(
        chiso_explain::ticks_text((change.total_to * 1e4).round() as i64, 4),
        "44.4042"
    );
    insta::assert_snapshot!("hung_yen_2024", outline(&change));
}

fn outline(change: &chiso_explain::Change) -> String {
    let text = |ticks: Option<i64>| {
        ticks.map_or("-".to_owned(), |ticks| chiso_explain::ticks_text(ticks, 6))
    };
    let mut lines = vec![format!("{:?}", change.rank)];
    for node in &change.contributions {
        lines.push(format!(
            "{:<5} {:>10} {:>10} {} comparable={}",
            node.code,
            text(node.contribution_ticks),
            text(node.rank_ticks),
            node.change_ticks == node.contribution_ticks,
            node.comparability.is_comparable(),
        ));
    }
    lines.join("\n")
}

#[test]
fn a_node_that_was_added_dropped_renamed_or_rescaled_is_not_comparable() {
    let panel = panel("papi");
    let reasons = |from, to, code: &str| {
        let change = change(&panel, Edition(from), Edition(to), "01")
            .or_else(|_| chiso_explain::change(&panel, Edition(from), Edition(to), "33"));
        let change = change.unwrap();
        let node = change
            .contributions
            .iter()
            .find(|node| node.code == code)
            .unwrap();
        node.comparability.reasons.clone()
    };
    let has = |reasons: &[Reason], test: fn(&Reason) -> bool| reasons.iter().any(test);
    assert!(has(&reasons(2017, 2018, "7"), |reason| matches!(
        reason,
        Reason::Added
    )));
    assert!(has(&reasons(2017, 2018, "2.1"), |reason| matches!(
        reason,
        Reason::Renamed { .. }
    )));
    assert!(has(&reasons(2018, 2019, "8.1"), |reason| matches!(
        reason,
        Reason::Rescaled { .. }
    )));
    assert!(has(&reasons(2020, 2021, "5.2"), |reason| matches!(
        reason,
        Reason::Dropped
    )));
    assert!(has(&reasons(2020, 2021, "5"), |reason| matches!(
        reason,
        Reason::Part { .. }
    )));
    assert!(has(&reasons(2021, 2022, "1.1"), |reason| matches!(
        reason,
        Reason::Break(_)
    )));
    assert!(reasons(2022, 2023, "papi").is_empty());
}

#[test]
fn errors_say_what_is_missing() {
    let panel = panel("papi");
    let error = |from, to, unit| {
        change(&panel, Edition(from), Edition(to), unit)
            .unwrap_err()
            .to_string()
    };
    assert!(
        error(2010, 2024, "01").starts_with("found no edition 2010; expected one of 2011, 2012")
    );
    assert_eq!(
        error(2024, 2023, "01"),
        "found a change from 2024 to 2023; expected an earlier edition first"
    );
    assert!(error(2023, 2024, "99").contains("found no unit with the code \"99\""));
    // Vĩnh Phúc (26) and Tiền Giang (82) have no total in 2024.
    assert!(
        error(2023, 2024, "26").starts_with("the unit 26 has no total in 2024: without a score")
    );
}
