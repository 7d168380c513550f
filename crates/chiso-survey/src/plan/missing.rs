//! Codes of answers that are none become missing values.

use std::collections::BTreeSet;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch};
use arrow_schema::{ArrowError, DataType};
use std::sync::Arc;

use crate::specification::MissingCodes;

/// The codes, and the columns in which they are answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Missing {
    codes: Vec<f64>,
    except: BTreeSet<String>,
}

impl Missing {
    pub fn new(codes: &MissingCodes) -> Missing {
        Missing {
            codes: codes.codes.iter().map(|(code, _)| *code).collect(),
            except: codes.except.iter().cloned().collect(),
        }
    }

    /// The batch with its codes turned into missing values.
    pub fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        if self.codes.is_empty() {
            return Ok(batch.clone());
        }
        let schema = batch.schema();
        let columns: Vec<ArrayRef> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| {
                if self.except.contains(field.name()) {
                    Arc::clone(column)
                } else {
                    self.without_codes(column)
                }
            })
            .collect();
        let fields: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| field.as_ref().clone().with_nullable(true))
            .collect();
        let schema = Arc::new(arrow_schema::Schema::new(fields));
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(schema, columns, &options)
    }

    fn without_codes(&self, column: &ArrayRef) -> ArrayRef {
        macro_rules! by_type {
            ($($variant:ident => $kind:ty : $native:ty),*) => {
                match column.data_type() {
                    $(DataType::$variant => {
                        let codes: Vec<$native> = self
                            .codes
                            .iter()
                            .map(|code| *code as $native)
                            .zip(&self.codes)
                            .filter(|(native, code)| *native as f64 == **code)
                            .map(|(native, _)| native)
                            .collect();
                        if codes.is_empty() {
                            Arc::clone(column)
                        } else {
                            Arc::new(nulled::<$kind>(column.as_primitive(), &codes))
                        }
                    })*
                    _ => Arc::clone(column),
                }
            };
        }
        by_type!(
            Int8 => Int8Type: i8, Int16 => Int16Type: i16, Int32 => Int32Type: i32,
            Int64 => Int64Type: i64, UInt8 => UInt8Type: u8, UInt16 => UInt16Type: u16,
            UInt32 => UInt32Type: u32, UInt64 => UInt64Type: u64, Float32 => Float32Type: f32,
            Float64 => Float64Type: f64
        )
    }
}

fn nulled<T: ArrowPrimitiveType>(
    column: &PrimitiveArray<T>,
    codes: &[T::Native],
) -> PrimitiveArray<T> {
    let is_code = |value: &T::Native| codes.contains(value);
    if !column.values().iter().any(is_code) {
        return column.clone();
    }
    column
        .iter()
        .map(|value| value.filter(|value| !is_code(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Int8Array, Int16Array};

    fn missing() -> Missing {
        Missing::new(&MissingCodes {
            codes: vec![
                (888.0, "don't know".into()),
                (-999_999.0, "not asked".into()),
            ],
            except: vec!["raw".into()],
        })
    }

    #[test]
    fn codes_are_missing_save_in_the_columns_named() {
        let column: ArrayRef = Arc::new(Int16Array::from(vec![Some(1), Some(888), None]));
        let batch = RecordBatch::try_from_iter([("d1", column.clone()), ("raw", column)]).unwrap();
        let found = missing().apply(&batch).unwrap();
        assert_eq!(found.column(0).null_count(), 2);
        assert_eq!(found.column(1).null_count(), 1);
    }

    #[test]
    fn a_column_too_narrow_for_the_codes_is_left_as_it_is() {
        let column: ArrayRef = Arc::new(Int8Array::from(vec![1, 120]));
        assert_eq!(missing().without_codes(&column).null_count(), 0);
    }
}
