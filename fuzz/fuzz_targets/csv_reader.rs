//! Feeds arbitrary bytes to the reader of delimited text.
#![no_main]

#[path = "../checks/csv_reader.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));
