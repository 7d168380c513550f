//! No text and no table brings the engine down.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int8Array, RecordBatch, StringArray};
use chiso_expr::{Expression, ParseError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Words and signs of the grammar, in and outside the subset.
const TOKENS: &[&str] = &[
    "a",
    "b",
    "s",
    "t",
    "\"a\"",
    "1",
    "0",
    "1.5",
    "1e400",
    "-",
    "+",
    "*",
    "/",
    "%",
    "=",
    "<>",
    "<",
    "(",
    ")",
    ",",
    "'x'",
    "'%'",
    "''",
    "NULL",
    "TRUE",
    "AND",
    "OR",
    "NOT",
    "IS",
    "IN",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "TRY_CAST",
    "AS",
    "INT",
    "DECIMAL(38, 38)",
    "VARCHAR",
    "DATE",
    "BOOLEAN",
    "::",
    "||",
    "abs(",
    "round(",
    "substr(",
    "coalesce(",
    "nullif(",
    "greatest(",
    "trim(",
    "power(",
    "SELECT",
    "FROM",
    "OVER",
    "INTERVAL",
    "[",
    "]",
    "{",
    "}",
    ".",
    ":",
    ";",
    "?",
    "@",
    "--",
    "/*",
    "DISTINCT",
    "ESCAPE",
    "ANY",
    "->",
];

fn table() -> RecordBatch {
    let columns: [(&str, ArrayRef); 4] = [
        (
            "a",
            Arc::new(Int8Array::from(vec![Some(-128), Some(0), None])),
        ),
        (
            "b",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        (
            "s",
            Arc::new(StringArray::from(vec![Some("Việt"), None, Some("")])),
        ),
        (
            "t",
            Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(-0.0), None])),
        ),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of equal length")
}

/// Goes as far with the text as it can; the values have the type and the length that were told.
fn run(text: &str) {
    let batch = table();
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    assert_eq!(expression.text(), text);
    let Ok(bound) = expression.bind(batch.schema_ref()) else {
        return;
    };
    for rows in [3, 0] {
        if let Ok(values) = bound.evaluate(&batch.slice(0, rows)) {
            assert_eq!(values.len(), rows);
            assert_eq!(values.data_type(), bound.data_type());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,60}") {
        run(&text);
    }

    #[test]
    fn any_row_of_words_is_evaluated_or_refused(words in vec(select(TOKENS), 0..14)) {
        run(&words.join(" "));
    }
}

#[test]
fn deep_nesting_is_refused_and_not_a_stack_overflow() {
    for (opening, inner, closing) in [
        ("(", "1", ")"),
        ("NOT ", "TRUE", ""),
        ("- ", "a", ""),
        ("abs(", "a", ")"),
        ("CASE WHEN TRUE THEN ", "1", " END"),
        ("1 + ", "1", ""),
        ("TRUE AND ", "TRUE", ""),
        ("", "a", "::INT"),
        ("", "a", " IS NULL"),
        ("", "a", " BETWEEN 1 AND 2"),
    ] {
        for depth in [40, 240, 1_000, 1_900, 30_000] {
            run(&format!(
                "{}{inner}{}",
                opening.repeat(depth),
                closing.repeat(depth)
            ));
        }
    }
}

#[test]
fn two_hundred_terms_are_no_matter() {
    let terms = vec!["a"; 200].join(" + ");
    let bound = Expression::parse(&terms)
        .expect("a sum of 200 columns is in the subset")
        .bind(table().schema_ref())
        .expect("the types fit");
    assert!(bound.evaluate(&table()).is_ok());
}

#[test]
fn a_text_beyond_all_measure_says_how_large_it_may_be() {
    let error = Expression::parse(&vec!["1"; 2_500].join(" + ")).expect_err("too large");
    assert_eq!(
        error,
        ParseError::TooLarge {
            unit: "words and signs",
            found: 4_999,
            limit: 4_000
        }
    );
    assert_eq!(
        error.to_string(),
        "expression of 4999 words and signs, expected at most 4000"
    );
}
