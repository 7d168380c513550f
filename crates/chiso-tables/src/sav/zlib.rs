//! The zlib blocks of a `.zsav` file.

use flate2::{Decompress, FlushDecompress, Status};

use crate::TableError;
use crate::cursor::Cursor;

/// SPSS writes blocks of nearly 4 MiB; a much larger one is taken for damage.
const LARGEST_BLOCK_BYTES: u64 = 64 << 20;

/// Where a block lies and how large it is without compression.
#[derive(Debug, Clone, Copy)]
struct Block {
    at: u64,
    compressed: u64,
    uncompressed: u64,
}

/// The blocks one after the other as one stream of elements.
pub(super) struct Blocks {
    cursor: Cursor,
    blocks: std::vec::IntoIter<Block>,
    current: Vec<u8>,
    used: usize,
}

impl Blocks {
    /// Reads the header at the cursor and the trailer that it points to.
    pub(super) fn open(mut cursor: Cursor) -> Result<Self, TableError> {
        cursor.skip(8, "place of the zlib header")?;
        let trailer = cursor.u64("place of the zlib trailer")?;
        cursor.skip(8, "length of the zlib trailer")?;
        cursor.seek(trailer);
        cursor.skip(8 + 8 + 4, "zlib trailer")?;
        let count = cursor.count("number of zlib blocks")?;
        let mut blocks = Vec::new();
        for _ in 0..count {
            cursor.skip(8, "place without compression")?;
            blocks.push(Block {
                at: cursor.u64("place of a zlib block")?,
                uncompressed: cursor.count("size of a zlib block")?,
                compressed: cursor.count("compressed size of a zlib block")?,
            });
        }
        Ok(Self {
            cursor,
            blocks: blocks.into_iter(),
            current: Vec::new(),
            used: 0,
        })
    }

    /// The next eight bytes, or none at the end.
    pub(super) fn next(&mut self) -> Result<Option<[u8; 8]>, TableError> {
        while self.used == self.current.len() {
            let Some(block) = self.blocks.next() else {
                return Ok(None);
            };
            self.current = self.decompress(block)?;
            self.used = 0;
        }
        let rest = &self.current[self.used..];
        let Some(element) = rest.first_chunk::<8>() else {
            let found = format!("{} bytes at the end of a zlib block", rest.len());
            return Err(self.error(found, "whole values of eight bytes"));
        };
        self.used += 8;
        Ok(Some(*element))
    }

    fn decompress(&mut self, block: Block) -> Result<Vec<u8>, TableError> {
        self.cursor.seek(block.at);
        if block.uncompressed > LARGEST_BLOCK_BYTES {
            let found = format!("a zlib block of {} bytes", block.uncompressed);
            return Err(self.error(found, "at most 64 MiB: the file is damaged"));
        }
        let stored = self.cursor.bytes(block.compressed, "zlib block")?;
        self.cursor.seek(block.at);
        let mut content = vec![0; block.uncompressed as usize];
        let mut zlib = Decompress::new(true);
        let status = zlib.decompress(&stored, &mut content, FlushDecompress::Finish);
        match status {
            Ok(Status::StreamEnd) if zlib.total_out() == block.uncompressed => Ok(content),
            Ok(_) => Err(self.error(
                format!("a zlib block that holds {} bytes", zlib.total_out()),
                format!("{} bytes, as the trailer says", block.uncompressed),
            )),
            Err(error) => Err(self.error(error.to_string(), "a zlib block")),
        }
    }

    pub(super) fn error(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> TableError {
        self.cursor.error(found, expected)
    }
}
