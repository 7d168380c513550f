//! Scores as a table: the columns of `scores.csv`, in CSV or Parquet.
//!
//! Nothing here writes a file: the caller gives the writer. The same scores give the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::builder::{
    Float64Builder, Int32Builder, StringBuilder, UInt32Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::pack::{NodeIndex, Pack};
use crate::score::{Flags, Scored};

/// The columns of a table of scores, in order.
///
/// `group` is a number, 1 for the best. `se` is the standard error; where it is empty, `flags` says
/// `no_se`: none was given with the observation, or it does not follow from those of the parts.
/// `lo`, `hi`, `rank_lo`, `rank_hi` and `group_probability` stay empty where there is no error.
pub const COLUMNS: [&str; 19] = [
    "index",
    "version",
    "edition",
    "unit",
    "node",
    "level",
    "score",
    "se",
    "lo",
    "hi",
    "n",
    "share_of_max",
    "rank",
    "rank_lo",
    "rank_hi",
    "group",
    "group_probability",
    "coverage",
    "flags",
];

/// What each word of the column `flags` means, for people who read the table.
pub const FLAG_MEANINGS: [(&str, &str); 8] = [
    ("missing", "no value was observed"),
    ("not_applicable", "the node does not concern the unit"),
    ("part_missing", "a part has no score"),
    (
        "part_not_applicable",
        "a part does not concern the unit: its maximum is smaller",
    ),
    ("tied", "another unit has the same score"),
    (
        "derived",
        "computed from the values of other units by a stated rule",
    ),
    (
        "no_se",
        "no standard error: none came with the observations",
    ),
    (
        "inferred",
        "the definition was worked out from results, not published",
    ),
];

/// One row of the table.
struct Row<'a> {
    scored: &'a Scored,
    node: NodeIndex,
    unit: usize,
}

impl Row<'_> {
    fn flags(&self) -> String {
        let mut words: Vec<&str> = Flags::words(self.scored.flags(self.node, self.unit)).collect();
        let has_score = self.scored.score(self.node, self.unit).is_some();
        if has_score && self.scored.standard_error(self.node, self.unit).is_none() {
            words.push("no_se");
        }
        if self.scored.version.inferred_from.is_some() {
            words.push("inferred");
        }
        words.join(";")
    }
}

/// The rows of editions: by edition, unit, and node in the order of the outline.
fn rows<'a>(editions: &'a [&'a Scored]) -> impl Iterator<Item = Row<'a>> + 'a {
    editions.iter().flat_map(|&scored| {
        let outline = scored.version.tree.outline();
        (0..scored.units.len()).flat_map(move |unit| {
            let outline = outline.clone();
            outline
                .into_iter()
                .map(move |node| Row { scored, node, unit })
        })
    })
}

/// Writes the scores of editions as CSV.
///
/// # Errors
/// Those of the writer.
pub fn scores_csv(pack: &Pack, editions: &[&Scored], out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    let mut record = csv::StringRecord::new();
    let mut field = String::new();
    for row in rows(editions) {
        let (scored, node, unit) = (row.scored, row.node, row.unit);
        record.clear();
        record.push_field(&pack.id);
        record.push_field(&scored.version.id);
        let mut number = |record: &mut csv::StringRecord, value: Option<&dyn std::fmt::Display>| {
            field.clear();
            if let Some(value) = value {
                // Writing to a string does not fail.
                let _ = write!(field, "{value}");
            }
            record.push_field(&field);
        };
        number(&mut record, Some(&scored.edition));
        record.push_field(&scored.units[unit]);
        record.push_field(&scored.version.tree.node(node).code);
        number(&mut record, Some(&scored.version.level(node)));
        number(
            &mut record,
            scored.score(node, unit).as_ref().map(|v| v as _),
        );
        number(
            &mut record,
            scored.standard_error(node, unit).as_ref().map(|v| v as _),
        );
        number(&mut record, None);
        number(&mut record, None);
        number(
            &mut record,
            scored.count(node, unit).as_ref().map(|v| v as _),
        );
        number(
            &mut record,
            scored.share_of_max(node, unit).as_ref().map(|v| v as _),
        );
        number(
            &mut record,
            scored.rank(node, unit).as_ref().map(|v| v as _),
        );
        number(&mut record, None);
        number(&mut record, None);
        number(
            &mut record,
            scored.group(node, unit).as_ref().map(|v| v as _),
        );
        number(&mut record, None);
        number(&mut record, Some(&scored.coverage(node, unit)));
        record.push_field(&row.flags());
        writer.write_record(&record)?;
    }
    writer.flush()
}

/// The scores of editions as a Parquet file.
///
/// # Errors
/// When the table cannot be encoded.
pub fn scores_parquet(
    pack: &Pack,
    editions: &[&Scored],
) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let batch = record_batch(pack, editions)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("chiso ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}

fn record_batch(
    pack: &Pack,
    editions: &[&Scored],
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let text = |value: &dyn Fn(&Row<'_>) -> String| -> ArrayRef {
        let mut builder = StringBuilder::new();
        rows(editions).for_each(|row| builder.append_value(value(&row)));
        Arc::new(builder.finish())
    };
    let float = |value: &dyn Fn(&Row<'_>) -> Option<f64>| -> ArrayRef {
        let mut builder = Float64Builder::new();
        rows(editions).for_each(|row| builder.append_option(value(&row)));
        Arc::new(builder.finish())
    };
    let whole = |value: &dyn Fn(&Row<'_>) -> Option<u32>| -> ArrayRef {
        let mut builder = UInt32Builder::new();
        rows(editions).for_each(|row| builder.append_option(value(&row)));
        Arc::new(builder.finish())
    };
    let mut edition = Int32Builder::new();
    let mut count = UInt64Builder::new();
    for row in rows(editions) {
        edition.append_value(row.scored.edition.0);
        count.append_option(row.scored.count(row.node, row.unit));
    }
    let none_f64 = |_: &Row<'_>| None;
    let none_u32 = |_: &Row<'_>| None;
    let columns: [ArrayRef; 19] = [
        text(&|_| pack.id.clone()),
        text(&|row| row.scored.version.id.clone()),
        Arc::new(edition.finish()),
        text(&|row| row.scored.units[row.unit].to_string()),
        text(&|row| row.scored.version.tree.node(row.node).code.clone()),
        whole(&|row| u32::try_from(row.scored.version.level(row.node)).ok()),
        float(&|row| row.scored.score(row.node, row.unit)),
        float(&|row| row.scored.standard_error(row.node, row.unit)),
        float(&none_f64),
        float(&none_f64),
        Arc::new(count.finish()),
        float(&|row| row.scored.share_of_max(row.node, row.unit)),
        whole(&|row| row.scored.rank(row.node, row.unit)),
        whole(&none_u32),
        whole(&none_u32),
        whole(&|row| row.scored.group(row.node, row.unit).map(u32::from)),
        float(&none_f64),
        float(&|row| Some(row.scored.coverage(row.node, row.unit))),
        text(&|row| row.flags()),
    ];
    RecordBatch::try_from_iter_with_nullable(
        COLUMNS
            .into_iter()
            .zip(columns)
            .map(|(name, column)| (name, column, true)),
    )
}
