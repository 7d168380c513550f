//! A small index with outliers, a missing value and a leaf of which less is better.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_index::Pack;
use chiso_index::engine::Context;
use chiso_index::observations::{Observations, read_csv};
use chiso_index::pack::PackFiles;
use chiso_index::score::Scoring;
use chiso_index::sensitivity::{Results, Specification};

/// An index of two parts with three leaves each, the second leaf being better when lower.
pub const NODES: &str = "code,parent,name_en,name_vi,min,max,weight,direction\n\
    x,,X,X,,,,\n\
    p,x,P,P,,,1,\nq,x,Q,Q,,,2,\n\
    a,p,A,A,,,1,\nb,p,B,B,,,1,lower\nc,p,C,C,,,2,\n\
    d,q,D,D,,,1,\ne,q,E,E,,,1,\nf,q,F,F,,,1,\n";

pub const STEPS: &str = r#"
[[version.step]]
do = "impute"
method = "mean"
[[version.step]]
do = "treat"
method = "winsorise"
most = 2
[[version.step]]
do = "normalise"
method = "minmax"
[[version.step]]
do = "aggregate"
method = "mean"
"#;

pub fn pack(steps: &str) -> Arc<Pack> {
    let index = format!(
        r#"id = "x"
name = {{ en = "X", vi = "X" }}
publisher = {{ en = "T", vi = "T" }}
licence = "CC0"
source = "a test"
unit_level = "commune"
[[version]]
id = "v"
editions = [2020, 2021]
levels = [{{ en = "Leaf", vi = "Lá" }}, {{ en = "Part", vi = "Phần" }}, {{ en = "Index", vi = "Chỉ số" }}]
{steps}"#
    );
    let files = BTreeMap::from([
        ("index.toml".to_owned(), index),
        ("v/nodes.csv".to_owned(), NODES.to_owned()),
    ]);
    let (pack, problems) = Pack::read(&PackFiles {
        root: "x".to_owned(),
        files,
    });
    Arc::new(pack.unwrap_or_else(|| panic!("{problems:?}")))
}

/// Twelve units in two editions; one outlier a leaf, one value missing.
pub fn observations(pack: &Pack) -> Observations {
    let mut rows = "edition,unit,node,value,se\n".to_owned();
    for edition in [2020, 2021] {
        for unit in 0..12u32 {
            for (leaf, code) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
                let mixed = (unit * 37 + leaf as u32 * 11 + edition % 7 * 5) % 23;
                let outlier = if unit == leaf as u32 { 90.0 } else { 0.0 };
                // Better units are better throughout, so that parts go together.
                let common = if code == "b" { -1.7 } else { 1.7 } * f64::from(unit);
                let value = f64::from(mixed) + outlier + common;
                let value = if (unit, leaf) == (5, 2) {
                    String::new()
                } else {
                    value.to_string()
                };
                let error = if value.is_empty() { "" } else { "0.5" };
                rows.push_str(&format!("{edition},u{unit:02},{code},{value},{error}\n"));
            }
        }
    }
    read_csv(pack, None, "test.csv", rows.as_bytes()).expect("sound rows")
}

pub fn scoring<'a>(
    pack: &'a Arc<Pack>,
    observations: &'a Observations,
    context: &'a Context,
) -> Scoring<'a> {
    Scoring {
        pack,
        units: None,
        observations,
        context,
        sampling: None,
        covariances: None,
        replicates: None,
    }
}

pub fn study(steps: &str, specification: &str) -> Result<Results, String> {
    let pack = pack(steps);
    let (observations, context) = (observations(&pack), Context::default());
    let specification = Specification::parse("s.toml", specification).map_err(|e| e.to_string())?;
    let scoring = scoring(&pack, &observations, &context);
    let results = scoring.study(&pack.versions[0], &specification, None);
    results
        .map(|results| results.expect("observations"))
        .map_err(|error| error.to_string())
}

pub const ALL_KINDS: &str = r#"
draws = 24
seed = SEED
indices = true
bootstrap = 20
nodes = ["x", "q"]
targets = ["mean_shift", "moved:2", "rank:u03", "score:u04"]
[[vary]]
id = "most"
step = "treat"
parameter = "most"
values = [0, 1, 2, 3]
[[vary]]
id = "skewness"
step = "treat"
parameter = "skew"
low = 0.5
high = 3
[[vary]]
id = "scale"
step = 3
alternatives = [{ method = "minmax", low = 1, high = 100 }, { method = "rank" }, { method = "zscore", mean = 10 }]
[[vary]]
id = "weights"
weights = "uniform"
share = 0.5
levels = [1]
[[vary]]
id = "parts"
weights = "dirichlet"
concentration = 20
levels = [2]
[[vary]]
id = "without"
exclude = ["a", "d"]
[[vary]]
id = "mean"
step = "aggregate"
alternatives = [{ method = "mean" }, { method = "geometric" }]
"#;

/// A recipe whose weights come from principal components, which need the scores of parts.
pub fn weighing() -> String {
    STEPS.replace(
        "[[version.step]]\ndo = \"aggregate\"",
        "[[version.step]]\ndo = \"weight\"\nmethod = \"pca\"\nlevel = 2\n[[version.step]]\ndo = \"aggregate\"",
    )
}
