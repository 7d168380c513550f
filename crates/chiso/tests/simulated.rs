//! `chiso demo --survey` from outside: simulated answers, and the published scores that come back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

const FILES: [&str; 11] = [
    "simulated-answers.parquet",
    "simulated-survey.toml",
    "simulated-codebook.csv",
    "simulated-estimates.csv",
    "simulated-observations.csv",
    "simulated-covariances.csv",
    "simulated-rank-sets.csv",
    "simulated-pairs.csv",
    "simulated-comparison.csv",
    "simulated-scores.csv",
    "simulated-provenance.json",
];

fn chiso(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.args(arguments);
    command
}

fn simulate(folder: &Path, more: &[&str]) -> String {
    let folder = folder.to_str().expect("a name");
    let arguments = [&["demo", "--survey", "--dir", folder], more].concat();
    let assert = chiso(&arguments).assert().success();
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

fn records(path: &Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    reader
        .records()
        .map(|record| record.expect("a row"))
        .collect()
}

#[test]
fn published_scores_come_back_and_the_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, again) = (folder.path().join("first"), folder.path().join("again"));
    let printed = simulate(&first, &["--seed", "7"]);
    let printed_again = simulate(&again, &["--seed", "7"]);
    let without_place = |text: &str| {
        text.lines()
            .rev()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(without_place(&printed), without_place(&printed_again));
    for name in FILES {
        let same =
            fs::read(first.join(name)).expect(name) == fs::read(again.join(name)).expect(name);
        assert!(same, "{name}");
    }

    // status,edition,unit,node,published,estimate,se,lo,hi,n,covers
    let rows = records(&first.join("simulated-comparison.csv"));
    assert_eq!(rows.len(), 63 * 29);
    let column = |place: usize| {
        rows.iter()
            .map(|row| row[place].to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(column(0), BTreeSet::from(["simulated".to_owned()]));
    assert_eq!((column(2).len(), column(3).len()), (63, 29));
    let covering = rows.iter().filter(|row| &row[10] == "true").count() as f64;
    let share = covering / rows.len() as f64;
    assert!((0.90..=0.99).contains(&share), "{share}");
    // Every sub-dimension by itself: 63 intervals, so the share has an error of about 0.03.
    for node in column(3) {
        let own: Vec<_> = rows.iter().filter(|row| row[3] == node).collect();
        let covering = own.iter().filter(|row| &row[10] == "true").count();
        assert!(covering >= 50, "{node}: {covering} of {}", own.len());
        let published: f64 = own
            .iter()
            .map(|row| row[4].parse::<f64>().expect("a score"))
            .sum();
        let estimate: f64 = own
            .iter()
            .map(|row| row[5].parse::<f64>().expect("a score"))
            .sum();
        let error: f64 = own
            .iter()
            .map(|row| row[6].parse::<f64>().expect("an error").powi(2))
            .sum();
        assert!((estimate - published).abs() < 4.5 * error.sqrt(), "{node}");
    }
    everything_says_simulated(&first, &printed);
    estimate_and_score_say_the_same(&first);
}

fn everything_says_simulated(folder: &Path, printed: &str) {
    let there: BTreeSet<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(there, FILES.map(str::to_owned).into());
    assert!(there.iter().all(|name| name.starts_with("simulated-")));
    assert!(printed.starts_with("SIMULATED"));
    let specification = fs::read_to_string(folder.join("simulated-survey.toml")).expect("a text");
    assert!(specification.starts_with("# SIMULATED answers: nobody gave them."));
    let provenance = fs::read_to_string(folder.join("simulated-provenance.json")).expect("a text");
    assert!(provenance.contains("\"simulated\": true"));
    let codebook = records(&folder.join("simulated-codebook.csv"));
    assert!(codebook.iter().all(|row| row[5].starts_with("simulated")));
    let answers = answers(folder);
    let simulated = &answers[0].1;
    assert_eq!(answers[0].0, "simulated");
    assert!(simulated.iter().all(|value| *value == 1.0));
    // Codes of no answer are there, and fewer answers count than persons.
    let values: BTreeSet<i64> = answers
        .iter()
        .filter(|(name, _)| name.starts_with('q'))
        .flat_map(|(_, values)| values.iter().map(|value| *value as i64))
        .collect();
    assert!(
        [888, 999, -999_999]
            .iter()
            .all(|code| values.contains(code))
    );
    let most: f64 = records(&folder.join("simulated-comparison.csv"))
        .iter()
        .filter(|row| &row[3] == "1.1")
        .map(|row| row[9].parse::<f64>().expect("a count"))
        .sum();
    assert!(
        most < 0.97 * simulated.len() as f64,
        "{most} of {}",
        simulated.len()
    );
}

/// The columns of numbers and truths of the file of answers.
fn answers(folder: &Path) -> Vec<(String, Vec<f64>)> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let file = fs::File::open(folder.join("simulated-answers.parquet")).expect("answers");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let metadata = reader.metadata().file_metadata();
    let notes = metadata.key_value_metadata().expect("notes");
    assert!(
        notes
            .iter()
            .any(|note| note.key == "simulated" && note.value.as_deref() == Some("true"))
    );
    let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
    for row in reader.get_row_iter(None).expect("rows") {
        let row = row.expect("a row");
        let numbers = row
            .get_column_iter()
            .filter_map(|(name, field)| match field {
                Field::Bool(value) => Some((name, f64::from(u8::from(*value)))),
                Field::Int(value) => Some((name, f64::from(*value))),
                Field::Double(value) => Some((name, *value)),
                _ => None,
            });
        for (place, (name, value)) in numbers.enumerate() {
            if columns.len() <= place {
                columns.push((name.clone(), Vec::new()));
            }
            columns[place].1.push(value);
        }
    }
    columns
}

fn estimate_and_score_say_the_same(folder: &Path) {
    let out = folder.join("again");
    let text = |path: &Path| path.to_str().expect("a name").to_owned();
    let (specification, observations) = (
        text(&folder.join("simulated-survey.toml")),
        text(&out.join("observations.csv")),
    );
    let covariances = text(&out.join("covariances.csv"));
    let estimate = [
        "estimate",
        &specification,
        "--out",
        &text(&out),
        "--observations",
        &observations,
        "--edition",
        "2020",
        "--covariances",
        &covariances,
    ];
    chiso(&estimate).assert().success();
    let score = [
        "score",
        "papi",
        "--data",
        &observations,
        "--covariances",
        &covariances,
        "--seed",
        "7",
        "--out",
        &text(&out),
    ];
    chiso(&score).assert().success();
    for (name, simulated) in [
        ("estimates.csv", "simulated-estimates.csv"),
        ("observations.csv", "simulated-observations.csv"),
        ("covariances.csv", "simulated-covariances.csv"),
        ("scores.csv", "simulated-scores.csv"),
        ("rank_sets.csv", "simulated-rank-sets.csv"),
    ] {
        let expected = fs::read_to_string(folder.join(simulated)).expect("a text");
        assert_eq!(
            fs::read_to_string(out.join(name)).expect("a text"),
            expected,
            "{name}"
        );
    }
}

#[test]
fn provinces_without_all_scores_are_left_out_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = simulate(folder.path(), &["--edition", "2018"]);
    assert!(printed.contains("Left out, since not all of their scores were published: 22, 87."));
    assert_eq!(
        records(&folder.path().join("simulated-comparison.csv")).len(),
        61 * 28
    );
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("none");
    let place = place.to_str().expect("a name");
    for (arguments, expected) in [
        (
            ["--edition", "2030"],
            "--edition: found 2030; expected one of 2011, 2012,",
        ),
        (
            ["--index", "other"],
            "--index: found other; expected one of papi",
        ),
    ] {
        let arguments = [&["demo", "--survey", "--dir", place], &arguments[..]].concat();
        let assert = chiso(&arguments).assert().code(2);
        let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(error.contains(expected), "{error}");
        assert!(!Path::new(place).exists());
    }
    chiso(&["demo", "--seed", "3"]).assert().code(2);
}
