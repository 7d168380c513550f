//! The types of operators: which operands go together, in which type they meet, what comes out
//! (`BinaryTypeCoercer` and the `TypeCoercion` analyzer of DataFusion 55).

use arrow_array::new_empty_array;
use arrow_schema::DataType;

use crate::coerce;
use crate::error::BindError;
use crate::evaluate;
use crate::node::{Arithmetic, Comparison, Literal, Logic, Test};
use crate::plan::{Plan, Typed};
use crate::typed::{boolean, convert, literal, narrowed, operands, to_boolean};

pub(crate) fn negate(operand: Typed) -> Result<Typed, BindError> {
    let data_type = operand.data_type.clone();
    match data_type {
        DataType::Null => Ok(operand),
        DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => Ok(Typed {
            plan: Plan::Negate(Box::new(operand)),
            data_type,
        }),
        _ if data_type.is_signed_integer() => Ok(Typed {
            plan: Plan::Negate(Box::new(operand)),
            data_type,
        }),
        _ => Err(operands("-", &[&operand])),
    }
}

pub(crate) fn arithmetic(
    operator: Arithmetic,
    left: Typed,
    right: Typed,
) -> Result<Typed, BindError> {
    let types = arithmetic_types(operator, &left.data_type, &right.data_type);
    let Some((left_type, right_type, data_type)) = types else {
        return Err(operands(operator.symbol(), &[&left, &right]));
    };
    let left = Box::new(convert(left, &left_type)?);
    let right = Box::new(convert(right, &right_type)?);
    Ok(Typed {
        plan: Plan::Arithmetic(operator, left, right),
        data_type,
    })
}

/// The types of the operands after conversion, and of the result (`BinaryTypeCoercer`).
pub(crate) fn arithmetic_types(
    operator: Arithmetic,
    left: &DataType,
    right: &DataType,
) -> Option<(DataType, DataType, DataType)> {
    if *left == DataType::Null && *right == DataType::Null {
        return Some((DataType::Int64, DataType::Int64, DataType::Int64));
    }
    let met = coerce::null(left, right);
    let (left, right) = met.as_ref().map_or((left, right), |met| (met, met));
    if !left.is_numeric() || !right.is_numeric() {
        return None;
    }
    let is_decimal = |part: &DataType| matches!(part, DataType::Decimal128(..));
    let exact = |part: &DataType| is_decimal(part) || part.is_integer();
    let (left, right) = if left == right {
        (left.clone(), right.clone())
    } else if (is_decimal(left) || is_decimal(right)) && exact(left) && exact(right) {
        (coerce::as_decimal(left)?, coerce::as_decimal(right)?)
    } else {
        let met = coerce::number(left, right)?;
        (met.clone(), met)
    };
    // The kernel knows best which decimal comes out.
    let empty = (new_empty_array(&left), new_empty_array(&right));
    let result = evaluate::arithmetic(operator, &empty.0, &empty.1).ok()?;
    Some((left, right, result.data_type().clone()))
}

pub(crate) fn compare(
    comparison: Comparison,
    left: Typed,
    right: Typed,
) -> Result<Typed, BindError> {
    let Some(met) = coerce::comparison(&left.data_type, &right.data_type) else {
        return Err(operands(comparison.symbol(), &[&left, &right]));
    };
    let met = narrowed(&right, &[&left], narrowed(&left, &[&right], met));
    let left = Box::new(convert(left, &met)?);
    let right = Box::new(convert(right, &met)?);
    Ok(boolean(Plan::Compare(comparison, left, right)))
}

pub(crate) fn logic(logic: Logic, left: Typed, right: Typed) -> Result<Typed, BindError> {
    let truth = |part: &Typed| matches!(part.data_type, DataType::Boolean | DataType::Null);
    if !truth(&left) || !truth(&right) {
        return Err(operands(logic.symbol(), &[&left, &right]));
    }
    let left = Box::new(convert(left, &DataType::Boolean)?);
    let right = Box::new(convert(right, &DataType::Boolean)?);
    Ok(boolean(Plan::Logic(logic, left, right)))
}

pub(crate) fn concatenate(left: Typed, right: Typed) -> Result<Typed, BindError> {
    use DataType::{LargeUtf8, Utf8, Utf8View};
    let (l, r) = (&left.data_type, &right.data_type);
    let met = coerce::text(l, r)
        .or_else(|| coerce::null(l, r).filter(coerce::is_text))
        .or_else(|| {
            [Utf8View, Utf8, LargeUtf8]
                .into_iter()
                .find(|text| l == text || r == text)
        });
    let Some(met) = met else {
        return Err(operands("||", &[&left, &right]));
    };
    let left = Box::new(convert(left, &met)?);
    let right = Box::new(convert(right, &met)?);
    Ok(Typed {
        plan: Plan::Concatenate(left, right),
        data_type: met,
    })
}

pub(crate) fn is(operand: Typed, test: Test, negated: bool) -> Result<Typed, BindError> {
    let truth = match test {
        Test::Null => {
            return Ok(boolean(Plan::IsNull {
                operand: Box::new(operand),
                negated,
            }));
        }
        Test::True => true,
        Test::False => false,
        Test::Unknown => {
            let operand = Box::new(to_boolean("IS UNKNOWN", operand)?);
            return Ok(boolean(Plan::IsNull { operand, negated }));
        }
    };
    let name = if truth { "IS TRUE" } else { "IS FALSE" };
    let operand = Box::new(to_boolean(name, operand)?);
    let comparison = if negated {
        Comparison::Distinct
    } else {
        Comparison::NotDistinct
    };
    let truth = Box::new(literal(&Literal::Boolean(truth)));
    Ok(boolean(Plan::Compare(comparison, operand, truth)))
}

pub(crate) fn between(
    operand: Typed,
    low: Typed,
    high: Typed,
    negated: bool,
) -> Result<Typed, BindError> {
    let met = coerce::comparison(&operand.data_type, &low.data_type).and_then(|low_met| {
        let high_met = coerce::comparison(&operand.data_type, &high.data_type)?;
        coerce::comparison(&low_met, &high_met)
    });
    let Some(met) = met else {
        return Err(operands("BETWEEN", &[&operand, &low, &high]));
    };
    let met = narrowed(&operand, &[&low, &high], met);
    let [operand, low, high] = [operand, low, high].map(|part| convert(part, &met).map(Box::new));
    let within = boolean(Plan::Between {
        operand: operand?,
        low: low?,
        high: high?,
    });
    Ok(if negated {
        boolean(Plan::Not(Box::new(within)))
    } else {
        within
    })
}

pub(crate) fn like(
    operand: Typed,
    pattern: Typed,
    negated: bool,
    ignore_case: bool,
) -> Result<Typed, BindError> {
    let (l, r) = (&operand.data_type, &pattern.data_type);
    let met = match (l, r) {
        (DataType::Null, DataType::Null) => Some(DataType::Utf8),
        _ => coerce::text(l, r).or_else(|| coerce::null(l, r).filter(coerce::is_text)),
    };
    let Some(met) = met else {
        return Err(operands(
            if ignore_case { "ILIKE" } else { "LIKE" },
            &[&operand, &pattern],
        ));
    };
    let operand = Box::new(convert(operand, &met)?);
    let pattern = Box::new(convert(pattern, &met)?);
    Ok(boolean(Plan::Like {
        operand,
        pattern,
        negated,
        ignore_case,
    }))
}
