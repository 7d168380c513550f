//! Whether 95 % intervals and 95 % rank sets cover.
//!
//! Draws samples of a synthetic population with the library's own selection, estimates from each,
//! and counts how often the interval holds the true value; and draws scores with errors around true
//! scores, and counts how often rank sets hold the true ranks. Prints two tables and exits with 1 if
//! an interval's coverage lies outside 93 to 97 %, or a rank set's below 95 % by more than chance.

mod designs;
mod estimates;
mod population;
mod ranks;
mod table;

use anyhow::Result;
use chiso_index::rank_set::RankSetOptions;
use clap::{Parser, ValueEnum};
use rayon::prelude::*;

use designs::designs;
use estimates::{Estimator, STATISTICS, targets};
use population::Population;
use table::Tally;

/// Counts how often 95 % intervals hold the true value and 95 % rank sets the true ranks.
#[derive(Parser)]
struct Arguments {
    /// How many samples are drawn under each design, and of each shape of true scores.
    #[arg(long, default_value_t = 2000)]
    samples: u64,
    /// The seed of the population and of the samples.
    #[arg(long, default_value_t = 20_261_125)]
    seed: u64,
    /// Only one of the two tables.
    #[arg(long, value_enum)]
    only: Option<Table>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Table {
    Intervals,
    Ranks,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let wanted = |table| arguments.only.is_none_or(|only| only == table);
    let mut failed = false;
    if wanted(Table::Intervals) {
        failed |= !intervals_cover(&arguments)?;
    }
    if wanted(Table::Ranks) {
        failed |= !ranks_cover(&arguments)?;
    }
    if failed {
        std::process::exit(1);
    }
    Ok(())
}

/// Prints the table of intervals; whether all cover.
fn intervals_cover(arguments: &Arguments) -> Result<bool> {
    let population = Population::new(arguments.seed)?;
    let targets = targets(&population.truth());
    let (persons, villages) = population.counts();
    println!(
        "{persons} persons in {villages} villages; {} samples under each design; seed {}\n",
        arguments.samples, arguments.seed
    );
    println!("{}", table::HEADING);
    let mut outside = 0;
    for design in designs(&population)? {
        let estimator = Estimator::new(&population, &design)?;
        let one =
            |number: u64| estimator.estimate(&design.draw(arguments.seed.wrapping_add(number))?);
        let all: Vec<[_; STATISTICS.len()]> = (1..=arguments.samples)
            .into_par_iter()
            .map(one)
            .collect::<Result<_>>()?;
        for (index, statistic) in STATISTICS.iter().enumerate() {
            let tally = Tally::new(targets[index], all.iter().map(|sample| sample[index]));
            println!("{}", tally.row(design.name, statistic));
            outside += usize::from(!tally.covers());
        }
    }
    if outside > 0 {
        eprintln!("\n{outside} coverages of intervals lie outside 93 to 97 %");
    }
    Ok(outside == 0)
}

/// Prints the table of rank sets; whether all cover.
fn ranks_cover(arguments: &Arguments) -> Result<bool> {
    let confidence = RankSetOptions::default().confidence;
    println!(
        "\n{} units, {} samples of each kind, 1,000 draws each, step-down; seed {}\n",
        ranks::UNITS,
        arguments.samples,
        arguments.seed
    );
    println!("{}", ranks::HEADING);
    let mut below = 0;
    for shape in ranks::shapes() {
        for known in ranks::Known::ALL {
            let samples = arguments.samples as usize;
            let tally = ranks::Tally::new(&shape, known, samples, arguments.seed)?;
            println!("{}", tally.row());
            below += usize::from(!tally.covers(confidence));
        }
    }
    if below > 0 {
        eprintln!(
            "\n{below} rows of rank sets cover less than {:.0} %",
            100.0 * confidence
        );
    }
    Ok(below == 0)
}
