//! Reads delimited text: one pass to learn the types and cut it into parts, one to read.

mod infer;
mod read;
mod split;

use std::sync::Arc;

use arrow_schema::{Field, Schema, SchemaRef};
use rayon::prelude::*;

use crate::file::SharedFile;
use crate::{Batches, ColumnType, OpenOptions, TableError};
use infer::{Dialect, Evidence};
use read::{Layout, PieceBatches, Records};
use split::Piece;

/// An open file of delimited text.
#[derive(Debug)]
pub(crate) struct CsvTable {
    layout: Arc<Layout>,
    schema: SchemaRef,
    types: Vec<ColumnType>,
    parts: Vec<(Piece, u64)>,
}

impl CsvTable {
    /// Reads the whole file once, in parallel: every record's field count, UTF-8 and the stated
    /// types are checked, and types are inferred from all values.
    pub(crate) fn open(file: Arc<SharedFile>, options: &OpenOptions) -> Result<Self, TableError> {
        let head = file.first_bytes(1 << 16)?;
        let start = text_start(&file, &head)?;
        let delimiter = options
            .delimiter
            .unwrap_or_else(|| likely_delimiter(&head[start..]));
        check_delimiter(&file, delimiter)?;
        let (header, pieces) = split::split(&file, start as u64, delimiter, options.part_bytes)?;
        let layout = Arc::new(Layout {
            names: names(&file, header, delimiter)?,
            delimiter,
            dialect: Dialect {
                missing: options
                    .missing
                    .iter()
                    .map(|text| text.trim().as_bytes().to_vec())
                    .collect(),
                decimal_comma: options.decimal_comma,
            },
            file,
        });
        let stated = stated_types(&layout, options)?;
        let surveyed: Vec<_> = pieces
            .par_iter()
            .map(|&piece| survey(&layout, piece, &stated))
            .collect();
        let mut evidence = vec![Evidence::default(); stated.len()];
        let mut parts = Vec::with_capacity(pieces.len());
        for (piece, result) in pieces.into_iter().zip(surveyed) {
            let (rows, found) = result?;
            parts.push((piece, rows));
            for (all, part) in evidence.iter_mut().zip(found) {
                *all = all.merge(part);
            }
        }
        let types: Vec<ColumnType> = stated
            .iter()
            .zip(evidence)
            .map(|(stated, evidence)| stated.unwrap_or_else(|| evidence.column_type()))
            .collect();
        Ok(Self {
            schema: schema(&layout.names, &types),
            layout,
            types,
            parts,
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    pub(crate) fn part_rows(&self, part: usize) -> Option<u64> {
        self.parts.get(part).map(|(_, rows)| *rows)
    }

    pub(crate) fn read_part(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches, TableError> {
        let records = Records::open(&self.layout, self.parts[part].0)?;
        Ok(Batches::new(PieceBatches::new(
            records,
            &self.schema,
            &self.types,
            columns,
            batch_rows,
        )))
    }
}

/// Where the text begins: after a UTF-8 byte order mark.
fn text_start(file: &SharedFile, head: &[u8]) -> Result<usize, TableError> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Ok(3),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(TableError::file(
            file.path(),
            "UTF-16 text",
            "UTF-8 text (in a spreadsheet, save as \"CSV UTF-8\")",
        )),
        _ => Ok(0),
    }
}

/// The most frequent of `,` `;` and tab in the first line, outside quotes; a comma without any.
fn likely_delimiter(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(entry) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte) {
                    entry.1 += 1;
                }
            }
        }
    }
    // The first of equals, so that a tie goes to the comma.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(delimiter, _)| *delimiter)
}

fn check_delimiter(file: &SharedFile, delimiter: u8) -> Result<(), TableError> {
    if delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r') {
        return Ok(());
    }
    Err(TableError::file(
        file.path(),
        format!("the delimiter `{}`", delimiter.escape_ascii()),
        "an ASCII character other than a quote or a line end",
    ))
}

/// The column names of the header line. One may be empty, as R writes it above row names.
fn names(file: &SharedFile, header: Piece, delimiter: u8) -> Result<Vec<String>, TableError> {
    let bytes = file.bytes(header.offset, header.length)?;
    read::check_utf8(file, &bytes, header.first_line)?;
    let mut record = csv::StringRecord::new();
    read::reader(delimiter, bytes)
        .read_record(&mut record)
        .map_err(|cause| {
            let place = format!("line {}", header.first_line);
            TableError::place(
                file.path(),
                place,
                cause.to_string(),
                "a line of column names",
            )
        })?;
    Ok(record.iter().map(|name| name.trim().to_string()).collect())
}

/// The stated type of each column, where there is one.
fn stated_types(
    layout: &Layout,
    options: &OpenOptions,
) -> Result<Vec<Option<ColumnType>>, TableError> {
    if let Some(name) = options
        .types
        .keys()
        .find(|name| !layout.names.contains(name))
    {
        return Err(TableError::file(
            layout.file.path(),
            format!("no column `{name}`, for which a type is stated"),
            format!("one of {}", layout.names.join(", ")),
        ));
    }
    Ok(layout
        .names
        .iter()
        .map(|name| options.types.get(name).copied())
        .collect())
}

/// Counts a piece's records and collects what its values look like.
fn survey(
    layout: &Arc<Layout>,
    piece: Piece,
    stated: &[Option<ColumnType>],
) -> Result<(u64, Vec<Evidence>), TableError> {
    let mut records = Records::open(layout, piece)?;
    let mut evidence = vec![Evidence::default(); stated.len()];
    let mut rows = 0;
    loop {
        let Some(record) = records.next()? else {
            return Ok((rows, evidence));
        };
        rows += 1;
        let mut misfit = None;
        for (column, (field, seen)) in record.iter().zip(&mut evidence).enumerate() {
            match stated[column] {
                None if seen.is_settled() => {}
                None => seen.add(layout.dialect.read(field)),
                Some(kind) if kind.holds(&layout.dialect, field) => {}
                Some(_) if layout.dialect.is_missing(field) => {}
                Some(kind) => misfit = misfit.or(Some((column, kind))),
            }
        }
        if let Some((column, kind)) = misfit {
            return Err(records.misfit(column, kind));
        }
    }
}

fn schema(names: &[String], types: &[ColumnType]) -> SchemaRef {
    let fields: Vec<Field> = names
        .iter()
        .zip(types)
        .map(|(name, kind)| Field::new(name, kind.arrow(), true))
        .collect();
    Arc::new(Schema::new(fields))
}
