//! AND and OR: three-valued, with DataFusion's rule of when the right side is computed.
//!
//! The right side is left out, or computed only for the rows that need it, under the same
//! conditions as in DataFusion (`check_short_circuit`), so that both fail on the same rows: where
//! no row needs it, and where at most a fifth of the rows do. All else computes it for all rows.
//! To guard a division use CASE or NULLIF.

use arrow_arith::boolean::{and_kleene, or_kleene};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_schema::ArrowError;

use crate::node::Logic;
use crate::value::{Rows, Value, aligned, boolean};

/// The share of rows up to which the right side is computed for these rows only.
const SELECTION_SHARE: f32 = 0.2;

/// What the left side leaves to do.
enum Rest {
    /// The left side decides every row.
    Nothing,
    /// The right side decides every row.
    All,
    /// The right side decides the marked rows; the others have the left side's value.
    Marked(BooleanArray),
    /// Both sides count.
    Both,
}

/// The connective's values, given the left side's and how to compute the right side's: for all
/// rows, or for the marked ones.
pub(crate) fn join(
    logic: Logic,
    left: Value,
    rows: &Rows,
    right: impl FnOnce(&Rows, Option<&BooleanArray>) -> Result<Value, ArrowError>,
) -> Result<Value, ArrowError> {
    match rest(logic, left.inner().as_boolean()) {
        Rest::Nothing => Ok(left),
        Rest::All => right(rows, None),
        Rest::Marked(mask) => {
            let selected = rows.filter(&mask)?;
            let right = right(&selected, Some(&mask))?.into_array(selected.count)?;
            let joined = scatter(&mask, right.as_boolean(), logic == Logic::Or);
            Ok(Value::Array(joined))
        }
        Rest::Both => {
            let right = right(rows, None)?;
            let (arrays, scalar) = aligned(vec![left, right], rows.count)?;
            let kernel = match logic {
                Logic::And => and_kleene,
                Logic::Or => or_kleene,
            };
            let joined = boolean(kernel(arrays[0].as_boolean(), arrays[1].as_boolean())?);
            Ok(if scalar {
                Value::Scalar(joined)
            } else {
                Value::Array(joined)
            })
        }
    }
}

/// Which rows still need the right side.
fn rest(logic: Logic, left: &BooleanArray) -> Rest {
    if left.is_empty() || left.null_count() > 0 {
        return Rest::Both;
    }
    let true_count = left.values().count_set_bits();
    let open = match logic {
        Logic::And => true_count,
        Logic::Or => left.len() - true_count,
    };
    if open == 0 {
        Rest::Nothing
    } else if open == left.len() {
        Rest::All
    } else if open as f32 / left.len() as f32 <= SELECTION_SHARE {
        Rest::Marked(match logic {
            Logic::And => left.clone(),
            Logic::Or => BooleanArray::new(!left.values(), None),
        })
    } else {
        Rest::Both
    }
}

/// The values at the marked rows, `fill` at the others.
fn scatter(mask: &BooleanArray, values: &BooleanArray, fill: bool) -> ArrayRef {
    let mut values = values.iter();
    let all: BooleanArray = mask
        .values()
        .iter()
        .map(|marked| {
            if marked {
                values.next().flatten()
            } else {
                Some(fill)
            }
        })
        .collect();
    boolean(all)
}
