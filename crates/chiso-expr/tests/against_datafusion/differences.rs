//! The differences to DataFusion that the crate's documentation states: all of them, and still
//! there. One that goes away with a newer DataFusion goes from the documentation as well.

use crate::compare::compare;
use crate::oracle::Oracle;
use crate::table::table;

/// That both engines differ, and how.
fn difference(text: &str) -> String {
    compare(&Oracle::new(), text, &table()).expect_err("a stated difference is gone")
}

#[test]
fn a_name_in_the_wrong_case_means_the_column_here() {
    let batch = table();
    let schema =
        arrow_schema::Schema::new(vec![batch.schema().field(0).clone().with_name("HI_CHOL")]);
    let batch = arrow_array::RecordBatch::try_new(schema.into(), vec![batch.column(0).clone()])
        .expect("the same column under another name");
    let found = compare(&Oracle::new(), "HI_CHOL", &batch).expect_err("found in both");
    assert!(
        found.contains("here Boolean") && found.contains("DataFusion refuses"),
        "{found}"
    );
}

#[test]
fn a_dictionary_is_its_values_here() {
    let found = difference("label");
    assert!(found.contains("here       Utf8:"), "{found}");
    assert!(
        found.contains("DataFusion Dictionary(Int8, Utf8):"),
        "{found}"
    );
}

#[test]
fn zero_equals_its_negative_in_every_list_here() {
    let found = difference("-(n * 0.0) IN (0.0, 5, 6, 7)");
    assert!(found.contains("here       Boolean: true, true"), "{found}");
    assert!(
        found.contains("DataFusion Boolean: false, false"),
        "{found}"
    );
}

#[test]
fn a_sign_is_judged_after_conversions_here() {
    let found = difference("-CASE WHEN b THEN u8 ELSE f32 END");
    assert!(
        found.contains("here Float32") && found.contains("DataFusion refuses"),
        "{found}"
    );
}

#[test]
fn a_rounded_decimal_inside_an_expression_has_fewer_digits_here() {
    let found = difference("CASE WHEN b THEN round(d, 1) ELSE n END");
    assert!(
        found.contains("here       Decimal128(21, 1): 123.5, 1.0,"),
        "{found}"
    );
    assert!(
        found.contains("DataFusion Decimal128(22, 2): 123.50, 1.00,"),
        "{found}"
    );
}

#[test]
fn an_item_without_value_on_no_rows_is_computed_row_by_row_here() {
    let found = difference("n + 1 IN (CASE WHEN b THEN n + 1 WHEN c THEN n END, 0)");
    assert!(found.contains("here       Boolean: true, false"), "{found}");
    assert!(found.contains("DataFusion Boolean: NULL, NULL"), "{found}");
}

#[test]
fn a_part_that_fails_is_not_left_out_here() {
    let found = difference("1 / 0 > 1 AND FALSE");
    assert!(
        found.contains("here refused") && found.contains("DataFusion Boolean"),
        "{found}"
    );
}

#[test]
fn no_escape_sign_but_the_backslash_here() {
    let found = difference("s LIKE 'x' ESCAPE '#'");
    assert!(
        found.contains("here refused") && found.contains("DataFusion Boolean"),
        "{found}"
    );
}
