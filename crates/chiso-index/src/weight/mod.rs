//! Weights that are computed: down the tree, from principal components, for balanced importance.
//!
//! Functions of numbers only: which nodes they concern and what is done with them is the recipe's.

pub mod balance;
pub mod effective;
pub mod principal;
