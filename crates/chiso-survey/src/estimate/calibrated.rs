//! A sample whose weights were made to meet known totals, cell by cell.

use std::collections::BTreeMap;

use crate::calibrate::{Adjustment, CalibrationError, CellSums, ResidualOperator, WeightMoments};
use crate::sums::Sample;

/// A calibration over cells, and what it does to variances.
#[derive(Debug, Clone)]
pub struct CellCalibration {
    /// The cells that the sample has, in order; each is a record of the calibration.
    cells: Vec<u32>,
    /// Rows of each cell with a positive weight.
    respondents: Vec<f64>,
    operator: ResidualOperator,
}

/// An estimate's linearised values by cell.
pub(super) struct CellValues<'a> {
    calibration: &'a CellCalibration,
    weighted: Vec<f64>,
    unweighted: Vec<f64>,
}

impl<'a> CellValues<'a> {
    pub fn new(calibration: &'a CellCalibration) -> Self {
        let cells = calibration.cells.len();
        CellValues {
            calibration,
            weighted: vec![0.0; cells],
            unweighted: vec![0.0; cells],
        }
    }

    pub fn add_weighted(&mut self, cell: u32, value: f64) {
        if let Some(place) = self.calibration.place(cell) {
            self.weighted[place] += value;
        }
    }

    pub fn add_unweighted(&mut self, cell: u32, value: f64) {
        if let Some(place) = self.calibration.place(cell) {
            self.unweighted[place] += value;
        }
    }
}

impl CellCalibration {
    pub(super) fn place(&self, cell: u32) -> Option<usize> {
        self.cells.binary_search(&cell).ok()
    }

    /// Raking centres on unweighted means, so that it needs sums with every weight 1.
    pub(super) fn needs_unweighted(&self) -> bool {
        matches!(self.operator, ResidualOperator::Raked(_))
    }

    pub(super) fn coefficients(
        &self,
        values: &CellValues<'_>,
    ) -> Result<Vec<f64>, CalibrationError> {
        self.operator.cell_coefficients(&CellSums {
            weighted: &values.weighted,
            unweighted: &values.unweighted,
            respondents: &self.respondents,
        })
    }
}

impl Sample {
    /// The calibration cells that rows are in, in order, with the weights of each: the records to
    /// be calibrated.
    #[must_use]
    pub fn cells(&self) -> (Vec<u32>, Vec<WeightMoments>) {
        let mut cells: BTreeMap<u32, WeightMoments> = BTreeMap::new();
        for (group, sum) in self.base.groups.iter().zip(&self.base.weights) {
            let cell = cells.entry(group.cell).or_insert(WeightMoments::EMPTY);
            *cell = cell.merge(*sum);
        }
        cells.into_iter().unzip()
    }

    /// Takes over the factors of a calibration whose records were [`Sample::cells`]: all weights
    /// change, and variances from now on are those of residuals.
    pub fn calibrate(&mut self, adjustment: &Adjustment) {
        let (cells, weights) = self.cells();
        let respondents = weights.iter().map(|weights| weights.n as f64).collect();
        let factor = |cell: u32| {
            cells
                .binary_search(&cell)
                .map_or(1.0, |place| adjustment.factors[place])
        };
        for sums in self.tabulations.iter_mut().chain([&mut self.base]) {
            sums.scale(|group| factor(group.cell));
        }
        self.calibration = Some(CellCalibration {
            cells,
            respondents,
            operator: adjustment.residuals.clone(),
        });
    }
}
