//! The design as it was understood, for a person to check.

use std::fmt::Write;

use chiso_survey::calibrate::{WeightMoments, WeightSummary};
use chiso_survey::design::Structure;
use chiso_survey::plan::{Weighed, Weighting};
use chiso_survey::specification::Specification;
use chiso_survey::sums::Sample;

/// Lonely strata that are listed by name.
const LISTED: usize = 10;

/// Strata, clusters, lonely ones and sampling weights.
pub fn explain(
    specification: &Specification,
    sample: &Sample,
    weights_before: &WeightMoments,
) -> String {
    let structure = &sample.structure;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "rows                 {}", structure.rows);
    stages(&mut text, specification, structure);
    lonely(&mut text, structure);
    let _ = writeln!(
        text,
        "degrees of freedom   {} (clusters of stage 1 less strata)",
        sample.degrees_of_freedom()
    );
    if let Some(summary) = WeightSummary::from_moments(weights_before) {
        weights(&mut text, structure, &summary);
    }
    for (place, sums) in sample.tabulations.iter().enumerate() {
        if sums.without_domain > 0 {
            let _ = writeln!(
                text,
                "left out             {} rows without a value of by (tabulation {})",
                sums.without_domain,
                place + 1
            );
        }
    }
    text
}

/// What calibration, trimming and replication did.
pub fn explain_weighing(weighed: &Weighed) -> String {
    let mut text = String::new();
    if let Some(weighting) = &weighed.weighting {
        calibration(&mut text, weighting);
    }
    if let Some(trimming) = &weighed.trimming {
        let _ = writeln!(
            text,
            "trimmed              {} rows in {} rounds: weights {:.6} to {:.6}, design effect of weighting {:.4}",
            trimming.cut,
            trimming.rounds,
            trimming.after.min,
            trimming.after.max,
            trimming.after.design_effect
        );
    }
    if let Some(replication) = &weighed.replication {
        let _ = writeln!(
            text,
            "replicates           {}, {} degrees of freedom",
            replication.weights().replicates(),
            replication.degrees_of_freedom()
        );
    }
    text
}

fn stages(text: &mut String, specification: &Specification, structure: &Structure) {
    let given = specification.design.clusters.len().max(1);
    for (stage, (strata, clusters)) in structure.strata.iter().zip(&structure.clusters).enumerate()
    {
        let sampled = strata.iter().map(|stratum| stratum.sampled);
        let (least, most) = (
            sampled.clone().min().unwrap_or(0),
            sampled.max().unwrap_or(0),
        );
        let unit = specification
            .design
            .clusters
            .get(stage)
            .map_or("rows", |column| column.text());
        let _ = writeln!(
            text,
            "stage {}              {} clusters ({unit}) in {} strata, {least} to {most} in each",
            stage + 1,
            clusters.len(),
            strata.len(),
        );
        if structure.has_fpc {
            let full = clusters
                .iter()
                .filter(|c| c.population <= f64::from(strata[c.stratum as usize].sampled))
                .count();
            let _ = writeln!(
                text,
                "                     {full} clusters in strata taken in full"
            );
        } else {
            let _ = writeln!(
                text,
                "                     drawn with replacement: no fpc is given"
            );
        }
    }
    if structure.depth() < given {
        let _ = writeln!(
            text,
            "                     stages {} to {given} add nothing to the variance of such a draw",
            structure.depth() + 1,
        );
    }
}

fn lonely(text: &mut String, structure: &Structure) {
    let names: Vec<String> = structure
        .lonely_strata()
        .map(|stratum| stratum.key.to_string())
        .collect();
    let more = names.len().saturating_sub(LISTED);
    let listed = names[..names.len().min(LISTED)].join(", ");
    let _ = match (names.len(), more) {
        (0, _) => writeln!(text, "lonely strata        none"),
        (count, 0) => writeln!(text, "lonely strata        {count}: {listed}"),
        (count, more) => writeln!(
            text,
            "lonely strata        {count}: {listed} and {more} more"
        ),
    };
}

fn weights(text: &mut String, structure: &Structure, summary: &WeightSummary) {
    let origin = if structure.weights_assumed {
        " (none are given: every row weighs 1)"
    } else if structure.weights_implied {
        " (from fpc: population over sample)"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "weights              {:.6} to {:.6}, sum {:.3}, cv {:.4}{origin}",
        summary.min, summary.max, summary.sum, summary.cv
    );
    let _ = writeln!(
        text,
        "                     design effect of weighting {:.4}, effective n {:.1}",
        summary.design_effect, summary.effective_n
    );
    if structure.zero_weights > 0 {
        let _ = writeln!(
            text,
            "                     {} rows weigh 0",
            structure.zero_weights
        );
    }
}

fn calibration(text: &mut String, weighting: &Weighting) {
    let report = &weighting.report;
    let _ = writeln!(
        text,
        "calibrated           {} iterations, factors {:.6} to {:.6}",
        report.iterations, report.factor_min, report.factor_max
    );
    let after = &report.after;
    let _ = writeln!(
        text,
        "                     weights {:.6} to {:.6}, sum {:.3}, design effect of weighting {:.4}",
        after.min, after.max, after.sum, after.design_effect
    );
    for ((margin, category), reached) in weighting.names.iter().zip(&report.totals) {
        let name = if category.is_empty() {
            margin.clone()
        } else {
            format!("{margin} = {category}")
        };
        let _ = writeln!(
            text,
            "                     {name}: {} → {} (wanted {})",
            reached.before, reached.reached, reached.wanted
        );
    }
}
