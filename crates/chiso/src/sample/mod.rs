//! Drawing the next sample: a plan in TOML and a frame in, units with their probabilities out.

mod allocation;
mod columns;
mod frame;
mod output;
mod plan;
mod raw;
mod report;
mod size;
mod skeleton;

pub use allocation::{Allocated, allocate};
pub use frame::{ReadFrame, read};
pub use output::{provenance, sample_table};
pub use plan::Design;
pub use report::{Drawn, frame_text, report_json, report_text};
pub use size::SizeArguments;
pub use skeleton::skeleton;
