//! PCI as published: totals from sub-indices with the inferred weights, tiers, ranks on ties.

mod common;

use chiso_index::observations::read_csv;
use chiso_index::score::score_edition;
use chiso_index::{Edition, Panel};
use common::{list, pack, panel, score, table};

/// Rows whose published total contradicts their published sub-indices, with the difference
/// published less computed: four of 2013, where the new site's sub-indices are not those behind the
/// total, and one of 2023, unexplained.
const CONTRADICTORY: [(&str, &str); 5] = [
    ("2013", "31"),
    ("2013", "38"),
    ("2013", "58"),
    ("2013", "70"),
    ("2023", "38"),
];

#[test]
fn published_totals_follow_from_the_sub_indices_within_three_hundredths() {
    let panel = panel("pci");
    let (mut compared, mut contradictory) = (0, Vec::new());
    for row in table("data/pci/published_totals.csv") {
        let (edition, unit) = (&row["edition"], &row["unit"]);
        let known = panel
            .editions
            .contains_key(&Edition(edition.parse().expect("a year")));
        let Some(value) = known.then(|| score(&panel, edition, unit, "pci")).flatten() else {
            continue;
        };
        let published: f64 = row["total"].parse().expect("a number");
        compared += 1;
        if (value - published).abs() > 0.03 + 1e-9 {
            assert!(
                row["note"].contains("contradicts"),
                "{row:?} against {value}"
            );
            contradictory.push((edition.clone(), unit.clone()));
        }
    }
    contradictory.sort();
    let named: Vec<_> = CONTRADICTORY
        .iter()
        .map(|&(e, u)| (e.to_owned(), u.to_owned()))
        .collect();
    assert_eq!(contradictory, named);
    assert!(compared >= 80, "{compared} rows compared");
}

#[test]
fn the_weights_of_both_versions_are_those_inferred() {
    // In percent, in the order of the codes below; docs/methods/pci.md has the evidence. Rows of
    // 2022 and 2024, from which the second were inferred, are not among the shipped figures.
    let codes = [
        "entry",
        "land",
        "transparency",
        "time",
        "informal",
        "policy_bias",
        "proactivity",
        "business_support",
        "labor",
        "legal",
    ];
    let pack = pack("pci");
    for (edition, percents) in [
        (2021, [5.0, 5.0, 20.0, 5.0, 10.0, 5.0, 5.0, 20.0, 20.0, 5.0]),
        (
            2024,
            [5.0, 10.0, 5.0, 5.0, 15.0, 10.0, 15.0, 15.0, 10.0, 10.0],
        ),
    ] {
        let version = pack.version_of(Edition(edition)).expect("a version");
        assert!(version.inferred_from.is_some(), "marked as inferred");
        let coefficients = version.coefficients(version.tree.root()).expect("a mean");
        for (code, percent) in codes.iter().zip(percents) {
            let node = version.tree.find(code).expect("a sub-index");
            let found = coefficients.iter().find(|(part, _)| *part == node);
            let weight = found.map(|(_, coefficient)| coefficient * 10.0);
            assert!(
                weight.is_some_and(|w| (w - percent).abs() < 1e-9),
                "{edition} {code}: {weight:?}"
            );
        }
    }
}

#[test]
fn tiers_follow_from_the_stated_cuts() {
    let panel = panel("pci");
    let mut held = 0;
    for row in table("data/pci/published_tiers.csv") {
        let Some(scored) = panel
            .editions
            .get(&Edition(row["edition"].parse().expect("a year")))
        else {
            continue;
        };
        let (node, unit) = (scored.root(), scored.unit(&row["unit"]).expect("a unit"));
        let Some(group) = scored.group(node, unit) else {
            continue;
        };
        let names = &scored.version.group.as_ref().expect("tiers").names;
        assert_eq!(names.len(), 5);
        assert_eq!(names[usize::from(group) - 1].vi, row["tier"], "{row:?}");
        held += 1;
    }
    // 21 rows of 2021 and 22 of 2019, less those below the last known cut; 2015 lacks a sub-index.
    assert!(held >= 28, "{held} rows have a tier");
}

#[test]
fn equal_scores_get_consecutive_ranks() {
    let pack = pack("pci");
    let rows: String = ["01", "02"]
        .into_iter()
        .flat_map(|unit| {
            let tree = &pack.versions[0].tree;
            tree.leaves()
                .map(move |leaf| format!("2020,{unit},{},6.5\n", tree.node(leaf).code))
        })
        .collect();
    let text = format!("edition,unit,node,value\n{rows}");
    let observations = read_csv(&pack, list(&pack), "ties.csv", text.as_bytes()).expect("sound");
    let scored = score_edition(&pack, list(&pack), &observations, Edition(2020))
        .expect("sound")
        .expect("a version");
    let rank = |code| scored.rank(scored.root(), scored.unit(code).expect("a unit"));
    assert_eq!((rank("01"), rank("02")), (Some(1), Some(2)));
    let panel = Panel::score(&pack, list(&pack), &observations).expect("scores");
    assert_eq!(score(&panel, "2020", "01", "pci"), Some(65.0));
}
