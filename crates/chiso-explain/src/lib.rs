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
//! Panel ─┬─► change    total and rank, split over the nodes, with errors; what crosses a break
//!        ├─► movement  what of all units' changes is real and what is noise
//!        ├─► core      the part of the index that stayed as it was since an edition
//!        ├─► losses    points below the maximum, the best, the median, the next group
//!        ├─► attention what fell and what stands in the lowest group
//!        └─► target    the smallest gains that reach a rank or a group, and how often they were made
//! ```

mod attention;
mod between_units;
mod change;
mod comparability;
mod core_index;
mod core_score;
mod covariance;
mod error;
mod gradient;
mod losses;
mod movement;
mod normal;
mod observed_covariances;
mod pairing;
mod past;
mod places;
mod points;
mod rank_noise;
mod rescore;
mod shapley;
mod target;
mod ticks;
mod uncertainty;
mod walk;

pub use attention::{Attention, attention, attention_of};
pub use between_units::{RealVariance, Variances};
pub use change::{
    Change, Contribution, RankMove, UnitChanges, change, change_with, changes, changes_with,
};
pub use comparability::{Comparability, Reason};
pub use core_index::{CoreChange, CoreIndex, CoreLeaf, CoreNode, CoreScore, core_index};
pub use covariance::{Dependence, GivenCovariances, LeafCovariance, LeafOf};
pub use error::ExplainError;
pub use losses::{Gap, GroupAbove, Loss, losses};
pub use movement::{Movement, MovementOptions, NodeMovements, ShrunkenChange, movement, movements};
pub use observed_covariances::ObservedCovariances;
pub use past::{Past, past_gains};
pub use rank_noise::RankNoise;
pub use target::{Basis, Combination, Gain, Goal, Route, Target, target, target_from};
pub use ticks::{DECIMALS, PLACES_DECIMALS, ticks_text};
pub use uncertainty::{ErrorBasis, ErrorOptions, SamplingError, Uncertainty};
