//! Observations brought across the merger of provinces keep their errors and counts.

#[allow(dead_code, reason = "these tests read made-up rows only")]
mod common;

use std::collections::BTreeMap;

use chiso_index::observations::{MergeProblem, MergeRule, Observation, read_csv};
use chiso_index::score::{Flags, score_edition};
use chiso_index::{Edition, Observations, Pack, Value};
use chiso_units::{UnitCode, UnitList};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Hưng Yên and Thái Bình became the new Hưng Yên (33); Hà Nội (01) stayed as it was.
const HUNG_YEN: [&str; 2] = ["33", "34"];

fn read(pack: &Pack, rows: &str) -> Observations {
    let text = format!("edition,unit,node,value,se,n\n{rows}");
    let list = UnitList::by_id("provinces-63");
    read_csv(pack, list, "made.csv", text.as_bytes()).expect("sound rows")
}

fn row<'a>(observations: &'a Observations, edition: i32, unit: &str) -> &'a Observation {
    let of_unit = |row: &&Observation| &*observations.units()[row.unit] == unit;
    let mut rows = observations.of_edition(Edition(edition)).iter();
    rows.find(of_unit).expect("a row of the unit")
}

fn weighted(weights: [f64; 2]) -> MergeRule {
    let pairs = HUNG_YEN.iter().zip(weights);
    MergeRule::Weighted(BTreeMap::from_iter(
        pairs.map(|(code, weight)| (UnitCode::new(code), weight)),
    ))
}

#[test]
fn a_merged_unit_has_the_error_of_a_mean_of_independent_samples_and_the_sum_of_the_counts() {
    let pack = common::pack("papi");
    let all = read(
        &pack,
        "2020,33,1.1,1.0,0.03,150\n2020,34,1.1,1.5,0.04,170\n2020,01,1.1,0.9,0.05,500\n",
    );
    let plain = all.merged(&MergeRule::PlainMean).expect("the 63");
    let merged = row(&plain, 2020, "33");
    assert_eq!(
        (merged.value, merged.count),
        (Value::Number(1.25), Some(320))
    );
    assert!((merged.standard_error.expect("an error") - 0.025).abs() < 1e-15);
    let carried = row(&plain, 2020, "01");
    assert_eq!(
        (carried.standard_error, carried.count),
        (Some(0.05), Some(500))
    );

    let weighted = all.merged(&weighted([3.0, 1.0])).expect("the 63");
    let merged = row(&weighted, 2020, "33");
    let expected = (0.09f64.powi(2) + 0.04f64.powi(2)).sqrt() / 4.0;
    assert_eq!(merged.value, Value::Number(1.125));
    assert!((merged.standard_error.expect("an error") - expected).abs() < 1e-15);
}

#[test]
fn the_error_of_a_merged_unit_is_not_known_where_a_members_is_not() {
    let pack = common::pack("papi");
    let all = read(&pack, "2020,33,1.1,1.0,0.03,150\n2020,34,1.1,1.5,,\n");
    let merged = all.merged(&MergeRule::PlainMean).expect("the 63");
    let merged = row(&merged, 2020, "33");
    assert_eq!(merged.value, Value::Number(1.25));
    assert_eq!((merged.standard_error, merged.count), (None, None));
}

fn standard_normal(random: &mut ChaCha12Rng) -> f64 {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let (radius, angle) = (uniform(), uniform());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

#[test]
fn merged_values_scatter_as_their_error_says() {
    let pack = common::pack("papi");
    let rule = weighted([2.0, 5.0]);
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let (mut values, mut said) = (Vec::new(), 0.0);
    for _ in 0..2_000 {
        let (a, b) = (
            1.5 + 0.05 * standard_normal(&mut random),
            1.2 + 0.02 * standard_normal(&mut random),
        );
        let all = read(
            &pack,
            &format!("2020,33,1.1,{a},0.05,9\n2020,34,1.1,{b},0.02,9\n"),
        );
        let merged = all.merged(&rule).expect("the 63");
        let merged = row(&merged, 2020, "33");
        said = merged.standard_error.expect("an error");
        let Value::Number(value) = merged.value else {
            panic!("a value");
        };
        values.push(value);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 1_999.0;
    // Four standard errors of a standard deviation of 2,000 draws are 6 %.
    assert!(
        (variance.sqrt() / said - 1.0).abs() < 0.06,
        "{} {said}",
        variance.sqrt()
    );
}

#[test]
fn editions_after_the_merger_stay_as_observed_and_are_not_marked_as_derived() {
    let pack = common::pack("papi");
    let all = read(
        &pack,
        "2023,33,1.1,1.0,0.03,150\n2023,34,1.1,1.5,0.04,170\n2024,33,1.1,1.3,0.02,300\n",
    );
    let merged = all
        .merged_before(&MergeRule::PlainMean, Edition(2024))
        .expect("the 63, then the 34");
    assert_eq!(row(&merged, 2023, "33").value, Value::Number(1.25));
    let after = row(&merged, 2024, "33");
    assert_eq!(
        (after.value, after.standard_error),
        (Value::Number(1.3), Some(0.02))
    );
    let list = UnitList::by_id("provinces-34");
    for (edition, is_derived) in [(2023, true), (2024, false)] {
        let scored = score_edition(&pack, list, &merged, Edition(edition))
            .expect("sound")
            .expect("a version");
        let unit = scored.unit("33").expect("Hưng Yên");
        let leaf = scored.version.tree.find("1.1").expect("the leaf");
        assert_eq!(
            scored.flags(leaf, unit) & Flags::DERIVED != 0,
            is_derived,
            "{edition}"
        );
    }
}

#[test]
fn a_unit_that_ended_is_refused_in_an_edition_after_the_merger() {
    let pack = common::pack("papi");
    let all = read(&pack, "2023,33,1.1,1.0,,\n2024,34,1.1,1.3,,\n");
    let fault = all
        .merged_before(&MergeRule::PlainMean, Edition(2024))
        .expect_err("Thái Bình ended");
    assert!(matches!(fault, MergeProblem::Ended { .. }));
    let text = fault.to_string();
    assert!(
        text.starts_with("unit 34, edition 2024: found a unit that ended"),
        "{text}"
    );
}
