//! The pages.

mod about;
mod about_rules;
mod compare;
mod data;
mod errors;
mod layout;
mod missing;
mod notices;
mod overview;
mod pickers;
mod scorecard;
mod unit;
mod unit_notes;

pub use about::about;
pub use compare::compare;
pub use data::data;
pub use missing::{fault, not_found};
pub use overview::overview;
pub use unit::unit;
