//! SQL scalar expressions over Arrow columns: the `sqlparser` grammar evaluated on Arrow's own
//! kernels, a stated subset, with the semantics of Apache DataFusion 55. It reads no file and
//! never invents syntax or semantics.
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow_array::{Array, Int8Array, RecordBatch};
//! use chiso_expr::Expression;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let answers = Int8Array::from(vec![Some(3), Some(1), Some(99), None]);
//! let batch = RecordBatch::try_from_iter([("d402", Arc::new(answers) as _)])?;
//!
//! // 99 is "refused": no answer. From 3 on the citizen is satisfied.
//! let expression = Expression::parse("nullif(d402, 99) >= 3")?;
//! assert_eq!(expression.columns(), ["d402"]);
//!
//! let bound = expression.bind(batch.schema_ref())?;
//! let satisfied = bound.evaluate_f64(&batch)?;
//! assert_eq!(satisfied.iter().collect::<Vec<_>>(), [Some(1.0), Some(0.0), None, None]);
//! # Ok(())
//! # }
//! ```
//!
//! # The subset
//!
//! | what | how it is written |
//! |---|---|
//! | literals | `12` (BIGINT), `18446744073709551615` (BIGINT UNSIGNED), `1.5`, `1e3` (DOUBLE), `'text'`, `TRUE`, `FALSE`, `NULL`, `DATE '2025-07-01'` |
//! | columns | `name`, `"Name with signs"` |
//! | arithmetic | `+ - * / %`, `-x`, `+x` |
//! | comparison | `= <> != < <= > >=`, `IS [NOT] DISTINCT FROM`, `[NOT] BETWEEN … AND …`, `[NOT] IN (…)` |
//! | logic | `AND`, `OR`, `NOT`, `IS [NOT] NULL`, `IS [NOT] TRUE`, `IS [NOT] FALSE`, `IS [NOT] UNKNOWN` |
//! | choice | `CASE WHEN … THEN … ELSE … END`, `CASE x WHEN … THEN … END`, `coalesce`, `nullif`, `greatest`, `least` |
//! | conversion | `CAST(x AS type)`, `TRY_CAST(x AS type)`, `x::type` |
//! | numbers | `abs`, `round(x[, places])`, `floor`, `ceil`, `sqrt`, `power` (`pow`), `ln`, `log10`, `exp` |
//! | text | `[NOT] LIKE`, `[NOT] ILIKE`, `‖` (two bars), `lower`, `upper`, `trim` (`btrim`, `ltrim`, `rtrim`, `TRIM(LEADING … FROM …)`), `length` (`char_length`, `character_length`), `substr` (`substring`, `SUBSTRING(… FROM … FOR …)`) |
//! | types of columns | booleans, whole numbers of 8 to 64 bits, FLOAT, DOUBLE, DECIMAL of up to 38 digits, texts, dates (`Date32`), and dictionaries of them |
//! | types of CAST | `BOOLEAN`, `TINYINT`, `SMALLINT`, `INT`, `BIGINT` and each `UNSIGNED`, `FLOAT`, `REAL`, `DOUBLE`, `DECIMAL(p, s)`, `VARCHAR`, `CHAR`, `TEXT`, `STRING`, `DATE` |
//!
//! Anything else is refused by [`Expression::parse`] with its name and place.

mod bind;
mod bound;
mod call;
mod case;
mod choice;
mod coerce;
mod error;
mod evaluate;
mod expression;
mod function;
mod infallible;
mod logic;
mod math;
mod names;
mod node;
mod operators;
mod parse;
mod parse_call;
mod parse_type;
mod plan;
mod round;
mod text;
mod typed;
mod value;

pub use bound::BoundExpression;
pub use error::{BindError, EvaluateError, ParseError};
pub use expression::Expression;
