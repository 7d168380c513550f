//! Scores by place in the order: ranks and what is made of them.

use super::Column;

impl Column<'_> {
    /// Writes a function of the number of worse values: equal values have equally many (R's ties
    /// "min").
    pub(super) fn worse_values(&self, out: &mut [f64], score: impl Fn(f64) -> f64) {
        let mut ordered: Vec<(f64, usize)> = Vec::with_capacity(self.extent.count);
        for (row, &value) in self.values.iter().enumerate() {
            if value.is_nan() {
                out[row] = f64::NAN;
            } else {
                // Negative zero and zero must tie.
                ordered.push((self.turn(value) + 0.0, row));
            }
        }
        ordered.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut worse = 0;
        for (place, &(value, row)) in ordered.iter().enumerate() {
            if value > ordered[worse].0 {
                worse = place;
            }
            out[row] = score(worse as f64);
        }
    }
}
