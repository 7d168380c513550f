//! Drawing the next sample: allocation, selection and its probabilities.
//!
//! Everything here is a function of plain data and a seed. A sample depends on the identifiers of
//! the frame, its sizes and the seed, never on the order of the rows or of a hash table: units are
//! taken in the order of their identifiers, and every draw (a stratum, a cluster) has its own
//! [`Stream`], named by where it happens. So the sample of one province stays the same when another
//! one leaves the frame. Only systematic selection has an order of its own, which is the point of
//! it; it is then stated ([`Order`]).
//!
//! | step | here |
//! |---|---|
//! | how many units are needed | [`size`] |
//! | how many in each stratum | [`allocate`] |
//! | which ones, one stage | [`simple_random`], [`systematic`], [`pps`] |
//! | which ones, several stages | [`Frame`], [`Plan`], [`draw`] |
//! | what the frame and the sample look like | [`FrameReport`], [`SampleReport`] |

mod allocation;
mod choose;
mod draw;
mod error;
mod frame;
mod frame_report;
mod nodes;
mod plan;
pub mod pps;
mod sample;
mod sample_report;
mod simple;
pub mod size;
mod stream;

pub use allocation::{Allocation, AllocationError, Bound, Minimum, Rule, Share, Stratum, allocate};
pub use draw::draw;
pub use error::SelectError;
pub use frame::{Frame, FrameRow};
pub use frame_report::{DomainSummary, FrameReport, LevelSummary};
pub use plan::{Count, Method, Order, Plan, SeatStage, Shortage, Stage, seats_then_size};
pub use sample::{Role, Sample, SelectedUnit, Taken};
pub use sample_report::{SampleReport, StageSummary, WeightSummary};
pub use simple::{simple_random, simple_random_joint, systematic};
pub use stream::Stream;
