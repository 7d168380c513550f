//! Calibrated samples meet their totals, and known totals have no error.

use chiso_survey::calibrate::{Margin, PostStratifyOptions, RakeOptions, poststratify, rake};
use chiso_survey::estimate::{Statistic, linearise};
use chiso_survey::key::Key;
use chiso_survey::sums::Sample;
use proptest::prelude::*;

use super::samples::{ONE, Reading, Respondent, Y, close, reduce, respondents};

const BY_CELLS: Reading = Reading {
    without_strata: false,
    cells: true,
};

/// The calibrated total of each cell that is in the sample, with its standard error.
fn cells(sample: &Sample) -> Vec<(u32, f64, f64)> {
    let found = linearise(sample, 2, ONE, Statistic::Total).unwrap();
    sample.tabulations[2]
        .domains
        .iter()
        .zip(&found)
        .map(|(keys, total)| {
            let Key::Integer(cell) = keys[0] else {
                panic!("{keys:?}");
            };
            let variance = total.variance(&sample.structure).unwrap();
            (cell as u32, total.value.unwrap(), variance.sqrt())
        })
        .collect()
}

proptest! {
    #[test]
    fn post_stratified_cells_have_their_totals_without_error(
        rows in respondents(),
        totals in prop::collection::vec(10.0..1e6, 6),
    ) {
        let mut sample = reduce(&rows, &[], BY_CELLS);
        let (records, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|one| one.sum).collect();
        let options = PostStratifyOptions { partial: true };
        let done = poststratify(&weights, &records, &totals, options).unwrap();
        sample.calibrate(&done);
        for (cell, total, error) in cells(&sample) {
            let wanted = totals[cell as usize];
            prop_assert!(close(total, wanted, 1e-12), "cell {}: {} not {}", cell, total, wanted);
            prop_assert!(error < 1e-7 * wanted, "cell {}: error {}", cell, error);
        }
    }

    #[test]
    fn raked_margins_have_their_totals(
        rows in respondents(),
        shares in prop::collection::vec(0.5..2.0, 6),
    ) {
        // Every cell has a respondent, so that any positive totals can be met.
        let mut rows: Vec<Respondent> = rows;
        let first = rows[0].clone();
        rows.extend((0..6).map(|cell| Respondent { cell, y: Some(1.0), ..first.clone() }));
        let mut sample = reduce(&rows, &[], BY_CELLS);
        let (records, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|one| one.sum).collect();
        // Totals that some weights meet: those of the cells times a share each.
        let mut totals = [vec![0.0; 3], vec![0.0; 2]];
        for (cell, weight) in records.iter().zip(&weights) {
            let wanted = weight * shares[*cell as usize];
            totals[0][*cell as usize / 2] += wanted;
            totals[1][*cell as usize % 2] += wanted;
        }
        let categories = [
            records.iter().map(|cell| cell / 2).collect::<Vec<u32>>(),
            records.iter().map(|cell| cell % 2).collect(),
        ];
        let margins = [0, 1].map(|place| Margin {
            category_of_record: &categories[place],
            totals: &totals[place],
        });
        let options = RakeOptions {
            epsilon: 1e-14,
            max_iterations: 10_000,
            accept_unconverged: true,
            ..RakeOptions::default()
        };
        sample.calibrate(&rake(&weights, &margins, options).unwrap());
        let mut reached = [vec![0.0; 3], vec![0.0; 2]];
        for (cell, total, _) in cells(&sample) {
            reached[0][cell as usize / 2] += total;
            reached[1][cell as usize % 2] += total;
        }
        for (reached, wanted) in reached.iter().flatten().zip(totals.iter().flatten()) {
            prop_assert!(close(*reached, *wanted, 1e-12), "{} not {}", reached, wanted);
        }
    }

    #[test]
    fn calibration_to_the_totals_that_weights_have_changes_no_estimate(rows in respondents()) {
        let mut sample = reduce(&rows, &[], BY_CELLS);
        let plain = linearise(&sample, 1, Y, Statistic::Mean).unwrap();
        let (records, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|one| one.sum).collect();
        let place: Vec<u32> = (0..records.len() as u32).collect();
        let options = PostStratifyOptions::default();
        let done = poststratify(&weights, &place, &weights, options).unwrap();
        sample.calibrate(&done);
        let calibrated = linearise(&sample, 1, Y, Statistic::Mean).unwrap();
        for (plain, calibrated) in plain.iter().zip(&calibrated) {
            let values = (plain.value.unwrap_or(0.0), calibrated.value.unwrap_or(0.0));
            prop_assert!(close(values.0, values.1, 1e-12), "{:?}", values);
        }
    }
}
