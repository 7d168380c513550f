//! A small index of two levels above its leaves, and its figures, for the tests of recipes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_index::engine::{Context, Runner, StepFault};
use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::score::Scoring;
use chiso_index::{Observations, Pack, Problem};

/// Leaves a, b under p and c, d under q; less is better of d.
pub const NODES: &str = "code,parent,name_en,name_vi,min,max,weight,direction,aggregate\n\
    x,,X,X,,,,,\np,x,P,P,,,2,,\nq,x,Q,Q,,,1,,\n\
    a,p,A,A,0,10,1,,\nb,p,B,B,0,10,3,,\nc,q,C,C,0,10,1,,\nd,q,D,D,0,10,1,lower,\n";
pub const GOALPOSTS: &str = "[[version.step]]\ndo = \"normalise\"\nmethod = \"goalposts\"\n";
pub const MINMAX: &str = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\n";
pub const MEAN: &str = "[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\n";

/// `index.toml` with these steps; the first stands on line 11.
pub fn index(steps: &str) -> String {
    format!(
        r#"id = "x"
name = {{ en = "X", vi = "X" }}
publisher = {{ en = "T", vi = "T" }}
licence = "CC0"
source = "a test"
unit_level = "commune"
[[version]]
id = "v"
editions = {{ from = 2020, to = 2023 }}
levels = [{{ en = "Leaf", vi = "Lá" }}, {{ en = "Part", vi = "Phần" }}, {{ en = "Index", vi = "Chỉ số" }}]
{steps}"#
    )
}

pub fn read(steps: &str, nodes: &str) -> (Option<Pack>, Vec<Problem>) {
    let files = BTreeMap::from([
        ("index.toml".to_owned(), index(steps)),
        ("v/nodes.csv".to_owned(), nodes.to_owned()),
    ]);
    Pack::read(&PackFiles {
        root: "x".to_owned(),
        files,
    })
}

pub fn pack_of(steps: &str, nodes: &str) -> Arc<Pack> {
    let (pack, problems) = read(steps, nodes);
    Arc::new(pack.unwrap_or_else(|| panic!("{steps}: {problems:?}")))
}

/// What a pack with these steps is refused with.
pub fn refused(steps: &str, nodes: &str) -> Vec<String> {
    let (pack, problems) = read(steps, nodes);
    assert!(pack.is_none(), "{steps}: accepted");
    problems.iter().map(Problem::to_string).collect()
}

/// Rows `edition,unit,node,value[,status]` as observations.
pub fn observed(pack: &Pack, rows: &str) -> Observations {
    let mut text = "edition,unit,node,value,status\n".to_owned();
    for row in rows.split_whitespace() {
        let commas = row.matches(',').count();
        text.push_str(row);
        text.push_str(&",".repeat(4 - commas));
        text.push('\n');
    }
    read_csv(pack, None, "test.csv", text.as_bytes()).expect("sound rows")
}

/// A table of 2020: per unit the values of a, b, c and d; `-` for missing, `/` for not applicable.
pub fn table(rows: &[(&str, [&str; 4])]) -> String {
    of_edition(2020, rows)
}

pub fn of_edition(edition: i32, rows: &[(&str, [&str; 4])]) -> String {
    let mut text = String::new();
    for (unit, values) in rows {
        for (code, value) in ["a", "b", "c", "d"].iter().zip(values) {
            let cell = match *value {
                "-" => ",missing",
                "/" => ",not_applicable",
                number => number,
            };
            text.push_str(&format!("{edition},{unit},{code},{cell}\n"));
        }
    }
    text
}

/// Four units without a gap.
pub fn whole() -> String {
    table(&[
        ("u", ["1", "2", "3", "4"]),
        ("v", ["2", "4", "1", "3"]),
        ("w", ["4", "1", "5", "1"]),
        ("z", ["3", "8", "2", "2"]),
    ])
}

pub fn runner(pack: &Pack, rows: &str, context: &str) -> Result<Runner, StepFault> {
    let context = match context {
        "" => Context::default(),
        text => Context::read_csv("context.csv", text.as_bytes()).expect("a sound context"),
    };
    let observations = observed(pack, rows);
    let scoring = Scoring {
        pack,
        units: None,
        observations: &observations,
        context: &context,
        sampling: None,
        covariances: None,
        replicates: None,
    };
    let mut runner = scoring.runner(&pack.versions[0])?.expect("observations");
    runner.run()?;
    Ok(runner)
}

/// The engine run once on a recipe.
pub fn run(steps: &str, rows: &str, context: &str) -> Runner {
    let pack = pack_of(steps, NODES);
    runner(&pack, rows, context).unwrap_or_else(|fault| panic!("{steps}: {fault}"))
}

/// What the engine says to a recipe that it cannot carry out.
pub fn fault(steps: &str, rows: &str, context: &str) -> String {
    let pack = pack_of(steps, NODES);
    match runner(&pack, rows, context) {
        Ok(_) => panic!("{steps}: carried out"),
        Err(fault) => fault.to_string(),
    }
}

pub fn column(runner: &Runner, code: &str) -> Vec<f64> {
    let node = runner.plan().version().tree.find(code).expect("a node");
    runner.column(node).to_vec()
}

/// Columns alike: NaN with NaN, numbers to 1e-12.
pub fn assert_close(found: &[f64], expected: &[f64]) {
    let close = |(a, b): (&f64, &f64)| {
        (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * b.abs().max(1.0)
    };
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "found {found:?}; expected {expected:?}"
    );
}
