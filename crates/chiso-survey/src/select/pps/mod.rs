//! Selection with probability proportional to size.
//!
//! First [`inclusion`] turns sizes into probabilities `π_i = n x_i / X`, with units that are too
//! large taken for certain; then a method draws a sample that has exactly these probabilities:
//!
//! | method | joint probabilities | use |
//! |---|---|---|
//! | [`systematic`] (Madow 1949) | many are 0 | the usual one in the field; the list's order stratifies |
//! | [`sampford`] (Sampford 1967) | known and positive ([`sampford_joint`]) | Horvitz–Thompson variances |
//! | [`brewer`] (Brewer 1975) | not in closed form | any list length, fast |
//! | [`with_replacement`] (Hansen, Hurwitz 1943) | – | a unit can come several times |

mod brewer;
mod inclusion;
mod replacement;
mod sampford;
mod systematic;

pub use brewer::brewer;
pub use inclusion::{Inclusion, inclusion};
pub use replacement::{Hits, with_replacement};
pub use sampford::{sampford, sampford_joint};
pub use systematic::systematic;

use super::SelectError;

/// The number of units that probabilities make: their sum, which must be whole.
///
/// # Errors
///
/// If a probability is outside 0 to 1 or the sum is not a whole number (to 1e-6).
fn fixed_size(probabilities: &[f64]) -> Result<usize, SelectError> {
    for (position, &probability) in probabilities.iter().enumerate() {
        if !(0.0..=1.0).contains(&probability) {
            return Err(SelectError::Probability {
                position,
                probability,
            });
        }
    }
    let sum: f64 = probabilities.iter().sum();
    if (sum - sum.round()).abs() > 1e-6 {
        return Err(SelectError::ProbabilitySum { sum });
    }
    Ok(sum.round() as usize)
}

/// The positions of the certain units and of those that are drawn; a unit with the probability 0
/// is in neither.
fn split(probabilities: &[f64]) -> (Vec<usize>, Vec<usize>) {
    let certain = (0..probabilities.len()).filter(|&unit| probabilities[unit] >= 1.0);
    let drawn = (0..probabilities.len())
        .filter(|&unit| probabilities[unit] > 0.0 && probabilities[unit] < 1.0);
    (certain.collect(), drawn.collect())
}
