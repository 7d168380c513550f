//! Estimates from files of answers: reading them in one pass, and turning sums into tables.

mod explain;
mod inputs;
mod output;
mod part;
mod pass;
mod provenance;

pub use explain::{explain, explain_weighing};
pub use inputs::Inputs;
pub use output::{
    Format, Labels, covariance_table, estimates_table, node_covariances_table, observations_table,
    tests_table,
};
pub use pass::reduce;
pub use provenance::{Sources, provenance, weights_report};
