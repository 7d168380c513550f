//! Feeds arbitrary bytes to the importer of iData and iMeta.
#![no_main]

#[path = "../checks/coinr_tables.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));
