//! `chiso score` with errors: from answers to rank sets in one command, from the same files in two,
//! with replicates, and repeated from its provenance.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn chiso() -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.env_remove("CHISO_PORT");
    command
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader =
        csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// The totals of a run, by unit.
fn totals(folder: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let all = rows(&folder.join("scores.csv")).into_iter();
    let totals = all.filter(|row| row["node"] == "papi" && !row["score"].is_empty());
    totals.map(|row| (row["unit"].clone(), row)).collect()
}

fn survey(out: &Path, specification: &Path) {
    let mut command = chiso();
    command.args([
        "score",
        "papi",
        "--edition",
        "2020",
        "--draws",
        "100",
        "--survey",
    ]);
    command
        .arg(specification)
        .arg("--out")
        .arg(out)
        .assert()
        .success();
}

/// One test for the whole way: simulated answers are costly to make.
#[test]
fn answers_become_totals_with_intervals_rank_sets_and_groups_in_one_command_or_in_two() {
    let simulated = TempDir::new().expect("a folder");
    let done = chiso()
        .args(["demo", "--survey", "--dir"])
        .arg(simulated.path())
        .assert();
    done.success();
    let specification = simulated.path().join("simulated-survey.toml");
    let one = TempDir::new().expect("a folder");
    survey(one.path(), &specification);
    published_scores_come_back(simulated.path(), one.path());
    two_commands_give_the_same(&specification, one.path());
    replicates_give_errors_near_those_of_linearisation(&specification, one.path());
}

fn published_scores_come_back(simulated: &Path, out: &Path) {
    let mut published: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows(&simulated.join("simulated-comparison.csv")) {
        *published.entry(row["unit"].clone()).or_default() += number(&row, "published");
    }
    let totals = totals(out);
    assert_eq!(totals.len(), 63);
    let holds = |(unit, row): &(&String, &BTreeMap<String, String>)| {
        (number(row, "lo")..=number(row, "hi")).contains(&published[*unit])
    };
    let inside = totals.iter().filter(holds).count();
    assert!(
        inside >= 55,
        "{inside} of 63 published totals are inside their intervals"
    );
    for row in totals.values() {
        let (rank, low, high) = (
            number(row, "rank"),
            number(row, "rank_lo"),
            number(row, "rank_hi"),
        );
        assert!(low <= rank && rank <= high, "{row:?}");
        assert!(!row["flags"].contains("no_se"), "{row:?}");
        assert!(
            (0.0..=1.0).contains(&number(row, "group_probability")),
            "{row:?}"
        );
    }
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in rows(&out.join("group_probabilities.csv")) {
        *sums
            .entry((row["unit"].clone(), row["node"].clone()))
            .or_default() += number(&row, "probability");
    }
    assert!(sums.len() >= 63 * 9, "{}", sums.len());
    assert!(sums.values().all(|sum| (sum - 1.0).abs() < 1e-12));
    assert_eq!(rows(&out.join("pairs.csv")).len(), 63 * 62 / 2);
}

fn two_commands_give_the_same(specification: &Path, one: &Path) {
    let two = TempDir::new().expect("a folder");
    let (observations, covariances) = (two.path().join("o.csv"), two.path().join("c.csv"));
    let mut command = chiso();
    command
        .arg("estimate")
        .arg(specification)
        .args(["--edition", "2020", "--observations"]);
    command
        .arg(&observations)
        .arg("--covariances")
        .arg(&covariances);
    command
        .arg("--out")
        .arg(two.path().join("estimates"))
        .assert()
        .success();
    let mut command = chiso();
    command
        .args(["score", "papi", "--draws", "100", "--data"])
        .arg(&observations);
    command
        .arg("--covariances")
        .arg(&covariances)
        .arg("--out")
        .arg(two.path())
        .assert()
        .success();
    for name in [
        "scores.csv",
        "rank_sets.csv",
        "pairs.csv",
        "group_probabilities.csv",
    ] {
        let read = |folder: &Path| fs::read(folder.join(name)).expect(name);
        assert!(read(one) == read(two.path()), "{name} differs");
    }
}

fn replicates_give_errors_near_those_of_linearisation(specification: &Path, plain: &Path) {
    let replicated = TempDir::new().expect("a folder");
    let text = fs::read_to_string(specification).expect("a specification");
    let answers = specification.with_file_name("simulated-answers.parquet");
    let text = text.replace("simulated-answers.parquet", &answers.display().to_string());
    let with = replicated.path().join("with.toml");
    fs::write(&with, format!("{text}\n[replicates]\nmethod = \"jkn\"\n")).expect("written");
    survey(replicated.path(), &with);
    let provenance =
        fs::read_to_string(replicated.path().join("provenance.json")).expect("a provenance");
    assert!(
        provenance.contains("from the replicates of the sample"),
        "{provenance}"
    );
    let (plain, replicated) = (totals(plain), totals(replicated.path()));
    let mut mean = 0.0;
    for (unit, row) in &plain {
        let ratio = number(&replicated[unit], "se") / number(row, "se");
        // With four clusters the jackknife of a mean is linearisation to first order only.
        assert!((0.75..1.35).contains(&ratio), "{unit}: {ratio}");
        assert_eq!(row["score"], replicated[unit]["score"]);
        mean += ratio / plain.len() as f64;
    }
    assert!((0.97..1.06).contains(&mean), "{mean}");
}

fn again(folder: &Path, provenance: &Path, out: &str) -> Command {
    let mut command = chiso();
    command
        .current_dir(folder)
        .arg("score")
        .arg("--again")
        .arg(provenance)
        .args(["--out", out]);
    command
}

/// A small index of two leaves, its observations, and a first run on them.
fn first(folder: &Path) -> PathBuf {
    let pack = folder.join("x");
    fs::create_dir_all(pack.join("v")).expect("a folder");
    fs::write(
        pack.join("index.toml"),
        r#"id = "x"
name = { en = "X", vi = "X" }
publisher = { en = "T", vi = "T" }
licence = "CC0"
source = "a test"
unit_level = "commune"
[[version]]
id = "v"
editions = [2020]
levels = [{ en = "Part", vi = "Phần" }, { en = "Index", vi = "Chỉ số" }]
[[version.step]]
do = "aggregate"
method = "geometric"
"#,
    )
    .expect("written");
    let nodes = "code,parent,name_en,name_vi\nx,,X,X\na,x,A,A\nb,x,B,B\n";
    fs::write(pack.join("v/nodes.csv"), nodes).expect("written");
    let mut text = "edition,unit,node,value,se\n".to_owned();
    for unit in 0..9 {
        text.push_str(&format!(
            "2020,u{unit},a,{}.5,0.3\n2020,u{unit},b,{}.25,0.2\n",
            4 + unit,
            12 - unit
        ));
    }
    fs::write(folder.join("o.csv"), text).expect("written");
    let mut command = chiso();
    command.args([
        "score",
        "x",
        "--seed",
        "7",
        "--draws",
        "200",
        "--confidence",
        "0.9",
        "--top",
        "3",
    ]);
    command
        .current_dir(folder)
        .args(["--data", "o.csv", "--out", "one"])
        .assert()
        .success();
    folder.join("one/provenance.json")
}

#[test]
fn a_run_with_errors_says_how_they_came_about_and_who_may_be_among_the_best() {
    let folder = TempDir::new().expect("a folder");
    let provenance = fs::read_to_string(first(folder.path())).expect("a provenance");
    assert!(
        provenance.contains("from normal draws of all observations"),
        "{provenance}"
    );
    let totals = rows(&folder.path().join("one/rank_sets.csv"));
    assert_eq!(totals.len(), 9, "the root alone is above the leaves");
    let best = totals.iter().filter(|row| row["top"] == "1").count();
    assert!((3..9).contains(&best), "{best}");
    for row in &totals {
        assert!(number(row, "all_low") <= number(row, "low"), "{row:?}");
        assert!(number(row, "high") <= number(row, "all_high"), "{row:?}");
    }
}

#[test]
fn a_provenance_repeats_its_run_to_the_byte_and_notices_any_other_byte() {
    let folder = TempDir::new().expect("a folder");
    let provenance = first(folder.path());
    again(folder.path(), &provenance, "two").assert().success();
    for name in [
        "scores.csv",
        "rank_sets.csv",
        "pairs.csv",
        "provenance.json",
    ] {
        let read = |run: &str| fs::read(folder.path().join(run).join(name)).expect(name);
        assert!(read("one") == read("two"), "{name} differs");
    }
    let text = fs::read_to_string(&provenance).expect("a provenance");
    let recorded = serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    let digest = recorded["outputs_sha256"]["scores.csv"]
        .as_str()
        .expect("a digest");
    let other = digest.chars().rev().collect::<String>();
    fs::write(&provenance, text.replace(digest, &other)).expect("written");
    let failed = again(folder.path(), &provenance, "three").assert().code(2);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(
        message.contains("scores.csv: found other bytes"),
        "{message}"
    );
    assert!(!folder.path().join("three").exists(), "nothing is written");
}

#[test]
fn changed_observations_are_named_before_anything_is_repeated() {
    let folder = TempDir::new().expect("a folder");
    let provenance = first(folder.path());
    let observations = folder.path().join("o.csv");
    let text = fs::read_to_string(&observations).expect("observations");
    fs::write(&observations, text.replacen("4.5", "4.6", 1)).expect("written");
    let failed = again(folder.path(), &provenance, "two").assert().code(2);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(message.contains("o.csv: found other bytes"), "{message}");
}

#[test]
fn covariances_that_no_sample_can_have_are_refused_with_their_unit() {
    let folder = TempDir::new().expect("a folder");
    first(folder.path());
    let text = "edition,unit,node,other,covariance\n2020,u1,a,a,1\n2020,u1,a,b,5\n2020,u1,b,b,1\n";
    fs::write(folder.path().join("c.csv"), text).expect("written");
    let mut command = chiso();
    command
        .current_dir(folder.path())
        .args(["score", "x", "--data", "o.csv"]);
    let failed = command
        .args(["--covariances", "c.csv", "--out", "two"])
        .assert()
        .code(2);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(
        message.contains("c.csv:2") && message.contains("unit `u1`"),
        "{message}"
    );
    assert!(!folder.path().join("two").exists());
}
