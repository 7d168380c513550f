use super::*;
use proptest::prelude::*;

const EXACTLY_TWO: f64 = 0.954_499_736_103_641_6;

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9 * expected.abs(),
        "{found} for {expected}"
    );
}

#[test]
fn a_proportion_needs_what_cochran_computes() {
    // Cochran 1977, §4.4: P = 0.5, d = 0.05, t = 2: n₀ = 400; with N = 3,200: n = 356.
    let mut conditions = Conditions {
        confidence: EXACTLY_TWO,
        ..Conditions::default()
    };
    let half = Quantity::Proportion(0.5);
    let size = estimate(half, Precision::Margin(0.05), conditions).unwrap();
    assert_eq!(size.interviews, 400);
    conditions.population = Some(3200.0);
    let size = estimate(half, Precision::Margin(0.05), conditions).unwrap();
    close(size.exact, 400.0 / (1.0 + 399.0 / 3200.0));
    assert_eq!(size.interviews, 356);
}

#[test]
fn three_points_at_95_percent_take_the_well_known_1068() {
    let half = Quantity::Proportion(0.5);
    let size = estimate(half, Precision::Margin(0.03), Conditions::default()).unwrap();
    assert_eq!(size.interviews, 1068);
}

#[test]
fn design_effect_and_response_multiply() {
    let conditions = Conditions {
        design_effect: 1.5,
        response_rate: 0.8,
        ..Conditions::default()
    };
    let quantity = Quantity::Mean {
        deviation: 20.0,
        mean: Some(50.0),
    };
    let size = estimate(
        quantity,
        Precision::CoefficientOfVariation(0.02),
        conditions,
    )
    .unwrap();
    close(size.simple_random, 400.0);
    assert_eq!((size.interviews, size.drawn), (600, 750));
    let same = estimate(quantity, Precision::StandardError(1.0), conditions).unwrap();
    assert_eq!(size.interviews, same.interviews);
}

#[test]
fn a_total_needs_what_its_mean_needs() {
    let conditions = Conditions {
        population: Some(5000.0),
        ..Conditions::default()
    };
    let total = Quantity::Total {
        deviation: 3.0,
        mean: Some(9.0),
    };
    let mean = Quantity::Mean {
        deviation: 3.0,
        mean: Some(9.0),
    };
    let of_total = estimate(total, Precision::Margin(5000.0 * 0.25), conditions).unwrap();
    let of_mean = estimate(mean, Precision::Margin(0.25), conditions).unwrap();
    close(of_total.exact, of_mean.exact);
    let relative = estimate(total, Precision::RelativeMargin(0.25 / 9.0), conditions).unwrap();
    close(relative.exact, of_mean.exact);
}

#[test]
fn two_proportions_need_what_r_computes() {
    // R 4.2.2: power.prop.test(p1 = .50, p2 = .75, power = .90)$n.
    let comparison = Comparison {
        power: 0.9,
        ..Comparison::default()
    };
    let [first, second] = compare_proportions([0.5, 0.75], comparison).unwrap();
    close(first.exact, R_TWO_SIDED);
    assert_eq!((first.interviews, second.interviews), (77, 77));
    // power.prop.test(p1 = .3, p2 = .25, sig.level = .1, power = .8, alternative = "one.sided")$n.
    let comparison = Comparison {
        confidence: 0.9,
        sides: Sides::One,
        ..Comparison::default()
    };
    let [first, _] = compare_proportions([0.3, 0.25], comparison).unwrap();
    close(first.exact, R_ONE_SIDED);
}

const R_TWO_SIDED: f64 = 76.706_928_451_777_44;
const R_ONE_SIDED: f64 = 718.110_229_258_194_3;

#[test]
fn two_means_need_the_textbook_16_over_the_squared_difference() {
    // (1.959964 + 0.841621)² · 2 = 15.698 for a difference of one standard deviation.
    let [first, _] = compare_means(1.0, [1.0, 1.0], Comparison::default()).unwrap();
    assert!((first.exact - 15.6978).abs() < 5e-4, "{}", first.exact);
    let comparison = Comparison {
        ratio: 2.0,
        ..Comparison::default()
    };
    let [first, second] = compare_means(-1.0, [1.0, 1.0], comparison).unwrap();
    assert!((first.exact - 0.75 * 15.6978).abs() < 5e-4);
    close(second.exact, 2.0 * first.exact);
}

#[test]
fn clusters_cost_what_kish_says() {
    close(cluster::design_effect(20.0, 0.05, 0.0).unwrap(), 1.95);
    close(
        cluster::design_effect(20.0, 0.05, 0.5).unwrap(),
        1.0 + (25.0 - 1.0) * 0.05,
    );
    close(
        cluster::design_effect_with_weights(20.0, 0.05, 1.2).unwrap(),
        2.34,
    );
    close(
        cluster::best_interviews(400.0, 10.0, 0.1).unwrap(),
        360.0_f64.sqrt(),
    );
    assert_eq!(cluster::clusters(101, 20), Ok(6));
    assert!(cluster::design_effect(20.0, -0.5, 0.0).is_err());
}

#[test]
fn bad_parameters_are_named() {
    let quantity = Quantity::Proportion(0.5);
    let of = |precision, conditions| {
        estimate(quantity, precision, conditions)
            .unwrap_err()
            .to_string()
    };
    let usual = Conditions::default();
    assert_eq!(
        of(Precision::Margin(0.0), usual),
        "found the margin = 0; expected a number above 0"
    );
    assert_eq!(
        of(
            Precision::Margin(0.1),
            Conditions {
                confidence: 95.0,
                ..usual
            }
        ),
        "found the confidence = 95; expected a number between 0 and 1, both excluded"
    );
    assert_eq!(
        of(
            Precision::Margin(0.1),
            Conditions {
                response_rate: f64::NAN,
                ..usual
            }
        ),
        "found the response rate = NaN; expected a number above 0, at most 1"
    );
    assert!(matches!(
        estimate(quantity, Precision::Margin(1e-12), usual),
        Err(SizeError::TooLarge { .. })
    ));
    let quantity = Quantity::Mean {
        deviation: 1.0,
        mean: None,
    };
    assert!(matches!(
        estimate(quantity, Precision::RelativeMargin(0.1), usual),
        Err(SizeError::Needed { field: "mean", .. })
    ));
    let quantity = Quantity::Total {
        deviation: 1.0,
        mean: None,
    };
    assert!(matches!(
        estimate(quantity, Precision::Margin(0.1), usual),
        Err(SizeError::Needed {
            field: "population",
            ..
        })
    ));
    assert!(matches!(
        compare_proportions([0.5, 0.5], Comparison::default()),
        Err(SizeError::NoDifference { .. })
    ));
    assert!(
        compare_means(
            1.0,
            [1.0, 1.0],
            Comparison {
                power: 0.02,
                ..Comparison::default()
            }
        )
        .is_err()
    );
}

proptest! {
    #[test]
    fn a_sample_of_the_computed_size_has_the_wanted_margin(
        proportion in 0.01_f64..0.99,
        margin in 0.005_f64..0.2,
        design_effect in 0.5_f64..4.0,
        population in prop::option::of(10.0_f64..1e7),
    ) {
        let conditions = Conditions { design_effect, population, ..Conditions::default() };
        let quantity = Quantity::Proportion(proportion);
        let size = estimate(quantity, Precision::Margin(margin), conditions).unwrap();
        let error = expected_error(quantity, size.exact, conditions).unwrap();
        prop_assert!((error.margin - margin).abs() < 1e-9);
        prop_assert!(population.is_none_or(|population| size.exact < population));
    }
}
