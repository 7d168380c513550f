//! What a sample came out as, against its plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{Plan, Role, Sample, SelectedUnit};

/// What a sample came out as.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleReport {
    /// Planned and drawn units, by domain and stage, sorted.
    pub stages: Vec<StageSummary>,
    /// The weights of all selected units.
    pub weights: WeightSummary,
    /// The weights by domain, sorted.
    pub weights_by_domain: Vec<(String, WeightSummary)>,
    /// Variance strata with a single PSU: their variance needs a rule for lonely PSUs.
    pub lonely_strata: Vec<String>,
}

/// A stage in a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct StageSummary {
    /// The domain's identifiers, joined with `/`; empty if the plan has no domains.
    pub domain: String,
    /// The stage's level.
    pub level: String,
    /// How many units the plan asks for: the product of its counts down to this stage.
    pub planned: usize,
    /// How many were drawn; fewer only where units were short.
    pub drawn: usize,
    /// How many of these were certain.
    pub certain: usize,
    /// How many replacements the plan asks for.
    pub planned_replacements: usize,
    /// How many were drawn.
    pub drawn_replacements: usize,
}

/// How unequal weights are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightSummary {
    /// How many units.
    pub units: usize,
    /// The sum of the weights, an estimate of the number of units in the population.
    pub sum: f64,
    /// The smallest weight.
    pub smallest: f64,
    /// The largest weight.
    pub largest: f64,
    /// Kish's design effect due to weighting, `1 + cv²(w) = n Σw² / (Σw)²`: by how much unequal
    /// weights multiply the variance if they have nothing to do with what is measured. Source: Kish
    /// 1965, *Survey Sampling*, ch. 11; Kish 1992, *Journal of Official Statistics* 8:183–200.
    pub design_effect: f64,
}

impl WeightSummary {
    /// Summarises weights; none if there are none.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut units, mut sum, mut squares) = (0, 0.0, 0.0);
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        for weight in weights {
            units += 1;
            sum += weight;
            squares += weight * weight;
            smallest = f64::min(smallest, weight);
            largest = f64::max(largest, weight);
        }
        (units > 0).then(|| WeightSummary {
            units,
            sum,
            smallest,
            largest,
            design_effect: units as f64 * squares / (sum * sum),
        })
    }
}

impl SampleReport {
    /// Describes a sample against the plan it was drawn by; none if the sample is empty.
    pub fn new(plan: &Plan, sample: &Sample) -> Option<Self> {
        let mut by_domain: BTreeMap<String, Vec<&SelectedUnit>> = BTreeMap::new();
        for unit in &sample.units {
            let domain = unit.path[..sample.domain_levels].join("/");
            by_domain.entry(domain).or_default().push(unit);
        }
        let weights = WeightSummary::new(sample.selected().map(|unit| unit.weight))?;
        let weights_by_domain = by_domain.iter().filter_map(|(domain, units)| {
            let selected = units.iter().filter(|unit| unit.role == Role::Selected);
            Some((
                domain.clone(),
                WeightSummary::new(selected.map(|unit| unit.weight))?,
            ))
        });
        Some(SampleReport {
            weights,
            weights_by_domain: weights_by_domain.collect(),
            stages: by_domain
                .iter()
                .flat_map(|(domain, units)| stages(plan, domain, units))
                .collect(),
            lonely_strata: lonely(sample),
        })
    }
}

fn stages(plan: &Plan, domain: &str, units: &[&SelectedUnit]) -> Vec<StageSummary> {
    let mut above = 1;
    let summarise = |(index, stage): (usize, &super::Stage)| {
        let last = index + 1 == plan.stages.len();
        let drawn: BTreeMap<&str, bool> = units
            .iter()
            .filter(|unit| unit.role == Role::Selected)
            .map(|unit| {
                (
                    unit.stages[index].cluster.as_str(),
                    unit.stages[index].certain,
                )
            })
            .collect();
        let replacements = units
            .iter()
            .filter(|unit| unit.role != Role::Selected)
            .count();
        let summary = StageSummary {
            domain: domain.to_owned(),
            level: stage.level.clone(),
            planned: stage.take.of(domain).saturating_mul(above),
            drawn: drawn.len(),
            certain: drawn.values().filter(|&&certain| certain).count(),
            planned_replacements: stage.replacements.of(domain).saturating_mul(above),
            drawn_replacements: if last { replacements } else { 0 },
        };
        above = summary.planned;
        summary
    };
    plan.stages.iter().enumerate().map(summarise).collect()
}

fn lonely(sample: &Sample) -> Vec<String> {
    let mut clusters: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for unit in sample.selected() {
        clusters.entry(&unit.stratum).or_default().insert(&unit.psu);
    }
    let lonely = clusters
        .into_iter()
        .filter(|(_, clusters)| clusters.len() == 1);
    lonely.map(|(stratum, _)| stratum.to_owned()).collect()
}
