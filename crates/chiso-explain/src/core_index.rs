//! The part of an index that stayed as it was since a base edition, scored in each edition.
//!
//! Only leaves whose instrument is the same in the base edition and in every edition after it are
//! kept; the base version's recipe and weights put them together again, the others left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use chiso_index::{Edition, NodeIndex, Panel, Scored, Text, Version};

use crate::comparability::{self, Reason};
use crate::core_score::{CoreTree, UnitScores};
use crate::covariance::{LeafErrors, Weight};
use crate::error::ExplainError;
use crate::normal::critical_value;
use crate::pairing;
use crate::points::Side;
use crate::rescore::ranks;
use crate::uncertainty::{ErrorOptions, SamplingError, judged};

/// A leaf of the base edition.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreLeaf {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Why it does not belong to the core, and the first edition in which it does not.
    pub left_out: Option<(Edition, Vec<Reason>)>,
}

/// A unit's score of a core node in one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreScore {
    /// The score; none where the recipe gives none for a missing leaf.
    pub score: Option<f64>,
    /// The greatest score that the core leaves allow; under sums, the sum of their maxima.
    pub maximum: Option<f64>,
    /// The rank among the units.
    pub rank: Option<u32>,
    /// Its sampling error; its test is of a score of 0.
    pub error: SamplingError,
    /// The share of the core leaves below that have a score.
    pub coverage: f64,
}

/// A unit's change at a core node from the base edition to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreChange {
    /// The unit's code.
    pub unit: String,
    /// The earlier score.
    pub from: f64,
    /// The later score.
    pub to: f64,
    /// The change in points of the core node.
    pub change: f64,
    /// Its sampling error.
    pub error: SamplingError,
    /// The earlier rank.
    pub rank_from: Option<u32>,
    /// The later rank.
    pub rank_to: Option<u32>,
}

/// A node of the core: the root, or an inner node with core leaves below it.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreNode {
    /// Its code in the base version.
    pub code: String,
    /// Its name in the base version.
    pub name: Text,
    /// Steps from the root.
    pub depth: usize,
    /// How many core leaves stand below it.
    pub leaves: usize,
    /// By edition, then unit code: its scores.
    pub scores: BTreeMap<Edition, BTreeMap<String, CoreScore>>,
    /// The changes from the base to the last edition of units with a score in both, by unit code.
    pub changes: Vec<CoreChange>,
}

/// The comparable core of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreIndex {
    /// The base edition.
    pub base: Edition,
    /// The last edition.
    pub to: Edition,
    /// The leaves of the base edition.
    pub leaves: Vec<CoreLeaf>,
    /// The nodes of the core in the order of an outline, the root first.
    pub nodes: Vec<CoreNode>,
    /// The confidence of the intervals.
    pub confidence: f64,
}

impl CoreIndex {
    /// The leaves that belong to the core.
    pub fn core_leaves(&self) -> impl Iterator<Item = &CoreLeaf> {
        self.leaves.iter().filter(|leaf| leaf.left_out.is_none())
    }

    /// A node by its code.
    pub fn node(&self, code: &str) -> Option<&CoreNode> {
        self.nodes.iter().find(|node| node.code == code)
    }
}

/// The comparable core of the index from a base edition up to another.
///
/// A leaf belongs to it if, against the base edition, every edition up to the last has it at the same
/// place with the same name, range, direction and method, and no break of it or of a node above it
/// but the root lies between. Its weight may have changed: that of the base version counts in every
/// edition. Under sums the scores are sums of the core leaves, with the sum of their maxima as the
/// maximum; under means the weights of the rest are left out, and the scale stays.
///
/// # Errors
/// Editions that are not there or do not run forward, no leaf that stayed, options out of bounds.
pub fn core_index(
    panel: &Panel,
    base: Edition,
    to: Edition,
    options: &ErrorOptions<'_>,
) -> Result<CoreIndex, ExplainError> {
    let z = critical_value(options.confidence)?;
    let (first, _) = crate::change::editions(panel, base, to)?;
    let editions: Vec<&Scored> = panel
        .editions
        .range(base..=to)
        .map(|(_, scored)| scored)
        .collect();
    let leaves = leaves(panel, first, &editions[1..]);
    let kept = leaves.iter().filter(|(_, leaf)| leaf.left_out.is_none());
    let kept: Vec<NodeIndex> = kept.map(|(node, _)| *node).collect();
    if kept.is_empty() {
        return Err(ExplainError::NoCore { base, to });
    }
    let tree = CoreTree::new(&first.version, &kept);
    let scorer = Scorer {
        tree: &tree,
        options,
        z,
    };
    let scored: Vec<EditionScores> = editions
        .iter()
        .map(|scored| scorer.edition(scored))
        .collect();
    let nodes = tree
        .inner()
        .map(|node| scorer.node(node, &editions, &scored))
        .collect::<Result<_, _>>()?;
    Ok(CoreIndex {
        base,
        to,
        leaves: leaves.into_iter().map(|(_, leaf)| leaf).collect(),
        nodes,
        confidence: options.confidence,
    })
}

fn leaves(panel: &Panel, base: &Scored, later: &[&Scored]) -> Vec<(NodeIndex, CoreLeaf)> {
    let version = &base.version;
    let mut leaves: Vec<(NodeIndex, CoreLeaf)> = version
        .tree
        .outline()
        .into_iter()
        .filter(|node| version.tree.is_leaf(*node))
        .map(|node| {
            let of = version.tree.node(node);
            let leaf = CoreLeaf {
                code: of.code.clone(),
                name: of.name.clone(),
                left_out: None,
            };
            (node, leaf)
        })
        .collect();
    for scored in later {
        let differences = differences(panel, base, scored);
        for (node, leaf) in leaves
            .iter_mut()
            .filter(|(_, leaf)| leaf.left_out.is_none())
        {
            let reasons = differences.get(node).cloned().unwrap_or_default();
            if !reasons.is_empty() {
                leaf.left_out = Some((scored.edition, reasons));
            }
        }
    }
    leaves
}

/// By leaf of the base version: what stands against comparing its scores with those of an edition.
fn differences(panel: &Panel, base: &Scored, later: &Scored) -> BTreeMap<NodeIndex, Vec<Reason>> {
    let pairs = pairing::outline(&base.version, &later.version);
    let compared = comparability::compare(
        &panel.pack,
        (&base.version, base.edition),
        (&later.version, later.edition),
        &pairs,
    );
    let mut found = BTreeMap::new();
    for (place, pair) in pairs.iter().enumerate() {
        let Some(node) = pair.from.filter(|node| base.version.tree.is_leaf(*node)) else {
            continue;
        };
        let own = compared[place].reasons.iter();
        let own = own.filter(|reason| !matches!(reason, Reason::Reweighted { .. }));
        let mut reasons: Vec<Reason> = own.cloned().collect();
        reasons.extend(rescaled(&base.version, node, &later.version, pair.to));
        // A break of a node is one of all that it is made of; that of the root says of no part which.
        let mut above = pair.parent;
        while let Some(at) = above.filter(|&at| pairs[at].parent.is_some()) {
            let breaks = compared[at].reasons.iter();
            reasons.extend(
                breaks
                    .filter(|reason| matches!(reason, Reason::Break(_)))
                    .cloned(),
            );
            above = pairs[at].parent;
        }
        found.insert(node, reasons);
    }
    found
}

/// Goalposts that changed while the scale that they are put on did not.
fn rescaled(from: &Version, a: NodeIndex, to: &Version, b: Option<NodeIndex>) -> Option<Reason> {
    let b = b?;
    let ranges = from.tree.node(a).range.zip(to.tree.node(b).range);
    let (x, y) = ranges?;
    let differ = |x: f64, y: f64| (x - y).abs() > 1e-9;
    let scales = from.score_range(a) == to.score_range(b);
    (scales && (differ(x.min, y.min) || differ(x.max, y.max)))
        .then_some(Reason::Rescaled { from: x, to: y })
}

/// The units' scores of one edition.
type EditionScores = Vec<(Arc<str>, UnitScores)>;

struct Scorer<'a> {
    tree: &'a CoreTree<'a>,
    options: &'a ErrorOptions<'a>,
    z: f64,
}

impl Scorer<'_> {
    fn edition(&self, scored: &Scored) -> EditionScores {
        let units = scored.units.iter().enumerate();
        units
            .map(|(unit, code)| (code.clone(), self.tree.score(scored, unit)))
            .collect()
    }

    fn node(
        &self,
        node: NodeIndex,
        editions: &[&Scored],
        scores: &[EditionScores],
    ) -> Result<CoreNode, ExplainError> {
        let mut by_edition = BTreeMap::new();
        for (scored, units) in editions.iter().zip(scores) {
            by_edition.insert(scored.edition, self.of_edition(node, scored, units)?);
        }
        let of = self.tree.version.tree.node(node);
        let changes = self.changes(node, editions, scores, &by_edition)?;
        Ok(CoreNode {
            code: of.code.clone(),
            name: of.name.clone(),
            depth: self.tree.version.tree.depth(node),
            leaves: self.tree.leaves_below(node),
            scores: by_edition,
            changes,
        })
    }

    fn of_edition(
        &self,
        node: NodeIndex,
        scored: &Scored,
        units: &EditionScores,
    ) -> Result<BTreeMap<String, CoreScore>, ExplainError> {
        let all: Vec<Option<f64>> = units.iter().map(|(_, unit)| unit.score(node)).collect();
        let ranks = ranks(&all, self.tree.version.rank);
        let mut found = BTreeMap::new();
        for (unit, ((code, scores), rank)) in units.iter().zip(ranks).enumerate() {
            let side = Side::new(scored, unit);
            let errors = LeafErrors::new(&side, &side, self.options.covariance)?;
            let error = self.error(&errors, scores.score(node), scores.weights(node, true, 1.0))?;
            let score = CoreScore {
                score: scores.score(node),
                maximum: scores.maximum(node),
                rank,
                error,
                coverage: scores.coverage(node),
            };
            found.insert(code.to_string(), score);
        }
        Ok(found)
    }

    fn changes(
        &self,
        node: NodeIndex,
        editions: &[&Scored],
        scores: &[EditionScores],
        by_edition: &BTreeMap<Edition, BTreeMap<String, CoreScore>>,
    ) -> Result<Vec<CoreChange>, ExplainError> {
        let ends = editions
            .first()
            .zip(editions.last())
            .zip(scores.first().zip(scores.last()));
        let Some(((first, last), (earlier, later))) = ends else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        for (b, (code, after)) in later.iter().enumerate() {
            let Some(a) = first.unit(code) else { continue };
            let before = &earlier[a].1;
            let Some((from, to)) = before.score(node).zip(after.score(node)) else {
                continue;
            };
            let sides = (Side::new(first, a), Side::new(last, b));
            let errors = LeafErrors::new(&sides.0, &sides.1, self.options.covariance)?;
            let weights = before
                .weights(node, false, -1.0)
                .zip(after.weights(node, true, 1.0));
            let weights = weights.map(|(mut before, after)| {
                before.extend(after);
                before
            });
            let rank = |edition: Edition| by_edition.get(&edition)?.get(&**code)?.rank;
            changes.push(CoreChange {
                unit: code.to_string(),
                from,
                to,
                change: to - from,
                error: self.error(&errors, Some(to - from), weights)?,
                rank_from: rank(first.edition),
                rank_to: rank(last.edition),
            });
        }
        Ok(changes)
    }

    fn error(
        &self,
        errors: &LeafErrors<'_>,
        value: Option<f64>,
        weights: Option<Vec<Weight>>,
    ) -> Result<SamplingError, ExplainError> {
        let Some((value, weights)) = value.zip(weights) else {
            return Ok(SamplingError::Untraceable);
        };
        Ok(match errors.of(&weights)? {
            Ok(error) => {
                SamplingError::Known(judged(value, error, self.z, self.options.confidence))
            }
            Err(leaves) => SamplingError::NoStandardError { leaves },
        })
    }
}
