//! The stream of eight-byte elements behind a file's compression.

use super::Layout;
use super::zlib::Blocks;
use crate::TableError;
use crate::cursor::Cursor;

/// How the elements are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    /// Small whole numbers, blanks and missing values take one byte.
    Bytecode,
    /// The same in blocks compressed with zlib.
    Zlib,
}

/// Where the stored bytes come from.
enum Source {
    File(Cursor),
    Blocks(Blocks),
}

/// Reads the elements one after the other.
pub(super) struct Elements {
    source: Source,
    is_bytecode: bool,
    codes: [u8; 8],
    next_code: usize,
    bias: f64,
    big_endian: bool,
    system_missing: f64,
}

impl Elements {
    pub(super) fn open(layout: &Layout) -> Result<Self, TableError> {
        let mut cursor = Cursor::new(&layout.file, layout.data_at);
        cursor.big_endian = layout.big_endian;
        let source = match layout.compression {
            Compression::Zlib => Source::Blocks(Blocks::open(cursor)?),
            _ => Source::File(cursor),
        };
        Ok(Self {
            source,
            is_bytecode: layout.compression != Compression::None,
            codes: [0; 8],
            next_code: 8,
            bias: layout.bias,
            big_endian: layout.big_endian,
            system_missing: layout.system_missing,
        })
    }

    /// The next element, or none at the end.
    pub(super) fn next(&mut self) -> Result<Option<[u8; 8]>, TableError> {
        if !self.is_bytecode {
            return self.stored();
        }
        loop {
            if self.next_code == 8 {
                match self.stored()? {
                    Some(codes) => self.codes = codes,
                    None => return Ok(None),
                }
                self.next_code = 0;
            }
            let code = self.codes[self.next_code];
            self.next_code += 1;
            return Ok(Some(match code {
                0 => continue,
                252 => {
                    self.next_code -= 1;
                    return Ok(None);
                }
                253 => match self.stored()? {
                    Some(element) => element,
                    None => {
                        return Err(self.error("the end of the data", "the eight bytes of a value"));
                    }
                },
                254 => [b' '; 8],
                255 => self.number(self.system_missing),
                small => self.number(f64::from(small) - self.bias),
            }));
        }
    }

    fn number(&self, value: f64) -> [u8; 8] {
        match self.big_endian {
            true => value.to_be_bytes(),
            false => value.to_le_bytes(),
        }
    }

    /// Eight bytes as they are stored, or none at the end.
    fn stored(&mut self) -> Result<Option<[u8; 8]>, TableError> {
        match &mut self.source {
            Source::File(cursor) if cursor.left() == 0 => Ok(None),
            Source::File(cursor) => cursor.array("value").map(Some),
            Source::Blocks(blocks) => blocks.next(),
        }
    }

    /// An error about the place that was read last.
    pub(super) fn error(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> TableError {
        match &self.source {
            Source::File(cursor) => cursor.error(found, expected),
            Source::Blocks(blocks) => blocks.error(found, expected),
        }
    }
}
