//! Files that are written whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes files into a folder, which is made if need be as are folders inside it that a name
/// states: all are written beside their places first, then each takes its place.
///
/// # Errors
/// When the folder or a file cannot be written; no file has then taken its place, save where a
/// rename fails after another has succeeded.
pub fn write(folder: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    for (name, _) in files {
        let place = folder.join(name);
        let inner = place.parent().unwrap_or(folder);
        fs::create_dir_all(inner)
            .with_context(|| format!("{}: cannot be made", inner.display()))?;
    }
    let staged = |name: &str| match name.rsplit_once('/') {
        Some((inner, name)) => folder.join(inner).join(format!(".{name}.part")),
        None => folder.join(format!(".{name}.part")),
    };
    let outcome = files.iter().try_for_each(|(name, bytes)| {
        let path = staged(name);
        let mut file = fs::File::create(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = outcome {
        for (name, _) in files {
            // What could not be written may not be there to remove.
            let _ = fs::remove_file(staged(name));
        }
        return Err(error).with_context(|| format!("{}: cannot be written", folder.display()));
    }
    for (name, _) in files {
        let place = folder.join(name);
        fs::rename(staged(name), &place)
            .with_context(|| format!("{}: cannot be written", place.display()))?;
    }
    Ok(())
}
