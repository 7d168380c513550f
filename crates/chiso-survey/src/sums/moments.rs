//! Sums of a column over runs of rows: the one loop through which every answer goes.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};
use arrow_schema::DataType;

/// Neighbouring rows of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub start: u32,
    pub end: u32,
    pub group: u32,
}

/// Sums over the rows of a group in which a variable has a value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// Rows with a positive weight.
    pub n: f64,
    /// Σ w
    pub w: f64,
    /// Σ w·y
    pub wy: f64,
    /// Σ w·y²
    pub wyy: f64,
}

impl Moments {
    /// Adds what another group holds.
    pub fn add(&mut self, other: &Moments) {
        self.n += other.n;
        self.w += other.w;
        self.wy += other.wy;
        self.wyy += other.wyy;
    }

    /// The same rows with their weights multiplied.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Moments {
        Moments {
            n: self.n,
            w: self.w * factor,
            wy: self.wy * factor,
            wyy: self.wyy * factor,
        }
    }
}

/// A column that holds no finite numbers where it should.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ColumnError {
    /// The column's type has no numbers.
    #[error(
        "a column of type {found} has no numbers; expected whole or decimal numbers, or true/false"
    )]
    Type {
        /// The column's Arrow type.
        found: String,
    },
    /// Not a number, or infinite.
    #[error("row {row}: found {found}; expected a finite number or no value")]
    NotFinite {
        /// Row within the block, from 0.
        row: usize,
        /// What the row holds.
        found: f64,
    },
    /// The column has another number of rows than the block.
    #[error("found {found} rows; expected {expected}, as in the design's columns")]
    Length {
        /// The column's rows.
        found: usize,
        /// The block's rows.
        expected: usize,
    },
}

/// A number that a column can hold.
trait Number: Copy {
    fn to_f64(self) -> f64;
}

macro_rules! numbers {
    ($($native:ty),*) => {$(
        impl Number for $native {
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}
numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

/// What the kernel needs of a block of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub runs: &'a [Run],
    pub groups: usize,
    pub weights: &'a [f64],
    /// Some weights are zero, so rows must be counted one by one.
    pub zero_weights: bool,
}

/// Sums of one column for each group.
///
/// # Errors
/// When the column is not of numbers, has another length or holds a non-finite number.
pub(crate) fn moments(rows: Rows<'_>, column: &dyn Array) -> Result<Vec<Moments>, ColumnError> {
    if column.len() != rows.weights.len() {
        return Err(ColumnError::Length {
            found: column.len(),
            expected: rows.weights.len(),
        });
    }
    match column.data_type() {
        DataType::Int8 => Ok(of_array::<Int8Type>(rows, column)),
        DataType::Int16 => Ok(of_array::<Int16Type>(rows, column)),
        DataType::Int32 => Ok(of_array::<Int32Type>(rows, column)),
        DataType::Int64 => Ok(of_array::<Int64Type>(rows, column)),
        DataType::UInt8 => Ok(of_array::<UInt8Type>(rows, column)),
        DataType::UInt16 => Ok(of_array::<UInt16Type>(rows, column)),
        DataType::UInt32 => Ok(of_array::<UInt32Type>(rows, column)),
        DataType::UInt64 => Ok(of_array::<UInt64Type>(rows, column)),
        DataType::Float32 | DataType::Float64 | DataType::Boolean | DataType::Null => {
            let numbers = numbers(column)?;
            Ok(of_array::<Float64Type>(rows, &numbers))
        }
        other => Err(ColumnError::Type {
            found: other.to_string(),
        }),
    }
}

/// A column's values as doubles; what is missing is 0 and marked so.
///
/// # Errors
/// When the column is not of numbers or holds a non-finite number.
pub fn numbers(column: &dyn Array) -> Result<PrimitiveArray<Float64Type>, ColumnError> {
    macro_rules! widen {
        ($($variant:ident => $kind:ty),*) => {
            match column.data_type() {
                $(DataType::$variant => column
                    .as_primitive::<$kind>()
                    .unary::<_, Float64Type>(|value| value as f64),)*
                DataType::Boolean => column
                    .as_boolean()
                    .iter()
                    .map(|value| value.map(|value| f64::from(u8::from(value))))
                    .collect(),
                DataType::Null => PrimitiveArray::new_null(column.len()),
                other => return Err(ColumnError::Type { found: other.to_string() }),
            }
        };
    }
    let wide = widen!(
        Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type, Int64 => Int64Type,
        UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type, UInt64 => UInt64Type,
        Float32 => Float32Type, Float64 => Float64Type
    );
    let fault = wide
        .values()
        .iter()
        .enumerate()
        .position(|(row, value)| !value.is_finite() && wide.is_valid(row));
    match fault {
        Some(row) => Err(ColumnError::NotFinite {
            row,
            found: wide.value(row),
        }),
        None if wide.null_count() == 0 => Ok(wide),
        // What stands where a value is missing is anything: make it 0, so that a product is 0.
        None => {
            let values: Vec<f64> = (0..wide.len())
                .map(|row| {
                    if wide.is_valid(row) {
                        wide.value(row)
                    } else {
                        0.0
                    }
                })
                .collect();
            Ok(PrimitiveArray::new(values.into(), wide.nulls().cloned()))
        }
    }
}

fn of_array<T: ArrowPrimitiveType>(rows: Rows<'_>, column: &dyn Array) -> Vec<Moments>
where
    T::Native: Number,
{
    let column = column.as_primitive::<T>();
    let values = &column.values()[..];
    let mut sums = vec![Moments::default(); rows.groups];
    match column.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => {
            for run in rows.runs {
                let range = run.start as usize..run.end as usize;
                let weights = &rows.weights[range.clone()];
                let mut part = of_run(&values[range], weights);
                part.n = count(weights, rows.zero_weights);
                sums[run.group as usize].add(&part);
            }
        }
        Some(nulls) => {
            // A missing answer is a row of weight 0: the loop stays free of branches.
            let masked: Vec<f64> = rows
                .weights
                .iter()
                .enumerate()
                .map(|(row, weight)| if nulls.is_valid(row) { *weight } else { 0.0 })
                .collect();
            for run in rows.runs {
                let (start, end) = (run.start as usize, run.end as usize);
                let mut part = of_run(&values[start..end], &masked[start..end]);
                part.n = if rows.zero_weights {
                    count(&masked[start..end], true)
                } else {
                    (end - start - nulls.slice(start, end - start).null_count()) as f64
                };
                sums[run.group as usize].add(&part);
            }
        }
    }
    sums
}

fn count(weights: &[f64], zero_weights: bool) -> f64 {
    if zero_weights {
        weights.iter().filter(|weight| **weight > 0.0).count() as f64
    } else {
        weights.len() as f64
    }
}

/// Several sums side by side let the processor add without waiting for the last addition.
const LANES: usize = 8;

#[inline]
fn of_run<N: Number>(values: &[N], weights: &[f64]) -> Moments {
    let mut w = [0.0; LANES];
    let mut wy = [0.0; LANES];
    let mut wyy = [0.0; LANES];
    let value_blocks = values.chunks_exact(LANES);
    let weight_blocks = weights.chunks_exact(LANES);
    let rest = value_blocks
        .remainder()
        .iter()
        .zip(weight_blocks.remainder());
    for (value_block, weight_block) in value_blocks.zip(weight_blocks) {
        for lane in 0..LANES {
            let y = value_block[lane].to_f64();
            let product = weight_block[lane] * y;
            w[lane] += weight_block[lane];
            wy[lane] += product;
            wyy[lane] += product * y;
        }
    }
    let mut sums = Moments::default();
    for lane in 0..LANES {
        sums.w += w[lane];
        sums.wy += wy[lane];
        sums.wyy += wyy[lane];
    }
    for (value, weight) in rest {
        let y = value.to_f64();
        sums.w += weight;
        sums.wy += weight * y;
        sums.wyy += weight * y * y;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BooleanArray, Float64Array, Int8Array, StringArray};

    fn rows(weights: &[f64]) -> (Vec<Run>, Vec<f64>) {
        (
            vec![Run {
                start: 0,
                end: weights.len() as u32,
                group: 0,
            }],
            weights.to_vec(),
        )
    }

    #[test]
    fn a_missing_answer_adds_nothing_and_is_not_counted() {
        let (runs, weights) = rows(&[1.0, 2.0, 4.0]);
        let rows = Rows {
            runs: &runs,
            groups: 1,
            weights: &weights,
            zero_weights: false,
        };
        let found = moments(rows, &Int8Array::from(vec![Some(3), None, Some(5)])).unwrap();
        assert_eq!(
            found,
            vec![Moments {
                n: 2.0,
                w: 5.0,
                wy: 23.0,
                wyy: 109.0
            }]
        );
    }

    #[test]
    fn truth_values_are_ones_and_zeros() {
        let (runs, weights) = rows(&[1.0, 2.0]);
        let rows = Rows {
            runs: &runs,
            groups: 1,
            weights: &weights,
            zero_weights: false,
        };
        let found = moments(rows, &BooleanArray::from(vec![true, false])).unwrap();
        assert_eq!(found[0].wy, 1.0);
    }

    #[test]
    fn a_number_that_is_not_finite_names_its_row() {
        let (runs, weights) = rows(&[1.0, 2.0]);
        let rows = Rows {
            runs: &runs,
            groups: 1,
            weights: &weights,
            zero_weights: false,
        };
        let fault = moments(rows, &Float64Array::from(vec![1.0, f64::INFINITY])).unwrap_err();
        assert_eq!(
            fault,
            ColumnError::NotFinite {
                row: 1,
                found: f64::INFINITY
            }
        );
    }

    #[test]
    fn text_is_refused() {
        let (runs, weights) = rows(&[1.0]);
        let rows = Rows {
            runs: &runs,
            groups: 1,
            weights: &weights,
            zero_weights: false,
        };
        assert!(matches!(
            moments(rows, &StringArray::from(vec!["a"])),
            Err(ColumnError::Type { .. })
        ));
    }
}
