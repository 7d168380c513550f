//! Replicates against linearisation: equal where theory says so, near where chance decides.

use chiso_survey::design::LonelyPsu;
use chiso_survey::estimate::{Replication, Statistic, linearise};
use chiso_survey::replicate::{brr, jk1, jkn, rao_wu, subbootstrap};
use chiso_survey::sums::Sample;
use proptest::prelude::*;

use super::samples::{ONE, Reading, Respondent, STATISTICS, Y, close, reduce, respondents};

const UNSTRATIFIED: Reading = Reading {
    without_strata: true,
    cells: false,
};

/// Taylor and replicate variance of a statistic in every domain of a tabulation.
fn variances(
    sample: &Sample,
    replication: &Replication,
    tabulation: usize,
    statistic: Statistic,
) -> Vec<(f64, f64)> {
    let taylor = linearise(sample, tabulation, Y, statistic).unwrap();
    let found = replication
        .estimates(sample, tabulation, &[(Y, statistic)])
        .unwrap();
    taylor
        .iter()
        .zip(&found)
        .filter(|(one, _)| one.value.is_some())
        .map(|(one, other)| {
            let variance = one.variance(&sample.structure).unwrap();
            (variance, other[0].variance.unwrap_or(f64::NAN))
        })
        .collect()
}

fn agree(pairs: &[(f64, f64)]) -> Result<(), TestCaseError> {
    for (taylor, replicates) in pairs {
        let both = (taylor, replicates);
        prop_assert!(close(*taylor, *replicates, 1e-9), "{:?}", both);
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_jackknife_of_a_total_is_its_linearisation(rows in respondents()) {
        let sample = reduce(&rows, &[], UNSTRATIFIED);
        let replication = Replication::of_psus(&sample.structure, jk1).unwrap();
        for tabulation in 0..2 {
            agree(&variances(&sample, &replication, tabulation, Statistic::Total))?;
        }
        let sample = reduce(&rows, &[], Reading::default());
        let stratified = |design: &_| jkn(design, LonelyPsu::Fail);
        let replication = Replication::of_psus(&sample.structure, stratified).unwrap();
        for tabulation in 0..2 {
            agree(&variances(&sample, &replication, tabulation, Statistic::Total))?;
        }
    }

    #[test]
    fn the_jackknife_of_a_mean_of_clusters_of_one_weight_is_its_linearisation(
        values in prop::collection::vec(prop::collection::vec(-50.0..50.0, 4), 3..12),
    ) {
        let member = |cluster: usize, value: &f64| Respondent {
            stratum: 0,
            cluster: cluster as i64,
            weight: 2.5,
            domain: 0,
            cell: 0,
            y: Some(*value),
            x: None,
        };
        let rows: Vec<Respondent> = values
            .iter()
            .enumerate()
            .flat_map(|(cluster, values)| values.iter().map(move |value| member(cluster, value)))
            .collect();
        let sample = reduce(&rows, &[], UNSTRATIFIED);
        let replication = Replication::of_psus(&sample.structure, jk1).unwrap();
        agree(&variances(&sample, &replication, 0, Statistic::Mean))?;
    }

    #[test]
    fn balanced_halves_of_a_total_are_its_linearisation(
        values in prop::collection::vec((-50.0..50.0, -50.0..50.0), 2..9),
    ) {
        let member = |stratum: usize, cluster: usize, value: f64| Respondent {
            stratum: stratum as i64,
            cluster: (stratum * 2 + cluster) as i64,
            weight: 3.0,
            domain: 0,
            cell: 0,
            y: Some(value),
            x: None,
        };
        let rows: Vec<Respondent> = values
            .iter()
            .enumerate()
            .flat_map(|(stratum, (first, second))| {
                [member(stratum, 0, *first), member(stratum, 1, *second)]
            })
            .collect();
        let sample = reduce(&rows, &[], Reading::default());
        for rho in [0.0, 0.3] {
            let halves = |design: &_| brr(design, rho);
            let replication = Replication::of_psus(&sample.structure, halves).unwrap();
            agree(&variances(&sample, &replication, 0, Statistic::Total))?;
        }
    }

    #[test]
    fn threads_make_no_difference_to_replicates(rows in respondents()) {
        let sample = reduce(&rows, &[], Reading::default());
        let draw = |design: &_| subbootstrap(design, 40, 11);
        let found = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let replication = Replication::of_psus(&sample.structure, draw).unwrap();
                replication.estimates(&sample, 1, &STATISTICS).unwrap()
            })
        };
        // NaN is not equal to itself, so the texts are compared.
        prop_assert_eq!(format!("{:?}", found(1)), format!("{:?}", found(4)));
    }
}

/// Ten strata of eight clusters of five.
fn large() -> Sample {
    let mut state = 17_u64;
    let mut random = move || {
        // Knuth's generator (MMIX): any numbers will do.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let mut rows = Vec::new();
    for stratum in 0..10 {
        for cluster in 0..8 {
            let level = random() * 10.0;
            for _ in 0..5 {
                rows.push(Respondent {
                    stratum,
                    cluster: stratum * 8 + cluster,
                    weight: 1.0 + random(),
                    domain: 0,
                    cell: 0,
                    y: (random() < 0.9).then(|| level + random()),
                    x: None,
                });
            }
        }
    }
    reduce(&rows, &[], Reading::default())
}

#[test]
fn bootstraps_agree_with_linearisation_within_their_own_chance() {
    let sample = large();
    const REPLICATES: usize = 4000;
    for (name, replication) in [
        (
            "subbootstrap",
            Replication::of_psus(&sample.structure, |d| subbootstrap(d, REPLICATES, 5)),
        ),
        (
            "rao_wu",
            Replication::of_psus(&sample.structure, |d| rao_wu(d, None, REPLICATES, 5)),
        ),
    ] {
        let replication = replication.unwrap();
        for statistic in [Statistic::Mean, Statistic::Total] {
            for (taylor, replicates) in variances(&sample, &replication, 0, statistic) {
                // A variance from R draws has a relative error of about √(2/R); 5 of them.
                let chance = 5.0 * (2.0 / REPLICATES as f64).sqrt();
                let apart = (replicates / taylor - 1.0).abs();
                assert!(
                    apart < chance,
                    "{name} {statistic:?}: {taylor} and {replicates}"
                );
            }
        }
    }
}

#[test]
fn a_total_of_ones_is_the_sum_of_weights() {
    let sample = large();
    let total = linearise(&sample, 0, ONE, Statistic::Total).unwrap();
    assert!(close(total[0].value.unwrap(), total[0].weight, 1e-12));
}
