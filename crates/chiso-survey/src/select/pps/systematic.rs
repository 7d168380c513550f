//! Systematic selection with unequal probabilities.

use super::{SelectError, fixed_size, split};
use crate::select::Stream;

/// Systematic selection with given inclusion probabilities, in the order of the list.
///
/// The probabilities are laid end to end; a random start `u` in [0, 1) and the points `u, u + 1,
/// u + 2, …` choose the units. Returns ascending positions, certain units included. Probabilities
/// are exact; the list's order is an implicit stratification, and two units that are close in it
/// may never come together. Source: Madow 1949, *Annals of Mathematical Statistics* 20:333–354;
/// Tillé 2006, ch. 7.
///
/// # Errors
///
/// Probabilities outside 0 to 1, or whose sum is not a whole number.
pub fn systematic(probabilities: &[f64], stream: &mut Stream) -> Result<Vec<usize>, SelectError> {
    let take = fixed_size(probabilities)?;
    let (mut sample, drawn) = split(probabilities);
    let take = take - sample.len();
    let start = stream.uniform();
    let mut sum = 0.0;
    let mut reached = 0;
    for &unit in &drawn {
        sum += probabilities[unit];
        if reached < take && sum > start + reached as f64 {
            sample.push(unit);
            reached += 1;
        }
    }
    // Rounding can leave the last point just beyond the sum: it belongs to the last unit.
    if reached < take
        && let Some(&last) = drawn.last()
    {
        sample.push(last);
    }
    sample.sort_unstable();
    Ok(sample)
}
