//! CASE: each result is computed for the rows of its branch alone, so that a branch can guard
//! another from a division by zero.

use arrow_arith::boolean::{is_not_null, is_null, not};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, UInt32Array, new_null_array};
use arrow_schema::{ArrowError, DataType};
use arrow_select::filter::filter;
use arrow_select::interleave::interleave;

use crate::choice;
use crate::evaluate;
use crate::infallible::is_infallible;
use crate::plan::Typed;
use crate::value::{Rows, Value};

/// The results of the branches so far, and which of them each row has.
struct Results {
    /// The first is NULL, for rows without a result.
    parts: Vec<ArrayRef>,
    /// For each row: the part, and the place in it.
    places: Vec<(usize, usize)>,
}

/// The rows that no branch has taken yet.
struct Remainder {
    rows: Rows,
    /// Their places among all rows.
    places: UInt32Array,
    /// The operand's values for them, where there is one.
    operand: Option<ArrayRef>,
}

/// The values of a CASE.
pub(crate) fn evaluate(
    operand: Option<&Typed>,
    branches: &[(Typed, Typed)],
    otherwise: Option<&Typed>,
    data_type: &DataType,
    rows: &Rows,
) -> Result<Value, ArrowError> {
    let operand = operand
        .map(|operand| evaluate::evaluate(operand, rows)?.into_array(rows.count))
        .transpose()?;
    let mut results = Results::new(data_type, rows);
    let mut remainder = Remainder::new(rows, operand);
    if let Some(nulls) = remainder.null_operands()? {
        // NULL equals nothing: these rows are left out before any condition is computed.
        let rest = remainder.filter(&not(&nulls)?)?;
        let left_out = remainder.filter(&nulls)?;
        if rest.rows.count == 0 {
            return results.finish(
                &left_out,
                value_of(otherwise, data_type, &left_out)?,
                rows.count,
            );
        }
        results.add(&left_out, value_of(otherwise, data_type, &left_out)?);
        remainder = rest;
    }
    for (when, then) in branches {
        let taken = choice::taken(when, remainder.operand.as_ref(), &remainder.rows)?;
        let count = taken.values().count_set_bits();
        if count == 0 {
            continue;
        }
        if count == remainder.rows.count {
            let value = evaluate::evaluate(then, &remainder.rows)?;
            return results.finish(&remainder, value, rows.count);
        }
        let branch = remainder.filter(&taken)?;
        results.add(&branch, evaluate::evaluate(then, &branch.rows)?);
        remainder = remainder.filter(&not(&taken)?)?;
    }
    results.finish(
        &remainder,
        value_of(otherwise, data_type, &remainder)?,
        rows.count,
    )
}

/// The values of COALESCE: the first that is not NULL. The last argument's values are taken as they
/// are.
pub(crate) fn coalesce(
    arguments: &[Typed],
    data_type: &DataType,
    rows: &Rows,
) -> Result<Value, ArrowError> {
    if arguments.iter().all(is_infallible) {
        let value = choice::coalesce(arguments, rows)?;
        return Ok(value.unwrap_or_else(|| Value::null(data_type)));
    }
    let Some((last, arguments)) = arguments.split_last() else {
        return Ok(Value::null(data_type));
    };
    let mut results = Results::new(data_type, rows);
    let mut remainder = Remainder::new(rows, None);
    for argument in arguments {
        let value = evaluate::evaluate(argument, &remainder.rows)?;
        let nulls = value.inner().logical_null_count();
        if nulls == 0 {
            return results.finish(&remainder, value, rows.count);
        }
        if nulls == value.inner().len() {
            continue;
        }
        let known = is_not_null(value.inner())?;
        results.add(&remainder.filter(&known)?, value.filter(&known)?);
        remainder = remainder.filter(&not(&known)?)?;
    }
    let value = evaluate::evaluate(last, &remainder.rows)?;
    results.finish(&remainder, value, rows.count)
}

/// The value of ELSE, NULL without one.
fn value_of(
    otherwise: Option<&Typed>,
    data_type: &DataType,
    remainder: &Remainder,
) -> Result<Value, ArrowError> {
    match otherwise {
        Some(otherwise) => evaluate::evaluate(otherwise, &remainder.rows),
        None => Ok(Value::null(data_type)),
    }
}

impl Remainder {
    /// All rows.
    fn new(rows: &Rows, operand: Option<ArrayRef>) -> Self {
        let places = UInt32Array::from_iter_values((0..rows.count).map(|row| row as u32));
        Self {
            rows: rows.clone(),
            places,
            operand,
        }
    }

    /// The rows whose operand is NULL, if there are any.
    fn null_operands(&self) -> Result<Option<BooleanArray>, ArrowError> {
        match &self.operand {
            Some(operand) if operand.logical_null_count() > 0 => is_null(operand).map(Some),
            _ => Ok(None),
        }
    }

    fn filter(&self, mask: &BooleanArray) -> Result<Self, ArrowError> {
        let operand = self
            .operand
            .as_ref()
            .map(|operand| filter(operand, mask))
            .transpose()?;
        let places = filter(&self.places, mask)?.as_primitive().clone();
        Ok(Self {
            rows: self.rows.filter(mask)?,
            places,
            operand,
        })
    }
}

impl Results {
    /// No result for any row.
    fn new(data_type: &DataType, rows: &Rows) -> Self {
        Self {
            parts: vec![new_null_array(data_type, 1)],
            places: vec![(0, 0); rows.count],
        }
    }

    /// Sets the values of a branch's rows.
    fn add(&mut self, branch: &Remainder, value: Value) {
        let (part, scalar) = (self.parts.len(), value.is_scalar());
        self.parts.push(value.inner().clone());
        for (at, &row) in branch.places.values().iter().enumerate() {
            self.places[row as usize] = (part, if scalar { 0 } else { at });
        }
    }

    /// Sets the values of the last rows and joins all.
    fn finish(mut self, last: &Remainder, value: Value, rows: usize) -> Result<Value, ArrowError> {
        if self.parts.len() == 1 && last.rows.count == rows {
            return Ok(value);
        }
        self.add(last, value);
        let parts: Vec<&dyn Array> = self.parts.iter().map(AsRef::as_ref).collect();
        interleave(&parts, &self.places).map(Value::Array)
    }
}
