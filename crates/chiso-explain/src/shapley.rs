//! Shapley's value: the only split of a change that is symmetric, gives nothing to what changes
//! nothing, and adds up (L. S. Shapley, *A Value for n-Person Games*, 1953).

/// The greatest number of parts for which all subsets are gone through.
pub(crate) const MOST_PARTS: usize = 12;

/// `n!` for up to [`MOST_PARTS`].
pub(crate) fn factorial(n: usize) -> i128 {
    (1..=n as i128).product()
}

/// How many of the `n!` orders have exactly a given set of `before` parts ahead of a part:
/// `before! (n − 1 − before)!`.
pub(crate) fn orders(n: usize, before: usize) -> i128 {
    factorial(before) * factorial(n - 1 - before)
}

/// The value of each of `n` parts, of a function of subsets (bit i set: part i has changed).
pub(crate) fn values(n: usize, of: &[f64]) -> Vec<f64> {
    let all = factorial(n) as f64;
    let gain = |part: usize| {
        let without = (0..1usize << n).filter(move |set| set & (1 << part) == 0);
        let terms = without.map(|set| {
            let share = orders(n, set.count_ones() as usize) as f64 / all;
            share * (of[set | 1 << part] - of[set])
        });
        chiso_index::numbers::sum(terms)
    };
    (0..n).map(gain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_split_evenly_between_two_equal_parts() {
        // 1·1 = 1 becomes 3·3 = 9.
        let split = values(2, &[1.0, 3.0, 3.0, 9.0]);
        assert_eq!(split, vec![4.0, 4.0]);
    }

    #[test]
    fn the_orders_of_all_sets_before_a_part_are_all_orders() {
        let n = 5;
        let all: i128 = (0..1usize << (n - 1))
            .map(|set| orders(n, set.count_ones() as usize))
            .sum();
        assert_eq!(all, factorial(n));
    }
}
