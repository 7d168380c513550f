//! Sums of two columns together, over the rows where both have a value: what a ratio needs.

use arrow_array::Array;

use super::moments::{ColumnError, Rows, numbers};

/// Sums over the rows of a group in which a numerator y and a denominator x have values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PairMoments {
    /// Rows with a positive weight.
    pub n: f64,
    /// Σ w
    pub w: f64,
    /// Σ w·y
    pub wy: f64,
    /// Σ w·x
    pub wx: f64,
    /// Σ w·y²
    pub wyy: f64,
    /// Σ w·x·y
    pub wxy: f64,
    /// Σ w·x²
    pub wxx: f64,
}

impl PairMoments {
    /// Adds what another group holds.
    pub fn add(&mut self, other: &PairMoments) {
        self.n += other.n;
        self.w += other.w;
        self.wy += other.wy;
        self.wx += other.wx;
        self.wyy += other.wyy;
        self.wxy += other.wxy;
        self.wxx += other.wxx;
    }

    /// The same rows with their weights multiplied.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> PairMoments {
        PairMoments {
            n: self.n,
            w: self.w * factor,
            wy: self.wy * factor,
            wx: self.wx * factor,
            wyy: self.wyy * factor,
            wxy: self.wxy * factor,
            wxx: self.wxx * factor,
        }
    }
}

/// Sums of a pair of columns for each group.
///
/// # Errors
/// When a column is not of numbers, has another length or holds a non-finite number.
pub(crate) fn pair_moments(
    rows: Rows<'_>,
    numerator: &dyn Array,
    denominator: &dyn Array,
) -> Result<Vec<PairMoments>, ColumnError> {
    for column in [numerator, denominator] {
        if column.len() != rows.weights.len() {
            return Err(ColumnError::Length {
                found: column.len(),
                expected: rows.weights.len(),
            });
        }
    }
    let (numerator, denominator) = (numbers(numerator)?, numbers(denominator)?);
    let mut sums = vec![PairMoments::default(); rows.groups];
    for run in rows.runs {
        let sum = &mut sums[run.group as usize];
        for row in run.start as usize..run.end as usize {
            if numerator.is_null(row) || denominator.is_null(row) {
                continue;
            }
            let (w, y, x) = (
                rows.weights[row],
                numerator.value(row),
                denominator.value(row),
            );
            sum.n += f64::from(u8::from(w > 0.0));
            sum.w += w;
            sum.wy += w * y;
            sum.wx += w * x;
            sum.wyy += w * y * y;
            sum.wxy += w * x * y;
            sum.wxx += w * x * x;
        }
    }
    Ok(sums)
}
