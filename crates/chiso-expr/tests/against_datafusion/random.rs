//! Random well-typed expressions on random tables: both engines agree, also in what they refuse.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int32Array, Int64Array, RecordBatch, StringArray, StringViewArray, UInt8Array, UInt64Array,
};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use crate::compare::{Agreement, compare_with_any_plan};
use crate::oracle::Oracle;

/// How deeply operators are nested.
const DEPTH: usize = 4;
/// How many pairs of an expression and a table are tried at least; PROPTEST_CASES asks for more.
const CASES: u32 = 600;

/// Texts of expressions, one strategy for each kind of value.
#[derive(Clone)]
struct Kinds {
    number: BoxedStrategy<String>,
    truth: BoxedStrategy<String>,
    text: BoxedStrategy<String>,
}

/// One of the texts.
fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    select(texts).prop_map(str::to_owned).boxed()
}

/// The template with each `$` replaced by the next part.
fn filled(template: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let fill = |sign| {
        if sign == '$' {
            parts.next().copied().unwrap_or("NULL").to_owned()
        } else {
            String::from(sign)
        }
    };
    template.chars().map(fill).collect()
}

/// Templates filled with parts of the given kinds, in order.
fn template(
    texts: &'static [&'static str],
    kinds: [&BoxedStrategy<String>; 3],
) -> BoxedStrategy<String> {
    let [first, second, third] = kinds;
    (select(texts), first.clone(), second.clone(), third.clone())
        .prop_map(|(template, a, b, c)| filled(template, &[&a, &b, &c]))
        .boxed()
}

/// Columns and literals.
///
/// A sign and the items of `IN` are put before them only. DataFusion's planner judges `-x` by the
/// type of `x` before conversions, and it takes an item of `IN` that is one NULL on a table without
/// rows for NULL on all rows (see `differences`).
/// The operand of `IN` is a whole number, since DataFusion tells −0 from 0 in some lists only.
fn leaves() -> Kinds {
    Kinds {
        number: one_of(&[
            "i8", "i32", "i64", "u8", "u64", "f32", "f64", "d", "i8", "i64", "f64", "0", "1", "2",
            "-3", "7", "99", "888", "0.5", "2.0", "-1.25", "NULL",
        ]),
        truth: one_of(&["b", "c", "b", "c", "TRUE", "FALSE", "NULL"]),
        text: one_of(&["s", "t", "s", "t", "'a'", "''", "'Việt %'", "NULL"]),
    }
}

/// One level more of operators over the parts.
fn level(part: &Kinds) -> Kinds {
    let (n, b, t) = (&part.number, &part.truth, &part.text);
    Kinds {
        number: prop_oneof![
            2 => n.clone(),
            4 => template(&["($ + $)", "($ - $)", "($ * $)", "($ / $)", "($ % $)"], [n, n, n]),
            1 => one_of(&["(- i8)", "(+ i32)", "(- i64)", "(- f64)", "(- d)", "(- 5)", "(- NULL)"]),
            2 => template(
                &["abs($)", "floor($)", "ceil($)", "round($)", "round(i32, -1)", "round(f64, 1)", "round(CAST($ AS DOUBLE), 2)",
                  "exp($)", "ln($)", "log10($)", "sqrt($)", "sqrt(abs($))"],
                [n, n, n],
            ),
            1 => template(
                &["power($, $)", "coalesce($, $)", "coalesce($, $, $)", "nullif($, $)",
                  "greatest($, $)", "least($, $, $)"],
                [n, n, n],
            ),
            1 => template(
                &["CAST($ AS DOUBLE)", "CAST($ AS BIGINT)", "TRY_CAST($ AS INT)",
                  "TRY_CAST($ AS TINYINT)", "TRY_CAST($ AS DECIMAL(9, 2))", "CAST($ AS FLOAT)"],
                [n, n, n],
            ),
            1 => template(&["length($)", "TRY_CAST($ AS INT)", "TRY_CAST($ AS DOUBLE)"], [t, t, t]),
            1 => template(&["CAST($ AS INT)"], [b, b, b]),
            2 => template(
                &["CASE WHEN $ THEN $ ELSE $ END", "CASE WHEN $ THEN $ WHEN b THEN $ END"],
                [b, n, n],
            ),
            1 => template(
                &["CASE $ WHEN 1 THEN 5 WHEN $ THEN $ END", "CASE $ WHEN $ THEN $ ELSE 0 END",
                  "CASE $ WHEN 1 THEN 5 WHEN 2 THEN 6 ELSE 7 END"],
                [n, n, n],
            ),
        ]
        .boxed(),
        truth: prop_oneof![
            2 => b.clone(),
            4 => template(
                &["($ = $)", "($ <> $)", "($ < $)", "($ <= $)", "($ > $)", "($ >= $)",
                  "($ IS DISTINCT FROM $)", "($ IS NOT DISTINCT FROM $)", "($ BETWEEN $ AND $)",
                  "($ NOT BETWEEN $ AND $)", "(TRY_CAST($ AS BIGINT) IN (1, i64))", "(TRY_CAST($ AS INT) IN (1, 2, 7, 99, 888))",
                  "(TRY_CAST($ AS BIGINT) NOT IN (1, i8, NULL))"],
                [n, n, n],
            ),
            2 => template(
                &["($ = $)", "($ < $)", "($ LIKE $)", "($ NOT LIKE '%a%')", "($ ILIKE 'A_%')",
                  "($ IN ('a', '', t))", "($ BETWEEN $ AND $)", "($ IS NULL)"],
                [t, t, t],
            ),
            4 => template(&["($ AND $)", "($ OR $)", "(NOT $)", "($ AND $ OR $)", "($ = $)"], [b, b, b]),
            2 => template(
                &["($ IS NULL)", "($ IS NOT NULL)", "($ IS TRUE)", "($ IS NOT FALSE)",
                  "($ IS UNKNOWN)", "coalesce($, $)", "nullif($, $)",
                  "CASE WHEN $ THEN $ ELSE $ END"],
                [b, b, b],
            ),
            1 => template(&["($ IS NULL)", "($ IS NOT NULL)", "(day < '2020-01-01' OR $ > 0)"], [n, n, n]),
        ]
        .boxed(),
        text: prop_oneof![
            2 => t.clone(),
            2 => template(
                &["($ || $)", "coalesce($, $)", "nullif($, $)", "greatest($, $)", "trim($, $)"],
                [t, t, t],
            ),
            2 => template(
                &["lower($)", "upper($)", "trim($)", "ltrim($)", "substr($, 2)", "substr($, 0, 3)"],
                [t, t, t],
            ),
            1 => template(&["($ || $)", "CAST($ AS VARCHAR)"], [t, n, n]),
            1 => template(&["CASE WHEN $ THEN $ ELSE $ END", "CASE WHEN $ THEN $ END"], [b, t, t]),
        ]
        .boxed(),
    }
}

/// Expressions of all kinds.
fn expressions() -> BoxedStrategy<String> {
    let kinds = (0..DEPTH).fold(leaves(), |kinds, _| level(&kinds));
    prop_oneof![kinds.number, kinds.truth, kinds.text].boxed()
}

/// Values of a column, a quarter of them NULL.
fn column<T: Clone + std::fmt::Debug + 'static>(
    values: &'static [T],
    rows: usize,
) -> impl Strategy<Value = Vec<Option<T>>> {
    vec(weighted(0.75, select(values)), rows)
}

/// Tables of up to a dozen rows, and at least one: without rows DataFusion's FLOOR of a computed
/// decimal panics. The fixed expressions cover the table without rows.
fn tables() -> impl Strategy<Value = RecordBatch> {
    (1_usize..12).prop_flat_map(|rows| {
        let numbers = (
            column(&[0_i8, 1, 2, 7, 99, -3, 127, -128], rows),
            column(&[0_i32, 1, 7, 888, -3, i32::MAX, i32::MIN], rows),
            column(&[0_i64, 1, 2, 99, -3, i64::MAX, i64::MIN], rows),
            column(&[0_u8, 1, 7, 99, 255], rows),
            column(&[0_u64, 1, 7, 888, u64::MAX], rows),
            column(&[0.0_f32, 0.5, 2.0, -1.25, f32::INFINITY], rows),
            column(&[0.0_f64, 0.5, 2.0, -1.25, 1e300, f64::NAN], rows),
            column(&[0_i128, 50, 200, -125, 99_999], rows),
        );
        let others = (
            column(&[true, false], rows),
            column(&[true, false], rows),
            column(
                &["", "a", "A ", "Việt %", "12", "-1.5", "abcdefghijklmn"],
                rows,
            ),
            column(&["", "b", " a", "việt", "7", "mnopqrstuvwxyz"], rows),
            column(&[0, 20_270, -1], rows),
        );
        (numbers, others).prop_map(
            |((i8, i32, i64, u8, u64, f32, f64, d), (b, c, s, t, day))| {
                let decimals = Decimal128Array::from(d)
                    .with_precision_and_scale(8, 2)
                    .expect("a valid decimal type");
                let columns: Vec<(&str, ArrayRef)> = vec![
                    ("i8", Arc::new(Int8Array::from(i8))),
                    ("i32", Arc::new(Int32Array::from(i32))),
                    ("i64", Arc::new(Int64Array::from(i64))),
                    ("u8", Arc::new(UInt8Array::from(u8))),
                    ("u64", Arc::new(UInt64Array::from(u64))),
                    ("f32", Arc::new(Float32Array::from(f32))),
                    ("f64", Arc::new(Float64Array::from(f64))),
                    ("d", Arc::new(decimals)),
                    ("b", Arc::new(BooleanArray::from(b))),
                    ("c", Arc::new(BooleanArray::from(c))),
                    ("s", Arc::new(StringArray::from(s))),
                    ("t", Arc::new(StringViewArray::from(t))),
                    ("day", Arc::new(Date32Array::from(day))),
                ];
                RecordBatch::try_from_iter(columns).expect("columns of equal length")
            },
        )
    })
}

#[test]
fn random_expressions_have_the_same_values_nulls_and_types() {
    let oracle = Oracle::new();
    let cases = ProptestConfig::default().cases.max(CASES);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let values = std::cell::Cell::new(0);
    let outcome = runner.run(
        &(expressions(), tables()),
        |(text, batch)| match compare_with_any_plan(&oracle, &text, &batch) {
            Ok(agreement) => {
                values.set(values.get() + u32::from(agreement == Agreement::Values));
                Ok(())
            }
            Err(difference) => Err(TestCaseError::fail(difference)),
        },
    );
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    assert!(
        values.get() > cases / 3,
        "only {} of {cases} had values",
        values.get()
    );
}
