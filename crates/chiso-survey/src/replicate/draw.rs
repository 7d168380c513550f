//! Uniform draws from a stated ChaCha20 stream, in an arithmetic of our own so that the numbers do
//! not change with a library's version.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The stream of one replicate: the same seed and replicate give the same draws, however many
/// replicates are asked for and on whichever thread.
pub(super) fn stream(seed: u64, replicate: usize) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(replicate as u64);
    rng
}

/// A uniform integer of `0..bound`, `bound ≥ 1`, without bias: Lemire's multiplication with
/// rejection (ACM Trans. Model. Comput. Simul. 29(1), 2019, algorithm 5).
pub(super) fn below(rng: &mut ChaCha20Rng, bound: u64) -> u64 {
    let threshold = bound.wrapping_neg() % bound;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(bound);
        if product as u64 >= threshold {
            return (product >> 64) as u64;
        }
    }
}

/// `count` of `0..bound` without replacement, `count ≤ bound`, in the order of Floyd's algorithm
/// (Bentley and Floyd, CACM 30(9), 1987): memory goes with the sample, not with the population.
pub(super) fn without_replacement(rng: &mut ChaCha20Rng, bound: u64, count: usize) -> Vec<u64> {
    let mut taken = std::collections::HashSet::with_capacity(count);
    let mut drawn = Vec::with_capacity(count);
    for top in bound - count as u64..bound {
        let candidate = below(rng, top + 1);
        let value = if taken.insert(candidate) {
            candidate
        } else {
            top
        };
        taken.insert(value);
        drawn.push(value);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_without_replacement_repeats_nothing_and_can_take_all() {
        let mut rng = stream(7, 0);
        let mut all = without_replacement(&mut rng, 40, 40);
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>());
    }

    #[test]
    fn every_subset_of_two_of_four_is_equally_likely() {
        let mut rng = stream(11, 3);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..12_000 {
            let mut pair = without_replacement(&mut rng, 4, 2);
            pair.sort_unstable();
            *counts.entry(pair).or_insert(0usize) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(
            counts.values().all(|&n| (1_800..2_200).contains(&n)),
            "{counts:?}"
        );
    }

    #[test]
    fn streams_of_two_replicates_differ() {
        let (mut a, mut b) = (stream(1, 0), stream(1, 1));
        assert_ne!(a.next_u64(), b.next_u64());
    }
}
