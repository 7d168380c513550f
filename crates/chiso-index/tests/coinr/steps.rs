//! The steps before normalisation against COINr's.

use chiso_index::method::denominate::denominate;

use crate::common::{Table, Wide, assert_column, meta_by_code, reference};

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
