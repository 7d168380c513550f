//! The walk through all orders in which the parts of an index can change.

use chiso_index::NodeIndex;
use chiso_index::numbers::to_ticks;
use chiso_index::score::combine;

use crate::pairing::Pair;
use crate::places::{FINE_DECIMALS, Field};
use crate::points::Side;
use crate::shapley;

/// How many mixed rankings are computed for the parts of one node, at most.
const MOST_RANKINGS: usize = 1 << 16;

/// The shares of some units of the field: by place of the outline, then wanted unit, in orders; none
/// where there is no split.
pub(crate) fn shares(field: &Field<'_>, units: &[usize]) -> Vec<Option<Vec<i128>>> {
    let mut walk = Walk {
        field,
        units,
        shares: vec![None; field.pairs.len()],
    };
    if field.pairs[0].children.len() <= shapley::MOST_PARTS {
        let at = Coalition {
            weight: 1,
            first: true,
            last: true,
            rankings: 1,
        };
        match field.splits[0] {
            true => walk.visit(0, &vec![0; field.len()], at),
            false => walk.visit_root_without_sum(),
        }
    }
    walk.shares
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
        self.units
            .iter()
            .map(|&unit| field.rank(totals, unit))
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
