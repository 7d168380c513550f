//! Points of the unit cube at which a recipe is tried: quasi-random or random, and their
//! arrangement for Sobol indices.
//!
//! The quasi-random points are a Sobol sequence (Joe and Kuo's direction numbers) with Owen's
//! scrambling by hash (Burley, *Practical hash-based Owen scrambling*, JCGT 9(4), 2020), from the
//! crate `sobol_burley`: licensed as this workspace, seeded, the same on every machine, 256
//! dimensions, 2¹⁶ points. Others were weighed: `sobol` has more dimensions but no scrambling, so
//! no seed, and its first points lie on diagonals; `quasirandom` and `halton` are additive or Halton
//! sequences without scrambling. What lies beyond 256 dimensions is random: the hybrid of Owen,
//! *Latin supercube sampling*, ACM TOMACS 8, 1998.

use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The most draws of a quasi-random design.
pub const MOST_QUASI_RANDOM_DRAWS: usize = 1 << 16;

/// How points are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sequence {
    /// Scrambled Sobol points: their error falls nearly with the number of points. Powers of two
    /// fill the cube most evenly.
    #[default]
    QuasiRandom,
    /// Independent uniform points of a ChaCha stream: their error falls with its root.
    Random,
}

/// Why a design cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignFault {
    /// Too few draws to estimate a variance, or none.
    #[error("found {0} draws; expected at least 2")]
    FewDraws(usize),
    /// More draws than the sequence has points.
    #[error(
        "found {0} quasi-random draws; expected at most {MOST_QUASI_RANDOM_DRAWS}, or random ones"
    )]
    ManyDraws(usize),
    /// Points that do not fill whole rows of both matrices.
    #[error("found {found} coordinates; expected rows of {width}, as many in both matrices")]
    Shape {
        /// How many were given.
        found: usize,
        /// The coordinates of all inputs together.
        width: usize,
    },
    /// Nothing to vary.
    #[error("found no input with a coordinate; expected at least one")]
    NoInput,
}

/// Which runs a design has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// One matrix of points: N runs, for the spread of results.
    Spread,
    /// Two matrices A and B, and for each input A with that input's coordinates from B: N(d + 2)
    /// runs, for Sobol indices (Saltelli et al., Comput. Phys. Commun. 181, 2010).
    Indices,
}

/// Points for every run of an analysis. An input may have several coordinates (a weight each, say):
/// they are exchanged together, so its index is that of the group.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    draws: usize,
    width: usize,
    inputs: Vec<Range<usize>>,
    runs: Runs,
    /// Row-major, N × width.
    a: Vec<f64>,
    /// The same; empty for [`Runs::Spread`].
    b: Vec<f64>,
}

impl Design {
    /// A design of `draws` points for inputs with so many coordinates each. Every coordinate lies
    /// strictly between 0 and 1, so quantile functions are finite at it.
    ///
    /// # Errors
    /// When there is nothing to vary, or the number of draws is not possible.
    pub fn new(
        sequence: Sequence,
        seed: u64,
        draws: usize,
        coordinates: &[usize],
        runs: Runs,
    ) -> Result<Design, DesignFault> {
        let width = coordinates.iter().sum();
        if width == 0 {
            return Err(DesignFault::NoInput);
        }
        if draws < 2 {
            return Err(DesignFault::FewDraws(draws));
        }
        if sequence == Sequence::QuasiRandom && draws > MOST_QUASI_RANDOM_DRAWS {
            return Err(DesignFault::ManyDraws(draws));
        }
        let inputs = ranges(coordinates);
        let matrices = if runs == Runs::Spread { 1 } else { 2 };
        let all = points(sequence, seed, draws, width * matrices);
        // Coordinate k of A and of B are neighbouring dimensions, so that both are quasi-random as
        // long as the sequence's dimensions last.
        let matrix = |which: usize| all.iter().skip(which).step_by(matrices).copied().collect();
        let b = if matrices == 2 { matrix(1) } else { Vec::new() };
        Ok(Design {
            draws,
            width,
            inputs,
            runs,
            a: matrix(0),
            b,
        })
    }

    /// A design whose points are given: N rows of A and, for indices, of B.
    ///
    /// # Errors
    /// When there is nothing to vary, fewer than two rows, or rows that do not fit the inputs.
    pub fn given(
        coordinates: &[usize],
        a: Vec<f64>,
        b: Option<Vec<f64>>,
    ) -> Result<Design, DesignFault> {
        let width: usize = coordinates.iter().sum();
        if width == 0 {
            return Err(DesignFault::NoInput);
        }
        let draws = a.len() / width;
        let sound = |points: &Vec<f64>| points.len() == draws * width;
        if let Some(other) = b.iter().chain([&a]).find(|points| !sound(points)) {
            return Err(DesignFault::Shape {
                found: other.len(),
                width,
            });
        }
        if draws < 2 {
            return Err(DesignFault::FewDraws(draws));
        }
        let inputs = ranges(coordinates);
        let runs = if b.is_some() {
            Runs::Indices
        } else {
            Runs::Spread
        };
        Ok(Design {
            draws,
            width,
            inputs,
            runs,
            a,
            b: b.unwrap_or_default(),
        })
    }

    /// N.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// How many inputs vary.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// The coordinates of an input.
    pub fn coordinates(&self, input: usize) -> Range<usize> {
        self.inputs[input].clone()
    }

    /// How many runs there are: A, then B, then A with each input from B.
    pub fn runs(&self) -> usize {
        match self.runs {
            Runs::Spread => self.draws,
            Runs::Indices => self.draws * (self.inputs.len() + 2),
        }
    }

    /// How many of the first runs are a plain sample of the inputs: those of A and B.
    pub fn sample(&self) -> usize {
        match self.runs {
            Runs::Spread => self.draws,
            Runs::Indices => 2 * self.draws,
        }
    }

    /// Where the coordinates of an input stand in a run: 0..N the rows of A, N..2N those of B.
    /// Two runs with the same source of an input have the same value of it.
    pub fn source(&self, run: usize, input: usize) -> usize {
        let (matrix, row) = (run / self.draws, run % self.draws);
        match matrix {
            0 => row,
            1 => self.draws + row,
            exchanged if exchanged - 2 == input => self.draws + row,
            _ => row,
        }
    }

    /// The coordinates of an input at a source.
    pub fn at(&self, source: usize, input: usize) -> &[f64] {
        let (matrix, row) = match source < self.draws {
            true => (&self.a, source),
            false => (&self.b, source - self.draws),
        };
        let range = &self.inputs[input];
        &matrix[row * self.width + range.start..row * self.width + range.end]
    }
}

fn ranges(counts: &[usize]) -> Vec<Range<usize>> {
    let mut start = 0;
    let range = |&count: &usize| {
        start += count;
        start - count..start
    };
    counts.iter().map(range).collect()
}

/// `count` points of `width` coordinates, row after row, strictly between 0 and 1.
fn points(sequence: Sequence, seed: u64, count: usize, width: usize) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let scramble = random.next_u32();
    let quasi = match sequence {
        Sequence::QuasiRandom => width.min(sobol_burley::NUM_DIMENSIONS as usize),
        Sequence::Random => 0,
    };
    let mut all = Vec::with_capacity(count * width);
    for row in 0..count as u32 {
        for dimension in 0..quasi as u32 {
            all.push(inside(sobol_burley::sample(row, dimension, scramble)));
        }
        all.extend((quasi..width).map(|_| uniform(&mut random)));
    }
    all
}

/// The middle of the cell of width 2⁻²⁴ that a point stands for.
fn inside(point: f32) -> f64 {
    const HALF_A_CELL: f64 = 1.0 / (1u64 << 25) as f64;
    f64::from(point) + HALF_A_CELL
}

/// The middle of one of 2⁵² cells.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    const CELL: f64 = 1.0 / (1u64 << 52) as f64;
    ((random.next_u64() >> 12) as f64 + 0.5) * CELL
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn design(sequence: Sequence, seed: u64, draws: usize, coordinates: &[usize]) -> Design {
        Design::new(sequence, seed, draws, coordinates, Runs::Indices).expect("a design")
    }

    fn column(design: &Design, sources: Range<usize>, input: usize) -> Vec<f64> {
        sources.map(|source| design.at(source, input)[0]).collect()
    }

    #[test]
    fn each_of_64_equal_parts_holds_one_of_64_quasi_random_points_in_every_coordinate() {
        let design = design(Sequence::QuasiRandom, 7, 64, &[1; 64]);
        for input in 0..64 {
            for sources in [0..64, 64..128] {
                let mut parts: Vec<u8> = column(&design, sources, input)
                    .into_iter()
                    .map(|u| (u * 64.0) as u8)
                    .collect();
                parts.sort_unstable();
                assert_eq!(parts, (0..64).collect::<Vec<u8>>(), "coordinate {input}");
            }
        }
    }

    #[test]
    fn quasi_random_points_integrate_a_product_ten_times_better_than_random_ones() {
        let error = |sequence| {
            let error = |seed| {
                let design = design(sequence, seed, 1024, &[1; 4]);
                let product = |row| (0..4).map(|i| 2.0 * design.at(row, i)[0]).product::<f64>();
                ((0..1024).map(product).sum::<f64>() / 1024.0 - 1.0).powi(2)
            };
            ((0..20).map(error).sum::<f64>() / 20.0).sqrt()
        };
        let (quasi, random) = (error(Sequence::QuasiRandom), error(Sequence::Random));
        assert!(quasi < random / 10.0, "{quasi} against {random}");
    }

    #[test]
    fn an_exchanged_run_takes_one_input_from_b_and_the_others_from_a() {
        let design = design(Sequence::Random, 1, 5, &[2, 1, 3]);
        assert_eq!((design.runs(), design.sample()), (25, 10));
        for (run, expected) in [
            (3, [3, 3, 3]),
            (8, [8, 8, 8]),
            (13, [8, 3, 3]),
            (23, [3, 3, 8]),
        ] {
            let sources: Vec<_> = (0..3).map(|input| design.source(run, input)).collect();
            assert_eq!(sources, expected, "run {run}");
        }
        assert_eq!(design.at(3, 2).len(), 3);
        assert_ne!(design.at(3, 2), design.at(8, 2));
    }

    #[test]
    fn the_same_seed_gives_the_same_points_and_another_seed_others() {
        for sequence in [Sequence::QuasiRandom, Sequence::Random] {
            let first = design(sequence, 3, 10, &[1, 2]);
            assert_eq!(first, design(sequence, 3, 10, &[1, 2]));
            assert_ne!(first, design(sequence, 4, 10, &[1, 2]));
        }
    }

    #[test]
    fn a_design_without_draws_or_inputs_or_with_too_many_is_refused() {
        let new = |draws, coordinates: &[usize], sequence| {
            Design::new(sequence, 1, draws, coordinates, Runs::Spread).expect_err("refused")
        };
        assert_eq!(new(1, &[1], Sequence::Random), DesignFault::FewDraws(1));
        assert_eq!(new(9, &[0, 0], Sequence::Random), DesignFault::NoInput);
        assert_eq!(
            new(70_000, &[1], Sequence::QuasiRandom),
            DesignFault::ManyDraws(70_000)
        );
        let uneven = Design::given(&[2], vec![0.5; 6], Some(vec![0.5; 5]));
        assert_eq!(uneven, Err(DesignFault::Shape { found: 5, width: 2 }));
    }

    proptest! {
        #[test]
        fn every_coordinate_lies_strictly_between_0_and_1_also_beyond_the_dimensions_of_sobol(
            seed in any::<u64>(), draws in 2usize..40, width in 120usize..150, quasi in any::<bool>(),
        ) {
            let sequence = if quasi { Sequence::QuasiRandom } else { Sequence::Random };
            let design = design(sequence, seed, draws, &[width]);
            for source in 0..2 * draws {
                prop_assert!(design.at(source, 0).iter().all(|&u| 0.0 < u && u < 1.0));
            }
        }
    }
}
