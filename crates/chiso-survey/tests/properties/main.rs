//! What must hold for any sample: proved on random stratified samples of clusters with missing
//! answers.

mod calibrated;
mod invariance;
mod replicates;
mod samples;
