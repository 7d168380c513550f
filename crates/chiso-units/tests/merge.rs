//! Published values of the 63 brought to the 34.
//!
//! Values: PAPI 2024 totals by the official workbook (papi.org.vn). Areas: 930.2 km² for Hưng Yên
//! and 1,584.6 km² for Thái Bình before the merger, as printed by kinhtechungkhoan.vn (1380458).

use std::collections::BTreeMap;

use chiso_units::{Derivation, Lacking, MergeError, Merged, Rule, UnitCode, merge_values};

fn by_code(pairs: &[(&str, f64)]) -> BTreeMap<UnitCode, f64> {
    pairs
        .iter()
        .map(|(code, value)| (UnitCode::new(code), *value))
        .collect()
}

fn totals_2024() -> BTreeMap<UnitCode, f64> {
    by_code(&[
        ("33", 44.404242),
        ("34", 44.737911),
        ("44", 43.804800),
        ("45", 44.747268),
        ("74", 45.391145),
        ("77", 45.532098),
        ("79", 42.813168),
        ("25", 44.414502),
        ("17", 43.477790),
        ("01", 43.774715),
    ])
}

fn unit(merged: &[Merged], code: &str) -> Merged {
    merged
        .iter()
        .find(|unit| unit.code == code)
        .unwrap()
        .clone()
}

fn value(unit: &Merged) -> f64 {
    *unit.value.as_ref().unwrap()
}

#[test]
fn the_plain_mean_of_the_members_is_the_value_of_the_merged_unit() {
    let merged = merge_values(&totals_2024(), &Rule::PlainMean).unwrap();
    assert_eq!(merged.len(), 34);
    let hung_yen = unit(&merged, "33");
    assert!((value(&hung_yen) - 44.5710765).abs() < 1e-12);
    assert_eq!(hung_yen.members, [UnitCode::new("33"), UnitCode::new("34")]);
    assert_eq!(hung_yen.derivation, Derivation::PlainMean);
    assert!(
        (value(&unit(&merged, "44")) - 44.276034).abs() < 1e-12,
        "Quảng Bình joins Quảng Trị"
    );
    assert!(
        (value(&unit(&merged, "79")) - 44.578_803_666_666_67).abs() < 1e-12,
        "three members"
    );
}

#[test]
fn weights_pull_the_mean_towards_the_heavier_member() {
    let rule = Rule::Weighted(by_code(&[("33", 930.2), ("34", 1584.6)]));
    let merged = merge_values(&totals_2024(), &rule).unwrap();
    let hung_yen = unit(&merged, "33");
    // (930.2 × 44.404242 + 1584.6 × 44.737911) / 2514.8
    assert!(
        (value(&hung_yen) - 44.614_490_090_266).abs() < 1e-9,
        "{}",
        value(&hung_yen)
    );
    assert_eq!(hung_yen.derivation, Derivation::Weighted);
    let lacking = unit(&merged, "44").value.unwrap_err();
    assert_eq!(lacking.to_string(), "no weight for the member 44, 45");
}

#[test]
fn a_unit_that_did_not_merge_keeps_its_value_and_is_not_derived() {
    for rule in [Rule::PlainMean, Rule::Weighted(BTreeMap::new())] {
        let ha_noi = unit(&merge_values(&totals_2024(), &rule).unwrap(), "01");
        assert_eq!(ha_noi.value, Ok(43.774715));
        assert!(!ha_noi.derivation.is_derived());
    }
}

#[test]
fn a_member_without_a_value_leaves_the_merged_unit_without_one_and_is_named() {
    // Vĩnh Phúc (26) has no published total for 2024; Phú Thọ and Hòa Bình have.
    let merged = merge_values(&totals_2024(), &Rule::PlainMean).unwrap();
    let phu_tho = unit(&merged, "25");
    let expected = Lacking {
        values: vec![UnitCode::new("26")],
        weights: Vec::new(),
    };
    assert_eq!(phu_tho.value, Err(expected));
    assert!(phu_tho.derivation.is_derived());
}

#[test]
fn wrong_codes_values_and_weights_are_refused() {
    let plain = |pairs: &[(&str, f64)]| merge_values(&by_code(pairs), &Rule::PlainMean);
    let unknown = MergeError::UnknownCode {
        code: UnitCode::new("99"),
    };
    assert_eq!(plain(&[("99", 1.0)]), Err(unknown.clone()));
    assert!(matches!(
        plain(&[("01", f64::NAN)]),
        Err(MergeError::Value { .. })
    ));
    let weighted =
        |pairs: &[(&str, f64)]| merge_values(&totals_2024(), &Rule::Weighted(by_code(pairs)));
    assert_eq!(weighted(&[("99", 1.0)]), Err(unknown));
    assert!(matches!(
        weighted(&[("33", 0.0)]),
        Err(MergeError::Weight { .. })
    ));
    assert!(matches!(
        weighted(&[("33", f64::INFINITY)]),
        Err(MergeError::Weight { .. })
    ));
}

proptest::proptest! {
    #[test]
    fn a_merged_value_lies_between_its_members(
        values in proptest::collection::vec(-1e6..1e6_f64, 63),
        weights in proptest::collection::vec(1e-3..1e6_f64, 63),
    ) {
        let list = chiso_units::UnitList::by_id("provinces-63").unwrap();
        let codes = || list.units().iter().map(|unit| unit.code.clone());
        let values: BTreeMap<_, _> = codes().zip(values).collect();
        let weights: BTreeMap<_, _> = codes().zip(weights).collect();
        for rule in [Rule::PlainMean, Rule::Weighted(weights)] {
            for unit in merge_values(&values, &rule).unwrap() {
                let members = || unit.members.iter().map(|code| values[code]);
                let low = members().fold(f64::INFINITY, f64::min);
                let high = members().fold(f64::NEG_INFINITY, f64::max);
                let value = value(&unit);
                proptest::prop_assert!(low - 1e-6 <= value && value <= high + 1e-6);
            }
        }
    }
}
