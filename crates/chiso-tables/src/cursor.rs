//! Reads the numbers and texts of a binary file in order, every length checked against the file.

use std::sync::Arc;

use crate::TableError;
use crate::file::SharedFile;

const BUFFER_BYTES: u64 = 1 << 16;

/// A place in a file, with the byte order of its numbers.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    file: Arc<SharedFile>,
    at: u64,
    pub(crate) big_endian: bool,
    buffer: Vec<u8>,
    buffer_at: u64,
}

macro_rules! number {
    ($name:ident, $kind:ty) => {
        pub(crate) fn $name(&mut self, what: &str) -> Result<$kind, TableError> {
            let bytes = self.array(what)?;
            Ok(if self.big_endian {
                <$kind>::from_be_bytes(bytes)
            } else {
                <$kind>::from_le_bytes(bytes)
            })
        }
    };
}

impl Cursor {
    pub(crate) fn new(file: &Arc<SharedFile>, at: u64) -> Self {
        Self {
            file: Arc::clone(file),
            at,
            big_endian: false,
            buffer: Vec::new(),
            buffer_at: 0,
        }
    }

    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    pub(crate) fn seek(&mut self, at: u64) {
        self.at = at;
    }

    pub(crate) fn left(&self) -> u64 {
        self.file.length().saturating_sub(self.at)
    }

    /// The next `length` bytes, which are `what` in messages.
    ///
    /// # Errors
    /// [`TableError::Place`] if the file ends before them; nothing is set aside for them then.
    pub(crate) fn bytes(&mut self, length: u64, what: &str) -> Result<Vec<u8>, TableError> {
        let mut bytes = vec![0; self.checked(length, what)?];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], TableError> {
        self.checked(N as u64, what)?;
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn skip(&mut self, length: u64, what: &str) -> Result<(), TableError> {
        self.checked(length, what)?;
        self.at += length;
        Ok(())
    }

    /// The next bytes must be these.
    pub(crate) fn expect(&mut self, expected: &str) -> Result<(), TableError> {
        let at = self.at;
        let found = self.bytes(expected.len() as u64, expected)?;
        if found == expected.as_bytes() {
            return Ok(());
        }
        self.at = at;
        Err(self.error(
            format!("`{}`", found.escape_ascii()),
            format!("`{expected}`"),
        ))
    }

    number!(u16, u16);
    number!(u32, u32);
    number!(i32, i32);
    number!(u64, u64);
    number!(i64, i64);
    number!(f64, f64);

    pub(crate) fn u8(&mut self, what: &str) -> Result<u8, TableError> {
        Ok(self.array::<1>(what)?[0])
    }

    /// A length or count that the format stores with a sign.
    pub(crate) fn count(&mut self, what: &str) -> Result<u64, TableError> {
        let at = self.at;
        let value = self.i32(what)?;
        u64::try_from(value).map_err(|_| {
            self.at = at;
            self.error(
                format!("{value} as the {what}"),
                "a number that is not negative",
            )
        })
    }

    /// An error about this place.
    pub(crate) fn error(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> TableError {
        TableError::place(
            self.file.path(),
            format!("byte {}", self.at),
            found,
            expected,
        )
    }

    fn checked(&self, length: u64, what: &str) -> Result<usize, TableError> {
        usize::try_from(length)
            .ok()
            .filter(|_| length <= self.left())
            .ok_or_else(|| {
                self.error(
                    format!("{} bytes up to the file's end", self.left()),
                    format!("{length} bytes for the {what}: the file is cut off or damaged"),
                )
            })
    }

    /// Fills from the buffer; the length was checked.
    fn fill(&mut self, target: &mut [u8]) -> Result<(), TableError> {
        let length = target.len() as u64;
        let inside = self.at.checked_sub(self.buffer_at);
        let buffered = inside.filter(|skip| skip + length <= self.buffer.len() as u64);
        let skip = match buffered {
            Some(skip) => skip as usize,
            None if length >= BUFFER_BYTES => {
                self.file
                    .read_exact_at(target, self.at)
                    .map_err(|source| self.file.read_error(source))?;
                self.at += length;
                return Ok(());
            }
            None => {
                let ahead = self.left().min(BUFFER_BYTES) as usize;
                self.buffer = self.file.bytes(self.at, ahead)?;
                self.buffer_at = self.at;
                0
            }
        };
        target.copy_from_slice(&self.buffer[skip..skip + target.len()]);
        self.at += length;
        Ok(())
    }
}
