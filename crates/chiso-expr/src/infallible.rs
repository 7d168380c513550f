//! Which parts of an expression have a value for whatever row, so that they may be computed also
//! for rows that do not need them.

use arrow_schema::DataType;

use crate::function::Function;
use crate::node::Arithmetic;
use crate::plan::{Plan, Typed};

/// Whether no row can fail.
pub(crate) fn is_infallible(part: &Typed) -> bool {
    match &part.plan {
        Plan::Column(_) | Plan::Literal(_) => true,
        Plan::Not(operand) | Plan::IsNull { operand, .. } => is_infallible(operand),
        Plan::Compare(_, left, right)
        | Plan::Logic(_, left, right)
        | Plan::Like {
            operand: left,
            pattern: right,
            ..
        } => is_infallible(left) && is_infallible(right),
        Plan::Between { operand, low, high } => [operand, low, high]
            .into_iter()
            .all(|part| is_infallible(part)),
        Plan::In { operand, list, .. } => is_infallible(operand) && list.iter().all(is_infallible),
        Plan::Coalesce(arguments) => arguments.iter().all(is_infallible),
        Plan::Case(case) => case.infallible,
        Plan::Cast { operand, .. } => {
            is_infallible(operand) && widens(&operand.data_type, &part.data_type)
        }
        Plan::Arithmetic(operator, left, right) => {
            let wraps = matches!(
                operator,
                Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply
            );
            let computes = match &part.data_type {
                DataType::Float32 | DataType::Float64 => true,
                other => other.is_integer() && wraps,
            };
            computes && is_infallible(left) && is_infallible(right)
        }
        Plan::Call {
            function,
            arguments,
        } => {
            matches!(
                function,
                Function::NullIf | Function::Greatest | Function::Least
            ) && arguments.iter().all(is_infallible)
        }
        Plan::Negate(_) | Plan::Concatenate(..) => false,
    }
}

/// Whether no row can fail in any part of a CASE.
pub(crate) fn is_infallible_case(
    operand: Option<&Typed>,
    branches: &[(Typed, Typed)],
    otherwise: Option<&Typed>,
) -> bool {
    operand.into_iter().chain(otherwise).all(is_infallible)
        && branches
            .iter()
            .all(|(when, then)| is_infallible(when) && is_infallible(then))
}

/// Whether every number of the one type is one of the other, or its nearest float.
fn widens(from: &DataType, to: &DataType) -> bool {
    let integers = from.is_integer() && to.is_integer();
    let bits = |number: &DataType| number.primitive_width().unwrap_or(0);
    match to {
        DataType::Float64 => from.is_integer() || *from == DataType::Float32,
        DataType::Float32 => from.is_integer(),
        _ if integers && bits(from) < bits(to) => {
            to.is_signed_integer() || from.is_unsigned_integer()
        }
        _ => false,
    }
}
