//! The steps before normalisation against COINr's.

use chiso_index::method::denominate::denominate;
use chiso_index::method::treat::{Shape, Transform, TreatRecord, TreatScratch, Treatment, treat};

use crate::common::{Table, Wide, assert_column, meta_by_code, number, reference};

/// The raw table with its denominators in the order of its rows.
pub fn denominated() -> Vec<Vec<f64>> {
    let (raw, meta) = (Wide::read("base_raw").unwrap(), meta_by_code().unwrap());
    let data = Table::read("iData").unwrap();
    let places: Vec<usize> = raw
        .units
        .iter()
        .map(|unit| {
            data.texts("uCode")
                .iter()
                .position(|other| other == unit)
                .unwrap()
        })
        .collect();
    let column = |(code, values): (&String, &Vec<f64>)| {
        let by = &meta[code].denominator;
        if by.is_empty() {
            return values.clone();
        }
        let all = data.numbers(by);
        let by: Vec<f64> = places.iter().map(|&row| all[row]).collect();
        let mut out = vec![0.0; values.len()];
        denominate(values, &by, 1.0, &mut out).unwrap();
        out
    };
    raw.codes.iter().zip(&raw.columns).map(column).collect()
}

#[test]
fn denominated_values_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let expected = Wide::read("base_denominated").unwrap();
    for (place, column) in denominated().iter().enumerate() {
        assert_column(&expected.codes[place], column, &expected.columns[place]);
    }
}

fn winsorising(most: usize, then: Transform) -> Treatment {
    Treatment {
        first: Transform::Winsorise,
        then: Some(then),
        most,
        skew: 2.0,
        kurtosis: 3.5,
        force: false,
    }
}

fn treated(values: &[f64], treatment: &Treatment) -> (Vec<f64>, TreatRecord) {
    let mut out = vec![0.0; values.len()];
    let record = treat(treatment, values, &mut out, &mut TreatScratch::default()).unwrap();
    (out, record)
}

/// Every column of `base_screened` treated is that of `expected`, with the `details` of treatment.
fn assert_treated(treatment: &Treatment, expected: &str, details: Option<&str>) {
    let from = Wide::read("base_screened").unwrap();
    let expected = Wide::read(expected).unwrap();
    let details = details.map(|name| Table::read(name).unwrap());
    for (place, code) in from.codes.iter().enumerate() {
        let (out, record) = treated(&from.columns[place], treatment);
        assert_column(code, &out, expected.column(code));
        if let Some(details) = &details {
            assert_details(details, code, &record);
        }
    }
}

fn assert_details(details: &Table, code: &str, record: &TreatRecord) {
    let cell =
        |stage: usize, name: &str| details.cell(code, &format!("check_SkewKurt{stage}.{name}"));
    let shape = |stage: usize| [number(cell(stage, "Skew")), number(cell(stage, "Kurt"))];
    let found = |shape: Option<Shape>| shape.map_or([f64::NAN; 2], |s| [s.skewness, s.kurtosis]);
    assert_column(&format!("{code} before"), &found(record.before), &shape(0));
    assert_column(
        &format!("{code} after"),
        &found(record.after_first),
        &shape(1),
    );
    let passed_at_once = cell(0, "Pass") == "TRUE";
    assert_eq!(record.after_first.is_none(), passed_at_once, "{code}");
    assert!(record.passed, "{code}");
    let cells = details.cell(code, "winsorise.nwin").parse().unwrap_or(0);
    assert_eq!(record.high + record.low, cells, "{code}: cells winsorised");
}

#[test]
fn treated_columns_their_shapes_and_counts_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let by_five = winsorising(5, Transform::LogCt);
    assert_treated(&by_five, "base_treated", Some("base_treat_details"));
    assert_treated(&by_five, "qtreat_winmax5", Some("qtreat_winmax5_details"));
    let by_ten = winsorising(10, Transform::LogCt);
    assert_treated(&by_ten, "qtreat_winmax10", Some("qtreat_winmax10_details"));
}

#[test]
fn columns_bent_after_one_winsorised_cell_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let log = winsorising(1, Transform::LogCt);
    assert_treated(&log, "treat_winmax1_log_CT", None);
    let plus = winsorising(1, Transform::LogCtPlus);
    assert_treated(&plus, "treat_winmax1_log_CT_plus", None);
}

#[test]
fn the_cells_that_are_drawn_in_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let from = Wide::read("base_screened").unwrap();
    let marks = Table::read("base_treated_points").unwrap();
    for (place, code) in from.codes.iter().enumerate() {
        let values = &from.columns[place];
        let (out, _) = treated(values, &winsorising(5, Transform::LogCt));
        let found: Vec<&str> = out
            .iter()
            .zip(values)
            .map(|(out, value)| match out.total_cmp(value) {
                std::cmp::Ordering::Less => "winhi",
                std::cmp::Ordering::Greater => "winlo",
                std::cmp::Ordering::Equal => "",
            })
            .collect();
        assert_eq!(found, marks.texts(code), "{code}");
    }
}
