//! Dominance: pairs of units whose order no weights can change.

/// The pairs of rows that could be compared, and those in which one is at least as good in every
/// column and better in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dominance {
    /// Pairs of rows that have a value in every column.
    pub pairs: usize,
    /// Of these, the pairs in which one row dominates the other.
    pub dominated: usize,
}

impl Dominance {
    /// The share of pairs whose order is the same under all weights; NaN without a pair.
    pub fn share(&self) -> f64 {
        self.dominated as f64 / self.pairs as f64
    }
}

/// Counts dominance among rows over columns of which more is better. Rows with a missing value
/// (NaN) are left out, as it cannot be said whom they dominate.
pub fn dominance(columns: &[&[f64]]) -> Dominance {
    let rows = columns.first().map_or(0, |column| column.len());
    let complete: Vec<Vec<f64>> = (0..rows)
        .map(|row| {
            columns
                .iter()
                .map(|column| column[row])
                .collect::<Vec<f64>>()
        })
        .filter(|values| values.iter().all(|value| !value.is_nan()))
        .collect();
    let mut found = Dominance::default();
    for (i, first) in complete.iter().enumerate() {
        for second in &complete[..i] {
            found.pairs += 1;
            found.dominated += usize::from(one_dominates(first, second));
        }
    }
    found
}

fn one_dominates(first: &[f64], second: &[f64]) -> bool {
    let (mut better, mut worse) = (false, false);
    for (a, b) in first.iter().zip(second) {
        better |= a > b;
        worse |= a < b;
        if better && worse {
            return false;
        }
    }
    better || worse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_is_nowhere_worse_and_somewhere_better_dominates() {
        let found = dominance(&[&[1.0, 2.0, 3.0, f64::NAN], &[1.0, 1.0, 0.0, 9.0]]);
        assert_eq!(
            found,
            Dominance {
                pairs: 3,
                dominated: 1
            }
        );
        assert_eq!(dominance(&[&[1.0, 1.0], &[2.0, 2.0]]).dominated, 0);
        assert!(dominance(&[]).share().is_nan());
    }
}
