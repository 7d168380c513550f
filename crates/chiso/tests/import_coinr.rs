//! `chiso import coinr` and `coin-tool`: an index maker's tables in, a sound pack out; bad tables give
//! messages with their lines and no file.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

const META: &str = "Level,iCode,iName,Parent,Direction,Weight,Type\n\
    1,a,First,P,1,1,Indicator\n\
    1,b,Second,P,-1,1,Indicator\n\
    1,c,Third,Q,1,2,Indicator\n\
    2,P,Pillar,I,1,1,Aggregate\n\
    2,Q,Other,I,1,1,Aggregate\n\
    3,I,Whole,,1,1,Aggregate\n\
    ,kind,Kind,,,,Group\n";
const DATA: &str = "uName,uCode,Time,a,b,c,kind\n\
    One,U1,2020,1,20,0.5,x\nTwo,U2,2020,2,NA,0.25,y\nThree,U3,2020,4,10,0.75,x\n";

/// *Simulated* tables in a fresh folder.
struct Place(TempDir);

impl Place {
    fn new(data: &str, meta: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("iData.csv"), data).expect("written");
        fs::write(folder.path().join("iMeta.csv"), meta).expect("written");
        Place(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn import(&self, more: &[&str]) -> Command {
        let mut command = chiso(self.0.path(), &["import", "coinr", "--data", "iData.csv"]);
        command
            .args(["--meta", "iMeta.csv", "--out", "out"])
            .args(more);
        command
    }

    /// The message of an import that must be refused and leave nothing.
    fn refused(&self, more: &[&str]) -> String {
        let assert = self.import(more).assert().failure().code(2);
        assert!(!self.path("out").exists(), "nothing is written");
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    }
}

fn chiso(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(folder).args(arguments);
    command
}

#[test]
fn the_pack_is_sound_and_its_observations_can_be_scored() {
    let place = Place::new(DATA, META);
    let assert = place.import(&["--id", "whole"]).assert().success();
    let output = assert.get_output();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "out/whole\n");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(
        report.starts_with(
            "3 units, 1 editions, 3 indicators in 3 aggregates, 8 values, 1 missing\n"
        ),
        "{report}"
    );
    chiso(place.0.path(), &["check", "out/whole"])
        .assert()
        .success();
    let arguments = [
        "score",
        "out/whole",
        "--data",
        "out/observations.csv",
        "--out",
        "scores",
    ];
    chiso(place.0.path(), &arguments).assert().success();
    let scores = fs::read_to_string(place.path("scores/scores.csv")).expect("scores");
    let totals: Vec<&str> = scores
        .lines()
        .filter(|line| line.split(',').nth(4) == Some("whole"))
        .map(|line| line.split(',').nth(6).expect("a score"))
        .collect();
    // By hand: U1 (0 + 0)/2 and 50; U2 100/3 and 0; U3 (100 + 100)/2 and 100.
    let expected = [25.0, 50.0 / 3.0, 100.0];
    assert_eq!(totals.len(), 3);
    for (total, expected) in totals.iter().zip(expected) {
        let total: f64 = total.parse().expect("a number");
        assert!((total - expected).abs() < 1e-9, "{total} {expected}");
    }
}

#[test]
fn the_files_are_those_of_the_tables() {
    let place = Place::new(DATA, META);
    place.import(&[]).assert().success();
    let read = |name: &str| fs::read_to_string(place.path("out").join(name)).expect("a file");
    assert!(read("i/index.toml").contains("\nid = \"i\"\n"));
    assert!(read("i/2020/nodes.csv").starts_with("code,parent,name_en,name_vi,"));
    assert!(read("observations.csv").contains("\n2020,U2,b,,missing\n"));
    assert_eq!(read("context.csv").lines().nth(1), Some("2020,U1,One,x"));
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let place = Place::new(DATA, META);
    place.import(&[]).assert().success();
    fs::write(place.path("out/i/index.toml"), "edited").expect("written");
    let assert = place.import(&[]).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(
        message.contains("nodes.csv: found a file of this name already"),
        "{message}"
    );
    assert_eq!(
        fs::read_to_string(place.path("out/i/index.toml")).expect("read"),
        "edited"
    );
    place.import(&["--replace"]).assert().success();
    assert_ne!(
        fs::read_to_string(place.path("out/i/index.toml")).expect("read"),
        "edited"
    );
}

#[test]
fn all_faults_of_the_metadata_are_told_with_their_lines() {
    let meta = META
        .replace("1,b,Second,P,-1,", "1,b,Second,P,2,")
        .replace("1,c,Third,Q,1,2,", "1,c,Third,Q,1,-2,");
    let message = Place::new(DATA, &meta).refused(&[]);
    assert!(
        message
            .contains("iMeta.csv:3: error: found Direction 2 of `b`; expected 1 (more is better)"),
        "{message}"
    );
    assert!(
        message.contains("iMeta.csv:4: error: found Weight -2 of `c`; expected a weight above 0"),
        "{message}"
    );
    let message = Place::new(&DATA.replace("0.25", "a lot"), META).refused(&[]);
    assert!(
        message
            .contains("iData.csv:3: error: found `a lot` in column `c`; expected a finite number"),
        "{message}"
    );
}

#[test]
fn a_file_of_steps_takes_the_place_of_the_usual_recipe() {
    let place = Place::new(DATA, META);
    let steps = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 1\n\n[[version.step]]\ndo = \"aggregate\"\nmethod = \"geometric\"\n";
    fs::write(place.path("own.toml"), steps).expect("written");
    place.import(&["--recipe", "own.toml"]).assert().success();
    let index = fs::read_to_string(place.path("out/i/index.toml")).expect("the index");
    assert!(
        index.contains("geometric") && !index.contains("\"mean\""),
        "{index}"
    );
    let message = Place::new(DATA, META).refused(&["--recipe", "absent.toml"]);
    assert!(
        message.contains("absent.toml") && message.contains("coinr-example"),
        "{message}"
    );
}

#[test]
fn tables_in_one_workbook_give_the_same_files_as_in_csv() {
    let place = Place::new(DATA, META);
    place.import(&[]).assert().success();
    let mut book = Workbook::new();
    for (name, text) in [("iData", DATA), ("iMeta", META)] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        for (row, line) in text.lines().enumerate() {
            for (column, cell) in line
                .split(',')
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
            {
                let (row, column) = (row as u32, column as u16);
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).expect("a cell"),
                    Err(_) => sheet.write_string(row, column, cell).expect("a cell"),
                };
            }
        }
    }
    book.save(place.path("book.xlsx")).expect("saved");
    let arguments = [
        "import",
        "coinr",
        "--data",
        "book.xlsx",
        "--meta",
        "book.xlsx",
        "--out",
        "other",
    ];
    chiso(place.0.path(), &arguments).assert().success();
    for name in ["observations.csv", "context.csv"] {
        let read =
            |folder: &str| fs::read_to_string(place.path(folder).join(name)).expect("a file");
        assert_eq!(read("out"), read("other"), "{name}");
    }
}

/// A *simulated* workbook of the COIN Tool, in the layout that COINr's importer reads (*inferred*).
fn coin_tool(path: &Path) {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Start")
        .expect("a name")
        .write_string(0, 0, "Welcome")
        .expect("a cell");
    let sheet = book.add_worksheet().set_name("Database").expect("a name");
    let indicators = [
        ("Ind.01", "p.01", 1.0, [1.0, 3.0]),
        ("Ind.02", "p.02", -1.0, [5.0, 4.0]),
    ];
    for (place, (code, pillar, direction, values)) in indicators.into_iter().enumerate() {
        let column = 4 + place as u16;
        for (row, number) in [
            (6, 1.0),
            (7, direction),
            (8, 0.0),
            (9, 10.0),
            (16, values[0]),
            (17, values[1]),
        ] {
            sheet.write_number(row, column, number).expect("a cell");
        }
        for (row, text) in [
            (10, "Index"),
            (11, "si.01"),
            (12, pillar),
            (13, "sp.01"),
            (14, "A name"),
            (15, code),
        ] {
            sheet.write_string(row, column, text).expect("a cell");
        }
    }
    for (row, unit) in [(16, "A"), (17, "B")] {
        sheet
            .write_string(row, 1, format!("Unit {unit}"))
            .expect("a cell");
        sheet.write_string(row, 2, unit).expect("a cell");
    }
    let sheet = book.add_worksheet().set_name("Framework").expect("a name");
    sheet
        .write_string(3, 3, "Dimension/indicator")
        .expect("a cell");
    for (row, code) in [(4, "Index"), (5, "p.01"), (6, "p.02"), (7, "--")] {
        sheet.write_string(row, 2, code).expect("a cell");
        sheet.write_number(row, 4, 1.0).expect("a cell");
        sheet
            .write_string(row, 7, format!("Name of {code}"))
            .expect("a cell");
    }
    book.save(path).expect("saved");
}

#[test]
fn a_workbook_of_the_coin_tool_becomes_a_sound_pack() {
    let folder = TempDir::new().expect("a folder");
    coin_tool(&folder.path().join("tool.xlsx"));
    let arguments = ["import", "coin-tool", "--data", "tool.xlsx", "--out", "out"];
    let assert = chiso(folder.path(), &arguments).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(message.contains("expected --edition YEAR"), "{message}");
    chiso(folder.path(), &arguments)
        .args(["--edition", "2024", "--id", "tool"])
        .assert()
        .success();
    chiso(folder.path(), &["check", "out/tool"])
        .assert()
        .success();
    let observations =
        fs::read_to_string(folder.path().join("out/observations.csv")).expect("read");
    assert_eq!(
        observations,
        "edition,unit,node,value,status\n2024,A,Ind.01,1,\n2024,A,Ind.02,5,\n2024,B,Ind.01,3,\n2024,B,Ind.02,4,\n"
    );
}

/// The folder of COINr's tables and results; `None` (said on standard output) where it is absent, a
/// failure under `CI=true`.
fn reference() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let folder = std::env::var_os("CHISO_REFERENCE_DIR")
        .map_or(root, PathBuf::from)
        .join("coinr");
    if folder.is_dir() {
        return Some(fs::canonicalize(folder).expect("a path"));
    }
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "no reference at {folder:?}"
    );
    println!("skipped: no reference numbers at {folder:?}");
    None
}

/// Scores by edition, unit and node.
fn scores(path: &Path) -> std::collections::HashMap<(String, String, String), f64> {
    let mut reader = csv::Reader::from_path(path).expect("scores");
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| {
        header
            .iter()
            .position(|column| column == name)
            .expect("a column")
    };
    let (edition, unit, node, score) = (
        place("edition"),
        place("unit"),
        place("node"),
        place("score"),
    );
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .filter(|record| !record[score].is_empty())
        .map(|record| {
            let key = (
                record[edition].to_owned(),
                record[unit].to_owned(),
                record[node].to_owned(),
            );
            (key, record[score].parse().expect("a number"))
        })
        .collect()
}

/// Imports a table of the reference with a recipe, checks and scores the pack, and holds every score of
/// every node against a result of COINr to 1e-12.
fn scored_as_by_coinr(data: &str, recipe: &[&str], result: &str, cells: usize) {
    let Some(reference) = reference() else { return };
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("panel.toml"), PANEL_RECIPE).expect("written");
    let (data, meta) = (reference.join(data), reference.join("iMeta.csv"));
    chiso(
        folder.path(),
        &["import", "coinr", "--out", "out", "--id", "whole"],
    )
    .args(recipe)
    .arg("--data")
    .arg(data)
    .arg("--meta")
    .arg(meta)
    .assert()
    .success();
    chiso(folder.path(), &["check", "out/whole"])
        .assert()
        .success();
    let arguments = [
        "score",
        "out/whole",
        "--data",
        "out/observations.csv",
        "--context",
        "out/context.csv",
        "--out",
        "scores",
    ];
    chiso(folder.path(), &arguments).assert().success();
    let ours = scores(&folder.path().join("scores/scores.csv"));
    let mut reader = csv::Reader::from_path(reference.join(result)).expect("a result");
    let header = reader.headers().expect("a header").clone();
    let mut compared = 0;
    for record in reader.records().map(|record| record.expect("a row")) {
        let cell = |name: &str| {
            header
                .iter()
                .position(|column| column == name)
                .map(|place| &record[place])
        };
        let (edition, unit) = (
            cell("Time").unwrap_or("2018"),
            cell("uCode").expect("a unit"),
        );
        for (node, theirs) in header.iter().zip(&record) {
            let Ok(theirs) = theirs.parse::<f64>() else {
                continue;
            };
            if node == "Time" {
                continue;
            }
            let code = if node == "Index" { "whole" } else { node };
            let ours = ours[&(edition.to_owned(), unit.to_owned(), code.to_owned())];
            let off = (ours - theirs).abs() / theirs.abs().max(1.0);
            assert!(off <= 1e-12, "{edition} {unit} {node}: {ours} {theirs}");
            compared += 1;
        }
    }
    assert_eq!(compared, cells);
}

#[test]
fn the_example_of_coinr_imported_is_scored_as_coinr_scores_it() {
    let recipe = ["--recipe", "coinr-example"];
    scored_as_by_coinr("iData.csv", &recipe, "base_aggregated.csv", 51 * (49 + 11));
}

/// What the reference's panel was treated with: one norm over all editions, without denominators.
const PANEL_RECIPE: &str = r#"
[[version.step]]
do = "screen"
method = "available"
available_share = 0.9

[[version.step]]
do = "treat"
method = "winsorise"
then = "log_ct"

[[version.step]]
do = "normalise"
method = "minmax"
over = "panel"

[[version.step]]
do = "aggregate"
method = "mean"
missing = "available"
"#;

#[test]
fn a_panel_imported_is_scored_as_coinr_scores_it() {
    let recipe = ["--recipe", "panel.toml", "--no-denominators"];
    // 125 indicators of units have no value.
    scored_as_by_coinr(
        "iData_panel.csv",
        &recipe,
        "purse_aggregated_globalnorm.csv",
        230 * (49 + 11) - 125,
    );
}
