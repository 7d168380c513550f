//! What theory says of replicate variances, on drawn samples: jackknife and BRR against Taylor,
//! bootstraps against Taylor within Monte Carlo error, and mean multipliers of 1.

use chiso_survey::design::LonelyPsu;
use chiso_survey::replicate::{
    DomainSums, MultistageDesign, PsuDesign, ReplicateWeights, Stage, Statistic, brr,
    canty_davison, jk1, jkn, multistage_rescaled, rao_wu, replicate_estimates, subbootstrap,
};
use faer::{Mat, MatRef};
use proptest::prelude::*;

const NONE: f64 = f64::INFINITY;

/// Taylor variance of a total, with replacement within strata or with a first-stage correction:
/// `Σ_h (1 − f_h) n_h/(n_h − 1) Σ_i (z_hi − z̄_h)²`.
fn taylor(design: &PsuDesign, z: &[f64]) -> f64 {
    let of_stratum = |h: usize| {
        let n = design.sampled(h) as f64;
        let values: Vec<f64> = design.psus_of(h).iter().map(|&psu| z[psu]).collect();
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        design.finite_correction(h) * n / (n - 1.0) * squares
    };
    (0..design.strata()).map(of_stratum).sum()
}

fn variance(weights: &ReplicateWeights, sums: MatRef<'_, f64>, statistic: Statistic) -> f64 {
    let statistics = [statistic];
    let domain = DomainSums {
        units: None,
        sums,
        statistics: &statistics,
    };
    replicate_estimates(weights, &[domain]).unwrap()[0][0]
        .as_ref()
        .unwrap()
        .variance
}

fn variance_of_total(weights: &ReplicateWeights, z: &[f64]) -> f64 {
    let sums = Mat::from_fn(z.len(), 1, |i, _| z[i]);
    variance(weights, sums.as_ref(), Statistic::Total { column: 0 })
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1e-12)
}

proptest! {
    #[test]
    fn jk1_of_a_mean_of_equal_clusters_is_taylor(
        z in prop::collection::vec(-50.0..50.0f64, 2..40), size in 1.0..20.0f64, more in 0usize..50,
    ) {
        let psus = z.len();
        let population = if more == 0 { NONE } else { (psus + more) as f64 };
        let design = PsuDesign::unstratified(psus, population).unwrap();
        let sums = Mat::from_fn(psus, 2, |i, k| if k == 0 { z[i] } else { size });
        let ratio = Statistic::Ratio { numerator: 0, denominator: 1 };
        let jackknife = variance(&jk1(&design).unwrap(), sums.as_ref(), ratio);
        let mean = z.iter().sum::<f64>() / (size * psus as f64);
        let total = size * psus as f64;
        let linearised: Vec<f64> = z.iter().map(|v| (v - mean * size) / total).collect();
        prop_assert!(close(jackknife, taylor(&design, &linearised), 1e-9));
    }

    #[test]
    fn jkn_of_a_total_is_taylor(
        psus in prop::collection::vec((0usize..4, -9.0..9.0f64), 8..40), rest in 0.0..30.0f64,
    ) {
        // The first eight PSUs give every stratum two.
        let stratum: Vec<usize> =
            psus.iter().enumerate().map(|(i, (h, _))| if i < 8 { i % 4 } else { *h }).collect();
        let count = |h| stratum.iter().filter(|&&s| s == h).count() as f64;
        let population = vec![NONE, count(1) + rest, count(2), count(3) * 2.0];
        let z: Vec<f64> = psus.iter().map(|(_, value)| *value).collect();
        let design = PsuDesign::new(stratum, population).unwrap();
        let jackknife = jkn(&design, LonelyPsu::Fail).unwrap();
        prop_assert!(close(variance_of_total(&jackknife, &z), taylor(&design, &z), 1e-9));
    }

    #[test]
    fn balanced_half_samples_of_a_total_are_taylor(
        z in prop::collection::vec(-9.0..9.0f64, 2..80), rho in 0.0..0.9f64,
    ) {
        let pairs = z.len() / 2;
        let stratum = (0..2 * pairs).map(|i| i / 2).collect();
        let design = PsuDesign::new(stratum, vec![NONE; pairs]).unwrap();
        let z = &z[..2 * pairs];
        let weights = brr(&design, rho).unwrap();
        prop_assert!(close(variance_of_total(&weights, z), taylor(&design, z), 1e-9));
        let mse = variance_of_total(&weights.with_mse(true), z);
        prop_assert!(close(mse, taylor(&design, z), 1e-9));
    }

    #[test]
    fn the_mean_multiplier_is_one(
        sizes in prop::collection::vec(1usize..4, 1..6), seed in any::<u64>(),
    ) {
        let stratum: Vec<usize> =
            sizes.iter().enumerate().flat_map(|(h, &n)| vec![h; 2 * n]).collect();
        let population = sizes.iter().map(|&n| 7.0 * n as f64).collect();
        let design = PsuDesign::new(stratum, population).unwrap();
        for weights in [
            jkn(&design, LonelyPsu::Fail).unwrap(),
            brr(&design, 0.4).unwrap(),
            canty_davison(&design, 9, seed).unwrap(),
            subbootstrap(&design, 9, seed).unwrap(),
            rao_wu(&design, None, 9, seed).unwrap(),
        ] {
            let sum: f64 = weights.multipliers.col_iter().flat_map(|c| c.iter().copied().collect::<Vec<_>>()).sum();
            let mean = sum / (weights.units() * weights.replicates()) as f64;
            prop_assert!(close(mean, 1.0, 1e-12), "{:?}: {mean}", weights.method);
        }
    }
}

/// Three strata of 12, 8 and 20 PSUs, the second nearly a census.
fn sample() -> (PsuDesign, Vec<f64>) {
    let stratum: Vec<usize> = [(0, 12), (1, 8), (2, 20)]
        .into_iter()
        .flat_map(|(h, n)| vec![h; n])
        .collect();
    let z = (0..40)
        .map(|i| 50.0 + ((i * 37) % 23) as f64 * 1.7)
        .collect();
    (PsuDesign::new(stratum, vec![60.0, 10.0, 400.0]).unwrap(), z)
}

fn without_correction(design: &PsuDesign) -> PsuDesign {
    PsuDesign::new(
        design.stratum_of_psu().to_vec(),
        vec![NONE; design.strata()],
    )
    .unwrap()
}

/// A variance of 4,000 replicates has a relative standard error near √(2/4000) = 0.022; the bound
/// is more than four of them.
const MONTE_CARLO: f64 = 0.1;

#[test]
fn rao_wu_bootstraps_meet_taylor_within_monte_carlo_error() {
    let (design, z) = sample();
    let expected = taylor(&design, &z);
    for draws in [None, Some(&[5usize, 3, 9][..]), Some(&[12, 8, 20][..])] {
        let found = variance_of_total(&rao_wu(&design, draws, 4_000, 17).unwrap(), &z);
        assert!(
            close(found, expected, MONTE_CARLO),
            "{draws:?}: {found} {expected}"
        );
    }
    let expected = taylor(&without_correction(&design), &z);
    let found = variance_of_total(&subbootstrap(&design, 4_000, 17).unwrap(), &z);
    assert!(close(found, expected, MONTE_CARLO), "{found} {expected}");
}

/// Of equal strata the scale `n̄/(n̄ − 1)` makes the bootstrap with replacement unbiased.
#[test]
fn canty_davison_meets_taylor_within_monte_carlo_error() {
    let stratum: Vec<usize> = (0..30).map(|i| i / 10).collect();
    let z: Vec<f64> = (0..30).map(|i| ((i * 29) % 31) as f64).collect();
    let design = PsuDesign::new(stratum.clone(), vec![NONE; 3]).unwrap();
    let found = variance_of_total(&canty_davison(&design, 4_000, 23).unwrap(), &z);
    assert!(close(found, taylor(&design, &z), MONTE_CARLO));
    // Copies of the sample make a population of N whose own variance has the divisor N − 1.
    let finite = PsuDesign::new(stratum, vec![20.0; 3]).unwrap();
    let found = variance_of_total(&canty_davison(&finite, 4_000, 23).unwrap(), &z);
    let expected = taylor(&finite, &z) * 20.0 / 19.0;
    assert!(close(found, expected, MONTE_CARLO), "{found} {expected}");
}

/// Unit totals and Taylor variance of a total in two stages: `Σ (1 − f₁) s₁²-part + Σ f₁ (1 − f₂) …`.
#[test]
fn the_multistage_bootstrap_meets_taylor_of_two_stages_within_monte_carlo_error() {
    let (clusters, per_cluster) = (10usize, 6usize);
    let (first_population, second_population) = (16.0, 9.0);
    let units = clusters * per_cluster;
    let cluster: Vec<usize> = (0..units).map(|u| u / per_cluster).collect();
    let unit: Vec<usize> = (0..units).collect();
    let design = MultistageDesign::new(&[
        Stage {
            stratum: &vec![0; units],
            cluster: &cluster,
            population: &vec![first_population; units],
        },
        Stage {
            stratum: &cluster,
            cluster: &unit,
            population: &vec![second_population; units],
        },
    ])
    .unwrap();
    let z: Vec<f64> = unit
        .iter()
        .map(|u| ((u * 41) % 59) as f64 + 3.0 * (u / per_cluster) as f64)
        .collect();
    let psu_totals: Vec<f64> = (0..clusters)
        .map(|c| z[c * per_cluster..(c + 1) * per_cluster].iter().sum())
        .collect();
    let first = PsuDesign::unstratified(clusters, first_population).unwrap();
    let second = PsuDesign::new(cluster.clone(), vec![second_population; clusters]).unwrap();
    let expected =
        taylor(&first, &psu_totals) + clusters as f64 / first_population * taylor(&second, &z);
    let weights = multistage_rescaled(&design, 4_000, 29).unwrap();
    let found = variance_of_total(&weights, &z);
    assert!(close(found, expected, MONTE_CARLO), "{found} {expected}");
}

#[test]
fn the_same_seed_gives_the_same_weights_and_another_gives_others() {
    let (design, _) = sample();
    let make = |seed| canty_davison(&design, 20, seed).unwrap().multipliers;
    assert_eq!(make(4), make(4));
    assert_ne!(make(4), make(5));
}
