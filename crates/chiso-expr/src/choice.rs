//! CASE and COALESCE whose parts cannot fail: all parts are computed for all rows and each row
//! then picks its own, which costs less than to filter each branch's rows.

use arrow_arith::boolean::is_not_null;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow_ord::cmp::eq;
use arrow_schema::{ArrowError, DataType};
use arrow_select::concat::concat;
use arrow_select::filter::prep_null_mask_filter;
use arrow_select::interleave::interleave;
use arrow_select::take::take;

use crate::evaluate;
use crate::plan::Typed;
use crate::value::{Rows, Value, boolean};

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
    let last = match otherwise {
        Some(otherwise) => evaluate::evaluate(otherwise, rows)?,
        None => Value::null(data_type),
    };
    let mut picks = Picks::all(last, rows.count);
    // The first branch whose condition is TRUE counts: it is set last.
    for (when, then) in branches.iter().rev() {
        let taken = taken(when, operand.as_ref(), rows)?;
        if taken.has_true() {
            picks.set(&taken, evaluate::evaluate(then, rows)?);
        }
    }
    picks.values()
}

/// The values of COALESCE: the first argument that is not NULL.
pub(crate) fn coalesce(arguments: &[Typed], rows: &Rows) -> Result<Option<Value>, ArrowError> {
    let mut picks: Option<Picks> = None;
    for argument in arguments.iter().rev() {
        let value = evaluate::evaluate(argument, rows)?;
        match &mut picks {
            Some(picks) if value.inner().logical_null_count() > 0 => {
                let known = Value::into_array(
                    value.clone().map(|array| is_not_null(array).map(boolean))?,
                    rows.count,
                )?;
                picks.set(known.as_boolean(), value);
            }
            _ => picks = Some(Picks::all(value, rows.count)),
        }
    }
    picks.map(Picks::values).transpose()
}

/// The rows for which the branch's condition is TRUE.
pub(crate) fn taken(
    when: &Typed,
    operand: Option<&ArrayRef>,
    rows: &Rows,
) -> Result<BooleanArray, ArrowError> {
    let when = evaluate::evaluate(when, rows)?;
    let truth = match operand {
        Some(operand) => eq(&when, operand)?,
        None => when.into_array(rows.count)?.as_boolean().clone(),
    };
    Ok(if truth.null_count() == 0 {
        truth
    } else {
        prep_null_mask_filter(&truth)
    })
}

/// Which part's value each row has.
struct Picks {
    parts: Vec<Value>,
    /// For each row the place of its part.
    chosen: Vec<u32>,
}

impl Picks {
    /// One part for all rows.
    fn all(part: Value, rows: usize) -> Self {
        Self {
            parts: vec![part],
            chosen: vec![0; rows],
        }
    }

    /// Another part for the marked rows.
    fn set(&mut self, marked: &BooleanArray, part: Value) {
        let place = self.parts.len() as u32;
        self.parts.push(part);
        for row in marked.values().set_indices() {
            self.chosen[row] = place;
        }
    }

    /// The rows' values.
    fn values(self) -> Result<Value, ArrowError> {
        if let [part] = self.parts.as_slice() {
            return Ok(part.clone());
        }
        let arrays: Vec<&dyn Array> = self
            .parts
            .iter()
            .map(|part| part.inner().as_ref())
            .collect();
        if self.parts.iter().all(Value::is_scalar) {
            let chosen = UInt32Array::from(self.chosen);
            return take(concat(&arrays)?.as_ref(), &chosen, None).map(Value::Array);
        }
        let place = |(row, &part): (usize, &u32)| {
            let part = part as usize;
            (part, if self.parts[part].is_scalar() { 0 } else { row })
        };
        let places: Vec<(usize, usize)> = self.chosen.iter().enumerate().map(place).collect();
        interleave(&arrays, &places).map(Value::Array)
    }
}
