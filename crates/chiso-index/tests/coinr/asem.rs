//! The ASEM index as a pack, from COINr's own tables.
#![allow(dead_code, reason = "tests and benches each take what they need")]

use std::sync::Arc;

use chiso_index::Pack;
use chiso_index::engine::{Context, Runner};
use chiso_index::import::coinr::{Request, Table, convert};
use chiso_index::observations::{Observations, read_csv};
use chiso_index::pack::PackFiles;
use chiso_index::score::Scoring;

use crate::common::reference;

/// The base recipe of the reference files, after the denominators.
pub const BASE: &str = r#"
[[version.step]]
do = "impute"
method = "group_mean"
group = "EurAsia_group"

[[version.step]]
do = "screen"
method = "available"
available_share = 0.9

[[version.step]]
id = "treatment"
do = "treat"
method = "winsorise"
then = "log_ct"
most = 5

[[version.step]]
id = "normalisation"
do = "normalise"
method = "minmax"
low = 0
high = 100

[[version.step]]
id = "aggregation"
do = "aggregate"
method = "mean"
missing = "available"
"#;

/// The index with its observations and what is known of its units.
pub struct Asem {
    pub pack: Arc<Pack>,
    pub observations: Observations,
    pub context: Context,
}

impl Asem {
    /// The index with a recipe; the reference must be there.
    pub fn new(steps: &str) -> Asem {
        Asem::of("iData.csv", steps, true).expect("a reference")
    }

    /// The index of a data table with a recipe, with or without the denominators of iMeta; `None`
    /// where the reference is absent.
    pub fn of(data: &str, steps: &str, denominate: bool) -> Option<Asem> {
        let folder = reference()?;
        let table = |name: &str| {
            let bytes = std::fs::read(folder.join(name)).expect(name);
            Table::from_csv(name, &bytes).expect(name)
        };
        let request = Request {
            id: Some("asem"),
            edition: None,
            unit_level: "country",
            denominate,
            steps: Some(("steps.toml", steps)),
        };
        let made = convert(&table(data), &table("iMeta.csv"), &request).expect("sound tables");
        let files = PackFiles {
            root: made.id.clone(),
            files: made.pack,
        };
        let (pack, problems) = Pack::read(&files);
        let pack = Arc::new(pack.unwrap_or_else(|| panic!("{problems:?}")));
        let observations = read_csv(
            &pack,
            None,
            "observations.csv",
            made.observations.as_bytes(),
        );
        let context = made.context.unwrap_or_default();
        let context = Context::read_csv("context.csv", context.as_bytes()).expect("a context");
        Some(Asem {
            observations: observations.expect("sound observations"),
            context,
            pack,
        })
    }

    /// The engine, run once.
    pub fn run(&self) -> Runner {
        let mut runner = self.runner();
        runner.run().unwrap_or_else(|fault| panic!("{fault}"));
        runner
    }

    /// The engine with the observations.
    pub fn runner(&self) -> Runner {
        let scoring = Scoring {
            pack: &self.pack,
            units: None,
            observations: &self.observations,
            context: &self.context,
            sampling: None,
            covariances: None,
            replicates: None,
        };
        scoring
            .runner(&self.pack.versions[0])
            .expect("a recipe")
            .expect("observations")
    }
}
