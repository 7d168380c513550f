//! What delimited text becomes, and what is said about text that is wrong.

use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use chiso_tables::{ColumnType, Format, OpenOptions, Table, TableError};
use proptest::prelude::*;

struct Written {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn write(bytes: impl AsRef<[u8]>) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.csv");
    std::fs::write(&path, bytes).unwrap();
    Written {
        _folder: folder,
        path,
    }
}

fn refusal(bytes: impl AsRef<[u8]>, options: &OpenOptions) -> String {
    let written = write(bytes);
    let error = Table::open(&written.path, options).unwrap_err();
    error
        .to_string()
        .replace(&written.path.display().to_string(), "FILE")
}

fn batches(table: &Table, columns: &[usize], batch_rows: usize) -> Vec<RecordBatch> {
    (0..table.parts())
        .flat_map(|part| table.read_part(part, columns, batch_rows).unwrap())
        .collect::<Result<_, _>>()
        .unwrap()
}

/// All values of all columns as text, read whole.
fn cells(table: &Table) -> Vec<Vec<Option<String>>> {
    let columns: Vec<usize> = (0..table.schema().fields().len()).collect();
    let mut rows = Vec::new();
    for batch in batches(table, &columns, 7) {
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

fn cell(array: &dyn Array, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        _ => array.as_string::<i32>().value(row).to_string(),
    })
}

#[test]
fn types_follow_from_all_values() {
    let written =
        write("id,weight,name,code,urban,empty\n1,1.5,Huế,01,TRUE,\n2,2,\"Hà, Nội\",02,FALSE,NA\n");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    let types: Vec<_> = table
        .schema()
        .fields()
        .iter()
        .map(|f| f.data_type().clone())
        .collect();
    use DataType::{Boolean, Float64, Int64, Utf8};
    assert_eq!(types, [Int64, Float64, Utf8, Utf8, Boolean, Float64]);
    assert_eq!(table.format(), Format::Csv);
    assert_eq!((table.row_count(), table.parts()), (Some(2), 1));
    assert!(!table.is_columnar());
    let rows = cells(&table);
    let text = |value: &str| Some(value.to_string());
    assert_eq!(
        rows[1],
        [
            text("2"),
            text("2"),
            text("Hà, Nội"),
            text("02"),
            text("false"),
            None
        ]
    );
}

#[test]
fn a_value_late_in_the_file_widens_the_type() {
    let mut text = String::from("x\n");
    for _ in 0..400_000 {
        text.push_str("1\n");
    }
    text.push_str("2.5\n");
    let written = write(&text);
    let options = OpenOptions {
        part_bytes: 100_000,
        ..OpenOptions::default()
    };
    let table = Table::open(&written.path, &options).unwrap();
    assert!(table.parts() > 5);
    assert_eq!(table.row_count(), Some(400_001));
    assert_eq!(table.schema().field(0).data_type(), &DataType::Float64);
    let sum: f64 = batches(&table, &[0], 65_536)
        .iter()
        .flat_map(|batch| {
            batch
                .column(0)
                .as_primitive::<Float64Type>()
                .values()
                .to_vec()
        })
        .sum();
    assert_eq!(sum, 400_002.5);
}

#[test]
fn the_delimiter_is_the_one_of_the_header() {
    for (text, names) in [
        ("a;b;c,d\n1;2;3\n", vec!["a", "b", "c,d"]),
        ("a\tb\n1\t2\n", vec!["a", "b"]),
        ("\"x;y;z\",b\n1,2\n", vec!["x;y;z", "b"]),
        ("only\n1\n", vec!["only"]),
    ] {
        let written = write(text);
        let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
        let found: Vec<_> = table
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().as_str())
            .collect();
        assert_eq!(found, names);
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let written = write("\u{feff}a,b\r\n1,2\r\n\r\n3,4\r\n");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    assert_eq!(table.column("a"), Some(0));
    assert_eq!(cells(&table).len(), 2);
}

#[test]
fn lines_may_end_in_a_carriage_return_alone() {
    let written = write("a,b\r1,2\r3,\"x\ry\"\r");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    assert_eq!(table.row_count(), Some(2));
    assert_eq!(cells(&table)[1][1], Some("x\ry".to_string()));
}

#[test]
fn columns_come_in_the_order_asked_for() {
    let written = write("a,b,c\n1,x,3\n");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    let batch = &batches(&table, &[2, 0, 2], 10)[0];
    let names: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(names, ["c", "a", "c"]);
    assert_eq!(batch.column(2).as_primitive::<Int64Type>().value(0), 3);
    assert_eq!(batches(&table, &[], 10)[0].num_rows(), 1);
}

#[test]
fn stated_types_and_missing_texts_hold() {
    let options = OpenOptions {
        types: [
            ("code".to_string(), ColumnType::Int),
            ("n".to_string(), ColumnType::Text),
        ]
        .into(),
        missing: vec!["-".to_string()],
        ..OpenOptions::default()
    };
    let written = write("code,n\n007,1\n-,NA\n");
    let table = Table::open(&written.path, &options).unwrap();
    let text = |value: &str| Some(value.to_string());
    assert_eq!(cells(&table), [[text("7"), text("1")], [None, text("NA")]]);
}

#[test]
fn wrong_text_is_refused_with_its_line() {
    let plain = OpenOptions::default();
    assert_eq!(
        refusal("a,b\n1,2\n\n\"x\ny\",2\n3\n4,5\n", &plain),
        "FILE, line 6: found 1 field; expected 2 fields, one for each column name"
    );
    assert!(refusal("a,b\n1,2\n\n\n3\n", &plain).starts_with("FILE, line 5: found 1 field;"));
    assert_eq!(
        refusal("a,b\n1,2\n1,\"2\n3,4\n", &plain),
        "FILE, line 3: found a quote that opens and never closes; expected records that end with \
         a line, and quoted fields that end with a quote"
    );
    assert_eq!(
        refusal(b"a,b\n1,2\n1,\xE3\n", &plain),
        "FILE, line 3: found the byte 0xE3, which is not UTF-8; expected UTF-8 text (in a \
         spreadsheet, save as \"CSV UTF-8\")"
    );
    assert_eq!(
        refusal("a,b,a\n", &plain),
        "FILE: found the column name `a` twice, as columns 1 and 3; expected a different name for \
         each column"
    );
    assert_eq!(
        refusal("", &plain),
        "FILE: found no text; expected a line of column names"
    );
    assert_eq!(
        refusal("\n\r\n\n", &plain),
        "FILE: found no text; expected a line of column names"
    );
    assert!(refusal(b"\xFF\xFEa\0\n\0", &plain).contains("found UTF-16 text; expected UTF-8"));
    assert!(refusal(b"PAR1....PAR1", &plain).contains("found the first bytes of a Parquet file"));
}

#[test]
fn a_value_against_the_stated_type_is_refused_with_line_and_column() {
    let options = OpenOptions {
        types: [("b".to_string(), ColumnType::Int)].into(),
        ..OpenOptions::default()
    };
    assert_eq!(
        refusal("a,b\n1,2\n1,2.5\n", &options),
        "FILE, line 3, column `b`: found `2.5`; expected a whole number or a missing text, as the \
         type stated for the column says (`OpenOptions::types`, `OpenOptions::missing`)"
    );
    assert_eq!(
        refusal("a,c\n1,2\n", &options),
        "FILE: found no column `b`, for which a type is stated; expected one of a, c"
    );
}

#[test]
fn what_is_not_there_is_refused() {
    let error = Table::open("/no/such/answers.csv", &OpenOptions::default()).unwrap_err();
    assert!(matches!(
        error,
        TableError::Io {
            doing: "open the file",
            ..
        }
    ));
    let written = write("a\n1\n");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    let error = table.read_part(1, &[0], 10).unwrap_err().to_string();
    assert!(
        error.ends_with("part 1 was asked for; the table has 1, counted from 0"),
        "{error}"
    );
    let error = table.read_part(0, &[1], 10).unwrap_err().to_string();
    assert!(
        error.ends_with("column 1 was asked for; the table has 1, counted from 0"),
        "{error}"
    );
    let folder = tempfile::tempdir().unwrap();
    let error = Table::open(folder.path(), &OpenOptions::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("found a folder; expected a file"),
        "{error}"
    );
    let odd = folder.path().join("answers.doc");
    std::fs::write(&odd, "a\n1\n").unwrap();
    let error = Table::open(&odd, &OpenOptions::default()).unwrap_err();
    assert!(
        error.to_string().contains("an ending that names no format"),
        "{error}"
    );
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    let written = write("abc");
    let table = Table::open(&written.path, &OpenOptions::default()).unwrap();
    // FIPS 180-4's own example.
    assert_eq!(
        table.digest().unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!((table.row_count(), table.parts()), (Some(0), 0));
}

fn field() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a1 \",;\r\né]{0,6}").unwrap()
}

proptest! {
    #[test]
    fn cutting_into_parts_changes_no_record(
        rows in proptest::collection::vec(proptest::collection::vec(field(), 3), 1..40),
        part_bytes in 1_usize..60,
    ) {
        let mut writer = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let written = write(writer.into_inner().unwrap());
        let options = OpenOptions {
            part_bytes,
            missing: Vec::new(),
            types: ["a", "b", "c"].map(|name| (name.to_string(), ColumnType::Text)).into(),
            ..OpenOptions::default()
        };
        let table = Table::open(&written.path, &options).unwrap();
        let expected: Vec<Vec<Option<String>>> = rows
            .iter()
            .map(|row| row.iter().map(|field| Some(field.clone())).collect())
            .collect();
        prop_assert_eq!(cells(&table), expected);
        prop_assert_eq!(table.row_count(), Some(rows.len() as u64));
    }

    #[test]
    fn any_bytes_are_read_as_the_csv_crate_reads_them_or_refused(
        bytes in proptest::collection::vec(
            proptest::sample::select(b"a1,\"\r\n. \xC3\xA9".to_vec()), 0..120),
        part_bytes in 1_usize..40,
    ) {
        let written = write(&bytes);
        let options = OpenOptions {
            part_bytes,
            delimiter: Some(b','),
            missing: Vec::new(),
            ..OpenOptions::default()
        };
        if let Ok(table) = Table::open(&written.path, &options) {
            let whole = csv::ReaderBuilder::new().from_reader(bytes.as_slice()).into_records();
            let rows: Vec<csv::StringRecord> = whole.collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(table.row_count(), Some(rows.len() as u64));
            prop_assert_eq!(cells(&table).len(), rows.len());
        }
    }
}
