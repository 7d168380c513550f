//! Bootstraps of the first stage: Canty–Davison, Rao–Wu with `n − 1` draws, Rao–Wu–Yue with `m`.

use faer::Mat;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use super::draw::{below, stream, without_replacement};
use super::{PsuDesign, ReplicateError, ReplicateMethod, ReplicateWeights, degrees_of_freedom};

/// Canty and Davison's bootstrap (The Statistician 48(3), 1999; R `bootweights`).
///
/// Without a population count a stratum's `n_h` PSUs are drawn `n_h` times with replacement; with
/// one, `n_h` are drawn without replacement from a population of `N_h` made of the sample's PSUs
/// in turn, in an order shuffled once a replicate (R: once a stratum). The multiplier is the
/// number of times a PSU was drawn; scale `n̄/((n̄ − 1)(R − 1))`, `n̄` the harmonic mean of the
/// `n_h`. `seed` fixes the draws, and replicate `r` does not depend on how many follow it.
///
/// # Errors
/// Fewer than two replicates, or strata of one PSU only.
pub fn canty_davison(
    design: &PsuDesign,
    replicates: usize,
    seed: u64,
) -> Result<ReplicateWeights, ReplicateError> {
    let strata = 0..design.strata();
    let inverse = strata
        .clone()
        .map(|h| 1.0 / design.sampled(h) as f64)
        .sum::<f64>();
    let harmonic = design.strata() as f64 / inverse;
    if let (true, Some(stratum)) = (harmonic <= 1.0, strata.clone().next()) {
        return Err(ReplicateError::LonelyPsu {
            stratum,
            method: "the bootstrap",
        });
    }
    let multipliers = draw_all(design, replicates, seed, |h, rng, column| {
        let psus = design.psus_of(h);
        if design.population(h).is_infinite() {
            with_replacement(psus, psus.len(), rng, |psu| column[psu] += 1.0);
        } else {
            from_copies(psus, design.population(h), rng, |psu| column[psu] += 1.0);
        }
    })?;
    let scale = harmonic / ((harmonic - 1.0) * (replicates as f64 - 1.0));
    Ok(bootstrap_weights(
        multipliers,
        scale,
        ReplicateMethod::Bootstrap,
    ))
}

/// Rao and Wu's bootstrap with `n_h − 1` draws with replacement (JASA 83, 1988; R
/// `subbootweights`): multiplier `t n_h/(n_h − 1)`, `t` the number of times a PSU was drawn; scale
/// `1/(R − 1)`. Population counts are left aside.
///
/// # Errors
/// Fewer than two replicates, or a stratum of one PSU.
pub fn subbootstrap(
    design: &PsuDesign,
    replicates: usize,
    seed: u64,
) -> Result<ReplicateWeights, ReplicateError> {
    refuse_lonely(design, "the n − 1 bootstrap")?;
    let multipliers = draw_all(design, replicates, seed, |h, rng, column| {
        let psus = design.psus_of(h);
        let n = psus.len() as f64;
        with_replacement(psus, psus.len() - 1, rng, |psu| column[psu] += 1.0);
        psus.iter().for_each(|&psu| column[psu] *= n / (n - 1.0));
    })?;
    let scale = 1.0 / (replicates as f64 - 1.0);
    Ok(bootstrap_weights(
        multipliers,
        scale,
        ReplicateMethod::Subbootstrap,
    ))
}

/// Rao, Wu and Yue's rescaled bootstrap (Survey Methodology 18(2), 1992, equation 2.1; the factor
/// `1 − f_h` is Rao and Wu's, JASA 83, 1988, section 4): `m_h` draws with replacement, multiplier
/// `1 − λ + λ (n_h/m_h) t` with `λ = √(m_h (1 − f_h)/(n_h − 1))`; scale `1/(R − 1)`.
///
/// `draws[h]` is `m_h`; `None` takes `n_h − 1`, which without population counts is
/// [`subbootstrap`]. Multipliers turn negative where `λ > 1`.
///
/// # Errors
/// Fewer than two replicates, a stratum of one PSU, a number of draws of 0, or not one a stratum.
pub fn rao_wu(
    design: &PsuDesign,
    draws: Option<&[usize]>,
    replicates: usize,
    seed: u64,
) -> Result<ReplicateWeights, ReplicateError> {
    refuse_lonely(design, "the Rao–Wu bootstrap")?;
    if let Some(draws) = draws {
        let (found, expected) = (draws.len(), design.strata());
        if found != expected {
            return Err(ReplicateError::Length {
                what: "numbers of draws",
                found,
                expected,
            });
        }
        if let Some(stratum) = draws.iter().position(|&m| m == 0) {
            return Err(ReplicateError::Draws { stratum, found: 0 });
        }
    }
    let multipliers = draw_all(design, replicates, seed, |h, rng, column| {
        let psus = design.psus_of(h);
        let drawn = draws.map_or(psus.len() - 1, |draws| draws[h]);
        let (n, m) = (psus.len() as f64, drawn as f64);
        let lambda = (m * design.finite_correction(h) / (n - 1.0)).sqrt();
        psus.iter().for_each(|&psu| column[psu] = 1.0 - lambda);
        with_replacement(psus, drawn, rng, |psu| column[psu] += lambda * n / m);
    })?;
    let scale = 1.0 / (replicates as f64 - 1.0);
    Ok(bootstrap_weights(
        multipliers,
        scale,
        ReplicateMethod::RaoWu,
    ))
}

fn refuse_lonely(design: &PsuDesign, method: &'static str) -> Result<(), ReplicateError> {
    match (0..design.strata()).find(|&h| design.sampled(h) == 1) {
        Some(stratum) => Err(ReplicateError::LonelyPsu { stratum, method }),
        None => Ok(()),
    }
}

fn with_replacement(
    psus: &[usize],
    draws: usize,
    rng: &mut ChaCha20Rng,
    mut hit: impl FnMut(usize),
) {
    for _ in 0..draws {
        hit(psus[below(rng, psus.len() as u64) as usize]);
    }
}

/// Draws `psus.len()` members, without replacement, of a population that repeats the shuffled
/// PSUs until it has `population` members.
fn from_copies(psus: &[usize], population: f64, rng: &mut ChaCha20Rng, mut hit: impl FnMut(usize)) {
    let mut shuffled = psus.to_vec();
    for last in (1..shuffled.len()).rev() {
        shuffled.swap(last, below(rng, last as u64 + 1) as usize);
    }
    // A count that came of a fraction (n / f) may miss its integer by rounding alone.
    let rounded = population.round();
    let nearly_whole = (population - rounded).abs() <= rounded * 1e-9;
    let members = if nearly_whole {
        rounded
    } else {
        population.floor()
    } as u64;
    let members = members.max(psus.len() as u64);
    for member in without_replacement(rng, members, psus.len()) {
        hit(shuffled[(member % psus.len() as u64) as usize]);
    }
}

/// Fills a matrix PSUs × replicates, a replicate a stream, stratum by stratum.
fn draw_all(
    design: &PsuDesign,
    replicates: usize,
    seed: u64,
    draw: impl Fn(usize, &mut ChaCha20Rng, &mut [f64]) + Sync,
) -> Result<Mat<f64>, ReplicateError> {
    if replicates < 2 {
        return Err(ReplicateError::Replicates {
            found: replicates,
            method: "a bootstrap",
        });
    }
    let columns: Vec<Vec<f64>> = (0..replicates)
        .into_par_iter()
        .map(|replicate| {
            let mut rng = stream(seed, replicate);
            let mut column = vec![0.0; design.psus()];
            (0..design.strata()).for_each(|h| draw(h, &mut rng, &mut column));
            column
        })
        .collect();
    Ok(Mat::from_fn(design.psus(), replicates, |i, r| {
        columns[r][i]
    }))
}

pub(super) fn bootstrap_weights(
    multipliers: Mat<f64>,
    scale: f64,
    method: ReplicateMethod,
) -> ReplicateWeights {
    let degrees_of_freedom = degrees_of_freedom(multipliers.as_ref(), None);
    ReplicateWeights {
        replicate_scales: vec![1.0; multipliers.ncols()],
        multipliers,
        scale,
        method,
        rho: 0.0,
        mse: false,
        degrees_of_freedom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> PsuDesign {
        PsuDesign::new(
            vec![0, 0, 0, 1, 1, 1, 1, 2, 2],
            vec![30.0, f64::INFINITY, 2.0],
        )
        .unwrap()
    }

    #[test]
    fn multipliers_of_a_stratum_sum_to_its_psus_in_every_replicate() {
        let design = design();
        let all = [
            canty_davison(&design, 40, 5).unwrap(),
            subbootstrap(&design, 40, 5).unwrap(),
            rao_wu(&design, None, 40, 5).unwrap(),
            rao_wu(&design, Some(&[5, 2, 1]), 40, 5).unwrap(),
        ];
        for weights in all {
            for h in 0..3 {
                let n = design.sampled(h) as f64;
                for r in 0..40 {
                    let sum: f64 = design
                        .psus_of(h)
                        .iter()
                        .map(|&psu| weights.multipliers[(psu, r)])
                        .sum();
                    assert!((sum - n).abs() < 1e-12, "{:?}", weights.method);
                }
            }
        }
    }

    #[test]
    fn a_stratum_taken_completely_keeps_its_weights() {
        for weights in [
            canty_davison(&design(), 20, 1).unwrap(),
            rao_wu(&design(), None, 20, 1).unwrap(),
        ] {
            for r in 0..20 {
                assert_eq!(weights.multipliers[(7, r)], 1.0);
                assert_eq!(weights.multipliers[(8, r)], 1.0);
            }
        }
    }

    #[test]
    fn rao_wu_with_n_less_one_draws_is_the_subbootstrap() {
        let design = PsuDesign::new(vec![0, 0, 0, 1, 1], vec![f64::INFINITY; 2]).unwrap();
        let (a, b) = (
            rao_wu(&design, None, 30, 9).unwrap(),
            subbootstrap(&design, 30, 9).unwrap(),
        );
        for (psu, r) in (0..5).flat_map(|psu| (0..30).map(move |r| (psu, r))) {
            assert!((a.multipliers[(psu, r)] - b.multipliers[(psu, r)]).abs() < 1e-12);
        }
    }

    #[test]
    fn more_replicates_leave_the_first_as_they_were() {
        let few = subbootstrap(&design(), 10, 3).unwrap();
        let many = subbootstrap(&design(), 50, 3).unwrap();
        assert_eq!(few.multipliers, many.multipliers.subcols(0, 10).to_owned());
    }

    #[test]
    fn impossible_requests_are_refused() {
        let design = design();
        assert!(matches!(
            subbootstrap(&design, 1, 0),
            Err(ReplicateError::Replicates { .. })
        ));
        let wrong = rao_wu(&design, Some(&[1, 1]), 5, 0).unwrap_err();
        assert!(matches!(
            wrong,
            ReplicateError::Length {
                found: 2,
                expected: 3,
                ..
            }
        ));
        let none = rao_wu(&design, Some(&[1, 0, 1]), 5, 0).unwrap_err();
        assert_eq!(
            none,
            ReplicateError::Draws {
                stratum: 1,
                found: 0
            }
        );
        let single = PsuDesign::unstratified(1, 5.0).unwrap();
        assert!(matches!(
            canty_davison(&single, 5, 0),
            Err(ReplicateError::LonelyPsu { .. })
        ));
    }
}
