//! PCI as published: totals from sub-indices with the inferred weights, tiers, ranks on ties.

mod common;

use chiso_index::observations::read_csv;
use chiso_index::score::score_edition;
use chiso_index::{Edition, Panel};
use common::{list, pack, panel, place, score, table};

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
fn the_second_weights_reproduce_thanh_hoa_2024() {
    // 68.74, published at pcivietnam.vn/en/provinces/thanh-hoa: outside the fit of the weights.
    let panel = panel("pci");
    if let Some(scored) = panel.editions.get(&Edition(2024)) {
        let (_, node, unit) = place(&panel, "2024", "38", "pci");
        assert!((scored.score(node, unit).expect("a total") - 68.74).abs() < 0.005);
    } else {
        // The sub-indices of 2024 are not among the figures; what can be held is the weights.
        let pack = pack("pci");
        let version = pack.version_of(Edition(2024)).expect("a version");
        let root = version.tree.root();
        let coefficients = version.coefficients(root).expect("a mean");
        let total: f64 = coefficients.iter().map(|(_, c)| c).sum();
        assert!(
            (total - 10.0).abs() < 1e-12,
            "weights sum to one, times ten"
        );
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
    let scored =
        score_edition(&pack, list(&pack), &observations, Edition(2020)).expect("a version");
    let rank = |code| scored.rank(scored.root(), scored.unit(code).expect("a unit"));
    assert_eq!((rank("01"), rank("02")), (Some(1), Some(2)));
    let panel = Panel::score(&pack, list(&pack), &observations);
    assert_eq!(score(&panel, "2020", "01", "pci"), Some(65.0));
}
