//! The change of a total, split over the nodes in whole ticks.

use chiso_index::numbers::{apportion, from_ticks, to_ticks};
use chiso_index::pack::Aggregate;
use chiso_index::score::{Flags, combine};
use chiso_index::{NodeIndex, Scored};

use crate::gradient::gradients;
use crate::pairing::Pair;
use crate::rescore::{coefficients, paths};
use crate::shapley;
use crate::ticks::DECIMALS;

/// One unit in one edition.
pub(crate) struct Side<'a> {
    /// The edition.
    pub scored: &'a Scored,
    /// The unit's place in it.
    pub unit: usize,
    paths: Vec<Option<f64>>,
}

impl<'a> Side<'a> {
    pub fn new(scored: &'a Scored, unit: usize) -> Self {
        Side {
            scored,
            unit,
            paths: paths(scored, unit),
        }
    }

    pub fn score(&self, node: Option<NodeIndex>) -> Option<f64> {
        self.scored.score(node?, self.unit)
    }

    pub fn path(&self, node: Option<NodeIndex>) -> Option<f64> {
        self.paths[node?.0]
    }

    /// Whether the unit's scores were derived from those of other units.
    pub fn is_derived(&self) -> bool {
        let root = self.scored.root();
        self.scored.flags(root, self.unit) & Flags::DERIVED != 0
    }

    /// What a node brings to the total, in points; zero where it has no score or is not there.
    pub fn part(&self, node: Option<NodeIndex>) -> f64 {
        self.path(node)
            .zip(self.score(node))
            .map_or(0.0, |(path, score)| path * score)
    }

    /// Whether what the node brings to the total is the sum of what its parts bring.
    pub fn splits(&self, node: Option<NodeIndex>) -> bool {
        match node {
            Some(node) if self.score(Some(node)).is_some() => {
                self.path(Some(node)).is_some()
                    && coefficients(self.scored, self.unit, node).is_some()
            }
            _ => true,
        }
    }
}

/// The contribution of each place of the outline to the change of the total, in ticks; none where
/// it cannot be had.
///
/// The root's is the change itself. A parent's is apportioned among its parts by
/// `c₂x₂ − c₁x₁`, with x the part's scores and c the points of the total for a point of the part;
/// where the aggregation is geometric or harmonic and the version is the same, by Shapley's values.
pub(crate) fn contributions(from: &Side<'_>, to: &Side<'_>, pairs: &[Pair]) -> Vec<Option<i64>> {
    let mut found: Vec<Option<i64>> = vec![None; pairs.len()];
    let change = from.score(pairs[0].from).zip(to.score(pairs[0].to));
    found[0] = change.map(|(x, y)| to_ticks(y, DECIMALS) - to_ticks(x, DECIMALS));
    for (place, pair) in pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| !pair.children.is_empty())
    {
        let Some((whole, parts)) = found[place].zip(parts(from, to, pairs, pair)) else {
            continue;
        };
        let sum = chiso_index::numbers::sum(parts.iter().copied());
        // The whole is rounded, the parts are not: more than that apart, they do not belong together.
        if (sum - whole as f64).abs() > pair.depth as f64 + 2.0 {
            continue;
        }
        for (child, ticks) in pair.children.iter().zip(apportion(whole, &parts)) {
            found[*child] = Some(ticks);
        }
    }
    found
}

/// The parts' contributions in ticks, not yet rounded.
fn parts(from: &Side<'_>, to: &Side<'_>, pairs: &[Pair], pair: &Pair) -> Option<Vec<f64>> {
    let ticks = 1.0 / from_ticks(1, DECIMALS);
    if from.splits(pair.from) && to.splits(pair.to) {
        let part =
            |child: &usize| (to.part(pairs[*child].to) - from.part(pairs[*child].from)) * ticks;
        return Some(pair.children.iter().map(part).collect());
    }
    let values = shapley_values(from, to, pairs, pair)?;
    let (earlier, later) = from.path(pair.from).zip(to.path(pair.to))?;
    // Where the way to the total differs, a part's points do not turn into points of the total.
    ((earlier - later).abs() < 1e-12)
        .then(|| values.iter().map(|value| value * later * ticks).collect())
}

/// A node whose change is split by Shapley's values.
struct Game {
    method: Aggregate,
    factor: f64,
    /// The earlier scores of the parts, then the later ones.
    scores: Vec<f64>,
    weights: Vec<f64>,
}

impl Game {
    /// None where the version differs, a part has no score in an edition, or there are too many
    /// parts.
    fn new(from: &Side<'_>, to: &Side<'_>, pairs: &[Pair], pair: &Pair) -> Option<Self> {
        let version = &to.scored.version;
        if pair.children.len() > shapley::MOST_PARTS || from.scored.version != *version {
            return None;
        }
        let (method, factor, _) = version.aggregation(pair.to?)?;
        let children = || pair.children.iter().map(|&child| &pairs[child]);
        let earlier = children().map(|part| from.score(part.from));
        let scores = earlier.chain(children().map(|part| to.score(part.to)));
        let weights = children().map(|part| part.to.map(|node| version.tree.node(node).weight));
        Some(Game {
            method,
            factor,
            scores: scores.collect::<Option<_>>()?,
            weights: weights.collect::<Option<_>>()?,
        })
    }

    /// Shapley's values in points of the node.
    fn values(&self, scores: &[f64]) -> Option<Vec<f64>> {
        let n = self.weights.len();
        let of = (0..1usize << n).map(|set| {
            let score = |part: usize| scores[part + if set & (1 << part) == 0 { 0 } else { n }];
            let mixed: Vec<f64> = (0..n).map(score).collect();
            combine(self.method, &mixed, &self.weights).map(|score| score * self.factor)
        });
        Some(shapley::values(n, &of.collect::<Option<Vec<f64>>>()?))
    }
}

fn shapley_values(from: &Side<'_>, to: &Side<'_>, pairs: &[Pair], pair: &Pair) -> Option<Vec<f64>> {
    let game = Game::new(from, to, pairs, pair)?;
    game.values(&game.scores)
}

/// How Shapley's values of a node's parts, in points of the total, move with the parts' scores: by
/// score, the earlier ones first, then part. None where the node is not split so.
pub(crate) fn shapley_slopes(
    from: &Side<'_>,
    to: &Side<'_>,
    pairs: &[Pair],
    pair: &Pair,
) -> Option<Vec<Vec<f64>>> {
    let game = Game::new(from, to, pairs, pair)?;
    let (earlier, later) = from.path(pair.from).zip(to.path(pair.to))?;
    if (earlier - later).abs() >= 1e-12 {
        return None;
    }
    let mut slopes = gradients(&game.scores, |scores| game.values(scores))?;
    slopes
        .iter_mut()
        .flatten()
        .for_each(|slope| *slope *= later);
    Some(slopes)
}
