//! Replicate weights and the variances that come of them, as pure functions of plain data.
//!
//! The way through: [`PsuDesign`] (which PSU lies in which stratum, and how many the stratum has)
//! → one of [`jk1`], [`jkn`], [`brr`], [`canty_davison`], [`subbootstrap`], [`rao_wu`],
//! [`multistage_rescaled`] or [`given`] → [`ReplicateWeights`], the matrix of multipliers of the
//! sampling weight → [`replicate_estimates`], one matrix product of the multipliers with the sums
//! per PSU, in which every total, mean, ratio or variance and its error is found.
//!
//! # Conventions (R `survey` 4.5, `surveyrep.R` and `bootstrap.R`, unless said otherwise)
//!
//! * Variance: `scale · Σ_r rscale_r (θ_r − c)²`; `c` is the plain mean of the `θ_r` whose
//!   `rscale_r > 0`, or the full-sample estimate when `mse` is set (`svrVar`).
//! * A replicate that gives no number (a domain without weight in it) is left out, the scale stays
//!   as it was, and the count of those left out is reported with the variance.
//! * Jackknife under a finite population: the error is scaled, not the weights:
//!   `(1 − f)(n − 1)/n`, of the whole for JK1, per stratum for JKn. A stratum that was taken
//!   completely gets no replicates. (R then leaves its rows out of the replicates of a total, but
//!   not out of the estimate, which spoils its `mse` errors of totals and alters those of totals
//!   under `Adjust`; here they stay in both.)
//! * BRR and Fay leave finite-population corrections aside.
//! * Canty–Davison draws from a population made of copies of the sample; its scale is
//!   `n̄/((n̄ − 1)(R − 1))` with `n̄` the harmonic mean of the strata's PSU counts.
//! * Degrees of freedom: rank of the weights − 1 at tolerance 1e-5 ([`degrees_of_freedom`]), which
//!   for jackknife and BRR is PSUs − strata.
//! * Only the first stage counts, but for the multistage rescaled bootstrap.
//! * Draws come of ChaCha20, one stream a replicate, so R's own draws are not reproduced; weights
//!   drawn elsewhere come in by [`given`].

mod bootstrap;
mod brr;
mod design;
mod design_effect;
mod draw;
mod given;
mod hadamard;
mod jackknife;
mod kernel;
mod multistage;
mod rank;
mod variance;
mod weights;

pub use bootstrap::{canty_davison, rao_wu, subbootstrap};
pub use brr::brr;
pub use design::{PsuDesign, ReplicateError};
pub use design_effect::{SimpleRandomSample, srs_variance_of_mean, srs_variance_of_total};
pub use given::{GivenReplicates, GivenScale, GivenWeights, given};
pub use hadamard::{HadamardMatrix, hadamard};
pub use jackknife::{jk1, jkn};
pub use kernel::{
    DomainSums, ReplicateEstimate, Statistic, replicate_estimates, replicate_totals,
    replicate_values,
};
pub use multistage::{MultistageDesign, Stage, multistage_rescaled};
pub use rank::degrees_of_freedom;
pub use variance::{
    ReplicateCovariance, ReplicateVariance, replicate_covariance, replicate_variance,
};
pub use weights::{ReplicateMethod, ReplicateWeights};
