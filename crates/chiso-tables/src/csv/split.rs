//! Cuts delimited text between records, with quotes respected, so that pieces are read apart.

use crate::TableError;
use crate::file::SharedFile;

/// A record longer than this is taken for damage: it would have to be held in memory whole.
const LONGEST_RECORD_BYTES: u64 = 256 << 20;
const BUFFER_BYTES: usize = 1 << 18;

/// A run of whole records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) length: usize,
    /// The line number of the first record, counted from 1 over the whole file.
    pub(super) first_line: u64,
}

/// Where in a record the scan stands; a quote opens a quoted field only at a field's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted field: its end, or the first half of a doubled quote.
    QuoteInQuoted,
}

/// The scan over a file's bytes.
struct Scan {
    delimiter: u8,
    place: Place,
    line: u64,
    /// The line on which the latest quoted field began.
    quote_line: u64,
    /// Whether a byte other than a line end was seen since the last cut.
    has_content: bool,
}

impl Scan {
    /// Takes one byte; true if a record ends with it. A cut between CR and LF leaves a blank line,
    /// which readers pass over.
    fn step(&mut self, byte: u8) -> bool {
        if matches!(byte, b'\n' | b'\r') {
            self.line += u64::from(byte == b'\n');
            if self.place == Place::Quoted {
                return false;
            }
            self.place = Place::FieldStart;
            return true;
        }
        self.has_content = true;
        self.place = match (self.place, byte) {
            (Place::FieldStart, b'"') => {
                self.quote_line = self.line;
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, other) if other == self.delimiter => Place::FieldStart,
            _ => Place::Plain,
        };
        false
    }
}

/// The header's piece, and after it pieces of at least `part_bytes` up to the file's end.
///
/// # Errors
/// [`TableError::File`] if there is no header, [`TableError::Place`] with the line where a quote
/// opens that never closes or a record is over 256 MiB long.
pub(super) fn split(
    file: &SharedFile,
    start: u64,
    delimiter: u8,
    part_bytes: usize,
) -> Result<(Piece, Vec<Piece>), TableError> {
    let mut scan = Scan {
        delimiter,
        place: Place::FieldStart,
        line: 1,
        quote_line: 1,
        has_content: false,
    };
    let mut pieces = Vec::new();
    let (mut cut, mut first_line) = (start, 1);
    let mut latest_end = start;
    let mut offset = start;
    while offset < file.length() {
        let length = (file.length() - offset).min(BUFFER_BYTES as u64) as usize;
        for (index, &byte) in file.bytes(offset, length)?.iter().enumerate() {
            if !scan.step(byte) {
                continue;
            }
            let end = offset + index as u64 + 1;
            latest_end = end;
            let target = if pieces.is_empty() { 0 } else { part_bytes };
            if scan.has_content && end - cut >= target as u64 {
                pieces.push(Piece::new(file, cut, end, first_line)?);
                (cut, first_line, scan.has_content) = (end, scan.line, false);
            }
        }
        offset += length as u64;
        if offset - latest_end > LONGEST_RECORD_BYTES {
            return Err(endless(file, &scan, "a record of more than 256 MiB"));
        }
    }
    if scan.place == Place::Quoted {
        return Err(endless(file, &scan, "a quote that opens and never closes"));
    }
    if scan.has_content {
        pieces.push(Piece::new(file, cut, file.length(), first_line)?);
    }
    if pieces.is_empty() {
        return Err(TableError::file(
            file.path(),
            "no text",
            "a line of column names",
        ));
    }
    let header = pieces.remove(0);
    Ok((header, pieces))
}

impl Piece {
    fn new(file: &SharedFile, start: u64, end: u64, first_line: u64) -> Result<Self, TableError> {
        let length = usize::try_from(end - start).map_err(|_| {
            TableError::file(
                file.path(),
                "a part too large for memory",
                "shorter records",
            )
        })?;
        Ok(Self {
            offset: start,
            length,
            first_line,
        })
    }
}

fn endless(file: &SharedFile, scan: &Scan, found: &str) -> TableError {
    let line = if scan.place == Place::Quoted {
        scan.quote_line
    } else {
        scan.line
    };
    TableError::place(
        file.path(),
        format!("line {line}"),
        found,
        "records that end with a line, and quoted fields that end with a quote",
    )
}
