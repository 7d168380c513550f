//! The shipped lists, read the way people write their names.

use std::collections::{BTreeMap, BTreeSet};

use chiso_units::{
    Kind, LookupError, Name, Unit, UnitCode, UnitList, fold, predecessors, successor,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn list(id: &str) -> &'static UnitList {
    UnitList::by_id(id).unwrap()
}

fn code(list_id: &str, text: &str) -> String {
    list(list_id).find(text).unwrap().code.to_string()
}

#[test]
fn every_spelling_seen_in_the_published_figures_finds_its_province() {
    let table = include_str!("spellings.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut seen = BTreeSet::new();
    for record in reader.records() {
        let record = record.unwrap();
        let unit = list("provinces-63").find(&record[0]);
        assert_eq!(
            unit.unwrap().code,
            record[1],
            "{} of {}",
            &record[0],
            &record[2]
        );
        seen.insert(record[1].to_owned());
    }
    assert_eq!(seen.len(), 63);
}

#[test]
fn every_name_and_alias_finds_its_own_unit() {
    for id in UnitList::ids() {
        for unit in list(id).units() {
            for spelling in unit.spellings() {
                assert_eq!(
                    list(id).find(spelling).unwrap().code,
                    unit.code,
                    "{id}: {spelling}"
                );
            }
        }
    }
}

#[test]
fn an_english_name_is_the_vietnamese_one_without_marks() {
    // Both lists use some codes for different provinces: a name taken by code alone would be another's.
    for id in UnitList::ids() {
        for unit in list(id).units() {
            let same = fold(&unit.name.en) == fold(&unit.name.vi);
            let is_renamed =
                unit.name.en == "Ho Chi Minh City" && unit.name.vi == "TP. Hồ Chí Minh";
            assert!(
                same || is_renamed,
                "{id} {}: {:?}",
                unit.code.as_str(),
                unit.name
            );
        }
    }
    assert!(
        list("provinces-34").find("Yen Bai").is_err(),
        "it is part of Lào Cai now"
    );
}

#[test]
fn words_of_kind_and_typing_habits_do_not_matter() {
    for text in [
        "Tỉnh Hưng Yên",
        "HUNG YEN",
        "hung-yen",
        "Hung Yen Province",
        "HưngYên",
    ] {
        assert_eq!(code("provinces-63", text), "33", "{text}");
    }
    for text in [
        "TP.HCM",
        "tp hcm",
        "TPHCM",
        "Thành phố Hồ Chí Minh",
        "HCMC",
        "Saigon",
    ] {
        let found = list("provinces-63")
            .find(text)
            .map(|unit| unit.code.as_str());
        assert_eq!(found, Ok("79"), "{text}");
    }
    for text in ["Đắk Lắk", "Dac Lac", "Daklak", "ĐẮC LẮC", "Ðắk Lắk"] {
        assert_eq!(code("provinces-63", text), "66", "{text}");
    }
    assert_eq!(code("provinces-63", " 01 "), "01");
    assert_eq!(
        code("provinces-63", "1"),
        "01",
        "a spreadsheet cut the zero"
    );
}

#[test]
fn statistics_and_communes_are_not_provinces() {
    for text in [
        "NATIONAL MEDIAN",
        "national mean",
        "Highest",
        "xã Quảng Bình",
        "",
        "100",
        "3",
    ] {
        assert!(
            matches!(
                list("provinces-63").find(text),
                Err(LookupError::Unknown { .. })
            ),
            "{text:?}"
        );
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_closest_units() {
    let message = list("provinces-63")
        .find("Hung Yeng")
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "no unit of the list provinces-63 is called \"Hung Yeng\"; expected a code such as \"01\" \
         or a Vietnamese or English name; closest: Hưng Yên (33)"
    );
    let Err(LookupError::Unknown { suggestions, .. }) = list("provinces-63").find("Quang") else {
        panic!("Quang alone is no province");
    };
    assert_eq!(
        suggestions.len(),
        3,
        "five provinces begin so; three are named"
    );
    assert!(
        suggestions
            .iter()
            .all(|unit| unit.name_vi.starts_with("Quảng")),
        "{suggestions:?}"
    );
}

#[test]
fn a_province_that_was_merged_away_is_named_with_its_successor() {
    let error = list("provinces-34").find("ha giang").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"ha giang\" is Hà Giang (02) of the list provinces-63, now part of Tuyên Quang (08) in \
         the list provinces-34; give that unit, or use the list provinces-63"
    );
}

fn commune(code: &str, vi: &str, en: &str) -> Unit {
    let first = date(2025, 7, 1);
    let name = Name {
        vi: vi.into(),
        en: en.into(),
    };
    Unit {
        code: UnitCode::new(code),
        name,
        aliases: Vec::new(),
        kinds: Vec::new(),
        valid_from: first,
        valid_to: None,
    }
}

fn communes(units: Vec<Unit>) -> Result<UnitList, chiso_units::TableError> {
    let name = Name {
        vi: "xã".into(),
        en: "communes".into(),
    };
    UnitList::new("communes", name, date(2025, 7, 1), None, units)
}

#[test]
fn diacritics_decide_between_units_that_differ_by_nothing_else() {
    let list = communes(vec![
        commune("00001", "Hòa An", "Hoa An"),
        commune("00002", "Hóa An", "Hoa An"),
    ])
    .unwrap();
    assert_eq!(list.find("Hoà An").unwrap().code, "00001");
    assert_eq!(list.find("HÓA AN").unwrap().code, "00002");
    assert_eq!(
        list.find("Hoa An").unwrap_err().to_string(),
        "\"Hoa An\" fits several units of the list communes: Hòa An (00001), Hóa An (00002); \
         give the code"
    );
}

#[test]
fn a_code_twice_in_a_list_is_refused() {
    let twice = vec![
        commune("00001", "Hòa An", "Hoa An"),
        commune("00001", "Tân An", "Tan An"),
    ];
    let message = communes(twice).unwrap_err().to_string();
    assert_eq!(
        message,
        "table units: the list communes has the code \"00001\" twice"
    );
}

#[test]
fn successors_partition_the_63_into_the_34() {
    let mut members = BTreeMap::new();
    for unit in list("provinces-34").units() {
        for old in predecessors(unit.code.as_str()) {
            assert_eq!(successor(old.as_str()), Some(&unit.code));
            assert_eq!(
                members.insert(old.as_str(), unit.code.as_str()),
                None,
                "{old} twice"
            );
        }
    }
    let old: Vec<_> = list("provinces-63")
        .units()
        .iter()
        .map(|unit| unit.code.as_str())
        .collect();
    assert_eq!(members.into_keys().collect::<Vec<_>>(), old);
    assert_eq!(successor("99"), None);
    assert!(
        predecessors("02").is_empty(),
        "Hà Giang is no unit of the 34"
    );
}

#[test]
fn eleven_units_did_not_merge_and_twenty_three_did() {
    // Resolution 202/2025/QH15: 52 units form 23, 11 stay.
    let sizes = list("provinces-34")
        .units()
        .iter()
        .map(|unit| predecessors(unit.code.as_str()).len());
    let (alone, merged): (Vec<_>, Vec<_>) = sizes.partition(|size| *size == 1);
    assert_eq!(
        (alone.len(), merged.len(), merged.iter().sum::<usize>()),
        (11, 23, 52)
    );
}

fn municipalities(id: &str, day: Date) -> Vec<&'static str> {
    let units = list(id).units().iter();
    units
        .filter(|unit| unit.kind_on(day) == Some(Kind::Municipality))
        .map(|unit| unit.code.as_str())
        .collect()
}

#[test]
fn hue_became_a_municipality_in_2025_and_dong_nai_in_2026() {
    assert_eq!(
        municipalities("provinces-63", date(2024, 12, 31)),
        ["01", "31", "48", "79", "92"]
    );
    assert_eq!(
        municipalities("provinces-63", date(2025, 1, 1)),
        ["01", "31", "46", "48", "79", "92"]
    );
    assert_eq!(municipalities("provinces-34", date(2026, 4, 29)).len(), 6);
    let later = municipalities("provinces-34", date(2026, 4, 30));
    assert_eq!(later, ["01", "31", "46", "48", "75", "79", "92"]);
    assert_eq!(
        list("provinces-34").find("Dong Nai").unwrap().kind(),
        Kind::Municipality
    );
}

#[test]
fn a_day_belongs_to_one_list() {
    let on = |day| UnitList::in_force_on(day).map(UnitList::id);
    assert_eq!(on(date(2008, 7, 31)), None);
    assert_eq!(on(date(2025, 6, 30)), Some("provinces-63"));
    assert_eq!(on(date(2025, 7, 1)), Some("provinces-34"));
    assert_eq!(
        list("provinces-63")
            .get("46")
            .unwrap()
            .kind_on(date(2025, 7, 1)),
        None
    );
}

proptest! {
    #[test]
    fn any_mix_of_case_and_separators_finds_the_same_unit(
        place in 0_usize..63,
        shout in any::<bool>(),
        separator in prop::sample::select(vec![" ", "-", " - ", ".", "_", "  "]),
        prefix in prop::sample::select(vec!["", "tỉnh ", "Tỉnh ", "TP. ", "thành phố "]),
    ) {
        let unit = &list("provinces-63").units()[place];
        let name = unit.name.vi.replace("TP. ", "").replace(['-', ' '], separator);
        let name = if shout { name.to_uppercase() } else { name };
        let found = list("provinces-63").find(&format!("{prefix}{name}"));
        prop_assert_eq!(found.map(|unit| &unit.code), Ok(&unit.code));
    }

    #[test]
    fn looking_up_any_text_ends_without_panic(text in any::<String>()) {
        let _ = list("provinces-34").find(&text);
    }
}
