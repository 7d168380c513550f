//! Where an output comes from: digests of its inputs, versions, rules.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use chiso_index::pack::PackFiles;
use chiso_index::{Pack, Scored, output};
use chiso_units::UnitList;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What scores were computed from.
pub struct Inputs<'a> {
    /// The index.
    pub pack: &'a Pack,
    /// The files of its pack.
    pub pack_files: &'a PackFiles,
    /// The observations.
    pub data: &'a Path,
    /// The weights of a merger.
    pub weights: Option<&'a Path>,
    /// The list of units.
    pub list: Option<&'a UnitList>,
    /// The rule by which the observations were derived.
    pub derived: Option<&'a str>,
    /// The scored editions.
    pub editions: &'a [&'a Scored],
    /// The table: its name and bytes.
    pub output: (&'a str, &'a [u8]),
}

/// The provenance of a table of scores, as JSON. It holds no time and no absolute path: the same
/// inputs give the same bytes.
pub fn of_scores(inputs: &Inputs<'_>) -> Result<Vec<u8>> {
    let weights = inputs.weights.map(file_digest).transpose()?;
    let flags: serde_json::Map<String, Value> = output::FLAG_MEANINGS
        .iter()
        .map(|(word, meaning)| ((*word).to_owned(), json!(meaning)))
        .collect();
    let provenance = json!({
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "index": inputs.pack.id,
        "pack_sha256": pack_digest(inputs.pack_files),
        "data": file_name(inputs.data),
        "data_sha256": file_digest(inputs.data)?,
        "units": inputs.list.map(UnitList::id),
        "derived": inputs.derived,
        "weights_sha256": weights,
        "seed": null,
        "seed_note": "nothing here is drawn at random",
        "standard_errors": "passed through where the observations have them; otherwise flagged no_se",
        "editions": inputs.editions.iter().map(|scored| edition(scored)).collect::<Vec<_>>(),
        "flags": flags,
        "output": inputs.output.0,
        "output_sha256": hex(&Sha256::digest(inputs.output.1)),
    });
    let mut bytes = serde_json::to_vec_pretty(&provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn edition(scored: &Scored) -> Value {
    let version = &scored.version;
    let groups: Option<Vec<&str>> = version
        .group
        .as_ref()
        .map(|group| group.names.iter().map(|name| name.en.as_str()).collect());
    json!({
        "edition": scored.edition.0,
        "version": version.id,
        "inferred": version.inferred_from.is_some(),
        "units": scored.units.len(),
        "ranked": scored.ranked(scored.root()),
        "groups": groups,
        "group_boundaries": scored.group_boundaries(scored.root()),
    })
}

/// The digest of a pack: of the paths and contents of its files, in the order of their paths.
pub fn pack_digest(files: &PackFiles) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in &files.files {
        hasher.update((path.len() as u64).to_le_bytes());
        hasher.update(path);
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hex(&hasher.finalize())
}

/// The digest of bytes: SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn file_digest(path: &Path) -> Result<String> {
    let shown = || format!("{}: cannot be read", path.display());
    let mut file = fs::File::open(path).with_context(shown)?;
    let mut hasher = Sha256::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = file.read(&mut buffer).with_context(shown)?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
