//! SQL expressions over the runner's columns.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, RecordBatchOptions};

use super::{Runner, column};
use crate::engine::StepFault;
use crate::engine::stage::{SqlColumn, SqlInput, Stage};

impl Runner {
    /// Every node's values by its expression. A cell that does not concern its unit, and a row that
    /// was not observed or is screened out, stays without a value whatever the expression says.
    pub(super) fn expressions(
        &self,
        stage: &Stage,
        columns: &[Arc<SqlColumn>],
        screened_by: Option<usize>,
        out: &mut [f64],
    ) -> Result<(), StepFault> {
        let rows = self.plan.frame.rows();
        let excluded = screened_by.map_or(&[][..], |place| &self.excluded[place]);
        let holds = |list: &[bool], row: usize| list.get(row).copied().unwrap_or(false);
        for (slot, (sql, &node)) in columns.iter().zip(&stage.nodes).enumerate() {
            let to = &mut out[slot * rows..][..rows];
            self.expression(sql, to)
                .map_err(|(row, error)| self.fault_at(stage, slot, row, &error))?;
            let not_applicable = self.not_applicable(node).unwrap_or_default();
            for (row, cell) in to.iter_mut().enumerate() {
                let observed = self.leaves.observed.get(row).copied().unwrap_or(true);
                if !observed || holds(excluded, row) || holds(not_applicable, row) {
                    *cell = f64::NAN;
                }
            }
        }
        Ok(())
    }

    fn expression(&self, sql: &SqlColumn, out: &mut [f64]) -> Result<(), (usize, String)> {
        let rows = self.plan.frame.rows();
        let array = |input: &SqlInput| -> ArrayRef {
            match input {
                SqlInput::Context(array) => array.clone(),
                SqlInput::Node(place) => {
                    let values = column(&self.buffers, *place, rows).iter();
                    Arc::new(Float64Array::from_iter(
                        values.map(|&v| Some(v).filter(|v| !v.is_nan())),
                    ))
                }
            }
        };
        let arrays: Vec<ArrayRef> = sql.inputs.iter().map(array).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(sql.schema.clone(), arrays, &options);
        let batch = batch.map_err(|error| (0, error.to_string()))?;
        let result = sql.expression.evaluate_f64(&batch);
        let result = result.map_err(|error| (0, error.to_string()))?;
        for (row, cell) in out.iter_mut().enumerate() {
            if result.is_null(row) {
                *cell = f64::NAN;
                continue;
            }
            *cell = result.value(row);
            if !cell.is_finite() {
                let unit = self.plan.frame.unit(row).map_or("", |unit| unit);
                let problem =
                    format!("found {cell} as the value of unit `{unit}`; expected a finite number");
                return Err((row, problem));
            }
        }
        Ok(())
    }
}
