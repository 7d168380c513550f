//! The runs of COINr's sensitivity analyses, replayed through the engine from their resolved designs.

use std::collections::BTreeMap;

use chiso_index::sensitivity::specification::InputKind;
use chiso_index::sensitivity::{Results, Specification, Study, Subject};

use crate::asem::{Asem, BASE};
use crate::common::{Table, assert_column, close, reference};

/// COINr's alternatives: at most 1 to 5 cells winsorised; min-max from 1 to 100 or z-scores around 10;
/// a hundred sets of weights; arithmetic or geometric means.
const ALTERNATIVES: &str = r#"
draws = 100
indices = INDICES
targets = ["mean_shift"]
[[vary]]
id = "Winmax"
step = "treatment"
parameter = "most"
values = [1, 2, 3, 4, 5]
[[vary]]
id = "Normalisation"
step = "normalisation"
alternatives = [{ method = "minmax", low = 1, high = 100 }, { method = "zscore", mean = 10, sd = 2 }]
[[vary]]
id = "Weights"
weights = "sets"
sets = [{ ConEcFin = 1 }, { ConEcFin = 2 }]
[[vary]]
id = "Aggregation"
step = "aggregation"
alternatives = [{ method = "mean", missing = "available" }, { method = "geometric", missing = "available" }]
"#;

/// The noisy weights of COINr's `get_noisy_weights`, by set.
fn weight_sets() -> Vec<BTreeMap<String, f64>> {
    let table = Table::read("sens_noisy_weights").expect("a reference");
    let (sets, codes, weights) = (
        table.numbers("weights_alt"),
        table.texts("iCode"),
        table.numbers("Weight"),
    );
    let mut by_set = vec![BTreeMap::new(); 100];
    for ((set, code), weight) in sets.into_iter().zip(codes).zip(weights) {
        // The index itself has no weight among siblings.
        if code != "Index" {
            by_set[set as usize - 1].insert(code.to_owned(), weight);
        }
    }
    by_set
}

fn specification(indices: bool) -> Specification {
    let text = ALTERNATIVES.replace("INDICES", if indices { "true" } else { "false" });
    let mut specification =
        Specification::parse("sensitivity.toml", &text).expect("a specification");
    specification.inputs[2].kind = InputKind::WeightSets(weight_sets());
    specification
}

/// The points at which the inputs choose what COINr's runs chose.
fn points(design: &Table, runs: std::ops::Range<usize>) -> Vec<f64> {
    let columns = [
        ("winmax", 5.0),
        ("norm_alt", 2.0),
        ("weights_alt", 100.0),
        ("agg_alt", 2.0),
    ];
    let columns = columns.map(|(name, count)| (design.numbers(name), count));
    let point = |run: usize| {
        columns
            .each_ref()
            .map(|(chosen, count)| (chosen[run] - 0.5) / count)
    };
    runs.flat_map(point).collect()
}

fn replay(name: &str, indices: bool) -> Results {
    let asem = Asem::new(BASE);
    let runner = asem.runner();
    let specification = specification(indices);
    let subject = Subject {
        runner: &runner,
        context: &asem.context,
        draw_leaves: None,
    };
    let design = Table::read(&format!("sens_{name}_design")).expect("a reference");
    let draws = if indices { 100 } else { design.rows.len() };
    let b = indices.then(|| points(&design, draws..2 * draws));
    let study = Study::new(subject, &specification).expect("a study");
    let study = study
        .at_points(points(&design, 0..draws), b)
        .expect("points");
    study.run(&[0]).expect("results")
}

fn assert_replayed(name: &str, indices: bool) {
    let results = replay(name, indices);
    assert!(
        results.failures.is_empty(),
        "{:?}",
        results.failures.first()
    );
    let part = &results.parts[0];
    let scores = Table::read(&format!("sens_{name}_scores")).expect("a reference");
    let ranks = Table::read(&format!("sens_{name}_ranks")).expect("a reference");
    assert_eq!(
        part.units.iter().map(|unit| &**unit).collect::<Vec<_>>(),
        scores.texts("uCode")
    );
    assert_column("nominal", &part.nominal_scores, &scores.numbers("Nominal"));
    let units = part.units.len();
    for run in 0..results.runs {
        let column = format!("r_{}", run + 1);
        let found = &part.scores[run * units..(run + 1) * units];
        assert_column(&column, found, &scores.numbers(&column));
        let found: Vec<f64> = part
            .ranks
            .run(run)
            .iter()
            .map(|rank| f64::from(*rank))
            .collect();
        assert_eq!(found, ranks.numbers(&column), "ranks of {column}");
    }
    let statistics = Table::read(&format!("sens_{name}_rankstats")).expect("a reference");
    for (unit, found) in part.rank_summaries.iter().enumerate() {
        let expected = ["Mean", "Median", "Q5", "Q95"].map(|name| statistics.numbers(name)[unit]);
        assert_eq!([found.mean, found.median, found.q05, found.q95], expected);
    }
}

#[test]
fn a_hundred_runs_of_coinrs_uncertainty_analysis_have_its_scores_and_ranks() {
    if reference().is_some() {
        assert_replayed("ua100", false);
    }
}

#[test]
fn a_thousand_runs_of_coinrs_uncertainty_analysis_have_its_scores_and_ranks() {
    if reference().is_some() {
        assert_replayed("ua1000", false);
    }
}

#[test]
fn all_runs_of_coinrs_sensitivity_analysis_have_its_scores_ranks_and_target() {
    if reference().is_none() {
        return;
    }
    assert_replayed("sa100", true);
    let results = replay("sa100", true);
    let target = &results.parts[0].targets[0];
    let expected = Table::read("sens_sa100_target").expect("a reference");
    assert_eq!(target.values, expected.numbers("mean_abs_rank_change"));
}

#[test]
fn leaving_out_each_leaf_and_each_sub_index_gives_coinrs_scores_and_rank_shifts() {
    if reference().is_none() {
        return;
    }
    let asem = Asem::new(BASE);
    let runner = asem.runner();
    let specification =
        Specification::parse("s.toml", "leave_one_out = true").expect("a specification");
    let subject = Subject {
        runner: &runner,
        context: &asem.context,
        draw_leaves: None,
    };
    let study = Study::new(subject, &specification).expect("a study");
    let results = study.run(&[0]).expect("results").leave_one_out;
    let tree = &asem.pack.versions[0].tree;
    assert_eq!(results.len(), tree.len() - 1);
    for (level, count) in [(1, 49), (3, 2)] {
        let scores = Table::read(&format!("remove_level{level}_scores")).expect("a reference");
        let shifts = Table::read(&format!("remove_level{level}_meanabsdiff")).expect("a reference");
        assert_eq!(shifts.rows.len(), count + 1);
        for element in &shifts.texts("element")[1..] {
            let node = tree.find(element).expect("a node");
            let found = results
                .iter()
                .find(|result| result.left_out == node)
                .expect("a result");
            assert_column(element, &found.scores, &scores.numbers(element));
            let expected = shifts
                .cell(element, "MeanAbsDiff")
                .parse::<f64>()
                .expect("a number");
            assert!(close(found.mean_shift, expected), "{element}");
        }
    }
}
