//! One expression, one batch, two engines: the same type, values and NULLs, or both refuse.

use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_ord::cmp::not_distinct;
use arrow_schema::DataType;
use chiso_expr::Expression;

use crate::oracle::Oracle;

/// What both engines made of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    Values,
    Refused,
}

/// This crate's answer, with any of its three errors as text.
fn ours(text: &str, batch: &RecordBatch) -> Result<ArrayRef, String> {
    let expression = Expression::parse(text).map_err(|error| error.to_string())?;
    let bound = expression
        .bind(batch.schema_ref())
        .map_err(|error| error.to_string())?;
    let values = bound.evaluate(batch).map_err(|error| error.to_string())?;
    assert_eq!(
        values.data_type(),
        bound.data_type(),
        "{text}: the type told and the type given"
    );
    Ok(values)
}

/// Compares with DataFusion's simplified plan, the one that a query runs.
pub fn compare(oracle: &Oracle, text: &str, batch: &RecordBatch) -> Result<Agreement, String> {
    agree(text, &ours(text, batch), oracle.evaluate(text, batch))
}

/// Compares with DataFusion's simplified plan or, failing that, with the plan as written:
/// DataFusion's simplifier may leave out a part that fails, as in `1 / 0 > 1 AND FALSE`.
pub fn compare_with_any_plan(
    oracle: &Oracle,
    text: &str,
    batch: &RecordBatch,
) -> Result<Agreement, String> {
    let ours = ours(text, batch);
    agree(text, &ours, oracle.evaluate(text, batch)).or_else(|difference| {
        agree(text, &ours, oracle.evaluate_as_written(text, batch)).map_err(|_| difference)
    })
}

fn agree(
    text: &str,
    ours: &Result<ArrayRef, String>,
    theirs: datafusion_common::Result<ArrayRef>,
) -> Result<Agreement, String> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => same(text, ours, &theirs).map(|()| Agreement::Values),
        (Err(_), Err(_)) => Ok(Agreement::Refused),
        (Ok(ours), Err(theirs)) => Err(format!(
            "{text}\n  here {}: {}\n  DataFusion refuses: {theirs}",
            ours.data_type(),
            shown(ours)
        )),
        (Err(ours), Ok(theirs)) => Err(format!(
            "{text}\n  here refused: {ours}\n  DataFusion {}: {}",
            theirs.data_type(),
            shown(&theirs)
        )),
    }
}

fn same(text: &str, ours: &ArrayRef, theirs: &ArrayRef) -> Result<(), String> {
    let equal = ours.data_type() == theirs.data_type()
        && ours.len() == theirs.len()
        && (*ours.data_type() == DataType::Null || all_true(not_distinct(ours, theirs)));
    if equal {
        return Ok(());
    }
    Err(format!(
        "{text}\n  here       {}: {}\n  DataFusion {}: {}",
        ours.data_type(),
        shown(ours),
        theirs.data_type(),
        shown(theirs)
    ))
}

fn all_true(test: Result<BooleanArray, arrow_schema::ArrowError>) -> bool {
    test.is_ok_and(|test| test.true_count() == test.len())
}

fn shown(values: &ArrayRef) -> String {
    let options = FormatOptions::new().with_null("NULL");
    let formatter = ArrayFormatter::try_new(values, &options).expect("a printable type");
    let texts: Vec<String> = (0..values.len())
        .map(|row| formatter.value(row).to_string())
        .collect();
    texts.join(", ")
}
