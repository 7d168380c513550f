use super::*;
use proptest::prelude::*;

fn stratum(id: &str, units: usize, deviation: f64) -> Stratum {
    Stratum {
        id: id.into(),
        units,
        deviation: Some(deviation),
        mean: Some(10.0),
        ..Stratum::default()
    }
}

fn takes(allocation: &Allocation) -> Vec<usize> {
    allocation.shares.iter().map(|share| share.take).collect()
}

fn some() -> Vec<Stratum> {
    vec![
        stratum("a", 1000, 1.0),
        stratum("b", 500, 4.0),
        stratum("c", 100, 10.0),
        stratum("d", 3, 1.0),
    ]
}

#[test]
fn proportional_numbers_follow_the_units() {
    let allocation = allocate(&some(), Rule::Proportional, 160, &Minimum::default()).unwrap();
    // 160 / 1603 · N: 99.81, 49.91, 9.98, 0.30.
    assert_eq!(takes(&allocation), [100, 50, 10, 0]);
}

#[test]
fn neyman_numbers_follow_units_times_deviation() {
    let allocation = allocate(&some(), Rule::Neyman, 100, &Minimum::default()).unwrap();
    // 1000, 2000, 1000, 3 of 4003.
    assert_eq!(takes(&allocation), [25, 50, 25, 0]);
    let share = &allocation.shares[1];
    assert!((share.exact - 100.0 * 2000.0 / 4003.0).abs() < 1e-12);
}

#[test]
fn a_full_stratum_passes_its_surplus_to_the_others() {
    let minimum = Minimum {
        every_stratum: 2,
        ..Minimum::default()
    };
    let allocation = allocate(&some(), Rule::Equal, 80, &minimum).unwrap();
    assert_eq!(takes(&allocation), [26, 26, 25, 3]);
    assert_eq!(allocation.shares[3].bound, Bound::Whole);
    let allocation = allocate(&some(), Rule::Neyman, 100, &minimum).unwrap();
    assert_eq!(takes(&allocation), [25, 49, 24, 2]);
    assert_eq!(allocation.shares[3].bound, Bound::Minimum);
}

#[test]
fn power_allocation_with_exponent_0_follows_the_coefficient_of_variation() {
    let rule = Rule::Power { exponent: 0.0 };
    let allocation = allocate(&some()[..3], rule, 150, &Minimum::default()).unwrap();
    assert_eq!(takes(&allocation), [10, 40, 100]);
    // With exponent 1 and X = N Ȳ it is Neyman's.
    let mut strata = some();
    for (index, stratum) in strata.iter_mut().enumerate() {
        let mean = 3.0 + index as f64;
        stratum.mean = Some(mean);
        stratum.size = Some(stratum.units as f64 * mean);
    }
    let power = allocate(
        &strata,
        Rule::Power { exponent: 1.0 },
        100,
        &Minimum::default(),
    )
    .unwrap();
    let neyman = allocate(&strata, Rule::Neyman, 100, &Minimum::default()).unwrap();
    assert_eq!(takes(&power), takes(&neyman));
}

#[test]
fn a_domain_below_its_minimum_gets_it_and_the_others_share_the_rest() {
    let mut strata = some();
    for (stratum, domain) in strata.iter_mut().zip(["north", "south", "south", "north"]) {
        stratum.domain = Some(domain.into());
    }
    let minimum = Minimum {
        by_domain: BTreeMap::from([("south".to_owned(), 60)]),
        ..Minimum::default()
    };
    let allocation = allocate(&strata, Rule::Proportional, 100, &minimum).unwrap();
    // South: 60 in 5 : 1; north: 40 in 1000 : 3.
    assert_eq!(takes(&allocation), [40, 50, 10, 0]);
}

#[test]
fn what_cannot_be_met_is_named() {
    let of =
        |take, minimum: Minimum| allocate(&some(), Rule::Proportional, take, &minimum).unwrap_err();
    let by_stratum = |id: &str, count| Minimum {
        by_stratum: BTreeMap::from([(id.to_owned(), count)]),
        ..Minimum::default()
    };
    assert_eq!(
        of(100, by_stratum("d", 4)).to_string(),
        "stratum d: found a minimum of 4; expected at most its 3 units"
    );
    assert_eq!(
        of(30, by_stratum("c", 40)).to_string(),
        "found a sample of 30; expected at least 40, the sum of the minima, of which stratum c asks for the most, 40"
    );
    assert_eq!(
        of(9, by_stratum("x", 4)),
        AllocationError::UnknownStratum {
            stratum: "x".into()
        }
    );
    assert_eq!(
        of(1604, Minimum::default()),
        AllocationError::AboveUnits {
            take: 1604,
            units: 1603
        }
    );
    let mut strata = some();
    strata[2].deviation = None;
    let error = allocate(&strata, Rule::Neyman, 10, &Minimum::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("stratum c: found the standard deviation none")
    );
    strata[2].deviation = Some(f64::NAN);
    assert!(allocate(&strata, Rule::Neyman, 10, &Minimum::default()).is_err());
    let flat: Vec<Stratum> = some()
        .into_iter()
        .map(|stratum| Stratum {
            deviation: Some(0.0),
            ..stratum
        })
        .collect();
    let error = allocate(&flat, Rule::Neyman, 10, &Minimum::default()).unwrap_err();
    assert!(matches!(
        error,
        AllocationError::NothingToFollow { left: 10, .. }
    ));
}

/// Strata with sizes, deviations and a general minimum.
fn anything() -> impl Strategy<Value = (Vec<Stratum>, usize, f64)> {
    let strata = prop::collection::vec((1_usize..500, 0.1_f64..20.0), 1..15);
    (strata, 0_usize..4, 0.0_f64..=1.0).prop_map(|(strata, least, share)| {
        let strata = strata.into_iter().enumerate();
        let strata = strata
            .map(|(index, (units, deviation))| stratum(&format!("{index:02}"), units, deviation));
        (strata.collect(), least, share)
    })
}

proptest! {
    #[test]
    fn every_division_is_exact_and_within_its_bounds((strata, least, share) in anything()) {
        let units: usize = strata.iter().map(|stratum| stratum.units).sum();
        let needed: usize = strata.iter().map(|stratum| stratum.units.min(least)).sum();
        let take = needed + ((units - needed) as f64 * share) as usize;
        let minimum = Minimum { every_stratum: least, ..Minimum::default() };
        for rule in [Rule::Proportional, Rule::Equal, Rule::Neyman, Rule::Power { exponent: 0.5 }] {
            let allocation = allocate(&strata, rule, take, &minimum).unwrap();
            prop_assert_eq!(takes(&allocation).iter().sum::<usize>(), take);
            for (stratum, share) in strata.iter().zip(&allocation.shares) {
                prop_assert!(share.take >= least.min(stratum.units) && share.take <= stratum.units);
                prop_assert!((share.take as f64 - share.exact).abs() < 1.0);
            }
            let mut reversed = strata.clone();
            reversed.reverse();
            let mut other = takes(&allocate(&reversed, rule, take, &minimum).unwrap());
            other.reverse();
            prop_assert_eq!(other, takes(&allocation));
        }
    }

    #[test]
    fn no_exchange_of_a_unit_betters_neyman_before_rounding((strata, least, share) in anything()) {
        let units: usize = strata.iter().map(|stratum| stratum.units).sum();
        let needed: usize = strata.iter().map(|stratum| stratum.units.min(least)).sum();
        let take = needed + ((units - needed) as f64 * share) as usize;
        let minimum = Minimum { every_stratum: least, ..Minimum::default() };
        let allocation = allocate(&strata, Rule::Neyman, take, &minimum).unwrap();
        // The marginal gain N²S²/n² of a stratum that can give must not be below that of one that can take.
        let gain = |index: usize| {
            let measure = strata[index].units as f64 * strata[index].deviation.unwrap();
            measure / allocation.shares[index].exact.max(1e-300)
        };
        for giver in 0..strata.len() {
            for taker in 0..strata.len() {
                let gives = allocation.shares[giver].exact > least.min(strata[giver].units) as f64 + 1e-9;
                let takes = allocation.shares[taker].exact < strata[taker].units as f64 - 1e-9;
                if gives && takes {
                    prop_assert!(gain(giver) >= gain(taker) * (1.0 - 1e-9));
                }
            }
        }
    }
}
