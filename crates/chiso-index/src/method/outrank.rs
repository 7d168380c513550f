//! Rows against rows: which outranks which, by how much of the weight.
//!
//! For rows i and j with values x of the parts that both have, and weights w of those parts:
//!
//! ```text
//! o_ij = (Σ w [x_i > x_j] + ½ Σ w [x_i = x_j]) / Σ w          outranking
//! c_i  = Σ_j sign(o_ij − ½)                                   Copeland score
//! ```
//!
//! o_ij + o_ji = 1 in any order of the rows. Two rows without a part in common do not outrank each
//! other: ½. Source: G. Munda, *Social Multi-Criteria Evaluation for a Sustainable Economy*
//! (2008), as in the OECD/JRC *Handbook* (2008), step 7; A. H. Copeland (1951).

/// A margin below this share of the weights is none: weights that are not whole numbers leave
/// rounding where a comparison is even.
const EVEN: f64 = 1e-12;

/// How much of the weight speaks for each row against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Outranking {
    rows: usize,
    shares: Vec<f64>,
}

/// Pairs of rows of which one is nowhere behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dominance {
    /// Pairs of rows with a part in common.
    pub pairs: usize,
    /// Pairs of which one row is ahead in every common part.
    pub strict: usize,
    /// Pairs of which one row is ahead in a common part and behind in none.
    pub weak: usize,
}

impl Outranking {
    /// Compares all rows of the parts' columns (of one length) with one weight per part, finite and
    /// not below zero.
    pub fn of(parts: &[&[f64]], weights: &[f64]) -> Outranking {
        let rows = parts.first().map_or(0, |part| part.len());
        let mut outranking = Outranking {
            rows,
            shares: vec![0.0; rows * rows],
        };
        let (mut margins, mut common) = (vec![0.0; rows], vec![0.0; rows]);
        for row in 0..rows {
            compare(parts, weights, row, &mut margins);
            share(parts, weights, row, &mut common);
            for other in row + 1..rows {
                let margin: f64 = match common[other] > 0.0 {
                    true => margins[other] / common[other],
                    false => 0.0,
                };
                // One minus a share of a half or more is exact.
                let more = 0.5 + 0.5 * margin.abs().min(1.0);
                let (ahead, behind) = if margin >= 0.0 {
                    (row, other)
                } else {
                    (other, row)
                };
                outranking.shares[ahead * rows + behind] = more;
                outranking.shares[behind * rows + ahead] = 1.0 - more;
            }
        }
        outranking
    }

    /// The share of the weight that speaks for `row` against `other`; 0 of a row against itself.
    pub fn share(&self, row: usize, other: usize) -> f64 {
        self.shares[row * self.rows + other]
    }

    /// The shares for `row` against every row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.shares[row * self.rows..(row + 1) * self.rows]
    }
}

/// The Copeland score of every row: how many rows it outranks, less how many outrank it.
///
/// Rows for which `counts` says no are not compared and get NaN. The weights are finite and not
/// below zero; `margins` is memory.
pub fn copeland(
    parts: &[&[f64]],
    weights: &[f64],
    counts: impl Fn(usize) -> bool,
    out: &mut [f64],
    margins: &mut Vec<f64>,
) {
    let rows = out.len();
    let even = EVEN * weights.iter().sum::<f64>();
    margins.clear();
    margins.resize(rows, 0.0);
    for (row, score) in out.iter_mut().enumerate() {
        *score = if counts(row) { 0.0 } else { f64::NAN };
    }
    for row in 0..rows {
        if out[row].is_nan() {
            continue;
        }
        compare(parts, weights, row, margins);
        let mut score = 0.0;
        for (other, &margin) in out.iter_mut().zip(margins.iter()).skip(row + 1) {
            let sign = f64::from(i8::from(margin > even) - i8::from(margin < -even));
            // A row that does not count stays NaN and counts for nobody.
            score += if other.is_nan() { 0.0 } else { sign };
            *other -= sign;
        }
        out[row] += score;
    }
}

/// Counts the pairs of rows of which one dominates the other over the parts that both have.
pub fn dominance(parts: &[&[f64]]) -> Dominance {
    let rows = parts.first().map_or(0, |part| part.len());
    let mut found = Dominance::default();
    for row in 0..rows {
        for other in row + 1..rows {
            let (mut ahead, mut behind, mut common) = (0, 0, 0);
            for part in parts {
                let (x, y) = (part[row], part[other]);
                ahead += usize::from(x > y);
                behind += usize::from(x < y);
                common += usize::from(!x.is_nan() && !y.is_nan());
            }
            found.pairs += usize::from(common > 0);
            found.strict += usize::from(common > 0 && (ahead == common || behind == common));
            found.weak += usize::from((ahead > 0) != (behind > 0));
        }
    }
    found
}

/// For each later row, the weight for `row` less the weight for the later one. A comparison with a
/// missing value is neither.
fn compare(parts: &[&[f64]], weights: &[f64], row: usize, margins: &mut [f64]) {
    let later = &mut margins[row + 1..];
    later.fill(0.0);
    for (part, &weight) in parts.iter().zip(weights) {
        let x = part[row];
        for (margin, &y) in later.iter_mut().zip(&part[row + 1..]) {
            let ahead = if x > y { weight } else { 0.0 };
            let behind = if x < y { weight } else { 0.0 };
            *margin += ahead - behind;
        }
    }
}

/// For each later row, the weight of the parts that both have.
fn share(parts: &[&[f64]], weights: &[f64], row: usize, common: &mut [f64]) {
    let later = &mut common[row + 1..];
    later.fill(0.0);
    for (part, &weight) in parts
        .iter()
        .zip(weights)
        .filter(|(part, _)| !part[row].is_nan())
    {
        for (common, &y) in later.iter_mut().zip(&part[row + 1..]) {
            *common += if y.is_nan() { 0.0 } else { weight };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scores(parts: &[&[f64]], weights: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; parts[0].len()];
        copeland(parts, weights, |_| true, &mut out, &mut Vec::new());
        out
    }

    #[test]
    fn three_rows_in_a_circle_all_score_zero_and_a_clear_order_does_not() {
        let circle: [&[f64]; 3] = [&[1.0, 2.0, 3.0], &[2.0, 3.0, 1.0], &[3.0, 1.0, 2.0]];
        assert_eq!(scores(&circle, &[1.0; 3]), [0.0; 3]);
        assert_eq!(scores(&circle[..1], &[1.0]), [-2.0, 0.0, 2.0]);
    }

    #[test]
    fn missing_values_give_shares_that_sum_to_one_in_any_order_of_rows() {
        let nan = f64::NAN;
        // The case in which COINr's matrix depends on the order of rows.
        let parts: [&[f64]; 2] = [&[2.0, 1.0], &[1.0, nan]];
        let swapped: [&[f64]; 2] = [&[1.0, 2.0], &[nan, 1.0]];
        let (one, two) = (
            Outranking::of(&parts, &[1.0; 2]),
            Outranking::of(&swapped, &[1.0; 2]),
        );
        assert_eq!((one.share(0, 1), one.share(1, 0)), (1.0, 0.0));
        assert_eq!((two.share(1, 0), two.share(0, 1)), (1.0, 0.0));
        let apart: [&[f64]; 2] = [&[2.0, nan], &[nan, 1.0]];
        assert_eq!(Outranking::of(&apart, &[1.0; 2]).row(0), [0.0, 0.5]);
        assert_eq!(scores(&apart, &[1.0; 2]), [0.0, 0.0]);
    }

    #[test]
    fn a_row_that_does_not_count_changes_no_other_score() {
        let mut out = [0.0; 3];
        let part: &[f64] = &[1.0, 9.0, 2.0];
        copeland(&[part], &[1.0], |row| row != 1, &mut out, &mut Vec::new());
        assert!(out[1].is_nan());
        assert_eq!((out[0], out[2]), (-1.0, 1.0));
    }

    #[test]
    fn dominance_is_strict_weak_or_none() {
        let parts: [&[f64]; 2] = [&[3.0, 2.0, 2.0], &[3.0, 2.0, 1.0]];
        assert_eq!(
            dominance(&parts),
            Dominance {
                pairs: 3,
                strict: 2,
                weak: 3
            }
        );
    }

    proptest! {
        #[test]
        fn scores_are_the_signs_of_the_shares_and_the_order_of_rows_is_free(
            columns in (2usize..12, 1usize..6).prop_flat_map(|(rows, parts)| {
                let cell = prop_oneof![4 => (0i8..4).prop_map(f64::from), 1 => Just(f64::NAN)];
                prop::collection::vec(prop::collection::vec(cell, rows), parts)
            }),
            weights in prop::collection::vec((1u8..4).prop_map(f64::from), 6),
        ) {
            let weights = &weights[..columns.len()];
            let parts: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let turned: Vec<Vec<f64>> =
                columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
            let turned: Vec<&[f64]> = turned.iter().map(Vec::as_slice).collect();
            let (shares, other) = (Outranking::of(&parts, weights), Outranking::of(&turned, weights));
            let (scores, mut back) = (scores(&parts, weights), scores(&turned, weights));
            back.reverse();
            prop_assert_eq!(&scores, &back);
            let last = scores.len() - 1;
            for (i, &score) in scores.iter().enumerate() {
                let signs = (0..=last).filter(|&j| j != i).map(|j| {
                    let share = shares.share(i, j);
                    assert_eq!(share + shares.share(j, i), 1.0);
                    assert_eq!(share, other.share(last - i, last - j));
                    f64::from(i8::from(share > 0.5 + 1e-12) - i8::from(share < 0.5 - 1e-12))
                });
                prop_assert_eq!(signs.sum::<f64>(), score);
            }
        }
    }
}
