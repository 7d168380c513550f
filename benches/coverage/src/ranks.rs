//! Whether rank sets hold the true ranks: simulated scores with known truth.

use anyhow::{Context, Result};
use chiso_index::rank_set::{
    Errors, Estimates, Normals, RankSet, RankSetOptions, different_pairs, marginal,
};
use rayon::prelude::*;

/// How many units are ranked.
pub const UNITS: usize = 30;
/// How many best, and how many worst, are looked for.
pub const TAU: usize = 5;
/// The correlation of the scores of two units, where they are correlated.
const CORRELATION: f64 = 0.4;

/// True scores of a shape.
pub struct Shape {
    name: &'static str,
    scores: [f64; UNITS],
}

/// From scores a survey tells apart to scores that are all the same.
pub fn shapes() -> [Shape; 4] {
    let make = |name, score: fn(usize) -> f64| Shape {
        name,
        scores: std::array::from_fn(score),
    };
    [
        make("spread", |unit| unit as f64),
        make("near ties", |unit| 0.1 * unit as f64),
        make("six tied in each of five", |unit| (unit / 6) as f64),
        make("all equal", |_| 0.0),
    ]
}

/// What is known of the scores' errors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Standard errors of independent scores.
    StandardErrors,
    /// The covariance of correlated scores.
    Covariance,
    /// 1,000 bootstrap draws of correlated scores.
    Draws,
    /// Standard errors of independent scores, themselves estimated with so many degrees of freedom,
    /// which the method is not told: it treats them as known, so nothing is promised.
    Unstated(usize),
    /// The same, and the method is told.
    Estimated(usize),
    /// The same for every third unit; the others' standard errors are known.
    Mixed(usize),
}

impl Known {
    /// In the order of the table.
    pub const ALL: [Known; 9] = [
        Known::StandardErrors,
        Known::Covariance,
        Known::Draws,
        Known::Unstated(40),
        Known::Unstated(2),
        Known::Estimated(40),
        Known::Estimated(5),
        Known::Estimated(2),
        Known::Mixed(2),
    ];

    fn name(self) -> String {
        match self {
            Known::StandardErrors => "standard errors".to_owned(),
            Known::Covariance => "covariance".to_owned(),
            Known::Draws => "bootstrap draws".to_owned(),
            Known::Unstated(degrees) => {
                format!("standard errors of {degrees} df taken as known (not judged)")
            }
            Known::Estimated(degrees) => format!("standard errors with {degrees} df"),
            Known::Mixed(degrees) => format!("standard errors, every third with {degrees} df"),
        }
    }

    /// Degrees of freedom of a unit's standard error, if it is estimated.
    fn degrees(self, unit: usize) -> Option<usize> {
        match self {
            Known::Unstated(degrees) | Known::Estimated(degrees) => Some(degrees),
            Known::Mixed(degrees) => (unit.is_multiple_of(3)).then_some(degrees),
            _ => None,
        }
    }
}

/// The true standard error of a unit's score: between 0.3 and 0.7, in no order.
fn deviation(unit: usize) -> f64 {
    0.3 + 0.4 * (unit * 7 % UNITS) as f64 / (UNITS - 1) as f64
}

/// What held in one sample.
#[derive(Clone, Copy)]
struct Held {
    /// Whether a unit's marginal set holds its true ranks.
    marginal: [bool; UNITS],
    /// Whether all simultaneous sets do.
    simultaneous: bool,
    best: bool,
    worst: bool,
    /// Ranks in the marginal and in the simultaneous sets, on average over units.
    widths: [f64; 2],
}

/// Counts over all samples.
pub struct Tally {
    shape: &'static str,
    known: Known,
    samples: usize,
    /// The coverage of the unit whose marginal set covers least.
    lowest: f64,
    mean: f64,
    simultaneous: f64,
    best: f64,
    worst: f64,
    widths: [f64; 2],
}

/// The heading of the rows.
pub const HEADING: &str = "\
| true scores | known errors | marginal, lowest unit, % | marginal, mean, % | simultaneous, % | 5 best, % | 5 worst, % | ranks in a marginal set | in a simultaneous set |
|---|---|---|---|---|---|---|---|---|";

impl Tally {
    /// Draws samples and counts.
    ///
    /// # Errors
    ///
    /// Whatever the library refuses.
    pub fn new(shape: &Shape, known: Known, samples: usize, seed: u64) -> Result<Self> {
        let one = |sample: u64| held(shape, known, seed.wrapping_add(2 * sample));
        let all: Vec<Held> = (0..samples as u64)
            .into_par_iter()
            .map(one)
            .collect::<Result<_>>()?;
        let average = |of: &dyn Fn(&Held) -> f64| all.iter().map(of).sum::<f64>() / samples as f64;
        let share = |of: &dyn Fn(&Held) -> bool| average(&|held| f64::from(u8::from(of(held))));
        let units: Vec<f64> = (0..UNITS)
            .map(|u| share(&|held| held.marginal[u]))
            .collect();
        Ok(Tally {
            shape: shape.name,
            known,
            samples,
            lowest: units.iter().copied().fold(1.0, f64::min),
            mean: units.iter().sum::<f64>() / UNITS as f64,
            simultaneous: share(&|held| held.simultaneous),
            best: share(&|held| held.best),
            worst: share(&|held| held.worst),
            widths: [0, 1].map(|kind: usize| average(&|held| held.widths[kind])),
        })
    }

    /// Whether no coverage lies below the confidence by more than chance explains: three Monte
    /// Carlo errors, or four for the lowest of all units, which is about as rare.
    pub fn covers(&self, confidence: f64) -> bool {
        let error = (confidence * (1.0 - confidence) / self.samples as f64).sqrt();
        let one = [self.simultaneous, self.best, self.worst];
        matches!(self.known, Known::Unstated(_))
            || one.iter().all(|&share| share >= confidence - 3.0 * error)
                && self.lowest >= confidence - 4.0 * error
    }

    /// The table's row.
    pub fn row(&self) -> String {
        let shares = [
            self.lowest,
            self.mean,
            self.simultaneous,
            self.best,
            self.worst,
        ];
        let shares = shares
            .map(|share| format!("{:.2}", 100.0 * share))
            .join(" | ");
        let [one, together] = self.widths;
        let known = self.known.name();
        format!(
            "| {} | {known} | {shares} | {one:.2} | {together:.2} |",
            self.shape
        )
    }
}

/// One sample, its sets, and what they hold.
fn held(shape: &Shape, known: Known, seed: u64) -> Result<Held> {
    let mut normals = Normals::new(seed);
    let correlated = matches!(known, Known::Covariance | Known::Draws);
    let scores = sample(&shape.scores, correlated, &mut normals);
    let store = match known {
        Known::StandardErrors => (0..UNITS).map(deviation).collect(),
        Known::Unstated(_) | Known::Estimated(_) | Known::Mixed(_) => (0..UNITS)
            .map(|unit| estimated(unit, known.degrees(unit), &mut normals))
            .collect(),
        Known::Covariance => covariance(),
        Known::Draws => (0..1000)
            .flat_map(|_| sample(&scores, true, &mut normals))
            .collect(),
    };
    let degrees = degrees_of_freedom(known);
    let errors = match known {
        Known::StandardErrors | Known::Unstated(_) => Errors::Independent(&store),
        Known::Estimated(_) | Known::Mixed(_) => Errors::Estimated {
            standard: &store,
            degrees_of_freedom: &degrees,
        },
        Known::Covariance => Errors::Covariance(&store),
        Known::Draws => Errors::Draws { draws: &store },
    };
    let estimates = Estimates {
        scores: &scores,
        errors,
    };
    // Not the sample's seed: the draws must not know the sample.
    let options = RankSetOptions {
        seed: seed.wrapping_add(1),
        ..RankSetOptions::default()
    };
    let pairs = different_pairs(&estimates, &options)?;
    let truth = truth(&shape.scores);
    let alone = holds(&truth, &marginal(&estimates, &options)?)?;
    let together = holds(&truth, &pairs.rank_sets())?;
    let marks = |marked: Vec<bool>, is: &dyn Fn(&RankSet) -> bool| {
        truth
            .iter()
            .zip(marked)
            .all(|(set, marked)| marked || !is(set))
    };
    Ok(Held {
        marginal: alone.0,
        simultaneous: together.0.iter().all(|&held| held),
        best: marks(pairs.best(TAU)?, &|set| set.low <= TAU),
        worst: marks(pairs.worst(TAU)?, &|set| set.high > UNITS - TAU),
        widths: [alone.1, together.1],
    })
}

/// Scores with errors; correlated ones share a common part.
fn sample(scores: &[f64; UNITS], correlated: bool, normals: &mut Normals) -> [f64; UNITS] {
    let mut next = || normals.next().unwrap_or_default();
    let (common, own) = match correlated {
        true => (CORRELATION.sqrt() * next(), (1.0 - CORRELATION).sqrt()),
        false => (0.0, 1.0),
    };
    std::array::from_fn(|unit| scores[unit] + deviation(unit) * (common + own * next()))
}

fn covariance() -> Vec<f64> {
    let cells = (0..UNITS * UNITS).map(|cell| (cell / UNITS, cell % UNITS));
    let correlation = |row, column| if row == column { 1.0 } else { CORRELATION };
    cells
        .map(|(row, column)| correlation(row, column) * deviation(row) * deviation(column))
        .collect()
}

/// A unit's standard error as a sample of so many degrees of freedom gives it.
fn estimated(unit: usize, degrees: Option<usize>, normals: &mut Normals) -> f64 {
    let Some(degrees) = degrees else {
        return deviation(unit);
    };
    let squares: f64 = normals.take(degrees).map(|z| z * z).sum();
    deviation(unit) * (squares / degrees as f64).sqrt()
}

/// The degrees of freedom of all units' standard errors.
fn degrees_of_freedom(known: Known) -> Vec<f64> {
    let degrees = (0..UNITS).map(|unit| known.degrees(unit));
    degrees
        .map(|degrees| degrees.map_or(f64::INFINITY, |degrees| degrees as f64))
        .collect()
}

/// The ranks that each unit truly has: several where it is tied.
fn truth(scores: &[f64; UNITS]) -> [RankSet; UNITS] {
    std::array::from_fn(|unit| {
        let low = 1 + scores.iter().filter(|&&other| other > scores[unit]).count();
        RankSet {
            rank: low,
            low,
            high: scores
                .iter()
                .filter(|&&other| other >= scores[unit])
                .count(),
        }
    })
}

/// Whether each set holds all of its unit's true ranks, and the mean number of ranks in a set.
fn holds(truth: &[RankSet; UNITS], sets: &[Option<RankSet>]) -> Result<([bool; UNITS], f64)> {
    let mut held = [false; UNITS];
    let mut ranks = 0;
    for (unit, set) in sets.iter().enumerate() {
        let set = set.context("a unit without a set")?;
        held[unit] = set.low <= truth[unit].low && truth[unit].high <= set.high;
        ranks += set.len();
    }
    Ok((held, ranks as f64 / UNITS as f64))
}
