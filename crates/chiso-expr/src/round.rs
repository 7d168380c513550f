//! ROUND for each kind of number, half away from zero, as in `datafusion-functions` 55.

use std::sync::Arc;

use arrow_arith::arity::try_binary;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, DecimalType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Int32Array, PrimitiveArray};
use arrow_schema::{ArrowError, DECIMAL128_MAX_PRECISION, DataType};

/// Rounds each value to its number of decimal places; negative places round tens, hundreds, ….
pub(crate) fn round(
    value: &ArrayRef,
    places: &Int32Array,
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    match value.data_type() {
        DataType::Float64 => float64(value, places),
        DataType::Float32 => float32(value, places),
        DataType::Decimal128(precision, scale) => {
            decimal(value, places, (*precision, *scale), data_type)
        }
        DataType::Int8 => whole::<Int8Type>(value, places),
        DataType::Int16 => whole::<Int16Type>(value, places),
        DataType::Int32 => whole::<Int32Type>(value, places),
        DataType::Int64 => whole::<Int64Type>(value, places),
        DataType::UInt8 => whole::<UInt8Type>(value, places),
        DataType::UInt16 => whole::<UInt16Type>(value, places),
        DataType::UInt32 => whole::<UInt32Type>(value, places),
        DataType::UInt64 => whole::<UInt64Type>(value, places),
        other => Err(ArrowError::NotYetImplemented(format!("round of {other}"))),
    }
}

fn float64(value: &ArrayRef, places: &Int32Array) -> Result<ArrayRef, ArrowError> {
    let value = value.as_primitive::<Float64Type>();
    let result: PrimitiveArray<Float64Type> = try_binary(value, places, |x: f64, places| {
        let factor = 10_f64.powi(places);
        Ok((x * factor).round() / factor)
    })?;
    Ok(Arc::new(result))
}

fn float32(value: &ArrayRef, places: &Int32Array) -> Result<ArrayRef, ArrowError> {
    let value = value.as_primitive::<Float32Type>();
    let result: PrimitiveArray<Float32Type> = try_binary(value, places, |x: f32, places| {
        let factor = 10_f64.powi(places) as f32;
        Ok((x * factor).round() / factor)
    })?;
    Ok(Arc::new(result))
}

/// Whole numbers keep their type: only negative places change them.
fn whole<T>(value: &ArrayRef, places: &Int32Array) -> Result<ArrayRef, ArrowError>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128> + TryFrom<i128>,
{
    let value = value.as_primitive::<T>();
    let result: PrimitiveArray<T> = try_binary(value, places, |x, places| {
        if places >= 0 {
            return Ok(x);
        }
        // A power of ten beyond the type rounds to 0, also where the value is above its half.
        let factor = 10_i128
            .checked_pow(places.unsigned_abs())
            .filter(|&factor| T::Native::try_from(factor).is_ok());
        let Some(factor) = factor else {
            return Ok(T::Native::default());
        };
        let rounded = half_away(x.into(), factor) * factor;
        T::Native::try_from(rounded).map_err(|_| {
            ArrowError::ComputeError(format!("Overflow while rounding {}", T::DATA_TYPE))
        })
    })?;
    Ok(Arc::new(result))
}

/// `x / factor`, rounded half away from zero; the factor is an even power of ten.
fn half_away(x: i128, factor: i128) -> i128 {
    let (quotient, remainder) = (x / factor, x % factor);
    if remainder >= factor / 2 {
        quotient + 1
    } else if remainder <= -(factor / 2) {
        quotient - 1
    } else {
        quotient
    }
}

fn decimal(
    value: &ArrayRef,
    places: &Int32Array,
    (precision, scale): (u8, i8),
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    let DataType::Decimal128(new_precision, new_scale) = *data_type else {
        return Err(ArrowError::NotYetImplemented(format!(
            "round of a decimal to {data_type}"
        )));
    };
    let value = value.as_primitive::<Decimal128Type>();
    let result: PrimitiveArray<Decimal128Type> = try_binary(value, places, |x, places| {
        let rounded = decimal_value(x, precision, scale, new_scale, places)?;
        if new_precision == DECIMAL128_MAX_PRECISION {
            Decimal128Type::validate_decimal_precision(rounded, new_precision, new_scale)?;
        }
        Ok(rounded)
    })?;
    Ok(Arc::new(result.with_data_type(data_type.clone())))
}

/// One decimal, rounded and brought to the result's scale.
fn decimal_value(
    x: i128,
    precision: u8,
    scale: i8,
    new_scale: i8,
    places: i32,
) -> Result<i128, ArrowError> {
    let whole_digits = i64::from(precision) - i64::from(scale);
    if places < 0 && i64::from(places.unsigned_abs()) > whole_digits {
        return Ok(0);
    }
    let dropped = i64::from(scale) - i64::from(places);
    if dropped <= 0 {
        return Ok(x);
    }
    let overflow = || ArrowError::ComputeError("Overflow while rounding decimal".to_owned());
    let power = |digits: i64| {
        u32::try_from(digits)
            .ok()
            .and_then(|digits| 10_i128.checked_pow(digits))
    };
    let factor = power(dropped).ok_or_else(overflow)?;
    let shift = power(i64::from(new_scale) - i64::from(places)).ok_or_else(overflow)?;
    half_away(x, factor).checked_mul(shift).ok_or_else(overflow)
}
