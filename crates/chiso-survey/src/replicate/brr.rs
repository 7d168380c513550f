//! Balanced repeated replication: half-samples by the rows of a Hadamard matrix, with Fay's damping.

use faer::Mat;

use super::hadamard::hadamard;
use super::{PsuDesign, ReplicateError, ReplicateMethod, ReplicateWeights};

/// Balanced half-samples of a design with pairs of PSUs: in every replicate one PSU of a pair has
/// weight `2 − rho` and the other `rho`; scale `1/(R(1 − rho)²)`. `rho = 0` is plain BRR.
/// (R `brrweights`; Judkins 1990 for `rho`.)
///
/// A stratum of 4, 6, … PSUs is cut into pairs in the order of its PSUs, as R's default
/// `large = "split"` does; such strata take the first rows of the matrix. Finite-population
/// corrections are left aside. Degrees of freedom: the number of pairs.
///
/// # Errors
/// `rho` outside `0 ≤ rho < 1`, a stratum of one PSU or of an odd number of PSUs.
pub fn brr(design: &PsuDesign, rho: f64) -> Result<ReplicateWeights, ReplicateError> {
    if !(0.0..1.0).contains(&rho) {
        return Err(ReplicateError::Rho { found: rho });
    }
    let pairs = pairs(design)?;
    let matrix = hadamard(pairs.len());
    let replicates = matrix.order();
    let mut multipliers = Mat::zeros(design.psus(), replicates);
    for (pair, &[first, second]) in pairs.iter().enumerate() {
        for r in 0..replicates {
            let (kept, left) = if matrix.is_positive(pair + 1, r) {
                (first, second)
            } else {
                (second, first)
            };
            multipliers[(kept, r)] = 2.0 - rho;
            multipliers[(left, r)] = rho;
        }
    }
    Ok(ReplicateWeights {
        multipliers,
        scale: 1.0 / (replicates as f64 * (1.0 - rho).powi(2)),
        replicate_scales: vec![1.0; replicates],
        method: if rho == 0.0 {
            ReplicateMethod::Brr
        } else {
            ReplicateMethod::Fay
        },
        rho,
        mse: false,
        degrees_of_freedom: pairs.len(),
    })
}

fn pairs(design: &PsuDesign) -> Result<Vec<[usize; 2]>, ReplicateError> {
    for stratum in 0..design.strata() {
        let sampled = design.sampled(stratum);
        if sampled == 1 {
            return Err(ReplicateError::LonelyPsu {
                stratum,
                method: "BRR",
            });
        }
        if sampled % 2 == 1 {
            return Err(ReplicateError::OddStratum { stratum, sampled });
        }
    }
    let large = (0..design.strata()).filter(|&h| design.sampled(h) > 2);
    let exact = (0..design.strata()).filter(|&h| design.sampled(h) == 2);
    let of_stratum = |h: usize| {
        design
            .psus_of(h)
            .chunks_exact(2)
            .map(|pair| [pair[0], pair[1]])
    };
    Ok(large.chain(exact).flat_map(of_stratum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_samples_of_two_strata_are_balanced() {
        let design = PsuDesign::new(vec![0, 0, 1, 1], vec![f64::INFINITY; 2]).unwrap();
        let weights = brr(&design, 0.0).unwrap();
        assert_eq!(weights.replicates(), 4);
        for psu in 0..4 {
            let sum: f64 = (0..4).map(|r| weights.multipliers[(psu, r)]).sum();
            assert_eq!(sum, 4.0, "mean multiplier 1");
        }
    }

    #[test]
    fn strata_without_pairs_are_refused() {
        let three = PsuDesign::new(vec![0, 0, 0], vec![f64::INFINITY]).unwrap();
        assert_eq!(
            brr(&three, 0.0).unwrap_err(),
            ReplicateError::OddStratum {
                stratum: 0,
                sampled: 3
            }
        );
        let one = PsuDesign::new(vec![0, 0, 1], vec![f64::INFINITY; 2]).unwrap();
        assert!(matches!(
            brr(&one, 0.0),
            Err(ReplicateError::LonelyPsu { stratum: 1, .. })
        ));
        let pair = PsuDesign::unstratified(2, f64::INFINITY).unwrap();
        assert!(matches!(brr(&pair, 1.0), Err(ReplicateError::Rho { .. })));
    }
}
