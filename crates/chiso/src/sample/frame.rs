//! The list of units, read from a table.

use std::path::Path;

use anyhow::{Context, Result, bail};
use chiso_survey::key::Key;
use chiso_survey::select::{Frame, FrameRow};

use super::columns::Columns;
use super::plan::Design;

/// A frame and where it came from.
pub struct ReadFrame {
    /// The units.
    pub frame: Frame,
    /// The file's name.
    pub file: String,
    /// Its SHA-256.
    pub digest: String,
}

/// Reads the columns of a design: identifiers of every level, the size, certainty flags.
///
/// # Errors
/// A column that is missing or of the wrong type; an identifier that is missing or holds a slash;
/// what [`Frame::new`] refuses.
pub fn read(path: &Path, design: &Design) -> Result<ReadFrame> {
    let columns = Columns::open(path, design.sheet.as_deref())?;
    let shown = path.display().to_string();
    let levels = design.frame_levels();
    let ids = levels
        .iter()
        .map(|level| columns.keys(level))
        .collect::<Result<Vec<_>>>()?;
    let sizes = design
        .size
        .as_ref()
        .map(|name| columns.numbers(name))
        .transpose()?;
    let depth = design.plan.domain_levels.len();
    let mut flags: Vec<Option<Vec<bool>>> = vec![None; levels.len()];
    for (stage, name) in design.certain.iter().enumerate() {
        if let (Some(name), Some(of_level)) = (name, flags.get_mut(depth + stage)) {
            *of_level = Some(columns.flags(name)?);
        }
    }
    let any_flag = flags.iter().any(Option::is_some);
    let mut rows = Vec::new();
    for row in 0..ids.first().map_or(0, Vec::len) {
        let path = levels
            .iter()
            .zip(&ids)
            .map(|(level, ids)| identifier(&shown, row, level, &ids[row]))
            .collect::<Result<_>>()?;
        let flag = |of_level: &Option<Vec<bool>>| of_level.as_ref().is_some_and(|all| all[row]);
        rows.push(FrameRow {
            path,
            size: sizes.as_ref().and_then(|sizes| sizes[row]),
            certain: if any_flag {
                flags.iter().map(flag).collect()
            } else {
                Vec::new()
            },
        });
    }
    let file = path.file_name().unwrap_or_default();
    Ok(ReadFrame {
        frame: Frame::new(levels, rows).with_context(|| shown)?,
        file: file.to_string_lossy().into_owned(),
        digest: columns.table.digest()?,
    })
}

/// The identifier of a unit: slashes join those of several levels.
fn identifier(shown: &str, row: usize, level: &str, key: &Key) -> Result<String> {
    let text = key.to_string();
    if text.contains('/') {
        bail!(
            "{shown}, row {}: found {level} `{text}`; expected an identifier without /",
            row + 1
        );
    }
    Ok(text)
}
