//! Sampford's design: exact first-order and positive joint probabilities.

use super::{SelectError, fixed_size, split};
use crate::select::Stream;

/// Sampford's selection with given inclusion probabilities.
///
/// Sampford's design gives a sample `s` the probability proportional to
/// `Σ_{i∈s} (1 − π_i) · Π_{i∈s} π_i / (1 − π_i)`, which has exactly the inclusion probabilities
/// `π_i`. Its first description rejects draws with a unit twice, for ever if the sample is large;
/// here the list is walked once instead. One unit of the sample is marked with weight
/// `π_i` in place of `π_i / (1 − π_i)`, and the chances of the rest of the list (a Poisson-binomial
/// recursion) say whether to take a unit, take and mark it, or pass. Time and memory
/// grow with `N n`. Returns ascending positions, certain units included. Source: Sampford 1967,
/// *Biometrika* 54:499–513; without rejection: Grafström 2009, *Journal of Statistical Planning
/// and Inference* 139:2111–2114; the walk is derived here.
///
/// # Errors
///
/// Probabilities outside 0 to 1, or whose sum is not a whole number.
pub fn sampford(probabilities: &[f64], stream: &mut Stream) -> Result<Vec<usize>, SelectError> {
    let take = fixed_size(probabilities)?;
    let (mut sample, drawn) = split(probabilities);
    let take = take - sample.len();
    let chances: Vec<f64> = drawn.iter().map(|&unit| probabilities[unit]).collect();
    let rests = Rest::from_each(&chances, take);
    let (mut left, mut marked) = (take, false);
    for (place, &unit) in drawn.iter().enumerate() {
        if left == 0 {
            break;
        }
        let (rest, chance) = (&rests[place + 1], chances[place]);
        let after = |marked: bool, left: usize| rest.weight(marked, left);
        let pass = (1.0 - chance) * after(marked, left);
        let take_plain = chance * after(marked, left - 1);
        let take_marked = match marked {
            true => 0.0,
            false => chance * (1.0 - chance) * after(true, left - 1),
        };
        match stream.pick([pass, take_plain, take_marked].into_iter()) {
            Some(1) => left -= 1,
            Some(2) => {
                left -= 1;
                marked = true;
            }
            _ => continue,
        }
        sample.push(unit);
    }
    sample.sort_unstable();
    Ok(sample)
}

/// Weights of all ways to take units from a part of the list.
///
/// With `λ_i = π_i / (1 − π_i)`, multiplied by `Π (1 − π_i)` so that nothing overflows: `plain[k]`
/// is the sum over sets of `k` units of `Π λ`, i.e. the Poisson-binomial probability of `k`;
/// `marked[k]` the same with one unit of the set weighted `π` for `λ`.
#[derive(Clone, Debug)]
struct Rest {
    plain: Vec<f64>,
    marked: Vec<f64>,
}

impl Rest {
    fn empty(take: usize) -> Self {
        let mut plain = vec![0.0; take + 1];
        plain[0] = 1.0;
        let marked = vec![0.0; take + 1];
        Rest { plain, marked }
    }

    /// The part with one more unit of the given probability.
    fn with(&self, chance: f64) -> Self {
        let mut longer = self.clone();
        for taken in 0..self.plain.len() {
            longer.plain[taken] *= 1.0 - chance;
            longer.marked[taken] *= 1.0 - chance;
            if taken > 0 {
                longer.plain[taken] += chance * self.plain[taken - 1];
                longer.marked[taken] += chance * self.marked[taken - 1]
                    + chance * (1.0 - chance) * self.plain[taken - 1];
            }
        }
        longer
    }

    /// For every place the part from there to the end; one more, empty, at the end.
    fn from_each(chances: &[f64], take: usize) -> Vec<Self> {
        let mut rests = vec![Rest::empty(take)];
        for &chance in chances.iter().rev() {
            rests.push(rests[rests.len() - 1].with(chance));
        }
        rests.reverse();
        rests
    }

    /// The weight of taking `left` units when one is already `marked`, or still to be.
    fn weight(&self, marked: bool, left: usize) -> f64 {
        match marked {
            true => self.plain[left],
            false => self.marked[left],
        }
    }
}

/// Joint inclusion probabilities of Sampford's design for the units at the positions `of`.
///
/// Returns a square matrix by rows, in the order of `of`, with the units' own probabilities on the
/// diagonal. Exact (by the same recursion as [`sampford`], without the two units), for any number
/// of units; time grows with `m N n + m² n` for `m` positions. Source: Sampford 1967 for the
/// design; the recursion is derived here.
///
/// # Errors
///
/// Probabilities outside 0 to 1, or whose sum is not a whole number; a position outside the list.
pub fn sampford_joint(probabilities: &[f64], of: &[usize]) -> Result<Vec<Vec<f64>>, SelectError> {
    let take = fixed_size(probabilities)?;
    if let Some(&position) = of.iter().find(|&&position| position >= probabilities.len()) {
        return Err(SelectError::Position {
            position,
            units: probabilities.len(),
        });
    }
    let (certain, drawn) = split(probabilities);
    let take = take - certain.len();
    let chances: Vec<f64> = drawn.iter().map(|&unit| probabilities[unit]).collect();
    let whole = Rest::from_each(&chances, take)[0].marked[take];
    let place: Vec<Option<usize>> = of
        .iter()
        .map(|unit| drawn.binary_search(unit).ok())
        .collect();
    let row = |first: usize| -> Vec<f64> {
        let pair = place[first].map(|place| Pair::new(&chances, place, take));
        (0..of.len())
            .map(|second| match (&pair, place[second]) {
                _ if of[first] == of[second] => probabilities[of[first]],
                (Some(pair), Some(second)) => pair.weight(&chances, second, take) / whole,
                // One of the two is certain or impossible.
                _ => probabilities[of[first]] * probabilities[of[second]],
            })
            .collect()
    };
    Ok((0..of.len()).map(row).collect())
}

/// One unit of the list and the parts before and after every other one, the unit itself left out.
struct Pair {
    unit: usize,
    before: Vec<Rest>,
    after: Vec<Rest>,
}

impl Pair {
    fn new(chances: &[f64], unit: usize, take: usize) -> Self {
        let mut others = chances.to_vec();
        others.remove(unit);
        let mut before = vec![Rest::empty(take)];
        for &chance in &others {
            before.push(before[before.len() - 1].with(chance));
        }
        let after = Rest::from_each(&others, take);
        Pair {
            unit,
            before,
            after,
        }
    }

    /// The weight of all samples with the unit and another one, on the scale of [`Rest`].
    fn weight(&self, chances: &[f64], other: usize, take: usize) -> f64 {
        if take < 2 {
            return 0.0;
        }
        let place = other - usize::from(other > self.unit);
        let (before, after) = (&self.before[place], &self.after[place + 1]);
        let (mut plain, mut marked) = (0.0, 0.0);
        for taken in 0..=take - 2 {
            let rest = take - 2 - taken;
            plain += before.plain[taken] * after.plain[rest];
            marked +=
                before.marked[taken] * after.plain[rest] + before.plain[taken] * after.marked[rest];
        }
        let (first, second) = (chances[self.unit], chances[other]);
        first * second * (plain * (2.0 - first - second) + marked)
    }
}
