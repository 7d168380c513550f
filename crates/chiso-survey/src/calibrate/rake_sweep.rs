//! Sweeps over the margins of the crossed table: the arithmetic of raking.

use super::adjustment::{Reached, reached_by_category, sum_by_category};
use super::cross::Cross;
use super::error::CalibrationError;
use super::poststratify::cell_ratios;
use super::rake::{Margin, RakeOptions};

/// A relative gap of a margin that is met for every purpose.
const NEGLIGIBLE_GAP: f64 = 1e-9;
/// Sweeps made, on a copy, to see whether a gap would close.
const TRIAL_SWEEPS: usize = 1000;

/// Factors of the cross cells after a number of sweeps.
#[derive(Clone)]
pub(super) struct Raked {
    /// Factor of each cross cell.
    pub factors: Vec<f64>,
    /// Factor of each cross cell just after each margin of the last sweep.
    pub after_margin: Vec<Vec<f64>>,
    /// Sweeps made.
    pub sweeps: usize,
}

impl Raked {
    /// No sweep yet.
    pub fn start(cells: usize, margins: usize) -> Self {
        Self {
            factors: vec![1.0; cells],
            after_margin: vec![vec![1.0; cells]; margins],
            sweeps: 0,
        }
    }

    /// One sweep: `table` holds the current sums of the cross cells and is scaled in place.
    pub fn sweep(
        &mut self,
        cross: &Cross,
        table: &mut [f64],
        margins: &[Margin<'_>],
    ) -> Result<(), CalibrationError> {
        for (index, margin) in margins.iter().enumerate() {
            let category = &cross.categories[index];
            let sample = sum_by_category(table, category, margin.totals.len());
            let ratios = cell_ratios(index, &sample, margin.totals, false, &mut Vec::new())?;
            for (cell, category) in category.iter().enumerate() {
                let ratio = ratios[*category as usize];
                table[cell] *= ratio;
                self.factors[cell] *= ratio;
            }
            self.after_margin[index].copy_from_slice(&self.factors);
        }
        self.sweeps += 1;
        Ok(())
    }
}

/// Sweeps until R's rule says that the table has settled, or the sweeps run out.
pub(super) fn settle(
    cross: &Cross,
    start: &[f64],
    margins: &[Margin<'_>],
    options: RakeOptions,
) -> Result<(Raked, bool), CalibrationError> {
    let limit = if options.epsilon < 1.0 {
        options.epsilon * start.iter().sum::<f64>()
    } else {
        options.epsilon
    };
    let mut table = start.to_vec();
    let mut raked = Raked::start(cross.len(), margins.len());
    while raked.sweeps < options.max_iterations {
        let before = table.clone();
        raked.sweep(cross, &mut table, margins)?;
        let change = before
            .iter()
            .zip(&table)
            .map(|(old, new)| (old - new).abs())
            .fold(0.0, f64::max);
        if change < limit {
            return Ok((raked, true));
        }
    }
    Ok((raked, false))
}

/// Wanted, before and reached for every category of every margin.
pub(super) fn reached_totals(
    margins: &[Margin<'_>],
    weights: &[f64],
    calibrated: &[f64],
) -> Vec<Reached> {
    margins
        .iter()
        .enumerate()
        .flat_map(|(index, margin)| {
            let count = margin.totals.len();
            let before = sum_by_category(weights, margin.category_of_record, count);
            let reached = sum_by_category(calibrated, margin.category_of_record, count);
            reached_by_category(index, margin.totals, &before, &reached)
        })
        .collect()
}

/// The category with the greatest relative gap.
pub(super) fn worst(totals: &[Reached]) -> &Reached {
    totals.iter().fold(&totals[0], |worst, row| {
        if row.misfit() > worst.misfit() {
            row
        } else {
            worst
        }
    })
}

/// Whether what is still missing would vanish with more sweeps. A table can settle, by R's rule,
/// in a cycle in which each margin undoes the other; then the gap stays, however many sweeps.
pub(super) fn gap_closes(
    cross: &Cross,
    start: &[f64],
    raked: &Raked,
    margins: &[Margin<'_>],
    totals: &[Reached],
) -> Result<bool, CalibrationError> {
    let gap = worst(totals).misfit();
    let mut trial = raked.clone();
    let mut table: Vec<f64> = start
        .iter()
        .zip(&raked.factors)
        .map(|(w, g)| w * g)
        .collect();
    for sweep in 0..=TRIAL_SWEEPS {
        let left = greatest_gap(cross, margins, start, &table);
        if left <= NEGLIGIBLE_GAP || (sweep > 0 && left < gap / 2.0) {
            return Ok(true);
        }
        trial.sweep(cross, &mut table, margins)?;
    }
    Ok(false)
}

/// Greatest relative gap of a margin in the crossed table.
pub(super) fn greatest_gap(
    cross: &Cross,
    margins: &[Margin<'_>],
    start: &[f64],
    table: &[f64],
) -> f64 {
    worst(&reached_by_cells(cross, margins, start, table)).misfit()
}

/// [`reached_totals`] from the crossed table.
fn reached_by_cells(
    cross: &Cross,
    margins: &[Margin<'_>],
    start: &[f64],
    table: &[f64],
) -> Vec<Reached> {
    let of_cells: Vec<Margin<'_>> = margins
        .iter()
        .zip(&cross.categories)
        .map(|(margin, categories)| Margin {
            category_of_record: categories,
            totals: margin.totals,
        })
        .collect();
    reached_totals(&of_cells, start, table)
}
