//! Whether a node measures the same thing in two editions, and what changed if not.

use chiso_index::pack::{Aggregate, Break, Range};
use chiso_index::{Edition, NodeIndex, Pack, Text, Version};

use crate::pairing::Pair;

/// What makes a node's change not comparable.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The earlier version does not have the node at this place.
    Added,
    /// The later version does not have the node at this place.
    Dropped,
    /// The English name differs: the code stands for something else.
    Renamed {
        /// The name in the earlier version.
        from: Text,
        /// The name in the later version.
        to: Text,
    },
    /// The theoretical range differs.
    Rescaled {
        /// The range in the earlier version.
        from: Range,
        /// The range in the later version.
        to: Range,
    },
    /// The node counts for more or less in its parent. Its own score stays comparable, its
    /// contribution to the total does not.
    Reweighted {
        /// Points of the parent for a point of the node, in the earlier version.
        from: f64,
        /// The same in the later version.
        to: f64,
    },
    /// The node is computed from its parts in another way, or from parts instead of observed.
    MethodChanged {
        /// The earlier method; none for a leaf.
        from: Option<Aggregate>,
        /// The later method; none for a leaf.
        to: Option<Aggregate>,
    },
    /// The pack states a break of the instrument after the first edition and not after the second.
    Break(Break),
    /// A part is not comparable.
    Part {
        /// The part's code.
        code: String,
    },
}

/// Whether a node's change is comparable: it is when there is no reason against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparability {
    /// What stands against it.
    pub reasons: Vec<Reason>,
}

impl Comparability {
    /// Whether nothing stands against comparing the node's contribution.
    pub fn is_comparable(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether nothing stands against comparing the node's own scores: all but its own weight.
    pub fn is_score_comparable(&self) -> bool {
        self.reasons
            .iter()
            .all(|reason| matches!(reason, Reason::Reweighted { .. }))
    }
}

/// The comparability of each place of an outline; a parent inherits from its parts.
pub(crate) fn compare(
    pack: &Pack,
    (from, first): (&Version, Edition),
    (to, second): (&Version, Edition),
    pairs: &[Pair],
) -> Vec<Comparability> {
    let mut found: Vec<Comparability> = pairs
        .iter()
        .map(|pair| {
            let mut reasons = match (pair.from, pair.to) {
                (Some(a), Some(b)) => differences(from, a, to, b),
                (None, _) => vec![Reason::Added],
                (_, None) => vec![Reason::Dropped],
            };
            reasons.extend(breaks(pack, code(from, to, pair), first, second));
            Comparability { reasons }
        })
        .collect();
    // Parts stand after their parents in the outline: from the end, all parts are known before their
    // parent takes over from them.
    for place in (0..pairs.len()).rev() {
        let parts = pairs[place]
            .children
            .iter()
            .filter(|&&part| !found[part].is_comparable());
        let codes = parts.map(|&part| code(from, to, &pairs[part]).to_owned());
        let inherited: Vec<Reason> = codes.map(|code| Reason::Part { code }).collect();
        found[place].reasons.extend(inherited);
    }
    found
}

/// The code of a pair.
pub(crate) fn code<'a>(from: &'a Version, to: &'a Version, pair: &Pair) -> &'a str {
    let later = pair.to.map(|node| to.tree.node(node));
    let earlier = pair.from.map(|node| from.tree.node(node));
    later.or(earlier).map_or("", |node| node.code.as_str())
}

fn breaks<'a>(
    pack: &'a Pack,
    code: &'a str,
    first: Edition,
    second: Edition,
) -> impl Iterator<Item = Reason> + 'a {
    let within = move |item: &&Break| item.node == code && first < item.from && item.from <= second;
    pack.breaks
        .iter()
        .filter(within)
        .cloned()
        .map(Reason::Break)
}

fn differences(from: &Version, a: NodeIndex, to: &Version, b: NodeIndex) -> Vec<Reason> {
    let (earlier, later) = (from.tree.node(a), to.tree.node(b));
    let mut reasons = identity_differences(from, a, to, b);
    if let (Some(x), Some(y)) = (share(from, a), share(to, b))
        && differ(x, y)
    {
        reasons.push(Reason::Reweighted { from: x, to: y });
    }
    let method = |version: &Version, node| version.aggregation(node).map(|(method, ..)| method);
    let (x, y) = (method(from, a), method(to, b));
    if x != y || earlier.direction != later.direction {
        reasons.push(Reason::MethodChanged { from: x, to: y });
    }
    reasons
}

/// Whether two nodes differ in name or range: what they measure and on which scale.
pub(crate) fn identity_differences(
    from: &Version,
    a: NodeIndex,
    to: &Version,
    b: NodeIndex,
) -> Vec<Reason> {
    let (earlier, later) = (from.tree.node(a), to.tree.node(b));
    let mut reasons = Vec::new();
    if earlier.name.en != later.name.en {
        reasons.push(Reason::Renamed {
            from: earlier.name.clone(),
            to: later.name.clone(),
        });
    }
    if let (Some(x), Some(y)) = (from.score_range(a), to.score_range(b))
        && (differ(x.min, y.min) || differ(x.max, y.max))
    {
        reasons.push(Reason::Rescaled { from: x, to: y });
    }
    reasons
}

/// Points of the parent for a point of the node; where the parent is not linear, the share of the
/// weight.
fn share(version: &Version, node: NodeIndex) -> Option<f64> {
    let parent = version.tree.node(node).parent?;
    if let Some(coefficients) = version.coefficients(parent) {
        return coefficients
            .iter()
            .find(|(part, _)| *part == node)
            .map(|(_, share)| *share);
    }
    let weight = |part: &NodeIndex| version.tree.node(*part).weight;
    let all: f64 = version.tree.children(parent).iter().map(weight).sum();
    Some(weight(&node) / all)
}

fn differ(x: f64, y: f64) -> bool {
    (x - y).abs() > 1e-9
}
