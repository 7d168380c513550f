//! Whether 95 % intervals cover: draws samples of a synthetic population with the library's own
//! selection, estimates from each, and counts how often the interval holds the true value.
//!
//! Prints a table and exits with 1 if a coverage lies outside 93 to 97 %.

mod designs;
mod estimates;
mod population;
mod table;

use anyhow::Result;
use clap::Parser;
use rayon::prelude::*;

use designs::designs;
use estimates::{Estimator, STATISTICS, targets};
use population::Population;
use table::Tally;

/// Counts how often 95 % intervals hold the true value.
#[derive(Parser)]
struct Arguments {
    /// How many samples are drawn under each design.
    #[arg(long, default_value_t = 2000)]
    samples: u64,
    /// The seed of the population and of the samples.
    #[arg(long, default_value_t = 20_261_125)]
    seed: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
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
        eprintln!("\n{outside} coverages lie outside 93 to 97 %");
        std::process::exit(1);
    }
    Ok(())
}
