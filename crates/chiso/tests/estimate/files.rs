//! What does not change the figures: the number of processors, the form of the file, its cut into
//! several; and what is printed beside them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use assert_cmd::Command;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use super::support::*;

/// A sample of three communes, two strata each; the answer 888 is "don't know".
pub fn answers(rows: usize) -> Table {
    let names = ["commune", "stratum", "village", "weight", "d1", "d2"];
    let row = |row: usize| {
        let commune = ["Commune A", "Commune B", "Commune C"][row % 3];
        let stratum = format!("{}{}", &commune[8..], row / 3 % 2);
        let village = format!("{stratum}-{}", row / 6 % 4);
        let answer = match row % 11 {
            10 => "888".to_owned(),
            other => (1 + (other * 7 + row / 11) % 4).to_string(),
        };
        let second = match row % 13 {
            0 => String::new(),
            other => (other as f64 / 2.0).to_string(),
        };
        let weight = (1.0 + (row % 5) as f64 / 4.0).to_string();
        vec![commune.to_owned(), stratum, village, weight, answer, second]
    };
    Table {
        names: names.map(str::to_owned).to_vec(),
        rows: (0..rows).map(row).collect(),
    }
}

const SPECIFICATION: &str = r#"
data = "answers.csv"

[missing]
codes = { "888" = "don't know" }

[labels.commune]
"Commune A" = "Xã A"

[design]
weights = "weight"
strata = "stratum"
clusters = "village"

[[estimate]]
id = "satisfied"
statistic = "mean"
variable = ["100 * CAST(d1 >= 3 AS INT)", "d2"]
node = ["satisfied_pct", "waiting_days"]
by = "commune"
covariance = true

[[estimate]]
id = "waiting"
statistic = "quantile"
variable = "d2"

[[test]]
rows = "commune"
columns = "d1"
"#;

/// Numbers where every value is one; in row groups of `group` rows.
pub fn write_parquet(table: &Table, path: &Path, group: usize) {
    let column = |place: usize| -> ArrayRef {
        let texts = || table.rows.iter().map(|row| row[place].as_str());
        let given = |text: &str| !text.is_empty();
        let numbers: Result<Vec<Option<f64>>, _> = texts()
            .map(|text| given(text).then(|| text.parse()).transpose())
            .collect();
        match numbers {
            Ok(numbers) => Arc::new(Float64Array::from(numbers)),
            Err(_) => Arc::new(StringArray::from_iter(
                texts().map(|text| given(text).then_some(text)),
            )),
        }
    };
    let names = table.names.iter().enumerate();
    let columns = names.map(|(place, name)| (name.clone(), column(place), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .build();
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn job() -> Job {
    let job = Job::new(SPECIFICATION);
    answers(900).write(&job.path("answers.csv"));
    job
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let job = Job::new(&SPECIFICATION.replace("answers.csv", "answers.parquet"));
    write_parquet(&answers(900), &job.path("answers.parquet"), 128);
    let files = |threads: &str| {
        job.run(&["--threads", threads]);
        let names = [
            "estimates.csv",
            "covariances.csv",
            "tests.csv",
            "provenance.json",
        ];
        names.map(|name| fs::read(job.path("out").join(name)).unwrap())
    };
    let one = files("1");
    for threads in ["2", "4"] {
        assert!(files(threads) == one, "--threads {threads}");
    }
}

#[test]
fn the_same_answers_as_csv_as_parquet_and_in_two_files_give_the_same_estimates() {
    let job = job();
    let all = answers(900);
    write_parquet(&all, &job.path("answers.parquet"), 200);
    let of_csv = job.run(&[]);
    let of_parquet = job.run(&["--data", "answers.parquet"]);
    assert_eq!(of_csv.names, of_parquet.names);
    assert_agree(&of_csv, &of_parquet);
    let half = |rows: &[Vec<String>]| Table {
        names: all.names.clone(),
        rows: rows.to_vec(),
    };
    half(&all.rows[..400]).write(&job.path("first.csv"));
    half(&all.rows[400..]).write(&job.path("second.csv"));
    let of_two = job.run(&["--data", "first.csv", "--data", "second.csv"]);
    assert_agree(&of_csv, &of_two);
}

/// The same texts, and numbers that differ by rounding alone (sums are of other blocks).
fn assert_agree(left: &Table, right: &Table) {
    assert_eq!(left.rows.len(), right.rows.len());
    for (one, other) in left.rows.iter().flatten().zip(right.rows.iter().flatten()) {
        match (one.parse::<f64>(), other.parse::<f64>()) {
            (Ok(one), Ok(other)) => assert!(close(one, other, 1e-12), "{one} {other}"),
            _ => assert_eq!(one, other),
        }
    }
}

#[test]
fn parquet_holds_what_csv_holds() {
    let job = job();
    let of_csv = job.run(&[]);
    let command = job
        .command(&["--out", "out", "--format", "parquet"])
        .assert();
    command.success();
    let table = chiso_tables::Table::open(
        job.path("out/estimates.parquet"),
        &chiso_tables::OpenOptions::default(),
    )
    .unwrap();
    let names: Vec<&String> = table.schema().fields().iter().map(|f| f.name()).collect();
    assert_eq!(names, of_csv.names.iter().collect::<Vec<_>>());
    assert_eq!(table.row_count(), Some(of_csv.rows.len() as u64));
    let place = table.column("se").unwrap();
    let batch = table
        .read_part(0, &[place], 1000)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let errors = batch
        .column(0)
        .as_any()
        .downcast_ref::<Float64Array>()
        .unwrap();
    for (row, record) in of_csv.find(&[]).iter().enumerate() {
        assert_eq!(errors.value(row), record.number("se"));
    }
}

#[test]
fn without_a_folder_the_estimates_go_to_the_standard_output() {
    let job = job();
    job.run(&[]);
    let output = job.command(&[]).assert().success();
    let written = fs::read(job.path("out/estimates.csv")).unwrap();
    assert!(output.get_output().stdout == written);
}

#[test]
fn a_missing_code_is_no_answer() {
    let job = job();
    let found = job.run(&[]);
    let missing = answers(900)
        .find(&[("commune", "Commune A"), ("d1", "888")])
        .len();
    assert!(missing > 0);
    let of_a = found.one(&[
        ("commune", "Commune A"),
        ("variable", "100 * CAST(d1 >= 3 AS INT)"),
    ]);
    assert_eq!(of_a.number("n"), (300 - missing) as f64);
    // Without the code it would count among the satisfied.
    let with = Job::new(&SPECIFICATION.replace("\"888\"", "\"999\""));
    answers(900).write(&with.path("answers.csv"));
    let counted = with.run(&[]).one(&[
        ("commune", "Commune A"),
        ("variable", "100 * CAST(d1 >= 3 AS INT)"),
    ]);
    assert_eq!(counted.number("n"), 300.0);
    assert!(counted.number("estimate") > of_a.number("estimate"));
}

#[test]
fn labels_stand_for_values_where_asked_for() {
    let job = job();
    let names = |table: Table| -> Vec<String> {
        let rows = table.find(&[("id", "satisfied"), ("variable", "d2")]);
        rows.iter()
            .map(|row| row.text("commune").to_owned())
            .collect()
    };
    assert_eq!(names(job.run(&[])), ["Commune A", "Commune B", "Commune C"]);
    let labelled = names(job.run(&["--labels"]));
    assert_eq!(labelled, ["Xã A", "Commune B", "Commune C"]);
}

#[test]
fn the_design_is_explained_before_anything_is_computed() {
    let job = job();
    let output = job.command(&["--explain"]).assert().success();
    let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(text.contains("rows                 900"), "{text}");
    assert!(text.contains("24 clusters (village) in 6 strata"), "{text}");
    assert!(text.contains("lonely strata        none"), "{text}");
    assert!(text.contains("degrees of freedom   18"), "{text}");
}

#[test]
fn observations_are_what_score_reads() {
    let job = job();
    job.run(&["--observations", "observations.csv", "--edition", "2026"]);
    let observations = Table::read(&job.path("observations.csv"));
    let names = "edition,unit,node,value,se,n,status,source";
    assert_eq!(observations.names.join(","), names);
    assert_eq!(observations.rows.len(), 6);
    // The pack's third indicator comes from records.
    let mut text = fs::read_to_string(job.path("observations.csv")).unwrap();
    for (unit, value) in [("Commune A", 90), ("Commune B", 80), ("Commune C", 70)] {
        text.push_str(&format!("2026,{unit},on_time_pct,{value},,,,records\n"));
    }
    fs::write(job.path("all.csv"), text).unwrap();
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/own-index");
    Command::cargo_bin("chiso")
        .unwrap()
        .arg("score")
        .arg(pack)
        .args(["--data", "all.csv", "--out", "scores"])
        .current_dir(job.folder.path())
        .assert()
        .success();
    let scores = Table::read(&job.path("scores/scores.csv"));
    let estimates = Table::read(&job.path("out/estimates.csv"));
    let of_b = estimates.one(&[
        ("commune", "Commune B"),
        ("variable", "100 * CAST(d1 >= 3 AS INT)"),
    ]);
    let score = scores.one(&[("unit", "Commune B"), ("node", "satisfied_pct")]);
    assert!(close(score.number("score"), of_b.number("estimate"), 1e-12));
}
