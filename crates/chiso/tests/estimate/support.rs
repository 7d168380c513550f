//! Running the program, reading its tables, and finding R's figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// The folder of R's figures, or none on a machine without it.
pub fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let folder = folder.join("survey");
    if folder.is_dir() {
        return Some(folder.canonicalize().unwrap());
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing; expected the reference results",
        folder.display()
    );
    eprintln!("skipped: no reference results at {}", folder.display());
    None
}

/// A table of texts, as a CSV holds it.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn read(path: &Path) -> Table {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        Table {
            names: texts(reader.headers().unwrap()),
            rows: reader.records().map(|row| texts(&row.unwrap())).collect(),
        }
    }

    pub fn write(&self, path: &Path) {
        let mut writer = csv::Writer::from_path(path).unwrap();
        writer.write_record(&self.names).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
    }

    pub fn place(&self, name: &str) -> usize {
        let found = self.names.iter().position(|column| column == name);
        found.unwrap_or_else(|| panic!("no column {name} among {:?}", self.names))
    }

    /// Adds the columns of another table with as many rows, except `row`.
    pub fn join(&mut self, other: &Table) {
        let places: Vec<usize> = (0..other.names.len())
            .filter(|place| other.names[*place] != "row")
            .collect();
        self.names
            .extend(places.iter().map(|place| other.names[*place].clone()));
        assert_eq!(self.rows.len(), other.rows.len());
        for (row, more) in self.rows.iter_mut().zip(&other.rows) {
            row.extend(places.iter().map(|place| more[*place].clone()));
        }
    }

    /// Rows that hold these values.
    pub fn find(&self, values: &[(&str, &str)]) -> Vec<Record> {
        let fits = |row: &&Vec<String>| {
            values
                .iter()
                .all(|(name, value)| row[self.place(name)] == *value)
        };
        let record = |row: &Vec<String>| self.names.iter().cloned().zip(row.clone()).collect();
        self.rows
            .iter()
            .filter(fits)
            .map(record)
            .map(Record)
            .collect()
    }

    /// The one row that holds these values.
    pub fn one(&self, values: &[(&str, &str)]) -> Record {
        let mut found = self.find(values);
        assert_eq!(found.len(), 1, "rows with {values:?}: {found:?}");
        found.remove(0)
    }
}

/// One row by column.
#[derive(Debug, Clone)]
pub struct Record(pub BTreeMap<String, String>);

impl Record {
    pub fn text(&self, name: &str) -> &str {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("no column {name}"))
    }

    pub fn number(&self, name: &str) -> f64 {
        let text = self.text(name);
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is `{text}` in {:?}", self.0))
    }
}

/// R's figures of a file.
pub struct Figures {
    pub folder: PathBuf,
    table: Table,
}

impl Figures {
    pub fn read(file: &str) -> Option<Figures> {
        let folder = reference()?;
        let table = Table::read(&folder.join(file));
        Some(Figures { folder, table })
    }

    /// The first row with these values: where R's row comes with two intervals, the normal one.
    pub fn first(&self, values: &[(&str, &str)]) -> Record {
        let mut found = self.table.find(values);
        assert!(!found.is_empty(), "no figures with {values:?}");
        found.remove(0)
    }

    pub fn all(&self, values: &[(&str, &str)]) -> Vec<Record> {
        self.table.find(values)
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.join(format!("data_{name}.csv"))
    }
}

/// What R calls the columns of our output.
const NAMES: [(&str, &str); 7] = [
    ("estimate", "est"),
    ("se", "se"),
    ("lo", "ci_lo"),
    ("hi", "ci_hi"),
    ("deff", "deff"),
    ("cv", "cv"),
    ("df", "degf"),
];

/// Holds a row of the output against R's in these columns, which R must give.
pub fn same_within(found: &Record, expected: &Record, columns: &[&str], tolerance: f64) {
    for column in columns {
        let (_, name) = NAMES.iter().find(|(ours, _)| ours == column).unwrap();
        let wanted = expected.number(name);
        let number = found.number(column);
        assert!(
            close(number, wanted, tolerance),
            "{column} is {number}, R has {wanted}\nfound    {:?}\nexpected {:?}",
            found.0,
            expected.0
        );
    }
}

pub fn same(found: &Record, expected: &Record, columns: &[&str]) {
    same_within(found, expected, columns, 1e-10);
}

/// Relatively.
pub fn close(found: f64, wanted: f64, tolerance: f64) -> bool {
    (found - wanted).abs() <= tolerance * wanted.abs().max(1e-12)
}

/// The estimate and its error.
pub const ESTIMATE: &[&str] = &["estimate", "se"];
/// With the interval, variation and degrees of freedom.
pub const INTERVAL: &[&str] = &["estimate", "se", "lo", "hi", "cv", "df"];
/// With the design effect.
pub const EVERYTHING: &[&str] = &["estimate", "se", "lo", "hi", "deff", "cv", "df"];

/// A folder with a specification and whatever it names.
pub struct Job {
    pub folder: TempDir,
}

impl Job {
    pub fn new(specification: &str) -> Job {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("survey.toml"), specification).unwrap();
        Job { folder }
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Job {
        fs::write(self.path(name), content).unwrap();
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("chiso").unwrap();
        command
            .current_dir(self.folder.path())
            .args(["estimate", "survey.toml"])
            .args(arguments);
        command
    }

    /// Runs into `out`, which must succeed, and gives the estimates.
    pub fn run(&self, arguments: &[&str]) -> Table {
        self.command(&["--out", "out"])
            .args(arguments)
            .assert()
            .success();
        Table::read(&self.path("out/estimates.csv"))
    }

    /// Runs into `out`, which must be refused with one line and leave no file; gives the line.
    pub fn refused(&self) -> String {
        let before = self.files();
        let assert = self.command(&["--out", "out"]).assert().failure().code(2);
        let output = assert.get_output();
        assert!(output.stdout.is_empty(), "something was printed");
        assert_eq!(self.files(), before, "something was written");
        let message = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
        assert!(message.len() < 1000, "{message}");
        message
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all
    }
}

/// Runs a specification over a file of the reference folder.
pub fn estimates(figures: &Figures, data: &str, specification: &str) -> Table {
    let path = figures.data(data);
    Job::new(specification).run(&["--data", path.to_str().unwrap()])
}
