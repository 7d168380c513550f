//! Fixed expressions: every construct, with the values at which engines part.

use arrow_array::RecordBatch;

use crate::compare::{Agreement, compare};
use crate::oracle::Oracle;
use crate::table::table;

/// The expressions of a file's lines, without comments.
fn expressions(lines: &str) -> Vec<&str> {
    lines
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// The expressions that ended otherwise than expected, with what came out.
fn surprises(texts: &[&str], batch: &RecordBatch, expected: &[Agreement]) -> Vec<String> {
    let oracle = Oracle::new();
    let outcome = |text: &&str| match compare(&oracle, text, batch) {
        Ok(agreement) if expected.contains(&agreement) => None,
        Ok(agreement) => Some(format!("{text}: {agreement:?} in both")),
        Err(difference) => Some(difference),
    };
    texts.iter().filter_map(outcome).collect()
}

const NONE: Vec<String> = Vec::new();

#[test]
fn fixed_expressions_have_the_same_values_nulls_and_types() {
    let texts = expressions(include_str!("values.sql"));
    assert_eq!(surprises(&texts, &table(), &[Agreement::Values]), NONE);
}

#[test]
fn what_datafusion_refuses_is_refused() {
    let texts = expressions(include_str!("refused.sql"));
    assert_eq!(surprises(&texts, &table(), &[Agreement::Refused]), NONE);
}

#[test]
fn a_table_without_rows_gives_the_same_types() {
    let texts = expressions(include_str!("values.sql"));
    assert_eq!(
        surprises(&texts, &table().slice(0, 0), &[Agreement::Values]),
        NONE
    );
}

#[test]
fn slices_of_a_table_agree_in_values_and_in_what_fails() {
    let both = [Agreement::Values, Agreement::Refused];
    for texts in [include_str!("values.sql"), include_str!("refused.sql")] {
        for (offset, rows) in [(3, 4), (2, 1)] {
            let slice = table().slice(offset, rows);
            assert_eq!(surprises(&expressions(texts), &slice, &both), NONE);
        }
    }
}
