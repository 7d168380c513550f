//! The kernels against COINr 1.1.14 on the ASEM data, at full precision.

mod aggregate;
mod asem;
mod audit;
mod common;
mod engine;
mod impute;
mod normalise;
mod pareto;
mod reader;
mod replay;
mod sensitivity;
mod standings;
mod steps;
mod weights;
