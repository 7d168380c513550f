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

pub mod indices;
pub mod points;
pub mod rank_statistics;
pub mod specification;
pub mod weights;
