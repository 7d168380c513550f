//! What the frame holds and what was drawn from it, for a person and for a program.

use std::fmt::Write;

use chiso_survey::select::{
    Bound, FrameReport, LevelSummary, Sample, SampleReport, Share, WeightSummary,
};
use serde_json::{Value, json};

use super::{Allocated, ReadFrame};

/// Units that are listed by name.
const LISTED: usize = 10;

/// A sample and all that led to it.
pub struct Drawn<'a> {
    /// The frame.
    pub read: &'a ReadFrame,
    /// The digest of the plan's text.
    pub plan_digest: &'a str,
    /// The file of measures of an allocation and its digest.
    pub measures: Option<(String, String)>,
    /// The seed.
    pub seed: u64,
    /// What the frame holds.
    pub frame_report: &'a FrameReport,
    /// The divided total.
    pub allocated: Option<&'a Allocated>,
    /// The sample.
    pub sample: &'a Sample,
    /// What it came out as.
    pub sample_report: &'a SampleReport,
}

/// Both reports as text.
pub fn report_text(drawn: &Drawn<'_>) -> String {
    let mut text = frame_text(drawn.read, drawn.frame_report, drawn.allocated);
    sample_text(&mut text, drawn);
    text
}

/// The frame, and how the total is divided; shown before anything is drawn.
pub fn frame_text(read: &ReadFrame, report: &FrameReport, allocated: Option<&Allocated>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "frame                {}, {} rows",
        read.file,
        read.frame.rows().len()
    );
    for level in &report.levels {
        level_text(&mut text, level);
    }
    let pairs = report.duplicates.iter();
    let pairs: Vec<String> = pairs
        .map(|(one, two)| format!("rows {one} and {two}"))
        .collect();
    listed(&mut text, "twice", &pairs);
    listed(&mut text, "without a size", &report.without_size);
    listed(&mut text, "of size 0", &report.of_size_zero);
    for domain in &report.domains {
        let name = match domain.domain.as_str() {
            "" => "all",
            name => name,
        };
        let units: Vec<String> = domain.units.iter().map(ToString::to_string).collect();
        let size = domain
            .size
            .map_or("unknown".to_owned(), |size| size.to_string());
        let _ = writeln!(
            text,
            "domain               {name}: {} units by stage, size {size}",
            units.join(" / ")
        );
    }
    if let Some(allocated) = allocated {
        let _ = writeln!(
            text,
            "allocation           {} units of {}",
            allocated.take, allocated.level
        );
        for Share {
            stratum,
            take,
            exact,
            bound,
        } in &allocated.shares
        {
            let _ = writeln!(
                text,
                "                     {stratum}: {take} ({exact:.3} before rounding; {})",
                bound_words(*bound)
            );
        }
    }
    text
}

fn level_text(text: &mut String, level: &LevelSummary) {
    let _ = write!(text, "{:<20} {} units", level.level, level.units);
    if level.certain > 0 {
        let _ = write!(text, ", {} certain", level.certain);
    }
    if let (Some(smallest), Some(largest)) = (level.smallest, level.largest) {
        let _ = write!(text, ", sizes {smallest} to {largest}, sum {}", level.total);
    }
    text.push('\n');
}

fn listed(text: &mut String, what: &str, names: &[String]) {
    if names.is_empty() {
        let _ = writeln!(text, "{what:<20} none");
        return;
    }
    let more = names.len().saturating_sub(LISTED);
    let shown = names[..names.len() - more].join(", ");
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let _ = writeln!(text, "{what:<20} {}: {shown}{more}", names.len());
}

fn bound_words(bound: Bound) -> &'static str {
    match bound {
        Bound::Rule => "by the rule",
        Bound::Minimum => "the minimum",
        Bound::Whole => "all there are",
    }
}

fn sample_text(text: &mut String, drawn: &Drawn<'_>) {
    let selected = drawn.sample.selected().count();
    let _ = writeln!(
        text,
        "sample               {selected} selected, {} replacements, seed {}",
        drawn.sample.units.len() - selected,
        drawn.seed
    );
    for stage in &drawn.sample_report.stages {
        let name = match stage.domain.as_str() {
            "" => "all",
            name => name,
        };
        let _ = write!(
            text,
            "                     {name}, {}: {} of {} planned, {} certain",
            stage.level, stage.drawn, stage.planned, stage.certain
        );
        if stage.planned_replacements > 0 {
            let _ = write!(
                text,
                ", {} of {} replacements",
                stage.drawn_replacements, stage.planned_replacements
            );
        }
        text.push('\n');
    }
    let weights = &drawn.sample_report.weights;
    let _ = writeln!(
        text,
        "weights              {:.6} to {:.6}, sum {:.3}, design effect of weighting {:.4}",
        weights.smallest, weights.largest, weights.sum, weights.design_effect
    );
    listed(text, "lonely strata", &drawn.sample_report.lonely_strata);
}

/// Both reports as JSON.
pub fn report_json(drawn: &Drawn<'_>) -> Value {
    let frame = drawn.frame_report;
    let levels: Vec<Value> = frame.levels.iter().map(level_json).collect();
    let domains = frame.domains.iter().map(|domain| {
        json!({
            "domain": domain.domain,
            "units": domain.units,
            "certain": domain.certain,
            "size": domain.size,
        })
    });
    let shares = drawn.allocated.map(|allocated| {
        let shares = allocated.shares.iter().map(|share| {
            json!({
                "domain": share.stratum,
                "take": share.take,
                "before_rounding": share.exact,
                "follows_from": bound_words(share.bound),
            })
        });
        json!({
            "level": allocated.level,
            "take": allocated.take,
            "shares": shares.collect::<Vec<_>>(),
        })
    });
    json!({
        "frame": {
            "rows": drawn.read.frame.rows().len(),
            "levels": levels,
            "domains": domains.collect::<Vec<_>>(),
            "rows_twice": frame.duplicates,
            "without_size": frame.without_size,
            "of_size_zero": frame.of_size_zero,
        },
        "allocation": shares,
        "sample": sample_json(drawn.sample_report),
    })
}

fn level_json(level: &LevelSummary) -> Value {
    json!({
        "level": level.level,
        "units": level.units,
        "certain": level.certain,
        "without_size": level.without_size,
        "of_size_zero": level.of_size_zero,
        "smallest": level.smallest,
        "largest": level.largest,
        "total": level.total,
    })
}

fn sample_json(report: &SampleReport) -> Value {
    let stages = report.stages.iter().map(|stage| {
        json!({
            "domain": stage.domain,
            "level": stage.level,
            "planned": stage.planned,
            "drawn": stage.drawn,
            "certain": stage.certain,
            "planned_replacements": stage.planned_replacements,
            "drawn_replacements": stage.drawn_replacements,
        })
    });
    let by_domain = report
        .weights_by_domain
        .iter()
        .map(|(domain, weights)| json!({ "domain": domain, "weights": weights_json(weights) }));
    json!({
        "stages": stages.collect::<Vec<_>>(),
        "weights": weights_json(&report.weights),
        "weights_by_domain": by_domain.collect::<Vec<_>>(),
        "lonely_strata": report.lonely_strata,
    })
}

fn weights_json(weights: &WeightSummary) -> Value {
    json!({
        "units": weights.units,
        "sum": weights.sum,
        "smallest": weights.smallest,
        "largest": weights.largest,
        "design_effect": weights.design_effect,
    })
}
