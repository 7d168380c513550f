//! Rank statistics and Sobol indices against COINr 1.1.14, from its own ranks and targets.

use chiso_index::sensitivity::indices::{Bootstrap, Centring, Target};
use chiso_index::sensitivity::rank_statistics::{COMPETITION_RANKS, RankTable, Ranker};

use crate::common::{Table, close, reference};

/// Nominal ranks and the table of ranks of a run of COINr's `get_sensitivity`.
fn ranks(name: &str) -> (Vec<u32>, RankTable) {
    let table = Table::read(&format!("sens_{name}_ranks")).expect("a reference");
    let column = |name: &String| -> Vec<u32> {
        table
            .texts(name)
            .iter()
            .map(|rank| rank.parse().expect("a rank"))
            .collect()
    };
    let nominal = column(&table.names[1]);
    let mut ranks = RankTable::new(nominal.len());
    table.names[2..]
        .iter()
        .for_each(|name| ranks.push_ranks(&column(name)));
    (nominal, ranks)
}

#[test]
fn ranks_of_coinrs_scores_are_its_ranks() {
    if reference().is_none() {
        return;
    }
    for name in ["ua100", "ua1000", "sa100"] {
        let scores = Table::read(&format!("sens_{name}_scores")).expect("a reference");
        let (nominal, table) = ranks(name);
        let mut found = vec![0; nominal.len()];
        for (run, column) in scores.names[1..].iter().enumerate() {
            Ranker::new(COMPETITION_RANKS).rank(&scores.numbers(column), &mut found);
            let expected = if run == 0 {
                &nominal[..]
            } else {
                table.run(run - 1)
            };
            assert_eq!(found, expected, "{name}, {column}");
        }
    }
}

#[test]
fn rank_statistics_are_exactly_coinrs() {
    if reference().is_none() {
        return;
    }
    // With indices COINr takes only the runs of A and B, 2N of the N(d + 2).
    for (name, runs) in [("ua100", 100), ("ua1000", 1000), ("sa100", 200)] {
        let expected = Table::read(&format!("sens_{name}_rankstats")).expect("a reference");
        let (nominal, table) = ranks(name);
        let numbers = ["Nominal", "Mean", "Median", "Q5", "Q95"].map(|c| expected.numbers(c));
        for (unit, found) in table.summaries(runs).iter().enumerate() {
            let found = [
                f64::from(nominal[unit]),
                found.mean,
                found.median,
                found.q05,
                found.q95,
            ];
            assert_eq!(
                found,
                [0, 1, 2, 3, 4].map(|i: usize| numbers[i][unit]),
                "{name}, unit {unit}"
            );
        }
    }
}

#[test]
fn mean_rank_shifts_are_coinrs_target_exactly() {
    if reference().is_none() {
        return;
    }
    let (nominal, table) = ranks("sa100");
    let expected = Table::read("sens_sa100_target")
        .expect("a reference")
        .numbers("mean_abs_rank_change");
    assert_eq!(table.mean_shifts(&nominal), expected);
}

fn target(centring: Centring) -> Target {
    let values = Table::read("sens_sa100_target")
        .expect("a reference")
        .numbers("mean_abs_rank_change");
    Target::new(&values, 100, 4, centring).expect("600 values")
}

#[test]
fn sobol_indices_without_centring_are_coinrs() {
    if reference().is_none() {
        return;
    }
    let expected = Table::read("sens_sa100_indices").expect("a reference");
    let (first, total) = (expected.numbers("Si"), expected.numbers("STi"));
    for (input, index) in target(Centring::AsGiven).indices().iter().enumerate() {
        assert!(close(index.first, first[input]), "S{input}: {index:?}");
        assert!(close(index.total, total[input]), "T{input}: {index:?}");
    }
}

#[test]
fn bootstrap_intervals_without_centring_are_coinrs_within_chance_and_centring_narrows_them() {
    if reference().is_none() {
        return;
    }
    let expected = Table::read("sens_sa100_indices").expect("a reference");
    let ends = ["Si_q5", "Si_q95", "STi_q5", "STi_q95"].map(|column| expected.numbers(column));
    let bootstrap = Bootstrap {
        resamples: 10_000,
        seed: 1,
        confidence: 0.9,
    };
    let intervals = |centring| {
        target(centring)
            .intervals(centring, &bootstrap)
            .expect("intervals")
    };
    let (given, centred) = (intervals(Centring::AsGiven), intervals(Centring::Centred));
    for (input, found) in given.iter().enumerate() {
        let found_ends = [found.first.0, found.first.1, found.total.0, found.total.1];
        for (end, found) in found_ends.into_iter().enumerate() {
            let width = ends[end | 1][input] - ends[end & 2][input];
            // A percentile of 1,000 resamples has a standard error of about 2 % of the width.
            let difference = (found - ends[end][input]).abs() / width;
            assert!(
                difference < 0.08,
                "input {input}, end {end}: {difference} of the width"
            );
        }
    }
    let width = |interval: (f64, f64)| interval.1 - interval.0;
    assert!(width(centred[1].first) < 0.6 * width(given[1].first));
}
