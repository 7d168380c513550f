//! Observations brought to the units after a merger, and the weights of that.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chiso_index::observations::MergeRule;
use chiso_index::{Edition, Observations, Pack};
use chiso_units::{UnitCode, UnitList};

/// The observations of an index of the 63 provinces on the 34; those from an edition on, where one is
/// named, were already observed on them.
pub(in crate::commands) fn merge(
    pack: &Pack,
    units: &str,
    weights: Option<&Path>,
    merged_from: Option<Edition>,
    observations: &Observations,
) -> Result<(Option<&'static UnitList>, Observations)> {
    if units != "provinces-34" || pack.units.as_deref() != Some("provinces-63") {
        bail!(
            "--units: found {units} for an index of {}; expected provinces-34 for one of provinces-63",
            pack.units.as_deref().unwrap_or("units without a list")
        );
    }
    let rule = match weights {
        Some(path) => MergeRule::Weighted(read_weights(path)?),
        None => MergeRule::PlainMean,
    };
    let merged = match merged_from {
        Some(first) => observations.merged_before(&rule, first),
        None => observations.merged(&rule),
    };
    Ok((
        UnitList::by_id(units),
        merged.context("--units provinces-34")?,
    ))
}

fn read_weights(path: &Path) -> Result<BTreeMap<UnitCode, f64>> {
    let shown = path.display();
    let list = UnitList::by_id("provinces-63").context("the list provinces-63")?;
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("{shown}: cannot be read"))?;
    if reader.headers()? != vec!["unit", "weight"] {
        bail!("{shown}:1: found other columns; expected unit,weight");
    }
    let mut weights = BTreeMap::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{shown}: a row that cannot be read"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let unit = list
            .find(&record[0])
            .with_context(|| format!("{shown}:{line}: unit"))?;
        let weight: f64 = record[1]
            .trim()
            .parse()
            .ok()
            .filter(|w: &f64| w.is_finite() && *w > 0.0)
            .with_context(|| {
                format!(
                    "{shown}:{line}: found weight `{}`; expected a finite number above zero",
                    &record[1]
                )
            })?;
        if weights.insert(unit.code.clone(), weight).is_some() {
            bail!(
                "{shown}:{line}: found unit {} again; expected each unit once",
                unit.code.as_str()
            );
        }
    }
    Ok(weights)
}
