//! Uncertainty of method: what scores and ranks would be under other choices, and which choice
//! matters.
//!
//! Its one job is to run a recipe at many points of its alternatives and to say what came of it. It
//! neither chooses alternatives nor judges them; the maker of an index does.
//!
//! ```text
//! points (unit cube) ─► choices, weights ─► runs of the recipe ─► scores, ranks ─┬─► rank statistics
//!                                                                               └─► Sobol indices
//! ```

mod bank;
mod bound;
pub mod indices;
pub mod leave_out;
pub mod output;
pub mod points;
pub mod rank_statistics;
pub mod results;
mod run;
pub mod specification;
pub mod study;
pub mod weights;

pub use results::{NodeResults, Results};
pub use run::Failure;
pub use specification::Specification;
pub use study::{Study, StudyFault, Subject};
