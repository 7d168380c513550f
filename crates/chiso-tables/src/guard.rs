//! Turns a panic of another crate's decoder into an error.
//!
//! Decoders check most of what a damaged file may hold, but not all: random changes to valid
//! Parquet files reach assertions in the decoder (a bit width beyond the type's, among others).
//! A file must not be able to end the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `decode` gives, or what its panic said.
///
/// The decoder's state is dropped after a panic: [`crate::Batches`] asks for nothing more after
/// an error, so that no half-changed state is seen.
pub(crate) fn guarded<T, E: std::fmt::Display>(
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("content that the decoder cannot read")
            .to_string()),
    }
}
