//! The table that the fixed expressions are evaluated on: every type, NULLs, edges of the ranges.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, LargeStringArray, RecordBatch,
    StringArray, StringViewArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};

/// Eight rows; the columns' names tell their types.
pub fn table() -> RecordBatch {
    let texts = [
        Some("Hà Nội"),
        Some(""),
        None,
        Some("12"),
        Some(" x%_ "),
        Some("abcdefghijklmnopqrs"),
        Some("ÅngSTRÖM"),
        Some("-7.5"),
    ];
    let numerals = [
        Some("1"),
        Some("-2"),
        Some("3"),
        None,
        Some("45"),
        Some("0"),
        None,
        Some("7"),
    ];
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "b",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(false),
                None,
                Some(true),
                Some(false),
                None,
                Some(true),
                Some(false),
            ])),
        ),
        (
            "c",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(true),
                Some(true),
                None,
                None,
                None,
                Some(false),
                Some(false),
            ])),
        ),
        (
            "i8",
            Arc::new(Int8Array::from(vec![
                Some(1),
                Some(-2),
                None,
                Some(127),
                Some(-128),
                Some(0),
                Some(3),
                Some(99),
            ])),
        ),
        (
            "i16",
            Arc::new(Int16Array::from(vec![
                Some(888),
                Some(-2),
                Some(0),
                None,
                Some(32767),
                Some(-32768),
                Some(5),
                Some(999),
            ])),
        ),
        (
            "i32",
            Arc::new(Int32Array::from(vec![
                Some(i32::MAX),
                Some(i32::MIN),
                Some(0),
                Some(7),
                None,
                Some(-15),
                Some(25),
                Some(1),
            ])),
        ),
        (
            "i64",
            Arc::new(Int64Array::from(vec![
                Some(i64::MAX),
                Some(i64::MIN),
                Some(2),
                None,
                Some(-1),
                Some(0),
                Some(35),
                Some(4),
            ])),
        ),
        (
            "n",
            Arc::new(Int64Array::from(vec![3, 1, 4, 1, 5, 9, 2, 6])),
        ),
        (
            "u8",
            Arc::new(UInt8Array::from(vec![
                Some(0),
                Some(255),
                None,
                Some(4),
                Some(5),
                Some(6),
                Some(200),
                Some(45),
            ])),
        ),
        (
            "u16",
            Arc::new(UInt16Array::from(vec![
                Some(0),
                Some(65535),
                Some(1),
                Some(4),
                None,
                Some(6),
                Some(200),
                Some(45),
            ])),
        ),
        (
            "u32",
            Arc::new(UInt32Array::from(vec![
                Some(0),
                Some(u32::MAX),
                Some(1),
                Some(4),
                None,
                Some(6),
                Some(200),
                Some(45),
            ])),
        ),
        (
            "u64",
            Arc::new(UInt64Array::from(vec![
                Some(u64::MAX),
                Some(0),
                None,
                Some(3),
                Some(4),
                Some(5),
                Some(150),
                Some(7),
            ])),
        ),
        (
            "f32",
            Arc::new(Float32Array::from(vec![
                Some(1.5),
                Some(-0.0),
                None,
                Some(0.1),
                Some(f32::INFINITY),
                Some(-2.5),
                Some(1e-3),
                Some(100.25),
            ])),
        ),
        (
            "f64",
            Arc::new(Float64Array::from(vec![
                Some(0.1),
                Some(-2.5),
                Some(0.0),
                None,
                Some(1e300),
                Some(-0.0),
                Some(f64::NAN),
                Some(123.456),
            ])),
        ),
        (
            "d",
            Arc::new(
                Decimal128Array::from(vec![
                    Some(12345),
                    Some(-12355),
                    Some(0),
                    None,
                    Some(50),
                    Some(-50),
                    Some(99999),
                    Some(-1),
                ])
                .with_precision_and_scale(8, 2)
                .expect("a valid decimal type"),
            ),
        ),
        ("s", Arc::new(StringArray::from(texts.to_vec()))),
        ("ls", Arc::new(LargeStringArray::from(texts.to_vec()))),
        ("sv", Arc::new(StringViewArray::from(texts.to_vec()))),
        ("num", Arc::new(StringArray::from(numerals.to_vec()))),
        (
            "day",
            Arc::new(Date32Array::from(vec![
                Some(20270),
                Some(0),
                None,
                Some(-1),
                Some(20089),
                Some(20270),
                Some(1),
                Some(365),
            ])),
        ),
        (
            "label",
            Arc::new(
                texts
                    .iter()
                    .map(|text| text.filter(|text| text.len() < 9))
                    .collect::<DictionaryArray<Int8Type>>(),
            ),
        ),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of equal length")
}
