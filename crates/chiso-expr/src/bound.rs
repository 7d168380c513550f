//! An expression bound to a schema: it knows its type and gives values for batches of rows.

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, cast::AsArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Schema};

use crate::bind::{Binder, Source};
use crate::error::{BindError, EvaluateError};
use crate::evaluate::evaluate;
use crate::node::Node;
use crate::plan::{Plan, Typed};
use crate::value::Rows;

/// An expression whose columns are found and whose types are known.
#[derive(Debug, Clone)]
pub struct BoundExpression {
    text: String,
    sources: Vec<Source>,
    typed: Typed,
}

impl BoundExpression {
    pub(crate) fn new(text: &str, node: &Node, schema: &Schema) -> Result<Self, BindError> {
        let mut binder = Binder::new(schema);
        let typed = binder.typed(node)?;
        Ok(Self {
            text: text.to_owned(),
            sources: binder.sources,
            typed,
        })
    }

    /// The text as given to the parser.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The type of the values. Dictionaries are read as the values that they stand for.
    #[must_use]
    pub fn data_type(&self) -> &DataType {
        &self.typed.data_type
    }

    /// The column's name in the schema, if the expression is nothing but a column.
    #[must_use]
    pub fn as_column(&self) -> Option<&str> {
        match self.typed.plan {
            Plan::Column(place) => self.sources.get(place).map(|source| source.name.as_str()),
            _ => None,
        }
    }

    /// The places in the schema (from 0) of the columns that the expression reads, in the order
    /// of first use.
    #[must_use]
    pub fn column_indices(&self) -> Vec<usize> {
        self.sources.iter().map(|source| source.index).collect()
    }

    /// One value for each row of the batch, of type [`Self::data_type`].
    ///
    /// The batch must have the schema that the expression was bound to (its columns at the same
    /// places, of the same names and types; other columns do not matter).
    ///
    /// # Errors
    /// The batch has another schema; or a row cannot be computed: the error then names the first
    /// such row.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<ArrayRef, EvaluateError> {
        let rows = self.rows(batch)?;
        self.values(&rows).map_err(|source| EvaluateError::Row {
            text: self.text.clone(),
            row: self.failing_row(&rows),
            source,
        })
    }

    /// As [`Self::evaluate`], as numbers: TRUE is 1, FALSE is 0, NULL stays NULL. Numbers come out
    /// as they are: a division of fractions by zero is infinite or NaN, as in DataFusion.
    ///
    /// # Errors
    /// As [`Self::evaluate`]; and where the values are neither numbers nor booleans.
    pub fn evaluate_f64(&self, batch: &RecordBatch) -> Result<Float64Array, EvaluateError> {
        let found = self.data_type();
        if !found.is_numeric() && !matches!(found, DataType::Boolean | DataType::Null) {
            return Err(self.result_type("a number or a boolean"));
        }
        let values = self.evaluate(batch)?;
        if let Some(truths) = values.as_boolean_opt() {
            let numbers = truths
                .values()
                .iter()
                .map(|truth| f64::from(u8::from(truth)));
            return Ok(Float64Array::new(
                numbers.collect(),
                truths.nulls().cloned(),
            ));
        }
        let numbers = cast(&values, &DataType::Float64).map_err(|error| self.failure(error))?;
        Ok(numbers.as_primitive().clone())
    }

    /// As [`Self::evaluate`], as truth values, for conditions.
    ///
    /// # Errors
    /// As [`Self::evaluate`]; and where the values are no booleans.
    pub fn evaluate_bool(&self, batch: &RecordBatch) -> Result<BooleanArray, EvaluateError> {
        if !matches!(self.data_type(), DataType::Boolean | DataType::Null) {
            return Err(self.result_type("a boolean"));
        }
        let values = self.evaluate(batch)?;
        let truths = cast(&values, &DataType::Boolean).map_err(|error| self.failure(error))?;
        Ok(truths.as_boolean().clone())
    }

    fn result_type(&self, expected: &'static str) -> EvaluateError {
        let found = self.data_type().clone();
        EvaluateError::ResultType {
            text: self.text.clone(),
            found,
            expected,
        }
    }

    fn failure(&self, source: ArrowError) -> EvaluateError {
        EvaluateError::Row {
            text: self.text.clone(),
            row: None,
            source,
        }
    }

    /// The columns of the batch that the expression reads.
    fn rows(&self, batch: &RecordBatch) -> Result<Rows, EvaluateError> {
        let columns = self.sources.iter().map(|source| {
            let schema = batch.schema_ref();
            let found = match schema.fields().get(source.index) {
                Some(field)
                    if *field.name() == source.name && *field.data_type() == source.stored =>
                {
                    let column = batch.column(source.index);
                    return if source.stored == source.data_type {
                        Ok(column.clone())
                    } else {
                        cast(column, &source.data_type).map_err(|error| self.failure(error))
                    };
                }
                Some(field) => format!("{} {}", field.name(), field.data_type()),
                None => "not there".to_owned(),
            };
            Err(EvaluateError::Batch {
                text: self.text.clone(),
                index: source.index,
                found,
                expected: format!("{} {}", source.name, source.stored),
            })
        });
        Ok(Rows {
            columns: columns.collect::<Result<_, _>>()?,
            count: batch.num_rows(),
        })
    }

    fn values(&self, rows: &Rows) -> Result<ArrayRef, ArrowError> {
        evaluate(&self.typed, rows)?.into_array(rows.count)
    }

    /// The first row that fails by itself, found by halving; none where the failure hangs on
    /// several rows together or on no row at all.
    fn failing_row(&self, rows: &Rows) -> Option<usize> {
        let (mut start, mut end) = (0, rows.count);
        while end - start > 1 {
            let middle = start + (end - start) / 2;
            if self.values(&rows.slice(start, middle - start)).is_err() {
                end = middle;
            } else {
                start = middle;
            }
        }
        let alone = end > start && self.values(&rows.slice(start, 1)).is_err();
        let depends_on_rows = self.values(&rows.slice(0, 0)).is_ok();
        (alone && depends_on_rows).then_some(start)
    }
}
