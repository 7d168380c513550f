//! The checks of the data: coverage, information, outliers.

use super::availability::{UnitAvailability, leaves_below, of_units, share};
use super::correlation::least_significant;
use super::statistics::Statistics;
use super::{CheckId, Figures, Other};
use crate::pack::NodeIndex;

pub(super) fn measure(figures: &mut Figures<'_>) {
    units(figures);
    coverage(figures);
    for leaf in figures.input.tree.leaves().collect::<Vec<_>>() {
        leaf_coverage(figures, leaf);
        information(figures, leaf);
        outliers(figures, leaf);
    }
}

fn units(figures: &mut Figures<'_>) {
    let tree = figures.input.tree;
    let root = tree.root();
    let scored = figures.input.scores[root.0]
        .iter()
        .filter(|score| !score.is_nan())
        .count();
    // With fewer than three units no correlation is significant, however large.
    let least = least_significant(scored, 0.05).unwrap_or(1.0);
    figures.record(CheckId::Units, root, Other::None, least, scored as f64);
}

fn coverage(figures: &mut Figures<'_>) {
    let (tree, root) = (figures.input.tree, figures.input.tree.root());
    for node in figures.inner_nodes() {
        let below = leaves_below(tree, node);
        let check = if node == root {
            CheckId::UnitCoverage
        } else {
            CheckId::BranchCoverage
        };
        let units = of_units(
            &below,
            &figures.input.observed,
            &figures.input.not_applicable,
        );
        for (row, share) in units
            .iter()
            .map(UnitAvailability::available_share)
            .enumerate()
        {
            figures.record(check, node, Other::Unit(row), share, f64::NAN);
        }
    }
}

fn leaf_coverage(figures: &mut Figures<'_>, leaf: NodeIndex) {
    let column = figures.input.observed[leaf.0];
    let exempt = &figures.input.not_applicable;
    let exempt = exempt.range((leaf, 0)..=(leaf, usize::MAX));
    let rows = column.len() - exempt.filter(|(_, row)| column[*row].is_nan()).count();
    let there = column.iter().filter(|value| !value.is_nan()).count();
    figures.record(
        CheckId::LeafCoverage,
        leaf,
        Other::None,
        share(there, rows),
        f64::NAN,
    );
}

fn information(figures: &mut Figures<'_>, leaf: NodeIndex) {
    let statistics = Statistics::new(figures.input.observed[leaf.0]);
    let figure = [
        (
            CheckId::DistinctValues,
            if statistics.available > 0 {
                statistics.unique as f64
            } else {
                f64::NAN
            },
        ),
        (CheckId::MostCommon, statistics.most_common_share()),
        (CheckId::Unique, statistics.unique_share()),
        (CheckId::NonZero, statistics.nonzero_share()),
    ];
    for (check, value) in figure {
        figures.record(check, leaf, Other::None, value, f64::NAN);
    }
}

fn outliers(figures: &mut Figures<'_>, leaf: NodeIndex) {
    let statistics = Statistics::new(figures.input.treated[leaf.0]);
    let (skewness, kurtosis) = (statistics.skewness, statistics.kurtosis);
    figures.record(CheckId::Outliers, leaf, Other::None, skewness, kurtosis);
    figures.record(CheckId::HeavyTails, leaf, Other::None, kurtosis, skewness);
}
