//! The records before the cases: variables, labels, and what later versions of SPSS added.

use std::sync::Arc;

use super::elements::Compression;
use super::extension::Extensions;
use super::{Kind, Layout, Segment, Variable, labels};
use crate::cursor::Cursor;
use crate::file::SharedFile;
use crate::text::{TextEncoding, without_padding};
use crate::{TableError, ValueLabels};

/// A variable record; a very long text has several.
pub(super) struct Record {
    pub(super) short_name: Vec<u8>,
    /// 0 for a number, else the bytes of the text.
    pub(super) width: usize,
    pub(super) label: Vec<u8>,
    pub(super) missing: Missing,
    /// Its first element in a case.
    pub(super) element: usize,
}

/// The values that a variable record declares as missing, eight bytes each.
#[derive(Default)]
pub(super) struct Missing {
    pub(super) range: Option<[[u8; 8]; 2]>,
    pub(super) values: Vec<[u8; 8]>,
}

/// Value labels and the elements, counted from 1, of the variables that they are for.
pub(super) struct LabelSet {
    pub(super) values: Vec<([u8; 8], Vec<u8>)>,
    pub(super) elements: Vec<u64>,
}

/// All that stands before the cases, its texts still in the file's encoding.
pub(super) struct Dictionary {
    big_endian: bool,
    compression: Compression,
    cases: Option<u64>,
    bias: f64,
    pub(super) records: Vec<Record>,
    pub(super) label_sets: Vec<LabelSet>,
    pub(super) extensions: Extensions,
    elements: usize,
    data_at: u64,
}

impl Dictionary {
    pub(super) fn read(file: &Arc<SharedFile>) -> Result<Self, TableError> {
        let mut cursor = Cursor::new(file, 0);
        let mut dictionary = Self::header(&mut cursor)?;
        loop {
            match cursor.i32("record type")? {
                2 => dictionary.variable(&mut cursor)?,
                3 => dictionary.value_labels(&mut cursor)?,
                6 => {
                    let lines = cursor.count("number of document lines")?;
                    cursor.skip(lines * 80, "document")?;
                }
                7 => dictionary.extensions.record(&mut cursor)?,
                999 => {
                    cursor.skip(4, "end of the dictionary")?;
                    dictionary.data_at = cursor.at();
                    return Ok(dictionary);
                }
                other => {
                    cursor.seek(cursor.at() - 4);
                    return Err(cursor.error(
                        format!("{other} as the type of a record"),
                        "2 (variable), 3 (value labels), 6, 7 or 999: the file is damaged",
                    ));
                }
            }
        }
    }

    fn header(cursor: &mut Cursor) -> Result<Self, TableError> {
        let magic = cursor.array::<4>("file type")?;
        if !matches!(&magic, b"$FL2" | b"$FL3") {
            cursor.seek(0);
            let found = format!("`{}` at the start", magic.escape_ascii());
            return Err(cursor.error(found, "`$FL2` or `$FL3`, an SPSS system file"));
        }
        cursor.skip(60, "product name")?;
        let layout = cursor.array::<4>("layout code")?;
        cursor.big_endian = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
            (2 | 3, _) => false,
            (_, 2 | 3) => true,
            (code, _) => {
                return Err(cursor.error(format!("{code} as the layout code"), "2 or 3"));
            }
        };
        cursor.skip(4, "case size")?;
        let compression = match cursor.i32("compression")? {
            0 => Compression::None,
            1 => Compression::Bytecode,
            2 => Compression::Zlib,
            other => {
                return Err(cursor.error(format!("{other} as the compression"), "0, 1 or 2"));
            }
        };
        cursor.skip(4, "weight variable")?;
        let cases = u64::try_from(cursor.i32("number of cases")?).ok();
        let bias = cursor.f64("compression bias")?;
        cursor.skip(9 + 8 + 64 + 3, "date, time and label")?;
        Ok(Self {
            big_endian: cursor.big_endian,
            compression,
            cases,
            bias,
            records: Vec::new(),
            label_sets: Vec::new(),
            extensions: Extensions::default(),
            elements: 0,
            data_at: 0,
        })
    }

    fn variable(&mut self, cursor: &mut Cursor) -> Result<(), TableError> {
        let kind = cursor.i32("variable type")?;
        let has_label = cursor.i32("mark of a variable label")? != 0;
        let missing_count = cursor.i32("number of missing values")?;
        cursor.skip(8, "formats")?;
        let short_name = cursor.array::<8>("variable name")?;
        let mut label = Vec::new();
        if has_label {
            let length = cursor.count("length of a variable label")?;
            label = cursor.bytes(length, "variable label")?;
            cursor.skip(length.next_multiple_of(4) - length, "padding")?;
        }
        let missing = missing_values(cursor, missing_count)?;
        let element = self.elements;
        self.elements += 1;
        // The further elements of a text have records of their own.
        if kind == -1 {
            return Ok(());
        }
        let width = usize::try_from(kind).ok().filter(|width| *width <= 255);
        let Some(width) = width else {
            let found = format!("{kind} as the type of a variable");
            return Err(cursor.error(found, "0 for a number or 1 to 255 bytes of text"));
        };
        self.records.push(Record {
            short_name: without_padding(&short_name).to_vec(),
            width,
            label,
            missing,
            element,
        });
        Ok(())
    }

    /// A value label record and the record after it, which says for which variables.
    fn value_labels(&mut self, cursor: &mut Cursor) -> Result<(), TableError> {
        let count = cursor.count("number of value labels")?;
        let mut values = Vec::new();
        for _ in 0..count {
            let value = cursor.array::<8>("labelled value")?;
            let length = u64::from(cursor.u8("length of a value label")?);
            let label = cursor.bytes(length, "value label")?;
            cursor.skip((length + 1).next_multiple_of(8) - length - 1, "padding")?;
            values.push((value, label));
        }
        let next = cursor.i32("record type")?;
        if next != 4 {
            return Err(cursor.error(
                format!("a record of type {next} after value labels"),
                "type 4, which says for which variables the labels are",
            ));
        }
        let count = cursor.count("number of labelled variables")?;
        let mut elements = Vec::new();
        for _ in 0..count {
            elements.push(cursor.count("labelled variable")?);
        }
        self.label_sets.push(LabelSet { values, elements });
        Ok(())
    }

    /// The variables with names, labels and places, once all records are known.
    pub(super) fn layout(
        self,
        file: Arc<SharedFile>,
        stated: Option<TextEncoding>,
    ) -> Result<Layout, TableError> {
        self.check_places(&file)?;
        let encoding = stated.unwrap_or_else(|| self.extensions.encoding());
        let names = self.extensions.long_names(encoding);
        let widths = self.extensions.long_widths(encoding);
        let mut variables = Vec::new();
        let mut rest = self.records.as_slice();
        while let Some(record) = rest.first() {
            let short = encoding.read_label(&record.short_name);
            let width = widths.get(&short.to_uppercase()).copied();
            let (kind, used) = kind(&file, rest, &short, width.unwrap_or(record.width))?;
            rest = &rest[used..];
            variables.push(Variable {
                name: names.get(&short.to_uppercase()).cloned().unwrap_or(short),
                kind,
                labels: ValueLabels {
                    column: encoding.read_label(without_padding(&record.label)),
                    ..ValueLabels::default()
                },
            });
        }
        labels::attach(&self, encoding, &mut variables);
        if self.elements == 0 {
            return Err(TableError::file(
                file.path(),
                "no variables",
                "a variable at least",
            ));
        }
        Ok(Layout {
            file,
            encoding,
            big_endian: self.big_endian,
            variables,
            elements: self.elements,
            cases: self.extensions.cases.or(self.cases),
            compression: self.compression,
            bias: self.bias,
            system_missing: self.extensions.system_missing.unwrap_or(-f64::MAX),
            data_at: self.data_at,
        })
    }

    /// A text of more than eight bytes must be followed by the records of its further elements.
    fn check_places(&self, file: &SharedFile) -> Result<(), TableError> {
        let next = self.records.iter().skip(1).map(|record| record.element);
        for (record, next) in self.records.iter().zip(next.chain([self.elements])) {
            let needed = record.width.div_ceil(8).max(1);
            if next - record.element < needed {
                return Err(TableError::place(
                    file.path(),
                    format!("variable `{}`", record.short_name.escape_ascii()),
                    format!(
                        "{} records of eight bytes for {} bytes of text",
                        next - record.element,
                        record.width
                    ),
                    format!("{needed}: the file is damaged"),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn number(&self, bytes: [u8; 8]) -> f64 {
        match self.big_endian {
            true => f64::from_be_bytes(bytes),
            false => f64::from_le_bytes(bytes),
        }
    }
}

fn missing_values(cursor: &mut Cursor, count: i32) -> Result<Missing, TableError> {
    let mut missing = Missing::default();
    let single = match count {
        0..=3 => count,
        -3 | -2 => {
            let low = cursor.array("missing value")?;
            missing.range = Some([low, cursor.array("missing value")?]);
            -2 - count
        }
        _ => {
            let found = format!("{count} as the number of missing values");
            return Err(cursor.error(found, "0 to 3, or -2 or -3 with a range"));
        }
    };
    for _ in 0..single {
        missing.values.push(cursor.array("missing value")?);
    }
    Ok(missing)
}

/// How many bytes of a very long text one of its segments holds, and how many of the width it
/// stands for.
const SEGMENT_BYTES: usize = 255;
const SEGMENT_WIDTH: usize = 252;

/// The kind of the variable whose records begin here, and how many of them it uses.
fn kind(
    file: &SharedFile,
    records: &[Record],
    name: &str,
    width: usize,
) -> Result<(Kind, usize), TableError> {
    let first = &records[0];
    if first.width == 0 {
        return Ok((
            Kind::Number {
                element: first.element,
            },
            1,
        ));
    }
    let count = if width <= SEGMENT_BYTES {
        1
    } else {
        width.div_ceil(SEGMENT_WIDTH)
    };
    let wrong = || {
        TableError::place(
            file.path(),
            format!("variable `{name}`"),
            format!("a text of {width} bytes without the {count} segments that hold it"),
            "segments of 255 bytes and a shorter last one: the file is damaged",
        )
    };
    let used = records.get(..count).ok_or_else(wrong)?;
    let segments: Vec<Segment> = used
        .iter()
        .map(|record| Segment {
            element: record.element,
            bytes: record.width,
        })
        .collect();
    let long_enough = segments.iter().map(|segment| segment.bytes).sum::<usize>() >= width;
    if !long_enough || used.iter().any(|record| record.width == 0) {
        return Err(wrong());
    }
    Ok((Kind::Text { width, segments }, count))
}
