//! Estimates from files of answers: reading them in one pass, and turning sums into tables.

pub mod pass;
