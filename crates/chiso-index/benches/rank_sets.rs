//! Rank sets of many units: marginal, simultaneous, from independent errors, a covariance, draws.

use chiso_index::rank_set::{
    Errors, Estimates, Normals, RankSetOptions, different_pairs, group_probabilities, marginal,
    score_draws,
};

fn main() {
    divan::main();
}

/// Units whose scores spread by about three standard errors, as those of a household survey do.
struct Units {
    scores: Vec<f64>,
    errors: Vec<f64>,
}

fn units(count: usize) -> Units {
    let mut normals = Normals::new(count as u64);
    let scores = normals.by_ref().take(count).map(|z| 40.0 + 1.5 * z);
    let scores = scores.collect();
    let errors = normals.take(count).map(|z| 0.5 * (0.2 * z).exp()).collect();
    Units { scores, errors }
}

fn independent(units: &Units) -> Estimates<'_> {
    Estimates {
        scores: &units.scores,
        errors: Errors::Independent(&units.errors),
    }
}

#[divan::bench(args = [34, 63, 700], sample_count = 10)]
fn marginal_sets(bencher: divan::Bencher, count: usize) {
    let units = units(count);
    bencher.bench(|| marginal(&independent(&units), &RankSetOptions::default()));
}

#[divan::bench(args = [34, 63, 700], sample_count = 10)]
fn all_pairs(bencher: divan::Bencher, count: usize) {
    let units = units(count);
    bencher.bench(|| different_pairs(&independent(&units), &RankSetOptions::default()));
}

/// Standard errors with the given degrees of freedom.
fn estimated<'a>(units: &'a Units, degrees: &'a [f64]) -> Estimates<'a> {
    Estimates {
        scores: &units.scores,
        errors: Errors::Estimated {
            standard: &units.errors,
            degrees_of_freedom: degrees,
        },
    }
}

#[divan::bench(args = [34, 63, 700], sample_count = 10)]
fn marginal_sets_with_2_degrees_of_freedom(bencher: divan::Bencher, count: usize) {
    let (units, degrees) = (units(count), vec![2.0; count]);
    bencher.bench(|| marginal(&estimated(&units, &degrees), &RankSetOptions::default()));
}

#[divan::bench(args = [34, 63, 700], sample_count = 10)]
fn all_pairs_with_2_degrees_of_freedom(bencher: divan::Bencher, count: usize) {
    let (units, degrees) = (units(count), vec![2.0; count]);
    bencher.bench(|| different_pairs(&estimated(&units, &degrees), &RankSetOptions::default()));
}

#[divan::bench(args = [63, 700], sample_count = 10)]
fn marginal_sets_from_a_covariance(bencher: divan::Bencher, count: usize) {
    let units = units(count);
    let mut matrix = vec![0.0; count * count];
    for (row, first) in units.errors.iter().enumerate() {
        for (column, second) in units.errors.iter().enumerate() {
            let correlation = if row == column { 1.0 } else { 0.3 };
            matrix[row * count + column] = correlation * first * second;
        }
    }
    let estimates = Estimates {
        scores: &units.scores,
        errors: Errors::Covariance(&matrix),
    };
    bencher.bench(|| marginal(&estimates, &RankSetOptions::default()));
}

#[divan::bench(args = [63, 700], sample_count = 10)]
fn marginal_sets_from_replicates(bencher: divan::Bencher, count: usize) {
    let units = units(count);
    let draws = score_draws(&independent(&units), &RankSetOptions::default()).unwrap_or_default();
    let estimates = Estimates {
        scores: &units.scores,
        errors: Errors::Draws { draws: &draws },
    };
    bencher.bench(|| marginal(&estimates, &RankSetOptions::default()));
}

#[divan::bench(sample_count = 10)]
fn four_groups_of_63_units_in_1000_draws(bencher: divan::Bencher) {
    let units = units(63);
    let draws = score_draws(&independent(&units), &RankSetOptions::default()).unwrap_or_default();
    bencher.bench(|| {
        group_probabilities(&draws, 63, 4, |scores, groups| {
            let mut order: Vec<usize> = (0..63).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            for (place, unit) in order.into_iter().enumerate() {
                groups[unit] = Some(place * 4 / 63);
            }
        })
    });
}
