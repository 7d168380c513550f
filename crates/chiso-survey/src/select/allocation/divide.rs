//! A bounded division in proportion to measures, in whole numbers.

use super::{AllocationError, Bound, Share};

/// What divides a sample: a measure and bounds.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub id: String,
    /// What the number is proportional to, 0 or above.
    pub measure: f64,
    /// The smallest number.
    pub least: usize,
    /// The largest number.
    pub most: usize,
}

/// Divides `take` into whole numbers within the bounds, in proportion to the measures where the
/// bounds allow it. The bounds must leave room for `take`.
pub(super) fn divide(pieces: &[&Piece], take: usize) -> Result<Vec<Share>, AllocationError> {
    let exact = proportional(pieces, take)?;
    let whole = round(pieces, &exact, take);
    let share = |(index, piece): (usize, &&Piece)| Share {
        stratum: piece.id.clone(),
        take: whole[index],
        exact: exact[index].0,
        bound: exact[index].1,
    };
    Ok(pieces.iter().enumerate().map(share).collect())
}

/// The numbers `min(most, max(least, c · measure))` that add up to `take`.
///
/// At each round `c` is what the free pieces would need. If the bounds then add more than they
/// take away, `c` was too large, so the pieces at their minimum stay there; otherwise those at their
/// maximum stay. Either way a piece that is fixed is fixed in the solution, so there are at most as
/// many rounds as pieces.
fn proportional(pieces: &[&Piece], take: usize) -> Result<Vec<(f64, Bound)>, AllocationError> {
    let mut fixed: Vec<Option<(f64, Bound)>> = vec![None; pieces.len()];
    loop {
        let placed: f64 = fixed.iter().flatten().map(|(number, _)| number).sum();
        let left = take as f64 - placed;
        let free: Vec<usize> = (0..pieces.len())
            .filter(|&index| fixed[index].is_none())
            .collect();
        let total: f64 = free.iter().map(|&index| pieces[index].measure).sum();
        if total <= 0.0 {
            return place_minima(pieces, fixed, left);
        }
        let number = |index: usize| left * (pieces[index].measure / total);
        let under = |&index: &usize| number(index) < pieces[index].least as f64;
        let over = |&index: &usize| number(index) > pieces[index].most as f64;
        let lack: f64 = free
            .iter()
            .copied()
            .filter(under)
            .map(|index| pieces[index].least as f64 - number(index))
            .sum();
        let excess: f64 = free
            .iter()
            .copied()
            .filter(over)
            .map(|index| number(index) - pieces[index].most as f64)
            .sum();
        let mut changed = false;
        for &index in &free {
            if lack >= excess && under(&index) {
                fixed[index] = Some((pieces[index].least as f64, Bound::Minimum));
                changed = true;
            }
            if lack <= excess && over(&index) {
                fixed[index] = Some((pieces[index].most as f64, Bound::Whole));
                changed = true;
            }
        }
        if !changed {
            let all = fixed.into_iter().enumerate();
            return Ok(all
                .map(|(index, fixed)| fixed.unwrap_or_else(|| (number(index), Bound::Rule)))
                .collect());
        }
    }
}

/// Gives the pieces that have no measure their minimum, which must be all there is to place.
fn place_minima(
    pieces: &[&Piece],
    fixed: Vec<Option<(f64, Bound)>>,
    left: f64,
) -> Result<Vec<(f64, Bound)>, AllocationError> {
    let open = || (0..pieces.len()).filter(|&index| fixed[index].is_none());
    let minima: f64 = open().map(|index| pieces[index].least as f64).sum();
    if left - minima > 0.5 {
        let with_room = open().filter(|&index| pieces[index].most > pieces[index].least);
        return Err(AllocationError::NothingToFollow {
            strata: with_room.map(|index| pieces[index].id.clone()).collect(),
            left: (left - minima).round() as usize,
        });
    }
    let all = fixed.iter().enumerate();
    Ok(all
        .map(|(index, fixed)| fixed.unwrap_or((pieces[index].least as f64, Bound::Minimum)))
        .collect())
}

/// Largest-remainder rounding: everyone the whole part, the largest remainders one more.
fn round(pieces: &[&Piece], exact: &[(f64, Bound)], take: usize) -> Vec<usize> {
    // A number that misses a whole one by rounding alone is that one.
    let snap = |number: f64| match (number - number.round()).abs() < 1e-9 * number.max(1.0) {
        true => number.round(),
        false => number,
    };
    let exact: Vec<f64> = exact.iter().map(|&(number, _)| snap(number)).collect();
    let mut whole: Vec<usize> = exact.iter().map(|number| number.floor() as usize).collect();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|&first, &second| {
        let by_remainder = exact[second].fract().total_cmp(&exact[first].fract());
        by_remainder.then_with(|| pieces[first].id.cmp(&pieces[second].id))
    });
    let mut missing = take.saturating_sub(whole.iter().sum());
    while missing > 0 {
        let before = missing;
        for &index in &order {
            if missing > 0 && whole[index] < pieces[index].most {
                whole[index] += 1;
                missing -= 1;
            }
        }
        if missing == before {
            break;
        }
    }
    whole
}
