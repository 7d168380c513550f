//! Feeds arbitrary text to the reader of survey specifications.
#![no_main]

#[path = "../checks/specification.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));
