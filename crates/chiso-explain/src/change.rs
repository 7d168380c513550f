//! The change of a unit's total and rank between two editions, split over the nodes.

use std::sync::Arc;

use chiso_index::numbers::to_ticks;
use chiso_index::{Edition, Panel, Scored, Text, Version};

use crate::comparability::{self, Comparability};
use crate::error::{self, ExplainError};
use crate::pairing::{self, Pair};
use crate::places::{Field, Split};
use crate::points::{self, Side};
use crate::ticks::DECIMALS;
use crate::uncertainty::{self, ErrorBasis, ErrorOptions, SamplingError, UnitErrors};

/// What a node contributed to the change of a unit's total and rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The node's code.
    pub code: String,
    /// The parent's code; none for the root.
    pub parent: Option<String>,
    /// The node's name, in the later version if it has the node.
    pub name: Text,
    /// The level: 1 for a leaf of full depth.
    pub level: usize,
    /// Steps from the root.
    pub depth: usize,
    /// The score in the earlier edition.
    pub from: Option<f64>,
    /// The score in the later edition.
    pub to: Option<f64>,
    /// The change of the node's own score in ticks, where both editions have one.
    pub change_ticks: Option<i64>,
    /// The contribution to the change of the total in ticks of the total's points. Those of a
    /// node's parts add up to the node's own exactly; none where the aggregation above cannot be
    /// split.
    pub contribution_ticks: Option<i64>,
    /// The contribution to the change of the rank within the field, in ticks of places (10^-6);
    /// below zero is a rise. Those of a node's parts add up to the node's own exactly; none where
    /// there is no split.
    pub rank_ticks: Option<i64>,
    /// Whether the change is comparable.
    pub comparability: Comparability,
    /// The sampling error of the change of the node's own score.
    pub change_error: SamplingError,
    /// The sampling error of the contribution to the change of the total.
    pub contribution_error: SamplingError,
}

/// The change of a rank and what moved it. Ranks count from 1 for the best: a change below zero is a
/// rise. `change = field_change + entry_exit` and `field_change = own + others`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankMove {
    /// The rank in the earlier edition.
    pub from: u32,
    /// The rank in the later edition.
    pub to: u32,
    /// `to − from`.
    pub change: i64,
    /// How many units have a total in both editions: the field.
    pub field: usize,
    /// The change of the rank among the field; what the contributions of the nodes add up to.
    pub field_change: i64,
    /// The rest: units that entered the ranking or left it.
    pub entry_exit: i64,
    /// The change if only the unit's own total had changed; none where the totals of the two
    /// editions are on different scales.
    pub own: Option<i64>,
    /// What the changes of the others in the field did then.
    pub others: Option<i64>,
}

/// The change of a unit's total and rank between two editions.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The unit's code.
    pub unit: String,
    /// The earlier edition.
    pub from: Edition,
    /// The later edition.
    pub to: Edition,
    /// The earlier total.
    pub total_from: f64,
    /// The later total.
    pub total_to: f64,
    /// The change of the total in ticks.
    pub change_ticks: i64,
    /// The change of the rank.
    pub rank: RankMove,
    /// The nodes of both versions in the order of an outline, the root first.
    pub contributions: Vec<Contribution>,
    /// What the sampling errors rest on.
    pub errors: ErrorBasis,
    /// Whether the earlier and the later scores were derived from those of other units, as those of
    /// units before a merger are.
    pub derived: [bool; 2],
}

impl Change {
    /// Whether the totals are comparable.
    pub fn is_comparable(&self) -> bool {
        self.contributions
            .first()
            .is_some_and(|root| root.comparability.is_comparable())
    }

    /// The sampling error of the change of the total.
    pub fn error(&self) -> &SamplingError {
        self.contributions
            .first()
            .map_or(&SamplingError::Untraceable, |root| &root.contribution_error)
    }

    /// The contributions of the root's parts.
    pub fn dimensions(&self) -> impl Iterator<Item = &Contribution> {
        self.contributions
            .iter()
            .filter(|contribution| contribution.depth == 1)
    }
}

/// The change of a unit from one edition to a later one, with errors by the default options.
///
/// # Errors
/// An edition that is not there, editions that do not run forward, a unit that is not there, or one
/// without a total in either edition.
pub fn change(
    panel: &Panel,
    from: Edition,
    to: Edition,
    unit_code: &str,
) -> Result<Change, ExplainError> {
    change_with(panel, from, to, unit_code, &ErrorOptions::default())
}

/// The change of a unit from one edition to a later one.
///
/// # Errors
/// As [`change`], and a confidence outside 0 to 1 or covariances that no scores can have.
pub fn change_with(
    panel: &Panel,
    from: Edition,
    to: Edition,
    unit_code: &str,
    options: &ErrorOptions<'_>,
) -> Result<Change, ExplainError> {
    let (first, second) = editions(panel, from, to)?;
    let (a, b) = (
        error::unit(first, unit_code)?,
        error::unit(second, unit_code)?,
    );
    error::total(first, a)?;
    error::total(second, b)?;
    let between = Between::new(panel, first, second);
    let field = Field::new(first, second, &between.pairs);
    let place = field.find(unit_code);
    let split = place.and_then(|place| field.split(&[place]).pop());
    between.change(unit_code, &field, split.as_ref(), options)
}

/// The change of each unit, by its code, or why there is none.
pub type UnitChanges = Vec<(Arc<str>, Result<Change, ExplainError>)>;

/// The changes of every unit of the later edition, in the order of their codes, with errors by the
/// default options.
///
/// # Errors
/// An edition that is not there, or editions that do not run forward. A unit that cannot be
/// compared has its own error.
pub fn changes(panel: &Panel, from: Edition, to: Edition) -> Result<UnitChanges, ExplainError> {
    changes_with(panel, from, to, &ErrorOptions::default())
}

/// The changes of every unit of the later edition, in the order of their codes.
///
/// # Errors
/// As [`changes`]; covariances that no scores of a unit can have are the unit's own error.
pub fn changes_with(
    panel: &Panel,
    from: Edition,
    to: Edition,
    options: &ErrorOptions<'_>,
) -> Result<UnitChanges, ExplainError> {
    crate::normal::critical_value(options.confidence)?;
    let (first, second) = editions(panel, from, to)?;
    let between = Between::new(panel, first, second);
    let field = Field::new(first, second, &between.pairs);
    let places: Vec<usize> = (0..field.len()).collect();
    let splits = field.split(&places);
    let of_unit = |code: &Arc<str>| {
        let split = field.find(code).and_then(|place| splits.get(place));
        (code.clone(), between.change(code, &field, split, options))
    };
    Ok(second.units.iter().map(of_unit).collect())
}

/// Two scored editions, the earlier first.
pub(crate) fn editions(
    panel: &Panel,
    from: Edition,
    to: Edition,
) -> Result<(&Scored, &Scored), ExplainError> {
    let (first, second) = (error::edition(panel, from)?, error::edition(panel, to)?);
    if from >= to {
        return Err(ExplainError::Order { from, to });
    }
    Ok((first, second))
}

/// Two editions and what is the same for all units.
struct Between<'a> {
    first: &'a Scored,
    second: &'a Scored,
    pairs: Vec<Pair>,
    comparability: Vec<Comparability>,
}

impl<'a> Between<'a> {
    fn new(panel: &Panel, first: &'a Scored, second: &'a Scored) -> Self {
        let pairs = pairing::outline(&first.version, &second.version);
        let comparability = comparability::compare(
            &panel.pack,
            (&first.version, first.edition),
            (&second.version, second.edition),
            &pairs,
        );
        Between {
            first,
            second,
            pairs,
            comparability,
        }
    }

    fn change(
        &self,
        code: &str,
        field: &Field<'_>,
        split: Option<&Split>,
        options: &ErrorOptions<'_>,
    ) -> Result<Change, ExplainError> {
        let (a, b) = (
            error::unit(self.first, code)?,
            error::unit(self.second, code)?,
        );
        let (total_from, total_to) = (error::total(self.first, a)?, error::total(self.second, b)?);
        let (from, to) = (Side::new(self.first, a), Side::new(self.second, b));
        let points = points::contributions(&from, &to, &self.pairs);
        let errors = uncertainty::unit_errors(&from, &to, &self.pairs, &points, options)?;
        let contributions = (0..self.pairs.len())
            .map(|place| self.contribution(place, &from, &to, points[place], split, &errors))
            .collect();
        Ok(Change {
            unit: code.to_owned(),
            from: self.first.edition,
            to: self.second.edition,
            total_from,
            total_to,
            change_ticks: to_ticks(total_to, DECIMALS) - to_ticks(total_from, DECIMALS),
            rank: self.rank_move(a, b, total_to, field, split),
            contributions,
            errors: errors.basis,
            derived: [from.is_derived(), to.is_derived()],
        })
    }

    fn contribution(
        &self,
        place: usize,
        from: &Side<'_>,
        to: &Side<'_>,
        contribution_ticks: Option<i64>,
        split: Option<&Split>,
        errors: &UnitErrors,
    ) -> Contribution {
        let pair = &self.pairs[place];
        let (earlier, later): (&Version, &Version) = (&self.first.version, &self.second.version);
        let code_at = |pair: &Pair| comparability::code(earlier, later, pair).to_owned();
        let (version, node) = match (pair.from, pair.to) {
            (_, Some(node)) => (later, node),
            (Some(node), None) => (earlier, node),
            (None, None) => (later, later.tree.root()),
        };
        let scores = (from.score(pair.from), to.score(pair.to));
        let ticks = |score| to_ticks(score, DECIMALS);
        Contribution {
            code: code_at(pair),
            parent: pair.parent.map(|parent| code_at(&self.pairs[parent])),
            name: version.tree.node(node).name.clone(),
            level: version.level(node),
            depth: pair.depth,
            from: scores.0,
            to: scores.1,
            change_ticks: scores.0.zip(scores.1).map(|(x, y)| ticks(y) - ticks(x)),
            contribution_ticks,
            rank_ticks: split.and_then(|split| split.ticks[place]),
            comparability: self.comparability[place].clone(),
            change_error: errors.changes[place].clone(),
            contribution_error: errors.contributions[place].clone(),
        }
    }

    fn rank_move(
        &self,
        a: usize,
        b: usize,
        total_to: f64,
        field: &Field<'_>,
        split: Option<&Split>,
    ) -> RankMove {
        let root_rank = |scored: &Scored, unit| scored.rank(scored.root(), unit).unwrap_or(0);
        let (from, to) = (root_rank(self.first, a), root_rank(self.second, b));
        let change = i64::from(to) - i64::from(from);
        let field_change =
            split.map_or(change, |split| i64::from(split.to) - i64::from(split.from));
        let own = field.rank_with_earlier_others(a, total_to).zip(split);
        let own = own.map(|(rank, split)| i64::from(rank) - i64::from(split.from));
        let own = own.filter(|_| self.same_scale());
        RankMove {
            from,
            to,
            change,
            field: field.len(),
            field_change,
            entry_exit: change - field_change,
            own,
            others: own.map(|own| field_change - own),
        }
    }

    /// Whether the totals of both editions have the same theoretical range.
    fn same_scale(&self) -> bool {
        let range = |scored: &Scored| scored.version.score_range(scored.root());
        range(self.first) == range(self.second)
    }
}
