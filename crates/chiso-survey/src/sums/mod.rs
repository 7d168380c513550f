//! The reduction: answers become sums per (cluster, domain, calibration cell), once.
//!
//! A block of rows is reduced on its own, by any thread; blocks are merged in their order, so the
//! result has the same bits whatever the number of threads. What is kept grows with the number of
//! groups, not of rows.

mod block;
mod codes;
mod merged;
mod moments;
mod pairs;
mod rows;

pub use block::{BlockColumns, BlockSums, BlockTabulation};
pub use codes::CodeTable;
pub(crate) use merged::degrees_of_freedom;
pub use merged::{Group, MergedIds, Reduction, Sample, Sums};
pub use moments::{ColumnError, Moments, numbers};
pub use pairs::PairMoments;
pub use rows::{BlockRows, Rows};
