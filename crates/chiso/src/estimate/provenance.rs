//! Where estimates come from: digests of the inputs, versions, seeds, and what weighting did.

use anyhow::Result;
use chiso_survey::calibrate::WeightSummary;
use chiso_survey::plan::Weighting;
use chiso_survey::results::Flag;
use chiso_survey::specification::{ReplicateMethod, Specification};
use chiso_survey::sums::Sample;
use serde_json::{Value, json};

use super::Inputs;

/// What the output was made from.
pub struct Sources<'a> {
    /// The specification and the files.
    pub inputs: &'a Inputs,
    /// The sample that they hold.
    pub sample: &'a Sample,
    /// What calibration did.
    pub weighting: Option<&'a Weighting>,
    /// The files written: names and bytes.
    pub outputs: &'a [(&'a str, &'a [u8])],
}

/// The provenance, as JSON. It holds no time and no absolute path: the same inputs give the same
/// bytes.
pub fn provenance(sources: &Sources<'_>) -> Result<Vec<u8>> {
    let inputs = sources.inputs;
    let structure = &sources.sample.structure;
    let data = inputs
        .tables
        .iter()
        .map(|table| {
            let name = table
                .path()
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Ok(json!({ "file": name, "sha256": table.digest()? }))
        })
        .collect::<Result<Vec<Value>>>()?;
    let outputs: serde_json::Map<String, Value> = sources
        .outputs
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), json!(crate::provenance::digest(bytes))))
        .collect();
    let flags: serde_json::Map<String, Value> = Flag::ALL
        .iter()
        .map(|flag| (flag.word().to_owned(), json!(flag.meaning())))
        .collect();
    let provenance = json!({
        "program": concat!("chiso ", env!("CARGO_PKG_VERSION")),
        "specification_sha256": inputs.digest,
        "data": data,
        "rows": structure.rows,
        "clusters": structure.clusters[0].len(),
        "strata": structure.strata[0].len(),
        "degrees_of_freedom": sources.sample.degrees_of_freedom(),
        "seed": seed(&inputs.specification),
        "calibration": sources.weighting.map(weights_report),
        "flags": flags,
        "outputs_sha256": outputs,
    });
    let mut bytes = serde_json::to_vec_pretty(&provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The seed, where something was drawn.
fn seed(specification: &Specification) -> Option<u64> {
    let replicates = specification.replicates.as_ref()?;
    let drawn = matches!(
        replicates.method,
        ReplicateMethod::Bootstrap | ReplicateMethod::RaoWu
    );
    drawn.then_some(replicates.seed)
}

/// The weights before and after calibration, as JSON.
pub fn weights_report(weighting: &Weighting) -> Value {
    let report = &weighting.report;
    let totals: Vec<Value> = weighting
        .names
        .iter()
        .zip(&report.totals)
        .map(|((margin, category), reached)| {
            json!({
                "margin": margin,
                "category": category,
                "wanted": reached.wanted,
                "before": reached.before,
                "reached": reached.reached,
            })
        })
        .collect();
    json!({
        "before": summary(&report.before),
        "after": summary(&report.after),
        "factor_min": report.factor_min,
        "factor_max": report.factor_max,
        "iterations": report.iterations,
        "converged": report.converged,
        "totals": totals,
    })
}

fn summary(weights: &WeightSummary) -> Value {
    json!({
        "n": weights.n,
        "sum": weights.sum,
        "min": weights.min,
        "quartiles": weights.quartiles,
        "max": weights.max,
        "cv": weights.cv,
        "design_effect": weights.design_effect,
        "effective_n": weights.effective_n,
    })
}
