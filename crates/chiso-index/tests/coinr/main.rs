//! The kernels against COINr 1.1.14 on the ASEM data, at full precision.

mod aggregate;
mod audit;
mod common;
mod engine;
mod impute;
mod normalise;
mod pareto;
mod reader;
mod sensitivity;
mod steps;
mod weights;
