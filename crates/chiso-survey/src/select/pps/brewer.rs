//! Brewer's draw by draw selection.

use super::{SelectError, fixed_size, split};
use crate::select::Stream;

/// Brewer's selection with given inclusion probabilities.
///
/// `n` draws without replacement. Before draw `j` (from 1), with `a = n − Σ π` over the units
/// already drawn, a remaining unit has the chance proportional to
/// `π_i (a − π_i) / (a − π_i (n − j + 1))`. Returns ascending positions, certain units included.
/// Probabilities are exact; time grows with `N n`. Source: Brewer 1975, *Australian Journal of
/// Statistics* 17:166–172; Tillé 2006, ch. 6.
///
/// # Errors
///
/// Probabilities outside 0 to 1, or whose sum is not a whole number.
pub fn brewer(probabilities: &[f64], stream: &mut Stream) -> Result<Vec<usize>, SelectError> {
    let take = fixed_size(probabilities)?;
    let (mut sample, mut left) = split(probabilities);
    let take = take - sample.len();
    let mut open = take as f64;
    for draw in 0..take {
        let remaining = (take - draw) as f64;
        let chance = |&unit: &usize| {
            let probability: f64 = probabilities[unit];
            // At the last draw the factor is (a − π) / (a − π) = 1, and both can be 0.
            if remaining == 1.0 {
                return probability;
            }
            let spare = open - probability * remaining;
            // A spare of 0 or below is rounding: the unit must come now.
            probability * (open - probability) / spare.max(f64::MIN_POSITIVE)
        };
        let Some(index) = stream.pick(left.iter().map(chance)) else {
            break;
        };
        let unit = left.remove(index);
        open -= probabilities[unit];
        sample.push(unit);
    }
    sample.sort_unstable();
    Ok(sample)
}
