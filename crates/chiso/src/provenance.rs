//! Where an output comes from: digests of its inputs, versions, rules.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chiso_index::pack::PackFiles;
use chiso_index::{Scored, output};
use chiso_units::UnitList;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::commands::score::{Arguments, Format, Inputs};

/// The provenance of a table of scores, as JSON. It holds no time and no absolute path: the same
/// inputs give the same bytes.
///
/// # Errors
/// When an input cannot be read again.
pub fn of_scores(
    arguments: &Arguments,
    inputs: &Inputs,
    editions: &[&Scored],
    sensitivity: Option<&Value>,
    outputs: &[(&str, Vec<u8>)],
) -> Result<Vec<u8>> {
    let file = |path: &Option<PathBuf>| -> Result<Value> {
        Ok(match path {
            Some(path) => json!({ "file": file_name(path), "sha256": file_digest(path)? }),
            None => Value::Null,
        })
    };
    let flags: serde_json::Map<String, Value> = output::FLAG_MEANINGS
        .iter()
        .map(|(word, meaning)| ((*word).to_owned(), json!(meaning)))
        .collect();
    let digests: serde_json::Map<String, Value> = outputs
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), json!(digest(bytes))))
        .collect();
    let drawn = editions.iter().any(|scored| scored.carried().is_some());
    let provenance = json!({
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "index": inputs.pack.id,
        "pack": file_name(Path::new(&arguments.pack)),
        "pack_sha256": pack_digest(&inputs.pack_files),
        "data": file(&arguments.data)?,
        "survey": inputs.survey.as_ref().map(|survey| &survey.provenance),
        "survey_specification": file(&arguments.survey)?,
        "context": file(&arguments.context)?,
        "covariances": file(&arguments.covariances)?,
        "merger_weights": file(&arguments.weights)?,
        "sensitivity_specification": file(&arguments.sensitivity)?,
        "sensitivity": sensitivity,
        "units": inputs.list.map(UnitList::id),
        "derived": inputs.observations.derived(),
        "options": {
            "edition": arguments.edition,
            "format": match arguments.format { Format::Csv => "csv", Format::Parquet => "parquet" },
            "confidence": arguments.confidence,
            "draws": arguments.draws,
            "seed": arguments.seed,
            "top": arguments.top,
            "units": arguments.units,
        },
        "seed_note": match drawn {
            true => "rank sets and group probabilities are drawn with this seed",
            false => "nothing here is drawn at random",
        },
        "editions": editions.iter().map(|scored| edition(scored)).collect::<Vec<_>>(),
        "flags": flags,
        "outputs_sha256": digests,
    });
    let mut bytes = serde_json::to_vec_pretty(&provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What an audit was made from.
pub struct AuditSources<'a> {
    /// The files of the pack.
    pub pack_files: &'a PackFiles,
    /// The index.
    pub index: &'a str,
    /// The observations.
    pub data: &'a Path,
    /// What is known of units beside them.
    pub context: Option<&'a Path>,
    /// The edition that was audited.
    pub edition: i32,
    /// The seed of the rank sets, where there are any.
    pub seed: Option<u64>,
    /// Names and contents of the files that were written.
    pub outputs: &'a [(&'static str, Vec<u8>)],
}

/// The provenance of an audit, as JSON; no time and no absolute path, as that of scores.
///
/// # Errors
/// When an input cannot be read again.
pub fn of_audit(sources: &AuditSources<'_>) -> Result<Vec<u8>> {
    let file = |path: &Path| -> Result<Value> {
        Ok(json!({ "file": file_name(path), "sha256": file_digest(path)? }))
    };
    let digests: serde_json::Map<String, Value> = sources
        .outputs
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), json!(digest(bytes))))
        .collect();
    let provenance = json!({
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "index": sources.index,
        "pack_sha256": pack_digest(sources.pack_files),
        "data": file(sources.data)?,
        "context": sources.context.map(file).transpose()?,
        "edition": sources.edition,
        "seed": sources.seed,
        "seed_note": match sources.seed {
            Some(_) => "rank sets are drawn with this seed",
            None => "nothing here is drawn at random",
        },
        "outputs_sha256": digests,
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
        "standard_errors": scored.carried().map_or(
            "none: the observations have none",
            chiso_index::score::Carried::words,
        ),
        "steps": version.recipe.iter().map(|step| step.name()).collect::<Vec<_>>(),
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

/// The digest of a file.
///
/// # Errors
/// When it cannot be read.
pub fn file_digest(path: &Path) -> Result<String> {
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
