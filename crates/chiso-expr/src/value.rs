//! Values while an expression is evaluated: a column, or one value that stands for every row.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Datum, UInt32Array, new_null_array};
use arrow_schema::{ArrowError, DataType};
use arrow_select::filter::{FilterBuilder, filter};
use arrow_select::take::take;

/// One value a row, or one for all rows.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Array(ArrayRef),
    /// An array of length one: kernels then compute once or broadcast.
    Scalar(ArrayRef),
}

impl Datum for Value {
    fn get(&self) -> (&dyn Array, bool) {
        match self {
            Self::Array(array) => (array.as_ref(), false),
            Self::Scalar(array) => (array.as_ref(), true),
        }
    }
}

impl Value {
    /// The one NULL of a type.
    pub(crate) fn null(data_type: &DataType) -> Self {
        Self::Scalar(new_null_array(data_type, 1))
    }

    /// The values themselves, one or one a row.
    pub(crate) fn inner(&self) -> &ArrayRef {
        match self {
            Self::Array(array) | Self::Scalar(array) => array,
        }
    }

    /// Whether one value stands for all rows.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self, Self::Scalar(_))
    }

    /// Applies a kernel of one argument.
    pub(crate) fn map(
        self,
        kernel: impl FnOnce(&ArrayRef) -> Result<ArrayRef, ArrowError>,
    ) -> Result<Self, ArrowError> {
        Ok(match self {
            Self::Array(array) => Self::Array(kernel(&array)?),
            Self::Scalar(array) => Self::Scalar(kernel(&array)?),
        })
    }

    /// Applies a kernel of two arguments; the result of two single values is a single value.
    pub(crate) fn zip(
        &self,
        other: &Self,
        kernel: impl FnOnce(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>,
    ) -> Result<Self, ArrowError> {
        let result = kernel(self, other)?;
        Ok(if self.is_scalar() && other.is_scalar() {
            Self::Scalar(result)
        } else {
            Self::Array(result)
        })
    }

    /// The values of the rows for which the mask is true.
    pub(crate) fn filter(&self, mask: &BooleanArray) -> Result<Self, ArrowError> {
        match self {
            Self::Array(array) => filter(array, mask).map(Self::Array),
            Self::Scalar(_) => Ok(self.clone()),
        }
    }

    /// One value a row.
    pub(crate) fn into_array(self, rows: usize) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Array(array) => Ok(array),
            Self::Scalar(array) if rows == 1 => Ok(array),
            Self::Scalar(array) if array.is_null(0) => Ok(new_null_array(array.data_type(), rows)),
            Self::Scalar(array) => take(&array, &UInt32Array::from_value(0, rows), None),
        }
    }
}

/// Arrays of equal length made of several values, for kernels that do not broadcast.
pub(crate) fn aligned(
    values: Vec<Value>,
    rows: usize,
) -> Result<(Vec<ArrayRef>, bool), ArrowError> {
    let scalar = values.iter().all(Value::is_scalar);
    let length = if scalar { 1 } else { rows };
    let arrays = values
        .into_iter()
        .map(|value| value.into_array(length))
        .collect::<Result<_, _>>()?;
    Ok((arrays, scalar))
}

/// The rows in which an expression is evaluated, with only the columns that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) count: usize,
}

impl Rows {
    /// The rows for which the mask is true.
    pub(crate) fn filter(&self, mask: &BooleanArray) -> Result<Self, ArrowError> {
        let predicate = FilterBuilder::new(mask).optimize().build();
        let columns = self
            .columns
            .iter()
            .map(|column| predicate.filter(column))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            columns,
            count: predicate.count(),
        })
    }

    /// A run of the rows.
    pub(crate) fn slice(&self, offset: usize, count: usize) -> Self {
        let columns = self
            .columns
            .iter()
            .map(|column| column.slice(offset, count))
            .collect();
        Self { columns, count }
    }
}

/// A boolean array as a value.
pub(crate) fn boolean(array: BooleanArray) -> ArrayRef {
    Arc::new(array)
}
