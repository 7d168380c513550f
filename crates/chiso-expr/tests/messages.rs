//! What is wrong is said in one sentence that names the place, what was found and what was
//! expected.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Int8Array, Int64Array, RecordBatch, StringArray, TimestampSecondArray,
};
use chiso_expr::Expression;

fn table() -> RecordBatch {
    let columns: [(&str, ArrayRef); 6] = [
        (
            "HI_CHOL",
            Arc::new(Int8Array::from(vec![Some(0), Some(1), None])),
        ),
        (
            "province",
            Arc::new(StringArray::from(vec!["Hà Nội", "12", "x"])),
        ),
        ("age", Arc::new(Int64Array::from(vec![31, 0, 25]))),
        ("Age", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        (
            "urban",
            Arc::new(BooleanArray::from(vec![true, false, true])),
        ),
        (
            "taken_at",
            Arc::new(TimestampSecondArray::from(vec![0, 1, 2])),
        ),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of equal length")
}

/// The message of whichever step refuses the text.
fn message(text: &str) -> String {
    let batch = table();
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(error) => return error.to_string(),
    };
    match expression.bind(batch.schema_ref()) {
        Ok(bound) => bound
            .evaluate(&batch)
            .expect_err("the text should be refused")
            .to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_break_of_the_grammar_names_place_and_expectation() {
    assert_eq!(
        message("age >= )"),
        r#""age >= )" at character 8: Expected: an expression, found: )"#
    );
    assert_eq!(
        message("age urban"),
        r#""age urban" at character 5: expected an operator or the end, found urban"#
    );
    assert_eq!(
        message("age >\n  'open"),
        "\"age >\n  'open\" at line 2, character 3: Unterminated string literal"
    );
    assert_eq!(message(""), r#""": Expected: an expression, found: EOF"#);
}

#[test]
fn what_lies_outside_the_subset_is_named_with_its_place() {
    for (text, expected) in [
        (
            "age + median(age)",
            r#""age + median(age)" at character 7: function median is not supported"#,
        ),
        (
            "sum(age)",
            r#""sum(age)" at character 1: function sum is not supported"#,
        ),
        (
            "age & 1",
            r#""age & 1" at character 1: operator & is not supported"#,
        ),
        ("t.age", r#""t.age" at character 1: t.age is not supported"#),
        (
            "province SIMILAR TO 'x'",
            r#""province SIMILAR TO 'x'" at character 1: province SIMILAR TO 'x' is not supported"#,
        ),
        (
            "CAST(age AS TIMESTAMP)",
            r#""CAST(age AS TIMESTAMP)" at character 6: type TIMESTAMP is not supported"#,
        ),
        (
            "age IN (SELECT 1)",
            r#""age IN (SELECT 1)" at character 1: age IN (SELECT 1) is not supported"#,
        ),
        (
            "abs(DISTINCT age)",
            r#""abs(DISTINCT age)" at character 1: abs(DISTINCT age) is not supported"#,
        ),
        (
            "province LIKE 'x' ESCAPE '#'",
            r#""province LIKE 'x' ESCAPE '#'" at character 15: ESCAPE '#' is not supported"#,
        ),
    ] {
        assert_eq!(message(text), expected);
    }
}

#[test]
fn an_unknown_column_comes_with_near_names() {
    assert_eq!(
        message("provinc = 'x'"),
        "no column provinc; near names are province"
    );
    assert_eq!(message("weight > 0"), "no column weight");
    assert_eq!(
        message("\"hi_chol\" = 1"),
        "no column hi_chol; near names are HI_CHOL"
    );
}

#[test]
fn a_name_that_several_columns_match_is_refused_unless_quoted() {
    assert_eq!(
        message("AGE > 1"),
        "column AGE could be any of age, Age: quote the one that is meant"
    );
}

#[test]
fn a_column_of_another_type_is_refused_by_name() {
    assert_eq!(
        message("taken_at IS NULL"),
        "column taken_at has the type Timestamp(s), expected a boolean, a number, a text or a date (Date32)"
    );
}

#[test]
fn types_that_do_not_go_together_are_named() {
    for (text, expected) in [
        ("urban + 1", "+ cannot be used with Boolean and Int64"),
        ("urban = 1", "= cannot be used with Boolean and Int64"),
        ("NOT age", "NOT cannot be used with Int64"),
        ("age AND urban", "AND cannot be used with Int64 and Boolean"),
        ("age LIKE 'x'", "LIKE cannot be used with Int64 and Utf8"),
        ("urban IN (1)", "IN cannot be used with Boolean and Int64"),
        (
            "CASE WHEN urban THEN urban ELSE 1 END",
            "CASE … THEN … ELSE cannot be used with Boolean and Int64",
        ),
        (
            "round(province)",
            "argument 1 of round has the type Utf8, expected a number",
        ),
        (
            "substr(age, 1)",
            "argument 1 of substr has the type Int64, expected a text",
        ),
        ("nullif(age)", "nullif takes 2 arguments, found 1"),
        (
            "CAST(urban AS DATE)",
            "there is no conversion from Boolean to Date32",
        ),
    ] {
        assert_eq!(message(text), expected);
    }
}

#[test]
fn a_row_that_cannot_be_computed_is_named() {
    assert_eq!(
        message("100 / age"),
        r#""100 / age" in row 1 of the batch: Divide by zero error"#
    );
    assert_eq!(
        message("CAST(province AS INT)"),
        "\"CAST(province AS INT)\" in row 0 of the batch: Cast error: \
         Cannot cast string 'Hà Nội' to value of Int32 type"
    );
    assert_eq!(message("1 / 0"), r#""1 / 0": Divide by zero error"#);
}

#[test]
fn a_batch_of_another_schema_is_refused() {
    let bound = Expression::parse("age + 1")
        .expect("the text is in the subset")
        .bind(table().schema_ref())
        .expect("the types fit");
    let other: [(&str, ArrayRef); 3] = [
        ("a", Arc::new(Int64Array::from(vec![1]))),
        ("b", Arc::new(Int64Array::from(vec![1]))),
        ("age", Arc::new(Int8Array::from(vec![1]))),
    ];
    let other = RecordBatch::try_from_iter(other).expect("columns of equal length");
    let error = bound
        .evaluate(&other)
        .expect_err("another type")
        .to_string();
    assert_eq!(
        error,
        r#""age + 1": column 2 of the batch is age Int8, expected age Int64"#
    );
}

#[test]
fn a_text_is_neither_a_number_nor_a_condition() {
    let batch = table();
    let bound = Expression::parse("province")
        .expect("the text is in the subset")
        .bind(batch.schema_ref())
        .expect("the types fit");
    let error = bound.evaluate_f64(&batch).expect_err("a text").to_string();
    assert_eq!(
        error,
        r#""province" has the type Utf8, expected a number or a boolean"#
    );
    let error = bound.evaluate_bool(&batch).expect_err("a text").to_string();
    assert_eq!(error, r#""province" has the type Utf8, expected a boolean"#);
}
