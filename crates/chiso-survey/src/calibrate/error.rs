//! Why weights could not be calibrated or trimmed.

/// What was wrong with the request, or which total could not be met.
///
/// Indices count from 0; the caller knows the names of margins, categories and records.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// There are no records at all.
    #[error("no records to calibrate")]
    NoRecords,
    /// A slice is not as long as the records (or categories, or columns) require.
    #[error("{what}: {found} entries, expected {expected}")]
    Length {
        /// Which argument.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length required.
        expected: usize,
    },
    /// A starting weight is negative or not finite.
    #[error("record {record}: weight {found}, expected a finite number of at least 0")]
    Weight {
        /// The record.
        record: usize,
        /// The weight found.
        found: f64,
    },
    /// An auxiliary value, variance or bound is outside its range.
    #[error("{what}, entry {index}: {found}, expected {expected}")]
    Value {
        /// Which argument or column.
        what: String,
        /// Record (or column) of the entry.
        index: usize,
        /// The value found.
        found: f64,
        /// What would have been accepted.
        expected: &'static str,
    },
    /// A setting of the method is outside its range.
    #[error("{what} is {found}, expected {expected}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// The value found.
        found: f64,
        /// What would have been accepted.
        expected: &'static str,
    },
    /// A population total is negative or not finite.
    #[error(
        "margin {margin}, category {category}: population total {found}, expected a finite number of at least 0"
    )]
    Total {
        /// The margin (0 in post-stratification).
        margin: usize,
        /// The category.
        category: usize,
        /// The total found.
        found: f64,
    },
    /// A record lies in a category for which the population gives no total.
    #[error(
        "record {record} is in category {category} of margin {margin}, but the population has categories 0 to {last}"
    )]
    UnknownCategory {
        /// The record.
        record: usize,
        /// The margin (0 in post-stratification).
        margin: usize,
        /// The category found.
        category: u32,
        /// The last category that has a total.
        last: usize,
    },
    /// The population has members where the sample has no weight.
    #[error(
        "margin {margin}, category {category}: population total {wanted}, but the sample has no weight there"
    )]
    NoSample {
        /// The margin (0 in post-stratification).
        margin: usize,
        /// The category.
        category: usize,
        /// The population total that cannot be met.
        wanted: f64,
    },
    /// The sample has weight where the population has no members.
    #[error(
        "margin {margin}, category {category}: population total 0, but the sample has weight {weight} there"
    )]
    NoPopulation {
        /// The margin (0 in post-stratification).
        margin: usize,
        /// The category.
        category: usize,
        /// The sample weight in the category.
        weight: f64,
    },
    /// Two margins describe populations of different sizes, so no weights meet both.
    #[error(
        "margin {margin} sums to {sum}, but margin 0 sums to {first_sum}: no weights meet both"
    )]
    MarginsDisagree {
        /// The margin that differs from margin 0.
        margin: usize,
        /// Its sum over categories.
        sum: f64,
        /// The sum of margin 0.
        first_sum: f64,
    },
    /// Raking stopped before the table settled; the worst margin is named.
    #[error(
        "raking did not settle in {iterations} iterations: margin {margin}, category {category}: wanted {wanted}, reached {reached}"
    )]
    RakingNotConverged {
        /// Sweeps over all margins that were made.
        iterations: usize,
        /// The margin with the greatest relative gap.
        margin: usize,
        /// Its category.
        category: usize,
        /// The population total.
        wanted: f64,
        /// The total of the weights at the end.
        reached: f64,
    },
    /// Raking settled on weights that miss a margin: with the sample's empty cells no weights meet
    /// all margins.
    #[error(
        "raking settled after {iterations} iterations without meeting margin {margin}, category {category}: wanted {wanted}, reached {reached}; with the empty cells of the sample the margins contradict each other"
    )]
    MarginNotMet {
        /// Sweeps over all margins that were made.
        iterations: usize,
        /// The margin with the greatest relative gap.
        margin: usize,
        /// Its category.
        category: usize,
        /// The population total.
        wanted: f64,
        /// The total of the weights at the end.
        reached: f64,
    },
    /// A total of an auxiliary variable cannot be met; the worst one is named.
    #[error(
        "auxiliary variable {variable}: wanted {wanted}, reached {reached} after {iterations} iterations"
    )]
    TotalNotMet {
        /// The column's name.
        variable: String,
        /// The population total.
        wanted: f64,
        /// The total of the weights at the end.
        reached: f64,
        /// Newton steps that were made (1 for linear calibration without bounds).
        iterations: usize,
    },
    /// The residual of calibration by whole clusters was asked for by cell.
    #[error("calibration by whole clusters leaves no residual by cell: use the records")]
    ClustersAreNotCells,
    /// Every weight lies beyond a limit, so nothing is left to take up what was trimmed.
    #[error(
        "all {records} weights lie outside {lower} to {upper}: none is left to take up what was trimmed"
    )]
    NothingLeftToTakeUp {
        /// Number of weights.
        records: usize,
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
}

/// The weights as they are, or the first that is negative or not finite.
pub(super) fn check_weights(weights: &[f64]) -> Result<(), CalibrationError> {
    if weights.is_empty() {
        return Err(CalibrationError::NoRecords);
    }
    match weights.iter().position(|w| !w.is_finite() || *w < 0.0) {
        Some(record) => Err(CalibrationError::Weight {
            record,
            found: weights[record],
        }),
        None => Ok(()),
    }
}

/// Whether a slice has the length that the records require.
pub(super) fn check_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), CalibrationError> {
    if found == expected {
        Ok(())
    } else {
        Err(CalibrationError::Length {
            what,
            found,
            expected,
        })
    }
}

/// Checks the categories and totals of one margin against the number of records.
pub(super) fn check_margin(
    margin: usize,
    category_of_record: &[u32],
    totals: &[f64],
    records: usize,
) -> Result<(), CalibrationError> {
    check_length("categories of a margin", category_of_record.len(), records)?;
    if totals.is_empty() {
        return Err(CalibrationError::Length {
            what: "totals of a margin",
            found: 0,
            expected: 1,
        });
    }
    if let Some(category) = totals.iter().position(|t| !t.is_finite() || *t < 0.0) {
        return Err(CalibrationError::Total {
            margin,
            category,
            found: totals[category],
        });
    }
    match category_of_record
        .iter()
        .position(|c| *c as usize >= totals.len())
    {
        Some(record) => Err(CalibrationError::UnknownCategory {
            record,
            margin,
            category: category_of_record[record],
            last: totals.len() - 1,
        }),
        None => Ok(()),
    }
}
