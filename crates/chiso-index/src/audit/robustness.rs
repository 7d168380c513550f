//! The checks of robustness: compensability, dominance, leaving leaves out, sampling errors.

use super::compensability::rank_pairs;
use super::dominance::dominance;
use super::{CheckId, Figures, Other};

pub(super) fn measure(figures: &mut Figures<'_>) {
    compensability(figures);
    pairs(figures);
    without(figures);
    rank_sets(figures);
}

fn compensability(figures: &mut Figures<'_>) {
    let (input, root) = (figures.input, figures.input.tree.root());
    let (mut shifts, mut ranked) = (0u64, 0u64);
    let pairs = rank_pairs(input.tree, &input.scores, &input.weights);
    for (row, pair) in pairs.iter().enumerate() {
        let Some(pair) = pair else { continue };
        shifts += u64::from(pair.shift());
        ranked += 1;
        let (shift, rank) = (f64::from(pair.shift()), f64::from(pair.arithmetic));
        figures.record(CheckId::Compensability, root, Other::Unit(row), shift, rank);
    }
    let mean = shifts as f64 / ranked as f64;
    figures.record(
        CheckId::CompensabilityMean,
        root,
        Other::None,
        mean,
        f64::NAN,
    );
}

fn pairs(figures: &mut Figures<'_>) {
    let input = figures.input;
    let leaves: Vec<&[f64]> = input
        .tree
        .leaves()
        .map(|leaf| input.scores[leaf.0])
        .collect();
    let found = dominance(&leaves);
    let root = input.tree.root();
    figures.record(
        CheckId::Dominance,
        root,
        Other::None,
        found.share(),
        found.pairs as f64,
    );
}

fn without(figures: &mut Figures<'_>) {
    for without in &figures.input.without {
        let shift = without.mean_rank_shift;
        figures.record(
            CheckId::LeaveOneOut,
            without.leaf,
            Other::None,
            shift,
            f64::NAN,
        );
    }
}

fn rank_sets(figures: &mut Figures<'_>) {
    let root = figures.input.tree.root();
    let (mut ranks, mut units) = (0.0, 0.0);
    for (row, set) in figures.input.rank_sets.iter().enumerate() {
        let Some((best, worst)) = set else { continue };
        let count = f64::from(worst.abs_diff(*best) + 1);
        ranks += count;
        units += 1.0;
        figures.record(
            CheckId::RankSet,
            root,
            Other::Unit(row),
            count,
            f64::from(*best),
        );
    }
    if units > 0.0 {
        figures.record(
            CheckId::RankSetMean,
            root,
            Other::None,
            ranks / units,
            f64::NAN,
        );
    }
}
