//! From what `sensitivity.toml` says to what it means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{
    Change, Input, InputKind, Specification, SpecificationError, StepName, TargetName,
    WeightDistribution, WeightInput,
};
use crate::problem::quoted;
use crate::sensitivity::points::Sequence;

/// Draws where none are stated: a power of two, which quasi-random points fill best.
const DEFAULT_DRAWS: usize = 512;
/// Resamples where none are stated (COINr's examples use as many).
const DEFAULT_BOOTSTRAP: usize = 1000;
/// From the 5th to the 95th percentile, as COINr.
const DEFAULT_CONFIDENCE: f64 = 0.9;
/// What is expected of a `[[vary]]`.
const KINDS: &str = "one of: `step` with `parameter` and `values` or `low` and `high`; `step` with \
                     `alternatives`; `weights`; `exclude`; `sampling = true`";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    draws: Option<Spanned<usize>>,
    #[serde(default = "first_seed")]
    seed: u64,
    sequence: Option<Spanned<String>>,
    #[serde(default)]
    indices: bool,
    bootstrap: Option<usize>,
    confidence: Option<Spanned<f64>>,
    nodes: Option<Spanned<Vec<String>>>,
    targets: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    leave_one_out: bool,
    #[serde(default)]
    vary: Vec<Spanned<RawVary>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVary {
    id: Option<Spanned<String>>,
    step: Option<RawStepName>,
    parameter: Option<String>,
    values: Option<Spanned<Vec<toml::Value>>>,
    low: Option<f64>,
    high: Option<f64>,
    alternatives: Option<Spanned<Vec<toml::Table>>>,
    weights: Option<Spanned<String>>,
    share: Option<Spanned<f64>>,
    concentration: Option<Spanned<f64>>,
    levels: Option<Vec<usize>>,
    nodes: Option<Vec<String>>,
    sets: Option<Spanned<Vec<BTreeMap<String, f64>>>>,
    exclude: Option<Spanned<Vec<String>>>,
    sampling: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawStepName {
    Position(usize),
    Id(String),
}

fn first_seed() -> u64 {
    1
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

pub(super) fn specification(file: &str, text: &str) -> Result<Specification, SpecificationError> {
    let reader = Reader { file, text };
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        reader.error(
            span,
            error.message(),
            "a specification as in docs/methods/sensitivity.md",
        )
    })?;
    let draws = raw
        .draws
        .as_ref()
        .map_or(DEFAULT_DRAWS, |draws| *draws.get_ref());
    if draws < 2 {
        let span = raw.draws.map_or(0..0, |draws| draws.span());
        return Err(reader.error(span, format!("draws {draws}"), "at least 2"));
    }
    let confidence = raw
        .confidence
        .as_ref()
        .map_or(DEFAULT_CONFIDENCE, |c| *c.get_ref());
    if !(confidence > 0.0 && confidence < 1.0) {
        let span = raw.confidence.map_or(0..0, |confidence| confidence.span());
        return Err(reader.error(
            span,
            format!("confidence {confidence}"),
            "a number between 0 and 1",
        ));
    }
    if raw.vary.is_empty() && !raw.leave_one_out {
        return Err(reader.error(
            0..0,
            "nothing that varies",
            "[[vary]] tables, or `leave_one_out = true`",
        ));
    }
    Ok(Specification {
        file: file.to_owned(),
        draws,
        seed: raw.seed,
        sequence: reader.sequence(raw.sequence.as_ref())?,
        indices: raw.indices,
        bootstrap: raw.bootstrap.unwrap_or(DEFAULT_BOOTSTRAP),
        confidence,
        nodes_line: raw
            .nodes
            .as_ref()
            .map_or(1, |nodes| reader.line(nodes.span().start)),
        nodes: raw.nodes.map_or_else(Vec::new, Spanned::into_inner),
        targets_line: raw
            .targets
            .as_ref()
            .map_or(1, |targets| reader.line(targets.span().start)),
        targets: reader.targets(raw.targets.as_ref())?,
        leave_one_out: raw.leave_one_out,
        inputs: reader.inputs(raw.vary)?,
    })
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> u64 {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
    }

    fn error(
        &self,
        span: Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> SpecificationError {
        SpecificationError {
            file: self.file.to_owned(),
            line: self.line(span.start),
            found: found.into(),
            expected: expected.into(),
        }
    }

    fn sequence(&self, word: Option<&Spanned<String>>) -> Result<Sequence, SpecificationError> {
        match word.map(|word| (word.get_ref().as_str(), word.span())) {
            None | Some(("quasi_random", _)) => Ok(Sequence::QuasiRandom),
            Some(("random", _)) => Ok(Sequence::Random),
            Some((other, span)) => Err(self.error(
                span,
                format!("sequence {}", quoted(other)),
                "quasi_random or random",
            )),
        }
    }

    fn targets(
        &self,
        names: Option<&Spanned<Vec<String>>>,
    ) -> Result<Vec<TargetName>, SpecificationError> {
        let Some(names) = names else {
            return Ok(vec![TargetName::MeanShift]);
        };
        let target = |name: &String| {
            let target = match name.split_once(':') {
                None if name == "mean_shift" => Some(TargetName::MeanShift),
                Some(("moved", places)) => places.parse().ok().map(TargetName::Moved),
                Some(("rank", unit)) if !unit.is_empty() => Some(TargetName::Rank(unit.to_owned())),
                Some(("score", unit)) if !unit.is_empty() => {
                    Some(TargetName::Score(unit.to_owned()))
                }
                _ => None,
            };
            target.ok_or_else(|| {
                let expected = "mean_shift, moved:PLACES, rank:UNIT or score:UNIT";
                self.error(names.span(), format!("target {}", quoted(name)), expected)
            })
        };
        names.get_ref().iter().map(target).collect()
    }

    fn inputs(&self, raw: Vec<Spanned<RawVary>>) -> Result<Vec<Input>, SpecificationError> {
        let mut ids = BTreeSet::new();
        let mut inputs = Vec::new();
        for (place, vary) in raw.into_iter().enumerate() {
            let span = vary.span();
            let vary = vary.into_inner();
            let id = vary
                .id
                .as_ref()
                .map_or(format!("input_{}", place + 1), |id| id.get_ref().clone());
            let line = self.line(span.start);
            if !ids.insert(id.clone()) {
                let span = vary.id.map_or(span, |id| id.span());
                return Err(self.error(span, format!("id {} again", quoted(&id)), "each id once"));
            }
            let kind = self.kind(&span, vary)?;
            inputs.push(Input { id, line, kind });
        }
        Ok(inputs)
    }

    fn kind(&self, span: &Range<usize>, raw: RawVary) -> Result<InputKind, SpecificationError> {
        let named = [
            ("step", raw.step.is_some()),
            ("weights", raw.weights.is_some()),
            ("exclude", raw.exclude.is_some()),
            ("sampling", raw.sampling.is_some()),
        ];
        let kinds: Vec<&str> = named
            .iter()
            .filter(|(_, there)| *there)
            .map(|(n, _)| *n)
            .collect();
        let [kind] = kinds[..] else {
            let found = match kinds.as_slice() {
                [] => "a [[vary]] that says nothing of what varies".to_owned(),
                several => format!("a [[vary]] with {}", several.join(" and ")),
            };
            return Err(self.error(span.clone(), found, KINDS));
        };
        self.only_keys_of(kind, span, &raw)?;
        match kind {
            "step" => self.step(span, raw),
            "weights" => self.weights(span, raw),
            "exclude" => self
                .several(raw.exclude, "exclude", 1)
                .map(InputKind::Exclude),
            _ if raw.sampling == Some(true) => Ok(InputKind::Sampling),
            _ => Err(self.error(span.clone(), "sampling false", "true, or no such [[vary]]")),
        }
    }

    /// Keys of another kind say that something else was meant.
    fn only_keys_of(
        &self,
        kind: &str,
        span: &Range<usize>,
        raw: &RawVary,
    ) -> Result<(), SpecificationError> {
        let keys = [
            ("parameter", raw.parameter.is_some(), "step"),
            ("values", raw.values.is_some(), "step"),
            ("low", raw.low.is_some(), "step weights"),
            ("high", raw.high.is_some(), "step weights"),
            ("alternatives", raw.alternatives.is_some(), "step"),
            ("share", raw.share.is_some(), "weights"),
            ("concentration", raw.concentration.is_some(), "weights"),
            ("levels", raw.levels.is_some(), "weights"),
            ("nodes", raw.nodes.is_some(), "weights"),
            ("sets", raw.sets.is_some(), "weights"),
        ];
        let foreign = keys
            .iter()
            .find(|(_, there, of)| *there && !of.contains(kind));
        foreign.map_or(Ok(()), |(key, ..)| {
            Err(self.error(span.clone(), format!("`{key}` beside `{kind}`"), KINDS))
        })
    }

    fn several<T>(
        &self,
        list: Option<Spanned<Vec<T>>>,
        key: &str,
        least: usize,
    ) -> Result<Vec<T>, SpecificationError> {
        let list = list.unwrap_or_else(|| Spanned::new(0..0, Vec::new()));
        let (span, list) = (list.span(), list.into_inner());
        match list.len() < least {
            true => Err(self.error(
                span,
                format!("{} in `{key}`", list.len()),
                format!("at least {least}"),
            )),
            false => Ok(list),
        }
    }

    fn step(&self, span: &Range<usize>, raw: RawVary) -> Result<InputKind, SpecificationError> {
        let step = match raw.step {
            Some(RawStepName::Position(position)) => StepName::Position(position),
            Some(RawStepName::Id(id)) => StepName::Id(id),
            None => return Err(self.error(span.clone(), "no `step`", KINDS)),
        };
        let change = match (
            raw.parameter,
            raw.values,
            (raw.low, raw.high),
            raw.alternatives,
        ) {
            (Some(parameter), Some(values), (None, None), None) => {
                let values = self.several(Some(values), "values", 2)?;
                Change::Values { parameter, values }
            }
            (Some(parameter), None, (Some(low), Some(high)), None) => {
                if !(low.is_finite() && high.is_finite() && low < high) {
                    let found = format!("low {low} and high {high}");
                    return Err(self.error(span.clone(), found, "finite numbers, low below high"));
                }
                Change::Range {
                    parameter,
                    low,
                    high,
                }
            }
            (None, None, (None, None), Some(tables)) => {
                Change::Alternatives(self.several(Some(tables), "alternatives", 2)?)
            }
            _ => {
                return Err(self.error(
                    span.clone(),
                    "a `step` with other keys",
                    "`parameter` and `values`, `parameter`, `low` and `high`, or `alternatives`",
                ));
            }
        };
        Ok(InputKind::Step { step, change })
    }

    fn weights(&self, span: &Range<usize>, raw: RawVary) -> Result<InputKind, SpecificationError> {
        let word = raw
            .weights
            .unwrap_or_else(|| Spanned::new(span.clone(), String::new()));
        let range = (raw.low, raw.high);
        let distribution = match (
            word.get_ref().as_str(),
            raw.share,
            range,
            raw.concentration,
            &raw.sets,
        ) {
            ("uniform", Some(share), (None, None), None, None) => {
                let value = *share.get_ref();
                if !(value > 0.0 && value <= 1.0) {
                    return Err(self.error(
                        share.span(),
                        format!("share {value}"),
                        "above 0, at most 1",
                    ));
                }
                WeightDistribution::Noisy { share: value }
            }
            ("uniform", None, (Some(low), Some(high)), None, None) => {
                if !(low.is_finite() && high.is_finite() && 0.0 <= low && low < high) {
                    let found = format!("low {low} and high {high}");
                    return Err(self.error(span.clone(), found, "finite numbers, 0 ≤ low < high"));
                }
                WeightDistribution::Range { low, high }
            }
            ("dirichlet", None, (None, None), Some(concentration), None) => {
                let value = *concentration.get_ref();
                if !(value > 0.0 && value.is_finite()) {
                    let found = format!("concentration {value}");
                    return Err(self.error(concentration.span(), found, "a finite number above 0"));
                }
                WeightDistribution::Dirichlet {
                    concentration: value,
                }
            }
            ("sets", None, (None, None), None, Some(_))
                if raw.levels.is_none() && raw.nodes.is_none() =>
            {
                return self.weight_sets(raw.sets);
            }
            (other, ..) => {
                return Err(self.error(
                    word.span(),
                    format!("weights {} with such keys", quoted(other)),
                    "`uniform` with `share` or with `low` and `high`, `dirichlet` with `concentration` \
                     (each with `levels` or `nodes` if wanted), or `sets` with `sets`",
                ));
            }
        };
        let (levels, nodes) = (
            raw.levels.unwrap_or_default(),
            raw.nodes.unwrap_or_default(),
        );
        Ok(InputKind::Weights(WeightInput {
            distribution,
            levels,
            nodes,
        }))
    }

    fn weight_sets(
        &self,
        sets: Option<Spanned<Vec<BTreeMap<String, f64>>>>,
    ) -> Result<InputKind, SpecificationError> {
        let span = sets.as_ref().map_or(0..0, Spanned::span);
        let sets = self.several(sets, "sets", 2)?;
        let weights = sets.iter().flatten();
        let bad = weights
            .into_iter()
            .find(|(_, weight)| !(weight.is_finite() && **weight >= 0.0));
        match bad {
            Some((node, weight)) => {
                let found = format!("weight {weight} of {}", quoted(node));
                Err(self.error(span, found, "finite numbers of at least 0"))
            }
            None => Ok(InputKind::WeightSets(sets)),
        }
    }
}

#[cfg(test)]
mod tests;
