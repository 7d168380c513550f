//! Estimates and their errors from complex samples: designs, estimators, calibration,
//! replication and sample selection. It takes columns or sums and a seed; it never reads a file,
//! a clock or a source of randomness of its own, and does not know what an index is.

pub mod calibrate;
pub mod chi_square;
pub mod contrast;
pub mod design;
pub mod distribution;
pub mod estimate;
pub mod key;
pub mod plan;
pub mod pps;
pub mod proportion;
pub mod quantile;
pub mod replicate;
pub mod results;
pub mod select;
pub mod simulate;
pub mod specification;
pub mod sums;
pub mod variance;
