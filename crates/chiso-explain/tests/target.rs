//! Goals on the shipped figures, proved by scoring the changed observations anew.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_explain::{ExplainError, Gain, Goal, past_gains, target, ticks_text};
use chiso_index::{Edition, Pack, Panel};
use common::{figures, pack, panel, panel_of};

/// The printed value raised by ticks, as a person would write it.
fn raised(value: &str, ticks: i64) -> String {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    let digits = rest.len().max(6);
    let scale = 10i64.pow(digits as u32 - 6);
    let number: i64 = format!("{whole}{rest:0<digits$}").parse().unwrap();
    ticks_text(number + ticks * scale, digits as u8)
}

/// The panel scored from figures in which the gains have been added.
fn with_gains(
    pack: &Arc<Pack>,
    figures: &str,
    edition: Edition,
    unit: &str,
    gains: &[(String, i64)],
) -> Panel {
    let gains: BTreeMap<&str, i64> = gains
        .iter()
        .map(|(code, ticks)| (code.as_str(), *ticks))
        .collect();
    let mut changed = 0;
    let lines = figures.lines().map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        match gains.get(cells[2]) {
            Some(&ticks) if cells[0] == edition.to_string() && cells[1] == unit => {
                changed += 1;
                let mut cells: Vec<String> = cells.iter().map(|&cell| cell.to_owned()).collect();
                cells[3] = raised(&cells[3], ticks);
                cells.join(",")
            }
            _ => line.to_owned(),
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(changed, gains.len(), "every gain must find its observation");
    panel_of(pack, &text)
}

fn reaches(panel: &Panel, edition: Edition, unit: &str, goal: Goal) -> bool {
    let scored = &panel.editions[&edition];
    let place = scored.unit(unit).unwrap();
    match goal {
        Goal::Rank(rank) => scored
            .rank(scored.root(), place)
            .is_some_and(|reached| reached <= rank),
        Goal::Group(group) => scored
            .group(scored.root(), place)
            .is_some_and(|reached| reached <= group),
    }
}

#[test]
fn each_leaf_reaches_the_goal_with_its_gain_and_not_with_a_tick_less() {
    let (pack, figures, panel) = (pack("papi"), figures("papi"), panel("papi"));
    let mut proved = 0;
    for (year, unit, goal) in [
        (2024, "33", Goal::Rank(5)),
        (2024, "33", Goal::Rank(18)),
        (2024, "33", Goal::Group(1)),
        (2023, "02", Goal::Group(2)),
        (2022, "52", Goal::Group(3)),
        (2016, "19", Goal::Rank(10)),
    ] {
        let edition = Edition(year);
        let found = target(&panel, edition, unit, goal).unwrap();
        // A way for every leaf is the same arithmetic: the first three are scored anew.
        for route in found
            .routes
            .iter()
            .filter(|route| route.is_leaf && route.is_allowed)
            .take(3)
        {
            let scored_with = |ticks| {
                let gains = [(route.gain.code.clone(), ticks)];
                with_gains(&pack, &figures, edition, unit, &gains)
            };
            assert!(
                reaches(&scored_with(route.gain.ticks), edition, unit, goal),
                "{year} {unit} {route:?}"
            );
            assert!(
                !reaches(&scored_with(route.gain.ticks - 1), edition, unit, goal),
                "{year} {unit} {route:?}"
            );
            proved += 1;
        }
    }
    assert!(proved >= 10, "{proved}");
}

#[test]
fn a_combination_reaches_the_goal_and_its_last_gain_is_the_smallest() {
    let (pack, figures, panel) = (pack("papi"), figures("papi"), panel("papi"));
    let (edition, unit, goal) = (Edition(2024), "33", Goal::Rank(5));
    let found = target(&panel, edition, unit, goal).unwrap();
    let gains: Vec<Gain> = found.combination.unwrap().gains;
    let scored_with = |less: i64| {
        let mut gains: Vec<(String, i64)> = gains
            .iter()
            .map(|gain| (gain.code.clone(), gain.ticks))
            .collect();
        gains.last_mut().unwrap().1 -= less;
        with_gains(&pack, &figures, edition, unit, &gains)
    };
    assert!(gains.len() > 1);
    assert!(reaches(&scored_with(0), edition, unit, goal));
    assert!(!reaches(&scored_with(1), edition, unit, goal));
}

#[test]
fn weighted_gains_reach_the_goal_and_not_with_a_tick_less() {
    let (pack, figures, panel) = (pack("pci"), figures("pci"), panel("pci"));
    let (edition, goal) = (Edition(2021), Goal::Rank(5));
    let scored = &panel.editions[&edition];
    let tenth = scored.ranking(scored.root())[9];
    let unit = scored.units[tenth].to_string();
    let found = target(&panel, edition, &unit, goal).unwrap();
    let gains: std::collections::BTreeSet<i64> =
        found.routes.iter().map(|route| route.gain.ticks).collect();
    assert!(
        gains.len() >= 3,
        "three weights ask for three gains: {gains:?}"
    );
    for route in found.routes.iter().filter(|route| route.is_allowed) {
        for (less, expected) in [(0, true), (1, false)] {
            let gains = [(route.gain.code.clone(), route.gain.ticks - less)];
            let changed = with_gains(&pack, &figures, edition, &unit, &gains);
            assert_eq!(
                reaches(&changed, edition, &unit, goal),
                expected,
                "{route:?}"
            );
        }
    }
}

#[test]
fn routes_are_ordered_by_how_often_they_were_made_and_counts_are_of_the_panel() {
    let panel = panel("papi");
    let edition = Edition(2024);
    let found = target(&panel, edition, "33", Goal::Rank(18)).unwrap();
    let allowed: Vec<_> = found
        .routes
        .iter()
        .filter(|route| route.is_allowed)
        .collect();
    assert!(
        allowed
            .windows(2)
            .all(|pair| pair[0].share() >= pair[1].share())
    );
    // Counted by hand, over the plain figures, for a leaf that no version changed.
    let route = found
        .routes
        .iter()
        .find(|route| route.gain.code == "4.3")
        .unwrap();
    let values: BTreeMap<(i32, String), f64> = figures("papi")
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[2] == "4.3").then(|| {
                (
                    (cells[0].parse().unwrap(), cells[1].to_owned()),
                    cells[3].parse().unwrap(),
                )
            })
        })
        .collect();
    let ticks = |value: &f64| (value * 1e6).round() as i64;
    let change = |(key, value): (&(i32, String), &f64)| {
        let next = values.get(&(key.0 + 1, key.1.clone()))?;
        Some(ticks(next) - ticks(value))
    };
    let changes: Vec<i64> = values.iter().filter_map(change).collect();
    assert_eq!(route.years.len(), 13);
    assert_eq!(route.seen, changes.len());
    assert_eq!(
        route.made,
        changes
            .iter()
            .filter(|&&change| change >= route.gain.ticks)
            .count()
    );
    assert!(route.made > 0);
}

#[test]
fn years_across_a_break_of_the_node_do_not_count() {
    let panel = panel("papi");
    let past = past_gains(&panel, Edition(2024));
    let tree = &panel.editions[&Edition(2024)].version.tree;
    let years = |code| &past[tree.find(code).unwrap().0].years;
    // 1.1 has breaks in 2019 and 2022; 7.1 exists since 2018 and has a break in 2019.
    assert!(!years("1.1").contains(&(Edition(2021), Edition(2022))));
    assert!(years("1.1").contains(&(Edition(2022), Edition(2023))));
    assert_eq!(years("7.1").first(), Some(&(Edition(2019), Edition(2020))));
}

#[test]
fn a_goal_that_is_reached_needs_nothing() {
    let panel = panel("papi");
    let found = target(&panel, Edition(2024), "33", Goal::Rank(19)).unwrap();
    assert_eq!((found.total_gain_ticks, found.routes.len()), (Some(0), 0));
}

#[test]
fn a_goal_that_the_edition_does_not_have_is_an_error() {
    let (papi, pci) = (panel("papi"), panel("pci"));
    let goal = |goal| target(&papi, Edition(2024), "33", goal).unwrap_err();
    assert!(matches!(goal(Goal::Rank(0)), ExplainError::RankGoal { .. }));
    assert!(matches!(
        goal(Goal::Rank(64)),
        ExplainError::RankGoal { ranked: 61, .. }
    ));
    assert!(matches!(
        goal(Goal::Group(0)),
        ExplainError::GroupGoal { .. }
    ));
    assert!(matches!(
        goal(Goal::Group(4)),
        ExplainError::GroupGoal { groups: 3, .. }
    ));
    let error = target(&pci, Edition(2023), "38", Goal::Group(1)).unwrap_err();
    assert!(matches!(error, ExplainError::NoGroups { .. }));
    let error = target(&papi, Edition(2024), "26", Goal::Rank(1)).unwrap_err();
    assert!(matches!(error, ExplainError::NoTotal { .. }));
}

#[test]
fn the_rank_and_group_that_a_unit_has_need_nothing_and_better_ones_something() {
    for (id, year) in [("papi", 2022), ("papi", 2013), ("pci", 2021)] {
        let (panel, edition) = (panel(id), Edition(year));
        let scored = &panel.editions[&edition];
        let root = scored.root();
        let mut checked = 0;
        for (place, unit) in scored.units.iter().enumerate() {
            let gain = |goal| {
                target(&panel, edition, unit, goal)
                    .unwrap()
                    .total_gain_ticks
            };
            let Some(rank) = scored.rank(root, place) else {
                continue;
            };
            assert_eq!(gain(Goal::Rank(rank)), Some(0), "{id} {year} {unit}");
            if rank > 1 {
                // One place better may be held by several.
                assert!(
                    gain(Goal::Rank(rank - 1)).is_some_and(|ticks| ticks > 0),
                    "{id} {year} {unit}"
                );
            }
            if let Some(group) = scored.group(root, place).filter(|&group| group > 1) {
                assert!(
                    gain(Goal::Group(group - 1)).is_some_and(|ticks| ticks > 0),
                    "{id} {year} {unit}"
                );
            }
            checked += 1;
        }
        assert!(checked > 20, "{id} {year} {checked}");
    }
}
