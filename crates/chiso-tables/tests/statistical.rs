//! SPSS, Stata and Excel files: what ReadStat reads in them, this crate reads too; cut ones are
//! refused. (`fuzzed.rs` has random damage.)

use std::path::{Path, PathBuf};

use arrow_array::cast::{AsArray, downcast_array};
use arrow_array::types::Float64Type;
use arrow_array::{
    Array, Float32Array, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch,
};
use arrow_schema::DataType;
use chiso_tables::{Format, LabelledValue, OpenOptions, Table, TableError};
use serde_json::{Value, json};

const SPSS: [&str; 3] = ["plain.sav", "compressed.sav", "zlib.zsav"];
const STATA: [&str; 10] = [
    "version8.dta",
    "version10.dta",
    "version12.dta",
    "version13.dta",
    "version14.dta",
    "version15.dta",
    "pandas114.dta",
    "pandas117.dta",
    "pandas118.dta",
    "pandas119.dta",
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn open(name: &str) -> Table {
    Table::open(fixture(name), &OpenOptions::default()).unwrap()
}

fn expected(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(&format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn read_all(table: &Table, batch_rows: usize) -> Result<Vec<RecordBatch>, TableError> {
    let columns: Vec<usize> = (0..table.schema().fields().len()).collect();
    let mut batches = Vec::new();
    for part in 0..table.parts() {
        for batch in table.read_part(part, &columns, batch_rows)? {
            batches.push(batch?);
        }
    }
    Ok(batches)
}

fn cell(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int8 => json!(downcast_array::<Int8Array>(array).value(row)),
        DataType::Int16 => json!(downcast_array::<Int16Array>(array).value(row)),
        DataType::Int32 => json!(downcast_array::<Int32Array>(array).value(row)),
        DataType::Int64 => json!(downcast_array::<Int64Array>(array).value(row)),
        DataType::Float32 => json!(f64::from(downcast_array::<Float32Array>(array).value(row))),
        DataType::Float64 => json!(array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => json!(array.as_boolean().value(row)),
        _ => json!(array.as_string::<i32>().value(row)),
    }
}

fn rows(table: &Table) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for batch in read_all(table, 5).unwrap() {
        for row in 0..batch.num_rows() {
            rows.push(
                batch
                    .columns()
                    .iter()
                    .map(|array| cell(array.as_ref(), row))
                    .collect(),
            );
        }
    }
    rows
}

/// Equal, where ReadStat keeps an empty text, and this crate gives null.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Null, Value::String(text)) => text.is_empty(),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn check_against_readstat(name: &str) {
    let (table, expected) = (open(name), expected(name));
    let names: Vec<Value> = table
        .schema()
        .fields()
        .iter()
        .map(|f| json!(f.name()))
        .collect();
    assert_eq!(json!(names), expected["columns"], "{name}");
    let rows = rows(&table);
    assert_eq!(table.row_count(), Some(rows.len() as u64), "{name}");
    assert_eq!(
        rows.len(),
        expected["rows"].as_array().unwrap().len(),
        "{name}"
    );
    for (row, values) in rows.iter().enumerate() {
        for (column, found) in values.iter().enumerate() {
            let wanted = &expected["rows"][row][column];
            assert!(
                same(found, wanted),
                "{name}, row {row}, column {column}: {found} instead of {wanted}"
            );
        }
    }
    for (column, field) in table.schema().fields().iter().enumerate() {
        let labels = table.labels(column).cloned().unwrap_or_default();
        let wanted = &expected["column_labels"][field.name()];
        assert_eq!(
            labels.column,
            wanted.as_str().unwrap_or_default(),
            "{name} {field}"
        );
        let wanted = expected["value_labels"][field.name()].as_object();
        assert_eq!(
            labels.values.len(),
            wanted.map_or(0, |map| map.len()),
            "{name} {field}"
        );
        for (value, label) in wanted.into_iter().flatten() {
            let found = match value.parse::<f64>() {
                Ok(number) => labels.of_number(number),
                Err(_) => labels.of_text(value),
            };
            assert_eq!(found, label.as_str(), "{name} {field} {value}");
        }
    }
}

#[test]
fn spss_files_read_as_readstat_reads_them() {
    for name in SPSS {
        check_against_readstat(name);
        assert_eq!(open(name).format(), Format::Spss);
    }
}

#[test]
fn stata_files_of_every_format_and_byte_order_read_as_readstat_reads_them() {
    for name in STATA {
        check_against_readstat(name);
        assert_eq!(open(name).format(), Format::Stata);
    }
}

#[test]
fn spss_missing_values_are_told_and_not_taken_out() {
    let table = open("compressed.sav");
    let column = table.column("d101_trust_in_the_commune_committee").unwrap();
    let labels = table.labels(column).unwrap();
    assert_eq!(labels.missing_values, [LabelledValue::Number(888.0)]);
    assert_eq!(labels.missing_range, Some((-999_999.0, -999_990.0)));
    assert!(labels.is_missing_number(888.0) && labels.is_missing_number(-999_995.0));
    assert!(!labels.is_missing_number(999.0));
    assert_eq!(rows(&table)[3][column], json!(888.0));
    let code = table.labels(table.column("code").unwrap()).unwrap();
    assert_eq!(code.missing_values, [LabelledValue::Text("Z".into())]);
    assert_eq!(code.of_text("A"), Some("loại A"));
}

#[test]
fn stata_types_keep_their_width() {
    let table = open("pandas118.dta");
    let types: Vec<_> = table
        .schema()
        .fields()
        .iter()
        .map(|f| f.data_type().clone())
        .collect();
    use DataType::{Float32, Float64, Int8, Int16, Int32, Utf8};
    assert_eq!(
        types,
        [Int8, Int16, Int32, Float32, Float64, Utf8, Int8, Utf8]
    );
}

#[test]
fn columns_come_in_the_order_asked_for() {
    for name in ["compressed.sav", "version15.dta", "answers.xlsx"] {
        let table = open(name);
        let batch = table
            .read_part(0, &[2, 0, 2], 3)
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        assert_eq!((batch.num_rows(), batch.num_columns()), (3, 3), "{name}");
        let names: Vec<_> = batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect();
        assert_eq!(names, ["weight", "id", "weight"], "{name}");
        let empty = table.read_part(0, &[], 100).unwrap();
        let counted: usize = empty.map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(Some(counted as u64), table.row_count(), "{name}");
    }
}

#[test]
fn a_sheet_has_the_types_of_its_cells() {
    let table = open("answers.xlsx");
    let types: Vec<_> = table
        .schema()
        .fields()
        .iter()
        .map(|f| f.data_type().clone())
        .collect();
    use DataType::{Boolean, Float64, Int64, Utf8};
    assert_eq!(types, [Int64, Utf8, Float64, Boolean, Utf8, Int64]);
    let rows = rows(&table);
    assert_eq!(rows.len(), 8);
    assert_eq!(
        json!(rows[0]),
        json!([1, "Hà Nội", 0.0, true, "2024-08-15", 0])
    );
    assert_eq!(
        json!(rows[3]),
        json!([4, "Huế", 0.75, false, "2024-08-18", null])
    );
    assert_eq!(rows[4][5], Value::Null);

    let codebook = OpenOptions {
        sheet: Some("codebook".into()),
        ..OpenOptions::default()
    };
    let table = Table::open(fixture("answers.xlsx"), &codebook).unwrap();
    assert_eq!(
        (table.schema().fields().len(), table.row_count()),
        (2, Some(0))
    );
    let missing = OpenOptions {
        sheet: Some("none".into()),
        ..OpenOptions::default()
    };
    let error = Table::open(fixture("answers.xlsx"), &missing)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("found no sheet `none`; expected one of answers, codebook"),
        "{error}"
    );
}

#[test]
fn text_in_another_encoding_is_read_as_stated() {
    let bytes = std::fs::read(fixture("version12.dta")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.dta");
    // `Hà` in windows-1258 in place of the first province, which the old format has as `H? N?i`.
    let at = bytes.windows(6).position(|w| w == b"H? N?i").unwrap();
    let mut changed = bytes.clone();
    changed[at..at + 6].copy_from_slice(b"H\xE0 \xD0\0\0");
    std::fs::write(&path, &changed).unwrap();
    let read = |encoding: &str| {
        let options = OpenOptions {
            encoding: Some(encoding.into()),
            ..OpenOptions::default()
        };
        let table = Table::open(&path, &options)?;
        Ok::<_, TableError>(rows(&table)[0][1].clone())
    };
    assert_eq!(read("windows-1258").unwrap(), json!("Hà Đ"));
    assert_eq!(read("windows-1252").unwrap(), json!("Hà Ð"));
    let error = read("tcvn").unwrap_err().to_string();
    assert!(error.contains("found the encoding `tcvn`"), "{error}");
}

#[test]
fn cut_files_are_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    for name in SPSS.iter().chain(&STATA).chain(&["answers.xlsx"]) {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let path = folder.path().join(name);
        for share in 1..20 {
            let cut = bytes.len() * share / 20;
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let result =
                Table::open(&path, &OpenOptions::default()).and_then(|table| read_all(&table, 100));
            let message = result.unwrap_err().to_string();
            assert!(
                message.contains("; expected "),
                "{name} cut to {cut}: {message}"
            );
        }
    }
}

#[test]
fn other_files_are_refused_by_their_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, found) in [
        (
            "sav",
            "found `id,w` at the start; expected `$FL2` or `$FL3`, an SPSS system file",
        ),
        (
            "dta",
            "found 105 as the format number; expected a Stata file of format 113, 114, 115",
        ),
        ("xlsx", "expected a whole workbook saved as .xlsx"),
    ] {
        let path = folder.path().join(format!("answers.{ending}"));
        std::fs::write(&path, "id,weight\n1,2\n").unwrap();
        let error = Table::open(&path, &OpenOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(found), "{error}");
    }
}
