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
/// `lo` and `hi` are the ends of the score's interval, `rank_lo` and `rank_hi` of its marginal rank
/// set, `group_probability` is that of the group in `group`; all stay empty where there is no error.
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
pub const FLAG_MEANINGS: [(&str, &str); 11] = [
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
        "imputed",
        "the value was not observed; the recipe filled it",
    ),
    (
        "winsorised",
        "the recipe drew an outlying value in towards the others",
    ),
    (
        "screened",
        "the recipe left the unit out for want of values",
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
        let interval = scored.interval(node, unit);
        number(&mut record, interval.as_ref().map(|(lo, _)| lo as _));
        number(&mut record, interval.as_ref().map(|(_, hi)| hi as _));
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
        let set = scored.rank_set(node, unit);
        number(&mut record, set.as_ref().map(|(lo, _)| lo as _));
        number(&mut record, set.as_ref().map(|(_, hi)| hi as _));
        number(
            &mut record,
            scored.group(node, unit).as_ref().map(|v| v as _),
        );
        number(
            &mut record,
            scored
                .group_probability(node, unit)
                .as_ref()
                .map(|v| v as _),
        );
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
    let columns: [ArrayRef; 19] = [
        text(&|_| pack.id.clone()),
        text(&|row| row.scored.version.id.clone()),
        Arc::new(edition.finish()),
        text(&|row| row.scored.units[row.unit].to_string()),
        text(&|row| row.scored.version.tree.node(row.node).code.clone()),
        whole(&|row| u32::try_from(row.scored.version.level(row.node)).ok()),
        float(&|row| row.scored.score(row.node, row.unit)),
        float(&|row| row.scored.standard_error(row.node, row.unit)),
        float(&|row| Some(row.scored.interval(row.node, row.unit)?.0)),
        float(&|row| Some(row.scored.interval(row.node, row.unit)?.1)),
        Arc::new(count.finish()),
        float(&|row| row.scored.share_of_max(row.node, row.unit)),
        whole(&|row| row.scored.rank(row.node, row.unit)),
        whole(&|row| Some(row.scored.rank_set(row.node, row.unit)?.0)),
        whole(&|row| Some(row.scored.rank_set(row.node, row.unit)?.1)),
        whole(&|row| row.scored.group(row.node, row.unit).map(u32::from)),
        float(&|row| row.scored.group_probability(row.node, row.unit)),
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

/// The columns of a table of rank sets, in order.
///
/// `low`, `high`: the marginal set, of the unit alone; `all_low`, `all_high`: such that the sets of
/// all units hold at once; `top`, `bottom`: whether the unit may be among so many best or worst.
pub const RANK_SET_COLUMNS: [&str; 12] = [
    "edition", "unit", "node", "score", "se", "rank", "low", "high", "all_low", "all_high", "top",
    "bottom",
];

/// Writes the rank sets of the nodes above the leaves as CSV; nothing but the header where no
/// edition has errors.
///
/// # Errors
/// Those of the writer.
pub fn rank_sets_csv(editions: &[&Scored], out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(RANK_SET_COLUMNS)?;
    let text = |value: Option<String>| value.unwrap_or_default();
    for row in rows(editions) {
        let (scored, node, unit) = (row.scored, row.node, row.unit);
        let Some((low, high)) = scored
            .rank_set(node, unit)
            .filter(|_| !scored.version.tree.is_leaf(node))
        else {
            continue;
        };
        let all = scored.simultaneous_rank_set(node, unit);
        let compared = scored.compared().filter(|_| node == scored.root());
        let among = |list: &dyn Fn(&crate::score::Compared) -> Option<bool>| {
            text(compared.and_then(list).map(|is| u8::from(is).to_string()))
        };
        writer.write_record([
            scored.edition.to_string(),
            scored.units[unit].to_string(),
            scored.version.tree.node(node).code.clone(),
            text(scored.score(node, unit).map(|v| v.to_string())),
            text(scored.standard_error(node, unit).map(|v| v.to_string())),
            text(scored.rank(node, unit).map(|v| v.to_string())),
            low.to_string(),
            high.to_string(),
            text(all.map(|set| set.0.to_string())),
            text(all.map(|set| set.1.to_string())),
            among(&|compared| compared.may_be_among_best(unit)),
            among(&|compared| compared.may_be_among_worst(unit)),
        ])?;
    }
    writer.flush()
}

/// Writes, for every two units with a total, whether they are truly different, as CSV: the better
/// one first, `different` 1 or 0, at a confidence that holds for all pairs at once.
///
/// # Errors
/// Those of the writer.
pub fn pairs_csv(editions: &[&Scored], out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["edition", "unit", "other", "difference", "different"])?;
    for scored in editions {
        let (Some(compared), root) = (scored.compared(), scored.root()) else {
            continue;
        };
        let order: Vec<usize> = scored
            .ranking(root)
            .into_iter()
            .filter(|&u| scored.score(root, u).is_some())
            .collect();
        for (place, &unit) in order.iter().enumerate() {
            for &other in &order[place + 1..] {
                let difference = scored
                    .score(root, unit)
                    .zip(scored.score(root, other))
                    .map(|(a, b)| a - b);
                writer.write_record([
                    scored.edition.to_string(),
                    scored.units[unit].to_string(),
                    scored.units[other].to_string(),
                    difference.map(|d| d.to_string()).unwrap_or_default(),
                    u8::from(compared.are_different(unit, other)).to_string(),
                ])?;
            }
        }
    }
    writer.flush()
}

/// Writes the probability of every group for every unit and node above the leaves as CSV.
///
/// # Errors
/// Those of the writer.
pub fn group_probabilities_csv(editions: &[&Scored], out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["edition", "unit", "node", "group", "name", "probability"])?;
    for row in rows(editions) {
        let (scored, node, unit) = (row.scored, row.node, row.unit);
        let inner = !scored.version.tree.is_leaf(node);
        let (Some(group), Some(all)) = (
            &scored.version.group,
            scored.group_probabilities(node, unit).filter(|_| inner),
        ) else {
            continue;
        };
        for (place, (name, probability)) in group.names.iter().zip(all).enumerate() {
            writer.write_record([
                &scored.edition.to_string(),
                &*scored.units[unit],
                &scored.version.tree.node(node).code,
                &(place + 1).to_string(),
                &name.en,
                &probability.to_string(),
            ])?;
        }
    }
    writer.flush()
}
