//! The methods of an index's construction as kernels on slices: one column (or a few) in, one out.
//!
//! A column is one node's values over rows (units); NaN in a slice means that there is no value.
//! Kernels know neither packs nor trees: a recipe puts them together.

pub mod aggregate;
pub mod denominate;
pub mod envelopment;
pub mod impute;
pub mod moments;
pub mod normalise;
pub mod outrank;
pub mod pareto;
pub mod screen;
pub mod treat;
