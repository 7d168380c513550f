//! `design.toml`: the sampling design and the invented population of a simulation.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chiso_survey::select::{Count, Plan, SeatStage, seats_then_size};
use chiso_survey::simulate::{
    AnswerCodes, DomainShape, FieldWork, FrameShape, LevelShape, Reticence, Spread,
};
use serde::Deserialize;

/// How answers are drawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// The level of the units that are scored.
    pub domain_level: String,
    #[serde(rename = "stage")]
    stages: Vec<Stage>,
    persons: Persons,
    field_work: Field,
    frame: Places,
    spread: Spreads,
    reticence: Reticent,
    codes: Codes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage {
    level: String,
    take: usize,
    #[serde(default)]
    by_domain: BTreeMap<String, usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Persons {
    level: String,
    take: usize,
    #[serde(default)]
    by_domain: BTreeMap<String, usize>,
    #[serde(default)]
    replacements: usize,
    #[serde(default)]
    replacements_by_domain: BTreeMap<String, usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    interviews: usize,
    #[serde(default)]
    by_domain: BTreeMap<String, usize>,
    response: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    size: [usize; 2],
    #[serde(default)]
    factors: BTreeMap<String, f64>,
    #[serde(rename = "level")]
    levels: Vec<PlaceLevel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceLevel {
    name: String,
    units: [usize; 2],
    seat_factor: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spreads {
    places: Vec<f64>,
    persons: f64,
    shared: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reticent {
    share: f64,
    factor: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    dont_know: i32,
    refused: i32,
    not_asked: i32,
}

impl Design {
    /// Reads the design of an index's simulation.
    ///
    /// # Errors
    /// When there is none, or it is not in this form.
    pub fn shipped(index: &str) -> Result<Design> {
        let (path, text) = super::shipped(index, "design.toml")?;
        toml::from_str(text).with_context(|| path)
    }

    /// The frame for these domains.
    pub fn frame_shape<'a>(&self, domains: impl Iterator<Item = &'a str>) -> FrameShape {
        let factor = |id: &str| self.frame.factors.get(id).copied().unwrap_or(1.0);
        let levels = self.frame.levels.iter().map(|level| LevelShape {
            name: level.name.clone(),
            units: level.units[0]..=level.units[1],
            seat_factor: level.seat_factor,
        });
        FrameShape {
            domain_level: self.domain_level.clone(),
            domains: domains
                .map(|id| DomainShape {
                    id: id.to_owned(),
                    factor: factor(id),
                })
                .collect(),
            levels: levels.collect(),
            size: self.frame.size[0]..=self.frame.size[1],
        }
    }

    /// The sampling plan for these domains.
    pub fn plan(&self, domains: &[&str]) -> Plan {
        let count = |default: usize, own: &BTreeMap<String, usize>| {
            let own = own.iter().filter(|(id, _)| domains.contains(&id.as_str()));
            Count {
                default,
                by_domain: own.map(|(id, count)| (id.clone(), *count)).collect(),
            }
        };
        let stages = self.stages.iter().map(|stage| SeatStage {
            level: stage.level.clone(),
            take: count(stage.take, &stage.by_domain),
        });
        let persons = &self.persons;
        seats_then_size(
            &self.domain_level,
            stages.collect(),
            SeatStage {
                level: persons.level.clone(),
                take: count(persons.take, &persons.by_domain),
            },
            count(persons.replacements, &persons.replacements_by_domain),
        )
    }

    /// Who is interviewed.
    pub fn field_work(&self) -> FieldWork {
        FieldWork {
            interviews: Count {
                default: self.field_work.interviews,
                by_domain: self.field_work.by_domain.clone(),
            },
            response: self.field_work.response,
        }
    }

    /// How much answers differ.
    pub fn spread(&self) -> Spread {
        Spread {
            places: self.spread.places.clone(),
            persons: self.spread.persons,
            shared: self.spread.shared,
        }
    }

    /// Who answers less.
    pub fn reticence(&self) -> Reticence {
        Reticence {
            share: self.reticence.share,
            factor: self.reticence.factor,
        }
    }

    /// The codes of no answer.
    pub fn codes(&self) -> AnswerCodes {
        AnswerCodes {
            dont_know: self.codes.dont_know,
            refused: self.codes.refused,
            not_asked: self.codes.not_asked,
        }
    }
}
