//! Simulated answers under a real sampling design: nobody gave them, and known scores come back.
//!
//! The way from answers to scores can so be shown and tested without anyone's private data. A
//! population is made of which the mean score of every domain *is* the wanted one; a sample is then
//! drawn from it as a real survey draws it ([`select`](crate::select)), so that estimates differ
//! from the wanted scores by their sampling error and by nothing else. What is made here has to be
//! labelled *simulated* by whoever writes it out.
//!
//! | step | here |
//! |---|---|
//! | places with sizes and seats | [`synthetic_frame`] |
//! | which of the drawn persons are interviewed | [`interviews`] |
//! | the questions and how a score is made of them | [`Node`], [`Item`], [`Node::expression`] |
//! | the population's effects, calibrated to the targets | [`Spread`], [`DomainTarget`] |
//! | the answers | [`simulate`] |
//!
//! Everything is a function of its input and a seed, and uses no function but + − × ÷ and √, which
//! IEEE 754 fixes to the last bit: the same seed gives the same answers on every machine. Formulas:
//! `docs/methods/simulated.md`.

mod answers;
mod effects;
mod error;
mod field;
mod frame;
mod link;
mod questionnaire;
mod target;

pub use answers::{Simulated, Simulation, simulate};
pub use effects::Spread;
pub use error::SimulateError;
pub use field::{FieldWork, Interview, interviews};
pub use frame::{DomainShape, FrameShape, LevelShape, synthetic_frame};
pub use questionnaire::{AnswerCodes, AnswerKind, Filter, Item, Node, Reticence};
pub use target::DomainTarget;
