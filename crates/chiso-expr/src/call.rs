//! Calls: from a function's name to what computes it.

use arrow_array::{Array, ArrayRef, BooleanArray, new_null_array};
use arrow_buffer::BooleanBuffer;
use arrow_ord::cmp::eq;
use arrow_ord::ord::make_comparator;
use arrow_schema::{ArrowError, DataType, SortOptions};
use arrow_select::nullif::nullif;
use arrow_select::zip::zip;

use crate::function::Function;
use crate::value::{Value, aligned};
use crate::{math, text};

/// The values of a call, given its arguments' values.
pub(crate) fn evaluate(
    function: Function,
    arguments: Vec<Value>,
    data_type: &DataType,
    rows: usize,
) -> Result<Value, ArrowError> {
    let (arrays, scalar) = aligned(arguments, rows)?;
    let result = of_arrays(function, &arrays, data_type)?;
    Ok(if scalar {
        Value::Scalar(result)
    } else {
        Value::Array(result)
    })
}

fn of_arrays(
    function: Function,
    arguments: &[ArrayRef],
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    match (function, arguments) {
        (Function::Greatest, _) => extreme(arguments, true),
        (Function::Least, _) => extreme(arguments, false),
        (Function::NullIf, [value, other]) => nullif(value, &eq(value, other)?),
        (Function::Power, [base, exponent]) => math::power(base, exponent),
        (Function::Round, [value]) => math::round(value, None, data_type),
        (Function::Round, [value, places]) => math::round(value, Some(places), data_type),
        (Function::Lower, [value]) => text::lower(value),
        (Function::Upper, [value]) => text::upper(value),
        (Function::Trim(side), [value]) => text::trim(side, value, None),
        (Function::Trim(side), [value, letters]) => text::trim(side, value, Some(letters)),
        (Function::CharacterLength, [value]) => text::character_length(value),
        (Function::Substring, [value, start]) => text::substring(value, start, None),
        (Function::Substring, [value, start, count]) => text::substring(value, start, Some(count)),
        (_, [value]) => math::unary(function, value),
        _ => Err(ArrowError::InvalidArgumentError(format!(
            "{} with {} arguments",
            function.name(),
            arguments.len()
        ))),
    }
}

/// GREATEST and LEAST: NULLs are passed over; floats are ordered totally, NaN above all.
fn extreme(arguments: &[ArrayRef], greatest: bool) -> Result<ArrayRef, ArrowError> {
    let Some((first, rest)) = arguments.split_first() else {
        return Ok(new_null_array(&DataType::Null, 0));
    };
    // NULL counts as the lowest for GREATEST and as the highest for LEAST, so it never wins.
    let options = SortOptions {
        descending: false,
        nulls_first: greatest,
    };
    rest.iter().try_fold(first.clone(), |best, next| {
        if *best.data_type() == DataType::Null {
            return Ok(best);
        }
        let order = make_comparator(&best, next, options)?;
        let keeps = |row: usize| {
            let order = order(row, row);
            if greatest {
                order.is_ge()
            } else {
                order.is_le()
            }
        };
        let kept = BooleanArray::new(BooleanBuffer::collect_bool(best.len(), keeps), None);
        zip(&kept, &best, next)
    })
}
