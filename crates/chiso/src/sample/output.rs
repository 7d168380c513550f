//! The sample as a table, and where it comes from.

use anyhow::{Result, bail};
use chiso_survey::select::Sample;
use serde_json::json;

use super::report::Drawn;

/// The sample as CSV: a row for each unit, replacements beside those that they replace.
///
/// # Errors
/// When a level has the name of another column.
pub fn sample_table(sample: &Sample) -> Result<Vec<u8>> {
    let header = sample.header();
    for (place, name) in header.iter().enumerate() {
        if header[..place].contains(name) {
            bail!(
                "found a level named {name}; expected a name that no other column of the sample has"
            );
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header)?;
    for unit in &sample.units {
        writer.write_record(sample.record(unit))?;
    }
    Ok(writer.into_inner()?)
}

/// The provenance, as JSON. It holds no time and no path: the same inputs give the same bytes.
pub fn provenance(drawn: &Drawn<'_>, outputs: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let digests: serde_json::Map<String, serde_json::Value> = outputs
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), json!(crate::provenance::digest(bytes))))
        .collect();
    let provenance = json!({
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "plan_sha256": drawn.plan_digest,
        "frame": { "file": drawn.read.file, "sha256": drawn.read.digest },
        "measures": drawn.measures.as_ref().map(|(file, digest)| json!({ "file": file, "sha256": digest })),
        "seed": drawn.seed,
        "generator": "ChaCha20; a stream for each draw, named by its place",
        "selected": drawn.sample.selected().count(),
        "replacements": drawn.sample.units.len() - drawn.sample.selected().count(),
        "outputs_sha256": digests,
    });
    let mut bytes = serde_json::to_vec_pretty(&provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}
