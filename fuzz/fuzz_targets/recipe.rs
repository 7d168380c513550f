//! Feeds arbitrary text to the reader of packs and to the engine.
#![no_main]

#[path = "../checks/recipe.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));
