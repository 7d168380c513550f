//! The checks of the structure: number of parts, size, redundancy, conflict, coherence, reliability,
//! components, importance.

use super::availability::leaves_below;
use super::correlation::{Correlation, Kind, between};
use super::importance::importances;
use super::reliability::alpha;
use super::{CheckId, Figures, Other};
use crate::pack::NodeIndex;
use crate::weight::principal::components;

pub(super) fn measure(figures: &mut Figures<'_>) {
    counts(figures);
    size(figures);
    for node in figures.inner_nodes() {
        siblings(figures, node);
        coherence(figures, node);
        reliability(figures, node);
        one_dimension(figures, node);
        importance(figures, node);
    }
}

fn counts(figures: &mut Figures<'_>) {
    let tree = figures.input.tree;
    let leaves = tree.leaves().count() as f64;
    figures.record(CheckId::Leaves, tree.root(), Other::None, leaves, f64::NAN);
    for node in figures.inner_nodes() {
        let parts = tree.children(node);
        if parts.iter().all(|&part| tree.is_leaf(part)) {
            figures.record(
                CheckId::Parts,
                node,
                Other::None,
                parts.len() as f64,
                f64::NAN,
            );
        }
    }
}

fn size(figures: &mut Figures<'_>) {
    let input = figures.input;
    let context: Vec<&[f64]> = input
        .context
        .iter()
        .map(|(_, column)| column.as_slice())
        .collect();
    let leaves: Vec<NodeIndex> = input.tree.leaves().collect();
    let columns: Vec<&[f64]> = leaves.iter().map(|leaf| input.treated[leaf.0]).collect();
    for (leaf, row) in leaves
        .iter()
        .zip(between(Kind::Pearson, &columns, &context))
    {
        record_row(figures, CheckId::SizeOfLeaf, *leaf, &row);
    }
    let root = input.tree.root();
    for row in between(Kind::Pearson, &[input.scores[root.0]], &context) {
        record_row(figures, CheckId::SizeOfIndex, root, &row);
    }
}

fn record_row(figures: &mut Figures<'_>, check: CheckId, node: NodeIndex, row: &[Correlation]) {
    for (place, correlation) in row.iter().enumerate() {
        record(figures, check, node, Other::Context(place), *correlation);
    }
}

/// Records a correlation with its p-value beside it.
fn record(
    figures: &mut Figures<'_>,
    check: CheckId,
    node: NodeIndex,
    other: Other,
    correlation: Correlation,
) {
    let p_value = correlation.p_value().unwrap_or(f64::NAN);
    figures.record(check, node, other, correlation.coefficient, p_value);
}

fn siblings(figures: &mut Figures<'_>, node: NodeIndex) {
    let parts = figures.input.tree.children(node);
    for (place, &first) in parts.iter().enumerate() {
        for &second in &parts[place + 1..] {
            let correlation = figures.correlations.at(first.0, second.0);
            for check in [CheckId::Redundancy, CheckId::Conflict] {
                record(figures, check, first, Other::Node(second), correlation);
            }
        }
    }
}

fn coherence(figures: &mut Figures<'_>, node: NodeIndex) {
    let tree = figures.input.tree;
    let root = tree.root();
    let same_level: Vec<NodeIndex> = tree
        .indices()
        .filter(|&other| other != node && tree.depth(other) == tree.depth(node))
        .filter(|&other| !tree.is_leaf(other))
        .collect();
    for &part in tree.children(node) {
        let own = figures.correlations.at(part.0, node.0);
        record(
            figures,
            CheckId::CoherenceParent,
            part,
            Other::Node(node),
            own,
        );
        if node != root {
            let with_index = figures.correlations.at(part.0, root.0);
            record(
                figures,
                CheckId::CoherenceIndex,
                part,
                Other::Node(root),
                with_index,
            );
        }
        let others = same_level.iter().filter_map(|&other| {
            figures
                .correlations
                .at(part.0, other.0)
                .get()
                .map(|r| (r, other))
        });
        if let Some((largest, other)) = others.max_by(|a, b| a.0.total_cmp(&b.0)) {
            let own = own.coefficient;
            figures.record(CheckId::Belongs, part, Other::Node(other), own, largest);
        }
    }
}

fn reliability(figures: &mut Figures<'_>, node: NodeIndex) {
    let tree = figures.input.tree;
    let sets = [
        (CheckId::AlphaParts, tree.children(node).to_vec()),
        (CheckId::AlphaLeaves, leaves_below(tree, node)),
    ];
    for (check, nodes) in sets {
        let columns: Vec<&[f64]> = nodes
            .iter()
            .map(|part| figures.input.scores[part.0])
            .collect();
        // Where the parts are the leaves, both figures are one.
        let repeats = check == CheckId::AlphaLeaves && nodes == tree.children(node);
        if columns.len() > 1 && !repeats {
            let value = alpha(&columns).unwrap_or(f64::NAN);
            figures.record(check, node, Other::None, value, columns.len() as f64);
        }
    }
}

/// The principal components of a node's parts. Parts without differences have no share in them and
/// are left out; two are needed.
fn one_dimension(figures: &mut Figures<'_>, node: NodeIndex) {
    let scores = &figures.input.scores;
    let varies = |part: &NodeIndex| !scores[part.0].is_empty() && !constant(scores[part.0]);
    let parts: Vec<NodeIndex> = figures
        .input
        .tree
        .children(node)
        .iter()
        .copied()
        .filter(varies)
        .collect();
    if parts.len() < 2 {
        return;
    }
    let columns: Vec<&[f64]> = parts.iter().map(|part| scores[part.0]).collect();
    let (count, found) = (parts.len() as f64, components(&columns).ok());
    let share = found
        .as_ref()
        .and_then(|c| c.eigenvalues.first())
        .map(|first| first / count);
    let above_one = found
        .as_ref()
        .map(|c| c.eigenvalues.iter().filter(|&&v| v > 1.0).count());
    let above_one = above_one.map_or(f64::NAN, |above| above as f64);
    figures.record(
        CheckId::FirstComponent,
        node,
        Other::None,
        share.unwrap_or(f64::NAN),
        count,
    );
    figures.record(CheckId::Components, node, Other::None, above_one, count);
    let loadings = found
        .as_ref()
        .and_then(|components| components.loadings.first());
    for (place, &part) in parts.iter().enumerate() {
        let loading = loadings.map_or(f64::NAN, |loadings| loadings[place]);
        figures.record(CheckId::Loading, part, Other::Node(node), loading, f64::NAN);
    }
}

/// Whether no two values of a column differ.
fn constant(column: &[f64]) -> bool {
    let mut values = column.iter().filter(|value| !value.is_nan());
    values
        .next()
        .is_none_or(|first| values.all(|value| value == first))
}

fn importance(figures: &mut Figures<'_>, node: NodeIndex) {
    let input = figures.input;
    let parts = input.tree.children(node);
    if parts.len() < 2 {
        return;
    }
    let columns: Vec<&[f64]> = parts.iter().map(|part| input.scores[part.0]).collect();
    let weights: Vec<f64> = parts.iter().map(|part| input.weights[part.0]).collect();
    let found = importances(input.scores[node.0], &columns, &weights);
    for (&part, importance) in parts.iter().zip(found) {
        let (share, nominal) = (importance.share, importance.nominal);
        figures.record(CheckId::Importance, part, Other::Node(node), share, nominal);
    }
}
