//! Walks the pages of a column chunk and joins their codes.

use std::cell::RefCell;

use parquet::basic::{Compression, Type};
use parquet::file::metadata::ColumnChunkMetaData;

use super::header::{PageHeader, PageKind, page_header};
use super::hybrid::{self, EXPANSIONS, Run, Runs, SLACK};
use super::{Codes, Dictionary};

/// One code more stands for "no value", and a code is one byte.
const MOST_VALUES: usize = 255;
/// A row group of more rows is left to the reader that goes batch by batch.
const MOST_ROWS: usize = 1 << 28;
/// Beyond this a page is taken for damaged; writers make pages of about a mebibyte.
const LARGEST_PAGE_BYTES: usize = 1 << 28;
// Parquet format, `parquet.thrift`, enum Encoding.
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;

thread_local! {
    // Setting up a decompressor costs more than decompressing a chunk of answers.
    static ZSTD: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The codes of a column chunk; none if it is not stored as a small dictionary and codes, or if
/// anything about it is unusual or damaged.
pub(super) fn decode(chunk: &ColumnChunkMetaData, bytes: &[u8], rows: usize) -> Option<Codes> {
    let column = chunk.column_descr();
    let plain_column = column.max_rep_level() == 0 && column.max_def_level() <= 1;
    let known = matches!(
        chunk.compression(),
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
    );
    if !plain_column || !known || rows > MOST_ROWS || chunk.dictionary_page_offset().is_none() {
        return None;
    }
    let mut pages = Pages {
        rest: bytes,
        compression: chunk.compression(),
        body: Vec::new(),
    };
    let header = pages.next()?;
    let dictionary = pages.dictionary(&header, chunk.column_type())?;
    let mut joined = Joined {
        codes: vec![0; rows + SLACK],
        done: 0,
        present: Vec::new(),
        nullable: column.max_def_level() == 1,
        dictionary_length: dictionary.length,
    };
    while joined.done < rows {
        let header = pages.next()?;
        pages.data(&header, rows, &mut joined)?;
    }
    joined.codes.truncate(rows);
    Some(Codes {
        codes: joined.codes,
        dictionary,
    })
}

/// The pages still to read, and the latest page's uncompressed body.
struct Pages<'a> {
    rest: &'a [u8],
    compression: Compression,
    body: Vec<u8>,
}

impl<'a> Pages<'a> {
    fn next(&mut self) -> Option<PageHeader> {
        let header = page_header(self.rest)?;
        self.rest = self.rest.get(header.header_bytes..)?;
        (header.uncompressed_bytes <= LARGEST_PAGE_BYTES).then_some(header)
    }

    /// The stored body that belongs to the header read last.
    fn take(&mut self, header: &PageHeader) -> Option<&'a [u8]> {
        let (stored, rest) = self.rest.split_at_checked(header.compressed_bytes)?;
        self.rest = rest;
        Some(stored)
    }

    fn dictionary(&mut self, header: &PageHeader, physical: Type) -> Option<Dictionary> {
        let PageKind::Dictionary { values, encoding } = header.kind else {
            return None;
        };
        if values > MOST_VALUES || !matches!(encoding, PLAIN | PLAIN_DICTIONARY) {
            return None;
        }
        let stored = self.take(header)?;
        self.decompress(stored, header.uncompressed_bytes)?;
        Some(Dictionary {
            bytes: self.body.clone(),
            physical,
            length: values,
        })
    }

    fn data(&mut self, header: &PageHeader, rows: usize, joined: &mut Joined) -> Option<()> {
        let stored = self.take(header)?;
        let fits = |values: usize| values <= rows - joined.done;
        match header.kind {
            PageKind::Other => Some(()),
            PageKind::Dictionary { .. } => None,
            PageKind::Data {
                values,
                encoding,
                level_encoding,
            } => {
                let coded = is_coded(encoding) && (!joined.nullable || level_encoding == RLE);
                if !coded || !fits(values) {
                    return None;
                }
                self.decompress(stored, header.uncompressed_bytes)?;
                if !joined.nullable {
                    return joined.add(&[], &self.body, values);
                }
                let (length, rest) = self.body.split_first_chunk::<4>()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                let (levels, codes) = rest.split_at_checked(length)?;
                joined.add(levels, codes, values)
            }
            PageKind::DataV2 {
                values,
                encoding,
                definition_bytes,
                repetition_bytes,
                is_compressed,
            } => {
                if !is_coded(encoding) || repetition_bytes != 0 || !fits(values) {
                    return None;
                }
                let (levels, codes) = stored.split_at_checked(definition_bytes)?;
                if !is_compressed {
                    return joined.add(levels, codes, values);
                }
                let length = header.uncompressed_bytes.checked_sub(definition_bytes)?;
                self.decompress(codes, length)?;
                joined.add(levels, &self.body, values)
            }
        }
    }

    /// Decompresses into `body`, which then has exactly `length` bytes.
    fn decompress(&mut self, stored: &[u8], length: usize) -> Option<()> {
        self.body.clear();
        if length == 0 {
            return Some(());
        }
        match self.compression {
            Compression::UNCOMPRESSED => self.body.extend_from_slice(stored),
            Compression::SNAPPY => {
                if snap::raw::decompress_len(stored).ok()? != length {
                    return None;
                }
                self.body.resize(length, 0);
                snap::raw::Decoder::new()
                    .decompress(stored, &mut self.body)
                    .ok()?;
            }
            _ => {
                self.body.reserve(length);
                ZSTD.with_borrow_mut(|kept| {
                    if kept.is_none() {
                        *kept = zstd::bulk::Decompressor::new().ok();
                    }
                    kept.as_mut()?
                        .decompress_to_buffer(stored, &mut self.body)
                        .ok()
                })?;
            }
        }
        (self.body.len() == length).then_some(())
    }
}

fn is_coded(encoding: i64) -> bool {
    matches!(encoding, PLAIN_DICTIONARY | RLE_DICTIONARY)
}

/// The codes of all pages, one a row, of which the first `done` are known.
struct Joined {
    codes: Vec<u8>,
    done: usize,
    /// The codes of the current page's rows that have a value.
    present: Vec<u8>,
    nullable: bool,
    dictionary_length: usize,
}

impl Joined {
    /// Adds a page of `rows` rows: which of them have a value, then the codes of those.
    fn add(&mut self, levels: &[u8], codes: &[u8], rows: usize) -> Option<()> {
        let present = if self.nullable {
            count_present(levels, rows)?
        } else {
            rows
        };
        if present == rows {
            let target = self.codes.get_mut(self.done..self.done + rows + SLACK)?;
            unpack(codes, rows, self.dictionary_length, target)?;
        } else {
            // `place` looks eight codes ahead.
            self.present
                .resize(self.present.len().max(present + SLACK), 0);
            let target = self.present.get_mut(..present + SLACK)?;
            unpack(codes, present, self.dictionary_length, target)?;
            self.place(levels, rows)?;
        }
        self.done += rows;
        Some(())
    }

    /// Puts the codes to the rows that have a value, and the missing code to the others.
    fn place(&mut self, levels: &[u8], rows: usize) -> Option<()> {
        let missing = u8::try_from(self.dictionary_length).ok()?;
        let all_missing = u64::from_le_bytes([missing; 8]);
        let (mut row, mut next) = (self.done, 0);
        let mut runs = Runs::new(levels, 1, rows);
        while let Some(run) = runs.next()? {
            match run {
                Run::Repeated { value: 0, count } => {
                    self.codes.get_mut(row..row + count)?.fill(missing);
                    row += count;
                }
                Run::Repeated { value: 1, count } => {
                    let values = self.present.get(next..next + count)?;
                    self.codes
                        .get_mut(row..row + count)?
                        .copy_from_slice(values);
                    (row, next) = (row + count, next + count);
                }
                // A level of 1 bit is stored in a byte.
                Run::Repeated { .. } => return None,
                Run::Packed { bytes, count } => {
                    let target = self.codes.get_mut(row..row + count.next_multiple_of(8))?;
                    for (&mask, eight) in bytes.iter().zip(target.chunks_exact_mut(8)) {
                        let ahead = self.present.get(next..next + 8)?.first_chunk::<8>()?;
                        let expansion = &EXPANSIONS[usize::from(mask)];
                        let placed = expansion.apply(u64::from_le_bytes(*ahead))
                            | (all_missing & !expansion.present);
                        eight.copy_from_slice(&placed.to_le_bytes());
                        next += mask.count_ones() as usize;
                    }
                    row += count;
                }
            }
        }
        Some(())
    }
}

/// Reads `count` codes, all of which must stand for a value, into the start of `target`.
fn unpack(codes: &[u8], count: usize, dictionary_length: usize, target: &mut [u8]) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    let (&width, packed) = codes.split_first()?;
    hybrid::decode(usize::from(width), packed, count, target)?;
    let largest = target.get(..count)?.iter().copied().max()?;
    (usize::from(largest) < dictionary_length).then_some(())
}

/// How many of a page's rows have a value.
fn count_present(levels: &[u8], rows: usize) -> Option<usize> {
    let mut present = 0;
    let mut runs = Runs::new(levels, 1, rows);
    while let Some(run) = runs.next()? {
        present += match run {
            Run::Repeated { value: 0, .. } => 0,
            Run::Repeated { value: 1, count } => count,
            Run::Repeated { .. } => return None,
            Run::Packed { bytes, count } => {
                let whole: usize = bytes[..count / 8]
                    .iter()
                    .map(|b| b.count_ones() as usize)
                    .sum();
                let rest = count % 8;
                let last = if rest == 0 {
                    0
                } else {
                    bytes[count / 8] & ((1 << rest) - 1)
                };
                whole + last.count_ones() as usize
            }
        };
    }
    Some(present)
}
