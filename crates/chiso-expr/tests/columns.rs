//! Which columns an expression reads, and what callers can ask of it before evaluating.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int8Array, RecordBatch};
use arrow_schema::DataType;
use chiso_expr::Expression;

fn table() -> RecordBatch {
    let labels: DictionaryArray<Int8Type> =
        vec![Some("yes"), None, Some("no")].into_iter().collect();
    let columns: [(&str, ArrayRef); 4] = [
        (
            "HI_CHOL",
            Arc::new(Int8Array::from(vec![Some(0), Some(1), None])),
        ),
        ("x", Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0]))),
        ("X", Arc::new(Float64Array::from(vec![10.0, 20.0, 30.0]))),
        ("label", Arc::new(labels)),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of equal length")
}

fn parsed(text: &str) -> Expression {
    Expression::parse(text).expect("the text is in the subset")
}

fn numbers(text: &str) -> Vec<Option<f64>> {
    let batch = table();
    let bound = parsed(text)
        .bind(batch.schema_ref())
        .expect("the types fit");
    bound
        .evaluate_f64(&batch)
        .expect("the rows can be computed")
        .iter()
        .collect()
}

#[test]
fn columns_are_told_once_in_the_order_of_first_use() {
    let text = "CASE c WHEN a THEN b ELSE coalesce(d, a) END + CAST(e AS INT) \
                BETWEEN f AND g AND h IN (i, 1) AND j LIKE k AND (-l) IS NULL AND NOT a";
    let columns = parsed(text).columns().concat();
    assert_eq!(columns, "cabdefghijkl");
    assert!(parsed("1 + 2").columns().is_empty());
}

#[test]
fn the_places_of_the_columns_are_those_in_the_schema() {
    let schema = table().schema();
    let expression = parsed("\"X\" + hi_chol + x + X");
    assert_eq!(expression.column_indices(&schema), Ok(vec![2, 0, 1]));
    let bound = expression.bind(&schema).expect("the types fit");
    assert_eq!(bound.column_indices(), [2, 0, 1]);
}

#[test]
fn an_exact_name_wins_and_else_case_does_not_matter() {
    assert_eq!(numbers("HI_CHOL"), [Some(0.0), Some(1.0), None]);
    assert_eq!(numbers("hi_Chol"), [Some(0.0), Some(1.0), None]);
    assert_eq!(numbers("x"), [Some(1.0), Some(2.0), Some(3.0)]);
    assert_eq!(numbers("X"), [Some(10.0), Some(20.0), Some(30.0)]);
}

#[test]
fn a_plain_column_is_recognised_even_in_brackets() {
    assert_eq!(parsed("hi_chol").as_column(), Some("hi_chol"));
    assert_eq!(parsed("(\"HI_CHOL\")").as_column(), Some("HI_CHOL"));
    assert_eq!(parsed("hi_chol + 0").as_column(), None);
    let bound = parsed("hi_chol")
        .bind(table().schema_ref())
        .expect("the types fit");
    assert_eq!(bound.as_column(), Some("HI_CHOL"));
    assert_eq!(bound.text(), "hi_chol");
}

#[test]
fn truth_values_count_as_one_and_zero_and_null_stays_null() {
    assert_eq!(numbers("hi_chol = 1"), [Some(0.0), Some(1.0), None]);
    assert_eq!(numbers("NULL"), [None, None, None]);
    assert_eq!(numbers("7"), [Some(7.0); 3]);
}

#[test]
fn a_condition_keeps_null_apart_from_false() {
    let batch = table();
    let bound = parsed("hi_chol > 0")
        .bind(batch.schema_ref())
        .expect("the types fit");
    let truths = bound
        .evaluate_bool(&batch)
        .expect("the rows can be computed");
    assert_eq!(
        truths.iter().collect::<Vec<_>>(),
        [Some(false), Some(true), None]
    );
}

#[test]
fn a_dictionary_is_read_as_its_values() {
    let batch = table();
    let bound = parsed("label")
        .bind(batch.schema_ref())
        .expect("the types fit");
    assert_eq!(*bound.data_type(), DataType::Utf8);
    let values = bound.evaluate(&batch).expect("the rows can be computed");
    assert_eq!(*values.data_type(), DataType::Utf8);
    assert_eq!(
        numbers("CASE WHEN label = 'yes' THEN 1 ELSE 0 END"),
        [Some(1.0), Some(0.0), Some(0.0)]
    );
}

#[test]
fn zero_and_its_negative_are_one_number_in_lists_as_in_comparisons() {
    assert_eq!(numbers("(-(x - x)) IN (0)"), [Some(1.0); 3]);
    assert_eq!(numbers("(-(x - x)) IN (0, 5, 6, 7)"), [Some(1.0); 3]);
    assert_eq!(numbers("-(x - x) = 0"), [Some(1.0); 3]);
}
