//! A node's scores from those of its parts.

use super::scored::{Flags, Scored};
use crate::numbers::sum;
use crate::pack::{Aggregate, MissingPart, NodeIndex};

/// Combines the scores of parts with their weights; none where the method has no value for them
/// (no part, or a geometric or harmonic mean of a score that is not above zero).
///
/// `sum` Σx · `mean` Σwx/Σw · `geometric` exp(Σw ln x/Σw) · `harmonic` Σw/Σ(w/x).
pub fn combine(method: Aggregate, values: &[f64], weights: &[f64]) -> Option<f64> {
    let pairs = || values.iter().copied().zip(weights.iter().copied());
    let total = sum(weights.iter().copied());
    let positive = values.iter().all(|&value| value > 0.0);
    match method {
        _ if values.is_empty() => None,
        Aggregate::Sum => Some(sum(values.iter().copied())),
        Aggregate::Mean => Some(sum(pairs().map(|(x, w)| x * w)) / total),
        Aggregate::Geometric => {
            positive.then(|| (sum(pairs().map(|(x, w)| w * x.ln())) / total).exp())
        }
        Aggregate::Harmonic => positive.then(|| total / sum(pairs().map(|(x, w)| w / x))),
    }
}

/// Computes an inner node for every unit; its parts have been computed. A leaf is left as it is.
pub(super) fn aggregate(scored: &mut Scored, node: NodeIndex) {
    let version = scored.version.clone();
    let Some((method, factor, missing)) = version.aggregation(node) else {
        return;
    };
    let parts: Vec<(NodeIndex, f64)> = version
        .tree
        .children(node)
        .iter()
        .map(|&part| (part, version.tree.node(part).weight))
        .collect();
    let mut gathered = Gathered::default();
    for unit in 0..scored.units.len() {
        gathered.gather(scored, &parts, unit);
        let cell = scored.cell(node, unit);
        scored.coverage[cell] = gathered.coverage();
        scored.flags[cell] |= gathered.flags;
        if gathered.flags & Flags::PART_NOT_APPLICABLE != 0 {
            let maximum = combine(method, &gathered.maxima, &gathered.applicable_weights);
            scored.maxima[cell] = maximum.map_or(f64::NAN, |maximum| maximum * factor);
        }
        let complete = gathered.flags & Flags::PART_MISSING == 0;
        if complete || missing == MissingPart::Available {
            let score = combine(method, &gathered.values, &gathered.weights);
            scored.scores[cell] = score.map_or(f64::NAN, |score| score * factor);
        }
    }
}

/// What the parts of one unit have.
#[derive(Default)]
struct Gathered {
    values: Vec<f64>,
    weights: Vec<f64>,
    maxima: Vec<f64>,
    applicable_weights: Vec<f64>,
    covered: f64,
    flags: u8,
}

impl Gathered {
    fn gather(&mut self, scored: &Scored, parts: &[(NodeIndex, f64)], unit: usize) {
        self.values.clear();
        self.weights.clear();
        self.maxima.clear();
        self.applicable_weights.clear();
        (self.covered, self.flags) = (0.0, 0);
        for &(part, weight) in parts {
            let cell = scored.cell(part, unit);
            let flags = scored.flags[cell];
            if flags & Flags::NOT_APPLICABLE != 0 {
                self.flags |= Flags::PART_NOT_APPLICABLE;
                continue;
            }
            self.flags |= flags & (Flags::PART_MISSING | Flags::PART_NOT_APPLICABLE);
            self.maxima.push(scored.maxima[cell]);
            self.applicable_weights.push(weight);
            self.covered += scored.coverage[cell];
            if scored.scores[cell].is_nan() {
                self.flags |= Flags::PART_MISSING;
            } else {
                self.values.push(scored.scores[cell]);
                self.weights.push(weight);
            }
        }
        if self.maxima.is_empty() {
            self.flags |= Flags::NOT_APPLICABLE;
        } else if self.values.is_empty() {
            self.flags |= Flags::MISSING;
        }
    }

    fn coverage(&self) -> f64 {
        match self.maxima.len() {
            0 => 0.0,
            parts => self.covered / parts as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_means_of_one_and_four_are_known() {
        let (values, weights) = ([1.0, 4.0], [1.0, 1.0]);
        let combined = |method| combine(method, &values, &weights);
        assert_eq!(combined(Aggregate::Sum), Some(5.0));
        assert_eq!(combined(Aggregate::Mean), Some(2.5));
        assert!(combined(Aggregate::Geometric).is_some_and(|mean| (mean - 2.0).abs() < 1e-15));
        assert_eq!(combined(Aggregate::Harmonic), Some(1.6));
    }

    #[test]
    fn a_geometric_mean_of_zero_has_no_value() {
        assert_eq!(
            combine(Aggregate::Geometric, &[0.0, 4.0], &[1.0, 1.0]),
            None
        );
        assert_eq!(combine(Aggregate::Harmonic, &[0.0, 4.0], &[1.0, 1.0]), None);
    }
}
