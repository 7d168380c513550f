//! Scores with their errors as they are passed in, checked and put in the order of the scores.

use super::differences::{Comparisons, Draw, inverse_deviations};
use super::draws::{correlated, dot, independent};
use super::error::RankSetError;
use super::factor::factor;
use super::variance_ratios::{checked, variance_ratios, variance_shares};

/// Scores of the units, higher is better, with what is known of their errors.
#[derive(Clone, Copy, Debug)]
pub struct Estimates<'a> {
    /// One score a unit; NaN leaves the unit out of the ranking.
    pub scores: &'a [f64],
    /// Their errors.
    pub errors: Errors<'a>,
}

/// The errors of scores: p units. What belongs to a unit without a score is not looked at.
#[derive(Clone, Copy, Debug)]
pub enum Errors<'a> {
    /// Standard errors of independent scores, p numbers; 0 for a score that is known exactly.
    Independent(&'a [f64]),
    /// Standard errors of independent scores that are themselves estimated: the square of each is
    /// taken as its true value times χ²_ν / ν, independent of the scores. Critical values are those
    /// of a bootstrap-t: each draw is studentised by standard errors drawn with it.
    Estimated {
        /// The standard errors, p numbers; 0 for a score that is known exactly.
        standard: &'a [f64],
        /// Degrees of freedom ν of each, from 1, p numbers; [`f64::INFINITY`] for a standard error
        /// that is known. Not looked at where the standard error is 0. If all are infinite, results
        /// are those of [`Errors::Independent`] to the last bit.
        degrees_of_freedom: &'a [f64],
    },
    /// The covariance matrix of the scores, p × p, row by row.
    Covariance(&'a [f64]),
    /// Bootstrap draws of the scores, B × p, one row a draw. Only their deviations from their own
    /// mean are used, so draws around another centre do no harm.
    Draws {
        /// The draws.
        draws: &'a [f64],
    },
}

/// The most draws that are taken.
const MOST_DRAWS: usize = 10_000_000;

/// How sure the statements shall be, and how this is worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSetOptions {
    /// The probability with which a statement shall hold, above 0 and below 1.
    pub confidence: f64,
    /// How many normal draws; with [`Errors::Draws`] those are used as they are.
    pub draws: usize,
    /// The seed of the normal draws.
    pub seed: u64,
    /// Whether what is decided makes room for more decisions (Romano and Wolf), which narrows sets.
    pub step_down: bool,
}

impl Default for RankSetOptions {
    /// 95 %, 1,000 draws, seed 0, step-down.
    fn default() -> Self {
        RankSetOptions {
            confidence: 0.95,
            draws: 1000,
            seed: 0,
            step_down: true,
        }
    }
}

/// The units that have a score, best first, with draws of their errors.
///
/// The order makes results follow the units: whoever passes them in another order gets the same
/// draws for the same scores.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    /// Each unit's index in the slices passed in.
    pub units: Vec<usize>,
    /// Their scores, descending.
    pub scores: Vec<f64>,
    /// Draws of their errors, one row a draw.
    pub errors: Vec<f64>,
    /// Draws of their estimated variances over the true ones, one row a draw; none if standard
    /// errors are known.
    pub variance_ratios: Vec<f64>,
}

impl Ordered {
    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.errors.len().checked_div(self.units.len()).unwrap_or(0)
    }

    /// One of the draws.
    pub fn draw(&self, draw: usize) -> Draw<'_> {
        let width = self.units.len();
        let row = draw * width..(draw + 1) * width;
        Draw {
            errors: &self.errors[row.clone()],
            variance_ratios: self.variance_ratios.get(row).unwrap_or_default(),
        }
    }
}

/// Units in the order of their scores with the errors' draws and, a row a unit, one over the
/// standard error of each difference (0 where the difference has no error).
pub(super) struct Prepared {
    pub ordered: Ordered,
    pub inverse: Vec<f64>,
    /// A row a unit, its share in the variance of each difference; none if standard errors are
    /// known.
    variance_shares: Vec<f64>,
}

impl Prepared {
    /// One over the standard errors of a unit's differences with the first `others` of the order.
    pub fn inverse_of(&self, unit: usize, others: usize) -> &[f64] {
        let start = unit * self.ordered.units.len();
        &self.inverse[start..start + others]
    }

    /// A unit against the first `others` of the order.
    pub fn comparisons(&self, unit: usize, others: usize) -> Comparisons {
        let start = unit * self.ordered.units.len();
        let shares = self.variance_shares.get(start..start + others);
        Comparisons::new(
            unit,
            self.inverse_of(unit, others),
            shares.unwrap_or_default(),
        )
    }
}

/// Draws of errors, and what belongs to their differences, as in [`Ordered`] and [`Prepared`].
struct Drawn {
    errors: Vec<f64>,
    inverse: Vec<f64>,
    variance_ratios: Vec<f64>,
    variance_shares: Vec<f64>,
}

impl Drawn {
    /// With standard errors that are known.
    fn known(errors: Vec<f64>, inverse: Vec<f64>) -> Self {
        Drawn {
            errors,
            inverse,
            variance_ratios: Vec::new(),
            variance_shares: Vec::new(),
        }
    }
}

/// Checks scores and errors, draws, and works out the errors of differences.
pub(super) fn prepare(
    estimates: &Estimates,
    options: &RankSetOptions,
) -> Result<Prepared, RankSetError> {
    let units = order(estimates)?;
    let scores: Vec<f64> = units.iter().map(|&unit| estimates.scores[unit]).collect();
    check_draw_count(estimates, options)?;
    let all = estimates.scores.len();
    let drawn = match estimates.errors {
        Errors::Independent(errors) => {
            from_deviations(&standard_errors(errors, all, &units)?, options)
        }
        Errors::Estimated {
            standard,
            degrees_of_freedom,
        } => {
            let deviations = standard_errors(standard, all, &units)?;
            check_length("degrees of freedom", degrees_of_freedom.len(), all)?;
            let degrees = checked(degrees_of_freedom, &units, &deviations)?;
            from_estimated(&deviations, &degrees, options)
        }
        Errors::Covariance(matrix) => from_covariance(matrix, all, &units, options)?,
        Errors::Draws { draws } => {
            let columns = centred(draws, all, &units)?;
            let count = columns.len().checked_div(units.len()).unwrap_or(0);
            let inverse = inverse_of_rows(&columns, units.len(), count as f64 - 1.0);
            Drawn::known(transposed(&columns, count), inverse)
        }
    };
    Ok(Prepared {
        ordered: Ordered {
            units,
            scores,
            errors: drawn.errors,
            variance_ratios: drawn.variance_ratios,
        },
        inverse: drawn.inverse,
        variance_shares: drawn.variance_shares,
    })
}

/// Draws of independent errors with the given standard errors.
fn from_deviations(deviations: &[f64], options: &RankSetOptions) -> Drawn {
    let inverse = inverse_deviations(deviations.len(), deviations, |a, b| {
        deviations[a].hypot(deviations[b])
    });
    let errors = independent(deviations, options.draws, options.seed);
    Drawn::known(errors, inverse)
}

/// The same, each draw with estimates of the standard errors' squares.
fn from_estimated(deviations: &[f64], degrees: &[f64], options: &RankSetOptions) -> Drawn {
    let known = from_deviations(deviations, options);
    match degrees.iter().all(|degrees| degrees.is_infinite()) {
        true => known,
        false => Drawn {
            variance_ratios: variance_ratios(degrees, options.draws, options.seed),
            variance_shares: variance_shares(deviations),
            ..known
        },
    }
}

/// Draws of errors with the given covariance matrix.
fn from_covariance(
    matrix: &[f64],
    all: usize,
    units: &[usize],
    options: &RankSetOptions,
) -> Result<Drawn, RankSetError> {
    let (covariance, deviations) = covariance(matrix, all, units)?;
    let root = factor(&covariance, &deviations).map_err(|error| named(error, units))?;
    let inverse = inverse_of_rows(&root.loads, units.len(), 1.0);
    let errors = match root.rank {
        0 => vec![0.0; options.draws * units.len()],
        rank => correlated(&root.loads, rank, options.draws, options.seed),
    };
    Ok(Drawn::known(errors, inverse))
}

/// The indices of the units that have a score, best first, the earlier of equals first.
fn order(estimates: &Estimates) -> Result<Vec<usize>, RankSetError> {
    let scores = estimates.scores;
    if let Some(unit) = scores.iter().position(|score| score.is_infinite()) {
        let found = scores[unit];
        return Err(RankSetError::Score { unit, found });
    }
    // Equal scores with unlike errors must not depend on where they stand either.
    let at = |slice: &[f64], place: usize| slice.get(place).copied().unwrap_or(0.0);
    let error = |unit: usize| match estimates.errors {
        Errors::Independent(errors) => (at(errors, unit), 0.0),
        Errors::Estimated {
            standard,
            degrees_of_freedom,
        } => (at(standard, unit), at(degrees_of_freedom, unit)),
        Errors::Covariance(matrix) => (at(matrix, unit * scores.len() + unit), 0.0),
        Errors::Draws { .. } => (0.0, 0.0),
    };
    let mut units: Vec<usize> = (0..scores.len()).filter(|&u| !scores[u].is_nan()).collect();
    // Adding 0 makes one zero of both, which are the same score.
    let key = |unit: usize| (scores[unit] + 0.0, error(unit));
    units.sort_by(|&a, &b| {
        let ((first, first_error), (second, second_error)) = (key(a), key(b));
        second
            .total_cmp(&first)
            .then(first_error.0.total_cmp(&second_error.0))
            .then(first_error.1.total_cmp(&second_error.1))
    });
    Ok(units)
}

/// The place, from 0 at the lowest, of the critical value among the draws' ascending maxima:
/// ⌈(B + 1) · confidence⌉ − 1, with which a statement fails with probability at most
/// 1 − confidence, the draws' own chance included (Davison and Hinkley 1997, §4.2).
pub(super) fn critical_place(draws: usize, confidence: f64) -> usize {
    // A product such as 20 · 0.95 must not become 19.000000000000004 and so 20.
    ((draws as f64 + 1.0) * confidence - 1e-9).ceil().max(1.0) as usize - 1
}

fn check_draw_count(estimates: &Estimates, options: &RankSetOptions) -> Result<(), RankSetError> {
    let confidence = options.confidence;
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(RankSetError::Confidence(confidence));
    }
    let units = estimates.scores.len();
    let found = match estimates.errors {
        Errors::Draws { .. } if units == 0 => return Ok(()),
        Errors::Draws { draws } if draws.len() % units != 0 => {
            return Err(RankSetError::Length {
                what: "draws",
                found: draws.len(),
                expected: format!("a multiple of {units}, the number of units"),
            });
        }
        Errors::Draws { draws } => draws.len() / units,
        _ => options.draws,
    };
    let least = (confidence / (1.0 - confidence) - 1e-9).ceil().max(2.0) as usize;
    match found < least || found > MOST_DRAWS || critical_place(found, confidence) >= found {
        true => Err(RankSetError::DrawCount {
            found,
            least,
            most: MOST_DRAWS,
        }),
        false => Ok(()),
    }
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), RankSetError> {
    match found == expected {
        true => Ok(()),
        false => Err(RankSetError::Length {
            what,
            found,
            expected: expected.to_string(),
        }),
    }
}

fn standard_errors(all: &[f64], count: usize, units: &[usize]) -> Result<Vec<f64>, RankSetError> {
    check_length("standard errors", all.len(), count)?;
    let checked = units.iter().map(|&unit| match all[unit] {
        // Squares of larger numbers leave the range of numbers.
        found if (0.0..=1e150).contains(&found) => Ok(found),
        found => Err(RankSetError::StandardError { unit, found }),
    });
    checked.collect()
}

/// The matrix of the ordered units and the roots of its diagonal.
fn covariance(
    all: &[f64],
    count: usize,
    units: &[usize],
) -> Result<(Vec<f64>, Vec<f64>), RankSetError> {
    check_length("covariance matrix", all.len(), count * count)?;
    let at = |row: usize, column: usize| all[row * count + column];
    for &row in units {
        for &column in units {
            let found = at(row, column);
            let bound = at(row, row).sqrt() * at(column, column).sqrt();
            let expected = match row == column {
                true if !(0.0..=1e300).contains(&found) => "a variance from 0 to 1e300",
                _ if !found.is_finite() => "a finite number",
                // A variance that is none is named at its own place.
                _ if bound.is_nan() => continue,
                _ if found.abs() > bound * (1.0 + 1e-9) && bound == 0.0 => {
                    "0 beside a variance of 0"
                }
                _ if (found - at(column, row)).abs() > 1e-9 * bound => "a symmetric matrix",
                _ => continue,
            };
            return Err(RankSetError::Covariance {
                row,
                column,
                found,
                expected,
            });
        }
    }
    let rows = units.iter();
    let matrix = rows.flat_map(|&row| units.iter().map(move |&column| at(row, column)));
    let deviations = units.iter().map(|&unit| at(unit, unit).sqrt());
    Ok((matrix.collect(), deviations.collect()))
}

/// The error with the unit's own index instead of its place in the order.
fn named(error: RankSetError, units: &[usize]) -> RankSetError {
    match error {
        RankSetError::Indefinite { unit, found } => RankSetError::Indefinite {
            unit: units[unit],
            found,
        },
        other => other,
    }
}

/// The deviations of each ordered unit's draws from their mean, one row a unit.
fn centred(draws: &[f64], count: usize, units: &[usize]) -> Result<Vec<f64>, RankSetError> {
    let mut columns = Vec::with_capacity(draws.len());
    for &unit in units {
        let column = draws.iter().skip(unit).step_by(count);
        if let Some(draw) = column.clone().position(|value| !value.is_finite()) {
            let found = draws[draw * count + unit];
            return Err(RankSetError::Draw { draw, unit, found });
        }
        // From the first draw, so that a unit without variation has deviations of exactly 0.
        let first = draws[unit];
        let from_first = column.map(|value| value - first);
        let mean = from_first.clone().sum::<f64>() / (draws.len() / count) as f64;
        columns.extend(from_first.map(|value| value - mean));
    }
    Ok(columns)
}

fn transposed(columns: &[f64], draws: usize) -> Vec<f64> {
    let rows = 0..draws;
    rows.flat_map(|draw| columns.iter().skip(draw).step_by(draws.max(1)).copied())
        .collect()
}

/// One over the standard errors of differences of units whose errors are rows of loads or draws:
/// the length of the rows' difference over the root of `divisor`.
fn inverse_of_rows(rows: &[f64], units: usize, divisor: f64) -> Vec<f64> {
    let width = rows.len().checked_div(units).unwrap_or(0);
    let row = |unit: usize| &rows[unit * width..(unit + 1) * width];
    let length = |square: f64| (square / divisor).sqrt();
    let deviations: Vec<f64> = (0..units)
        .map(|unit| length(dot(row(unit), row(unit))))
        .collect();
    inverse_deviations(units, &deviations, |a, b| {
        length(super::draws::squared_distance(row(a), row(b)))
    })
}
