//! Recipes through packs: what they refuse, what they can do, what always holds.

mod common;
mod faults;
mod features;
mod fuzzed;
mod numbers;
mod properties;
mod sampling;
