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
//!
//! # What to know when writing one
//!
//! * **NULL** means unknown: `x + NULL` and `x = NULL` are NULL, `NULL AND FALSE` is FALSE,
//!   `x NOT IN (1, NULL)` is never TRUE. A condition holds where it is TRUE.
//! * **Whole numbers** stay whole: `7 / 2` is 3. Write `7 / 2.0`, or `CAST(x AS DOUBLE) / y`. The
//!   narrowest type that holds both operands is taken, so a TINYINT column plus `1` is a BIGINT;
//!   a sum of two TINYINT columns is a TINYINT and wraps around beyond 127, without an error.
//! * **Division by zero** of whole numbers and decimals is an error that names the row;
//!   of floats it is infinite or NaN. `x / nullif(y, 0)` is NULL there.
//! * **CASE** computes a result only for the rows of its branch, and COALESCE a later argument
//!   only where the earlier are NULL: they guard a division. AND and OR do not: their right side
//!   may be computed for all rows.
//! * **A text compared with a number** is read as a number of that type; one that is no number is
//!   an error. In the results of CASE a number next to a text becomes text.
//! * **Names** need no regard to case, other than in DataFusion, which puts unquoted names into
//!   lower case: the column spelled exactly so is meant; where there is none, the one that differs
//!   in case alone; where there are several such, quotes must decide.
//!
//! # Where it differs from DataFusion
//!
//! The test `against_datafusion` holds the same text on the same table against the parser,
//! planner, type coercion, simplifier and physical expressions of DataFusion 55.2: type, values
//! and NULLs are the same, or both refuse. It also holds that these differences, and no others
//! known, are there:
//!
//! | text | here | DataFusion 55.2 |
//! |---|---|---|
//! | `HI_CHOL` for a column of that name | the column | refused: only `"HI_CHOL"` is |
//! | a column of dictionary type | its values | a dictionary, until something is computed from it |
//! | −0 in `IN` | equals 0, as in `=` | equals 0 in lists of one, or for a column of up to three; else not |
//! | `-CASE WHEN b THEN u8 ELSE f32 END` | the sign is judged by the common type, FLOAT | by the first result's: refused |
//! | `CASE WHEN b THEN round(d, 1) ELSE n END`, `d` a DECIMAL | as many decimal places as `round` leaves | as many as `d` has; the same value |
//! | `n + 1 IN (CASE WHEN b THEN n + 1 WHEN c THEN n END, 0)` | TRUE where `b` | NULL: an item that is one NULL on a table without rows counts as NULL |
//! | `1 / 0 > 1 AND FALSE` | an error | FALSE: the simplifier drops the part |
//! | `x LIKE 'y' ESCAPE '#'` | refused: the escape sign is the backslash | accepted for some patterns |

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
