//! The records of type 7, by which SPSS extended its format: long names and texts, encodings.

use std::collections::HashMap;

use crate::TableError;
use crate::cursor::Cursor;
use crate::text::TextEncoding;

/// What the extension records say, texts still in the file's encoding.
#[derive(Default)]
pub(super) struct Extensions {
    character_code: Option<i32>,
    pub(super) system_missing: Option<f64>,
    names: Vec<u8>,
    widths: Vec<u8>,
    pub(super) cases: Option<u64>,
    encoding: Option<String>,
    pub(super) long_labels: Vec<LongLabels>,
    pub(super) long_missing: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
}

/// The value labels of a text variable of more than eight bytes.
pub(super) struct LongLabels {
    pub(super) variable: Vec<u8>,
    pub(super) values: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Extensions {
    /// Reads one record; one that is not known is passed over.
    pub(super) fn record(&mut self, cursor: &mut Cursor) -> Result<(), TableError> {
        let subtype = cursor.i32("subtype")?;
        let size = cursor.count("size of an extension's parts")?;
        let count = cursor.count("number of an extension's parts")?;
        let length = size * count;
        let end = cursor.at().saturating_add(length);
        if length > cursor.left() {
            cursor.skip(length, "extension record")?;
        }
        match subtype {
            3 if length >= 32 => {
                cursor.skip(28, "machine record")?;
                self.character_code = Some(cursor.i32("character code")?);
            }
            4 if length >= 8 => self.system_missing = Some(cursor.f64("missing number")?),
            13 => self.names = cursor.bytes(length, "long names")?,
            14 => self.widths = cursor.bytes(length, "widths of long texts")?,
            16 if length >= 16 => {
                cursor.skip(8, "mark of the number of cases")?;
                self.cases = u64::try_from(cursor.i64("number of cases")?).ok();
            }
            20 => {
                let name = cursor.bytes(length, "encoding")?;
                self.encoding = Some(String::from_utf8_lossy(&name).into_owned());
            }
            21 => self.long_labels(cursor, end)?,
            22 => self.long_missing(cursor, end)?,
            _ => {}
        }
        cursor.seek(end);
        Ok(())
    }

    fn long_labels(&mut self, cursor: &mut Cursor, end: u64) -> Result<(), TableError> {
        while cursor.at() < end {
            let variable = counted(cursor, "variable name")?;
            cursor.skip(4, "width")?;
            let count = cursor.count("number of value labels")?;
            let mut values = Vec::new();
            for _ in 0..count {
                let value = counted(cursor, "labelled value")?;
                values.push((value, counted(cursor, "value label")?));
            }
            self.long_labels.push(LongLabels { variable, values });
        }
        Ok(())
    }

    fn long_missing(&mut self, cursor: &mut Cursor, end: u64) -> Result<(), TableError> {
        while cursor.at() < end {
            let variable = counted(cursor, "variable name")?;
            let count = cursor.u8("number of missing values")?;
            let length = cursor.count("length of a missing value")?;
            let mut values = Vec::new();
            for _ in 0..count {
                values.push(cursor.bytes(length, "missing value")?);
            }
            self.long_missing.push((variable, values));
        }
        Ok(())
    }

    /// The encoding by name; else, in older files, by Windows code page; else Windows-1252.
    pub(super) fn encoding(&self) -> TextEncoding {
        if let Some(encoding) = self.encoding.as_deref().and_then(TextEncoding::named) {
            return encoding;
        }
        match self.character_code {
            Some(65001) => TextEncoding::UTF_8,
            Some(code) => TextEncoding::named(&format!("windows-{code}"))
                .unwrap_or(TextEncoding::WINDOWS_1252),
            None => TextEncoding::WINDOWS_1252,
        }
    }

    /// Names by their short names in capitals.
    pub(super) fn long_names(&self, encoding: TextEncoding) -> HashMap<String, String> {
        pairs(&self.names, encoding)
            .into_iter()
            .map(|(short, long)| (short, long.trim_end_matches(['\0', ' ']).to_string()))
            .collect()
    }

    /// The widths of texts of more than 255 bytes by short names in capitals.
    pub(super) fn long_widths(&self, encoding: TextEncoding) -> HashMap<String, usize> {
        pairs(&self.widths, encoding)
            .into_iter()
            .filter_map(|(short, width)| {
                let width = width.trim_end_matches(['\0', ' ']).parse().ok()?;
                Some((short, width))
            })
            .collect()
    }
}

/// A text after its length.
fn counted(cursor: &mut Cursor, what: &str) -> Result<Vec<u8>, TableError> {
    let length = cursor.count(what)?;
    cursor.bytes(length, what)
}

/// `KEY=value` pairs with tabs between them; in the record of widths a NUL precedes the tab.
fn pairs(bytes: &[u8], encoding: TextEncoding) -> Vec<(String, String)> {
    encoding
        .read_label(bytes)
        .split('\t')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_uppercase(), value.to_string()))
        .collect()
}
