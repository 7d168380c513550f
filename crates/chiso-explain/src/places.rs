//! The change of ranks, split over the nodes.
//!
//! A rank is not a sum, so it is split by Shapley's value over the root's parts: each part's share
//! is what the rank moves when the part takes its later scores *for all units*, averaged over all
//! orders in which the parts can do so. Below the first level the same is done within each parent
//! against every state of its siblings (G. Owen, *Values of Games with a Priori Unions*, 1977), so
//! that a parent's share is the sum of its parts'. All of it is counted in whole orders; nothing is
//! rounded before the end.

use chiso_index::Scored;
use chiso_index::numbers::{apportion, to_ticks};
use chiso_index::pack::Ties;

use crate::pairing::Pair;
use crate::points::Side;
use crate::rescore::{rank_among, rank_key};
use crate::shapley;
use crate::ticks::PLACES_DECIMALS;
use crate::walk::shares;

/// Digits with which totals are added up.
pub(crate) const FINE_DECIMALS: u8 = 10;
/// Digits at which mixed totals are compared where the rank rule compares all: the noise of adding
/// up must not part what is equal.
const COMPARED_DECIMALS: u8 = 8;

/// The units with a total in both editions, and what each node brings to their totals.
pub(crate) struct Field<'a> {
    /// The outline of both versions.
    pub pairs: &'a [Pair],
    /// The units, earlier and later.
    pub sides: Vec<(Side<'a>, Side<'a>)>,
    /// By place of the outline, then unit: what the node brings, earlier and later, in fine ticks.
    pub parts: Vec<Vec<(i64, i64)>>,
    /// By place of the outline: whether the node's parts bring what the node brings.
    pub splits: Vec<bool>,
    /// The ranks of the units by the earlier and the later totals.
    pub ends: [Vec<u32>; 2],
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
        let shares = shares(self, units);
        (0..units.len())
            .map(|wanted| self.round(units[wanted], wanted, &shares))
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
    pub fn rank(&self, totals: &[i64], unit: usize) -> u32 {
        let own = self.key(totals[unit]);
        if self.ties == Ties::Min {
            // The least total that is rounded to more than the unit's own.
            let above = (own + 1) * self.coarse - self.coarse / 2;
            return totals.iter().filter(|&&total| total >= above).count() as u32 + 1;
        }
        let keys: Vec<(i64, usize)> = totals
            .iter()
            .enumerate()
            .map(|(unit, &total)| (self.key(total), unit))
            .collect();
        // The unit itself is neither better than itself nor before itself.
        rank_among(own, unit, &keys, self.ties)
    }

    fn key(&self, fine: i64) -> i64 {
        (fine + self.coarse / 2).div_euclid(self.coarse)
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
