//! How a score moves with the scores of the leaves below it.

use chiso_index::numbers;
use chiso_index::pack::Aggregate;
use chiso_index::score::combine;
use chiso_index::{NodeIndex, Scored};

/// Leaves and the points of a score for a point of each.
pub(crate) type Slopes = Vec<(NodeIndex, f64)>;

/// Step of a central difference, relative to the score: the cube root of the precision of a float,
/// at which the error of the difference is least.
const STEP: f64 = 6e-6;
/// A score below this is stepped as if it were this great.
const LEAST_STEPPED: f64 = 1e-3;
/// How far a score may be from its parts combined, relative to it.
const SAME: f64 = 1e-9;

/// Points of a node for a point of each part: of sums and means exactly, of other methods by
/// central differences; none where the method has no value at or around the scores.
pub(crate) fn partials(
    method: Aggregate,
    factor: f64,
    scores: &[f64],
    weights: &[f64],
) -> Option<Vec<f64>> {
    match method {
        Aggregate::Sum => Some(vec![factor; scores.len()]),
        Aggregate::Mean => {
            let all = numbers::sum(weights.iter().copied());
            Some(weights.iter().map(|weight| factor * weight / all).collect())
        }
        _ => gradient(scores, |scores| {
            combine(method, scores, weights).map(|score| score * factor)
        }),
    }
}

/// The gradient of a function by central differences; none where it has no value.
pub(crate) fn gradient(at: &[f64], of: impl Fn(&[f64]) -> Option<f64>) -> Option<Vec<f64>> {
    let all = gradients(at, |at| of(at).map(|value| vec![value]))?;
    Some(all.into_iter().map(|values| values[0]).collect())
}

/// The gradients of several functions: by argument, then function.
pub(crate) fn gradients(
    at: &[f64],
    of: impl Fn(&[f64]) -> Option<Vec<f64>>,
) -> Option<Vec<Vec<f64>>> {
    let mut moved = at.to_vec();
    let mut of_argument = |place: usize| {
        let step = STEP * at[place].abs().max(LEAST_STEPPED);
        let (above, below) = (at[place] + step, at[place] - step);
        moved[place] = above;
        let more = of(&moved)?;
        moved[place] = below;
        let less = of(&moved)?;
        moved[place] = at[place];
        let pairs = more.iter().zip(&less);
        Some(
            pairs
                .map(|(more, less)| (more - less) / (above - below))
                .collect(),
        )
    };
    (0..at.len()).map(&mut of_argument).collect()
}

/// By node: how its score of one unit moves with each leaf below it. None where it has no score, or
/// where its score is not the combination of its parts that its method says.
pub(crate) fn slopes(scored: &Scored, unit: usize) -> Vec<Option<Slopes>> {
    let tree = &scored.version.tree;
    let mut found: Vec<Option<Slopes>> = vec![None; tree.len()];
    for &node in tree.bottom_up() {
        found[node.0] = match tree.is_leaf(node) {
            true => scored.score(node, unit).map(|_| vec![(node, 1.0)]),
            false => of_inner(scored, unit, node, &found),
        };
    }
    found
}

fn of_inner(
    scored: &Scored,
    unit: usize,
    node: NodeIndex,
    below: &[Option<Slopes>],
) -> Option<Slopes> {
    let score = scored.score(node, unit)?;
    let (method, factor, _) = scored.version.aggregation(node)?;
    let tree = &scored.version.tree;
    let scores = tree.children(node).iter();
    let parts: Vec<(NodeIndex, f64)> = scores
        .filter_map(|&part| Some((part, scored.score(part, unit)?)))
        .collect();
    let scores: Vec<f64> = parts.iter().map(|part| part.1).collect();
    let weights: Vec<f64> = parts.iter().map(|part| tree.node(part.0).weight).collect();
    let combined = combine(method, &scores, &weights)? * factor;
    if (combined - score).abs() > SAME * score.abs().max(1.0) {
        return None;
    }
    let partials = partials(method, factor, &scores, &weights)?;
    let mut slopes = Slopes::new();
    for ((part, _), partial) in parts.iter().zip(partials) {
        let of_part = below[part.0].as_ref()?;
        slopes.extend(of_part.iter().map(|(leaf, slope)| (*leaf, partial * slope)));
    }
    Some(slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_of_a_weighted_geometric_mean_is_its_derivative() {
        let (scores, weights) = ([2.0, 0.5, 7.0], [1.0, 2.0, 3.0]);
        let mean = combine(Aggregate::Geometric, &scores, &weights).unwrap();
        let found = partials(Aggregate::Geometric, 10.0, &scores, &weights).unwrap();
        for ((found, x), w) in found.iter().zip(scores).zip(weights) {
            let exact = 10.0 * mean * w / 6.0 / x;
            assert!((found / exact - 1.0).abs() < 1e-9, "{found} {exact}");
        }
    }

    #[test]
    fn a_geometric_mean_has_no_gradient_at_zero() {
        assert_eq!(
            partials(Aggregate::Geometric, 1.0, &[0.0, 1.0], &[1.0, 1.0]),
            None
        );
    }
}
