//! The change of ranks, split over the nodes.
//!
//! A rank is not a sum, so it is split by Shapley's value over the root's parts: each part's share
//! is what the rank moves when the part takes its later scores *for all units*, averaged over all
//! orders in which the parts can do so. Below the first level the same is done within each parent
//! against every state of its siblings (G. Owen, *Values of Games with a Priori Unions*, 1977), so
//! that a parent's share is the sum of its parts'. All of it is counted in whole orders; nothing is
//! rounded before the end.

use chiso_index::numbers::{apportion, to_ticks};
use chiso_index::pack::Ties;
use chiso_index::score::combine;
use chiso_index::{NodeIndex, Scored};

use crate::pairing::Pair;
use crate::points::Side;
use crate::rescore::{rank_among, rank_key};
use crate::shapley;
use crate::ticks::PLACES_DECIMALS;

/// Digits with which totals are added up.
const FINE_DECIMALS: u8 = 10;
/// Digits at which mixed totals are compared where the rank rule compares all: the noise of adding
/// up must not part what is equal.
const COMPARED_DECIMALS: u8 = 8;
/// How many mixed rankings are computed for the parts of one node, at most.
const MOST_RANKINGS: usize = 1 << 16;

/// The units with a total in both editions, and what each node brings to their totals.
pub(crate) struct Field<'a> {
    pairs: &'a [Pair],
    sides: Vec<(Side<'a>, Side<'a>)>,
    /// By place of the outline, then unit: what the node brings, earlier and later, in fine ticks.
    parts: Vec<Vec<(i64, i64)>>,
    splits: Vec<bool>,
    ends: [Vec<u32>; 2],
    ties: Ties,
    coarse: i64,
}

/// A unit's change of rank within the field.
pub(crate) struct Split {
    /// The rank among the field in the earlier edition.
    pub from: u32,
    /// The rank among the field in the later edition.
    pub to: u32,
    /// By place of the outline: the share of the change, in ticks of places.
    pub ticks: Vec<Option<i64>>,
}

impl<'a> Field<'a> {
    pub fn new(from: &'a Scored, to: &'a Scored, pairs: &'a [Pair]) -> Self {
        let both = from
            .units
            .iter()
            .enumerate()
            .filter_map(|(a, code)| Some((a, to.unit(code)?)));
        let has_totals = |&(a, b): &(usize, usize)| {
            from.score(from.root(), a).is_some() && to.score(to.root(), b).is_some()
        };
        let sides: Vec<(Side, Side)> = both
            .filter(has_totals)
            .map(|(a, b)| (Side::new(from, a), Side::new(to, b)))
            .collect();
        let decimals = to
            .version
            .rank
            .decimals
            .unwrap_or(COMPARED_DECIMALS)
            .min(FINE_DECIMALS);
        let mut field = Field {
            pairs,
            ends: [
                ends(sides.iter().map(|side| &side.0)),
                ends(sides.iter().map(|side| &side.1)),
            ],
            parts: Vec::new(),
            splits: vec![false; pairs.len()],
            sides,
            ties: to.version.rank.ties,
            coarse: 10i64.pow(u32::from(FINE_DECIMALS - decimals)),
        };
        field.splits = (0..pairs.len())
            .map(|place| field.is_additive(place))
            .collect();
        field.add_up();
        field
    }

    /// The place of a unit in the field.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.sides
            .iter()
            .position(|(_, to)| *to.scored.units[to.unit] == *code)
    }

    /// How many units are in the field.
    pub fn len(&self) -> usize {
        self.sides.len()
    }

    /// The rank that a unit, by its place in the earlier edition, would have among the field's earlier
    /// totals with another total.
    pub fn rank_with_earlier_others(&self, unit: usize, total: f64) -> Option<u32> {
        let rule = self.sides.first()?.0.scored.version.rank;
        let key = |side: &Side<'_>| {
            let score = side.score(Some(side.scored.root()))?;
            Some((rank_key(score, rule.decimals), side.unit))
        };
        let others: Vec<(i64, usize)> = self
            .sides
            .iter()
            .filter(|(from, _)| from.unit != unit)
            .filter_map(|(from, _)| key(from))
            .collect();
        Some(rank_among(
            rank_key(total, rule.decimals),
            unit,
            &others,
            rule.ties,
        ))
    }

    /// Whether the node's parts bring, in both editions and for every unit, what the node brings.
    fn is_additive(&self, place: usize) -> bool {
        let pair = &self.pairs[place];
        let linear = |side: &Side<'_>, node| side.splits(node);
        !pair.children.is_empty()
            && self
                .sides
                .iter()
                .all(|(from, to)| linear(from, pair.from) && linear(to, pair.to))
    }

    /// Fills the parts: leaves by their scores, additive nodes as the sums of theirs, so that both
    /// are the same to the last digit.
    fn add_up(&mut self) {
        let mut parts: Vec<Vec<(i64, i64)>> = vec![Vec::new(); self.pairs.len()];
        for place in (0..self.pairs.len()).rev() {
            let pair = &self.pairs[place];
            let fine = |side: &Side<'_>, node| to_ticks(side.part(node), FINE_DECIMALS);
            let of_unit = |(unit, (from, to)): (usize, &(Side<'_>, Side<'_>))| {
                if !self.splits[place] {
                    return (fine(from, pair.from), fine(to, pair.to));
                }
                let below = pair.children.iter().map(|&child| parts[child][unit]);
                below.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
            };
            parts[place] = self.sides.iter().enumerate().map(of_unit).collect();
        }
        self.parts = parts;
    }

    /// The split of the rank changes of some units of the field.
    pub fn split(&self, units: &[usize]) -> Vec<Split> {
        let mut walk = Walk {
            field: self,
            units,
            shares: vec![None; self.pairs.len()],
        };
        let children = &self.pairs[0].children;
        if children.len() <= shapley::MOST_PARTS {
            let at = Coalition {
                weight: 1,
                first: true,
                last: true,
                rankings: 1,
            };
            match self.splits[0] {
                true => walk.visit(0, &vec![0; self.len()], at),
                false => walk.visit_root_without_sum(),
            }
        }
        (0..units.len())
            .map(|wanted| self.round(units[wanted], wanted, &walk.shares))
            .collect()
    }

    fn round(&self, unit: usize, wanted: usize, shares: &[Option<Vec<i128>>]) -> Split {
        let scale = 10i64.pow(u32::from(PLACES_DECIMALS));
        let (from, to) = (self.ends[0][unit], self.ends[1][unit]);
        let mut ticks: Vec<Option<i64>> = vec![None; self.pairs.len()];
        let mut denominators = vec![1i128; self.pairs.len()];
        ticks[0] = Some((i64::from(to) - i64::from(from)) * scale);
        for (place, pair) in self
            .pairs
            .iter()
            .enumerate()
            .filter(|(_, pair)| !pair.children.is_empty())
        {
            let denominator =
                denominators[place].saturating_mul(shapley::factorial(pair.children.len().min(33)));
            pair.children
                .iter()
                .for_each(|&child| denominators[child] = denominator);
            let part = |&child: &usize| {
                let share = shares[child].as_ref()?[wanted];
                Some(share as f64 * scale as f64 / denominator as f64)
            };
            let parts: Option<Vec<f64>> = pair.children.iter().map(part).collect();
            let Some((whole, parts)) = ticks[place].zip(parts) else {
                continue;
            };
            for (child, apportioned) in pair.children.iter().zip(apportion(whole, &parts)) {
                ticks[*child] = Some(apportioned);
            }
        }
        Split { from, to, ticks }
    }

    /// The rank of a unit among mixed totals.
    fn rank(&self, keys: &[(i64, usize)], unit: usize) -> u32 {
        // The unit itself is neither better than itself nor before itself.
        rank_among(keys[unit].0, unit, keys, self.ties)
    }

    fn key(&self, fine: i64) -> i64 {
        let half = self.coarse / 2;
        (fine + half).div_euclid(self.coarse)
    }
}

/// The ranks of an edition's field, by its own totals and its own rule.
fn ends<'a, 'b: 'a>(sides: impl Iterator<Item = &'a Side<'b>>) -> Vec<u32> {
    let sides: Vec<&Side> = sides.collect();
    let key = |side: &Side| {
        let root = Some(side.scored.root());
        side.score(root).map_or(i64::MIN, |score| {
            rank_key(score, side.scored.version.rank.decimals)
        })
    };
    let keys: Vec<(i64, usize)> = sides
        .iter()
        .enumerate()
        .map(|(unit, side)| (key(side), unit))
        .collect();
    let rank = |(unit, side): (usize, &&Side)| {
        rank_among(keys[unit].0, unit, &keys, side.scored.version.rank.ties)
    };
    sides.iter().enumerate().map(rank).collect()
}

/// Which parts outside a node have changed, and in how many orders.
#[derive(Clone, Copy)]
struct Coalition {
    weight: i128,
    /// Whether none has.
    first: bool,
    /// Whether all have.
    last: bool,
    /// How many such coalitions there are for the node.
    rankings: usize,
}

struct Walk<'a, 'b> {
    field: &'a Field<'b>,
    units: &'a [usize],
    /// By place of the outline, then wanted unit: the share, in orders.
    shares: Vec<Option<Vec<i128>>>,
}

impl Walk<'_, '_> {
    /// Goes through all subsets of a node's parts, given what the rest of the tree brings.
    fn visit(&mut self, place: usize, rest: &[i64], at: Coalition) {
        let field = self.field;
        let children = &field.pairs[place].children;
        let n = children.len();
        if n > shapley::MOST_PARTS || at.rankings << n > MOST_RANKINGS {
            return;
        }
        let totals = self.totals(children, rest);
        let full = (1usize << n) - 1;
        let ranks: Vec<Vec<u32>> = totals
            .iter()
            .enumerate()
            .map(|(set, totals)| self.ranks(totals, at.first && set == 0, at.last && set == full))
            .collect();
        self.add_shares(children, &ranks, at.weight);
        for (bit, &child) in children
            .iter()
            .enumerate()
            .filter(|(_, child)| field.splits[**child])
        {
            for set in (0..=full).filter(|set| set & (1 << bit) == 0) {
                let parts = totals[set].iter().zip(&field.parts[child]);
                let rest: Vec<i64> = parts.map(|(total, part)| total - part.0).collect();
                let inner = Coalition {
                    weight: at.weight * shapley::orders(n, set.count_ones() as usize),
                    first: at.first && set == 0,
                    last: at.last && set == full ^ (1 << bit),
                    rankings: at.rankings << (n - 1),
                };
                self.visit(child, &rest, inner);
            }
        }
    }

    /// The totals of all units for each subset of changed parts.
    fn totals(&self, children: &[usize], rest: &[i64]) -> Vec<Vec<i64>> {
        let parts = |child: usize| &self.field.parts[child];
        let none = rest.iter().enumerate().map(|(unit, rest)| {
            rest + children
                .iter()
                .map(|&child| parts(child)[unit].0)
                .sum::<i64>()
        });
        let mut totals: Vec<Vec<i64>> = vec![none.collect()];
        for set in 1..1usize << children.len() {
            let last = set.trailing_zeros() as usize;
            let without = &totals[set & (set - 1)];
            let changed = without.iter().zip(parts(children[last]));
            totals.push(
                changed
                    .map(|(total, part)| total + part.1 - part.0)
                    .collect(),
            );
        }
        totals
    }

    /// The ranks of the wanted units; those of the editions themselves at both ends.
    fn ranks(&self, totals: &[i64], is_first: bool, is_last: bool) -> Vec<u32> {
        let field = self.field;
        if is_first || is_last {
            let end = &field.ends[usize::from(is_last)];
            return self.units.iter().map(|&unit| end[unit]).collect();
        }
        let keys: Vec<(i64, usize)> = totals
            .iter()
            .enumerate()
            .map(|(unit, &fine)| (field.key(fine), unit))
            .collect();
        self.units
            .iter()
            .map(|&unit| field.rank(&keys, unit))
            .collect()
    }

    fn add_shares(&mut self, children: &[usize], ranks: &[Vec<u32>], weight: i128) {
        let n = children.len();
        for (bit, &child) in children.iter().enumerate() {
            let shares = self.shares[child].get_or_insert_with(|| vec![0; self.units.len()]);
            for set in (0..1usize << n).filter(|set| set & (1 << bit) == 0) {
                let orders = weight * shapley::orders(n, set.count_ones() as usize);
                let (before, after) = (&ranks[set], &ranks[set | 1 << bit]);
                for (share, (before, after)) in shares.iter_mut().zip(before.iter().zip(after)) {
                    *share += orders * (i128::from(*after) - i128::from(*before));
                }
            }
        }
    }

    /// The first level of an index whose total is a geometric or harmonic mean, if its version is
    /// the same and every part has a score.
    fn visit_root_without_sum(&mut self) {
        let field = self.field;
        let root = &field.pairs[0];
        let Some(totals) = mixed_totals(field, root) else {
            return;
        };
        let full = totals.len() - 1;
        let ranks: Vec<Vec<u32>> = totals
            .iter()
            .enumerate()
            .map(|(set, totals)| self.ranks(totals, set == 0, set == full))
            .collect();
        self.add_shares(&root.children, &ranks, 1);
    }
}

/// The totals of all units for each subset of changed parts of a non-linear root.
fn mixed_totals(field: &Field<'_>, root: &Pair) -> Option<Vec<Vec<i64>>> {
    let (from, to) = field.sides.first()?;
    let version = &to.scored.version;
    if from.scored.version != *version || root.children.is_empty() {
        return None;
    }
    let (method, factor, _) = version.aggregation(root.to?)?;
    let nodes: Vec<NodeIndex> = root
        .children
        .iter()
        .map(|&child| field.pairs[child].to)
        .collect::<Option<_>>()?;
    let weights: Vec<f64> = nodes
        .iter()
        .map(|&node| version.tree.node(node).weight)
        .collect();
    let total = |set: usize, (from, to): &(Side<'_>, Side<'_>)| {
        let score = |(bit, &node): (usize, &NodeIndex)| {
            if set & (1 << bit) == 0 {
                from.score(Some(node))
            } else {
                to.score(Some(node))
            }
        };
        let scores: Vec<f64> = nodes.iter().enumerate().map(score).collect::<Option<_>>()?;
        Some(to_ticks(
            combine(method, &scores, &weights)? * factor,
            FINE_DECIMALS,
        ))
    };
    let sets = 0..1usize << nodes.len();
    sets.map(|set| field.sides.iter().map(|side| total(set, side)).collect())
        .collect()
}
