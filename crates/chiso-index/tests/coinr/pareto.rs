//! The Mazziotta–Pareto indices against the package Compind 3.4 on ASEM's eight pillars.

use chiso_index::method::aggregate::MissingRule;
use chiso_index::method::pareto::{Divisor, around_reference, combine};
use chiso_index::pack::Direction;

use crate::common::{Table, Wide, assert_column, reference};

const PILLARS: [&str; 8] = [
    "Physical",
    "ConEcFin",
    "Political",
    "Instit",
    "P2P",
    "Environ",
    "Social",
    "SusEcFin",
];

/// z-scores of mean 100 and standard deviation 10.
fn standard(values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    let sd = (squares / (count - 1.0)).sqrt();
    values
        .iter()
        .map(|x| 100.0 + 10.0 * (x - mean) / sd)
        .collect()
}

fn index(columns: &[Vec<f64>], divisor: Divisor) -> Vec<f64> {
    let parts: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut out = vec![0.0; parts[0].len()];
    let (rule, weights) = (MissingRule::Propagate, [1.0; 8]);
    combine(&parts, &weights, rule, Direction::Higher, divisor, &mut out).unwrap();
    out
}

#[test]
fn the_mpi_of_pillars_is_that_of_compind() {
    if reference().is_none() {
        return;
    }
    let (base, mpi) = (
        Wide::read("base_aggregated").unwrap(),
        Wide::read("compind_mpi_pillars").unwrap(),
    );
    let columns: Vec<Vec<f64>> = PILLARS
        .iter()
        .map(|code| standard(base.column(code)))
        .collect();
    let mpi = mpi.in_order_of(&base.units);
    let found = index(&columns, Divisor::PartsLessOne);
    assert_column("MPI", &found, mpi.column("MPI_penaltyPOS"));
    let published = index(&columns, Divisor::Parts);
    assert!(
        published
            .iter()
            .zip(&found)
            .all(|(with_parts, less_one)| with_parts > less_one)
    );
}

#[test]
fn the_ampi_of_a_panel_is_that_of_compind_to_the_decimals_that_it_rounds_to() {
    if reference().is_none() {
        return;
    }
    let table = Table::read("compind_ampi_panel_input").unwrap();
    let (times, units) = (table.texts("Time"), table.texts("uCode"));
    let goalposts = Table::read("compind_ampi_panel_goalposts").unwrap();
    let columns: Vec<Vec<f64>> = PILLARS
        .iter()
        .map(|code| {
            let values = table.numbers(code);
            let (min, max) = values
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| {
                    (x.min(a), x.max(b))
                });
            let reference = goalposts.cell(code, "gp").parse().unwrap();
            let mut out = vec![0.0; values.len()];
            around_reference(&values, Direction::Higher, reference, min, max, &mut out).unwrap();
            out
        })
        .collect();
    let expected = Table::read("compind_ampi_panel_pillars").unwrap();
    let found = index(&columns, Divisor::Parts);
    assert_eq!(found.len(), 230);
    for ((score, time), unit) in found.iter().zip(times).zip(units) {
        let rounded: f64 = expected.cell(unit, time).parse().unwrap();
        assert!(
            (score - rounded).abs() <= 5.0e-4 + 1e-9,
            "{unit} {time}: {score}, {rounded}"
        );
    }
}
