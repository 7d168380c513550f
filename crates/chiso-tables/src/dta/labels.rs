//! The value labels of a Stata file: named sets, to which variables refer.

use std::collections::HashMap;
use std::sync::Arc;

use super::Variable;
use super::header::Header;
use crate::cursor::Cursor;
use crate::file::SharedFile;
use crate::text::before_nul;
use crate::{LabelledValue, TableError, ValueLabels};

type Sets = HashMap<String, Vec<(LabelledValue, String)>>;

/// Reads all sets by name.
pub(super) fn read(file: &Arc<SharedFile>, header: &Header) -> Result<Sets, TableError> {
    let mut cursor = Cursor::new(file, header.labels_at);
    cursor.big_endian = header.big_endian;
    let mut sets = Sets::new();
    if header.release < 117 {
        while cursor.left() > 0 {
            let (name, values) = set(&mut cursor, header)?;
            sets.insert(name, values);
        }
        return Ok(sets);
    }
    cursor.expect("<value_labels>")?;
    loop {
        let tag = cursor.array::<5>("value labels")?;
        if &tag != b"<lbl>" {
            cursor.seek(cursor.at() - 5);
            cursor.expect("</value_labels>")?;
            return Ok(sets);
        }
        let (name, values) = set(&mut cursor, header)?;
        sets.insert(name, values);
        cursor.expect("</lbl>")?;
    }
}

/// One set: its length, name, and a table of offsets into texts and of values.
fn set(
    cursor: &mut Cursor,
    header: &Header,
) -> Result<(String, Vec<(LabelledValue, String)>), TableError> {
    let length = u64::from(cursor.u32("length of a set of value labels")?);
    let name = cursor.bytes(header.name_bytes, "name of a set of value labels")?;
    let name = header.encoding.read_label(before_nul(&name));
    cursor.skip(3, "padding")?;
    let at = cursor.at();
    let table = cursor.bytes(length, "set of value labels")?;
    let values = pairs(&table, header).ok_or_else(|| {
        cursor.seek(at);
        cursor.error(
            format!("a set of value labels `{name}` whose parts do not fit into {length} bytes"),
            "offsets, values and texts inside the set: the file is damaged",
        )
    })?;
    Ok((name, values))
}

fn pairs(table: &[u8], header: &Header) -> Option<Vec<(LabelledValue, String)>> {
    let word = |place: &[u8; 4]| match header.big_endian {
        true => u32::from_be_bytes(*place),
        false => u32::from_le_bytes(*place),
    };
    let (count, rest) = table.split_first_chunk::<4>()?;
    let (text_bytes, rest) = rest.split_first_chunk::<4>()?;
    let count = usize::try_from(word(count)).ok()?;
    let (offsets, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
    let (values, texts) = rest.split_at_checked(count * 4)?;
    let texts = texts.get(..usize::try_from(word(text_bytes)).ok()?)?;
    let (offsets, _) = offsets.as_chunks::<4>();
    let (values, _) = values.as_chunks::<4>();
    offsets
        .iter()
        .zip(values)
        .map(|(offset, value)| {
            let text = texts.get(usize::try_from(word(offset)).ok()?..)?;
            let label = header.encoding.read_label(before_nul(text));
            Some((labelled(word(value) as i32), label))
        })
        .collect()
}

/// Whole numbers above this are the missing values `.`, `.a`, … `.z`.
const LARGEST_LONG: i32 = 2_147_483_620;

fn labelled(value: i32) -> LabelledValue {
    match value.checked_sub(LARGEST_LONG + 1) {
        Some(0) => LabelledValue::Missing(None),
        Some(letter @ 1..=26) => LabelledValue::Missing(Some(char::from(b'a' + letter as u8 - 1))),
        _ => LabelledValue::Number(f64::from(value)),
    }
}

/// What is known about a variable, if anything.
pub(super) fn of_variable(variable: &Variable, sets: &Sets) -> Option<ValueLabels> {
    let values = sets.get(&variable.label_set).cloned().unwrap_or_default();
    if variable.label.is_empty() && values.is_empty() {
        return None;
    }
    Some(ValueLabels {
        column: variable.label.clone(),
        values,
        ..ValueLabels::default()
    })
}
