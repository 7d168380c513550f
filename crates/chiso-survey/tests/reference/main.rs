//! Every row of R `survey` 4.5's results that belongs to the estimators here, within 1e-10.
//!
//! A test is a file of results or a family of designs in it. It names each row it fails on and
//! prints, by function, how many rows it compared and how many it left out, with the reason; the
//! counts are asserted, so that a row cannot be lost unnoticed.

mod calibration;
mod calibrations;
mod designs;
mod evaluate;
mod further;
mod lonely;
mod microdata;
mod multistage;
mod proportions;
mod quantiles;
mod replicates;
mod table;
mod taylor;
mod tests_of_independence;

#[path = "../support/mod.rs"]
mod support;
