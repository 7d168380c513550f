//! Reads a numeric column of few distinct values as its dictionary codes, one byte a row.
//!
//! Answers to a questionnaire have few distinct values, so that a Parquet writer stores each
//! column chunk as a small dictionary and packed codes. Unpacking the codes eight at a time, and
//! keeping the decompressor from chunk to chunk, takes a third of the time that a general reader
//! needs. What is not of this kind, or not whole, is left to the general reader, which also says
//! what is wrong with it.

mod header;
mod hybrid;
mod pages;

use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow_schema::DataType;
use parquet::basic::Type;
use parquet::file::metadata::ColumnChunkMetaData;
use std::sync::Arc;

use pages::decode;

/// A numeric column of one part by the distinct values that it has there.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedColumn {
    /// For each row the place of its value in `values`; `values.len()` for a row without value.
    pub codes: Vec<u8>,
    /// The distinct values, at most 255; exactly as in the file.
    pub values: Vec<f64>,
}

/// The dictionary of a column chunk, as the file stores it.
struct Dictionary {
    bytes: Vec<u8>,
    physical: Type,
    length: usize,
}

/// Codes that all lie below the dictionary's length or, for rows without value, at it.
struct Codes {
    codes: Vec<u8>,
    dictionary: Dictionary,
}

/// The column as codes and numbers; none if it is not stored so or a number does not fit `f64`.
pub(super) fn coded_column(
    chunk: &ColumnChunkMetaData,
    bytes: &[u8],
    rows: usize,
    data_type: &DataType,
) -> Option<CodedColumn> {
    if !is_stored_as(data_type, chunk.column_type()) {
        return None;
    }
    let codes = decode(chunk, bytes, rows)?;
    let values = codes.dictionary.numbers(data_type)?;
    Some(CodedColumn {
        codes: codes.codes,
        values,
    })
}

/// The column as an Arrow array; none if it is not stored as codes.
pub(super) fn coded_array(
    chunk: &ColumnChunkMetaData,
    bytes: &[u8],
    rows: usize,
    data_type: &DataType,
) -> Option<ArrayRef> {
    if !is_stored_as(data_type, chunk.column_type()) {
        return None;
    }
    let codes = decode(chunk, bytes, rows)?;
    let words = codes.dictionary.words()?;
    match data_type {
        DataType::Int8 => codes.array::<Int8Type>(&words, |word| word as i8),
        DataType::Int16 => codes.array::<Int16Type>(&words, |word| word as i16),
        DataType::Int32 => codes.array::<Int32Type>(&words, |word| word as i32),
        DataType::Int64 => codes.array::<Int64Type>(&words, |word| word as i64),
        DataType::UInt8 => codes.array::<UInt8Type>(&words, |word| word as u8),
        DataType::UInt16 => codes.array::<UInt16Type>(&words, |word| word as u16),
        DataType::UInt32 => codes.array::<UInt32Type>(&words, |word| word as u32),
        DataType::UInt64 => codes.array::<UInt64Type>(&words, |word| word),
        DataType::Float32 => codes.array::<Float32Type>(&words, |word| f32::from_bits(word as u32)),
        DataType::Float64 => codes.array::<Float64Type>(&words, f64::from_bits),
        _ => None,
    }
}

/// Whether the type is a number's and the chunk stores it in the usual width.
fn is_stored_as(data_type: &DataType, physical: Type) -> bool {
    use DataType::{Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64};
    matches!(
        (data_type, physical),
        (Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32, Type::INT32)
            | (Int64 | UInt64, Type::INT64)
            | (Float32, Type::FLOAT)
            | (Float64, Type::DOUBLE)
    )
}

impl Dictionary {
    /// The stored values, four-byte ones in the low half.
    fn words(&self) -> Option<Vec<u64>> {
        let width = match self.physical {
            Type::INT32 | Type::FLOAT => 4,
            Type::INT64 | Type::DOUBLE => 8,
            _ => return None,
        };
        let stored = self.bytes.get(..self.length.checked_mul(width)?)?;
        Some(
            stored
                .chunks_exact(width)
                .map(|value| {
                    let mut word = [0; 8];
                    word[..width].copy_from_slice(value);
                    u64::from_le_bytes(word)
                })
                .collect(),
        )
    }

    /// The values as the column's type has them, which is narrower than what is stored for it.
    fn numbers(&self, data_type: &DataType) -> Option<Vec<f64>> {
        const EXACT: u64 = 1 << 53;
        self.words()?
            .into_iter()
            .map(|word| {
                Some(match data_type {
                    DataType::Int8 => f64::from(word as i8),
                    DataType::Int16 => f64::from(word as i16),
                    DataType::Int32 => f64::from(word as i32),
                    DataType::UInt8 => f64::from(word as u8),
                    DataType::UInt16 => f64::from(word as u16),
                    DataType::UInt32 => f64::from(word as u32),
                    DataType::Float32 => f64::from(f32::from_bits(word as u32)),
                    DataType::Float64 => f64::from_bits(word),
                    DataType::Int64 if (word as i64).unsigned_abs() <= EXACT => word as i64 as f64,
                    DataType::UInt64 if word <= EXACT => word as f64,
                    _ => return None,
                })
            })
            .collect()
    }
}

impl Codes {
    fn array<T: ArrowPrimitiveType>(
        &self,
        words: &[u64],
        value: impl Fn(u64) -> T::Native,
    ) -> Option<ArrayRef> {
        // One entry a byte, so that no code needs a check; the code of a row without value has
        // the default, as any code has that cannot occur.
        let mut table = [T::Native::default(); 256];
        for (entry, word) in table.iter_mut().zip(words) {
            *entry = value(*word);
        }
        let values: Vec<T::Native> = self
            .codes
            .iter()
            .map(|&code| table[usize::from(code)])
            .collect();
        let missing = u8::try_from(words.len()).ok()?;
        let nulls = Some(self.present(missing)).filter(|nulls| nulls.null_count() > 0);
        Some(Arc::new(
            PrimitiveArray::<T>::try_new(values.into(), nulls).ok()?,
        ))
    }
    /// One bit a row, set where the row has a value.
    fn present(&self, missing: u8) -> NullBuffer {
        let missing = u64::from_le_bytes([missing; 8]);
        let (eights, rest) = self.codes.as_chunks::<8>();
        let mut last = missing.to_le_bytes();
        last[..rest.len()].copy_from_slice(rest);
        let bits: Vec<u8> = eights
            .iter()
            .chain((!rest.is_empty()).then_some(&last))
            .map(|codes| nonzero_bytes(u64::from_le_bytes(*codes) ^ missing))
            .collect();
        NullBuffer::new(BooleanBuffer::new(
            Buffer::from_vec(bits),
            0,
            self.codes.len(),
        ))
    }
}

/// One bit for each byte of the word that is not zero, that of the lowest byte lowest.
fn nonzero_bytes(word: u64) -> u8 {
    const LOW_SEVEN: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    // The top bit of each byte: set if it was, or if the lower seven carry into it.
    let marks = (((word & LOW_SEVEN) + LOW_SEVEN) | word) & !LOW_SEVEN;
    // The multiplication gathers the eight marks in the top byte.
    ((marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

#[cfg(test)]
mod tests {
    #[test]
    fn bits_mark_the_bytes_that_are_not_zero() {
        for mask in 0..=255_u8 {
            for value in [1, 2, 0x7F, 0x80, 0xFF] {
                let bytes = std::array::from_fn(|bit| value * (mask >> bit & 1));
                assert_eq!(super::nonzero_bytes(u64::from_le_bytes(bytes)), mask);
            }
        }
    }
}
