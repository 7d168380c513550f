//! Random numbers of a stated seed and place.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Random numbers for one draw, the same on every machine and in every version.
///
/// ChaCha20 with a key whose first 8 bytes are the seed, little-endian, and whose others are zero;
/// the stream number is the 64-bit FNV-1a hash of the parts of `place`, each followed by a zero
/// byte. Two places of one seed are two streams of one key and never overlap.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// The numbers for a draw at `place`, e.g. `["P01", "district"]`.
    pub fn new<S: AsRef<str>>(seed: u64, place: &[S]) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha20Rng::from_seed(key);
        generator.set_stream(hash(place));
        Stream(generator)
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A whole number from 0 to `bound` − 1, each equally likely; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound < 2 {
            return 0;
        }
        let bound = bound as u64;
        // The last values that do not fill a whole cycle would favour the small remainders.
        let limit = u64::MAX - (u64::MAX % bound + 1) % bound;
        loop {
            let value = self.0.next_u64();
            if value <= limit {
                return (value % bound) as usize;
            }
        }
    }

    /// `take` different numbers below `of`, every ordered choice equally likely (the first steps of
    /// a Fisher–Yates shuffle); all of them if `take` exceeds `of`.
    pub fn choose(&mut self, of: usize, take: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        let take = take.min(of);
        for place in 0..take {
            let other = place + self.below(of - place);
            all.swap(place, other);
        }
        all.truncate(take);
        all
    }

    /// An index drawn with probability proportional to `weights`; none if they add up to nothing.
    pub(super) fn pick(&mut self, weights: impl Iterator<Item = f64> + Clone) -> Option<usize> {
        let total: f64 = weights.clone().sum();
        let mut point = self.uniform() * total;
        let mut last = None;
        for (index, weight) in weights.enumerate() {
            if weight > 0.0 {
                last = Some(index);
                if point < weight {
                    break;
                }
                point -= weight;
            }
        }
        last
    }
}

/// The stream number of a place.
fn hash<S: AsRef<str>>(place: &[S]) -> u64 {
    fnv_1a(
        place
            .iter()
            .flat_map(|part| part.as_ref().bytes().chain(std::iter::once(0))),
    )
}

/// The 64-bit FNV-1a hash of Fowler, Noll and Vo, with their offset basis and prime.
fn fnv_1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_gives_the_published_values_of_fnv_1a() {
        assert_eq!(fnv_1a(b"".iter().copied()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"a".iter().copied()), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a(b"foobar".iter().copied()), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_seed_and_place_give_these_numbers_for_ever() {
        let mut stream = Stream::new(20_261_125, &["P01", "district"]);
        let drawn: Vec<usize> = (0..8).map(|_| stream.below(1000)).collect();
        assert_eq!(drawn, KNOWN);
    }

    // By an implementation of ChaCha20 in Python, apart from this one.
    const KNOWN: [usize; 8] = [436, 100, 0, 430, 411, 53, 243, 314];

    #[test]
    fn places_differ_by_where_their_parts_end() {
        let first = Stream::new(1, &["ab", "c"]).uniform();
        let second = Stream::new(1, &["a", "bc"]).uniform();
        assert_ne!(first, second);
    }

    #[test]
    fn choose_gives_every_ordered_pair_equally_often() {
        let mut counts = [[0_u32; 4]; 4];
        let mut stream = Stream::new(3, &["pairs"]);
        for _ in 0..24_000 {
            let pair = stream.choose(4, 2);
            counts[pair[0]][pair[1]] += 1;
        }
        // 12 ordered pairs, 2,000 expected each, standard deviation 43.
        for (row, line) in counts.iter().enumerate() {
            for (column, &count) in line.iter().enumerate() {
                if row == column {
                    assert_eq!(count, 0);
                } else {
                    assert!((count as f64 - 2000.0).abs() < 4.5 * 43.0, "{counts:?}");
                }
            }
        }
    }
}
