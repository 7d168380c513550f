//! Parts of a bound expression that every rule needs: literals, conversions, the error for
//! operands that do not go together.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, StringArray, UInt64Array,
};
use arrow_cast::can_cast_types;
use arrow_schema::DataType;

use crate::error::BindError;
use crate::evaluate;
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
    let data_type = to.clone();
    // A value in the text is converted once; one that does not fit fails when it is computed.
    if let Plan::Literal(value) = &part.plan
        && let Ok(value) = evaluate::cast(value, to, safe)
    {
        let plan = Plan::Literal(value);
        return Ok(Typed { plan, data_type });
    }
    let plan = Plan::Cast {
        operand: Box::new(part),
        safe,
    };
    Ok(Typed { plan, data_type })
}

/// The type in which a column of whole numbers is compared with whole numbers of the text: the
/// column's own where they fit into it, so that not the column is converted but they are.
pub(crate) fn narrowed(operand: &Typed, others: &[&Typed], met: DataType) -> DataType {
    let own = &operand.data_type;
    let fits = |other: &&Typed| match &other.plan {
        Plan::Literal(value) => evaluate::cast(value, own, false).is_ok(),
        _ => false,
    };
    let is_literal = matches!(operand.plan, Plan::Literal(_));
    if met.is_integer() && own.is_integer() && !is_literal && others.iter().all(fits) {
        own.clone()
    } else {
        met
    }
}

/// The part as a boolean, for NOT and `IS TRUE`: only a boolean or NULL will do.
pub(crate) fn to_boolean(operator: &str, part: Typed) -> Result<Typed, BindError> {
    match part.data_type {
        DataType::Boolean | DataType::Null => convert(part, &DataType::Boolean),
        _ => Err(operands(operator, &[&part])),
    }
}
