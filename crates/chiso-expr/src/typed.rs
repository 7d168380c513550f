//! Parts of a bound expression that every rule needs: literals, conversions, the error for
//! operands that do not go together.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, StringArray, UInt64Array,
};
use arrow_cast::can_cast_types;
use arrow_schema::DataType;

use crate::error::BindError;
use crate::node::Literal;
use crate::plan::{Plan, Typed};

/// A part whose values are TRUE, FALSE or NULL.
pub(crate) fn boolean(plan: Plan) -> Typed {
    Typed {
        plan,
        data_type: DataType::Boolean,
    }
}

/// The error for operands that do not go together.
pub(crate) fn operands(operator: &str, parts: &[&Typed]) -> BindError {
    let found = parts.iter().map(|part| part.data_type.clone()).collect();
    BindError::Operands {
        operator: operator.to_owned(),
        found,
    }
}

pub(crate) fn literal(literal: &Literal) -> Typed {
    let (array, data_type): (ArrayRef, DataType) = match literal {
        Literal::Null => (Arc::new(NullArray::new(1)), DataType::Null),
        Literal::Boolean(truth) => (
            Arc::new(BooleanArray::from(vec![*truth])),
            DataType::Boolean,
        ),
        Literal::Integer(value) => (Arc::new(Int64Array::from(vec![*value])), DataType::Int64),
        Literal::Unsigned(value) => (Arc::new(UInt64Array::from(vec![*value])), DataType::UInt64),
        Literal::Decimal(value) => (
            Arc::new(Float64Array::from(vec![*value])),
            DataType::Float64,
        ),
        Literal::Text(text) => (
            Arc::new(StringArray::from(vec![text.as_str()])),
            DataType::Utf8,
        ),
    };
    Typed {
        plan: Plan::Literal(array),
        data_type,
    }
}

/// The part in another type; nothing happens where it already has the type.
pub(crate) fn convert(part: Typed, to: &DataType) -> Result<Typed, BindError> {
    if part.data_type == *to {
        Ok(part)
    } else {
        cast(part, to, false)
    }
}

pub(crate) fn cast(part: Typed, to: &DataType, safe: bool) -> Result<Typed, BindError> {
    if !can_cast_types(&part.data_type, to) {
        return Err(BindError::Conversion {
            from: part.data_type,
            to: to.clone(),
        });
    }
    let plan = Plan::Cast {
        operand: Box::new(part),
        safe,
    };
    Ok(Typed {
        plan,
        data_type: to.clone(),
    })
}

/// The part as a boolean, for NOT and `IS TRUE`: only a boolean or NULL will do.
pub(crate) fn to_boolean(operator: &str, part: Typed) -> Result<Typed, BindError> {
    match part.data_type {
        DataType::Boolean | DataType::Null => convert(part, &DataType::Boolean),
        _ => Err(operands(operator, &[&part])),
    }
}
