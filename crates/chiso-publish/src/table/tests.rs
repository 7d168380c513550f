use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;

use super::*;
use crate::language::Lang;

struct Bytes(Vec<u8>);

impl Bytes {
    fn file(&self) -> std::fs::File {
        use std::io::{Seek, Write};
        static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!(
            "chiso-publish-{}-{number}.parquet",
            std::process::id()
        ));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .unwrap();
        file.write_all(&self.0).unwrap();
        file.rewind().unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }
}

fn example() -> Table {
    let mut table = Table::new(
        "Scores <2024>",
        vec![
            Column::text("name", "Unit"),
            Column::integer("rank", "Rank"),
            Column::number("score", "Score (points)", 2),
        ],
    );
    table.metadata = vec![("source".into(), "a published source".into())];
    table.rows = vec![
        vec![
            Cell::Link {
                text: "Hưng Yên".into(),
                href: "/u/33?a=1&b=2".into(),
            },
            Cell::Integer(19),
            Cell::Number(44.404163),
        ],
        vec![
            Cell::text("=SUM(A1)"),
            Cell::Empty(Absence::NotScored),
            Cell::Empty(Absence::NotApplicable),
        ],
        vec![Cell::text("Zero"), Cell::Integer(61), Cell::Number(0.0)],
    ];
    table
}

#[test]
fn csv_keeps_every_digit_and_tells_zero_from_not_applicable() {
    let expected = "name,rank,rank_status,score,score_status\n\
                    Hưng Yên,19,,44.404163,\n\
                    '=SUM(A1),,not_scored,,not_applicable\n\
                    Zero,61,,0,\n";
    assert_eq!(example().to_csv().unwrap(), expected);
}

#[test]
fn json_has_records_by_key_and_the_origin() {
    let json = example().to_json().unwrap();
    assert_eq!(json["metadata"]["source"], "a published source");
    assert_eq!(json["records"][0]["score"], 44.404163);
    assert_eq!(json["records"][1]["score"], serde_json::Value::Null);
    assert_eq!(json["records"][1]["score_status"], "not_applicable");
    assert_eq!(
        json["records"][1]["name"], "=SUM(A1)",
        "only spreadsheets need the apostrophe"
    );
    assert_eq!(json["columns"][2]["kind"], "number");
}

#[test]
fn parquet_reads_back_with_types_nulls_and_origin() {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};
    let bytes = Bytes(example().to_parquet().unwrap());
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(bytes.file())
        .unwrap()
        .build()
        .unwrap();
    let batch = reader.next().unwrap().unwrap();
    assert_eq!(batch.num_rows(), 3);
    let score = batch
        .column_by_name("score")
        .unwrap()
        .as_primitive::<Float64Type>();
    assert_eq!(score.value(0), 44.404163);
    assert!(score.is_null(1) && !score.is_null(2));
    assert_eq!(
        batch
            .column_by_name("rank")
            .unwrap()
            .as_primitive::<Int64Type>()
            .value(2),
        61
    );
    let file = SerializedFileReader::new(bytes.file()).unwrap();
    let pairs = file
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .unwrap()
        .clone();
    assert!(
        pairs
            .iter()
            .any(|p| p.key == "source" && p.value.as_deref() == Some("a published source"))
    );
}

#[test]
fn two_writings_of_a_table_are_the_same_bytes() {
    assert_eq!(
        example().to_parquet().unwrap(),
        example().to_parquet().unwrap()
    );
    assert_eq!(
        example().to_json().unwrap().to_string(),
        example().to_json().unwrap().to_string()
    );
}

#[test]
fn html_has_caption_scopes_and_escaped_text() {
    insta::assert_snapshot!(example().to_html(Lang::Vi, "t").into_string(), @r#"<div class="table-wrap" role="region" tabindex="0" aria-labelledby="t-caption"><table><caption id="t-caption">Scores &lt;2024&gt;</caption><thead><tr><th scope="col">Unit</th><th scope="col" class="number">Rank</th><th scope="col" class="number">Score (points)</th></tr></thead><tbody><tr><th scope="row"><a href="/u/33?a=1&amp;b=2">Hưng Yên</a></th><td class="number">19</td><td class="number">44,40</td></tr><tr><th scope="row">=SUM(A1)</th><td class="number"><span class="absent">không có điểm</span></td><td class="number"><span class="absent">không áp dụng</span></td></tr><tr><th scope="row">Zero</th><td class="number">61</td><td class="number">0,00</td></tr></tbody></table></div>"#);
}

#[test]
fn an_uneven_row_is_refused_with_its_number() {
    let mut table = example();
    table.rows[1].pop();
    let message = table.to_csv().unwrap_err().to_string();
    assert_eq!(
        message,
        "table \"Scores <2024>\", row 2: found 2 cells, expected 3"
    );
    assert!(table.to_json().is_err() && table.to_parquet().is_err());
}

proptest! {
    #[test]
    fn no_text_begins_a_formula_in_csv(text in "\\PC{0,20}", lead in "[-=+@\\t\\r]") {
        let mut table = Table::new("t", vec![Column::text("name", "Name"), Column::number("v", "V", 1)]);
        table.rows = vec![vec![Cell::text(format!("{lead}{text}")), Cell::Number(-1.5)]];
        let csv = table.to_csv().unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        prop_assert!(record[0].starts_with('\''));
        prop_assert_eq!(&record[1], "-1.5");
    }

    #[test]
    fn csv_text_reads_back_as_written(text in "[^-=+@\\t\\r\\x00]\\PC{0,30}") {
        let mut table = Table::new("t", vec![Column::text("name", "Name"), Column::number("v", "V", 1)]);
        table.rows = vec![vec![Cell::text(text.clone()), Cell::Number(f64::NAN)]];
        let csv = table.to_csv().unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(&record[0], text.as_str());
        prop_assert_eq!(&record[2], "missing");
    }
}
