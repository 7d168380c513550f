//! The head of a Stata file: format, byte order, counts, variables and where the sections are.

use std::sync::Arc;

use super::{Storage, Variable};
use crate::TableError;
use crate::cursor::Cursor;
use crate::file::SharedFile;
use crate::text::{TextEncoding, before_nul};

/// The widths in bytes of what a format stores for each variable.
#[derive(Debug, Clone, Copy)]
struct Widths {
    kind: u64,
    name: u64,
    format: u64,
    label: u64,
}

impl Widths {
    /// How much of a row's description stands in the file for each variable.
    fn each(self) -> u64 {
        self.kind + 2 * self.name + self.format + self.label
    }
}

/// What the head of a file says.
pub(super) struct Header {
    pub(super) release: u16,
    pub(super) big_endian: bool,
    pub(super) encoding: TextEncoding,
    pub(super) variables: Vec<Variable>,
    pub(super) rows: u64,
    pub(super) row_bytes: usize,
    pub(super) data_at: u64,
    /// Where texts of any length begin; none before format 117.
    pub(super) long_texts_at: Option<u64>,
    pub(super) labels_at: u64,
    /// How many bytes the name of a set of value labels takes.
    pub(super) name_bytes: u64,
}

impl Header {
    pub(super) fn read(
        file: &Arc<SharedFile>,
        encoding: Option<TextEncoding>,
    ) -> Result<Self, TableError> {
        let mut cursor = Cursor::new(file, 0);
        if file.first_bytes(11)? == b"<stata_dta>" {
            tagged(&mut cursor, encoding)
        } else {
            packed(&mut cursor, encoding)
        }
    }
}

const SUPPORTED: &str = "a Stata file of format 113, 114, 115, 117, 118 or 119 (Stata 8 or later)";

/// Formats 113 to 115: fixed places one after the other.
fn packed(cursor: &mut Cursor, encoding: Option<TextEncoding>) -> Result<Header, TableError> {
    let release = u16::from(cursor.u8("format number")?);
    if !(113..=115).contains(&release) {
        cursor.seek(0);
        return Err(cursor.error(format!("{release} as the format number"), SUPPORTED));
    }
    cursor.big_endian = match cursor.u8("byte order")? {
        1 => true,
        2 => false,
        other => return Err(cursor.error(format!("{other} as the byte order"), "1 or 2")),
    };
    cursor.skip(2, "file type")?;
    let count = u64::from(cursor.u16("number of variables")?);
    let rows = u64::from(cursor.u32("number of observations")?);
    cursor.skip(81 + 18, "data label and time")?;
    let widths = Widths {
        kind: 1,
        name: 33,
        format: if release == 113 { 12 } else { 49 },
        label: 81,
    };
    let encoding = encoding.unwrap_or(TextEncoding::WINDOWS_1252);
    let kinds = cursor.bytes(count, "variable types")?;
    let names = cursor.bytes(count * widths.name, "variable names")?;
    cursor.skip(2 * (count + 1), "sort order")?;
    cursor.skip(count * widths.format, "formats")?;
    let sets = cursor.bytes(count * widths.name, "names of value labels")?;
    let labels = cursor.bytes(count * widths.label, "variable labels")?;
    skip_characteristics(cursor)?;
    let kinds: Vec<u16> = kinds.into_iter().map(u16::from).collect();
    let described = Described {
        kinds,
        names,
        sets,
        labels,
    };
    let (variables, row_bytes) = described.variables(cursor, widths, release, encoding)?;
    let data_at = cursor.at();
    let labels_at = after_rows(cursor, data_at, rows, row_bytes)?;
    Ok(Header {
        release,
        big_endian: cursor.big_endian,
        encoding,
        variables,
        rows,
        row_bytes,
        data_at,
        long_texts_at: None,
        labels_at,
        name_bytes: widths.name,
    })
}

/// Notes and the like that Stata keeps with a data set.
fn skip_characteristics(cursor: &mut Cursor) -> Result<(), TableError> {
    loop {
        let kind = cursor.u8("characteristic")?;
        let length = cursor.u32("length of a characteristic")?;
        if kind == 0 && length == 0 {
            return Ok(());
        }
        cursor.skip(u64::from(length), "characteristic")?;
    }
}

/// Formats 117 to 119: sections between tags, with a map of their places.
fn tagged(cursor: &mut Cursor, encoding: Option<TextEncoding>) -> Result<Header, TableError> {
    cursor.expect("<stata_dta><header><release>")?;
    let release = match &cursor.array::<3>("format number")? {
        b"117" => 117,
        b"118" => 118,
        b"119" => 119,
        other => {
            let found = format!("`{}` as the format number", other.escape_ascii());
            return Err(cursor.error(found, SUPPORTED));
        }
    };
    cursor.expect("</release><byteorder>")?;
    cursor.big_endian = match &cursor.array::<3>("byte order")? {
        b"MSF" => true,
        b"LSF" => false,
        other => {
            let found = format!("`{}` as the byte order", other.escape_ascii());
            return Err(cursor.error(found, "MSF or LSF"));
        }
    };
    cursor.expect("</byteorder><K>")?;
    let count = match release {
        119 => u64::from(cursor.u32("number of variables")?),
        _ => u64::from(cursor.u16("number of variables")?),
    };
    cursor.expect("</K><N>")?;
    let rows = match release {
        117 => u64::from(cursor.u32("number of observations")?),
        _ => cursor.u64("number of observations")?,
    };
    cursor.expect("</N><label>")?;
    let length = match release {
        117 => u64::from(cursor.u8("length of the data label")?),
        _ => u64::from(cursor.u16("length of the data label")?),
    };
    cursor.skip(length, "data label")?;
    cursor.expect("</label><timestamp>")?;
    let length = u64::from(cursor.u8("length of the time")?);
    cursor.skip(length, "time")?;
    cursor.expect("</timestamp></header><map>")?;
    let mut map = [0; 14];
    for place in &mut map {
        *place = cursor.u64("map")?;
    }
    cursor.expect("</map>")?;
    sections(cursor, encoding, release, count, rows, &map)
}

/// Reads the sections that describe the variables, at the places that the map gives.
fn sections(
    cursor: &mut Cursor,
    encoding: Option<TextEncoding>,
    release: u16,
    count: u64,
    rows: u64,
    map: &[u64; 14],
) -> Result<Header, TableError> {
    let widths = match release {
        117 => Widths {
            kind: 2,
            name: 33,
            format: 49,
            label: 81,
        },
        _ => Widths {
            kind: 2,
            name: 129,
            format: 57,
            label: 321,
        },
    };
    let encoding = encoding.unwrap_or(match release {
        117 => TextEncoding::WINDOWS_1252,
        _ => TextEncoding::UTF_8,
    });
    // Checked as a whole first: 2^32 variables may be claimed.
    if count.saturating_mul(widths.each()) > cursor.left() {
        return Err(cursor.error(
            format!("{count} as the number of variables"),
            "as many variables as the file has room to describe",
        ));
    }
    let section = |cursor: &mut Cursor, place: usize, tag: &str, width: u64| {
        cursor.seek(map[place]);
        cursor.expect(tag)?;
        cursor.bytes(count * width, tag)
    };
    let kinds = section(cursor, 2, "<variable_types>", widths.kind)?;
    let big_endian = cursor.big_endian;
    let kinds = kinds
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&pair| match big_endian {
            true => u16::from_be_bytes(pair),
            false => u16::from_le_bytes(pair),
        });
    let described = Described {
        kinds: kinds.collect(),
        names: section(cursor, 3, "<varnames>", widths.name)?,
        sets: section(cursor, 6, "<value_label_names>", widths.name)?,
        labels: section(cursor, 7, "<variable_labels>", widths.label)?,
    };
    let (variables, row_bytes) = described.variables(cursor, widths, release, encoding)?;
    cursor.seek(map[9]);
    cursor.expect("<data>")?;
    let data_at = cursor.at();
    let end = after_rows(cursor, data_at, rows, row_bytes)?;
    cursor.seek(end);
    cursor.expect("</data>")?;
    Ok(Header {
        release,
        big_endian,
        encoding,
        variables,
        rows,
        row_bytes,
        data_at,
        long_texts_at: Some(map[10]),
        labels_at: map[11],
        name_bytes: widths.name,
    })
}

/// The sections about the variables as they stand in the file.
struct Described {
    kinds: Vec<u16>,
    names: Vec<u8>,
    sets: Vec<u8>,
    labels: Vec<u8>,
}

impl Described {
    /// The variables with their places in a row, and the row's length.
    fn variables(
        &self,
        cursor: &Cursor,
        widths: Widths,
        release: u16,
        encoding: TextEncoding,
    ) -> Result<(Vec<Variable>, usize), TableError> {
        let [name_width, label_width] = [widths.name as usize, widths.label as usize];
        let texts = self
            .names
            .chunks_exact(name_width)
            .zip(self.sets.chunks_exact(name_width))
            .zip(self.labels.chunks_exact(label_width));
        let mut offset = 0;
        let mut variables = Vec::with_capacity(self.kinds.len());
        for (&kind, ((name, set), label)) in self.kinds.iter().zip(texts) {
            let name = encoding.read_label(before_nul(name));
            let storage = storage(kind, release).ok_or_else(|| {
                cursor.error(
                    format!("{kind} as the storage type of `{name}`"),
                    format!("a storage type of format {release}"),
                )
            })?;
            variables.push(Variable {
                name,
                label: encoding.read_label(before_nul(label)),
                label_set: encoding.read_label(before_nul(set)),
                storage,
                offset,
            });
            offset += storage.bytes();
        }
        Ok((variables, offset))
    }
}

fn storage(kind: u16, release: u16) -> Option<Storage> {
    Some(match (release, kind) {
        (..117, 1..=244) | (117.., 1..=2045) => Storage::Text(usize::from(kind)),
        (..117, 251) | (117.., 65530) => Storage::Byte,
        (..117, 252) | (117.., 65529) => Storage::Int,
        (..117, 253) | (117.., 65528) => Storage::Long,
        (..117, 254) | (117.., 65527) => Storage::Float,
        (..117, 255) | (117.., 65526) => Storage::Double,
        (117.., 32768) => Storage::LongText,
        _ => return None,
    })
}

/// Where the rows end; they must lie in the file.
fn after_rows(
    cursor: &mut Cursor,
    data_at: u64,
    rows: u64,
    row_bytes: usize,
) -> Result<u64, TableError> {
    let end = rows
        .checked_mul(row_bytes as u64)
        .filter(|_| row_bytes > 0 || rows == 0)
        .and_then(|length| data_at.checked_add(length))
        .filter(|end| *end <= data_at + cursor.left());
    end.ok_or_else(|| {
        cursor.error(
            format!("{} bytes up to the file's end", cursor.left()),
            format!("{rows} rows of {row_bytes} bytes: the file is cut off or damaged"),
        )
    })
}
