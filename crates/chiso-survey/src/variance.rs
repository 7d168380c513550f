//! The variance of a total of linearised values under a stratified multistage design.
//!
//! For values z of the clusters, with n_h sampled and N_h existing in stratum h and f_h = n_h/N_h,
//! a stage contributes Σ_h (1 − f_h)·n_h/(n_h − 1)·Σ_c (z_hc − z̄_h)(z_hc − z̄_h)ᵀ, and each
//! cluster's own next stage is added times f_h (Särndal, Swensson, Wretman 1992, result 4.3.1;
//! R `survey` 4.5, `svyrecvar`). Sampled clusters without a row in the domain count as zeros.

use crate::design::{LonelyPsu, Structure, complement};
use crate::key::Key;

/// Why a variance cannot be known.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VarianceError {
    /// A stratum with one sampled cluster, and `lonely_psu` says to stop.
    #[error(
        "stratum {stratum} has only one sampled cluster at stage {stage}; expected two or more, or lonely_psu = adjust, average, certainty or remove"
    )]
    LonelyPsu {
        /// The stratum.
        stratum: Key,
        /// Stage, from 1.
        stage: usize,
    },
    /// Every stratum is lonely, so there is nothing to average.
    #[error(
        "every stratum has only one sampled cluster at stage {stage}; expected one with two or more, whose variance lonely_psu = average could take"
    )]
    NothingToAverage {
        /// Stage, from 1.
        stage: usize,
    },
}

/// A stratum sampled nearly in full (R's bound) has no variance at its stage.
const FULLY_SAMPLED: f64 = 1e-7;

/// Linearised values on leaves of a design: `values` holds `width` numbers for each leaf.
/// Leaves must come in the order of the tree (see [`Structure`]), each at most once.
#[derive(Debug, Clone, Copy)]
pub struct LeafValues<'a> {
    /// Leaves with a value; all others are absent from the domain.
    pub leaves: &'a [u32],
    /// Values, leaf by leaf.
    pub values: &'a [f64],
    /// Numbers for each leaf.
    pub width: usize,
}

/// The covariance matrix (`width` × `width`, symmetric, row by row) of the totals of the values.
///
/// # Errors
/// When a stratum has one sampled cluster and the design says to stop, or nothing is left to
/// average.
pub fn covariance(
    structure: &Structure,
    values: LeafValues<'_>,
) -> Result<Vec<f64>, VarianceError> {
    let mut total = vec![0.0; values.width * values.width];
    if values.leaves.is_empty() {
        return Ok(total);
    }
    let paths: Vec<Vec<u32>> = (0..structure.depth())
        .map(|stage| {
            values
                .leaves
                .iter()
                .map(|leaf| structure.cluster_of(*leaf, stage))
                .collect()
        })
        .collect();
    let walk = Walk {
        structure,
        values,
        paths: &paths,
    };
    walk.stage(0, 0..values.leaves.len(), 1.0, &mut total)?;
    Ok(total)
}

/// The variance of the total of one value on each leaf.
///
/// # Errors
/// As [`covariance`].
pub fn variance(
    structure: &Structure,
    leaves: &[u32],
    values: &[f64],
) -> Result<f64, VarianceError> {
    let matrix = covariance(
        structure,
        LeafValues {
            leaves,
            values,
            width: 1,
        },
    )?;
    Ok(matrix[0])
}

struct Walk<'a> {
    structure: &'a Structure,
    values: LeafValues<'a>,
    /// The cluster of each leaf at each stage.
    paths: &'a [Vec<u32>],
}

/// Totals of the clusters of one stratum that are in the domain.
struct StratumTotals {
    stratum: u32,
    /// A cluster, and the leaves in it.
    clusters: Vec<(u32, std::ops::Range<usize>)>,
    /// `width` numbers for each cluster.
    totals: Vec<f64>,
}

impl Walk<'_> {
    /// Adds what a stage contributes within some leaves, and what the stages below it do.
    fn stage(
        &self,
        stage: usize,
        leaves: std::ops::Range<usize>,
        factor: f64,
        total: &mut [f64],
    ) -> Result<(), VarianceError> {
        let strata = self.strata(stage, leaves);
        let center = self.stage_center(stage, &strata);
        let mut sum = vec![0.0; total.len()];
        let mut known = 0;
        for stratum in &strata {
            known += usize::from(self.stratum(stage, stratum, &center, &mut sum)?);
        }
        if known == 0 {
            return Err(VarianceError::NothingToAverage { stage: stage + 1 });
        }
        // A stratum that is averaged over contributes the mean of the others.
        let inflation = strata.len() as f64 / known as f64;
        for (total, sum) in total.iter_mut().zip(&sum) {
            *total += factor * inflation * sum;
        }
        if stage + 1 < self.structure.depth() && !self.structure.options.ultimate_cluster {
            for stratum in &strata {
                self.below(stage, stratum, factor, total)?;
            }
        }
        Ok(())
    }

    fn below(
        &self,
        stage: usize,
        stratum: &StratumTotals,
        factor: f64,
        total: &mut [f64],
    ) -> Result<(), VarianceError> {
        let sampled = f64::from(self.structure.strata[stage][stratum.stratum as usize].sampled);
        for (cluster, leaves) in &stratum.clusters {
            let population = self.structure.clusters[stage][*cluster as usize].population;
            let fraction = sampled / population;
            if fraction > 0.0 {
                self.stage(stage + 1, leaves.clone(), factor * fraction, total)?;
            }
        }
        Ok(())
    }

    /// The strata and cluster totals that some leaves show: they are in the tree's order, so
    /// each cluster's leaves are neighbours.
    fn strata(&self, stage: usize, leaves: std::ops::Range<usize>) -> Vec<StratumTotals> {
        let width = self.values.width;
        let path = &self.paths[stage];
        let mut strata: Vec<StratumTotals> = Vec::new();
        let mut start = leaves.start;
        while start < leaves.end {
            let cluster = path[start];
            let length = path[start..leaves.end]
                .iter()
                .take_while(|c| **c == cluster)
                .count();
            let stratum = self.structure.clusters[stage][cluster as usize].stratum;
            if strata.last().is_none_or(|last| last.stratum != stratum) {
                strata.push(StratumTotals {
                    stratum,
                    clusters: Vec::new(),
                    totals: Vec::new(),
                });
            }
            if let Some(last) = strata.last_mut() {
                last.clusters.push((cluster, start..start + length));
                let first = last.totals.len();
                last.totals.resize(first + width, 0.0);
                for leaf in start..start + length {
                    let values = &self.values.values[leaf * width..(leaf + 1) * width];
                    for (sum, value) in last.totals[first..].iter_mut().zip(values) {
                        *sum += value;
                    }
                }
            }
            start += length;
        }
        strata
    }

    /// What a lonely cluster is measured from: zero, or the mean of all clusters of the stage.
    fn stage_center(&self, stage: usize, strata: &[StratumTotals]) -> Vec<f64> {
        let mut center = vec![0.0; self.values.width];
        if self.structure.options.lonely_psu != LonelyPsu::Adjust {
            return center;
        }
        let mut sampled = 0.0;
        for stratum in strata {
            sampled += f64::from(self.structure.strata[stage][stratum.stratum as usize].sampled);
            for totals in stratum.totals.chunks_exact(self.values.width) {
                for (sum, value) in center.iter_mut().zip(totals) {
                    *sum += value;
                }
            }
        }
        for sum in &mut center {
            *sum /= sampled;
        }
        center
    }

    /// Adds one stratum; false if its contribution is to be taken from the others.
    fn stratum(
        &self,
        stage: usize,
        stratum: &StratumTotals,
        stage_center: &[f64],
        sum: &mut [f64],
    ) -> Result<bool, VarianceError> {
        let known = &self.structure.strata[stage][stratum.stratum as usize];
        let options = self.structure.options;
        let sampled = known.sampled as usize;
        let present = stratum.clusters.len();
        let Some((scales, absent)) = self.scales(stage, stratum) else {
            return Ok(true);
        };
        let lonely = sampled == 1;
        let lonely_in_domain = present == 1 && !lonely && options.adjust_domain_lonely;
        match options.lonely_psu {
            LonelyPsu::Fail if lonely => {
                return Err(VarianceError::LonelyPsu {
                    stratum: known.key.clone(),
                    stage: stage + 1,
                });
            }
            LonelyPsu::Average if lonely || lonely_in_domain => return Ok(false),
            _ => {}
        }
        let adjusted = options.lonely_psu == LonelyPsu::Adjust && (lonely || lonely_in_domain);
        let own_center;
        let center = if adjusted {
            stage_center
        } else {
            own_center = mean(&stratum.totals, self.values.width, sampled);
            &own_center[..]
        };
        let width = self.values.width;
        let mut deviation = vec![0.0; width];
        for (totals, scale) in stratum.totals.chunks_exact(width).zip(&scales) {
            for ((deviation, value), center) in deviation.iter_mut().zip(totals).zip(center) {
                *deviation = value - center;
            }
            add_product(sum, &deviation, *scale);
        }
        // Sampled clusters outside the domain have a total of zero.
        if present < sampled {
            add_product(sum, center, absent);
        }
        Ok(true)
    }

    /// (1 − f)·n/(n − 1) for each cluster in the domain, and the sum of it over those outside; or
    /// nothing if the stratum was sampled in full. The factor differs between clusters only under
    /// unequal probabilities (Brewer 2002, ch. 9).
    fn scales(&self, stage: usize, stratum: &StratumTotals) -> Option<(Vec<f64>, f64)> {
        let known = &self.structure.strata[stage][stratum.stratum as usize];
        let n = f64::from(known.sampled);
        let spread = if n > 1.0 { n / (n - 1.0) } else { 1.0 };
        let mut scales: Vec<f64> = stratum
            .clusters
            .iter()
            .map(|(cluster, _)| {
                let population = self.structure.clusters[stage][*cluster as usize].population;
                complement(population, n)
            })
            .collect();
        let outside = n - scales.len() as f64;
        let absent = match known.complements {
            Some(all) => (all - scales.iter().sum::<f64>()).max(0.0),
            None => outside * scales[0],
        };
        if scales.iter().all(|scale| *scale < FULLY_SAMPLED) && absent < FULLY_SAMPLED {
            return None;
        }
        scales.iter_mut().for_each(|scale| *scale *= spread);
        Some((scales, absent * spread))
    }
}

fn mean(totals: &[f64], width: usize, count: usize) -> Vec<f64> {
    let mut mean = vec![0.0; width];
    for totals in totals.chunks_exact(width) {
        for (sum, value) in mean.iter_mut().zip(totals) {
            *sum += value;
        }
    }
    for sum in &mut mean {
        *sum /= count as f64;
    }
    mean
}

fn add_product(sum: &mut [f64], vector: &[f64], scale: f64) {
    let width = vector.len();
    for (row, left) in vector.iter().enumerate() {
        for (column, right) in vector.iter().enumerate() {
            sum[row * width + column] += scale * left * right;
        }
    }
}
