//! The example files, a folder to draw in, and the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

pub const FILES: [&str; 5] = [
    "sample.csv",
    "frame-report.txt",
    "frame-report.json",
    "survey.toml",
    "provenance.json",
];

pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/survey")
}

pub fn example(name: &str) -> String {
    fs::read_to_string(examples().join(name)).unwrap()
}

pub fn chiso(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").unwrap();
    command.args(arguments);
    command
}

/// Rows of a CSV by column.
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let pairs = names.iter().zip(record.iter());
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

pub fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// A folder with a plan, and the example's frame beside it.
pub struct Job(TempDir);

impl Job {
    pub fn new(plan: &str) -> Job {
        let job = Job(TempDir::new().unwrap());
        for name in ["simulated-frame.csv", "measures.csv"] {
            job.write(name, &example(name));
        }
        job.write("plan.toml", plan);
        job
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = chiso(&["sample", "plan.toml"]);
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    /// Draws into `out` and gives the sample.
    pub fn draw(&self, arguments: &[&str]) -> String {
        let mut command = self.command(&["--out", "out"]);
        command.args(arguments).assert().success();
        self.read("out/sample.csv")
    }

    /// Draws, which must be refused with one line and leave no file; gives the line.
    pub fn refused(&self) -> String {
        let assert = self.command(&["--out", "out"]).assert().failure().code(2);
        assert!(!self.path("out").exists(), "something was written");
        let message = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
        message
    }
}

pub fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no `{part}` in: {message}");
    }
}
