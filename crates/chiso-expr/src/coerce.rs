//! Which type two values meet in: the coercion rules of DataFusion 55
//! (`datafusion-expr-common`, `type_coercion/binary.rs`) for the types of the subset.

use arrow_schema::{DECIMAL128_MAX_PRECISION, DECIMAL128_MAX_SCALE, DataType};

/// Whether the type is one that expressions compute with.
pub(crate) fn is_supported(data_type: &DataType) -> bool {
    data_type.is_integer()
        || is_text(data_type)
        || matches!(
            data_type,
            DataType::Null
                | DataType::Boolean
                | DataType::Float32
                | DataType::Float64
                | DataType::Decimal128(..)
                | DataType::Date32
        )
}

/// Whether the type holds text.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// The type in which two values are compared (`comparison_coercion`): numbers in the wider
/// numeric type, a number and a text as numbers, a date and a text as dates.
pub(crate) fn comparison(left: &DataType, right: &DataType) -> Option<DataType> {
    common(left, right)
        .or_else(|| either(left, right, number_over_text))
        .or_else(|| either(left, right, date_over_text))
}

/// The type that holds both of two values (`type_union_coercion`), for the results of CASE: as
/// [`comparison`], but a number and a text become text.
pub(crate) fn union(left: &DataType, right: &DataType) -> Option<DataType> {
    common(left, right)
        .or_else(|| either(left, right, text_over_number))
        .or_else(|| either(left, right, date_over_text))
}

/// The common type of the arguments of COALESCE (`type_union_resolution`).
pub(crate) fn resolution(types: &[DataType]) -> Option<DataType> {
    let first = types.first()?;
    if types.iter().all(|other| other == first) {
        return Some(first.clone());
    }
    let mut kinds = types.iter().filter_map(kind);
    let kind = kinds.next();
    if kinds.any(|other| Some(other) != kind) {
        return None;
    }
    let mut known = types.iter().filter(|other| **other != DataType::Null);
    let first = known.next()?.clone();
    known.try_fold(first, |common_type, other| {
        common(other, &common_type).or_else(|| either(other, &common_type, number_over_text))
    })
}

/// Boolean, number and date do not meet in COALESCE; a text is of any kind.
fn kind(data_type: &DataType) -> Option<u8> {
    match data_type {
        DataType::Boolean => Some(0),
        DataType::Date32 => Some(1),
        number if number.is_numeric() => Some(2),
        _ => None,
    }
}

/// What all three rules share.
fn common(left: &DataType, right: &DataType) -> Option<DataType> {
    if left == right {
        return Some(left.clone());
    }
    numeric(left, right)
        .or_else(|| either(left, right, date_over_integer))
        .or_else(|| text(left, right))
        .or_else(|| null(left, right))
}

/// A rule that holds in both orders.
fn either(
    left: &DataType,
    right: &DataType,
    rule: fn(&DataType, &DataType) -> Option<DataType>,
) -> Option<DataType> {
    rule(left, right).or_else(|| rule(right, left))
}

fn number_over_text(number: &DataType, other: &DataType) -> Option<DataType> {
    (number.is_numeric() && is_text(other)).then(|| number.clone())
}

fn text_over_number(text: &DataType, other: &DataType) -> Option<DataType> {
    (is_text(text) && other.is_numeric()).then(|| text.clone())
}

fn date_over_text(date: &DataType, other: &DataType) -> Option<DataType> {
    (*date == DataType::Date32 && is_text(other)).then_some(DataType::Date32)
}

fn date_over_integer(date: &DataType, other: &DataType) -> Option<DataType> {
    (*date == DataType::Date32 && other.is_integer()).then_some(DataType::Date32)
}

/// NULL takes the other type.
pub(crate) fn null(left: &DataType, right: &DataType) -> Option<DataType> {
    match (left, right) {
        (DataType::Null, other) | (other, DataType::Null) => Some(other.clone()),
        _ => None,
    }
}

/// Of two texts, the view wins, then the one with 64-bit offsets (`string_coercion`).
pub(crate) fn text(left: &DataType, right: &DataType) -> Option<DataType> {
    if !is_text(left) || !is_text(right) {
        return None;
    }
    let has = |wanted: DataType| *left == wanted || *right == wanted;
    Some(if has(DataType::Utf8View) {
        DataType::Utf8View
    } else if has(DataType::LargeUtf8) {
        DataType::LargeUtf8
    } else {
        DataType::Utf8
    })
}

/// The wider of two numeric types (`binary_numeric_coercion`): a decimal wins over a float here.
fn numeric(left: &DataType, right: &DataType) -> Option<DataType> {
    if !left.is_numeric() || !right.is_numeric() {
        return None;
    }
    if matches!(left, DataType::Decimal128(..)) || matches!(right, DataType::Decimal128(..)) {
        return wider_decimal(&as_decimal(left)?, &as_decimal(right)?);
    }
    number(left, right)
}

/// The common type of two numbers that are not both decimal (`numerical_coercion`): the narrowest
/// that holds all values of both, so BIGINT UNSIGNED with a signed type becomes a decimal.
pub(crate) fn number(left: &DataType, right: &DataType) -> Option<DataType> {
    use DataType::{Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64};
    let has = |wanted: &DataType| left == wanted || right == wanted;
    let with = |wanted: &DataType, others: &[DataType]| {
        (left == wanted && others.contains(right)) || (right == wanted && others.contains(left))
    };
    Some(if has(&Float64) {
        Float64
    } else if has(&Float32) {
        Float32
    } else if !left.is_integer() || !right.is_integer() {
        return None;
    } else if with(&UInt64, &[Int64, Int32, Int16, Int8]) {
        DataType::Decimal128(20, 0)
    } else if has(&UInt64) {
        UInt64
    } else if has(&Int64) || with(&UInt32, &[Int32, Int16, Int8]) {
        Int64
    } else if has(&UInt32) {
        UInt32
    } else if has(&Int32) || with(&UInt16, &[Int16, Int8]) {
        Int32
    } else if has(&UInt16) {
        UInt16
    } else if has(&Int16) || with(&Int8, &[UInt8]) {
        Int16
    } else if has(&Int8) {
        Int8
    } else {
        UInt8
    })
}

/// The decimal that holds the values of a numeric type (`coerce_numeric_type_to_decimal128`).
pub(crate) fn as_decimal(number: &DataType) -> Option<DataType> {
    let (precision, scale) = match number {
        DataType::Decimal128(precision, scale) => (*precision, *scale),
        DataType::Int8 | DataType::UInt8 => (3, 0),
        DataType::Int16 | DataType::UInt16 => (5, 0),
        DataType::Int32 | DataType::UInt32 => (10, 0),
        DataType::Int64 | DataType::UInt64 => (20, 0),
        DataType::Float32 => (14, 7),
        DataType::Float64 => (30, 15),
        _ => return None,
    };
    Some(DataType::Decimal128(precision, scale))
}

/// As many digits before and after the point as the larger of both has (`get_wider_decimal_type`).
fn wider_decimal(left: &DataType, right: &DataType) -> Option<DataType> {
    let (DataType::Decimal128(p1, s1), DataType::Decimal128(p2, s2)) = (left, right) else {
        return None;
    };
    let scale = (*s1).max(*s2);
    let whole = (i16::from(*p1) - i16::from(*s1)).max(i16::from(*p2) - i16::from(*s2));
    let precision = u8::try_from(whole + i16::from(scale)).ok()?;
    Some(DataType::Decimal128(
        DECIMAL128_MAX_PRECISION.min(precision),
        DECIMAL128_MAX_SCALE.min(scale),
    ))
}
