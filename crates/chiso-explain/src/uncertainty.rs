//! The sampling errors of a unit's changes and of the contributions to them.
//!
//! Every change and contribution is, near the scores that were measured, a weighted sum of the
//! unit's leaf scores in both editions; its variance is that of the sum (the delta method; exact
//! where the recipe is linear).

use chiso_index::NodeIndex;
use chiso_index::numbers::from_ticks;

use crate::covariance::{Dependence, LeafCovariance, LeafErrors, StandardError, Weight};
use crate::error::ExplainError;
use crate::gradient::{Slopes, slopes};
use crate::normal::{critical_value, holm, p_value};
use crate::pairing::Pair;
use crate::points::{self, Side};
use crate::ticks::DECIMALS;

/// How errors are computed and judged.
#[derive(Clone, Copy)]
pub struct ErrorOptions<'a> {
    /// The confidence of intervals; a change is significant where its interval leaves out 0.
    pub confidence: f64,
    /// How the errors of leaves go together; without it they are taken as independent.
    pub covariance: Option<&'a dyn LeafCovariance>,
}

impl Default for ErrorOptions<'_> {
    /// 95 %, independent leaves and editions.
    fn default() -> Self {
        ErrorOptions {
            confidence: 0.95,
            covariance: None,
        }
    }
}

/// What the errors of a change rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorBasis {
    /// The confidence of the intervals.
    pub confidence: f64,
    /// What was taken of the leaves of one edition.
    pub within: Dependence,
    /// What was taken of the two editions.
    pub between: Dependence,
}

/// A value's standard error and what follows from it, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertainty {
    /// The standard error.
    pub standard_error: f64,
    /// The greatest standard error that any correlation of the leaves could make of theirs:
    /// `√((Σ|w₁|se₁)² + (Σ|w₂|se₂)²)`, the editions being independent; else the sum of both.
    pub greatest_standard_error: f64,
    /// The lower end of the interval: value − z·se.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of a value at least this far from 0 if the truth is 0: `2(1 − Φ(|value|/se))`.
    pub p_value: f64,
    /// The same among the siblings, adjusted by Holm's method over those of known error; none where
    /// there are no siblings.
    pub p_value_among_siblings: Option<f64>,
    /// Whether the value differs from 0 at the confidence.
    pub is_significant: bool,
    /// Whether it does among its siblings: the chance of any false one of them is at most one less
    /// the confidence.
    pub is_significant_among_siblings: Option<bool>,
}

/// The sampling error of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum SamplingError {
    /// It is known.
    Known(Uncertainty),
    /// It is not known, for a leaf has no standard error.
    NoStandardError {
        /// The codes of these leaves, ascending.
        leaves: Vec<String>,
    },
    /// There is no value, or it cannot be traced to leaves.
    Untraceable,
}

impl SamplingError {
    /// What is known.
    pub fn known(&self) -> Option<&Uncertainty> {
        match self {
            SamplingError::Known(known) => Some(known),
            _ => None,
        }
    }
}

/// The errors of one unit by place of the outline.
pub(crate) struct UnitErrors {
    pub basis: ErrorBasis,
    /// Of the change of the node's own score.
    pub changes: Vec<SamplingError>,
    /// Of the contribution to the change of the total.
    pub contributions: Vec<SamplingError>,
}

/// The errors of a unit's changes and of its contributions in ticks.
///
/// # Errors
/// A confidence outside 0 to 1, or covariances that no scores can have.
pub(crate) fn unit_errors(
    from: &Side<'_>,
    to: &Side<'_>,
    pairs: &[Pair],
    contributions: &[Option<i64>],
    options: &ErrorOptions<'_>,
) -> Result<UnitErrors, ExplainError> {
    let judge = Judge {
        z: critical_value(options.confidence)?,
        confidence: options.confidence,
        errors: LeafErrors::new(from, to, options.covariance)?,
    };
    let sides = [slopes(from.scored, from.unit), slopes(to.scored, to.unit)];
    let value = |ticks: i64| from_ticks(ticks, DECIMALS);
    let of_change = |pair: &Pair| {
        let change = from.score(pair.from).zip(to.score(pair.to));
        let weights = own_change(&sides, pair);
        judge.of(change.map(|(x, y)| y - x), weights)
    };
    let changes = pairs.iter().map(of_change).collect::<Result<_, _>>()?;
    let weights = contribution_weights(from, to, pairs, &sides);
    let of_contribution =
        |(ticks, weights): (&Option<i64>, Option<Vec<Weight>>)| judge.of(ticks.map(value), weights);
    let all = contributions.iter().zip(weights).map(of_contribution);
    let mut contributions: Vec<SamplingError> = all.collect::<Result<_, _>>()?;
    for pair in pairs {
        among_siblings(&mut contributions, &pair.children, options.confidence);
    }
    Ok(UnitErrors {
        basis: ErrorBasis {
            confidence: options.confidence,
            within: judge.errors.within,
            between: judge.errors.between,
        },
        changes,
        contributions,
    })
}

struct Judge<'a> {
    z: f64,
    confidence: f64,
    errors: LeafErrors<'a>,
}

impl Judge<'_> {
    fn of(
        &self,
        value: Option<f64>,
        weights: Option<Vec<Weight>>,
    ) -> Result<SamplingError, ExplainError> {
        let Some((value, weights)) = value.zip(weights) else {
            return Ok(SamplingError::Untraceable);
        };
        Ok(match self.errors.of(&weights)? {
            Ok(error) => SamplingError::Known(judged(value, error, self.z, self.confidence)),
            Err(leaves) => SamplingError::NoStandardError { leaves },
        })
    }
}

pub(crate) fn judged(value: f64, error: StandardError, z: f64, confidence: f64) -> Uncertainty {
    let p_value = p_value(value, error.value);
    Uncertainty {
        standard_error: error.value,
        greatest_standard_error: error.bound,
        low: value - z * error.value,
        high: value + z * error.value,
        p_value,
        p_value_among_siblings: None,
        is_significant: p_value < 1.0 - confidence,
        is_significant_among_siblings: None,
    }
}

fn among_siblings(errors: &mut [SamplingError], siblings: &[usize], confidence: f64) {
    let known: Vec<(usize, f64)> = siblings
        .iter()
        .filter_map(|&place| Some((place, errors[place].known()?.p_value)))
        .collect();
    let p_values: Vec<f64> = known.iter().map(|(_, p_value)| *p_value).collect();
    for ((place, _), adjusted) in known.into_iter().zip(holm(&p_values)) {
        if let SamplingError::Known(error) = &mut errors[place] {
            error.p_value_among_siblings = Some(adjusted);
            error.is_significant_among_siblings = Some(adjusted < 1.0 - confidence);
        }
    }
}

/// The weights of a node's own change; none where a side has no score or no slopes.
pub(crate) fn own_change(sides: &[Vec<Option<Slopes>>; 2], pair: &Pair) -> Option<Vec<Weight>> {
    let (a, b) = pair.from.zip(pair.to)?;
    let (earlier, later) = (sides[0][a.0].as_ref()?, sides[1][b.0].as_ref()?);
    Some(
        weighted(earlier, false, -1.0)
            .chain(weighted(later, true, 1.0))
            .collect(),
    )
}

fn weighted(slopes: &Slopes, is_later: bool, by: f64) -> impl Iterator<Item = Weight> + '_ {
    slopes
        .iter()
        .map(move |(leaf, slope)| ((is_later, *leaf), by * slope))
}

/// By place of the outline: how the contribution moves with each leaf score.
fn contribution_weights(
    from: &Side<'_>,
    to: &Side<'_>,
    pairs: &[Pair],
    sides: &[Vec<Option<Slopes>>; 2],
) -> Vec<Option<Vec<Weight>>> {
    let mut found = vec![None; pairs.len()];
    found[0] = own_change(sides, &pairs[0]);
    for pair in pairs.iter().filter(|pair| !pair.children.is_empty()) {
        if from.splits(pair.from) && to.splits(pair.to) {
            for &child in &pair.children {
                found[child] = linear(from, to, &pairs[child], sides);
            }
        } else if let Some(split) = points::shapley_slopes(from, to, pairs, pair) {
            for (place, &child) in pair.children.iter().enumerate() {
                found[child] = by_siblings(&split, place, pairs, pair, sides);
            }
        }
    }
    found
}

/// `c₂x₂ − c₁x₁`; a side without a score brings nothing, and no error.
fn linear(
    from: &Side<'_>,
    to: &Side<'_>,
    pair: &Pair,
    sides: &[Vec<Option<Slopes>>; 2],
) -> Option<Vec<Weight>> {
    let mut weights = Vec::new();
    let both = [(from, pair.from, -1.0), (to, pair.to, 1.0)];
    for ((side, node, sign), (slopes, is_later)) in
        both.into_iter().zip(sides.iter().zip([false, true]))
    {
        let Some((path, node)) = side.path(node).zip(node) else {
            continue;
        };
        if side.score(Some(node)).is_some() {
            weights.extend(weighted(slopes[node.0].as_ref()?, is_later, sign * path));
        }
    }
    Some(weights)
}

/// Shapley's value of one part moves with the scores of all its siblings.
fn by_siblings(
    split: &[Vec<f64>],
    part: usize,
    pairs: &[Pair],
    pair: &Pair,
    sides: &[Vec<Option<Slopes>>; 2],
) -> Option<Vec<Weight>> {
    let mut weights = Vec::new();
    let n = pair.children.len();
    let node = |child: usize, is_later: bool| -> Option<NodeIndex> {
        if is_later {
            pairs[child].to
        } else {
            pairs[child].from
        }
    };
    for (argument, moves) in split.iter().enumerate() {
        let is_later = argument >= n;
        let place = node(pair.children[argument % n], is_later)?;
        let slopes = sides[usize::from(is_later)][place.0].as_ref()?;
        weights.extend(weighted(slopes, is_later, moves[part]));
    }
    Some(weights)
}
