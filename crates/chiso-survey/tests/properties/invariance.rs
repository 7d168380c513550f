//! What makes no difference: the order of rows, where a file is cut, the scale of weights.

use chiso_survey::estimate::{Statistic, linearise};
use proptest::prelude::*;

use super::samples::{ONE, Reading, Respondent, Y, agree, close, figures, reduce, respondents};

/// A sample and some order of its rows.
fn in_two_orders() -> impl Strategy<Value = (Vec<Respondent>, Vec<Respondent>)> {
    respondents().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

/// A sample and places to cut it.
fn with_cuts() -> impl Strategy<Value = (Vec<Respondent>, Vec<usize>)> {
    respondents().prop_flat_map(|all| {
        let cuts = prop::collection::vec(0..all.len(), 0..6).prop_map(|mut cuts| {
            cuts.sort_unstable();
            cuts
        });
        (Just(all), cuts)
    })
}

proptest! {
    #[test]
    fn the_order_of_rows_makes_no_difference((rows, shuffled) in in_two_orders()) {
        let (first, second) = (
            reduce(&rows, &[], Reading::default()),
            reduce(&shuffled, &[], Reading::default()),
        );
        prop_assert_eq!(first.degrees_of_freedom(), second.degrees_of_freedom());
        agree(&figures(&first), &figures(&second), 1e-10)?;
    }

    #[test]
    fn where_a_file_is_cut_makes_no_difference((rows, cuts) in with_cuts()) {
        let (whole, parts) = (
            reduce(&rows, &[], Reading::default()),
            reduce(&rows, &cuts, Reading::default()),
        );
        agree(&figures(&whole), &figures(&parts), 1e-10)?;
    }

    #[test]
    fn the_scale_of_weights_makes_no_difference_to_means(
        rows in respondents(),
        scale in 0.001..1000.0,
    ) {
        let scaled: Vec<Respondent> = rows
            .iter()
            .map(|one| Respondent { weight: one.weight * scale, ..one.clone() })
            .collect();
        let means = |rows: &[Respondent]| {
            let sample = reduce(rows, &[], Reading::default());
            let mut all = figures(&sample);
            all.retain(|(what, ..)| !what.starts_with("Total"));
            all
        };
        agree(&means(&rows), &means(&scaled), 1e-10)?;
    }

    #[test]
    fn totals_of_domains_add_up_to_the_total(rows in respondents()) {
        let sample = reduce(&rows, &[], Reading::default());
        for source in [Y, ONE] {
            let total = |tabulation| -> f64 {
                let found = linearise(&sample, tabulation, source, Statistic::Total).unwrap();
                found.iter().filter_map(|one| one.value).sum()
            };
            prop_assert!(close(total(0), total(1), 1e-12), "{} and {}", total(0), total(1));
        }
    }

    #[test]
    fn a_domain_of_all_rows_is_the_whole_sample(rows in respondents()) {
        let one_domain: Vec<Respondent> =
            rows.iter().map(|one| Respondent { domain: 7, ..one.clone() }).collect();
        let all = figures(&reduce(&one_domain, &[], Reading::default()));
        let (whole, domain) = all.split_at(all.len() / 2);
        agree(whole, domain, 0.0)?;
    }

    #[test]
    fn no_answer_at_all_is_no_estimate(rows in respondents()) {
        let silent: Vec<Respondent> =
            rows.iter().map(|one| Respondent { y: None, ..one.clone() }).collect();
        for (what, value, variance) in figures(&reduce(&silent, &[], Reading::default())) {
            prop_assert_eq!(value, None, "{}", what);
            prop_assert_eq!(variance, 0.0);
        }
    }
}
