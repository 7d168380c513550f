//! The fast way to columns of few distinct values gives what the general Parquet reader gives.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{
    Array, ArrayRef, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
    RecordBatch, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{Field, Schema};
use chiso_tables::{OpenOptions, Table};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;

/// How a test file is written.
#[derive(Debug, Clone)]
struct Layout {
    compression: Compression,
    version: WriterVersion,
    page_rows: usize,
    group_rows: usize,
}

fn layout() -> impl Strategy<Value = Layout> {
    let compression = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::LZ4_RAW),
        Just(Compression::ZSTD(ZstdLevel::default())),
    ];
    let version = prop_oneof![
        Just(WriterVersion::PARQUET_1_0),
        Just(WriterVersion::PARQUET_2_0)
    ];
    (compression, version, 1_usize..200, 50_usize..500).prop_map(
        |(compression, version, page_rows, group_rows)| Layout {
            compression,
            version,
            page_rows,
            group_rows,
        },
    )
}

/// Rows with runs, so that all kinds of encoded runs occur; `distinct` different values.
fn answers(distinct: u32) -> impl Strategy<Value = Vec<Option<i64>>> {
    let value = proptest::option::weighted(0.85, 0..i64::from(distinct));
    proptest::collection::vec((value, 1_usize..30), 1..60).prop_map(|runs| {
        let spread = |(value, length)| std::iter::repeat_n(value, length);
        let mut rows: Vec<_> = runs.iter().copied().flat_map(spread).collect();
        // A stretch without runs.
        rows.extend(runs.iter().map(|(value, _)| *value));
        rows
    })
}

/// The same answers in every numeric type, and one column that never misses.
fn batch(rows: &[Option<i64>]) -> RecordBatch {
    macro_rules! column {
        ($array:ty, $kind:ty) => {
            Arc::new(
                rows.iter()
                    .map(|v| v.map(|v| v as $kind))
                    .collect::<$array>(),
            ) as ArrayRef
        };
    }
    let columns: Vec<ArrayRef> = vec![
        column!(Int8Array, i8),
        column!(Int16Array, i16),
        column!(Int32Array, i32),
        Arc::new(
            rows.iter()
                .map(|v| v.map(|v| v - 3))
                .collect::<Int64Array>(),
        ),
        column!(UInt8Array, u8),
        column!(UInt16Array, u16),
        Arc::new(
            rows.iter()
                .map(|v| v.map(|v| u32::MAX - v as u32))
                .collect::<UInt32Array>(),
        ),
        Arc::new(
            rows.iter()
                .map(|v| v.map(|v| u64::MAX - v as u64))
                .collect::<UInt64Array>(),
        ),
        Arc::new(
            rows.iter()
                .map(|v| v.map(|v| v as f32 / 4.0))
                .collect::<Float32Array>(),
        ),
        Arc::new(
            rows.iter()
                .map(|v| v.map(|v| v as f64 / 3.0))
                .collect::<Float64Array>(),
        ),
        Arc::new(Int8Array::from_iter_values(
            rows.iter().map(|v| v.unwrap_or(0) as i8),
        )),
    ];
    let last = columns.len() - 1;
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| Field::new(format!("c{i}"), c.data_type().clone(), i != last))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn write(path: &std::path::Path, batch: &RecordBatch, layout: &Layout) {
    let properties = WriterProperties::builder()
        .set_compression(layout.compression)
        .set_writer_version(layout.version)
        .set_data_page_row_count_limit(layout.page_rows)
        .set_write_batch_size(layout.page_rows)
        .set_max_row_group_row_count(Some(layout.group_rows))
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// The general reader's whole column of one row group.
fn general(path: &std::path::Path, part: usize, column: usize) -> ArrayRef {
    let file = std::fs::File::open(path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let mask = parquet::arrow::ProjectionMask::roots(builder.parquet_schema(), [column]);
    let reader = builder
        .with_projection(mask)
        .with_row_groups(vec![part])
        .with_batch_size(1 << 20);
    Arc::clone(reader.build().unwrap().next().unwrap().unwrap().column(0))
}

fn as_floats(array: &dyn Array) -> Vec<Option<f64>> {
    use arrow_array::cast::downcast_array;
    macro_rules! floats {
        ($array:ty) => {
            downcast_array::<$array>(array)
                .iter()
                .map(|v| v.map(|v| v as f64))
                .collect()
        };
    }
    use arrow_schema::DataType::*;
    match array.data_type() {
        Int8 => floats!(Int8Array),
        Int16 => floats!(Int16Array),
        Int32 => floats!(Int32Array),
        Int64 => floats!(Int64Array),
        UInt8 => floats!(UInt8Array),
        UInt16 => floats!(UInt16Array),
        UInt32 => floats!(UInt32Array),
        UInt64 => floats!(UInt64Array),
        Float32 => floats!(Float32Array),
        _ => array.as_primitive::<Float64Type>().iter().collect(),
    }
}

/// Compares every part and column; how many columns of parts came as codes.
fn check(path: &std::path::Path, batch_rows: usize) -> usize {
    let table = Table::open(path, &OpenOptions::default()).unwrap();
    let all: Vec<usize> = (0..table.schema().fields().len()).collect();
    let mut coded_parts = 0;
    for part in 0..table.parts() {
        let together: Vec<RecordBatch> = table
            .read_part(part, &all, batch_rows)
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for &column in &all {
            let expected = general(path, part, column);
            let mut row = 0;
            for batch in &together {
                let piece = batch.column(column);
                assert_eq!(piece.as_ref(), expected.slice(row, piece.len()).as_ref());
                row += piece.len();
            }
            assert_eq!(row, expected.len());
            if let Some(coded) = table.read_codes(part, column).unwrap() {
                coded_parts += 1;
                let values: Vec<Option<f64>> = coded
                    .codes
                    .iter()
                    .map(|&code| coded.values.get(usize::from(code)).copied())
                    .collect();
                assert_eq!(values, as_floats(&expected));
                let missing = coded.values.len();
                assert!(coded.codes.iter().all(|&code| usize::from(code) <= missing));
            }
        }
    }
    coded_parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn both_ways_give_the_same_values(
        rows in (1_u32..300).prop_flat_map(answers),
        layout in layout(),
        batch_rows in 1_usize..300,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.parquet");
        write(&path, &batch(&rows), &layout);
        let coded = check(&path, batch_rows);
        let fast = !matches!(layout.compression, Compression::LZ4_RAW);
        prop_assert_eq!(coded > 0, fast);
    }
}

#[test]
fn a_column_of_many_values_is_left_to_the_general_reader() {
    let rows: Vec<Option<i64>> = (0..1000).map(|row| Some(row % 300)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.parquet");
    let layout = Layout {
        compression: Compression::SNAPPY,
        version: WriterVersion::PARQUET_1_0,
        page_rows: 128,
        group_rows: 1000,
    };
    write(&path, &batch(&rows), &layout);
    let table = Table::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(table.read_codes(0, 2).unwrap(), None);
    // Eight bits hold 255 of the 256 values that 300 wrap to: one too many with the missing code.
    assert_eq!(table.read_codes(0, 0).unwrap(), None);
    check(&path, 65_536);
}

#[test]
fn whole_numbers_beyond_what_a_float_holds_are_not_given_as_floats() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.parquet");
    let array: Int64Array = (0..100).map(|row| Some((1 << 53) + row % 2)).collect();
    let schema = Schema::new(vec![Field::new("id", array.data_type().clone(), true)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(array)]).unwrap();
    let layout = Layout {
        compression: Compression::UNCOMPRESSED,
        version: WriterVersion::PARQUET_1_0,
        page_rows: 50,
        group_rows: 100,
    };
    write(&path, &batch, &layout);
    let table = Table::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(table.read_codes(0, 0).unwrap(), None);
    assert_eq!(check(&path, 10), 0);
}
