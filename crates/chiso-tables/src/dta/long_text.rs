//! Texts of any length (`strL`), which rows of formats 117 and later refer to.

use std::collections::HashMap;
use std::sync::Arc;

use super::header::Header;
use crate::TableError;
use crate::cursor::Cursor;
use crate::file::SharedFile;

/// Where each text lies in the file, by the variable and row that it was first stored for.
pub(super) type LongTexts = HashMap<(u32, u64), (u64, u64)>;

/// Finds all texts; they stay in the file until they are asked for.
pub(super) fn read(file: &Arc<SharedFile>, header: &Header) -> Result<LongTexts, TableError> {
    let mut texts = LongTexts::new();
    let Some(at) = header.long_texts_at else {
        return Ok(texts);
    };
    let mut cursor = Cursor::new(file, at);
    cursor.big_endian = header.big_endian;
    cursor.expect("<strls>")?;
    loop {
        let tag = cursor.array::<3>("long text")?;
        if &tag != b"GSO" {
            cursor.seek(cursor.at() - 3);
            cursor.expect("</strls>")?;
            return Ok(texts);
        }
        let variable = cursor.u32("variable of a long text")?;
        let row = match header.release {
            117 => u64::from(cursor.u32("row of a long text")?),
            _ => cursor.u64("row of a long text")?,
        };
        cursor.skip(1, "kind of a long text")?;
        let length = u64::from(cursor.u32("length of a long text")?);
        texts.insert((variable, row), (cursor.at(), length));
        cursor.skip(length, "long text")?;
    }
}

/// The variable and row that eight bytes in a row refer to; (0, 0) is the empty text.
pub(super) fn reference(bytes: [u8; 8], big_endian: bool, release: u16) -> (u32, u64) {
    let word = match big_endian {
        true => u64::from_be_bytes(bytes),
        false => u64::from_le_bytes(bytes),
    };
    // How many bits the variable's number has.
    let bits = match release {
        117 => 32,
        118 => 16,
        _ => 24,
    };
    match big_endian {
        true => ((word >> (64 - bits)) as u32, word & (u64::MAX >> bits)),
        false => ((word & ((1 << bits) - 1)) as u32, word >> bits),
    }
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn a_reference_splits_by_format_and_byte_order() {
        assert_eq!(reference([2, 0, 0, 0, 5, 0, 0, 0], false, 117), (2, 5));
        assert_eq!(reference([0, 0, 0, 2, 0, 0, 0, 5], true, 117), (2, 5));
        assert_eq!(
            reference([2, 1, 5, 0, 0, 0, 0, 1], false, 118),
            (0x102, 5 + (1 << 40))
        );
        assert_eq!(reference([1, 2, 0, 0, 0, 0, 0, 5], true, 118), (0x102, 5));
        assert_eq!(reference([2, 1, 0, 5, 0, 0, 0, 0], false, 119), (0x102, 5));
    }
}
