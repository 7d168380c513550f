//! The engine: a matrix of leaves × units and a compiled recipe give the scores of every node.
//!
//! Its one job is to carry a recipe out, once or ten thousand times. It never reads observations,
//! ranks or explains; [`crate::score`] does.
//!
//! ```text
//! Version + Frame + Context ──Plan::new──► Plan (stages, each with its kernel bound to columns)
//!                                            │
//! Leaves (values, what does not apply) ──► Runner ──run──► a column per node
//! ```
//!
//! A [`Runner`] keeps what every stage wrote. After a change of leaves, weights, dropped nodes or of
//! a single stage, only the stages from there on run again: a draw that changes a weight does not
//! treat outliers again.

mod aggregate;
mod compile;
mod context;
mod fault;
mod fill;
mod frame;
mod outline;
mod parameters;
mod runner;
mod slopes;
mod stage;
mod weigh;

pub use compile::Plan;
pub use context::{Context, ContextProblem};
pub use fault::StepFault;
pub use frame::{EditionRows, Frame, Leaves};
pub use outline::Outline;
pub use runner::Runner;
pub use stage::Stage;
