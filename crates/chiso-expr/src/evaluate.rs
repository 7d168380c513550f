//! The values of a bound expression for rows, by Arrow's kernels.

use std::sync::Arc;

use arrow_arith::boolean as truth;
use arrow_arith::numeric;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Datum};
use arrow_cast::display::{DurationFormat, FormatOptions};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_ord::cmp;
use arrow_schema::{ArrowError, DataType};
use arrow_string::concat_elements::concat_elements_dyn;
use arrow_string::like;

use crate::call;
use crate::case;
use crate::choice;
use crate::logic;
use crate::node::{Arithmetic, Comparison, Logic};
use crate::plan::{Case, Plan, Typed};
use crate::value::{Rows, Value, aligned, boolean};

/// Conversions fail on a value that does not fit, or give NULL where `safe` (TRY_CAST).
pub(crate) fn cast(array: &ArrayRef, to: &DataType, safe: bool) -> Result<ArrayRef, ArrowError> {
    let format_options = FormatOptions::new().with_duration_format(DurationFormat::Pretty);
    cast_with_options(
        array,
        to,
        &CastOptions {
            safe,
            format_options,
        },
    )
}

/// One value a row, or one for all rows.
pub(crate) fn evaluate(typed: &Typed, rows: &Rows) -> Result<Value, ArrowError> {
    match &typed.plan {
        Plan::Column(place) => Ok(Value::Array(rows.columns[*place].clone())),
        Plan::Literal(array) => Ok(Value::Scalar(array.clone())),
        Plan::Not(operand) => {
            evaluate(operand, rows)?.map(|array| truth::not(array.as_boolean()).map(boolean))
        }
        Plan::Negate(operand) => negate(evaluate(operand, rows)?),
        Plan::Arithmetic(operator, left, right) => {
            let (left, right) = (evaluate(left, rows)?, evaluate(right, rows)?);
            left.zip(&right, |left, right| arithmetic(*operator, left, right))
        }
        Plan::Compare(comparison, left, right) => {
            compare(*comparison, evaluate(left, rows)?, evaluate(right, rows)?)
        }
        Plan::Logic(logic, left, right) => {
            let left = evaluate(left, rows)?;
            logic::join(*logic, left, rows, |rows, _| evaluate(right, rows))
        }
        Plan::Concatenate(left, right) => {
            let (arrays, scalar) = aligned(
                vec![evaluate(left, rows)?, evaluate(right, rows)?],
                rows.count,
            )?;
            let joined = concat_elements_dyn(arrays[0].as_ref(), arrays[1].as_ref())?;
            Ok(if scalar {
                Value::Scalar(joined)
            } else {
                Value::Array(joined)
            })
        }
        Plan::IsNull { operand, negated } => evaluate(operand, rows)?.map(|array| {
            let test = if *negated {
                truth::is_not_null
            } else {
                truth::is_null
            };
            test(array.as_ref()).map(boolean)
        }),
        Plan::Between { operand, low, high } => between([operand, low, high], rows),
        Plan::In {
            operand,
            list,
            negated,
        } => contained(operand, list, *negated, rows),
        Plan::Like {
            operand,
            pattern,
            negated,
            ignore_case,
        } => {
            let kernel = match (negated, ignore_case) {
                (false, false) => like::like,
                (true, false) => like::nlike,
                (false, true) => like::ilike,
                (true, true) => like::nilike,
            };
            let (operand, pattern) = (evaluate(operand, rows)?, evaluate(pattern, rows)?);
            operand.zip(&pattern, |operand, pattern| {
                kernel(operand, pattern).map(boolean)
            })
        }
        Plan::Case(parts) => {
            let Case {
                operand,
                branches,
                otherwise,
                infallible,
            } = parts.as_ref();
            let (operand, otherwise) = (operand.as_ref(), otherwise.as_ref());
            let compute = if *infallible {
                choice::evaluate
            } else {
                case::evaluate
            };
            compute(operand, branches, otherwise, &typed.data_type, rows)
        }
        Plan::Coalesce(arguments) => case::coalesce(arguments, &typed.data_type, rows),
        Plan::Cast { operand, safe } => {
            evaluate(operand, rows)?.map(|array| cast(array, &typed.data_type, *safe))
        }
        Plan::Call {
            function,
            arguments,
        } => {
            let values = (arguments.iter())
                .map(|argument| evaluate(argument, rows))
                .collect::<Result<_, _>>()?;
            call::evaluate(*function, values, &typed.data_type, rows.count)
        }
    }
}

/// Whole numbers wrap on overflow and fail on a division by zero, as in DataFusion.
pub(crate) fn arithmetic(
    operator: Arithmetic,
    left: &dyn Datum,
    right: &dyn Datum,
) -> Result<ArrayRef, ArrowError> {
    match operator {
        Arithmetic::Add => numeric::add_wrapping(left, right),
        Arithmetic::Subtract => numeric::sub_wrapping(left, right),
        Arithmetic::Multiply => numeric::mul_wrapping(left, right),
        Arithmetic::Divide => numeric::div(left, right),
        Arithmetic::Remainder => numeric::rem(left, right),
    }
}

/// A column wraps on overflow, a single value fails: both as in DataFusion.
fn negate(operand: Value) -> Result<Value, ArrowError> {
    match operand {
        Value::Array(array) => numeric::neg_wrapping(array.as_ref()).map(Value::Array),
        Value::Scalar(array) => numeric::neg(array.as_ref()).map(Value::Scalar),
    }
}

fn compare(comparison: Comparison, left: Value, right: Value) -> Result<Value, ArrowError> {
    let kernel = match comparison {
        Comparison::Equal => cmp::eq,
        Comparison::NotEqual => cmp::neq,
        Comparison::Less => cmp::lt,
        Comparison::LessOrEqual => cmp::lt_eq,
        Comparison::Greater => cmp::gt,
        Comparison::GreaterOrEqual => cmp::gt_eq,
        Comparison::Distinct => cmp::distinct,
        Comparison::NotDistinct => cmp::not_distinct,
    };
    let left = left.map(|array| Ok(without_negative_zero(array)))?;
    let right = right.map(|array| Ok(without_negative_zero(array)))?;
    left.zip(&right, |left, right| kernel(left, right).map(boolean))
}

/// The kernels order floats totally, −0 before 0; in SQL they are equal.
fn without_negative_zero(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Float32 => Arc::new(
            array
                .as_primitive::<Float32Type>()
                .unary::<_, Float32Type>(|x| x + 0.0),
        ),
        DataType::Float64 => Arc::new(
            array
                .as_primitive::<Float64Type>()
                .unary::<_, Float64Type>(|x| x + 0.0),
        ),
        _ => array.clone(),
    }
}

fn between([operand, low, high]: [&Typed; 3], rows: &Rows) -> Result<Value, ArrowError> {
    let operand = evaluate(operand, rows)?;
    let above = compare(
        Comparison::GreaterOrEqual,
        operand.clone(),
        evaluate(low, rows)?,
    )?;
    logic::join(Logic::And, above, rows, |rows, mask| {
        let operand = mask.map_or_else(|| Ok(operand.clone()), |mask| operand.filter(mask))?;
        compare(Comparison::LessOrEqual, operand, evaluate(high, rows)?)
    })
}

/// TRUE where the operand equals an item; else NULL where the operand or an item is NULL.
fn contained(
    operand: &Typed,
    list: &[Typed],
    negated: bool,
    rows: &Rows,
) -> Result<Value, ArrowError> {
    let operand = evaluate(operand, rows)?;
    let mut found = Value::Scalar(boolean(BooleanArray::from(vec![false])));
    for item in list {
        let equal = compare(Comparison::Equal, operand.clone(), evaluate(item, rows)?)?;
        let (arrays, scalar) = aligned(vec![found, equal], rows.count)?;
        let either = truth::or_kleene(arrays[0].as_boolean(), arrays[1].as_boolean())?;
        found = if scalar {
            Value::Scalar(boolean(either))
        } else {
            Value::Array(boolean(either))
        };
    }
    if negated {
        found.map(|array| truth::not(array.as_boolean()).map(boolean))
    } else {
        Ok(found)
    }
}
