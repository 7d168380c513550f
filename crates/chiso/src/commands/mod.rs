//! One module for each command.

pub mod check;
pub mod demo;
pub mod estimate;
pub mod explain;
pub mod import;
pub mod sample;
pub mod score;
