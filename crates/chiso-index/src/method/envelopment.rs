//! Benefit of the Doubt: each row is weighed as favours it most.
//!
//! The score of row c with values y ≥ 0 is
//!
//! ```text
//! max Σ_j w_j y_cj   subject to   Σ_j w_j y_kj ≤ 1 for every row k,   w ≥ 0
//! ```
//!
//! so that 1 is the frontier. The share of part j in the score, `w_j y_cj / Σ_i w_i y_ci`, may be held
//! within a range. Only rows that no other dominates bind, and each part is measured in its
//! greatest value, which changes no score. Each program is solved by the simplex of `microlp`; the
//! weights are then scaled to meet the frontier exactly.
//!
//! Sources: L. Cherchye, W. Moesen, N. Rogge, T. Van Puyenbroeck, *An Introduction to 'Benefit of
//! the Doubt' Composite Indicators*, Social Indicators Research 82 (2007), also for shares. A part
//! without a value counts as zero where the rule allows it: T. Kuosmanen, *Data envelopment
//! analysis with missing data*, Journal of the Operational Research Society 60 (2009).

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use super::aggregate::MissingRule;

/// A score so near to 1 is on the frontier: rows on it must tie.
const FRONTIER: f64 = 1e-12;

/// Within what the share of a part in the score is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareRange {
    /// The least share, from 0.
    pub least: f64,
    /// The greatest share, to 1.
    pub most: f64,
}

impl Default for ShareRange {
    fn default() -> ShareRange {
        ShareRange {
            least: 0.0,
            most: 1.0,
        }
    }
}

/// Scores, and the weights that give them.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelopment {
    /// The score of every row, 0 to 1; NaN where the rule gives none.
    pub scores: Vec<f64>,
    /// For each row the weight of each part, in the unit of one divided by the part's; empty where
    /// there is no score. Another set of weights may give the same score.
    pub weights: Vec<Vec<f64>>,
}

/// Why rows have no Benefit of the Doubt. Parts and rows count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EnvelopmentFault {
    /// The lengths do not fit.
    #[error("found {found} {what}; expected {expected}")]
    Shape {
        /// Of what there are too few or too many.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A value below zero or beyond all numbers.
    #[error("part {part}, row {row}: found {value}; expected a finite number, not below zero")]
    Value {
        /// The part.
        part: usize,
        /// The row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A part that could have any weight.
    #[error("part {part}: found no value above zero; expected at least one")]
    ZeroPart {
        /// The part.
        part: usize,
    },
    /// Shares that no row can have.
    #[error(
        "part {part}: found shares from {least} to {most}; expected 0 ≤ least ≤ most ≤ 1, the \
         least of all parts with a sum of at most 1 and the most of at least 1"
    )]
    Shares {
        /// The first part that does not fit, or the last of those that together do not.
        part: usize,
        /// Its least share.
        least: f64,
        /// Its greatest share.
        most: f64,
    },
    /// No weights but zero give a row the shares.
    #[error(
        "row {row}: found no weights with which the parts have the shares that are asked; expected \
         values above zero in enough parts"
    )]
    OutOfReach {
        /// The row.
        row: usize,
    },
    /// The solver failed.
    #[error("row {row}: the linear program was not solved: {problem}")]
    Solver {
        /// The row.
        row: usize,
        /// What the solver says.
        problem: String,
    },
}

/// The Benefit of the Doubt of every row of the parts' columns (of one length), with the range of
/// each part's share in the score, or none for no ranges.
///
/// Rows to which the rule gives no value are left out, also from the frontier.
///
/// # Errors
/// The first fault of the columns, the ranges or a row: see [`EnvelopmentFault`].
pub fn benefit_of_the_doubt(
    parts: &[&[f64]],
    shares: Option<&[ShareRange]>,
    rule: MissingRule,
) -> Result<Envelopment, EnvelopmentFault> {
    let rows = check(parts, shares)?;
    let counts = |row: usize| {
        rule.allows(
            parts.iter().filter(|part| !part[row].is_nan()).count(),
            parts.len(),
        )
    };
    let counted: Vec<usize> = (0..rows).filter(|&row| counts(row)).collect();
    let mut found = Envelopment {
        scores: vec![f64::NAN; rows],
        weights: vec![Vec::new(); rows],
    };
    if counted.is_empty() {
        return Ok(found);
    }
    let scales = scales(parts, &counted)?;
    // A missing value is no number, so that the greater of it and zero is zero.
    let table: Vec<Vec<f64>> = counted
        .iter()
        .map(|&row| {
            parts
                .iter()
                .zip(&scales)
                .map(|(part, s)| part[row].max(0.0) / s)
                .collect()
        })
        .collect();
    let frontier = undominated(&table);
    for (&row, values) in counted.iter().zip(&table) {
        let (score, weights) = solve(row, values, &frontier, shares)?;
        found.scores[row] = score;
        found.weights[row] = weights.iter().zip(&scales).map(|(w, s)| w / s).collect();
    }
    Ok(found)
}

/// The number of rows of columns and ranges that fit.
fn check(parts: &[&[f64]], shares: Option<&[ShareRange]>) -> Result<usize, EnvelopmentFault> {
    let shape = |what, found, expected| EnvelopmentFault::Shape {
        what,
        found,
        expected,
    };
    let rows = parts.first().ok_or_else(|| shape("parts", 0, 1))?.len();
    for (part, values) in parts.iter().enumerate() {
        if values.len() != rows {
            return Err(shape("rows of a part", values.len(), rows));
        }
        let refused = |x: &f64| *x < 0.0 || x.is_infinite();
        if let Some(row) = values.iter().position(refused) {
            return Err(EnvelopmentFault::Value {
                part,
                row,
                value: values[row],
            });
        }
    }
    let Some(shares) = shares else {
        return Ok(rows);
    };
    if shares.len() != parts.len() {
        return Err(shape("ranges of shares", shares.len(), parts.len()));
    }
    let fits =
        |range: &ShareRange| 0.0 <= range.least && range.least <= range.most && range.most <= 1.0;
    let least: f64 = shares.iter().map(|range| range.least).sum();
    let most: f64 = shares.iter().map(|range| range.most).sum();
    let misfit = shares.iter().position(|range| !fits(range));
    // Shares such as ten tenths sum to one but for rounding.
    let together = least <= 1.0 + FRONTIER && most >= 1.0 - FRONTIER;
    match misfit.or((!together).then_some(parts.len() - 1)) {
        Some(part) => {
            let ShareRange { least, most } = shares[part];
            Err(EnvelopmentFault::Shares { part, least, most })
        }
        None => Ok(rows),
    }
}

/// The greatest value of each part.
fn scales(parts: &[&[f64]], counted: &[usize]) -> Result<Vec<f64>, EnvelopmentFault> {
    let scale = |(part, values): (usize, &&[f64])| match counted
        .iter()
        .map(|&row| values[row])
        .fold(0.0, f64::max)
    {
        0.0 => Err(EnvelopmentFault::ZeroPart { part }),
        scale => Ok(scale),
    };
    parts.iter().enumerate().map(scale).collect()
}

/// The rows that no other equals or exceeds in every part; of equal rows the first.
fn undominated(table: &[Vec<f64>]) -> Vec<&[f64]> {
    let covers = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a >= b);
    let is_covered = |at: usize| {
        let own = &table[at];
        table.iter().enumerate().any(|(other, values)| {
            other != at && covers(values, own) && (other < at || !covers(own, values))
        })
    };
    (0..table.len())
        .filter(|&at| !is_covered(at))
        .map(|at| table[at].as_slice())
        .collect()
}

/// The score of a row of values and its weights.
fn solve(
    row: usize,
    values: &[f64],
    frontier: &[&[f64]],
    shares: Option<&[ShareRange]>,
) -> Result<(f64, Vec<f64>), EnvelopmentFault> {
    if values.iter().all(|&value| value == 0.0) {
        return Ok((0.0, vec![0.0; values.len()]));
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let variables: Vec<_> = values
        .iter()
        .map(|&value| problem.add_var(value, (0.0, f64::INFINITY)))
        .collect();
    for (terms, limit) in limits(values, frontier, shares) {
        let terms: Vec<_> = variables.iter().copied().zip(terms).collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, limit);
    }
    let failed = |problem: String| EnvelopmentFault::Solver { row, problem };
    let solution = problem
        .solve()
        .map_err(|error| failed(error.to_string()))?
        .into_solution()
        .map_err(|_| failed("it was interrupted".to_owned()))?;
    let weights: Vec<f64> = variables
        .iter()
        .map(|&v| solution.var_value(v).max(0.0))
        .collect();
    on_the_frontier(weights, values, frontier).ok_or(EnvelopmentFault::OutOfReach { row })
}

/// What the weights of a row must keep to: their coefficients, and what the sum is at most.
fn limits(
    values: &[f64],
    frontier: &[&[f64]],
    shares: Option<&[ShareRange]>,
) -> Vec<(Vec<f64>, f64)> {
    let mut limits: Vec<_> = frontier.iter().map(|other| (other.to_vec(), 1.0)).collect();
    for (part, range) in shares.unwrap_or_default().iter().enumerate() {
        let own = |other: usize| if other == part { 1.0 } else { 0.0 };
        let parts = || values.iter().enumerate();
        if range.least > 0.0 {
            let terms = parts().map(|(other, y)| (range.least - own(other)) * y);
            limits.push((terms.collect(), 0.0));
        }
        if range.most < 1.0 {
            let terms = parts().map(|(other, y)| (own(other) - range.most) * y);
            limits.push((terms.collect(), 0.0));
        }
    }
    limits
}

/// The score, and weights scaled so that the best row of the frontier has exactly 1; nothing when
/// they are all zero.
fn on_the_frontier(
    mut weights: Vec<f64>,
    values: &[f64],
    frontier: &[&[f64]],
) -> Option<(f64, Vec<f64>)> {
    let weighed = |values: &[f64]| weights.iter().zip(values).map(|(w, y)| w * y).sum::<f64>();
    let best = frontier
        .iter()
        .map(|other| weighed(other))
        .fold(0.0, f64::max);
    let score = weighed(values) / best;
    if best < 0.5 || score.is_nan() || score <= 0.0 {
        return None;
    }
    weights.iter_mut().for_each(|weight| *weight /= best);
    Some((if score > 1.0 - FRONTIER { 1.0 } else { score }, weights))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: MissingRule = MissingRule::Propagate;

    #[test]
    fn a_row_between_two_on_the_frontier_scores_its_share_of_the_way() {
        let parts: [&[f64]; 2] = [&[4.0, 0.0, 1.0, 2.0], &[0.0, 2.0, 0.5, 0.0]];
        let found = benefit_of_the_doubt(&parts, None, ALL).unwrap();
        let expected = [1.0, 1.0, 0.5, 0.5];
        assert!(
            found
                .scores
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-15)
        );
        assert!(
            (found.weights[2][0] - 0.25).abs() < 1e-15,
            "{:?}",
            found.weights
        );
    }

    #[test]
    fn shares_within_ranges_lower_a_score_that_rested_on_one_part() {
        let parts: [&[f64]; 2] = [&[4.0, 2.0, 1.0], &[1.0, 2.0, 2.0]];
        let half = [ShareRange {
            least: 0.5,
            most: 0.5,
        }; 2];
        let free = benefit_of_the_doubt(&parts, None, ALL).unwrap();
        let held = benefit_of_the_doubt(&parts, Some(&half), ALL).unwrap();
        assert_eq!(free.scores, [1.0, 1.0, 1.0]);
        // Equal weights for the second row: the first row holds them to a fifth each.
        for (row, score) in held.scores.iter().enumerate() {
            let of_part = |part: usize| held.weights[row][part] * parts[part][row] / score;
            assert!((of_part(0) - 0.5).abs() < 1e-9 && (of_part(1) - 0.5).abs() < 1e-9);
            assert!(*score <= free.scores[row]);
        }
        assert!((held.scores[1] - 0.8).abs() < 1e-12, "{held:?}");
    }

    #[test]
    fn rows_without_a_value_are_left_out_or_have_zero_there() {
        let parts: [&[f64]; 2] = [&[4.0, 8.0, 2.0], &[2.0, f64::NAN, 1.0]];
        let out = benefit_of_the_doubt(&parts, None, ALL).unwrap();
        assert!(out.scores[1].is_nan() && out.weights[1].is_empty());
        assert_eq!((out.scores[0], out.scores[2]), (1.0, 0.5));
        let rule = MissingRule::Available { least_share: 0.5 };
        let zero = benefit_of_the_doubt(&parts, None, rule).unwrap();
        assert_eq!(zero.scores, [1.0, 1.0, 0.5]);
    }

    #[test]
    fn what_cannot_be_weighed_is_a_fault() {
        let fault = |parts: &[&[f64]], shares: Option<&[ShareRange]>| {
            benefit_of_the_doubt(parts, shares, ALL)
                .unwrap_err()
                .to_string()
        };
        assert!(fault(&[&[1.0, -2.0]], None).starts_with("part 0, row 1: found -2"));
        assert!(fault(&[&[1.0], &[0.0]], None).starts_with("part 1: found no value above zero"));
        assert!(fault(&[&[f64::INFINITY]], None).contains("expected a finite number"));
        assert!(fault(&[], None).contains("found 0 parts"));
        assert!(fault(&[&[1.0], &[1.0, 2.0]], None).contains("found 2 rows"));
        let range = |least, most| ShareRange { least, most };
        let parts: [&[f64]; 2] = [&[1.0, 2.0], &[1.0, 0.0]];
        assert!(fault(&parts, Some(&[range(0.6, 1.0); 2])).starts_with("part 1: found shares"));
        assert!(fault(&parts, Some(&[range(0.0, 0.4); 2])).starts_with("part 1: found shares"));
        assert!(fault(&parts, Some(&[range(f64::NAN, 1.0); 2])).starts_with("part 0"));
        assert!(fault(&parts, Some(&[range(0.2, 0.8); 2])).starts_with("row 1: found no weights"));
    }

    /// The score by trying every corner of the weights of two parts.
    fn by_corners(rows: &[(f64, f64)], of: (f64, f64)) -> f64 {
        let most = |f: fn(&(f64, f64)) -> f64| rows.iter().map(f).fold(0.0, f64::max);
        let mut corners = vec![
            (1.0 / most(|row| row.0), 0.0),
            (0.0, 1.0 / most(|row| row.1)),
        ];
        for a in rows {
            for b in rows {
                let determinant = a.0 * b.1 - a.1 * b.0;
                corners.push(((b.1 - a.1) / determinant, (a.0 - b.0) / determinant));
            }
        }
        let feasible = |w: &&(f64, f64)| {
            w.0 >= 0.0
                && w.1 >= 0.0
                && rows
                    .iter()
                    .all(|row| w.0 * row.0 + w.1 * row.1 <= 1.0 + 1e-12)
        };
        let scores = corners
            .iter()
            .filter(feasible)
            .map(|w| w.0 * of.0 + w.1 * of.1);
        scores.fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn scores_of_two_parts_are_those_of_the_best_corner(
            rows in prop::collection::vec((0.5f64..100.0, 0.5f64..100.0), 2..12),
            scale in 0.01f64..100.0,
        ) {
            let first: Vec<f64> = rows.iter().map(|row| row.0 * scale).collect();
            let second: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let found = benefit_of_the_doubt(&[&first, &second], None, ALL).unwrap();
            for (score, row) in found.scores.iter().zip(&rows) {
                prop_assert!((score - by_corners(&rows, *row)).abs() < 1e-10);
            }
            prop_assert!(found.scores.contains(&1.0));
        }

        #[test]
        fn the_order_of_rows_and_parts_changes_no_score(
            columns in (1usize..6).prop_flat_map(|parts| {
                prop::collection::vec(prop::collection::vec(0.1f64..100.0, 15), parts)
            }),
        ) {
            let parts: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let turned: Vec<Vec<f64>> = columns
                .iter()
                .rev()
                .map(|column| column.iter().rev().copied().collect())
                .collect();
            let turned: Vec<&[f64]> = turned.iter().map(Vec::as_slice).collect();
            let found = benefit_of_the_doubt(&parts, None, ALL).unwrap();
            let mut other = benefit_of_the_doubt(&turned, None, ALL).unwrap();
            other.scores.reverse();
            for (a, b) in found.scores.iter().zip(&other.scores) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }
}
