//! Feeds arbitrary bytes to the readers of binary formats.
#![no_main]

#[path = "../checks/table_reader.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));
