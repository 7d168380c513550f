//! The values by which rows are told apart (strata, clusters, domains), as codes and as values.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::DataType;

/// One value of a stratum, cluster or domain column. Whole numbers compare as numbers whatever
/// the width of their column, so the same file as CSV and as Parquet has the same strata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// No value.
    Null,
    /// A whole number, or TRUE (1) and FALSE (0).
    Integer(i64),
    /// A number with a fraction, by its bits.
    Number(u64),
    /// A text.
    Text(Arc<str>),
}

impl Key {
    fn of_number(value: f64) -> Key {
        // 2^53: whole numbers up to here are exact in a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() <= EXACT {
            Key::Integer(value as i64)
        } else {
            Key::Number(value.to_bits())
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Key::Null => 0,
            Key::Integer(_) | Key::Number(_) => 1,
            Key::Text(_) => 2,
        }
    }

    fn as_number(&self) -> f64 {
        match self {
            Key::Integer(value) => *value as f64,
            Key::Number(bits) => f64::from_bits(*bits),
            Key::Null | Key::Text(_) => f64::NAN,
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    /// Nothing, then numbers by value, then texts by their characters.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Key::Integer(left), Key::Integer(right)) => left.cmp(right),
            (Key::Text(left), Key::Text(right)) => left.cmp(right),
            _ => self
                .rank()
                .cmp(&other.rank())
                .then_with(|| self.as_number().total_cmp(&other.as_number())),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Null => Ok(()),
            Key::Integer(value) => write!(formatter, "{value}"),
            Key::Number(bits) => write!(formatter, "{}", f64::from_bits(*bits)),
            Key::Text(text) => formatter.write_str(text),
        }
    }
}

/// A column as codes: `codes[row]` is a place in `values`. Codes are given in order of first
/// appearance.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// A code for each row.
    pub codes: Vec<u32>,
    /// The value of each code.
    pub values: Vec<Key>,
}

/// A column that cannot tell rows apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a column of type {found} cannot hold strata, clusters or domains; expected whole numbers, text or true/false"
)]
pub struct KeyTypeError {
    /// The column's Arrow type.
    pub found: String,
}

impl Codes {
    /// Codes of a column of numbers, truth values or texts (also dictionary-encoded).
    ///
    /// # Errors
    /// When the column is of another type.
    pub fn of(array: &dyn Array) -> Result<Codes, KeyTypeError> {
        match array.data_type() {
            DataType::Int8 => Ok(of_integers::<Int8Type>(array)),
            DataType::Int16 => Ok(of_integers::<Int16Type>(array)),
            DataType::Int32 => Ok(of_integers::<Int32Type>(array)),
            DataType::Int64 => Ok(of_integers::<Int64Type>(array)),
            DataType::UInt8 => Ok(of_integers::<UInt8Type>(array)),
            DataType::UInt16 => Ok(of_integers::<UInt16Type>(array)),
            DataType::UInt32 => Ok(of_integers::<UInt32Type>(array)),
            DataType::UInt64 => Ok(of_values(
                array.as_primitive::<UInt64Type>().iter(),
                |value| {
                    i64::try_from(value).map_or_else(|_| Key::of_number(value as f64), Key::Integer)
                },
            )),
            DataType::Float32 => Ok(of_values(
                array
                    .as_primitive::<Float32Type>()
                    .iter()
                    .map(|value| value.map(f32::to_bits)),
                |bits| Key::of_number(f64::from(f32::from_bits(bits))),
            )),
            DataType::Float64 => Ok(of_values(
                array
                    .as_primitive::<Float64Type>()
                    .iter()
                    .map(|value| value.map(f64::to_bits)),
                |bits| Key::of_number(f64::from_bits(bits)),
            )),
            DataType::Boolean => Ok(of_values(array.as_boolean().iter(), |value| {
                Key::Integer(i64::from(value))
            })),
            DataType::Utf8 => Ok(of_values(array.as_string::<i32>().iter(), text_key)),
            DataType::LargeUtf8 => Ok(of_values(array.as_string::<i64>().iter(), text_key)),
            DataType::Utf8View => Ok(of_values(array.as_string_view().iter(), text_key)),
            DataType::Null => Ok(Codes {
                codes: vec![0; array.len()],
                values: vec![Key::Null],
            }),
            other => Err(KeyTypeError {
                found: other.to_string(),
            }),
        }
    }

    /// Every row its own code: rows are the clusters. `first_row` is the number of rows before
    /// this block.
    #[must_use]
    pub fn of_rows(first_row: u64, rows: usize) -> Codes {
        Codes {
            codes: (0..rows as u32).collect(),
            values: (0..rows)
                .map(|row| Key::Integer((first_row + row as u64) as i64))
                .collect(),
        }
    }

    /// The value in a row.
    #[must_use]
    pub fn value(&self, row: usize) -> &Key {
        &self.values[self.codes[row] as usize]
    }
}

fn text_key(text: &str) -> Key {
    Key::Text(Arc::from(text))
}

fn of_integers<T>(array: &dyn Array) -> Codes
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128> + Hash + Eq,
{
    of_values(array.as_primitive::<T>().iter(), |value| {
        // Every width given here (at most 64 bits signed, 32 unsigned) is in the range.
        let value: i128 = value.into();
        Key::Integer(value as i64)
    })
}

/// Neighbouring rows mostly agree, so the last value is tried before the map.
fn of_values<V: Copy + Eq + Hash>(
    values: impl Iterator<Item = Option<V>>,
    key: impl Fn(V) -> Key,
) -> Codes {
    let mut result = Codes::default();
    let mut seen: HashMap<Option<V>, u32> = HashMap::new();
    let mut last: Option<(Option<V>, u32)> = None;
    for value in values {
        let code = match last {
            Some((previous, code)) if previous == value => code,
            _ => *seen.entry(value).or_insert_with(|| {
                result.values.push(value.map_or(Key::Null, &key));
                (result.values.len() - 1) as u32
            }),
        };
        last = Some((value, code));
        result.codes.push(code);
    }
    result
}

/// Codes of pairs of codes, in order of first appearance, and the row where each first appears.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairs {
    pub codes: Vec<u32>,
    pub first_rows: Vec<u32>,
}

impl Pairs {
    /// All rows alike.
    pub fn one(rows: usize) -> Pairs {
        Pairs {
            codes: vec![0; rows],
            first_rows: if rows == 0 { vec![] } else { vec![0] },
        }
    }

    /// The pairs of what these codes and the next say.
    pub fn then(&self, next: &[u32]) -> Pairs {
        let mut result = Pairs {
            codes: Vec::with_capacity(self.codes.len()),
            first_rows: Vec::new(),
        };
        let mut seen: HashMap<(u32, u32), u32> = HashMap::new();
        let mut last = ((u32::MAX, u32::MAX), 0);
        for (row, pair) in self
            .codes
            .iter()
            .copied()
            .zip(next.iter().copied())
            .enumerate()
        {
            if row == 0 || pair != last.0 {
                let code = *seen.entry(pair).or_insert_with(|| {
                    result.first_rows.push(row as u32);
                    (result.first_rows.len() - 1) as u32
                });
                last = (pair, code);
            }
            result.codes.push(last.1);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, Int8Array, StringArray};

    #[test]
    fn the_same_number_is_the_same_key_whatever_its_type() {
        let small = Codes::of(&Int8Array::from(vec![3, 3, 5])).unwrap();
        let double = Codes::of(&Float64Array::from(vec![3.0, 3.0, 5.0])).unwrap();
        assert_eq!(small.values, double.values);
        assert_eq!(small.codes, vec![0, 0, 1]);
    }

    #[test]
    fn a_missing_value_is_a_key_of_its_own() {
        let codes = Codes::of(&StringArray::from(vec![Some("a"), None, Some("a")])).unwrap();
        assert_eq!(codes.codes, vec![0, 1, 0]);
        assert_eq!(*codes.value(1), Key::Null);
    }

    #[test]
    fn pairs_keep_the_row_of_their_first_appearance() {
        let pairs = Pairs::one(4).then(&[0, 1, 0, 1]).then(&[7, 7, 7, 8]);
        assert_eq!(pairs.codes, vec![0, 1, 0, 2]);
        assert_eq!(pairs.first_rows, vec![0, 1, 3]);
    }
}
