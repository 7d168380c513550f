//! From a plan as it is written to what is to be drawn.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Error, Result, anyhow};
use chiso_survey::select::{
    Count, Method, Minimum, Order, Plan, Rule, SeatStage, Shortage, Stage, seats_then_size,
};
use toml::Spanned;

use super::raw::{RawAllocation, RawException, RawPlan, RawStage, RawVillages};

/// What a plan says.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// The file of the frame, from the plan's folder.
    pub frame: Option<String>,
    /// Its sheet, if it is a workbook.
    pub sheet: Option<String>,
    /// The column of sizes.
    pub size: Option<String>,
    /// The seed.
    pub seed: Option<u64>,
    /// The plan; where an allocation is asked for, the first stage's numbers are still to come.
    pub plan: Plan,
    /// For each stage, the column that flags certainty units.
    pub certain: Vec<Option<String>>,
    /// The last stage is drawn from lists that are made in the field.
    pub in_the_field: bool,
    /// How the first stage's total is divided among the domains.
    pub allocation: Option<Wanted>,
}

/// A total that is to be divided among the domains.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Units of the first stage, over all domains.
    pub take: usize,
    /// What they are in proportion to.
    pub rule: Rule,
    /// A file with the rule's measures, a row for each domain.
    pub measures: Option<String>,
    /// The smallest parts.
    pub minimum: Minimum,
}

impl Design {
    /// Reads a plan; `file` is its name for messages.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Design> {
        Checker { file, text }.design()
    }

    /// The frame's columns of identifiers, highest level first.
    pub fn frame_levels(&self) -> Vec<String> {
        let stages = self.plan.stages.len() - usize::from(self.in_the_field);
        let stages = self.plan.stages[..stages].iter().map(|stage| &stage.level);
        self.plan
            .domain_levels
            .iter()
            .chain(stages)
            .cloned()
            .collect()
    }
}

struct Checker<'a> {
    file: &'a str,
    text: &'a str,
}

impl Checker<'_> {
    fn error(
        &self,
        span: Range<usize>,
        found: impl AsRef<str>,
        expected: impl AsRef<str>,
    ) -> Error {
        let end = span.start.min(self.text.len());
        let before = &self.text.as_bytes()[..end];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let (found, expected) = (found.as_ref(), expected.as_ref());
        anyhow!("{}:{line}: found {found}; expected {expected}", self.file)
    }

    fn word<T: Copy>(&self, word: &Spanned<String>, words: &[(&str, T)]) -> Result<T> {
        let found = words.iter().find(|(name, _)| *name == word.get_ref());
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            self.error(
                word.span(),
                format!("`{}`", word.get_ref()),
                known.join(", "),
            )
        })
    }

    fn design(&self) -> Result<Design> {
        let raw: RawPlan = toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.error(
                span,
                error.message(),
                "a sampling plan (docs/guides/sampling.md)",
            )
        })?;
        let mut design = match &raw.preset {
            None => self.stages(&raw)?,
            Some(word) => {
                self.word(word, &[("villages", ())])?;
                self.preset(word.span(), &raw)?
            }
        };
        design.frame = raw.frame;
        design.sheet = raw.sheet;
        design.size = raw.size;
        design.seed = raw.seed;
        design.allocation = raw
            .allocation
            .map(|raw| self.allocation(raw, &design))
            .transpose()?;
        self.check_sizes(&design)?;
        Ok(design)
    }

    fn stages(&self, raw: &RawPlan) -> Result<Design> {
        if let Some(villages) = &raw.villages {
            let expected = "preset = \"villages\" beside it";
            return Err(self.error(villages.span(), "[villages] without a preset", expected));
        }
        if raw.stages.is_empty() {
            return Err(self.error(0..0, "no stage", "one [[stage]] or more, or a preset"));
        }
        let last = raw.stages.len() - 1;
        let mut stages = Vec::new();
        for (place, stage) in raw.stages.iter().enumerate() {
            let allocated = place == 0 && raw.allocation.is_some();
            stages.push(self.stage(stage, place == last, allocated)?);
        }
        Ok(Design {
            frame: None,
            sheet: None,
            size: None,
            seed: None,
            plan: Plan {
                domain_levels: raw.domains.clone(),
                stages,
            },
            certain: raw
                .stages
                .iter()
                .map(|stage| stage.get_ref().certain.clone())
                .collect(),
            in_the_field: raw.stages[last].get_ref().in_the_field,
            allocation: None,
        })
    }

    fn stage(&self, raw: &Spanned<RawStage>, last: bool, allocated: bool) -> Result<Stage> {
        let (span, raw) = (raw.span(), raw.get_ref());
        if raw.in_the_field && !last {
            let expected = "it at the last stage only";
            return Err(self.error(span, "in_the_field before the last stage", expected));
        }
        let given = raw.take.is_some() || !raw.take_by.is_empty();
        if given == allocated {
            let (found, expected) = match allocated {
                true => (
                    "take",
                    "none at the first stage, which [allocation] divides",
                ),
                false => ("no take", "how many units of this level are taken"),
            };
            return Err(self.error(span, found, expected));
        }
        if raw.take.is_none() && !allocated {
            let expected = "take as well, for the other domains";
            return Err(self.error(span, "take_by without take", expected));
        }
        let take = count(raw.take.unwrap_or(0), &raw.take_by);
        Ok(Stage {
            replacements: count(raw.replacements, &raw.replacements_by),
            order: self.order(raw.order.as_ref())?,
            flagged_first: raw.certain.is_some(),
            shortage: self.shortage(raw.shortage.as_ref())?,
            ..Stage::new(&raw.level, take, self.method(&raw.method)?)
        })
    }

    fn method(&self, word: &Spanned<String>) -> Result<Method> {
        let words = [
            ("simple_random", Method::SimpleRandom),
            ("systematic", Method::Systematic),
            ("pps_systematic", Method::PpsSystematic),
            ("pps_sampford", Method::PpsSampford),
            ("pps_brewer", Method::PpsBrewer),
        ];
        self.word(word, &words)
    }

    fn order(&self, word: Option<&Spanned<String>>) -> Result<Order> {
        let words = [
            ("identifier", Order::Identifier),
            ("size", Order::Size),
            ("given", Order::Given),
            ("random", Order::Random),
        ];
        word.map_or(Ok(Order::Identifier), |word| self.word(word, &words))
    }

    fn shortage(&self, word: Option<&Spanned<String>>) -> Result<Shortage> {
        let words = [("fail", Shortage::Fail), ("take_all", Shortage::TakeAll)];
        word.map_or(Ok(Shortage::Fail), |word| self.word(word, &words))
    }

    fn preset(&self, span: Range<usize>, raw: &RawPlan) -> Result<Design> {
        if !raw.stages.is_empty() || !raw.domains.is_empty() || raw.allocation.is_some() {
            let expected = "[villages] alone beside a preset";
            return Err(self.error(span, "domains, [[stage]] or [allocation]", expected));
        }
        let Some(villages) = &raw.villages else {
            return Err(self.error(span, "no [villages]", "its parameters"));
        };
        let (span, villages) = (villages.span(), villages.get_ref());
        let places = villages.places.len();
        let seats = villages.seats.len();
        if places == 0 || villages.take.len() != places || ![0, places].contains(&seats) {
            let found = format!(
                "{places} places, {} numbers in take and {seats} seats",
                villages.take.len()
            );
            return Err(self.error(span, found, "one of each for every place, or no seats"));
        }
        let plan = self.villages(villages)?;
        let mut certain: Vec<Option<String>> = (0..places)
            .map(|place| {
                villages
                    .seats
                    .get(place)
                    .filter(|name| !name.is_empty())
                    .cloned()
            })
            .collect();
        certain.push(None);
        Ok(Design {
            frame: None,
            sheet: None,
            size: None,
            seed: None,
            plan,
            certain,
            in_the_field: true,
            allocation: None,
        })
    }

    fn villages(&self, raw: &RawVillages) -> Result<Plan> {
        let mut takes: Vec<Count> = raw.take.iter().map(|take| Count::from(*take)).collect();
        let mut persons = Count::from(raw.persons);
        let mut replacements = Count::from(raw.replacements);
        for exception in &raw.exceptions {
            let (span, exception) = (exception.span(), exception.get_ref());
            let RawException { domains, take, .. } = exception;
            if ![0, takes.len()].contains(&take.len()) {
                let found = format!("{} numbers in take", take.len());
                let expected = format!("{}, one for every place", takes.len());
                return Err(self.error(span, found, expected));
            }
            for (count, take) in takes.iter_mut().zip(take) {
                *count = std::mem::take(count).with(domains.clone(), *take);
            }
            if let Some(number) = exception.persons {
                persons = persons.with(domains.clone(), number);
            }
            if let Some(number) = exception.replacements {
                replacements = replacements.with(domains.clone(), number);
            }
        }
        let places = raw.places.iter().cloned().zip(takes);
        Ok(seats_then_size(
            &raw.domain,
            places
                .map(|(level, take)| SeatStage { level, take })
                .collect(),
            SeatStage {
                level: raw.person.clone(),
                take: persons,
            },
            replacements,
        ))
    }

    fn allocation(&self, raw: Spanned<RawAllocation>, design: &Design) -> Result<Wanted> {
        let (span, raw) = (raw.span(), raw.into_inner());
        if design.plan.domain_levels.is_empty() {
            let expected = "domains = [columns], among which the total is divided";
            return Err(self.error(span, "[allocation] without domains", expected));
        }
        let power = Rule::Power {
            exponent: raw.exponent.unwrap_or(0.5),
        };
        let rule = self.word(
            &raw.rule,
            &[
                ("proportional", Rule::Proportional),
                ("equal", Rule::Equal),
                ("neyman", Rule::Neyman),
                ("power", power),
            ],
        )?;
        let of_measures = matches!(rule, Rule::Neyman | Rule::Power { .. });
        if of_measures != raw.measures.is_some() || (raw.exponent.is_some() && rule != power) {
            let found = format!("rule = \"{}\" with other keys", raw.rule.get_ref());
            let expected =
                "measures = \"FILE\" with neyman and power alone, exponent with power alone";
            return Err(self.error(span, found, expected));
        }
        Ok(Wanted {
            take: raw.take,
            rule,
            measures: raw.measures,
            minimum: Minimum {
                every_stratum: raw.minimum,
                by_stratum: raw.minimum_by,
                every_domain: raw.domain_minimum,
                by_domain: raw.domain_minimum_by,
            },
        })
    }

    fn check_sizes(&self, design: &Design) -> Result<()> {
        let by_size = design
            .plan
            .stages
            .iter()
            .find(|stage| stage.method.uses_sizes());
        let needed_for = match (by_size, design.in_the_field) {
            (Some(stage), _) => format!("{} is drawn by size", stage.level),
            (None, true) => "the last stage's lists are as long as the sizes".to_owned(),
            (None, false) => return Ok(()),
        };
        match design.size {
            Some(_) => Ok(()),
            None => {
                let expected = format!("size = \"COLUMN\", since {needed_for}");
                Err(self.error(0..0, "no size", expected))
            }
        }
    }
}

fn count(default: usize, by_domain: &BTreeMap<String, usize>) -> Count {
    Count {
        default,
        by_domain: by_domain.clone(),
    }
}
