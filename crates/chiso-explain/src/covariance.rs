//! How the errors of one unit's leaves go together.

use std::collections::{BTreeMap, BTreeSet};

use chiso_index::{Edition, NodeIndex};

use crate::error::ExplainError;
use crate::points::Side;

/// A leaf of an edition, by its code.
pub type LeafOf<'a> = (Edition, &'a str);

/// The covariances of the leaf scores of each unit, on the scale of the scores that the recipe makes
/// of them.
///
/// The answers of the same respondents make a unit's leaves go together, and a panel of respondents
/// its editions. What is not given is taken as independent, and the explanation says so.
pub trait LeafCovariance: Sync {
    /// The covariance of two different leaf scores of a unit, where it is known.
    fn covariance(&self, unit: &str, a: LeafOf<'_>, b: LeafOf<'_>) -> Option<f64>;
}

/// Covariances one by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenCovariances {
    /// By unit, then by the lesser and the greater of the two leaves.
    units: BTreeMap<String, BTreeMap<[(Edition, String); 2], f64>>,
}

impl GivenCovariances {
    /// Adds one; gives the one that was there before for the same two leaves.
    pub fn insert(&mut self, unit: &str, a: LeafOf<'_>, b: LeafOf<'_>, value: f64) -> Option<f64> {
        let of_unit = self.units.entry(unit.to_owned()).or_default();
        of_unit.insert(key(a, b), value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.units.values().map(BTreeMap::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

impl LeafCovariance for GivenCovariances {
    fn covariance(&self, unit: &str, a: LeafOf<'_>, b: LeafOf<'_>) -> Option<f64> {
        self.units.get(unit)?.get(&key(a, b)).copied()
    }
}

fn key(a: LeafOf<'_>, b: LeafOf<'_>) -> [(Edition, String); 2] {
    let mut key = [(a.0, a.1.to_owned()), (b.0, b.1.to_owned())];
    key.sort();
    key
}

/// What is taken of errors that may go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependence {
    /// No covariance was given: they are taken as independent.
    Independent,
    /// Some were given; the others are taken as independent.
    PartlyGiven,
    /// All were given.
    Given,
}

impl Dependence {
    /// What is taken of two units together.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == other {
            self
        } else {
            Dependence::PartlyGiven
        }
    }

    fn of(given: usize, all: usize) -> Self {
        match given {
            0 => Dependence::Independent,
            given if given < all => Dependence::PartlyGiven,
            _ => Dependence::Given,
        }
    }
}

/// A weight of a leaf of one side: false for the earlier, true for the later edition.
pub(crate) type Weight = ((bool, NodeIndex), f64);

/// The errors of one unit's leaves in both editions.
pub(crate) struct LeafErrors<'a> {
    sides: [&'a Side<'a>; 2],
    /// The covariances that were given, of leaves that stand in this order.
    given: BTreeMap<[(bool, NodeIndex); 2], f64>,
    /// What is taken of the leaves of one edition.
    pub within: Dependence,
    /// What is taken of the two editions.
    pub between: Dependence,
}

/// A standard error and the greatest it could be whatever the leaves of an edition have to do with
/// each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StandardError {
    pub value: f64,
    pub bound: f64,
}

impl<'a> LeafErrors<'a> {
    /// # Errors
    /// A covariance that is no number, or greater than the errors of its two leaves allow.
    pub fn new(
        from: &'a Side<'a>,
        to: &'a Side<'a>,
        covariance: Option<&dyn LeafCovariance>,
    ) -> Result<Self, ExplainError> {
        let mut errors = LeafErrors {
            sides: [from, to],
            given: BTreeMap::new(),
            within: Dependence::Independent,
            between: Dependence::Independent,
        };
        if let Some(covariance) = covariance {
            errors.take(covariance)?;
        }
        Ok(errors)
    }

    fn take(&mut self, covariance: &dyn LeafCovariance) -> Result<(), ExplainError> {
        let leaves = self.leaves();
        let (mut given, mut all) = ([0, 0], [0, 0]);
        for (place, &a) in leaves.iter().enumerate() {
            for &b in &leaves[place + 1..] {
                let between = usize::from(a.0 != b.0);
                all[between] += 1;
                let unit = &self.sides[0].scored.units[self.sides[0].unit];
                let Some(value) = covariance.covariance(unit, self.name(a), self.name(b)) else {
                    continue;
                };
                self.check(a, b, value)?;
                given[between] += 1;
                self.given.insert([a, b], value);
            }
        }
        self.within = Dependence::of(given[0], all[0]);
        self.between = Dependence::of(given[1], all[1]);
        Ok(())
    }

    /// The leaves with an error that is not 0.
    fn leaves(&self) -> Vec<(bool, NodeIndex)> {
        let of_side = |is_later: bool| {
            let tree = &self.sides[usize::from(is_later)].scored.version.tree;
            tree.leaves().map(move |leaf| (is_later, leaf))
        };
        let mut leaves: Vec<(bool, NodeIndex)> = of_side(false).chain(of_side(true)).collect();
        leaves.retain(|&leaf| self.error(leaf).is_some_and(|error| error > 0.0));
        leaves
    }

    fn check(
        &self,
        a: (bool, NodeIndex),
        b: (bool, NodeIndex),
        value: f64,
    ) -> Result<(), ExplainError> {
        let limit = self.error(a).zip(self.error(b)).map(|(a, b)| a * b);
        if limit.is_some_and(|limit| value.abs() <= limit * (1.0 + 1e-9)) {
            return Ok(());
        }
        Err(self.fault(format!(
            "the covariance {value} of {} and {}; expected at most the product of their standard errors, {}",
            self.text(a),
            self.text(b),
            limit.unwrap_or(f64::NAN)
        )))
    }

    fn fault(&self, found: String) -> ExplainError {
        let unit = self.sides[0].scored.units[self.sides[0].unit].to_string();
        ExplainError::Covariance { unit, found }
    }

    fn name(&self, (is_later, leaf): (bool, NodeIndex)) -> LeafOf<'a> {
        let scored = self.sides[usize::from(is_later)].scored;
        (scored.edition, scored.version.tree.node(leaf).code.as_str())
    }

    fn text(&self, leaf: (bool, NodeIndex)) -> String {
        let (edition, code) = self.name(leaf);
        format!("{code} ({edition})")
    }

    fn error(&self, (is_later, leaf): (bool, NodeIndex)) -> Option<f64> {
        let side = self.sides[usize::from(is_later)];
        side.scored.standard_error(leaf, side.unit)
    }

    /// The standard error of a weighted sum of leaf scores: `√(Σ Σ w_i w_j cov_ij)`. Where a leaf of
    /// any weight has no error there is none: the codes of such leaves.
    ///
    /// # Errors
    /// Covariances that no scores can have, for the variance in an edition or of both is below 0.
    pub fn of(
        &self,
        weights: &[Weight],
    ) -> Result<Result<StandardError, Vec<String>>, ExplainError> {
        let mut lacking = BTreeSet::new();
        let mut terms = Vec::new();
        for &(leaf, weight) in weights.iter().filter(|(_, weight)| *weight != 0.0) {
            match self.error(leaf) {
                Some(error) => terms.push(Term {
                    leaf,
                    weight,
                    error,
                }),
                None => {
                    lacking.insert(self.name(leaf).1.to_owned());
                }
            }
        }
        if !lacking.is_empty() {
            return Ok(Err(lacking.into_iter().collect()));
        }
        let (mut alone, mut bounds) = ([0.0, 0.0], [0.0, 0.0]);
        for term in &terms {
            let part = term.weight * term.error;
            alone[usize::from(term.leaf.0)] += part * part;
            bounds[usize::from(term.leaf.0)] += part.abs();
        }
        let [earlier, later, between] = self.covariances(&mut terms);
        let sides = [alone[0] + earlier, alone[1] + later];
        let variance = sides[0] + sides[1] + between;
        let least = [sides[0], sides[1], variance]
            .into_iter()
            .fold(0.0, f64::min);
        if least < -1e-9 * (alone[0] + alone[1]) {
            return Err(self.fault(format!(
                "covariances that make a variance of {least}; expected those of a positive semi-definite matrix"
            )));
        }
        // Samples of two editions that go together can err in opposite ways, and then add up.
        let bound = match self.between {
            Dependence::Independent => f64::hypot(bounds[0], bounds[1]),
            _ => bounds[0] + bounds[1],
        };
        let value = variance.max(0.0).sqrt();
        Ok(Ok(StandardError {
            value,
            bound: bound.max(value),
        }))
    }

    /// What the covariances add to the variance: those of the earlier edition, of the later, and
    /// between the two.
    fn covariances(&self, terms: &mut [Term]) -> [f64; 3] {
        let mut sums = [0.0; 3];
        if self.given.is_empty() {
            return sums;
        }
        terms.sort_by_key(|term| term.leaf);
        for (place, a) in terms.iter().enumerate() {
            for b in &terms[place + 1..] {
                if let Some(given) = self.given.get(&[a.leaf, b.leaf]) {
                    let kind = if a.leaf.0 == b.leaf.0 {
                        usize::from(a.leaf.0)
                    } else {
                        2
                    };
                    sums[kind] += 2.0 * a.weight * b.weight * given;
                }
            }
        }
        sums
    }
}

/// A leaf in a weighted sum.
struct Term {
    leaf: (bool, NodeIndex),
    weight: f64,
    error: f64,
}
