//! What a Parquet file becomes, and what is said about one that is damaged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, Float64Array, Int8Array, Int64Array, LargeStringArray, RecordBatch,
};
use arrow_schema::{DataType, Field, Schema};
use chiso_tables::{Format, OpenOptions, Table, TableError};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

const ROWS_PER_GROUP: usize = 100;

/// Three row groups of 100 rows: a nullable answer, a weight, a province, an id.
fn answers() -> RecordBatch {
    let rows = 3 * ROWS_PER_GROUP;
    let answer: Int8Array = (0..rows)
        .map(|row| (row % 5 != 0).then_some((row % 7) as i8))
        .collect();
    let weight: Float64Array = (0..rows).map(|row| Some(row as f64 + 0.5)).collect();
    let province: LargeStringArray = (0..rows)
        .map(|row| Some(if row % 2 == 0 { "Hà Nội" } else { "Huế" }))
        .collect();
    let id: Int64Array = (0..rows).map(|row| Some(row as i64)).collect();
    let field = |name: &str, array: &dyn Array| Field::new(name, array.data_type().clone(), true);
    let schema = Schema::new(vec![
        field("answer", &answer),
        field("weight", &weight),
        field("province", &province),
        field("id", &id),
    ]);
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(answer),
        Arc::new(weight),
        Arc::new(province),
        Arc::new(id),
    ];
    RecordBatch::try_new(Arc::new(schema), arrays).unwrap()
}

fn bytes(compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .build();
    let batch = answers();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn zstd() -> Compression {
    Compression::ZSTD(ZstdLevel::default())
}

fn write(folder: &Path, bytes: &[u8]) -> PathBuf {
    let path = folder.join("answers.parquet");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn open(bytes: &[u8]) -> Result<Table, TableError> {
    let folder = tempfile::tempdir().unwrap();
    Table::open(write(folder.path(), bytes), &OpenOptions::default())
}

fn read(table: &Table, part: usize, columns: &[usize]) -> Result<Vec<RecordBatch>, TableError> {
    table.read_part(part, columns, 64)?.collect()
}

#[test]
fn every_common_compression_reads_back() {
    let gzip = Compression::GZIP(GzipLevel::default());
    let expected = answers();
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        gzip,
        zstd(),
    ] {
        let table = open(&bytes(compression)).unwrap();
        assert_eq!(table.format(), Format::Parquet);
        assert_eq!((table.parts(), table.row_count()), (3, Some(300)));
        assert!(table.is_columnar());
        let mut answer = Vec::new();
        let mut weight = Vec::new();
        for part in 0..3 {
            assert_eq!(table.part_rows(part), Some(100));
            for batch in read(&table, part, &[1, 0]).unwrap() {
                assert!(batch.num_rows() <= 64);
                weight.extend(batch.column(0).as_primitive::<Float64Type>().iter());
                answer.extend(batch.column(1).as_primitive::<Int8Type>().iter());
            }
        }
        assert_eq!(
            Int8Array::from(answer),
            *expected.column(0).as_primitive::<Int8Type>()
        );
        assert_eq!(
            Float64Array::from(weight),
            *expected.column(1).as_primitive::<Float64Type>()
        );
    }
}

#[test]
fn text_has_one_type_whatever_the_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), &bytes(zstd()));
    let plain = Table::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(plain.schema().field(2).data_type(), &DataType::Utf8);
    let batch = &read(&plain, 1, &[2]).unwrap()[0];
    assert_eq!(batch.column(0).as_string::<i32>().value(1), "Huế");

    let options = OpenOptions {
        text_as_dictionary: true,
        ..OpenOptions::default()
    };
    let coded = Table::open(&path, &options).unwrap();
    let batch = &read(&coded, 1, &[2]).unwrap()[0];
    let dictionary = batch.column(0).as_dictionary::<Int32Type>();
    assert_eq!(dictionary.values().len(), 2);
    assert_eq!(
        coded.schema().field(2).data_type(),
        batch.column(0).data_type()
    );
}

#[test]
fn columns_may_be_asked_for_in_any_order_twice_or_not_at_all() {
    let table = open(&bytes(zstd())).unwrap();
    let batch = &read(&table, 0, &[3, 0, 3]).unwrap()[0];
    let names: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(names, ["id", "answer", "id"]);
    let rows: usize = read(&table, 0, &[])
        .unwrap()
        .iter()
        .map(RecordBatch::num_rows)
        .sum();
    assert_eq!(rows, 100);
}

#[test]
fn parts_are_read_from_many_threads_at_once() {
    let table = open(&bytes(zstd())).unwrap();
    let sums: Vec<f64> = std::thread::scope(|scope| {
        let table = &table;
        let handles: Vec<_> = (0..12)
            .map(|task| {
                scope.spawn(move || {
                    let batches = read(table, task % 3, &[1]).unwrap();
                    batches
                        .iter()
                        .flat_map(|b| b.column(0).as_primitive::<Float64Type>().values().to_vec())
                        .sum()
                })
            })
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap())
            .collect()
    });
    for (task, sum) in sums.iter().enumerate() {
        assert_eq!(*sum, 5000.0 + 10_000.0 * (task % 3) as f64);
    }
}

#[test]
fn a_file_that_lost_its_end_or_its_beginning_is_refused() {
    let whole = bytes(zstd());
    let message = |bytes: &[u8]| open(bytes).unwrap_err().to_string();
    let cut = message(&whole[..whole.len() - 50]);
    assert!(
        cut.contains("the file is cut off or was not finished"),
        "{cut}"
    );
    assert!(message(&whole[..8]).contains("found 8 bytes; expected a Parquet file"));
    assert!(
        message(b"id,answer\n1,2\n").contains("found the first bytes id,a; expected a Parquet")
    );
    let mut encrypted = whole.clone();
    let end = encrypted.len();
    encrypted[..4].copy_from_slice(b"PARE");
    encrypted[end - 4..].copy_from_slice(b"PARE");
    assert!(message(&encrypted).contains("an encrypted Parquet file, which is not supported"));
}

#[test]
fn a_file_that_lost_a_piece_in_a_row_group_names_row_group_and_column() {
    let whole = bytes(zstd());
    let table = open(&whole).unwrap();
    drop(table);
    // The footer stays readable: it is found from the file's end.
    let lost = [&whole[..200], &whole[1_200..]].concat();
    let message = open(&lost)
        .and_then(|table| {
            for part in 0..3 {
                read(&table, part, &[0, 1, 2, 3])?;
            }
            Ok(())
        })
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("row group") && message.contains("column `"),
        "{message}"
    );
}

#[test]
fn a_damaged_page_names_row_group_and_column() {
    let mut damaged = bytes(zstd());
    let table = open(&damaged).unwrap();
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&bytes::Bytes::from(damaged.clone()))
        .unwrap();
    drop(table);
    let (start, length) = metadata.row_group(1).column(2).byte_range();
    let (start, length) = (start as usize, length as usize);
    damaged[start + 10..start + length].fill(0xAA);
    let table = open(&damaged).unwrap();
    read(&table, 0, &[0, 1, 2, 3]).unwrap();
    read(&table, 1, &[0, 1, 3]).unwrap();
    let message = read(&table, 1, &[0, 1, 2, 3]).unwrap_err().to_string();
    assert!(
        message.contains(", row group 1, column `province`: found "),
        "{message}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn damaged_bytes_are_read_or_refused_but_never_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut damaged = bytes(zstd());
        for (place, value) in changes {
            let place = place.index(damaged.len());
            damaged[place] = value;
        }
        if let Some(cut) = cut {
            let keep = damaged.len() - 8;
            let from = cut.index(keep);
            damaged.drain(from..(from + 40).min(keep));
        }
        if let Ok(table) = open(&damaged) {
            let all: Vec<usize> = (0..table.schema().fields().len()).collect();
            for part in 0..table.parts() {
                let _ = read(&table, part, &all);
            }
        }
    }
}
