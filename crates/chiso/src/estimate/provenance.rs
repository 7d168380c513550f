//! Where estimates come from: digests of the inputs, versions, seeds, and what weighting did.

use anyhow::Result;
use chiso_survey::calibrate::WeightSummary;
use chiso_survey::plan::{Trimming, Weighed, Weighting};
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
    /// What replication, calibration and trimming did.
    pub weighed: &'a Weighed,
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
        "replicates": sources.weighed.replication.as_ref().map(|replication| json!({
            "count": replication.weights().replicates(),
            "scale": replication.weights().scale,
            "degrees_of_freedom": replication.degrees_of_freedom(),
        })),
        "weights": weights_report(sources.weighed),
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

/// The weights before and after calibration and trimming, as JSON.
pub fn weights_report(weighed: &Weighed) -> Value {
    json!({
        "calibration": weighed.weighting.as_ref().map(calibration_report),
        "trimming": weighed.trimming.as_ref().map(trimming_report),
    })
}

fn trimming_report(trimming: &Trimming) -> Value {
    json!({
        "before": summary(&trimming.before),
        "after": summary(&trimming.after),
        "rows_cut": trimming.cut,
        "rounds": trimming.rounds,
    })
}

fn calibration_report(weighting: &Weighting) -> Value {
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
        "replicates_that_missed_a_total": weighting.failed_replicates,
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
