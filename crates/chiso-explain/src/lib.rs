//! Why a unit's score and rank changed, where its points were lost, and what it would take to rise.
//!
//! Its one job is to explain scores that `chiso-index` computed: it splits changes into parts that
//! add up to the last digit, and searches for the smallest gain that reaches a goal. It never reads
//! a file, never knows a particular index, and never gives a number where none can be had: what
//! cannot be split is `None`.
//!
//! Points are counted in whole *ticks* of 10^-6 ([`DECIMALS`]), so that sums hold exactly, on the
//! screen and in files alike; [`ticks_text`] prints them.
//!
//! ```text
//! Panel ─┬─► change    total and rank, split over the nodes; what crosses a break
//!        ├─► losses    points below the maximum, the best, the median, the next group
//!        ├─► attention what fell and what stands in the lowest group
//!        └─► target    the smallest gains that reach a rank or a group, and how often they were made
//! ```

mod attention;
mod change;
mod comparability;
mod error;
mod losses;
mod pairing;
mod past;
mod places;
mod points;
mod rescore;
mod shapley;
mod target;
mod ticks;
mod walk;

pub use attention::{Attention, attention, attention_of};
pub use change::{Change, Contribution, RankMove, UnitChanges, change, changes};
pub use comparability::{Comparability, Reason};
pub use error::ExplainError;
pub use losses::{Gap, GroupAbove, Loss, losses};
pub use past::{Past, past_gains};
pub use target::{Basis, Combination, Gain, Goal, Route, Target, target, target_from};
pub use ticks::{DECIMALS, PLACES_DECIMALS, ticks_text};
