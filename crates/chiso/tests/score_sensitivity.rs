//! `chiso score --sensitivity`: what ranks would be under other choices, on real figures.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn score(specification: &Path, out: &Path) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(root());
    command
        .args([
            "score",
            "packs/papi",
            "--data",
            "data/papi/observations.csv",
            "--sensitivity",
        ])
        .arg(specification)
        .arg("--out")
        .arg(out);
    command
}

const SPECIFICATION: &str = r#"
draws = 64
seed = 3
indices = true
bootstrap = 50
leave_one_out = true
targets = ["mean_shift", "rank:33"]
[[vary]]
id = "aggregation"
step = "aggregate"
alternatives = [{ method = "sum" }, { method = "geometric" }]
[[vary]]
id = "without"
exclude = ["1", "5", "8"]
"#;

#[test]
fn a_study_writes_its_tables_and_the_same_bytes_twice() {
    let folder = TempDir::new().expect("a folder");
    let specification = folder.path().join("sensitivity.toml");
    fs::write(&specification, SPECIFICATION).expect("written");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let output = score(&specification, &one)
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    score(&specification, &two).assert().success();
    let output = String::from_utf8(output).expect("text");
    assert!(
        output.contains("method 2024: 256 runs; 90 % of a unit's ranks lie within"),
        "{output}"
    );
    let lines = |name: &str| {
        let read = |folder: &Path| fs::read_to_string(folder.join(name)).expect("read");
        assert_eq!(read(&one), read(&two), "{name}");
        read(&one).lines().count()
    };
    // 63 provinces; two targets of two inputs; every node below the index left out.
    assert_eq!(lines("uncertainty.csv"), 1 + 63);
    assert_eq!(lines("sobol.csv"), 1 + 4);
    let nodes = fs::read_to_string(root().join("packs/papi/2021-2024/nodes.csv")).expect("read");
    assert_eq!(lines("leave_one_out.csv"), nodes.lines().count() - 1);
    assert!(lines("leave_one_out_units.csv") > 63 && lines("rank_shares.csv") > 63);
    lines("scores.csv");
    let provenance = fs::read(one.join("provenance.json")).expect("read");
    let provenance: serde_json::Value = serde_json::from_slice(&provenance).expect("JSON");
    let study = &provenance["sensitivity"];
    assert_eq!(
        (&study["seed"], &study["runs"], &study["runs_that_failed"]),
        (&3.into(), &256.into(), &0.into())
    );
    assert!(provenance["outputs_sha256"]["sobol.csv"].is_string());
}

#[test]
fn nothing_is_written_where_a_specification_does_not_fit() {
    let folder = TempDir::new().expect("a folder");
    let (specification, out) = (
        folder.path().join("sensitivity.toml"),
        folder.path().join("out"),
    );
    for (text, expected) in [
        (
            SPECIFICATION.replace("\"8\"", "\"88\""),
            "sensitivity.toml:12: found node `88`; expected a node of version",
        ),
        (
            SPECIFICATION.replace("geometric", "fancy"),
            "sensitivity.toml:8: found alternative 2 of step",
        ),
        (
            SPECIFICATION.replace("draws = 64", "draws = true"),
            "sensitivity.toml:2: found",
        ),
        (
            SPECIFICATION.replace("rank:33", "rank:999"),
            "sensitivity.toml:7: found unit `999` in a target",
        ),
        (
            "[[vary]]\nsampling = true\n".to_owned(),
            "sensitivity.toml:1: found observations without standard errors",
        ),
    ] {
        fs::write(&specification, text).expect("written");
        let assert = score(&specification, &out).assert().failure().code(2);
        let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(message.contains(expected), "{message}\nexpected {expected}");
        assert!(!out.exists(), "something was written");
    }
}
