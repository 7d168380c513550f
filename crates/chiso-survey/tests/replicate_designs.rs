//! Small designs that the reference tables lack, against R survey 4.1.1, whose functions for them
//! are those of 4.5: large strata cut into pairs, census strata, lonely PSUs.

use chiso_survey::design::LonelyPsu;
use chiso_survey::replicate::{
    DomainSums, PsuDesign, ReplicateWeights, Statistic, brr, jkn, replicate_estimates,
};
use faer::Mat;

/// `as.svrepdesign(svydesign(id = ~psu, strata = ~st, …), type = "Fay", fay.rho = 0.2)` with
/// `st = a a b b c b c b`.
#[test]
fn fay_weights_with_a_stratum_of_four_are_rs() {
    let design = PsuDesign::new(vec![0, 0, 1, 1, 2, 1, 2, 1], vec![f64::INFINITY; 3]).unwrap();
    let weights = brr(&design, 0.2).unwrap();
    // 1 for a multiplier of 1.8, 0 for 0.2.
    let expected = [
        "10011001", "01100110", "10101010", "01010101", "11110000", "11001100", "00001111",
        "00110011",
    ];
    for (psu, row) in expected.iter().enumerate() {
        for (r, heavy) in row.chars().map(|c| c == '1').enumerate() {
            let multiplier = if heavy { 1.8 } else { 0.2 };
            assert_eq!(
                weights.multipliers[(psu, r)],
                multiplier,
                "PSU {psu}, replicate {r}"
            );
        }
    }
    assert_eq!(weights.degrees_of_freedom, 4);
}

/// Standard errors of the total and of the mean of `y = 1 4 2 7 5 9.5`, weights 1.
fn errors(weights: &ReplicateWeights) -> [f64; 2] {
    const Y: [f64; 6] = [1.0, 4.0, 2.0, 7.0, 5.0, 9.5];
    let sums = Mat::from_fn(6, 2, |i, k| if k == 0 { Y[i] } else { 1.0 });
    let statistics = [
        Statistic::Total { column: 0 },
        Statistic::Ratio {
            numerator: 0,
            denominator: 1,
        },
    ];
    let domain = DomainSums {
        units: None,
        sums: sums.as_ref(),
        statistics: &statistics,
    };
    let estimates = replicate_estimates(weights, &[domain]).unwrap().remove(0);
    [0, 1].map(|k| estimates[k].as_ref().unwrap().variance.sqrt())
}

/// Strata `a a a b c c` with populations 3, 20 and 10: a census, a lonely PSU, a pair.
///
/// With `adjust` the replicate that leaves the lonely PSU out raises the census stratum too; R
/// does so for means and not for totals, where it leaves census rows out, so the total is not
/// compared.
#[test]
fn jkn_with_a_census_stratum_and_a_lonely_psu_is_rs() {
    let design = PsuDesign::new(vec![0, 0, 0, 1, 2, 2], vec![3.0, 20.0, 10.0]).unwrap();
    for (lonely, expected, freedom) in [
        (LonelyPsu::Adjust, [None, Some(0.726636084983398)], 2),
        (
            LonelyPsu::Average,
            [Some(6.9713700231733), Some(1.161895003862225)],
            1,
        ),
        (
            LonelyPsu::Remove,
            [Some(4.024922359499621), Some(0.6708203932499369)],
            1,
        ),
        (
            LonelyPsu::Certainty,
            [Some(4.024922359499621), Some(0.6708203932499369)],
            1,
        ),
    ] {
        let weights = jkn(&design, lonely).unwrap();
        assert_eq!(weights.degrees_of_freedom, freedom, "{lonely:?}");
        for (found, expected) in errors(&weights).into_iter().zip(expected) {
            let Some(expected) = expected else { continue };
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "{lonely:?}: {found} {expected}"
            );
        }
    }
}

/// About the full estimate R gives 7.44 for the total, since it leaves the census stratum out of
/// the replicates and not out of the estimate. The error of the total cannot hang on PSUs that do
/// not vary, so here it stays where it was: in a linear statistic both centres are the same.
#[test]
fn a_census_stratum_does_not_add_to_the_error_about_the_full_estimate() {
    let design = PsuDesign::new(vec![0, 0, 0, 1, 2, 2], vec![3.0, 20.0, 10.0]).unwrap();
    let weights = jkn(&design, LonelyPsu::Remove).unwrap().with_mse(true);
    for (found, expected) in errors(&weights)
        .into_iter()
        .zip([4.024922359499621, 0.6708203932499369])
    {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
    }
}
