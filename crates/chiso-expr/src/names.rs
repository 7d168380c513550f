//! Which column a name means.
//!
//! The one difference to DataFusion: there an unquoted name is put into lower case, so that a
//! column `HI_CHOL` can be read only as `"HI_CHOL"`. Here a name means the column spelled exactly
//! so; only where there is none, an unquoted name means the column that differs from it in case
//! alone. Whatever DataFusion accepts for a table whose columns differ in more than case, means
//! the same here.

use arrow_schema::Schema;

use crate::error::BindError;
use crate::node::Name;

/// How many near names a message proposes.
const NEAREST_COUNT: usize = 3;

/// The place of the column in the schema.
pub(crate) fn column_index(name: &Name, schema: &Schema) -> Result<usize, BindError> {
    let columns = || schema.fields().iter().enumerate();
    if let Some((index, _)) = columns().find(|(_, field)| *field.name() == name.text) {
        return Ok(index);
    }
    if !name.quoted {
        let wanted = name.text.to_lowercase();
        let matches: Vec<usize> = columns()
            .filter(|(_, field)| field.name().to_lowercase() == wanted)
            .map(|(index, _)| index)
            .collect();
        match matches.as_slice() {
            [] => {}
            [index] => return Ok(*index),
            several => {
                let matches = several
                    .iter()
                    .map(|&at| schema.field(at).name().clone())
                    .collect();
                return Err(BindError::AmbiguousColumn {
                    column: name.text.clone(),
                    matches,
                });
            }
        }
    }
    Err(BindError::UnknownColumn {
        column: name.text.clone(),
        nearest: nearest(name, schema),
    })
}

/// The column names that are at most a third of the name's letters away, nearest first.
fn nearest(name: &Name, schema: &Schema) -> Vec<String> {
    let wanted: Vec<char> = name.text.to_lowercase().chars().collect();
    let mut near: Vec<(usize, &str)> = schema
        .fields()
        .iter()
        .map(|field| {
            (
                distance(&wanted, &field.name().to_lowercase()),
                field.name().as_str(),
            )
        })
        .filter(|(distance, _)| *distance <= wanted.len().div_ceil(3))
        .collect();
    near.sort();
    near.into_iter()
        .take(NEAREST_COUNT)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// The least number of letters to insert, drop or replace (Levenshtein).
fn distance(wanted: &[char], found: &str) -> usize {
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for (line, letter) in found.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (place, other) in wanted.iter().enumerate() {
            let replaced = diagonal + usize::from(*other != letter);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[wanted.len()]
}
