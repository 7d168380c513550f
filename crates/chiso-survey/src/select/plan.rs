//! What is to be drawn at every stage.

use std::collections::BTreeMap;

use super::{Frame, SelectError};

/// A sampling plan of one or more stages.
///
/// Its domain levels and then its stages follow the frame's levels one by one. The last stage may
/// go one level below the frame: its units are then the places 1 to N of a list that is made in
/// the field, N being the size of the unit above (20 persons of the 834 of a village: their numbers
/// on the village's list).
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The levels whose units are all surveyed and drawn from separately, highest first: domains
    /// and explicit strata. May be empty.
    pub domain_levels: Vec<String>,
    /// The stages of selection, highest first.
    pub stages: Vec<Stage>,
}

/// One stage of selection: what is drawn from each unit of the level above.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The level of the units that are drawn.
    pub level: String,
    /// How many.
    pub take: Count,
    /// How many replacements in addition; at the last stage only, and only where all units have
    /// the same probability, so that a replacement has the probability of the unit it replaces.
    pub replacements: Count,
    /// How they are drawn.
    pub method: Method,
    /// In which order the units are listed for a systematic method.
    pub order: Order,
    /// Whether the units that the frame flags as certain are taken first. The others then fill the
    /// places that are left.
    pub flagged_first: bool,
    /// What happens where there are not enough units.
    pub shortage: Shortage,
}

impl Stage {
    /// A stage without replacements or certainty units, listed by identifier, that fails where
    /// there are not enough units.
    pub fn new(level: impl Into<String>, take: impl Into<Count>, method: Method) -> Self {
        Stage {
            level: level.into(),
            take: take.into(),
            replacements: Count::from(0),
            method,
            order: Order::Identifier,
            flagged_first: false,
            shortage: Shortage::Fail,
        }
    }
}

/// How a stage's units are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// [`simple_random`](super::simple_random).
    SimpleRandom,
    /// [`systematic`](super::systematic).
    Systematic,
    /// [`pps::systematic`](super::pps::systematic).
    PpsSystematic,
    /// [`pps::sampford`](super::pps::sampford).
    PpsSampford,
    /// [`pps::brewer`](super::pps::brewer).
    PpsBrewer,
}

impl Method {
    /// Whether it draws with probability proportional to size.
    pub fn uses_sizes(self) -> bool {
        !matches!(self, Method::SimpleRandom | Method::Systematic)
    }
}

/// The order of the list that a systematic method walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By identifier.
    Identifier,
    /// By size, ascending, then by identifier.
    Size,
    /// By the frame's rows, as given: the only order on which the order of the rows has an effect.
    Given,
    /// At random.
    Random,
}

/// What happens where there are fewer units than are to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// The draw fails and names the place.
    Fail,
    /// All there are are taken for certain; [`SampleReport`](super::SampleReport) shows where.
    TakeAll,
}

/// A number of units, which can differ by domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    /// The number where no other is given.
    pub default: usize,
    /// Numbers of single domains, by the identifiers of the domain levels joined with `/`.
    pub by_domain: BTreeMap<String, usize>,
}

impl From<usize> for Count {
    fn from(default: usize) -> Self {
        let by_domain = BTreeMap::new();
        Count { default, by_domain }
    }
}

impl Count {
    /// The count with another number for some domains.
    pub fn with<S: Into<String>>(
        mut self,
        domains: impl IntoIterator<Item = S>,
        count: usize,
    ) -> Self {
        let domains = domains.into_iter();
        self.by_domain
            .extend(domains.map(|domain| (domain.into(), count)));
        self
    }

    /// The number for a domain.
    pub fn of(&self, domain: &str) -> usize {
        *self.by_domain.get(domain).unwrap_or(&self.default)
    }
}

impl Plan {
    /// Whether the last stage goes below the frame's lowest level.
    pub(super) fn lists_in_the_field(&self, frame: &Frame) -> bool {
        self.domain_levels.len() + self.stages.len() > frame.levels().len()
    }

    /// Checks that the plan fits the frame.
    ///
    /// # Errors
    ///
    /// Levels that are not the frame's; no stage; replacements before the last stage or with a
    /// method that is not simple random; PPS or a certainty flag on units that are not in the frame; counts for
    /// unknown domains.
    pub fn check(&self, frame: &Frame) -> Result<(), SelectError> {
        let stages = self.stages.iter().map(|stage| &stage.level);
        let levels: Vec<String> = self.domain_levels.iter().chain(stages).cloned().collect();
        let known = frame.levels().len();
        let fits = levels.len() == known || levels.len() == known + 1;
        let repeated = levels.len() > known && levels[..known].contains(&levels[known]);
        if !fits || repeated || self.stages.is_empty() || levels[..known] != *frame.levels() {
            return Err(SelectError::PlanLevels {
                plan: levels,
                frame: frame.levels().to_vec(),
            });
        }
        for (index, stage) in self.stages.iter().enumerate() {
            let last = index + 1 == self.stages.len();
            let listed = last && self.lists_in_the_field(frame);
            if let Some(problem) = stage.problem(last, listed) {
                return Err(SelectError::Stage {
                    level: stage.level.clone(),
                    problem,
                });
            }
            self.check_domains(frame, stage)?;
        }
        Ok(())
    }

    fn check_domains(&self, frame: &Frame, stage: &Stage) -> Result<(), SelectError> {
        let named = stage.take.by_domain.keys();
        for domain in named.chain(stage.replacements.by_domain.keys()) {
            let depth = self.domain_levels.len();
            let known = depth > 0
                && frame
                    .nodes(depth - 1)
                    .iter()
                    .any(|node| frame.path(depth - 1, node).join("/") == *domain);
            if !known {
                return Err(SelectError::UnknownDomain {
                    level: stage.level.clone(),
                    domain: domain.clone(),
                });
            }
        }
        Ok(())
    }
}

impl Stage {
    fn problem(&self, last: bool, listed: bool) -> Option<&'static str> {
        let replaces = self.replacements.default > 0
            || self.replacements.by_domain.values().any(|&count| count > 0);
        let by_size = self.method.uses_sizes();
        if replaces && !last {
            return Some("found replacements; expected them at the last stage only");
        }
        if replaces && self.method != Method::SimpleRandom {
            return Some("found replacements; expected them with simple random selection only");
        }
        if listed && by_size {
            return Some(
                "found selection by size; expected a method without sizes, since the units are listed in the field",
            );
        }
        if listed && self.flagged_first {
            return Some(
                "found certainty units; expected none, since the units are listed in the field",
            );
        }
        None
    }
}

/// A stage of [`seats_then_size`]: the level and how many of its units are taken, the seat included.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatStage {
    /// The level.
    pub level: String,
    /// How many units.
    pub take: Count,
}

/// The plan of a citizen survey that always visits the seats of government.
///
/// In every unit of `domain_level`, stage by stage, the units flagged as seats are taken for certain
/// and the others with probability proportional to size (Sampford); at the end `persons` are drawn
/// by simple random selection, with `replacements` after them. Units that have fewer units than
/// asked for are taken whole. With `district 3 (6 in large provinces)`, `commune 2`, `village 2`,
/// `20 persons, 10 replacements` this is the published design of the Vietnamese citizen survey of
/// provincial governance up to 2024 (`docs/methods/survey.md` has the sources); since 2025-07-01
/// there are no districts, and the stages are `commune`, `village`. How its PPS draws are made is
/// not published: Sampford's method is *inferred*, with one draw all methods are the same.
pub fn seats_then_size(
    domain_level: &str,
    stages: Vec<SeatStage>,
    persons: SeatStage,
    replacements: Count,
) -> Plan {
    let seat = |stage: SeatStage| Stage {
        flagged_first: true,
        shortage: Shortage::TakeAll,
        ..Stage::new(stage.level, stage.take, Method::PpsSampford)
    };
    let mut stages: Vec<Stage> = stages.into_iter().map(seat).collect();
    stages.push(Stage {
        replacements,
        shortage: Shortage::TakeAll,
        ..Stage::new(persons.level, persons.take, Method::SimpleRandom)
    });
    Plan {
        domain_levels: vec![domain_level.to_owned()],
        stages,
    }
}
