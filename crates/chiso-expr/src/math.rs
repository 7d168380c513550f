//! The numeric functions, value for value as in `datafusion-functions` 55.

use std::sync::Arc;

use arrow_arith::arity::try_binary;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, DecimalType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type,
};
use arrow_array::{Array, ArrayRef, ArrowNativeTypeOp, Int32Array, PrimitiveArray};
use arrow_schema::{ArrowError, DataType};

use crate::function::Function;
use crate::round;

/// ABS, FLOOR, CEIL, SQRT, LN, LOG10 and EXP.
pub(crate) fn unary(function: Function, value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match value.data_type() {
        DataType::Float64 => unary_f64(function, value),
        DataType::Float32 => unary_f32(function, value),
        DataType::Decimal128(precision, scale) => {
            unary_decimal(function, value, *precision, *scale)
        }
        DataType::Int8 => abs::<Int8Type>(value),
        DataType::Int16 => abs::<Int16Type>(value),
        DataType::Int32 => abs::<Int32Type>(value),
        DataType::Int64 => abs::<Int64Type>(value),
        _ => Ok(value.clone()),
    }
}

fn unary_f64(function: Function, value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let value = value.as_primitive::<Float64Type>();
    let operation: fn(f64) -> f64 = match function {
        Function::Abs => f64::abs,
        Function::Floor => f64::floor,
        Function::Ceil => f64::ceil,
        Function::Ln => f64::ln,
        Function::Log10 => f64::log10,
        Function::Exp => f64::exp,
        Function::Sqrt => {
            let roots: PrimitiveArray<Float64Type> = value.try_unary(|x| match x < 0.0 {
                true => Err(negative_root()),
                false => Ok(x.sqrt()),
            })?;
            return Ok(Arc::new(roots));
        }
        other => return Err(unknown(other, &DataType::Float64)),
    };
    Ok(Arc::new(value.unary::<_, Float64Type>(operation)))
}

fn unary_f32(function: Function, value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let value = value.as_primitive::<Float32Type>();
    let operation: fn(f32) -> f32 = match function {
        Function::Abs => f32::abs,
        Function::Floor => f32::floor,
        Function::Ceil => f32::ceil,
        Function::Ln => f32::ln,
        Function::Log10 => f32::log10,
        Function::Exp => f32::exp,
        Function::Sqrt => {
            let roots: PrimitiveArray<Float32Type> = value.try_unary(|x| match x < 0.0 {
                true => Err(negative_root()),
                false => Ok(x.sqrt()),
            })?;
            return Ok(Arc::new(roots));
        }
        other => return Err(unknown(other, &DataType::Float32)),
    };
    Ok(Arc::new(value.unary::<_, Float32Type>(operation)))
}

/// ABS, FLOOR and CEIL of a decimal; the type stays.
fn unary_decimal(
    function: Function,
    value: &ArrayRef,
    precision: u8,
    scale: i8,
) -> Result<ArrayRef, ArrowError> {
    let decimals = value.as_primitive::<Decimal128Type>();
    let up = match function {
        Function::Abs => {
            let result = decimals.unary::<_, Decimal128Type>(i128::wrapping_abs);
            return Ok(Arc::new(result.with_data_type(value.data_type().clone())));
        }
        Function::Floor => false,
        Function::Ceil => true,
        other => return Err(unknown(other, value.data_type())),
    };
    if scale <= 0 {
        return Ok(value.clone());
    }
    let factor = 10_i128.pow_checked(u32::from(scale.unsigned_abs()))?;
    let result: PrimitiveArray<Decimal128Type> = decimals.try_unary(|x| {
        let below = x.rem_euclid(factor);
        let whole = match (below, up) {
            (0, _) => x,
            (_, false) => x.sub_checked(below)?,
            (_, true) => x.add_checked(factor - below)?,
        };
        Decimal128Type::validate_decimal_precision(whole, precision, scale)?;
        Ok::<_, ArrowError>(whole)
    })?;
    Ok(Arc::new(result.with_data_type(value.data_type().clone())))
}

/// The absolute value of a whole number; the lowest has none.
fn abs<T>(value: &ArrayRef) -> Result<ArrayRef, ArrowError>
where
    T: ArrowPrimitiveType,
    T::Native: ArrowNativeTypeOp,
{
    let result: PrimitiveArray<T> = value.as_primitive::<T>().try_unary(|x| {
        if x.is_ge(T::Native::ZERO) {
            Ok(x)
        } else {
            x.neg_checked()
        }
    })?;
    Ok(Arc::new(result))
}

/// POWER of two DOUBLEs; zero has no negative power.
pub(crate) fn power(base: &ArrayRef, exponent: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let base = base.as_primitive::<Float64Type>();
    let exponent = exponent.as_primitive::<Float64Type>();
    let result: PrimitiveArray<Float64Type> =
        try_binary(base, exponent, |base: f64, exponent: f64| {
            if base == 0.0 && exponent < 0.0 {
                let message = "zero raised to a negative power is undefined";
                return Err(ArrowError::ComputeError(message.to_owned()));
            }
            Ok(base.powf(exponent))
        })?;
    Ok(Arc::new(result))
}

/// ROUND to a number of decimal places (none: 0), half away from zero.
pub(crate) fn round(
    value: &ArrayRef,
    places: Option<&ArrayRef>,
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    let zero: Int32Array;
    let places = match places {
        Some(places) => places.as_primitive::<Int32Type>(),
        None => {
            zero = Int32Array::from_value(0, value.len());
            &zero
        }
    };
    round::round(value, places, data_type)
}

fn negative_root() -> ArrowError {
    ArrowError::ComputeError("cannot take square root of a negative number".to_owned())
}

/// The binder lets no other function come here.
fn unknown(function: Function, data_type: &DataType) -> ArrowError {
    ArrowError::NotYetImplemented(format!("{} of {data_type}", function.name()))
}
