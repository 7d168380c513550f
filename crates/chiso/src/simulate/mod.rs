//! Simulated answers for an index whose published scores travel with the program: from
//! `data/simulated/ID/` and the published scores to a file of answers, a specification for
//! `chiso estimate`, and a comparison of what comes back with what was published.
//!
//! Nobody gave these answers. Every file says so in its name, its columns and its texts.

mod codebook;
mod compare;
mod design;
mod make;
mod output;
mod published;
mod totals;

pub use compare::compare;
pub use make::{Made, make};
pub use output::{ANSWERS, CODEBOOK, SPECIFICATION};
pub use published::{Published, published};
pub use totals::{Totals, totals};

use anyhow::{Result, bail};

use crate::files;

/// What every table and file says of its rows.
pub const LABEL: &str = "SIMULATED answers: nobody gave them. They are drawn so that the published scores come back within sampling error.";

/// The ids of the indices with a simulation.
pub fn indices() -> Vec<String> {
    let folders = files::DATA.get_dir("simulated").into_iter();
    let folders = folders.flat_map(|folder| folder.dirs());
    let names = folders.filter_map(|folder| folder.path().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// The text of a file of an index's simulation.
///
/// # Errors
/// When there is none.
fn shipped(index: &str, name: &str) -> Result<(String, &'static str)> {
    let path = format!("simulated/{index}/{name}");
    let text = files::DATA
        .get_file(&path)
        .and_then(|file| file.contents_utf8());
    match text {
        Some(text) => Ok((format!("data/{path}"), text)),
        None => bail!(
            "found no simulation of {index}; expected one of {}",
            indices().join(", ")
        ),
    }
}
