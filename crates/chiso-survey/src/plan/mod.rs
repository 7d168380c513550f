//! A specification fitted to a table: which columns to read, and what to do with each block of
//! rows. The caller reads the columns, in whatever way and on however many threads, and hands
//! finished blocks back in their order.

mod bind;
mod block;
mod cells;
mod missing;
mod weighting;

use std::collections::BTreeMap;

use arrow_schema::Schema;
use chiso_expr::{BindError, BoundExpression, EvaluateError};

pub use block::{Block, ItemSums, OpenBlock, Pass};
pub use cells::{Known, KnownTotals};
pub use weighting::{Trimming, Weighed, Weighting};

use crate::design::{DesignError, DesignOptions};
use crate::estimate::Source;
use crate::key::KeyTypeError;
use crate::specification::{Specification, StatisticName};
use crate::sums::ColumnError;
use cells::CellCoder;
use missing::Missing;

/// What does not fit, or cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The design contradicts itself.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// An expression does not fit the table.
    #[error("`{expression}`: {reason}")]
    Bind {
        /// The expression.
        expression: String,
        /// Why.
        reason: BindError,
    },
    /// An item of several columns was to be summed from codes.
    #[error("a pair of columns has no codes; expected a variable of one column")]
    NotCoded,
    /// A batch that Arrow refuses.
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    /// An expression fails on some row.
    #[error("`{expression}`, in the rows from {first_row} on: {reason}")]
    Evaluate {
        /// The expression.
        expression: String,
        /// First row of the block, from 1.
        first_row: u64,
        /// Why.
        reason: EvaluateError,
    },
    /// A variable has no finite numbers.
    #[error("`{expression}`, row {row}: {reason}")]
    Column {
        /// The expression.
        expression: String,
        /// The row, from 1 (the block's first where none is known).
        row: u64,
        /// Why.
        reason: ColumnError,
    },
    /// A column cannot tell domains apart.
    #[error("`{expression}`: {reason}")]
    Key {
        /// The expression.
        expression: String,
        /// Why.
        reason: KeyTypeError,
    },
    /// A row's values are not among those with a known total.
    #[error("row {row}: {columns} is {found}; expected one of the values that have a total")]
    UnknownCell {
        /// The row, from 1.
        row: u64,
        /// The margin's columns.
        columns: String,
        /// The row's values.
        found: String,
    },
    /// Replicate weights that cannot be made or used.
    #[error("replicates: {0}")]
    Replication(#[from] crate::estimate::ReplicationError),
    /// No column of replicate weights has such a name.
    #[error("replicates: found no column {0}; expected columns of the data in columns")]
    ReplicateColumn(String),
    /// Weights that cannot meet the totals.
    #[error("{place}{reason}")]
    Calibration {
        /// The margin and category by name, and a colon; or nothing.
        place: String,
        /// Why.
        reason: crate::calibrate::CalibrationError,
    },
    /// Known totals that contradict themselves.
    #[error("the totals of {columns}: found {found}; expected {expected}")]
    Totals {
        /// The margin's columns.
        columns: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}

/// Where an estimate of the specification finds its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstimatePlace {
    /// The tabulation.
    pub tabulation: usize,
    /// For each of the estimate's variables, its sums.
    pub sources: Vec<Source>,
    /// For each of the estimate's variables, the kept columns (variable; denominator) in the
    /// rows, where rows are kept.
    pub kept: Vec<(usize, Option<usize>)>,
}

/// What one tabulation needs: its domains and its rows.
#[derive(Debug, Clone)]
struct TabulationPlan {
    by: Vec<BoundExpression>,
    filter: Option<BoundExpression>,
    variables: usize,
    pairs: usize,
}

/// Something to be summed, read apart from all others.
#[derive(Debug, Clone)]
struct Item {
    /// The table's columns that it needs.
    columns: Vec<usize>,
    kind: ItemKind,
}

#[derive(Debug, Clone)]
enum ItemKind {
    Variable {
        expression: BoundExpression,
        uses: Vec<(usize, usize)>,
        keep: Option<usize>,
    },
    Pair {
        numerator: BoundExpression,
        denominator: BoundExpression,
        uses: Vec<(usize, usize)>,
    },
}

/// What is needed of the rows themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowNeeds {
    /// Rows are kept at all.
    pub rows: bool,
    /// Every variable is kept, not only those with quantiles.
    pub all_variables: bool,
}

/// A specification fitted to a table's columns.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) options: DesignOptions,
    head_columns: Vec<usize>,
    design: bind::BoundDesign,
    tabulations: Vec<TabulationPlan>,
    items: Vec<Item>,
    /// Columns kept with the rows: how many.
    kept: usize,
    needs: RowNeeds,
    cells: Option<CellCoder>,
    /// For calibration by rows: kept columns of margin codes and of continuous variables.
    pub(crate) margin_columns: Vec<usize>,
    pub(crate) term_columns: Vec<usize>,
    pub(crate) variance_column: Option<usize>,
    /// Kept columns of given replicate weights.
    pub(crate) replicate_columns: Vec<usize>,
    missing: Missing,
    unweighted: bool,
    /// For each estimate of the specification, where it finds its sums.
    pub estimates: Vec<EstimatePlace>,
    /// For each test of the specification, its tabulation by (rows, columns), and the place of
    /// the variable of ones.
    pub tests: Vec<(usize, usize)>,
}

impl Plan {
    /// Fits a specification to a table. `known` holds the totals of each margin, with those that
    /// the specification takes from files read.
    ///
    /// # Errors
    /// When an expression does not fit the table or totals contradict themselves.
    pub fn new(
        specification: &Specification,
        schema: &Schema,
        known: &[KnownTotals],
    ) -> Result<Plan, PlanError> {
        bind::plan(specification, schema, known)
    }

    /// The table's columns that a block needs to be opened, in the order in which
    /// [`Plan::open`] expects them.
    #[must_use]
    pub fn head_columns(&self) -> &[usize] {
        &self.head_columns
    }

    /// Number of things to be summed.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// The table's columns that an item needs.
    #[must_use]
    pub fn item_columns(&self, item: usize) -> &[usize] {
        &self.items[item].columns
    }

    /// What is kept of the rows.
    #[must_use]
    pub fn needs(&self) -> RowNeeds {
        self.needs
    }
}

/// What rows are needed for.
fn row_needs(specification: &Specification) -> RowNeeds {
    use crate::specification::{Method, ReplicateMethod};
    let quantiles = specification
        .estimates
        .iter()
        .any(|estimate| estimate.statistic == StatisticName::Quantile);
    let by_rows = specification
        .calibration
        .as_ref()
        .is_some_and(|calibration| {
            matches!(
                calibration.method,
                Method::Linear | Method::Exponential | Method::Logit
            )
        });
    let given = specification
        .replicates
        .as_ref()
        .is_some_and(|replicates| matches!(replicates.method, ReplicateMethod::Given { .. }));
    // Quantiles take the rows' weights, which must then be the calibrated ones.
    let quantiles_calibrated = quantiles && specification.calibration.is_some();
    let all_variables = by_rows || quantiles_calibrated || specification.trim.is_some() || given;
    RowNeeds {
        rows: quantiles || all_variables,
        all_variables,
    }
}

/// Places of things by their text.
type Places<T> = BTreeMap<String, T>;
