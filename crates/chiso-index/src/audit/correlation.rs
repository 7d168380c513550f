//! Correlations of columns: Pearson, Spearman, Kendall, over the rows that both columns have.
//!
//! - Pearson: r = Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²).
//! - Spearman: Pearson's r of the ranks, equal values sharing the mean of their ranks.
//! - Kendall's τ-b: (C − D) / √((n₀ − n₁)(n₀ − n₂)) with C and D the concordant and discordant pairs,
//!   n₀ = n(n−1)/2, and n₁, n₂ the pairs tied in x and in y; counted in n log n steps
//!   (W. R. Knight, JASA 61, 1966).
//! - p-value of r = 0: two-sided, t = r √((n−2)/(1−r²)) with n−2 degrees of freedom.
//!
//! Rows are used pair by pair: means and ranks are those of the rows that the two columns share.

use chiso_survey::distribution::{student_t_quantile, student_t_upper_tail};

/// Which correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the values.
    Pearson,
    /// Of the ranks.
    Spearman,
    /// τ-b, of the order of pairs.
    Kendall,
}

/// A correlation of two columns and the number of rows behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// The coefficient; NaN where there are fewer than two shared rows or a column is constant in
    /// them.
    pub coefficient: f64,
    /// The rows that both columns have.
    pub rows: usize,
}

impl Correlation {
    /// The coefficient, or none where it is not defined.
    pub fn get(&self) -> Option<f64> {
        (!self.coefficient.is_nan()).then_some(self.coefficient)
    }

    /// The two-sided p-value of Pearson's r against no correlation; none below three rows.
    pub fn p_value(&self) -> Option<f64> {
        let r = self.get().filter(|_| self.rows > 2)?;
        let freedom = (self.rows - 2) as f64;
        // 1 − r² as a product keeps its digits where r is near 1.
        let rest = (1.0 - r) * (1.0 + r);
        if rest <= 0.0 {
            return Some(0.0);
        }
        let t = r.abs() * (freedom / rest).sqrt();
        student_t_upper_tail(t, freedom).ok().map(|tail| 2.0 * tail)
    }
}

/// The least |r| of `rows` rows that is significant at `level` (two-sided): t / √(n − 2 + t²) with t
/// the quantile of Student's distribution at 1 − level/2. None below three rows.
pub fn least_significant(rows: usize, level: f64) -> Option<f64> {
    let freedom = rows.checked_sub(2).filter(|&df| df > 0)? as f64;
    let t = student_t_quantile(1.0 - level / 2.0, freedom).ok()?;
    Some(t / (freedom + t * t).sqrt())
}

/// The correlation of two columns of equal length; NaN is "no value".
pub fn correlation(kind: Kind, x: &[f64], y: &[f64]) -> Correlation {
    of_prepared(kind, &Prepared::new(kind, x), &Prepared::new(kind, y))
}

/// The correlations of each pair of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// How many columns.
    size: usize,
    /// Row by row; the matrix is symmetric.
    cells: Vec<Correlation>,
}

impl Matrix {
    /// Correlates every column with every other.
    pub fn new(kind: Kind, columns: &[&[f64]]) -> Self {
        let prepared: Vec<Prepared<'_>> = columns
            .iter()
            .map(|column| Prepared::new(kind, column))
            .collect();
        let size = columns.len();
        let none = Correlation {
            coefficient: f64::NAN,
            rows: 0,
        };
        let mut cells = vec![none; size * size];
        for i in 0..size {
            for j in i..size {
                let cell = if i == j {
                    itself(&prepared[i])
                } else {
                    of_prepared(kind, &prepared[i], &prepared[j])
                };
                cells[i * size + j] = cell;
                cells[j * size + i] = cell;
            }
        }
        Matrix { size, cells }
    }

    /// How many columns were correlated.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The correlation of two columns.
    pub fn at(&self, i: usize, j: usize) -> Correlation {
        self.cells[i * self.size + j]
    }
}

/// The correlations of each column of one list with each of another, row by row of the first.
pub fn between(kind: Kind, first: &[&[f64]], second: &[&[f64]]) -> Vec<Vec<Correlation>> {
    let second: Vec<Prepared<'_>> = second.iter().map(|c| Prepared::new(kind, c)).collect();
    let rows = first.iter().map(|column| {
        let column = Prepared::new(kind, column);
        second
            .iter()
            .map(|other| of_prepared(kind, &column, other))
            .collect()
    });
    rows.collect()
}

/// The covariance of two columns over the rows they share, divided by n − 1; none below two rows.
pub fn shared_covariance(x: &[f64], y: &[f64]) -> Option<f64> {
    let both = || x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let (mut rows, mut sum_x, mut sum_y) = (0usize, 0.0, 0.0);
    for (a, b) in both() {
        rows += 1;
        sum_x += a;
        sum_y += b;
    }
    if rows < 2 {
        return None;
    }
    let (mean_x, mean_y) = (sum_x / rows as f64, sum_y / rows as f64);
    let products: f64 = both().map(|(a, b)| (a - mean_x) * (b - mean_y)).sum();
    Some(products / (rows - 1) as f64)
}

/// A column with what all its pairs share, so that complete columns are centred or ranked once.
struct Prepared<'a> {
    values: &'a [f64],
    present: usize,
    /// Of a complete column: centred to unit length (Pearson, Spearman); empty where constant.
    unit: Vec<f64>,
    /// Of a complete column: the rows in the order of their values (Kendall).
    order: Vec<usize>,
}

impl<'a> Prepared<'a> {
    fn new(kind: Kind, values: &'a [f64]) -> Self {
        let present = values.iter().filter(|value| !value.is_nan()).count();
        let mut prepared = Prepared {
            values,
            present,
            unit: Vec::new(),
            order: Vec::new(),
        };
        if present < values.len() {
            return prepared;
        }
        match kind {
            Kind::Pearson => prepared.unit = unit_length(values),
            Kind::Spearman => prepared.unit = unit_length(&mean_ranks(values)),
            Kind::Kendall => prepared.order = ordered(values),
        }
        prepared
    }

    fn is_complete(&self) -> bool {
        self.present == self.values.len()
    }
}

fn itself(column: &Prepared<'_>) -> Correlation {
    let mut seen = column.values.iter().filter(|value| !value.is_nan());
    let varies = seen
        .next()
        .is_some_and(|first| seen.any(|value| value != first));
    let coefficient = if varies { 1.0 } else { f64::NAN };
    Correlation {
        coefficient,
        rows: column.present,
    }
}

fn of_prepared(kind: Kind, x: &Prepared<'_>, y: &Prepared<'_>) -> Correlation {
    if x.is_complete() && y.is_complete() {
        let coefficient = match kind {
            Kind::Pearson | Kind::Spearman => cosine(&x.unit, &y.unit),
            Kind::Kendall => kendall_in_order(&x.order, x.values, y.values),
        };
        return Correlation {
            coefficient,
            rows: x.present,
        };
    }
    let both = x
        .values
        .iter()
        .zip(y.values)
        .filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let (a, b): (Vec<f64>, Vec<f64>) = both.map(|(&a, &b)| (a, b)).unzip();
    let coefficient = match kind {
        Kind::Pearson => cosine(&unit_length(&a), &unit_length(&b)),
        Kind::Spearman => cosine(&unit_length(&mean_ranks(&a)), &unit_length(&mean_ranks(&b))),
        Kind::Kendall => kendall_in_order(&ordered(&a), &a, &b),
    };
    Correlation {
        coefficient,
        rows: a.len(),
    }
}

/// The values less their mean, divided by their length; empty where they are constant.
fn unit_length(values: &[f64]) -> Vec<f64> {
    let Some((first, rest)) = values.split_first() else {
        return Vec::new();
    };
    if rest.iter().all(|value| value == first) {
        return Vec::new();
    }
    // Divided by the largest, squares can neither overflow nor vanish.
    let largest = values
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / count;
    let mut unit: Vec<f64> = values.iter().map(|value| value / largest - mean).collect();
    // A second centring takes away what rounding left of the mean.
    let left = unit.iter().sum::<f64>() / count;
    unit.iter_mut().for_each(|value| *value -= left);
    let length = dot(&unit, &unit).sqrt();
    if length == 0.0 {
        return Vec::new();
    }
    unit.iter_mut().for_each(|value| *value /= length);
    unit
}

/// The product of two columns of unit length; NaN where one was constant.
fn cosine(x: &[f64], y: &[f64]) -> f64 {
    if x.is_empty() || y.is_empty() {
        return f64::NAN;
    }
    dot(x, y).clamp(-1.0, 1.0)
}

/// Σxy in four lanes, which the compiler turns into vector instructions.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let (mut lanes, whole) = ([0.0f64; 4], x.len() - x.len() % 4);
    for (a, b) in x[..whole].chunks_exact(4).zip(y[..whole].chunks_exact(4)) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = x[whole..].iter().zip(&y[whole..]).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

/// The rows in ascending order of their values.
fn ordered(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    order
}

/// Ranks from 1, equal values sharing the mean of theirs.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let order = ordered(values);
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let value = values[order[from]];
        let same = order[from..]
            .iter()
            .take_while(|&&row| values[row] == value)
            .count();
        let shared = from as f64 + (same as f64 + 1.0) / 2.0;
        order[from..from + same]
            .iter()
            .for_each(|&row| ranks[row] = shared);
        from += same;
    }
    ranks
}

/// τ-b of values without gaps, given the rows in ascending order of x.
fn kendall_in_order(order: &[usize], x: &[f64], y: &[f64]) -> f64 {
    let mut sequence: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let (mut tied_x, mut tied_both, mut from) = (0u64, 0u64, 0);
    while from < order.len() {
        let value = x[order[from]];
        let same = order[from..]
            .iter()
            .take_while(|&&row| x[row] == value)
            .count();
        tied_x += pairs(same);
        if same > 1 {
            let block = &mut sequence[from..from + same];
            block.sort_unstable_by(f64::total_cmp);
            tied_both += tied_pairs(block);
        }
        from += same;
    }
    let mut spare = sequence.clone();
    let discordant = exchanges(&mut sequence, &mut spare);
    let (all, tied_y) = (pairs(order.len()), tied_pairs(&sequence));
    let (free_x, free_y) = (all - tied_x, all - tied_y);
    if free_x == 0 || free_y == 0 {
        return f64::NAN;
    }
    let comparable = (free_x - (tied_y - tied_both)) as f64;
    let scale = (free_x as f64 * free_y as f64).sqrt();
    ((comparable - 2.0 * discordant as f64) / scale).clamp(-1.0, 1.0)
}

fn pairs(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}

/// The pairs of equal values in ascending values.
fn tied_pairs(ascending: &[f64]) -> u64 {
    ascending
        .chunk_by(|a, b| a == b)
        .map(|run| pairs(run.len()))
        .sum()
}

/// Sorts by merging and gives the number of pairs that stood in the wrong order.
fn exchanges(values: &mut [f64], spare: &mut [f64]) -> u64 {
    let length = values.len();
    if length < 2 {
        return 0;
    }
    let half = length / 2;
    let mut count = exchanges(&mut values[..half], &mut spare[..half])
        + exchanges(&mut values[half..], &mut spare[half..]);
    let (mut left, mut right) = (0, half);
    for place in spare.iter_mut() {
        if right == length || (left < half && values[left] <= values[right]) {
            *place = values[left];
            left += 1;
        } else {
            *place = values[right];
            right += 1;
            count += (half - left) as u64;
        }
    }
    values.copy_from_slice(spare);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const X: [f64; 6] = [1.0, 2.0, 2.0, 4.0, 5.0, 7.0];
    const Y: [f64; 6] = [3.0, 1.0, 4.0, 4.0, 9.0, 8.0];

    /// τ-b by looking at every pair.
    fn kendall_by_pairs(x: &[f64], y: &[f64]) -> f64 {
        let sign = |d: f64| f64::from(i8::from(d > 0.0) - i8::from(d < 0.0));
        let (mut both, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
        for i in 0..x.len() {
            for j in 0..i {
                let (a, b) = (sign(x[i] - x[j]), sign(y[i] - y[j]));
                both += a * b;
                of_x += a * a;
                of_y += b * b;
            }
        }
        both / (of_x * of_y).sqrt()
    }

    #[test]
    fn rows_that_one_column_lacks_are_left_out_of_the_pair() {
        let with_gaps = [1.0, 2.0, f64::NAN, 2.0, 4.0, 5.0, 7.0, 3.0];
        let other = [3.0, 1.0, 55.0, 4.0, 4.0, 9.0, 8.0, f64::NAN];
        for kind in [Kind::Pearson, Kind::Spearman, Kind::Kendall] {
            let (all, pairwise) = (
                correlation(kind, &X, &Y),
                correlation(kind, &with_gaps, &other),
            );
            assert_eq!(all, pairwise);
            assert_eq!(pairwise.rows, 6);
        }
    }

    #[test]
    fn a_constant_column_has_no_correlation_and_says_so() {
        for kind in [Kind::Pearson, Kind::Spearman, Kind::Kendall] {
            assert_eq!(correlation(kind, &X, &[0.1; 6]).get(), None);
            assert_eq!(correlation(kind, &[], &[]).get(), None);
            assert_eq!(Matrix::new(kind, &[&[0.1; 6]]).at(0, 0).get(), None);
        }
    }

    #[test]
    fn values_near_the_largest_number_do_not_overflow() {
        let large: Vec<f64> = X.iter().map(|x| x * 1e307).collect();
        let (plain, scaled) = (
            correlation(Kind::Pearson, &X, &Y),
            correlation(Kind::Pearson, &large, &Y),
        );
        assert!((plain.coefficient - scaled.coefficient).abs() < 1e-15);
    }

    #[test]
    fn the_least_significant_correlation_has_the_p_value_of_its_level() {
        let rows = 51;
        let coefficient = least_significant(rows, 0.05).expect("enough rows");
        let p = Correlation { coefficient, rows }
            .p_value()
            .expect("enough rows");
        assert!((p - 0.05).abs() < 1e-12, "{p}");
        assert_eq!(least_significant(2, 0.05), None);
        assert_eq!(
            Correlation {
                coefficient: 1.0,
                rows: 9
            }
            .p_value(),
            Some(0.0)
        );
    }

    proptest! {
        #[test]
        fn kendall_by_merging_equals_kendall_by_looking_at_every_pair(
            cells in proptest::collection::vec((0u8..6, 0u8..6), 2..40),
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                cells.iter().map(|&(a, b)| (f64::from(a), f64::from(b))).unzip();
            let (fast, plain) = (correlation(Kind::Kendall, &x, &y).coefficient, kendall_by_pairs(&x, &y));
            prop_assert!((fast - plain).abs() < 1e-14 || (fast.is_nan() && plain.is_nan()));
        }

        #[test]
        fn a_correlation_is_symmetric_and_knows_no_scale(
            cells in proptest::collection::vec((-1000i16..1000, -1000i16..1000), 3..40),
            scale in 0.01f64..100.0,
            shift in -100.0f64..100.0,
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = cells.iter().map(|&(a, b)| (f64::from(a), f64::from(b))).unzip();
            let moved: Vec<f64> = x.iter().map(|v| v * scale + shift).collect();
            for kind in [Kind::Pearson, Kind::Spearman, Kind::Kendall] {
                let Some(forward) = correlation(kind, &x, &y).get() else { continue };
                let back = correlation(kind, &y, &x).coefficient;
                let scaled = correlation(kind, &moved, &y).coefficient;
                prop_assert!((forward - back).abs() < 1e-13);
                prop_assert!((forward - scaled).abs() < 1e-9);
                prop_assert!(forward.abs() <= 1.0);
            }
        }
    }
}
