//! The answers: a population with the wanted scores, asked where the interviews were.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::effects::{Places, Spread, by_domain};
use super::link::{expected, person_effect};
use super::questionnaire::{AnswerCodes, Item, Node, Reticence, check};
use super::target::{DomainTarget, position};
use super::{Interview, SimulateError};
use crate::select::{Frame, FrameRow, Sample, SelectedUnit, Stream};

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Simulation<'a> {
    /// The places, with their sizes.
    pub frame: &'a Frame,
    /// The persons drawn from them, the sample's last stage; its other levels are the frame's.
    pub sample: &'a Sample,
    /// Those of them who are interviewed.
    pub interviews: &'a [Interview],
    /// The questions.
    pub nodes: &'a [Node],
    /// The scores that come back; one entry a domain of the frame.
    pub targets: &'a [DomainTarget],
    /// How much answers differ.
    pub spread: &'a Spread,
    /// Who answers less.
    pub reticence: Reticence,
    /// The codes of no answer.
    pub codes: AnswerCodes,
}

/// Simulated answers: nobody gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The columns, node by node, each node's filter before its items; a row an interview.
    pub columns: Vec<(String, Vec<i32>)>,
}

/// Simulates the answers.
///
/// The expected rescaled answer of a person to an item is `σ(μ + shift + effect of the village,
/// commune, district + effect of the person)` with μ such that the mean over the frame's whole
/// population is the target; the answer itself is binomial: the number of the kind's steps, each
/// taken with that probability. Whether an answer is missing does not depend on what it would be.
///
/// # Errors
///
/// Numbers outside their ranges, repeated nodes or columns, domains without targets or targets
/// without domain, targets that the items cannot give, interviews outside the frame.
pub fn simulate(simulation: &Simulation<'_>, seed: u64) -> Result<Simulated, SimulateError> {
    let Simulation {
        frame,
        sample,
        nodes,
        spread,
        ..
    } = simulation;
    check(nodes, simulation.reticence, simulation.codes)?;
    spread.check(frame.levels().len() - sample.domain_levels)?;
    let places = by_domain(frame.rows(), sample.domain_levels);
    let targets = matched(simulation, &places)?;
    let mut interviews: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, interview) in simulation.interviews.iter().enumerate() {
        let path = &sample.units[interview.unit].path;
        interviews
            .entry(path[..sample.domain_levels].join("/"))
            .or_default()
            .push(row);
    }
    let domains: Vec<_> = places.into_iter().collect();
    let answered = domains
        .into_par_iter()
        .map(|(domain, rows)| {
            let asked = interviews.get(&domain).map_or(&[][..], Vec::as_slice);
            let places = Places::new(rows, sample.domain_levels, nodes.len(), spread, seed);
            let answers = domain_answers(simulation, &places, targets[&domain], asked, seed)?;
            Ok((asked, answers))
        })
        .collect::<Result<Vec<_>, SimulateError>>()?;
    let mut columns: Vec<(String, Vec<i32>)> = nodes
        .iter()
        .flat_map(Node::columns)
        .map(|column| (column.to_owned(), vec![0; simulation.interviews.len()]))
        .collect();
    for (rows, answers) in answered {
        for (&row, answers) in rows.iter().zip(answers) {
            for ((_, column), answer) in columns.iter_mut().zip(answers) {
                column[row] = answer;
            }
        }
    }
    Ok(Simulated { columns })
}

/// The targets by domain, once each domain of the frame has them and no other.
fn matched<'a>(
    simulation: &'a Simulation<'_>,
    places: &BTreeMap<String, Vec<&FrameRow>>,
) -> Result<BTreeMap<String, &'a DomainTarget>, SimulateError> {
    let mut targets = BTreeMap::new();
    for target in simulation.targets {
        let domain = target.domain.clone();
        if target.scores.len() != simulation.nodes.len() {
            let (found, expected) = (target.scores.len(), simulation.nodes.len());
            return Err(SimulateError::TargetCount {
                domain,
                found,
                expected,
            });
        }
        if !places.contains_key(&domain) {
            return Err(SimulateError::Domain {
                domain,
                found: "targets without a place",
            });
        }
        if targets.insert(domain.clone(), target).is_some() {
            return Err(SimulateError::Repeated {
                what: "domain of targets",
                name: domain,
            });
        }
    }
    match places.keys().find(|domain| !targets.contains_key(*domain)) {
        Some(domain) => {
            let found = "places without targets";
            Err(SimulateError::Domain {
                domain: domain.clone(),
                found,
            })
        }
        None => Ok(targets),
    }
}

/// The answers of a domain's interviews, in their order.
fn domain_answers(
    simulation: &Simulation<'_>,
    places: &Places<'_>,
    target: &DomainTarget,
    asked: &[usize],
    seed: u64,
) -> Result<Vec<Vec<i32>>, SimulateError> {
    let solve = |(column, node): (usize, &Node)| {
        let wanted = (target.domain.as_str(), target.scores[column]);
        position(places, node, column, simulation.spread, wanted)
    };
    let positions = simulation
        .nodes
        .iter()
        .enumerate()
        .map(solve)
        .collect::<Result<Vec<f64>, _>>()?;
    asked
        .iter()
        .map(|&row| {
            let unit = &simulation.sample.units[simulation.interviews[row].unit];
            let village = &unit.path[..unit.path.len() - 1];
            let place = places
                .rows
                .binary_search_by(|row| row.path.as_slice().cmp(village));
            let place = place.map_err(|_| SimulateError::Place {
                place: village.join("/"),
            })?;
            let latent: Vec<f64> = positions
                .iter()
                .zip(&places.effects[place])
                .map(|(position, effect)| position + effect)
                .collect();
            Ok(person(simulation, unit, &latent, seed))
        })
        .collect()
}

/// The answers of one person, given the latent position of their village at each node.
fn person(simulation: &Simulation<'_>, unit: &SelectedUnit, latent: &[f64], seed: u64) -> Vec<i32> {
    let mut place = unit.path.clone();
    place.push("answers".to_owned());
    let mut stream = Stream::new(seed, &place);
    let spread = simulation.spread;
    let common = person_effect(&mut stream);
    let reticent = stream.uniform() < simulation.reticence.share;
    let factor = if reticent {
        simulation.reticence.factor
    } else {
        1.0
    };
    let mut answers = Vec::new();
    for (node, latent) in simulation.nodes.iter().zip(latent) {
        let own = person_effect(&mut stream);
        let effect = if stream.uniform() < spread.shared {
            common
        } else {
            own
        };
        let mut asked = true;
        if let Some(filter) = &node.filter {
            asked = stream.uniform() < filter.share;
            answers.push(i32::from(asked));
        }
        for item in &node.items {
            let position = latent + item.shift + spread.persons * effect;
            let given = answer(item, position, &mut stream);
            let missing = missing(item, factor, simulation.codes, &mut stream);
            answers.push(match (asked, missing) {
                (false, _) => simulation.codes.not_asked,
                (true, Some(code)) => code,
                (true, None) => given,
            });
        }
    }
    answers
}

/// A binomial answer with the expected rescaled value of a latent position.
fn answer(item: &Item, position: f64, stream: &mut Stream) -> i32 {
    let (lowest, highest) = item.kind.range();
    let probability = expected(position);
    let steps = (lowest..highest)
        .filter(|_| stream.uniform() < probability)
        .count() as i32;
    if item.higher_is_better {
        lowest + steps
    } else {
        highest - steps
    }
}

fn missing(item: &Item, factor: f64, codes: AnswerCodes, stream: &mut Stream) -> Option<i32> {
    let point = stream.uniform();
    let dont_know = item.dont_know * factor;
    if point < dont_know {
        Some(codes.dont_know)
    } else if point < dont_know + item.refused * factor {
        Some(codes.refused)
    } else {
        None
    }
}

impl Simulated {
    /// The names of the columns in which a code occurs.
    pub fn columns_with(&self, code: i32) -> BTreeSet<&str> {
        let with = self
            .columns
            .iter()
            .filter(|(_, answers)| answers.contains(&code));
        with.map(|(name, _)| name.as_str()).collect()
    }
}
