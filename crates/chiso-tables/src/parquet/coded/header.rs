//! Reads a page's header: the few fields that a reader of coded columns needs.
//!
//! Source: Parquet format, `parquet.thrift` (*PageHeader*) in Thrift's compact protocol.

/// What kind of page follows the header, and how it is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary {
        values: usize,
        encoding: i64,
    },
    /// Levels and values compressed together; the levels' length precedes them.
    Data {
        values: usize,
        encoding: i64,
        level_encoding: i64,
    },
    /// Levels uncompressed before the values.
    DataV2 {
        values: usize,
        encoding: i64,
        definition_bytes: usize,
        repetition_bytes: usize,
        is_compressed: bool,
    },
    /// An index, which holds no values.
    Other,
}

/// A page header and where the page's body lies behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) kind: PageKind,
    pub(super) header_bytes: usize,
    pub(super) compressed_bytes: usize,
    pub(super) uncompressed_bytes: usize,
}

/// The header at the start of `bytes`; none if it is not one.
pub(super) fn page_header(bytes: &[u8]) -> Option<PageHeader> {
    let mut reader = Compact { bytes, at: 0 };
    let top = reader.fields(TOP_FIELDS, 0)?;
    let kind = match top.number(1)? {
        0 => {
            let data = top.inner.filter(|(id, _)| *id == 5)?.1;
            PageKind::Data {
                values: data.size(1)?,
                encoding: data.number(2)?,
                level_encoding: data.number(3)?,
            }
        }
        2 => {
            let dictionary = top.inner.filter(|(id, _)| *id == 7)?.1;
            PageKind::Dictionary {
                values: dictionary.size(1)?,
                encoding: dictionary.number(2)?,
            }
        }
        3 => {
            let data = top.inner.filter(|(id, _)| *id == 8)?.1;
            PageKind::DataV2 {
                values: data.size(1)?,
                encoding: data.number(4)?,
                definition_bytes: data.size(5)?,
                repetition_bytes: data.size(6)?,
                is_compressed: data.number(7).unwrap_or(1) != 0,
            }
        }
        _ => PageKind::Other,
    };
    Some(PageHeader {
        kind,
        header_bytes: reader.at,
        compressed_bytes: top.size(3)?,
        uncompressed_bytes: top.size(2)?,
    })
}

/// The structures inside a page header whose fields are wanted.
const TOP_FIELDS: &[i16] = &[5, 7, 8];
const DEEPEST: usize = 8;
const NUMBERS: usize = 9;

/// The integer fields of a structure by their number, up to 8.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers([Option<i64>; NUMBERS]);

impl Numbers {
    fn number(&self, field: usize) -> Option<i64> {
        self.0.get(field).copied().flatten()
    }

    fn size(&self, field: usize) -> Option<usize> {
        usize::try_from(self.number(field)?).ok()
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Fields {
    numbers: Numbers,
    /// The wanted inner structure with its field number.
    inner: Option<(i16, Numbers)>,
}

impl Fields {
    fn number(&self, field: usize) -> Option<i64> {
        self.numbers.number(field)
    }

    fn size(&self, field: usize) -> Option<usize> {
        self.numbers.size(field)
    }
}

/// A reader of Thrift's compact protocol.
struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn skip_bytes(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(count).ok()?)?;
        (self.at <= self.bytes.len()).then_some(())
    }

    /// Reads a structure: its integers, and of the structures inside it the wanted one.
    fn fields(&mut self, wanted: &[i16], depth: usize) -> Option<Fields> {
        if depth > DEEPEST {
            return None;
        }
        let mut fields = Fields::default();
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0F;
            if kind == 0 {
                return Some(fields);
            }
            id = match head >> 4 {
                0 => i16::try_from(self.zigzag()?).ok()?,
                step => id.checked_add(i16::from(step))?,
            };
            let number = match kind {
                1 => Some(1),
                2 => Some(0),
                4..=6 => Some(self.zigzag()?),
                12 if wanted.contains(&id) => {
                    fields.inner = Some((id, self.fields(&[], depth + 1)?.numbers));
                    None
                }
                _ => {
                    self.skip(kind, depth)?;
                    None
                }
            };
            if let (Some(number), Ok(place)) = (number, usize::try_from(id))
                && let Some(slot) = fields.numbers.0.get_mut(place)
            {
                *slot = Some(number);
            }
        }
    }

    /// Skips a value that is not a boolean field or an integer.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            3 => self.skip_bytes(1),
            7 => self.skip_bytes(8),
            8 => {
                let length = self.varint()?;
                self.skip_bytes(length)
            }
            9 | 10 => self.skip_list(depth),
            12 => self.fields(&[], depth + 1).map(|_| ()),
            // Maps stand in no page header.
            _ => None,
        }
    }

    fn skip_list(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        for _ in 0..count {
            match head & 0x0F {
                1 | 2 => self.skip_bytes(1)?,
                4..=6 => {
                    self.varint()?;
                }
                kind => self.skip(kind, depth + 1)?,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_page_header_reads_back() {
        // type=0, sizes 300 and 120, data page: 1000 values, RLE_DICTIONARY (8), levels RLE (3).
        let bytes = [
            0x15, 0, 0x15, 0xD8, 0x04, 0x15, 0xF0, 0x01, 0x2C, 0x15, 0xD0, 0x0F, 0x15, 0x10, 0x15,
            0x06, 0x15, 0x06, 0x1C, 0x18, 1, 7, 0x00, 0x00, 0x00, 0xEE,
        ];
        let header = page_header(&bytes).unwrap();
        let kind = PageKind::Data {
            values: 1000,
            encoding: 8,
            level_encoding: 3,
        };
        assert_eq!(header.kind, kind);
        assert_eq!(
            (header.uncompressed_bytes, header.compressed_bytes),
            (300, 120)
        );
        assert_eq!(header.header_bytes, bytes.len() - 1);
    }

    #[test]
    fn a_cut_header_is_none() {
        assert_eq!(page_header(&[]), None);
        assert_eq!(page_header(&[0x15, 0, 0x15]), None);
        assert_eq!(page_header(&[0x1C; 200]), None);
        assert_eq!(
            page_header(&[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            None
        );
    }
}
