//! Multistage samples: the published design of the citizen survey PAPI, before and after the
//! district tier ended, and what every sample promises.

use std::collections::{BTreeMap, BTreeSet};

use chiso_survey::select::{
    Count, Frame, FrameReport, FrameRow, Method, Order, Plan, Role, SampleReport, SeatStage,
    SelectError, SelectedUnit, Shortage, Stage, Stream, draw, seats_then_size,
};
use proptest::prelude::*;

fn names(levels: &[&str]) -> Vec<String> {
    levels.iter().map(|&level| level.to_owned()).collect()
}

fn seat_stage(level: &str, take: impl Into<Count>) -> SeatStage {
    SeatStage {
        level: level.to_owned(),
        take: take.into(),
    }
}

/// Rows with the given number of units per level below the provinces; the first unit of each is the
/// seat; villages have 150 to 900 adults.
fn rows(provinces: usize, counts: &[usize]) -> Vec<FrameRow> {
    let mut stream = Stream::new(1, &["sizes"]);
    let mut paths: Vec<(Vec<String>, Vec<bool>)> = (1..=provinces)
        .map(|province| (vec![format!("P{province:02}")], vec![false]))
        .collect();
    for &count in counts {
        let longer = |(path, certain): &(Vec<String>, Vec<bool>)| {
            let add = |unit: usize| {
                let mut path = path.clone();
                path.push(format!("{unit:02}"));
                (path, [certain.as_slice(), &[unit == 1]].concat())
            };
            (1..=count).map(add).collect::<Vec<_>>()
        };
        paths = paths.iter().flat_map(longer).collect();
    }
    let row = |(path, certain)| FrameRow {
        path,
        certain,
        size: Some((150 + stream.below(750)) as f64),
    };
    paths.into_iter().map(row).collect()
}

const DISTRICT_TIER: [&str; 4] = ["province", "district", "commune", "village"];

/// The published design: http://papi.org.vn/eng/faq (207 districts, 414 communes, 828 villages) and
/// https://papi.org.vn/eng/hoi-dap/?title=papi-chon-nguoi-tra-loi-phong-van-nhu-the-nao (3 districts
/// in 57 small provinces, 6 in 4 medium and 2 large ones; 2 communes; 2 villages; 20 persons and 10
/// replacements, 30 and 15 in the large provinces; seats are certainty units, others PPS).
fn published(provinces: usize) -> Plan {
    let first = |count: usize| (1..=count.min(provinces)).map(|id| format!("P{id:02}"));
    seats_then_size(
        "province",
        vec![
            seat_stage("district", Count::from(3).with(first(6), 6)),
            seat_stage("commune", 2),
            seat_stage("village", 2),
        ],
        seat_stage("person", Count::from(20).with(first(2), 30)),
        Count::from(10).with(first(2), 15),
    )
}

fn clusters(units: &[SelectedUnit], stage: usize) -> usize {
    let clusters: BTreeSet<&str> = units
        .iter()
        .map(|unit| unit.stages[stage].cluster.as_str())
        .collect();
    clusters.len()
}

#[test]
fn the_published_design_visits_the_published_numbers_of_places() {
    let frame = Frame::new(names(&DISTRICT_TIER), rows(63, &[8, 6, 4])).unwrap();
    let sample = draw(&frame, &published(63), 20_261_125).unwrap();
    assert_eq!(clusters(&sample.units, 0), 207);
    assert_eq!(clusters(&sample.units, 1), 414);
    assert_eq!(clusters(&sample.units, 2), 828);
    // 57 · 12 and 4 · 24 villages of 20 persons, 2 · 24 of 30.
    assert_eq!(
        sample.selected().count(),
        (57 * 12 + 4 * 24) * 20 + 2 * 24 * 30
    );
    let replacements = sample.units.len() - sample.selected().count();
    assert_eq!(replacements, (57 * 12 + 4 * 24) * 10 + 2 * 24 * 15);
    for unit in &sample.units {
        for (stage, id) in unit.path[1..4].iter().enumerate() {
            assert!(
                id != "01" || unit.stages[stage].certain,
                "a seat is certain: {:?}",
                unit.path
            );
        }
    }
    let report = SampleReport::new(&published(63), &sample).unwrap();
    assert!(
        report
            .stages
            .iter()
            .all(|stage| stage.planned == stage.drawn)
    );
    assert!(
        report
            .stages
            .iter()
            .all(|stage| stage.planned_replacements == stage.drawn_replacements)
    );
    assert_eq!(report.lonely_strata, Vec::<String>::new());
    assert!(report.weights.design_effect > 1.0);
}

#[test]
fn without_districts_communes_are_drawn_from_the_province() {
    // Since 2025-07-01: 34 provinces, communes directly below them.
    let frame = Frame::new(
        names(&["province", "commune", "village"]),
        rows(34, &[30, 6]),
    )
    .unwrap();
    let plan = seats_then_size(
        "province",
        vec![
            seat_stage("commune", Count::from(8).with(["P01"], 12)),
            seat_stage("village", 2),
        ],
        seat_stage("person", 20),
        Count::from(10),
    );
    let sample = draw(&frame, &plan, 2025).unwrap();
    assert_eq!(clusters(&sample.units, 0), 33 * 8 + 12);
    assert_eq!(clusters(&sample.units, 1), 2 * (33 * 8 + 12));
    assert_eq!(sample.levels, ["province", "commune", "village", "person"]);
    assert_eq!(
        sample.header().join(","),
        "province,commune,village,person,role,replacement,\
        probability,weight,stratum,psu,stratum1,cluster1,fpc1,stratum2,cluster2,fpc2,\
        stratum3,cluster3,fpc3"
    );
    assert!(
        sample
            .units
            .iter()
            .all(|unit| sample.record(unit).len() == 19)
    );
}

#[test]
fn replacements_stand_in_order_beside_the_selected() {
    let frame = Frame::new(names(&DISTRICT_TIER), rows(2, &[7, 3, 3])).unwrap();
    let sample = draw(&frame, &published(2), 4).unwrap();
    let mut villages: BTreeMap<&[String], Vec<&SelectedUnit>> = BTreeMap::new();
    for unit in &sample.units {
        villages.entry(&unit.path[..4]).or_default().push(unit);
    }
    for units in villages.values() {
        let distinct: BTreeSet<&String> = units.iter().map(|unit| &unit.path[4]).collect();
        assert_eq!(distinct.len(), 45);
        let roles: Vec<Role> = units.iter().map(|unit| unit.role).collect();
        let expected =
            std::iter::repeat_n(Role::Selected, 30).chain((1..=15).map(Role::Replacement));
        assert_eq!(roles, expected.collect::<Vec<_>>());
        assert!(units.iter().all(|unit| unit.weight == units[0].weight));
    }
}

#[test]
fn the_design_columns_say_what_was_random() {
    let frame = Frame::new(names(&DISTRICT_TIER), rows(7, &[9, 5, 4])).unwrap();
    let sample = draw(&frame, &published(7), 9).unwrap();
    for unit in sample.units.iter().filter(|unit| unit.path[0] == "P07") {
        let product: f64 = unit.stages.iter().map(|stage| stage.probability).product();
        assert_eq!(unit.probability, product);
        assert!((unit.weight * product - 1.0).abs() < 1e-15);
        let district = format!("P07/{}", unit.path[1]);
        let commune = format!("{district}/{}", unit.path[2]);
        let seat = unit.path[1] == "01";
        // The seat district is a stratum whose communes are PSUs; the others are PSUs themselves.
        assert_eq!(
            unit.stratum,
            if seat {
                district.clone()
            } else {
                "P07".to_owned()
            }
        );
        assert_eq!(
            unit.psu,
            if seat {
                commune.clone()
            } else {
                district.clone()
            }
        );
        assert_eq!(
            unit.stages[0].stratum,
            if seat {
                district.clone()
            } else {
                "P07".to_owned()
            }
        );
        assert_eq!(unit.stages[0].cluster, district);
        assert_eq!(unit.stages[1].cluster, commune);
        assert_eq!(unit.stages[0].certain, seat);
    }
}

#[test]
fn weights_estimate_the_population_without_bias() {
    let rows = rows(2, &[7, 3, 3]);
    let population: f64 = rows.iter().map(|row| row.size.unwrap()).sum();
    let frame = Frame::new(names(&DISTRICT_TIER), rows).unwrap();
    let sums: Vec<f64> = (0..400)
        .map(|seed| {
            draw(&frame, &published(2), seed)
                .unwrap()
                .selected()
                .map(|unit| unit.weight)
                .sum()
        })
        .collect();
    let mean = sums.iter().sum::<f64>() / 400.0;
    let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 399.0;
    let error = (variance / 400.0).sqrt();
    assert!(
        (mean - population).abs() < 4.0 * error,
        "{mean} for {population}, error {error}"
    );
    assert!(error < 0.02 * population);
}

#[test]
fn villages_come_as_often_as_their_probability_says() {
    let frame = Frame::new(names(&["province", "commune", "village"]), rows(1, &[6, 4])).unwrap();
    for method in [
        Method::PpsSampford,
        Method::PpsBrewer,
        Method::PpsSystematic,
    ] {
        let stage = |level: &str, take: usize, method| Stage {
            flagged_first: true,
            order: Order::Random,
            ..Stage::new(level, take, method)
        };
        let plan = Plan {
            domain_levels: names(&["province"]),
            stages: vec![
                stage("commune", 3, method),
                stage("village", 2, Method::Systematic),
            ],
        };
        let mut counts: BTreeMap<Vec<String>, (u32, f64)> = BTreeMap::new();
        for seed in 0..4000 {
            for unit in draw(&frame, &plan, seed).unwrap().units {
                let entry = counts.entry(unit.path).or_insert((0, unit.probability));
                entry.0 += 1;
                assert!(
                    (entry.1 - unit.probability).abs() < 1e-12,
                    "the same in every sample"
                );
            }
        }
        assert_eq!(counts.len(), 24);
        for (path, (count, probability)) in counts {
            let error = (4000.0 * probability * (1.0 - probability)).sqrt();
            let difference = (f64::from(count) - 4000.0 * probability).abs();
            assert!(
                difference <= 4.5 * error + 1e-9,
                "{method:?} {path:?}: {count} for {probability}"
            );
        }
    }
}

#[test]
fn short_villages_are_taken_whole_and_reported() {
    let mut rows = rows(1, &[7, 3, 3]);
    for row in &mut rows {
        row.size = Some(if row.path[3] == "01" { 35.0 } else { 12.0 });
    }
    let frame = Frame::new(names(&DISTRICT_TIER), rows).unwrap();
    let plan = published(1);
    let sample = draw(&frame, &plan, 1).unwrap();
    let report = SampleReport::new(&plan, &sample).unwrap();
    let persons = &report.stages[3];
    // 24 villages are planned with 30 persons each; half have 35 (30 and 5 replacements), half 12.
    assert_eq!((persons.planned, persons.drawn), (720, 12 * 30 + 12 * 12));
    assert_eq!(
        (persons.planned_replacements, persons.drawn_replacements),
        (360, 12 * 5)
    );
    assert_eq!(persons.certain, 12 * 12);
}

#[test]
fn the_frame_report_shows_what_is_wrong() {
    let mut rows = rows(2, &[2, 2, 2]);
    rows[1].size = None;
    rows[2].size = Some(0.0);
    rows.push(rows[5].clone());
    let frame = Frame::new(names(&DISTRICT_TIER), rows).unwrap();
    let plan = published_for_all();
    let report = FrameReport::new(&frame, &plan).unwrap();
    assert_eq!(report.duplicates, [(6, 17)]);
    assert_eq!(report.without_size, ["P01/01/01/02"]);
    assert_eq!(report.of_size_zero, ["P01/01/02/01"]);
    assert_eq!(report.domains[1].units, [2, 4, 8]);
    assert_eq!(report.domains[1].certain, [1, 2, 4]);
    assert_eq!(report.domains[0].size, None);
    let communes = &report.levels[2];
    assert_eq!(
        (communes.units, communes.certain, communes.without_size),
        (8, 4, 1)
    );
    assert_eq!(
        draw(&frame, &plan, 1).unwrap_err().to_string(),
        "rows 6 and 17 of the frame are both the unit P01/02/01/02; expected one row each"
    );
}

fn published_for_all() -> Plan {
    let mut plan = published(0);
    for stage in &mut plan.stages {
        stage.take.by_domain.clear();
        stage.replacements.by_domain.clear();
    }
    plan
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let frame = |change: fn(&mut Vec<FrameRow>)| {
        let mut rows = rows(2, &[4, 3, 3]);
        change(&mut rows);
        Frame::new(names(&DISTRICT_TIER), rows)
    };
    let plan = published_for_all();
    let error = |change| {
        draw(&frame(change).unwrap(), &plan, 1)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(|rows| rows[4].size = None),
        "village P01/01/02/02 has no size in the frame; expected one, since units are drawn or ordered by size"
    );
    assert_eq!(
        error(|rows| rows.iter_mut().for_each(|row| row.size = Some(100.5))),
        "village P01/01/01/01 has the size 100.5; expected a whole number of person, from which its list is drawn"
    );
    assert_eq!(
        error(|rows| rows.iter_mut().for_each(|row| row.certain[1] = true)),
        "P01 has 4 certainty units of the level district; expected at most the 3 to be drawn"
    );
    assert_eq!(
        frame(|rows| rows[4].certain[2] = true)
            .unwrap_err()
            .to_string(),
        "rows 4 and 5 of the frame: commune P01/01/02 is a certainty unit in one of them only"
    );
    assert_eq!(
        frame(|rows| rows[3].size = Some(-1.0))
            .unwrap_err()
            .to_string(),
        "row 4 of the frame, P01/01/02/01: found the size -1; expected a finite number, 0 or above, or none"
    );
    assert!(matches!(
        frame(|rows| rows[3].path[1].clear()),
        Err(SelectError::EmptyId { row: 4, .. })
    ));
    assert!(matches!(frame(Vec::clear), Err(SelectError::EmptyFrame)));
    let mut strict = plan.clone();
    strict.stages[1].shortage = Shortage::Fail;
    strict.stages[1].take = Count::from(4);
    assert_eq!(
        draw(&frame(|_| ()).unwrap(), &strict, 1)
            .unwrap_err()
            .to_string(),
        "P01/01 has 3 units of the level commune; expected at least the 4 to be drawn"
    );
}

#[test]
fn a_plan_that_does_not_fit_the_frame_is_refused() {
    let frame = Frame::new(names(&DISTRICT_TIER), rows(2, &[2, 2, 2])).unwrap();
    let error = |change: fn(&mut Plan)| {
        let mut plan = published_for_all();
        change(&mut plan);
        draw(&frame, &plan, 1).unwrap_err().to_string()
    };
    assert_eq!(
        error(|plan| plan.stages[0].level = "ward".into()),
        "the plan's levels are province, ward, commune, village, person; expected those of the frame, province, district, commune, village, and at most one more"
    );
    assert_eq!(
        error(|plan| plan.stages[2].replacements = Count::from(1)),
        "stage village: found replacements; expected them at the last stage only"
    );
    assert_eq!(
        error(|plan| plan.stages[3].method = Method::Systematic),
        "stage person: found replacements; expected them with simple random selection only"
    );
    assert_eq!(
        error(|plan| plan.stages[0].take = Count::from(2).with(["P03"], 1)),
        "stage district: a count is given for the domain P03, which is not in the frame"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_sample_depends_on_neither_the_order_of_rows_nor_other_provinces(seed: u64) {
        let all = rows(3, &[5, 3, 3]);
        let plan = published_for_all();
        let sample = draw(&Frame::new(names(&DISTRICT_TIER), all.clone()).unwrap(), &plan, seed).unwrap();
        let mut shuffled: Vec<FrameRow> = Vec::new();
        for index in Stream::new(seed, &["shuffle"]).choose(all.len(), all.len()) {
            shuffled.push(all[index].clone());
        }
        let again = draw(&Frame::new(names(&DISTRICT_TIER), shuffled.clone()).unwrap(), &plan, seed).unwrap();
        prop_assert_eq!(&again, &sample);
        shuffled.retain(|row| row.path[0] != "P02");
        let fewer = draw(&Frame::new(names(&DISTRICT_TIER), shuffled).unwrap(), &plan, seed).unwrap();
        let expected: Vec<&SelectedUnit> = sample.units.iter().filter(|unit| unit.path[0] != "P02").collect();
        prop_assert_eq!(fewer.units.iter().collect::<Vec<_>>(), expected);
        let other = draw(&Frame::new(names(&DISTRICT_TIER), all).unwrap(), &plan, seed ^ 1).unwrap();
        prop_assert_ne!(other, sample);
    }
}
