//! The type names of CAST, mapped to Arrow's types as DataFusion maps them.

use arrow_schema::{DECIMAL_DEFAULT_SCALE, DECIMAL128_MAX_PRECISION, DataType};
use sqlparser::ast::{DataType as Sql, ExactNumberInfo, Spanned};

use crate::error::ParseError;
use crate::parse::Reader;

/// The Arrow type of an SQL type name; texts are `Utf8View`, DataFusion's default.
pub(crate) fn data_type(
    reader: &Reader<'_>,
    name: &Sql,
    part: &impl Spanned,
) -> Result<DataType, ParseError> {
    Ok(match name {
        Sql::Boolean | Sql::Bool => DataType::Boolean,
        Sql::TinyInt(_) => DataType::Int8,
        Sql::SmallInt(_) | Sql::Int2(_) => DataType::Int16,
        Sql::Int(_) | Sql::Integer(_) | Sql::Int4(_) => DataType::Int32,
        Sql::BigInt(_) | Sql::Int8(_) => DataType::Int64,
        Sql::TinyIntUnsigned(_) => DataType::UInt8,
        Sql::SmallIntUnsigned(_) | Sql::Int2Unsigned(_) => DataType::UInt16,
        Sql::IntUnsigned(_) | Sql::IntegerUnsigned(_) | Sql::Int4Unsigned(_) => DataType::UInt32,
        Sql::BigIntUnsigned(_) | Sql::Int8Unsigned(_) => DataType::UInt64,
        Sql::Float(_) | Sql::Real | Sql::Float4 => DataType::Float32,
        Sql::Double(ExactNumberInfo::None) | Sql::DoublePrecision | Sql::Float8 => {
            DataType::Float64
        }
        Sql::Varchar(_) | Sql::Char(_) | Sql::Text | Sql::String(_) => DataType::Utf8View,
        Sql::Date => DataType::Date32,
        Sql::Numeric(size) | Sql::Decimal(size) => {
            decimal(size).ok_or_else(|| reader.unsupported(format!("type {name}"), part))?
        }
        other => return Err(reader.unsupported(format!("type {other}"), part)),
    })
}

/// A decimal of 1 to 38 digits, as many of them after the point as the scale says.
fn decimal(size: &ExactNumberInfo) -> Option<DataType> {
    let (precision, scale) = match *size {
        ExactNumberInfo::None => (DECIMAL128_MAX_PRECISION, DECIMAL_DEFAULT_SCALE),
        ExactNumberInfo::Precision(precision) => (u8::try_from(precision).ok()?, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => {
            (u8::try_from(precision).ok()?, i8::try_from(scale).ok()?)
        }
    };
    let fits = (1..=DECIMAL128_MAX_PRECISION).contains(&precision);
    (fits && scale.unsigned_abs() <= precision).then_some(DataType::Decimal128(precision, scale))
}
