//! What it would take: the smallest gains with which a unit would reach a rank or a group.
//!
//! Every gain is found by re-scoring: the node's score is raised tick by tick (by bisection), the
//! nodes above are aggregated as the engine does, and the unit is ranked and grouped anew among the
//! unchanged others; its own gain moves the percentiles that bound the groups.

use chiso_index::numbers::to_ticks;
use chiso_index::{Edition, NodeIndex, Panel, Scored, Text};

use crate::error::{self, ExplainError};
use crate::past::{Past, past_gains};
use crate::rescore::{group_with, raised, rank_with, total_with};
use crate::ticks::DECIMALS;

/// The share of past changes that a gain must have been reached by to be used in a combination
/// first: one in ten.
const SEEN_SHARE: f64 = 0.1;
/// Beyond this gain in ticks no search goes on: a million points.
const MOST_TICKS: i64 = 1 << 40;

/// Where a unit wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// At this rank or a better one.
    Rank(u32),
    /// In this group or a better one.
    Group(u8),
}

/// A gain at one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gain {
    /// The node's code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Its gain in ticks of its own points.
    pub ticks: i64,
}

/// One way to the goal: a gain at one node alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The gain. With one tick less the goal is not reached.
    pub gain: Gain,
    /// The parent's code.
    pub parent: Option<String>,
    /// The level: 1 for a leaf of full depth.
    pub level: usize,
    /// Whether the node is a leaf.
    pub is_leaf: bool,
    /// The present score.
    pub score: f64,
    /// The greatest score the unit could have.
    pub maximum: Option<f64>,
    /// Whether the maximum allows the gain.
    pub is_allowed: bool,
    /// How many units made at least this gain in one year.
    pub made: usize,
    /// How many changes over a year were comparable.
    pub seen: usize,
    /// The pairs of years in which they were seen.
    pub years: Vec<(Edition, Edition)>,
}

impl Route {
    /// The share of past changes that were at least this gain; none where none was comparable.
    pub fn share(&self) -> Option<f64> {
        (self.seen > 0).then(|| self.made as f64 / self.seen as f64)
    }
}

/// How far a combination stretches each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// No node gains more than one in ten of the units did in one year.
    OneInTen,
    /// No node gains more than its maximum allows.
    Maximum,
}

/// Gains at several leaves that reach the goal together, found greedily: the leaf whose allowed gain
/// brings most to the total first, the last gain as small as it can be. Another set may be better.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    /// The gains.
    pub gains: Vec<Gain>,
    /// How far each may go.
    pub basis: Basis,
}

/// What it would take to reach a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The unit's code.
    pub unit: String,
    /// The edition.
    pub edition: Edition,
    /// The goal.
    pub goal: Goal,
    /// The present total.
    pub total: f64,
    /// The present rank.
    pub rank: Option<u32>,
    /// The present group.
    pub group: Option<u8>,
    /// The smallest gain of the total in ticks; zero if the goal is reached already. None if no gain
    /// reaches it.
    pub total_gain_ticks: Option<i64>,
    /// Whether the total's maximum allows this gain.
    pub is_allowed: bool,
    /// One way for each node below the root at which a gain alone reaches the goal: first those that
    /// the maximum allows, of these the most often made first. Empty if the goal is reached.
    pub routes: Vec<Route>,
    /// A combination of leaves, where no leaf alone can do it: none has an allowed gain that a unit
    /// ever made in one year.
    pub combination: Option<Combination>,
}

/// What it would take for a unit to reach a goal in an edition, if all other units stay.
///
/// # Errors
/// An edition or unit that is not there, a unit without a total, or a goal that the edition does not
/// have.
pub fn target(
    panel: &Panel,
    edition: Edition,
    unit_code: &str,
    goal: Goal,
) -> Result<Target, ExplainError> {
    target_from(panel, &past_gains(panel, edition), edition, unit_code, goal)
}

/// The same as [`target`], with the [`past_gains`] of the edition known already: for many units.
///
/// # Errors
/// As [`target`].
pub fn target_from(
    panel: &Panel,
    past: &[Past],
    edition: Edition,
    unit_code: &str,
    goal: Goal,
) -> Result<Target, ExplainError> {
    let scored = error::edition(panel, edition)?;
    let unit = error::unit(scored, unit_code)?;
    let total = error::total(scored, unit)?;
    check_goal(scored, goal)?;
    let search = Search { scored, unit, goal };
    let root = scored.root();
    let total_gain_ticks = search.smallest(root);
    let mut target = Target {
        unit: unit_code.to_owned(),
        edition,
        goal,
        total,
        rank: scored.rank(root, unit),
        group: scored.group(root, unit),
        total_gain_ticks,
        is_allowed: total_gain_ticks.is_some_and(|ticks| search.is_allowed(root, ticks)),
        routes: Vec::new(),
        combination: None,
    };
    if total_gain_ticks.is_some_and(|ticks| ticks > 0) {
        target.routes = search.routes(past);
        let is_open = |route: &Route| route.is_leaf && route.is_allowed && route.made > 0;
        if !target.routes.iter().any(is_open) {
            target.combination = search.combination(past);
        }
    }
    Ok(target)
}

fn check_goal(scored: &Scored, goal: Goal) -> Result<(), ExplainError> {
    let edition = scored.edition;
    match goal {
        Goal::Rank(rank) => {
            let ranked = scored.ranked(scored.root());
            let is_there = rank >= 1 && rank as usize <= ranked;
            if is_there {
                Ok(())
            } else {
                Err(ExplainError::RankGoal {
                    rank,
                    ranked,
                    edition,
                })
            }
        }
        Goal::Group(group) => {
            let boundaries = scored
                .group_boundaries(scored.root())
                .ok_or(ExplainError::NoGroups { edition })?;
            let groups = boundaries.len();
            let is_there = (1..=groups).contains(&usize::from(group));
            if is_there {
                Ok(())
            } else {
                Err(ExplainError::GroupGoal {
                    group,
                    groups,
                    edition,
                })
            }
        }
    }
}

struct Search<'a> {
    scored: &'a Scored,
    unit: usize,
    goal: Goal,
}

impl Search<'_> {
    fn score(&self, node: NodeIndex) -> Option<f64> {
        self.scored.score(node, self.unit)
    }

    /// Whether the unit reaches the goal with these gains.
    fn reaches(&self, gains: &[(NodeIndex, i64)]) -> bool {
        let changed: Option<Vec<(NodeIndex, f64)>> = gains
            .iter()
            .map(|&(node, ticks)| Some((node, raised(self.score(node)?, ticks))))
            .collect();
        let total = changed.and_then(|changed| total_with(self.scored, self.unit, &changed));
        total.is_some_and(|total| match self.goal {
            Goal::Rank(rank) => rank_with(self.scored, self.unit, total) <= rank,
            Goal::Group(group) => {
                group_with(self.scored, self.unit, total).is_some_and(|reached| reached <= group)
            }
        })
    }

    /// The smallest gain of a node alone that reaches the goal.
    fn smallest(&self, node: NodeIndex) -> Option<i64> {
        self.score(node)?;
        let mut enough = 1i64;
        while !self.reaches(&[(node, enough)]) {
            enough = enough.checked_mul(2).filter(|&ticks| ticks <= MOST_TICKS)?;
        }
        Some(least(enough, |ticks| self.reaches(&[(node, ticks)])))
    }

    /// The greatest gain that a node's maximum allows; none where it has no maximum.
    fn headroom(&self, node: NodeIndex) -> Option<i64> {
        let (score, maximum) = self.score(node).zip(self.scored.maximum(node, self.unit))?;
        Some((to_ticks(maximum, DECIMALS) - to_ticks(score, DECIMALS)).max(0))
    }

    fn is_allowed(&self, node: NodeIndex, ticks: i64) -> bool {
        self.headroom(node).is_none_or(|headroom| ticks <= headroom)
    }

    fn gain(&self, node: NodeIndex, ticks: i64) -> Gain {
        let node = self.scored.version.tree.node(node);
        Gain {
            code: node.code.clone(),
            name: node.name.clone(),
            ticks,
        }
    }

    fn routes(&self, past: &[Past]) -> Vec<Route> {
        let tree = &self.scored.version.tree;
        let below = tree
            .outline()
            .into_iter()
            .filter(|&node| node != tree.root());
        let mut routes: Vec<Route> = below
            .filter_map(|node| self.route(node, past.get(node.0)?))
            .collect();
        // The sort keeps the order of the outline among equals.
        routes.sort_by(|a, b| {
            let share = |route: &Route| route.share().unwrap_or(-1.0);
            b.is_allowed
                .cmp(&a.is_allowed)
                .then(share(b).total_cmp(&share(a)))
                .then(a.gain.ticks.cmp(&b.gain.ticks))
        });
        routes
    }

    fn route(&self, node: NodeIndex, past: &Past) -> Option<Route> {
        let (score, ticks) = self.score(node).zip(self.smallest(node))?;
        let tree = &self.scored.version.tree;
        Some(Route {
            gain: self.gain(node, ticks),
            parent: tree
                .node(node)
                .parent
                .map(|parent| tree.node(parent).code.clone()),
            level: self.scored.version.level(node),
            is_leaf: tree.is_leaf(node),
            score,
            maximum: self.scored.maximum(node, self.unit),
            is_allowed: self.is_allowed(node, ticks),
            made: past.made(ticks),
            seen: past.count(),
            years: past.years.clone(),
        })
    }

    fn combination(&self, past: &[Past]) -> Option<Combination> {
        let seen = |node: NodeIndex| past.get(node.0)?.gain_reached_by(SEEN_SHARE);
        let allowed = |node: NodeIndex| self.headroom(node);
        let capped = |node: NodeIndex| Some(seen(node)?.min(allowed(node).unwrap_or(i64::MAX)));
        let within =
            |basis, gains: Option<Vec<Gain>>| gains.map(|gains| Combination { gains, basis });
        within(Basis::OneInTen, self.greedy(capped))
            .or_else(|| within(Basis::Maximum, self.greedy(allowed)))
    }

    /// Adds the gains one by one, the one that brings most to the total first, until the goal is
    /// reached; the last is then made as small as it can be.
    fn greedy(&self, possible: impl Fn(NodeIndex) -> Option<i64>) -> Option<Vec<Gain>> {
        let brings = |node, ticks| {
            let changed = [(node, raised(self.score(node)?, ticks))];
            total_with(self.scored, self.unit, &changed)
        };
        let leaves = self.scored.version.tree.leaves();
        let gain = |node| {
            let ticks = possible(node).filter(|&ticks| ticks > 0)?;
            Some((brings(node, ticks)?, node, ticks))
        };
        let mut gains: Vec<(f64, NodeIndex, i64)> = leaves.filter_map(gain).collect();
        gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut chosen: Vec<(NodeIndex, i64)> = Vec::new();
        for (_, node, ticks) in gains {
            chosen.push((node, ticks));
            if !self.reaches(&chosen) {
                continue;
            }
            let last = chosen.len() - 1;
            let least = least(ticks, |fewer| {
                let mut chosen = chosen.clone();
                chosen[last].1 = fewer;
                self.reaches(&chosen)
            });
            chosen[last].1 = least;
            return Some(
                chosen
                    .into_iter()
                    .map(|(node, ticks)| self.gain(node, ticks))
                    .collect(),
            );
        }
        None
    }
}

/// The least number from 0 to `enough` for which a condition holds that, once it holds, holds for
/// all greater ones.
fn least(enough: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut below, mut reached) = (-1, enough);
    while reached - below > 1 {
        let middle = below + (reached - below) / 2;
        if holds(middle) {
            reached = middle
        } else {
            below = middle
        }
    }
    reached
}
