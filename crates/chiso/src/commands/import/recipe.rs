//! The steps that an import is given instead of the usual recipe.

use std::path::Path;

use anyhow::{Context, Result};

use crate::sheets;

/// The name by which the recipe of COINr's example is asked for.
const EXAMPLE: &str = "coinr-example";
const EXAMPLE_STEPS: &str = include_str!("coinr-example.toml");

/// The name and text of the steps that a word or a file gives.
///
/// # Errors
/// When the file cannot be read as text.
pub fn read(place: &str) -> Result<(String, String)> {
    if place == EXAMPLE {
        return Ok((EXAMPLE.to_owned(), EXAMPLE_STEPS.to_owned()));
    }
    let bytes = sheets::bytes(Path::new(place)).with_context(|| {
        format!("--recipe: expected a file of [[version.step]] tables or {EXAMPLE}")
    })?;
    let text = String::from_utf8(bytes).ok().with_context(|| {
        format!("{place}: found bytes that are not UTF-8; expected TOML in UTF-8")
    })?;
    Ok((place.to_owned(), text))
}
