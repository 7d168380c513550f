//! What a caller may say about a file before it is opened, and which formats there are.

use std::collections::BTreeMap;
use std::path::Path;

/// A file format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Delimited text in UTF-8 (RFC 4180).
    Csv,
    /// Apache Parquet.
    Parquet,
    /// An SPSS system file, with or without compression.
    Spss,
    /// A Stata data set of the formats 113 to 115 or 117 to 119.
    Stata,
    /// One sheet of an Excel workbook.
    Xlsx,
}

impl Format {
    /// The format that a file's ending names, if it names one.
    pub fn of_ending(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "csv" | "tsv" | "txt" => Self::Csv,
            "parquet" | "pq" => Self::Parquet,
            "sav" | "zsav" => Self::Spss,
            "dta" => Self::Stata,
            "xlsx" => Self::Xlsx,
            _ => return None,
        })
    }

    /// The format that a file's first bytes show; delimited text has no such mark.
    pub fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'P', b'A', b'R', b'1' | b'E', ..] => Some(Self::Parquet),
            [b'$', b'F', b'L', b'2' | b'3', ..] => Some(Self::Spss),
            [
                b'<',
                b's',
                b't',
                b'a',
                b't',
                b'a',
                b'_',
                b'd',
                b't',
                b'a',
                b'>',
                ..,
            ] => Some(Self::Stata),
            [b'P', b'K', 3, 4, ..] => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The format's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Parquet => "Parquet",
            Self::Spss => "SPSS",
            Self::Stata => "Stata",
            Self::Xlsx => "Excel",
        }
    }

    /// The endings that are understood, for messages.
    pub(crate) const ENDINGS: &str = ".csv .tsv .txt .parquet .pq .sav .zsav .dta .xlsx";
}

/// The type of a CSV column, where the caller states it instead of leaving it to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Whole numbers, Arrow's `Int64`.
    Int,
    /// Numbers, Arrow's `Float64`.
    Float,
    /// Text, Arrow's `Utf8`.
    Text,
    /// `true` or `false`, Arrow's `Boolean`.
    Bool,
}

/// How to open a table. The default suits files written by common programs.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenOptions {
    /// The format, if the file's ending should not decide.
    pub format: Option<Format>,
    /// CSV: the byte between fields; `None` takes the one of `,` `;` and tab that is most often
    /// in the header.
    pub delimiter: Option<u8>,
    /// CSV: numbers have a decimal comma, as spreadsheets set to Vietnamese write them.
    pub decimal_comma: bool,
    /// CSV and Excel: texts that stand for "no value", after blanks around them are cut.
    pub missing: Vec<String>,
    /// CSV: the types of columns by name, which are otherwise inferred from all values.
    pub types: BTreeMap<String, ColumnType>,
    /// CSV: about how many bytes make one part.
    pub part_bytes: usize,
    /// Parquet: text columns come as `Dictionary(Int32, Utf8)`, which is faster to group by.
    pub text_as_dictionary: bool,
    /// SPSS and Stata: the encoding of texts by its name in the WHATWG Encoding Standard, where
    /// the file does not say it or says it wrongly: `windows-1258` is the Vietnamese one of
    /// Windows.
    pub encoding: Option<String>,
    /// Excel: the sheet; the first if none is named.
    pub sheet: Option<String>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            decimal_comma: false,
            missing: ["", "NA", "."].map(String::from).to_vec(),
            types: BTreeMap::new(),
            part_bytes: 8 << 20,
            text_as_dictionary: false,
            encoding: None,
            sheet: None,
        }
    }
}
