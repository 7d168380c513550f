//! The index engine: a pack and observations become scores, ranks and groups.
//!
//! Its one job is to compute an index exactly as its pack defines it. It never knows a particular
//! index, never reads a file or a clock, and never explains: what a change means is the work of
//! `chiso-explain`, and reading and writing files is the work of the command line.
//!
//! ```text
//! files' text ──► pack::Pack ─┐
//!                             ├─► score::Scored (one edition) ─► output: CSV, Parquet, provenance
//! rows        ──► observations┘
//! ```

pub mod audit;
pub mod engine;
pub mod import;
pub mod method;
pub mod numbers;
pub mod observations;
pub mod output;
pub mod pack;
pub mod problem;
pub mod rank_set;
pub mod recipe;
pub mod score;
pub mod sensitivity;
pub mod weight;

pub use observations::{Observations, Value};
pub use pack::{Edition, NodeIndex, Pack, Text, Version};
pub use problem::{Problem, Severity};
pub use score::{Panel, Scored};
