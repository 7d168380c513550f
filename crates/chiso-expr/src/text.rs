//! The functions on text, letter for letter as in `datafusion-functions` 55.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array, ArrayRef, Int32Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};

use crate::function::Side;

/// The texts of any of the three text types.
fn texts(array: &ArrayRef) -> Result<Box<dyn Iterator<Item = Option<&str>> + '_>, ArrowError> {
    Ok(match array.data_type() {
        DataType::Utf8 => Box::new(array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().iter()),
        DataType::Utf8View => Box::new(array.as_string_view().iter()),
        other => {
            return Err(ArrowError::InvalidArgumentError(format!(
                "expected a text, found {other}"
            )));
        }
    })
}

/// The texts as an array of the wanted text type.
fn collect<S: AsRef<str>>(
    texts: impl Iterator<Item = Result<Option<S>, ArrowError>>,
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    Ok(match data_type {
        DataType::Utf8 => Arc::new(texts.collect::<Result<StringArray, _>>()?),
        DataType::LargeUtf8 => Arc::new(texts.collect::<Result<LargeStringArray, _>>()?),
        _ => Arc::new(texts.collect::<Result<StringViewArray, _>>()?),
    })
}

/// LOWER, by Unicode.
pub(crate) fn lower(value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let texts = texts(value)?.map(|text| Ok(text.map(str::to_lowercase)));
    collect(texts, value.data_type())
}

/// UPPER, by Unicode.
pub(crate) fn upper(value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let texts = texts(value)?.map(|text| Ok(text.map(str::to_uppercase)));
    collect(texts, value.data_type())
}

/// TRIM: cuts the given letters (none: spaces) from one or both ends.
pub(crate) fn trim(
    side: Side,
    value: &ArrayRef,
    letters: Option<&ArrayRef>,
) -> Result<ArrayRef, ArrowError> {
    let Some(letters) = letters else {
        let texts = texts(value)?.map(|text| Ok(text.map(|text| cut(side, text, &[' ']))));
        return collect(texts, value.data_type());
    };
    let letters = cast(letters, value.data_type())?;
    let trimmed = texts(value)?.zip(texts(&letters)?).map(|pair| {
        let (Some(text), Some(letters)) = pair else {
            return Ok(None);
        };
        let letters: Vec<char> = letters.chars().collect();
        Ok(Some(cut(side, text, &letters)))
    });
    collect(trimmed, value.data_type())
}

fn cut<'a>(side: Side, text: &'a str, letters: &[char]) -> &'a str {
    match side {
        Side::Start => text.trim_start_matches(letters),
        Side::End => text.trim_end_matches(letters),
        Side::Both => text.trim_matches(letters),
    }
}

/// LENGTH: the number of Unicode characters, as INT, or BIGINT for `LargeUtf8`.
pub(crate) fn character_length(value: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let lengths = texts(value)?.map(|text| text.map(|text| text.chars().count()));
    Ok(match value.data_type() {
        DataType::LargeUtf8 => Arc::new(
            lengths
                .map(|length| length.map(|length| length as i64))
                .collect::<Int64Array>(),
        ),
        _ => Arc::new(
            lengths
                .map(|length| length.map(|length| length as i32))
                .collect::<Int32Array>(),
        ),
    })
}

/// SUBSTR: `count` characters (none: all) from the character `start`, the first being 1. Places
/// before the first count, so that `substr('abc', 0, 2)` is `'a'`.
pub(crate) fn substring(
    value: &ArrayRef,
    start: &ArrayRef,
    count: Option<&ArrayRef>,
) -> Result<ArrayRef, ArrowError> {
    let starts = start.as_primitive::<Int64Type>();
    let counts = count.map(|count| count.as_primitive::<Int64Type>());
    let parts = texts(value)?.enumerate().map(|(row, text)| {
        let count = match counts {
            Some(counts) if counts.is_null(row) => return Ok(None),
            Some(counts) => Some(counts.value(row)),
            None => None,
        };
        match text {
            Some(text) if starts.is_valid(row) => part(text, starts.value(row), count).map(Some),
            _ => Ok(None),
        }
    });
    collect(parts, value.data_type())
}

fn part(text: &str, start: i64, count: Option<i64>) -> Result<&str, ArrowError> {
    if let Some(count) = count.filter(|&count| count < 0) {
        return Err(ArrowError::ComputeError(format!(
            "negative count not allowed: {count}"
        )));
    }
    let Some(start) = start.checked_sub(1) else {
        return Err(ArrowError::ComputeError(format!(
            "start position overflow: {start}"
        )));
    };
    let byte = |character: i64| {
        let character = usize::try_from(character.max(0)).unwrap_or(usize::MAX);
        text.char_indices()
            .nth(character)
            .map_or(text.len(), |(byte, _)| byte)
    };
    let end = count.map_or(text.len(), |count| byte(start.saturating_add(count)));
    Ok(&text[byte(start).min(end)..end])
}
