//! Runs do not depend on their order, and what is not used has no effect.

use chiso_index::Edition;
use chiso_index::engine::Context;
use chiso_index::sensitivity::output::Tables;
use chiso_index::sensitivity::{Specification, Study, Subject};
use proptest::prelude::*;

use crate::common::{ALL_KINDS, STEPS, observations, pack, scoring, study, weighing};

#[test]
fn a_run_gives_the_same_scores_whatever_ran_before_it() {
    for steps in [STEPS, &weighing()] {
        let pack = pack(steps);
        let (observations, context) = (observations(&pack), Context::default());
        let scoring = scoring(&pack, &observations, &context);
        let runner = scoring
            .runner(&pack.versions[0])
            .expect("a recipe")
            .expect("observations");
        let text = ALL_KINDS.replace("SEED", "5");
        let text = if steps == STEPS {
            text
        } else {
            without_weights(&text)
        };
        let specification = Specification::parse("s.toml", &text).expect("a specification");
        let subject = Subject {
            runner: &runner,
            context: &context,
            draw_leaves: None,
        };
        let study = |specification| Study::new(subject, specification).expect("a study");
        let all = study(&specification);
        let design = all.design().expect("a design");
        let results = all.run(&[0, 1]).expect("results");
        let plain = Specification {
            indices: false,
            ..specification.clone()
        };
        for run in (0..results.runs).step_by(7) {
            let point: Vec<f64> = (0..design.inputs())
                .flat_map(|input| design.at(design.source(run, input), input).to_vec())
                .collect();
            let alone = study(&plain)
                .at_points([point.clone(), point].concat(), None)
                .expect("points");
            let alone = match alone.run(&[0, 1]) {
                Ok(alone) => alone,
                Err(_) => {
                    assert!(results.failures.iter().any(|failure| failure.run == run));
                    continue;
                }
            };
            for (part, alone) in results.parts.iter().zip(&alone.parts) {
                let units = part.units.len();
                let (found, expected) =
                    (&part.scores[run * units..][..units], &alone.scores[..units]);
                let bits = |scores: &[f64]| scores.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(found), bits(expected), "run {run}");
            }
        }
    }
}

#[test]
fn a_combination_of_alternatives_scores_as_the_recipe_that_says_so() {
    let written = weighing()
        .replace("most = 2", "most = 1")
        .replace(
            "method = \"minmax\"",
            "method = \"minmax\"\nlow = 1\nhigh = 100",
        )
        .replace("method = \"mean\"\n", "method = \"harmonic\"\n")
        .replacen("method = \"harmonic\"", "method = \"mean\"", 1);
    let text = r#"
        draws = 2
        [[vary]]
        step = "treat"
        parameter = "most"
        values = [2, 1]
        [[vary]]
        step = "normalise"
        alternatives = [{ method = "zscore" }, { method = "minmax", low = 1, high = 100 }]
        [[vary]]
        step = "aggregate"
        alternatives = [{ method = "mean" }, { method = "harmonic" }]
    "#;
    let specification = Specification::parse("s.toml", text).expect("a specification");
    let nominal = study(&written, text).expect("results");
    let pack = pack(&weighing());
    let (observations, context) = (observations(&pack), Context::default());
    let scoring = scoring(&pack, &observations, &context);
    let runner = scoring
        .runner(&pack.versions[0])
        .expect("a recipe")
        .expect("observations");
    let subject = Subject {
        runner: &runner,
        context: &context,
        draw_leaves: None,
    };
    let study = Study::new(subject, &specification).expect("a study");
    let study = study.at_points(vec![0.75; 6], None).expect("points");
    let varied = study.run(&[0, 1]).expect("results");
    for (varied, nominal) in varied.parts.iter().zip(&nominal.parts) {
        assert_eq!(varied.scores[..12], nominal.nominal_scores);
    }
}

/// The specification without the inputs whose weights such a recipe sets.
fn without_weights(text: &str) -> String {
    let (start, end) = (
        text.find("[[vary]]\nid = \"parts\""),
        text.find("[[vary]]\nid = \"without\""),
    );
    let (start, end) = (start.expect("parts"), end.expect("without"));
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn the_same_specification_gives_the_same_bytes_and_another_seed_others() {
    let tables = |seed: &str| {
        let pack = pack(STEPS);
        let text = ALL_KINDS.replace("SEED", seed);
        let specification = Specification::parse("s.toml", &text).expect("a specification");
        let results = study(STEPS, &text).expect("results");
        let version = &pack.versions[0];
        let tables = Tables {
            version,
            specification: &specification,
            results: &results,
        };
        let (mut uncertainty, mut sobol) = (Vec::new(), Vec::new());
        tables.uncertainty(&mut uncertainty).expect("written");
        tables.sobol(&mut sobol).expect("written");
        (uncertainty, sobol)
    };
    assert_eq!(tables("1"), tables("1"));
    assert_ne!(tables("1"), tables("2"));
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let (uncertainty, sobol) = tables("1");
    // Two editions, two nodes: 12 units; 4 targets of 7 inputs.
    assert_eq!(
        (lines(&uncertainty), lines(&sobol)),
        (1 + 4 * 12, 1 + 4 * 4 * 7)
    );
}

#[test]
fn what_no_score_depends_on_has_indices_of_exactly_zero() {
    // What is done to q is nothing to p.
    let text = r#"
        draws = 32
        indices = true
        bootstrap = 10
        nodes = ["p"]
        [[vary]]
        id = "duplicates"
        step = "treat"
        parameter = "most"
        values = [2, 2, 2]
        [[vary]]
        id = "unused"
        exclude = ["f"]
        [[vary]]
        id = "used"
        weights = "uniform"
        share = 0.9
        levels = [1]
    "#;
    let results = study(STEPS, text).expect("results");
    for part in &results.parts {
        let indices = part.targets[0]
            .indices
            .as_ref()
            .expect("indices")
            .as_ref()
            .expect("indices");
        for unused in [0, 1] {
            assert_eq!(
                (indices.inputs[unused].first, indices.inputs[unused].total),
                (0.0, 0.0)
            );
            assert_eq!(indices.intervals[unused].total, (0.0, 0.0));
        }
        assert!(indices.inputs[2].total > 0.5);
    }
}

#[test]
fn a_study_of_what_cannot_vary_is_constant_and_keeps_the_nominal_ranks() {
    let text = "draws = 8\nindices = true\nnodes = [\"p\"]\n[[vary]]\nexclude = [\"f\"]\n";
    let results = study(STEPS, text).expect("results");
    let part = &results.parts[0];
    let indices = part.targets[0]
        .indices
        .as_ref()
        .expect("indices")
        .as_ref()
        .expect("indices");
    assert!(indices.constant);
    for (unit, summary) in part.rank_summaries.iter().enumerate() {
        let nominal = f64::from(part.nominal_ranks[unit]);
        assert_eq!(
            [summary.mean, summary.median, summary.q05, summary.q95],
            [nominal; 4]
        );
    }
}

#[test]
fn observations_are_drawn_around_their_values_with_their_standard_errors() {
    let text = "draws = 2000\nnodes = [\"a\"]\n[[vary]]\nsampling = true\n";
    let steps = STEPS.replace(
        "method = \"minmax\"",
        "method = \"scaled\"\nlow = 0\nhigh = 1\nfactor = 1",
    );
    let steps = steps.replace("most = 2", "most = 0");
    let part = &study(&steps, text).expect("results").parts[0];
    let units = part.units.len();
    for unit in 0..units {
        let scores: Vec<f64> = part
            .scores
            .iter()
            .skip(unit)
            .step_by(units)
            .copied()
            .collect();
        let mean = scores.iter().sum::<f64>() / 2000.0;
        let sd = (scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 1999.0).sqrt();
        assert!((mean - part.nominal_scores[unit]).abs() < 0.06, "{mean}");
        assert!((sd - 0.5).abs() < 0.04, "{sd}");
    }
}

#[test]
fn runs_that_cannot_be_carried_out_are_counted_and_leave_no_number() {
    // The scale reaches 0, of which there is no geometric mean.
    let text = r#"
        draws = 64
        [[vary]]
        step = "normalise"
        alternatives = [{ method = "minmax", low = 0 }, { method = "minmax", low = 1 }]
        [[vary]]
        step = "aggregate"
        alternatives = [{ method = "mean" }, { method = "geometric" }]
    "#;
    let results = study(STEPS, text).expect("results");
    assert_eq!(
        results.failures.len(),
        16,
        "a quarter of 64 quasi-random draws"
    );
    assert!(
        results.failures[0].problem.contains("step 4"),
        "{}",
        results.failures[0].problem
    );
    let part = &results.parts[0];
    assert!(part.rank_summaries.iter().all(|summary| summary.runs == 48));
    let only = text.replace("{ method = \"mean\" }, ", "{ method = \"geometric\" }, ");
    let only = only.replace("low = 1 }", "low = 0 }");
    let fault = study(STEPS, &only).expect_err("no run");
    assert!(
        fault.starts_with("none of 64 runs could be carried out; the first: step 4"),
        "{fault}"
    );
}

#[test]
fn leaving_out_a_node_is_said_for_every_unit_and_with_its_largest_shift() {
    let pack = pack(STEPS);
    let specification = Specification::parse("s.toml", "leave_one_out = true").expect("one");
    let results = study(STEPS, "leave_one_out = true").expect("results");
    let version = &pack.versions[0];
    let tables = Tables {
        version,
        specification: &specification,
        results: &results,
    };
    let mut bytes = Vec::new();
    tables.leave_one_out(&mut bytes).expect("written");
    let text = String::from_utf8(bytes).expect("text");
    // Eight nodes below the index, two editions.
    assert_eq!(text.lines().count(), 1 + 8 * 2);
    let of_p = |row: &&str| row.starts_with("2021,x,p,2,");
    let row: Vec<&str> = text.lines().find(of_p).expect("a row").split(',').collect();
    let p = version.tree.find("p").expect("a node");
    let result = results
        .leave_one_out
        .iter()
        .find(|r| r.left_out == p && r.edition == Edition(2021));
    let result = result.expect("a result");
    let shifts: Vec<u32> = (0..12).filter_map(|unit| result.shift(unit)).collect();
    let largest = shifts.iter().max().expect("shifts");
    let unit = shifts
        .iter()
        .position(|shift| shift == largest)
        .expect("a unit");
    let mean = f64::from(shifts.iter().sum::<u32>()) / 12.0;
    assert_eq!(
        row[4..],
        [
            &mean.to_string(),
            &largest.to_string(),
            &*result.units[unit],
            "0",
            ""
        ]
    );
    // What is left without p is q.
    let q = study(
        STEPS,
        "draws = 2\nnodes = [\"q\"]\n[[vary]]\nexclude = [\"a\"]",
    )
    .expect("results");
    let q = q
        .parts
        .iter()
        .find(|part| part.edition == Edition(2021))
        .expect("an edition");
    assert_eq!(result.scores, q.nominal_scores);
    let mut bytes = Vec::new();
    tables.leave_one_out_units(&mut bytes).expect("written");
    assert_eq!(
        String::from_utf8(bytes).expect("text").lines().count(),
        1 + 8 * 2 * 12
    );
}

#[test]
fn only_the_edition_that_is_asked_for_is_studied() {
    let pack = pack(STEPS);
    let (observations, context) = (observations(&pack), Context::default());
    let scoring = scoring(&pack, &observations, &context);
    let text = "draws = 4\n[[vary]]\nexclude = [\"a\"]\n";
    let specification = Specification::parse("s.toml", text).expect("a specification");
    let results = scoring.study(&pack.versions[0], &specification, Some(Edition(2021)));
    let results = results.expect("results").expect("observations");
    let editions: Vec<Edition> = results.parts.iter().map(|part| part.edition).collect();
    assert_eq!(editions, [Edition(2021)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn rank_shares_of_every_unit_sum_to_one(seed in 1u64..1000) {
        let text = ALL_KINDS.replace("SEED", &seed.to_string());
        let results = study(STEPS, &text).expect("results");
        for part in &results.parts {
            for unit in 0..part.units.len() {
                let shares = part.ranks.acceptability(unit, results.sample);
                prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn cells_that_an_alternative_does_not_fill_leave_their_unit_without_score() {
    let text = r#"
        draws = 16
        [[vary]]
        step = "impute"
        alternatives = [{ method = "none" }, { method = "median" }]
    "#;
    let part = &study(STEPS, text).expect("results").parts[0];
    let runs: Vec<usize> = part.rank_summaries.iter().map(|unit| unit.runs).collect();
    // Unit 5 lacks a value.
    let expected: Vec<usize> = (0..12).map(|unit| if unit == 5 { 8 } else { 16 }).collect();
    assert_eq!(runs, expected);
}
