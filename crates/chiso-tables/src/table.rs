//! One open table: what it holds, and its columns part by part.

use std::path::Path;
use std::sync::Arc;

use arrow_schema::SchemaRef;

use crate::csv::CsvTable;
use crate::dta::DtaTable;
use crate::file::SharedFile;
use crate::labels::ValueLabels;
use crate::parquet::ParquetTable;
use crate::sav::SavTable;
use crate::xlsx::XlsxTable;
use crate::{Batches, CodedColumn, Format, OpenOptions, TableError};

/// A table of answers in a file. Shared between threads as it is (`&Table`).
#[derive(Debug)]
pub struct Table {
    file: Arc<SharedFile>,
    format: Format,
    schema: SchemaRef,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Csv(CsvTable),
    Parquet(ParquetTable),
    Spss(SavTable),
    Stata(DtaTable),
    Xlsx(XlsxTable),
}

impl Table {
    /// Opens a file and learns its columns, their types and its parts.
    ///
    /// CSV is read through once for this, in parallel, so that types hold for every value and
    /// each part's rows are known; a sheet of a workbook is read into memory. The other formats
    /// are opened by their headers.
    ///
    /// # Errors
    /// The file cannot be read; it is not of the format that its ending or
    /// [`OpenOptions::format`] says; its header, metadata or, for CSV, any record is wrong; two
    /// columns have one name; [`OpenOptions::types`] names a column that is not there.
    pub fn open(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self, TableError> {
        let file = Arc::new(SharedFile::open(path.as_ref())?);
        let format = format_of(&file, options)?;
        let (schema, content) = match format {
            Format::Csv => {
                let table = CsvTable::open(Arc::clone(&file), options)?;
                (table.schema(), Content::Csv(table))
            }
            Format::Parquet => {
                let table = ParquetTable::open(Arc::clone(&file), options)?;
                (table.schema(), Content::Parquet(table))
            }
            Format::Spss => {
                let table = SavTable::open(Arc::clone(&file), options)?;
                (table.schema(), Content::Spss(table))
            }
            Format::Stata => {
                let table = DtaTable::open(Arc::clone(&file), options)?;
                (table.schema(), Content::Stata(table))
            }
            Format::Xlsx => {
                let table = XlsxTable::open(&file, options)?;
                (table.schema(), Content::Xlsx(table))
            }
        };
        distinct_names(&file, &schema)?;
        Ok(Self {
            file,
            format,
            schema,
            content,
        })
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file's format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The columns with their Arrow types; every column may hold nulls.
    ///
    /// CSV gives `Int64`, `Float64`, `Utf8` and `Boolean`. Parquet gives what the file holds
    /// (widths kept, so that eight-bit answers stay eight bits), with every kind of text as
    /// `Utf8`, or `Dictionary(Int32, Utf8)` by [`OpenOptions::text_as_dictionary`]. SPSS gives
    /// `Float64` and `Utf8`; Stata `Int8`, `Int16`, `Int32`, `Float32`, `Float64` and `Utf8`; a
    /// sheet what CSV gives. In both, empty text is null, as are SPSS's system-missing value and
    /// Stata's `.` and `.a` to `.z`; dates are numbers as stored (seconds since 1582-10-14 in
    /// SPSS, by the display format since 1960-01-01 in Stata).
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The place of the column with this name, as [`Table::read_part`] takes it.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.schema.column_with_name(name).map(|(index, _)| index)
    }

    /// How many rows there are; `None` if the format tells only at the end.
    pub fn row_count(&self) -> Option<u64> {
        (0..self.parts()).map(|part| self.part_rows(part)).sum()
    }

    /// The labels of a column and of its values, in formats that have them.
    pub fn labels(&self, column: usize) -> Option<&ValueLabels> {
        match &self.content {
            Content::Spss(table) => table.labels(column),
            Content::Stata(table) => table.labels(column),
            Content::Csv(_) | Content::Parquet(_) | Content::Xlsx(_) => None,
        }
    }

    /// Whether one column is read without reading the others, so that asking for columns one by
    /// one costs no more than asking for all at once.
    pub fn is_columnar(&self) -> bool {
        match &self.content {
            Content::Csv(_) | Content::Spss(_) | Content::Stata(_) => false,
            Content::Parquet(_) | Content::Xlsx(_) => true,
        }
    }

    /// How many parts can be read independently of each other; they follow each other in the
    /// file's order.
    pub fn parts(&self) -> usize {
        match &self.content {
            Content::Csv(table) => table.parts(),
            Content::Parquet(table) => table.parts(),
            Content::Stata(table) => table.parts(),
            Content::Spss(_) | Content::Xlsx(_) => 1,
        }
    }

    /// How many rows a part has; `None` for a part that is not there or where the format tells
    /// only at the end.
    pub fn part_rows(&self, part: usize) -> Option<u64> {
        match &self.content {
            Content::Csv(table) => table.part_rows(part),
            Content::Parquet(table) => table.part_rows(part),
            Content::Stata(table) => table.part_rows(part),
            Content::Spss(table) => table.rows().filter(|_| part == 0),
            Content::Xlsx(table) => (part == 0).then(|| table.rows()),
        }
    }

    /// The rows of one part in batches of at most `batch_rows`, with the columns asked for in the
    /// order asked for (a column may be asked for twice; without any, batches only count rows).
    ///
    /// # Errors
    /// [`TableError::Request`] for a part or column that is not there; [`TableError::Io`] and
    /// [`TableError::Place`], from here or from the iterator, where the file's content is wrong.
    pub fn read_part(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches, TableError> {
        self.check_request("part", part, self.parts())?;
        for &column in columns {
            self.check_request("column", column, self.schema.fields().len())?;
        }
        let batch_rows = batch_rows.max(1);
        match &self.content {
            Content::Csv(table) => table.read_part(part, columns, batch_rows),
            Content::Parquet(table) => table.read_part(part, columns, batch_rows),
            Content::Stata(table) => Ok(table.read_part(part, columns, batch_rows)),
            Content::Spss(table) => table.read(columns, batch_rows),
            Content::Xlsx(table) => table.read(&self.file, columns, batch_rows),
        }
    }

    /// The fastest way to the numbers of a column with few distinct values, as answers have: its
    /// codes for all rows of a part, one byte a row, with the values that they stand for.
    ///
    /// `None` where the file does not store the column so (Parquet's dictionary encoding with at
    /// most 255 values): then [`Table::read_part`] has it. Both give the same values.
    ///
    /// # Errors
    /// As [`Table::read_part`]. Content that is wrong in a page gives `None` here and the error
    /// there.
    pub fn read_codes(
        &self,
        part: usize,
        column: usize,
    ) -> Result<Option<CodedColumn>, TableError> {
        self.check_request("part", part, self.parts())?;
        self.check_request("column", column, self.schema.fields().len())?;
        match &self.content {
            Content::Csv(_) | Content::Spss(_) | Content::Stata(_) | Content::Xlsx(_) => Ok(None),
            Content::Parquet(table) => table.read_codes(part, column),
        }
    }

    /// SHA-256 of the file's bytes in lower-case hexadecimal.
    ///
    /// # Errors
    /// [`TableError::Io`] if the file can no longer be read.
    pub fn digest(&self) -> Result<String, TableError> {
        self.file.digest()
    }

    fn check_request(
        &self,
        what: &'static str,
        asked: usize,
        count: usize,
    ) -> Result<(), TableError> {
        if asked < count {
            return Ok(());
        }
        Err(TableError::Request {
            file: self.path().to_path_buf(),
            what,
            asked,
            count,
        })
    }
}

/// The format stated, else that of the ending, else that of the first bytes; what the first bytes
/// say must not contradict it.
fn format_of(file: &SharedFile, options: &OpenOptions) -> Result<Format, TableError> {
    let start = file.first_bytes(64)?;
    let seen = Format::of_first_bytes(&start);
    let said = options.format.or_else(|| Format::of_ending(file.path()));
    let Some(said) = said.or(seen) else {
        return Err(TableError::file(
            file.path(),
            "an ending that names no format",
            format!("one of {}", Format::ENDINGS),
        ));
    };
    match seen {
        Some(seen) if seen != said => Err(TableError::file(
            file.path(),
            format!("the first bytes of a {} file", seen.name()),
            format!("a {} file, as its ending or the options say", said.name()),
        )),
        _ => Ok(said),
    }
}

fn distinct_names(file: &SharedFile, schema: &SchemaRef) -> Result<(), TableError> {
    let mut seen = std::collections::HashMap::new();
    for (index, field) in schema.fields().iter().enumerate() {
        if let Some(first) = seen.insert(field.name().as_str(), index) {
            return Err(TableError::file(
                file.path(),
                format!(
                    "the column name `{}` twice, as columns {} and {}",
                    field.name(),
                    first + 1,
                    index + 1
                ),
                "a different name for each column",
            ));
        }
    }
    Ok(())
}
