//! From published scores to simulated answers.

use anyhow::Result;
use chiso_index::Edition;
use chiso_survey::select::{Sample, draw};
use chiso_survey::simulate::{
    AnswerCodes, DomainTarget, Interview, Node, Simulated, Simulation, interviews, simulate,
    synthetic_frame,
};

use super::codebook::{self, Question};
use super::design::Design;
use super::published::Published;

/// Simulated answers and how they were drawn.
pub struct Made {
    /// The id of the index.
    pub index: String,
    /// The edition whose scores come back.
    pub edition: Edition,
    /// The seed of everything that was drawn.
    pub seed: u64,
    /// The persons that were drawn.
    pub sample: Sample,
    /// Those that were interviewed.
    pub interviews: Vec<Interview>,
    /// The nodes with their questions.
    pub nodes: Vec<Node>,
    /// The questions as their file has them.
    pub questions: Vec<Question>,
    /// The codes of no answer.
    pub codes: AnswerCodes,
    /// The answers.
    pub answers: Simulated,
}

/// Draws a frame, a sample, interviews and answers.
///
/// # Errors
/// What is wrong with the files of the simulation, or a score that its questions cannot give.
pub fn make(index: &str, published: &Published, seed: u64) -> Result<Made> {
    let design = Design::shipped(index)?;
    let questions = codebook::questions(index, published.edition)?;
    let nodes = codebook::nodes(&published.version, &questions)?;
    let domains: Vec<&str> = published.scores.keys().map(String::as_str).collect();
    let frame = synthetic_frame(&design.frame_shape(domains.iter().copied()), seed)?;
    let sample = draw(&frame, &design.plan(&domains), seed)?;
    let interviews = interviews(&sample, &design.field_work(), seed)?;
    let targets: Vec<DomainTarget> = published
        .scores
        .iter()
        .map(|(unit, scores)| DomainTarget {
            domain: unit.clone(),
            scores: scores.clone(),
        })
        .collect();
    let simulation = Simulation {
        frame: &frame,
        sample: &sample,
        interviews: &interviews,
        nodes: &nodes,
        targets: &targets,
        spread: &design.spread(),
        reticence: design.reticence(),
        codes: design.codes(),
    };
    let answers = simulate(&simulation, seed)?;
    Ok(Made {
        index: index.to_owned(),
        edition: published.edition,
        seed,
        codes: design.codes(),
        sample,
        interviews,
        nodes,
        questions,
        answers,
    })
}
