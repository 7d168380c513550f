//! How much of the index each node is: its share among its siblings, times its parent's.
//!
//! `e_i = e_parent(i) · w_i / Σ w of i and its siblings`, and 1 shared out among the roots. The
//! effective weights of the nodes of one depth sum to 1. Source: OECD/JRC *Handbook on
//! Constructing Composite Indicators* (2008), step 6.

/// Why a tree has no effective weights. Nodes count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EffectiveFault {
    /// As many weights as nodes are needed.
    #[error("found {weights} weights and {parents} parents; expected as many")]
    Shape {
        /// How many weights there are.
        weights: usize,
        /// How many parents there are.
        parents: usize,
    },
    /// A parent that is not a node, or that is among the nodes below.
    #[error("node {node}: found parent {parent}; expected a node that is not below it")]
    Parent {
        /// The node.
        node: usize,
        /// Its parent.
        parent: usize,
    },
    /// A weight that is not a number.
    #[error("node {node}: found weight {weight}; expected a finite number")]
    Weight {
        /// The node.
        node: usize,
        /// Its weight.
        weight: f64,
    },
    /// Nothing to share by.
    #[error(
        "node {node}: found weights that sum to zero among it and its siblings; expected another sum"
    )]
    NoWeight {
        /// The first of the siblings.
        node: usize,
    },
}

/// The effective weight of every node, from the place of its parent (none for a root) and its
/// weight among its siblings; in any order of the nodes.
///
/// # Errors
/// When the parents are not those of a tree, a weight is not finite, or siblings have no weight.
pub fn effective(parents: &[Option<usize>], weights: &[f64]) -> Result<Vec<f64>, EffectiveFault> {
    let nodes = parents.len();
    if weights.len() != nodes {
        return Err(EffectiveFault::Shape {
            weights: weights.len(),
            parents: nodes,
        });
    }
    if let Some(node) = weights.iter().position(|weight| !weight.is_finite()) {
        return Err(EffectiveFault::Weight {
            node,
            weight: weights[node],
        });
    }
    let order = parents_first(parents)?;
    // The last place is that of the roots' siblings.
    let place = |parent: Option<usize>| parent.unwrap_or(nodes);
    let mut sums = vec![0.0; nodes + 1];
    for (&parent, weight) in parents.iter().zip(weights) {
        sums[place(parent)] += weight;
    }
    let mut found = vec![0.0; nodes];
    for node in order {
        let parent = parents[node];
        let sum = sums[place(parent)];
        if sum == 0.0 {
            return Err(EffectiveFault::NoWeight { node });
        }
        found[node] = parent.map_or(1.0, |parent| found[parent]) * (weights[node] / sum);
    }
    Ok(found)
}

/// The nodes, each after its parent.
fn parents_first(parents: &[Option<usize>]) -> Result<Vec<usize>, EffectiveFault> {
    let mut order = Vec::with_capacity(parents.len());
    let mut placed = vec![false; parents.len()];
    let mut path = Vec::new();
    for start in 0..parents.len() {
        let mut node = start;
        while !placed[node] {
            path.push(node);
            let Some(parent) = parents[node] else {
                break;
            };
            if parent >= parents.len() || path.contains(&parent) {
                return Err(EffectiveFault::Parent { node, parent });
            }
            node = parent;
        }
        while let Some(node) = path.pop() {
            placed[node] = true;
            order.push(node);
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_multiplied_down_the_tree_in_any_order_of_nodes() {
        let parents = [Some(2), Some(2), Some(4), Some(4), None];
        let weights = [1.0, 3.0, 2.0, 3.0, 7.0];
        let found = effective(&parents, &weights).unwrap();
        let expected = [0.1, 0.3, 0.4, 0.6, 1.0];
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-15),
            "{found:?}"
        );
    }

    #[test]
    fn circles_strangers_and_siblings_without_weight_are_faults() {
        let fault = effective(&[Some(1), Some(0)], &[1.0; 2]).unwrap_err();
        assert_eq!(fault, EffectiveFault::Parent { node: 1, parent: 0 });
        assert!(effective(&[Some(0)], &[1.0]).is_err());
        assert!(effective(&[Some(5)], &[1.0]).is_err());
        assert!(effective(&[None], &[f64::NAN]).is_err());
        assert!(effective(&[None], &[1.0, 2.0]).is_err());
        let fault = effective(&[None, Some(0), Some(0)], &[1.0, -1.0, 1.0]).unwrap_err();
        assert_eq!(fault, EffectiveFault::NoWeight { node: 1 });
    }
}
