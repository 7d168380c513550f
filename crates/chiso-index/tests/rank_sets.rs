//! Rank sets against those of csranks 1.2 for PISA 2018, mathematics (shared/reference/csranks).

use std::fs;
use std::path::PathBuf;

use chiso_index::rank_set::{Errors, Estimates, RankSet, RankSetOptions, marginal};

/// A country's row of the reference.
struct Row {
    score: f64,
    error: f64,
    set: RankSet,
}

/// The rows of the reference, or none where it may be absent.
fn reference() -> Option<Vec<Row>> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or(default, PathBuf::from);
    let path = folder.join("csranks/pisa2018_math_marginal.csv");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if std::env::var("CI").as_deref() == Ok("true") => {
            panic!("{}: {error}", path.display())
        }
        Err(_) => {
            println!("skipped: no {}", path.display());
            return None;
        }
    };
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let number = |row: &csv::StringRecord, column: usize| row[column].parse::<f64>().unwrap();
    let rows = rows.records().map(|row| {
        let row = row.unwrap();
        let place = |column| number(&row, column) as usize;
        Row {
            score: number(&row, 1),
            error: number(&row, 2),
            set: RankSet {
                low: place(3),
                rank: place(4),
                high: place(5),
            },
        }
    });
    Some(rows.collect())
}

/// Lower and upper bounds of all countries with 10,000 draws, as the reference has, of a seed.
fn bounds(rows: &[Row], seed: u64) -> Vec<usize> {
    let scores: Vec<f64> = rows.iter().map(|row| row.score).collect();
    let errors: Vec<f64> = rows.iter().map(|row| row.error).collect();
    let estimates = Estimates {
        scores: &scores,
        errors: Errors::Independent(&errors),
    };
    let options = RankSetOptions {
        draws: 10_000,
        seed,
        ..RankSetOptions::default()
    };
    let sets = marginal(&estimates, &options).unwrap();
    let sets = sets.iter().flatten().zip(rows);
    sets.flat_map(|(set, row)| {
        assert_eq!(set.rank, row.set.rank);
        [set.low, set.high]
    })
    .collect()
}

#[test]
fn marginal_sets_of_pisa_2018_are_those_of_csranks_but_for_monte_carlo_error() {
    let Some(rows) = reference() else { return };
    let expected: Vec<usize> = rows
        .iter()
        .flat_map(|row| [row.set.low, row.set.high])
        .collect();
    let seeds: Vec<Vec<usize>> = (1..=8).map(|seed| bounds(&rows, seed)).collect();
    let equal = |a: &[usize], b: &[usize]| a.iter().zip(b).filter(|(x, y)| x == y).count();
    for (seed, found) in seeds.iter().enumerate() {
        println!(
            "seed {}: {} of {} equal",
            seed + 1,
            equal(found, &expected),
            expected.len()
        );
        assert!(equal(found, &expected) >= 73, "{}", equal(found, &expected));
    }
    let between = equal(&seeds[0], &seeds[1]);
    println!("seeds 1 and 2: {between} equal to each other");
    for (place, &bound) in expected.iter().enumerate() {
        let column = seeds.iter().map(|found| found[place]);
        let (least, most) = (column.clone().min().unwrap(), column.max().unwrap());
        if least != most || least != bound {
            println!("row {}: {bound}, between {least} and {most}", place / 2 + 2);
        }
        assert!((least..=most).contains(&bound), "row {}", place / 2 + 2);
    }
}
