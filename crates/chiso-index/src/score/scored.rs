//! The result of scoring one edition.

use std::ops::Range;
use std::sync::Arc;

use crate::numbers;
use crate::pack::{Edition, NodeIndex, Version};

/// What a reader of a score should know, as bits.
pub struct Flags;

impl Flags {
    /// The value that should be there is not.
    pub const MISSING: u16 = 1;
    /// The node does not concern the unit.
    pub const NOT_APPLICABLE: u16 = 1 << 1;
    /// A part has no score.
    pub const PART_MISSING: u16 = 1 << 2;
    /// A part does not concern the unit: the maximum is smaller.
    pub const PART_NOT_APPLICABLE: u16 = 1 << 3;
    /// Another unit has the same score.
    pub const TIED: u16 = 1 << 4;
    /// The score was derived from those of other units.
    pub const DERIVED: u16 = 1 << 5;
    /// The value was not observed; the recipe filled it.
    pub const IMPUTED: u16 = 1 << 6;
    /// The recipe drew an outlying value in towards the others.
    pub const WINSORISED: u16 = 1 << 7;
    /// The recipe left the unit out for want of values.
    pub const SCREENED: u16 = 1 << 8;

    /// The words of the bits, as they stand in `scores.csv`.
    pub fn words(flags: u16) -> impl Iterator<Item = &'static str> {
        let words = [
            (Flags::MISSING, "missing"),
            (Flags::NOT_APPLICABLE, "not_applicable"),
            (Flags::PART_MISSING, "part_missing"),
            (Flags::PART_NOT_APPLICABLE, "part_not_applicable"),
            (Flags::TIED, "tied"),
            (Flags::DERIVED, "derived"),
            (Flags::IMPUTED, "imputed"),
            (Flags::WINSORISED, "winsorised"),
            (Flags::SCREENED, "screened"),
        ];
        words
            .into_iter()
            .filter(move |(bit, _)| flags & bit != 0)
            .map(|(_, word)| word)
    }
}

/// The scores of one edition: a matrix of nodes × units, with what follows from it.
///
/// Inside, a cell without a score holds NaN; outside, it is `None`.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The definition that was used.
    pub version: Arc<Version>,
    /// The edition.
    pub edition: Edition,
    /// The codes of the units, ascending.
    pub units: Vec<Arc<str>>,
    pub(super) scores: Vec<f64>,
    pub(super) maxima: Vec<f64>,
    pub(super) standard_errors: Vec<f64>,
    pub(super) counts: Vec<Option<u64>>,
    pub(super) coverage: Vec<f64>,
    pub(super) flags: Vec<u16>,
    pub(super) ranks: Vec<u32>,
    pub(super) groups: Vec<u8>,
    /// The ranks that the errors allow, by cell; 0 where they are not known.
    pub(super) rank_sets: Vec<(u32, u32)>,
    /// The same for all units of a node at once.
    pub(super) simultaneous_rank_sets: Vec<(u32, u32)>,
    /// The probability of every group, by cell; empty where there are no errors or no groups.
    pub(super) group_probabilities: Vec<f64>,
    /// By unit: the degrees of freedom with which its errors are known; infinite where they are known
    /// for certain.
    pub(super) degrees_of_freedom: Vec<f64>,
    /// The confidence of intervals and rank sets.
    pub(super) confidence: f64,
    pub(super) carried: Option<super::sampling::Carried>,
    pub(super) compared: Option<super::sampling::Compared>,
}

/// A node's scores over all units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeSummary {
    /// How many units have a score.
    pub count: usize,
    /// The mean of the scores.
    pub mean: f64,
    /// The median of the scores.
    pub median: f64,
    /// The worst score.
    pub worst: f64,
    /// The best score.
    pub best: f64,
    /// The unit with the best score; the first of equals.
    pub best_unit: usize,
}

impl Scored {
    pub(super) fn empty(version: Arc<Version>, edition: Edition, units: Vec<Arc<str>>) -> Self {
        let units_count = units.len();
        let cells = version.tree.len() * units_count;
        let maxima = version
            .tree
            .indices()
            .flat_map(|node| {
                let max = version
                    .score_range(node)
                    .map_or(f64::NAN, |range| range.max);
                std::iter::repeat_n(max, units.len())
            })
            .collect();
        Scored {
            version,
            edition,
            units,
            scores: vec![f64::NAN; cells],
            maxima,
            standard_errors: vec![f64::NAN; cells],
            counts: vec![None; cells],
            coverage: vec![0.0; cells],
            flags: vec![0; cells],
            ranks: vec![0; cells],
            groups: vec![0; cells],
            rank_sets: vec![(0, 0); cells],
            simultaneous_rank_sets: vec![(0, 0); cells],
            group_probabilities: Vec::new(),
            degrees_of_freedom: vec![f64::INFINITY; units_count],
            confidence: super::sampling::CONFIDENCE,
            carried: None,
            compared: None,
        }
    }

    pub(super) fn cell(&self, node: NodeIndex, unit: usize) -> usize {
        node.0 * self.units.len() + unit
    }

    pub(super) fn cells(&self, node: NodeIndex) -> Range<usize> {
        self.cell(node, 0)..self.cell(node, self.units.len())
    }

    /// The place of a unit.
    pub fn unit(&self, code: &str) -> Option<usize> {
        self.units.binary_search_by(|unit| (**unit).cmp(code)).ok()
    }

    /// The root.
    pub fn root(&self) -> NodeIndex {
        self.version.tree.root()
    }

    /// A score.
    pub fn score(&self, node: NodeIndex, unit: usize) -> Option<f64> {
        number(self.scores[self.cell(node, unit)])
    }

    /// A node's scores, by unit.
    pub fn scores(&self, node: NodeIndex) -> impl Iterator<Item = Option<f64>> + '_ {
        self.scores[self.cells(node)]
            .iter()
            .map(|&score| number(score))
    }

    /// The greatest score that the unit could have: the node's maximum, less what does not concern it.
    pub fn maximum(&self, node: NodeIndex, unit: usize) -> Option<f64> {
        number(self.maxima[self.cell(node, unit)])
    }

    /// The score as a share of the greatest possible.
    pub fn share_of_max(&self, node: NodeIndex, unit: usize) -> Option<f64> {
        let maximum = self.maximum(node, unit).filter(|&maximum| maximum != 0.0)?;
        Some(self.score(node, unit)? / maximum)
    }

    /// The standard error of a score, where it is known.
    pub fn standard_error(&self, node: NodeIndex, unit: usize) -> Option<f64> {
        number(self.standard_errors[self.cell(node, unit)])
    }

    /// How the standard errors came about; none where there are none.
    pub fn carried(&self) -> Option<super::sampling::Carried> {
        self.carried
    }

    /// Which units truly differ in their totals; none without errors.
    pub fn compared(&self) -> Option<&super::sampling::Compared> {
        self.compared.as_ref()
    }

    /// The confidence of intervals and rank sets: 0.95 for 95 %.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The degrees of freedom with which a unit's errors are known; infinite where they are known for
    /// certain.
    pub fn degrees_of_freedom(&self, unit: usize) -> f64 {
        self.degrees_of_freedom[unit]
    }

    /// Takes the degrees of freedom of each unit's errors from its covariances.
    pub(super) fn know_degrees(
        &mut self,
        covariances: Option<&crate::observations::LeafCovariances>,
    ) {
        for (unit, degrees) in self.units.iter().zip(&mut self.degrees_of_freedom) {
            let key = (self.edition, unit.clone());
            let known = covariances.and_then(|covariances| covariances.units.get(&key));
            *degrees = known.map_or(f64::INFINITY, |covariance| covariance.degrees_of_freedom);
        }
    }

    /// The interval of a score at [`Scored::confidence`], where the error is known: score ± t·se, with
    /// Student's t of the unit's degrees of freedom, which is the normal quantile where the error is
    /// known for certain.
    pub fn interval(&self, node: NodeIndex, unit: usize) -> Option<(f64, f64)> {
        let (score, error) = (self.score(node, unit)?, self.standard_error(node, unit)?);
        let probability = 0.5 + self.confidence / 2.0;
        let half =
            super::sampling::student_quantile(probability, self.degrees_of_freedom[unit]) * error;
        Some((score - half, score + half))
    }

    /// The ranks of a unit at a node that the errors allow at [`Scored::confidence`], best first:
    /// the marginal rank set.
    pub fn rank_set(&self, node: NodeIndex, unit: usize) -> Option<(u32, u32)> {
        Some(self.rank_sets[self.cell(node, unit)]).filter(|set| set.0 > 0)
    }

    /// The same such that the sets of all units hold at once; wider.
    pub fn simultaneous_rank_set(&self, node: NodeIndex, unit: usize) -> Option<(u32, u32)> {
        Some(self.simultaneous_rank_sets[self.cell(node, unit)]).filter(|set| set.0 > 0)
    }

    /// The probability of every group at a node, best first; they sum to one.
    pub fn group_probabilities(&self, node: NodeIndex, unit: usize) -> Option<&[f64]> {
        let groups = self.version.group.as_ref()?.names.len();
        let start = self.cell(node, unit) * groups;
        let all = self.group_probabilities.get(start..start + groups)?;
        Some(all).filter(|all| all.iter().all(|share| !share.is_nan()))
    }

    /// The probability of the group in which the unit is.
    pub fn group_probability(&self, node: NodeIndex, unit: usize) -> Option<f64> {
        let group = usize::from(self.group(node, unit)?);
        self.group_probabilities(node, unit)?
            .get(group - 1)
            .copied()
    }

    /// The number of answers or records behind a score, where it is known.
    pub fn count(&self, node: NodeIndex, unit: usize) -> Option<u64> {
        self.counts[self.cell(node, unit)]
    }

    /// The share of the leaves below a node, or of the leaf itself, that have a value; of those that
    /// concern the unit.
    pub fn coverage(&self, node: NodeIndex, unit: usize) -> f64 {
        self.coverage[self.cell(node, unit)]
    }

    /// What a reader should know of a score; see [`Flags`].
    pub fn flags(&self, node: NodeIndex, unit: usize) -> u16 {
        self.flags[self.cell(node, unit)]
    }

    /// The rank of a unit at a node, 1 for the best.
    pub fn rank(&self, node: NodeIndex, unit: usize) -> Option<u32> {
        Some(self.ranks[self.cell(node, unit)]).filter(|&rank| rank > 0)
    }

    /// The group of a unit at a node, 1 for the best.
    pub fn group(&self, node: NodeIndex, unit: usize) -> Option<u8> {
        Some(self.groups[self.cell(node, unit)]).filter(|&group| group > 0)
    }

    /// How many units have a score at a node.
    pub fn ranked(&self, node: NodeIndex) -> usize {
        self.scores(node).flatten().count()
    }

    /// A node's scores over all units; none if there are none.
    pub fn summary(&self, node: NodeIndex) -> Option<NodeSummary> {
        let values: Vec<f64> = self.scores(node).flatten().collect();
        let ascending = numbers::sorted(&values);
        let (&worst, &best) = ascending.first().zip(ascending.last())?;
        Some(NodeSummary {
            count: values.len(),
            mean: numbers::mean(&values)?,
            median: numbers::percentile_linear(&ascending, 0.5)?,
            worst,
            best,
            best_unit: self.scores(node).position(|score| score == Some(best))?,
        })
    }

    /// The units in the order of their rank at a node, then of their codes; those without a score
    /// last.
    pub fn ranking(&self, node: NodeIndex) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        order.sort_by_key(|&unit| (self.rank(node, unit).unwrap_or(u32::MAX), unit));
        order
    }
}

fn number(value: f64) -> Option<f64> {
    Some(value).filter(|value| !value.is_nan())
}
